"""The place "Flow": picture and table in step, filters, walking by keys, opening, asking on, exports, lists."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.flow import NodeKind
from liaison_desk.core.flow_layout import SOON
from liaison_desk.core.lifecycle import HopKind, LegState
from liaison_desk.core.tracing_rules import Rule
from liaison_desk.desk.answers import AddHops, HopInput
from liaison_desk.desk.requests import WithdrawRequest
from liaison_desk.store.chain import Access
from liaison_desk.store.models import Leg
from liaison_desk.ui import theme
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.flowchooser import CaseChooser
from liaison_desk.ui.flowexport import export_to
from liaison_desk.ui.flowpage import FlowPage
from tests import given
from tests.bench.flow_scene import scene
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, press_in, type_in

CARDS = [given.card("ABC", 77), given.card("CCB", 78)]


def traced(office: Office) -> given.OpenedCase:
    """35,000.00 to ICBC: 20,000.00 stopped, 6,000.00 to ABC, 4,000.00 to CCB, 5,000.00 in cash."""
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0], hops=[(CARDS[0], 600_000), (CARDS[1], 400_000)])
    office.icbc.do(
        AddHops(
            leg_id=opened.leg_ids[0],
            hops=(
                HopInput(fen=500_000, happened_at=office.clock.now - timedelta(minutes=3), kind=HopKind.CASH),
            ),
        )
    )
    return opened


@pytest.fixture
def shown(sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot) -> tuple[Bench, FlowPage]:
    opened = traced(sqlite_office)
    page = FlowPage(context_of(sqlite_office.officer, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    page.take_focus()
    return bench, page


def keys(page: FlowPage) -> list[str]:
    assert page.picture is not None
    return [node.key for node in page.picture.nodes]


def test_without_a_case_the_place_offers_to_choose_one(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    opened = given.case(sqlite_office, [("ICBC", 3_500_000)])
    page = FlowPage(context_of(sqlite_office.officer, background))
    bench = Bench(page, qtbot)
    assert page.picture is None
    assert bench.press("C")
    chooser = bench.dialog(CaseChooser)
    assert isinstance(chooser, CaseChooser)
    chooser.words.setFocus()
    type_in("买买提")
    press_in(Qt.Key.Key_Return)
    assert page.case_id == opened.case_id
    assert page.picture is not None
    assert [node.kind for node in page.picture.nodes] == [NodeKind.VICTIM, NodeKind.ACCOUNT]


def test_picture_and_table_are_in_step_and_arrows_walk_along_the_money(shown: tuple[Bench, FlowPage]) -> None:
    _, page = shown
    canvas = page.canvas
    canvas.setFocus()
    chosen = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(canvas, key)
        chosen.append(canvas.lit.chosen)
    first = next(account.key for account in page.flow.accounts if account.level == 1) if page.flow else ""
    assert chosen[:2] == [keys(page)[0], first]
    assert chosen[2].startswith("a")
    assert chosen[4] == first
    line = page.table.current_row
    assert line is not None
    assert line.account.key == first

    other = next(row for row in page.table.rows.rows if row.account.number == CARDS[1])
    page.table.select_key(other.account.key)
    assert canvas.lit.chosen == other.account.key
    assert "6217" in canvas.accessibleDescription()


def test_the_table_has_the_four_rules_and_the_verdict(shown: tuple[Bench, FlowPage]) -> None:
    _, page = shown
    first = page.table.rows.rows[0]
    assert first.shares == (2_000_000,) * len(Rule)
    assert first.direct is True
    assert [page.table.rows.cell(0, column).text for column in range(4, 7)] == [
        "35,000.00",
        "20,000.00",
        "20,000.00",
    ]


def test_enter_opens_the_request_and_escape_lets_go(shown: tuple[Bench, FlowPage]) -> None:
    _, page = shown
    page.canvas.choose(keys(page)[1])
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert not page.pane.isHidden()
    assert page.pane.detail is not None
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert page.canvas.lit.chosen == ""
    page.close_pane()
    assert page.pane.isHidden()


def test_a_click_chooses_a_drag_moves_and_the_wheel_keeps_the_point_under_it(
    shown: tuple[Bench, FlowPage],
) -> None:
    _, page = shown
    canvas = page.canvas
    assert canvas.layout_shown is not None
    box = canvas.layout_shown.boxes[keys(page)[1]]
    canvas.whole()
    point = (QPointF(box.x + 9, box.middle) - canvas._at) * canvas.scale
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert canvas.lit.chosen == keys(page)[1]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(canvas, QPoint(45, 25))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(45, 25))
    moved = (QPointF(box.x + 9, box.middle) - canvas._at) * canvas.scale
    assert (moved - point).manhattanLength() == pytest.approx(60, abs=1)
    canvas.zoom(1.5, moved)
    kept = (QPointF(box.x + 9, box.middle) - canvas._at) * canvas.scale
    assert (kept - moved).manhattanLength() < 0.01


def test_filters_narrow_the_picture_and_say_what_is_not_shown(shown: tuple[Bench, FlowPage]) -> None:
    bench, page = shown
    whole = keys(page)
    page.filters.least.setText("4500")
    page.filters.least.editingFinished.emit()
    assert sorted(key[0] for key in keys(page)) == ["a", "a", "s", "v", "x"], "the 4,000.00 are summed"
    page.filters.until.line.setText("xx")
    page.filters.until.line.editingFinished.emit()
    assert not page._wrong.isHidden()
    page.filters.until.line.setText("")
    page.filters.least.setText("")
    page.filters.least.editingFinished.emit()
    assert keys(page) == whole
    page.filters.since.set_value(page.context.now() - timedelta(minutes=3, seconds=30))
    page.filters.since.line.editingFinished.emit()
    assert [key[0] for key in keys(page)] == ["a", "x"], "the cash alone is younger"
    assert "45,000.00" in page._hidden.text()
    assert bench.press("Shift+A")
    assert keys(page) == whole


def test_one_victims_money_under_a_rule(shown: tuple[Bench, FlowPage]) -> None:
    _, page = shown
    assert not page.filters.rule.isEnabled()
    assert page.flow is not None
    page.filters.victims.pill(page.flow.victims[0].key).click()
    assert page.filters.rule.isEnabled()
    assert page.picture is not None
    assert page.picture.view.victim == page.flow.victims[0].key
    assert page.picture.drawn_fen == 3_500_000 + 600_000 + 400_000 + 500_000


def test_a_box_closes_and_its_sum_opens(shown: tuple[Bench, FlowPage]) -> None:
    bench, page = shown
    whole, first = keys(page), keys(page)[1]
    page.canvas.choose(first)
    assert bench.press("E")
    assert keys(page) == [whole[0], first, f"s{first}"]
    page.open_node(f"s{first}")
    assert keys(page) == whole


def test_the_way_from_the_victims_is_brought_out(shown: tuple[Bench, FlowPage]) -> None:
    bench, page = shown
    last = next(row for row in page.table.rows.rows if row.account.number == CARDS[1])
    page.table.select_key(last.account.key)
    assert bench.press("P")
    assert page.canvas.lit.nodes == {*keys(page)[:2], last.account.key}
    assert bench.press("P")
    assert not page.canvas.lit.any


def test_one_key_asks_one_account_and_another_all_of_them(
    shown: tuple[Bench, FlowPage], sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, page = shown
    # The answer has proposed both; nothing of it stands in a queue until an officer's key.
    askable = [node.account.number for node in page.askable() if node.account is not None]
    assert sorted(askable) == sorted(CARDS)
    page.table.select_key(page.askable()[0].key)
    assert bench.press("N")
    assert len(page.askable()) == 1
    monkeypatch.setattr("liaison_desk.ui.messages.ask", lambda *_, **__: True)
    assert bench.press("Shift+N")
    assert page.askable() == []
    with sqlite_office.database.reading() as session:
        sent = session.scalars(select(Leg).where(Leg.level == 2)).all()
        assert sorted(leg.asked for leg in sent) == [400_000, 600_000]
        assert {leg.state for leg in sent} == {LegState.QUEUED}


def test_an_account_without_any_request_is_asked_for_what_is_still_there(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = traced(office)
    with office.database.reading() as session:
        proposed = session.scalars(select(Leg.id).where(Leg.state == LegState.PROPOSED)).all()
    for leg_id in proposed:
        office.officer.do(WithdrawRequest(leg_id=leg_id, reason="另行发出"))
    page = FlowPage(context_of(office.officer, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    page.table.select_key(page.askable()[0].key)
    assert bench.press("N")
    with office.database.reading() as session:
        fresh = session.scalars(select(Leg).order_by(Leg.id.desc()).limit(1)).one()
        assert (fresh.state, fresh.asked) == (LegState.QUEUED, 600_000)


def test_exports_are_masked_logged_and_crisp(
    shown: tuple[Bench, FlowPage], sqlite_office: Office, tmp_path: Path, said: Said
) -> None:
    _, page = shown
    for name in ("flow.pdf", "flow.svg", "flow.png"):
        export_to(page, tmp_path / name)
    assert said.errors == said.bugs == []
    text = "".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "flow.pdf").pages)
    assert "35,000.00" in text
    assert "账户A" in text
    assert given.card("ICBC", 0)[6:15] not in text.replace(" ", "")
    assert "张三" not in text
    assert QSvgRenderer(str(tmp_path / "flow.svg")).isValid()
    assert QImage(str(tmp_path / "flow.png")).width() > 1500
    with sqlite_office.database.reading() as session:
        assert [row.way for row in session.scalars(select(Access).order_by(Access.id))].count("export") == 3


def test_a_representative_sees_the_chain_with_tokens_and_asks_nobody(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    opened = traced(sqlite_office)
    page = FlowPage(context_of(sqlite_office.abc, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    assert [row.account.number.count("*") > 0 for row in page.table.rows.rows] == [True, False, True]
    assert "ask" not in {spec.name for spec in page.actions_offered()}
    assert not bench.possible("toggle")


def test_the_lists_of_accounts_that_meet_have_their_evidence(shown: tuple[Bench, FlowPage]) -> None:
    _, page = shown
    assert page.meetings.found is not None
    page.meetings.lists.pill("emptied").click()
    assert page.meetings.stack.currentIndex() == 1
    assert page.meetings.tables["emptied"].rows.rowCount() == len(page.meetings.found.emptied)
    page.meetings.lists.pill("accounts").click()
    assert page.meetings.stack.currentIndex() == 0


def test_two_thousand_accounts_are_summed_and_all_of_them_go_through_the_other_process(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    page = FlowPage(context_of(sqlite_office.officer, background))
    bench = Bench(page, qtbot)
    flow = scene(2000)
    page.case_id = 1
    page._read(flow)
    assert page.picture is not None
    assert len(page.picture.nodes) < 120
    assert sum(node.count for node in page.picture.nodes if node.kind is NodeKind.SUM) > 1500
    assert bench.press("A")
    assert len(keys(page)) > SOON
    assert page.table.rows.rowCount() == 2000


@pytest.mark.parametrize("look", ["dark", "contrast"])
def test_it_is_painted_in_every_look_and_in_english(shown: tuple[Bench, FlowPage], look: str) -> None:
    _, page = shown
    application = theme.QApplication.instance()
    assert isinstance(application, theme.QApplication)
    theme.apply(application, look, 1.0, "en")
    image = page.canvas.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 8
