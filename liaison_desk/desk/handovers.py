"""The handover in three steps: prepared with its cut, cross-checked item by item, read back and signed by both.

Preparing fixes the cut: the sheet covers the entries after the last signed cut up to the one before the prepare
entry itself. What comes after belongs to the next shift, which opens with exactly what the sheet carries over
(rules.md, Handover). A partial handover, of one institution, makes no cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import ColumnElement, func, select

from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.papers import Difference, HandoverSummary, canonical, read_back
from liaison_desk.core.roles import POLICE, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import passwords
from liaison_desk.desk.handoversheet import sheet
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.shiftlog import LOG_WORDS, note
from liaison_desk.desk.shifts import open_next, running_shift
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.chain import Entry
from liaison_desk.store.duty import Handover, HandoverCheck
from liaison_desk.store.models import Issued, Leg, Person, Shift

PREPARED, SIGNED, VOIDED = "prepared", "signed", "voided"
SERIES = "JB"
TOP = 3
"""How many lines the incoming side reads back."""

ITEMS: Mapping[str, Message] = {
    "counts": msg("Counts that add up"),
    "clocks": msg("Clocks that run out"),
    "open": msg("Open requests"),
    "traces": msg("Cases in trace"),
    "money": msg("Money in and out"),
    "lapses": msg("Lapses"),
    "carriers": msg("Requests to carriers"),
    "log": msg("Instructions, equipment, contacts"),
}
"""What the incoming side checks, in the order of the sheet."""


def items_of(row: Handover) -> tuple[str, ...]:
    """The items to be checked before anybody signs."""
    return tuple(item for item in ITEMS if row.institution_code is None or item != "money")


@dataclass(frozen=True, kw_only=True)
class PrepareHandover(Command[int]):
    """The outgoing side fixes the cut and the sheet. Gives the handover's id.

    ``institution``: a partial handover of one's own institution. ``replaces``: the unsigned one that this one
    voids; whoever prepares without knowing of it is told who was faster.
    """

    title: ClassVar[Message] = msg("Prepare a handover")
    institution: str | None = None
    unscheduled: bool = False
    replaces: int | None = None

    def carry_out(self, work: Work) -> int:
        shift = running_shift(work)
        if shift is None:
            raise Refused(msg("No shift is open. Nothing was prepared; a lead opens one first."))
        self._may(work)
        there = unsigned(work, self.institution)
        if there is not None:
            if there.id != self.replaces:
                raise Conflict(
                    msg(
                        "{who} was faster: {number} is prepared. Nothing of yours was saved. Look at it, or prepare anew.",
                        who=work.find(Person, there.outgoing_id).name,
                        number=there.number,
                    )
                )
            void(work, there, msg("Prepared anew").text)
        last = work.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).one()
        number = work.next_number(SERIES)
        made = sheet(work, number=number, running=False, institution=self.institution)
        row = work.add(
            Handover(
                number=number,
                shift_id=shift.id,
                institution_code=self.institution,
                unscheduled=self.unscheduled,
                state=PREPARED,
                from_entry=shift.opening_entry,
                cut_entry=last.id,
                head_hash=last.hash,
                summary=canonical(made).decode("utf-8", "surrogatepass"),
                outgoing_id=work.person().id,
                prepared_at=work.now,
            )
        )
        work.touch("shift", shift.id)
        work.tell(msg("Handover prepared: {number}, up to entry {entry}", number=number, entry=last.id))
        return row.id

    def _may(self, work: Work) -> None:
        if self.institution is None:
            if work.actor.role is not Role.LEAD:
                raise NotAllowed(msg("A lead prepares the office's handover. Nothing was prepared."))
        elif self.institution == POLICE or not work.actor.speaks_for(self.institution):
            raise NotAllowed(
                msg("Only its own representative hands an institution over. Nothing was prepared.")
            )


def unsigned(work: Work, institution: str | None = None) -> Handover | None:
    """The handover that is prepared and not yet signed by both: the office's, or an institution's."""
    return work.session.scalar(
        select(Handover)
        .where(
            Handover.state == PREPARED,
            Handover.institution_code.is_(None)
            if institution is None
            else Handover.institution_code == institution,
        )
        .order_by(Handover.id.desc())
        .limit(1)
    )


def void(work: Work, row: Handover, reason: str) -> None:
    """The handover is given up; its number stays in the register with the reason."""
    row.state, row.voided_at, row.void_reason = VOIDED, work.now, reason
    number = work.session.scalars(select(Issued).where(Issued.text == row.number)).one()
    number.voided_at, number.void_reason = work.now, reason


def handover_of(work: Work, handover_id: int) -> Handover:
    """The handover if it exists for the reader: the office's for the police, an institution's also for its own."""
    row = work.session.get(Handover, handover_id)
    if row is None or not (work.actor.sees_all or work.actor.institution == row.institution_code):
        raise not_found(msg("This handover"))
    return row


def _prepared(work: Work, handover_id: int) -> Handover:
    row = handover_of(work, handover_id)
    if row.state != PREPARED:
        raise Refused(
            msg("{number} is signed or voided. Nothing was changed; prepare a new one.", number=row.number)
        )
    return row


def _incoming(work: Work, row: Handover) -> None:
    """Whoever checks and reads back takes over: of the same side, and not the one who hands over."""
    fits = (
        work.actor.role is Role.LEAD
        if row.institution_code is None
        else work.actor.speaks_for(row.institution_code)
    )
    if not fits or row.outgoing_id == work.actor.person_id:
        raise NotAllowed(
            msg("The incoming side checks and reads back, not the one who hands over. Nothing was changed.")
        )
    if row.incoming_id not in (None, work.actor.person_id):
        raise Refused(
            msg(
                "{who} is already taking over. Nothing was changed.",
                who=work.find(Person, row.incoming_id).name if row.incoming_id is not None else "",
            )
        )
    row.incoming_id = work.actor.person_id


@dataclass(frozen=True, kw_only=True)
class CheckItem(Command[None]):
    """The incoming side's word on one item; a difference says what is otherwise and goes into the log."""

    title: ClassVar[Message] = msg("Check an item of the handover")
    handover_id: int
    item: str
    agrees: bool
    difference: str = ""

    def carry_out(self, work: Work) -> None:
        row = _prepared(work, self.handover_id)
        _incoming(work, row)
        if self.item not in items_of(row):
            raise BadInput(msg("There is no such item on the sheet. Nothing was saved."), field="item")
        difference = clean_text(self.difference, 255, field="difference")
        if not self.agrees and not difference:
            raise BadInput(msg("Say what is otherwise. Nothing was saved."), field="difference")
        there = work.session.scalar(
            select(HandoverCheck).where(HandoverCheck.handover_id == row.id, HandoverCheck.item == self.item)
        )
        if there is None:
            there = work.add(
                HandoverCheck(
                    handover_id=row.id,
                    item=self.item,
                    agrees=self.agrees,
                    difference="" if self.agrees else difference,
                    person_id=work.person().id,
                    recorded_at=work.now,
                )
            )
        else:
            there.agrees, there.difference = self.agrees, "" if self.agrees else difference
            there.person_id, there.recorded_at = work.person().id, work.now
        if not self.agrees:
            note(work, "difference", difference, work.now)
            work.tell(LOG_WORDS["difference"])
        row.checked_at = work.now


@dataclass(frozen=True, kw_only=True)
class ReadBackHandover(Command[None]):
    """The incoming side restates the top money at risk in own words, at most three lines (K9)."""

    title: ClassVar[Message] = msg("Read back the top money at risk")
    handover_id: int
    lines: tuple[str, ...]

    def carry_out(self, work: Work) -> None:
        row = _prepared(work, self.handover_id)
        _incoming(work, row)
        lines = [clean_text(line, 200, field="lines") for line in self.lines]
        lines = [line for line in lines if line]
        if not lines or len(lines) > TOP:
            raise BadInput(
                msg("Restate one to {most} items, each in own words. Nothing was saved.", most=TOP),
                field="lines",
            )
        row.read_back = "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class SignHandover(Command[bool]):
    """One side signs with the own password; True when both have, and responsibility has passed.

    ``acknowledged``: the incoming side has looked at the entries up to this one that came after the cut.
    """

    title: ClassVar[Message] = msg("Sign a handover")
    secret: ClassVar[frozenset[str]] = frozenset({"password"})
    handover_id: int
    password: str
    acknowledged: int = 0

    def carry_out(self, work: Work) -> bool:
        row = _prepared(work, self.handover_id)
        person = work.person()
        if not passwords.matches(person.password_hash, self.password):
            raise NotAllowed(
                msg("The password is not right. Nothing was signed; type it again."), field="password"
            )
        if person.id == row.outgoing_id:
            self._once(row.outgoing_signed_at is not None)
            row.outgoing_signed_at = work.now
        else:
            self._sign_incoming(work, row)
        if row.outgoing_signed_at is None or row.incoming_signed_at is None:
            work.tell(msg("Signed by one side: {number}", number=row.number))
            return False
        self._final(work, row)
        work.tell(msg("Handover signed by both: {number}", number=row.number))
        return True

    @staticmethod
    def _once(signed: bool) -> None:
        if signed:
            raise Refused(msg("You have signed this handover already. Nothing was changed."))

    def _sign_incoming(self, work: Work, row: Handover) -> None:
        self._once(row.incoming_signed_at is not None)
        _incoming(work, row)
        missing = set(items_of(row)) - set(
            work.session.scalars(select(HandoverCheck.item).where(HandoverCheck.handover_id == row.id))
        )
        if missing:
            raise Refused(
                msg(
                    "Items not yet checked: {count}. Nothing was signed; check them first.",
                    count=len(missing),
                )
            )
        if row.institution_code is None and not row.read_back:
            raise Refused(
                msg("The top money at risk has not been read back. Nothing was signed; restate it first.")
            )
        if self.acknowledged <= row.cut_entry and newest_after(work, row):
            raise Refused(
                msg(
                    "Something was recorded after the cut. Nothing was signed; look at the list, "
                    "take note of it and sign again."
                )
            )
        # Work goes on while people sign: what comes after the list that was seen is the next shift's anyway.
        row.acknowledged_entry = max(self.acknowledged, row.cut_entry)
        row.incoming_signed_at = work.now

    @staticmethod
    def _final(work: Work, row: Handover) -> None:
        row.state = SIGNED
        made = final_summary(work, row)
        row.summary = canonical(made).decode("utf-8", "surrogatepass")
        if row.institution_code is not None:
            _hand_claims(work, row)
            return
        shift = work.find(Shift, row.shift_id)
        shift.ended_at = work.now
        assert row.incoming_id is not None
        row.next_shift_id = open_next(
            work, shift, lead_id=row.incoming_id, opened_at=row.prepared_at, after_entry=row.cut_entry
        ).id


def newest_after(work: Work, row: Handover) -> int:
    """The newest entry after the cut that is not about the handover itself; 0 where there is none."""
    return (
        work.session.scalar(
            select(func.max(Entry.id)).where(
                Entry.id > row.cut_entry, Entry.command.not_in(OF_THE_HANDOVER), concerns(row)
            )
        )
        or 0
    )


def concerns(row: Handover) -> ColumnElement[bool]:
    if row.institution_code is None:
        return Entry.id > 0
    return Entry.person_id.in_(select(Person.id).where(Person.institution_code == row.institution_code))


OF_THE_HANDOVER = (
    "PrepareHandover",
    "CheckItem",
    "ReadBackHandover",
    "SignHandover",
    "VoidHandover",
    "ArchivePaper",
    "RecordLapses",
    "RecordBackup",
)
"""Steps that nobody needs to take note of before signing: they are the handover, or the program's own."""


def _hand_claims(work: Work, row: Handover) -> None:
    """What the leaving representative has claimed goes to the one who takes over, by name."""
    for leg in work.session.scalars(select(Leg).where(Leg.claimed_by == row.outgoing_id).order_by(Leg.id)):
        if leg.state.value == "claimed":
            leg.claimed_by, leg.claimed_at = row.incoming_id, work.now


def final_summary(work: Work, row: Handover) -> HandoverSummary:
    """The sheet as prepared, with differences, read-back and signatures as they stand."""
    made = read_back(HandoverSummary, row.summary.encode("utf-8", "surrogatepass"))
    checks = work.session.execute(
        select(HandoverCheck, Person.name)
        .join(Person, Person.id == HandoverCheck.person_id)
        .where(HandoverCheck.handover_id == row.id, HandoverCheck.agrees.is_(False))
        .order_by(HandoverCheck.id)
    )
    differences = tuple(Difference(ITEMS[check.item], check.difference, who) for check, who in checks)
    outgoing = work.find(Person, row.outgoing_id).name
    incoming = work.find(Person, row.incoming_id).name if row.incoming_id is not None else ""
    boxes = list(made.signatures)
    boxes[0] = replace(boxes[0], name=outgoing, signed_at=row.outgoing_signed_at)
    boxes[1] = replace(boxes[1], name=incoming, signed_at=row.incoming_signed_at)
    return replace(
        made,
        differences=differences,
        read_back=tuple(row.read_back.split("\n")) if row.read_back else (),
        signatures=tuple(boxes),
    )


@dataclass(frozen=True, kw_only=True)
class VoidHandover(Command[None]):
    """A prepared handover is given up by the one who prepared it, or by a lead."""

    title: ClassVar[Message] = msg("Void a handover")
    handover_id: int
    reason: str

    def carry_out(self, work: Work) -> None:
        row = _prepared(work, self.handover_id)
        if work.actor.person_id != row.outgoing_id and work.actor.role is not Role.LEAD:
            raise NotAllowed(msg("Whoever prepared it, or a lead, gives a handover up. Nothing was changed."))
        void(work, row, clean_text(require_reason(self.reason), 255, field="reason"))
        work.tell(msg("Handover voided: {number}", number=row.number))
