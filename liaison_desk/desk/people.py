"""People of the office: added, changed, let go, with their passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_name, clean_text
from liaison_desk.core.roles import InstitutionKind, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import passwords
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Institution, Person

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")


def new_person(
    work: Work,
    login: str,
    name: str,
    role: Role,
    institution: str,
    password_hash: str,
    *,
    must_change: bool = False,
) -> Person:
    """A new person, checked; BadInput names the field."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadInput(
            msg(
                "A login has 2 to 32 small letters, digits, dots or dashes and begins with a letter. Nothing was saved."
            ),
            field="login",
        )
    if work.session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise BadInput(
            msg("There is already a person with the login {login}. Nothing was saved.", login=login),
            field="login",
        )
    if role is Role.SYSTEM:
        raise BadInput(msg("Choose one of the five roles. Nothing was saved."), field="role")
    seat = work.session.scalar(
        select(Institution).where(Institution.code == institution, Institution.active.is_(True))
    )
    if seat is None:
        raise BadInput(
            msg("{code} has no seat in this office. Nothing was saved.", code=institution),
            field="institution",
        )
    if (role is Role.REPRESENTATIVE) == (seat.kind is InstitutionKind.POLICE):
        raise BadInput(
            msg(
                "Representatives belong to a bank or carrier, everybody else to the police. Nothing was saved."
            ),
            field="institution",
        )
    return work.add(
        Person(
            login=login,
            name=clean_name(name, field="name"),
            role=role,
            institution_code=institution,
            password_hash=password_hash,
            must_change=must_change,
        )
    )


@dataclass(frozen=True, kw_only=True)
class AddPerson(Command[int]):
    """A new person with a first password, to be changed at the first sign-in. Gives the id."""

    title: ClassVar[Message] = msg("Add a person")
    secret: ClassVar[frozenset[str]] = frozenset({"password"})
    login: str
    name: str
    role: Role
    institution: str
    password: str
    phone: str = ""
    police_number: str = ""

    def carry_out(self, work: Work) -> int:
        person = new_person(
            work,
            self.login,
            self.name,
            self.role,
            self.institution,
            passwords.checked(self.password),
            must_change=True,
        )
        person.phone = clean_text(self.phone, 40, field="phone")
        person.police_number = clean_text(self.police_number, 40, field="police_number")
        work.session.flush()
        return person.id


@dataclass(frozen=True, kw_only=True)
class ChangePerson(Command[None]):
    """Name, phone, or whether the person still belongs here; a former member is out at once."""

    title: ClassVar[Message] = msg("Change a person")
    person_id: int
    version: int
    name: str
    phone: str = ""
    police_number: str = ""
    active: bool = True

    def carry_out(self, work: Work) -> None:
        person = work.find(Person, self.person_id, msg("This person"))
        work.seen(person, self.version)
        if person.id == work.actor.person_id and not self.active:
            raise Refused(msg("Nobody removes their own sign-in. Another administrator must do it."))
        person.name = clean_name(self.name, field="name")
        person.phone = clean_text(self.phone, 40, field="phone")
        person.police_number = clean_text(self.police_number, 40, field="police_number")
        if person.active != self.active:
            person.active = self.active
            person.stamp += 1


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Command[None]):
    """A new first password for somebody who lost theirs; whoever used the old one is out."""

    title: ClassVar[Message] = msg("Reset a password")
    secret: ClassVar[frozenset[str]] = frozenset({"password"})
    person_id: int
    password: str

    def carry_out(self, work: Work) -> None:
        person = work.find(Person, self.person_id, msg("This person"))
        person.password_hash = passwords.checked(self.password)
        person.must_change = True
        person.stamp += 1


@dataclass(frozen=True, kw_only=True)
class ChangeOwnPassword(Command[int]):
    """One's own password, by giving the old one. Gives the new stamp of the sign-in."""

    title: ClassVar[Message] = msg("Change one's password")
    secret: ClassVar[frozenset[str]] = frozenset({"old", "password"})
    old: str
    password: str

    def carry_out(self, work: Work) -> int:
        person = work.person()
        if not passwords.matches(person.password_hash, self.old):
            raise NotAllowed(msg("The old password is not right. It still holds."), field="old")
        person.password_hash = passwords.checked(self.password)
        person.must_change = False
        person.stamp += 1
        return person.stamp


@dataclass(frozen=True)
class PersonRow:
    id: int
    version: int
    login: str
    name: str
    role: Role
    institution: str
    phone: str
    police_number: str
    active: bool


def people(work: Work) -> tuple[PersonRow, ...]:
    """Everybody who has or had a sign-in, by institution and name."""
    return tuple(
        PersonRow(
            row.id,
            row.version,
            row.login,
            row.name,
            row.role,
            row.institution_code,
            row.phone,
            row.police_number,
            row.active,
        )
        for row in work.session.scalars(select(Person).order_by(Person.institution_code, Person.login))
    )
