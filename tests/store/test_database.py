"""What can be wrong with a database file, each with its sentence and nothing changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from liaison_desk.core.errors import OfficeUnusable, Refused
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.check import check
from liaison_desk.store import database as database_module
from liaison_desk.store import schema
from liaison_desk.store.database import Database
from liaison_desk.store.mounts import is_network_path
from tests import given
from tests.given import Office
from tests.tampered import changed


def test_readers_cannot_write(office: Office) -> None:
    with office.database.reading() as session, pytest.raises(Exception, match=r"readonly|read-only"):
        session.execute(text("DELETE FROM seat WHERE id = 'x'"))


@pytest.mark.parametrize("table", ["entry", "ledger_entry", "passage", "access", "touch"])
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET id = id"])
def test_evidence_cannot_be_changed_even_by_sql(office: Office, table: str, statement: str) -> None:
    given.busy(office)
    with (
        office.database.plain_engine().begin() as connection,
        pytest.raises(Exception, match="never changed or deleted"),
    ):
        connection.execute(text(statement.format(table=table)))


def test_every_connection_is_durable(sqlite_office: Office) -> None:
    for engine in (sqlite_office.database.reader, sqlite_office.database.writer):
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_writer_that_takes_too_long_is_told(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = given.case(sqlite_office)
    monkeypatch.setattr(database_module, "PATIENCE", 0.05)
    other = sqlite3.connect(sqlite_office.database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = sqlite_office.door("zhao", sqlite_office.elsewhere())
    with pytest.raises(OfficeUnusable, match="Another seat has been writing"):
        waiting.do(WriteNote(case_id=opened.case_id, text="等"))
    other.execute("ROLLBACK")
    other.close()
    waiting.do(WriteNote(case_id=opened.case_id, text="等"))
    waiting.database.close()


def test_a_full_disk_is_told_and_nothing_of_the_step_is_kept(sqlite_office: Office) -> None:
    opened = given.case(sqlite_office)
    full = sqlite_office.elsewhere()

    @event.listens_for(full.writer, "connect")
    def _limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    desk = sqlite_office.door("zhao", full)

    def write_on() -> None:
        for _ in range(50):
            desk.do(WriteNote(case_id=opened.case_id, text="长" * 2000))

    with pytest.raises(OfficeUnusable, match="is full"):
        write_on()
    full.close()
    assert check(sqlite_office.database).findings == ()


def test_a_file_that_vanished_is_told(sqlite_office: Office) -> None:
    opened = given.case(sqlite_office)
    sqlite_office.database.path.rename(sqlite_office.database.path.with_name("elsewhere.db"))
    with pytest.raises(OfficeUnusable, match="is gone"):
        sqlite_office.officer.do(WriteNote(case_id=opened.case_id, text="x"))


def test_a_newer_database_is_refused(office: Office) -> None:
    changed(office, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OfficeUnusable, match="newer version"):
        schema.require_current(office.database)
    with pytest.raises(OfficeUnusable, match="newer version"):
        schema.upgrade(office.database, lambda: Path("never"))


def test_an_empty_place_holds_no_office(empty_database: Database) -> None:
    with pytest.raises(OfficeUnusable, match=r"does not exist|holds no office yet"):
        schema.require_current(empty_database)


def test_an_office_is_never_made_over_another(office: Office) -> None:
    with pytest.raises(Refused, match="already holds an office"):
        schema.create(office.database)


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/share /mnt/share nfs4 rw 0 0
//nas/office /mnt/with\\040space cifs rw 0 0
/dev/sdb1 /mnt/share/inside ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/home/a/office.db", False),
        ("/mnt/share/office.db", True),
        ("/mnt/sharepoint/office.db", False),
        ("/mnt/with space/office.db", True),
        ("/mnt/share/inside/office.db", False),
        ("//nas/office/office.db", True),
        ("\\\\nas\\office\\office.db", True),
    ],
)
def test_network_drives_are_known(tmp_path: Path, path: str, network: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert is_network_path(Path(path), mounts) is network


def test_a_file_on_a_network_drive_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "is_network_path", lambda path: True)
    with pytest.raises(OfficeUnusable, match="network drive"):
        Database(tmp_path / "office.db")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("mysql://server/office", "only SQLite files and PostgreSQL"),
        ("://", "not a database address"),
        ("postgresql://nobody@127.0.0.1:1/office", "cannot be opened"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(where: str, said: str) -> None:
    with pytest.raises(OfficeUnusable, match=said):
        schema.require_current(Database(where))
