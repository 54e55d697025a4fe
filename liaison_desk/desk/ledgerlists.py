"""The ledger and the holds as lists, paged, as the reader may see them.

The police and the auditor see everything in full; an institution sees the holds of its cases, those of
others with the target masked and without words that may name anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.filters import ColumnFilter, by_keys, micros, sort_columns
from liaison_desk.desk.filters import conditions as narrowed
from liaison_desk.desk.ledgerfields import (
    entry_fields,
    first_number,
    hold_line_fields,
    number_of_entry,
    taken_back,
)
from liaison_desk.desk.paging import LONGEST_EXPORT, PAGE, Cursor, Key, cut
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, LedgerEntry


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
    order: str = ""
    """A column; empty: what was recorded last first."""
    descending: bool = False
    filters: tuple[ColumnFilter, ...] = ()
    """What the heads of the columns narrow it to."""


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
    order: str = ""
    """A column; empty: running ones by their end, others the newest first."""
    descending: bool = False
    filters: tuple[ColumnFilter, ...] = ()


@dataclass(frozen=True)
class HoldsPage:
    rows: tuple[HoldLine, ...]
    cursor: Cursor | None


# --- the ledger


def ledger_rows(work: Work, view: LedgerView, cursor: Cursor | None = None, limit: int = PAGE) -> LedgerPage:
    """One page of the ledger; unless another order is asked for, what was recorded last first."""
    ids, more = _ledger_ids(work, view, cursor, limit)
    return LedgerPage(_ledger_rows(work, ids), more)


def export_ledger(work: Work, view: LedgerView) -> tuple[LedgerRow, ...]:
    """The whole ledger of the view; unless another order is asked for, in that of recording."""
    view = view if view.order else replace(view, order="entry")
    rows: list[LedgerRow] = []
    cursor: Cursor | None = None
    while True:
        page = ledger_rows(work, view, cursor, 1000)
        rows.extend(page.rows)
        cursor = page.cursor
        if cursor is None or len(rows) >= LONGEST_EXPORT:
            return tuple(rows)


def _ledger_ids(
    work: Work, view: LedgerView, cursor: Cursor | None, limit: int
) -> tuple[list[int], Cursor | None]:
    by = entry_fields(work.actor).get(view.order)
    columns = sort_columns(by()) if by is not None else []
    query = entry_source(work, view, LedgerEntry.id, *columns)

    def keys(found: Any) -> list[Key]:
        return [*by_keys(found, view.descending), Key(found.id, by is None)]

    rows, more = cut(work.session, query, keys, cursor, limit, work.now)
    return [row.id for row in rows], more


def _ledger_rows(work: Work, ids: list[int]) -> tuple[LedgerRow, ...]:
    found = {row.id: row for row in rows_of_entries(work, LedgerEntry.id.in_(ids))} if ids else {}
    return tuple(found[id_] for id_ in ids)


def entry_source(work: Work, view: LedgerView, *columns: Any) -> Select[Any]:
    """These columns of the entries that the view shows to its reader."""
    return (
        select(*columns)
        .select_from(LedgerEntry)
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .where(*_ledger_conditions(work, view))
    )


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
    return [*conditions, *narrowed(work, entry_fields(work.actor), view.filters)]


def rows_of_entries(work: Work, *conditions: Any) -> tuple[LedgerRow, ...]:
    """Entries as rows in the order of recording, every personal field through the reader's eyes."""
    eyes = scope.eyes(work)
    rows = work.session.execute(
        select(LedgerEntry, Hold, Account, Case.number, number_of_entry(), taken_back())
        .join(Hold, Hold.id == LedgerEntry.hold_id)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .where(*conditions)
        .order_by(LedgerEntry.id)
        .limit(LONGEST_EXPORT)
    )
    return tuple(
        LedgerRow(
            id=entry.id,
            entry_id=entry.entry_id,
            case_id=entry.case_id,
            case_number=case_number,
            hold_id=hold.id,
            leg_number=number,
            institution=hold.institution_code or "",
            target=eyes.number(account),
            source=entry.source,
            target_bucket=entry.target,
            fen=entry.fen,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
            reason=entry.reason if eyes.sees(account) else "",
            reversed=bool(gone),
        )
        for entry, hold, account, case_number, number, gone in rows
    )


# --- holds


def holds_list(work: Work, view: HoldsView, cursor: Cursor | None = None, limit: int = PAGE) -> HoldsPage:
    """One page of holds; unless another order is asked for, running ones by their end, others the newest first."""
    by = hold_line_fields(work).get(view.order)
    columns = sort_columns(by()) if by is not None else []
    query = hold_line_source(work, view, Hold.id, micros(Hold.ends_at).label("ends"), *columns)

    def keys(found: Any) -> list[Key]:
        if by is None:
            down = view.state != "running"
            return [Key(found.ends, down), Key(found.id, down)]
        return [*by_keys(found, view.descending), Key(found.id)]

    rows, more = cut(work.session, query, keys, cursor, limit, work.now)
    ids = [row.id for row in rows]
    lines = {line.id: line for line in _hold_lines(work, ids)}
    return HoldsPage(tuple(lines[id_] for id_ in ids), more)


def export_holds(work: Work, view: HoldsView) -> tuple[HoldLine, ...]:
    """The whole list of the view, in the order of the screen."""
    rows: list[HoldLine] = []
    cursor: Cursor | None = None
    while True:
        page = holds_list(work, view, cursor, 1000)
        rows.extend(page.rows)
        cursor = page.cursor
        if cursor is None or len(rows) >= LONGEST_EXPORT:
            return tuple(rows)


def hold_line_source(work: Work, view: HoldsView, *columns: Any) -> Select[Any]:
    """These columns of the holds that the view shows to its reader."""
    keeps = (Hold.ends_at > work.now) & (Hold.stopped + Hold.frozen > 0)
    conditions: list[ColumnElement[bool]] = [scope.visible_holds(work.actor), Hold.drill.is_(False)]
    if view.state != "all":
        conditions.append(keeps if view.state == "running" else ~keeps)
    if view.institution is not None:
        conditions.append(Hold.institution_code == view.institution)
    if view.case_id is not None:
        conditions.append(Hold.case_id == view.case_id)
    return (
        select(*columns)
        .select_from(Hold)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == Hold.case_id)
        .where(*conditions, *narrowed(work, hold_line_fields(work), view.filters))
    )


def _hold_lines(work: Work, ids: list[int]) -> tuple[HoldLine, ...]:
    eyes = scope.eyes(work)
    rows = work.session.execute(
        select(Hold, Account, Case.number, first_number())
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == Hold.case_id)
        .where(Hold.id.in_(ids))
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
                number=number,
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
