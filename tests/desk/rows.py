"""What tests of the desk look at: stored rows as they are, and that a refusal changed nothing."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.work import Command
from liaison_desk.store.base import Base
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Account, Hold, Leg, Passage, Person
from tests.given import Office

R = TypeVar("R", bound=Base)


def row(office: Office, kind: type[R], id_: int) -> R:
    with office.database.reading() as session:
        found = session.get(kind, id_)
    assert found is not None
    return found


def leg(office: Office, leg_id: int) -> Leg:
    return row(office, Leg, leg_id)


def hold_of(office: Office, leg_id: int) -> Hold:
    hold_id = leg(office, leg_id).hold_id
    assert hold_id is not None
    return row(office, Hold, hold_id)


def account_of(office: Office, leg_id: int) -> Account:
    return row(office, Account, leg(office, leg_id).account_id)


def rows(office: Office, kind: type[R], *conditions: Any) -> list[R]:
    """All rows of a table that fulfil the conditions, in the order of their ids."""
    key: Any = kind.__table__.c.id
    with office.database.reading() as session:
        return list(session.scalars(select(kind).where(*conditions).order_by(key)))


def person(office: Office, login: str) -> Person:
    return rows(office, Person, Person.login == login)[0]


def entries(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.max(Entry.id))) or 0


def passages(office: Office, leg_id: int) -> list[tuple[str | None, int]]:
    """How a leg became open and ceased to be, per institution, in order."""
    found = rows(office, Passage, Passage.leg_id == leg_id)
    return [(passage.institution_code, passage.step) for passage in found]


def refused(
    office: Office,
    desk: Desk,
    command: Command[Any],
    error: type[DeskError] | tuple[type[DeskError], ...] = BadInput,
    field: str | None = None,
) -> DeskError:
    """The sentence with which the command is refused; asserts that it left no trace."""
    before = entries(office)
    with pytest.raises(error) as caught:
        desk.do(command)
    assert entries(office) == before
    if field is not None:
        assert caught.value.field == field, str(caught.value)
    return caught.value


def buckets(hold: Hold) -> tuple[int, int, int, int, int, int]:
    """captured, stopped, frozen, returned, released, lapsed."""
    return (hold.captured, hold.stopped, hold.frozen, hold.returned, hold.released, hold.lapsed)
