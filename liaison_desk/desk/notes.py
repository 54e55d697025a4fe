"""Notes addressed to an institution: what waits to be taken note of, who took note of it, and when.

A note calls an institution with @CODE; one of its people takes note for all of them. The author's own
institution is never asked to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import Conflict, Refused
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.scope import visible_notes
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.models import Case, Leg, Note, Person
from liaison_desk.store.views import NoteTaken

MOST = 200
"""Notes that are listed; the newest."""
REACH = timedelta(days=30)
"""Older notes nobody took note of are no longer asked for."""


@dataclass(frozen=True)
class Taken:
    """That an institution took note."""

    institution: str
    who: str
    at: datetime


@dataclass(frozen=True)
class WaitingNote:
    """A note that calls the reader's institution and that nobody there has taken note of."""

    id: int
    case_id: int
    leg_id: int | None
    number: str
    """Of the request, or of the case where it is about that."""
    who: str
    institution: str
    at: datetime
    text: str


@dataclass(frozen=True)
class NotTaken:
    """How many notes an institution has been called by and has not taken note of."""

    institution: str
    count: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True)
class TakeNote(Command[None]):
    """Somebody of an addressed institution has read the note, for all of them."""

    title: ClassVar[Message] = msg("Take note of a note")
    note_id: int

    def carry_out(self, work: Work) -> None:
        note = work.session.scalar(select(Note).where(Note.id == self.note_id, visible_notes(work.actor)))
        if note is None:
            raise not_found(msg("This note"))
        if work.actor.institution not in called(note):
            raise Refused(msg("This note does not call your institution. Nothing was changed."))
        before = work.session.execute(
            select(NoteTaken.recorded_at, Person.name)
            .join(Person, Person.id == NoteTaken.person_id)
            .where(NoteTaken.note_id == note.id, NoteTaken.institution_code == work.actor.institution)
        ).first()
        if before is not None:
            at = when(before.recorded_at, work.now, work.settings.zone, seconds=True)
            raise Conflict(
                msg("{who} already took note at {at}. Nothing was changed.", who=before.name, at=at)
            )
        work.add(
            NoteTaken(
                note_id=note.id,
                institution_code=work.actor.institution,
                person_id=work.person().id,
                recorded_at=work.now,
            )
        )
        work.touch("case", note.case_id)
        if note.leg_id is not None:
            work.touch("leg", note.leg_id)
        work.tell(
            msg("Took note of the note of {at}", at=when(note.recorded_at, work.now, work.settings.zone))
        )


def called(note: Note) -> tuple[str, ...]:
    """The institutions that are asked to take note."""
    return tuple(code for code in note.addressed.split(",") if code and code != note.institution_code)


def taken_of(work: Work, note_ids: Iterable[int]) -> dict[int, tuple[Taken, ...]]:
    """Who took note of these notes, in the order in which they did."""
    found: dict[int, list[Taken]] = {}
    for row, who in work.session.execute(
        select(NoteTaken, Person.name)
        .join(Person, Person.id == NoteTaken.person_id)
        .where(NoteTaken.note_id.in_(list(note_ids)))
        .order_by(NoteTaken.id)
    ):
        found.setdefault(row.note_id, []).append(Taken(row.institution_code, who, row.recorded_at))
    return {note_id: tuple(rows) for note_id, rows in found.items()}


def notes_to_take(work: Work) -> tuple[WaitingNote, ...]:
    """Notes of the last thirty days that call the reader's institution, the newest first."""
    mine = work.actor.institution
    rows = work.session.execute(
        select(Note, Person.name, Case.number, Leg.number)
        .join(Person, Person.id == Note.author_id)
        .join(Case, Case.id == Note.case_id)
        .outerjoin(Leg, Leg.id == Note.leg_id)
        .outerjoin(NoteTaken, (NoteTaken.note_id == Note.id) & (NoteTaken.institution_code == mine))
        .where(
            NoteTaken.id.is_(None),
            Note.institution_code != mine,
            Note.addressed.contains(f",{mine},", autoescape=True),
            Note.recorded_at > work.now - REACH,
            Case.drill.is_(False),
            visible_notes(work.actor),
        )
        .order_by(Note.id.desc())
        .limit(MOST)
    ).all()
    return tuple(
        WaitingNote(
            note.id,
            note.case_id,
            note.leg_id,
            leg or case,
            who,
            note.institution_code,
            note.recorded_at,
            note.text,
        )
        for note, who, case, leg in rows
    )


def notes_not_taken(work: Work) -> tuple[NotTaken, ...]:
    """For the shift: each called institution that has notes open, by how many, the longest list first."""
    notes = work.session.execute(
        select(Note.id, Note.addressed, Note.institution_code, Note.recorded_at)
        .join(Case, Case.id == Note.case_id)
        .where(Note.addressed != "", Note.recorded_at > work.now - REACH, Case.drill.is_(False))
        .order_by(Note.id)
    ).all()
    taken = {
        (row.note_id, row.institution_code)
        for row in work.session.execute(
            select(NoteTaken.note_id, NoteTaken.institution_code).where(
                NoteTaken.recorded_at > work.now - REACH
            )
        )
    }
    found: dict[str, NotTaken] = {}
    for note in notes:
        for code in note.addressed.split(","):
            if code and code != note.institution_code and (note.id, code) not in taken:
                before = found.get(code, NotTaken(code, 0, note.recorded_at))
                found[code] = NotTaken(code, before.count + 1, before.oldest)
    return tuple(sorted(found.values(), key=lambda row: (-row.count, row.institution)))
