"""Cells: what they say, what is copied, how they are painted, and tips that are never markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QToolTip
from pytestqt.qtbot import QtBot

from liaison_desk.core.countdown import Shape
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import columns, theme
from liaison_desk.ui.columns import Align, Cell, Column
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import Tone

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("6222020200111234567", "6222 0202 0011 1234 567"),
        ("622202******1234", "6222 02** **** 1234"),
        ("1234567", "1234567"),
        ("账户A", "账户A"),
        ("12345678_001", "1234 5678_001"),
    ],
)
def test_long_numbers_are_grouped_for_reading(number: str, read: str) -> None:
    cell = columns.account(number)
    assert (cell.text, cell.copied, cell.mono) == (read, number, True)


def test_money_is_shown_with_separators_and_copied_without() -> None:
    cell = columns.money(1_234_567)
    assert (cell.text, cell.copied) == ("12,345.67", "12345.67")
    assert (columns.money(None).text, columns.money(None).copied) == ("—", "")


@pytest.mark.parametrize(
    ("left", "said", "shape", "tone"),
    [
        (timedelta(seconds=-190), "超时 03:10", Shape.OVERDUE, Tone.OVERDUE),
        (timedelta(seconds=751), "12:31", Shape.SOON, Tone.SOON),
        (timedelta(hours=47, minutes=59, seconds=12), "47:59:12", Shape.CALM, Tone.NEUTRAL),
    ],
)
def test_a_countdown_says_it_by_word_and_shape(left: timedelta, said: str, shape: Shape, tone: Tone) -> None:
    cell = columns.remaining(NOW + left, NOW, ZONE)
    assert (cell.text, cell.shape, cell.tone) == (said, shape, tone)


def test_a_screen_reader_hears_the_mark(qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT, 1.0, "en")
    assert columns.remaining(NOW + timedelta(minutes=5), NOW, ZONE).spoken == "Ends soon 05:00"


@dataclass(frozen=True)
class Row:
    cell: Cell


def view_of(
    qtbot: QtBot, *cells: Cell, align: Align = Align.LEFT, width: int = 200, two: bool = False
) -> Table[Row]:
    model: RowsModel[Row] = RowsModel(
        [Column("cell", Message("x"), lambda row: row.cell, width=width, align=align)],
        key=lambda row: row.cell,
    )
    view = Table(model, two_lines=two)
    qtbot.addWidget(view)
    model.replace([Row(cell) for cell in cells])
    view.head.setStretchLastSection(False)
    view.head.resizeSection(0, width)
    return view


def painted(view: Table[Row], number: int = 0) -> QImage:
    view.resize(240, 200)
    view.show()
    return view.viewport().grab(view.visualRect(view.rows.index(number, 0))).toImage()


def has(image: QImage, colour: str) -> bool:
    return any(
        image.pixelColor(x, y).name() == colour for x in range(image.width()) for y in range(image.height())
    )


def inked(image: QImage) -> tuple[int, int]:
    """The first and last column with something other than the ground in it."""
    ground = image.pixelColor(image.width() - 1, 2)
    found = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(2, image.height() - 3))
    ]
    return (found[0], found[-1])


def test_a_chip_is_painted_with_tint_word_and_icon(qtbot: QtBot) -> None:
    image = painted(view_of(qtbot, columns.chip(Message("处理中"), Tone.ACCENT, "circle-dot")))
    assert has(image, theme.LIGHT.tints[Tone.ACCENT].back)
    assert has(image, theme.LIGHT.tints[Tone.ACCENT].fore)
    without = painted(view_of(qtbot, columns.chip(Message("处理中"), Tone.ACCENT, "")))
    assert inked(image)[1] > inked(without)[1]


def test_only_what_is_overdue_is_painted_red(qtbot: QtBot) -> None:
    late = columns.remaining(NOW - timedelta(minutes=1), NOW, ZONE)
    soon = columns.remaining(NOW + timedelta(minutes=1), NOW, ZONE)
    view = view_of(qtbot, late, soon)
    assert has(painted(view, 0), theme.LIGHT.overdue)
    assert not has(painted(view, 1), theme.LIGHT.overdue)
    assert has(painted(view, 1), theme.LIGHT.soon)


def test_money_stands_at_the_right(qtbot: QtBot) -> None:
    view = view_of(qtbot, columns.money(123), columns.money(9_999_999), align=Align.RIGHT)
    ends = {inked(painted(view, number))[1] for number in (0, 1)}
    assert max(ends) - min(ends) <= 1
    assert min(ends) >= 200 - 8 - 3


def test_rows_have_the_height_of_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    view = view_of(qtbot, Cell("a"))
    assert view.rowHeight(0) == 32
    theme.apply(qapp, theme.LIGHT, 1.0, "zh_CN", compact=True)
    assert view.rowHeight(0) == 26
    two = view_of(qtbot, Cell("a", second="■■■"), two=True)
    assert two.rowHeight(0) > 36
    assert has(painted(two), theme.LIGHT.muted)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What tooltips said; Qt hides the real ones only after a while."""
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, view: said.append(text))
    return said


def point_at(view: Table[Row]) -> None:
    view.resize(240, 200)
    view.show()
    at = view.visualRect(view.rows.index(0, 0)).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
    view._delegate.helpEvent(event, view, QStyleOptionViewItem(), view.indexAt(at))


def test_a_cut_cell_tells_its_whole_text_and_a_whole_one_nothing(qtbot: QtBot, told: list[str]) -> None:
    long = "农业银行公主岭市支行营业部" * 3
    point_at(view_of(qtbot, Cell(long)))
    point_at(view_of(qtbot, Cell("短")))
    assert told == [f"<qt>{long}</qt>", ""]


def test_a_tip_is_never_read_as_markup(qtbot: QtBot, told: list[str]) -> None:
    view = view_of(qtbot, Cell("x", tip="<b>王*</b>"))
    point_at(view)
    assert told == ["<qt>&lt;b&gt;王*&lt;/b&gt;</qt>"]
    assert "&lt;b&gt;" in view.rows.data(view.rows.index(0, 0), Qt.ItemDataRole.ToolTipRole)


def test_a_message_is_said_in_the_language_of_the_window(qapp: QApplication) -> None:
    assert columns.text(msg("Cancel")).text == "取消"
    theme.apply(qapp, theme.LIGHT, 1.0, "en")
    assert columns.text(msg("Cancel")).text == "Cancel"
