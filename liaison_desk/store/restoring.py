"""The way back: a verified backup takes the place of the office, and what was there is put aside by name.

On SQLite every running program holds a shared lock on ``<file>.lock``; a restore needs it alone. What was
there is renamed beside the file; on PostgreSQL its tables move into a schema named for the moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.core.words import msg
from liaison_desk.store import schema
from liaison_desk.store.backup import (
    file_sha256,
    flush_folder,
    flush_to_disk,
    opened,
    require_sound,
)
from liaison_desk.store.chain import Seat
from liaison_desk.store.copying import copy_tables
from liaison_desk.store.database import PATIENCE, WRITER_LOCK, Database
from liaison_desk.store.tables import METADATA

PRESENT = timedelta(seconds=40)
"""A seat that said something within this time may still be running."""


@dataclass(frozen=True)
class Restored:
    """``kept``: where the office that was there now stands (file or schema), empty if there was none."""

    kept: str
    revision: str
    entries: int


# --- who is running


@contextlib.contextmanager
def hold_lock(database: Database, *, alone: bool = False) -> Iterator[None]:
    """Says for as long as it lasts that this program uses the office's file; ``alone``: nobody else may.

    Raises OfficeUnusable when somebody restores it (or, alone, when somebody uses it). Where there is no
    such lock (PostgreSQL, Windows, a folder that cannot be written), nothing is held.
    """
    handle = _lock_file(database)
    if handle is None:
        yield
        return
    try:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _in_use(database) if alone else _being_restored(database) from None
        yield
    finally:
        os.close(handle)


def _lock_file(database: Database) -> int | None:
    if not database.sqlite or sys.platform == "win32":
        return None
    path = database.path.with_name(database.path.name + ".lock")
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return None


def _in_use(database: Database) -> OfficeUnusable:
    return OfficeUnusable(
        msg(
            "{where} is open in another program. Nothing was changed. Close every window of the office and try again.",
            where=str(database),
        )
    )


def _being_restored(database: Database) -> OfficeUnusable:
    return OfficeUnusable(
        msg("{where} is being restored. Nothing was opened. Wait until that is done.", where=str(database))
    )


def running_seats(database: Database, now: datetime) -> list[str]:
    """Computers and users that said within 40 seconds that they are running; none if that cannot be read."""
    try:
        with database.reading() as session:
            rows = session.execute(
                select(Seat.computer, Seat.os_user).where(
                    Seat.ended_at.is_(None), Seat.beat_at > now - PRESENT
                )
            ).all()
    except (OfficeUnusable, sqlite3.Error, ValueError):
        return []
    return [f"{row.os_user}@{row.computer}" for row in rows]


# --- putting back


def restore(database: Database, backup: Path, now: datetime | None = None) -> Restored:
    """Puts a backup in the office's place, also where that is damaged or missing.

    The backup is verified first. Raises OfficeUnusable, with everything left as it was, when it is not
    sound or when other seats are running. Afterwards ``database`` must be opened anew.
    """
    moment = now or datetime.now(UTC)
    verdict = require_sound(backup)
    if database.sqlite:
        try:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(database, error) from error
    with hold_lock(database, alone=True):
        seats = running_seats(database, moment)
        database.close()
        if seats:
            raise OfficeUnusable(
                msg(
                    "The office is open at {seats}. Nothing was changed. Close the program there; "
                    "one that crashed is forgotten after {seconds} seconds.",
                    seats=", ".join(seats),
                    seconds=int(PRESENT.total_seconds()),
                )
            )
        try:
            kept = (
                _into_file(database, backup, moment)
                if database.sqlite
                else _into_server(database, backup, verdict.revision, moment)
            )
        except (OSError, sqlite3.Error) as error:
            raise _cannot_write(database, error) from error
    return Restored(kept, verdict.revision, verdict.entries)


def _cannot_write(database: Database, error: Exception) -> OfficeUnusable:
    return OfficeUnusable(
        msg(
            "{where} cannot be put in place: {reason}. What was there is still there. Check the folder.",
            where=str(database),
            reason=getattr(error, "strerror", None) or str(error),
        )
    )


def _into_file(database: Database, backup: Path, moment: datetime) -> str:
    path = database.path
    fresh = path.with_name(f".{path.name}.restoring")
    try:
        shutil.copyfile(backup, fresh)
        if file_sha256(fresh) != file_sha256(backup):
            raise OSError(f"{fresh.name} differs from {backup.name}")
        _make_office(fresh)
        flush_to_disk(fresh)
        kept = _put_aside(path, moment)
        os.replace(fresh, path)
        flush_folder(path.parent)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    return kept


def _make_office(fresh: Path) -> None:
    """A backup's copy becomes an office again: without the note, with its triggers."""
    engine = Database(fresh).plain_engine()
    try:
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS backup_note"))
            schema.ensure_triggers(connection)
    finally:
        engine.dispose()
    finished = sqlite3.connect(fresh)
    try:
        # Everything in one file, whatever the journal was: what is renamed next must be whole.
        finished.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finished.execute("PRAGMA journal_mode=DELETE")
    finally:
        finished.close()


def _put_aside(path: Path, moment: datetime) -> str:
    """Renames the file that is there together with its log, which may hold what the file does not."""
    stamp = f"{moment.astimezone():%Y%m%d-%H%M%S}"
    number, aside = 1, path.with_name(f"{path.stem}-before-restore-{stamp}{path.suffix}")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}-before-restore-{stamp}-{number}{path.suffix}")
    there = False
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + suffix))
            there = True
    return str(aside) if there else ""


def _into_server(database: Database, backup: Path, revision: str, moment: datetime) -> str:
    """One transaction: the tables that are there move aside, the backup's rows come in."""
    engine = database.plain_engine()
    try:
        with database.said(), opened(backup) as source, engine.begin() as target:
            target.execute(text(f"SET LOCAL lock_timeout = '{int(PATIENCE * 1000)}ms'"))
            target.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
            kept = _move_aside(target, moment)
            schema.bring(target, revision)
            copy_tables(source, target)
        return kept
    finally:
        engine.dispose()


def _move_aside(target: Connection, moment: datetime) -> str:
    present = set(inspect(target).get_table_names())
    ours = sorted(present & {*METADATA.tables, "alembic_version"})
    if not ours:
        return ""
    name = f"before_restore_{moment.astimezone():%Y%m%d_%H%M%S_%f}"
    target.execute(text(f"CREATE SCHEMA {name}"))
    for found in ours:
        target.execute(text(f"ALTER TABLE {found} SET SCHEMA {name}"))
    return name
