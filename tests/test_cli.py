"""The command line: its contract of output and exit codes, and a sentence for each mistake."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import event

from liaison_desk import cli, cli_line
from liaison_desk.desk.check import check
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.office import institutions
from liaison_desk.store import database as database_module
from liaison_desk.store.backup import back_up
from liaison_desk.store.database import Database
from liaison_desk.store.restoring import hold_lock
from tests import given
from tests.given import Office
from tests.tampered import changed

ROOT = Path(__file__).resolve().parents[1]


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own folders, nor a password that happens to be set."""
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("LIAISON_DESK_PASSWORD", "LIAISON_DESK_RECOVERY", "LIAISON_DESK_DATABASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command line in English unless it says otherwise; ``password`` stands in the environment."""

    def call(*words: str | Path, password: str | None = None, stdin: bytes = b"", lang: str = "en") -> Said:
        if password is not None:
            monkeypatch.setenv("LIAISON_DESK_PASSWORD", password)
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin)))
        capsys.readouterr()
        code = cli.main(["--lang", lang, *map(str, words)])
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture
def where(sqlite_office: Office) -> Path:
    """The file of an office in which something has happened."""
    given.busy(sqlite_office)
    sqlite_office.database.close()
    return sqlite_office.database.path


# --- init, recover


def test_init_makes_an_office_and_gives_the_recovery_code_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new" / "office.db"
    said = run(
        "--database",
        path,
        "init",
        "--office",
        "公主岭联合办",
        "--admin",
        "boss",
        "--json",
        password="password-1",
    )
    assert (said.code, said.err) == (0, "")
    code = said.document["recovery_code"]
    assert set(said.document) == {"recovery_code"}
    database = Database(path)
    desk = Desk(database).sign_in("boss", "password-1")
    assert [row.code for row in desk.read(institutions)] == [
        *("POLICE", "ICBC", "ABC", "BOC", "CCB", "PSBC", "CMCC", "CUCC", "CTCC")
    ]
    database.close()
    assert code.encode() not in path.read_bytes()


def test_init_takes_the_institutions_of_a_file(run: Run, tmp_path: Path) -> None:
    path, names = tmp_path / "office.db", tmp_path / "list.csv"
    names.write_text("code,kind,name_zh,name_en\nPOLICE,police,市局,City police\nHRB,bank,哈行,Harbin\n")
    said = run(
        "--database",
        path,
        "init",
        "--office",
        "A",
        "--admin",
        "boss",
        "--institutions",
        names,
        password="password-1",
    )
    assert said.code == 0
    database = Database(path)
    found = Desk(database).sign_in("boss", "password-1").read(institutions)
    assert [(row.code, row.name_zh) for row in found] == [("POLICE", "市局"), ("HRB", "哈行")]
    database.close()


def test_init_names_every_bad_line_and_makes_nothing(run: Run, tmp_path: Path) -> None:
    path, names = tmp_path / "office.db", tmp_path / "list.csv"
    names.write_text("code,kind,name_zh,name_en\nHRB,bank,哈行,Harbin\nx,bank,a,b\nY1,shop,a,b\n")
    said = run(
        "--database",
        path,
        "init",
        "--office",
        "A",
        "--admin",
        "boss",
        "--institutions",
        names,
        password="password-1",
    )
    assert said.code == 2
    assert "Line 3:" in said.err
    assert "Line 4:" in said.err
    assert not path.exists()


@pytest.mark.parametrize(
    ("admin", "password", "words"),
    [("boss", "short", "at least 8 characters"), ("Not A Login!", "password-1", "A login has")],
)
def test_init_with_bad_input_makes_nothing(
    run: Run, tmp_path: Path, admin: str, password: str, words: str
) -> None:
    path = tmp_path / "office.db"
    said = run("--database", path, "init", "--office", "A", "--admin", admin, password=password)
    assert said.code == 2
    assert words in said.err
    assert not path.exists()


def test_init_leaves_an_office_that_is_there(run: Run, where: Path) -> None:
    before = where.read_bytes()
    said = run("--database", where, "init", "--office", "A", "--admin", "boss", password="password-1")
    assert said.code == 2
    assert "already holds an office" in said.err
    assert where.read_bytes() == before


def test_a_lost_password_is_recovered_with_the_printed_code(
    run: Run, tmp_path: Path, monkeypatch: Any
) -> None:
    path = tmp_path / "office.db"
    made = run(
        "--database", path, "init", "--office", "A", "--admin", "boss", "--json", password="password-1"
    )
    code = made.document["recovery_code"]
    monkeypatch.setenv("LIAISON_DESK_RECOVERY", "0000-0000-0000-0000-0000")
    wrong = run("--database", path, "recover", "--login", "boss", password="password-2")
    assert wrong.code == 2
    assert "recovery code is not right" in wrong.err
    monkeypatch.setenv("LIAISON_DESK_RECOVERY", code.lower())
    right = run("--database", path, "recover", "--login", "boss", "--json", password="password-2")
    assert right.code == 0
    assert right.document["recovery_code"] != code
    database = Database(path)
    assert Desk(database).sign_in("boss", "password-2").actor.login == "boss"
    database.close()
    again = run("--database", path, "recover", "--login", "boss", password="password-3")
    assert again.code == 2, "the old code is used up"


# --- demo


def test_demo_writes_an_office_that_checks(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    said = run("demo", path, "--requests", "120", "--seed", "7", "--json")
    assert said.code == 0
    logins = said.document["logins"]
    assert {"officer", "representative", "lead", "administrator", "auditor"} == {
        each["role"] for each in logins
    }
    assert {"login", "role", "institution"} == set(logins[0])
    assert len(said.document["cases"]) == 20
    checked = run("--database", path, "check", "--json")
    assert (checked.code, checked.document["findings"]) == (0, [])
    listed = run(
        "--database",
        path,
        "--as",
        logins[0]["login"],
        "export",
        "queue",
        "--out",
        tmp_path / "q.xlsx",
        "--json",
        password="demo",
    )
    assert listed.code == 0
    assert listed.document["rows"] > 10


# --- check


def test_check_says_that_all_agrees(run: Run, where: Path) -> None:
    said = run("--database", where, "check", "--json")
    assert said.code == 0
    assert said.document["ok"] is True
    assert said.document["findings"] == []
    assert len(said.document["head"]) == 19
    assert "No backup has been made yet" in said.err
    assert said.document["warnings"] == ["No backup has been made yet. Make one with backup."]


def test_check_with_findings_ends_with_1(run: Run, sqlite_office: Office, where: Path) -> None:
    changed(sqlite_office, "UPDATE leg SET asked = 5 WHERE id = 1")
    said = run("--database", where, "check", "--json")
    assert said.code == 1
    assert [(each["kind"], each["where"]) for each in said.document["findings"]] == [("row", "leg 1 asked")]
    plain = run("--database", where, "check")
    assert plain.code == 1
    assert "leg 1: “asked” is 5" in plain.out
    assert "restore" in plain.out


def test_check_reaches_a_printed_head(run: Run, where: Path) -> None:
    head = run("--database", where, "check", "--json").document["head"]
    found = run("--database", where, "check", "--head", head, "--json")
    assert (found.code, found.document["after_head"]) == (0, 0)
    assert run("--database", where, "check", "--head", "0000-0000-0000-0000").code == 1
    assert run("--database", where, "check", "--head", "nonsense").code == 2


# --- backup, restore, upgrade


def test_backup_then_damage_then_restore(run: Run, where: Path, tmp_path: Path) -> None:
    made = run("--database", where, "backup", "--to", tmp_path / "kept", "--json")
    assert made.code == 0
    assert made.document["sound"] is True
    where.write_bytes(b"\0" * 5000)
    assert run("--database", where, "check").code == 2
    back = run("--database", where, "restore", made.document["file"], "--json")
    assert back.code == 0
    assert Path(back.document["kept"]).read_bytes() == b"\0" * 5000
    checked = run("--database", where, "check", "--json")
    assert (checked.code, checked.document["findings"]) == (0, [])


def test_backup_of_an_unsound_office_ends_with_1(run: Run, sqlite_office: Office, where: Path) -> None:
    changed(sqlite_office, "UPDATE entry SET hash = :hash WHERE id = 2", hash="0" * 64)
    said = run("--database", where, "backup", "--json")
    assert said.code == 1
    assert said.document["sound"] is False
    assert Path(said.document["file"]).exists()


def test_restore_of_what_is_no_backup_is_refused(run: Run, where: Path, tmp_path: Path) -> None:
    before = where.read_bytes()
    letter = tmp_path / "letter.txt"
    letter.write_text("dear colleagues")
    for file in (letter, tmp_path / "gone"):
        said = run("--database", where, "restore", file)
        assert said.code == 2
        assert "cannot be restored" in said.err
    assert where.read_bytes() == before


def test_restore_is_refused_while_the_office_is_open(run: Run, where: Path, tmp_path: Path) -> None:
    made = run("--database", where, "backup", "--to", tmp_path / "kept", "--json").document["file"]
    with hold_lock(Database(where)):
        said = run("--database", where, "restore", made)
    assert said.code == 2
    assert "open in another program" in said.err


def test_commands_wait_for_a_restore_to_end(run: Run, where: Path) -> None:
    with hold_lock(Database(where), alone=True):
        said = run("--database", where, "check")
    assert said.code == 2
    assert "is being restored" in said.err


def test_upgrade_of_what_is_up_to_date_does_nothing(run: Run, where: Path) -> None:
    said = run("--database", where, "upgrade", "--json")
    assert said.code == 0
    assert said.document["before"] == said.document["after"]
    assert said.document["backup"] is None


# --- paste


def test_paste_says_what_it_finds(run: Run) -> None:
    text = f"张三 {given.card('ICBC', 3)} 3.5万元 13812341234"
    said = run("paste", "--at", "2026-03-10T10:00", "--json", stdin=text.encode())
    assert said.code == 0
    finds = {each["kind"]: each for each in said.document["finds"]}
    assert finds["account"]["value"] == given.card("ICBC", 3)
    assert finds["account"]["institution"] == "ICBC"
    assert finds["amount"]["value"] == 3_500_000
    assert finds["phone"]["value"] == "13812341234"
    assert all(each["text"] in text for each in said.document["finds"])


def test_paste_reads_gb18030_and_gives_times_with_their_zone(run: Run) -> None:
    said = run("paste", "--at", "2026-03-10T10:00", "--json", stdin="昨天14:05转账".encode("gb18030"))
    assert [each["value"] for each in said.document["finds"] if each["kind"] == "time"] == [
        "2026-03-09T14:05:00+08:00"
    ]


def test_paste_refuses_what_is_no_time(run: Run) -> None:
    assert run("paste", "--at", "gestern").code == 2


# --- papers and lists


def leg_number(office: Office, institution: str) -> str:
    with sqlite3.connect(office.database.path) as connection:
        found: str = connection.execute(
            "SELECT number FROM leg WHERE institution_code = ?", (institution,)
        ).fetchone()[0]
    return found


def text_of(path: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(path).pages)


def test_a_slip_goes_to_its_addressee_in_full(
    run: Run, sqlite_office: Office, where: Path, tmp_path: Path
) -> None:
    number, out = leg_number(sqlite_office, "ICBC"), tmp_path / "slip.pdf"
    said = run(
        "--database",
        where,
        "--as",
        "li",
        "report",
        "slip",
        "--leg",
        number,
        "--out",
        out,
        "--json",
        password=given.PASSWORD,
    )
    assert (said.code, said.document) == (0, {"file": str(out), "missing": []})
    assert number in text_of(out)


def test_another_institutions_slip_does_not_exist(
    run: Run, sqlite_office: Office, where: Path, tmp_path: Path
) -> None:
    number, out = leg_number(sqlite_office, "ICBC"), tmp_path / "slip.pdf"
    refusals = {
        run(
            "--database",
            where,
            "--as",
            "zhou",
            "report",
            "slip",
            "--leg",
            asked,
            "--out",
            out,
            password=given.PASSWORD,
        ).err.replace(asked, "N")
        for asked in (number, "ZF〔2026〕999")
    }
    assert len(refusals) == 1
    assert not out.exists()


def test_the_handover_sheet_is_masked_and_logged(
    run: Run, sqlite_office: Office, where: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sheet.pdf"
    said = run(
        "--database",
        where,
        "--as",
        "wang",
        "report",
        "handover",
        "--out",
        out,
        password=given.PASSWORD,
        lang="zh_CN",
    )
    assert said.code == 0
    assert given.card("ICBC", 0) not in text_of(out)
    with sqlite3.connect(where) as connection:
        ways = [row[0] for row in connection.execute("SELECT way FROM access ORDER BY id")]
    assert ways[-3:] == ["sign-in", "print", "sign-out"]


def test_a_role_without_the_right_gets_no_paper(run: Run, where: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    said = run(
        "--database",
        where,
        "--as",
        "li",
        "report",
        "handover",
        "--out",
        out,
        "--json",
        password=given.PASSWORD,
    )
    assert said.code == 2
    assert said.document == {"error": "Your role has no right to see this. Nothing was changed."}
    assert not out.exists()


def test_the_queue_as_a_spreadsheet_shows_what_its_reader_may_see(
    run: Run, where: Path, tmp_path: Path
) -> None:
    seen = {}
    for login in ("zhao", "zhou"):
        out = tmp_path / f"{login}.xlsx"
        said = run(
            "--database",
            where,
            "--as",
            login,
            "export",
            "queue",
            "--out",
            out,
            "--json",
            password=given.PASSWORD,
        )
        assert said.code == 0
        sheet = load_workbook(out).active
        assert sheet is not None
        assert said.document["rows"] == sheet.max_row - 1
        seen[login] = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert given.card("ABC", 500) in {each.replace(" ", "") for each in seen["zhao"]}
    assert given.card("ABC", 500) not in {each.replace(" ", "") for each in seen["zhou"]}


# --- mistakes


def test_without_a_login_nothing_is_shown(run: Run, where: Path, tmp_path: Path) -> None:
    said = run("--database", where, "export", "queue", "--out", tmp_path / "q.xlsx")
    assert said.code == 2
    assert "--as LOGIN" in said.err


def test_a_wrong_password_is_refused(run: Run, where: Path, tmp_path: Path) -> None:
    said = run(
        "--database",
        where,
        "--as",
        "zhao",
        "export",
        "queue",
        "--out",
        tmp_path / "q.xlsx",
        password="wrong-one",
    )
    assert said.code == 2
    assert "Login or password is not right" in said.err
    assert not (tmp_path / "q.xlsx").exists()


def test_without_a_terminal_the_password_must_be_in_the_environment(
    run: Run, where: Path, tmp_path: Path
) -> None:
    said = run("--database", where, "--as", "zhao", "export", "queue", "--out", tmp_path / "q.xlsx")
    assert said.code == 2
    assert "LIAISON_DESK_PASSWORD is not set" in said.err


def test_the_demo_password_works_only_in_demo_offices(run: Run, where: Path, tmp_path: Path) -> None:
    said = run(
        "--database", where, "--as", "zhao", "export", "queue", "--out", tmp_path / "q.xlsx", password="demo"
    )
    assert said.code == 2


@pytest.mark.parametrize("command", [["check"], ["backup"], ["upgrade"], ["recover", "--login", "admin"]])
def test_a_place_without_an_office_is_said(run: Run, tmp_path: Path, command: list[str]) -> None:
    said = run("--database", tmp_path / "none.db", *command, "--json", password="password-1")
    assert said.code == 2
    assert "does not exist" in said.document["error"]
    assert said.document["error"] + "\n" == said.err
    assert list(tmp_path.glob("none.db*")) == []


@pytest.mark.parametrize("command", [["check"], ["backup"], ["upgrade"]])
def test_what_is_not_a_database_is_said(run: Run, tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "letter.db"
    path.write_text("dear colleagues, " * 500)
    said = run("--database", path, *command)
    assert said.code == 2
    assert "is damaged or not an office database" in said.err
    assert path.read_text() == "dear colleagues, " * 500


@pytest.mark.parametrize("command", [["check"], ["backup"], ["upgrade"]])
def test_a_newer_database_is_refused_in_words(
    run: Run, sqlite_office: Office, where: Path, command: list[str]
) -> None:
    changed(sqlite_office, "UPDATE alembic_version SET version_num = '9999'")
    said = run("--database", where, *command)
    assert said.code == 2
    assert "newer version" in said.err


def test_a_locked_database_is_said(run: Run, where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "PATIENCE", 0.05)
    writer = sqlite3.connect(where, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    said = run("--database", where, "backup")
    writer.execute("ROLLBACK")
    writer.close()
    assert said.code == 2
    assert "Another seat has been writing" in said.err


def test_a_network_drive_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "is_network_path", lambda path: True)
    said = run(
        "--database",
        tmp_path / "office.db",
        "init",
        "--office",
        "A",
        "--admin",
        "boss",
        password="password-1",
    )
    assert said.code == 2
    assert "is on a network drive" in said.err


def _obey_modes() -> None:
    """Takes from the process about to start root's right to write where the mode says no."""
    if os.geteuid() == 0:
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(
    sys.platform == "win32" or (sys.platform != "linux" and os.geteuid() == 0),
    reason="there the process could not be made to obey",
)
@pytest.mark.parametrize(
    "words",
    [
        ["--database", "{folder}/new.db", "init", "--office", "A", "--admin", "boss"],
        ["--database", "{folder}/deep/new.db", "init", "--office", "A", "--admin", "boss"],
        ["--database", "{folder}/office.db", "backup"],
        ["--database", "{folder}/office.db", "restore", "{backup}"],
        ["--database", "{free}/office.db", "backup", "--to", "{folder}"],
        ["--database", "{free}/office.db", "--as", "zhao", "export", "queue", "--out", "{folder}/q.xlsx"],
    ],
)
def test_a_read_only_folder_is_said(where: Path, tmp_path: Path, words: list[str]) -> None:
    """In a process of its own, which has to obey the modes of folders even when root runs the tests."""
    free, folder = tmp_path / "free", tmp_path / "fixed"
    for each in (free, folder):
        each.mkdir()
        shutil.copyfile(where, each / "office.db")
    database = Database(free / "office.db")
    made = back_up(database, tmp_path / "kept")
    database.close()
    before = sorted(path.name for path in folder.iterdir())
    (folder / "office.db").chmod(0o444)
    folder.chmod(0o555)
    filled = [word.format(folder=folder, free=free, backup=made) for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "liaison_desk.cli", "--lang", "en", *filled],
        env={**os.environ, "LIAISON_DESK_PASSWORD": given.PASSWORD, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=_obey_modes,
        check=False,
    )
    folder.chmod(0o777)
    assert done.returncode == 2, done.stderr
    assert any(words in done.stderr for words in ("cannot be", "read-only", "No backup was kept")), (
        done.stderr
    )
    assert "mistake of its own" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_full_disk_is_said(run: Run, where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Database._engine

    def full(self: Database, *, read_only: bool) -> Any:
        engine = real(self, read_only=read_only)

        @event.listens_for(engine, "connect")
        def _limit(connection: Any, _record: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

        return engine

    monkeypatch.setattr(Database, "_engine", full)
    said = Said(0, "", "")
    for _ in range(60):
        said = run("--database", where, "backup")
        if said.code:
            break
    assert said.code == 2
    assert "is full" in said.err
    monkeypatch.undo()
    database = Database(where)
    assert check(database).findings == ()
    database.close()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["init"], "--office is missing"),
        (["init", "--office"], "not understood"),
        (["check", "--nonsense"], "There is no option --nonsense"),
        (["demo", "x.db", "--requests", "many"], "--requests cannot be used"),
        (["demo", "x.db", "--requests", "0"], "--requests cannot be used"),
        (["dance"], "dance"),
        (["report"], "handover"),
        (["--lang", "fr", "check"], "zh_CN or en"),
    ],
)
def test_a_wrong_command_line_is_refused(run: Run, words: list[str], part: str) -> None:
    said = run(*words)
    assert said.code == 2
    assert said.out == ""
    assert part in said.err


def test_mistakes_are_told_in_chinese_unless_asked_otherwise(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["--database", str(tmp_path / "none.db"), "check"]) == 2
    assert "不存在，未作任何更改" in capsys.readouterr().err
    assert cli.main(["init"]) == 2
    assert "缺少 --office" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "init", "demo", "check", "backup", "restore", "report", "export"])
def test_every_command_has_its_help_in_both_languages(run: Run, command: str) -> None:
    said = {lang: run(*command.split(), "--help", lang=lang) for lang in ("zh_CN", "en")}
    assert [each.code for each in said.values()] == [0, 0]
    assert "用法：" in said["zh_CN"].out
    assert "显示本说明后退出" in said["zh_CN"].out
    assert "Usage: " in said["en"].out


def test_a_mistake_of_the_program_is_reported_without_personal_data(
    run: Run, where: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError("张三 6222020200112345678")

    monkeypatch.setattr(cli_line.Line, "give", broken)
    said = run("--database", where, "check")
    assert said.code == 2
    assert "a mistake of its own" in said.err
    (report,) = (tmp_path / "state").rglob("error-*.txt")
    text = report.read_text()
    assert "ZeroDivisionError" in text
    assert "cli_office.py" in text
    assert "张三" not in text
    assert "62220202" not in text


def test_the_database_may_stand_in_the_environment(
    run: Run, where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISON_DESK_DATABASE", str(where))
    assert run("check").code == 0


@pytest.mark.postgres
def test_an_office_on_a_server(run: Run, postgres_url: Callable[[], str], tmp_path: Path) -> None:
    url = postgres_url()
    made = run("--database", url, "init", "--office", "A", "--admin", "boss", "--json", password="password-1")
    assert made.code == 0
    kept = run("--database", url, "backup", "--to", tmp_path / "kept", "--json")
    assert (kept.code, kept.document["sound"]) == (0, True)
    assert run("--database", url, "check").code == 0
    assert run("--database", url, "restore", kept.document["file"]).code == 0
    assert run("--database", url, "check").code == 0


@pytest.mark.parametrize(
    ("words", "handed"),
    [
        ([], []),
        (["--demo"], ["--demo"]),
        (["--database", "a.db", "--lang", "en"], ["--database", "a.db", "--lang", "en"]),
    ],
)
def test_without_a_command_the_window_opens(
    monkeypatch: pytest.MonkeyPatch, words: list[str], handed: list[str]
) -> None:
    got: list[list[str]] = []

    def window_main(arguments: list[str]) -> int:
        got.append(arguments)
        return 0

    monkeypatch.setitem(sys.modules, "liaison_desk.app", SimpleNamespace(main=window_main))
    assert cli.main(words) == 0
    assert got == [handed]
