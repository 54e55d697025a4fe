"""On the wide screen own data is masked; F8 shows it while it is held (rules.md, Data), and the access log knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from liaison_desk.ui.room import Room

KEY = Qt.Key.Key_F8


class HoldToShow(QObject):
    """Watches the key for one room. Letting go, another window in front or the end of the room covers again."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._room = room
        self._places: set[str] = set()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.applicationStateChanged.connect(self._left)
        # Of the room only: keys that nobody in it wants come up to it, and painting is not slowed down.
        room.installEventFilter(self)

    @property
    def shown(self) -> bool:
        """Whether own data is in full just now."""
        return self._room.context.desk.uncovered

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.WindowDeactivate and self.shown:
            self._set(False)
        if not isinstance(event, QKeyEvent) or event.key() != KEY or event.isAutoRepeat():
            return False
        if kind is QEvent.Type.KeyPress and not self.shown and self._wanted():
            self._set(True)
            return True
        if kind is QEvent.Type.KeyRelease and self.shown:
            self._set(False)
            return True
        return False

    def _wanted(self) -> bool:
        """The office masks own data, and nobody else's window stands before this one."""
        room = self._room
        return room.isVisible() and room.isActiveWindow() and room.context.office.mask_own_data

    def _left(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive and self.shown:
            self._set(False)

    def _set(self, shown: bool) -> None:
        room = self._room
        desk = room.context.desk
        desk.uncovered = shown
        self._places.add(room.place)
        if shown:
            desk.viewed("own data", place=room.place)
            room.refresh()
            return
        # Every place that was looked at meanwhile holds it in full.
        for key in self._places:
            if key in room.pages:
                room.pages[key].refresh()
        self._places = set()
