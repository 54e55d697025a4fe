"""What people see of handovers: the one in progress with its sheet and checks, what came after the cut, all signed ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true

from liaison_desk.core.papers import HandoverSummary, head_code
from liaison_desk.core.words import Message
from liaison_desk.desk.handovers import (
    ITEMS,
    OF_THE_HANDOVER,
    concerns,
    final_summary,
    handover_of,
    items_of,
    unsigned,
)
from liaison_desk.desk.work import Actor, Work, command_title
from liaison_desk.store.chain import Entry
from liaison_desk.store.duty import Handover, HandoverCheck
from liaison_desk.store.models import Person, Shift

AFTER = 500
"""So many entries after a cut are listed."""


@dataclass(frozen=True)
class Checked:
    """One item of the sheet; ``agrees`` None while nobody has checked it."""

    item: str
    words: Message
    agrees: bool | None
    difference: str
    by: str


@dataclass(frozen=True)
class AfterCut:
    """An entry recorded after the cut: it belongs to the next shift, and the incoming side takes note of it."""

    entry_id: int
    at: datetime
    what: Message
    who: str


@dataclass(frozen=True)
class HandoverRow:
    """One handover in the list. ``institution``: empty for the office's own."""

    id: int
    version: int
    number: str
    state: str
    shift: str
    institution: str
    unscheduled: bool
    from_entry: int
    cut_entry: int
    head: str
    """The head's short code, as printed."""
    outgoing: str
    outgoing_id: int
    incoming: str
    incoming_id: int | None
    prepared_at: datetime
    outgoing_signed_at: datetime | None
    incoming_signed_at: datetime | None
    paper_id: int | None
    void_reason: str


@dataclass(frozen=True)
class HandoverView:
    row: HandoverRow
    summary: HandoverSummary
    checks: tuple[Checked, ...]
    read_back: tuple[str, ...]
    after: tuple[AfterCut, ...]


def handovers(work: Work, limit: int = 100) -> tuple[HandoverRow, ...]:
    """The newest first; a representative sees those of the own institution."""
    rows = work.session.execute(
        select(Handover, Shift.name)
        .join(Shift, Shift.id == Handover.shift_id)
        .where(_visible(work.actor))
        .order_by(Handover.id.desc())
        .limit(limit)
    ).all()
    return tuple(_row(work, row, shift) for row, shift in rows)


def handover_view(work: Work, handover_id: int) -> HandoverView:
    """One handover with its sheet as it stands, its checks, and what was recorded after its cut."""
    row = handover_of(work, handover_id)
    checks = {
        check.item: (check, who)
        for check, who in work.session.execute(
            select(HandoverCheck, Person.name)
            .join(Person, Person.id == HandoverCheck.person_id)
            .where(HandoverCheck.handover_id == row.id)
        )
    }
    shown = []
    for item in items_of(row):
        check, who = checks.get(item, (None, ""))
        shown.append(
            Checked(
                item,
                ITEMS[item],
                check.agrees if check is not None else None,
                check.difference if check is not None else "",
                who,
            )
        )
    return HandoverView(
        row=_row(work, row, work.find(Shift, row.shift_id).name),
        summary=final_summary(work, row),
        checks=tuple(shown),
        read_back=tuple(row.read_back.split("\n")) if row.read_back else (),
        after=_after(work, row),
    )


def open_handover(work: Work) -> HandoverView | None:
    """The handover in progress that concerns the reader: a representative's own institution's, else the office's."""
    own = None if work.actor.sees_all else work.actor.institution
    row = unsigned(work, own)
    return handover_view(work, row.id) if row is not None else None


def _visible(actor: Actor) -> ColumnElement[bool]:
    if actor.sees_all:
        return true()
    return or_(Handover.institution_code == actor.institution)


def _row(work: Work, row: Handover, shift: str) -> HandoverRow:
    incoming = work.find(Person, row.incoming_id).name if row.incoming_id is not None else ""
    return HandoverRow(
        id=row.id,
        version=row.version,
        number=row.number,
        state=row.state,
        shift=shift,
        institution=row.institution_code or "",
        unscheduled=row.unscheduled,
        from_entry=row.from_entry,
        cut_entry=row.cut_entry,
        head=head_code(row.head_hash),
        outgoing=work.find(Person, row.outgoing_id).name,
        outgoing_id=row.outgoing_id,
        incoming=incoming,
        incoming_id=row.incoming_id,
        prepared_at=row.prepared_at,
        outgoing_signed_at=row.outgoing_signed_at,
        incoming_signed_at=row.incoming_signed_at,
        paper_id=row.paper_id,
        void_reason=row.void_reason,
    )


def _after(work: Work, row: Handover) -> tuple[AfterCut, ...]:
    """What was recorded after the cut and until the signatures, the newest first."""
    query = (
        select(Entry.id, Entry.at, Entry.command, Person.name)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Entry.id > row.cut_entry, Entry.command.not_in(OF_THE_HANDOVER), concerns(row))
        .order_by(Entry.id.desc())
        .limit(AFTER)
    )
    signed = [at for at in (row.outgoing_signed_at, row.incoming_signed_at) if at is not None]
    if len(signed) == 2:
        query = query.where(Entry.at <= max(signed))
    return tuple(
        AfterCut(found.id, found.at, command_title(found.command), found.name or "")
        for found in work.session.execute(query)
    )
