"""Objections of holders: each a work item with a clock, decided by a lead who did not record it (L4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ColumnElement, select, true

from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_name, clean_text
from liaison_desk.core.masking import mask_name
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clockwork import due, not_ahead
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.scope import case_of, eyes, hold_of
from liaison_desk.desk.work import Actor, Command, Work, not_found
from liaison_desk.store.beside import Objection
from liaison_desk.store.chain import Entry, Touch
from liaison_desk.store.models import Case, Hold, Person, Victim
from liaison_desk.store.payouts import ReturnPlan


class Decision(StrEnum):
    UPHELD = "upheld"
    """The hold was wrong: what it keeps is released."""
    PARTLY = "partly"
    REJECTED = "rejected"


DECISION_WORDS = {
    Decision.UPHELD: msg("Upheld"),
    Decision.PARTLY: msg("Upheld in part"),
    Decision.REJECTED: msg("Rejected"),
}
REASON = 200
"""So many letters of a decision's reason are kept."""


def visible_objections(actor: Actor) -> ColumnElement[bool]:
    """Over Objection and Hold: the police's business, and that of the institution that keeps the hold."""
    if actor.sees_all:
        return true()
    return Hold.institution_code == actor.institution


@dataclass(frozen=True, kw_only=True)
class RecordObjection(Command[int]):
    """What the holder of a held account says against it, or anybody against a plan of return (L4).

    ``plan_id``: the plan whose notice is answered; ``victim_id``: the victim who objects, else the holder does.
    Gives the objection's id.
    """

    title: ClassVar[Message] = msg("Record an objection")
    hold_id: int
    name: str
    text: str
    happened_at: datetime | None = None
    plan_id: int | None = None
    victim_id: int | None = None

    def carry_out(self, work: Work) -> int:
        hold = hold_of(work, self.hold_id)
        self._check_plan(work, hold)
        text = clean_text(self.text, 2000, field="text")
        if not text:
            raise BadInput(msg("Write what the holder objects to. Nothing was saved."), field="text")
        happened_at = not_ahead(work, self.happened_at, "happened_at")
        if happened_at < hold.starts_at:
            raise BadInput(
                msg("The hold had not begun then. Nothing was saved; correct the date or the time."),
                field="happened_at",
            )
        objection = work.add(
            Objection(
                case_id=hold.case_id,
                hold_id=hold.id,
                name=clean_name(self.name, field="name"),
                text=text,
                happened_at=happened_at,
                recorded_at=work.now,
                due_at=due(work, "objection", happened_at),
                plan_id=self.plan_id,
                victim_id=self.victim_id,
            )
        )
        work.tell(msg("Objection recorded"))
        return objection.id

    def _check_plan(self, work: Work, hold: Hold) -> None:
        if self.plan_id is not None:
            plan = work.session.get(ReturnPlan, self.plan_id)
            if plan is None or plan.hold_id != hold.id:
                raise not_found(msg("This plan"))
            if plan.notice_until is None or plan.approved_at is not None or plan.ended_at is not None:
                raise Refused(
                    msg(
                        "No public notice of this plan is running. Nothing was saved; object to the hold instead."
                    )
                )
        if self.victim_id is not None:
            victim = work.session.get(Victim, self.victim_id)
            if victim is None:
                raise not_found(msg("This victim"))
            case_of(work, victim.case_id)


@dataclass(frozen=True, kw_only=True)
class DecideObjection(Command[None]):
    """A lead's decision; the release that follows from it is asked for like any other."""

    title: ClassVar[Message] = msg("Decide an objection")
    objection_id: int
    decision: Decision
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        objection = work.session.scalar(
            select(Objection)
            .join(Hold, Hold.id == Objection.hold_id)
            .where(Objection.id == self.objection_id, visible_objections(work.actor))
        )
        if objection is None:
            raise not_found(msg("This objection"))
        work.seen(objection, self.version)
        if objection.decided_at is not None:
            raise Refused(msg("This objection has been decided already. Nothing was changed."))
        if _recorder(work, objection.id) == work.actor.person_id:
            raise NotAllowed(msg("Whoever recorded an objection does not decide it. Another lead must."))
        reason = require_reason(self.reason)
        if len(reason) > REASON:
            raise BadInput(
                msg("The reason is too long: at most {most} letters. Nothing was changed.", most=REASON),
                field="reason",
            )
        objection.decided_at, objection.decided_by = work.now, work.person().id
        objection.decision = f"{self.decision.value} {reason}"
        work.tell(msg("Objection decided: {decision}", decision=DECISION_WORDS[self.decision]))


def _recorder(work: Work, objection_id: int) -> int | None:
    """Who recorded it: the person of the first entry about it."""
    return work.session.scalar(
        select(Entry.person_id)
        .join(Touch, Touch.entry_id == Entry.id)
        .where(Touch.kind == "objection", Touch.subject_id == objection_id)
        .order_by(Entry.id)
        .limit(1)
    )


# --- what people see of it


@dataclass(frozen=True)
class ObjectionRow:
    """``name`` is masked and ``text`` empty for whom they are not meant."""

    id: int
    version: int
    case_id: int
    case_number: str
    hold_id: int
    institution: str
    kept: int
    """What the hold still keeps, in fen."""
    name: str
    text: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: int | None
    due_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision: Decision | None
    reason: str
    plan_number: str
    """The plan of return whose notice it answers; empty for an objection to the hold itself."""


def objections(work: Work, *, case_id: int | None = None, decided: bool = False) -> tuple[ObjectionRow, ...]:
    """Open objections by their end; with ``decided`` all of them; of one case or of all."""
    query = (
        select(Objection, Hold, Case.number, Person.name, ReturnPlan.number)
        .join(Hold, Hold.id == Objection.hold_id)
        .join(Case, Case.id == Objection.case_id)
        .outerjoin(Person, Person.id == Objection.decided_by)
        .outerjoin(ReturnPlan, ReturnPlan.id == Objection.plan_id)
        .where(visible_objections(work.actor))
        .order_by(Objection.due_at, Objection.id)
    )
    if not decided:
        query = query.where(Objection.decided_at.is_(None))
    if case_id is not None:
        query = query.where(Objection.case_id == case_id)
    seen, look = work.actor.sees_all, eyes(work)
    found = []
    for row, hold, number, who, plan in work.session.execute(query):
        word, _, reason = row.decision.partition(" ")
        found.append(
            ObjectionRow(
                id=row.id,
                version=row.version,
                case_id=row.case_id,
                case_number=number,
                hold_id=row.hold_id,
                institution=hold.institution_code or POLICE,
                kept=hold.stopped + hold.frozen,
                name=row.name if seen and not look.mask_own else mask_name(row.name),
                text=look.free_text(row.text, POLICE),
                happened_at=row.happened_at,
                recorded_at=row.recorded_at,
                recorded_by=_recorder(work, row.id) if seen else None,
                due_at=row.due_at,
                decided_at=row.decided_at,
                decided_by=who or "" if seen else "",
                decision=Decision(word) if word else None,
                reason=look.free_text(reason, POLICE),
                plan_number=plan or "" if seen else "",
            )
        )
    return tuple(found)
