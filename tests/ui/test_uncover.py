"""F8 shows own data on the wide screen while it is held, and no longer; the access log has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.store.chain import Access
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front

CARD = given.card("ICBC", 0)
MASKED = f"{CARD[:6]}{'*' * 9}{CARD[-4:]}"


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    given.case(sqlite_office)
    sqlite_office.lead.do(ChangeSetting(key="mask_own_data", value=True))
    with front(qtbot, sqlite_office) as made:
        yield made


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def views(office: Office) -> list[str]:
    with office.database.reading() as session:
        texts = session.scalars(select(Access.text).order_by(Access.id)).all()
    found = [json.loads(text) for text in texts]
    return [view["what"] for entry in found for view in entry.get("details", entry).get("views", [])]


def test_own_data_is_full_while_the_key_is_held_and_the_log_has_it(window: Front, tmp_path: Path) -> None:
    room = window.come_in("li")
    page = room.pages["queue"]
    assert isinstance(page, QueuePage)
    window.window.activateWindow()
    QApplication.processEvents()
    page.table.setFocus()
    assert page.table.rows.rows[0].target == MASKED
    QTest.keyPress(focused(), Qt.Key.Key_F8)
    assert page.table.rows.rows[0].target == CARD
    assert page.table.rows.rows[0].holder == "张三"
    # What is exported meanwhile stays as the office wants it.
    assert room.context.desk.release(queue, "export", QueueView()).rows[0].target == MASKED
    QTest.keyRelease(focused(), Qt.Key.Key_F8)
    assert page.table.rows.rows[0].target == MASKED
    room.context.desk.flush_views()
    assert views(window.office).count("own data") == 1


def test_a_window_that_goes_to_the_back_is_covered_again(window: Front) -> None:
    room = window.come_in("li")
    page = room.pages["queue"]
    assert isinstance(page, QueuePage)
    window.window.activateWindow()
    QApplication.processEvents()
    page.table.setFocus()
    QTest.keyPress(focused(), Qt.Key.Key_F8)
    assert room.context.desk.uncovered
    QApplication.sendEvent(room, QEvent(QEvent.Type.WindowDeactivate))
    assert not room.context.desk.uncovered
    assert page.table.rows.rows[0].target == MASKED


def test_where_the_office_does_not_mask_own_data_the_key_does_nothing(window: Front) -> None:
    window.office.lead.do(ChangeSetting(key="mask_own_data", value=False, before=True))
    room = window.come_in("li")
    window.window.activateWindow()
    QApplication.processEvents()
    room.pages["queue"].setFocus()
    QTest.keyPress(focused(), Qt.Key.Key_F8)
    assert not room.context.desk.uncovered
    QTest.keyRelease(focused(), Qt.Key.Key_F8)
