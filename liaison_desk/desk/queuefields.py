"""The columns of the queue in the database: by what a leg, and a hold among the legs, is sorted, filtered and summed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true

from liaison_desk.core.lifecycle import ON_MONEY, LegKind, LegState
from liaison_desk.core.roles import POLICE
from liaison_desk.desk import scope
from liaison_desk.desk.balance import CaseRef
from liaison_desk.desk.filters import Field, FieldKind, Fields, letters, micros
from liaison_desk.desk.flags import visible_flags
from liaison_desk.desk.work import Actor
from liaison_desk.store.models import Account, Answer, Case, Hold, Leg, Person
from liaison_desk.store.views import LegFlag

NEVER = 2**62
"""Stands for "no due time" in sorting: after every other."""
WITH_ACCOUNT = frozenset({"target", "holder"})
"""Columns of a leg that need its account beside it."""
ANSWERED = "answered:"
"""Before an outcome: the state of what is answered is told with it."""
HOLD_ENDS, HOLD_LAPSED = "hold:ends", "hold:lapsed"
"""The two states of a hold that stands in the queue as a work item."""
CASE_WRONG = "case:balance"


def leg_fields(actor: Actor) -> Fields:
    """Columns over Leg, and over Account where the statement joins it (``WITH_ACCOUNT``)."""

    def seen() -> ColumnElement[bool] | None:
        return None if actor.sees_all else scope.sees_account_sql(actor)

    return {
        "due": lambda: Field(FieldKind.MOMENT, _due_of_leg(), _due_of_leg() == NEVER),
        "number": lambda: Field(FieldKind.MARK, Leg.number.expression),
        "kind": lambda: Field(FieldKind.CODE, letters(Leg.kind)),
        "level": lambda: Field(FieldKind.NUMBER, Leg.level.expression, Leg.level == 0),
        "institution": lambda: Field(
            FieldKind.CODE, func.coalesce(Leg.institution_code, ""), among=_institutions
        ),
        "target": lambda: Field(FieldKind.ACCOUNT, Account.number.expression, seen=seen()),
        "holder": lambda: Field(FieldKind.TEXT, Account.holder.expression, seen=seen()),
        "amount": lambda: Field(FieldKind.MONEY, Leg.asked.expression, Leg.kind.not_in(ON_MONEY)),
        "state": lambda: Field(FieldKind.CODE, _state_of_leg(), among=_states),
        "claimer": lambda: Field(FieldKind.CODE, func.coalesce(_claimer(), "")),
        "recorded": lambda: Field(FieldKind.MOMENT, micros(Leg.recorded_at)),
        "case": lambda: Field(FieldKind.MARK, _number_of_case(Leg.case_id, Leg)),
        "flag": lambda: Field(FieldKind.CODE, _flag(actor)),
    }


def hold_fields(actor: Actor) -> Fields:
    """The same columns over Hold and Account, of holds that stand in the queue."""

    def seen() -> ColumnElement[bool] | None:
        return None if actor.sees_all else scope.sees_plain_account_sql(actor)

    return {
        "due": lambda: Field(FieldKind.MOMENT, micros(Hold.ends_at)),
        "number": lambda: Field(FieldKind.MARK, number_of_hold()),
        "kind": lambda: Field(FieldKind.CODE, kind_of_hold()),
        "level": lambda: Field(FieldKind.NUMBER, Account.level.expression, Account.level == 0),
        "institution": lambda: Field(FieldKind.CODE, func.coalesce(Hold.institution_code, "")),
        "target": lambda: Field(FieldKind.ACCOUNT, Account.number.expression, seen=seen()),
        "holder": lambda: Field(FieldKind.TEXT, Account.holder.expression, seen=seen()),
        "amount": lambda: Field(FieldKind.MONEY, kept_by_hold()),
        "state": lambda: Field(
            FieldKind.CODE, case((Hold.lapsed > 0, literal(HOLD_LAPSED)), else_=literal(HOLD_ENDS))
        ),
        "claimer": lambda: Field(FieldKind.CODE, literal("")),
        "recorded": lambda: Field(FieldKind.MOMENT, micros(Hold.recorded_at)),
        "case": lambda: Field(FieldKind.MARK, _number_of_case(Hold.case_id, Hold)),
        "flag": lambda: Field(FieldKind.CODE, literal("")),
    }


def case_fields(wrong: Iterable[CaseRef]) -> Fields:
    """The same columns over Case, of cases that stand in the queue because they are out of balance."""
    refs = tuple(wrong)
    return {
        "due": lambda: Field(FieldKind.MOMENT, literal(NEVER), true()),
        "number": lambda: Field(FieldKind.MARK, Case.number.expression),
        "kind": lambda: Field(FieldKind.CODE, literal(LegKind.TRANSACTIONS.value)),
        "level": lambda: Field(FieldKind.NUMBER, literal(0), true()),
        "institution": lambda: Field(FieldKind.CODE, literal(POLICE)),
        "target": lambda: Field(FieldKind.ACCOUNT, literal("")),
        "holder": lambda: Field(FieldKind.TEXT, literal("")),
        "amount": lambda: Field(FieldKind.MONEY, missing_of(refs)),
        "state": lambda: Field(FieldKind.CODE, literal(CASE_WRONG)),
        "claimer": lambda: Field(FieldKind.CODE, literal("")),
        "recorded": lambda: Field(FieldKind.MOMENT, micros(Case.recorded_at)),
        "case": lambda: Field(FieldKind.MARK, Case.number.expression),
        "flag": lambda: Field(FieldKind.CODE, literal("")),
    }


def missing_of(wrong: Iterable[CaseRef]) -> ColumnElement[int]:
    """How much more is accounted for than was lost, fen."""
    return case(*[(Case.id == found.case_id, found.missing) for found in wrong], else_=0)


def kind_of_hold() -> ColumnElement[str]:
    return case((Hold.rule == "stop", LegKind.STOP.value), else_=LegKind.FREEZE.value)


def kept_by_hold() -> ColumnElement[int]:
    """What it keeps, or what lapsed of it; fen."""
    kept = Hold.stopped + Hold.frozen
    return case((kept > 0, kept), else_=Hold.lapsed)


def number_of_hold() -> ColumnElement[str]:
    """The request that caught the money names the hold, not those that followed it; without any, the case does."""
    first = select(Leg.number).where(Leg.hold_id == Hold.id).order_by(Leg.id).limit(1)
    return func.coalesce(first.correlate(Hold).scalar_subquery(), _number_of_case(Hold.case_id, Hold), "")


def _number_of_case(case_id: Any, beside: Any) -> ColumnElement[str]:
    found = select(Case.number).where(Case.id == case_id).correlate(beside).scalar_subquery()
    return func.coalesce(found, "")


def _claimer() -> ColumnElement[str]:
    return select(Person.name).where(Person.id == Leg.claimed_by).correlate(Leg).scalar_subquery()


def _flag(actor: Actor) -> ColumnElement[str]:
    """That of the reader's institution before those of others, as flags_of shows it."""
    own = case((LegFlag.institution_code == actor.institution, 0), else_=1)
    first = (
        select(LegFlag.colour)
        .where(LegFlag.leg_id == Leg.id, LegFlag.cleared_at.is_(None), visible_flags(actor))
        .order_by(own, LegFlag.id.desc())
        .limit(1)
    )
    return func.coalesce(first.correlate(Leg).scalar_subquery(), "")


def _outcome() -> ColumnElement[str]:
    """Of the newest answer."""
    newest = (
        select(letters(Answer.outcome)).where(Answer.leg_id == Leg.id).order_by(Answer.id.desc()).limit(1)
    )
    return func.coalesce(newest.correlate(Leg).scalar_subquery(), "")


def _state_of_leg() -> ColumnElement[str]:
    answered = Leg.state == LegState.ANSWERED
    return case((answered, literal(ANSWERED) + _outcome()), else_=letters(Leg.state))


def _states(values: Iterable[str]) -> ColumnElement[bool]:
    plain = [value for value in values if value in set(LegState)]
    outcomes = [value.removeprefix(ANSWERED) for value in values if value.startswith(ANSWERED)]
    parts: list[ColumnElement[bool]] = [letters(Leg.state).in_(sorted(plain))]
    if outcomes:
        parts.append(and_(Leg.state == LegState.ANSWERED, _outcome().in_(sorted(outcomes))))
    return or_(*parts)


def _institutions(values: Iterable[str]) -> ColumnElement[bool]:
    return Leg.institution_code.in_(sorted(values))


def _due_of_leg() -> ColumnElement[int]:
    """The clock that runs; of an answered leg the end of what its hold still keeps, as the row shows it."""
    end = (
        select(micros(Hold.ends_at))
        .where(Hold.id == Leg.hold_id, Hold.stopped + Hold.frozen > 0)
        .correlate(Leg)
        .scalar_subquery()
    )
    return case(
        (Leg.next_due_at.is_not(None), micros(Leg.next_due_at)),
        (Leg.state == LegState.ANSWERED, func.coalesce(end, NEVER)),
        else_=NEVER,
    )
