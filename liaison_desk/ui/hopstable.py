"""Next hops in a table that is typed into or pasted into from a spreadsheet; nothing that was given is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput
from liaison_desk.core.lifecycle import HOP_WORDS
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.answers import HopInput
from liaison_desk.ui.bankcombo import bank_names, choices, suggestion
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.commanddialog import hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.forms import composing_in
from liaison_desk.ui.hoplines import HopLine, hop, read_block, total, with_cell
from liaison_desk.ui.hopsmodel import FIELDS, HEADS, PROBLEM, HopsModel, Index, column_of
from liaison_desk.ui.sheetdata import sheet_data
from liaison_desk.ui.theme import GRID, look, say

FILL_DOWN = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_D)
SHOWN = tuple(
    Qt.ItemDataRole.DisplayRole if field in ("bank", "kind") else Qt.ItemDataRole.EditRole for field in FIELDS
)
"""What is copied of a cell: the name of a bank or a way, else what was typed."""
MOST_TOLD = 3
"""Lines whose reason is said at a time."""


class _Delegate(QStyledItemDelegate):
    """Lines of text, and combos for institution and way."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, HopsModel)
        field = FIELDS[index.column()]
        if field not in ("kind", "bank"):
            line = LineEdit(parent)
            line.setFrame(False)
            line.setStyleSheet("QLineEdit { border-radius: 0; min-height: 0; padding: 0 2px; }")
            return line
        combo = QComboBox(parent)
        offered: list[tuple[str, Message]] = (
            [(kind.value, words) for kind, words in HOP_WORDS.items()]
            if field == "kind"
            else choices(self._context, suggestion(self._context, model.lines[index.row()].number))
        )
        for code, words in offered:
            combo.addItem(say(words), code)
        return combo

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, LineEdit):
            editor.setText(str(value))

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        value = editor.currentData() if isinstance(editor, QComboBox) else editor.property("text")
        model.setData(index, value)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Ctrl+Return in an open editor: what stands there is taken, and then the form is sent."""
        view = self.parent()
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(view, HopsView)
            and isinstance(editor, QWidget)
            and not composing_in(editor)
        ):
            view.commit_open()
            view.submitted.emit()
            return True
        return super().eventFilter(editor, event)


class HopsView(QTableView):
    """The table itself: typing begins editing, Tab goes on, Ctrl+V takes a block, Del removes lines."""

    pasted = Signal(str)
    submitted = Signal()

    def __init__(self, model: HopsModel, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(_Delegate(context, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look().row_height)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, (_, width) in enumerate(HEADS):
            self.setColumnWidth(column, look().px(width))
        # The mark of a line that cannot be taken stands before it; its reason is said below the table.
        head.moveSection(PROBLEM, 0)
        head.setMinimumSectionSize(look().px(GRID * 3))
        self.setColumnWidth(PROBLEM, look().px(30))
        head.setStretchLastSection(True)
        self.setWordWrap(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        assert isinstance(model, HopsModel)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.keyCombination() == FILL_DOWN:
            self.fill_down()
        elif event.key() == Qt.Key.Key_Delete:
            model.remove(sorted({index.row() for index in self.selectedIndexes()}))
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._at_edge(event):
            # At the end of an empty table Tab leaves it, so that the keyboard is never caught in here.
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        else:
            super().keyPressEvent(event)

    def cells(self) -> dict[int, list[int]]:
        """The selected cells that can be typed in: rows by column."""
        found: dict[int, list[int]] = {}
        for index in self.selectedIndexes():
            if index.column() < PROBLEM:
                found.setdefault(index.column(), []).append(index.row())
        return {column: sorted(rows) for column, rows in sorted(found.items())}

    def copy(self) -> None:
        """Put the selected cells on the clipboard: numbers whole and declared text, as from the lists."""
        model, cells = self.model(), self.cells()
        rows = sorted({row for found in cells.values() for row in found})
        if rows:
            table = [
                [str(model.index(row, column).data(SHOWN[column]) or "") for column in cells] for row in rows
            ]
            QGuiApplication.clipboard().setMimeData(sheet_data(table))

    def fill_down(self) -> None:
        """The top cell of each selected column into those below it."""
        model = self.model()
        assert isinstance(model, HopsModel)
        for column, rows in self.cells().items():
            value = getattr(model.lines[rows[0]], FIELDS[column])
            for row in rows[1:]:
                model.setData(model.index(row, column), value)

    def commit_open(self) -> None:
        """What stands in an open editor counts: the deed may come by key while somebody still types."""
        editor = QApplication.focusWidget()
        if editor is not None and self.viewport().isAncestorOf(editor):
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _at_edge(self, event: QKeyEvent) -> bool:
        model, index = self.model(), self.currentIndex()
        assert isinstance(model, HopsModel)
        if not index.isValid():
            return True
        if event.key() == Qt.Key.Key_Backtab:
            return index.row() == 0 and index.column() == 0
        return model.lines[index.row()].blank


class HopsTable(QWidget):
    """The table with its heading, sum, and the ways to fill it."""

    changed = Signal()
    submitted = Signal()
    """Ctrl+Return while a cell was being edited."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, *, now: Callable[[], datetime] | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._now = now or context.now
        self.model = HopsModel(context)
        self.view = HopsView(self.model, context)
        self.view.setAccessibleName(say(msg("Next hops")))
        self.view.pasted.connect(self.paste)
        self.view.submitted.connect(self.submitted)
        self._sum = Text("", "small")
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Text(msg("Where the money went on to"), "strong"))
        head.addWidget(self._sum)
        head.addStretch()
        head.addWidget(
            Button(
                msg("Paste cells"),
                icon="clipboard-paste",
                keys="Ctrl V",
                kind="quiet",
                run=self._paste_clipboard,
            )
        )
        head.addWidget(Button(msg("Remove lines"), icon="x", keys="Del", kind="quiet", run=self._remove))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        self._wrong = Text("", "error", wrap=True)
        column.addWidget(self.view, 1)
        column.addWidget(self._wrong)
        column.addWidget(
            hint(
                msg(
                    "One line for each transfer; cash and purchases have an amount and no account. Cells copied from a sheet can be pasted with their headings."
                )
            )
        )
        self.setFocusProxy(self.view)
        self.model.changed.connect(self._again)
        self._again()

    @property
    def lines(self) -> list[HopLine]:
        """The lines that are not empty."""
        return [line for line in self.model.lines if not line.blank]

    def paste(self, text: str) -> None:
        """Take a block of cells; what cannot be read is there, marked with its reason.

        On the empty line below the others whole lines are read, with headings or by what stands in them. On
        a line that is filled the cells go where they are pasted, and one value into every selected cell.
        """
        self.view.commit_open()
        here = self.view.currentIndex()
        cells = self.view.cells()
        if here.isValid() and cells and not self.model.lines[here.row()].blank:
            self._paste_into(text, cells)
            return
        lines = read_block(text, self._now(), self._context.zone, bank_names(self._context))
        self.model.add(lines, len(self.model.lines) - 1)

    def hops(self) -> tuple[HopInput, ...]:
        """All lines as the door wants them; raises BadInput (field ``hops``) for the first that is wrong."""
        self.view.commit_open()
        made = []
        for number, line in enumerate(self.model.lines):
            if line.blank:
                continue
            try:
                made.append(hop(line, self._now(), self._context.zone))
            except BadInput as error:
                index = self.model.index(number, column_of(error.field or "number"))
                self.view.setCurrentIndex(index)
                raise BadInput(
                    msg("Line {number}: {reason}", number=number + 1, reason=error.message), field="hops"
                ) from error
        return tuple(made)

    def _paste_into(self, text: str, cells: dict[int, list[int]]) -> None:
        banks = bank_names(self._context)
        block = [line.split("\t") for line in text.replace("\r\n", "\n").rstrip("\n").split("\n")]
        if len(block) == 1 and len(block[0]) == 1:
            for column, rows in cells.items():
                for row in rows:
                    self.model.put(
                        row, [with_cell(self.model.lines[row], FIELDS[column], block[0][0], banks)]
                    )
            return
        top, left = min(rows[0] for rows in cells.values()), min(cells)
        made = []
        for place, values in enumerate(block):
            row = top + place
            line = self.model.lines[row] if row < len(self.model.lines) else HopLine()
            fields = FIELDS[left:]
            for field, value in zip(fields, values, strict=False):
                line = with_cell(line, field, value, banks)
            beyond = " ".join(value.strip() for value in values[len(fields) :] if value.strip())
            if beyond:
                # Nothing that was given is dropped.
                line = replace(line, remark=f"{line.remark} {beyond}".strip())
            made.append(line)
        self.model.put(top, made)

    def _paste_clipboard(self) -> None:
        self.paste(QGuiApplication.clipboard().text())

    def _remove(self) -> None:
        self.model.remove(sorted({index.row() for index in self.view.selectedIndexes()}))

    @property
    def problems(self) -> str:
        """What is said below the table."""
        return self._wrong.text()

    def _again(self) -> None:
        count = len(self.lines)
        self._sum.set(
            msg(
                "{count} lines · {amount} yuan",
                count=count,
                amount=yuan(total(self.lines, self._now(), self._context.zone)),
            )
            if count
            else ""
        )
        told = []
        for row in range(len(self.model.lines)):
            wrong = self.model.problem(row)
            if wrong is not None:
                told.append(say(msg("Line {number}: {reason}", number=row + 1, reason=wrong[1])))
        more = len(told) - MOST_TOLD
        if more > 0:
            told = [*told[:MOST_TOLD], say(msg("… and {count} more lines to mend", count=more))]
        self._wrong.set("\n".join(told))
        self._wrong.setVisible(bool(told))
        self.changed.emit()
