"""Cards of the board of clocks: what runs out, when, whose it is, what to do next, and by which law (D1, K4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from liaison_desk.core.clocks import LEVEL_WORDS, Level
from liaison_desk.core.countdown import SHAPE_WORDS, Shape, countdown, shape
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.board import ClockCard
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Card, Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import GRID, LARGE, LARGE_TEXT, Tone, look, say

AT_ONCE = 6
"""New cards of a column that are built in one turn of the loop, so that the window answers meanwhile."""
STEP = 40
"""Cards that a column shows before it asks whether to show more."""

CLOCK_NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "claim": msg("Claim"),
        "answer": msg("Answer"),
        "stop": msg("Stop"),
        "second_stop": msg("Second stop"),
        "freeze": msg("Freeze"),
        "renewal": msg("Renewal"),
        "release": msg("Release"),
        "document": msg("Document owed"),
        "objection": msg("Objection"),
    }
)
"""What each kind of clock is called on its card."""
HOLD_CLOCKS = frozenset({"stop", "second_stop", "freeze"})
"""Clocks at whose end money is free again: they are said to expire, where work is said to be overdue."""
_TONES = {Shape.OVERDUE: Tone.OVERDUE, Shape.SOON: Tone.SOON, Shape.CALM: Tone.ACCENT}


def card_key(card: ClockCard) -> tuple[str, str, int]:
    """What makes a card the same one in the next reading."""
    return card.kind, card.item, card.id


class Cut(Text):
    """Words on one line that are cut where there is no room; the tooltip has them whole."""

    def __init__(self, message: Message | str = "", role: str = "", *, right: bool = False) -> None:
        super().__init__(message, role)
        self._side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | self._side, words)
        painter.end()


class ClockCardView(Card):
    """One card. A click chooses it, a double click or Return opens what it is about."""

    picked = Signal()
    """It has the focus now."""
    walked = Signal(int)
    """An arrow key (Qt.Key) was pressed on it."""
    menu_wanted = Signal(QPoint)

    def __init__(self, context: Context, card: ClockCard, *, with_law: bool) -> None:
        super().__init__(Tone.ACCENT)
        self._context, self.card = context, card
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._left = Text("")
        self._left.setFont(look().font(LARGE, bold=True))
        # With large text a column has no room for both beside each other: the clock's name goes below.
        large = look().scale >= LARGE_TEXT
        self._clock = Cut("", "small", right=not large)
        self._number, self._what, self._law = (
            Text("", wrap=True),
            Text("", "small", wrap=True),
            Text("", "small", wrap=True),
        )
        self._number.setFont(look().font(13, mono=True))
        self._warning = Text("", "small", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._left)
        if not large:
            head.addWidget(self._clock, 1)
        self.body.addLayout(head)
        if large:
            self.body.addWidget(self._clock)
        for line in (self._number, self._what, self._law, self._warning):
            self.body.addWidget(line)
        self._with_law = with_law
        self._said = ""
        look().language_changed.connect(self._again)
        look().theme_changed.connect(self._dress)
        self._again()

    def show_card(self, card: ClockCard) -> None:
        """The same clock as it is now."""
        if card != self.card:
            self.card = card
            self._again()

    def show_law(self, shown: bool) -> None:
        self._with_law = shown
        self._law.setVisible(shown)

    def tick(self) -> None:
        """One second has gone."""
        now, card = self._context.now(), self.card
        words = say(countdown(card.due, now, self._context.zone, expiry=card.kind in HOLD_CLOCKS))
        if words != self._said:
            self._said = words
            mark = shape(card.due, now)
            self._left.set(f"{mark.value} {words}".strip())
            self._left.set_tone(Tone.NEUTRAL if mark is Shape.CALM else _TONES[mark])
            self.set_tone(_TONES[mark])
            self._name(words, mark)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands on the card, from top to bottom."""
        shown = (self._left, self._clock, self._number, self._what, self._law, self._warning)
        return tuple(line.text() for line in shown if not line.isHidden())

    def _again(self) -> None:
        card = self.card
        self._clock.set(msg("{clock} {length}", clock=CLOCK_NAMES[card.kind], length=card.rule))
        self._number.set(f"{card.number} · {say(self._context.institution(card.institution))}")
        for line in (self._clock, self._number):
            line.setToolTip(plain(line.text()))
        parts = [] if card.amount is None else [yuan(card.amount)]
        parts.append(say(card.next_step))
        if card.level >= Level.LEAD:
            parts.append(say(LEVEL_WORDS[card.level]))
        self._what.set(" · ".join(part for part in parts if part))
        law = msg("By: {law}", law=card.law)
        self._law.set(law)
        self._law.setVisible(self._with_law)
        self._warning.set(card.warning or "")
        self._warning.setVisible(card.warning is not None)
        self.setToolTip(plain(say(law)))
        self._said = ""
        self.tick()

    def _dress(self) -> None:
        self._left.setFont(look().font(LARGE, bold=True))
        self._number.setFont(look().font(13, mono=True))

    def _name(self, words: str, mark: Shape) -> None:
        shown = (self._clock, self._number, self._what, self._law)
        first = "" if mark is Shape.CALM else f"{say(SHAPE_WORDS[mark])}: "
        self.setAccessibleName(first + ", ".join((words, *(line.text() for line in shown))))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.picked.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.RightButton:
            self.menu_wanted.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # A click only chooses; the base would open.
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            self.walked.emit(int(event.key()))
        else:
            super().keyPressEvent(event)


_ARROWS = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


class ClockColumn(QFrame):
    """One column of the board: its title, how many there are, and the cards below each other."""

    def __init__(
        self, context: Context, title: Message, empty: Message, made: Callable[[ClockCardView], None]
    ) -> None:
        super().__init__()
        self.setProperty("surface", "card")
        self._context, self._made = context, made
        self._cards: Sequence[ClockCard] = ()
        self._shown = STEP
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(lambda: self.show_cards(self._cards))
        self._with_law = False
        self.views: list[ClockCardView] = []
        self.count = Text("0", "muted")
        self._empty = Text(empty, "small", wrap=True)
        self._more = Button(msg("Show more"), kind="quiet", run=self._show_more)
        head = QHBoxLayout()
        head.addWidget(Text(title, "strong"))
        head.addStretch()
        head.addWidget(self.count)
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(GRID)
        self._list.addWidget(self._empty)
        self._list.addWidget(self._more)
        self._list.addStretch()
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(inside)
        self.scroller.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + 4, GRID + 4, GRID + 4, GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.scroller, 1)
        self._more.hide()

    def show_cards(self, cards: Sequence[ClockCard]) -> None:
        """These, in this order; cards that were there before keep their widget, focus and place."""
        self._cards = tuple(cards)
        self.count.set(f"{len(cards):,}")
        self._empty.setVisible(not cards)
        here = {card_key(view.card): view for view in self.views}
        views: list[ClockCardView] = []
        made = 0
        for place, card in enumerate(self._cards[: self._shown]):
            view = here.pop(card_key(card), None)
            if view is None and made >= AT_ONCE:
                self._rest.start()
                break
            if view is None:
                made += 1
                view = ClockCardView(self._context, card, with_law=self._with_law)
                self._made(view)
            else:
                view.show_card(card)
            item = self._list.itemAt(place)
            if item is None or item.widget() is not view:
                self._list.removeWidget(view)
                self._list.insertWidget(place, view)
                # A layout shows what is added to it only later; until then it could not take the focus.
                view.show()
            views.append(view)
        wanted = {card_key(card) for card in self._cards[: self._shown]}
        for key, gone in here.items():
            if key in wanted:
                # Behind those that are still to be made; it finds its place with them.
                views.append(gone)
                continue
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.views = views
        rest = max(0, len(self._cards) - self._shown)
        self._more.setVisible(rest > 0)
        self._more.set_message(msg("{count} more", count=rest))

    def show_law(self, shown: bool) -> None:
        self._with_law = shown
        for view in self.views:
            view.show_law(shown)

    def tick(self) -> None:
        for view in self.views:
            view.tick()

    def _show_more(self) -> None:
        self._shown += STEP
        self.show_cards(self._cards)
