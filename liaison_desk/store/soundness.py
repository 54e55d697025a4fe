"""Whether what is stored is sound in itself: the file, the triggers, the hash chains, the ledger's buckets.

Everything is read as it stands on the disk, past the typed columns: a value that no program could have
written is a finding here, not a crash. Rows are streamed; memory stays flat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Table,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from liaison_desk.core import ledger
from liaison_desk.core.errors import DeskError
from liaison_desk.core.ledger import Bucket, Move
from liaison_desk.core.words import Message, msg
from liaison_desk.store.audit import Values, column_value, link, plain
from liaison_desk.store.base import UtcTime, from_micros
from liaison_desk.store.chain import GENESIS, Access, Entry
from liaison_desk.store.models import Hold, LedgerEntry
from liaison_desk.store.schema import missing_triggers
from liaison_desk.store.tables import METADATA

BATCH = 500


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what kind, where exactly, and a sentence."""

    kind: str
    """file, schema, entry, access, row, content, ledger, number, passage, search, head."""
    where: str
    message: Message


# --- rows as they stand


def as_stored(table: Table, *, sqlite: bool) -> list[ColumnElement[Any]]:
    """The table's columns in the database's own types, so that reading never fails on a value."""
    columns: list[ColumnElement[Any]] = []
    for column in table.columns:
        kind = column.type
        if isinstance(kind, TypeDecorator):
            kind = kind.impl_instance
        if sqlite and isinstance(kind, Boolean):
            kind = Integer()
        columns.append(type_coerce(column, kind).label(column.name))
    return columns


def _reader(column: Any) -> Callable[[Any], Any] | None:
    """How a column's stored values become what the chain would have written; None: they stay as they are.

    What no program could have stored there is given as found. The columns are told apart once a table, not
    once a value, since a check reads all of them.
    """
    kind = column.type
    if column.info.get("secret"):
        return lambda raw: column_value(column, raw)
    if isinstance(kind, Boolean):
        return lambda raw: bool(raw) if raw in (0, 1) else raw
    if isinstance(kind, UtcTime):
        return _moment
    if isinstance(kind, LargeBinary):
        return plain
    return None


def _moment(raw: Any) -> Any:
    """The same text as audit.moment_text, in a third of the time."""
    try:
        return from_micros(raw).isoformat(timespec="microseconds")[:-6] + "Z"
    except (TypeError, OverflowError):
        return raw


def rows_of(
    session: Connection | Session, table: Table, *, up_to: int | None = None
) -> Iterator[tuple[int, Values]]:
    """Every row in the order of its id, in canonical form; ``up_to``: no id above it."""
    connection = session.connection() if isinstance(session, Session) else session
    readers = [(column.key, _reader(column)) for column in table.columns]
    wanted = as_stored(table, sqlite=connection.dialect.name == "sqlite")
    last: Any = None
    while True:
        query = select(*wanted).order_by(table.c.id).limit(BATCH)
        if last is not None:
            query = query.where(table.c.id > last)
        if up_to is not None:
            query = query.where(table.c.id <= up_to)
        found = connection.execute(query).all()
        for row in found:
            values = {
                key: raw if read is None or raw is None else read(raw)
                for (key, read), raw in zip(readers, row, strict=True)
            }
            for key, value in values.items():
                if type(value) is bytes:
                    values[key] = f"bytes:{value.hex()}"
            yield values["id"], values
        if len(found) < BATCH:
            return
        last = found[-1].id


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each of the office's tables has."""
    present = set(inspect(connection).get_table_names())
    return {
        table.name: connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
        for table in METADATA.sorted_tables
        if table.name in present
    }


# --- the file


def file_findings(connection: Connection) -> list[Finding]:
    """Damage that the database itself can see. SQLite: every page and link; PostgreSQL: broken indexes."""
    if connection.dialect.name != "sqlite":
        broken = connection.execute(
            text(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid "
                "UNION SELECT conname::text FROM pg_constraint WHERE NOT convalidated"
            )
        ).scalars()
        return [
            Finding("file", name, msg("{name} is not valid on the server. Rebuild it there.", name=name))
            for name in broken
        ]
    said = [row[0] for row in connection.execute(text("PRAGMA integrity_check(20)"))]
    if said != ["ok"]:
        return [
            Finding(
                "file",
                "file",
                msg("The file is damaged: {what}. Restore the last verified backup.", what=line),
            )
            for line in said
        ]
    return [
        Finding(
            "file",
            f"{row[0]} {row[1]}",
            msg(
                "{table} {id} points to a row of {parent} that is gone.",
                table=row[0],
                id=row[1],
                parent=row[2],
            ),
        )
        for row in connection.execute(text("PRAGMA foreign_key_check"))
    ]


def trigger_findings(connection: Connection) -> list[Finding]:
    return [
        Finding(
            "schema", name, msg("The lock {name} against changing evidence is gone. Run upgrade.", name=name)
        )
        for name in missing_triggers(connection)
    ]


# --- the chains


@dataclass(frozen=True)
class Link:
    """One entry of a chain with what is wrong with it; ``content`` is None when its text is no JSON."""

    id: int
    hash: str
    content: dict[str, Any] | None
    findings: tuple[Finding, ...]


def chain(connection: Connection, kind: type[Entry] | type[Access]) -> Iterator[Link]:
    """A hash chain from its beginning, each entry judged against the one before it."""
    table: Table = kind.__table__  # type: ignore[assignment]  # a mapped class has a Table
    name = kind.__tablename__
    expected, previous = 1, GENESIS
    for number, row in rows_of(connection, table):
        where = f"{name} {number}"
        findings: list[Finding] = []

        def wrong(message: Message, where: str = where, findings: list[Finding] = findings) -> None:
            findings.append(Finding(name, where, message))

        if number > expected:
            wrong(msg("Entries {first} to {last} are missing.", first=expected, last=number - 1))
        elif row["previous_hash"] != previous:
            wrong(
                msg(
                    "Entry {id} does not continue the one before it: an entry was changed, inserted or moved here.",
                    id=number,
                )
            )
        content = _content(row["text"])
        if content is None or row["hash"] != link(str(row["previous_hash"]), str(row["text"])):
            wrong(msg("Entry {id}: its text and its hash do not agree. One of them was changed.", id=number))
        if content is not None:
            for field in _disagreeing(kind, row, content):
                wrong(
                    msg(
                        "Entry {id}: “{field}” stands otherwise in the row than in the text that was hashed.",
                        id=number,
                        field=field,
                    )
                )
        yield Link(number, str(row["hash"]), content, tuple(findings))
        expected, previous = number + 1, row["hash"]


def _content(written: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(written)
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _disagreeing(kind: type[Entry] | type[Access], row: Values, content: dict[str, Any]) -> list[str]:
    """Columns beside the text that say something else than the text."""
    pairs = {"id": content.get("id"), "at": content.get("at")}
    if kind is Access:
        pairs |= {"person_id": content.get("person"), "way": content.get("way")}
    else:
        tables = sorted({change.get("table", "?") for change in content.get("changes", [])})
        pairs |= {
            "person_id": (content.get("actor") or {}).get("person"),
            "command": content.get("command"),
            "doubted": content.get("doubted"),
            "kinds": "," + ",".join(tables) + ",",
        }
    return [field for field, said in pairs.items() if row[field] != said]


# --- the ledger


def ledger_findings(connection: Connection) -> list[Finding]:
    """Holds whose buckets are not what their ledger entries add up to."""
    holds: Table = Hold.__table__  # type: ignore[assignment]  # a mapped class has a Table
    entries: Table = LedgerEntry.__table__  # type: ignore[assignment]  # a mapped class has a Table
    wanted = as_stored(entries, sqlite=connection.dialect.name == "sqlite")
    findings: list[Finding] = []
    batch: list[Values] = []

    def settle() -> None:
        ids = [hold["id"] for hold in batch]
        moves: dict[int, list[Any]] = {hold_id: [] for hold_id in ids}
        query = select(*wanted).where(entries.c.hold_id.in_(ids)).order_by(entries.c.id)
        for row in connection.execute(query):
            moves[row.hold_id].append(row)
        for hold in batch:
            finding = _hold_finding(hold, moves[hold["id"]])
            if finding is not None:
                findings.append(finding)
        batch.clear()

    for _, hold in rows_of(connection, holds):
        batch.append(hold)
        if len(batch) == BATCH:
            settle()
    if batch:
        settle()
    return findings


def _hold_finding(hold: Values, rows: list[Any]) -> Finding | None:
    where = f"hold {hold['id']}"
    try:
        buckets = ledger.replay(
            Move(
                Bucket(row.source),
                Bucket(row.target),
                row.fen,
                from_micros(row.happened_at),
                row.id,
                row.reverses_id,
            )
            for row in rows
        )
    except (DeskError, ValueError, TypeError) as error:
        reason = error.message if isinstance(error, DeskError) else str(error)
        return Finding(
            "ledger",
            where,
            msg("The ledger of hold {id} cannot be added up: {reason}", id=hold["id"], reason=reason),
        )
    for bucket in Bucket:
        there, due = hold[bucket.value], buckets.of(bucket)
        if there != due:
            return Finding(
                "ledger",
                where,
                msg(
                    "Hold {id}: “{bucket}” is {found} fen, but its ledger adds up to {due} fen.",
                    id=hold["id"],
                    bucket=ledger.BUCKET_WORDS[bucket],
                    found=there,
                    due=due,
                ),
            )
    return None
