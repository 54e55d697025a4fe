"""Money in the buckets of holds at a moment, and what of it is whose: the stocks behind the figures.

A moment is (E, R): what happened up to E and was recorded up to R (money.md §2). Figures and case balances
both count here; all amounts are fen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy import case as sql_case

from liaison_desk.core.ledger import Bucket
from liaison_desk.desk.attributions import in_order_of_report, split
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Attribution, Case, Hold, LedgerEntry, Payment, Victim

_SAFE = 500
"""Ids named in one statement."""


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
class Later:
    """What was recorded after the recording point and has to be thought away."""

    ends: dict[int, datetime] = field(default_factory=dict)
    """The end that a hold had at the recording point, where it has another now."""
    payments: set[int] = field(default_factory=set)
    """Payments entered since."""
    voided: set[int] = field(default_factory=set)
    """Payments that stood then and were voided since."""


def up_to(column: Any, recorded_to: int | None) -> list[ColumnElement[bool]]:
    return [] if recorded_to is None else [column <= recorded_to]


def recorded_later(work: Work, recorded_to: int | None) -> Later:
    """Reads the entries after the recording point; the first change of a value tells what it was before."""
    found = Later()
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


@dataclass
class Kept:
    """One hold's money at a moment."""

    stopped: int = 0
    frozen: int = 0
    returned: dict[int | None, int] = field(default_factory=dict)
    """By the victim it went to; None where no entry says so."""


NO_ENDS: Mapping[int, datetime] = {}


def _batches(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + _SAFE] for at in range(0, len(ordered), _SAFE))


def kept_by_holds(
    work: Work,
    end: datetime,
    recorded_to: int | None,
    ids: Iterable[int] | None,
    ends: Mapping[int, datetime],
) -> dict[int, Kept]:
    """Holds by id with what stands in their buckets; past an end in ``ends`` nothing is held."""
    found: dict[int, Kept] = {}
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
                *up_to(LedgerEntry.entry_id, recorded_to),
                *([] if batch is None else [LedgerEntry.hold_id.in_(batch)]),
            )
            .group_by(LedgerEntry.hold_id, LedgerEntry.source, LedgerEntry.target, LedgerEntry.victim_id)
        )
        for hold_id, source, target, victim, fen in rows:
            one = found.setdefault(hold_id, Kept())
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
    later: Later | None = None,
) -> dict[int, VictimMoney]:
    """Every identified victim's money at (end, recorded_to), of one case or of the office.

    Per hold at most what it keeps or has returned: a hold that shrank secures its victims in proportion
    (largest remainder, ties to the earlier report).
    """
    late = later if later is not None else recorded_later(work, recorded_to)
    money = _losses(work, end, recorded_to, late, case_id)
    shares = _attributed(work, end, recorded_to, case_id)
    named = _named(work, money) if case_id is not None else None
    ids = None if case_id is None else {*shares, *(named or ())}
    ends = ends_then(work, late, ids)
    order = list(in_order_of_report(work, dict.fromkeys(money, 0))) if case_id is not None else None
    rank = _ranks(work) if order is None else None
    for hold_id, kept in kept_by_holds(work, end, recorded_to, ids, ends).items():
        _place(work, money, kept, shares.get(hold_id, {}), rank)
    return money


def _place(
    work: Work,
    money: dict[int, VictimMoney],
    kept: Kept,
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


def ends_then(work: Work, late: Later, ids: Iterable[int] | None) -> dict[int, datetime]:
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
    work: Work, end: datetime, recorded_to: int | None, late: Later, case_id: int | None
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
            .where(kind.happened_at <= end, *up_to(kind.entry_id, recorded_to), *of_case, *real)
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
        *up_to(Attribution.entry_id, recorded_to),
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
