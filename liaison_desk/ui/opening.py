"""What the window asks of the composition root: how to reach an office, and what stood in the way.

``app.py`` implements it with the database; the window knows only this. Everything here but the types runs
off the GUI thread, and what is heavy is imported when it is first needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from liaison_desk.core.errors import DeskError
from liaison_desk.ui.background import Progress
from liaison_desk.ui.signin import DemoPerson

if TYPE_CHECKING:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.desk.office import Seated


@dataclass(frozen=True)
class OfficeFacts:
    """What may be known of an office before anybody has signed in."""

    where: str
    """Its file or address, without a password."""
    name: str
    demo: bool = False
    people: tuple[DemoPerson, ...] = ()
    """Of a demo office: whom one click signs in."""


class Hindrance(Enum):
    """Why there is no sign-in."""

    MISSING = "missing"
    """No office is there yet."""
    OLDER = "older"
    """Made by an older program; an upgrade, with a backup first, is the way."""
    DAMAGED = "damaged"
    """Not whole; the newest sound backup is the way."""
    OTHER = "other"
    """Newer than this program, a network drive, a server that does not answer: the sentence says it."""


@dataclass(frozen=True)
class Hindered:
    """An office that cannot be opened now."""

    kind: Hindrance
    where: str
    error: DeskError
    backup: str = ""
    """Name of the newest sound backup, empty when there is none."""
    backup_at: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """A person's door, and whether the first password must be replaced before anything else."""

    desk: Desk
    must_change: bool = False


@dataclass(frozen=True)
class SetUp:
    """A new office as the assistant collects it; ``where`` is a file or a PostgreSQL address."""

    where: str
    name: str
    admin: str
    password: str
    institutions: tuple[Seated, ...]


class Opening(Protocol):
    """The way into one office at a time; every method may raise DeskError."""

    @property
    def where(self) -> str:
        """Path or address of the office that ``look`` looks at, without a password."""
        ...

    @property
    def address(self) -> str:
        """The same as ``use`` takes it."""
        ...

    def look(self) -> OfficeFacts | Hindered: ...

    def use(self, where: str) -> None:
        """From now on this office; nothing is opened yet."""
        ...

    def sign_in(self, login: str, password: str) -> SignedIn: ...

    def recover(self, login: str, code: str, password: str) -> str:
        """The administrator's recovery; gives the next code."""
        ...

    def set_up(self, plan: SetUp) -> str:
        """Makes a new office and uses it; gives the recovery code."""
        ...

    def make_demo(self, progress: Progress) -> None:
        """Makes a throw-away demo office and uses it."""
        ...

    def upgrade(self, progress: Progress) -> str:
        """Backup, then upgrade; gives the backup's name."""
        ...

    def restore(self, progress: Progress) -> str:
        """The newest sound backup takes the damaged office's place; says under which name that is kept."""
        ...

    def leave(self) -> None:
        """The program ends: this seat is no longer counted, throw-away files go."""
        ...
