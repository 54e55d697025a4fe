"""Who else is there: told after one has settled, named by the walls, gone with the dialog, the pane, the person."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk.desk.presence import who_is_at
from liaison_desk.store.views import Presence
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.presence import Presences
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.desk.rows import rows
from tests.given import Office
from tests.ui.given_window import Front, front


def places(office: Office) -> list[tuple[str, int, bool]]:
    return [(row.kind, row.subject_id, row.typing) for row in rows(office, Presence)]


def queue_of(window: Front, login: str) -> tuple[QueuePage, Presences]:
    room = window.come_in(login)
    page = room.pages["queue"]
    assert isinstance(page, QueuePage)
    return page, room.presences


def test_others_are_shown_in_the_pane_with_what_they_do(sqlite_office: Office, qtbot: QtBot) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    with front(qtbot, sqlite_office) as window:
        page, presences = queue_of(window, "li")
        page.table.select_key(("leg", 1))
        other = sqlite_office.door("liu")
        other.look_at("leg", 1, typing=True)
        presences.set_seats(1)
        presences.ask()
        assert page.pane.others.isHidden(), "alone at the only seat"
        presences.set_seats(2)
        presences.ask()
        assert page.pane.others.text() == "刘工行 正在填写反馈"
        column = next(n for n, each in enumerate(page.table.rows.columns) if each.key == "number")
        cell = page.table.rows.columns[column].show(page.table.selected_rows[0])
        assert (cell.mark, cell.tip) == ("pencil", "刘工行 正在填写反馈")
        sqlite_office.clock.forward(seconds=3)
        other.look_at("leg", 1)
        sqlite_office.ccb.look_at("leg", 1)
        presences.ask()
        assert page.pane.others.text() == "刘工行 也在查看\n建设银行 也在查看"
        other.look_away()
        sqlite_office.clock.forward(seconds=40)
        presences.ask()
        assert page.pane.others.isHidden()


def test_a_window_tells_where_it_is_once_it_has_settled(sqlite_office: Office, qtbot: QtBot) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("ICBC", 100_000)])
    with front(qtbot, sqlite_office) as window:
        page, presences = queue_of(window, "li")
        page.table.select_key(("leg", 2))
        page.table.select_key(("leg", 1))
        assert places(sqlite_office) == [], "what is only passed is not told"
        presences.tell()
        assert places(sqlite_office) == [("leg", 1, False)]
        form = AnswerForm(page.context, page.table.selected_rows[0], page)
        form.open()
        sqlite_office.clock.forward(seconds=2)
        presences.tell()
        assert places(sqlite_office) == [("leg", 1, True)]
        assert [one.typing for one in sqlite_office.officer.read(who_is_at)] == [True]
        form.reject()
        QApplication.processEvents()
        sqlite_office.clock.forward(seconds=2)
        presences.tell()
        assert places(sqlite_office) == [("leg", 1, False)]
        page.pane.hide()
        presences.tell()
        assert places(sqlite_office) == []


def test_what_the_door_held_back_is_told_later(sqlite_office: Office, qtbot: QtBot) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("ICBC", 100_000)])
    with front(qtbot, sqlite_office) as window:
        page, presences = queue_of(window, "li")
        page.table.select_key(("leg", 1))
        presences.tell()
        page.table.select_key(("leg", 2))
        presences.tell()
        assert places(sqlite_office) == [("leg", 1, False)]
        assert presences._settle.isActive()
        sqlite_office.clock.forward(seconds=2)
        presences.tell()
        assert places(sqlite_office) == [("leg", 2, False)]


def test_signing_out_takes_the_place_back(sqlite_office: Office, qtbot: QtBot) -> None:
    given.case(sqlite_office)
    with front(qtbot, sqlite_office) as window:
        page, presences = queue_of(window, "li")
        page.table.select_key(("leg", 1))
        presences.tell()
        before = sqlite_office.officer.changes_since(0).last
        presences.beat()
        assert sqlite_office.officer.changes_since(0).last == before, "no watcher is woken"
        window.window.switch()
        assert places(sqlite_office) == []
