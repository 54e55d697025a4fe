"""Who else has this open, or is writing an answer to it: said by each window of itself, asked now and then.

Nothing waits for it and no failure of it is told: without it one works as if alone, and the door still decides
who was first.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QDialog, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.presence import Present, who_is_at
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import Tone, look, say

SETTLE_MS = 1_500
"""What is only passed on the way down a list is not told: each telling is a write that others wait for."""
BEAT_MS = 15_000
POLL_MS = 3_000

Place = tuple[str, int]
"""``leg`` or ``case``, and its id."""


class Presences(QObject):
    """One for each room: tells where this person is, and knows where the others are."""

    changed = Signal()
    """Somebody else came, went, or began to write."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.others: tuple[Present, ...] = ()
        self._looked: Place | None = None
        self._typed: list[Place] = []
        self._told: tuple[Place, bool] | None = None
        self._alone = True
        self._settle, self._beat, self._poll = (QTimer(self) for _ in range(3))
        self._settle.setSingleShot(True)
        for timer, interval, call in (
            (self._settle, SETTLE_MS, self.tell),
            (self._beat, BEAT_MS, self.beat),
            (self._poll, POLL_MS, self.ask),
        ):
            timer.setInterval(interval)
            timer.timeout.connect(call)

    def begin(self) -> None:
        if self._context.desk.may_read(who_is_at):
            self._beat.start()
            self._poll.start()

    def end(self) -> None:
        """The person goes: their sign-out takes the place back."""
        for timer in (self._settle, self._beat, self._poll):
            timer.stop()
        self._looked, self._typed, self.others = None, [], ()

    def set_seats(self, count: int) -> None:
        """How many seats are connected; alone nobody is asked for."""
        self._alone = count < 2
        if self._alone and self.others:
            self._known(())

    # Where this person is ------------------------------------------------------------------------

    def look_at(self, place: Place | None) -> None:
        """This is open in front of the person now; None: nothing is."""
        if place != self._looked:
            self._looked = place
            self._later()

    def type_at(self, place: Place, dialog: QDialog) -> None:
        """While that dialog is open, an answer is being written there."""
        self._typed.append(place)
        dialog.finished.connect(lambda _: self._typed_out(place))
        self._later()

    def tell(self) -> None:
        """Say it to the office; what was said is not said again before its beat."""
        wanted = self._wanted()
        if wanted == self._told:
            return
        desk = self._context.desk
        if wanted is None:
            self._told = None
            self._context.background.read(desk.look_away, failed=lambda _: None, owner=self)
            return
        (kind, id_), typing = wanted
        self._context.background.read(
            lambda: desk.look_at(kind, id_, typing=typing),
            lambda said: self._said(wanted, said),
            failed=lambda _: None,
            owner=self,
        )

    def beat(self) -> None:
        """Still there."""
        self._told = None if self._wanted() is not None else self._told
        if self._wanted() is not None:
            self.tell()

    def _wanted(self) -> tuple[Place, bool] | None:
        if self._typed:
            return self._typed[-1], True
        return (self._looked, False) if self._looked is not None else None

    def _typed_out(self, place: Place) -> None:
        if place in self._typed:
            self._typed.remove(place)
            self._later()

    def _later(self) -> None:
        if self._poll.isActive():
            self._settle.start()

    def _said(self, wanted: tuple[Place, bool], said: bool) -> None:
        if said:
            self._told = wanted
        elif self._poll.isActive():
            # The door lets it through only so often.
            self._settle.start()

    # Where the others are ------------------------------------------------------------------------

    def ask(self) -> None:
        """Look who is where, unless this is the only seat."""
        if self._alone:
            return
        desk = self._context.desk
        self._context.background.read(
            lambda: desk.read(who_is_at), self._known, failed=lambda _: None, key="presence", owner=self
        )

    def _known(self, others: tuple[Present, ...]) -> None:
        if others != self.others:
            self.others = others
            self.changed.emit()

    def at(self, place: Place) -> tuple[Present, ...]:
        """Who else is there, whoever writes first."""
        return tuple(one for one in self.others if (one.kind, one.subject_id) == place)


class PresenceLine(Text):
    """In a pane: who else is at what it shows; while the pane is seen, this person is there, too."""

    def __init__(self, context: Context, pane: QWidget) -> None:
        super().__init__("", tone=Tone.ACCENT, wrap=True, parent=pane)
        self._context, self._pane = context, pane
        self._place: Place | None = None
        self.hide()
        pane.installEventFilter(self)
        if context.presences is not None:
            context.presences.changed.connect(self._tell)
        look().language_changed.connect(self._tell)

    def about(self, place: Place | None) -> None:
        """The pane shows this now."""
        self._place = place
        if self._pane.isVisible():
            self._look(place)
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Nobody counts as being at what they do not see."""
        if event.type() is QEvent.Type.Show:
            self._look(self._place)
        elif event.type() is QEvent.Type.Hide:
            self._look(None)
        return False

    def _look(self, place: Place | None) -> None:
        if self._context.presences is not None:
            self._context.presences.look_at(place)

    def _tell(self) -> None:
        presences = self._context.presences
        others = presences.at(self._place) if presences is not None and self._place is not None else ()
        lines = [say(present_words(self._context, one)) for one in others]
        self.set("\n".join(lines))
        self.setVisible(bool(lines))


def present_words(context: Context, one: Present) -> Message:
    """What somebody else does there, by name or by their institution."""
    who = one.who or context.institution(one.institution)
    if one.typing:
        return msg("{who} is writing an answer", who=who)
    return msg("{who} has this open, too", who=who)
