"""Tables of giving money back: plans with their lines, orders to the bank, call-backs to victims."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

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
    byte_text,
)


class ReturnPlan(Exchanged, Versioned, Base):
    """Who gets how much of one hold's frozen money (money.md §5); replaced by a re-run, never changed back."""

    __tablename__ = "return_plan"
    __table_args__ = (Index(None, "state"), Index(None, "hold_id"))
    id: Mapped[Key]
    office: Mapped[Short]
    drill: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short] = mapped_column(unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))
    kind: Mapped[Short]
    """``direct`` or ``proportional``."""
    verdict: Mapped[Short]
    """What the tracing said: ``direct``, ``proportional``, ``untraced``."""
    rule: Mapped[Short] = mapped_column(default="")
    reason: Mapped[Line]
    state: Mapped[Short]
    frozen: Mapped[Fen]
    """Frozen on the hold when it was planned."""
    content: Mapped[Long] = mapped_column(default="")
    """JSON text: the four splits and what went in."""
    planned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    notice_from: Mapped[datetime | None] = mapped_column(UtcTime())
    notice_until: Mapped[datetime | None] = mapped_column(UtcTime())
    notice_where: Mapped[Line] = mapped_column(default="")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcTime())
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("return_plan.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())
    end_reason: Mapped[Line] = mapped_column(default="")


class ReturnLine(Exchanged, Versioned, Base):
    """One victim's line of a plan, in fen; ``reason`` where an officer changed what the rule gave."""

    __tablename__ = "return_line"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND computed >= 0 AND outstanding >= 0", name="not_negative"),
        CheckConstraint("amount <= outstanding", name="not_above_loss"),
    )
    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("return_plan.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    position: Mapped[int]
    outstanding: Mapped[Fen]
    computed: Mapped[Fen]
    amount: Mapped[Fen]
    reason: Mapped[Line] = mapped_column(default="")


class ReturnOrder(Exchanged, Versioned, Base):
    """A decision to pay one victim out of one hold, with the bank's receipt (回执)."""

    __tablename__ = "return_order"
    __table_args__ = (CheckConstraint("fen > 0", name="fen_positive"), Index(None, "due_at"))
    id: Mapped[Key]
    office: Mapped[Short]
    drill: Mapped[bool] = mapped_column(default=False)
    number: Mapped[Short] = mapped_column(unique=True)
    """The decision's document number, ``×公(×)刑返字〔2026〕12号``."""
    plan_id: Mapped[int] = mapped_column(ForeignKey("return_plan.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("return_line.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    institution_code: Mapped[str | None] = mapped_column(byte_text(64), ForeignKey("institution.code"))
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"))
    """The request in the bank's queue by which it is carried out."""
    fen: Mapped[Fen]
    to_bank: Mapped[Line]
    to_name: Mapped[Line]
    to_number: Mapped[Short]
    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    officer_number: Mapped[Short] = mapped_column(default="")
    co_officer: Mapped[Line]
    co_officer_number: Mapped[Short] = mapped_column(default="")
    ordered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    due_at: Mapped[Moment]
    """End of the three working days."""
    paid_at: Mapped[datetime | None] = mapped_column(UtcTime())
    serial: Mapped[Short] = mapped_column(default="")
    paid_by: Mapped[Line] = mapped_column(default="")
    """The bank's person on the receipt."""
    receipt_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    receipt_at: Mapped[datetime | None] = mapped_column(UtcTime())
    ledger_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    void_reason: Mapped[Line] = mapped_column(default="")


class VictimContact(Exchanged, Base):
    """A call-back to a victim: what they were told, by whom, and whether they were reached (L4)."""

    __tablename__ = "victim_contact"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[Short]
    """``phone``, ``sms``, ``visit``, ``paper``."""
    about: Mapped[Short]
    """``secured``, ``notice``, ``returned``, ``other``."""
    reached: Mapped[bool]
    text: Mapped[Long] = mapped_column(default="")
    fen: Mapped[int | None] = mapped_column(BigInteger)
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
