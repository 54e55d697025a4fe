"""A case of the demo from its report to its requests, up to the answer.

Every step leaves the rows that its command would have left (desk.cases, desk.issuing, desk.requests).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from liaison_desk.core.lifecycle import (
    CATCHING,
    NEED_APPROVAL,
    ON_MONEY,
    OPEN,
    RELEASES,
    STOPS,
    LegKind,
    LegState,
    Urgency,
)
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.demo_book import Act, Row
from liaison_desk.desk.demo_people import BANK_NAMES, BANKS, STAFF, SUMMARIES
from liaison_desk.desk.demo_stage import SEATED, Stage, ToldAccount, ToldHold, ToldLeg

CLAIM = timedelta(minutes=5)
ANSWER = timedelta(minutes=30)
DOCUMENT = timedelta(hours=24)
PAPERS = timedelta(hours=1)
"""How long it takes in the demo until the document of a stop has followed."""


class CaseReport:
    """A case from its report on. Times are aware, in UTC, and never run backwards within a leg."""

    def __init__(
        self,
        stage: Stage,
        at: datetime,
        *,
        fraud: str,
        area: str,
        officer: int,
        summary: str | None = None,
        authorised: bool = False,
        happened_at: datetime | None = None,
    ) -> None:
        self.stage = stage
        self.at = at
        self.officer = officer
        self.authorised = authorised
        self.row: Row = {
            "office": stage.settings.office_code,
            "drill": False,
            "fraud_type": fraud,
            "area": area,
            "summary": SUMMARIES[fraud] if summary is None else summary,
            "happened_at": happened_at or at,
            "recorded_at": at,
            "officer_id": officer,
            "authorised_by": officer if authorised else None,
            "authorised_at": at if authorised else None,
            "version": 1,
        }
        self.opening: Act = [("case_file", self.row)]
        self.legs: list[ToldLeg] = []
        self.notes: list[tuple[datetime, Row]] = []
        self.objections: list[tuple[datetime, Row]] = []
        self._tokens = 0

    # --- the report

    def victim(self, name: str, phone: str = "", id_number: str = "") -> Row:
        row: Row = {
            "case_id": self.row,
            "name": name,
            "id_number": id_number,
            "phone": phone,
            "recorded_at": self.at,
            "version": 1,
        }
        self.opening.append(("victim", row))
        return row

    def account(
        self,
        code: str,
        holder: str,
        *,
        level: int = 1,
        number: str = "",
        company: bool = False,
        by: ToldLeg | None = None,
        at: datetime | None = None,
    ) -> ToldAccount:
        """A bank account, met in the report or named by an answer (``by``, recorded ``at``)."""
        seat = code if code in SEATED else None
        act = self.opening if by is None else by.act
        handed = by.handed_by if by is not None else None
        row = self._account(number or self.stage.invent.card(code), holder, seat, at or self.at, act)
        row["bank_name"] = "" if seat else BANK_NAMES.get(code, "")
        row["company"] = company
        row["level"] = level
        row["handed_by"] = handed
        return ToldAccount(row)

    def phone(self, carrier: str, number: str = "") -> ToldAccount:
        """A number that a carrier is asked about."""
        number = number or self.stage.invent.phone(carrier)
        row = self._account(number, "", carrier, self.at, self.opening)
        row["phone"] = True
        return ToldAccount(row)

    def _account(self, number: str, holder: str, seat: str | None, at: datetime, act: Act) -> Row:
        row: Row = {
            "case_id": self.row,
            "phone": False,
            "number": number,
            "institution_code": seat,
            "bank_name": "",
            "holder": holder,
            "holder_id": "",
            "company": False,
            "token": self._tokens,
            "level": 0,
            "handed_by": None,
            "recorded_at": at,
            "version": 1,
        }
        self._tokens += 1
        act.append(("account", row))
        return row

    def pay(self, victim: Row, account: ToldAccount, fen: int, at: datetime, channel: str) -> Row:
        code = self.stage.invent.pick(BANKS)
        row: Row = {
            "case_id": self.row,
            "victim_id": victim,
            "account_id": account.row,
            "fen": fen,
            "currency": "CNY",
            "from_bank": BANK_NAMES[code],
            "from_name": victim["name"],
            "from_number": self.stage.invent.card(code),
            "channel": channel,
            "happened_at": at,
            "recorded_at": self.at,
            "voided_at": None,
            "void_reason": "",
            "version": 1,
        }
        self.opening.append(("payment", row))
        account.receive(fen, at)
        return row

    def note(self, author: int, text: str, at: datetime, leg: ToldLeg | None = None) -> None:
        named = sorted(code for code in SEATED if f"@{code}" in text)
        row: Row = {
            "case_id": self.row,
            "leg_id": leg.row if leg is not None else None,
            "author_id": author,
            "institution_code": STAFF[author - 1].institution,
            "addressed": "," + ",".join(named) + "," if named else "",
            "text": text,
            "recorded_at": at,
        }
        self.notes.append((at, row))

    def objection(self, hold: ToldHold, name: str, text: str, at: datetime) -> None:
        """What the holder of a held account said against it; nobody has decided yet."""
        row: Row = {
            "case_id": self.row,
            "hold_id": hold.row,
            "name": name,
            "text": text,
            "happened_at": at,
            "recorded_at": at,
            "due_at": self.stage.clock_end("objection", at),
            "plan_id": None,
            "victim_id": None,
            "decided_at": None,
            "decided_by": None,
            "decision": "",
            "version": 1,
        }
        self.objections.append((at, row))

    # --- requests

    def leg(
        self,
        kind: LegKind,
        account: ToldAccount,
        at: datetime,
        *,
        asked: int = 0,
        state: LegState | None = None,
        urgency: Urgency = Urgency.URGENT,
        payment: Row | None = None,
        hold: ToldHold | None = None,
        officer: int | None = None,
        proposed: ToldLeg | None = None,
        reason: str = "",
        remark: str = "",
        document: tuple[str, str] = ("", ""),
    ) -> ToldLeg:
        """A numbered request in its first state. ``proposed``: the answered leg whose next hop it is."""
        proposer = proposed.handed_by if proposed is not None else None
        by_key = proposer is not None and self.authorised
        if kind in STOPS and not document[1] and at <= self.stage.now - PAPERS:
            document = ("紧急止付通知书", self.stage.paper(at))
        row: Row = {
            "office": self.row["office"],
            "drill": False,
            "kind": kind,
            "state": LegState.DRAFT,
            "urgency": urgency,
            "case_id": self.row,
            "account_id": account.row,
            "payment_id": payment,
            "hold_id": hold.row if hold is not None else None,
            "institution_code": account.code,
            "level": account.row["level"],
            "asked": asked if kind in ON_MONEY else 0,
            "reason": reason,
            "remark": remark,
            "document_kind": document[0],
            "document_number": document[1],
            "officer_id": officer or self.officer,
            "co_officer": "",
            "proposed_by": proposed.row["claimed_by"] if proposed and proposer else None,
            "proposed_institution": proposer,
            "authorised_by": self.officer if by_key else None,
            "approved_by": None,
            "happened_at": at,
            "recorded_at": at,
            "queued_at": None,
            "claim_due_at": None,
            "due_at": None,
            "next_due_at": None,
            "paused_at": None,
            "claimed_by": None,
            "claimed_at": None,
            "answered_at": None,
            "ended_at": None,
            "document_due_at": None,
            "state_reason": "",
            "traceable": account.left if kind in CATCHING else 0,
            "arrived_at": account.largest[1] if kind in CATCHING and account.largest else None,
            "version": 1,
        }
        leg = ToldLeg(row, [("leg", row)], account)
        leg.hold = hold
        self.legs.append(leg)
        if state is None:
            if proposer is not None and not by_key:
                state = LegState.PROPOSED
            elif kind in NEED_APPROVAL:
                state = LegState.APPROVAL
            else:
                state = LegState.QUEUED if account.code else LegState.ROUTING
        if state is LegState.QUEUED:
            self.queue(leg, at)
        elif state is not LegState.DRAFT:
            row["state"] = state
            if state is LegState.ROUTING:
                row["due_at"] = row["next_due_at"] = self._answer_due(row, at)
            if state in OPEN:
                _owe(row, at)
        if row["state"] in OPEN:
            self._passage(leg, 1, at)
        return leg

    def queue(self, leg: ToldLeg, at: datetime) -> None:
        """Into the institution's queue: both clocks start."""
        row = leg.row
        row["state"], row["queued_at"] = LegState.QUEUED, at
        row["claim_due_at"] = at + CLAIM
        row["due_at"] = row["due_at"] or self._answer_due(row, at)
        _owe(row, at)
        row["next_due_at"] = min(row["claim_due_at"], row["due_at"])
        row["version"] += 1

    def issue(self, leg: ToldLeg, at: datetime, officer: int | None = None) -> None:
        """The officer's one key on a proposed leg."""
        leg.row["officer_id"] = officer or self.officer
        self._send(leg, at)
        self._passage(leg, 1, at)

    def _send(self, leg: ToldLeg, at: datetime) -> None:
        if leg.row["institution_code"]:
            self.queue(leg, at)
            return
        leg.row["state"] = LegState.ROUTING
        leg.row["due_at"] = leg.row["next_due_at"] = self._answer_due(leg.row, at)
        _owe(leg.row, at)

    def _answer_due(self, row: Row, at: datetime) -> datetime:
        return self.stage.clock_end("release", at) if row["kind"] in RELEASES else at + ANSWER

    def route(self, leg: ToldLeg, code: str, at: datetime) -> None:
        """From the routing list to an institution, or to the police where the bank has no seat."""
        self._passage(leg, -1, at)
        leg.row["institution_code"] = code
        leg.account.row["institution_code"] = None if code == POLICE else code
        self.queue(leg, at)
        self._passage(leg, 1, at)

    def approve(self, leg: ToldLeg, lead: int, at: datetime) -> None:
        leg.row["approved_by"] = lead
        self._send(leg, at)

    def claim(self, leg: ToldLeg, at: datetime, person: int | None = None) -> int:
        """Taken by a representative of its institution; gives the person."""
        row = leg.row
        who = person or self.stage.invent.pick(self.stage.speakers[row["institution_code"]])
        row["state"], row["claimed_by"], row["claimed_at"] = LegState.CLAIMED, who, at
        row["next_due_at"] = row["due_at"]
        row["version"] += 1
        return who

    def send_back(self, leg: ToldLeg, reason: str, at: datetime) -> None:
        """Returned for correction: the clocks stand still."""
        leg.row.update(state=LegState.CORRECTION, paused_at=at, next_due_at=None, state_reason=reason)
        leg.row["version"] += 1

    def end(self, leg: ToldLeg, state: LegState, at: datetime, reason: str = "") -> None:
        """Withdrawn or voided."""
        if leg.state in OPEN:
            self._passage(leg, -1, at)
        leg.row.update(state=state, next_due_at=None, state_reason=reason, document_due_at=None)
        leg.row["ended_at"] = leg.row["ended_at"] or at
        leg.row["version"] += 1

    def reopen(self, leg: ToldLeg, reason: str, at: datetime) -> None:
        """Asked once more; the answer that is there stays."""
        leg.row.update(claimed_by=None, claimed_at=None, due_at=None, answered_at=None, ended_at=None)
        self.queue(leg, at)
        leg.row["state_reason"] = reason
        self._passage(leg, 1, at)

    def _passage(self, leg: ToldLeg, step: int, at: datetime) -> None:
        row: Row = {
            "leg_id": leg.row,
            "institution_code": leg.row["institution_code"],
            "step": step,
            "entry_id": self.stage.entry_at(at),
            "recorded_at": at,
        }
        leg.act.append(("passage", row))


def _owe(row: Row, at: datetime) -> None:
    """A stop or freeze that went out without the number of its document owes it."""
    if row["kind"] in CATCHING and not row["document_number"] and row["document_due_at"] is None:
        row["document_due_at"] = at + DOCUMENT
