"""An office of an older program comes up to this one whole, with a backup before; a newer one is refused.

``given/office-0001.db.gz`` was written by the program of schema 0001: its demo of 120 requests, a lapse
recorded, a request claimed and a note written by people on the day after.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.desk.board import clock_board
from liaison_desk.desk.check import check
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.keeping import upgrade_office
from liaison_desk.store import schema
from liaison_desk.store.backup import verify
from liaison_desk.store.base import Base
from liaison_desk.store.database import Database
from liaison_desk.store.soundness import counts, rows_of

NOW = datetime(2026, 3, 10, 2, 5, tzinfo=UTC)
CLAIMED = 68
"""The leg that was claimed after the seeding."""


@pytest.fixture
def old(tmp_path: Path) -> Database:
    packed = Path(__file__).parent / "given" / "office-0001.db.gz"
    path = tmp_path / "office.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return Database(path)


def upgraded(old: Database, tmp_path: Path) -> Path:
    made = upgrade_office(old, "desk", folder=tmp_path / "kept", clock=lambda: NOW)
    assert (made.before, made.after) == ("0001", schema.newest())
    assert made.backup is not None
    return made.backup


def test_an_older_office_is_refused_until_it_is_upgraded(old: Database) -> None:
    with pytest.raises(OfficeUnusable, match="older program"):
        schema.require_current(old)


def test_the_backup_before_holds_the_office_as_it_was(old: Database, tmp_path: Path) -> None:
    verdict = verify(upgraded(old, tmp_path))
    assert (verdict.readable, verdict.sound, verdict.revision) == (True, True, "0001")


def test_nothing_is_lost_and_the_check_finds_nothing(old: Database, tmp_path: Path) -> None:
    engine = old.plain_engine()
    with engine.connect() as connection:
        before = counts(connection)
    engine.dispose()
    upgraded(old, tmp_path)
    with old.reading() as session:
        after = counts(session.connection())
    assert {name: after[name] for name in before} == before | {"entry": before["entry"] + 1}
    report = check(old, now=NOW)
    assert report.findings == ()
    assert report.entries == before["entry"] + 1


def test_a_seeded_row_changed_by_hand_is_still_found(old: Database, tmp_path: Path) -> None:
    upgraded(old, tmp_path)
    engine = old.plain_engine()
    with engine.begin() as connection:
        connection.execute(text("UPDATE leg SET asked = asked + 1 WHERE id = 3"))
    engine.dispose()
    assert [found.where for found in check(old, now=NOW).findings] == ["leg"]


def test_work_goes_on_and_stays_checkable(old: Database, tmp_path: Path) -> None:
    upgraded(old, tmp_path)
    officer = Desk(old, clock=lambda: NOW).sign_in("zhao", "demo")
    assert any(column.rows for column in officer.read(clock_board).columns)
    officer.do(AddDocument(leg_id=3, kind="紧急止付通知书", number="松公(刑)止字〔2026〕3号"))
    officer.do(AddDocument(leg_id=CLAIMED, kind="紧急止付通知书", number="松公(刑)止字〔2026〕68号"))
    assert check(old, now=NOW).findings == ()


def test_a_newer_office_is_refused_and_left_alone(old: Database, tmp_path: Path) -> None:
    upgraded(old, tmp_path)
    engine = old.plain_engine()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(OfficeUnusable, match="newer version"):
        schema.require_current(old)
    with pytest.raises(OfficeUnusable, match="newer version"):
        upgrade_office(old, "desk", folder=tmp_path / "kept", clock=lambda: NOW)
    assert schema.current(old) == "9999"


def test_each_engine_comes_from_0001_with_its_rows(empty_database: Database) -> None:
    engine = empty_database.plain_engine()
    with engine.begin() as connection:
        schema.bring(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO institution (id, code, kind, name_zh, name_en, head_code, active, version) "
                "VALUES (1, 'POLICE', 'police', '公安机关', 'Police', '', true, 1)"
            )
        )
    engine.dispose()
    made: list[bool] = []

    def backed_up() -> Path:
        made.append(True)
        return Path("kept")

    assert schema.upgrade(empty_database, backed_up) == ("0001", schema.newest())
    assert made == [True]
    with empty_database.reading() as session:
        rows = list(rows_of(session, Base.metadata.tables["institution"]))
        assert [values["code"] for _, values in rows] == ["POLICE"]
        assert schema.missing_triggers(session.connection()) == []
        assert counts(session.connection())["clock_rule"] == 0
