"""Typed columns and the base class of all tables.

Times are whole microseconds since 1970 in UTC, so that both engines store, compare and subtract the
very number that the audit chain hashes. Money is whole fen. Text that is sorted or matched by prefix
uses byte order on both engines.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC; refuses a time without zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(int(value))


class Word(TypeDecorator[StrEnum]):
    """An enumeration, stored by its value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def byte_text(length: int | None = None) -> Any:
    """Text in byte order on both engines (PostgreSQL's own order depends on its locale)."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def partial_index(name: str, column: str, condition: str) -> Index:
    """An index over the rows that meet a condition, on both engines."""
    return Index(name, column, sqlite_where=text(condition), postgresql_where=text(condition))


Key = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
]
Fen = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(UtcTime())]
Short = Annotated[str, mapped_column(byte_text(64))]
Line = Annotated[str, mapped_column(byte_text(255))]
Long = Annotated[str, mapped_column(Text())]
Hash = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def new_uid() -> str:
    """A name that stays unique when two offices exchange their rows."""
    return uuid.uuid4().hex


class Exchanged:
    """Rows that may travel between offices carry a name that is unique everywhere."""

    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)


class Versioned:
    """Rows that two people may change at once; the door raises the number with every change."""

    version: Mapped[int] = mapped_column(Integer, default=1)
