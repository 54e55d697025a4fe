"""Filters in the heads by hand and key, the foot, columns and views that are kept, columns that stay in place."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from liaison_desk.desk.desk import Desk
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.desk.views import SaveView, saved_views
from liaison_desk.store.chain import Entry
from liaison_desk.ui import frozen
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.flagging import Flagging
from liaison_desk.ui.headfilter import FilterPopup
from liaison_desk.ui.listsum import added, told
from liaison_desk.ui.queuepage import QueuePage
from liaison_desk.ui.savedviews import SaveViewDialog
from liaison_desk.ui.theme import Tone, say
from tests import given
from tests.desk.rows import rows
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def busy(sqlite_office: Office) -> Office:
    given.busy(sqlite_office)
    return sqlite_office


def page_of(desk: Desk, background: SynchronousBackground, qtbot: QtBot) -> tuple[Bench, QueuePage]:
    page = QueuePage(context_of(desk, background))
    return Bench(page, qtbot), page


def number_of(page: QueuePage, key: str) -> int:
    return next(n for n, column in enumerate(page.table.rows.columns) if column.key == key)


def opened(page: QueuePage, key: str) -> FilterPopup:
    popup = page.tools.open_filter(number_of(page, key))
    assert popup is not None
    QApplication.processEvents()
    return popup


def listed(popup: FilterPopup) -> list[str]:
    return [popup.values.item(row).text() for row in range(popup.values.count())]


def test_a_column_is_filtered_by_keyboard_alone_and_one_key_takes_it_off(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, page = page_of(busy.lead, background, qtbot)
    assert len(page.table.rows.rows) == 3
    page.table.setCurrentIndex(page.table.rows.index(0, number_of(page, "state")))
    assert page.table.head.current == number_of(page, "state")
    QTest.keyClick(page.table, Qt.Key.Key_Down, ALT)
    popup = next(w for w in QApplication.topLevelWidgets() if isinstance(w, FilterPopup) and w.isVisible())
    assert listed(popup) == ["待受理  ·  2", "处理中  ·  1"]
    QTest.keyClick(popup.values, Qt.Key.Key_Down)
    QTest.keyClick(popup.values, Qt.Key.Key_Space)
    QTest.keyClick(popup.values, Qt.Key.Key_Return)
    assert [row.institution for row in page.table.rows.rows] == ["CCB"]
    assert page.table.head.filtered == {"state"}
    assert page.tools.off.text() == "清除筛选"
    assert bench.press("Ctrl+Shift+L")
    assert (len(page.table.rows.rows), page.table.head.filtered) == (3, frozenset())
    assert bench.press("Ctrl+Shift+L")
    assert len(page.table.rows.rows) == 1


def test_a_range_of_yuan_a_part_of_a_name_and_nonsense(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = page_of(busy.lead, background, qtbot)
    popup = opened(page, "amount")
    assert listed(popup) == ["（空白）  ·  1", "1,200.50  ·  1", "33,000.00  ·  1"]
    popup.least.setText("2000")  # type: ignore[attr-defined]  # an editor of yuan
    popup.apply()
    assert [row.amount for row in page.table.rows.rows] == [3_300_000]
    popup = opened(page, "amount")
    assert popup.least.text() == "2,000.00"  # type: ignore[attr-defined]  # as above
    popup.least.setText("viel")  # type: ignore[attr-defined]  # as above
    popup.apply()
    assert popup.isVisible()
    popup.clear()
    assert len(page.table.rows.rows) == 3
    popup = opened(page, "holder")
    popup.words.setText("张")
    popup.apply()
    assert {str(row.holder) for row in page.table.rows.rows} == {"张三"}
    assert page.view().filters == (ColumnFilter("holder", words="张"),)


def test_names_of_a_closed_list_are_looked_up_as_they_are_shown(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = page_of(busy.lead, background, qtbot)
    popup = opened(page, "institution")
    popup.words.setText("建设")
    assert listed(popup) == ["建设银行  ·  1"]
    popup.tick("CCB")
    popup.words.clear()
    popup.apply()
    assert [row.institution for row in page.table.rows.rows] == ["CCB"]


def test_of_masked_lines_no_value_is_listed(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = page_of(busy.ccb, background, qtbot)
    page.filters.pill("all").click()
    popup = opened(page, "target")
    assert listed(popup) == [f"{grouped(given.card('CCB', 1))}  ·  1"]
    popup.close()


def test_everything_the_list_has_is_added_up_though_it_is_not_shown(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    for n in range(35):
        given.case(sqlite_office, [("ICBC", 100), ("ABC", 100), ("CCB", 101)], n=n)
    _, page = page_of(sqlite_office.lead, background, qtbot)
    shown = len(page.table.rows.rows)
    assert shown < 105
    QTest.keyClick(page.table, Qt.Key.Key_A, CONTROL)
    # 35 × 3.01 = 105.35; ÷ 105 = 1.00333…
    assert page.tools.foot.text() == "列表全部 105 项 · 合计 105.35 · 平均 ≈ 1.00 · 1.00 至 1.01"
    page.table.select_key(page.table.rows.key_at(0))
    assert page.tools.foot.text() in ("已选 1 项 · 合计 1.00", "已选 1 项 · 合计 1.01")


def test_averages_are_rounded_half_up_and_marked() -> None:
    assert added([100, 101]).average == (101, False)  # 1.005 yuan
    assert added([100, 102, None]).average == (101, True)
    assert added([1, 1, 2]).average == (1, False)
    assert say(told(added([]), None)) == "未选择"
    assert say(told(added([None, None]), None)) == "已选 2 项"


# --- columns and views


def test_columns_go_with_the_person_to_another_seat_in_one_entry(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    _, page = page_of(busy.lead, background, qtbot)
    before = len(rows(busy, Entry))
    head = page.table.head
    head.moveSection(head.visualIndex(number_of(page, "state")), 0)
    head.menu(number_of(page, "number"))
    head.set_frozen(2)
    head.arranged.emit()
    assert len(rows(busy, Entry)) == before
    page.tools.keep_layout()
    page.tools.keep_layout()
    assert len(rows(busy, Entry)) == before + 1
    _, elsewhere = page_of(busy.lead, background, qtbot)
    assert elsewhere.table.head.first() == number_of(page, "state")
    assert elsewhere.table.head.frozen == 2
    _, other = page_of(busy.officer, background, qtbot)
    assert other.table.head.first() == 0


def test_a_view_is_saved_shared_chosen_and_removed(
    busy: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    bench, page = page_of(busy.lead, background, qtbot)
    page.filters.pill("history").click()
    page.tools.set_filter("institution", ColumnFilter("institution", values=frozenset({"CCB"})))
    page.table.head.sort_by("amount", True)
    page.tools.save_view()
    dialog = bench.window().findChild(SaveViewDialog)
    assert dialog is not None
    dialog.name.setText("建行历史")
    dialog.shared.setChecked(True)
    dialog.submit()
    assert said.errors == []
    _, other = page_of(busy.officer, background, qtbot)
    assert [(view.name, view.author) for view in other.tools.views] == [("建行历史", "王带班")]
    other.tools.choose_view(other.tools.views[0])
    view = other.view()
    assert (view.history, view.order, view.descending) == (True, "amount", True)
    assert {row.institution for row in other.table.rows.rows} == {"CCB"}
    menu = QMenu(other)
    other.tools.offer_views(menu)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "建行历史  ·  王带班",
        "保存当前视图…",
    ]


def test_a_view_with_a_filter_of_others_eyes_is_shown_without_it(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    content = {"filters": [{"column": "victim", "words": "小明"}, {"column": "state", "values": ["running"]}]}
    busy.officer.do(SaveView(place="cases", name="受害人", content=json.dumps(content), shared=True))
    page = CasesPage(context_of(busy.ccb, background))
    Bench(page, qtbot)
    page.tools.choose_view(page.tools.views[0])
    assert list(page.tools.filters) == ["state"]
    for broken in (
        '{"filters": 5, "order": {}, "layout": {"columns": 1}}',
        '{"filters": [1, {"column": 2}]}',
    ):
        busy.officer.do(SaveView(place="cases", name="坏", content=broken))
    mine = CasesPage(context_of(busy.officer, background))
    Bench(mine, qtbot)
    mine.tools.choose_view(next(view for view in mine.tools.views if view.name == "坏"))
    assert mine.tools.filters == {}
    assert len(busy.officer.read(saved_views, "cases")) == 2


def test_first_columns_stay_in_place_while_the_others_scroll(
    busy: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    bench, page = page_of(busy.lead, background, qtbot)
    table = page.table
    for number in range(len(table.rows.columns)):
        table.head.setSectionHidden(number, False)
    bench.resize(800, 600)
    table.head.set_frozen(2)
    table.head.arranged.emit()
    QApplication.processEvents()
    assert not table.frozen.body.isVisible()
    table.horizontalScrollBar().setValue(120)
    assert table.frozen.body.isVisible()
    assert table.frozen.body.width() == table.head.sectionSize(0) + table.head.sectionSize(1) + 1
    assert frozen.column_at(table, table.head.sectionSize(0) + 5) == 1
    bench.grab()
    # A click on a frozen head sorts by the column that is seen there, not by the one below it.
    QTest.mouseClick(table.frozen.top, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert page.view().order == "due"
    table.horizontalScrollBar().setValue(0)
    assert not table.frozen.body.isVisible()


def test_a_flag_has_sign_word_and_author_and_goes_as_it_came(
    busy: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    _, page = page_of(busy.lead, background, qtbot)
    page.table.selectRow(0)
    flagging = Flagging(page.context, page.table, page.selected)
    menu = flagging.menu()
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == ["重要", "等待他人", "已核对", "存疑", "附备注…"]
    menu.actions()[1].trigger()
    assert said.errors == []
    cell = page.table.rows.cell(0, number_of(page, "number"))
    assert cell.mark == "hourglass"
    assert cell.tip.startswith("等待他人\n王带班")
    assert page.table.rows.tint_of(0) is Tone.NEUTRAL
    again = flagging.menu()
    again.actions()[-1].trigger()
    assert page.table.rows.cell(0, number_of(page, "number")).mark == ""
    for made in (menu, again):
        made.deleteLater()
