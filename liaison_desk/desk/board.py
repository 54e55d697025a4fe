"""One board of everything that runs out (D1): every clock computed from stored instants, through the walls.

No service counts anything down: each seat reads the same instants and comes to the same cards, also after
days in which every program was closed (L3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from liaison_desk.core.clocks import (
    ClockRule,
    Level,
    Unit,
    day_end,
    due_warning,
    escalation,
    kind_of,
    length_words,
)
from liaison_desk.core.lifecycle import (
    CATCHING,
    EXECUTED,
    ON_MONEY,
    RELEASES,
    STOPS,
    LegKind,
    LegState,
    Outcome,
)
from liaison_desk.core.roles import POLICE, RIGHTS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.clock_rules import Rules, rules
from liaison_desk.desk.clockwork import calendar
from liaison_desk.desk.issuing import answer_clock
from liaison_desk.desk.objections import visible_objections
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Objection
from liaison_desk.store.models import Answer, Case, Hold, LedgerEntry, Leg

HOUR = timedelta(hours=1)
COLUMNS = ("ended", "hour", "today", "later")
_RUNNING = (LegState.ROUTING, LegState.QUEUED, LegState.CLAIMED)
_CARRIED_ON = {
    "stop": (LegKind.FREEZE, LegKind.SECOND_STOP),
    "freeze": (LegKind.RENEW,),
}
"""What carries a hold on that runs under the rule, the stronger step first."""


@dataclass(frozen=True)
class BoardView:
    """``institution``: None for all, POLICE for what has no seat; ``law``: only clocks of this rule's name."""

    institution: str | None = None
    law: str = ""


@dataclass(frozen=True)
class ClockCard:
    """One clock. ``due`` is the instant at which it has ended; ``amount`` in fen."""

    kind: str
    """claim, answer, stop, second_stop, freeze, renewal, release, document or objection."""
    item: str
    """What ``id`` belongs to: leg, hold or objection."""
    id: int
    leg_id: int | None
    hold_id: int | None
    case_id: int
    number: str
    institution: str
    """Its code; POLICE for what has no seat, empty where a request is still to be routed."""
    amount: int | None
    due: datetime
    level: Level
    rule: Message
    """The length."""
    law: Message | str
    next_step: Message
    acknowledgeable: bool
    warning: Message | None
    """Where the end rests on days that the holiday calendar does not know."""
    rule_name: str


@dataclass(frozen=True)
class BoardColumn:
    """``key``: ended, hour, today (up to 24:00 of the office's day) or later; the next to end first."""

    key: str
    rows: tuple[ClockCard, ...]


@dataclass(frozen=True)
class Board:
    columns: tuple[BoardColumn, ...]
    now: datetime


def clock_board(work: Work, view: BoardView | None = None) -> Board:
    """Every clock that the reader may see, by the time that is left."""
    settings = work.settings
    midnight = day_end(settings.local(work.now).date(), settings.zone)
    columns: dict[str, list[ClockCard]] = {key: [] for key in COLUMNS}
    for card in _cards(work, view or BoardView()):
        if card.due <= work.now:
            key = "ended"
        elif card.due <= work.now + HOUR:
            key = "hour"
        else:
            key = "today" if card.due <= midnight else "later"
        columns[key].append(card)
    return Board(tuple(BoardColumn(key, _in_order(cards)) for key, cards in columns.items()), work.now)


def came_due(work: Work, since: datetime) -> tuple[ClockCard, ...]:
    """What ran out or came due after ``since`` and still waits for somebody, at its true moment (L3)."""
    return _in_order(card for card in _cards(work, BoardView()) if since < card.due <= work.now)


def _in_order(cards: Iterable[ClockCard]) -> tuple[ClockCard, ...]:
    return tuple(sorted(cards, key=lambda card: (card.due, -card.level, card.number, card.kind)))


def _cards(work: Work, view: BoardView) -> Iterator[ClockCard]:
    known = rules(work)
    legs = _running_legs(work)
    for card in (
        *_leg_cards(work, known, legs),
        *_hold_cards(work, known, legs),
        *_document_cards(work, known),
        *_objection_cards(work, known),
    ):
        if view.institution is not None and card.institution != view.institution:
            continue
        if not view.law or card.rule_name == view.law:
            yield card


# --- requests


def _legs(work: Work, *conditions: ColumnElement[bool]) -> list[Leg]:
    return list(
        work.session.scalars(
            select(Leg).where(scope.visible_legs(work.actor), Leg.drill.is_(False), *conditions)
        )
    )


def _running_legs(work: Work) -> list[Leg]:
    """Requests whose clocks run, and those that wait for a lead: they say how a hold is carried on."""
    return _legs(work, Leg.state.in_((*_RUNNING, LegState.APPROVAL)))


def _leg_cards(work: Work, known: Rules, legs: list[Leg]) -> Iterator[ClockCard]:
    for leg in legs:
        if leg.state not in _RUNNING:
            continue
        began = leg.queued_at or leg.recorded_at
        if leg.state is LegState.QUEUED and leg.claim_due_at is not None:
            yield _leg_card(
                work, known, leg, "claim", "claim", began, leg.claim_due_at, msg("Nobody has claimed it")
            )
        if leg.due_at is None:
            continue
        name = answer_clock(leg.kind)
        yield _leg_card(
            work,
            known,
            leg,
            "release" if leg.kind in RELEASES else "answer",
            name,
            _start(known.at(name, began), began, leg.due_at),
            leg.due_at,
            _LEG_STEPS[leg.state],
        )


_LEG_STEPS = {
    LegState.ROUTING: msg("To be routed"),
    LegState.QUEUED: msg("Nobody has claimed it"),
    LegState.CLAIMED: msg("Claimed, to be answered"),
}


def _start(rule: ClockRule, began: datetime, due: datetime) -> datetime:
    """When the clock of a request started: a pause has moved start and end alike."""
    if rule.unit is Unit.MINUTES:
        return due - timedelta(minutes=rule.length)
    if rule.unit is Unit.HOURS:
        return due - timedelta(hours=rule.length)
    return min(began, due)


def _leg_card(
    work: Work,
    known: Rules,
    leg: Leg,
    kind: str,
    name: str,
    start: datetime,
    due: datetime,
    next_step: Message,
) -> ClockCard:
    rule = known.at(name, start)
    return ClockCard(
        kind=kind,
        item="leg",
        id=leg.id,
        leg_id=leg.id,
        hold_id=leg.hold_id,
        case_id=leg.case_id,
        number=leg.number,
        institution=leg.institution_code or "",
        amount=leg.asked if leg.kind in ON_MONEY else None,
        due=due,
        level=escalation(kind_of(name), start, due, work.now),
        rule=length_words(rule),
        law=rule.law,
        next_step=next_step,
        acknowledgeable=False,
        warning=_warning(work, rule, start),
        rule_name=name,
    )


def _document_cards(work: Work, known: Rules) -> Iterator[ClockCard]:
    """Debts of the police, shown to the institution that waits for the paper, too."""
    own = [] if work.actor.sees_all else [Leg.institution_code == work.actor.institution]
    for leg in _legs(work, Leg.document_due_at.is_not(None), *own):
        assert leg.document_due_at is not None
        start = _start(known.at("missing_document", leg.recorded_at), leg.recorded_at, leg.document_due_at)
        yield _leg_card(
            work,
            known,
            leg,
            "document",
            "missing_document",
            start,
            leg.document_due_at,
            msg("Enter the document's number"),
        )


# --- holds


@dataclass(frozen=True)
class _Basis:
    """The answered request under which a hold runs now, and when that began."""

    leg_id: int
    number: str
    start: datetime


def _hold_cards(work: Work, known: Rules, legs: list[Leg]) -> Iterator[ClockCard]:
    wanted = and_(
        scope.visible_holds(work.actor),
        Hold.drill.is_(False),
        or_(Hold.stopped + Hold.frozen > 0, and_(Hold.lapsed > 0, Hold.acknowledged_at.is_(None))),
    )
    bases = _bases(work, wanted)
    on_way: dict[tuple[int, LegKind], Leg] = {}
    for leg in sorted(legs, key=lambda leg: leg.id):
        on_way.setdefault((leg.account_id, leg.kind), leg)
    for hold in work.session.scalars(select(Hold).where(wanted)):
        carrying = next(
            (
                on_way[hold.account_id, kind]
                for kind in _CARRIED_ON[hold.rule]
                if (hold.account_id, kind) in on_way
            ),
            None,
        )
        yield _hold_card(work, known, hold, bases.get((hold.id, hold.rule)), carrying)


def _bases(work: Work, wanted: ColumnElement[bool]) -> dict[tuple[int, str], _Basis]:
    """By hold and rule, the last answer that began or prolonged it; a queued freeze began when it took effect."""
    found: dict[tuple[int, str], _Basis] = {}
    effect = (
        select(func.min(LedgerEntry.happened_at))
        .where(LedgerEntry.leg_id == Leg.id, LedgerEntry.hold_id == Leg.hold_id)
        .correlate(Leg)
        .scalar_subquery()
    )
    for hold_id, kind, leg_id, number, start, outcome, took_effect in work.session.execute(
        select(
            Leg.hold_id,
            Leg.kind,
            Leg.id,
            Leg.number,
            func.coalesce(Answer.starts_at, Answer.happened_at, type_=Answer.happened_at.type),
            Answer.outcome,
            effect,
        )
        .join(Answer, Answer.leg_id == Leg.id)
        .where(
            Leg.hold_id.in_(select(Hold.id).where(wanted)),
            Leg.kind.in_((*CATCHING, LegKind.RENEW)),
            Answer.outcome.in_(EXECUTED),
        )
        .order_by(Answer.id)
    ):
        queued = outcome is Outcome.QUEUED_FREEZE
        if hold_id is None or (queued and took_effect is None):
            continue
        began = took_effect if queued and took_effect is not None else start
        found[hold_id, "stop" if kind in STOPS else "freeze"] = _Basis(leg_id, number, began)
    return found


def _hold_card(work: Work, known: Rules, hold: Hold, basis: _Basis | None, carrying: Leg | None) -> ClockCard:
    ended = hold.ends_at <= work.now
    renewing = carrying if carrying is not None and carrying.kind is LegKind.RENEW and not ended else None
    kind = "renewal" if renewing is not None else hold.rule
    if kind == "stop" and hold.stops > 1:
        kind = "second_stop"
    start = basis.start if basis is not None else hold.starts_at
    rule = known.at(hold.rule, start)
    leg_id, number = (basis.leg_id, basis.number) if basis is not None else (None, "")
    if renewing is not None:
        leg_id, number = renewing.id, renewing.number
    kept = hold.stopped + hold.frozen
    return ClockCard(
        kind=kind,
        item="hold",
        id=hold.id,
        leg_id=leg_id,
        hold_id=hold.id,
        case_id=hold.case_id,
        number=number,
        institution=hold.institution_code or POLICE,
        amount=kept or hold.lapsed,
        due=hold.ends_at,
        level=escalation(kind_of(hold.rule), start, hold.ends_at, work.now),
        rule=length_words(rule),
        law=rule.law,
        next_step=_hold_step(work, hold, carrying),
        acknowledgeable=not kept and _may_acknowledge(work, hold),
        warning=_warning(work, rule, start),
        rule_name=hold.rule,
    )


def _may_acknowledge(work: Work, hold: Hold) -> bool:
    actor = work.actor
    return actor.role in RIGHTS["AcknowledgeLapse"] and (
        actor.police or bool(hold.institution_code and actor.speaks_for(hold.institution_code))
    )


def _hold_step(work: Work, hold: Hold, carrying: Leg | None) -> Message:
    if hold.ends_at <= work.now:
        return msg("Lapsed: somebody must take note")
    if carrying is not None:
        if carrying.state is LegState.APPROVAL:
            return msg("Freeze {number} waits for a lead", number=carrying.number)
        return {
            LegKind.FREEZE: msg("Freeze {number} is on its way", number=carrying.number),
            LegKind.SECOND_STOP: msg("Second stop {number} is on its way", number=carrying.number),
        }.get(carrying.kind, msg("Renewal {number} is on its way", number=carrying.number))
    if hold.rule == "freeze":
        return msg("Renew it before it ends, or release it")
    if hold.stops < work.settings.stops_per_account:
        return msg("Freeze it, or stop once more")
    return msg("Freeze it: no further stop is possible")


# --- objections


def _objection_cards(work: Work, known: Rules) -> Iterator[ClockCard]:
    for objection, hold, number in work.session.execute(
        select(Objection, Hold, Case.number)
        .join(Hold, Hold.id == Objection.hold_id)
        .join(Case, Case.id == Objection.case_id)
        .where(Objection.decided_at.is_(None), Hold.drill.is_(False), visible_objections(work.actor))
    ):
        start = objection.happened_at
        rule = known.at("objection", start)
        yield ClockCard(
            kind="objection",
            item="objection",
            id=objection.id,
            leg_id=None,
            hold_id=hold.id,
            case_id=objection.case_id,
            number=number,
            institution=hold.institution_code or POLICE,
            amount=hold.stopped + hold.frozen,
            due=objection.due_at,
            level=escalation(kind_of("objection"), start, objection.due_at, work.now),
            rule=length_words(rule),
            law=rule.law,
            next_step=msg("To be decided by a lead"),
            acknowledgeable=False,
            warning=_warning(work, rule, start),
            rule_name="objection",
        )


def _warning(work: Work, rule: ClockRule, start: datetime) -> Message | None:
    return due_warning(rule, start, work.settings.zone, calendar(work.settings))


__all__ = ["Board", "BoardColumn", "BoardView", "ClockCard", "came_due", "clock_board"]
