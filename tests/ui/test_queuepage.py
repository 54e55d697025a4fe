"""The queue: filters and counts by role, order and search, sums to the fen, steps by state and right, lapses."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.bulk import BulkDialog
from liaison_desk.ui.listexport import export_to
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of


@pytest.fixture
def busy(sqlite_office: Office) -> Office:
    given.busy(sqlite_office)
    return sqlite_office


def bench_of(
    office: Office, login: str, background: SynchronousBackground, qtbot: QtBot
) -> tuple[Bench, QueuePage]:
    page = QueuePage(context_of(office.door(login), background))
    return Bench(page, qtbot), page


def chips(page: QueuePage) -> dict[str, int | None]:
    return {key: page.filters.pill(key).filter.count for key in page.filters._pills}


def test_a_representative_begins_with_the_own_institution(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "sun", background, qtbot)
    assert page.filters.chosen == ("own",)
    assert {row.institution for row in page.table.rows.rows} == {"ABC"}
    assert list(chips(page)) == ["own", "queued", "mine", "soon", "answered", "all"]
    # The case of 1,200.50 is queued; the next hop of the other case is only proposed.
    assert (chips(page)["own"], chips(page)["queued"]) == (1, 1)


def test_the_police_begin_with_everything_open_and_have_their_own_lists(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "zhao", background, qtbot)
    assert page.filters.chosen == ("all",)
    assert chips(page)["proposed"] == 1
    assert len(page.table.rows.rows) == chips(page)["all"] == 3
    page.filters.pill("answered").click()
    assert [row.state for row in page.table.rows.rows] == [LegState.ANSWERED]
    page.filters.pill("history").click()
    assert len(page.table.rows.rows) == 5


def test_institution_and_kind_narrow_the_list(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "wang", background, qtbot)
    page.kind.set_value(LegKind.SUSPEND_NUMBER)
    page.kind.activated.emit(page.kind.currentIndex())
    assert [row.institution for row in page.table.rows.rows] == ["CMCC"]
    page.kind.set_value("*")
    page.institution.set_value("CCB")
    page.institution.activated.emit(page.institution.currentIndex())
    assert [row.institution for row in page.table.rows.rows] == ["CCB"]


def test_a_click_on_a_head_sorts_in_the_database_and_the_usual_order_comes_back(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "wang", background, qtbot)
    usual = [row.key for row in page.table.rows.rows]
    page.table.sort_requested.emit("amount", True)
    amounts = [row.amount for row in page.table.rows.rows]
    assert amounts == [3_300_000, 120_050, 0]
    assert "所选列" in page._order_words.text()
    page._default_order.click()
    assert [row.key for row in page.table.rows.rows] == usual


def test_search_looks_at_everything_there_was_and_ends_where_it_began(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "wang", background, qtbot)
    page.search("欧阳")
    assert page.filters.chosen == ("found",)
    assert [row.case_number for row in page.table.rows.rows] == ["AJ〔2026〕2"]
    page.search("")
    assert page.filters.chosen == ("all",)
    assert len(page.table.rows.rows) == 3


def test_the_foot_adds_the_selection_up_to_the_fen(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = bench_of(busy, "wang", background, qtbot)
    page.table.selectAll()
    assert page.tools.foot.text() == "已选 3 项 · 合计 34,200.50 · 平均 17,100.25 · 1,200.50 至 33,000.00"


def test_steps_follow_state_and_right(
    busy: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    bench, page = bench_of(busy, "sun", background, qtbot)
    assert bench.possible("claim")
    assert not bench.possible("release")
    assert "route" not in {spec.name for spec in page.actions_offered()}
    assert bench.press("C")
    assert bench.possible("release")
    assert page.pane.steps.names[0] == "answer"
    assert bench.press("U")
    assert page.table.rows.rows[0].state is LegState.QUEUED
    assert said.errors == []


def test_several_are_claimed_after_a_preview(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    for n in range(3):
        given.case(sqlite_office, [("ICBC", 100_000)], n=n)
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    page.table.selectAll()
    assert bench.press("C")
    preview = bench.dialog(BulkDialog)
    assert isinstance(preview, BulkDialog)
    preview.deed.click()
    assert bench.announced == "已受理 3 项"
    assert {row.claimed_by for row in page.table.rows.rows} == {"李工行"}


def test_a_lapse_stands_in_the_queue_until_somebody_takes_note_of_it(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office)
    given.answered(sqlite_office, case.leg_ids[0])
    sqlite_office.clock.forward(hours=49)
    sqlite_office.system.do(RecordLapses())
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    row = page.table.rows.rows[0]
    assert (row.item, row.lapsed, row.amount) == ("hold", 2_000_000, 2_000_000)
    state = next(n for n, column in enumerate(page.table.rows.columns) if column.key == "state")
    assert page.table.rows.cell(0, state).text == "到期流失"
    assert bench.press("K")
    assert page.table.rows.rowCount() == 0
    assert said.errors == []


def test_a_long_queue_comes_page_by_page_and_stays_whole_when_something_changes(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    for n in range(21):
        given.case(
            sqlite_office, [(bank, 100_000 + n) for bank in ("ICBC", "ABC", "BOC", "CCB", "PSBC")], n=n
        )
    bench, page = bench_of(sqlite_office, "wang", background, qtbot)
    assert page.table.rows.rowCount() == 100
    page.table.rows.fetchMore(page.table.rootIndex())
    assert page.table.rows.rowCount() == 105
    bench.hear()
    assert page.table.rows.rowCount() == 105


def test_a_request_from_elsewhere_is_shown_though_it_is_not_in_the_list(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, page = bench_of(busy, "wang", background, qtbot)
    answered = next(
        row for row in busy.lead.read(queue, QueueView(history=True)).rows if row.state is LegState.ANSWERED
    )
    page.show_item(answered.id)
    assert page.pane.detail is not None
    assert page.pane.detail.row.number == answered.number
    assert bench.possible("reopen")
    page.table.select_key(page.table.rows.rows[0].key)
    assert page.pane.detail.row.number == page.table.rows.rows[0].number


def test_the_list_is_exported_as_it_is_seen(
    busy: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    _, page = bench_of(busy, "zhou", background, qtbot)
    page.filters.pill("all").click()
    page.table.head.moveSection(1, 0)
    path = tmp_path / "list.xlsx"
    export_to(page.context, page.title, page.table, page._reader(), page.tools.release(), path, page)
    assert said.errors == []
    assert said.bugs == []
    sheet = load_workbook(tmp_path / "list.xlsx").worksheets[0]
    rows = list(sheet.values)
    shown = [row.number for row in page.table.rows.rows]
    assert [row[0] for row in rows[1:]] == shown
    # The columns stand as on the screen; what is counted down there is a time here.
    assert rows[0][:3] == ("编号", "到期时间", "类型")
    assert len(rows[0]) == len(page.table.head.shown())
    cells = {str(value) for row in rows[1:] for value in row}
    assert given.card("CCB", 1) in cells
    assert any("*" in cell for cell in cells)


def test_the_outcome_stands_in_the_state_of_what_is_answered(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office)
    given.answered(sqlite_office, case.leg_ids[0], outcome=Outcome.NAME_MISMATCH, executed=None, balance=None)
    _, page = bench_of(sqlite_office, "li", background, qtbot)
    page.filters.pill("answered").click()
    state = next(n for n, column in enumerate(page.table.rows.columns) if column.key == "state")
    assert page.table.rows.cell(0, state).text == "户名不符"
