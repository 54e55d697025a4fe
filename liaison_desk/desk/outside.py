"""Money of victims outside any hold, as a list: what was recovered elsewhere, and what came back as bait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, literal, select, union_all

from liaison_desk.desk import scope
from liaison_desk.desk.paging import PAGE, Cursor, Key, after, order
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.models import Case, Victim

ELSEWHERE: Literal["elsewhere"] = "elsewhere"
PAYBACK: Literal["payback"] = "payback"


@dataclass(frozen=True)
class OutsideRow:
    """One entry: ``kind`` elsewhere (退赃, own recall; ``source`` says which) or payback (返利). Amounts in fen."""

    kind: Literal["elsewhere", "payback"]
    id: int
    case_id: int
    case_number: str
    victim: str
    source: str
    fen: int
    happened_at: datetime
    recorded_at: datetime
    entry_id: int
    reason: str
    reversed: bool
    """Taken back by a later entry, or taking one back: it no longer counts."""

    @property
    def key(self) -> tuple[str, int]:
        return (self.kind, self.id)


@dataclass(frozen=True)
class OutsideView:
    """None does not filter. Times by event, (since, until]."""

    case_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class OutsidePage:
    rows: tuple[OutsideRow, ...]
    cursor: Cursor | None


def money_outside(
    work: Work, view: OutsideView, cursor: Cursor | None = None, limit: int = PAGE
) -> OutsidePage:
    """One page, what was recorded last first; drills are left out."""
    found = union_all(_entries(work, Elsewhere, view), _entries(work, Payback, view)).subquery()
    keys = [Key(found.c[name], True) for name in ("entry_id", "kind", "id")]
    query = select(found.c.kind, found.c.id, found.c.entry_id).order_by(*order(keys)).limit(limit + 1)
    if cursor is not None:
        query = query.where(after(keys, cursor.values))
    items = work.session.execute(query).all()
    page = items[:limit]
    more = None
    if len(items) > limit:
        more = Cursor(work.now, (page[-1].entry_id, page[-1].kind, page[-1].id))
    rows = {
        (name, row.id): made
        for name, kind in ((ELSEWHERE, Elsewhere), (PAYBACK, Payback))
        for row, made in _rows(work, name, kind, [item.id for item in page if item.kind == name])
    }
    return OutsidePage(tuple(rows[item.kind, item.id] for item in page), more)


def _entries(work: Work, kind: type[Any], view: OutsideView) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [scope.visible_cases(work.actor), Case.drill.is_(False)]
    if view.case_id is not None:
        conditions.append(kind.case_id == view.case_id)
    if view.since is not None:
        conditions.append(kind.happened_at > view.since)
    if view.until is not None:
        conditions.append(kind.happened_at <= view.until)
    return (
        select(
            literal(kind.__tablename__).label("kind"),
            kind.id.label("id"),
            kind.entry_id.label("entry_id"),
        )
        .join(Case, Case.id == kind.case_id)
        .where(*conditions)
    )


def _rows(
    work: Work, name: Literal["elsewhere", "payback"], kind: type[Any], ids: list[int]
) -> list[tuple[Any, OutsideRow]]:
    if not ids:
        return []
    eyes = scope.eyes(work)
    taken_back = select(kind.reverses_id).where(kind.reverses_id.is_not(None))
    rows = work.session.execute(
        select(kind, Case.number, Victim, kind.id.in_(taken_back))
        .join(Case, Case.id == kind.case_id)
        .join(Victim, Victim.id == kind.victim_id)
        .where(kind.id.in_(ids))
    )
    return [
        (
            row,
            OutsideRow(
                kind=name,
                id=row.id,
                case_id=row.case_id,
                case_number=number,
                victim=eyes.victim(victim),
                source=getattr(row, "source", ""),
                fen=row.fen,
                happened_at=row.happened_at,
                recorded_at=row.recorded_at,
                entry_id=row.entry_id,
                reason=row.reason,
                reversed=bool(gone) or row.reverses_id is not None,
            ),
        )
        for row, number, victim, gone in rows
    ]
