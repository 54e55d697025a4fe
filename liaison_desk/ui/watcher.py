"""Looks for what anybody has recorded and says which kinds of things changed; every Page listens.

Its poll runs off the GUI thread. It also keeps this seat's place among the connected ones, records holds
whose end has passed, and writes noted views to the access log.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from liaison_desk.core.errors import DeskError
from liaison_desk.desk.desk import Changes, Desk
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.ui.background import Background

POLL_MS = 250
BEAT_MS = 15_000
LAPSES_MS = 5_000
VIEWS_MS = 5_000


class Watcher(QObject):
    """One for each window; ``watch`` names the door whose changes are looked for."""

    changed = Signal(frozenset)
    """Kinds (table names) that somebody changed, emitted after the change was committed.

    Empty when something was recorded that changes no row (a backup)."""
    seats_changed = Signal(int)
    trouble = Signal(object)
    """A DeskError that stands in the way of watching; None when it is over."""
    _announced = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._desk: Desk | None = None
        self._last = 0
        self._asking = self._once_more = False
        self._troubled = False
        self._timers: list[QTimer] = []
        # Commands are carried out on another thread; the signal brings their announcement to this one.
        self._announced.connect(self.look)
        for interval, call in (
            (POLL_MS, self.look),
            (BEAT_MS, self.beat),
            (LAPSES_MS, self.record_lapses),
            (VIEWS_MS, self.flush_views),
        ):
            timer = QTimer(self)
            timer.setInterval(interval)
            timer.timeout.connect(call)
            self._timers.append(timer)

    def watch(self, desk: Desk | None) -> None:
        """Begin (or, with None, stop) watching through this door."""
        if self._desk is not None and self._hint in self._desk.announced:
            self._desk.announced.remove(self._hint)
        self._desk = desk
        self._asking = False
        for timer in self._timers:
            timer.stop()
        if desk is None:
            return
        desk.announced.append(self._hint)
        self._last = -1
        self.look()
        self.beat()
        self.record_lapses()
        for timer in self._timers:
            timer.start()

    def _hint(self) -> None:
        """From any thread: an own command has been carried out."""
        self._announced.emit()

    def look(self) -> None:
        """Ask once what has changed; called by the timer, and at once after an own command."""
        desk = self._desk
        if desk is None:
            return
        if self._asking:
            self._once_more = True
            return
        self._asking, self._once_more = True, False
        last = self._last
        self._background.read(
            lambda: desk.changes_since(last if last >= 0 else 2**62),
            lambda changes: self._seen(desk, changes),
            failed=self._failed,
            owner=self,
        )

    def _seen(self, desk: Desk, changes: Changes) -> None:
        self._asking = False
        if desk is not self._desk:
            return
        if self._troubled:
            self._troubled = False
            self.trouble.emit(None)
        before, self._last = self._last, changes.last
        if before >= 0 and changes.last != before:
            self.changed.emit(changes.kinds)
        if self._once_more:
            self.look()

    def _failed(self, error: DeskError) -> None:
        self._asking = False
        self._troubled = True
        self.trouble.emit(error)

    def beat(self) -> None:
        desk = self._desk
        if desk is not None:
            self._background.read(desk.beat, self.seats_changed.emit, failed=self._failed, owner=self)

    def record_lapses(self) -> None:
        desk = self._desk
        if desk is not None:
            self._background.read(
                lambda: desk.as_system().do(RecordLapses()), lambda _: None, failed=self._failed, owner=self
            )

    def flush_views(self) -> None:
        desk = self._desk
        if desk is not None:
            self._background.read(desk.flush_views, lambda _: None, failed=self._failed, owner=self)
