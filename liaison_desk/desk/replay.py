"""Replays the entries: every audited row must be what the entries say it last became.

States are kept in a scratch database on the disk, so that memory stays flat however long the chain is.
Rows seeded in bulk have no entry of their own: their entry carries a digest for each table over the rows up
to an id and the columns there were, and they are judged by it after undoing what later entries changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.orm import Session

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.first_columns import FIRST_COLUMNS
from liaison_desk.store.audit import Values, canonical
from liaison_desk.store.chain import DERIVED, UNAUDITED
from liaison_desk.store.soundness import Finding, rows_of
from liaison_desk.store.tables import METADATA

HOT = 20_000
"""How many rows' states are kept in memory before they go to the scratch database."""
_SHOWN = 80


def audited_tables() -> tuple[Table, ...]:
    """Tables whose every row stands in the entries, in the order in which they point to each other."""
    return tuple(table for table in METADATA.sorted_tables if table.name not in UNAUDITED | DERIVED)


# --- digests of rows seeded in bulk


class RowDigest:
    """SHA-256 over the canonical JSON of rows, one line a row, in the order of their ids."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def add(self, values: Values) -> None:
        self.count += 1
        self._hash.update(canonical(values).encode("utf-8", "surrogatepass") + b"\n")

    def result(self) -> str:
        return self._hash.hexdigest()


def digest_rows(session: Session | Connection, table: str, max_id: int) -> dict[str, Any]:
    """``{"count", "max_id", "digest", "columns"}`` of the rows up to ``max_id``, as they are now."""
    digest = RowDigest()
    for _, values in rows_of(session, METADATA.tables[table], up_to=max_id):
        digest.add(values)
    columns = sorted(column.key for column in METADATA.tables[table].columns)
    return {"count": digest.count, "max_id": max_id, "digest": digest.result(), "columns": columns}


def seed_digests(session: Session | Connection) -> dict[str, dict[str, Any]]:
    """What the entry of a seeding carries as ``seed``: the digest of every audited table that has rows.

    Flush first; nothing may be written between this and the entry.
    """
    found: dict[str, dict[str, Any]] = {}
    for table in audited_tables():
        highest = session.execute(select(func.max(table.c.id))).scalar()
        if highest is not None:
            found[table.name] = digest_rows(session, table.name, highest)
    return found


# --- the replay


@dataclass
class _State:
    """What the entries say of one row."""

    inserted: bool = False
    last: Values = field(default_factory=dict)
    """The last value of each column that an entry named."""
    first: Values = field(default_factory=dict)
    """The value before the first change that came after the seeding."""

    def packed(self) -> tuple[int, str, str]:
        return int(self.inserted), json.dumps(self.last), json.dumps(self.first)

    @classmethod
    def unpacked(cls, inserted: int, last: str, first: str) -> _State:
        return cls(bool(inserted), json.loads(last), json.loads(first))


class Replay:
    """Takes the entries in their order, then judges the rows."""

    def __init__(self) -> None:
        # An empty name is SQLite's private temporary database: on the disk when it grows, gone when closed.
        self._scratch = sqlite3.connect("")
        self._scratch.execute(
            "CREATE TABLE state (tab TEXT, id INTEGER, inserted INTEGER, last TEXT, first TEXT, "
            "PRIMARY KEY (tab, id)) WITHOUT ROWID"
        )
        self._hot: dict[tuple[str, int], _State] = {}
        self._seeds: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        self._scratch.close()

    def take(self, content: dict[str, Any]) -> None:
        """One entry's content. What cannot be read is left out: the chain has reported it."""
        seed = content.get("seed")
        if isinstance(seed, dict):
            self._seeds |= {table: said for table, said in seed.items() if _is_seed(said)}
        for change in content.get("changes", []):
            try:
                self._change(change["table"], int(change["id"]), change, seeded_now=seed is not None)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        if len(self._hot) > HOT:
            self._cool()

    def _change(self, table: str, id_: int, change: dict[str, Any], *, seeded_now: bool) -> None:
        state = self._state(table, id_)
        if "new" in change:
            state.inserted, state.last = True, dict(change["new"])
            return
        seed = self._seeds.get(table)
        for column, (before, after) in change["set"].items():
            state.last[column] = after
            if seed is not None and not seeded_now and id_ <= seed["max_id"]:
                state.first.setdefault(column, before)

    def _state(self, table: str, id_: int) -> _State:
        key = (table, id_)
        if key not in self._hot:
            row = self._scratch.execute(
                "SELECT inserted, last, first FROM state WHERE tab = ? AND id = ?", key
            ).fetchone()
            self._hot[key] = _State.unpacked(*row) if row else _State()
        return self._hot[key]

    def _cool(self) -> None:
        self._scratch.executemany(
            "INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)",
            ((*key, *state.packed()) for key, state in self._hot.items()),
        )
        self._hot.clear()

    def _states(self, table: str) -> Iterator[tuple[int, _State]]:
        for id_, *packed in self._scratch.execute(
            "SELECT id, inserted, last, first FROM state WHERE tab = ? ORDER BY id", (table,)
        ):
            yield id_, _State.unpacked(*packed)

    def findings(self, connection: Connection) -> Iterator[Finding]:
        """Rows that are not what the entries say, each with its table, id and column."""
        self._cool()
        for table in audited_tables():
            yield from self._table(connection, table)

    def _table(self, connection: Connection, table: Table) -> Iterator[Finding]:
        seed = self._seeds.get(table.name)
        digest, up_to = RowDigest(), seed["max_id"] if seed else 0
        columns = _columns(table.name, seed) if seed else ()
        states = self._states(table.name)
        state_id, state = next(states, (None, None))
        for id_, values in rows_of(connection, table):
            while state_id is not None and state is not None and state_id < id_:
                yield from _gone(table.name, state_id, state)
                state_id, state = next(states, (None, None))
            mine = state if state_id == id_ and state is not None else _State()
            if state_id == id_:
                state_id, state = next(states, (None, None))
            if not mine.inserted and id_ > up_to:
                yield _finding(
                    table.name,
                    id_,
                    msg("{table} {id} stands there without an entry that made it.", table=table.name, id=id_),
                )
                continue
            yield from _compared(table.name, id_, values, mine.last)
            if id_ <= up_to:
                was = values | mine.first
                # A column that a later migration added is no part of what was seeded.
                digest.add({name: was.get(name) for name in columns})
        while state_id is not None and state is not None:
            yield from _gone(table.name, state_id, state)
            state_id, state = next(states, (None, None))
        if seed and (digest.count, digest.result()) != (seed["count"], seed["digest"]):
            yield Finding(
                "row",
                table.name,
                msg(
                    "{table}: the {count} rows made at the beginning are not what they were ({found} found).",
                    table=table.name,
                    count=seed["count"],
                    found=digest.count,
                ),
            )


def _is_seed(said: Any) -> bool:
    return isinstance(said, dict) and all(
        isinstance(said.get(key), kind) for key, kind in (("count", int), ("max_id", int), ("digest", str))
    )


def _columns(table: str, seed: dict[str, Any]) -> tuple[str, ...]:
    """The columns over which a seed's digest was taken; the first programs did not name them."""
    named = seed.get("columns")
    if isinstance(named, list) and all(isinstance(name, str) for name in named):
        return tuple(named)
    return FIRST_COLUMNS.get(table, ())


def _gone(table: str, id_: int, state: _State) -> Iterator[Finding]:
    """A row that entries speak of and that is not there; of seeded rows the digest says it, too."""
    if state.inserted or state.last:
        yield _finding(table, id_, msg("{table} {id} is gone.", table=table, id=id_))


def _compared(table: str, id_: int, found: Values, recorded: Values) -> Iterator[Finding]:
    for column, said in recorded.items():
        if column in found and found[column] != said:
            yield Finding(
                "row",
                f"{table} {id_} {column}",
                msg(
                    "{table} {id}: “{column}” is {found}, but the entries recorded {said}.",
                    table=table,
                    id=id_,
                    column=column,
                    found=_shown(found[column]),
                    said=_shown(said),
                ),
            )


def _finding(table: str, id_: int, message: Message) -> Finding:
    return Finding("row", f"{table} {id_}", message)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
