"""Whether this computer's clock can be believed (rules.md, In doubt), and a lead's word that it can.

Each window compares its wall clock with what cannot be set: the time the computer has been running, the beats
of other seats seen arriving, the server's clock, and the newest undoubted entry. While the clock is in doubt
entries carry the mark, are no reference for others, and no lapse is entered.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.work import Command, SeatMark, Work
from liaison_desk.store.chain import Entry, Seat
from liaison_desk.store.models import Setting

BEHIND = timedelta(minutes=2)
"""A clock this far behind the newest undoubted entry, or from another clock, is in doubt."""
JUMP = timedelta(minutes=5)
"""A running clock that was set by more than this is in doubt."""
STEP = timedelta(seconds=2)
"""Smaller steps are how clocks are kept right; they do not add up to a jump."""
PRESENT = timedelta(seconds=40)
"""A seat that has not said anything for so long is no longer counted as connected."""
TRUSTED = "confirmed_seat"
"""The setting that names the seat whose time a lead confirmed last."""


def running_time() -> float:
    """Seconds on a clock that nobody can set and that goes on while the computer sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # time.monotonic stands still there while the computer sleeps; this one does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def server_time(session: Session) -> datetime | None:
    """What the database server's clock says; None where the database is a file of this computer."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    found = session.scalar(select(func.clock_timestamp()))
    return found.astimezone(UTC) if isinstance(found, datetime) else None


@dataclass
class _Heard:
    """Another seat as it was last seen beating: its own time then, and how far ours was from it."""

    computer: str
    beat_at: datetime
    at: float | None = None
    """Our running time when a new beat of it was seen; None: none has been seen arriving yet."""
    apart: timedelta = timedelta(0)


class ClockWatch:
    """What one running window knows of its own clock. Used from any thread.

    ``running`` is None where the clock is a test's own and runs by itself: nothing is compared with it then.
    """

    def __init__(
        self,
        running: Callable[[], float] | None = running_time,
        server: Callable[[Session], datetime | None] | None = server_time,
    ) -> None:
        self._running = running
        self._server = server
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] | None = None
        self._jumped = timedelta(0)
        self._heard: dict[str, _Heard] = {}
        self._looked: datetime | None = None

    # --- looking

    def look(self, now: datetime) -> None:
        """Compares the wall clock with the running time since the last look."""
        with self._lock:
            self._step(now)

    def _step(self, now: datetime) -> None:
        if self._running is None:
            return
        ran = self._running()
        if self._last is not None:
            then, before = self._last
            step = (now - then) - timedelta(seconds=ran - before)
            if abs(step) >= STEP:
                self._jumped += step
                # What was heard was measured on the clock as it was before the step.
                self._heard.clear()
        self._last = (now, ran)

    def hear(self, session: Session, own: SeatMark, now: datetime) -> None:
        """Takes in the other seats' beats; called at each beat of this one.

        A beat that is new since the last look was written in between, whatever its seat's clock said; so
        its time must lie between our two looks, but for the difference of the two clocks.
        """
        rows = session.execute(
            select(Seat.id, Seat.computer, Seat.beat_at).where(Seat.ended_at.is_(None), Seat.id != own.id)
        ).all()
        with self._lock:
            self._step(now)
            ran = self._seconds(now)
            here = {row.id for row in rows}
            for gone in set(self._heard) - here:
                del self._heard[gone]
            for row in rows:
                known = self._heard.get(row.id)
                if known is None:
                    self._heard[row.id] = _Heard(row.computer, row.beat_at)
                elif known.beat_at != row.beat_at:
                    known.beat_at, known.at = row.beat_at, ran
                    known.apart = _outside(row.beat_at, self._looked or now, now)
                    if abs(known.apart) <= BEHIND and row.computer != own.computer:
                        # Another computer's clock agrees: whatever was set was set right.
                        self._jumped = timedelta(0)
            self._looked = now

    def confirmed(self) -> None:
        """A lead has said that the time is right: a jump until now is forgotten."""
        with self._lock:
            self._jumped = timedelta(0)

    # --- judging

    def doubt(self, session: Session, own: SeatMark, now: datetime) -> Message | None:
        """Why the clock is in doubt, or None."""
        with self._lock:
            self._step(now)
            ran = self._seconds(now)
            beating = {
                id_: seat
                for id_, seat in self._heard.items()
                if seat.at is not None and ran - seat.at <= PRESENT.total_seconds()
            }
            apart = [seat for seat in beating.values() if abs(seat.apart) > BEHIND]
        trusted = ""
        if self._server is not None:
            server = self._server(session)
            if server is not None:
                if abs(server - now) > BEHIND:
                    trusted = _trusted(session)
                    if trusted != own.id:
                        return msg(
                            "This computer's clock differs from the server's by {time}.",
                            time=_span(server - now),
                        )
                else:
                    self.confirmed()
        if abs(self._jumped) > JUMP:
            return msg(
                "This computer's clock was set by {time} while the program was running.",
                time=_span(self._jumped),
            )
        if apart:
            trusted = trusted or _trusted(session)
            relied = beating.get(trusted)
            if trusted != own.id and (relied is None or abs(relied.apart) > BEHIND):
                return msg(
                    "This computer's clock differs from that of {computer} by {time}.",
                    computer=apart[0].computer,
                    time=_span(apart[0].apart),
                )
        reference = newest_undoubted(session)
        if reference is not None and now < reference - BEHIND:
            return msg(
                "This computer's clock is {time} behind what was recorded last.", time=_span(reference - now)
            )
        return None

    def _seconds(self, now: datetime) -> float:
        return self._running() if self._running is not None else now.timestamp()


def _outside(beat: datetime, earliest: datetime, latest: datetime) -> timedelta:
    """How far a beat's own time lies before (negative) or after the span in which it was written."""
    if beat < earliest:
        return beat - earliest
    return max(timedelta(0), beat - latest)


def newest_undoubted(session: Session) -> datetime | None:
    """The time of the newest entry whose clock was not in doubt."""
    last = session.execute(select(Entry.at, Entry.doubted).order_by(Entry.id.desc()).limit(1)).first()
    if last is None or not last.doubted:
        return last.at if last is not None else None
    return session.scalar(select(Entry.at).where(Entry.doubted.is_(False)).order_by(Entry.id.desc()).limit(1))


def _trusted(session: Session) -> str:
    value = session.scalar(select(Setting.value).where(Setting.key == TRUSTED))
    return str(json.loads(value)) if value else ""


def _span(length: timedelta) -> Message:
    seconds = int(abs(length).total_seconds())
    if seconds >= 7200:
        return msg("{hours} h {minutes} min", hours=seconds // 3600, minutes=seconds % 3600 // 60)
    return msg("{minutes} min {seconds} s", minutes=seconds // 60, seconds=seconds % 60)


@dataclass(frozen=True, kw_only=True)
class ConfirmTime(Command[None]):
    """A lead has compared this computer's clock with a right one: its time holds from here on."""

    title: ClassVar[Message] = msg("Confirm the time")

    def carry_out(self, work: Work) -> None:
        work.person()
        row = work.session.scalar(select(Setting).where(Setting.key == TRUSTED))
        value = json.dumps(work.seat.id)
        if row is None:
            work.add(Setting(key=TRUSTED, value=value))
        else:
            row.value = value
        # This entry is what clocks are measured by from now on.
        work.doubted = False
        work.tell(msg("Time of {computer} confirmed", computer=work.seat.computer))


@dataclass(frozen=True)
class ClockState:
    """``reason``: why the clock of the asking seat is in doubt, None when it is not."""

    now: datetime
    reason: Message | None
    newest_entry: datetime | None
    """The time of the newest undoubted entry."""
    confirmed_here: bool
    """Whether a lead's last word was about this seat."""


def clock_state(work: Work) -> ClockState:
    """The asking seat's clock, as it stands to the others."""
    return ClockState(
        work.now,
        work.why_doubted(),
        newest_undoubted(work.session),
        _trusted(work.session) == work.seat.id,
    )
