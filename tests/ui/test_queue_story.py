"""The story of issue 2, through the widgets: from a report with three payments to the next hops at level 2."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.core.words import Message
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.newcase import NewCaseDialog
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, focus, press_in, type_in

TAB, RETURN = Qt.Key.Key_Tab, Qt.Key.Key_Return
CONTROL = Qt.KeyboardModifier.ControlModifier
BANKS = ("ICBC", "CCB", "ABC")


def seat(desk: Desk, background: SynchronousBackground, qtbot: QtBot) -> Bench:
    return Bench(QueuePage(context_of(desk, background)), qtbot)


def page_of(bench: Bench) -> QueuePage:
    assert isinstance(bench.page, QueuePage)
    return bench.page


def take_report(bench: Bench) -> None:
    """By keyboard alone: Ctrl+N, the victim, three payments, Ctrl+Return."""
    assert bench.press("Ctrl+N")
    dialog = bench.dialog(NewCaseDialog)
    assert isinstance(dialog, NewCaseDialog)
    type_in("买买提·吐尔逊", TAB)
    type_in("13812341234", TAB, TAB)
    press_in(Qt.Key.Key_Down)
    type_in("", TAB, TAB, TAB)
    for number, (bank, yuan) in enumerate(zip(BANKS, ("35000", "33,000.00", "1200.5"), strict=True)):
        assert focus() is dialog.payments[number].account
        type_in(given.card(bank, number), TAB)
        type_in("㼆𠮷某", TAB)
        type_in(yuan, TAB)
        type_in("9:52")
        if number < 2:
            press_in(RETURN)
    assert len(dialog.payments) == 3
    press_in(RETURN, CONTROL)


def test_a_report_is_stopped_answered_and_followed_to_level_two(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    officer = seat(office.officer, background, qtbot)
    representative = seat(office.door("li", office.elsewhere()), background, qtbot)
    ccb = seat(office.door("zhou", office.elsewhere()), background, qtbot)
    assert page_of(representative).table.rows.rowCount() == 0

    take_report(officer)
    assert said.errors == []
    assert officer.announced == "AJ〔2026〕1 已登记；3 项请求已发往 工商银行、建设银行、农业银行"
    assert sorted(row.institution for row in page_of(officer).table.rows.rows) == ["ABC", "CCB", "ICBC"]

    # The representative at the other seat hears of it, sees only her own bank's in full.
    representative.hear()
    rows = page_of(representative).table.rows.rows
    assert [row.institution for row in rows] == ["ICBC"]
    assert (rows[0].target, rows[0].holder, rows[0].amount) == (given.card("ICBC", 0), "㼆𠮷某", 3_500_000)
    assert page_of(representative).table.select_key(rows[0].key)
    assert representative.press("C")
    assert representative.announced == f"已受理 {rows[0].number}"
    assert page_of(representative).table.rows.rows[0].state is LegState.CLAIMED

    # Done in part, two next hops, one pasted as a line of cells and one typed.
    office.clock.forward(minutes=4)
    assert representative.press("A")
    form = representative.dialog(AnswerForm)
    assert isinstance(form, AnswerForm)
    assert form.hops is not None
    form.outcome.set_value(Outcome.PARTLY)
    form.form.fields["balance_before"].setFocus()
    type_in("20,000")
    assert "20,000.00" in form.effect.text()
    assert "仍差 15,000.00" in form.effect.text()
    form.hops.paste(f"{given.card('CCB', 41)}\t赵六\t9,000.00\t10:03:20")
    form.hops.paste(f"卡号\t户名\t金额\t时间\n{given.card('ABC', 42)}\t钱七\t6000\t10:03:55")
    form.submit()
    assert said.errors == []
    assert form.error == ""
    assert representative.announced == f"{rows[0].number} 已反馈；已向民警提议 2 项下一级请求"

    # The officer sees them among those to be issued, and issues both by one key.
    officer.hear()
    page = page_of(officer)
    page.filters.pill("proposed").click()
    assert page.filters.pill("proposed").filter.count == 2
    assert [row.level for row in page.table.rows.rows] == [2, 2]
    page.table.selectAll()
    assert officer.press("I")
    assert officer.announced == "已发出 2 项请求"
    assert page.table.rows.rowCount() == 0

    # The next bank has its request at level 2, and reads the other banks' holders as tokens.
    ccb.hear()
    own = page_of(ccb).table.rows.rows
    assert sorted((row.level, row.amount) for row in own) == [(1, 3_300_000), (2, 900_000)]
    page_of(ccb).filters.pill("all").click()
    foreign = [row for row in page_of(ccb).table.rows.rows if row.institution != "CCB"]
    assert foreign
    assert all(isinstance(row.holder, Message) and "*" in row.target for row in foreign)
    holder = next(n for n, c in enumerate(page_of(ccb).table.rows.columns) if c.key == "holder")
    shown = {page_of(ccb).table.rows.cell(n, holder).text for n in range(page_of(ccb).table.rows.rowCount())}
    assert {text for text in shown if text.startswith("账户")}
    assert "㼆𠮷某" in shown

    # The lead sees all.
    assert len(office.lead.read(queue, QueueView(history=True)).rows) == 5


def test_who_is_second_is_told_who_was_first(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    given.case(office)
    first = seat(office.icbc, background, qtbot)
    second = seat(office.door("liu", office.elsewhere()), background, qtbot)
    assert first.press("C")
    # The second seat has not heard of it yet and still shows it as waiting.
    assert second.press("C")
    assert [str(error).split(" at ")[0] for error in said.errors] == ["李工行 claimed ZF〔2026〕1"]
    second.hear()
    assert page_of(second).table.rows.rows[0].claimed_by == "李工行"
    assert not second.possible("claim")


def test_selection_scroll_and_a_half_written_note_survive_what_others_do(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    for n in range(30):
        given.case(office, [("ICBC", 1_000_000 + n * 1000)], n=n)
        office.clock.forward(seconds=20)
    bench = seat(office.icbc, background, qtbot)
    page = page_of(bench)
    chosen = page.table.rows.rows[17]
    assert page.table.select_key(chosen.key)
    page.table.verticalScrollBar().setValue(160)
    bench.press("M")
    type_in("请核对户名")
    scroll = page.table.verticalScrollBar().value()

    other = office.door("liu", office.elsewhere())
    given.case(office, [("ICBC", 9_900_000)], n=70)
    other.do(ClaimRequest(leg_id=page.table.rows.rows[20].id))
    bench.hear()

    assert page.table.rows.rowCount() == 31
    assert [row.key for row in page.table.selected_rows] == [chosen.key]
    assert page.pane.note.edit.toPlainText() == "请核对户名"
    assert focus() is page.pane.note.edit
    assert (
        page.table.rowViewportPosition(page.table.rows.number_of(chosen.key) or 0)
        == 17 * page.table.rowHeight(0) - scroll
    )
    # Another line is looked at and left again: the note is still half written.
    page.table.select_key(page.table.rows.rows[3].key)
    assert page.pane.note.edit.toPlainText() == ""
    page.table.select_key(chosen.key)
    assert page.pane.note.edit.toPlainText() == "请核对户名"
    assert said.errors == []
