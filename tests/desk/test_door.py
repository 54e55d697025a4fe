"""The door: one entry per command, refusals before the database is touched, one writer at a time."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import Conflict, NotAllowed, NotFound
from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.people import AddPerson, ChangePerson
from liaison_desk.desk.requests import ClaimRequest, VoidRequest
from liaison_desk.store.audit import link
from liaison_desk.store.chain import Access, Entry
from liaison_desk.store.models import Leg, Person
from tests import given
from tests.given import Office


def entries(office: Office) -> list[Entry]:
    with office.database.reading() as session:
        return list(session.scalars(select(Entry).order_by(Entry.id)))


def test_each_command_leaves_one_linked_entry(office: Office) -> None:
    before = len(entries(office))
    opened = given.case(office)
    office.icbc.do(ClaimRequest(leg_id=opened.leg_ids[0]))
    found = entries(office)
    assert [entry.command for entry in found[before:]] == ["OpenCase", "ClaimRequest"]
    assert [entry.id for entry in found] == list(range(1, before + 3))
    for earlier, later in itertools.pairwise(found):
        assert later.previous_hash == earlier.hash == link(earlier.previous_hash, earlier.text)


def test_a_command_without_right_does_not_reach_the_database(office: Office) -> None:
    opened = given.case(office)
    before = len(entries(office))
    with pytest.raises(NotAllowed):
        office.icbc.do(VoidRequest(leg_id=opened.leg_ids[0], reason="试试"))
    with pytest.raises(NotAllowed):
        office.admin.do(WriteNote(case_id=opened.case_id, text="x"))
    assert len(entries(office)) == before


def test_a_refused_command_leaves_nothing(office: Office) -> None:
    opened = given.case(office)
    before = len(entries(office))
    with pytest.raises(NotFound):
        office.icbc.do(ClaimRequest(leg_id=opened.leg_ids[0] + 999))
    with pytest.raises(NotFound):
        office.ccb.do(ClaimRequest(leg_id=opened.leg_ids[0]))
    assert len(entries(office)) == before


def test_the_second_to_claim_is_told_who_was_first(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    with pytest.raises(Conflict, match="李工行"):
        office.door("liu", office.elsewhere()).do(ClaimRequest(leg_id=leg_id))
    with office.database.reading() as session:
        leg = session.get(Leg, leg_id)
        assert leg is not None
        assert leg.state is LegState.CLAIMED


def test_passwords_never_enter_the_chain(office: Office) -> None:
    office.admin.do(
        AddPerson(
            login="zheng", name="郑某", role=given.Role.OFFICER, institution="POLICE", password="verysecret9"
        )
    )
    last = entries(office)[-1]
    assert "verysecret9" not in last.text
    assert "argon2" not in last.text
    changed = json.loads(last.text)["changes"][0]["new"]
    assert changed["password_hash"].startswith("sha256:")


def test_a_former_member_is_out_at_once(office: Office) -> None:
    opened = given.case(office)
    icbc = office.icbc
    with office.database.reading() as session:
        person = session.scalar(select(Person).where(Person.login == "li"))
    assert person is not None
    office.admin.do(ChangePerson(person_id=person.id, version=person.version, name=person.name, active=False))
    with pytest.raises(NotAllowed, match="sign-in has ended"):
        icbc.do(ClaimRequest(leg_id=opened.leg_ids[0]))


def test_sign_in_fails_in_one_sentence_and_is_logged(office: Office) -> None:
    door = Desk(office.database, clock=office.clock)
    said = set()
    for login, password in (("li", "wrong-one"), ("nobody", given.PASSWORD), ("li", "demo")):
        with pytest.raises(NotAllowed) as caught:
            door.sign_in(login, password)
        said.add(str(caught.value))
    assert len(said) == 1
    assert door.sign_in(" li ", given.PASSWORD).actor.name == "李工行"
    with office.database.reading() as session:
        ways = session.scalars(select(Access.way).order_by(Access.id)).all()
    assert ways[-4:] == ["sign-in refused"] * 3 + ["sign-in"]


def test_a_clock_set_back_marks_entries_and_is_never_the_reference(office: Office) -> None:
    opened = given.case(office)
    office.clock.forward(minutes=-30)
    office.officer.do(WriteNote(case_id=opened.case_id, text="一"))
    office.clock.forward(minutes=10)
    office.officer.do(WriteNote(case_id=opened.case_id, text="二"))
    office.clock.forward(minutes=19)
    office.officer.do(WriteNote(case_id=opened.case_id, text="三"))
    assert [entry.doubted for entry in entries(office)[-3:]] == [True, True, False]
