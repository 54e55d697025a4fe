"""The board of clocks: columns, keys, laws, lapses taken note of, and what ran out while somebody was away."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.objections import Decision
from liaison_desk.desk.requests import ApproveRequest, ClaimRequest
from liaison_desk.store.models import Hold, Leg
from liaison_desk.ui.awaypanel import SEEN
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.clockcards import STEP
from liaison_desk.ui.clockspage import ClocksPage
from liaison_desk.ui.holddialogs import DecisionDialog, DocumentDialog, HoldRequestDialog, ObjectionDialog
from liaison_desk.ui.theme import say
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, focus, press_in, type_in


def seat(
    desk: Desk, background: SynchronousBackground, qtbot: QtBot, *, seen: datetime | None = None
) -> Bench:
    context = context_of(desk, background)
    if seen is not None:
        context.remember(SEEN, seen.isoformat())
    return Bench(ClocksPage(context), qtbot)


def page_of(bench: Bench) -> ClocksPage:
    assert isinstance(bench.page, ClocksPage)
    return bench.page


def numbers(page: ClocksPage) -> dict[str, list[tuple[str, str]]]:
    """By column, the clock and the number of each card."""
    return {
        key: [(view.card.kind, view.card.number) for view in column.views]
        for key, column in page.columns.items()
    }


def hold(office: Office) -> Hold:
    with office.database.reading() as session:
        return session.scalars(select(Hold).order_by(Hold.id.desc())).first() or Hold()


def stopped(office: Office, n: int = 0) -> None:
    """A stop of 20,000.00 at the ICBC, begun now, with its document."""
    opened = given.case(office, [("ICBC", 3_500_000)], n=n)
    office.officer.do(AddDocument(leg_id=opened.leg_ids[0], kind="", number="公经止字〔2026〕1号"))
    given.answered(office, opened.leg_ids[0])


def test_every_clock_stands_in_the_column_of_what_is_left(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    stopped(office)
    end = hold(office).ends_at
    office.clock.now = end - timedelta(hours=20)
    given.case(office, [("ABC", 120_050)], n=5)
    office.clock.forward(minutes=6)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)

    # Claimed within 5 minutes: over; answered within 30: 24 left; the stop ends tomorrow. The second owes a document.
    assert numbers(page) == {
        "ended": [("claim", "ZF〔2026〕2")],
        "hour": [("answer", "ZF〔2026〕2")],
        "today": [],
        "later": [("stop", "ZF〔2026〕1"), ("document", "ZF〔2026〕2")],
    }
    ended, hour = page.columns["ended"].views[0], page.columns["hour"].views[0]
    assert ended.lines[:3] == ("▲ 超时 01:00", "受理 5 分钟", "ZF〔2026〕2 · 农业银行")
    assert hour.lines[0] == "◆ 24:00"
    assert page.columns["later"].views[0].lines[:2] == ("19:54:00", "止付 48 小时")
    assert "银发〔2016〕86号" in page.columns["later"].views[0].toolTip()

    # A second later it counts on, without anybody reading anything.
    office.clock.forward(seconds=1)
    page.tick()
    assert (ended.lines[0], hour.lines[0]) == ("▲ 超时 01:01", "◆ 23:59")
    # Time alone carries the card over.
    office.clock.forward(minutes=24)
    page.tick()
    assert [kind for kind, _ in numbers(page)["ended"]] == ["claim", "answer"]
    assert said.errors == []


def test_the_law_is_shown_when_asked_for_and_remembered(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    stopped(sqlite_office)
    bench = seat(sqlite_office.icbc, background, qtbot)
    page = page_of(bench)
    view = page.columns["later"].views[0]
    assert "依据 银发〔2016〕86号" not in view.lines
    assert bench.press("B")
    assert "依据 银发〔2016〕86号" in view.lines
    assert page.context.recall("clocks_law") == "1"


def test_arrows_walk_from_card_to_card_and_return_opens(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    office.clock.forward(minutes=6)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    ended, hour = page.columns["ended"].views, page.columns["hour"].views
    assert (len(ended), len(hour)) == (2, 2)
    assert focus() is ended[0]
    press_in(Qt.Key.Key_Down)
    assert focus() is ended[1]
    press_in(Qt.Key.Key_Right)
    assert focus() is hour[1]
    press_in(Qt.Key.Key_Home)
    assert focus() is hour[0]
    asked: list[int] = []
    page.context.ways.open_leg.connect(asked.append)
    press_in(Qt.Key.Key_Return)
    assert asked == [hour[0].card.leg_id]
    # What changes elsewhere leaves the hand where it is.
    office.ccb.do(ClaimRequest(leg_id=opened.leg_ids[1]))
    bench.hear()
    assert focus() is page.columns["hour"].views[0]


def test_a_representative_chooses_between_all_and_the_own_institution(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    bench = seat(office.ccb, background, qtbot)
    page = page_of(bench)
    shown = {view.card.institution for column in page.columns.values() for view in column.views}
    assert "CCB" in shown
    page.filters.pill("own").click()
    assert {v.card.institution for c in page.columns.values() for v in c.views} == {"CCB"}
    page.clock.set_value("answer")
    page.clock.activated.emit(page.clock.currentIndex())
    assert {v.card.kind for c in page.columns.values() for v in c.views} == {"answer"}


def test_a_stop_about_to_lapse_becomes_a_freeze_in_time_from_the_board(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    stopped(office)
    end = hold(office).ends_at
    office.clock.now = end - timedelta(minutes=50)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    assert numbers(page)["hour"] == [("stop", "ZF〔2026〕1")]
    assert bench.press("F")
    dialog = bench.dialog(HoldRequestDialog)
    assert isinstance(dialog, HoldRequestDialog)
    assert dialog.kind.value() is LegKind.FREEZE
    assert dialog.form.fields["amount"].value() == 2_000_000
    type_in("协助冻结财产通知书", Qt.Key.Key_Tab)
    type_in("公经冻财字〔2026〕8号")
    dialog.submit()
    assert said.errors == []
    assert dialog.error == ""

    # The board says that it is on its way; a lead approves, the bank freezes in time.
    view = page.columns["hour"].views[0]
    with office.database.reading() as session:
        freeze = session.scalars(select(Leg).where(Leg.kind == LegKind.FREEZE)).one()
    assert freeze.state is LegState.APPROVAL
    assert freeze.number in view.lines[3]
    office.lead.do(ApproveRequest(leg_id=freeze.id, version=freeze.version))
    office.icbc.do(ClaimRequest(leg_id=freeze.id))
    office.clock.forward(minutes=10)
    office.icbc.do(
        AnswerRequest(leg_id=freeze.id, outcome=Outcome.DONE, executed=2_000_000, balance_before=2_000_000)
    )
    bench.hear()
    assert numbers(page)["hour"] == []
    assert ("freeze", freeze.number) in numbers(page)["later"]
    assert (hold(office).frozen, hold(office).lapsed) == (2_000_000, 0)


def test_a_stop_that_lapses_is_taken_note_of_on_the_board(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    stopped(office)
    bench = seat(office.icbc, background, qtbot)
    page = page_of(bench)
    badges: list[tuple[int, bool]] = []
    page.badge_changed.connect(lambda count, alarm: badges.append((count, alarm)))
    office.clock.now = hold(office).ends_at + timedelta(minutes=42)
    office.system.do(RecordLapses())
    bench.hear()
    assert badges[-1] == (1, True)
    view = page.columns["ended"].views[0]
    assert view.lines[0] == "▲ 过期 42:00"
    view.setFocus()
    assert bench.press("K")
    assert said.errors == []
    assert bench.announced == "ZF〔2026〕1 失效已签收"
    assert numbers(page)["ended"] == []
    assert badges[-1] == (0, False)
    assert hold(office).acknowledged_at == office.clock.now
    assert not bench.possible("acknowledge")


def test_who_was_away_is_told_in_order_what_ran_out(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    stopped(office)
    gone = office.clock.now + timedelta(minutes=10)
    office.clock.now = hold(office).ends_at + timedelta(hours=5)
    office.system.do(RecordLapses())
    bench = seat(office.officer, background, qtbot, seen=gone)
    page = page_of(bench)
    assert page.away.isVisible()
    (line,) = (say(words) for words in page.away.lines)
    assert line.split()[-4:] == ["止付", "ZF〔2026〕1", "工商银行", "20,000.00"]
    page.away.dismiss()
    assert not page.away.isVisible()
    # Told once; who has been here all the time is not told at all.
    page.refresh()
    assert not page.away.isVisible()
    here = page_of(seat(office.icbc, background, qtbot, seen=office.clock.now - timedelta(minutes=20)))
    assert not here.away.isVisible()


def test_an_objection_is_recorded_by_an_officer_and_decided_by_a_lead(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    stopped(office)
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    page.columns["later"].views[0].setFocus()
    assert bench.press("O")
    dialog = bench.dialog(ObjectionDialog)
    assert isinstance(dialog, ObjectionDialog)
    dialog.form.set_values(name="张三", text="账户内为工资收入")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    cards = [view.card for column in page.columns.values() for view in column.views]
    assert [card.kind for card in cards].count("objection") == 1
    assert "decision" not in {spec.name for spec in page.actions_offered()}

    lead = seat(office.lead, background, qtbot)
    view = next(v for c in page_of(lead).columns.values() for v in c.views if v.card.kind == "objection")
    view.setFocus()
    assert lead.press("Y")
    decision = lead.dialog(DecisionDialog)
    assert isinstance(decision, DecisionDialog)
    assert decision.text.text() == "账户内为工资收入"
    decision.form.set_values(decision=Decision.REJECTED, reason="已核实")
    decision.submit()
    assert (said.errors, decision.error) == ([], "")
    assert all(v.card.kind != "objection" for c in page_of(lead).columns.values() for v in c.views)


def test_a_document_that_is_owed_is_entered_from_its_card(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    given.case(office, [("ICBC", 3_500_000)])
    bench = seat(office.officer, background, qtbot)
    page = page_of(bench)
    (owed,) = (view for view in page.columns["later"].views if view.card.kind == "document")
    owed.setFocus()
    assert bench.press("D")
    dialog = bench.dialog(DocumentDialog)
    assert isinstance(dialog, DocumentDialog)
    dialog.form.set_values(document_kind="协助查询财产通知书", document_number="公经查字〔2026〕9号")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    assert numbers(page)["later"] == []


def test_a_long_column_asks_before_it_shows_everything(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    for n in range(STEP + 3):
        given.case(office, [("ICBC", 100_000 + n)], n=n)
    bench = seat(office.icbc, background, qtbot)
    column = page_of(bench).columns["hour"]
    qtbot.waitUntil(lambda: len(column.views) == STEP)
    assert column.count.text() == str(2 * (STEP + 3))
    column._show_more()
    qtbot.waitUntil(lambda: len(column.views) == 2 * STEP)
