"""The columns of the list of cases in the database: by what a case is sorted, filtered and summed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from liaison_desk.core.lifecycle import OPEN
from liaison_desk.desk import scope
from liaison_desk.desk.filters import Field, FieldKind, Fields, micros
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Case, Hold, Leg, Payment, Person, Victim

RUNNING, HELD, RETURNED, NOTHING = "running", "held", "returned", "nothing"
"""The states that are derived from legs and holds (casebook.derived_state)."""


def case_fields(work: Work) -> Fields:
    """Columns over Case. The victim is a fact of the police: others have no such column."""
    made: dict[str, Any] = {
        "number": lambda: Field(FieldKind.MARK, Case.number.expression),
        "fraud": lambda: Field(FieldKind.CODE, Case.fraud_type.expression),
        "reported": lambda: Field(FieldKind.MOMENT, micros(Case.happened_at)),
        "loss": lambda: Field(FieldKind.MONEY, _loss()),
        "secured": lambda: _amount(_secured(work)),
        "returned": lambda: _amount(_returned()),
        "requests": lambda: Field(FieldKind.NUMBER, _open_legs(work)),
        "state": lambda: Field(FieldKind.CODE, _state(work)),
        "officer": lambda: Field(FieldKind.CODE, _officer()),
        "area": lambda: Field(FieldKind.TEXT, Case.area.expression),
    }
    if work.actor.sees_all:
        made["victim"] = lambda: Field(FieldKind.TEXT, _victim())
    return made


def _amount(fen: ColumnElement[int]) -> Field:
    """An amount that is shown as nothing where it is nought."""
    return Field(FieldKind.MONEY, fen, fen == 0)


def _of_case(value: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(value).where(*conditions).correlate(Case).scalar_subquery()


def _loss() -> ColumnElement[int]:
    total = func.coalesce(func.sum(Payment.fen), 0)
    return _of_case(total, Payment.case_id == Case.id, Payment.voided_at.is_(None))


def _secured(work: Work) -> ColumnElement[int]:
    total = func.coalesce(func.sum(Hold.stopped + Hold.frozen), 0)
    return _of_case(total, Hold.case_id == Case.id, Hold.ends_at > work.now)


def _returned() -> ColumnElement[int]:
    return _of_case(func.coalesce(func.sum(Hold.returned), 0), Hold.case_id == Case.id)


def _open_legs(work: Work) -> ColumnElement[int]:
    return _of_case(
        func.count(Leg.id), Leg.case_id == Case.id, Leg.state.in_(OPEN), scope.visible_legs(work.actor)
    )


def _state(work: Work) -> ColumnElement[str]:
    return case(
        (_open_legs(work) > 0, RUNNING),
        (_secured(work) > 0, HELD),
        (_returned() > 0, RETURNED),
        else_=NOTHING,
    )


def _officer() -> ColumnElement[str]:
    return func.coalesce(_of_case(Person.name.expression, Person.id == Case.officer_id), "")


def _victim() -> ColumnElement[str]:
    """The first that was entered, as the row shows it."""
    first = select(Victim.name).where(Victim.case_id == Case.id).order_by(Victim.id).limit(1)
    return func.coalesce(first.correlate(Case).scalar_subquery(), "")
