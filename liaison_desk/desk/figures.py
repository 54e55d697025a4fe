"""The figures that may be published: flows by event time, stocks at a moment, as of a recording point.

The one place that counts money (money.md §2). A stock at (E, R) is what happened up to E and was recorded up
to R; a hold counts as lapsed at E if its end, as recorded up to R, is at or before E. A period (start, end]
begins right after its start, so that what is dated by day only (24:00 of that day) belongs to that day.
All amounts are fen; drills count nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from liaison_desk.core.errors import BadInput
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.words import msg
from liaison_desk.desk.ledgerlists import (
    HoldLine,
    HoldsView,
    LedgerRow,
    LedgerView,
    export_holds,
    export_ledger,
    holds_list,
    ledger_rows,
    rows_of_entries,
)
from liaison_desk.desk.stocks import (
    NO_ENDS,
    Later,
    VictimMoney,
    ends_then,
    kept_by_holds,
    net,
    recorded_later,
    up_to,
    victims_money,
)
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Hold, LedgerEntry

BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Moment:
    """From when on one looks back: the time, and the last entry known then (None: everything)."""

    at: datetime
    recorded_to: int | None = None


@dataclass(frozen=True)
class Figures:
    """money.md §2; opening + captured − returned − lost = secured."""

    opening: int
    captured: int
    captured_by_stop: int
    captured_by_freeze: int
    frozen: int
    returned: int
    released: int
    lapsed: int
    lost: int
    secured: int
    recovered: int
    held_beyond_cases: int
    averted: int = 0


@dataclass(frozen=True)
class Flows:
    """What moved in a period; ``frozen`` went from stopped to frozen."""

    captured_by_stop: int = 0
    captured_by_freeze: int = 0
    frozen: int = 0
    returned: int = 0
    released: int = 0
    lapsed: int = 0

    @property
    def captured(self) -> int:
        return self.captured_by_stop + self.captured_by_freeze

    @property
    def secured(self) -> int:
        """What these flows add to the money in control."""
        return self.captured - self.returned - self.released - self.lapsed

    def beyond(self, part: Flows) -> Flows:
        """What is in these flows and not in a part of them."""
        return Flows(
            **{spec.name: getattr(self, spec.name) - getattr(part, spec.name) for spec in fields(self)}
        )


def moment(work: Work, as_of: datetime | Moment | None = None) -> Moment:
    """The moment itself, or that of a time: the last entry recorded up to it."""
    if isinstance(as_of, Moment):
        return as_of
    if as_of is None:
        return Moment(work.now)
    last = work.session.scalar(select(func.max(Entry.id)).where(Entry.at <= as_of))
    return Moment(min(as_of, work.now), last or 0)


# --- flows


def flows(
    work: Work, start: datetime, end: datetime, recorded_to: int | None = None, later: Later | None = None
) -> Flows:
    """What moved in (start, end], by event time; an end that has passed is a lapse, entered or not.

    An entry and the one that reverses it share their event time and cancel out.
    """
    reversing = LedgerEntry.reverses_id.is_not(None)
    rows = work.session.execute(
        select(LedgerEntry.source, LedgerEntry.target, reversing, func.sum(LedgerEntry.fen))
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .where(
            LedgerEntry.happened_at > start,
            LedgerEntry.happened_at <= end,
            Hold.drill.is_(False),
            *up_to(LedgerEntry.entry_id, recorded_to),
        )
        .group_by(LedgerEntry.source, LedgerEntry.target, reversing)
    )
    net: dict[tuple[Bucket, Bucket], int] = {}
    for source, target, back, fen in rows:
        way = (target, source) if back else (source, target)
        net[way] = net.get(way, 0) + (-int(fen) if back else int(fen))
    into = {
        bucket: sum(fen for (source, target), fen in net.items() if target is bucket)
        for bucket in (Bucket.RETURNED, Bucket.RELEASED, Bucket.LAPSED)
    }
    late = later if later is not None else recorded_later(work, recorded_to)
    return Flows(
        captured_by_stop=net.get((Bucket.CAPTURED, Bucket.STOPPED), 0),
        captured_by_freeze=net.get((Bucket.CAPTURED, Bucket.FROZEN), 0),
        frozen=net.get((Bucket.STOPPED, Bucket.FROZEN), 0),
        returned=into[Bucket.RETURNED],
        released=into[Bucket.RELEASED],
        lapsed=into[Bucket.LAPSED] + _passed(work, start, end, recorded_to, late),
    )


def _passed(work: Work, start: datetime, end: datetime, recorded_to: int | None, late: Later) -> int:
    """What holds still kept by the entries when their end passed in (start, end]."""
    ran_out = and_(Hold.ends_at > start, Hold.ends_at <= end)
    if recorded_to is None:
        return int(
            work.session.scalar(
                select(func.coalesce(func.sum(Hold.stopped + Hold.frozen), 0)).where(
                    Hold.drill.is_(False), ran_out
                )
            )
            or 0
        )
    then = {hold_id for hold_id, at in late.ends.items() if start < at <= end}
    now = set(work.session.scalars(select(Hold.id).where(Hold.drill.is_(False), ran_out)))
    ids = (now - late.ends.keys()) | then
    return sum(
        kept.stopped + kept.frozen for kept in kept_by_holds(work, end, recorded_to, ids, NO_ENDS).values()
    )


# --- the figures


def figures(work: Work, start: datetime, end: datetime, as_of: datetime | Moment | None = None) -> Figures:
    """The office's figures of (start, end] with one recording point for opening, flows and closing.

    Nothing later than the moment itself counts, whatever end is asked for. Raises BadInput for a period that
    ends before it begins.
    """
    seen = moment(work, as_of)
    if end < start:
        raise BadInput(msg("The period ends before it begins; check both days."), field="end")
    end = min(end, seen.at)
    start = min(start, end)
    later = recorded_later(work, seen.recorded_to)
    before = flows(work, BEGINNING, start, seen.recorded_to, later)
    inside = flows(work, start, end, seen.recorded_to, later)
    secured = before.secured + inside.secured
    people = victims_money(work, end, seen.recorded_to, later=later).values()
    counted = [one.capped() for one in people]
    return Figures(
        opening=before.secured,
        captured=inside.captured,
        captured_by_stop=inside.captured_by_stop,
        captured_by_freeze=inside.captured_by_freeze,
        frozen=inside.frozen,
        returned=inside.returned,
        released=inside.released,
        lapsed=inside.lapsed,
        lost=inside.released + inside.lapsed,
        secured=secured,
        recovered=sum(one.recovered for one in counted),
        held_beyond_cases=secured - sum(one.frozen + one.stopped for one in counted),
    )


def recovered_at(work: Work, end: datetime, recorded_to: int | None, later: Later | None = None) -> int:
    """挽损 at a moment, in fen: the stock of ``figures`` alone."""
    return sum(one.recovered for one in victims_money(work, end, recorded_to, later=later).values())


_WAYS: Mapping[str, tuple[tuple[Bucket, Bucket], ...]] = {
    "captured": ((Bucket.CAPTURED, Bucket.STOPPED), (Bucket.CAPTURED, Bucket.FROZEN)),
    "captured_by_stop": ((Bucket.CAPTURED, Bucket.STOPPED),),
    "captured_by_freeze": ((Bucket.CAPTURED, Bucket.FROZEN),),
    "frozen": ((Bucket.STOPPED, Bucket.FROZEN),),
    "returned": ((Bucket.FROZEN, Bucket.RETURNED),),
    "released": ((Bucket.STOPPED, Bucket.RELEASED), (Bucket.FROZEN, Bucket.RELEASED)),
    "lapsed": ((Bucket.STOPPED, Bucket.LAPSED), (Bucket.FROZEN, Bucket.LAPSED)),
}


def figure_rows(
    work: Work, name: str, start: datetime, end: datetime, as_of: datetime | Moment | None = None
) -> tuple[LedgerRow, ...]:
    """The entries behind one figure; a flow's add up to it (an end not yet entered has no entry).

    For a stock (opening, secured, recovered, held_beyond_cases): every entry, up to that moment, of the
    holds that keep money then. Raises BadInput for a name that no figure has.
    """
    seen = moment(work, as_of)
    end = min(end, seen.at)
    known = up_to(LedgerEntry.entry_id, seen.recorded_to)
    taken_back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None), *known)
    conditions: list[ColumnElement[bool]] = [
        *known,
        LedgerEntry.reverses_id.is_(None),
        LedgerEntry.id.not_in(taken_back),
    ]
    ways = _WAYS["released"] + _WAYS["lapsed"] if name == "lost" else _WAYS.get(name)
    if ways is not None:
        conditions += [
            LedgerEntry.happened_at > start,
            LedgerEntry.happened_at <= end,
            or_(*(and_(LedgerEntry.source == source, LedgerEntry.target == to) for source, to in ways)),
        ]
    elif name in ("opening", "secured", "recovered", "held_beyond_cases"):
        moment_of_it = start if name == "opening" else end
        later = recorded_later(work, seen.recorded_to)
        kept = kept_by_holds(work, moment_of_it, seen.recorded_to, None, ends_then(work, later, None))
        back = name == "recovered"
        ids = [
            hold_id
            for hold_id, one in kept.items()
            if one.stopped + one.frozen > 0 or (back and any(one.returned.values()))
        ]
        conditions += [LedgerEntry.hold_id.in_(ids), LedgerEntry.happened_at <= moment_of_it]
    else:
        raise BadInput(msg("There is no figure of this name."), field="name")
    return rows_of_entries(work, *conditions, Hold.drill.is_(False))


__all__ = [
    "Figures",
    "Flows",
    "HoldLine",
    "HoldsView",
    "LedgerRow",
    "LedgerView",
    "Moment",
    "VictimMoney",
    "export_holds",
    "export_ledger",
    "figure_rows",
    "figures",
    "flows",
    "holds_list",
    "ledger_rows",
    "moment",
    "net",
    "recovered_at",
    "victims_money",
]
