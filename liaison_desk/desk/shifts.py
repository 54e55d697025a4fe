"""Shifts: opened by a lead, with the queue's table learnt at that moment; the figures of the running one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select

from liaison_desk.core import ranking
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_name
from liaison_desk.core.lifecycle import CATCHING, LegState
from liaison_desk.core.papers import head_code
from liaison_desk.core.ranking import Sample
from liaison_desk.core.shifts import following, planned
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.desk import PRESENT
from liaison_desk.desk.figures import flows
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.chain import Entry, Seat
from liaison_desk.store.models import Answer, Hold, Leg, Person, Shift


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


def open_next(work: Work, before: Shift, *, lead_id: int, opened_at: datetime, after_entry: int) -> Shift:
    """The shift that follows a signed handover: it begins at the cut, with the queue's table learnt anew."""
    settings = work.settings
    plan = following(settings.shift_changes, before.planned_until, settings.zone)
    if plan.ends <= opened_at:
        # The plan has been overtaken (days off): what runs now is the shift of now.
        plan = planned(settings.shift_changes, opened_at, settings.zone)
    return work.add(
        Shift(
            name=plan.name,
            lead_id=lead_id,
            planned_from=plan.begins,
            planned_until=plan.ends,
            opened_at=opened_at,
            opening_entry=after_entry,
            ranking=json.dumps(ranking.probabilities(samples(work)).as_json()),
        )
    )


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
    counted_from: datetime | None = None
    """What moved after this instant belongs to the shift; None where no shift runs."""


def shift_bar(work: Work) -> ShiftBar:
    """The running shift, its money by event time, the oldest unanswered leg, seats, backup, chain head."""
    shift = running_shift(work)
    lead = work.session.get(Person, shift.lead_id) if shift is not None else None
    since = shift.opened_at if shift is not None else work.now - timedelta(hours=12)
    knows = work.actor.sees_all
    case_work = bool(RIGHTS_TO_CASES & {work.actor.role.value})
    moved = flows(work, just_before(since), work.now) if knows else None
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
        stopped=moved.captured_by_stop if moved is not None else None,
        frozen=moved.captured_by_freeze + moved.frozen if moved is not None else None,
        returned=moved.returned if moved is not None else None,
        lapsed=moved.lapsed if moved is not None else None,
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
        counted_from=just_before(since) if shift is not None else None,
    )


def just_before(moment: datetime) -> datetime:
    """A period begins right after its start: what happens in the very moment of an opening belongs to it."""
    return moment - timedelta(microseconds=1)


RIGHTS_TO_CASES = frozenset({"officer", "lead", "representative", "auditor"})
"""Roles for which the bar counts requests and holds at all."""


@dataclass(frozen=True)
class ChainState:
    entries: int
    head: str
    hash: str


def chain_state(work: Work) -> ChainState:
    """How far the chain reaches and the short code of its head, as printed on paper."""
    last = work.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).first()
    return ChainState(last.id, head_code(last.hash), last.hash) if last is not None else ChainState(0, "", "")
