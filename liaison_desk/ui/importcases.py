"""Cases out of a workbook (A5): choose or drop the file, see what becomes of each row, store, read the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.caselines import CaseFile, CaseLine
from liaison_desk.core.errors import DeskError
from liaison_desk.core.roles import InstitutionKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.case_import import ImportedFile, import_file
from liaison_desk.desk.case_verdicts import LineVerdict, Verdict, Verdicts, import_verdicts
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.exchange.case_files import read_case_file
from liaison_desk.exchange.case_template import write_case_template
from liaison_desk.ui import columns, messages
from liaison_desk.ui.background import Cancelled, Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.columns import Align, Cell, Column
from liaison_desk.ui.commanddialog import hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.messages import caption
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone, look, say

ALL = "all"
KINDS = "(*.xlsx *.xls *.csv *.txt)"

VERDICT_LOOKS: dict[Verdict, tuple[Message, Tone, str]] = {
    Verdict.NEW: (msg("Will be stored"), Tone.OK, "check"),
    Verdict.LIKE: (msg("Victim known"), Tone.SOON, "users"),
    Verdict.DUPLICATE: (msg("There already"), Tone.MUTED, "copy"),
    Verdict.REJECTED: (msg("Cannot be stored"), Tone.OVERDUE, "ban"),
}


@dataclass(frozen=True)
class PreviewRow:
    """A row of the file beside its verdict; what could not be read has no line."""

    verdict: LineVerdict
    line: CaseLine | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.verdict.sheet, self.verdict.line


def preview_rows(file: CaseFile, verdicts: Verdicts) -> list[PreviewRow]:
    """Every row of the file, in its order."""
    rows = [PreviewRow(verdict, line) for verdict, line in zip(verdicts.rows, file.lines, strict=True)]
    rows += [
        PreviewRow(LineVerdict(each.sheet, each.line, Verdict.REJECTED, each.reason)) for each in file.refused
    ]
    order = {name: at for at, name in enumerate(file.sheets)}
    return sorted(rows, key=lambda row: (order.get(row.verdict.sheet, 0), row.verdict.line))


def preview_columns(context: Context) -> list[Column[PreviewRow]]:
    """Line, verdict, reason, then what the row says."""

    def place(row: PreviewRow) -> Cell:
        sheet, line = row.key
        return columns.text(f"{sheet} · {line}" if sheet else str(line))

    def verdict(row: PreviewRow) -> Cell:
        words, tone, icon = VERDICT_LOOKS[row.verdict.verdict]
        return columns.chip(words, tone, icon)

    def reason(row: PreviewRow) -> Cell:
        why = row.verdict.reason
        return columns.text(why or "", tip=why or "", tone=Tone.NEUTRAL)

    def words(row: PreviewRow, name: str) -> Cell:
        return columns.text(str(getattr(row.line, name)) or None if row.line is not None else None)

    def target(row: PreviewRow) -> Cell:
        if row.line is None:
            return columns.text(None)
        return columns.account(row.line.number) if row.line.number else columns.text(row.line.suspect_phone)

    def paid(row: PreviewRow) -> Cell:
        at: datetime | None = row.line.paid_at if row.line is not None else None
        return columns.moment(at, context.now(), context.zone)

    return [
        Column("line", msg("Line"), place, 64),
        Column("verdict", msg("Verdict"), verdict, 138),
        Column("reason", msg("Why"), reason, 230),
        Column("victim", msg("Victim"), lambda row: words(row, "victim_name"), 84),
        Column("target", msg("Account or phone"), target, 200),
        Column("holder", msg("Holder"), lambda row: words(row, "holder"), 74),
        Column(
            "amount",
            msg("Amount"),
            lambda row: columns.money((row.line.fen or None) if row.line is not None else None),
            104,
            Align.RIGHT,
        ),
        Column("paid", msg("Paid at"), paid, 96),
        Column("mark", msg("Mark"), lambda row: words(row, "mark"), 96),
    ]


class ImportCasesDialog(QDialog):
    """One file at a time; nothing is stored before its rows have been shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.file: CaseFile | None = None
        self.rows: list[PreviewRow] = []
        self.outcome: ImportedFile | None = None
        self._task: Task | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.filters = FilterBar()
        self.filters.changed.connect(lambda _: self._show_rows())
        self.leave_out = QCheckBox()
        self.leave_out.toggled.connect(lambda _: self._offer())
        self.choose = Button(msg("Choose a file…"), icon="file-text", keys="Ctrl O", run=self._choose)
        self.choose.press_by("Ctrl+O")
        self.template = Button(
            msg("Save the template…"), icon="download", kind="quiet", keys="Alt T", run=self._template
        )
        self.template.press_by("Alt+T")
        self.store = Button(msg("Store"), kind="primary", keys="Ctrl ⏎", run=self.submit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            # The table would take it: there Return opens a row.
            self.store.press_by(keys)
        self.stay = Button(msg("Close"), run=self.reject)
        for button in (self.choose, self.template, self.store, self.stay):
            button.setAutoDefault(False)
        self.table: Table[PreviewRow] = Table(
            RowsModel(preview_columns(context), key=lambda row: row.key),
            empty=EmptyState(
                "file-text",
                msg("Drop a workbook here"),
                msg(
                    "One row is one payment; rows with the same case mark are one case. Nothing is stored before you have seen each row."
                ),
                step=msg("Choose a file…"),
                start=self._choose,
            ),
        )
        self.table.setAccessibleName(say(msg("Rows of the file")))
        self._lay_out()
        self._offer()
        self.resize(look().px(1120), look().px(640))

    def read(self, path: Path) -> None:
        """Read the file and what would become of its rows; both off the GUI thread."""
        if self._task is not None:
            return
        desk, zone, now = self.context.desk, self.context.zone, self.context.now()

        def work() -> tuple[CaseFile, Verdicts]:
            file = read_case_file(path, zone, now)
            return file, desk.read(import_verdicts, file.lines, file.sha256)

        self._wrong.hide()
        self._said.set(msg("Reading {file}…", file=path.name))
        self.context.background.read(work, self._show, failed=self._failed, key="import-cases", owner=self)

    def submit(self) -> None:
        """Store what can be stored, case by case."""
        file = self.file
        if file is None or self._task is not None or not self._wanted():
            return
        desk, leave_out = self.context.desk, self._left_out()

        def work(progress: Progress) -> ImportedFile:
            def step(done: int, of: int) -> bool:
                try:
                    progress(done, of)
                except Cancelled:
                    # What is stored stays; the rest is told as left out.
                    return False
                return True

            return import_file(desk, file, leave_out=leave_out, step=step)

        self._wrong.hide()
        self._bar.setRange(0, 0)
        self._task = self.context.background.long(
            work, self._stored, failed=self._failed, progress=self._stepped, owner=self
        )
        if self.outcome is not None:
            self._task = None  # done already, where the lanes have no threads
        self._offer()

    # Inside --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setWindowTitle(say(msg("Import cases")))
        self._said = Text("", "muted", wrap=True)
        self._before = hint("", Tone.SOON)
        self._before.hide()
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        self._bar = QProgressBar()
        self._bar.setAccessibleName(say(msg("Progress")))
        head = QHBoxLayout()
        head.addWidget(Text(msg("Import cases"), "heading"))
        head.addStretch()
        head.addWidget(self.template)
        head.addWidget(self.choose)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.leave_out)
        foot.addWidget(self._bar, 1)
        foot.addStretch()
        foot.addWidget(self.stay)
        foot.addWidget(self.store)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(head)
        column.addWidget(self._said)
        column.addWidget(self._before)
        column.addWidget(self.filters)
        column.addWidget(self.table, 1)
        self._reason = hint()
        self.table.current_changed.connect(self._tell_reason)
        column.addWidget(self._reason)
        column.addWidget(self._wrong)
        column.addLayout(foot)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, say(msg("Choose a file…")), "", f"{say(msg('Workbooks and texts'))} {KINDS}"
        )
        if name:
            self.read(Path(name))

    def _template(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, say(msg("Save the template…")), f"{say(msg('Reports to import'))}.xlsx", "Excel (*.xlsx)"
        )
        if name:
            self.save_template(Path(name))

    def save_template(self, path: Path) -> None:
        """Write the empty workbook, off the GUI thread."""
        words = look().say
        banks = [
            words(self.context.institution(code))
            for code, seat in self.context.institutions.items()
            if seat.kind is InstitutionKind.BANK
        ]
        frauds = [words(title) for title in FRAUD_TYPES.values()]
        self.context.background.do(
            lambda: write_case_template(path, words, banks, frauds),
            lambda _: messages.done(msg("Template written to {file}", file=path.name)),
            failed=self._failed,
            owner=self,
        )

    def _show(self, found: tuple[CaseFile, Verdicts]) -> None:
        self.file, verdicts = found
        self.outcome = None
        self.rows = preview_rows(self.file, verdicts)
        counts = Counter(row.verdict.verdict for row in self.rows)
        cases = len({row.verdict.group for row in self.rows if row.verdict.group})
        self._said.set(
            msg("{file}: {rows} rows of {cases} cases", file=self.file.name, rows=self.file.rows, cases=cases)
        )
        self._before.setVisible(verdicts.before is not None)
        self._before.set(verdicts.before or "")
        self.filters.set_filters(
            [
                Filter(ALL, msg("All rows"), len(self.rows)),
                *(
                    Filter(verdict.value, words, counts[verdict])
                    for verdict, (words, _, _) in VERDICT_LOOKS.items()
                    if counts[verdict]
                ),
            ]
        )
        self.filters.choose(ALL)
        like = len({row.verdict.group for row in self.rows if row.verdict.verdict is Verdict.LIKE})
        self.leave_out.setChecked(False)
        self.leave_out.setText(
            caption(say(msg("Leave out cases whose victim is known ({count})", count=like)))
        )
        self.leave_out.setVisible(like > 0)
        self._show_rows()
        self._offer()
        self.table.setFocus()
        first = next((row for row in self.rows if row.verdict.reason is not None), None)
        if first is not None:
            self.table.select_key(first.key)

    def _show_rows(self) -> None:
        chosen = next(iter(self.filters.chosen), ALL)
        self.table.rows.replace(
            [row for row in self.rows if chosen in (ALL, row.verdict.verdict.value)], resort=True, mark=False
        )

    def _tell_reason(self, row: PreviewRow | None) -> None:
        """The whole reason of the line the hand stands on; the column has room for its beginning."""
        self._reason.set(row.verdict.reason or "" if row is not None else "")

    def _left_out(self) -> frozenset[int]:
        if not self.leave_out.isChecked():
            return frozenset()
        return frozenset(row.verdict.group for row in self.rows if row.verdict.verdict is Verdict.LIKE)

    def _wanted(self) -> int:
        """How many cases would be stored, or get a further payment."""
        out = self._left_out()
        return len(
            {
                row.verdict.group
                for row in self.rows
                if row.verdict.verdict in (Verdict.NEW, Verdict.LIKE) and row.verdict.group not in out
            }
        )

    def _offer(self) -> None:
        busy, done = self._task is not None, self.outcome is not None
        wanted = self._wanted() if not done else 0
        self.store.set_message(msg("Store {count} cases", count=wanted) if wanted else msg("Store"))
        self.store.setEnabled(bool(wanted) and not busy)
        self.store.setVisible(not done)
        self.choose.setEnabled(not busy)
        self.leave_out.setEnabled(not busy)
        self.leave_out.setVisible(not done and any(r.verdict.verdict is Verdict.LIKE for r in self.rows))
        self.filters.setVisible(bool(self.rows))
        self._bar.setVisible(busy)
        self.stay.set_message(msg("Break off") if busy else msg("Close"))

    def _stepped(self, done: int, of: int, _: Message | None) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)

    def _stored(self, result: ImportedFile) -> None:
        self._task, self.outcome = None, result
        sentence = msg(
            "{stored} rows stored, {cases} cases opened, {legs} requests sent; {duplicates} rows were there already, {rejected} could not be stored.",
            stored=result.stored,
            cases=len(result.cases),
            legs=result.legs,
            duplicates=result.duplicates,
            rejected=len(result.rejected),
        )
        self._said.set(
            msg("Stopped. {result} Left out: {left} rows.", result=sentence, left=result.left_out)
            if result.cancelled
            else sentence
        )
        reasons = {(each.sheet, each.line): each.reason for each in result.rejected}
        self.rows = [
            PreviewRow(
                LineVerdict(row.verdict.sheet, row.verdict.line, Verdict.REJECTED, reasons[row.key]), row.line
            )
            for row in self.rows
            if row.key in reasons
        ]
        self._rest_stays(self.rows)
        self._offer()
        self.stay.setFocus()

    def _rest_stays(self, rows: Sequence[PreviewRow]) -> None:
        """After storing, what could not be stored is left to be read, line by line."""
        words, _, _ = VERDICT_LOOKS[Verdict.REJECTED]
        self.filters.set_filters([Filter(Verdict.REJECTED.value, words, len(rows))] if rows else [])
        self._show_rows()

    def _failed(self, error: DeskError) -> None:
        self._task = None
        self._said.set("")
        self._wrong.set(error.message)
        self._wrong.show()
        self._offer()

    def reject(self) -> None:
        """While it stores, this stops it after the case it is at; the dialog stays and says what is stored."""
        if self._task is not None:
            self._task.cancel()
            return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # plain Return stores nothing
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None and self._task is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.read(path)


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file that is held over the dialog."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
