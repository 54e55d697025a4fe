"""Taking one's own last step back within ten seconds, if nothing has followed (rules.md, "The chain").

Undo is a command of its own with its own entry: it puts back what the step's entry says was there before. It is
never offered for what has gone out or was signed: answers, approvals, returns, prints, unmaskings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import inspect, select, tuple_
from sqlalchemy.orm import Mapper

from liaison_desk.core.errors import DeskError, Refused
from liaison_desk.core.lifecycle import LegKind
from liaison_desk.core.roles import RIGHTS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import index, scope
from liaison_desk.desk.attachments import attachment_of
from liaison_desk.desk.desk import entry_content
from liaison_desk.desk.work import Command, Work, command_title, not_found
from liaison_desk.store.audit import column_value, moment_from_text
from liaison_desk.store.base import UtcTime, Word
from liaison_desk.store.chain import Entry, Touch
from liaison_desk.store.content import Attachment
from liaison_desk.store.models import Account, Case, Hold, Issued, Leg, Passage
from liaison_desk.store.views import LegFlag

WITHIN = timedelta(seconds=10)
UNDOABLE = frozenset(
    {
        *("ClaimRequest", "ReleaseClaim", "ReassignRequest", "ReturnForCorrection", "RouteRequest"),
        *("IssueProposed", "WithdrawRequest", "CloseRequest", "ReopenRequest", "VoidRequest"),
        *("AuthoriseHops", "AcknowledgeLapse", "SetFlag", "ClearFlag"),
        *("AddAttachment", "VoidAttachment"),
    }
)
"""Steps that only move or mark something; money, words sent out and signatures are corrected with a reason."""
MOST = 500
"""Own steps looked at, and entries looked through, at a time."""
_ROWS: dict[str, type[Any]] = {
    "leg": Leg,
    "case_file": Case,
    "hold": Hold,
    "account": Account,
    "issued": Issued,
    "attachment": Attachment,
    "leg_flag": LegFlag,
}
_MADE = frozenset({"passage", "attachment", "leg_flag"})
"""Rows a step may have made that have a counterpart: a step back, voided, cleared."""
_STAYS = frozenset({"content", "chunk"})
"""What it made and nobody need take back: bytes by their hash."""


@dataclass(frozen=True)
class UndoOffer:
    """One own step that can be taken back until ``until``."""

    entry_id: int
    title: Message
    name: str
    """What it was about: a number, a file's name."""
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Undo(Command[None]):
    """Puts back what one's own step changed. Refused after ten seconds, and when anything has followed it."""

    title: ClassVar[Message] = msg("Undo")
    entry_id: int

    def carry_out(self, work: Work) -> None:
        entry = work.session.get(Entry, self.entry_id)
        if entry is None or entry.person_id != work.actor.person_id or entry.person_id is None:
            raise not_found(msg("This step"))
        step = _Step(work, entry)
        step.require_open()
        step.take_back()
        work.tell(msg("Undone: {what}", what=command_title(entry.command)))


def undo_offers(work: Work, most: int = 1) -> tuple[UndoOffer, ...]:
    """This seat's own newest steps that can be taken back now, newest first; none older than one that cannot."""
    newest = work.session.scalar(select(Entry.id).order_by(Entry.id.desc()).limit(1)) or 0
    rows = work.session.scalars(
        select(Entry)
        .where(Entry.id > newest - MOST, Entry.person_id == work.actor.person_id)
        .order_by(Entry.id.desc())
        .limit(min(most, MOST))
    )
    found = []
    for entry in rows:
        step = _Step(work, entry)
        if step.content["seat"]["id"] != work.seat.id:
            continue
        try:
            step.require_open()
        except DeskError:
            break
        found.append(UndoOffer(entry.id, command_title(entry.command), step.name(), entry.at + WITHIN))
    return tuple(found)


class _Step:
    """One entry that may be taken back, with the rows it changed."""

    def __init__(self, work: Work, entry: Entry) -> None:
        self.work, self.entry = work, entry
        self.content = entry_content(entry.text)

    # --- whether it can be

    def require_open(self) -> None:
        """Raises DeskError with the reason why this step is not taken back (any more)."""
        work, entry = self.work, self.entry
        what = command_title(entry.command)
        if entry.command not in UNDOABLE:
            raise Refused(
                msg("{what} is not undone; correct it with a reason. Nothing was changed.", what=what)
            )
        if work.actor.role not in RIGHTS.get(entry.command, frozenset()):
            raise not_found(msg("This step"))
        if not timedelta(0) <= work.now - entry.at <= WITHIN:
            raise Refused(
                msg(
                    "The {seconds} seconds for undoing are over. Nothing was changed; correct it with a reason.",
                    seconds=int(WITHIN.total_seconds()),
                )
            )
        for change, row in self._rows():
            self._require_right(row)
            if not _as_left(change, row):
                raise self._followed()
        if self._later():
            raise self._followed()

    def _rows(self) -> Iterator[tuple[dict[str, Any], Any]]:
        """The rows this step changed or made that have to be put back."""
        for change in self.content["changes"]:
            table, made = change["table"], "new" in change
            if (made and table in _STAYS) or (made and table == "passage"):
                continue
            if table not in _ROWS or (made and table not in _MADE):
                raise Refused(
                    msg(
                        "{what} is not undone; correct it with a reason. Nothing was changed.",
                        what=command_title(self.entry.command),
                    )
                )
            row = self.work.session.get(_ROWS[table], change["id"])
            if row is None:
                raise self._followed()
            yield change, row

    def _require_right(self, row: Any) -> None:
        """The step's own walls hold for taking it back."""
        work = self.work
        if isinstance(row, Leg):
            if self.entry.command in ("ClaimRequest", "ReleaseClaim", "ReassignRequest"):
                scope.own_leg_of(work, row.id)
            elif not work.actor.police and not work.actor.speaks_for(row.institution_code):
                raise not_found(msg("This request"))
            if row.kind is LegKind.RETURN:
                raise Refused(msg("A return is never undone. Nothing was changed."))
        elif isinstance(row, LegFlag):
            scope.leg_of(work, row.leg_id)
        elif isinstance(row, Case):
            scope.case_of(work, row.id)
        elif isinstance(row, Hold):
            scope.hold_of(work, row.id)
        elif isinstance(row, Attachment):
            attachment_of(work, row.id)

    def _subjects(self) -> set[tuple[str, int]]:
        """Whose timelines must be silent since."""
        found: set[tuple[str, int]] = set()
        for _, row in self._rows():
            if isinstance(row, Leg):
                found.add(("leg", row.id))
            elif isinstance(row, Case):
                found.add(("case", row.id))
            elif isinstance(row, Hold):
                found.add(("hold", row.id))
            elif isinstance(row, LegFlag):
                found.add(("leg", row.leg_id))
            elif isinstance(row, Attachment):
                found.add(("leg", row.leg_id) if row.leg_id is not None else ("case", row.case_id))
        return found

    def _later(self) -> bool:
        """Whether anything was recorded about the same since, apart from steps that were taken back themselves."""
        subjects = self._subjects()
        if not subjects:
            return False
        rows = self.work.session.scalars(
            select(Entry)
            .where(
                Entry.id.in_(
                    select(Touch.entry_id).where(
                        tuple_(Touch.kind, Touch.subject_id).in_(sorted(subjects)),
                        Touch.entry_id > self.entry.id,
                    )
                )
            )
            .order_by(Entry.id)
        ).all()
        undone = {
            entry_content(row.text)["payload"]["entry_id"]: row.id for row in rows if row.command == "Undo"
        }
        return self.entry.id in undone or any(row.command != "Undo" and row.id not in undone for row in rows)

    def _followed(self) -> Refused:
        return Refused(
            msg(
                "Something has followed “{what}”, so it is not undone. Nothing was changed; look again.",
                what=command_title(self.entry.command),
            )
        )

    # --- taking it back

    def take_back(self) -> None:
        work = self.work
        accounts = []
        for change, row in list(self._rows()):
            if "set" in change:
                _put_back(change["set"], row)
            elif isinstance(row, Attachment):
                row.voided_at = work.now
            elif isinstance(row, LegFlag):
                row.cleared_at, row.cleared_by = work.now, work.person().id
            if isinstance(row, Account):
                accounts.append(row)
        for change in self.content["changes"]:
            if change["table"] == "passage":
                made = change["new"]
                work.session.add(
                    Passage(
                        leg_id=made["leg_id"],
                        institution_code=made["institution_code"],
                        step=-made["step"],
                        entry_id=work.entry_id,
                        recorded_at=work.now,
                    )
                )
        for kind, id_ in self._subjects():
            work.touch(kind, id_)
        work.session.flush()
        for account in accounts:
            index.renew_account(work, account)

    def name(self) -> str:
        """What it was about, for the one who did it."""
        for _, row in self._rows():
            if isinstance(row, Leg | Case):
                return row.number
            if isinstance(row, Attachment):
                return row.name
            if isinstance(row, LegFlag):
                return self.work.find(Leg, row.leg_id).number
        return ""


def _as_left(change: dict[str, Any], row: Any) -> bool:
    """Whether the row still is what the step made of it."""
    after = change.get("new") or {column: pair[1] for column, pair in change["set"].items()}
    mapper: Mapper[Any] = inspect(type(row))
    # A step and its undoing raise the version twice and leave everything else as it was.
    return all(
        column_value(mapper.attrs[key].columns[0], getattr(row, key)) == value
        for key, value in after.items()
        if key != "version"
    )


def _put_back(columns: dict[str, list[Any]], row: Any) -> None:
    mapper: Mapper[Any] = inspect(type(row))
    for key, (before, _) in columns.items():
        if key != "version":
            setattr(row, key, _python(mapper.attrs[key].columns[0].type, before))


def _python(kind: Any, stored: Any) -> Any:
    """The inverse of the canonical form, for the types of columns that steps change."""
    if stored is None:
        return None
    if isinstance(kind, UtcTime):
        return moment_from_text(stored)
    return kind.kind(stored) if isinstance(kind, Word) else stored
