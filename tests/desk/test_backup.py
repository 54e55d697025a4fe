"""Keeping the office: who backs up, what is recorded of it, when it is due, and what a restore leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from liaison_desk.core.errors import NotAllowed, OfficeUnusable
from liaison_desk.desk.check import check
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.keeping import back_up_now, due_for_backup, restore_office, upgrade_office
from liaison_desk.store.backup import backups, default_folder, verify
from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database
from tests import given
from tests.given import Office
from tests.tampered import changed


def last_entry(database: Database) -> Entry:
    with database.reading() as session:
        entry = session.scalar(select(Entry).order_by(Entry.id.desc()).limit(1))
    assert entry is not None
    return entry


def test_a_backup_is_recorded_with_its_hash(office: Office, tmp_path: Path) -> None:
    made = back_up_now(office.admin, tmp_path / "kept")
    assert made.sound
    entry = last_entry(office.database)
    payload = json.loads(entry.text)["payload"]
    assert (entry.command, entry.person_id) == ("RecordBackup", office.admin.actor.person_id)
    assert payload == {"path": made.path.name, "sha256": verify(made.path).sha256, "ok": True}
    assert check(office.database, now=office.clock.now).warnings == ()


def test_only_administrators_and_the_program_back_up(office: Office, tmp_path: Path) -> None:
    for desk in (office.officer, office.lead, office.icbc, office.auditor):
        with pytest.raises(NotAllowed):
            back_up_now(desk, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    assert back_up_now(office.system, tmp_path / "kept").path.exists()


def test_an_unsound_office_does_not_push_good_backups_out(office: Office, tmp_path: Path) -> None:
    given.case(office)
    folder = tmp_path / "kept"
    for _ in range(3):
        back_up_now(office.system, folder)
        office.clock.forward(hours=1)
    office.clock.forward(days=3)
    changed(office, "UPDATE entry SET hash = :hash WHERE id = 3", hash="0" * 64)
    made = back_up_now(office.system, folder)
    assert (made.sound, made.removed) == (False, ())
    assert len(backups(folder)) == 4
    assert json.loads(last_entry(office.database).text)["payload"]["ok"] is False


def test_the_daily_backup_is_due_once_a_day_and_only_when_something_happened(
    office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"

    def due() -> bool:
        return due_for_backup(office.database, office.clock.now, folder)

    assert due()
    back_up_now(office.system, folder)
    assert not due()
    office.clock.forward(days=2)
    assert not due(), "nothing has been recorded since"
    given.case(office)
    assert due()


def test_after_a_restore_the_daily_backup_waits_a_day(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    made = back_up_now(office.system, folder)
    office.clock.forward(days=5)
    restore_office(office.database, made.path, "root", office.clock)
    fresh = office.elsewhere()
    assert not due_for_backup(fresh, office.clock.now, folder)
    office.clock.forward(days=1)
    assert due_for_backup(fresh, office.clock.now, folder)
    fresh.close()


def test_a_restore_is_an_entry_that_names_the_computers_user(office: Office, tmp_path: Path) -> None:
    given.busy(office)
    made = back_up_now(office.system, tmp_path / "kept")
    given.case(office, n=30)
    restored = restore_office(office.database, made.path, "jing", office.clock)
    fresh = office.elsewhere()
    entry = last_entry(fresh)
    content = json.loads(entry.text)
    assert (entry.command, entry.person_id) == ("RecordRestore", None)
    assert content["payload"]["system_user"] == "jing"
    assert content["payload"]["source"] == made.path.name
    assert content["payload"]["kept"] == restored.kept
    assert restored.entries + 1 == entry.id
    assert check(fresh, now=office.clock.now).findings == ()
    fresh.close()


def test_damage_is_found_and_the_way_back_works(office: Office, tmp_path: Path) -> None:
    given.busy(office)
    made = back_up_now(office.system, tmp_path / "kept")
    changed(office, "UPDATE payment SET fen = 1")
    assert not check(office.database).ok
    restore_office(office.database, made.path, "jing", office.clock)
    fresh = office.elsewhere()
    assert check(fresh).findings == ()
    fresh.close()


def test_a_backup_that_is_refused_records_nothing(office: Office, tmp_path: Path) -> None:
    before = last_entry(office.database).id
    with pytest.raises(OfficeUnusable):
        restore_office(office.database, tmp_path / "gone.ldbackup", "jing", office.clock)
    assert last_entry(office.database).id == before


def test_upgrade_of_what_is_up_to_date_puts_missing_locks_back(office: Office) -> None:
    with office.database.plain_engine().begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(text("DROP TRIGGER keep_leg_delete" + ("" if sqlite else " ON leg")))
    assert not check(office.database).ok
    done = upgrade_office(office.database, "jing", clock=office.clock)
    assert (done.before, done.after, done.backup) == (done.after, done.after, None)
    assert check(office.database).findings == ()


def test_backups_go_beside_the_file_by_default(sqlite_office: Office) -> None:
    made = back_up_now(Desk(sqlite_office.database, clock=sqlite_office.clock).as_system())
    assert made.path.parent == default_folder(sqlite_office.database)
    assert made.path.parent == sqlite_office.database.path.parent / "backups"
