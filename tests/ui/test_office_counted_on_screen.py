"""The office counted by hand, as the windows show it: figures, the lists behind them, holds, every case's line."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.moneypage import MoneyPage
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told, ten_cases
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of

SHOWN = {
    "opening": "0.00",
    "captured_by_stop": "185,000.00",
    "captured_by_freeze": "7,000.00",
    "frozen": "54,000.00",
    "returned": "30,000.00",
    "released": "54,999.99",
    "lapsed": "22,000.00",
    "secured": "85,000.01",
    "recovered": "109,500.01",
    "held_beyond_cases": "6,500.00",
}
"""The table's sums as a person reads them off the place "Money"."""
BEHIND = {
    "captured_by_stop": 18_500_000,
    "captured_by_freeze": 700_000,
    "frozen": 5_400_000,
    "returned": 3_000_000,
    "released": 5_499_999,
    "lapsed": 2_200_000,
}
LINES = {
    1: "损失 30,000.00 ＝ 已返还 30,000.00",
    2: "损失 20,000.00 ＝ 止付 20,000.00",
    3: "损失 15,000.00 ＝ 止付 10,000.00 + 已取现或消费 5,000.00",
    4: "损失 12,000.00 ＝ 止付 6,000.01 + 待追踪 5,999.99",
    5: "损失 8,000.00 ＝ 止付 4,000.00 + 待追踪 4,000.00",
    6: "损失 5,000.00 ＝ 止付 5,000.00",
    7: "损失 35,000.00 ＝ 冻结 24,000.00 + 待追踪 11,000.00",
    8: "损失 9,000.00 ＝ 冻结 7,000.00 + 待追踪 2,000.00",
    9: "损失 3,500.00 ＝ 止付 2,500.00 + 其他途径追回 1,000.00",
    10: "损失 10,000.00 ＝ 待追踪 10,000.00",
}
"""Each case's balance line."""


@pytest.fixture
def told(sqlite_office: Office) -> Told:
    return ten_cases(sqlite_office)


def test_the_windows_show_what_was_counted_by_hand(
    told: Told, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    page = MoneyPage(context_of(told.office.lead, background))
    Bench(page, qtbot)
    page.when.periods.pill("month").click()
    assert {name: page.figures.views[name]._value.text() for name in SHOWN} == SHOWN
    assert page.figures.sum.text() == (
        "期初在控 0.00 + 新捕获 192,000.00 − 已返还 30,000.00 − 流失 76,999.99 = 期末在控 85,000.01"
    )
    for name, fen in BEHIND.items():
        page.open_figure(name)
        assert sum(row.fen for row in page.ledger.rows.rows) == fen, name

    page.lists.pill("running").click()
    running = page.holds.rows.rows
    assert (sum(row.stopped for row in running), sum(row.frozen for row in running)) == (5_400_001, 3_100_000)
    page.lists.pill("ended").click()
    ended = page.holds.rows.rows
    every = [*running, *ended]
    assert [
        sum(getattr(row, name) for row in every) for name in ("captured", "returned", "released", "lapsed")
    ] == [
        19_200_000,
        3_000_000,
        5_499_999,
        2_200_000,
    ]
    page.lists.pill("ledger").click()
    counting = [row for row in page.ledger.rows.rows if not row.reversed]
    assert sum(row.fen for row in counting if row.source.value == "captured") == 19_200_000
    page.lists.pill("outside").click()
    assert [(row.kind, row.fen) for row in page.outside.rows.rows] == [
        ("elsewhere", 100_000),
        ("payback", 50_000),
    ]

    cases = CasesPage(context_of(told.office.officer, background))
    Bench(cases, qtbot)
    shown = {}
    for case, case_id in told.cases.items():
        cases.show_item(case_id)
        if case in LINES:
            shown[case] = cases.pane.money.equation
            assert cases.pane.money.balanced
    assert shown == LINES
    assert said.errors == []
