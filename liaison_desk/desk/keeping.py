"""Keeping the office safe: backups made and recorded, the way back, the schema brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy import func, select

from liaison_desk.core.errors import NotAllowed
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.desk import Desk, utc_now
from liaison_desk.desk.work import Command, Work
from liaison_desk.store import backup, restoring, schema
from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database

EVERY = timedelta(days=1)
"""How often a backup is made by itself."""


@dataclass(frozen=True, kw_only=True)
class RecordBackup(Command[None]):
    """A backup was made (or came out unsound); which file, with its hash."""

    title: ClassVar[Message] = msg("Back up")
    path: str
    sha256: str
    ok: bool

    def carry_out(self, work: Work) -> None:
        work.tell(msg("Backup made") if self.ok else msg("Backup made; the office itself is not sound"))


@dataclass(frozen=True, kw_only=True)
class RecordRestore(Command[None]):
    """The office was put back from a backup by a user of the computer."""

    title: ClassVar[Message] = msg("Restore a backup")
    source: str
    system_user: str
    kept: str = ""
    """Where the office that was there before now stands."""

    def carry_out(self, work: Work) -> None:
        work.tell(msg("Restored from {source}", source=self.source))


@dataclass(frozen=True, kw_only=True)
class RecordUpgrade(Command[None]):
    """The schema was brought to this program's revision by a user of the computer."""

    title: ClassVar[Message] = msg("Upgrade the database")
    before: str
    after: str
    system_user: str

    def carry_out(self, work: Work) -> None:
        work.tell(msg("Upgraded from {before} to {after}", before=self.before, after=self.after))


# --- backups


@dataclass(frozen=True)
class BackupMade:
    """``sound`` is False when chain or ledger of the office itself do not hold; ``reason`` says why."""

    path: Path
    sha256: str
    sound: bool
    reason: Message | None
    removed: tuple[Path, ...]
    """Older backups that were no longer needed."""


def back_up_now(desk: Desk, folder: Path | None = None) -> BackupMade:
    """Makes a verified backup, records it, and thins the folder by age.

    Who may: administrators, and the program itself. Raises OfficeUnusable when nothing could be kept.
    """
    if not desk.may(RecordBackup):
        raise NotAllowed(
            msg("{what}: your role has no right to do this. Nothing was changed.", what=RecordBackup.title)
        )
    where = folder or backup.default_folder(desk.database)
    made = backup.back_up(desk.database, where, desk.clock())
    verdict = backup.verify(made)
    desk.do(RecordBackup(path=made.name, sha256=verdict.sha256, ok=verdict.sound))
    # An unsound office must not push the sound backups out.
    removed = backup.thin(where, desk.clock()) if verdict.sound else []
    return BackupMade(made, verdict.sha256, verdict.sound, verdict.reason, tuple(removed))


def due_for_backup(database: Database, now: datetime, folder: Path | None = None) -> bool:
    """Whether the daily backup is due: none in the folder for a day, and something recorded since.

    After a restore it waits for a day, so that a wrong choice cannot push the good backups out.
    """
    kept = backup.backups(folder or backup.default_folder(database))
    if kept and now - kept[0][0] < EVERY:
        return False
    with database.reading() as session:
        restored = session.scalar(select(func.max(Entry.at)).where(Entry.command == "RecordRestore"))
        if restored is not None and now - restored < EVERY:
            return False
        last = session.scalar(select(func.max(Entry.id)).where(Entry.command == "RecordBackup")) or 0
        newest = session.scalar(select(func.max(Entry.id))) or 0
    return newest > last


# --- restore and upgrade: the file is the key


@dataclass(frozen=True)
class OfficeRestored:
    """``kept``: where what was there before now stands; ``upgraded_from``: the backup's older revision."""

    kept: str
    entries: int
    upgraded_from: str | None


def restore_office(
    database: Database, source: Path, system_user: str, clock: Callable[[], datetime] = utc_now
) -> OfficeRestored:
    """Puts a verified backup in the office's place and records it; an older one is upgraded.

    Raises OfficeUnusable, with everything as it was, when the backup is not sound or other seats run.
    """
    restored = restoring.restore(database, source, clock())
    fresh = _again(database)
    try:
        before, after = schema.upgrade(fresh, lambda: source)
        desk = Desk(fresh, clock=clock).as_system()
        desk.do(RecordRestore(source=source.name, system_user=system_user, kept=restored.kept))
        if before != after:
            desk.do(RecordUpgrade(before=before or "", after=after, system_user=system_user))
    finally:
        fresh.close()
    return OfficeRestored(restored.kept, restored.entries, before if before != after else None)


@dataclass(frozen=True)
class OfficeUpgraded:
    """``backup`` is None when the database was up to date already."""

    before: str
    after: str
    backup: Path | None


def upgrade_office(
    database: Database,
    system_user: str,
    folder: Path | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> OfficeUpgraded:
    """Backs the office up, brings its schema to this program's, and puts missing locks back."""
    if not database.exists():
        schema.require_current(database)
    made: list[Path] = []

    def backed_up() -> Path:
        made.append(backup.back_up(database, folder or backup.default_folder(database), clock()))
        return made[0]

    with restoring.hold_lock(database, alone=True):
        before, after = schema.upgrade(database, backed_up)
        if before == after:
            _put_locks_back(database)
        else:
            Desk(database, clock=clock).as_system().do(
                RecordUpgrade(before=before or "", after=after, system_user=system_user)
            )
    return OfficeUpgraded(before or "", after, made[0] if made else None)


def _put_locks_back(database: Database) -> None:
    engine = database.plain_engine()
    try:
        with database.said(), engine.begin() as connection:
            if schema.missing_triggers(connection):
                schema.ensure_triggers(connection)
    finally:
        engine.dispose()


def _again(database: Database) -> Database:
    """The same place, opened anew: the file behind it is another one now."""
    return Database(database.path if database.sqlite else database.url.render_as_string(hide_password=False))
