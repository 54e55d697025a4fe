"""What a command or query is handed: the session, who acts, from which seat, what time it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liaison_desk.core.errors import Conflict, NotAllowed, NotFound
from liaison_desk.core.office import OfficeSettings, from_values
from liaison_desk.core.roles import POLICE, POLICE_ROLES, SEE_ALL, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.store.audit import plain
from liaison_desk.store.base import Base
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Issued, Person, Setting

T = TypeVar("T")
R = TypeVar("R", bound=Base)


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, or the program itself (``person_id`` None)."""

    person_id: int | None
    login: str
    name: str
    role: Role
    institution: str
    """Institution code; ``POLICE`` for the police, the administrator and the auditor."""
    stamp: int = 0

    @property
    def police(self) -> bool:
        return self.role in POLICE_ROLES

    @property
    def sees_all(self) -> bool:
        return self.role in SEE_ALL

    def speaks_for(self, institution: str | None) -> bool:
        """Whether this person may act for that institution (the police act for the police only)."""
        return (institution or POLICE) == self.institution


SYSTEM = Actor(None, "system", "", Role.SYSTEM, POLICE)
NOBODY = Actor(None, "", "", Role.AUDITOR, "")


@dataclass(frozen=True)
class SeatMark:
    """One running window or command line."""

    id: str
    computer: str
    system_user: str


@dataclass(frozen=True, kw_only=True)
class Command(Generic[T]):
    """One thing a person can do. Its fields are what the form collects.

    Right: the row of its class name in core.roles.RIGHTS. ``secret`` names fields that never enter an
    entry. A ``quiet`` command that changed nothing leaves no entry.
    """

    title: ClassVar[Message]
    secret: ClassVar[frozenset[str]] = frozenset()
    quiet: ClassVar[bool] = False
    seeds: ClassVar[bool] = False
    """Whether it may fill an empty database in bulk (its entry then carries digests)."""

    def carry_out(self, work: Work) -> T:
        raise NotImplementedError(type(self).__name__)

    def payload(self) -> dict[str, Any]:
        """Its fields as plain values for the entry."""
        return {
            spec.name: _plain(getattr(self, spec.name))
            for spec in dataclasses.fields(self)
            if spec.name not in self.secret
        }


@dataclass
class Work:
    """The one open transaction of the door, seen by the command or query that runs in it."""

    session: Session
    actor: Actor
    seat: SeatMark
    now: datetime
    """UTC, to the microsecond; one moment for the whole command."""
    entry_id: int = 0
    """The number of the entry this command will write: the recording point of money.md."""
    uncovered: bool = False
    """Own data in full although the office masks it on its wide screen: a key is being held."""
    doubted: bool = False
    why_doubted: Callable[[], Message | None] = lambda: None
    """Asks the seat why its clock is in doubt; for queries."""
    said: Message | None = None
    touched: set[tuple[str, int]] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    shown_legs: frozenset[int] = frozenset()
    """Requests already known to be visible in this transaction; a query about many looks at them together."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further content of the entry (digests of a seeding, the head of a cut)."""

    @cached_property
    def settings(self) -> OfficeSettings:
        rows = self.session.execute(select(Setting.key, Setting.value)).all()
        return from_values({row.key: row.value for row in rows})

    def add(self, row: R) -> R:
        """Stores a new row at once, so that its id is known to what follows."""
        self.session.add(row)
        self.session.flush()
        return row

    def find(self, kind: type[R], id_: int, what: Message | None = None) -> R:
        """The row, or NotFound. Visibility is the business of desk.scope."""
        row = self.session.get(kind, id_)
        if row is None:
            raise not_found(what)
        return row

    def person(self) -> Person:
        """The acting person's row."""
        if self.actor.person_id is None:
            raise NotAllowed(msg("Sign in first. Nothing was changed."))
        return self.find(Person, self.actor.person_id)

    def seen(self, row: Any, version: int | None) -> None:
        """Raises Conflict, naming who was faster and what they did, when the row has moved on."""
        if version is None or row.version == version:
            return
        who, what = last_change(self.session, row.__tablename__, row.id)
        raise Conflict(
            msg(
                "{who} was faster: {what}. Nothing of yours was saved. Look again and decide.",
                who=who,
                what=what,
            ),
            about=(row.__tablename__, row.id, version),
        )

    def next_number(self, series: str) -> str:
        """The next gap-free number of a series in the office's year, entered in the register."""
        year = self.settings.local(self.now).year
        last = self.session.scalar(
            select(func.max(Issued.position)).where(Issued.series == series, Issued.year == year)
        )
        position = (last or 0) + 1
        text = self.settings.number(series, year, position)
        self.add(Issued(series=series, year=year, position=position, text=text, issued_at=self.now))
        return text

    def tell(self, sentence: Message) -> None:
        """What the timeline will say of this step; without personal data."""
        self.said = sentence

    def touch(self, kind: str, id_: int) -> None:
        """Names what this step is about, where the changed rows do not say so themselves."""
        self.touched.add((kind, id_))


def not_found(what: Message | None = None) -> NotFound:
    """The same sentence for what does not exist and for what one may not see."""
    return NotFound(
        msg(
            "{what} does not exist or is not visible to you. Nothing was changed.",
            what=what or msg("This item"),
        )
    )


def last_change(session: Session, table: str, id_: int) -> tuple[str, Message]:
    """Who last changed a row, and what the step was called."""
    from liaison_desk.store.chain import Touch

    kind = SUBJECTS.get(table, table)
    found = session.execute(
        select(Entry.command, Person.name)
        .join(Touch, Touch.entry_id == Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Touch.kind == kind, Touch.subject_id == id_)
        .order_by(Entry.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return "?", msg("changed")
    return found[1] or "", command_title(found[0])


SUBJECTS = {
    "case_file": "case",
    "leg": "leg",
    "hold": "hold",
    "person": "person",
    "shift": "shift",
    "objection": "objection",
    "return_plan": "plan",
    "return_order": "order",
    "handover": "handover",
}
"""Tables that have a timeline of their own, with the name of that kind."""


def command_title(name: str) -> Message:
    """The title of a command by its class name, also of one this program no longer knows."""
    found = all_commands().get(name)
    return found.title if found is not None else Message(name)


def all_commands() -> Mapping[str, type[Command[Any]]]:
    """Every command there is, by name."""
    found: dict[str, type[Command[Any]]] = {}
    waiting: list[type[Command[Any]]] = list(Command.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        found[kind.__name__] = kind
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(item) for item in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return plain(value)
