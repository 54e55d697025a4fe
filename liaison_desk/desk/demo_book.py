"""The book the demo office is written into: numbers and ids in order of time, rows in bulk, their digests.

Acts (what was recorded together) come in any order a little ahead of time and are written in order of
time, so that registers and ids run as they would have run. Memory stays flat whatever the size.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring
from operator import itemgetter
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from liaison_desk.core.lifecycle import SERIES, LegState
from liaison_desk.core.office import OfficeSettings
from liaison_desk.store.audit import column_value
from liaison_desk.store.base import Base, Exchanged, UtcTime, Word, to_micros
from liaison_desk.store.beside import Objection
from liaison_desk.store.bulk import insert_rows
from liaison_desk.store.models import (
    Account,
    Answer,
    Attribution,
    Case,
    Hold,
    Hop,
    Institution,
    Issued,
    LedgerEntry,
    Leg,
    Note,
    Passage,
    Payment,
    Person,
    Setting,
    Shift,
    Victim,
)

Row = dict[str, Any]
Act = list[tuple[str, Row]]
"""Rows recorded together, each with its table's name; a value that is another row stands for its id."""

Moments = dict[datetime, tuple[str, int]]
"""A time as it stands in canonical text and as it is stored, so that each is converted once a chunk."""

CHUNK = 6_000
"""Rows kept before they are written."""

_IN_ORDER: tuple[type[Base], ...] = (
    *(Institution, Person, Setting, Issued, Case, Victim, Account, Payment, Hold, Leg),
    *(Answer, Hop, LedgerEntry, Passage, Note, Shift, Attribution, Objection),
)
"""Each table after those it points to."""
_MODELS: Mapping[str, type[Base]] = {model.__tablename__: model for model in _IN_ORDER}
_RANK = {name: place for place, name in enumerate(_MODELS)}
_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "victim": ("case_id",),
    "account": ("case_id",),
    "payment": ("case_id", "victim_id", "account_id"),
    "hold": ("case_id", "account_id"),
    "leg": ("case_id", "account_id", "payment_id", "hold_id"),
    "answer": ("case_id", "leg_id"),
    "hop": ("case_id", "leg_id", "answer_id", "from_account_id", "to_account_id"),
    "ledger_entry": ("hold_id", "case_id", "leg_id", "victim_id", "reverses_id"),
    "passage": ("leg_id",),
    "attribution": ("case_id", "hold_id", "victim_id", "reverses_id"),
    "note": ("case_id", "leg_id"),
    "objection": ("case_id", "hold_id"),
}


class _Shelf:
    """What is known of one table: its last id, rows not yet written, the digest of those that are."""

    def __init__(self, model: type[Base], name: str, rng: Random) -> None:
        columns = Base.metadata.tables[name].columns
        self.rows: list[Row] = []
        self.count = 0
        self.digest = hashlib.sha256()
        self.references = _REFERENCES.get(name, ())
        # Ordered names keep the unique index growing at its end.
        self.uid = f"{rng.getrandbits(64):016x}" if issubclass(model, Exchanged) else ""
        self.times = tuple(column.key for column in columns if isinstance(column.type, UtcTime))
        names = self.names = sorted(column.key for column in columns)
        # What store.audit.canonical makes of a row whose values are plain, at half its price.
        self.values = itemgetter(*names)
        self.form = "{" + ",".join(f'"{name}":%s' for name in names) + "}\n"
        self.secrets = tuple(column for column in columns if column.info.get("secret"))
        self.table = Base.metadata.tables[name]
        self.words = tuple(place for place, key in enumerate(names) if isinstance(columns[key].type, Word))
        """Where enumerations stand among the values."""

    def write(self, session: Session, moments: Moments) -> None:
        """Writes the rows kept, after taking their digest."""
        if not self.rows:
            return
        lines = [self._line(row, moments) for row in self.rows]
        self.digest.update("".join(lines).encode())
        insert_rows(session, self.table, self.names, map(self._stored, self.rows))
        self.rows.clear()

    def _stored(self, row: Row) -> Sequence[Any]:
        """What the driver is given of a row."""
        values: Sequence[Any] = self.values(row)
        if not self.words:
            return values
        plain = list(values)
        for place in self.words:
            if plain[place] is not None:
                plain[place] = plain[place].value
        return plain

    def _line(self, row: Row, moments: Moments) -> str:
        """The line that desk.replay would make of the row; leaves in it what is stored."""
        stored: list[tuple[str, Any]] = []
        for name in self.times:
            moment = row[name]
            if moment is not None:
                known = moments.get(moment)
                if known is None:
                    # As store.audit.moment_text does for a time in UTC, which all of these are.
                    text = moment.isoformat(timespec="microseconds")[:26] + "Z"
                    known = moments[moment] = (text, to_micros(moment))
                row[name], micros = known
                stored.append((name, micros))
        for column in self.secrets:
            stored.append((column.key, row[column.key]))
            row[column.key] = column_value(column, row[column.key])
        line = self.form % tuple(map(_json, self.values(row)))
        for name, value in stored:
            row[name] = value
        return line


class Book:
    """Takes acts, gives ids and numbers in order of time, and writes chunks of rows."""

    def __init__(
        self,
        session: Session,
        settings: OfficeSettings,
        rng: Random,
        *,
        legs: int = 0,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.session = session
        self.settings = settings
        self._legs = legs
        self._progress = progress
        self._shelves = {name: _Shelf(model, name, rng) for name, model in _MODELS.items()}
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._sequence = 0
        self._positions: dict[tuple[str, int], int] = {}
        self._kept = 0
        self.names: set[str] = set()
        """Every name of a victim or holder so far: few, since they come from a pool."""
        self.first_cases: list[str] = []

    # --- acts

    def add(self, at: datetime, act: Act) -> None:
        """What was recorded at ``at``; written when ``advance`` passes that time."""
        self._sequence += 1
        heapq.heappush(self._waiting, (at, self._sequence, act))

    def advance(self, until: datetime | None = None) -> None:
        """Writes everything recorded up to then (all of it without a time)."""
        while self._waiting and (until is None or self._waiting[0][0] <= until):
            act = heapq.heappop(self._waiting)[2]
            act.sort(key=_rank)
            for name, row in act:
                self.enter(name, row)
            if self._kept >= CHUNK:
                self.flush()

    def enter(self, name: str, row: Row) -> Row:
        """One row, with its id, its name for other offices, its number where it has one."""
        shelf = self._shelves[name]
        shelf.count += 1
        row["id"] = shelf.count
        if shelf.uid:
            row["uid"] = f"{shelf.uid}{shelf.count:016x}"
        for column in shelf.references:
            other = row[column]
            if type(other) is dict:
                row[column] = other["id"]
        if name == "leg":
            row["number"] = self._number(SERIES[row["kind"]], row["recorded_at"], row)
        elif name == "case_file":
            row["number"] = self._number("AJ", row["recorded_at"], row)
            if len(self.first_cases) < 20:
                self.first_cases.append(row["number"])
        elif name == "victim":
            self.names.add(row["name"])
        elif name == "account" and row["holder"]:
            self.names.add(row["holder"])
        shelf.rows.append(row)
        self._kept += 1
        return row

    def _number(self, series: str, at: datetime, row: Row) -> str:
        year = self.settings.local(at).year
        position = self._positions.get((series, year), 0) + 1
        self._positions[series, year] = position
        text = self.settings.number(series, year, position)
        voided = row.get("state") is LegState.VOIDED
        self.enter(
            "issued",
            {
                "series": series,
                "year": year,
                "position": position,
                "text": text,
                "issued_at": at,
                "voided_at": row["ended_at"] if voided else None,
                "void_reason": row["state_reason"] if voided else "",
            },
        )
        return text

    # --- writing

    def flush(self) -> None:
        """Writes what has been kept, in the order in which tables point to each other."""
        moments: Moments = {}
        for shelf in self._shelves.values():
            shelf.write(self.session, moments)
        self._kept = 0
        if self._progress is not None:
            self._progress(self._shelves["leg"].count, self._legs)

    def seed(self) -> dict[str, dict[str, Any]]:
        """For the entry: of each table with rows how many, the last id, the digest over which columns."""
        return {
            name: {
                "count": shelf.count,
                "max_id": shelf.count,
                "digest": shelf.digest.hexdigest(),
                "columns": shelf.names,
            }
            for name, shelf in self._shelves.items()
            if shelf.count
        }

    def count(self, name: str) -> int:
        return self._shelves[name].count

    def set_sequences(self) -> None:
        """PostgreSQL draws ids from sequences that know nothing of the ids given here."""
        if self.session.get_bind().dialect.name != "postgresql":
            return
        for name, shelf in self._shelves.items():
            if shelf.count:
                sequence = func.pg_get_serial_sequence(name, "id")
                self.session.execute(select(func.setval(sequence, shelf.count)))


def _json(value: Any) -> Any:
    """A plain value as JSON writes it: text, whole number, truth or nothing."""
    kind = type(value)
    if kind is int:
        return value
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    return encode_basestring(value)


def _rank(item: tuple[str, Row]) -> int:
    return _RANK[item[0]]
