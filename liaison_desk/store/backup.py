"""Verified copies of an office in one file, and the way back from them.

A backup is always one SQLite file, ``office-YYYYMMDD-HHMMSS.ldbackup`` (the computer's local time), also of
an office on PostgreSQL. Inside, the table ``backup_note`` says when it was made and how many rows each table
had; beside it, ``….ldbackup.sha256`` carries the file's hash in the form that ``sha256sum -c`` reads.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from liaison_desk import paths
from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.core.words import Message, msg
from liaison_desk.store import schema
from liaison_desk.store.chain import Access, Entry
from liaison_desk.store.copying import copy_tables
from liaison_desk.store.database import Database
from liaison_desk.store.soundness import chain, counts, file_findings, ledger_findings

SUFFIX = ".ldbackup"
_NAME = re.compile(r"office-(\d{8}-\d{6})(?:-\d+)?\.ldbackup")
KEEP_ALL = timedelta(days=1)
KEEP_DAILY = timedelta(days=31)


@dataclass(frozen=True)
class Verdict:
    """What a look into a backup found.

    ``readable``: the file is whole, its schema known, and it has all its rows. ``sound``: its chains and its
    ledger hold, too. ``reason`` names the first thing that is wrong.
    """

    readable: bool
    sound: bool
    reason: Message | None
    revision: str = ""
    entries: int = 0
    head: str = ""
    """Hash of the last entry, empty when there is none."""
    made_at: datetime | None = None
    sha256: str = ""


def default_folder(database: Database) -> Path:
    """Where backups go unless somebody says otherwise: ``backups`` beside the file."""
    return (database.path.parent if database.sqlite else paths.user_data()) / "backups"


# --- making


def back_up(database: Database, folder: Path, now: datetime | None = None) -> Path:
    """Copies the office as it is at one instant, while others work; gives the new file.

    Nothing is left behind, and OfficeUnusable says why, when the folder cannot be written or the copy is
    not whole. A copy whose chain or ledger does not hold is kept: it is the office as it is.
    """
    moment = now or datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    part = folder / f".{database_stamp(moment)}.part"
    try:
        _discard(part)
        if database.sqlite:
            _copy_file(database, part, moment)
        else:
            _copy_server(database, part, moment)
        verdict = verify(part)
        if not verdict.readable:
            raise OfficeUnusable(
                msg(
                    "No backup was kept, because the copy is not whole: {reason} Run check.",
                    reason=verdict.reason or "",
                )
            )
        return _publish(part, folder, moment, verdict.sha256)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_write(folder, error) from error
    finally:
        _discard(part)


def database_stamp(moment: datetime) -> str:
    """``office-20260310-100500`` in the computer's local time."""
    return f"office-{moment.astimezone():%Y%m%d-%H%M%S}"


def _copy_file(database: Database, part: Path, moment: datetime) -> None:
    with database.reading() as session:
        connection = session.connection()
        note = _note(connection, moment)
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        target = sqlite3.connect(part)
        try:
            # The read transaction is open already, so the copy is of the very snapshot that was counted.
            driver.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            _write_note(target, note)
        finally:
            target.close()


def _copy_server(database: Database, part: Path, moment: datetime) -> None:
    into = Database(part)
    engine = into.plain_engine()
    try:
        with database.reading() as session, engine.connect() as target:
            connection = session.connection()
            note = _note(connection, moment)
            with into.said(), target.begin():
                schema.bring(target, str(note["revision"]))
                copied = copy_tables(connection, target)
            if any(copied.get(name) != count for name, count in _counted(note).items()):
                raise OfficeUnusable(msg("The copy has not all the rows. No backup was kept; try again."))
    finally:
        engine.dispose()
    finished = sqlite3.connect(part)
    try:
        finished.execute("PRAGMA journal_mode=DELETE")
        _write_note(finished, note)
    finally:
        finished.close()


def _note(connection: Connection, moment: datetime) -> dict[str, object]:
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return {
        "made_at": moment.astimezone(UTC).isoformat(),
        "revision": revision,
        "source": connection.dialect.name,
        "counts": counts(connection),
    }


def _counted(note: dict[str, object]) -> dict[str, int]:
    found = note.get("counts")
    return {str(name): int(count) for name, count in found.items()} if isinstance(found, dict) else {}


def _write_note(target: sqlite3.Connection, note: dict[str, object]) -> None:
    target.execute("CREATE TABLE IF NOT EXISTS backup_note (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    target.execute("DELETE FROM backup_note")
    target.executemany(
        "INSERT INTO backup_note VALUES (?, ?)", [(key, json.dumps(value)) for key, value in note.items()]
    )
    target.commit()


def _publish(part: Path, folder: Path, moment: datetime, sha256: str) -> Path:
    flush_to_disk(part)
    stem, number = database_stamp(moment), 1
    final = folder / f"{stem}{SUFFIX}"
    while final.exists():
        number += 1
        final = folder / f"{stem}-{number}{SUFFIX}"
    beside = folder / f".{stem}.sha256.part"
    beside.write_text(f"{sha256}  {final.name}\n", encoding="ascii")
    flush_to_disk(beside)
    os.replace(beside, sum_file(final))
    os.replace(part, final)
    flush_folder(folder)
    return final


def sum_file(backup: Path) -> Path:
    """The file beside a backup that carries its SHA-256."""
    return backup.with_name(backup.name + ".sha256")


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush_to_disk(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Makes renames in a folder last through a power cut (POSIX; elsewhere the rename itself does)."""
    if sys.platform == "win32":  # pragma: no cover - only there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _discard(part: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


def _cannot_write(folder: Path, error: Exception) -> OfficeUnusable:
    return OfficeUnusable(
        msg(
            "The backup cannot be written to {folder}: {reason}. No backup was kept; the office is as it was. "
            "Choose another folder or free space.",
            folder=str(folder),
            reason=getattr(error, "strerror", None) or str(error),
        )
    )


# --- looking into one


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A connection to a backup that cannot change it."""
    where = f"file:{quote(str(path.absolute()))}?mode=ro"
    engine: Engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(where, uri=True), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def verify(path: Path) -> Verdict:
    """Reads a backup from end to end: hash, pages, links, revision, rows, chains, ledger."""
    if not path.is_file():
        return Verdict(False, False, msg("{file} is not there.", file=str(path)))
    sha256 = file_sha256(path)
    with contextlib.suppress(OSError):
        said = sum_file(path).read_text(encoding="ascii", errors="replace").split()
        if said[:1] != [sha256]:
            return Verdict(
                False,
                False,
                msg("{file} is not the file that its .sha256 describes.", file=path.name),
                sha256=sha256,
            )
    try:
        with opened(path) as connection:
            return _judge(connection, sha256)
    except (DBAPIError, sqlite3.Error):
        return Verdict(
            False,
            False,
            msg("{file} is damaged or not a backup of an office.", file=path.name),
            sha256=sha256,
        )


def _judge(connection: Connection, sha256: str) -> Verdict:
    broken = file_findings(connection)
    if broken:
        return Verdict(False, False, broken[0].message, sha256=sha256)
    note = {
        key: json.loads(value)
        for key, value in connection.execute(text("SELECT key, value FROM backup_note"))
    }
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    made_at = datetime.fromisoformat(note["made_at"])
    if not schema.known(revision):
        return Verdict(
            False,
            False,
            msg("It was written by a newer version of this program. Install that version first."),
            revision=revision,
            made_at=made_at,
            sha256=sha256,
        )
    found = counts(connection)
    missing = [name for name, count in _counted(note).items() if found.get(name) != count]
    reason: Message | None = (
        msg("{table} does not have the rows it had when the backup was made.", table=missing[0])
        if missing
        else None
    )
    entries, head = 0, ""
    sound = True
    for kind in (Entry, Access):
        for each in chain(connection, kind):
            if kind is Entry:
                entries, head = each.id, each.hash
            if each.findings:
                sound, reason = False, reason or each.findings[0].message
    wrong = ledger_findings(connection)
    if wrong:
        sound, reason = False, reason or wrong[0].message
    return Verdict(not missing, sound and not missing, reason, revision, entries, head, made_at, sha256)


# --- keeping by age


def backups(folder: Path) -> list[tuple[datetime, Path]]:
    """The verified backups of a folder with the times in their names, newest first."""
    found = []
    for path in folder.glob(f"office-*{SUFFIX}") if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named is not None:
            with contextlib.suppress(ValueError):
                made = datetime.strptime(named[1], "%Y%m%d-%H%M%S").astimezone()
                found.append((made, path))
    return sorted(found, reverse=True)


def thin(folder: Path, now: datetime | None = None) -> list[Path]:
    """Removes what is no longer needed: all of the last day stay, the newest of each day of the last
    31 days, the newest of each month before. The newest of all always stays. Gives what went."""
    moment = now or datetime.now(UTC)
    kept: set[str] = set()
    gone: list[Path] = []
    for position, (made, path) in enumerate(backups(folder)):
        age = moment - made
        if position == 0 or age <= KEEP_ALL:
            continue
        slot = f"{made:%Y-%m-%d}" if age <= KEEP_DAILY else f"{made:%Y-%m}"
        if slot not in kept:
            kept.add(slot)
            continue
        path.unlink(missing_ok=True)
        sum_file(path).unlink(missing_ok=True)
        gone.append(path)
    return gone


def require_sound(path: Path) -> Verdict:
    """The verdict on a backup that may be restored; OfficeUnusable with the reason otherwise."""
    verdict = verify(path)
    if not (verdict.readable and verdict.sound):
        raise OfficeUnusable(
            msg(
                "{file} cannot be restored: {reason} Nothing was changed. Choose another backup.",
                file=path.name,
                reason=verdict.reason or "",
            )
        )
    return verdict
