"""What ran out and came due while somebody was away, told calmly once they are back (L3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.board import ClockCard, came_due
from liaison_desk.ui.answerparts import Link
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.clockcards import CLOCK_NAMES
from liaison_desk.ui.context import Context
from liaison_desk.ui.notes import clear
from liaison_desk.ui.theme import GRID

ABSENCE = timedelta(hours=1)
"""Who was away for longer than this is told what ran out meanwhile."""
KEEP = timedelta(minutes=5)
"""How often it is noted that this person is still here."""
MOST = 12
"""Lines at most; the board itself has all."""
SEEN = "clocks_seen"
"""Under this name the person's window remembers when it was last in use."""


class AwayPanel(QFrame):
    """Hidden until there is something to tell; ``ask`` is called whenever the person is seen to be here."""

    opened = Signal(object)
    """The ClockCard whose line was followed."""
    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setProperty("surface", "card")
        self._title = Text("", "strong")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch()
        top.addWidget(Button(msg("Read"), icon="check", kind="quiet", run=self.dismiss))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        inside.addLayout(top)
        inside.addLayout(self._list)
        self.lines: tuple[Message, ...] = ()
        self.hide()

    def ask(self) -> None:
        """Notes that the person is here, and reads what came due if they were not for a while."""
        context, now = self._context, self._context.now()
        seen = _moment(context.recall(SEEN, ""))
        if seen is None or now < seen or now - seen >= KEEP:
            context.remember(SEEN, now.astimezone(UTC).isoformat(timespec="seconds"))
        if seen is None or now - seen < ABSENCE or not context.desk.may_read(came_due):
            return
        desk, since = context.desk, seen
        context.background.read(
            lambda: desk.read(came_due, since),
            lambda cards: self._tell(since, cards),
            failed=lambda _: None,
            key=f"away-{id(self)}",
            owner=self,
        )

    def dismiss(self) -> None:
        self.lines = ()
        self.hide()
        self.dismissed.emit()

    def _tell(self, since: datetime, cards: tuple[ClockCard, ...]) -> None:
        if not cards:
            return
        now, zone = self._context.now(), self._context.zone
        clear(self._list)
        self._title.set(
            msg(
                "Since you were away ({since}): {count} came due",
                since=when(since, now, zone),
                count=len(cards),
            )
        )
        self.lines = tuple(self._line(card, now) for card in cards[:MOST])
        for card, words in zip(cards, self.lines, strict=False):
            self._list.addWidget(self._link(card, words))
        if len(cards) > MOST:
            self._list.addWidget(
                Text(msg("{count} more stand on the board", count=len(cards) - MOST), "small")
            )
        self.show()

    def _line(self, card: ClockCard, now: datetime) -> Message:
        words = msg(
            "{time}  {clock}  {number}  {institution}",
            time=when(card.due, now, self._context.zone),
            clock=CLOCK_NAMES[card.kind],
            number=card.number,
            institution=self._context.institution(card.institution),
        )
        return (
            words if card.amount is None else msg("{words}  {amount}", words=words, amount=yuan(card.amount))
        )

    def _link(self, card: ClockCard, words: Message) -> Link:
        return Link(words, lambda: self.opened.emit(card))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None
