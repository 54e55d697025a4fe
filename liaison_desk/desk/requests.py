"""Requests on their way: issued, routed, approved, claimed, returned, withdrawn, closed, reopened, voided.

A claim is compare-and-set inside the writer's line: one wins, the other is told who and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_name, clean_text
from liaison_desk.core.lifecycle import (
    CATCHING,
    KIND_WORDS,
    STOPS,
    LegKind,
    LegState,
    Urgency,
)
from liaison_desk.core.money import yuan
from liaison_desk.core.roles import POLICE, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, index
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.closing import close_settled_before
from liaison_desk.desk.issuing import first_state, move, new_leg, require_reason, require_state
from liaison_desk.desk.readback import require_read_back
from liaison_desk.desk.scope import case_of, hold_of, leg_of, own_leg_of
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Account, Answer, Hold, Issued, Leg, Person

NOT_BY_HAND = frozenset({LegKind.RETURN})
"""Returns are ordered by an approved plan, never by a single request."""
ON_A_HOLD = frozenset({LegKind.SECOND_STOP, LegKind.RENEW, LegKind.RELEASE_STOP, LegKind.RELEASE_FREEZE})
"""Kinds that need a hold to be about."""
RUNS_UNDER = {
    LegKind.SECOND_STOP: "stop",
    LegKind.RELEASE_STOP: "stop",
    LegKind.RENEW: "freeze",
    LegKind.RELEASE_FREEZE: "freeze",
}
"""The rule under which the hold must run for each of them."""


@dataclass(frozen=True, kw_only=True)
class IssueRequest(Command[int]):
    """A request to one institution about an account, a phone or a hold of the case. Gives the leg's id."""

    title: ClassVar[Message] = msg("Issue a request")
    case_id: int
    kind: LegKind
    account_id: int | None = None
    target: Target | None = None
    hold_id: int | None = None
    asked: int = 0
    urgency: Urgency = Urgency.URGENT
    reason: str = ""
    remark: str = ""
    document_kind: str = ""
    document_number: str = ""
    co_officer: str = ""
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        case = case_of(work, self.case_id)
        if self.kind in NOT_BY_HAND:
            raise Refused(msg("A return is ordered by its plan, not by a single request. Nothing was saved."))
        hold = hold_of(work, self.hold_id) if self.hold_id is not None else None
        if hold is not None and hold.case_id != case.id:
            raise BadInput(msg("This hold belongs to another case. Nothing was saved."), field="hold")
        if self.kind in ON_A_HOLD and hold is None:
            raise BadInput(
                msg(
                    "{kind} needs the hold it is about. Nothing was saved; choose the hold.",
                    kind=KIND_WORDS[self.kind],
                ),
                field="hold",
            )
        if hold is not None and RUNS_UNDER.get(self.kind, hold.rule) != hold.rule:
            raise BadInput(
                msg(
                    "{kind} does not fit this hold. Nothing was saved; choose another kind or hold.",
                    kind=KIND_WORDS[self.kind],
                ),
                field="hold",
            )
        leg = new_leg(
            work,
            case,
            self._account(work, hold),
            self.kind,
            asked=self.asked,
            urgency=self.urgency,
            reason=self.reason,
            remark=self.remark,
            document=(self.document_kind, self.document_number),
            co_officer=self.co_officer,
            hold_id=hold.id if hold is not None else None,
            officer_id=work.person().id,
            happened_at=not_ahead(work, self.happened_at, "happened_at"),
        )
        work.tell(msg("Request issued: {kind}", kind=KIND_WORDS[self.kind]))
        return leg.id

    def _account(self, work: Work, hold: Hold | None) -> Account:
        case = case_of(work, self.case_id)
        if hold is not None:
            return work.find(Account, hold.account_id)
        if self.account_id is not None:
            account = work.find(Account, self.account_id, msg("This account"))
            if account.case_id != case.id:
                raise BadInput(
                    msg("This account belongs to another case. Nothing was saved."), field="account"
                )
            return account
        if self.target is None:
            raise BadInput(msg("Choose an account or type one. Nothing was saved."), field="number")
        return accounts.in_case(work, case, self.target, level=1)


@dataclass(frozen=True, kw_only=True)
class IssueProposed(Command[int]):
    """An officer's one key: the proposed next hops go out. Gives how many were issued."""

    title: ClassVar[Message] = msg("Issue proposed requests")
    leg_ids: tuple[int, ...]

    def carry_out(self, work: Work) -> int:
        legs = [leg_of(work, leg_id) for leg_id in self.leg_ids]
        for leg in legs:
            require_state(leg, LegState.PROPOSED)
            if leg.kind in STOPS:
                accounts.require_stop_left(work, work.find(Account, leg.account_id))
            leg.officer_id = work.person().id
            move(work, leg, first_state(leg))
        for account_id in {leg.account_id for leg in legs}:
            close_settled_before(work, account_id)
        work.tell(msg("Next hops issued: {count}", count=len(legs)))
        return len(legs)


@dataclass(frozen=True, kw_only=True)
class RouteRequest(Command[None]):
    """The officer says which institution the account belongs to; POLICE where it has no seat here."""

    title: ClassVar[Message] = msg("Route a request")
    leg_id: int
    institution: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.ROUTING, LegState.QUEUED, LegState.CLAIMED, LegState.CORRECTION)
        if leg.institution_code == self.institution:
            raise BadInput(
                msg("{number} is already there. Nothing was changed.", number=leg.number), field="institution"
            )
        found = accounts.institution(work, self.institution)
        account = work.find(Account, leg.account_id)
        account.institution_code = None if found.code == POLICE else found.code
        work.session.flush()
        index.renew_account(work, account)
        move(work, leg, LegState.QUEUED, institution=found.code)
        work.tell(msg("Routed to {code}", code=found.code))


@dataclass(frozen=True, kw_only=True)
class ApproveRequest(Command[None]):
    """A lead who did not ask approves a freeze; it goes into the institution's queue."""

    title: ClassVar[Message] = msg("Approve a request")
    leg_id: int
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.APPROVAL)
        if leg.officer_id == work.actor.person_id:
            raise NotAllowed(
                msg("Whoever asked does not approve. {number} waits for another lead.", number=leg.number)
            )
        leg.approved_by = work.person().id
        move(work, leg, first_state(leg))
        work.tell(msg("Approved"))


@dataclass(frozen=True, kw_only=True)
class ClaimRequest(Command[None]):
    """The representative takes a request; who comes second is told who was first."""

    title: ClassVar[Message] = msg("Claim a request")
    leg_id: int

    def carry_out(self, work: Work) -> None:
        move(work, self.permitted(work), LegState.CLAIMED)
        work.tell(msg("Claimed"))

    def permitted(self, work: Work) -> Leg:
        """The leg, when the claim is possible now; raises DeskError with the reason when not."""
        leg = own_leg_of(work, self.leg_id)
        if leg.state is LegState.CLAIMED:
            raise claimed_by_other(work, leg)
        require_state(leg, LegState.QUEUED)
        require_read_back(work, leg)
        return leg


def claimed_by_other(work: Work, leg: Leg) -> Conflict:
    """The sentence for the one who came second (or claims twice)."""
    if leg.claimed_by == work.actor.person_id:
        return Conflict(msg("You have already claimed {number}. Nothing was changed.", number=leg.number))
    who = work.find(Person, leg.claimed_by).name if leg.claimed_by is not None else "?"
    at = when(leg.claimed_at or work.now, work.now, work.settings.zone, seconds=True)
    return Conflict(
        msg(
            "{who} claimed {number} at {at}. It stays with them; take it over by name if you must.",
            who=who,
            number=leg.number,
            at=at,
        )
    )


@dataclass(frozen=True, kw_only=True)
class ReleaseClaim(Command[None]):
    """A claim given back to the own institution's queue; the answer clock runs on."""

    title: ClassVar[Message] = msg("Release a claim")
    leg_id: int
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        move(work, self.permitted(work), LegState.QUEUED)
        work.tell(msg("Claim released"))

    def permitted(self, work: Work) -> Leg:
        """The leg, when the release is possible now; raises DeskError with the reason when not."""
        leg = own_leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.CLAIMED)
        return leg


@dataclass(frozen=True, kw_only=True)
class ReassignRequest(Command[None]):
    """A request handed to a colleague of the same institution, or taken over from one."""

    title: ClassVar[Message] = msg("Reassign a request")
    leg_id: int
    person_id: int
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg, person = self.permitted(work)
        move(work, leg, LegState.CLAIMED)
        leg.claimed_by = person.id
        work.tell(msg("Handed to {who}", who=person.name))

    def permitted(self, work: Work) -> tuple[Leg, Person]:
        """The leg and its new person, when that is possible now; raises DeskError with the reason when not."""
        leg = own_leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.QUEUED, LegState.CLAIMED)
        person = work.session.scalar(
            select(Person).where(
                Person.id == self.person_id,
                Person.active.is_(True),
                Person.institution_code == leg.institution_code,
                Person.role == Role.REPRESENTATIVE,
            )
        )
        if person is None:
            raise BadInput(
                msg("Only a representative of the same institution can take it. Nothing was changed."),
                field="person",
            )
        return leg, person


@dataclass(frozen=True, kw_only=True)
class ReturnForCorrection(Command[None]):
    """Back to the officer with a reason; the answer clock stands still meanwhile."""

    title: ClassVar[Message] = msg("Return for correction")
    leg_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = own_leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        reason = require_reason(self.reason)
        _not_anothers(work, leg)
        move(work, leg, LegState.CORRECTION, reason=reason)
        work.tell(msg("Returned for correction: {reason}", reason=reason))


def _not_anothers(work: Work, leg: Leg) -> None:
    if leg.state is LegState.CLAIMED and leg.claimed_by != work.actor.person_id and not work.actor.police:
        raise claimed_by_other(work, leg)


@dataclass(frozen=True, kw_only=True)
class CorrectRequest(Command[None]):
    """The officer puts a returned request right and sends it again."""

    title: ClassVar[Message] = msg("Correct a request")
    leg_id: int
    asked: int | None = None
    holder: str | None = None
    remark: str | None = None
    document_kind: str | None = None
    document_number: str | None = None
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.CORRECTION)
        if self.asked is not None:
            if self.asked <= 0:
                raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="amount")
            if leg.approved_by is not None and self.asked > leg.asked:
                raise BadInput(
                    msg(
                        "More than the approved {amount} needs a lead again. Nothing was saved; withdraw {number} and ask anew.",
                        amount=yuan(leg.asked),
                        number=leg.number,
                    ),
                    field="amount",
                )
            leg.asked = self.asked
        if self.holder is not None:
            account = work.find(Account, leg.account_id)
            account.holder = clean_name(self.holder, field="holder")
            work.session.flush()
            index.renew_account(work, account)
        if self.remark is not None:
            leg.remark = clean_text(self.remark, 2000, field="remark")
        if self.document_kind is not None:
            leg.document_kind = clean_text(self.document_kind, 64, field="document_kind")
        if self.document_number is not None:
            leg.document_number = clean_text(self.document_number, 64, field="document_number")
        move(work, leg, LegState.QUEUED)
        work.tell(msg("Corrected and sent again"))


@dataclass(frozen=True, kw_only=True)
class WithdrawRequest(Command[None]):
    """Taken back by the officer before it is answered."""

    title: ClassVar[Message] = msg("Withdraw a request")
    leg_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        reason = require_reason(self.reason)
        move(work, leg, LegState.WITHDRAWN, reason=reason)
        close_settled_before(work, leg.account_id)
        work.tell(msg("Withdrawn: {reason}", reason=reason))


@dataclass(frozen=True, kw_only=True)
class CloseRequest(Command[None]):
    """An answered request on which nothing hangs any more."""

    title: ClassVar[Message] = msg("Close a request")
    leg_id: int
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.ANSWERED)
        running = work.session.scalar(
            select(Hold.id).where(Hold.account_id == leg.account_id, Hold.stopped + Hold.frozen > 0).limit(1)
        )
        if running is not None and leg.kind in CATCHING:
            raise Refused(
                msg(
                    "{number} still holds money; it closes when that is returned or released.",
                    number=leg.number,
                )
            )
        move(work, leg, LegState.CLOSED)
        work.tell(msg("Closed"))


@dataclass(frozen=True, kw_only=True)
class ReopenRequest(Command[None]):
    """An answered request asked once more; the answer that is there stays."""

    title: ClassVar[Message] = msg("Reopen a request")
    leg_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, LegState.ANSWERED, LegState.CLOSED)
        reason = require_reason(self.reason)
        move(work, leg, LegState.QUEUED, reason=reason)
        if leg.kind in CATCHING:
            accounts.refresh_traceable(work, work.find(Account, leg.account_id))
        work.tell(msg("Reopened: {reason}", reason=reason))


@dataclass(frozen=True, kw_only=True)
class VoidRequest(Command[None]):
    """A request that should never have been; its number stays in the register with the reason."""

    title: ClassVar[Message] = msg("Void a request")
    leg_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        reason = require_reason(self.reason)
        caught = work.session.scalar(
            select(Answer.id).where(Answer.leg_id == leg.id, Answer.effective > 0).limit(1)
        )
        if caught is not None:
            raise Refused(
                msg(
                    "{number} has caught money; release or reverse that first. Nothing was changed.",
                    number=leg.number,
                )
            )
        move(work, leg, LegState.VOIDED, reason=reason)
        close_settled_before(work, leg.account_id)
        number = work.session.scalar(select(Issued).where(Issued.text == leg.number))
        if number is not None:
            number.voided_at, number.void_reason = work.now, reason
        work.tell(msg("Voided: {reason}", reason=reason))
