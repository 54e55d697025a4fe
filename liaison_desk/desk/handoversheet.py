"""Fills the handover sheet of the running shift: no cut is made, and everything on it is masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import func, select

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import (
    CARRIER,
    OPEN,
)
from liaison_desk.core.money import capitals, yuan
from liaison_desk.core.papers import (
    CountsRow,
    EarlierFlow,
    HandoverSummary,
    Imprint,
    MoneyRow,
    Period,
    SignBox,
)
from liaison_desk.core.roles import POLICE, InstitutionKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.figures import BEGINNING, flows, victims_money
from liaison_desk.desk.handoverlists import clocks, lapses, open_rows, traces
from liaison_desk.desk.shiftlog import log_rows
from liaison_desk.desk.shifts import just_before, running_shift
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import (
    Case,
    Institution,
    LedgerEntry,
    Leg,
    Passage,
    Person,
    Shift,
)


def handover(work: Work) -> HandoverSummary:
    """The running shift as it stands: no cut is made, and everything on it is masked."""
    return sheet(work)


def sheet(
    work: Work, *, number: str = "", running: bool = True, institution: str | None = None
) -> HandoverSummary:
    """The running shift up to the last entry there is, masked. ``institution``: only its part, without the money.

    ``running``: a mere print; otherwise the content of a handover that is being prepared.
    """
    settings, shift = work.settings, running_shift(work)
    since_entry = shift.opening_entry if shift is not None else 0
    last = work.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).one()
    institutions = work.session.scalars(select(Institution).order_by(Institution.id)).all()
    names = {row.code: _institution_words(row) for row in institutions}
    plain = {row.code: row.name_zh for row in institutions}
    counts = _counts(work, since_entry, names, institution)
    rows = open_rows(work, names, institution)
    recovered = (
        sum(one.recovered for one in victims_money(work, work.now).values()) if institution is None else None
    )
    return HandoverSummary(
        imprint=Imprint(
            office=settings.office_name,
            number=number,
            printed_at=work.now,
            chain_from=since_entry + 1,
            chain_to=last.id,
            chain_head=last.hash,
            zone_name=settings.zone_name,
        ),
        shift=_shift_words(work, shift),
        as_of=work.now,
        running=running,
        institution=names[institution] if institution is not None else "",
        counts=counts,
        counts_total=_total(counts) if institution is None else None,
        clocks=clocks(work, plain, institution),
        open_requests=tuple(row for row, kind in rows if kind not in CARRIER),
        carrier_requests=tuple(row for row, kind in rows if kind in CARRIER),
        traces=traces(work, names, plain, institution),
        money=_money(work, shift) if institution is None else (),
        recovered_fen=recovered,
        recovered_capitals=capitals(recovered) if recovered is not None else "",
        earlier_flows=_earlier(work, shift, since_entry) if institution is None else (),
        lapses=lapses(work, plain, shift, institution),
        log=log_rows(work, shift, institution),
        signatures=_boxes(work, shift, names, institution),
    )


def _institution_words(row: Institution) -> Message:
    if row.code == POLICE:
        return msg("{en}", en=row.name_en, zh=row.name_zh)
    return msg("{en} {code}", en=row.name_en, zh=row.name_zh, code=row.code)


def _shift_words(work: Work, shift: Shift | None) -> Message:
    if shift is None:
        return msg("No shift open")
    start, end = work.settings.local(shift.planned_from), work.settings.local(shift.planned_until)
    return msg(
        "{day} {name} ({start}–{end})",
        day=start.strftime("%Y-%m-%d"),
        name=shift.name,
        start=start.strftime("%H:%M"),
        end=end.strftime("%H:%M"),
    )


def _counts(
    work: Work, since_entry: int, names: dict[str, Message], only: str | None
) -> tuple[CountsRow, ...]:
    """Opening + new − closed = carried, by the order of recording (rules.md, Counts)."""
    before = _steps(work, Passage.entry_id <= since_entry)
    new = _steps(work, Passage.entry_id > since_entry, Passage.step > 0)
    closed = _steps(work, Passage.entry_id > since_entry, Passage.step < 0)
    overdue: dict[str, int] = {
        code or "": count
        for code, count in work.session.execute(
            select(Leg.institution_code, func.count())
            .where(Leg.state.in_(OPEN), Leg.drill.is_(False), Leg.next_due_at <= work.now)
            .group_by(Leg.institution_code)
        )
    }
    waits = _answer_seconds(work, since_entry)
    rows = []
    for code in (*names, "") if only is None else (only,):
        opening, came, gone = before.get(code, 0), new.get(code, 0), -closed.get(code, 0)
        if not any((opening, came, gone)) and code in ("", POLICE):
            continue
        seconds = waits.get(code, [])
        rows.append(
            CountsRow(
                institution=names.get(code, msg("To be routed")),
                opening=opening,
                new=came,
                closed=gone,
                carried=opening + came - gone,
                overdue=overdue.get(code, 0),
                median_seconds=median_low(seconds) if seconds else None,
            )
        )
    return tuple(rows)


def _steps(work: Work, *conditions: Any) -> dict[str, int]:
    rows = work.session.execute(
        select(Passage.institution_code, func.sum(Passage.step))
        .join(Leg, Leg.id == Passage.leg_id)
        .where(Leg.drill.is_(False), *conditions)
        .group_by(Passage.institution_code)
    )
    found: dict[str, int] = {}
    for code, total in rows:
        found[code or ""] = found.get(code or "", 0) + int(total)
    return found


def _answer_seconds(work: Work, since_entry: int) -> dict[str, list[int]]:
    rows = work.session.execute(
        select(Leg.institution_code, Leg.queued_at, Leg.answered_at)
        .join(Passage, Passage.leg_id == Leg.id)
        .where(
            Passage.entry_id > since_entry,
            Passage.step < 0,
            Leg.drill.is_(False),
            Leg.answered_at.is_not(None),
            Leg.queued_at.is_not(None),
        )
    )
    found: dict[str, list[int]] = {}
    for code, queued, answered in rows:
        if queued is None or answered is None:
            continue
        found.setdefault(code or "", []).append(int((answered - queued).total_seconds()))
    return found


def _total(rows: Iterable[CountsRow]) -> CountsRow:
    listed = list(rows)
    return CountsRow(
        institution=msg("Total (opening + new − closed = carried over)"),
        opening=sum(row.opening for row in listed),
        new=sum(row.new for row in listed),
        closed=sum(row.closed for row in listed),
        carried=sum(row.carried for row in listed),
        overdue=sum(row.overdue for row in listed),
    )


def _money(work: Work, shift: Shift | None) -> tuple[MoneyRow, ...]:
    """opening + captured − returned − released − lapsed = closing.

    The shift's flows are what was recorded in it (rules.md, Handover); month and total go by event time.
    """
    local = work.settings.local(work.now)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    # The whole ledger is added up once: what is not in a period lies before it.
    whole, rows = flows(work, BEGINNING, work.now), []
    for period, since in (
        (Period.SHIFT, shift.opened_at if shift is not None else work.now - timedelta(hours=12)),
        (Period.MONTH, month),
        (Period.TOTAL, None),
    ):
        inside = flows(work, just_before(since), work.now) if since is not None else whole
        before = whole.beyond(inside)
        if period is Period.SHIFT and shift is not None:
            before = flows(work, BEGINNING, shift.opened_at, shift.opening_entry)
            inside = whole.beyond(before)
        rows.append(
            MoneyRow(
                period=period,
                opening=before.secured,
                captured=inside.captured,
                returned=inside.returned,
                released=inside.released,
                lapsed=inside.lapsed,
                closing=before.secured + inside.secured,
                frozen=inside.frozen,
            )
        )
    return tuple(rows)


def _earlier(work: Work, shift: Shift | None, since_entry: int) -> tuple[EarlierFlow, ...]:
    """Recorded in this shift, but happened before it: marked (rules.md, Handover)."""
    if shift is None:
        return ()
    rows = work.session.execute(
        select(LedgerEntry, Case.number)
        .join(Case, Case.id == LedgerEntry.case_id)
        .where(
            LedgerEntry.entry_id > since_entry,
            LedgerEntry.happened_at < shift.opened_at,
            Case.drill.is_(False),
        )
        .order_by(LedgerEntry.id)
        .limit(50)
    )
    return tuple(
        EarlierFlow(
            number=number,
            matter=msg("Lapsed")
            if entry.target is Bucket.LAPSED
            else msg("Entered later: {reason}", reason=entry.reason or yuan(entry.fen)),
            amount_fen=entry.fen,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
        )
        for entry, number in rows
    )


def _boxes(
    work: Work, shift: Shift | None, names: dict[str, Message], only: str | None
) -> tuple[SignBox, ...]:
    lead = work.session.get(Person, shift.lead_id) if shift is not None else None
    boxes = [
        SignBox(role=msg("Outgoing lead"), name=lead.name if lead is not None else ""),
        SignBox(role=msg("Incoming lead")),
    ]
    if only is not None:
        boxes.clear()
    for row in work.session.scalars(
        select(Institution)
        .where(Institution.kind != InstitutionKind.POLICE, Institution.active.is_(True))
        .order_by(Institution.id)
    ):
        if only in (None, row.code):
            boxes.append(SignBox(role=msg("Outgoing"), institution=row.name_zh))
            boxes.append(SignBox(role=msg("Incoming"), institution=row.name_zh))
    return tuple(boxes)
