"""The lines of next hops as they were typed, how they are shown, and which of them cannot be taken yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput
from liaison_desk.core.lifecycle import HOP_WORDS, HopKind
from liaison_desk.core.money import parse_yuan, yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.bankcombo import choices, seat_of, suggestion
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import read_moment
from liaison_desk.ui.hoplines import BY_PREFIX, HopLine, problem
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import Tone, look, say

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


class HopsModel(QAbstractTableModel):
    """Lines as typed, always with one empty line below."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.lines: list[HopLine] = [HopLine()]
        look().language_changed.connect(self._named_anew)

    def _named_anew(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, PROBLEM)

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
                column_of(wrong[0]),
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
        tidy = [self._tidy(line) for line in lines]
        self.beginInsertRows(QModelIndex(), at, at + len(lines) - 1)
        self.lines[at:at] = tidy
        self.endInsertRows()
        self.changed.emit()

    def put(self, at: int, lines: list[HopLine]) -> None:
        """Put these lines in the place of those from row ``at`` on, and behind them what goes beyond."""
        there = len(self.lines) - at
        for row, line in enumerate(lines[:there], start=at):
            self.lines[row] = self._tidy(line)
        if there > 0:
            last = at + min(there, len(lines)) - 1
            self.dataChanged.emit(self.index(at, 0), self.index(last, PROBLEM))
        if lines[there:]:
            self.add(lines[there:], len(self.lines))
        self._after(None)

    def _tidy(self, line: HopLine) -> HopLine:
        return replace(line, amount=self._tidied("amount", line.amount), time=self._tidied("time", line.time))

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


def column_of(field: str) -> int:
    """Where that field of a line stands; what is no field is told in the column of problems."""
    return FIELDS.index(field) if field in FIELDS else PROBLEM
