"""Parts of the detail pane that tell what an institution said: its answers, and where the money went on to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.lifecycle import HOP_WORDS, KIND_WORDS, ON_MONEY, OUTCOME_WORDS, STATE_WORDS
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.details import AnswerRow
from liaison_desk.desk.facts import HoldRow, HopRow
from liaison_desk.desk.known import Known
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Card, Fact, FactGrid, Text
from liaison_desk.ui.chips import Chip
from liaison_desk.ui.columns import NOTHING, grouped
from liaison_desk.ui.context import Context
from liaison_desk.ui.notes import clear
from liaison_desk.ui.queuecolumns import outcome_look
from liaison_desk.ui.theme import GRID, SMALL, Tone, look, say


class Lines(QWidget):
    """A column of widgets that is built anew only when what it shows has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GRID)
        self._shown: object = None

    def show_if_new(self, shown: object, make: Callable[[], list[QWidget]]) -> None:
        """Show what ``make`` gives, unless ``shown`` equals what is shown already."""
        if shown != self._shown:
            self._shown = shown
            clear(self.column)
            for widget in make():
                self.column.addWidget(widget)
        self.setVisible(self.column.count() > 0)


def answer_view(
    context: Context, row: QueueRow, answer: AnswerRow, confirm: Callable[[], None] | None
) -> QWidget:
    """One answer: outcome, the four amounts apart, start and end, who said it. ``confirm``: offered to its rep."""
    now, zone = context.now(), context.zone
    tone, icon = outcome_look(answer.outcome)
    card = Card(tone if tone is not Tone.MUTED else Tone.NEUTRAL)
    card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    chip = Chip()
    chip.set(OUTCOME_WORDS[answer.outcome], tone, icon)
    # Below each other: the longest outcome and its time are together wider than the pane.
    card.body.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
    card.body.addWidget(Text(when(answer.happened_at, now, zone, seconds=True), "small"))
    facts: list[Fact] = []
    if row.kind in ON_MONEY:
        facts += [
            Fact(msg("Asked"), yuan(row.amount)),
            Fact(msg("Accepted"), _money(answer.accepted)),
            Fact(msg("Executed"), _money(answer.executed)),
            Fact(
                msg("Effective"),
                yuan(answer.effective),
                strong=True,
                tone=Tone.OK if answer.effective else Tone.NEUTRAL,
            ),
        ]
        if answer.balance_before is not None:
            facts.append(Fact(msg("Balance before"), yuan(answer.balance_before)))
        if answer.earlier:
            facts.append(Fact(msg("Earlier holds"), yuan(answer.earlier), second=answer.earlier_authority))
    for label, at in ((msg("From"), answer.starts_at), (msg("Stated end"), answer.ends_at)):
        if at is not None:
            facts.append(Fact(label, when(at, now, zone, seconds=True)))
    if answer.technical_reason:
        facts.append(Fact(msg("Technical reason"), answer.technical_reason, wide=True))
    if answer.remark:
        facts.append(Fact(msg("Remark"), answer.remark, wide=True))
    grid = FactGrid()
    grid.set_facts(facts)
    card.body.addWidget(grid)
    who = " ".join(part for part in (answer.person_name, answer.person_phone) if part)
    said: Message = msg("Entered by {who}", who=answer.answered_by)
    if who:
        said = msg("Entered by {who}, said by {person}", who=answer.answered_by, person=who)
    card.body.addWidget(Text(said, "small", wrap=True))
    if answer.by_telephone:
        line = QHBoxLayout()
        mark = Chip()
        if answer.confirmed:
            mark.set(msg("By telephone, confirmed"), Tone.OK, "phone")
        else:
            mark.set(msg("By telephone, not yet confirmed"), Tone.SOON, "phone")
        line.addWidget(mark)
        line.addStretch()
        if confirm is not None and not answer.confirmed:
            line.addWidget(Button(msg("Confirm"), icon="check", run=confirm))
        card.body.addLayout(line)
    return card


def _money(fen: int | None) -> str:
    return NOTHING if fen is None else yuan(fen)


def hop_view(context: Context, hop: HopRow, open_number: Callable[[str], None]) -> QWidget:
    """One next hop: time, amount, to whom, and the request that follows it."""
    now, zone = context.now(), context.zone
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    top = QHBoxLayout()
    top.setSpacing(GRID)
    where: Message | str = HOP_WORDS[hop.kind]
    if hop.target:
        where = grouped(hop.target)
    target = Text(where, selectable=True)
    if hop.target:
        target.setFont(look().font(13, mono=True))
    top.addWidget(target)
    top.addStretch()
    top.addWidget(Text(yuan(hop.amount), "strong"))
    column.addLayout(top)
    below = QHBoxLayout()
    below.setSpacing(GRID)
    parts = [when(hop.happened_at, now, zone, seconds=True)]
    if hop.target:
        parts.append(
            say(context.institution(hop.institution))
            if hop.institution or not hop.bank_name
            else hop.bank_name
        )
        holder = say(hop.holder) if isinstance(hop.holder, Message) else hop.holder
        if holder:
            parts.append(holder)
    below.addWidget(Text(" · ".join(parts), "small", wrap=True), 1)
    if hop.leg and hop.leg_state is not None:
        words = msg("{number} {state}", number=hop.leg, state=STATE_WORDS[hop.leg_state])
        below.addWidget(Link(words, lambda: open_number(hop.leg)))
    column.addLayout(below)
    return made


def hold_view(context: Context, hold: HoldRow) -> QWidget:
    """A hold with its buckets, which add up to what was captured."""
    now, zone = context.now(), context.zone
    ended = now >= hold.ends_at
    kept = hold.stopped + hold.frozen
    tone = Tone.OVERDUE if hold.lapsed else Tone.SOON if ended else Tone.OK if kept else None
    card = Card(tone)
    card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    name = context.institution(hold.institution)
    card.body.addWidget(Text(msg("{number} · {institution}", number=hold.number, institution=name), "strong"))
    at = when(hold.ends_at, now, zone, seconds=True)
    end = msg("ended {at}", at=at) if ended else msg("ends {at}", at=at)
    card.body.addWidget(
        Text(msg("{target} · {end}", target=grouped(hold.target), end=end), "small", wrap=True)
    )
    buckets = (
        (msg("stopped"), hold.stopped),
        (msg("frozen"), hold.frozen),
        (msg("returned"), hold.returned),
        (msg("released"), hold.released),
        (msg("lapsed"), hold.lapsed),
    )
    told = " + ".join(f"{say(name)} {yuan(fen)}" for name, fen in buckets if fen) or "0.00"
    card.body.addWidget(
        Text(msg("Captured {amount} = {parts}", amount=yuan(hold.captured), parts=told), "small", wrap=True)
    )
    if hold.acknowledged_by:
        card.body.addWidget(Text(msg("Lapse noted by {who}", who=hold.acknowledged_by), "small"))
    return card


def known_view(context: Context, known: Known, open_case: Callable[[int], None]) -> QWidget:
    """Where else an account stands: a link to the case, and what became of it there."""
    day = when(known.happened_at, context.now(), context.zone)
    result: Message = STATE_WORDS[known.state] if known.outcome is None else OUTCOME_WORDS[known.outcome]
    words = msg(
        "{case} ({day}): {number} {kind}, {result}",
        case=known.case_number,
        day=day,
        number=known.leg_number,
        kind=KIND_WORDS[known.kind],
        result=result,
    )
    if known.secured:
        words = msg("{words}, {amount} held now", words=words, amount=yuan(known.secured))
    return Link(words, lambda: open_case(known.case_id), wrap=True)


class Link(Text):
    """Underlined words; click, Return or Space follow them."""

    def __init__(self, message: Message | str, open: Callable[[], object], *, wrap: bool = False) -> None:
        super().__init__(message, wrap=wrap, tone=Tone.ACCENT)
        # A copy: the look shares its fonts.
        font = QFont(look().font(SMALL))
        font.setUnderline(True)
        self.setFont(font)
        self._open = open
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)
