"""The tables of the office: institutions and people, cases, legs, answers, holds, shifts.

Every fact has two times: ``happened_at`` (the event) and ``recorded_at`` (when it was entered).
Nothing is deleted; a wrong row is voided or reversed with a reason. There are no ORM relationships:
commands name the rows they touch, and queries say their joins.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome, Urgency
from liaison_desk.core.roles import InstitutionKind, Role
from liaison_desk.store.base import (
    Base,
    Exchanged,
    Fen,
    Key,
    Line,
    Long,
    Moment,
    Short,
    UtcTime,
    Versioned,
    Word,
    byte_text,
    partial_index,
)


class Institution(Versioned, Base):
    """A bank, carrier or payment institution with a seat, or the police themselves."""

    __tablename__ = "institution"
    id: Mapped[Key]
    code: Mapped[Short] = mapped_column(unique=True)
    kind: Mapped[InstitutionKind] = mapped_column(Word(InstitutionKind))
    name_zh: Mapped[Line]
    name_en: Mapped[Line]
    head_code: Mapped[Short] = mapped_column(default="")
    """The 12-digit code of a bank's head office, for the request slip."""
    active: Mapped[bool] = mapped_column(default=True)


class Person(Exchanged, Versioned, Base):
    __tablename__ = "person"
    id: Mapped[Key]
    login: Mapped[Short] = mapped_column(unique=True)
    name: Mapped[Line]
    role: Mapped[Role] = mapped_column(Word(Role))
    institution_code: Mapped[Short] = mapped_column(ForeignKey("institution.code"))
    password_hash: Mapped[Line] = mapped_column(info={"secret": True})
    stamp: Mapped[int] = mapped_column(default=1)
    """Raised when password, role or institution change: whoever is signed in with the old one is out."""
    must_change: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[Short] = mapped_column(default="")
    police_number: Mapped[Short] = mapped_column(default="")
    """The ID number printed beside a handling officer."""


class Setting(Versioned, Base):
    """One value of the office's choice; ``value`` is JSON text."""

    __tablename__ = "setting"
    id: Mapped[Key]
    key: Mapped[Short] = mapped_column(unique=True)
    value: Mapped[Long]
    secret: Mapped[Line] = mapped_column(default="", info={"secret": True})
    """A hash that enters the chain only as a digest (the recovery code's)."""


class Issued(Base):
    """The register of numbers: gap-free per series and year; a voided number stays with its reason."""

    __tablename__ = "issued"
    __table_args__ = (UniqueConstraint("series", "year", "position"),)
    id: Mapped[Key]
    series: Mapped[Short]
    year: Mapped[int]
    position: Mapped[int]
    text: Mapped[Short] = mapped_column(unique=True)
    issued_at: Mapped[Moment]
    voided_at: Mapped[Moment | None]
    void_reason: Mapped[Line] = mapped_column(default="")


class Case(Exchanged, Versioned, Base):
    """One report. Its state is derived from its legs and holds, never typed."""

    __tablename__ = "case_file"
    id: Mapped[Key]
    office: Mapped[Short]
    drill: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short] = mapped_column(unique=True)
    fraud_type: Mapped[Short]
    area: Mapped[Line] = mapped_column(default="")
    summary: Mapped[Long] = mapped_column(default="")
    happened_at: Mapped[Moment]
    """When the report came in."""
    recorded_at: Mapped[Moment]
    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    authorised_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The officer whose standing authorisation lets representatives issue next hops in this case."""
    authorised_at: Mapped[Moment | None]


class Victim(Exchanged, Versioned, Base):
    __tablename__ = "victim"
    __table_args__ = (Index(None, "id_number"), Index(None, "phone"))
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    name: Mapped[Line]
    id_number: Mapped[Short] = mapped_column(default="")
    phone: Mapped[Short] = mapped_column(default="")
    recorded_at: Mapped[Moment]


class Account(Exchanged, Versioned, Base):
    """An account or phone number as it stands in one case, with its level and its holder's token."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("case_id", "token"),
        Index(None, "number"),
        Index(None, "institution_code", "case_id"),
    )
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    phone: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short]
    """Digits, a sub-account after ``_``."""
    institution_code: Mapped[str | None] = mapped_column(byte_text(64), ForeignKey("institution.code"))
    """The institution with a seat that keeps it; otherwise the account belongs to the police."""
    bank_name: Mapped[Line] = mapped_column(default="")
    """What was said about the bank, where it has no seat or is not known."""
    holder: Mapped[Line] = mapped_column(default="")
    holder_id: Mapped[Short] = mapped_column(default="")
    company: Mapped[bool] = mapped_column(default=False)
    token: Mapped[int]
    """Counts from 0 (A) in the order in which the case met its accounts; never changes."""
    level: Mapped[int]
    """1 = the victim paid into it; 0 = no money level (a phone)."""
    handed_by: Mapped[str | None] = mapped_column(byte_text(64))
    """The institution that named it in an answer, and so may read it."""
    recorded_at: Mapped[Moment]


class Payment(Exchanged, Versioned, Base):
    """What a victim paid into an account."""

    __tablename__ = "payment"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    fen: Mapped[Fen]
    currency: Mapped[Short] = mapped_column(default="CNY")
    from_bank: Mapped[Line] = mapped_column(default="")
    from_name: Mapped[Line] = mapped_column(default="")
    from_number: Mapped[Short] = mapped_column(default="")
    channel: Mapped[Short] = mapped_column(default="")
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    voided_at: Mapped[Moment | None]
    void_reason: Mapped[Line] = mapped_column(default="")


class Leg(Exchanged, Versioned, Base):
    """One request to one institution: claimed, clocked and answered by itself."""

    __tablename__ = "leg"
    __table_args__ = (
        Index(None, "state", "next_due_at"),
        Index(None, "state", "recorded_at"),
        Index(None, "institution_code", "state", "recorded_at"),
        Index(None, "case_id", "institution_code"),
        Index(None, "account_id"),
        partial_index("ix_leg_hold_id", "hold_id", "hold_id IS NOT NULL"),
        Index(None, "recorded_at"),
        Index(None, "answered_at"),
    )
    id: Mapped[Key]
    office: Mapped[Short]
    drill: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short] = mapped_column(unique=True)
    kind: Mapped[LegKind] = mapped_column(Word(LegKind))
    state: Mapped[LegState] = mapped_column(Word(LegState))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"))
    """The hold that a freeze, release, renewal or second stop is about."""
    institution_code: Mapped[str | None] = mapped_column(byte_text(64), ForeignKey("institution.code"))
    level: Mapped[int]
    asked: Mapped[Fen] = mapped_column(default=0)
    reason: Mapped[Line] = mapped_column(default="")
    remark: Mapped[Long] = mapped_column(default="")
    document_kind: Mapped[Short] = mapped_column(default="")
    document_number: Mapped[Short] = mapped_column(default="")
    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    co_officer: Mapped[Line] = mapped_column(default="")
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_institution: Mapped[str | None] = mapped_column(byte_text(64))
    authorised_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    queued_at: Mapped[Moment | None]
    claim_due_at: Mapped[Moment | None]
    due_at: Mapped[Moment | None]
    next_due_at: Mapped[Moment | None]
    """The clock that runs now: claim, then answer; none while paused or ended."""
    paused_at: Mapped[Moment | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    claimed_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    document_due_at: Mapped[Moment | None]
    """A document that may follow later (后补) is owed until then."""
    state_reason: Mapped[Line] = mapped_column(default="")
    """Why it was returned, withdrawn, reopened or voided."""
    traceable: Mapped[Fen] = mapped_column(default=0)
    """Fen still traceable on the account (rules.md, the queue's order)."""
    arrived_at: Mapped[Moment | None]
    """When the larger part of that money arrived on the account."""


class Passage(Base):
    """A leg becoming open (+1) or ceasing to be open (−1) for an institution: what the counts add up."""

    __tablename__ = "passage"
    __table_args__ = (Index(None, "entry_id"), Index(None, "institution_code", "entry_id"))
    id: Mapped[Key]
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id"), index=True)
    institution_code: Mapped[str | None] = mapped_column(byte_text(64))
    step: Mapped[int]
    entry_id: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[Moment]


class Answer(Exchanged, Base):
    """What the institution said; a second answer stands beside the first, which stays."""

    __tablename__ = "answer"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    accepted: Mapped[int | None] = mapped_column(BigInteger)
    executed: Mapped[int | None] = mapped_column(BigInteger)
    effective: Mapped[Fen] = mapped_column(default=0)
    balance_before: Mapped[int | None] = mapped_column(BigInteger)
    available_after: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[Moment | None]
    ends_at: Mapped[Moment | None]
    """The end that the bank states; it beats start + 48 h."""
    earlier: Mapped[Fen] = mapped_column(default=0)
    earlier_authority: Mapped[Line] = mapped_column(default="")
    earlier_until: Mapped[Moment | None]
    technical_reason: Mapped[Line] = mapped_column(default="")
    remark: Mapped[Long] = mapped_column(default="")
    person_name: Mapped[Line] = mapped_column(default="")
    person_phone: Mapped[Short] = mapped_column(default="")
    answered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_telephone: Mapped[bool] = mapped_column(default=False)
    """Entered by the police for an absent representative, who still has to confirm it."""
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[Moment | None]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]


class Hop(Exchanged, Base):
    """Money that went on, one row per movement an answer named; without ``to_account_id`` an exit."""

    __tablename__ = "hop"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"))
    from_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    to_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[HopKind] = mapped_column(Word(HopKind))
    fen: Mapped[Fen]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    serial: Mapped[Short] = mapped_column(default="")
    remark: Mapped[Line] = mapped_column(default="")
    handed_by: Mapped[str | None] = mapped_column(byte_text(64))
    voided_at: Mapped[Moment | None]
    void_reason: Mapped[Line] = mapped_column(default="")


class Hold(Exchanged, Versioned, Base):
    """What one institution keeps caught on one account for one case; every fen in exactly one bucket."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("captured = stopped + frozen + returned + released + lapsed", name="buckets"),
        CheckConstraint("stopped >= 0 AND frozen >= 0", name="kept_not_negative"),
        CheckConstraint("returned >= 0 AND released >= 0 AND lapsed >= 0", name="gone_not_negative"),
        Index(None, "ends_at"),
        Index(None, "case_id"),
        Index(None, "account_id"),
        partial_index("ix_hold_kept_ends_at", "ends_at", "stopped + frozen > 0"),
        partial_index("ix_hold_lapse_waits", "ends_at", "lapsed > 0 AND acknowledged_at IS NULL"),
    )
    id: Mapped[Key]
    office: Mapped[Short]
    drill: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    institution_code: Mapped[str | None] = mapped_column(byte_text(64))
    limit_fen: Mapped[Fen] = mapped_column(default=0)
    """What the institution entered in its system; money flowing in later is caught up to it."""
    captured: Mapped[Fen] = mapped_column(default=0)
    stopped: Mapped[Fen] = mapped_column(default=0)
    frozen: Mapped[Fen] = mapped_column(default=0)
    returned: Mapped[Fen] = mapped_column(default=0)
    released: Mapped[Fen] = mapped_column(default=0)
    lapsed: Mapped[Fen] = mapped_column(default=0)
    stops: Mapped[int] = mapped_column(default=0)
    """How many 48-hour stops this hold has used."""
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    rule: Mapped[Short] = mapped_column(default="stop")
    """The clock rule under which it runs now."""
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acknowledged_at: Mapped[Moment | None]
    """Who has taken note that it lapsed."""
    recorded_at: Mapped[Moment]


class LedgerEntry(Exchanged, Base):
    """One movement of a hold's money between buckets; never changed, only reversed by another."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("fen > 0", name="fen_positive"),
        Index(None, "happened_at"),
        partial_index("ix_ledger_entry_victim_id", "victim_id", "victim_id IS NOT NULL"),
    )
    id: Mapped[Key]
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"))
    victim_id: Mapped[int | None] = mapped_column(ForeignKey("victim.id"))
    source: Mapped[Bucket] = mapped_column(Word(Bucket))
    target: Mapped[Bucket] = mapped_column(Word(Bucket))
    fen: Mapped[Fen]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(index=True)
    """The audit entry that recorded it: the recording point R of money.md."""
    hold_end: Mapped[datetime | None] = mapped_column(UtcTime())
    """For a lapse: the end that passed; one lapse per (hold, end)."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    reason: Mapped[Line] = mapped_column(default="")


class Attribution(Exchanged, Base):
    """Whose money a hold or an exit is: (hold or hop, victim, fen, rule, tracing run), reversed, never changed."""

    __tablename__ = "attribution"
    __table_args__ = (CheckConstraint("fen > 0", name="fen_positive"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), index=True)
    hop_id: Mapped[int | None] = mapped_column(ForeignKey("hop.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    fen: Mapped[Fen]
    rule: Mapped[Short]
    run: Mapped[Short] = mapped_column(default="")
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("attribution.id"), unique=True)
    reason: Mapped[Line] = mapped_column(default="")


class Note(Exchanged, Base):
    """A written remark; seen by its author's institution, those addressed, and the police."""

    __tablename__ = "note"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_code: Mapped[Short]
    addressed: Mapped[Line] = mapped_column(default="")
    """Institution codes written with @, between commas, with one at each end: ``,ICBC,CCB,``."""
    text: Mapped[Long]
    recorded_at: Mapped[Moment]


class Shift(Exchanged, Versioned, Base):
    """A span of duty, opened by a lead; ``ranking`` keeps the queue's table learnt at its opening."""

    __tablename__ = "shift"
    id: Mapped[Key]
    name: Mapped[Line]
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    planned_from: Mapped[Moment]
    planned_until: Mapped[Moment]
    opened_at: Mapped[Moment]
    opening_entry: Mapped[int]
    """The last entry before it: what it records comes after."""
    ended_at: Mapped[Moment | None]
    ranking: Mapped[Long] = mapped_column(default="")
