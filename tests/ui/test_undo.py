"""Undo at the window: offered beside the announcement, by its button and by Ctrl+Z, refused with a reason."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.cases import WriteNote
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.dialogs import ReasonDialog
from liaison_desk.ui.messages import Toast
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.desk.rows import leg
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.given_window import front
from tests.ui.seats import Bench, context_of


def toast_of(bench: Bench) -> Toast:
    toast = bench.findChild(Toast)
    assert isinstance(toast, Toast)
    return toast


def bench_of(office: Office, login: str, background: SynchronousBackground, qtbot: QtBot) -> Bench:
    return Bench(QueuePage(context_of(office.door(login), background)), qtbot)


def test_a_claim_is_taken_back_by_the_button(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench = bench_of(sqlite_office, "li", background, qtbot)
    assert bench.press("C")
    toast = toast_of(bench)
    assert (toast.text, toast._undo_button.text()) == ("已受理 ZF〔2026〕1", "撤销（Ctrl+Z）10 秒")
    toast._undo_button.click()
    assert leg(sqlite_office, 1).state is LegState.QUEUED
    assert bench.announced == "已撤销：受理请求 ZF〔2026〕1"
    assert said.errors == []


def test_a_dialogs_step_too_and_what_followed_is_the_reason_why_not(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench = bench_of(sqlite_office, "zhao", background, qtbot)
    assert bench.press("W")
    dialog = bench.dialog(ReasonDialog)
    assert isinstance(dialog, ReasonDialog)
    dialog.form.set_values(reason="重复报警")
    dialog.submit()
    assert leg(sqlite_office, 1).state is LegState.WITHDRAWN
    assert toast_of(bench).can_undo
    sqlite_office.door("qian").do(WriteNote(leg_id=1, text="已知悉"))
    messages.undo()
    assert leg(sqlite_office, 1).state is LegState.WITHDRAWN
    assert "followed" in str(said.errors[-1])


def test_an_answer_is_not_offered_to_be_undone(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench = bench_of(sqlite_office, "zhao", background, qtbot)
    bench.page.context.desk.do(WriteNote(leg_id=1, text="在办"))
    messages.done(bench.page.title)
    assert not messages.can_undo()


def test_ctrl_z_in_the_window_and_nothing_left_for_the_next_person(
    sqlite_office: Office, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    with front(qtbot, sqlite_office) as window:
        room = window.come_in("li")
        page = room.pages["queue"]
        assert isinstance(page, QueuePage)
        page.table.select_key(("leg", 1))
        page.deeds.claim()
        undo = room.keys.find("undo")
        assert undo is not None
        assert undo.keys == "Ctrl+Z"
        assert undo.enabled()
        assert room.keys.run(undo)
        assert leg(sqlite_office, 1).state is LegState.QUEUED
        page.deeds.claim()
        window.window.switch()
        QApplication.processEvents()
        assert not messages.can_undo()
        messages.undo()
        assert leg(sqlite_office, 1).state is LegState.CLAIMED
