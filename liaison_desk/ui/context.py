"""What every page of one signed-in window shares: the door, the lanes, the office's facts, the ways about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.office import InstitutionRow
from liaison_desk.settings import UserSettings
from liaison_desk.ui.background import Background
from liaison_desk.ui.theme import look

if TYPE_CHECKING:
    from liaison_desk.ui.presence import Presences


class Ways(QObject):
    """Requests of one page to the window."""

    show_place = Signal(str)
    """Key of a place to open."""
    open_leg = Signal(int)
    open_case = Signal(int)
    open_flow = Signal(int)
    """A case whose money shall be shown."""
    ended = Signal()
    """The person goes: whatever was put aside for them on this computer goes, too."""
    print_slips = Signal(tuple)
    """Request numbers whose slips shall be previewed."""


@dataclass
class Context:
    """One signed-in person at one window. It dies when the person is switched."""

    desk: Desk
    background: Background
    office: OfficeSettings
    institutions: dict[str, InstitutionRow]
    """By code, with the police; also those that left, so that old rows have names."""
    ways: Ways = field(default_factory=Ways)
    clock: Callable[[], datetime] | None = None
    settings: UserSettings = field(default_factory=UserSettings)
    presences: Presences | None = None
    """Who is at what; the room's, and None without one."""

    def recall(self, name: str, default: str = "") -> str:
        """What this person's window remembers under that name (a column layout, a width)."""
        return self.settings.recall(self.desk.actor.login, name, default)

    def remember(self, name: str, text: str) -> None:
        self.settings.remember(self.desk.actor.login, name, text)

    def now(self) -> datetime:
        """This seat's time, UTC."""
        return (self.clock or self.desk.clock)()

    @property
    def zone(self) -> ZoneInfo:
        return self.office.zone

    def institution(self, code: str) -> Message:
        """The name of an institution in the window's language; ``""`` is one not known yet."""
        row = self.institutions.get(code)
        if not code:
            return msg("Not known")
        if row is None:
            return Message(code)
        return Message(row.name_zh if look().say.chinese else row.name_en)

    def seats(self) -> list[InstitutionRow]:
        """Institutions that have a seat now, without the police."""
        return [row for row in self.institutions.values() if row.active and row.code != POLICE]
