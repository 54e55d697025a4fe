"""Tables beside the holds: money outside them, objections to them, the dated rules under which clocks run."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.core.clocks import Unit
from liaison_desk.store.base import Base, Exchanged, Fen, Key, Line, Long, Moment, Short, Versioned, Word


class Payback(Exchanged, Base):
    """What the fraudsters paid back to a victim as bait (返利): it lowers the loss; reversed, never changed."""

    __tablename__ = "payback"
    __table_args__ = (CheckConstraint("fen > 0", name="fen_positive"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    fen: Mapped[Fen]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payback.id"), unique=True)
    reason: Mapped[Line] = mapped_column(default="")


class Elsewhere(Exchanged, Base):
    """Money a victim got back outside any hold (退赃, own recall); reversed, never changed."""

    __tablename__ = "elsewhere"
    __table_args__ = (CheckConstraint("fen > 0", name="fen_positive"),)
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    victim_id: Mapped[int] = mapped_column(ForeignKey("victim.id"), index=True)
    fen: Mapped[Fen]
    source: Mapped[Short]
    """``surrender`` 退赃 or ``recall`` the victim's own."""
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("elsewhere.id"), unique=True)
    reason: Mapped[Line] = mapped_column(default="")


class Rule(Base):
    """One dated clock rule of the office; an item keeps the rule in force when it began (K4)."""

    __tablename__ = "clock_rule"
    __table_args__ = (Index(None, "name", "valid_from"),)
    id: Mapped[Key]
    name: Mapped[Short]
    length: Mapped[int]
    unit: Mapped[Unit] = mapped_column(Word(Unit))
    law: Mapped[Line]
    valid_from: Mapped[Moment]
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    reason: Mapped[Line] = mapped_column(default="")


class Objection(Exchanged, Versioned, Base):
    """An objection to a hold or to a plan of return: a work item with a clock (L4)."""

    __tablename__ = "objection"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("return_plan.id"), index=True)
    """The return plan whose notice it answers, where there is one."""
    victim_id: Mapped[int | None] = mapped_column(ForeignKey("victim.id"))
    """The victim who objects; otherwise the holder does."""
    name: Mapped[Line]
    text: Mapped[Long]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    due_at: Mapped[Moment]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[Line] = mapped_column(default="")
