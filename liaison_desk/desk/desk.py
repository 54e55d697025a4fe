"""The door: every change is a Command through ``Desk.do``, every look a query through ``Desk.read``.

One command is one write transaction with one audit entry in it; it is announced after the commit.
"""

from __future__ import annotations

import getpass
import json
import platform
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liaison_desk.core.errors import DeskError, NotAllowed
from liaison_desk.core.roles import READS, RIGHTS, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import passwords
from liaison_desk.desk.doubt import PRESENT, ClockWatch, ConfirmTime
from liaison_desk.desk.work import NOBODY, SUBJECTS, SYSTEM, Actor, Command, SeatMark, Work
from liaison_desk.store.audit import Recorder, canonical, link, moment_text
from liaison_desk.store.chain import GENESIS, Access, Entry, Seat, Touch
from liaison_desk.store.database import Database
from liaison_desk.store.models import Institution, Person

P = ParamSpec("P")
T = TypeVar("T")
Query = Callable[Concatenate[Work, P], T]
LOOK_PAUSE = timedelta(seconds=2)
"""So often at most a seat says what it has open: each time is a write that others wait for."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def this_seat() -> SeatMark:
    """A fresh seat: this computer, this system user, a random id."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "?"
    return SeatMark(uuid.uuid4().hex, platform.node() or "?", user)


@dataclass(frozen=True)
class Changes:
    """What has been recorded since an entry: the newest id and the kinds of things changed."""

    last: int
    kinds: frozenset[str]


class Desk:
    """The door for one signed-in person at one seat. Use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        actor: Actor = NOBODY,
        seat: SeatMark | None = None,
        clock: Callable[[], datetime] = utc_now,
        watch: ClockWatch | None = None,
    ) -> None:
        self.database = database
        self.actor = actor
        self.seat = seat or this_seat()
        self.clock = clock
        # A clock that is not the computer's own cannot be held against the computer's running time.
        self.watch = watch or (ClockWatch() if clock is utc_now else ClockWatch(None, None))
        self.announced: list[Callable[[], None]] = []
        """Called after each commit of this door, so that an own window need not wait for its poll."""
        self._looked_at: datetime | None = None
        self.uncovered = False
        """While a key is held: own data in full on a screen where the office masks it (rules.md, Data)."""
        self._viewed: list[dict[str, Any]] = []
        self._viewed_lock = threading.Lock()

    # --- changing

    def may(self, kind: type[Command[Any]]) -> bool:
        """Whether the role has the right at all; institution and state are checked when it is done."""
        return self.actor.role in RIGHTS.get(kind.__name__, frozenset())

    def do(self, command: Command[T]) -> T:
        """Carries a command out, whole or not at all. Raises DeskError with the reason."""
        if not self.may(type(command)):
            raise NotAllowed(
                msg("{what}: your role has no right to do this. Nothing was changed.", what=command.title)
            )
        with self.database.writing() as session:
            recorder = Recorder(session)
            if command.seeds:
                recorder.allow_bulk()
            work = self._work(session)
            last = session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).first()
            work.entry_id = (last.id if last else 0) + 1
            work.doubted = work.why_doubted() is not None
            result = command.carry_out(work)
            session.flush()
            changes = recorder.changes()
            if command.quiet and not changes:
                session.rollback()
                return result
            self._write_entry(work, command, changes, last.hash if last else GENESIS)
        if isinstance(command, ConfirmTime):
            self.watch.confirmed()
        for call in list(self.announced):
            call()
        return result

    def _write_entry(
        self, work: Work, command: Command[Any], changes: list[dict[str, Any]], previous: str
    ) -> None:
        for change in changes:
            _collect(work, change)
        text = canonical(
            {
                "id": work.entry_id,
                "at": moment_text(work.now),
                "doubted": work.doubted,
                "actor": {
                    "person": self.actor.person_id,
                    "login": self.actor.login,
                    "role": self.actor.role.value,
                    "institution": self.actor.institution,
                },
                "seat": {"id": self.seat.id, "computer": self.seat.computer, "user": self.seat.system_user},
                "command": type(command).__name__,
                "payload": command.payload(),
                "said": _message_content(work.said),
                "changes": changes,
                **work.extra,
            }
        )
        work.session.add(
            Entry(
                id=work.entry_id,
                at=work.now,
                person_id=self.actor.person_id,
                command=type(command).__name__,
                kinds="," + ",".join(sorted(work.kinds)) + ",",
                doubted=work.doubted,
                text=text,
                previous_hash=previous,
                hash=link(previous, text),
            )
        )
        work.session.flush()
        work.session.add_all(
            Touch(entry_id=work.entry_id, kind=kind, subject_id=id_) for kind, id_ in sorted(work.touched)
        )

    # --- looking

    def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a query on a read-only connection, after checking the role's right to that list."""
        self._may_read(query)
        with self.database.reading() as session:
            work = self._work(session)
            work.uncovered = self.uncovered
            return query(work, *args, **kwargs)

    def release(self, query: Query[P, T], way: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Reads what is to be printed or exported; the access log has it before it leaves the door."""
        self._may_read(query)
        with self.database.reading() as session:
            # What leaves the room is masked as the office wants it, whatever key is held.
            found = query(self._work(session), *args, **kwargs)
        self._log([(way, {"query": query.__name__, "with": _shown(args, kwargs)})])
        return found

    def viewed(self, what: str, **details: Any) -> None:
        """Notes a view of full data or a settled search; written in batches by ``flush_views``."""
        with self._viewed_lock:
            self._viewed.append({"what": what, "at": moment_text(self.clock()), **details})

    def flush_views(self) -> None:
        """Writes noted views to the access log; a window calls it every five seconds."""
        with self._viewed_lock:
            waiting, self._viewed = self._viewed, []
        if waiting:
            self._log([("view", {"views": waiting})])

    def changes_since(self, last: int) -> Changes:
        """What anybody has recorded after entry ``last``; cheap enough to ask several times a second."""
        with self.database.reading() as session:
            newest = session.scalar(select(func.max(Entry.id))) or 0
            if newest == last:
                return Changes(last, frozenset())
            rows = session.scalars(select(Entry.kinds).where(Entry.id > last)).all()
        return Changes(newest, frozenset(kind for row in rows for kind in row.split(",") if kind))

    def may_read(self, query: Callable[..., Any]) -> bool:
        return self.actor.role in READS.get(query.__name__, frozenset())

    def _may_read(self, query: Callable[..., Any]) -> None:
        if not self.may_read(query):
            raise NotAllowed(msg("Your role has no right to see this. Nothing was changed."))

    # --- who

    def sign_in(self, login: str, password: str) -> Desk:
        """A door for the person with that login. One sentence for every way it can fail."""
        with self.database.reading() as session:
            person = session.scalar(select(Person).where(Person.login == login.strip()))
            demo = Work(session, SYSTEM, self.seat, self.clock()).settings.demo
            institution = (
                session.scalar(select(Institution).where(Institution.code == person.institution_code))
                if person is not None
                else None
            )
        known = person.password_hash if person is not None else None
        right = passwords.matches(known, password) and (demo or password != "demo")
        if person is None or not right or not person.active or institution is None or not institution.active:
            self._log([("sign-in refused", {"login": login.strip()[:64]})])
            raise NotAllowed(
                msg("Login or password is not right, or the person is no longer active. Type both again."),
                field="password",
            )
        actor = Actor(
            person.id, person.login, person.name, person.role, person.institution_code, person.stamp
        )
        desk = Desk(self.database, actor=actor, seat=self.seat, clock=self.clock, watch=self.watch)
        desk._log([("sign-in", {})])
        return desk

    def as_system(self) -> Desk:
        """The program itself: lapses, and what the command line does to the file it holds."""
        return Desk(self.database, actor=SYSTEM, seat=self.seat, clock=self.clock, watch=self.watch)

    def sign_out(self) -> None:
        self.flush_views()
        self.look_away()
        self._log([("sign-out", {})])

    # --- seats

    def beat(self) -> int:
        """Says that this seat is running; the number of seats connected now."""
        with self.database.writing() as session:
            now = self.clock()
            seat = session.get(Seat, self.seat.id)
            if seat is None:
                seat = Seat(
                    id=self.seat.id,
                    computer=self.seat.computer,
                    os_user=self.seat.system_user,
                    started_at=now,
                )
                session.add(seat)
            seat.person_id, seat.beat_at, seat.ended_at = self.actor.person_id, now, None
            session.flush()
            self.watch.hear(session, self.seat, now)
            return (
                session.scalar(
                    select(func.count())
                    .select_from(Seat)
                    .where(Seat.ended_at.is_(None), Seat.beat_at > now - PRESENT)
                )
                or 0
            )

    def look_at(self, kind: str, id_: int, *, typing: bool = False) -> bool:
        """Says that this seat has a request (``leg``) or ``case`` open; False when it said so just now.

        Neither audited nor announced: a row that the seat overwrites and that goes with it.
        """
        from liaison_desk.desk.presence import keep_look

        now = self.clock()
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_PAUSE:
            return False
        with self.database.writing() as session:
            keep_look(self._work(session), kind, id_, typing)
        self._looked_at = now
        return True

    def look_away(self) -> None:
        """Says that this seat has nothing open any more; costs nothing where it had not."""
        from liaison_desk.desk.presence import drop_look

        if self._looked_at is not None:
            with self.database.writing() as session:
                drop_look(session, self.seat.id)
            self._looked_at = None

    def in_doubt(self) -> Message | None:
        """Why this computer's clock is in doubt now, for the window to show; None when it is not."""
        with self.database.reading() as session:
            return self.watch.doubt(session, self.seat, self.clock())

    def leave(self) -> None:
        """Says that this seat ends."""
        from liaison_desk.desk.presence import drop_look

        with self.database.writing() as session:
            drop_look(session, self.seat.id)
            seat = session.get(Seat, self.seat.id)
            if seat is not None:
                seat.ended_at = self.clock()

    # --- inside

    def _work(self, session: Session) -> Work:
        """The work for one transaction; whoever is no longer what they signed in as is out at once."""
        if self.actor.person_id is not None:
            person = session.get(Person, self.actor.person_id)
            gone = person is None or not person.active or person.stamp != self.actor.stamp
            if gone or person is None or person.role is not self.actor.role:
                raise NotAllowed(
                    msg("Your sign-in has ended: the administrator changed your account. Sign in again.")
                )
            if self.actor.role is Role.REPRESENTATIVE and not session.scalar(
                select(Institution.active).where(Institution.code == person.institution_code)
            ):
                raise NotAllowed(
                    msg("Your institution no longer has a seat in this office. Nothing was changed.")
                )
        elif self.actor is NOBODY:
            raise NotAllowed(msg("Sign in first. Nothing was changed."))
        now = self.clock()
        return Work(
            session,
            self.actor,
            self.seat,
            now,
            why_doubted=lambda: self.watch.doubt(session, self.seat, now),
        )

    def _log(self, lines: list[tuple[str, dict[str, Any]]]) -> None:
        """Appends to the access log in its own short transaction; announces nothing."""
        with self.database.writing() as session:
            last = session.execute(select(Access.id, Access.hash).order_by(Access.id.desc()).limit(1)).first()
            number, previous = (last.id, last.hash) if last else (0, GENESIS)
            for way, details in lines:
                number += 1
                now = self.clock()
                text = canonical(
                    {
                        "id": number,
                        "at": moment_text(now),
                        "way": way,
                        "person": self.actor.person_id,
                        "seat": self.seat.id,
                        "details": details,
                    }
                )
                row = Access(
                    id=number,
                    at=now,
                    person_id=self.actor.person_id,
                    way=way,
                    text=text,
                    previous_hash=previous,
                    hash=link(previous, text),
                )
                session.add(row)
                session.flush()
                previous = row.hash


def _collect(work: Work, change: dict[str, Any]) -> None:
    """Which kinds and subjects a changed row is about; its case and leg hear of it, too."""
    table = change["table"]
    work.kinds.add(table)
    if table in SUBJECTS:
        work.touched.add((SUBJECTS[table], change["id"]))
    values = change.get("new", {})
    for key, kind in (("case_id", "case"), ("leg_id", "leg"), ("hold_id", "hold")):
        if values.get(key):
            work.touched.add((kind, values[key]))


def _message_content(message: Message | None) -> dict[str, Any] | None:
    if message is None:
        return None
    return {
        "text": message.text,
        "values": {
            key: _message_content(value) if isinstance(value, Message) else value
            for key, value in message.values.items()
        },
    }


def message_from(content: dict[str, Any] | None) -> Message | None:
    """The inverse of what an entry stores of its sentence."""
    if content is None:
        return None
    values = {
        key: message_from(value) if isinstance(value, dict) else value
        for key, value in content["values"].items()
    }
    return Message(content["text"], values)


def entry_content(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def _shown(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    from liaison_desk.desk.work import _plain

    return {"args": _plain(args), **{key: _plain(value) for key, value in kwargs.items()}}


__all__ = ["PRESENT", "Changes", "Desk", "DeskError", "entry_content", "message_from", "this_seat", "utc_now"]
