"""Several requests at once: the preview, the one key that does it, what is told when others were faster."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.store.chain import Access
from liaison_desk.ui import bulk, messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.bulk import BulkDialog
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.desk.rows import leg, person
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of


def bench_of(
    office: Office, login: str, background: SynchronousBackground, qtbot: QtBot
) -> tuple[Bench, QueuePage]:
    given.case(office, [("ICBC", 100), ("ICBC", 200), ("ICBC", 300)])
    page = QueuePage(context_of(office.door(login), background))
    bench = Bench(page, qtbot)
    page.table.selectAll()
    return bench, page


def dialog_of(bench: Bench) -> BulkDialog:
    dialog = bench.dialog(BulkDialog)
    assert isinstance(dialog, BulkDialog)
    return dialog


def shown(dialog: BulkDialog) -> list[tuple[str, str]]:
    items = [dialog.list.topLevelItem(n) for n in range(dialog.list.topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items if item is not None]


def test_the_preview_tells_who_has_what_and_the_rest_is_claimed_and_undone(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    bench, _ = bench_of(sqlite_office, "li", background, qtbot)
    sqlite_office.door("liu").do(ClaimRequest(leg_id=2))
    assert bench.press("C")
    dialog = dialog_of(bench)
    assert dialog.summary.text() == "可处理 2 条，不处理 1 条，原因见各行。"
    assert dialog.deed.text() == "受理 2 条请求"
    lines = shown(dialog)
    assert lines[0][0] == "ZF〔2026〕2"
    assert "刘工行" in lines[0][1]
    assert {number for number, words in lines if words == "将处理"} == {"ZF〔2026〕1", "ZF〔2026〕3"}
    dialog.submit()
    assert bench.announced == "已受理 2 项"
    assert [leg(sqlite_office, n).claimed_by for n in (1, 2, 3)] == [
        person(sqlite_office, login).id for login in ("li", "liu", "li")
    ]
    messages.undo()
    assert [leg(sqlite_office, n).state for n in (1, 2, 3)] == [
        LegState.QUEUED,
        LegState.CLAIMED,
        LegState.QUEUED,
    ]
    assert bench.announced == "已撤销 2 项"
    assert said.errors == []


def test_who_was_faster_in_between_is_told_exactly(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    bench, _ = bench_of(sqlite_office, "li", background, qtbot)
    assert bench.press("C")
    dialog = dialog_of(bench)
    assert dialog.summary.text() == "3 条均可处理。"
    sqlite_office.door("liu").do(ClaimRequest(leg_id=3))
    dialog.submit()
    assert dialog.summary.text() == "完成 2 条，未成 1 条，未执行 0 条。"
    ((number, why),) = shown(dialog)
    assert number == "ZF〔2026〕3"
    assert "刘工行" in why
    assert dialog.isVisible()
    assert said.errors == []
    dialog.reject()


def test_stopped_half_way_tells_what_was_not_tried(
    sqlite_office: Office,
    background: SynchronousBackground,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    assert bench.press("C")
    dialog = dialog_of(bench)
    background.hold()
    dialog.submit()
    desk = page.context.desk
    do = desk.do

    def stop_after_the_first(command: ClaimRequest) -> None:
        do(command)
        dialog.reject()

    monkeypatch.setattr(desk, "do", stop_after_the_first)
    background.release()
    assert dialog.summary.text() == "完成 1 条，未成 0 条，未执行 2 条。"
    assert [leg(sqlite_office, n).state for n in (1, 2, 3)].count(LegState.QUEUED) == 2
    dialog.reject()


def test_many_are_handed_to_one_colleague(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, _ = bench_of(sqlite_office, "wang", background, qtbot)
    assert bench.press("T")
    dialog = dialog_of(bench)
    dialog.who.set_value(person(sqlite_office, "liu").id)
    assert dialog.deed.isEnabled()
    dialog.submit()
    assert {leg(sqlite_office, n).claimed_by for n in (1, 2, 3)} == {person(sqlite_office, "liu").id}
    assert bench.announced == "已转交 3 项"


def test_slips_go_into_one_print_job(
    sqlite_office: Office,
    background: SynchronousBackground,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, _ = bench_of(sqlite_office, "li", background, qtbot)
    jobs: list[tuple[str, ...]] = []
    monkeypatch.setattr(bulk, "show_slips", lambda context, numbers, page: jobs.append(numbers))
    assert bench.press("P")
    dialog_of(bench).submit()
    assert [sorted(job) for job in jobs] == [["ZF〔2026〕1", "ZF〔2026〕2", "ZF〔2026〕3"]]


def test_one_line_needs_no_preview(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    page.table.select_key(("leg", 1))
    assert bench.press("C")
    assert bench.announced == "已受理 ZF〔2026〕1"


def test_the_selected_lines_are_exported_with_the_shown_columns(
    sqlite_office: Office,
    background: SynchronousBackground,
    said: Said,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    path = tmp_path / "out.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.table.select_key(("leg", 2))
    assert bench.press("Ctrl+Shift+E")
    dialog_of(bench).submit()
    sheet = load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "ZF〔2026〕2" in cells
    assert "ZF〔2026〕1" not in cells
    assert given.account_number(sqlite_office, 2) in cells, "nineteen digits stay nineteen digits"
    with sqlite_office.database.reading() as session:
        ways = session.scalars(select(Access.text).where(Access.way == "export")).all()
    assert len(ways) == 1
    assert "export_legs" in ways[0]
    assert said.errors == []
