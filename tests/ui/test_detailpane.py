"""The pane beside the queue: facts, four amounts, next hops, notes, and what another institution may not read."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.store.chain import Access
from liaison_desk.ui.answerparts import Link
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.holddialogs import DocumentDialog
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, press_in, type_in


def bench_of(
    office: Office, login: str, background: SynchronousBackground, qtbot: QtBot
) -> tuple[Bench, QueuePage]:
    page = QueuePage(context_of(office.door(login), background))
    return Bench(page, qtbot), page


def words(page: QueuePage) -> list[str]:
    """Every visible label of the pane; what was put into a shown window is shown by an event."""
    QApplication.processEvents()
    return [label.text() for label in page.pane.findChildren(QLabel) if label.isVisible() and label.text()]


def test_the_addressee_reads_what_must_match_in_full(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    _, page = bench_of(sqlite_office, "li", background, qtbot)
    said = words(page)
    number = given.card("ICBC", 0)
    assert " ".join(number[at : at + 4] for at in range(0, 19, 4)) in said
    for fact in ("张三", "35,000.00", "09:56:00", "0 / 2", "17,500.00", "1 级 · 9 分"):
        assert fact in said
    assert "买**" in " ".join(said)
    assert page.pane.chip.text == "05:00"
    page.context.desk.flush_views()
    with sqlite_office.database.reading() as session:
        texts = session.scalars(select(Access.text).where(Access.way == "view")).all()
    views = [view for text in texts for view in json.loads(text)["details"]["views"]]
    assert [(view["what"], view["id"]) for view in views] == [("leg", 1)]


def test_a_foreign_representative_reads_token_and_mask(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    _, page = bench_of(sqlite_office, "zhou", background, qtbot)
    page.filters.pill("all").click()
    page.table.select_key(("leg", 1))
    said = words(page)
    assert "账户A" in said
    assert given.card("ICBC", 0) not in "".join(said).replace(" ", "")
    assert "6222 02" in " ".join(said)
    page.context.desk.flush_views()
    with sqlite_office.database.reading() as session:
        texts = session.scalars(select(Access.text).where(Access.way == "view")).all()
    # Only the own request was seen in full.
    assert {view["id"] for text in texts for view in json.loads(text)["details"]["views"]} == {2}


def test_the_four_amounts_stand_apart_and_the_next_hop_leads_to_its_request(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office)
    given.answered(sqlite_office, case.leg_ids[0], hops=[(given.card("ABC", 7), 1_000_000)])
    _, page = bench_of(sqlite_office, "wang", background, qtbot)
    page.show_item(case.leg_ids[0])
    said = words(page)
    labels = ("要求", "受理金额", "执行", "实际控制")
    values = [said[said.index(label) + 1] for label in labels]
    assert values == ["35,000.00", "—", "35,000.00", "20,000.00"]
    assert page.pane.money.equation.startswith("损失 35,000.00")
    opened: list[int] = []
    page.context.ways.open_leg.connect(opened.append)
    links = [link for link in page.pane.findChildren(Link) if "ZF〔2026〕2" in link.text()]
    QTest.mouseClick(links[0], Qt.MouseButton.LeftButton)
    assert opened == [2]


def test_an_answer_by_telephone_waits_for_the_representative(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office)
    sqlite_office.officer.do(AnswerRequest(leg_id=case.leg_ids[0], outcome=Outcome.NAME_MISMATCH))
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    page.show_item(case.leg_ids[0])
    confirm = [button for button in page.pane.findChildren(Button) if button.text() == "确认"]
    assert len(confirm) == 1
    confirm[0].click()
    assert bench.announced == "ZF〔2026〕1 的反馈已确认"
    assert not [
        button for button in page.pane.findChildren(Button) if button.text() == "确认" and button.isVisible()
    ]


def test_an_account_known_from_another_case_is_pointed_out(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    sqlite_office.clock.forward(minutes=1)
    second = given.case(sqlite_office, victim="欧阳小明")
    _, page = bench_of(sqlite_office, "wang", background, qtbot)
    page.table.select_key(("leg", second.leg_ids[0]))
    opened: list[int] = []
    page.context.ways.open_case.connect(opened.append)
    links = [link for link in page.pane.findChildren(Link) if "AJ〔2026〕1" in link.text()]
    QTest.mouseClick(links[0], Qt.MouseButton.LeftButton)
    assert opened == [1]


def test_a_note_completes_institutions_and_is_plain_text(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench, page = bench_of(sqlite_office, "li", background, qtbot)
    bench.press("M")
    type_in("<b>x</b> @cc")
    edit = page.pane.note.edit
    assert edit.completer.completionCount() == 1
    edit.complete(edit.completer.currentCompletion())
    assert edit.toPlainText() == "<b>x</b> @CCB "
    edit.completer.list.hide()
    press_in(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bench.announced == "已写附言"
    assert edit.toPlainText() == ""
    assert "<b>x</b> @CCB" in words(page)
    assert said.errors == []


def test_the_countdown_goes_on_while_nothing_else_happens(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    _, page = bench_of(sqlite_office, "li", background, qtbot)
    sqlite_office.clock.forward(minutes=6)
    page.tick()
    assert page.pane.chip.text == "超时 01:00"


def test_a_document_that_follows_is_entered_from_the_pane(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    assert "document" in page.pane.steps.names
    assert bench.press("F")
    dialog = bench.dialog(DocumentDialog)
    assert isinstance(dialog, DocumentDialog)
    dialog.form.set_values(document_kind="止付通知书", document_number="公止字〔2026〕8号")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    assert "止付通知书 公止字〔2026〕8号" in words(page)
    assert not bench.possible("document")
    # The bank does not bring the police's papers.
    _, theirs = bench_of(sqlite_office, "li", background, qtbot)
    assert not any(spec.name == "document" for spec in theirs.actions_offered())


def test_a_release_tells_how_long_it_took_against_its_clock(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    """Asked at 10:05 on 10 March, let go 30 hours later: three days were given."""
    told = Told(sqlite_office)
    told.report(1, 500_000)
    told.tell(told.legs[1], 5_000_000, 5_000_000)
    release = told.ask(1, LegKind.RELEASE_STOP, 4_500_000)
    _, page = bench_of(sqlite_office, "zhao", background, qtbot)
    page.show_item(release)
    assert "解除用时" not in words(page)
    told.at(hours=30)
    told.tell(release, 4_500_000, None)
    page.refresh()
    page.show_item(release)
    said = words(page)
    assert said[said.index("解除用时") + 1] == "30:00:00"
    assert "期限内" in said
