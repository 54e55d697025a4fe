"""The shared queue as its readers may see it: paged, filtered, sorted and searched in the database.

Order: rules.md, "The queue's order (K1)". Holds about to end or lapsed stand in it as work items beside
the legs. Walls: every statement goes through desk.scope, and sorting, too, looks only at what the reader
sees in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from liaison_desk.core import ranking
from liaison_desk.core.lifecycle import CATCHING, OPEN, LegKind, LegState, Urgency
from liaison_desk.core.pinyin import normalise_query
from liaison_desk.core.ranking import Table
from liaison_desk.core.roles import POLICE
from liaison_desk.desk import scope
from liaison_desk.desk.paging import PAGE, Cursor, Key, after, order
from liaison_desk.desk.queuerows import QueueRow, ranking_table, rows_of
from liaison_desk.desk.work import Work
from liaison_desk.store.base import to_micros
from liaison_desk.store.models import Account, Hold, Leg

NEVER = 2**62
"""Stands for "no due time" in sorting: after every other."""
MINUTE = 60_000_000
LONGEST_EXPORT = 200_000
Sorting = Literal[
    "rank", "number", "kind", "level", "institution", "target", "holder", "amount", "state", "due", "recorded"
]


@dataclass(frozen=True)
class QueueView:
    """What somebody wants to see of the queue. Empty sets do not filter.

    ``states`` empty means everything open. ``order`` "rank" is the K1 order and exists for open work only;
    otherwise the newest come first.
    """

    institution: str | None = None
    states: frozenset[LegState] = frozenset()
    kinds: frozenset[LegKind] = frozenset()
    urgency: Urgency | None = None
    mine: bool = False
    within_hour: bool = False
    history: bool = False
    """Everything that ever was, also what is answered, closed, withdrawn or voided."""
    words: str = ""
    case_id: int | None = None
    drill: bool = False
    order: Sorting = "rank"
    descending: bool = False


@dataclass(frozen=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    cursor: Cursor | None
    """None when there is nothing more."""
    now: datetime


@dataclass(frozen=True)
class QueueCounts:
    """The badges; each counts only what its reader may see."""

    open: int = 0
    own: int = 0
    queued: int = 0
    mine: int = 0
    within_hour: int = 0
    overdue: int = 0
    routing: int = 0
    proposed: int = 0
    approval: int = 0
    correction: int = 0
    lapses: int = 0
    cases: int = 0
    by_institution: dict[str, int] = field(default_factory=dict)


def queue(work: Work, view: QueueView, cursor: Cursor | None = None, limit: int = PAGE) -> QueuePage:
    """One page of the queue. ``cursor``: where the page before ended."""
    now = cursor.now if cursor is not None else work.now
    table = ranking_table(work)
    found = _items(work, view, now, table).subquery()
    keys = _keys(found.c, view)
    query = select(found).order_by(*order(keys)).limit(limit + 1)
    if cursor is not None:
        query = query.where(after(keys, cursor.values))
    rows = work.session.execute(query).all()
    page = rows[:limit]
    more = None
    if len(rows) > limit:
        last = page[-1]._mapping
        more = Cursor(now, tuple(last[str(key.expression.key)] for key in keys))
    return QueuePage(rows_of(work, page, now, table), more, now)


def export_queue(work: Work, view: QueueView) -> tuple[QueueRow, ...]:
    """The whole list as the reader sees it, for a spreadsheet."""
    rows: list[QueueRow] = []
    cursor: Cursor | None = None
    while True:
        page = queue(work, view, cursor, limit=1000)
        rows.extend(page.rows)
        cursor = page.cursor
        if cursor is None or len(rows) >= LONGEST_EXPORT:
            return tuple(rows)


def _micros(column: Any) -> ColumnElement[int]:
    return type_coerce(column, BigInteger())


def _score(now: datetime, table: Table) -> ColumnElement[int]:
    """fen still traceable × p[level, age] in the database, as core.ranking.score computes it."""
    age = to_micros(now) - _micros(Leg.arrived_at)
    whens = []
    for index, parts in enumerate(table.parts):
        level = Leg.level <= 1 if index == 0 else Leg.level == 2 if index == 1 else Leg.level >= 3
        for place, limit in enumerate(ranking.AGE_LIMITS):
            whens.append((and_(level, age <= limit * MINUTE), parts[place]))
        whens.append((level, parts[-1]))
    share = case(*whens, else_=0)
    return Leg.traceable * type_coerce(share, BigInteger()) // ranking.MILLION


def _items(work: Work, view: QueueView, now: datetime, table: Table) -> Select[Any]:
    micros = to_micros(now)
    catching = and_(Leg.kind.in_(CATCHING), Leg.state.in_(OPEN), Leg.traceable > 0)
    due = func.coalesce(_micros(Leg.next_due_at), NEVER)
    seen = scope.sees_account_sql(work.actor)
    legs = (
        select(
            literal("leg").label("item"),
            Leg.id.label("id"),
            case((catching, 0), (due <= micros, 1), else_=2).label("band"),
            case((catching, -_score(now, table)), else_=0).label("rank"),
            due.label("due"),
            *_number_keys(Leg.number),
            type_coerce(Leg.kind, String()).label("kind"),
            Leg.level.label("level"),
            func.coalesce(Leg.institution_code, "").label("institution"),
            case((seen, Account.number), else_="").label("target"),
            case((seen, Account.holder), else_="").label("holder"),
            Leg.asked.label("amount"),
            type_coerce(Leg.state, String()).label("state"),
            _micros(Leg.recorded_at).label("recorded"),
        )
        .join(Account, Account.id == Leg.account_id)
        .where(scope.visible_legs(work.actor), *_leg_filters(work, view, now))
    )
    if not _wants_holds(view):
        return legs
    kept = Hold.stopped + Hold.frozen
    holds = (
        select(
            literal("hold"),
            Hold.id,
            case((Hold.ends_at <= now, 1), else_=0),
            case((Hold.ends_at <= now, 0), else_=-kept),
            _micros(Hold.ends_at),
            *_number_keys(func.coalesce(_number_of_hold(), "")),
            case((Hold.rule == "stop", LegKind.STOP.value), else_=LegKind.FREEZE.value),
            Account.level,
            func.coalesce(Hold.institution_code, ""),
            literal(""),
            literal(""),
            case((kept > 0, kept), else_=Hold.lapsed),
            literal(""),
            _micros(Hold.recorded_at),
        )
        .join(Account, Account.id == Hold.account_id)
        .where(scope.visible_holds(work.actor), _worth_seeing(now), *_hold_filters(work, view))
    )
    return select(union_all(legs, holds).subquery())


def _number_keys(number: Any) -> tuple[ColumnElement[Any], ...]:
    """Series and year, length, number: together the order of core.ranking.sortable (9 before 10)."""
    return (
        func.rtrim(number, "0123456789").label("series"),
        func.length(number).label("width"),
        type_coerce(number, Leg.number.type).label("number"),
    )


def _number_of_hold() -> ColumnElement[str]:
    """The request that caught the money names the hold, not those that followed it."""
    first = select(Leg.number).where(Leg.hold_id == Hold.id).order_by(Leg.id).limit(1)
    return first.correlate(Hold).scalar_subquery()


def _worth_seeing(now: datetime) -> ColumnElement[bool]:
    """A hold in its last hour, or one that has ended and that nobody has taken note of."""
    kept = Hold.stopped + Hold.frozen > 0
    return or_(
        and_(kept, Hold.ends_at <= now + ranking.ENDING),
        and_(Hold.lapsed > 0, Hold.acknowledged_at.is_(None)),
    )


def _wants_holds(view: QueueView) -> bool:
    narrowed = view.states or view.kinds or view.mine or view.urgency or view.history or view.words.strip()
    return not narrowed


def _leg_filters(work: Work, view: QueueView, now: datetime) -> Iterable[ColumnElement[bool]]:
    yield Leg.drill.is_(view.drill)
    if view.states:
        yield Leg.state.in_(view.states)
    elif not view.history:
        yield Leg.state.in_(OPEN)
    if view.institution is not None:
        yield (
            Leg.institution_code.is_(None)
            if view.institution == ""
            else Leg.institution_code == view.institution
        )
    if view.kinds:
        yield Leg.kind.in_(view.kinds)
    if view.urgency is not None:
        yield Leg.urgency == view.urgency
    if view.mine:
        yield Leg.claimed_by == work.actor.person_id
    if view.within_hour:
        yield Leg.next_due_at <= now + timedelta(hours=1)
    if view.case_id is not None:
        yield Leg.case_id == view.case_id
    words = normalise_query(view.words)
    if words:
        yield scope.word_condition(work.actor, words)


def _hold_filters(work: Work, view: QueueView) -> Iterable[ColumnElement[bool]]:
    yield Hold.drill.is_(view.drill)
    if view.institution is not None:
        yield func.coalesce(Hold.institution_code, POLICE) == (view.institution or POLICE)
    if view.case_id is not None:
        yield Hold.case_id == view.case_id


def _keys(columns: Any, view: QueueView) -> list[Key]:
    if view.order == "rank":
        if view.history:
            return [Key(columns.recorded, True), Key(columns.item), Key(columns.id, True)]
        return [
            *(Key(columns[name]) for name in ("band", "rank", "due", "series", "width", "number")),
            *(Key(columns[name]) for name in ("item", "id")),
        ]
    first = ("series", "width") if view.order == "number" else ()
    return [
        *(Key(columns[name], view.descending) for name in first),
        Key(columns[view.order], view.descending),
        Key(columns.item),
        Key(columns.id),
    ]


def queue_counts(work: Work) -> QueueCounts:
    """Counts for the chips and badges, of what the reader may see and outside drills."""
    soon, now = work.now + timedelta(hours=1), work.now
    rows = work.session.execute(
        select(
            Leg.state,
            Leg.institution_code,
            func.count(),
            func.sum(case((Leg.claimed_by == work.actor.person_id, 1), else_=0)),
            func.sum(case((Leg.next_due_at <= soon, 1), else_=0)),
            func.sum(case((Leg.next_due_at <= now, 1), else_=0)),
        )
        .where(
            scope.visible_legs(work.actor), Leg.drill.is_(False), Leg.state.in_((*OPEN, LegState.PROPOSED))
        )
        .group_by(Leg.state, Leg.institution_code)
    ).all()
    per_state: dict[LegState, int] = {}
    by_institution: dict[str, int] = {}
    own = mine = within = overdue = queued = 0
    for state, code, count, claimed, near, late in rows:
        per_state[state] = per_state.get(state, 0) + count
        if state is LegState.PROPOSED:
            continue
        by_institution[code or ""] = by_institution.get(code or "", 0) + count
        within, overdue = within + int(near or 0), overdue + int(late or 0)
        mine += int(claimed or 0)
        if code == work.actor.institution:
            own += count
            queued += count if state is LegState.QUEUED else 0
    watched = work.session.execute(
        select(
            func.coalesce(func.sum(case((Hold.ends_at > now, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Hold.ends_at <= now, 1), else_=0)), 0),
        ).where(scope.visible_holds(work.actor), Hold.drill.is_(False), _worth_seeing(now))
    ).one()
    opened = [state for state in per_state if state in OPEN]
    return QueueCounts(
        open=sum(per_state[state] for state in opened),
        own=own,
        queued=queued if not work.actor.sees_all else per_state.get(LegState.QUEUED, 0),
        mine=mine,
        within_hour=within + int(watched[0]) + int(watched[1]),
        overdue=overdue + int(watched[1]),
        routing=per_state.get(LegState.ROUTING, 0),
        proposed=per_state.get(LegState.PROPOSED, 0),
        approval=per_state.get(LegState.APPROVAL, 0),
        correction=per_state.get(LegState.CORRECTION, 0),
        lapses=int(watched[1]),
        cases=work.session.scalar(
            select(func.count(func.distinct(Leg.case_id))).where(
                scope.visible_legs(work.actor), Leg.drill.is_(False), Leg.state.in_(OPEN)
            )
        )
        or 0,
        by_institution=by_institution,
    )
