"""The whole window over a real office file, without threads, for tests of the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.app import Office as Way
from liaison_desk.settings import UserSettings
from liaison_desk.ui.background import Background, SynchronousBackground
from liaison_desk.ui.room import Room
from liaison_desk.ui.window import MainWindow
from tests.given import PASSWORD, Office

OWN = "own-password-1"
"""What everybody chooses in place of the first password."""


class IdleSeconds:
    """The monotonic clock of a test."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Front:
    """A window and the hands before it."""

    def __init__(self, qtbot: QtBot, office: Office, settings: UserSettings | None = None) -> None:
        self.qtbot, self.office = qtbot, office
        self.bugs: list[BaseException] = []
        self.idle = IdleSeconds()
        self.settings = settings or UserSettings()
        self.way = Way(str(office.database.path), office.clock)

        def lanes(tell: Callable[[Exception], None]) -> Background:
            return SynchronousBackground(on_error=tell, on_bug=self.bugs.append)

        self.window = MainWindow(self.way, self.settings, make_background=lanes, idle_clock=self.idle)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.begin()

    def come_in(self, login: str, *, first: bool = True) -> Room:
        """Sign in; the first time the given password is replaced by one's own."""
        sign_in = self.window.locked.sign_in if self.window.locked else self.window.sign_in
        sign_in.entered.emit(login, PASSWORD if first else OWN)
        if first:
            sign_in.renewal.set_values(new=OWN, again=OWN)
            sign_in.renewal.submit()
            # The office's own doors were made before the password changed.
            self.office.__dict__.pop("_actors", None)
        room = self.room
        self.qtbot.waitUntil(lambda: set(room.pages) == set(room.rail.keys))
        return room

    @property
    def room(self) -> Room:
        assert self.window.room is not None
        return self.window.room

    def shown(self, kind: type[QWidget]) -> list[QWidget]:
        """Open top-level windows of that class."""
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    def close(self) -> None:
        self.window.leaving = True
        self.window.close()
        self.window.deleteLater()


@contextmanager
def front(qtbot: QtBot, office: Office, settings: UserSettings | None = None) -> Iterator[Front]:
    """A window that is closed and has met no bug at the end."""
    made = Front(qtbot, office, settings)
    try:
        yield made
        assert made.bugs == []
    finally:
        made.close()
