"""Backups of both engines: verified, whole, thinned by age; and the way back, compared row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.store import schema
from liaison_desk.store.backup import back_up, backups, sum_file, thin, verify
from liaison_desk.store.base import Base
from liaison_desk.store.database import Database
from liaison_desk.store.restoring import hold_lock, restore
from liaison_desk.store.soundness import rows_of
from tests import given
from tests.given import Clock, Office
from tests.tampered import changed

Rows = dict[str, list[dict[str, Any]]]


def all_rows(database: Database) -> Rows:
    """Every row of every table in canonical form."""
    with database.reading() as session:
        return {
            table.name: [values for _, values in rows_of(session, table)]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def busy(office: Office) -> Office:
    given.busy(office)
    return office


@pytest.fixture
def made(busy: Office, tmp_path: Path) -> Path:
    return back_up(busy.database, tmp_path / "kept", busy.clock.now)


def test_a_backup_is_one_verified_file_named_by_its_time(busy: Office, made: Path) -> None:
    local = busy.clock.now.astimezone()
    assert made.name == f"office-{local:%Y%m%d-%H%M%S}.ldbackup"
    assert sorted(path.name for path in made.parent.iterdir()) == [made.name, made.name + ".sha256"]
    verdict = verify(made)
    assert (verdict.readable, verdict.sound, verdict.reason) == (True, True, None)
    assert (verdict.revision, verdict.made_at) == (schema.newest(), busy.clock.now)
    assert sum_file(made).read_text() == f"{verdict.sha256}  {made.name}\n"


def test_a_backup_ends_with_the_entry_that_was_last(busy: Office, made: Path) -> None:
    with busy.database.reading() as session:
        last = session.execute(text("SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1")).one()
    verdict = verify(made)
    assert (verdict.entries, verdict.head) == (last.id, last.hash)


def test_two_backups_in_one_second_are_two_files(busy: Office, made: Path) -> None:
    again = back_up(busy.database, made.parent, busy.clock.now)
    assert again.name == made.name.replace(".ldbackup", "-2.ldbackup")
    assert verify(again).sound


def test_a_backup_does_not_wait_for_a_writer(sqlite_office: Office, tmp_path: Path) -> None:
    writer = sqlite3.connect(sqlite_office.database.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE seat SET beat_at = 0")
    assert verify(back_up(sqlite_office.database, tmp_path / "kept")).sound
    writer.execute("ROLLBACK")
    writer.close()


def test_restore_brings_every_row_back(busy: Office, made: Path) -> None:
    before = all_rows(busy.database)
    given.case(busy, n=9)
    busy.door("liu").do(ClaimRequest(leg_id=given.case(busy, n=11).leg_ids[0]))
    changed(busy, "UPDATE leg SET asked = 1")
    assert all_rows(busy.database) != before
    restored = restore(busy.database, made, busy.clock.now)
    fresh = busy.elsewhere()
    assert all_rows(fresh) == before
    assert restored.kept
    with fresh.reading() as session:
        assert schema.missing_triggers(session.connection()) == []
    # New rows get ids of their own, and the office works on.
    again = Office(fresh, busy.clock)
    assert given.case(again, n=20).number == "AJ〔2026〕3"
    fresh.close()


def test_what_was_there_is_kept_by_name(busy: Office, made: Path) -> None:
    before = all_rows(busy.database)
    given.case(busy, n=9)
    later = all_rows(busy.database)
    restored = restore(busy.database, made, busy.clock.now)
    if busy.database.sqlite:
        kept = Database(restored.kept)
        assert all_rows(kept) == later != before
        kept.close()
        return
    with busy.elsewhere().reading() as session:
        count = session.execute(text(f"SELECT count(*) FROM {restored.kept}.case_file")).scalar()
    assert count == len(later["case_file"])


@pytest.mark.parametrize("harm", ["gone", "header", "cut", "empty"])
def test_restore_works_when_the_file_is_damaged_or_missing(
    sqlite_office: Office, tmp_path: Path, harm: str
) -> None:
    given.busy(sqlite_office)
    before = all_rows(sqlite_office.database)
    made = back_up(sqlite_office.database, tmp_path / "kept", sqlite_office.clock.now)
    sqlite_office.database.close()
    path = sqlite_office.database.path
    if harm == "gone":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(
            {"header": b"\0" * 4096 + data[4096:], "cut": data[: len(data) // 2], "empty": b""}[harm]
        )
    restored = restore(sqlite_office.database, made, sqlite_office.clock.now)
    fresh = Database(path)
    assert all_rows(fresh) == before
    fresh.close()
    assert (restored.kept == "") == (harm == "gone")


@pytest.mark.postgres
def test_a_backup_goes_back_into_either_engine(
    sqlite_office: Office, postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    given.busy(sqlite_office)
    before = all_rows(sqlite_office.database)
    server = Database(postgres_url())
    restore(server, back_up(sqlite_office.database, tmp_path / "a", sqlite_office.clock.now))
    assert all_rows(server) == before
    file = Database(tmp_path / "again.db")
    restore(file, back_up(server, tmp_path / "b", sqlite_office.clock.now))
    assert all_rows(file) == before
    server.close()
    file.close()


def harm_file(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def test_a_backup_with_one_changed_byte_is_not_restored(busy: Office, made: Path) -> None:
    before = all_rows(busy.database)
    harm_file(made)
    with pytest.raises(OfficeUnusable, match=r"is not the file that its \.sha256 describes"):
        restore(busy.database, made, busy.clock.now)
    assert all_rows(busy.database) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM search_word WHERE id = 1", "search_word does not have the rows"),
        (
            "UPDATE entry SET text = replace(text, '欧阳', '王') WHERE command = 'OpenCase'",
            "its text and its hash",
        ),
        ("UPDATE hold SET captured = captured + 1, stopped = stopped + 1", "its ledger adds up to"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DELETE FROM victim WHERE id = 1", "points to a row of victim that is gone"),
        ("DROP TABLE alembic_version", "damaged or not a backup"),
    ],
)
def test_a_backup_that_was_changed_on_purpose_is_not_restored(
    sqlite_office: Office, tmp_path: Path, statement: str, said: str
) -> None:
    """Whoever changes it can change the sum beside it; what is inside still tells."""
    given.busy(sqlite_office)
    made = back_up(sqlite_office.database, tmp_path / "kept", sqlite_office.clock.now)
    sum_file(made).unlink()
    connection = sqlite3.connect(made)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()
    before = all_rows(sqlite_office.database)
    with pytest.raises(OfficeUnusable, match=said):
        restore(sqlite_office.database, made, sqlite_office.clock.now)
    assert all_rows(sqlite_office.database) == before


def test_what_is_no_backup_is_not_restored(sqlite_office: Office, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("not a backup")
    for path in (letter, tmp_path / "gone.ldbackup", tmp_path):
        with pytest.raises(OfficeUnusable, match="cannot be restored"):
            restore(sqlite_office.database, path)


def test_restore_is_refused_while_another_seat_runs(busy: Office, made: Path) -> None:
    busy.door("li", busy.elsewhere()).beat()
    before = all_rows(busy.database)
    busy.clock.forward(seconds=39)
    with pytest.raises(OfficeUnusable, match="The office is open at"):
        restore(busy.database, made, busy.clock.now)
    assert all_rows(busy.database) == before
    busy.clock.forward(seconds=2)
    restore(busy.database, made, busy.clock.now)


def test_restore_is_refused_while_another_program_holds_the_file(
    sqlite_office: Office, tmp_path: Path
) -> None:
    made = back_up(sqlite_office.database, tmp_path / "kept", sqlite_office.clock.now)
    with hold_lock(sqlite_office.elsewhere()), pytest.raises(OfficeUnusable, match="open in another program"):
        restore(sqlite_office.database, made, sqlite_office.clock.now)
    restore(sqlite_office.database, made, sqlite_office.clock.now)


def test_nobody_opens_the_file_while_it_is_restored(sqlite_office: Office) -> None:
    with (
        hold_lock(sqlite_office.database, alone=True),
        pytest.raises(OfficeUnusable, match="is being restored"),
        hold_lock(sqlite_office.elsewhere()),
    ):
        pass
    with hold_lock(sqlite_office.database), hold_lock(sqlite_office.elsewhere()):
        pass


def test_a_program_that_was_open_during_a_restore_writes_nowhere(
    sqlite_office: Office, tmp_path: Path
) -> None:
    other = sqlite_office.door("zhao", sqlite_office.elsewhere())
    assert other.changes_since(0).last > 0
    made = back_up(sqlite_office.database, tmp_path / "kept", sqlite_office.clock.now)
    restore(sqlite_office.database, made, sqlite_office.clock.now)
    with pytest.raises(OfficeUnusable, match="has been replaced"):
        other.changes_since(0)
    other.database.close()


def test_a_damaged_office_leaves_no_backup_behind(sqlite_office: Office, tmp_path: Path) -> None:
    with sqlite_office.database.reading() as session:
        page = session.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_leg_answered_at'"))
    sqlite_office.database.close()
    with sqlite_office.database.path.open("rb+") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xa5" * 64)
    with pytest.raises(OfficeUnusable, match="the copy is not whole"):
        back_up(Database(sqlite_office.database.path), tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_an_office_with_a_broken_chain_is_still_copied_as_it_is(busy: Office, tmp_path: Path) -> None:
    changed(busy, "UPDATE entry SET hash = :hash WHERE id = 5", hash="0" * 64)
    made = back_up(busy.database, tmp_path / "kept", busy.clock.now)
    verdict = verify(made)
    assert (verdict.readable, verdict.sound) == (True, False)


def named(folder: Path, clock: Clock, ages: list[timedelta]) -> list[Path]:
    folder.mkdir()
    made = []
    for age in ages:
        path = folder / f"office-{(clock.now - age).astimezone():%Y%m%d-%H%M%S}.ldbackup"
        path.write_bytes(b"")
        sum_file(path).write_bytes(b"")
        made.append(path)
    return made


def test_backups_are_thinned_by_age(tmp_path: Path) -> None:
    # Noon in the computer's own zone, so that no day border lies between the hours below.
    noon = datetime.fromisoformat("2026-03-20T12:00:00").astimezone()
    clock = Clock(noon)
    folder = tmp_path / "kept"
    hours, days = (lambda n: timedelta(hours=n)), (lambda n: timedelta(days=n))
    ages = [
        hours(0), hours(1), hours(23),  # the last day: all
        days(3), days(3) + hours(2), days(3) + hours(4),  # one day: its newest
        days(5),
        days(40), days(41), days(45),  # one month (February, one of January? 8, 7 and 3 February): its newest
        days(100),
    ]  # fmt: skip
    made = named(folder, clock, ages)
    other = folder / "letter.ldbackup"
    other.write_bytes(b"")
    gone = thin(folder, clock.now)
    assert sorted(gone) == sorted([made[4], made[5], made[8], made[9]])
    assert other.exists()
    assert not any(sum_file(path).exists() for path in gone)
    assert [path for _, path in backups(folder)] == [
        made[0], made[1], made[2], made[3], made[6], made[7], made[10]
    ]  # fmt: skip
    assert thin(folder, clock.now) == []


def test_the_newest_backup_always_stays(tmp_path: Path) -> None:
    clock = Clock()
    (only,) = named(tmp_path / "kept", clock, [timedelta(days=900)])
    assert thin(tmp_path / "kept", clock.now) == []
    assert only.exists()
