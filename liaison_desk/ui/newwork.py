"""Says once that new work has come: a short sound, the taskbar, a message of the tray with number and kind.

Who works in another program must hear of a request at once; the message names nobody and no account, since
it may stand on a screen that others see. What comes together is said together.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import KIND_WORDS, STATE_WORDS, LegState
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.newwork import NewLeg, NewWork, new_work
from liaison_desk.settings import UserSettings
from liaison_desk.ui import chime
from liaison_desk.ui.context import Context
from liaison_desk.ui.signin import PRODUCT
from liaison_desk.ui.theme import say

MESSAGE_MS = 8000
_CONCERNED = frozenset({"leg", "hold"})


class Announcer:
    """How something is said beside the window; tests put their own in its place."""

    def __init__(self) -> None:
        self._tray: QSystemTrayIcon | None = None

    def sound(self, volume: int) -> None:
        chime.play(volume)

    def badge(self, count: int) -> None:
        """On the program's sign in the taskbar or dock, where the system shows one; 0 takes it off."""
        QGuiApplication.instance().setBadgeNumber(count)  # type: ignore[union-attr]  # it runs

    def alert(self, window: QWidget) -> None:
        """Mark the program in the taskbar until somebody comes."""
        QApplication.alert(window)

    def message(self, title: str, words: str, owner: QWidget) -> None:
        """In the tray, where the system has one."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(owner.window().windowIcon(), owner)
        self._tray.show()
        self._tray.showMessage(title, words, QSystemTrayIcon.MessageIcon.Information, MESSAGE_MS)

    def forget(self) -> None:
        """Another person sits here now."""
        if self._tray is not None:
            self._tray.hide()


class NewWorkNotice(QObject):
    """One for each room: hears what changed and says what of it newly waits for this person."""

    def __init__(self, context: Context, room: QWidget, announcer: Announcer | None = None) -> None:
        super().__init__(room)
        self._context, self._room = context, room
        self.announcer = announcer or Announcer()
        self._since: int | None = None
        self._reading = self._again = self._ended = False
        self._unseen = 0
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.applicationStateChanged.connect(self._somebody_came)

    def begin(self) -> None:
        """From now on; what waits already is seen in the list."""
        if self._context.desk.may_read(new_work):
            self._read()

    def hear(self, kinds: frozenset[str]) -> None:
        """Somebody recorded something."""
        if kinds & _CONCERNED and self._context.desk.may_read(new_work):
            self._read()

    def end(self) -> None:
        self._ended = True
        self._unseen = 0
        self.announcer.badge(0)
        self.announcer.forget()

    def _read(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        desk, since = self._context.desk, self._since
        self._context.background.read(
            lambda: desk.read(new_work, since), self._found, failed=self._not_found, owner=self
        )

    def _found(self, found: NewWork) -> None:
        self._reading = False
        self._since = found.last
        if found.count and not self._ended:
            self._say(found)
        if self._again:
            self._read()

    def _somebody_came(self, state: Qt.ApplicationState) -> None:
        """The badge counts what came while nobody looked."""
        if state is Qt.ApplicationState.ApplicationActive and self._unseen:
            self._unseen = 0
            self.announcer.badge(0)

    def _not_found(self, error: DeskError) -> None:
        # The banner says that the database is away; what came meanwhile is found by the next reading.
        self._reading = False

    def _say(self, found: NewWork) -> None:
        settings = self._context.settings
        now = self._context.now().astimezone(self._context.zone)
        if settings.sound and not quiet(settings, now):
            self.announcer.sound(settings.volume)
        self.announcer.alert(self._room.window())
        if QGuiApplication.applicationState() is not Qt.ApplicationState.ApplicationActive:
            self._unseen += found.count
            self.announcer.badge(self._unseen)
        if not settings.tray:
            return
        # Numbers and kinds only: nothing that anybody typed could be taken for markup by the system.
        self.announcer.message(say(PRODUCT), say(described(found)), self._room)


def quiet(settings: UserSettings, now: datetime) -> bool:
    """Whether that local time is in the quiet hours, which may go over midnight."""
    start, end, at = settings.quiet_from, settings.quiet_until, now.strftime("%H:%M")
    if not start or not end or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def described(found: NewWork) -> Message:
    """One sentence: the number and kind of a single request, else how many of them."""
    if found.count == 1 and found.legs:
        return _one(found.legs[0])
    if not found.legs:
        return msg("Holds lapsed: {count}", count=found.lapses)
    if not found.lapses:
        return msg("{count} new requests wait for you", count=len(found.legs))
    return msg(
        "{count} new requests wait for you; holds lapsed: {lapses}",
        count=len(found.legs),
        lapses=found.lapses,
    )


def _one(leg: NewLeg) -> Message:
    if leg.state is LegState.QUEUED:
        return msg("New: {number} · {kind}", number=leg.number, kind=KIND_WORDS[leg.kind])
    return msg(
        "{number} · {kind}: {state}",
        number=leg.number,
        kind=KIND_WORDS[leg.kind],
        state=STATE_WORDS[leg.state],
    )
