"""The office: set up once, its institutions and people, settings that cannot break it, passwords, recovery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.roles import InstitutionKind, Role
from liaison_desk.desk import passwords
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.office import (
    AddInstitution,
    ChangeInstitution,
    ChangeSetting,
    RecoverAdministrator,
    Seated,
    SetUpOffice,
    institutions,
    office_settings,
)
from liaison_desk.desk.people import AddPerson, ChangeOwnPassword, ChangePerson, ResetPassword, people
from liaison_desk.store import schema
from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database
from liaison_desk.store.models import Institution, Person, Setting
from tests import given
from tests.desk.rows import leg, person, refused, row, rows
from tests.given import ADMIN_PASSWORD, PASSWORD, Clock, Office


def sign_in(office: Office, login: str, password: str) -> Desk:
    return Desk(office.database, clock=office.clock).sign_in(login, password)


def new(login: str = "zheng", **more: Any) -> AddPerson:
    made = AddPerson(login=login, name="郑某", role=Role.OFFICER, institution="POLICE", password="password-9")
    return replace(made, **more)


# --- set up


def test_an_office_is_set_up_once(office: Office) -> None:
    command = SetUpOffice(name="另一个", admin="boss", password=ADMIN_PASSWORD)
    refused(office, office.system, command, Refused)
    assert [one.code for one in office.admin.read(institutions)] == [
        *("POLICE", "ICBC", "ABC", "BOC", "CCB", "PSBC", "CMCC", "CUCC", "CTCC")
    ]


def test_an_office_may_bring_its_own_institutions(empty_database: Database) -> None:
    schema.create(empty_database)
    system = Desk(empty_database, clock=Clock()).as_system()
    bad = SetUpOffice(
        name="范家屯联合办",
        admin="boss",
        password="password-1",
        institutions=(Seated("icbc", InstitutionKind.BANK, "工行", "ICBC"),),
    )
    with pytest.raises(BadInput) as caught:
        system.do(bad)
    assert caught.value.field == "code"
    with pytest.raises(BadInput):
        system.do(replace(bad, institutions=(), password="short"))
    code = system.do(
        replace(
            bad,
            institutions=(
                Seated("POLICE", InstitutionKind.POLICE, "公主岭市公安局", "Gongzhuling Police"),
                Seated("JLB", InstitutionKind.BANK, "吉林银行", "Bank of Jilin"),
            ),
        )
    )
    assert len(passwords.clean_code(code)) == 20
    admin = Desk(empty_database, clock=Clock()).sign_in("boss", "password-1")
    assert [(one.code, one.name_zh) for one in admin.read(institutions)] == [
        ("POLICE", "公主岭市公安局"),
        ("JLB", "吉林银行"),
    ]
    assert admin.read(office_settings).office_name == "范家屯联合办"


# --- people


def test_each_mistake_about_a_person_is_named(office: Office) -> None:
    for command, field in (
        (new(login="z"), "login"),
        (new(login="9ab"), "login"),
        (new(login="a b"), "login"),
        (new(login="郑"), "login"),
        (new(login="li"), "login"),
        (new(login=" LI "), "login"),
        (new(name=" "), "name"),
        (new(role=Role.SYSTEM), "role"),
        (new(institution="XYZ"), "institution"),
        (new(institution="ICBC"), "institution"),
        (new(role=Role.REPRESENTATIVE), "institution"),
        (new(password="1234567"), "password"),
        (new(phone="x" * 41), "phone"),
    ):
        refused(office, office.admin, command, field=field)
    for desk in (office.lead, office.icbc, office.auditor):
        refused(office, desk, new(), NotAllowed)


def test_a_new_person_signs_in_with_any_spelling_of_the_login_and_must_change_the_password(
    office: Office,
) -> None:
    id_ = office.admin.do(new(login=" Zheng ", phone="0434-1234567", police_number="110123"))
    made = row(office, Person, id_)
    assert (made.login, made.must_change, made.police_number) == ("zheng", True, "110123")
    assert sign_in(office, "zheng", "password-9").actor.role is Role.OFFICER


def test_a_former_member_cannot_sign_in_and_may_come_back(office: Office) -> None:
    li = person(office, "li")
    change = ChangePerson(person_id=li.id, version=li.version, name=li.name, active=False)
    office.admin.do(change)
    with pytest.raises(NotAllowed):
        sign_in(office, "li", PASSWORD)
    refused(office, office.admin, change, Conflict)
    office.admin.do(replace(change, version=li.version + 1, active=True))
    sign_in(office, "li", PASSWORD)
    with pytest.raises(NotAllowed):
        office.icbc.read(queue, QueueView())  # the old sign-in stays out


def test_nobody_removes_their_own_sign_in(office: Office) -> None:
    admin = person(office, "admin")
    command = ChangePerson(person_id=admin.id, version=admin.version, name="x", active=False)
    refused(office, office.admin, command, Refused)
    refused(office, office.admin, replace(command, person_id=999), NotFound)


def test_the_people_are_listed_for_who_manages_them(office: Office) -> None:
    listed = office.admin.read(people)
    assert {one.login for one in listed} == {"admin", *(who[0] for who in given.PEOPLE)}
    assert listed == office.lead.read(people) == office.auditor.read(people)


# --- passwords


def test_a_reset_password_ends_the_old_sign_in(office: Office) -> None:
    icbc, li = office.icbc, person(office, "li")
    refused(office, office.admin, ResetPassword(person_id=li.id, password="short"), field="password")
    office.admin.do(ResetPassword(person_id=li.id, password="new-password"))
    with pytest.raises(NotAllowed):
        icbc.read(queue, QueueView())
    with pytest.raises(NotAllowed):
        sign_in(office, "li", PASSWORD)
    assert sign_in(office, "li", "new-password").read(queue, QueueView()).rows == ()
    assert person(office, "li").must_change is True


def test_ones_own_password_is_changed_by_giving_the_old_one(office: Office) -> None:
    icbc = office.icbc
    wrong = ChangeOwnPassword(old="not-this-one", password="new-password")
    refused(office, icbc, wrong, NotAllowed, field="old")
    refused(office, icbc, ChangeOwnPassword(old=PASSWORD, password="kurz"), field="password")
    stamp = icbc.do(ChangeOwnPassword(old=PASSWORD, password="new-password"))
    assert person(office, "li").stamp == stamp
    assert person(office, "li").must_change is False
    sign_in(office, "li", "new-password")
    with pytest.raises(NotAllowed):
        icbc.read(queue, QueueView())


def test_no_password_and_no_code_stands_in_any_entry(office: Office) -> None:
    office.icbc.do(ChangeOwnPassword(old=PASSWORD, password="new-password"))
    office.admin.do(ResetPassword(person_id=person(office, "sun").id, password="other-password"))
    text = "".join(one.text for one in rows(office, Entry))
    for secret in (PASSWORD, ADMIN_PASSWORD, "new-password", "other-password"):
        assert secret not in text
    for found in rows(office, Person):
        assert found.password_hash not in text


def test_the_recovery_code_gives_a_new_password_once(empty_database: Database) -> None:
    office = Office(empty_database)
    schema.create(empty_database)
    code = office.system.do(SetUpOffice(name="试", admin="boss", password="password-1"))
    command = RecoverAdministrator(login="boss", code=code, password="password-2")
    for wrong in (
        replace(command, code=code[:-1] + ("0" if code[-1] != "0" else "1")),
        replace(command, login="nobody"),
        replace(command, code=""),
    ):
        refused(office, office.system, wrong, NotAllowed, field="code")
    refused(office, office.system, replace(command, password="short"), field="password")
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    following = office.system.do(replace(command, code=sloppy, login=" Boss "))
    sign_in(office, "boss", "password-2")
    refused(office, office.system, command, NotAllowed)
    office.system.do(replace(command, code=following, password="password-3"))
    sign_in(office, "boss", "password-3")


def test_only_an_administrator_is_recovered(empty_database: Database) -> None:
    office = Office(empty_database)
    schema.create(empty_database)
    code = office.system.do(SetUpOffice(name="试", admin="boss", password="password-1"))
    office.door("boss").do(new(login="zheng"))
    refused(
        office,
        office.system,
        RecoverAdministrator(login="zheng", code=code, password="password-2"),
        NotAllowed,
    )


def test_the_settings_one_reads_hold_no_hash(office: Office) -> None:
    assert "argon2" not in repr(office.icbc.read(office_settings))
    (kept,) = rows(office, Setting, Setting.key == "recovery")
    assert kept.secret.startswith("$argon2")


def test_no_password_or_recovery_hash_enters_the_chain(office: Office) -> None:
    assert all("$argon2" not in entry.text for entry in rows(office, Entry, Entry.id > 0))


# --- institutions


def test_institutions_are_added_and_checked(office: Office) -> None:
    command = AddInstitution(
        code="JLB", kind=InstitutionKind.BANK, name_zh="吉林银行", name_en="Bank of Jilin"
    )
    for wrong, field in (
        (replace(command, code="ICBC"), "code"),
        (replace(command, code="jlb"), "code"),
        (replace(command, code="J"), "code"),
        (replace(command, name_zh=""), "name_zh"),
        (replace(command, name_en=" "), "name_en"),
        (replace(command, kind=InstitutionKind.POLICE), "kind"),
    ):
        refused(office, office.admin, wrong, field=field)
    refused(office, office.lead, command, NotAllowed)
    office.admin.do(command)
    assert office.officer.read(institutions)[-1].code == "JLB"
    office.admin.do(new(login="ji", role=Role.REPRESENTATIVE, institution="JLB"))


def test_the_police_keep_their_seat(office: Office) -> None:
    police = rows(office, Institution, Institution.code == "POLICE")[0]
    command = ChangeInstitution(
        institution_id=police.id, version=police.version, name_zh="公安局", name_en="Police"
    )
    refused(office, office.admin, replace(command, active=False), Refused)
    office.admin.do(command)
    assert office.admin.read(institutions)[0].name_zh == "公安局"


def test_a_deactivated_institution_is_listed_only_when_all_are_asked_for(office: Office) -> None:
    psbc = rows(office, Institution, Institution.code == "PSBC")[0]
    office.admin.do(
        ChangeInstitution(
            institution_id=psbc.id,
            version=psbc.version,
            name_zh=psbc.name_zh,
            name_en=psbc.name_en,
            active=False,
        )
    )
    assert "PSBC" not in {one.code for one in office.admin.read(institutions)}
    everyone = office.admin.read(institutions, all_of_them=True)
    assert [one.active for one in everyone if one.code == "PSBC"] == [False]
    refused(office, office.admin, new(institution="PSBC", role=Role.REPRESENTATIVE), field="institution")


# --- settings


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("answer_minutes", 0),
        ("answer_minutes", -1),
        ("answer_minutes", "30"),
        ("answer_minutes", 30.5),
        ("answer_minutes", True),
        ("answer_minutes", 100_001),
        ("freeze_months", 99_999),
        ("zone_name", "Mars/Olympus"),
        ("zone_name", "../etc"),
        ("number_pattern", "{series}{n}"),
        ("number_pattern", "{series}{year}{n}{more}"),
        ("number_pattern", "{series}{year}{n}{"),
        ("number_pattern", "{series}〔{year}〕{n}" + "号" * 60),
        ("office_name", "a\0b"),
        ("office_name", "半\ud842"),
        ("extra_days", {"2026-13-01": True}),
        ("extra_days", {"tomorrow": True}),
        ("extra_days", {"2026-05-01": "yes"}),
        ("demo", True),
        ("recovery", "x"),
        ("made_at", "x"),
        ("nonsense", 1),
    ],
)
def test_a_setting_that_would_break_the_office_is_refused(
    sqlite_office: Office, key: str, value: object
) -> None:
    refused(sqlite_office, sqlite_office.lead, ChangeSetting(key=key, value=value), field=key)


def test_settings_take_effect_at_once(office: Office) -> None:
    for key, value in (
        ("number_pattern", "{series}-{year}-{n}"),
        ("claim_minutes", 3),
        ("office_name", "范家屯 <b>&</b>"),
        ("extra_days", {"2026-05-09": True}),
        ("mask_own_data", False),
    ):
        office.lead.do(ChangeSetting(key=key, value=value))
    refused(office, office.officer, ChangeSetting(key="claim_minutes", value=4), NotAllowed)
    opened = given.case(office)
    assert opened.number == "AJ-2026-1"
    found = leg(office, opened.leg_ids[0])
    assert found.claim_due_at is not None
    assert (found.claim_due_at - office.clock.now).total_seconds() == 180
    settings: OfficeSettings = office.officer.read(office_settings)
    assert settings.office_name == "范家屯 <b>&</b>"
    assert settings.extra_days == {"2026-05-09": True}


def test_two_who_change_one_setting_are_told(office: Office) -> None:
    office.lead.do(ChangeSetting(key="claim_minutes", value=3, before=5))
    error = refused(
        office, office.door("feng"), ChangeSetting(key="claim_minutes", value=4, before=5), Conflict
    )
    assert "3" in str(error)
