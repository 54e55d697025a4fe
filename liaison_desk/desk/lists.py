"""The shared queue as its readers may see it: paged, filtered, sorted and searched in the database.

Order: rules.md, "The queue's order (K1)". Holds about to end or lapsed, and for the police cases out of
balance, stand in it as work items beside the legs. Walls: every statement goes through desk.scope, and
sorting and filtering, too, look only at what the reader sees in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
    union_all,
)

from liaison_desk.core import ranking
from liaison_desk.core.lifecycle import CATCHING, OPEN, LegKind, LegState, Urgency
from liaison_desk.core.pinyin import normalise_query
from liaison_desk.core.ranking import Band, Table
from liaison_desk.core.roles import POLICE
from liaison_desk.desk import scope
from liaison_desk.desk.balance import CaseRef, out_of_balance
from liaison_desk.desk.filters import (
    ColumnFilter,
    by_keys,
    conditions,
    micros,
    named_parts,
    number_keys,
    sort_columns,
)
from liaison_desk.desk.paging import LONGEST_EXPORT, PAGE, Cursor, Key, cut
from liaison_desk.desk.queuefields import (
    NEVER,
    WITH_ACCOUNT,
    case_fields,
    hold_fields,
    leg_fields,
    missing_of,
    number_of_hold,
)
from liaison_desk.desk.queuerows import QueueRow, ranking_table, rows_of
from liaison_desk.desk.work import Work
from liaison_desk.store.base import to_micros
from liaison_desk.store.models import Account, Case, Hold, Leg

MINUTE = 60_000_000
RECENT = 20_000
"""So many of the newest legs are looked through for a page of a common word."""
Sorting = Literal[
    "rank",
    "number",
    "kind",
    "level",
    "institution",
    "target",
    "holder",
    "amount",
    "state",
    "claimer",
    "due",
    "recorded",
    "case",
    "flag",
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
    filters: tuple[ColumnFilter, ...] = ()
    """What the heads of the columns narrow it to."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that filters or order look at."""
        return frozenset(filter.column for filter in self.filters) | {self.order}


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

    def page(since: datetime | None = None) -> tuple[list[Any], Cursor | None]:
        found = _items(work, view, now, table, since)
        return cut(work.session, found, lambda columns: _keys(columns, view), cursor, limit, now)

    rows, more = page(since) if (since := _recent(work, view, cursor)) is not None else ([], None)
    if more is None:
        rows, more = page()
    return QueuePage(rows_of(work, rows, now, table), more, now)


def _recent(work: Work, view: QueueView, cursor: Cursor | None) -> datetime | None:
    """From when on a page of a common word is looked for first: it is nearly always full among the newest legs."""
    newest_first = view.order == "rank" or (view.order == "recorded" and view.descending)
    words = normalise_query(view.words)
    if not (view.history and newest_first and words) or view.filters:
        return None
    if any(scope.how_many(work, word) < scope.COMMON for word in words):
        return None
    newest = select(Leg.recorded_at).order_by(Leg.recorded_at.desc()).offset(RECENT).limit(1)
    if cursor is not None:
        newest = newest.where(micros(Leg.recorded_at) <= cursor.values[0])
    return work.session.scalar(newest)


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


def _score(now: datetime, table: Table) -> ColumnElement[int]:
    """fen still traceable × p[level, age] in the database, as core.ranking.score computes it."""
    age = to_micros(now) - micros(Leg.arrived_at)
    whens = []
    for index, parts in enumerate(table.parts):
        level = Leg.level <= 1 if index == 0 else Leg.level == 2 if index == 1 else Leg.level >= 3
        for place, limit in enumerate(ranking.AGE_LIMITS):
            whens.append((and_(level, age <= limit * MINUTE), parts[place]))
        whens.append((level, parts[-1]))
    share = case(*whens, else_=0)
    return Leg.traceable * type_coerce(share, BigInteger()) // ranking.MILLION


def _items(
    work: Work, view: QueueView, now: datetime, table: Table, since: datetime | None = None
) -> Select[Any]:
    """``since``: only what was recorded from then on, with each word looked up for every leg."""
    moment = to_micros(now)
    catching = and_(Leg.kind.in_(CATCHING), Leg.state.in_(OPEN), Leg.traceable > 0)
    due = func.coalesce(micros(Leg.next_due_at), NEVER)
    by = _sort_column(view)
    of_leg, of_hold = leg_fields(work.actor), hold_fields(work.actor)
    legs = leg_source(
        work,
        view,
        now,
        literal("leg").label("item"),
        Leg.id.label("id"),
        case((catching, 0), (due <= moment, 1), else_=2).label("band"),
        case((catching, -_score(now, table)), else_=0).label("rank"),
        due.label("due"),
        *named_parts(Leg.number),
        literal(0).label("amount"),
        *sort_columns(of_leg[by]()),
        since=since,
    )
    if not wants_more(view):
        return legs
    kept = Hold.stopped + Hold.frozen
    holds = hold_source(
        work,
        view,
        now,
        literal("hold"),
        Hold.id,
        case((Hold.ends_at <= now, 1), else_=0),
        case((Hold.ends_at <= now, 0), else_=-kept),
        micros(Hold.ends_at),
        *named_parts(number_of_hold()),
        literal(0),
        *sort_columns(of_hold[by]()),
    )
    wrong = wrong_cases(work)
    if not wrong:
        return select(union_all(legs, holds).subquery())
    cases = case_source(
        work,
        view,
        wrong,
        literal("case"),
        Case.id,
        literal(Band.OVERDUE.value),
        literal(0),
        literal(NEVER),
        *named_parts(Case.number),
        missing_of(wrong),
        *sort_columns(case_fields(wrong)[by]()),
    )
    return select(union_all(legs, holds, cases).subquery())


def wrong_cases(work: Work) -> tuple[CaseRef, ...]:
    """Cases out of balance, for whom the balance is a matter of work."""
    return out_of_balance(work) if work.actor.sees_all else ()


def _sort_column(view: QueueView) -> str:
    return "recorded" if view.order == "rank" else view.order


def leg_source(
    work: Work, view: QueueView, now: datetime, *columns: Any, since: datetime | None = None
) -> Select[Any]:
    """These columns of the legs that the view shows to its reader."""
    query = select(*columns).select_from(Leg)
    if view.columns & WITH_ACCOUNT:
        query = query.join(Account, Account.id == Leg.account_id)
    return query.where(scope.visible_legs(work.actor), *_leg_filters(work, view, now, since))


def hold_source(work: Work, view: QueueView, now: datetime, *columns: Any) -> Select[Any]:
    """The same of the holds that stand among them as work items."""
    return (
        select(*columns)
        .select_from(Hold)
        .join(Account, Account.id == Hold.account_id)
        .where(scope.visible_holds(work.actor), _worth_seeing(now), *_hold_filters(work, view))
    )


def case_source(work: Work, view: QueueView, wrong: tuple[CaseRef, ...], *columns: Any) -> Select[Any]:
    """The same of the cases out of balance; a case belongs to no institution but the police."""
    query = select(*columns).select_from(Case).where(Case.id.in_([found.case_id for found in wrong]))
    if view.institution not in (None, POLICE):
        query = query.where(false())
    if view.case_id is not None:
        query = query.where(Case.id == view.case_id)
    if view.drill or view.within_hour:
        query = query.where(false())
    return query.where(*conditions(work, case_fields(wrong), view.filters))


def _worth_seeing(now: datetime) -> ColumnElement[bool]:
    """A hold in its last hour, or one that has ended and that nobody has taken note of.

    Both are few among many: each is found by an index that holds only such holds, whose condition the
    statement must say word for word.
    """
    nothing: ColumnElement[int] = literal_column("0")
    ending = select(Hold.id).where(Hold.stopped + Hold.frozen > nothing, Hold.ends_at <= now + ranking.ENDING)
    lapsed = select(Hold.id).where(Hold.lapsed > nothing, Hold.acknowledged_at.is_(None))
    return Hold.id.in_(union_all(ending, lapsed))


def wants_more(view: QueueView) -> bool:
    """Whether holds and cases stand in this view as work items."""
    narrowed = view.states or view.kinds or view.mine or view.urgency or view.history or view.words.strip()
    return not narrowed


def _leg_filters(
    work: Work, view: QueueView, now: datetime, since: datetime | None = None
) -> Iterator[ColumnElement[bool]]:
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
    if words and (since is not None or not (view.history or view.states)):
        yield and_(*(scope.borne_by_leg(work.actor, word) for word in words))
    elif words:
        yield scope.word_condition(work, words)
    if since is not None:
        yield Leg.recorded_at >= since
    yield from conditions(work, leg_fields(work.actor), view.filters)


def _hold_filters(work: Work, view: QueueView) -> Iterator[ColumnElement[bool]]:
    yield Hold.drill.is_(view.drill)
    if view.institution is not None:
        yield func.coalesce(Hold.institution_code, POLICE) == (view.institution or POLICE)
    if view.case_id is not None:
        yield Hold.case_id == view.case_id
    yield from conditions(work, hold_fields(work.actor), view.filters)


def _keys(columns: Any, view: QueueView) -> list[Key]:
    """Ties go by number, 9 before 10."""
    if view.order == "rank" and view.history:
        return [*by_keys(columns, True), Key(columns.item), Key(columns.id, True)]
    down = view.descending and view.order == "number"
    numbers = number_keys(columns, down)
    last = [Key(columns[name]) for name in ("item", "id")]
    if view.order == "rank":
        return [*(Key(columns[name]) for name in ("band", "rank", "due")), *numbers, *last]
    first = [] if view.order == "number" else by_keys(columns, view.descending)
    return [*first, *numbers, *last]


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
    wrong = len(wrong_cases(work))
    opened = [state for state in per_state if state in OPEN]
    return QueueCounts(
        open=sum(per_state[state] for state in opened),
        own=own,
        queued=queued if not work.actor.sees_all else per_state.get(LegState.QUEUED, 0),
        mine=mine,
        within_hour=within + int(watched[0]) + int(watched[1]),
        overdue=overdue + int(watched[1]) + wrong,
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
