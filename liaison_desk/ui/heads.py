"""The head of a table: columns are moved, resized, hidden and sorted here, and their layout is kept as text."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from liaison_desk.core.words import msg
from liaison_desk.ui.messages import caption
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.theme import GRID, look, say


class Head(QHeaderView):
    """The horizontal head of a Table."""

    sort_requested = Signal(str, bool)
    """The sort key of the column that was clicked, and whether descending."""

    def __init__(self, model: RowsModel[Any], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self._sorted: tuple[str, bool] | None = None
        self._scale = look().scale
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu().popup(self.mapToGlobal(at)))
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

    def menu(self) -> QMenu:
        """The menu of the head: which columns are shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = self.shown()
        for number, column in enumerate(self._rows.columns):
            action = QAction(caption(say(column.title)), menu, checkable=True, checked=number in shown)
            # The last column stays: a table without any could not be brought back.
            action.setEnabled(shown != [number])
            action.toggled.connect(lambda on, number=number: self.setSectionHidden(number, not on))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(say(msg("Columns as delivered"))).triggered.connect(self.reset)
        return menu

    def reset(self) -> None:
        """Order, width and visibility as the program was delivered."""
        for number, column in enumerate(self._rows.columns):
            self.moveSection(self.visualIndex(number), number)
            self.resizeSection(number, look().px(column.width))
            self.setSectionHidden(number, column.hidden)

    def layout_state(self) -> str:
        """Order, width and visibility of the columns as text, for the user's settings."""
        order = [self.logicalIndex(place) for place in range(self.count())]
        names = [
            {
                "key": self._rows.columns[number].key,
                "width": round(self.sectionSize(number) / look().scale) or self._rows.columns[number].width,
                "hidden": self.isSectionHidden(number),
            }
            for number in order
        ]
        return json.dumps(names)

    def restore_layout(self, state: str) -> None:
        """Take ``layout_state`` back; columns that it does not know keep their place, unreadable text is ignored."""
        try:
            names = json.loads(state)
            wanted = [(str(name["key"]), int(name["width"]), bool(name["hidden"])) for name in names]
        except (ValueError, TypeError, KeyError):
            return
        numbers = {column.key: number for number, column in enumerate(self._rows.columns)}
        known = [(numbers[key], width, hidden) for key, width, hidden in wanted if key in numbers]
        if all(hidden for _, _, hidden in known):
            return
        for place, (number, width, hidden) in enumerate(known):
            self.moveSection(self.visualIndex(number), place)
            self.setSectionHidden(number, hidden)
            if not hidden and width > 0:
                self.resizeSection(number, look().px(width))

    def set_sorted(self, sort: str, descending: bool = False) -> None:
        """Show by which column the rows come; an unknown or empty ``sort`` shows none."""
        self._sorted = (sort, descending) if sort else None
        number = next((n for n, column in enumerate(self._rows.columns) if column.sort == sort and sort), -1)
        self.setSortIndicatorShown(number >= 0)
        if number >= 0:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.setSortIndicator(number, order)

    def _rescale(self) -> None:
        """Columns grow and shrink with the text."""
        before, self._scale = self._scale, look().scale
        if before != self._scale:
            self.setMinimumSectionSize(look().px(GRID * 4))
            for number in self.shown():
                self.resizeSection(number, round(self.sectionSize(number) * self._scale / before))

    def _clicked(self, number: int) -> None:
        sort = self._rows.columns[number].sort
        if not sort:
            return
        descending = self._sorted == (sort, False)
        self.set_sorted(sort, descending)
        self.sort_requested.emit(sort, descending)
