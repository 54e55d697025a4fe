"""Answers of the institutions: what was done, what was caught, and where the money went on to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core import ledger
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.lifecycle import (
    CATCHING,
    EXECUTED,
    ON_MONEY,
    OUTCOME_WORDS,
    HopKind,
    LegKind,
    LegState,
    Outcome,
    outcomes_of,
)
from liaison_desk.core.money import yuan
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, attributions
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.closing import close_settled
from liaison_desk.desk.holds import apply_answer, newly_caught
from liaison_desk.desk.issuing import move, new_leg, open_catching, require_state
from liaison_desk.desk.requests import claimed_by_other
from liaison_desk.desk.scope import own_leg_of
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Account, Answer, Case, Hop, Leg


@dataclass(frozen=True, kw_only=True)
class HopInput:
    """Money that went on: to an account (``target``), or out of reach (cash, purchase …) without one."""

    fen: int
    happened_at: datetime
    kind: HopKind = HopKind.TRANSFER
    target: Target | None = None
    serial: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Answered:
    """``proposed`` next legs wait for an officer, ``issued`` ones are out already."""

    answer_id: int
    effective: int
    proposed: tuple[int, ...]
    issued: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AnswerRequest(Command[Answered]):
    """The institution's answer; by an officer only as told by telephone for an absent representative.

    Amounts in fen: accepted, executed, balance before, available after, earlier holds.
    """

    title: ClassVar[Message] = msg("Answer a request")
    leg_id: int
    outcome: Outcome
    version: int | None = None
    happened_at: datetime | None = None
    accepted: int | None = None
    executed: int | None = None
    balance_before: int | None = None
    available_after: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    earlier: int = 0
    earlier_authority: str = ""
    earlier_until: datetime | None = None
    technical_reason: str = ""
    remark: str = ""
    person_name: str = ""
    person_phone: str = ""
    hops: tuple[HopInput, ...] = ()

    def carry_out(self, work: Work) -> Answered:
        leg = own_leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        if leg.state is LegState.CLAIMED and leg.claimed_by != work.actor.person_id and not work.actor.police:
            raise claimed_by_other(work, leg)
        require_state(leg, LegState.QUEUED, LegState.CLAIMED)
        self._check(leg)
        happened_at = not_ahead(work, self.happened_at, "happened_at")
        answer = work.add(
            Answer(
                case_id=leg.case_id,
                leg_id=leg.id,
                outcome=self.outcome,
                accepted=self.accepted,
                executed=self.executed,
                effective=self._effective(leg),
                balance_before=self.balance_before,
                available_after=self.available_after,
                starts_at=not_ahead(work, self.starts_at, "starts_at") if self.starts_at else None,
                ends_at=self.ends_at,
                earlier=self.earlier,
                earlier_authority=clean_text(self.earlier_authority, 100, field="earlier_authority"),
                earlier_until=self.earlier_until,
                technical_reason=clean_text(self.technical_reason, 255, field="technical_reason"),
                remark=clean_text(self.remark, 2000, field="remark"),
                person_name=clean_text(self.person_name, 100, field="person_name"),
                person_phone=clean_phone(self.person_phone, field="person_phone").number
                if self.person_phone.strip()
                else "",
                answered_by=work.person().id,
                by_telephone=work.actor.police and leg.institution_code != work.actor.institution,
                happened_at=happened_at,
                recorded_at=work.now,
            )
        )
        if self.outcome in EXECUTED and leg.kind in ON_MONEY:
            hold = apply_answer(work, leg, answer)
            leg.hold_id = hold.id if hold is not None else leg.hold_id
        move(work, leg, LegState.ANSWERED)
        proposed, issued = follow(work, leg, answer, self.hops)
        if leg.kind in ON_MONEY or self.hops:
            accounts.refresh_traceable(work, work.find(Account, leg.account_id))
        close_settled(work, leg.account_id)
        self._tell(work, answer, newly_caught(work, leg), len(self.hops))
        return Answered(answer.id, answer.effective, tuple(proposed), tuple(issued))

    def _tell(self, work: Work, answer: Answer, caught: int, hops: int) -> None:
        sentence = (
            msg(
                "Answered: {outcome}; {amount} caught, {hops} next hops",
                outcome=OUTCOME_WORDS[self.outcome],
                amount=yuan(caught),
                hops=hops,
            )
            if caught or hops
            else msg("Answered: {outcome}", outcome=OUTCOME_WORDS[self.outcome])
        )
        work.tell(msg("By telephone: {what}", what=sentence) if answer.by_telephone else sentence)

    def _effective(self, leg: Leg) -> int:
        if self.outcome not in EXECUTED or leg.kind not in CATCHING:
            return 0
        return ledger.effective(self.executed or 0, self.balance_before or 0, self.earlier)

    def _check(self, leg: Leg) -> None:
        """Only what makes sense for the kind and outcome, each mistake with its field."""
        if self.outcome not in outcomes_of(leg.kind):
            raise BadInput(
                msg(
                    "“{outcome}” does not fit this kind of request. Nothing was saved.",
                    outcome=OUTCOME_WORDS[self.outcome],
                ),
                field="outcome",
            )
        for field in ("accepted", "executed", "balance_before", "available_after", "earlier"):
            value = getattr(self, field)
            if value is not None and value < 0:
                raise BadInput(msg("An amount cannot be negative. Nothing was saved."), field=field)
        if self.ends_at and self.starts_at and self.ends_at <= self.starts_at:
            raise BadInput(
                msg("The hold would end before it begins; check both times. Nothing was saved."),
                field="ends_at",
            )
        if leg.kind not in ON_MONEY or self.outcome not in EXECUTED:
            return
        if leg.kind in CATCHING and self.balance_before is None:
            raise BadInput(
                msg("Give the balance before the stop. Nothing was saved."), field="balance_before"
            )
        if self.outcome is not Outcome.ZERO and leg.kind is not LegKind.RENEW and not self.executed:
            raise BadInput(msg("Give the amount executed. Nothing was saved."), field="executed")
        if leg.kind is LegKind.SECOND_STOP:
            return
        effective = self._effective(leg)
        if leg.kind in CATCHING and self.outcome is Outcome.DONE and effective < leg.asked:
            raise BadInput(
                msg(
                    "Only {caught} of {asked} would be caught: choose “done in part” or correct the balance. Nothing was saved.",
                    caught=yuan(effective),
                    asked=yuan(leg.asked),
                ),
                field="outcome",
            )
        if self.outcome is Outcome.ZERO and effective > 0:
            raise BadInput(
                msg("The balance is not zero; choose another outcome. Nothing was saved."),
                field="balance_before",
            )


def follow(
    work: Work, leg: Leg, answer: Answer | None, hops: tuple[HopInput, ...]
) -> tuple[list[int], list[int]]:
    """Next hops become accounts at the next level and legs: issued where authorised, else proposed.

    Gives the ids of legs proposed and of legs issued. An account that already has an open catching leg
    gets no second one.
    """
    case, source = work.find(Case, leg.case_id), work.find(Account, leg.account_id)
    if hops and source.phone:
        raise BadInput(msg("No money leaves a phone number. Nothing was saved."), field="hops")
    handed_by = None if work.actor.police else work.actor.institution
    reached: dict[int, Account] = {}
    for hop in hops:
        if hop.fen <= 0:
            raise BadInput(
                msg("The amount of a next hop must be more than 0. Nothing was saved."), field="hops"
            )
        if (hop.target is None) == (hop.kind is HopKind.TRANSFER):
            raise BadInput(
                msg(
                    "A transfer needs the account it went to; cash and purchases have none. Nothing was saved."
                ),
                field="hops",
            )
        account = None
        if hop.target is not None:
            account = accounts.in_case(
                work, case, hop.target, level=source.level + 1, handed_by=handed_by, field="hops"
            )
            if account.phone:
                raise BadInput(
                    msg("Money goes into an account, not to a phone. Nothing was saved."), field="hops"
                )
            if account.id != source.id:
                # What an account pays to itself stays there: no further request is needed.
                reached[account.id] = account
        work.add(
            Hop(
                case_id=case.id,
                leg_id=leg.id,
                answer_id=answer.id if answer is not None else None,
                from_account_id=source.id,
                to_account_id=account.id if account is not None else None,
                kind=hop.kind,
                fen=hop.fen,
                happened_at=not_ahead(work, hop.happened_at, "hops"),
                recorded_at=work.now,
                serial=clean_text(hop.serial, 64, field="hops"),
                remark=clean_text(hop.remark, 255, field="hops"),
                handed_by=handed_by,
            )
        )
    if hops:
        attributions.renew_account(work, source, min(hop.happened_at for hop in hops))
    proposed: list[int] = []
    issued: list[int] = []
    for account in reached.values():
        _next_leg(work, case, account, proposed, issued)
    return proposed, issued


def _next_leg(work: Work, case: Case, account: Account, proposed: list[int], issued: list[int]) -> None:
    left = accounts.refresh_traceable(work, account)
    waiting = open_catching(work, account)
    if waiting is not None and waiting.state is LegState.PROPOSED:
        waiting.asked = max(waiting.asked, left)
    if left <= 0 or waiting is not None:
        return
    by_key = case.authorised_by is not None or work.actor.police
    try:
        next_leg = new_leg(
            work,
            case,
            account,
            LegKind.STOP,
            asked=left,
            officer_id=work.actor.person_id if work.actor.police else case.officer_id,
            authorised_by=case.authorised_by if not work.actor.police else None,
            proposed=not by_key,
        )
    except Refused:
        # The account has had its stops: the hop is kept, and the officer sees it among the accounts.
        return
    (issued if by_key else proposed).append(next_leg.id)


@dataclass(frozen=True, kw_only=True)
class AddHops(Command[Answered]):
    """Next hops found after the answer; they follow the same way."""

    title: ClassVar[Message] = msg("Add next hops")
    leg_id: int
    hops: tuple[HopInput, ...]

    def carry_out(self, work: Work) -> Answered:
        leg = own_leg_of(work, self.leg_id)
        if not self.hops:
            raise BadInput(msg("There is no next hop to add. Nothing was saved."), field="hops")
        require_state(leg, LegState.CLAIMED, LegState.ANSWERED, LegState.CLOSED)
        answer = work.session.scalar(
            select(Answer).where(Answer.leg_id == leg.id).order_by(Answer.id.desc()).limit(1)
        )
        proposed, issued = follow(work, leg, answer, self.hops)
        accounts.refresh_traceable(work, work.find(Account, leg.account_id))
        close_settled(work, leg.account_id)
        work.tell(msg("Next hops added: {count}", count=len(self.hops)))
        return Answered(answer.id if answer is not None else 0, 0, tuple(proposed), tuple(issued))


@dataclass(frozen=True, kw_only=True)
class ConfirmAnswer(Command[None]):
    """The representative confirms what the police entered as told by telephone."""

    title: ClassVar[Message] = msg("Confirm an answer")
    leg_id: int

    def carry_out(self, work: Work) -> None:
        leg = own_leg_of(work, self.leg_id)
        answer = work.session.scalar(
            select(Answer).where(Answer.leg_id == leg.id).order_by(Answer.id.desc()).limit(1)
        )
        if answer is None or not answer.by_telephone or answer.confirmed_at is not None:
            raise Refused(msg("{number} has no answer that waits to be confirmed.", number=leg.number))
        answer.confirmed_by, answer.confirmed_at = work.person().id, work.now
        work.session.flush()
        close_settled(work, leg.account_id)
        work.tell(msg("Answer confirmed"))
