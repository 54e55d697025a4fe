"""Filters in the head of a list, as conditions of the database; none looks at what the reader may not see in full.

A list describes its columns as Fields. A field that is masked for some rows matches only rows in which its
reader sees it in full, and its values are listed from those rows alone (rules.md, "Who sees what": anything
else would be an oracle). What matches is the same on both engines: letters are compared in byte order, and
only A–Z and a–z are taken for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, String, and_, case, false, func, or_, true, type_coerce

from liaison_desk.core.folding import fold
from liaison_desk.desk.paging import Key
from liaison_desk.desk.work import Work
from liaison_desk.store.base import byte_text, to_micros

How = Literal["contains", "begins", "equals"]
MOST_TICKED = 1000
"""Values of one filter."""
LONGEST_WORDS = 200
_LARGEST = 2**62
_NUMBER = ("series", "width", "number")
_UNPRINTED = str.maketrans("", "", "〔〕[]【】()号 ")


@dataclass(frozen=True)
class ColumnFilter:
    """What one column is narrowed to; all parts that are given must hold. ``column`` is the sort key of the list.

    Numbers are fen in columns of money, else plain; moments are microseconds since 1970 in UTC.
    """

    column: str
    values: frozenset[str] = frozenset()
    """Codes, names or whole numbers as text; the empty one stands for "nothing there"."""
    words: str = ""
    how: How = "contains"
    least: int | None = None
    most: int | None = None
    days: int = 0
    """Of a moment: the last so many days of the office's calendar, today among them."""
    filled: bool = False
    """Only rows in which something stands."""

    @property
    def narrows(self) -> bool:
        return bool(self.values or self.words.strip() or self.days or self.filled) or not (
            self.least is None and self.most is None
        )


class FieldKind(Enum):
    CODE = "code"
    """A code of a closed list, or a name taken whole."""
    TEXT = "text"
    """Words; matched without regard to A–Z or a–z."""
    MARK = "mark"
    """A number of the office: brackets and spaces do not count; 9 stands before 10."""
    ACCOUNT = "account"
    """An account or phone number: spaces do not count."""
    NUMBER = "number"
    MONEY = "money"
    """fen."""
    MOMENT = "moment"
    """Stored microseconds."""


@dataclass(frozen=True)
class Field:
    """One column of a list in the database. ``value`` is never NULL where ``blank`` does not hold."""

    kind: FieldKind
    value: ColumnElement[Any]
    blank: ColumnElement[bool] | None = None
    """Where nothing stands; None: nowhere, or the empty text."""
    seen: ColumnElement[bool] | None = None
    """Where the reader sees it in full; None: everywhere."""
    among: Callable[[frozenset[str]], ColumnElement[bool]] | None = None
    """A better way to ask for values than by the expression (one that finds an index)."""

    @property
    def empty(self) -> ColumnElement[bool]:
        if self.blank is not None:
            return self.blank
        return self.value == "" if self._lettered else false()

    @property
    def _lettered(self) -> bool:
        return self.kind in (FieldKind.CODE, FieldKind.TEXT, FieldKind.MARK, FieldKind.ACCOUNT)


Fields = Mapping[str, Callable[[], Field]]
"""By column; made only when a filter, a sort or a sum asks for it."""


def micros(column: Any) -> ColumnElement[int]:
    """A stored moment as the number that it is."""
    return type_coerce(column, BigInteger())


def letters(column: Any) -> ColumnElement[str]:
    """A stored word (an enumeration) as plain text."""
    return type_coerce(column, String())


def conditions(work: Work, fields: Fields, wanted: Iterable[ColumnFilter]) -> list[ColumnElement[bool]]:
    """What the filters ask of a row. A column that the reader's list does not have matches nothing."""
    found = []
    for filter in wanted:
        if filter.narrows:
            make = fields.get(filter.column)
            found.append(false() if make is None else _condition(work, make(), filter))
    return found


def _condition(work: Work, field: Field, wanted: ColumnFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if wanted.values:
        parts.append(_among(field, wanted.values))
    if wanted.words.strip():
        parts.append(_matches(field, wanted.words, wanted.how))
    least, most = _bounds(work, wanted)
    if least is not None or most is not None:
        ranged = field.kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.MOMENT)
        parts.append(_between(field, least, most) if ranged else false())
    if wanted.filled:
        parts.append(~field.empty)
    if field.seen is not None:
        # A row whose value is masked never tells by its presence what stands behind the mask.
        parts.append(field.seen)
    return and_(true(), *parts)


def _among(field: Field, values: frozenset[str]) -> ColumnElement[bool]:
    some = frozenset(sorted(values - {""})[:MOST_TICKED])
    parts = [field.empty] if "" in values else []
    if field.among is not None and some:
        parts.append(field.among(some))
    elif field.kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.MOMENT):
        numbers = [number for value in some if (number := _number(value)) is not None]
        parts.append(and_(field.value.in_(numbers), ~field.empty) if numbers else false())
    elif some:
        parts.append(field.value.in_([storable(value) for value in sorted(some)]))
    return or_(false(), *parts)


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return None
    return int(text)


def _matches(field: Field, words: str, how: How) -> ColumnElement[bool]:
    wanted = _lower(storable(fold(words)).strip()[:LONGEST_WORDS])
    value = field.value
    if field.kind is FieldKind.ACCOUNT:
        wanted = "".join(wanted.split())
    elif field.kind is FieldKind.MARK:
        wanted = wanted.translate(_UNPRINTED)
        value = func.replace(func.replace(func.lower(value), "〔", ""), "〕", "")
    elif field.kind in (FieldKind.TEXT, FieldKind.CODE):
        value = func.lower(value)
    else:
        return false()
    if not wanted:
        return true()
    if field.kind is FieldKind.ACCOUNT and how == "begins":
        # Asked for as a range, its index is found.
        return and_(value >= wanted, value < wanted + "\U0010ffff")
    if how == "equals":
        return value == wanted
    if how == "begins":
        return value.startswith(wanted, autoescape=True)
    return value.contains(wanted, autoescape=True)


def storable(text: str) -> str:
    """Without what no database takes (NUL, halves of pairs): nothing stored holds it either."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")


def _lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _bounds(work: Work, wanted: ColumnFilter) -> tuple[int | None, int | None]:
    least, most = wanted.least, wanted.most
    if wanted.days > 0:
        start = to_micros(day_start(work, wanted.days - 1))
        least = start if least is None else max(least, start)
    return _held(least), _held(most)


def _held(number: int | None) -> int | None:
    return None if number is None else max(-_LARGEST, min(number, _LARGEST))


def day_start(work: Work, back: int) -> datetime:
    """0:00 of the office's calendar, so many days ago."""
    day = work.settings.local(work.now).date() - timedelta(days=min(back, 36_500))
    return datetime.combine(day, time.min, tzinfo=work.settings.zone)


def _between(field: Field, least: int | None, most: int | None) -> ColumnElement[bool]:
    parts = [] if field.blank is None else [~field.empty]
    if least is not None:
        parts.append(field.value >= least)
    if most is not None:
        parts.append(field.value <= most)
    return and_(true(), *parts)


def sort_columns(field: Field) -> list[ColumnElement[Any]]:
    """What a list is sorted by under this field, labelled ``by0`` …; a masked row has nothing to sort by."""
    value = field.value
    if field.kind is FieldKind.MARK:
        parts = number_parts(value)
    elif field.seen is not None:
        parts = (case((field.seen, value), else_=""),)
    else:
        parts = (value,)
    return [part.label(f"by{place}") for place, part in enumerate(parts)]


def number_parts(number: Any) -> tuple[ColumnElement[Any], ...]:
    """Series and year, length, number: together the order of core.ranking.sortable (9 before 10)."""
    return (func.rtrim(number, "0123456789"), func.length(number), type_coerce(number, byte_text(64)))


def named_parts(number: Any) -> list[ColumnElement[Any]]:
    """``number_parts`` under the names that ``number_keys`` sorts by."""
    return [part.label(name) for name, part in zip(_NUMBER, number_parts(number), strict=True)]


def number_keys(columns: Any, descending: bool = False) -> list[Key]:
    return [Key(columns[name], descending) for name in _NUMBER]


def by_keys(columns: Any, descending: bool) -> list[Key]:
    """The keys that ``sort_columns`` labelled."""
    names = [name for name in columns.keys() if name in ("by0", "by1", "by2")]  # noqa: SIM118  not a dict
    return [Key(columns[name], descending) for name in names]
