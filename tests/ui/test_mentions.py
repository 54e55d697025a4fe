"""Notes that call an institution at the window: found by name, counted at the top, taken note of by one for all."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.notes import notes_to_take
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.mentions import MentionsDialog
from liaison_desk.ui.notes import Callee
from liaison_desk.ui.queuepage import QueuePage
from liaison_desk.ui.shiftpage import ShiftPage
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.given_window import front
from tests.ui.seats import Bench, context_of, type_in


def take_note(dialog: QWidget) -> None:
    """The first note that is shown; what was put there just now is shown by an event."""
    QApplication.processEvents()
    buttons = [each for each in dialog.findChildren(Button) if each.isVisible()]
    next(each for each in buttons if each.accessibleName() != "关闭").click()


def test_an_institution_is_found_by_code_name_and_initials() -> None:
    bank = Callee.of("ICBC", "工商银行", "Industrial Bank")
    for begun in ("", "ic", "IC", "工", "银行", "gs", "gongshang", "indus"):
        assert bank.answers_to(begun), begun
    assert not bank.answers_to("ccb")
    assert bank.words == "ICBC  工商银行"


def test_a_name_after_the_at_sign_is_completed_to_the_code(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    page = QueuePage(context_of(sqlite_office.door("li"), background))
    bench = Bench(page, qtbot)
    bench.press("M")
    type_in("请核对 @建")
    edit = page.pane.note.edit
    assert edit.completer.completionCount() == 1
    edit.complete(edit.completer.currentCompletion())
    assert edit.toPlainText() == "请核对 @CCB "
    edit.completer.list.hide()


def test_a_whole_name_calls_as_the_code_does(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    name = sqlite_office.admin
    from liaison_desk.desk.office import institutions

    bank = next(row for row in name.read(institutions) if row.code == "ICBC")
    sqlite_office.officer.do(WriteNote(leg_id=1, text=f"请@{bank.name_zh}先办"))
    assert [note.text for note in sqlite_office.icbc.read(notes_to_take)] == [f"请@{bank.name_zh}先办"]


def test_the_pane_offers_to_take_note_and_then_says_who_did(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    sqlite_office.officer.do(WriteNote(leg_id=1, text="@ICBC 请先办"))
    page = QueuePage(context_of(sqlite_office.door("li"), background))
    bench = Bench(page, qtbot)
    (button,) = page.pane.notes.findChildren(Button)
    button.click()
    assert bench.announced == "已确认知悉"
    assert sqlite_office.icbc.read(notes_to_take) == ()
    QApplication.processEvents()
    labels = [label.text() for label in page.pane.notes.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("已知悉：") and "李工行" in text for text in labels)
    assert said.errors == []


def test_the_bell_counts_and_leads_to_the_request(sqlite_office: Office, qtbot: QtBot) -> None:
    given.case(sqlite_office)
    sqlite_office.officer.do(WriteNote(leg_id=1, text="@ICBC 请先办"))
    with front(qtbot, sqlite_office) as window:
        room = window.come_in("li")
        assert room.mentions.text() == "@ 1"
        assert not room.mentions.isHidden()
        sqlite_office.door("qian").do(WriteNote(case_id=1, text="@all 已报上级"))
        room._changed(frozenset({"note"}))
        assert room.mentions.text() == "@ 2"
        room.mentions.open()
        (dialog,) = window.shown(MentionsDialog)
        take_note(dialog)
        room._changed(frozenset({"note_taken"}))
        assert room.mentions.text() == "@ 1"
        take_note(dialog)
        room._changed(frozenset({"note_taken"}))
        assert room.mentions.isHidden()
        dialog.close()


def test_the_shift_shows_what_nobody_has_taken_note_of(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    sqlite_office.lead.do(
        OpenShift(
            name="白班",
            planned_from=sqlite_office.clock.now,
            planned_until=sqlite_office.clock.now + timedelta(hours=12),
        )
    )
    sqlite_office.officer.do(WriteNote(leg_id=1, text="@ICBC @CCB 请先办"))
    sqlite_office.officer.do(WriteNote(leg_id=1, text="@ICBC 再催"))
    page = ShiftPage(context_of(sqlite_office.lead, background))
    qtbot.addWidget(page)
    page.refresh()
    shown = [label.text() for label in page.facts.findChildren(QLabel)]
    assert shown[shown.index("尚未确认知悉的附言") + 1 :][:2] == ["工商银行 2 · 建设银行 1", "最早 10:05"]
