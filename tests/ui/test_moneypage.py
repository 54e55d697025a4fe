"""The place of the money: figures that add up, the list behind each number, entries by hand, exports."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import Outcome
from liaison_desk.core.words import Message
from liaison_desk.desk.balance import balance_of_case
from liaison_desk.desk.casebook import case_detail
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.ledgerbook import RecordElsewhere, RecordPayback
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.listexport import export_to
from liaison_desk.ui.moneycolumns import days
from liaison_desk.ui.moneydialogs import CaughtDialog, ReverseDialog, SharesDialog
from liaison_desk.ui.moneypage import MoneyPage
from tests import given
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of


def seat(desk: Desk, background: SynchronousBackground, qtbot: QtBot) -> Bench:
    return Bench(MoneyPage(context_of(desk, background)), qtbot)


def page_of(bench: Bench) -> MoneyPage:
    assert isinstance(bench.page, MoneyPage)
    return bench.page


def figure(page: MoneyPage, name: str) -> str:
    return page.figures.views[name]._value.text()


def two_stops(office: Office) -> None:
    """20,000.00 at the ICBC that lapses two days later, and on that day 12,000.00 at the ABC."""
    first = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, first.leg_ids[0])
    office.clock.forward(hours=50)
    office.system.do(RecordLapses())
    second = given.case(office, [("ABC", 1_200_000)], victim="欧阳小明", n=5)
    given.answered(office, second.leg_ids[0], outcome=Outcome.DONE, executed=1_200_000, balance=1_200_000)
    office.clock.forward(minutes=1)


def test_figures_add_up_and_each_opens_what_is_behind_it(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    two_stops(office)
    page = page_of(seat(office.officer, background, qtbot))
    # Today: the second stop was caught and the first one lapsed; the month has both stops.
    assert figure(page, "opening") == "20,000.00"
    assert figure(page, "captured_by_stop") == "12,000.00"
    assert figure(page, "lapsed") == "20,000.00"
    assert figure(page, "secured") == "12,000.00"
    assert figure(page, "recovered") == "12,000.00"
    assert page.figures.sum.text() == (
        "期初在控 20,000.00 + 新捕获 12,000.00 − 已返还 0.00 − 流失 20,000.00 = 期末在控 12,000.00"
    )
    page.when.periods.pill("month").click()
    assert figure(page, "captured_by_stop") == "32,000.00"
    assert figure(page, "opening") == "0.00"

    page.open_figure("captured_by_stop")
    assert [(row.leg_number, row.fen) for row in page.ledger.rows.rows] == [
        ("ZF〔2026〕2", 1_200_000),
        ("ZF〔2026〕1", 2_000_000),
    ]
    assert page.lists.pill("figure").filter.title.values["figure"] == Message("Newly caught by stops")
    # Another period asks anew for the same number.
    page.when.periods.pill("today").click()
    assert [row.leg_number for row in page.ledger.rows.rows] == ["ZF〔2026〕2"]
    assert said.errors == []


def test_what_was_known_then_is_shown_as_it_was(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    two_stops(office)
    page = page_of(seat(office.lead, background, qtbot))
    page.when.periods.pill("month").click()
    page.when.as_of.set_value(office.clock.now - timedelta(hours=49))
    page.when.show_then.click()
    assert figure(page, "captured_by_stop") == "20,000.00"
    assert figure(page, "secured") == "20,000.00"
    page.when.show_now.click()
    assert figure(page, "secured") == "12,000.00"


def test_days_that_are_none_are_said_and_nothing_is_counted(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    page = page_of(seat(sqlite_office.officer, background, qtbot))
    page.when.periods.pill("dates").click()
    page.when.first.setText("2026-13-45")
    page.when.first.editingFinished.emit()
    assert not page._wrong.isHidden()
    page.when.first.setText("2026-03-01")
    page.when.first.editingFinished.emit()
    assert page._wrong.isHidden()
    zone = page.context.zone
    # Local days: 1 March begins at 16:00 UTC of 28 February, 10 March ends at 16:00 UTC.
    assert [str(at) for at in days(date(2026, 3, 1), date(2026, 3, 10), zone)] == [
        "2026-02-28 16:00:00+00:00",
        "2026-03-10 16:00:00+00:00",
    ]
    assert said.errors == []


def test_a_representative_has_the_lists_without_the_figures(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    two_stops(sqlite_office)
    bench = seat(sqlite_office.abc, background, qtbot)
    page = page_of(bench)
    assert page.figures.isHidden()
    assert [(row.institution, row.stopped) for row in page.holds.rows.rows] == [("ABC", 1_200_000)]
    names = {spec.name for spec in page.actions_offered()}
    assert "reverse" not in names
    assert {"money-caught", "export"} <= names


def test_money_that_came_in_later_is_entered_and_reversed_with_a_reason(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    office.clock.forward(minutes=5)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    page.holds.selectRow(0)
    assert bench.press("L")
    dialog = bench.dialog(CaughtDialog)
    assert isinstance(dialog, CaughtDialog)
    dialog.form.set_values(fen=2_000_000)
    dialog.submit()
    assert "15,000.00" in dialog.form.fields["fen"].error
    dialog.form.set_values(fen=500_000)
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    assert page.holds.rows.rows[0].stopped == 2_500_000
    assert figure(page, "captured_by_stop") == "25,000.00"

    page.lists.pill("ledger").click()
    page.ledger.selectRow(0)
    assert bench.press("R")
    back = bench.dialog(ReverseDialog)
    assert isinstance(back, ReverseDialog)
    back.submit()
    assert back.form.fields["reason"].error
    back.form.set_values(reason="重复登记")
    back.submit()
    assert (said.errors, back.error) == ([], "")
    assert figure(page, "captured_by_stop") == "20,000.00"
    assert [row.reversed for row in page.ledger.rows.rows] == [True, True, False]
    assert not bench.possible("reverse") or page.ledger.current_row is page.ledger.rows.rows[2]


def test_an_officer_says_whose_money_a_hold_keeps(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    assert figure(page, "recovered") == "20,000.00"
    page.holds.selectRow(0)
    assert bench.press("W")
    dialog = bench.dialog(SharesDialog)
    assert isinstance(dialog, SharesDialog)
    (share,) = (field for name, field in dialog.form.fields.items() if name.startswith("victim-"))
    share.set_value(1_500_000)
    dialog.form.set_values(reason="流水核对")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    assert figure(page, "recovered") == "15,000.00"
    assert figure(page, "held_beyond_cases") == "5,000.00"


def test_holds_and_ledger_leave_as_workbooks(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    two_stops(sqlite_office)
    page = page_of(seat(sqlite_office.officer, background, qtbot))

    def export(chosen: str, name: str) -> list[tuple[object, ...]]:
        page.lists.pill(chosen).click()
        export_to(
            page.context,
            page._list_title(),
            page.table,
            page._reader(),
            page.release(),
            tmp_path / name,
            page,
        )
        assert said.errors == []
        return list(load_workbook(tmp_path / f"{name}.xlsx").active.values)  # type: ignore[union-attr]  # there is a sheet

    holds = export("running", "holds")
    # As they are seen: of the two one still runs.
    at = holds[0].index("编号")
    assert [row[at] for row in holds] == ["编号", "ZF〔2026〕2"]
    ledger = export("ledger", "ledger")
    # Of the period on the screen, what was recorded last on top.
    at = ledger[0].index("金额（元）")
    assert [row[at] for row in ledger[1:]] == [12_000, 20_000]


def test_holds_are_filtered_in_their_heads_and_added_up_by_column(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    two_stops(sqlite_office)
    page = page_of(seat(sqlite_office.officer, background, qtbot))
    page.holds.selectAll()
    assert page.hold_tools.foot.text() == "已选 1 项 · 捕获：合计 12,000.00"
    page.hold_tools.set_filter("number", ColumnFilter("number", words="2026 1", how="contains"))
    assert page.holds.rows.rows == ()
    assert not page.hold_tools.off.isHidden()
    page.hold_tools.toggle_filters()
    assert [row.number for row in page.holds.rows.rows] == ["ZF〔2026〕2"]


def test_money_outside_holds_is_listed_and_reversed_with_a_reason(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    victim = office.officer.read(case_detail, opened.case_id).victims[0].id
    office.officer.do(RecordElsewhere(victim_id=victim, source="surrender", fen=300_000))
    office.officer.do(RecordPayback(victim_id=victim, fen=50_000))
    office.clock.forward(minutes=5)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    assert figure(page, "recovered") == "23,000.00"
    page.lists.pill("outside").click()
    assert page.table is page.outside
    assert [(row.kind, row.fen) for row in page.outside.rows.rows] == [
        ("payback", 50_000),
        ("elsewhere", 300_000),
    ]
    page.outside.selectRow(1)
    assert bench.press("R")
    back = bench.dialog(ReverseDialog)
    assert isinstance(back, ReverseDialog)
    back.form.set_values(reason="登记到别的案件")
    back.submit()
    assert (said.errors, back.error) == ([], "")
    assert figure(page, "recovered") == "20,000.00"
    page.outside.select_key(("payback", 1))
    assert bench.press("R")
    back = bench.dialog(ReverseDialog)
    assert isinstance(back, ReverseDialog)
    back.form.set_values(reason="不是返利")
    back.submit()
    assert [(row.kind, row.fen, row.reversed) for row in page.outside.rows.rows] == [
        ("payback", 50_000, True),
        ("elsewhere", 300_000, True),
        ("payback", 50_000, True),
        ("elsewhere", 300_000, True),
    ]
    assert not bench.possible("reverse")
    # The list follows the period, and opens its case.
    asked: list[int] = []
    page.context.ways.open_case.connect(asked.append)
    page.open_case()
    assert asked == [opened.case_id]
    assert said.errors == []


def test_the_shares_name_every_victim_on_the_account_whichever_case(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    """12,000.00 and 8,000.00 of two cases on one account, all held by the first: 11 and 7 by the officer's word."""
    office = sqlite_office
    told = Told(office)
    told.report(1, 1_200_000, card=400)
    told.report(2, 800_000, card=400)
    told.tell(told.legs[1], 2_000_000, 2_000_000)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    page.holds.selectRow(0)
    assert bench.press("W")
    dialog = bench.dialog(SharesDialog)
    assert isinstance(dialog, SharesDialog)
    names = [name for name in dialog.form.fields if name.startswith("victim-")]
    assert [dialog.form.fields[name].label for name in names]
    assert len(names) == 2
    dialog.form.set_values(**{names[0]: 1_000_000, names[1]: 800_001}, reason="流水核对")
    dialog.submit()
    assert dialog.isVisible(), "more than the second victim has lost"
    dialog.form.set_values(**{names[0]: 1_100_000, names[1]: 700_000})
    dialog.submit()
    assert said.errors == []
    for case, stopped in ((1, 1_100_000), (2, 700_000)):
        assert office.officer.read(balance_of_case, told.cases[case]).stopped == stopped
    assert figure(page, "held_beyond_cases") == "2,000.00"
