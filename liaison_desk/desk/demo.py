"""The demo office: an empty database filled by one command with two past years and a busy running shift.

Everything is invented and the same for the same seed and moment. The entry of that command carries, of
each table, the count and a digest of its rows instead of the rows themselves.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, ClassVar

from argon2 import PasswordHasher
from sqlalchemy import select

from liaison_desk.core.errors import Refused
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.roles import POLICE, InstitutionKind, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import demo_past, demo_story, demo_story_holds
from liaison_desk.desk.demo_book import Book
from liaison_desk.desk.demo_people import OFFICE_CODE, OFFICE_NAME, POLICE_NAME, POLICE_UNIT, STAFF
from liaison_desk.desk.demo_scene import Scene, Told
from liaison_desk.desk.demo_stage import Stage
from liaison_desk.desk.demo_words import make_words
from liaison_desk.desk.desk import Desk, utc_now
from liaison_desk.desk.office import EIGHT, Seated
from liaison_desk.desk.work import Command, Work
from liaison_desk.store import schema
from liaison_desk.store.database import Database
from liaison_desk.store.models import Institution

PASSWORD = "demo"
LEAST_PAST = 20
"""So many requests of the past there are even when fewer requests were asked for than the story tells."""


@dataclass(frozen=True)
class Login:
    """One sign-in of the demo; the password of all is PASSWORD."""

    login: str
    role: str
    institution: str


@dataclass(frozen=True)
class DemoMade:
    """What can be told of a new demo office."""

    logins: tuple[Login, ...]
    cases: tuple[str, ...]
    """The first 20 case numbers."""
    story: Mapping[str, str]
    """What a case of the running shift shows → its number."""


def make_demo(
    database: Database,
    *,
    requests: int = 240,
    seed: int = 1,
    now: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DemoMade:
    """Makes the tables and fills them; refuses a place that already holds an office.

    ``requests``: how many requests there shall be in all; the running shift is always told whole.
    ``progress`` is called with the requests written so far and in all.
    """
    schema.create(database)
    clock = utc_now if now is None else lambda: now
    door = Desk(database, clock=clock).as_system()
    return door.do(SeedDemo(requests=requests, seed=seed, progress=progress))


@dataclass(frozen=True, kw_only=True)
class SeedDemo(Command[DemoMade]):
    """Fills an empty database with the demo office, in bulk."""

    title: ClassVar[Message] = msg("Fill the demo office")
    seeds: ClassVar[bool] = True
    secret: ClassVar[frozenset[str]] = frozenset({"progress"})
    requests: int = 240
    seed: int = 1
    progress: Callable[[int, int], None] | None = None

    def carry_out(self, work: Work) -> DemoMade:
        if work.session.scalar(select(Institution.id).limit(1)) is not None:
            raise Refused(msg("This database already holds an office. It was left as it is."))
        values = _settings(work.now)
        settings = OfficeSettings(**values)
        rng = Random(self.seed)
        book = Book(work.session, settings, rng, legs=self.requests, progress=self.progress)
        _people(book, rng, values)
        name, planned_from, planned_until = running_hours(settings, work.now)
        opened = min(work.now, planned_from + timedelta(minutes=4))
        stage = Stage(book, settings, rng, work.now, work.entry_id, opened)
        with _no_collecting():
            story = self._tell(stage)
        book.enter(
            "shift",
            {
                "name": name,
                "lead_id": stage.ids["wang"],
                "planned_from": planned_from,
                "planned_until": planned_until,
                "opened_at": opened,
                "opening_entry": 0,
                "ended_at": None,
                "ranking": json.dumps(stage.table().as_json()),
                "version": 1,
            },
        )
        book.flush()
        make_words(work.session, book.names)
        book.set_sequences()
        work.extra["seed"] = book.seed()
        work.tell(
            msg(
                "Demo office filled: {cases} cases, {requests} requests",
                cases=book.count("case_file"),
                requests=book.count("leg"),
            )
        )
        logins = tuple(Login(staff.login, staff.role.value, staff.institution) for staff in STAFF)
        return DemoMade(logins, tuple(book.first_cases), MappingProxyType(story))

    def _tell(self, stage: Stage) -> dict[str, str]:
        """Past and story in order of time; gives the number of the case that shows each thing."""
        scenes = [*demo_story.SCENES, *demo_story_holds.SCENES, *demo_story.crowd(_crowded(self.requests))]
        past = demo_past.PastCases(stage)
        sizes = demo_past.sizes(stage, max(LEAST_PAST, self.requests - _STORY - _crowded(self.requests)))
        told: dict[str, Any] = {}
        shared: dict[str, str] = {}
        waiting = sorted(scenes, key=lambda each: -each.ago)
        for at, size in zip(demo_past.starts(stage, len(sizes)), sizes, strict=True):
            while waiting and stage.now - timedelta(minutes=waiting[0].ago) < at:
                _tell_scene(stage, waiting.pop(0), shared, told)
            stage.book.advance(at - timedelta(seconds=1))
            past.tell(at, size)
        for each in waiting:
            _tell_scene(stage, each, shared, told)
        stage.book.advance()
        return {shows: row["number"] for shows, row in told.items()}


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of short-lived rows without circles among them: looking for circles costs a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_STORY = 93
"""How many requests the scenes of the running shift have without the crowd."""


def _tell_scene(stage: Stage, each: Scene, shared: dict[str, str], told: dict[str, Any]) -> None:
    telling = Told(stage, each.ago, shared)
    stage.book.advance(telling.at - timedelta(seconds=1))
    each.tell(telling)
    telling.tale.finish()
    if each.shows != "crowd":
        told[each.shows] = telling.tale.row


def _crowded(requests: int) -> int:
    """How many requests stand open beside those of the scenes: few by default, 3,000 in a large office."""
    if requests <= 240:
        return 6
    if requests <= 1_000:
        return 6 + (requests - 240) * 255 // 760
    return min(2_960, 261 + (requests - 1_000) * 2_699 // 99_000)


def running_hours(settings: OfficeSettings, now: datetime) -> tuple[str, datetime, datetime]:
    """Name, planned begin and end of the shift that runs then: day 8–20, night 20–8, office time."""
    local = settings.local(now)
    day = local.replace(hour=8, minute=0, second=0, microsecond=0)
    if 8 <= local.hour < 20:
        began, name = day, "白班"
    else:
        began, name = day + timedelta(hours=12 if local.hour >= 20 else -12), "夜班"
    until = began + timedelta(hours=12)
    return name, began.astimezone(now.tzinfo), until.astimezone(now.tzinfo)


def _settings(now: datetime) -> dict[str, Any]:
    return {
        "office_name": OFFICE_NAME,
        "office_code": OFFICE_CODE,
        "police_unit": POLICE_UNIT,
        "demo": True,
        "made_at": now.isoformat(),
    }


def _people(book: Book, rng: Random, values: Mapping[str, Any]) -> None:
    police = Seated(POLICE, InstitutionKind.POLICE, POLICE_NAME, "Police")
    for seat in (police, *EIGHT):
        book.enter(
            "institution",
            {
                "code": seat.code,
                "kind": seat.kind,
                "name_zh": seat.name_zh,
                "name_en": seat.name_en,
                "head_code": seat.head_code,
                "active": True,
                "version": 1,
            },
        )
    for key, value in values.items():
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        book.enter("setting", {"key": key, "value": text, "secret": "", "version": 1})
    # One hash for all, with the salt from the seed, so that the same seed gives the same rows.
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    known = hasher.hash(PASSWORD, salt=rng.randbytes(16))
    for place, staff in enumerate(STAFF, 1):
        police_person = staff.role in (Role.OFFICER, Role.LEAD)
        book.enter(
            "person",
            {
                "login": staff.login,
                "name": staff.name,
                "role": staff.role,
                "institution_code": staff.institution,
                "password_hash": known,
                "stamp": 1,
                "must_change": False,
                "active": True,
                "phone": f"13900000{place:03d}",
                "police_number": f"SH{place:06d}" if police_person else "",
                "version": 1,
            },
        )
    book.flush()
