"""Shifts: opened by a lead, with the queue's table learnt at that moment; the figures of the running one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, func, select

from liaison_desk.core import ranking
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_name
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import CATCHING, LegState
from liaison_desk.core.papers import head_code
from liaison_desk.core.ranking import Sample
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.desk import PRESENT
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.chain import Entry, Seat
from liaison_desk.store.models import Answer, Hold, LedgerEntry, Leg, Person, Shift


@dataclass(frozen=True, kw_only=True)
class OpenShift(Command[int]):
    """A lead opens the shift; the queue's order is learnt anew and stored with it. Gives the id."""

    title: ClassVar[Message] = msg("Open a shift")
    name: str
    planned_from: datetime
    planned_until: datetime

    def carry_out(self, work: Work) -> int:
        running = running_shift(work)
        if running is not None:
            raise Refused(
                msg(
                    "{name} is still running; it ends with its handover. Nothing was changed.",
                    name=running.name,
                )
            )
        if self.planned_until <= self.planned_from:
            raise BadInput(
                msg("The shift would end before it begins. Nothing was saved."), field="planned_until"
            )
        shift = work.add(
            Shift(
                name=clean_name(self.name, field="name"),
                lead_id=work.person().id,
                planned_from=self.planned_from,
                planned_until=self.planned_until,
                opened_at=work.now,
                opening_entry=work.entry_id - 1,
                ranking=json.dumps(ranking.probabilities(samples(work)).as_json()),
            )
        )
        work.tell(msg("Shift opened: {name}", name=shift.name))
        return shift.id


def running_shift(work: Work) -> Shift | None:
    return work.session.scalar(
        select(Shift).where(Shift.ended_at.is_(None)).order_by(Shift.id.desc()).limit(1)
    )


def samples(work: Work) -> Iterator[Sample]:
    """This office's answered stops and freezes of the last 365 days, by the money's age at execution (K1)."""
    rows = work.session.execute(
        select(Leg.level, Leg.asked, Leg.arrived_at, Answer.effective, Answer.happened_at)
        .join(Leg, Leg.id == Answer.leg_id)
        .where(
            Leg.kind.in_(CATCHING),
            Leg.drill.is_(False),
            Leg.state.in_((LegState.ANSWERED, LegState.CLOSED)),
            Leg.arrived_at.is_not(None),
            Answer.happened_at > work.now - ranking.WINDOW,
        )
    )
    for level, asked, arrived, effective, executed_at in rows:
        if arrived is None:
            continue
        yield Sample(max(1, level), ranking.age_minutes(arrived, executed_at), asked, effective)


@dataclass(frozen=True)
class ShiftBar:
    """What stands along the top and bottom of every window; fen, None where the reader may not know."""

    shift: str
    lead: str
    planned_from: datetime | None
    planned_until: datetime | None
    stopped: int | None
    frozen: int | None
    returned: int | None
    lapsed: int | None
    oldest_unanswered: datetime | None
    ending_within_hour: int
    seats: int
    entries: int
    head: str
    last_backup: datetime | None
    doubted: bool


def shift_bar(work: Work) -> ShiftBar:
    """The running shift, its money by event time, the oldest unanswered leg, seats, backup, chain head."""
    shift = running_shift(work)
    lead = work.session.get(Person, shift.lead_id) if shift is not None else None
    since = shift.opened_at if shift is not None else work.now - timedelta(hours=12)
    knows = work.actor.sees_all
    case_work = bool(RIGHTS_TO_CASES & {work.actor.role.value})
    flows = money_since(work, since) if knows else {}
    oldest = (
        work.session.scalar(
            select(func.min(Leg.queued_at)).where(
                Leg.state.in_((LegState.QUEUED, LegState.CLAIMED)),
                Leg.drill.is_(False),
                scope.visible_legs(work.actor),
                *([] if knows else [Leg.institution_code == work.actor.institution]),
            )
        )
        if case_work
        else None
    )
    ending = (
        work.session.scalar(
            select(func.count())
            .select_from(Hold)
            .where(
                scope.visible_holds(work.actor),
                Hold.drill.is_(False),
                Hold.stopped + Hold.frozen > 0,
                Hold.ends_at > work.now,
                Hold.ends_at <= work.now + timedelta(hours=1),
            )
        )
        if case_work
        else 0
    )
    last = work.session.execute(
        select(Entry.id, Entry.hash, Entry.doubted).order_by(Entry.id.desc()).limit(1)
    ).first()
    return ShiftBar(
        shift=shift.name if shift is not None else "",
        lead=lead.name if lead is not None else "",
        planned_from=shift.planned_from if shift is not None else None,
        planned_until=shift.planned_until if shift is not None else None,
        stopped=flows.get("stopped", 0) if knows else None,
        frozen=flows.get("frozen", 0) if knows else None,
        returned=flows.get("returned", 0) if knows else None,
        lapsed=flows.get("lapsed", 0) if knows else None,
        oldest_unanswered=oldest,
        ending_within_hour=ending or 0,
        seats=work.session.scalar(
            select(func.count())
            .select_from(Seat)
            .where(Seat.ended_at.is_(None), Seat.beat_at > work.now - PRESENT)
        )
        or 0,
        entries=last.id if last is not None else 0,
        head=head_code(last.hash) if last is not None else "",
        last_backup=work.session.scalar(
            select(Entry.at).where(Entry.command == "RecordBackup").order_by(Entry.id.desc()).limit(1)
        ),
        doubted=bool(last.doubted) if last is not None else False,
    )


RIGHTS_TO_CASES = frozenset({"officer", "lead", "representative", "auditor"})
"""Roles for which the bar counts requests and holds at all."""


def money_since(work: Work, since: datetime, until: datetime | None = None) -> dict[str, int]:
    """Flows by event time in [since, until): captured, stopped, frozen, returned, released, lapsed (fen).

    ``frozen`` is what went from stopped to frozen or was frozen directly; a reversed entry and the one
    that reverses it share their event time and cancel out. A hold whose end has passed is lapsed, whether
    or not anybody has recorded it (money.md §1).
    """
    conditions = [LedgerEntry.happened_at >= since]
    if until is not None:
        conditions.append(LedgerEntry.happened_at < until)
    totals = _flows(work, *conditions)
    totals["lapsed"] += _lapsed_unrecorded(work, since, until)
    return totals


def money_recorded(work: Work, cut: int) -> tuple[dict[str, int], dict[str, int]]:
    """Flows by recording: up to entry ``cut``, and after it until now (rules.md, Handover).

    Holds that have ended without anybody having recorded it belong to what comes after.
    """
    after = _flows(work, LedgerEntry.entry_id > cut)
    after["lapsed"] += _lapsed_unrecorded(work)
    return _flows(work, LedgerEntry.entry_id <= cut), after


def _flows(work: Work, *conditions: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(
            LedgerEntry.source,
            LedgerEntry.target,
            LedgerEntry.reverses_id.is_not(None),
            func.sum(LedgerEntry.fen),
        )
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .where(Hold.drill.is_(False), *conditions)
        .group_by(LedgerEntry.source, LedgerEntry.target, LedgerEntry.reverses_id.is_not(None))
    )
    totals = dict.fromkeys(("captured", "stopped", "frozen", "turned", "returned", "released", "lapsed"), 0)
    for source, target, reversing, fen in work.session.execute(query):
        if reversing:
            source, target = target, source
        amount = -int(fen) if reversing else int(fen)
        totals[target.value] += amount
        if source is Bucket.CAPTURED:
            totals["captured"] += amount
        if source is Bucket.STOPPED and target is Bucket.FROZEN:
            totals["turned"] += amount
    return totals


def _lapsed_unrecorded(work: Work, since: datetime | None = None, until: datetime | None = None) -> int:
    query = select(func.coalesce(func.sum(Hold.stopped + Hold.frozen), 0)).where(
        Hold.drill.is_(False), Hold.ends_at <= work.now
    )
    if since is not None:
        query = query.where(Hold.ends_at >= since)
    if until is not None:
        query = query.where(Hold.ends_at < until)
    return int(work.session.scalar(query) or 0)


@dataclass(frozen=True)
class ChainState:
    entries: int
    head: str
    hash: str


def chain_state(work: Work) -> ChainState:
    """How far the chain reaches and the short code of its head, as printed on paper."""
    last = work.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).first()
    return ChainState(last.id, head_code(last.hash), last.hash) if last is not None else ChainState(0, "", "")
