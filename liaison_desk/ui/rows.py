"""A table model over frozen rows that takes a new answer as differences, never as a reset.

Selection, scroll position and open editors survive, because rows are inserted, removed, moved and changed
one by one. Two rules keep the list calm (product.md, "Calm"):

* what changed is marked with a soft tint for a few seconds instead of jumping at the reader;
* while ``resort_allowed()`` says no (the pointer or the keys are in use in the table), rows that are still
  there keep their present order, new ones come at the end, and ``order_pending`` tells that the right
  order waits; ``settle()`` puts it right, on key or once the pointer rests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from liaison_desk.ui.columns import Align, Cell, Column
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import Tone, look, say

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

MARK_SECONDS = 4
MOVES_ONE_BY_ONE = 24
"""More moves than this are one change of layout, which also keeps selection and editors, and is faster."""

ALIGNED = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    Align.CENTRE: Qt.AlignmentFlag.AlignCenter,
}


class RowsModel(QAbstractTableModel, Generic[R]):
    """Frozen rows under a list of columns; ``key(row)`` says which row is which across answers."""

    about_to_replace = Signal()
    replaced = Signal()
    order_pending_changed = Signal(bool)

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key = key
        self.resort_allowed: Callable[[], bool] = lambda: True
        self.tint: Callable[[R], Tone | None] = lambda _: None
        """The tint of a whole row; what it means is said by a mark and a word in the row, too."""
        self._rows: list[R] = []
        self._keys: list[Hashable] = []
        self._cells: dict[Hashable, list[Cell | None]] = {}
        self._marks: dict[Hashable, int] = {}
        self._wanted: list[Hashable] | None = None
        self._more: Callable[[], None] | None = None
        self._asked = False
        self._fading = QTimer(self)
        self._fading.setInterval(1000)
        self._fading.timeout.connect(self.fade)
        look().language_changed.connect(self.forget_cells)
        look().theme_changed.connect(self.forget_cells)

    # Rows in ----------------------------------------------------------------------------------------

    def replace(self, rows: Sequence[R], *, resort: bool | None = None, mark: bool = True) -> None:
        """Take the newest answer. ``resort`` overrides ``resort_allowed``: True after a click on a head or F5."""
        fresh = {self.key(row): row for row in rows}
        first = not self._rows
        self.about_to_replace.emit()
        self._remove_gone(fresh)
        self._update(fresh, mark=mark)
        order = list(fresh)
        if self.resort_allowed() if resort is None else resort:
            self._set_pending(None)
        else:
            present = set(self._keys)
            kept = [*self._keys, *(key for key in order if key not in present)]
            self._set_pending(order if kept != order else None)
            order = kept
        self._arrange(order, fresh, mark=mark and not first)
        self.replaced.emit()

    def append(self, rows: Sequence[R]) -> None:
        """Take the next page; a row that is already shown is only brought up to date."""
        present = set(self._keys)
        fresh = {self.key(row): row for row in rows}
        self._update({key: row for key, row in fresh.items() if key in present}, mark=True)
        added = [key for key in fresh if key not in present]
        if self._wanted is not None:
            self._wanted += added
        self._insert(len(self._keys), added, fresh)
        self._asked = False

    def settle(self) -> None:
        """Put the rows into the order that was waiting."""
        wanted = self._wanted
        if wanted is None:
            return
        self.about_to_replace.emit()
        self._set_pending(None)
        self._arrange(wanted, {}, mark=False)
        self.replaced.emit()

    @property
    def order_pending(self) -> bool:
        return self._wanted is not None

    def set_more(self, more: Callable[[], None] | None) -> None:
        """What to call for the next page when the view comes near the end; None: everything is here."""
        self._more, self._asked = more, False

    # Rows out ---------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[R, ...]:
        return tuple(self._rows)

    def row(self, number: int) -> R:
        return self._rows[number]

    def number_of(self, key: Hashable) -> int | None:
        """Where the row of that key stands now."""
        try:
            return self._keys.index(key)
        except ValueError:
            return None

    def key_at(self, number: int) -> Hashable:
        return self._keys[number]

    def cell(self, number: int, column: int) -> Cell:
        cells = self._cells.setdefault(self._keys[number], [None] * len(self.columns))
        found = cells[column]
        if found is None:
            found = cells[column] = self.columns[column].show(self._rows[number])
        return found

    def marked(self, number: int) -> bool:
        """Whether the row came or changed a moment ago."""
        return self._keys[number] in self._marks

    def tint_of(self, number: int) -> Tone | None:
        return self.tint(self._rows[number])

    # Time -------------------------------------------------------------------------------------------

    @property
    def ticks(self) -> bool:
        return any(column.ticking for column in self.columns)

    def tick(self, first: int = 0, last: int | None = None) -> None:
        """A second has gone: what now reads otherwise is shown anew. Only the rows ``first`` to ``last`` are in sight."""
        ticking = [number for number, column in enumerate(self.columns) if column.ticking]
        end = len(self._rows) if last is None else min(last + 1, len(self._rows))
        in_sight = set(self._keys[first:end])
        for key, cells in self._cells.items():
            if key not in in_sight:
                for number in ticking:
                    cells[number] = None
        for at in range(first, end):
            known = self._cells.get(self._keys[at])
            if known is None:
                continue
            for number in ticking:
                before = known[number]
                if before is None:
                    continue
                known[number] = now = self.columns[number].show(self._rows[at])
                if now != before:
                    self.dataChanged.emit(self.index(at, number), self.index(at, number))

    def fade(self, seconds: int = 1) -> None:
        """Marks grow older by so many seconds and go."""
        for key in list(self._marks):
            self._marks[key] -= seconds
            if self._marks[key] <= 0:
                del self._marks[key]
                if (number := self.number_of(key)) is not None:
                    self._changed(number)
        if not self._marks:
            self._fading.stop()

    def forget_cells(self) -> None:
        """Language or theme changed: every cell is made anew."""
        self._cells.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))
        if self.columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    # Qt's questions ---------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default, never mutated
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as above
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return plain(cell.tip)
            case Qt.ItemDataRole.AccessibleTextRole:
                return cell.spoken
            case Qt.ItemDataRole.TextAlignmentRole:
                return ALIGNED[self.columns[index.column()].align]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return say(self.columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGNED[self.columns[section].align]
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more is not None and not self._asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._more is not None:
            self._asked = True
            self._more()

    # Differences ------------------------------------------------------------------------------------

    def _set_pending(self, wanted: list[Hashable] | None) -> None:
        before, self._wanted = self._wanted is not None, wanted
        if before != (wanted is not None):
            self.order_pending_changed.emit(wanted is not None)

    def _mark(self, key: Hashable) -> None:
        self._marks[key] = MARK_SECONDS
        if not self._fading.isActive():
            self._fading.start()

    def _changed(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))

    def _remove_gone(self, fresh: dict[Hashable, R]) -> None:
        last = len(self._keys) - 1
        while last >= 0:
            if self._keys[last] in fresh:
                last -= 1
                continue
            first = last
            while first > 0 and self._keys[first - 1] not in fresh:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            for key in self._keys[first : last + 1]:
                self._cells.pop(key, None)
                self._marks.pop(key, None)
            del self._rows[first : last + 1], self._keys[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _update(self, fresh: dict[Hashable, R], *, mark: bool) -> None:
        for number, key in enumerate(self._keys):
            row = fresh.get(key)
            if row is not None and row != self._rows[number]:
                self._rows[number] = row
                self._cells.pop(key, None)
                if mark:
                    self._mark(key)
                self._changed(number)

    def _insert(self, at: int, keys: Sequence[Hashable], fresh: dict[Hashable, R]) -> None:
        if keys:
            self.beginInsertRows(QModelIndex(), at, at + len(keys) - 1)
            self._keys[at:at] = keys
            self._rows[at:at] = [fresh[key] for key in keys]
            self.endInsertRows()

    def _arrange(self, order: list[Hashable], fresh: dict[Hashable, R], *, mark: bool) -> None:
        """Insert what is new and bring everything into ``order``, moving as few rows as possible."""
        present = set(self._keys)
        self._reorder([key for key in order if key in present])
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and order[end] not in present:
                end += 1
            self._insert(at, order[at:end], fresh)
            if mark:
                for key in order[at:end]:
                    self._mark(key)
            at = end + 1

    def _reorder(self, order: list[Hashable]) -> None:
        if order == self._keys:
            return
        place = {key: number for number, key in enumerate(order)}
        staying = _longest_rising([place[key] for key in self._keys])
        moving = [number for number in range(len(order)) if number not in staying]
        if len(moving) > MOVES_ONE_BY_ONE:
            self._relayout(order)
            return
        for number in moving:
            # Behind its predecessor, which stands right already: it stays, or was moved before.
            start = self._keys.index(order[number])
            target = self._keys.index(order[number - 1]) + 1 if number else 0
            if target in (start, start + 1):
                continue
            self.beginMoveRows(QModelIndex(), start, start, QModelIndex(), target)
            key, row = self._keys.pop(start), self._rows.pop(start)
            target -= target > start
            self._keys.insert(target, key)
            self._rows.insert(target, row)
            self.endMoveRows()

    def _relayout(self, order: list[Hashable]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._keys[index.row()] for index in before]
        rows = dict(zip(self._keys, self._rows, strict=True))
        self._keys, self._rows = order, [rows[key] for key in order]
        place = {key: number for number, key in enumerate(order)}
        after = [self.index(place[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of one longest rising subsequence: the rows that need not move."""
    ends: list[int] = []
    tails: list[int] = []
    back: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(ends, number)
        back.append(tails[length - 1] if length else -1)
        if length == len(ends):
            ends.append(number)
            tails.append(at)
        else:
            ends[length], tails[length] = number, at
    found: set[int] = set()
    at = tails[-1] if tails else -1
    while at >= 0:
        found.add(numbers[at])
        at = back[at]
    return found
