"""Test data made through the door: an office with its people, cases, answers, all by an injected clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from liaison_desk.core.identifiers import luhn_ok
from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.core.roles import Role
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import Answered, AnswerRequest, HopInput
from liaison_desk.desk.cases import OpenCase, OpenedCase, PaymentInput, PhoneInput
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.office import SetUpOffice
from liaison_desk.desk.people import AddPerson
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.work import Actor
from liaison_desk.store import schema
from liaison_desk.store.database import Database
from liaison_desk.store.models import Account, Leg, Person

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Beijing."""
PASSWORD = "password-1"
ADMIN_PASSWORD = "admin-pass"

PEOPLE = (
    ("zhao", "赵民警", Role.OFFICER, "POLICE"),
    ("qian", "钱民警", Role.OFFICER, "POLICE"),
    ("wang", "王带班", Role.LEAD, "POLICE"),
    ("feng", "冯带班", Role.LEAD, "POLICE"),
    ("shen", "沈审计", Role.AUDITOR, "POLICE"),
    ("li", "李工行", Role.REPRESENTATIVE, "ICBC"),
    ("liu", "刘工行", Role.REPRESENTATIVE, "ICBC"),
    ("sun", "孙农行", Role.REPRESENTATIVE, "ABC"),
    ("zhou", "周建行", Role.REPRESENTATIVE, "CCB"),
    ("wu", "吴移动", Role.REPRESENTATIVE, "CMCC"),
)
"""Everybody but the administrator ``admin``: login, name, role, institution. One password: PASSWORD."""

SPEAKERS = {"ICBC": "li", "ABC": "sun", "CCB": "zhou", "CMCC": "wu"}
"""The representative who acts for an institution."""

PREFIXES = {
    "ICBC": "622202",
    "ABC": "622848",
    "BOC": "621661",
    "CCB": "621700",
    "PSBC": "622188",
}


@dataclass
class Clock:
    """The time of a test; moves only when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **lengths: float) -> datetime:
        """``forward(minutes=5)``: later by that much; gives the new time."""
        self.now += timedelta(**lengths)
        return self.now


@dataclass
class Office:
    """One office in a test: its database, its clock, and a door for everybody in it."""

    database: Database
    clock: Clock = field(default_factory=Clock)

    @cached_property
    def _actors(self) -> dict[str, Actor]:
        with self.database.reading() as session:
            return {
                person.login: Actor(
                    person.id, person.login, person.name, person.role, person.institution_code, person.stamp
                )
                for person in session.scalars(select(Person))
            }

    def door(self, login: str, database: Database | None = None) -> Desk:
        """A door for a person, without asking for the password; ``database``: another seat's own."""
        return Desk(database or self.database, actor=self._actors[login], clock=self.clock)

    def elsewhere(self) -> Database:
        """The same office as another program opens it."""
        return Database(self.database.url.render_as_string(hide_password=False))

    @property
    def officer(self) -> Desk:
        return self.door("zhao")

    @property
    def lead(self) -> Desk:
        return self.door("wang")

    @property
    def admin(self) -> Desk:
        return self.door("admin")

    @property
    def auditor(self) -> Desk:
        return self.door("shen")

    @property
    def icbc(self) -> Desk:
        return self.door("li")

    @property
    def abc(self) -> Desk:
        return self.door("sun")

    @property
    def ccb(self) -> Desk:
        return self.door("zhou")

    @property
    def cmcc(self) -> Desk:
        return self.door("wu")

    @property
    def system(self) -> Desk:
        return Desk(self.database, clock=self.clock).as_system()

    def speaker(self, institution: str) -> Desk:
        """The door of an institution's representative."""
        return self.door(SPEAKERS[institution])


def office(database: Database, clock: Clock | None = None) -> Office:
    """Tables, the eight institutions and all people, in an empty place."""
    made = Office(database, clock or Clock())
    schema.create(database)
    made.system.do(SetUpOffice(name="公主岭联合办", admin="admin", password=ADMIN_PASSWORD))
    administrator = Desk(database, clock=made.clock).sign_in("admin", ADMIN_PASSWORD)
    for login, name, role, institution in PEOPLE:
        administrator.do(
            AddPerson(login=login, name=name, role=role, institution=institution, password=PASSWORD)
        )
    return made


def card(institution: str, n: int) -> str:
    """A 19-digit card of that bank with a right check digit; another ``n``, another card."""
    body = f"{PREFIXES[institution]}{(n + 1) * 7_654_321 % 10**12:012d}"
    return next(body + digit for digit in "0123456789" if luhn_ok(body + digit))


def account(number: str, holder: str = "张三") -> Target:
    return Target(number=number, holder=holder)


def case(
    office: Office,
    payments: Iterable[tuple[str, int]] = (("ICBC", 3_500_000),),
    *,
    victim: str = "买买提·吐尔逊",
    phones: Iterable[str] = (),
    n: int = 0,
    by: Desk | None = None,
) -> OpenedCase:
    """A case whose victim paid these sums (fen) into one card of each bank; ``n`` chooses the cards."""
    paid = office.clock.now - timedelta(minutes=9)
    return (by or office.officer).do(
        OpenCase(
            victim_name=victim,
            victim_phone="13812341234",
            fraud_type="justice",
            payments=tuple(
                PaymentInput(target=account(card(bank, n * 100 + i)), fen=fen, happened_at=paid)
                for i, (bank, fen) in enumerate(payments)
            ),
            phones=tuple(PhoneInput(target=Target(number=number, phone=True)) for number in phones),
        )
    )


def claimed(office: Office, leg_id: int) -> Desk:
    """The leg taken by its institution's representative; gives that person's door."""
    with office.database.reading() as session:
        found = session.execute(select(Leg.institution_code, Leg.state).where(Leg.id == leg_id)).one()
    desk = office.speaker(found.institution_code)
    if found.state is LegState.QUEUED:
        desk.do(ClaimRequest(leg_id=leg_id))
    return desk


def answered(
    office: Office,
    leg_id: int,
    *,
    outcome: Outcome = Outcome.PARTLY,
    executed: int | None = 3_500_000,
    balance: int | None = 2_000_000,
    hops: Iterable[tuple[str, int]] = (),
) -> Answered:
    """The leg claimed and answered by its institution; ``hops``: account number and fen that went there."""
    return claimed(office, leg_id).do(
        AnswerRequest(
            leg_id=leg_id,
            outcome=outcome,
            executed=executed,
            balance_before=balance,
            hops=tuple(
                HopInput(
                    fen=fen,
                    happened_at=office.clock.now - timedelta(minutes=4),
                    target=account(number, "李四"),
                )
                for number, fen in hops
            ),
        )
    )


def account_number(office: Office, leg_id: int) -> str:
    with office.database.reading() as session:
        number = session.scalar(
            select(Account.number).join(Leg, Leg.account_id == Account.id).where(Leg.id == leg_id)
        )
    assert number is not None
    return number


def busy(office: Office) -> OpenedCase:
    """A little of everything: two cases, one claimed, one answered with a next hop, a note-worthy lapse."""
    first = case(office, [("ICBC", 3_500_000), ("CCB", 3_300_000)], phones=["13900001111"])
    office.clock.forward(minutes=3)
    answered(office, first.leg_ids[0], hops=[(card("ABC", 77), 1_000_000)])
    office.clock.forward(minutes=1)
    claimed(office, first.leg_ids[1])
    case(office, [("ABC", 120_050)], victim="欧阳小明", n=5)
    office.clock.forward(minutes=1)
    return first
