"""A shift's running log: what people write into it, and every step of the shift as its entries tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.papers import LogRow
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.shifts import running_shift
from liaison_desk.desk.work import Command, Work, command_title, not_found
from liaison_desk.store.chain import Entry
from liaison_desk.store.duty import LogNote
from liaison_desk.store.models import Person, Shift

LOG_WORDS: Mapping[str, Message] = {
    "note": msg("Log note"),
    "instruction": msg("Instruction"),
    "equipment": msg("Equipment"),
    "contact": msg("Contact"),
    "difference": msg("Difference at the handover"),
}
BY_HAND = ("note", "instruction", "equipment", "contact")


@dataclass(frozen=True, kw_only=True)
class WriteLog(Command[int]):
    """A line in the running shift's log: a note, a superior's instruction, equipment, a contact. Gives the id."""

    title: ClassVar[Message] = msg("Write into the shift's log")
    kind: str
    text: str
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        if self.kind not in BY_HAND:
            raise BadInput(msg("Choose from the list. Nothing was saved."), field="kind")
        text = clean_text(self.text, 2000, field="text")
        if not text:
            raise BadInput(msg("Write what the next shift should know. Nothing was saved."), field="text")
        row = note(work, self.kind, text, not_ahead(work, self.happened_at, "happened_at"))
        work.tell(LOG_WORDS[self.kind])
        return row.id


@dataclass(frozen=True, kw_only=True)
class VoidLog(Command[None]):
    """A line written by mistake, struck through by its author or a lead; it stays readable."""

    title: ClassVar[Message] = msg("Strike a line of the shift's log")
    note_id: int
    reason: str

    def carry_out(self, work: Work) -> None:
        row = work.session.get(LogNote, self.note_id)
        if row is None or not _visible(work, row):
            raise not_found(msg("This line"))
        if row.author_id != work.actor.person_id and work.actor.role.value != "lead":
            raise NotAllowed(msg("Only its author or a lead strikes a line. Nothing was changed."))
        if row.voided_at is not None:
            raise Refused(msg("This line has been struck already. Nothing was changed."))
        row.voided_at, row.void_reason = (
            work.now,
            clean_text(require_reason(self.reason), 255, field="reason"),
        )


def note(work: Work, kind: str, text: str, at: datetime) -> LogNote:
    """Writes a line for the running shift."""
    shift = running_shift(work)
    return work.add(
        LogNote(
            shift_id=shift.id if shift is not None else None,
            kind=kind,
            text=text,
            author_id=work.person().id,
            institution_code=work.actor.institution,
            happened_at=at,
            recorded_at=work.now,
        )
    )


def _visible(work: Work, row: LogNote) -> bool:
    return work.actor.sees_all or row.institution_code == work.actor.institution


@dataclass(frozen=True)
class LogLine:
    """One line: written by somebody (``note_id``), or told by an entry. ``doubted``: by a clock in doubt."""

    at: datetime
    recorded_at: datetime
    kind: Message
    text: str | Message
    who: str
    note_id: int | None
    entry_id: int | None
    struck: str
    """Why it was struck; empty while it stands."""
    doubted: bool = False


LOG_PAGE = 200


def shift_log(work: Work, shift_id: int | None = None, before: int | None = None) -> tuple[LogLine, ...]:
    """The running shift's log, or that of another: notes and steps, the newest first, at most a page of steps.

    ``before``: steps recorded before this entry. Steps name no persons but who took them. A representative
    reads the own institution's.
    """
    shift = work.session.get(Shift, shift_id) if shift_id is not None else running_shift(work)
    if shift is None:
        return ()
    notes = work.session.execute(
        select(LogNote, Person.name)
        .join(Person, Person.id == LogNote.author_id)
        .where(LogNote.shift_id == shift.id)
        .order_by(LogNote.happened_at.desc(), LogNote.id.desc())
    ).all()
    found = [
        LogLine(
            row.happened_at,
            row.recorded_at,
            LOG_WORDS[row.kind],
            row.text,
            who,
            row.id,
            None,
            row.void_reason,
        )
        for row, who in notes
        if _visible(work, row) and before is None
    ]
    steps = (
        select(Entry.id, Entry.at, Entry.command, Entry.doubted, Person.name)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Entry.id > shift.opening_entry)
        .order_by(Entry.id.desc())
        .limit(LOG_PAGE)
    )
    if shift.ended_at is not None:
        steps = steps.where(Entry.at <= shift.ended_at)
    if before is not None:
        steps = steps.where(Entry.id < before)
    if not work.actor.sees_all:
        steps = steps.where(Person.institution_code == work.actor.institution)
    found += [
        LogLine(
            row.at,
            row.at,
            msg("Step"),
            command_title(row.command),
            row.name or "",
            None,
            row.id,
            "",
            row.doubted,
        )
        for row in work.session.execute(steps)
    ]
    return tuple(sorted(found, key=lambda line: (line.at, line.entry_id or 0), reverse=True))


def log_rows(work: Work, shift: Shift | None, only: str | None = None) -> tuple[LogRow, ...]:
    """What of the log stands on the handover sheet: what people wrote, in order of time, nothing struck."""
    if shift is None:
        return ()
    rows = (
        select(LogNote, Person.name)
        .join(Person, Person.id == LogNote.author_id)
        .where(LogNote.shift_id == shift.id, LogNote.voided_at.is_(None))
        .order_by(LogNote.happened_at, LogNote.id)
    )
    if only is not None:
        rows = rows.where(LogNote.institution_code == only)
    return tuple(
        LogRow(row.happened_at, LOG_WORDS[row.kind], row.text, who) for row, who in work.session.execute(rows)
    )
