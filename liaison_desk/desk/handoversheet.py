"""Fills the handover sheet of the running shift: no cut is made, and everything on it is masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import func, or_, select

from liaison_desk.core.countdown import when
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import (
    CARRIER,
    KIND_WORDS,
    ON_MONEY,
    OPEN,
    STATE_WORDS,
    LegKind,
    LegState,
)
from liaison_desk.core.masking import group4, mask_account, mask_phone
from liaison_desk.core.money import capitals, yuan
from liaison_desk.core.papers import (
    ClockRow,
    CountsRow,
    EarlierFlow,
    HandoverSummary,
    Imprint,
    LapseRow,
    MoneyRow,
    OpenRow,
    Period,
    SignBox,
    TraceRow,
)
from liaison_desk.core.roles import POLICE, InstitutionKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.figures import BEGINNING, flows, victims_money
from liaison_desk.desk.shifts import just_before, running_shift
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import (
    Account,
    Case,
    Hold,
    Institution,
    LedgerEntry,
    Leg,
    Passage,
    Person,
    Shift,
)


def handover(work: Work) -> HandoverSummary:
    """The running shift as it stands: no cut is made, and everything on it is masked."""
    settings, shift = work.settings, running_shift(work)
    since_entry = shift.opening_entry if shift is not None else 0
    last = work.session.execute(select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)).one()
    institutions = work.session.scalars(select(Institution).order_by(Institution.id)).all()
    names = {row.code: _institution_words(row) for row in institutions}
    plain = {row.code: row.name_zh for row in institutions}
    counts = _counts(work, since_entry, names)
    open_rows = _open_rows(work, names)
    recovered = sum(one.recovered for one in victims_money(work, work.now).values())
    return HandoverSummary(
        imprint=Imprint(
            office=settings.office_name,
            number="",
            printed_at=work.now,
            chain_from=since_entry + 1,
            chain_to=last.id,
            chain_head=last.hash,
            zone_name=settings.zone_name,
        ),
        shift=_shift_words(work, shift),
        as_of=work.now,
        running=True,
        counts=counts,
        counts_total=_total(counts),
        clocks=_clocks(work, plain),
        open_requests=tuple(row for row, kind in open_rows if kind not in CARRIER),
        carrier_requests=tuple(row for row, kind in open_rows if kind in CARRIER),
        traces=_traces(work, names, plain),
        money=_money(work, shift),
        recovered_fen=recovered,
        recovered_capitals=capitals(recovered),
        earlier_flows=_earlier(work, shift, since_entry),
        lapses=_lapses(work, plain, shift),
        signatures=_boxes(work, shift, names),
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


def _counts(work: Work, since_entry: int, names: dict[str, Message]) -> tuple[CountsRow, ...]:
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
    for code in (*names, ""):
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


def _clocks(work: Work, plain: dict[str, str]) -> tuple[ClockRow, ...]:
    """Stops that end within 48 hours and freezes within 30 days, by expiry."""
    soon = (
        Hold.drill.is_(False),
        Hold.stopped + Hold.frozen > 0,
        Hold.ends_at > work.now,
        or_(
            (Hold.rule == "stop") & (Hold.ends_at <= work.now + timedelta(hours=48)),
            (Hold.rule != "stop") & (Hold.ends_at <= work.now + timedelta(days=30)),
        ),
    )
    rows = work.session.execute(
        select(Hold, Person.name)
        .join(Case, Case.id == Hold.case_id)
        .join(Person, Person.id == Case.officer_id)
        .where(*soon)
        .order_by(Hold.ends_at, Hold.id)
    )
    asked = work.session.execute(
        select(Leg.account_id, Leg.state)
        .join(Hold, Hold.account_id == Leg.account_id)
        .where(*soon, Leg.kind == LegKind.FREEZE, Leg.state.in_(OPEN))
    )
    freezes = dict(asked.tuples().all())
    numbers = _first_numbers(work, *soon)
    return tuple(
        ClockRow(
            ends_at=hold.ends_at,
            matter=msg("48-hour stop") if hold.rule == "stop" else msg("Freeze term"),
            number=numbers.get(hold.id, ""),
            institution=plain.get(hold.institution_code or POLICE, ""),
            amount_fen=hold.stopped + hold.frozen,
            next_step=_next_of_hold(work, hold, freezes.get(hold.account_id)),
            owner=officer,
        )
        for hold, officer in rows
    )


def _first_numbers(work: Work, *conditions: Any) -> dict[int, str]:
    """For each of these holds the number of the request that caught the money."""
    caught = select(Leg.hold_id, func.min(Leg.id).label("leg_id")).join(Hold, Hold.id == Leg.hold_id)
    first = caught.where(*conditions).group_by(Leg.hold_id).subquery()
    rows = work.session.execute(select(first.c.hold_id, Leg.number).join(Leg, Leg.id == first.c.leg_id))
    return {hold_id: number for hold_id, number in rows if hold_id is not None}


def _next_of_hold(work: Work, hold: Hold, freeze: LegState | None) -> Message:
    """``freeze``: how far the request to freeze that account has come, if one is open."""
    if hold.rule != "stop":
        return msg("Renew or return")
    if freeze is not None:
        return msg("Freeze: {state}", state=STATE_WORDS[freeze])
    left = work.settings.stops_per_account - hold.stops
    return msg("Freeze, or stop once more") if left > 0 else msg("Freeze; no stop is left")


def _open_rows(work: Work, names: dict[str, Message]) -> list[tuple[OpenRow, LegKind]]:
    rows = work.session.execute(
        select(Leg, Account, Person.name)
        .join(Account, Account.id == Leg.account_id)
        .outerjoin(Person, Person.id == func.coalesce(Leg.claimed_by, Leg.officer_id))
        .where(Leg.state.in_(OPEN), Leg.drill.is_(False))
        .order_by(Leg.institution_code, Leg.next_due_at, Leg.id)
    ).all()
    made = []
    for leg, account, owner in rows:
        masked = mask_phone(account.number) if account.phone else group4(mask_account(account.number))
        made.append(
            (
                OpenRow(
                    institution=names.get(leg.institution_code or "", msg("To be routed")),
                    number=leg.number,
                    kind=leg.kind,
                    target=masked,
                    state=leg.state,
                    age_seconds=int((work.now - leg.recorded_at).total_seconds()),
                    overdue=leg.next_due_at is not None and leg.next_due_at <= work.now,
                    last_step=msg(
                        "{state} {at}",
                        state=STATE_WORDS[leg.state],
                        at=when(
                            leg.claimed_at or leg.queued_at or leg.recorded_at, work.now, work.settings.zone
                        ),
                    ),
                    next_step=_next_of_leg(leg),
                    owner=owner or "",
                    amount_fen=leg.asked if leg.kind in ON_MONEY else None,
                ),
                leg.kind,
            )
        )
    return made


def _next_of_leg(leg: Leg) -> Message:
    return {
        LegState.ROUTING: msg("Name the institution"),
        LegState.APPROVAL: msg("Lead to approve"),
        LegState.QUEUED: msg("Representative to claim"),
        LegState.CLAIMED: msg("Representative to answer"),
        LegState.CORRECTION: msg("Officer to correct"),
    }[leg.state]


def _traces(work: Work, names: dict[str, Message], plain: dict[str, str]) -> tuple[TraceRow, ...]:
    """Cases with money still traceable on an open leg: the last known hop and who is waited for."""
    rows = work.session.execute(
        select(Leg, Account, Case)
        .join(Account, Account.id == Leg.account_id)
        .join(Case, Case.id == Leg.case_id)
        .where(Leg.state.in_((*OPEN, LegState.PROPOSED)), Leg.drill.is_(False), Leg.traceable > 0)
        .order_by(Case.happened_at, Leg.level, Leg.id)
    ).all()
    per_case: dict[int, list[tuple[Leg, Account, Case]]] = {}
    for leg, account, case in rows:
        per_case.setdefault(case.id, []).append((leg, account, case))
    made = []
    for legs in per_case.values():
        deepest, account, case = max(legs, key=lambda item: (item[0].level, item[0].id))
        made.append(
            TraceRow(
                case_number=case.number,
                fraud_type=FRAUD_TYPES[case.fraud_type],
                last_hop=msg(
                    "Level {level} {institution} {target}",
                    level=deepest.level,
                    institution=plain.get(account.institution_code, "")
                    if account.institution_code
                    else account.bank_name,
                    target=group4(mask_account(account.number)),
                ),
                untraced_fen=sum(leg.traceable for leg, _, _ in legs),
                waits=msg(
                    "{institution}: {kind}",
                    institution=names.get(deepest.institution_code or "", msg("To be routed")),
                    kind=KIND_WORDS[deepest.kind],
                ),
                waiting_seconds=int((work.now - min(leg.recorded_at for leg, _, _ in legs)).total_seconds()),
            )
        )
    return tuple(made)


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


def _lapses(work: Work, plain: dict[str, str], shift: Shift | None) -> tuple[LapseRow, ...]:
    """Lapses of this shift, and every older one that nobody has taken note of."""
    since = shift.opened_at if shift is not None else work.now - timedelta(hours=12)
    shown = (
        Hold.lapsed > 0,
        Hold.drill.is_(False),
        or_(Hold.acknowledged_at.is_(None), Hold.acknowledged_at >= since),
    )
    rows = work.session.execute(
        select(Hold, Account, Person.name)
        .join(Account, Account.id == Hold.account_id)
        .outerjoin(Person, Person.id == Hold.acknowledged_by)
        .where(*shown)
        .order_by(Hold.ends_at)
    )
    numbers = _first_numbers(work, *shown)
    return tuple(
        LapseRow(
            number=numbers.get(hold.id, ""),
            institution=plain.get(hold.institution_code or POLICE, ""),
            target=group4(mask_account(account.number)),
            amount_fen=hold.lapsed,
            lapsed_at=hold.ends_at,
            acknowledged_by=who or "",
            acknowledged_at=hold.acknowledged_at,
        )
        for hold, account, who in rows
    )


def _boxes(work: Work, shift: Shift | None, names: dict[str, Message]) -> tuple[SignBox, ...]:
    lead = work.session.get(Person, shift.lead_id) if shift is not None else None
    boxes = [
        SignBox(role=msg("Outgoing lead"), name=lead.name if lead is not None else ""),
        SignBox(role=msg("Incoming lead")),
    ]
    for row in work.session.scalars(
        select(Institution)
        .where(Institution.kind != InstitutionKind.POLICE, Institution.active.is_(True))
        .order_by(Institution.id)
    ):
        boxes.append(SignBox(role=msg("Outgoing"), institution=row.name_zh))
        boxes.append(SignBox(role=msg("Incoming"), institution=row.name_zh))
    return tuple(boxes)
