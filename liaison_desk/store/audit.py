"""What a command changed, read from the flush itself, and the hash chain it is written into.

Old values are taken before a flush, new rows after it (their ids exist only then). The canonical text
of an entry is JSON with sorted keys; it is stored as it was hashed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from liaison_desk.store.base import Base, Versioned
from liaison_desk.store.chain import DERIVED, UNAUDITED

Values = dict[str, Any]


def plain(value: Any) -> Any:
    """A column's value as it stands in the canonical text: times to the microsecond, enums by
    value, bytes by their digest."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    return value


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def row_values(row: Base) -> Values:
    """Every column of a mapped row, in canonical form."""
    mapper: Mapper[Any] = inspect(type(row))
    return {attr.key: column_value(attr.columns[0], getattr(row, attr.key)) for attr in mapper.column_attrs}


def column_value(column: Any, value: Any) -> Any:
    """The canonical value of one column; a secret enters only as its digest."""
    if column.info.get("secret") and value is not None:
        return "sha256:" + hashlib.sha256(str(value).encode()).hexdigest()
    return plain(value)


def stored_values(mapping: Any, columns: list[Any]) -> Values:
    """The same canonical form for a plain result row (micros already turned into times by the types)."""
    return {column.key: column_value(column, value) for column, value in zip(columns, mapping, strict=True)}


def canonical(content: dict[str, Any]) -> str:
    """JSON, sorted keys, UTF-8 as it is; NUL and lone surrogates were refused at the input."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous_hash: str, text: str) -> str:
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


class Recorder:
    """Listens to one session and collects what its flushes change."""

    def __init__(self, session: Session) -> None:
        self._inserted: dict[tuple[str, int], Values] = {}
        self._changed: dict[tuple[str, int], dict[str, list[Any]]] = {}
        self._bulk_allowed = False
        event.listen(session, "before_flush", self._before)
        event.listen(session, "after_flush", self._after)
        event.listen(session, "do_orm_execute", self._statement)

    # --- what a command may not do

    def _statement(self, state: ORMExecuteState) -> None:
        if not state.is_select and not self._bulk_allowed:
            raise RuntimeError("a command changes rows one by one, so that each change is audited")

    def allow_bulk(self) -> None:
        """Only for seeding an empty database, whose entry carries digests instead of rows."""
        self._bulk_allowed = True

    # --- what it changed

    def _before(self, session: Session, _context: Any, _instances: Any) -> None:
        if any(row.__tablename__ not in DERIVED for row in session.deleted):
            raise RuntimeError("nothing is deleted; void or reverse with a reason")
        for row in session.new:
            _say_what_is_empty(row)
        for row in session.dirty:
            table = row.__tablename__
            if table in UNAUDITED:
                raise RuntimeError(f"{table} rows never change")
            if table in DERIVED or not session.is_modified(row, include_collections=False):
                continue
            if isinstance(row, Versioned):
                row.version += 1
            key = (table, row.id)
            state = inspect(row)
            for attr in state.mapper.column_attrs:
                history = state.attrs[attr.key].history
                if not history.has_changes():
                    continue
                if not history.deleted:
                    raise RuntimeError(f"{table}.{attr.key} changed without its old value being known")
                column = attr.columns[0]
                before = column_value(column, history.deleted[0])
                after = column_value(column, history.added[0])
                if key in self._inserted:
                    self._inserted[key][attr.key] = after
                else:
                    pair = self._changed.setdefault(key, {}).setdefault(attr.key, [before, after])
                    pair[1] = after

    def _after(self, session: Session, _context: Any) -> None:
        for row in session.new:
            if row.__tablename__ not in UNAUDITED | DERIVED:
                self._inserted[(row.__tablename__, row.id)] = row_values(row)

    def changes(self) -> list[dict[str, Any]]:
        """``[{"table", "id", "new": {...}} | {"table", "id", "set": {column: [before, after]}}]``."""
        made: list[dict[str, Any]] = [
            {"table": table, "id": id_, "new": values} for (table, id_), values in self._inserted.items()
        ]
        made += [
            {"table": table, "id": id_, "set": values}
            for (table, id_), values in self._changed.items()
            if values
        ]
        return made


def _say_what_is_empty(row: Any) -> None:
    """Unset columns become None before the insert, so that their later change has a known old value."""
    state = inspect(row)
    for attr in state.mapper.column_attrs:
        column = attr.columns[0]
        if attr.key not in state.dict and column.default is None and not column.primary_key:
            setattr(row, attr.key, None)


def moment_from_text(text: str) -> datetime:
    """The inverse of moment_text."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
