"""The frame of the panes on the right: head, scrolling middle, foot, and the steps that are possible now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.words import msg
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.chips import Chip
from liaison_desk.ui.context import Context
from liaison_desk.ui.messages import caption
from liaison_desk.ui.notes import clear
from liaison_desk.ui.theme import GRID, look, say

BUTTONS = 3
"""Steps shown as buttons; the others are in the menu beside them."""


class Pane(QFrame):
    """A pane on the right: head, scrolling middle, note at the foot. Base of the panes of requests and cases."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setProperty("surface", "detail")
        self.setMinimumWidth(look().px(320))
        self.title = Text("", "title", wrap=True, selectable=True)
        self.chip = Chip()
        self.head = QVBoxLayout()
        self.head.setSpacing(2)
        self.head.setContentsMargins(0, 0, GRID, 0)
        top = QHBoxLayout()
        # A long title takes a second line rather than room from the clock beside it.
        top.addWidget(self.title, 1)
        top.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        self.head.addLayout(top)
        inside = QWidget()
        self.middle = QVBoxLayout(inside)
        self.middle.setContentsMargins(0, 0, GRID, 0)
        self.middle.setSpacing(GRID + 2)
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setWidget(inside)
        # The area fills its widget's background when it takes it.
        inside.setAutoFillBackground(False)
        self.scroller.viewport().setAutoFillBackground(False)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(self.head)
        column.addWidget(self.scroller, 1)
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(0, 0, GRID, 0)
        column.addLayout(self.foot)
        self._empty = self.nothing()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._full)
        outer.addWidget(self._empty)
        self.show_full(False)

    def nothing(self) -> QWidget:
        """What the pane says while nothing is selected."""
        return EmptyState(
            "list-ordered", msg("Nothing selected"), msg("Choose a line to see everything about it.")
        )

    def show_full(self, full: bool) -> None:
        self._full.setVisible(full)
        self._empty.setVisible(not full)

    def sizeHint(self) -> QSize:
        return QSize(look().px(368), look().px(600))


class Steps(QWidget):
    """The steps that are possible now: up to three buttons, the rest in a menu; two a line where they fit."""

    def __init__(self, parent: QWidget | None = None, *, buttons: int = BUTTONS) -> None:
        super().__init__(parent)
        self._most = buttons
        # The pane may be narrower than two buttons in a wordy language: they never push it wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._buttons: list[Button] = []
        self._columns = 0
        self._names: tuple[str, ...] = ()

    def offer(self, actions: Sequence[ActionSpec]) -> None:
        """Show these; called after each change, it builds anew only when the set of steps differs."""
        names = tuple(action.name for action in actions)
        if names == self._names:
            return
        self._names = names
        clear(self._grid)
        self._buttons = []
        shown, rest = actions[: self._most], actions[self._most :]
        for place, action in enumerate(shown):
            kind = "primary" if action.primary and place == 0 else "plain"
            button = Button(action.title, keys=action.keys.replace("+", " "), kind=kind, run=action.run)
            button.setObjectName(action.name)
            self._buttons.append(button)
        if rest:
            more = Button(msg("More"), icon="chevron-down")
            menu = QMenu(more)
            for action in rest:
                entry = menu.addAction(caption(say(action.title)))
                entry.setObjectName(action.name)
                entry.triggered.connect(lambda _=False, run=action.run: run())
            more.setMenu(menu)
            # The chevron says it already.
            more.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")
            self._buttons.append(more)
        self._columns = 0
        self._arrange()
        self.setVisible(bool(actions))

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        widest = max((button.sizeHint().width() for button in self._buttons), default=0)
        columns = 2 if widest * 2 + GRID <= self.width() else 1
        if columns == self._columns:
            return
        self._columns = columns
        for button in self._buttons:
            self._grid.removeWidget(button)
        for place, button in enumerate(self._buttons):
            self._grid.addWidget(button, place // columns, place % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
