"""The figures that may be published: flows by event time, stocks at a moment, as of a recording point.

The one place that counts money (money.md §2). A stock at (E, R) is what happened up to E and was recorded up
to R; a hold counts as lapsed at E if its end, as recorded up to R, is at or before E. A period (start, end]
begins right after its start, so that what is dated by day only (24:00 of that day) belongs to that day.
All amounts are fen; drills count nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import case as sql_case

from liaison_desk.core.errors import BadInput
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.words import msg
from liaison_desk.desk.attributions import in_order_of_report, split
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
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Attribution, Case, Hold, LedgerEntry, Payment, Victim

BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_SAFE = 500
"""Ids named in one statement."""


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


@dataclass
class VictimMoney:
    """One victim's money at a moment; ``frozen`` and ``stopped`` as attributed, before the cap by the loss."""

    loss: int = 0
    returned: int = 0
    elsewhere: int = 0
    frozen: int = 0
    stopped: int = 0

    def capped(self) -> VictimMoney:
        """Each fen once, at its furthest state, together at most the loss."""
        left, parts = max(0, self.loss), []
        for fen in (self.returned, self.elsewhere, self.frozen, self.stopped):
            parts.append(min(fen, left))
            left -= parts[-1]
        return VictimMoney(self.loss, *parts)

    @property
    def recovered(self) -> int:
        counted = self.capped()
        return counted.returned + counted.elsewhere + counted.frozen + counted.stopped


@dataclass
class _Later:
    """What was recorded after the recording point and has to be thought away."""

    ends: dict[int, datetime] = field(default_factory=dict)
    """The end that a hold had at the recording point, where it has another now."""
    payments: set[int] = field(default_factory=set)
    """Payments entered since."""
    voided: set[int] = field(default_factory=set)
    """Payments that stood then and were voided since."""


def moment(work: Work, as_of: datetime | Moment | None = None) -> Moment:
    """The moment itself, or that of a time: the last entry recorded up to it."""
    if isinstance(as_of, Moment):
        return as_of
    if as_of is None:
        return Moment(work.now)
    last = work.session.scalar(select(func.max(Entry.id)).where(Entry.at <= as_of))
    return Moment(min(as_of, work.now), last or 0)


def _up_to(column: Any, recorded_to: int | None) -> list[ColumnElement[bool]]:
    return [] if recorded_to is None else [column <= recorded_to]


def _later(work: Work, recorded_to: int | None) -> _Later:
    """Reads the entries after the recording point; the first change of a value tells what it was before."""
    found = _Later()
    if recorded_to is None:
        return found
    texts = work.session.scalars(
        select(Entry.text)
        .where(
            Entry.id > recorded_to,
            or_(Entry.kinds.contains(",hold,"), Entry.kinds.contains(",payment,")),
        )
        .order_by(Entry.id)
    )
    seen: set[int] = set()
    for text in texts:
        for change in json.loads(text)["changes"]:
            table, id_ = change["table"], int(change["id"])
            if table == "hold" and "ends_at" in change.get("set", {}):
                found.ends.setdefault(id_, datetime.fromisoformat(change["set"]["ends_at"][0]))
            elif table == "payment" and "new" in change:
                found.payments.add(id_)
                seen.add(id_)
            elif table == "payment" and "voided_at" in change.get("set", {}) and id_ not in seen:
                seen.add(id_)
                if change["set"]["voided_at"][0] is None:
                    found.voided.add(id_)
    return found


# --- flows


def flows(
    work: Work, start: datetime, end: datetime, recorded_to: int | None = None, later: _Later | None = None
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
            *_up_to(LedgerEntry.entry_id, recorded_to),
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
    late = later if later is not None else _later(work, recorded_to)
    return Flows(
        captured_by_stop=net.get((Bucket.CAPTURED, Bucket.STOPPED), 0),
        captured_by_freeze=net.get((Bucket.CAPTURED, Bucket.FROZEN), 0),
        frozen=net.get((Bucket.STOPPED, Bucket.FROZEN), 0),
        returned=into[Bucket.RETURNED],
        released=into[Bucket.RELEASED],
        lapsed=into[Bucket.LAPSED] + _passed(work, start, end, recorded_to, late),
    )


def _passed(work: Work, start: datetime, end: datetime, recorded_to: int | None, late: _Later) -> int:
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
    return sum(kept.stopped + kept.frozen for kept in _kept(work, end, recorded_to, ids, _NO_ENDS).values())


# --- stocks


@dataclass
class _Kept:
    """One hold's money at a moment."""

    stopped: int = 0
    frozen: int = 0
    returned: dict[int | None, int] = field(default_factory=dict)
    """By the victim it went to; None where no entry says so."""


_NO_ENDS: Mapping[int, datetime] = {}


def _batches(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + _SAFE] for at in range(0, len(ordered), _SAFE))


def _kept(
    work: Work,
    end: datetime,
    recorded_to: int | None,
    ids: Iterable[int] | None,
    ends: Mapping[int, datetime],
) -> dict[int, _Kept]:
    """Holds by id with what stands in their buckets; past an end in ``ends`` nothing is held."""
    found: dict[int, _Kept] = {}
    for batch in [None] if ids is None else _batches(ids):
        rows = work.session.execute(
            select(
                LedgerEntry.hold_id,
                LedgerEntry.source,
                LedgerEntry.target,
                LedgerEntry.victim_id,
                func.sum(LedgerEntry.fen),
            )
            .join(Hold, Hold.id == LedgerEntry.hold_id)
            .where(
                LedgerEntry.happened_at <= end,
                Hold.drill.is_(False),
                *_up_to(LedgerEntry.entry_id, recorded_to),
                *([] if batch is None else [LedgerEntry.hold_id.in_(batch)]),
            )
            .group_by(LedgerEntry.hold_id, LedgerEntry.source, LedgerEntry.target, LedgerEntry.victim_id)
        )
        for hold_id, source, target, victim, fen in rows:
            one = found.setdefault(hold_id, _Kept())
            for bucket, amount in ((source, -int(fen)), (target, int(fen))):
                if bucket is Bucket.STOPPED:
                    one.stopped += amount
                elif bucket is Bucket.FROZEN:
                    one.frozen += amount
                elif bucket is Bucket.RETURNED:
                    one.returned[victim] = one.returned.get(victim, 0) + amount
    for hold_id, one in found.items():
        if hold_id in ends and ends[hold_id] <= end:
            one.stopped = one.frozen = 0
    return found


def victims_money(
    work: Work,
    end: datetime,
    recorded_to: int | None = None,
    *,
    case_id: int | None = None,
    later: _Later | None = None,
) -> dict[int, VictimMoney]:
    """Every identified victim's money at (end, recorded_to), of one case or of the office.

    Per hold at most what it keeps or has returned: a hold that shrank secures its victims in proportion
    (largest remainder, ties to the earlier report).
    """
    late = later if later is not None else _later(work, recorded_to)
    money = _losses(work, end, recorded_to, late, case_id)
    shares = _attributed(work, end, recorded_to, case_id)
    named = _named(work, money) if case_id is not None else None
    ids = None if case_id is None else {*shares, *(named or ())}
    ends = _ends(work, late, ids)
    order = list(in_order_of_report(work, dict.fromkeys(money, 0))) if case_id is not None else None
    rank = _ranks(work) if order is None else None
    for hold_id, kept in _kept(work, end, recorded_to, ids, ends).items():
        _place(work, money, kept, shares.get(hold_id, {}), rank)
    return money


def _place(
    work: Work,
    money: dict[int, VictimMoney],
    kept: _Kept,
    attributed: Mapping[int, int],
    rank: Mapping[int, int] | None,
) -> None:
    """One hold's fen, each to the victim it is secured for or was returned to."""
    for victim, fen in kept.returned.items():
        if victim in money:
            money[victim].returned += fen
    base = {victim: fen - kept.returned.get(victim, 0) for victim, fen in attributed.items()}
    base = {victim: fen for victim, fen in base.items() if fen > 0}
    if not base:
        return
    if len(base) > 1:
        base = (
            in_order_of_report(work, base)
            if rank is None
            else dict(sorted(base.items(), key=lambda item: rank[item[0]]))
        )
    unnamed = kept.returned.get(None, 0)
    all_of_it = split(kept.stopped + kept.frozen + unnamed, base)
    held = split(kept.stopped + kept.frozen, all_of_it)
    frozen = split(kept.frozen, held)
    for victim in base:
        if victim not in money:
            continue
        money[victim].frozen += frozen[victim]
        money[victim].stopped += held[victim] - frozen[victim]
        money[victim].returned += all_of_it[victim] - held[victim]


def _ranks(work: Work) -> dict[int, int]:
    rows = work.session.scalars(
        select(Victim.id).join(Case, Case.id == Victim.case_id).order_by(Case.happened_at, Victim.id)
    )
    return {victim: place for place, victim in enumerate(rows)}


def _ends(work: Work, late: _Later, ids: Iterable[int] | None) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for batch in [None] if ids is None else _batches(ids):
        rows = work.session.execute(
            select(Hold.id, Hold.ends_at).where(*([] if batch is None else [Hold.id.in_(batch)]))
        )
        found.update((row.id, row.ends_at) for row in rows)
    return {hold_id: late.ends.get(hold_id, at) for hold_id, at in found.items()}


def net(kind: type[Any]) -> Any:
    """The sum of a table's fen without what was reversed."""
    return func.sum(sql_case((kind.reverses_id.is_(None), kind.fen), else_=-kind.fen))


def _losses(
    work: Work, end: datetime, recorded_to: int | None, late: _Later, case_id: int | None
) -> dict[int, VictimMoney]:
    """Loss (payments less what came back as bait) and what was recovered elsewhere, by victim."""
    of_case = [] if case_id is None else [Case.id == case_id]
    # A case that is a drill is asked for by name only.
    real = [Case.drill.is_(False)] if case_id is None else []
    money: dict[int, VictimMoney] = {
        victim: VictimMoney()
        for victim in work.session.scalars(
            select(Victim.id).join(Case, Case.id == Victim.case_id).where(*of_case, *real)
        )
    }
    for id_, victim, fen, voided_at in work.session.execute(
        select(Payment.id, Payment.victim_id, Payment.fen, Payment.voided_at)
        .join(Case, Case.id == Payment.case_id)
        .where(Payment.happened_at <= end, *of_case, *real)
    ):
        if id_ in late.payments or (voided_at is not None and id_ not in late.voided):
            continue
        money[victim].loss += fen
    for kind, name, sign in ((Payback, "loss", -1), (Elsewhere, "elsewhere", 1)):
        rows = work.session.execute(
            select(kind.victim_id, net(kind))
            .join(Case, Case.id == kind.case_id)
            .where(kind.happened_at <= end, *_up_to(kind.entry_id, recorded_to), *of_case, *real)
            .group_by(kind.victim_id)
        )
        for victim, fen in rows:
            setattr(money[victim], name, getattr(money[victim], name) + sign * int(fen))
    return money


def _attributed(
    work: Work, end: datetime, recorded_to: int | None, case_id: int | None
) -> dict[int, dict[int, int]]:
    """Fen by hold and victim; with ``case_id`` only holds in which that case's victims have a share."""
    conditions: list[ColumnElement[bool]] = [
        Attribution.hold_id.is_not(None),
        Attribution.happened_at <= end,
        *_up_to(Attribution.entry_id, recorded_to),
    ]
    if case_id is not None:
        conditions.append(
            Attribution.hold_id.in_(select(Attribution.hold_id).where(Attribution.case_id == case_id))
        )
    found: dict[int, dict[int, int]] = {}
    for hold_id, victim, fen in work.session.execute(
        select(Attribution.hold_id, Attribution.victim_id, net(Attribution))
        .where(*conditions)
        .group_by(Attribution.hold_id, Attribution.victim_id)
    ):
        if hold_id is not None and int(fen) > 0:
            found.setdefault(hold_id, {})[victim] = int(fen)
    return found


def _named(work: Work, money: Mapping[int, VictimMoney]) -> set[int]:
    return set(
        work.session.scalars(
            select(LedgerEntry.hold_id).where(LedgerEntry.victim_id.in_(list(money))).distinct()
        )
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
    later = _later(work, seen.recorded_to)
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
    known = _up_to(LedgerEntry.entry_id, seen.recorded_to)
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
        later = _later(work, seen.recorded_to)
        kept = _kept(work, moment_of_it, seen.recorded_to, None, _ends(work, later, None))
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
    "victims_money",
]
