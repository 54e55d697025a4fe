"""The columns of the ledger and of the list of holds in the database: by what they are sorted, filtered and summed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from liaison_desk.desk import scope
from liaison_desk.desk.filters import Field, FieldKind, Fields, letters, micros
from liaison_desk.desk.work import Actor, Work
from liaison_desk.store.models import Account, Case, Hold, LedgerEntry, Leg

COUNTS, REVERSED = "counts", "reversed"
"""States of an entry."""


def _seen(actor: Actor) -> ColumnElement[bool] | None:
    return None if actor.sees_all else scope.sees_plain_account_sql(actor)


def entry_fields(actor: Actor) -> Fields:
    """Columns over LedgerEntry, Hold, Account and Case."""
    return {
        "happened": lambda: Field(FieldKind.MOMENT, micros(LedgerEntry.happened_at)),
        "number": lambda: Field(FieldKind.MARK, number_of_entry()),
        "case": lambda: Field(FieldKind.MARK, Case.number.expression),
        "institution": lambda: Field(FieldKind.CODE, func.coalesce(Hold.institution_code, "")),
        "target": lambda: Field(FieldKind.ACCOUNT, Account.number.expression, seen=_seen(actor)),
        "way": lambda: Field(
            FieldKind.CODE, letters(LedgerEntry.source) + literal(">") + letters(LedgerEntry.target)
        ),
        # What was taken back no longer counts, and so is no part of a sum.
        "fen": lambda: Field(FieldKind.MONEY, LedgerEntry.fen.expression, taken_back()),
        "state": lambda: Field(
            FieldKind.CODE, case((taken_back(), literal(REVERSED)), else_=literal(COUNTS))
        ),
        "recorded": lambda: Field(FieldKind.MOMENT, micros(LedgerEntry.recorded_at)),
        "entry": lambda: Field(FieldKind.NUMBER, LedgerEntry.entry_id.expression),
        "reason": lambda: Field(FieldKind.TEXT, LedgerEntry.reason.expression, seen=_seen(actor)),
    }


def hold_line_fields(work: Work) -> Fields:
    """Columns over Hold, Account and Case; what has ended without an entry has lapsed (money.md §1)."""
    over = Hold.ends_at <= work.now
    kept = Hold.stopped + Hold.frozen

    def amount(fen: Any) -> Field:
        return Field(FieldKind.MONEY, fen, fen == 0)

    return {
        "ends": lambda: Field(FieldKind.MOMENT, micros(Hold.ends_at)),
        "rule": lambda: Field(FieldKind.CODE, Hold.rule.expression),
        "number": lambda: Field(FieldKind.MARK, first_number()),
        "case": lambda: Field(FieldKind.MARK, Case.number.expression),
        "institution": lambda: Field(FieldKind.CODE, func.coalesce(Hold.institution_code, "")),
        "target": lambda: Field(FieldKind.ACCOUNT, Account.number.expression, seen=_seen(work.actor)),
        "holder": lambda: Field(FieldKind.TEXT, Account.holder.expression, seen=_seen(work.actor)),
        "captured": lambda: Field(FieldKind.MONEY, Hold.captured.expression),
        "stopped": lambda: amount(case((over, 0), else_=Hold.stopped)),
        "frozen": lambda: amount(case((over, 0), else_=Hold.frozen)),
        "returned": lambda: amount(Hold.returned.expression),
        "released": lambda: amount(Hold.released.expression),
        "lapsed": lambda: amount(case((over, Hold.lapsed + kept), else_=Hold.lapsed)),
    }


def first_number() -> ColumnElement[str]:
    """Of the request that opened the hold."""
    first = select(Leg.number).where(Leg.hold_id == Hold.id).order_by(Leg.id).limit(1)
    return func.coalesce(first.correlate(Hold).scalar_subquery(), "")


def number_of_entry() -> ColumnElement[str]:
    """Of the request that moved the money, else of the one that opened the hold."""
    own = select(Leg.number).where(Leg.id == LedgerEntry.leg_id).correlate(LedgerEntry).scalar_subquery()
    return func.coalesce(own, first_number(), "")


def taken_back() -> ColumnElement[bool]:
    """Whether the entry was taken back, or takes one back: it no longer counts."""
    later = aliased(LedgerEntry)
    gone = select(later.id).where(later.reverses_id == LedgerEntry.id).correlate(LedgerEntry).exists()
    return or_(LedgerEntry.reverses_id.is_not(None), gone)
