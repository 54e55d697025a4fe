"""``import cases``: its document, its exit codes, the same file twice."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from liaison_desk.store.models import Payment
from tests import given
from tests.given import Office
from tests.test_cli import Run, Said
from tests.test_cli import _own_folders as _own_folders
from tests.test_cli import run as run

HEAD = "受害人,收款账号,金额,转账时间\n"
GOOD = f"王小明,{given.card('ICBC', 1)},5000,2026-03-10 09:00\n"
BAD = "欧阳娜娜,6.22203E+18,5000,2026-03-10 09:00\n"


def taken(run: Run, office: Office, path: Path, *words: str) -> Said:
    where = office.database.url.render_as_string(hide_password=False)
    return run(
        "--database",
        where,
        "--as",
        "zhao",
        "import",
        "cases",
        path,
        *words,
        "--json",
        password=given.PASSWORD,
    )


def stored(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Payment)) or 0


def test_each_row_is_counted_once_and_a_refused_one_makes_exit_1(
    run: Run, sqlite_office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "登记.csv"
    path.write_text(HEAD + GOOD + BAD + "合计,,10000,\n", encoding="gb18030")
    tried = taken(run, sqlite_office, path, "--dry-run")
    assert (tried.code, tried.document["stored"], tried.document["cases"], stored(sqlite_office)) == (
        1,
        1,
        [],
        0,
    )
    said = taken(run, sqlite_office, path)
    document = said.document
    assert said.code == 1
    assert {name: document[name] for name in ("rows", "stored", "duplicates", "skipped", "cases")} == {
        "rows": 2,
        "stored": 1,
        "duplicates": 0,
        "skipped": 2,
        "cases": ["AJ〔2026〕1"],
    }
    ((sheet, line, reason),) = [tuple(each.values()) for each in document["rejected"]]
    assert (sheet, line) == ("", 3)
    assert "6.22203E+18" in reason
    again = taken(run, sqlite_office, path)
    assert (again.code, again.document["stored"], again.document["duplicates"]) == (1, 0, 1)
    assert "This very file was imported on" in again.err
    assert stored(sqlite_office) == 1


def test_all_known_is_exit_0_and_no_table_is_exit_2(run: Run, sqlite_office: Office, tmp_path: Path) -> None:
    path = tmp_path / "登记.csv"
    path.write_text(HEAD + GOOD, encoding="utf-8")
    assert taken(run, sqlite_office, path).code == 0
    assert taken(run, sqlite_office, path).code == 0
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    refused = taken(run, sqlite_office, path)
    assert (refused.code, list(refused.document)) == (2, ["error"])
    assert "甲、乙" in refused.document["error"]
    assert taken(run, sqlite_office, tmp_path / "no.xlsx").code == 2
