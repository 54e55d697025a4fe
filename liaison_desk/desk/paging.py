"""Pages by key: the database sorts, filters and cuts; a page begins after the last row of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

PAGE = 100
"""Rows a page."""
LONGEST_EXPORT = 200_000
"""Rows of one exported list."""


@dataclass(frozen=True)
class Cursor:
    """Where a page ended, and the moment that the first page called now (K1 scores move with it)."""

    now: datetime
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Key:
    """One sort expression; never NULL (the caller says what stands for nothing)."""

    expression: ColumnElement[Any]
    descending: bool = False


def column(attribute: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """A mapped attribute as the plain expression it stands for."""
    expression: ColumnElement[Any] = attribute.expression
    return expression


def order(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    return [key.expression.desc() if key.descending else key.expression.asc() for key in keys]


def after(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for rows that come later than one with these key values."""
    condition: ColumnElement[bool] = false()
    equal: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        further = key.expression < value if key.descending else key.expression > value
        condition = or_(condition, and_(*equal, further))
        equal.append(key.expression == value)
    if keys:
        # Said once more for the first key alone, so that the database can begin at the right place of an index.
        first, value = keys[0], values[0]
        bound = first.expression <= value if first.descending else first.expression >= value
        return and_(bound, condition)
    return condition


def cut(
    session: Session,
    found: Select[Any],
    keys_of: Callable[[Any], Sequence[Key]],
    cursor: Cursor | None,
    limit: int,
    now: datetime,
) -> tuple[list[Row[Any]], Cursor | None]:
    """One page of what ``found`` selects, in the order of the keys over its columns, and where it ended."""
    inner = found.subquery()
    keys = keys_of(inner.c)
    query = select(inner).order_by(*order(keys)).limit(limit + 1)
    if cursor is not None:
        query = query.where(after(keys, cursor.values))
    rows = list(session.execute(query).all())
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]._mapping
    return rows[:limit], Cursor(now, tuple(last[str(key.expression.key)] for key in keys))
