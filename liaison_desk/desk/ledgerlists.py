"""The ledger and the holds as lists, paged, as the reader may see them.

The police and the auditor see everything in full; an institution sees the holds of its cases, those of
others with the target masked and without words that may name anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.paging import PAGE, Cursor, Key, after, column, order
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, LedgerEntry, Leg

LONGEST_EXPORT = 200_000


@dataclass(frozen=True)
class LedgerRow:
    """One movement; ``fen`` goes from ``source`` to ``target_bucket``. ``target`` is the account."""

    id: int
    entry_id: int
    case_id: int
    case_number: str
    hold_id: int
    leg_number: str
    institution: str
    target: str
    source: Bucket
    target_bucket: Bucket
    fen: int
    happened_at: datetime
    recorded_at: datetime
    reason: str
    reversed: bool
    """Taken back by a later entry, or taking one back: it no longer counts."""


@dataclass(frozen=True)
class LedgerView:
    """What somebody wants to see of the ledger; None does not filter. Times by event, (since, until]."""

    institution: str | None = None
    case_id: int | None = None
    hold_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    into: frozenset[Bucket] = frozenset()


@dataclass(frozen=True)
class LedgerPage:
    rows: tuple[LedgerRow, ...]
    cursor: Cursor | None


@dataclass(frozen=True)
class HoldLine:
    """One hold; amounts in fen."""

    id: int
    case_id: int
    case_number: str
    number: str
    """Of the request that opened it."""
    institution: str
    target: str
    holder: str | Message
    captured: int
    stopped: int
    frozen: int
    returned: int
    released: int
    lapsed: int
    limit_fen: int
    rule: str
    starts_at: datetime
    ends_at: datetime
    running: bool


@dataclass(frozen=True)
class HoldsView:
    institution: str | None = None
    case_id: int | None = None
    state: Literal["running", "ended", "all"] = "running"


@dataclass(frozen=True)
class HoldsPage:
    rows: tuple[HoldLine, ...]
    cursor: Cursor | None


# --- the ledger


def ledger_rows(work: Work, view: LedgerView, cursor: Cursor | None = None, limit: int = PAGE) -> LedgerPage:
    """One page of the ledger, what was recorded last first."""
    keys = [Key(column(LedgerEntry.id), True)]
    conditions = _ledger_conditions(work, view)
    if cursor is not None:
        conditions.append(after(keys, cursor.values))
    rows = rows_of_entries(work, *conditions, keys=keys, limit=limit + 1)
    more = Cursor(work.now, (rows[limit - 1].id,)) if len(rows) > limit else None
    return LedgerPage(rows[:limit], more)


def export_ledger(work: Work, view: LedgerView) -> tuple[LedgerRow, ...]:
    """The whole ledger of the view in the order of recording."""
    return rows_of_entries(work, *_ledger_conditions(work, view))


def _ledger_conditions(work: Work, view: LedgerView) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [scope.visible_holds(work.actor), Hold.drill.is_(False)]
    if view.institution is not None:
        conditions.append(Hold.institution_code == view.institution)
    if view.case_id is not None:
        conditions.append(LedgerEntry.case_id == view.case_id)
    if view.hold_id is not None:
        conditions.append(LedgerEntry.hold_id == view.hold_id)
    if view.since is not None:
        conditions.append(LedgerEntry.happened_at > view.since)
    if view.until is not None:
        conditions.append(LedgerEntry.happened_at <= view.until)
    if view.into:
        conditions.append(LedgerEntry.target.in_(view.into))
    return conditions


def rows_of_entries(
    work: Work, *conditions: Any, keys: list[Key] | None = None, limit: int = LONGEST_EXPORT
) -> tuple[LedgerRow, ...]:
    """Entries as rows, every personal field through the reader's eyes."""
    eyes = scope.eyes(work)
    taken_back = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    first = (
        select(Leg.number)
        .where(Leg.hold_id == Hold.id)
        .order_by(Leg.id)
        .limit(1)
        .correlate(Hold)
        .scalar_subquery()
    )
    own = select(Leg.number).where(Leg.id == LedgerEntry.leg_id).correlate(LedgerEntry).scalar_subquery()
    rows = work.session.execute(
        select(
            LedgerEntry,
            Hold,
            Account,
            Case.number,
            own,
            first,
            LedgerEntry.id.in_(taken_back),
        )
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .where(*conditions)
        .order_by(*(order(keys) if keys is not None else [LedgerEntry.id]))
        .limit(limit)
    )
    return tuple(
        LedgerRow(
            id=entry.id,
            entry_id=entry.entry_id,
            case_id=entry.case_id,
            case_number=case_number,
            hold_id=hold.id,
            leg_number=number or opened or "",
            institution=hold.institution_code or "",
            target=eyes.number(account),
            source=entry.source,
            target_bucket=entry.target,
            fen=entry.fen,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
            reason=entry.reason if eyes.sees(account) else "",
            reversed=bool(gone) or entry.reverses_id is not None,
        )
        for entry, hold, account, case_number, number, opened, gone in rows
    )


# --- holds


def holds_list(work: Work, view: HoldsView, cursor: Cursor | None = None, limit: int = PAGE) -> HoldsPage:
    """One page of holds; running ones by their end, others the newest first."""
    keys = (
        [Key(column(Hold.ends_at)), Key(column(Hold.id))]
        if view.state == "running"
        else [Key(column(Hold.ends_at), True), Key(column(Hold.id), True)]
    )
    extra = [after(keys, cursor.values)] if cursor is not None else []
    rows = _hold_lines(work, view, extra, keys, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return HoldsPage(rows[:limit], Cursor(work.now, (last.ends_at, last.id)) if last is not None else None)


def export_holds(work: Work, view: HoldsView) -> tuple[HoldLine, ...]:
    return _hold_lines(work, view, [], [Key(column(Hold.id))], LONGEST_EXPORT)


def _hold_lines(
    work: Work, view: HoldsView, extra: list[ColumnElement[bool]], keys: list[Key], limit: int
) -> tuple[HoldLine, ...]:
    eyes = scope.eyes(work)
    keeps = (Hold.ends_at > work.now) & (Hold.stopped + Hold.frozen > 0)
    conditions: list[ColumnElement[bool]] = [scope.visible_holds(work.actor), Hold.drill.is_(False), *extra]
    if view.state != "all":
        conditions.append(keeps if view.state == "running" else ~keeps)
    if view.institution is not None:
        conditions.append(Hold.institution_code == view.institution)
    if view.case_id is not None:
        conditions.append(Hold.case_id == view.case_id)
    first = (
        select(Leg.number)
        .where(Leg.hold_id == Hold.id)
        .order_by(Leg.id)
        .limit(1)
        .correlate(Hold)
        .scalar_subquery()
    )
    rows = work.session.execute(
        select(Hold, Account, Case.number, first)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == Hold.case_id)
        .where(*conditions)
        .order_by(*order(keys))
        .limit(limit)
    )
    made = []
    for hold, account, case_number, number in rows:
        over = hold.ends_at <= work.now
        kept = hold.stopped + hold.frozen
        made.append(
            HoldLine(
                id=hold.id,
                case_id=hold.case_id,
                case_number=case_number,
                number=number or "",
                institution=hold.institution_code or "",
                target=eyes.number(account),
                holder=eyes.holder(account),
                captured=hold.captured,
                stopped=0 if over else hold.stopped,
                frozen=0 if over else hold.frozen,
                returned=hold.returned,
                released=hold.released,
                # An end that has passed is a lapse, entered or not (money.md §1).
                lapsed=hold.lapsed + (kept if over else 0),
                limit_fen=hold.limit_fen,
                rule=hold.rule,
                starts_at=hold.starts_at,
                ends_at=hold.ends_at,
                running=not over and kept > 0,
            )
        )
    return tuple(made)
