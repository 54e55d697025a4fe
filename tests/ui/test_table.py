"""A list that is brought up to date without jumping: differences, marks, order on rest, copying, columns."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk.core.words import Message, msg
from liaison_desk.ui import columns, theme
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.columns import Align, Cell, Column
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table


@dataclass(frozen=True)
class Leg:
    number: str
    account: str = "6222020200111234567"
    fen: int = 100


COLUMNS: list[Column[Leg]] = [
    Column("number", Message("编号"), lambda leg: columns.code(leg.number), sort="number"),
    Column("account", Message("账号"), lambda leg: columns.account(leg.account)),
    Column("amount", Message("金额"), lambda leg: columns.money(leg.fen), align=Align.RIGHT, sort="amount"),
    Column("note", Message("备注"), lambda leg: Cell("<b>x</b>", tip="<img src=x>"), hidden=True),
]


def made() -> RowsModel[Leg]:
    return RowsModel(COLUMNS, key=lambda leg: leg.number)


def legs(names: str) -> list[Leg]:
    return [Leg(name) for name in names]


def shown(model: RowsModel[Leg]) -> str:
    return "".join(leg.number for leg in model.rows)


def table(qtbot: QtBot, names: str = "abcdefgh") -> Table[Leg]:
    view = Table(made(), empty=EmptyState("inbox", Message("空"), step=Message("登记"), start=lambda: None))
    qtbot.addWidget(view)
    view.rows.replace(legs(names))
    view.resize(500, 200)
    view.show()
    return view


# Differences ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.integers(0, 60), unique=True, max_size=50),
    after=st.lists(st.integers(0, 60), unique=True, max_size=50),
    seed=st.integers(0, 5),
)
def test_any_answer_becomes_exactly_the_rows_shown(
    qapp: QApplication, before: list[int], after: list[int], seed: int
) -> None:
    """A model tester of Qt's own watches that each step is announced as it happens."""
    model = made()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.modelReset.connect(lambda: pytest.fail("the model was reset"))
    model.replace([Leg(str(n)) for n in before])
    kept = [(model.index(row, 0), key) for row, key in enumerate(before)]
    from PySide6.QtCore import QPersistentModelIndex

    held = [(QPersistentModelIndex(index), key) for index, key in kept]
    fens = random.Random(seed)
    rows = [Leg(str(n), fen=fens.choice((100, 200))) for n in after]
    model.replace(rows)
    assert model.rows == tuple(rows)
    for index, key in held:
        assert index.isValid() == (key in after)
        if index.isValid():
            assert model.row(index.row()).number == str(key)
    model._fading.stop()
    del tester


def test_one_row_that_moves_is_one_move(qtbot: QtBot) -> None:
    model = made()
    model.replace(legs("abcdef"))
    moves: list[int] = []
    model.rowsMoved.connect(lambda *_: moves.append(1))
    model.replace(legs("bcdefa"))
    assert (shown(model), moves) == ("bcdefa", [1])


def test_an_equal_answer_changes_nothing(qtbot: QtBot) -> None:
    model = made()
    model.replace(legs("abc"))
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.layoutChanged):
        model.replace(legs("abc"))


def test_what_came_or_changed_is_marked_for_a_few_seconds(qtbot: QtBot) -> None:
    model = made()
    model.replace(legs("abc"))
    assert [model.marked(row) for row in range(3)] == [False] * 3
    model.replace([Leg("a"), Leg("b", fen=999), Leg("c"), Leg("d")])
    assert [model.marked(row) for row in range(4)] == [False, True, False, True]
    model.fade(3)
    assert model.marked(1)
    model.fade(1)
    assert [model.marked(row) for row in range(4)] == [False] * 4


# Order waits -------------------------------------------------------------------------------------------


def test_while_the_pointer_moves_rows_keep_their_places_and_new_ones_come_last(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    qtbot.mouseMove(view.viewport(), QPoint(20, 20))
    view.rows.replace(legs("xcba"))
    assert shown(view.rows) == "abcx"
    assert view.rows.order_pending
    assert view._order.isVisible()
    view.rows.replace(legs("xca"))
    assert shown(view.rows) == "acx"


def test_when_the_pointer_rests_the_right_order_is_shown(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    qtbot.mouseMove(view.viewport(), QPoint(20, 20))
    view.rows.replace(legs("xcba"))
    view.pointer_rests()
    assert shown(view.rows) == "xcba"
    assert not view._order.isVisible()
    view.rows.replace(legs("abcx"))
    assert shown(view.rows) == "abcx"


def test_f5_shows_the_right_order_at_once_and_asks_for_news(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    view.rows.replace(legs("cab"))
    assert shown(view.rows) == "abc"
    with qtbot.waitSignal(view.refresh_requested):
        qtbot.keyClick(view, Qt.Key.Key_F5)
    assert shown(view.rows) == "cab"


def test_an_order_that_comes_back_by_itself_is_no_longer_waiting(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    view._moved()
    view.rows.replace(legs("cab"))
    view.rows.replace(legs("abc"))
    assert not view.rows.order_pending


def test_a_click_on_a_head_sorts_although_the_pointer_moves(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    view._moved()
    view.rows.replace(legs("cba"), resort=True)
    assert shown(view.rows) == "cba"


# What survives -----------------------------------------------------------------------------------------


def test_selection_and_current_row_survive_a_new_answer(qtbot: QtBot) -> None:
    view = table(qtbot)
    view.select_key("c")
    view.selectionModel().select(
        view.rows.index(5, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    view.rows.replace([Leg("z"), Leg("f"), Leg("a"), replace(Leg("c"), fen=5), Leg("h")])
    assert [leg.number for leg in view.selected_rows] == ["f", "c"]
    assert view.current_row == Leg("c", fen=5)


def test_what_is_read_stays_where_it_is_on_the_screen(qtbot: QtBot) -> None:
    names = [f"{n:03}" for n in range(100)]
    view = table(qtbot, "")
    view.rows.replace([Leg(name) for name in names])
    QApplication.processEvents()
    view.verticalScrollBar().setValue(40 * 32 + 5)
    top = view.rowViewportPosition(41)
    view.rows.replace([Leg(f"new{n}") for n in range(3)] + [Leg(name) for name in names if name != "010"])
    at = view.rows.number_of("041")
    assert at == 43
    assert view.rowViewportPosition(at) == top


def test_a_gone_row_is_not_found(qtbot: QtBot) -> None:
    view = table(qtbot, "ab")
    assert view.rows.number_of("q") is None
    assert not view.select_key("q")


# Pages -------------------------------------------------------------------------------------------------


def test_the_next_page_is_asked_for_once_and_appended(qtbot: QtBot) -> None:
    model = made()
    asked: list[int] = []
    model.replace(legs("ab"))
    model.set_more(lambda: asked.append(1))
    model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex())
    model.append([Leg("b", fen=7), Leg("c")])
    assert (shown(model), asked) == ("abc", [1])
    assert model.row(1).fen == 7
    assert model.canFetchMore(QModelIndex())
    model.set_more(None)
    assert not model.canFetchMore(QModelIndex())


# Copying -----------------------------------------------------------------------------------------------


def test_rows_are_copied_as_shown_with_numbers_without_spaces(qtbot: QtBot) -> None:
    view = table(qtbot, "ab")
    view.rows.replace([Leg("a", fen=1_234_567), Leg("b", account="=1+1")])
    view.head.moveSection(2, 0)
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "12345.67\ta\t6222020200111234567\n1.00\tb\t=1+1"
    # Excel and WPS must not make a rounded number of a card, or a formula of a name.
    assert data.html().count('mso-number-format:"\\@"') == 6


def test_nothing_selected_copies_nothing(qtbot: QtBot) -> None:
    view = table(qtbot, "ab")
    QGuiApplication.clipboard().setText("before")
    view.clearSelection()
    view.copy()
    assert QGuiApplication.clipboard().text() == "before"


# Columns -----------------------------------------------------------------------------------------------


def test_the_layout_of_columns_is_kept_as_text(qtbot: QtBot) -> None:
    view, other = table(qtbot, "a"), table(qtbot, "a")
    view.head.moveSection(2, 0)
    view.head.setSectionHidden(1, True)
    view.head.resizeSection(2, 77)
    other.head.restore_layout(view.head.layout_state())
    assert other.head.shown() == [2, 0]
    assert other.columnWidth(2) == 77
    other.head.reset()
    assert other.head.shown() == [0, 1, 2]


def test_columns_grow_with_the_text(qapp: QApplication, qtbot: QtBot) -> None:
    view = table(qtbot, "a")
    view.head.resizeSection(0, 100)
    theme.apply(qapp, theme.LIGHT, 1.5)
    assert view.columnWidth(0) == 150
    theme.apply(qapp, theme.LIGHT, 1.0)
    assert view.columnWidth(0) == 100


@pytest.mark.parametrize("broken", ["", "{}", "[1]", '[{"key":"gone","width":1,"hidden":false}]', "null"])
def test_a_layout_that_cannot_be_read_is_ignored(qtbot: QtBot, broken: str) -> None:
    view = table(qtbot, "a")
    view.head.restore_layout(broken)
    assert view.head.shown() == [0, 1, 2]


def test_the_last_column_cannot_be_hidden(qtbot: QtBot) -> None:
    view = table(qtbot, "a")
    view.head.setSectionHidden(1, True)
    view.head.setSectionHidden(2, True)
    menu = view.head.menu()
    qtbot.addWidget(menu)
    enabled = [action.isEnabled() for action in menu.actions() if action.isCheckable()]
    assert enabled == [False, True, True, True]


def test_a_click_on_a_head_asks_for_the_order_and_again_for_the_other_way(qtbot: QtBot) -> None:
    view = table(qtbot, "a")
    asked: list[tuple[str, bool]] = []
    view.sort_requested.connect(lambda sort, down: asked.append((sort, down)))
    for number in (2, 2, 1, 0):
        view.head._clicked(number)
    assert asked == [("amount", False), ("amount", True), ("number", False)]


# Empty, loading, language, keys ------------------------------------------------------------------------


def test_an_empty_table_says_what_belongs_here(qtbot: QtBot) -> None:
    view = table(qtbot, "")
    assert view.empty is not None
    assert view.empty.isVisible()
    view.set_loading(True)
    assert not view.empty.isVisible()
    assert view._wait.isVisible()
    view.set_loading(False)
    view.rows.replace(legs("a"))
    assert not view.empty.isVisible()
    view.rows.replace([])
    assert view.empty.isVisible()


def test_return_and_double_click_open_the_row(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    opened: list[Leg] = []
    view.opened.connect(opened.append)
    view.select_key("b")
    qtbot.keyClick(view, Qt.Key.Key_Return)
    at = view.visualRect(view.rows.index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [leg.number for leg in opened] == ["b", "c"]


def test_letters_do_not_move_the_selection(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    view.select_key("a")
    qtbot.keyClick(view, Qt.Key.Key_C)
    assert view.current_row == Leg("a")


def test_the_current_row_is_told_when_another_becomes_current(qtbot: QtBot) -> None:
    view = table(qtbot, "abc")
    told: list[Leg | None] = []
    view.current_changed.connect(told.append)
    view.select_key("b")
    view.rows.replace(legs("bca"))
    view.select_key("a")
    assert [leg and leg.number for leg in told] == ["b", "a"]


def test_cells_and_heads_follow_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    model: RowsModel[Leg] = RowsModel(
        [Column("a", msg("Now"), lambda leg: columns.text(msg("Cancel")))], key=lambda leg: leg.number
    )
    model.replace(legs("a"))
    assert (model.headerData(0, Qt.Orientation.Horizontal), model.cell(0, 0).text) == ("现在", "取消")
    theme.apply(qapp, theme.LIGHT, 1.0, "en")
    assert (model.headerData(0, Qt.Orientation.Horizontal), model.cell(0, 0).text) == ("Now", "Cancel")


def test_columns_that_show_time_are_made_anew_each_second(qtbot: QtBot) -> None:
    seconds = [10]
    model: RowsModel[Leg] = RowsModel(
        [
            Column("left", Message("剩余"), lambda leg: Cell(str(seconds[0])), ticking=True),
            Column("fixed", Message("编号"), lambda leg: Cell(str(seconds[0]))),
        ],
        key=lambda leg: leg.number,
    )
    view = Table(model)
    qtbot.addWidget(view)
    model.replace(legs("a"))
    assert (model.cell(0, 0).text, model.cell(0, 1).text) == ("10", "10")
    seconds[0] = 9
    model.tick()
    assert (model.cell(0, 0).text, model.cell(0, 1).text) == ("9", "10")
    view.show()
    assert view._second.isActive()
    view.hide()
    assert not view._second.isActive()
