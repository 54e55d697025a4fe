"""What all cases of one demo share, and what is remembered of accounts, requests and holds meanwhile."""

from __future__ import annotations

from datetime import datetime
from random import Random

from liaison_desk.core import ranking
from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.clocks import due
from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.ranking import Sample
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.clockwork import rule
from liaison_desk.desk.demo_book import Act, Book, Row
from liaison_desk.desk.demo_people import STAFF, Inventor

SEATED = frozenset({staff.institution for staff in STAFF}) - {POLICE}


class Stage:
    """What all cases of one demo share: the moment, the people, the dice, the book."""

    def __init__(
        self, book: Book, settings: OfficeSettings, rng: Random, now: datetime, entry_id: int, shift: datetime
    ) -> None:
        self.book = book
        self.settings = settings
        self.rng = rng
        self.now = now
        self.entry_id = entry_id
        self.shift = shift
        """When the running shift was opened: what was answered by then has taught the queue's order."""
        self.invent = Inventor(rng)
        ids = {staff.login: place for place, staff in enumerate(STAFF, 1)}
        self.ids = ids
        self.leads = (ids["wang"], ids["sun"])
        self.officers = (ids["zhao"], ids["liu"], ids["chen"])
        self.speakers = {
            code: tuple(ids[staff.login] for staff in STAFF if staff.institution == code) for code in SEATED
        }
        self.speakers[POLICE] = self.officers
        self._papers = 0
        self._learnt: dict[tuple[int, int], list[int]] = {}

    def entry_at(self, recorded: datetime) -> int:
        """The recording point of a row: the seeding entry for this shift, 0 for all that was before it."""
        return self.entry_id if recorded >= self.shift else 0

    def freeze_end(self, start: datetime) -> datetime:
        return self.clock_end("freeze", start)

    def clock_end(self, name: str, start: datetime) -> datetime:
        return due(rule(self.settings, name), start, self.settings.zone, _NO_OWN_DAYS)

    def paper(self, at: datetime) -> str:
        """The number of one more stop's document."""
        self._papers += 1
        return f"松公(刑)止字〔{self.settings.local(at).year}〕{self._papers}号"

    def learn(self, leg: Row, answer: Row) -> None:
        """One answered stop or freeze for the queue's table (desk.shifts.samples)."""
        arrived, executed_at = leg["arrived_at"], answer["happened_at"]
        if arrived is None or answer["recorded_at"] > self.shift:
            return
        if executed_at <= self.shift - ranking.WINDOW:
            return
        level = ranking.level_class(max(1, leg["level"]))
        key = level, ranking.age_class(ranking.age_minutes(arrived, executed_at))
        sums = self._learnt.setdefault(key, [0, 0])
        sums[0] += leg["asked"]
        sums[1] += min(answer["effective"], leg["asked"])

    def table(self) -> ranking.Table:
        """The queue's table as the opening of the shift would have learnt it."""
        limits = (*ranking.AGE_LIMITS, ranking.AGE_LIMITS[-1] + 1)
        return ranking.probabilities(
            Sample(level + 1, limits[age], asked, caught)
            for (level, age), (asked, caught) in sorted(self._learnt.items())
        )


_NO_OWN_DAYS = WorkCalendar()


class ToldAccount:
    """An account of the case with the money seen on it so far (fen)."""

    __slots__ = ("came", "caught", "holds", "largest", "row", "went")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.came = self.went = self.caught = 0
        self.largest: tuple[int, datetime] | None = None
        self.holds: list[ToldHold] = []

    @property
    def code(self) -> str | None:
        found: str | None = self.row["institution_code"]
        return found

    @property
    def left(self) -> int:
        return ranking.traceable_before_tracing(self.came, self.went, self.caught)

    def receive(self, fen: int, at: datetime) -> None:
        self.came += fen
        if self.largest is None or fen > self.largest[0] or (fen == self.largest[0] and at < self.largest[1]):
            self.largest = (fen, at)


class ToldLeg:
    __slots__ = ("account", "act", "answers", "closes", "hold", "row")

    def __init__(self, row: Row, act: Act, account: ToldAccount) -> None:
        self.row = row
        self.act = act
        self.account = account
        self.hold: ToldHold | None = None
        self.answers: list[Row] = []
        self.closes = False

    @property
    def state(self) -> LegState:
        found: LegState = self.row["state"]
        return found

    @property
    def handed_by(self) -> str | None:
        """The institution whose representative said what was answered; None for the police."""
        if self.answers and self.answers[-1]["by_telephone"]:
            return None
        code: str | None = self.row["institution_code"]
        return None if code == POLICE else code


class ToldHold:
    __slots__ = ("account", "act", "row")

    def __init__(self, row: Row, act: Act, account: ToldAccount) -> None:
        self.row = row
        self.act = act
        self.account = account

    @property
    def kept(self) -> int:
        found: int = self.row["stopped"] + self.row["frozen"]
        return found

    @property
    def ends_at(self) -> datetime:
        found: datetime = self.row["ends_at"]
        return found
