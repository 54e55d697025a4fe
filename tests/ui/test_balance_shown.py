"""The balance line tells every part and adds up; a case out of balance is chosen and opened from the queue."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.desk.answers import AddHops, HopInput
from liaison_desk.desk.balance import Balance
from liaison_desk.desk.casebook import case_detail
from liaison_desk.desk.ledgerbook import RecordElsewhere
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.balance import MoneyBar
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.legfacts import money_parts
from liaison_desk.ui.queuecolumns import state_of
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, press_in


def test_every_part_of_the_loss_is_told_and_adds_up(qtbot: QtBot) -> None:
    bar = MoneyBar()
    qtbot.addWidget(bar)
    money = Balance(
        loss=7_000_00,
        returned=1_000_00,
        frozen=2_000_00,
        stopped=500_00,
        elsewhere=300_00,
        spent=1_200_00,
        beyond=1_000_00,
        untraced=1_000_00,
    )
    bar.set_parts(money.loss, money_parts(money))
    assert bar.balanced
    assert bar.equation == (
        "损失 7,000.00 ＝ 已返还 1,000.00 + 冻结 2,000.00 + 止付 500.00 + 其他途径追回 300.00"
        " + 已取现或消费 1,200.00 + 无法追踪 1,000.00 + 待追踪 1,000.00"
    )
    wrong = Balance(
        loss=100_00, returned=0, frozen=0, stopped=0, elsewhere=40_00, spent=80_00, beyond=0, untraced=-20_00
    )
    bar.set_parts(wrong.loss, money_parts(wrong))
    assert not bar.balanced
    assert bar.equation.endswith("+ 待追踪 -20.00")


def test_what_was_recovered_elsewhere_stands_in_the_cases_line_at_once(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    page = CasesPage(context_of(office.officer, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    victim = office.officer.read(case_detail, opened.case_id).victims[0].id
    office.lead.do(RecordElsewhere(victim_id=victim, source="surrender", fen=300_000))
    assert page.kinds >= {"elsewhere", "payback"}
    bench.hear()
    assert page.pane.money.equation == (
        "损失 35,000.00 ＝ 止付 20,000.00 + 其他途径追回 3,000.00 + 待追踪 12,000.00"
    )
    assert said.errors == []


def test_a_case_out_of_balance_is_chosen_and_opened_from_the_queue(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    gone = HopInput(fen=3_600_000, happened_at=office.clock.now - timedelta(minutes=1), kind=HopKind.CASH)
    office.icbc.do(AddHops(leg_id=opened.leg_ids[0], hops=(gone,)))
    page = QueuePage(context_of(office.officer, background))
    bench = Bench(page, qtbot)
    (row,) = [row for row in page.table.rows.rows if row.item == "case"]
    assert [str(words) for words in (state_of(row)[0].text,)] == ["Out of balance"]
    page.table.select_key(row.key)
    shown = page.beside.case
    assert shown is not None
    assert page.beside.currentWidget() is shown
    assert shown.title.text() == "AJ〔2026〕1"
    assert not shown.money.balanced
    assert "open_case" in shown.steps.names
    assert bench.possible("open_case")
    asked: list[int] = []
    page.context.ways.open_case.connect(asked.append)
    page.table.setFocus()
    press_in(Qt.Key.Key_Return)
    assert asked == [opened.case_id]
    # Another line, and the pane is that of requests again.
    office.clock.forward(minutes=1)
    given.case(office, [("ABC", 100_000)], n=3)
    bench.hear()
    page.table.select_key(("leg", 2))
    assert page.beside.currentWidget() is page.pane
    assert said.errors == []
