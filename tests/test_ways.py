"""The matrix's other half: every command of the command line, by every role, each cell tried.

Generated from the commands there are: a new one fails here until it says which query it leaves by, or that
it needs no sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from typer.main import get_command

from liaison_desk import cli
from liaison_desk.core.roles import READS, RIGHTS, Role
from liaison_desk.store.chain import Access
from liaison_desk.store.models import Leg
from tests import given
from tests.given import Office

WITHOUT_SIGN_IN = frozenset(
    {"init", "demo", "check", "backup", "restore", "upgrade", "recover", "paste", "returns", "trace"}
)
"""cli.md: what only needs the file or nothing at all; each has its own tests."""

BY_QUERY = {
    "report slip": "slips",
    "report handover": "handover",
    "export queue": "export_queue",
    "export holds": "export_holds",
    "export ledger": "export_ledger",
    "stats": "period_stats",
}
"""What a signed-in command lets out, and by which row of the rights it does."""

BY_COMMAND = {"import cases": "ImportCases"}
"""What a signed-in command takes in, and by which row of the rights it does."""

WHO = {
    "zhao": Role.OFFICER,
    "wang": Role.LEAD,
    "li": Role.REPRESENTATIVE,
    "zhou": Role.REPRESENTATIVE,
    "admin": Role.ADMINISTRATOR,
    "shen": Role.AUDITOR,
}
"""``li`` represents ICBC, whom the prepared case concerns; ``zhou`` CCB, whom it does not."""


def commands(command: Any, before: str = "") -> Iterator[str]:
    for name, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from commands(each, f"{before}{name} ")
        else:
            yield before + name


def test_every_command_of_the_command_line_has_its_row() -> None:
    assert set(commands(get_command(cli.app))) == WITHOUT_SIGN_IN | set(BY_QUERY) | set(BY_COMMAND)


def run(office: Office, login: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    password = given.ADMIN_PASSWORD if login == "admin" else given.PASSWORD
    monkeypatch.setenv("LIAISON_DESK_PASSWORD", password)
    where = office.database.url.render_as_string(hide_password=False)
    return cli.main(["--database", where, "--as", login, *words])


@pytest.fixture
def served(office: Office) -> tuple[Office, str]:
    opened = given.case(office, [("ICBC", 3_500_000)])
    with office.database.reading() as session:
        number = session.scalar(select(Leg.number).where(Leg.id == opened.leg_ids[0]))
    assert number is not None
    return office, number


@pytest.mark.parametrize("login", sorted(WHO))
@pytest.mark.parametrize("way", sorted(BY_QUERY))
def test_each_way_out_by_each_role(
    way: str, login: str, served: tuple[Office, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, number = served
    out = tmp_path / ("out.xlsx" if way.startswith("export") else "out.pdf")
    extra = {"report slip": ["--leg", number], "stats": ["--from", "2026-03-01", "--to", "2026-03-31"]}
    into = [] if way == "stats" else ["--out", str(out)]
    code = run(office, login, monkeypatch, *way.split(), *extra.get(way, []), *into, "--json")
    allowed = WHO[login] in READS[BY_QUERY[way]] and not (way == "report slip" and login == "zhou")
    assert (code, out.exists()) == ((0, way != "stats") if allowed else (2, False))
    with office.database.reading() as session:
        ways = [row.way for row in session.scalars(select(Access).order_by(Access.id))]
    assert ("print" in ways or "export" in ways) == allowed, (
        "what leaves is logged, what is refused does not leave"
    )
    if allowed and way == "export queue":
        cells = [
            cell for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True) for cell in row
        ]
        assert (number in cells) == (login != "zhou"), "another bank's list does not hold it"


@pytest.mark.parametrize("login", sorted(WHO))
def test_cases_are_taken_in_by_each_role(
    login: str, sqlite_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "登记.csv"
    file.write_text(
        f"受害人,收款账号,金额,转账时间\n某某,{given.card('ABC', 7)},1,2026-03-10 09:00\n", encoding="utf-8"
    )
    code = run(sqlite_office, login, monkeypatch, "import", "cases", str(file), "--json")
    allowed = WHO[login] in RIGHTS[BY_COMMAND["import cases"]]
    assert code == (0 if allowed else 2)
    with sqlite_office.database.reading() as session:
        assert (session.scalar(select(Leg.id)) is not None) == allowed


def test_a_wrong_password_lets_nothing_out(
    served: tuple[Office, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, number = served
    monkeypatch.setenv("LIAISON_DESK_PASSWORD", "guess-guess")
    where = office.database.url.render_as_string(hide_password=False)
    out = tmp_path / "slip.pdf"
    code = cli.main(
        ["--database", where, "--as", "zhao", "report", "slip", "--leg", number, "--out", str(out)]
    )
    assert (code, out.exists()) == (2, False)
