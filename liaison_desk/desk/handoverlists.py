"""The lists of the handover sheet: what runs out, what is open, whose money is still followed, what lapsed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from liaison_desk.core.countdown import when
from liaison_desk.core.lifecycle import KIND_WORDS, ON_MONEY, OPEN, STATE_WORDS, LegKind, LegState
from liaison_desk.core.masking import group4, mask_account, mask_phone
from liaison_desk.core.papers import ClockRow, LapseRow, OpenRow, TraceRow
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, Leg, Person, Shift


def _of(column: Any, only: str | None) -> tuple[Any, ...]:
    """The condition of a partial sheet: one institution's own rows."""
    return () if only is None else (column == only,)


def clocks(work: Work, plain: dict[str, str], only: str | None = None) -> tuple[ClockRow, ...]:
    """Stops that end within 48 hours and freezes within 30 days, by expiry."""
    soon = (
        Hold.drill.is_(False),
        Hold.stopped + Hold.frozen > 0,
        Hold.ends_at > work.now,
        *_of(Hold.institution_code, only),
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
    freezes = {row.account_id: row.state for row in asked}
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


def open_rows(
    work: Work, names: dict[str, Message], only: str | None = None
) -> list[tuple[OpenRow, LegKind]]:
    rows = work.session.execute(
        select(Leg, Account, Person.name)
        .join(Account, Account.id == Leg.account_id)
        .outerjoin(Person, Person.id == func.coalesce(Leg.claimed_by, Leg.officer_id))
        .where(Leg.state.in_(OPEN), Leg.drill.is_(False), *_of(Leg.institution_code, only))
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


def traces(
    work: Work, names: dict[str, Message], plain: dict[str, str], only: str | None = None
) -> tuple[TraceRow, ...]:
    """Cases with money still traceable on an open leg: the last known hop and who is waited for."""
    rows = work.session.execute(
        select(Leg, Account, Case)
        .join(Account, Account.id == Leg.account_id)
        .join(Case, Case.id == Leg.case_id)
        .where(
            Leg.state.in_((*OPEN, LegState.PROPOSED)),
            Leg.drill.is_(False),
            Leg.traceable > 0,
            *_of(Leg.institution_code, only),
        )
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


def lapses(
    work: Work, plain: dict[str, str], shift: Shift | None, only: str | None = None
) -> tuple[LapseRow, ...]:
    """Lapses of this shift, and every older one that nobody has taken note of."""
    since = shift.opened_at if shift is not None else work.now - timedelta(hours=12)
    shown = (
        Hold.lapsed > 0,
        Hold.drill.is_(False),
        *_of(Hold.institution_code, only),
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
