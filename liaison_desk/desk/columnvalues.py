"""What stands in one column of a list, and what a list adds up to: for the filters in its head and its foot.

Values are those of the rows that the other filters leave, as in a spreadsheet, and only of rows in which the
reader sees the column in full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, func, select, union_all

from liaison_desk.desk.casebook import CaseView, case_source
from liaison_desk.desk.casefields import case_fields
from liaison_desk.desk.filters import ColumnFilter, Field, Fields
from liaison_desk.desk.ledgerfields import entry_fields, hold_line_fields
from liaison_desk.desk.ledgerlists import HoldsView, LedgerView, entry_source, hold_line_source
from liaison_desk.desk.lists import (
    QueueView,
    Sorting,
    hold_source,
    leg_source,
    wants_more,
    wrong_cases,
)
from liaison_desk.desk.lists import (
    case_source as wrong_case_source,
)
from liaison_desk.desk.queuefields import case_fields as wrong_case_fields
from liaison_desk.desk.queuefields import hold_fields, leg_fields
from liaison_desk.desk.work import Work

ListView = QueueView | CaseView | LedgerView | HoldsView
MOST_VALUES = 200
"""So many are listed; more are found by typing a part of them."""
PERSONAL = frozenset({"target", "holder", "victim"})


@dataclass(frozen=True)
class ColumnValue:
    """One value, as a filter takes it, and in how many rows it stands. The empty one is "nothing there"."""

    value: str
    count: int


@dataclass(frozen=True)
class ColumnValues:
    values: tuple[ColumnValue, ...] = ()
    complete: bool = True
    """False: there are more, of which the most frequent are listed."""


@dataclass(frozen=True)
class Sum:
    """Of one column of money or numbers; fen where it is money."""

    count: int = 0
    total: int = 0
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class ListTotals:
    """All rows of a view, whether they are shown or not."""

    count: int
    sums: dict[str, Sum]


_Part = tuple[Fields, Any]
"""The columns of one source of rows, and how its statement is made of columns."""


def column_values(work: Work, view: ListView, column: str, words: str = "") -> ColumnValues:
    """What stands in a column under the other filters of the view; ``words`` narrows it to values with them.

    Empty for a column that this reader's list does not have, and of names and accounts while own data is
    masked, too.
    """
    if column in PERSONAL and work.settings.mask_own_data:
        return ColumnValues()
    others = tuple(filter for filter in view.filters if filter.column != column)
    if words.strip():
        others = (*others, ColumnFilter(column, words=words))
    parts = [
        _values(fields[column](), source)
        for fields, source in _parts(work, _narrowed(view, others, column))
        if column in fields
    ]
    if not parts:
        return ColumnValues()
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    rows = work.session.execute(
        select(found.c.value, func.count())
        .group_by(found.c.value)
        .order_by(found.c.value.is_not(None), func.count().desc(), found.c.value)
        .limit(MOST_VALUES + 1)
    ).all()
    shown = rows[:MOST_VALUES]
    return ColumnValues(
        tuple(ColumnValue("" if value is None else str(value), count) for value, count in shown),
        len(rows) <= MOST_VALUES,
    )


def list_totals(work: Work, view: ListView) -> ListTotals:
    """How many rows the view has and what its columns of money and numbers add up to."""
    count = 0
    sums: dict[str, Sum] = {}
    for fields, source in _parts(work, _narrowed(view, view.filters, "amount")):
        made = {name: make() for name, make in fields.items() if name in ADDED}
        columns = [part for field in made.values() for part in _sums(field)]
        row = work.session.execute(source(func.count(), *columns)).one()
        count += int(row[0])
        for place, name in enumerate(made):
            some, total, least, most = row[1 + place * 4 : 5 + place * 4]
            sums[name] = _more(sums.get(name, Sum()), int(some), int(total or 0), _whole(least), _whole(most))
    return ListTotals(count, sums)


ADDED = frozenset(
    {
        "amount",
        "loss",
        "secured",
        "returned",
        "fen",
        "captured",
        "stopped",
        "frozen",
        "released",
        "lapsed",
    }
)
"""Columns that are added up."""


def _narrowed(view: Any, filters: tuple[ColumnFilter, ...], column: str) -> Any:
    """The view with these filters and the column beside them, so that its account is joined where needed."""
    if isinstance(view, QueueView):
        return replace(view, filters=filters, order=cast(Sorting, column))
    return replace(view, filters=filters)


def _parts(work: Work, view: Any) -> list[_Part]:
    match view:
        case QueueView():
            return _queue_parts(work, view)
        case CaseView():
            return [(case_fields(work), lambda *columns: case_source(work, view, *columns))]
        case LedgerView():
            return [(entry_fields(work.actor), lambda *columns: entry_source(work, view, *columns))]
        case _:
            return [(hold_line_fields(work), lambda *columns: hold_line_source(work, view, *columns))]


def _queue_parts(work: Work, view: QueueView) -> list[_Part]:
    parts: list[_Part] = [
        (leg_fields(work.actor), lambda *columns: leg_source(work, view, work.now, *columns))
    ]
    if wants_more(view):
        parts.append((hold_fields(work.actor), lambda *columns: hold_source(work, view, work.now, *columns)))
        wrong = wrong_cases(work)
        if wrong:
            parts.append(
                (wrong_case_fields(wrong), lambda *columns: wrong_case_source(work, view, wrong, *columns))
            )
    return parts


def _values(field: Field, source: Any) -> Select[Any]:
    value = case((field.empty, None), else_=field.value)
    query: Select[Any] = source(value.label("value"))
    return query if field.seen is None else query.where(field.seen)


def _sums(field: Field) -> tuple[ColumnElement[Any], ...]:
    value = case((field.empty, None), else_=field.value)
    return func.count(value), func.sum(value), func.min(value), func.max(value)


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


def _more(before: Sum, count: int, total: int, least: int | None, most: int | None) -> Sum:
    lows = [number for number in (before.least, least) if number is not None]
    highs = [number for number in (before.most, most) if number is not None]
    return Sum(before.count + count, before.total + total, min(lows, default=None), max(highs, default=None))
