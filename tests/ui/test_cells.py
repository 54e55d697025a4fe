"""Cells between the lists, spreadsheets and the answer form: no digit is lost, blocks, one value, filling down."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.ui import messages
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.hopstable import HopsTable
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.seats import Bench, context_of
from tests.ui.test_answerform import row_of

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Sheet(HTMLParser):
    """What a spreadsheet takes from the clipboard: cells, and whether each is declared text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, bool]]] = []
        self._text: str | None = None
        self._declared = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self._text, self._declared = "", "\\@" in (dict(attrs).get("style") or "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._text is not None:
            self.rows[-1].append((self._text, self._declared))
            self._text = None


def through_a_spreadsheet(path: Path) -> str:
    """The clipboard pasted into a workbook, saved, opened again and copied from there."""
    sheet = Sheet()
    sheet.feed(QGuiApplication.clipboard().mimeData().html())
    book = Workbook()
    target = book.active
    assert isinstance(target, Worksheet)
    for row in sheet.rows:
        # A cell that is declared text stays text; any other that looks like a number becomes one.
        target.append([text if declared or not text.isdigit() else float(text) for text, declared in row])
    book.save(path)
    values = load_workbook(path).active.values  # type: ignore[union-attr]  # there is a sheet
    return "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in values)


@pytest.fixture
def hops(sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot) -> HopsTable:
    made = HopsTable(context_of(sqlite_office.icbc, background))
    qtbot.addWidget(made)
    made.show()
    return made


def choose(hops: HopsTable, top: int, left: int, bottom: int, right: int) -> None:
    model = hops.model
    hops.view.setCurrentIndex(model.index(top, left))
    block = QItemSelection(model.index(top, left), model.index(bottom, right))
    hops.view.selectionModel().select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def press(hops: HopsTable, key: Qt.Key) -> None:
    QTest.keyClick(hops.view, key, CONTROL)


def test_no_digit_is_lost_from_the_queue_through_a_spreadsheet_into_the_answer(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    office = sqlite_office
    own = given.case(office, [("ICBC", 9_900_000)], n=9).leg_ids[0]
    given.claimed(office, own)
    for n in range(3):
        given.case(office, [("CCB", 4_510_001 + n)], n=n)
    page = QueuePage(context_of(office.officer, background))
    Bench(page, qtbot)
    page.institution.set_value("CCB")
    page.institution.activated.emit(page.institution.currentIndex())
    holder = next(n for n, column in enumerate(page.table.rows.columns) if column.key == "holder")
    page.table.head.setSectionHidden(holder, False)
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, CONTROL | SHIFT)
    QGuiApplication.clipboard().setText(through_a_spreadsheet(tmp_path / "cells.xlsx"))

    window = QMainWindow()
    messages.attach(window)
    qtbot.addWidget(window)
    window.show()
    context = context_of(office.icbc, background)
    form = AnswerForm(context, row_of(context, own), window)
    form.open()
    hops = form.hops
    assert hops is not None
    press(hops, Qt.Key.Key_V)
    # The time is not in the queue: typed once, then filled down.
    hops.model.setData(hops.model.index(0, 4), "10:01")
    choose(hops, 0, 4, 2, 4)
    press(hops, Qt.Key.Key_D)
    assert hops.problems == ""
    wanted = {(given.card("CCB", n * 100), 4_510_001 + n) for n in range(3)}
    assert all(len(number) == 19 for number, _ in wanted)
    found = hops.hops()
    assert {(hop.target.number, hop.fen) for hop in found if hop.target is not None} == wanted
    assert {hop.target.holder for hop in found if hop.target is not None} == {"张三"}


def test_a_block_goes_where_it_is_pasted_and_beyond_the_last_line(hops: HopsTable) -> None:
    first, second = given.card("CCB", 3), given.card("ABC", 4)
    hops.paste(f"{first}\t赵六\t100\t10:00\n{second}\t钱七\t200\t10:01")
    choose(hops, 1, 3, 1, 3)
    hops.paste("1,234.50\t10:02\n77\t10:03")
    lines = hops.lines
    assert [(line.number, line.amount) for line in lines] == [
        (first, "100.00"),
        (second, "1,234.50"),
        ("", "77.00"),
    ]
    assert [line.time[11:16] for line in lines] == ["10:00", "10:02", "10:03"]
    assert hops.model.lines[-1].blank


def test_one_value_goes_into_every_selected_cell_and_what_fits_nowhere_is_kept(hops: HopsTable) -> None:
    hops.paste("\t赵六\t100\t10:00\n\t钱七\t200\t10:01\n\t孙八\t300\t10:02")
    choose(hops, 0, 5, 2, 5)
    hops.paste("ATM取现")
    assert [line.kind for line in hops.lines] == [HopKind.CASH] * 3
    choose(hops, 0, 2, 1, 2)
    hops.paste("没有这家银行")
    assert [line.remark for line in hops.lines] == ["没有这家银行", "没有这家银行", ""]


def test_cells_are_filled_down_and_copied_whole(hops: HopsTable) -> None:
    number = given.card("CCB", 3)
    hops.paste(f"{number}\t赵六\t100\t10:00\n{given.card('ABC', 4)}\t钱七\t200\t10:01")
    choose(hops, 0, 1, 1, 3)
    press(hops, Qt.Key.Key_D)
    assert [(line.holder, line.amount) for line in hops.lines] == [("赵六", "100.00")] * 2
    choose(hops, 0, 0, 0, 1)
    press(hops, Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == f"{number}\t赵六"
