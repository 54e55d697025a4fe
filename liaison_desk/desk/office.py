"""The office itself: set up, institutions, people and their passwords, settings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sqlalchemy import select

from liaison_desk.core import clocks, office
from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_name, clean_text
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.roles import POLICE, InstitutionKind, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import passwords
from liaison_desk.desk.clock_rules import length_changed
from liaison_desk.desk.clockwork import calendar, rule
from liaison_desk.desk.people import new_person
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Institution, Person, Setting

RECOVERY = "recovery"
"""The setting whose secret is the recovery code's hash (L2)."""
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,15}")


@dataclass(frozen=True)
class Seated:
    """One institution as it is set up: code, kind, both names, a bank's 12-digit head-office code."""

    code: str
    kind: InstitutionKind
    name_zh: str
    name_en: str
    head_code: str = ""


EIGHT = (
    Seated("ICBC", InstitutionKind.BANK, "工商银行", "ICBC", "102100099996"),
    Seated("ABC", InstitutionKind.BANK, "农业银行", "Agricultural Bank", "103100000026"),
    Seated("BOC", InstitutionKind.BANK, "中国银行", "Bank of China", "104100000004"),
    Seated("CCB", InstitutionKind.BANK, "建设银行", "Construction Bank", "105100000017"),
    Seated("PSBC", InstitutionKind.BANK, "邮储银行", "Postal Savings Bank", "403100000004"),
    Seated("CMCC", InstitutionKind.CARRIER, "中国移动", "China Mobile"),
    Seated("CUCC", InstitutionKind.CARRIER, "中国联通", "China Unicom"),
    Seated("CTCC", InstitutionKind.CARRIER, "中国电信", "China Telecom"),
)
"""The five banks and three carriers of the model office (domain.md)."""


@dataclass(frozen=True, kw_only=True)
class SetUpOffice(Command[str]):
    """An empty database becomes an office; gives the administrator's recovery code, shown once."""

    title: ClassVar[Message] = msg("Set up the office")
    secret: ClassVar[frozenset[str]] = frozenset({"password"})
    name: str
    admin: str
    password: str
    institutions: tuple[Seated, ...] = EIGHT
    police_name: str = "公安机关"
    system_user: str = ""

    def carry_out(self, work: Work) -> str:
        if work.session.scalar(select(Institution.id).limit(1)) is not None:
            raise Refused(msg("This database already holds an office. It was left as it is."))
        seats = [seat for seat in self.institutions if seat.kind is not InstitutionKind.POLICE]
        given = [seat for seat in self.institutions if seat.kind is InstitutionKind.POLICE]
        police = Seated(
            POLICE,
            InstitutionKind.POLICE,
            given[0].name_zh if given else self.police_name,
            given[0].name_en if given else "Police",
        )
        for seat in (police, *seats):
            seat_institution(work, seat)
        code = passwords.recovery_code()
        for key, value in (
            ("office_name", clean_name(self.name, field="name")),
            ("made_at", work.now.isoformat()),
        ):
            work.add(Setting(key=key, value=json.dumps(value, ensure_ascii=False)))
        hashed = passwords.hashed(passwords.clean_code(code))
        work.add(Setting(key=RECOVERY, value="null", secret=hashed))
        new_person(work, self.admin, self.admin, Role.ADMINISTRATOR, POLICE, passwords.checked(self.password))
        work.tell(msg("Office set up"))
        return code


def _recovery(work: Work) -> Setting:
    """Where the recovery code's hash is kept; an office of schema 0001 kept it among its plain values."""
    found = work.session.scalar(select(Setting).where(Setting.key == RECOVERY))
    if found is not None:
        return found
    first = work.session.scalar(select(Setting).where(Setting.key == "recovery_hash"))
    return work.add(
        Setting(key=RECOVERY, value="null", secret=json.loads(first.value) if first is not None else "")
    )


def seat_institution(work: Work, seat: Seated) -> Institution:
    """A new institution, checked; BadInput names the field."""
    if not _CODE.fullmatch(seat.code):
        raise BadInput(
            msg(
                "{code}: a code has 2 to 16 capital letters or digits and begins with a letter. Nothing was saved.",
                code=seat.code,
            ),
            field="code",
        )
    if work.session.scalar(select(Institution.id).where(Institution.code == seat.code)) is not None:
        raise BadInput(msg("{code} already has a seat. Nothing was saved.", code=seat.code), field="code")
    return work.add(
        Institution(
            code=seat.code,
            kind=seat.kind,
            name_zh=clean_name(seat.name_zh, field="name_zh"),
            name_en=clean_name(seat.name_en, field="name_en"),
            head_code=clean_text(seat.head_code, 20, field="head_code"),
        )
    )


@dataclass(frozen=True, kw_only=True)
class RecoverAdministrator(Command[str]):
    """The printed recovery code gives the administrator a new password; gives the next code."""

    title: ClassVar[Message] = msg("Recover the administrator")
    secret: ClassVar[frozenset[str]] = frozenset({"code", "password"})
    login: str
    code: str
    password: str
    system_user: str = ""

    def carry_out(self, work: Work) -> str:
        person = work.session.scalar(
            select(Person).where(
                Person.login == self.login.strip().lower(), Person.role == Role.ADMINISTRATOR
            )
        )
        kept = _recovery(work)
        fits = passwords.matches(kept.secret, passwords.clean_code(self.code))
        if person is None or not fits:
            raise NotAllowed(
                msg(
                    "Login or recovery code is not right. Nothing was changed; read the code from the printed sheet."
                ),
                field="code",
            )
        person.password_hash = passwords.checked(self.password)
        person.active = True
        person.stamp += 1
        code = passwords.recovery_code()
        kept.secret = passwords.hashed(passwords.clean_code(code))
        work.tell(msg("Administrator {login} recovered by code", login=person.login))
        return code


@dataclass(frozen=True, kw_only=True)
class AddInstitution(Command[int]):
    """One more bank, carrier or payment institution with a seat. Gives the id."""

    title: ClassVar[Message] = msg("Add an institution")
    code: str
    kind: InstitutionKind
    name_zh: str
    name_en: str
    head_code: str = ""

    def carry_out(self, work: Work) -> int:
        if self.kind is InstitutionKind.POLICE:
            raise BadInput(msg("The police already have their seat. Nothing was saved."), field="kind")
        return seat_institution(
            work, Seated(self.code, self.kind, self.name_zh, self.name_en, self.head_code)
        ).id


@dataclass(frozen=True, kw_only=True)
class ChangeInstitution(Command[None]):
    """Names, head-office code, or whether it still has a seat; its code never changes."""

    title: ClassVar[Message] = msg("Change an institution")
    institution_id: int
    version: int
    name_zh: str
    name_en: str
    head_code: str = ""
    active: bool = True

    def carry_out(self, work: Work) -> None:
        found = work.find(Institution, self.institution_id, msg("This institution"))
        work.seen(found, self.version)
        if found.code == POLICE and not self.active:
            raise Refused(msg("The police keep their seat. Nothing was changed."))
        found.name_zh = clean_name(self.name_zh, field="name_zh")
        found.name_en = clean_name(self.name_en, field="name_en")
        found.head_code = clean_text(self.head_code, 20, field="head_code")
        found.active = self.active


@dataclass(frozen=True, kw_only=True)
class ChangeSetting(Command[None]):
    """One of the office's numbers or fixed words; the old value stays in the entry."""

    title: ClassVar[Message] = msg("Change a setting")
    key: str
    value: object
    before: object = None
    """The value the person saw; another one by now is a conflict."""

    def carry_out(self, work: Work) -> None:
        text = office.checked(self.key, self.value)
        _tried(work, self.key, self.value)
        now_there = getattr(work.settings, self.key)
        if self.before is not None and self.before != now_there:
            raise Conflict(
                msg(
                    "Somebody has changed {key} to {value} meanwhile. Nothing of yours was saved.",
                    key=self.key,
                    value=str(now_there),
                )
            )
        if isinstance(self.value, int):
            length_changed(work, self.key, self.value)
        store_setting(work, self.key, text)
        work.tell(msg("Setting {key} changed", key=self.key))


def _tried(work: Work, key: str, value: Any) -> None:
    """The clocks and numbers are computed once with the new value; BadInput when that is not possible."""
    if isinstance(value, str):
        clean_text(value, 100, field=key)
    settings = replace(work.settings, **{key: value})
    try:
        number = settings.number("ZF", 2026, 1)
        for name in ("claim", "answer", "stop", "freeze", "release"):
            clocks.due(rule(settings, name), work.now, settings.zone, calendar(settings))
        sound = all(type(works) is bool for works in settings.extra_days.values())
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError):
        number, sound = "", False
    if not sound or not 0 < len(number) <= 40:
        raise BadInput(msg("{key}: this value cannot be used. Nothing was changed.", key=key), field=key)


def store_setting(work: Work, key: str, text: str) -> None:
    row = work.session.scalar(select(Setting).where(Setting.key == key))
    if row is None:
        work.add(Setting(key=key, value=text))
    else:
        row.value = text


@dataclass(frozen=True)
class InstitutionRow:
    id: int
    version: int
    code: str
    kind: InstitutionKind
    name_zh: str
    name_en: str
    head_code: str
    active: bool


def institutions(work: Work, *, all_of_them: bool = False) -> tuple[InstitutionRow, ...]:
    """Institutions with a seat, the police first, then in the order of joining."""
    query = select(Institution).order_by(Institution.kind != InstitutionKind.POLICE, Institution.id)
    if not all_of_them:
        query = query.where(Institution.active.is_(True))
    return tuple(
        InstitutionRow(
            row.id, row.version, row.code, row.kind, row.name_zh, row.name_en, row.head_code, row.active
        )
        for row in work.session.scalars(query)
    )


def office_settings(work: Work) -> OfficeSettings:
    """The office's settings; secrets are not among them."""
    return work.settings
