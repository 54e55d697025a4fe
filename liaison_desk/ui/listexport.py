"""Any list as a workbook, as it is seen: its filters, order, columns and masks; the access log has it first.

Rows are read page by page in the lane for long work and written as they come. A long list shows how far it is
and can be cancelled; then no file is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.paging import LONGEST_EXPORT, Cursor
from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx
from liaison_desk.ui import messages
from liaison_desk.ui.background import Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.columns import Column as Shown
from liaison_desk.ui.context import Context
from liaison_desk.ui.pagedlist import Reader
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say

PAGE = 2000
"""Rows read at a time."""
LONG = 3000
"""From here on a list is long enough to show how far it is."""
CHARACTER = 8
"""Pixels of a column on the screen for one character of width in a sheet."""

Release = Callable[[], int]
"""Puts the export into the access log and says how many rows there will be."""


def sheet_columns(shown: Sequence[Shown[Any]]) -> list[Column[Any]]:
    """The columns as they stand on the screen: money and times as such, everything else as text."""
    return [_sheet_column(column) for column in shown]


def _sheet_column(column: Shown[Any]) -> Column[Any]:
    head, width = column.sheet_title or column.title, max(8, column.width // CHARACTER + 2)
    if (fen := column.fen) is not None:
        # An amount that no longer counts stands there, too, but as text: no sum takes it in.
        shown = column.show
        return Column(
            head,
            lambda row: shown(row).copied if (found := fen(row)) is None else found,
            Kind.MONEY,
            max(16, width),
        )
    if column.moment is not None:
        return Column(head, column.moment, Kind.TIME, 20)
    show = column.show

    def text(row: Any) -> str:
        return show(row).copied

    return Column(head, text, width=width)


def ask_and_export(
    context: Context, title: Message, table: Table[Any], reader: Reader, release: Release, owner: QWidget
) -> None:
    """Ask where to, then write everything that the list has."""
    day = context.now().astimezone(context.zone).strftime("%Y%m%d-%H%M")
    name, _ = QFileDialog.getSaveFileName(
        owner, say(msg("Export the list")), f"{say(title)}-{day}.xlsx", "Excel (*.xlsx)"
    )
    if name:
        export_to(context, title, table, reader, release, Path(name), owner)


def export_to(
    context: Context,
    title: Message,
    table: Table[Any],
    reader: Reader,
    release: Release,
    path: Path,
    owner: QWidget,
) -> None:
    """Write the whole list with the columns shown into a workbook, off the GUI thread."""
    if path.suffix.lower() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")
    words = look().say
    made = sheet_columns([table.rows.columns[number] for number in table.head.shown()])
    notice = ExportNotice(path.name, owner)

    def work(progress: Progress) -> int:
        total = min(release(), LONGEST_EXPORT)
        return write_xlsx(path, title, made, _rows(reader, total, progress), words, context.zone)

    def ended(count: int | None) -> None:
        notice.close()
        if count is None:
            messages.inform(msg("The export was cancelled. No file was written."))
        else:
            messages.done(msg("{count} lines written to {file}", count=count, file=path.name))

    def failed(error: Any) -> None:
        notice.close()
        messages.show_error(error, owner.window())

    notice.task = context.background.long(
        work,
        ended,
        failed=failed,
        progress=notice.tell,
        cancelled=lambda: ended(None),
        owner=owner,
    )


def _rows(reader: Reader, total: int, progress: Progress) -> Iterator[Any]:
    cursor: Cursor | None = None
    done = 0
    while True:
        progress(done, total)
        page = reader(cursor, PAGE)
        yield from page.rows
        done += len(page.rows)
        cursor = page.cursor
        if cursor is None or done >= LONGEST_EXPORT:
            return


class ExportNotice(QDialog):
    """How far a long export is, with the way to stop it; a short one never shows it."""

    def __init__(self, file: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Export the list")))
        self.task: Task | None = None
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._told = Text("", "muted")
        row = QHBoxLayout()
        row.addWidget(self._told, 1)
        row.addWidget(Button(msg("Cancel"), run=self.cancel))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(Text(msg("Writing {file}", file=file), "title"))
        column.addWidget(self._bar)
        column.addLayout(row)
        self.setMinimumWidth(look().px(380))

    def tell(self, done: int, total: int, _: Message | None) -> None:
        if total < LONG:
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._told.set(msg("{count} of {total} lines written", count=f"{done:,}", total=f"{total:,}"))
        self.show()

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def reject(self) -> None:
        """Escape stops the export as the button does; the window goes when it has stopped."""
        self.cancel()
