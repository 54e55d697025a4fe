"""Next hops in a table that is typed into or pasted into from a spreadsheet; nothing that was given is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
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

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput
from liaison_desk.core.lifecycle import HOP_WORDS, HopKind
from liaison_desk.core.money import parse_yuan, yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.answers import HopInput
from liaison_desk.ui import icons
from liaison_desk.ui.bankcombo import bank_names, choices, seat_of, suggestion
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.commanddialog import hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit, read_moment
from liaison_desk.ui.hoplines import BY_PREFIX, HopLine, hop, problem, read_block, total
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import GRID, Tone, look, say

_CONTROL = Qt.KeyboardModifier.ControlModifier
Index = QModelIndex | QPersistentModelIndex

FIELDS = ("number", "holder", "bank", "amount", "time", "kind", "remark")
HEADS: tuple[tuple[Message, int], ...] = (
    (msg("Account"), 194),
    (msg("Holder"), 64),
    (msg("Institution"), 96),
    (msg("Amount (yuan)"), 94),
    (msg("Time"), 104),
    (msg("Way"), 52),
    (msg("Remark"), 60),
)
PROBLEM = len(FIELDS)
"""One more column marks a line that cannot be taken."""
MOST_TOLD = 3
"""Lines whose reason is said at a time."""


class HopsModel(QAbstractTableModel):
    """Lines as typed, always with one empty line below."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.lines: list[HopLine] = [HopLine()]
        look().language_changed.connect(
            lambda: self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, PROBLEM)
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default, never mutated
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as above
        return 0 if parent.isValid() else PROBLEM + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        here = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return here if index.column() == PROBLEM else here | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return "" if section == PROBLEM else say(HEADS[section][0])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        wrong = self.problem(index.row())
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(line, column, wrong)
            case Qt.ItemDataRole.EditRole if column < PROBLEM:
                return getattr(line, FIELDS[column])
            case Qt.ItemDataRole.AccessibleTextRole if column == PROBLEM and wrong is not None:
                return say(wrong[1])
            case Qt.ItemDataRole.ToolTipRole:
                return plain(say(wrong[1])) if wrong is not None else None
            case Qt.ItemDataRole.ForegroundRole if wrong is not None and column in (
                PROBLEM,
                _column(wrong[0]),
            ):
                return look().colour(Tone.OVERDUE)
            case Qt.ItemDataRole.DecorationRole if wrong is not None and column == PROBLEM:
                return icons.icon("triangle-alert", Tone.OVERDUE)
            case Qt.ItemDataRole.FontRole if column == 0:
                return look().font(13, mono=True)
            case Qt.ItemDataRole.TextAlignmentRole if column == 3:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _shown(self, line: HopLine, column: int, wrong: tuple[str, Message] | None) -> str:
        if column == PROBLEM:
            return ""
        if line.blank:
            return ""
        field = FIELDS[column]
        if field == "number":
            return grouped(line.number)
        if field == "kind":
            return say(HOP_WORDS[line.kind])
        if field == "bank":
            return self._bank(line)
        if field == "time":
            return self._time(line.time)
        return str(getattr(line, field))

    def _bank(self, line: HopLine) -> str:
        if not line.number:
            return ""
        if line.bank in self._context.institutions:
            return say(self._context.institution(line.bank))
        seat = seat_of(self._context, line.number) if line.bank == BY_PREFIX else None
        if seat is not None:
            return say(self._context.institution(seat))
        offered = dict(choices(self._context, suggestion(self._context, line.number)))
        return say(offered[line.bank])

    def _time(self, text: str) -> str:
        """As short as it can be read; the whole of it is there when it is edited."""
        now, zone = self._context.now(), self._context.zone
        try:
            return when(read_moment(text, now, zone), now, zone, seconds=True)
        except BadInput:
            return text

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() == PROBLEM:
            return False
        field = FIELDS[index.column()]
        if field == "kind":
            value = HopKind(value)
        elif field != "bank":
            value = self._tidied(field, str(value).strip())
        self.lines[index.row()] = replace(self.lines[index.row()], **{field: value})
        self._after(index.row())
        return True

    def _tidied(self, field: str, text: str) -> str:
        """Amounts and times in one form, when they can be read; else as typed."""
        try:
            if field == "amount" and text:
                return yuan(parse_yuan(text))
            if field == "time" and text:
                moment = read_moment(text, self._context.now(), self._context.zone)
                return moment.astimezone(self._context.zone).strftime("%Y-%m-%d %H:%M:%S")
        except BadInput:
            return text
        return "".join(text.split()) if field == "number" else text

    def problem(self, row: int) -> tuple[str, Message] | None:
        """Which field of the line is wrong, and why."""
        return problem(self.lines[row], self._context.now(), self._context.zone)

    def add(self, lines: list[HopLine], at: int) -> None:
        """Insert these lines before row ``at``."""
        if not lines:
            return
        tidy = [
            replace(line, amount=self._tidied("amount", line.amount), time=self._tidied("time", line.time))
            for line in lines
        ]
        self.beginInsertRows(QModelIndex(), at, at + len(lines) - 1)
        self.lines[at:at] = tidy
        self.endInsertRows()
        self.changed.emit()

    def remove(self, rows: list[int]) -> None:
        for row in sorted(rows, reverse=True):
            if row < len(self.lines) - 1 or not self.lines[row].blank:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.lines[row]
                self.endRemoveRows()
        self._after(None)

    def _after(self, row: int | None) -> None:
        if not self.lines or not self.lines[-1].blank:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines))
            self.lines.append(HopLine())
            self.endInsertRows()
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, PROBLEM))
        self.changed.emit()


def _column(field: str) -> int:
    return FIELDS.index(field) if field in FIELDS else PROBLEM


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


class HopsView(QTableView):
    """The table itself: typing begins editing, Tab goes on, Ctrl+V takes a block, Del removes lines."""

    pasted = Signal(str)

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
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CONTROL:
            # The dialog's deed, also while an editor is open in here.
            event.ignore()
        elif event.key() == Qt.Key.Key_Delete:
            model.remove(sorted({index.row() for index in self.selectedIndexes()}))
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self._at_edge(event):
            # At the end of an empty table Tab leaves it, so that the keyboard is never caught in here.
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        else:
            super().keyPressEvent(event)

    def commit_open(self) -> None:
        """What stands in an open editor counts: the deed may come by key while somebody still types."""
        editor = QApplication.focusWidget()
        if editor is not None and self.viewport().isAncestorOf(editor):
            # Only taken, not closed: the delegate does that by itself at the next turn of the loop.
            self.commitData(editor)

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
        """Take a block of cells; what cannot be read is there, marked with its reason."""
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
                index = self.model.index(number, _column(error.field or "number"))
                self.view.setCurrentIndex(index)
                raise BadInput(
                    msg("Line {number}: {reason}", number=number + 1, reason=error.message), field="hops"
                ) from error
        return tuple(made)

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
