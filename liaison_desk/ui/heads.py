"""The head of a table: columns are moved, resized, hidden, frozen, sorted and filtered here; the layout is kept as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.columns import Align, Column
from liaison_desk.ui.messages import caption
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.theme import BASE, GRID, look, say

MOST_FROZEN = 6
FUNNEL = "funnel"
SIDES = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
}


class Head(QHeaderView):
    """The horizontal head of a Table."""

    sort_requested = Signal(str, bool)
    """The sort key of the column that was clicked, and whether descending."""
    filter_requested = Signal(int)
    """The number of a column whose filter is wanted."""
    arranged = Signal()
    """The person chose columns, their order, or how many stay in place."""

    def __init__(self, model: RowsModel[Any], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self._sorted: tuple[str, bool] | None = None
        self._scale = look().scale
        self._frozen = 0
        self._hovered = -1
        self.current = -1
        """The column whose filter the keyboard would open; -1: the table has not the focus."""
        self.filtered: frozenset[str] = frozenset()
        """Sort keys of the columns that narrow the list."""
        self.filters_offered = False
        """Whether somebody answers ``filter_requested``."""
        self.more: Callable[[QMenu], None] = lambda _: None
        """Adds to the menu of the head what the list can do besides."""
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.sectionClicked.connect(self._clicked)
        look().theme_changed.connect(self._rescale)

    def set_up(self) -> None:
        """Once the view has given the head its model."""
        self.setMinimumSectionSize(look().px(GRID * 4))
        self.reset()

    def shown(self) -> list[int]:
        """Numbers of the columns that are shown, from left to right."""
        order = (self.logicalIndex(place) for place in range(self.count()))
        return [number for number in order if not self.isSectionHidden(number)]

    def first(self) -> int:
        return next(iter(self.shown()), 0)

    def column(self, number: int) -> Column[Any]:
        return self._rows.columns[number]

    # Menu ------------------------------------------------------------------------------------------

    def _open_menu(self, at: QPoint) -> None:
        self.menu(self.logicalIndexAt(at)).popup(self.mapToGlobal(at))

    def menu(self, number: int = -1) -> QMenu:
        """The menu of the head: sort and filter by the column under the pointer, and which columns are shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self._rows.columns[number] if 0 <= number < len(self._rows.columns) else None
        if column is not None and column.sort:
            self._offer_order(menu, column)
            if self.filters_offered and column.filter is not None:
                action = menu.addAction(icons.icon("funnel"), say(msg("Filter this column…")) + "\tAlt+Down")
                action.triggered.connect(lambda: self.filter_requested.emit(number))
            menu.addSeparator()
        if column is not None:
            self._offer_freezing(menu, number)
        self.more(menu)
        menu.addSeparator()
        self.offer_columns(menu)
        return menu

    def offer_columns(self, menu: QMenu) -> None:
        """Which columns are shown, each to be ticked, and the way back."""
        shown = self.shown()
        for number, column in enumerate(self._rows.columns):
            action = QAction(caption(say(column.title)), menu, checkable=True, checked=number in shown)
            # The last column stays: a table without any could not be brought back.
            action.setEnabled(shown != [number])
            action.toggled.connect(lambda on, number=number: self._show(number, on))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(say(msg("Columns as delivered"))).triggered.connect(self._as_delivered)

    def _offer_order(self, menu: QMenu, column: Column[Any]) -> None:
        ways: tuple[tuple[Message, bool, str], ...] = (
            (msg("Sort upwards"), False, "chevron-up"),
            (msg("Sort downwards"), True, "chevron-down"),
        )
        for words, descending, mark in ways:
            action = menu.addAction(icons.icon(mark), say(words))
            action.triggered.connect(lambda _=False, down=descending: self.sort_by(column.sort, down))

    def _offer_freezing(self, menu: QMenu, number: int) -> None:
        place = self.shown().index(number) + 1 if number in self.shown() else 0
        if 0 < place <= MOST_FROZEN and place != self._frozen:
            menu.addAction(say(msg("Keep the columns up to here in place"))).triggered.connect(
                lambda: self._freeze(place)
            )
        if self._frozen:
            menu.addAction(say(msg("Let all columns scroll"))).triggered.connect(lambda: self._freeze(0))
        if place or self._frozen:
            menu.addSeparator()

    def _show(self, number: int, on: bool) -> None:
        self.setSectionHidden(number, not on)
        self.arranged.emit()

    def _as_delivered(self) -> None:
        self.reset()
        self.arranged.emit()

    def _freeze(self, count: int) -> None:
        self.set_frozen(count)
        self.arranged.emit()

    @property
    def frozen(self) -> int:
        """How many of the first columns stay in place while the others scroll."""
        return min(self._frozen, len(self.shown()) - 1)

    def set_frozen(self, count: int) -> None:
        self._frozen = max(0, min(count, MOST_FROZEN))
        self.viewport().update()

    # Layout ----------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Order, width and visibility as the program was delivered."""
        self._frozen = 0
        for number, column in enumerate(self._rows.columns):
            self.moveSection(self.visualIndex(number), number)
            self.resizeSection(number, look().px(column.width))
            self.setSectionHidden(number, column.hidden)

    def layout_state(self) -> str:
        """Order, width and visibility of the columns and how many are frozen, as text, to be kept."""
        order = [self.logicalIndex(place) for place in range(self.count())]
        names = [
            {
                "key": self._rows.columns[number].key,
                "width": round(self.sectionSize(number) / look().scale) or self._rows.columns[number].width,
                "hidden": self.isSectionHidden(number),
            }
            for number in order
        ]
        return json.dumps({"columns": names, "frozen": self._frozen})

    def restore_layout(self, state: str) -> None:
        """Take ``layout_state`` back; columns that it does not know keep their place, unreadable text is ignored."""
        try:
            found = json.loads(state)
            # The first releases kept the columns alone.
            names = found["columns"] if isinstance(found, dict) else found
            frozen = int(found.get("frozen", 0)) if isinstance(found, dict) else 0
            wanted = [(str(name["key"]), int(name["width"]), bool(name["hidden"])) for name in names]
        except (ValueError, TypeError, KeyError, OverflowError):
            return
        numbers = {column.key: number for number, column in enumerate(self._rows.columns)}
        known = [(numbers[key], width, hidden) for key, width, hidden in wanted if key in numbers]
        if all(hidden for _, _, hidden in known):
            return
        for place, (number, width, hidden) in enumerate(known):
            self.moveSection(self.visualIndex(number), place)
            self.setSectionHidden(number, hidden)
            if not hidden and 0 < width < 10_000:
                self.resizeSection(number, look().px(width))
        self.set_frozen(frozen)

    def _rescale(self) -> None:
        """Columns grow and shrink with the text."""
        before, self._scale = self._scale, look().scale
        if before != self._scale:
            self.setMinimumSectionSize(look().px(GRID * 4))
            for number in self.shown():
                self.resizeSection(number, round(self.sectionSize(number) * self._scale / before))

    # Order and filters -----------------------------------------------------------------------------

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        return self._sorted

    def set_sorted(self, sort: str, descending: bool = False) -> None:
        """Show by which column the rows come; an unknown or empty ``sort`` shows none."""
        self._sorted = (sort, descending) if sort else None
        self.viewport().update()

    def set_filtered(self, columns: frozenset[str]) -> None:
        """Mark the heads of these sort keys: they narrow the list."""
        self.filtered = columns
        self.viewport().update()

    def sort_by(self, sort: str, descending: bool) -> None:
        self.set_sorted(sort, descending)
        self.sort_requested.emit(sort, descending)

    def _clicked(self, number: int) -> None:
        sort = self._rows.columns[number].sort
        if sort:
            self.sort_by(sort, self._sorted == (sort, False))

    # Hands -----------------------------------------------------------------------------------------

    def filter_area(self, number: int) -> QRect:
        """Where a click opens the filter of a column; empty where no funnel stands."""
        column = self._rows.columns[number]
        if not (self.filters_offered and column.filter is not None):
            return QRect()
        rect = QRect(self.sectionViewportPosition(number), 0, self.sectionSize(number), self.height())
        _, marks = self._arranged_in(rect, column)
        funnel = next((place for mark, _, place in marks if mark == FUNNEL), QRect())
        return funnel.adjusted(-look().px(3), -rect.height(), look().px(3), rect.height()) & rect

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        number = self.logicalIndexAt(at)
        if (
            event.button() is Qt.MouseButton.LeftButton
            and number >= 0
            and self.filter_area(number).contains(at)
            and self.cursor().shape() is not Qt.CursorShape.SplitHCursor
        ):
            self.filter_requested.emit(number)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.logicalIndexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: Any) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.viewport().update()

    def set_current(self, number: int) -> None:
        """Mark the column that the keyboard is on; -1 none."""
        if number != self.current:
            self.current = number
            self.viewport().update()

    # Painting --------------------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """The title, then the arrow of the order, then the funnel of the filter."""
        if not rect.isValid() or not 0 <= logicalIndex < len(self._rows.columns):
            return
        now, theme = look(), look().theme
        column = self._rows.columns[logicalIndex]
        narrows = bool(column.sort) and column.sort in self.filtered
        painter.save()
        hovered = logicalIndex == self._hovered
        painter.fillRect(rect, now.ink(theme.hover if hovered else theme.raised))
        painter.setPen(now.ink(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if narrows or logicalIndex == self.current:
            # A bar below: a narrow column has no room for a funnel, and colour alone would not be seen.
            thick = now.px(3 if narrows else 2)
            bar = QRect(rect.left(), rect.bottom() - thick + 1, rect.width(), thick)
            painter.fillRect(bar, now.ink(theme.accent if narrows else theme.line_strong))
        self._words(painter, rect, column, hovered or logicalIndex == self.current)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, column: Column[Any], near: bool) -> None:
        now, theme = look(), look().theme
        narrows = bool(column.sort) and column.sort in self.filtered
        fore = theme.accent if narrows else theme.text
        room, marks = self._arranged_in(rect, column)
        ratio = painter.device().devicePixelRatio()
        for mark, strong, place in marks:
            colour = fore if strong else theme.muted if near else theme.line_strong
            painter.drawPixmap(place.topLeft(), icons.pixmap(mark, colour, place.width(), ratio))
        painter.setFont(now.font(BASE, bold=True))
        painter.setPen(now.ink(fore))
        cut = now.metrics(BASE, bold=True).elidedText(
            say(column.title), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | SIDES[column.align], cut)

    def _arranged_in(self, rect: QRect, column: Column[Any]) -> tuple[QRect, list[tuple[str, bool, QRect]]]:
        """Room of the title, and close beside it its marks: icon, whether it says something, and its place."""
        now = look()
        side, inner = now.px(12), rect.adjusted(now.px(GRID), 0, -now.px(GRID), -1)
        # A hair more than the sum of the letters, or rounding would cut the last one.
        words = now.metrics(BASE, bold=True).horizontalAdvance(say(column.title)) + 2
        names: list[tuple[str, bool]] = []
        if self._sorted is not None and column.sort and self._sorted[0] == column.sort:
            names.append(("chevron-down" if self._sorted[1] else "chevron-up", True))
        step = side + now.px(2)
        offered = self.filters_offered and column.filter is not None
        fits = words + step * (len(names) + 1) <= inner.width() + now.px(4)
        narrows = bool(column.sort) and column.sort in self.filtered
        # The funnel stands where it costs no letter; a head that narrows has its bar in any case.
        if fits and (narrows or offered):
            names.append((FUNNEL, narrows))
        taken = step * len(names)
        wide = min(words, max(inner.width() - taken + now.px(4), 0))
        match column.align:
            case Align.RIGHT:
                # Titles of figures end where the figures end.
                room = QRect(inner.right() - wide + 1, rect.top(), wide, rect.height() - 1)
                left = room.left() - taken
            case Align.CENTRE:
                start = inner.left() + max(inner.width() - wide - taken, 0) // 2
                room = QRect(start, rect.top(), wide, rect.height() - 1)
                left = room.right() + now.px(3)
            case _:
                room = QRect(inner.left(), rect.top(), wide, rect.height() - 1)
                left = room.right() + now.px(3)
        top = inner.center().y() - side // 2 + 1
        return room, [
            (name, strong, QRect(left + step * place, top, side, side))
            for place, (name, strong) in enumerate(names)
        ]
