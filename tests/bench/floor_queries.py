"""What lists, search and commands are measured against: the same SELECTs and one UPDATE by the raw driver.

Hand-written SQL by ``sqlite3`` and ``psycopg`` that gives the very rows and columns a reader of the queue
needs, without rights, masking or audit. Written before the code it measures and never changed together with
it. It imports nothing of the program.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

OPEN = ("routing", "approval", "queued", "claimed", "correction")
CATCHING = ("stop", "second_stop", "freeze")
AGE_LIMITS = (3, 10, 30, 60, 180)
MINUTE = 60_000_000
HOUR = 3_600_000_000
NEVER = 2**62
PAGE = 101
"""A page of 100 and one more row that says whether there are more."""

_SHOWN = """leg.id, leg.version, leg.number, case_file.number, leg.kind, leg.level, leg.institution_code,
 account.number, account.phone, account.holder, leg.asked, leg.state, leg.urgency, person.name, leg.claimed_by,
 leg.recorded_at, leg.next_due_at, leg.traceable, leg.arrived_at, leg.drill, hold.ends_at, hold.stopped, hold.frozen,
 (SELECT outcome FROM answer WHERE answer.leg_id = leg.id ORDER BY answer.id DESC LIMIT 1)"""
_JOINED = """JOIN account ON account.id = leg.account_id JOIN case_file ON case_file.id = leg.case_id
 LEFT JOIN person ON person.id = leg.claimed_by LEFT JOIN hold ON hold.id = leg.hold_id"""


class Raw:
    """One connection by the driver alone; ``where`` is a file or the address of a PostgreSQL database."""

    def __init__(self, where: str) -> None:
        self.sqlite = "://" not in where
        self._connection: Any
        if self.sqlite:
            self._connection = sqlite3.connect(where, isolation_level=None, timeout=8)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            import psycopg

            self._connection = psycopg.connect(where.replace("+psycopg", ""), autocommit=True)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """``?`` stands for a value."""
        if self.sqlite:
            return list(self._connection.execute(sql, values))
        # Text is byte-ordered by the columns themselves; psycopg knows only its own place holder.
        return list(self._connection.execute(sql.replace("%", "%%").replace("?", "%s"), values))

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        yield
        self._connection.execute("COMMIT")

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._connection.execute(sql if self.sqlite else sql.replace("?", "%s"), values)

    def close(self) -> None:
        self._connection.close()


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def shares(raw: Raw) -> list[list[int]]:
    """The parts per million of the running shift's table, by level and age."""
    found = raw.rows("SELECT ranking FROM shift WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1")
    parts: list[list[int]] = json.loads(found[0][0])["parts"]
    return parts


def now_micros() -> int:
    return time.time_ns() // 1_000


def _rank(parts: list[list[int]], now: int) -> str:
    """Fen still traceable times the share of its level and age."""
    age, whens = f"({now} - leg.arrived_at)", []
    for level, row in zip(("leg.level <= 1", "leg.level = 2", "leg.level >= 3"), parts, strict=True):
        whens += [
            f"WHEN {level} AND {age} <= {limit * MINUTE} THEN {share}"
            for limit, share in zip(AGE_LIMITS, row, strict=False)
        ]
        whens.append(f"WHEN {level} THEN {row[-1]}")
    return f"-(leg.traceable * CAST(CASE {' '.join(whens)} ELSE 0 END AS BIGINT) / 1000000)"


def queue_page(
    raw: Raw, parts: list[list[int]], now: int, after: Sequence[Any] | None = None
) -> tuple[list[Any], Sequence[Any] | None]:
    """One page of the open queue in its usual order, legs and holds; and the key of its last row."""
    catching = f"leg.kind IN {CATCHING} AND leg.traceable > 0"
    legs = f"""SELECT 0 AS item, leg.id AS id,
 CASE WHEN {catching} THEN 0 WHEN leg.next_due_at <= {now} THEN 1 ELSE 2 END AS band,
 CASE WHEN {catching} THEN {_rank(parts, now)} ELSE 0 END AS place,
 coalesce(leg.next_due_at, {NEVER}) AS due, length(leg.number) AS width, leg.number AS number
 FROM leg WHERE leg.state IN {OPEN} AND NOT leg.drill"""
    holds = f"""SELECT 1, hold.id, CASE WHEN hold.ends_at <= {now} THEN 1 ELSE 0 END,
 CASE WHEN hold.ends_at <= {now} THEN 0 ELSE -(hold.stopped + hold.frozen) END, hold.ends_at, 0, ''
 FROM hold WHERE NOT hold.drill AND ((hold.stopped + hold.frozen > 0 AND hold.ends_at <= {now + HOUR})
 OR (hold.lapsed > 0 AND hold.acknowledged_at IS NULL))"""
    values: list[Any] = []
    beyond = ""
    if after is not None:
        beyond, values = (
            "WHERE (band, place, due, width, number, item, id) > (?, ?, ?, ?, ?, ?, ?)",
            list(after),
        )
    keys = raw.rows(
        f"SELECT band, place, due, width, number, item, id FROM ({legs} UNION ALL {holds}) AS both_kinds {beyond} "
        f"ORDER BY band, place, due, width, number, item, id LIMIT {PAGE}",
        values,
    )
    rows = _legs(raw, [key[6] for key in keys if key[5] == 0])
    ids = [key[6] for key in keys if key[5] == 1]
    if ids:
        rows += raw.rows(
            f"""SELECT hold.id, hold.version, case_file.number, account.number, account.holder, account.level,
 hold.institution_code, hold.stopped, hold.frozen, hold.lapsed, hold.ends_at, hold.rule, hold.recorded_at
 FROM hold JOIN account ON account.id = hold.account_id JOIN case_file ON case_file.id = hold.case_id
 WHERE hold.id IN ({_marks(ids)})""",
            ids,
        )
    return rows, keys[-2] if len(keys) == PAGE else None


def _legs(raw: Raw, ids: list[int]) -> list[Any]:
    return raw.rows(f"SELECT {_SHOWN} FROM leg {_JOINED} WHERE leg.id IN ({_marks(ids)})", ids) if ids else []


def sorted_page(raw: Raw, column: str, *, descending: bool, state: str | None = None) -> list[Any]:
    """One page of the open queue (or of one state) by a column of the leg or of its account."""
    states = OPEN if state is None else (state,)
    way = "DESC" if descending else "ASC"
    return raw.rows(
        f"SELECT {_SHOWN} FROM leg {_JOINED} WHERE leg.state IN ({_marks(states)}) AND NOT leg.drill "
        f"ORDER BY {column} {way}, leg.id LIMIT {PAGE}",
        states,
    )


def history_page(raw: Raw, before: tuple[int, int] | None = None) -> list[Any]:
    """One page of everything there ever was, the newest first."""
    beyond = "" if before is None else "AND (leg.recorded_at, leg.id) < (?, ?)"
    return raw.rows(
        f"SELECT {_SHOWN} FROM leg {_JOINED} WHERE NOT leg.drill {beyond} "
        f"ORDER BY leg.recorded_at DESC, leg.id DESC LIMIT {PAGE}",
        before or (),
    )


def search_page(raw: Raw, words: str) -> list[Any]:
    """Everything there ever was under one word's beginning, the newest first."""
    reach = "SELECT {} FROM search_word WHERE word >= ? AND word < ? AND {}"
    values = [words, words + "\U0010ffff"]
    return raw.rows(
        f"""SELECT {_SHOWN} FROM leg {_JOINED} WHERE NOT leg.drill AND (
 leg.id IN ({reach.format("leg_id", "leg_id > 0")})
 OR leg.account_id IN ({reach.format("account_id", "account_id > 0")})
 OR leg.case_id IN ({reach.format("case_id", "leg_id = 0 AND account_id = 0")}))
 ORDER BY leg.recorded_at DESC, leg.id DESC LIMIT {PAGE}""",
        values * 3,
    )


def counts(raw: Raw, now: int) -> list[Any]:
    """The open requests by state and institution, those near their due time among them."""
    states = (*OPEN, "proposed")
    return raw.rows(
        f"""SELECT state, institution_code, count(*), sum(CASE WHEN next_due_at <= ? THEN 1 ELSE 0 END),
 count(DISTINCT case_id) FROM leg WHERE state IN ({_marks(states)}) AND NOT drill GROUP BY state, institution_code""",
        (now + HOUR, *states),
    )


def one_update(raw: Raw, leg_id: int) -> None:
    """A single row changed and committed durably (SQLite does not write a value that stays what it was)."""
    with raw.writing():
        raw.write("UPDATE leg SET version = version + 1 WHERE id = ?", (leg_id,))
