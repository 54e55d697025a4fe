"""Dated clock rules: to the second, by the calendar, and never for what has already begun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from liaison_desk.core.clocks import DEFAULT_RULES, ClockRule, Unit
from liaison_desk.core.errors import BadInput, NotAllowed
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.board import clock_board
from liaison_desk.desk.check import check
from liaison_desk.desk.clock_rules import RuleRow, SetClockRule, clock_rules, rules
from liaison_desk.desk.clockwork import due, rule_at
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.desk.requests import (
    CorrectRequest,
    IssueProposed,
    IssueRequest,
    ReturnForCorrection,
    WithdrawRequest,
)
from liaison_desk.desk.work import SYSTEM, Work
from liaison_desk.store.models import Leg
from tests import given
from tests.desk.rows import hold_of, leg, refused, rows
from tests.given import Office


def set_rule(office: Office, name: str, length: int, unit: Unit, **more: object) -> int:
    values = {"reason": "上级新规定", **more}
    return office.lead.do(SetClockRule(name=name, length=length, unit=unit, **values))  # type: ignore[arg-type]  # fields by name


def end_of(office: Office, name: str, start: datetime) -> datetime:
    door = office.system
    with office.database.reading() as session:
        return due(Work(session, SYSTEM, door.seat, office.clock.now), name, start)


def in_force(office: Office, name: str) -> RuleRow:
    return next(row for row in office.lead.read(clock_rules) if row.name == name and row.now)


def utc(text_: str) -> datetime:
    return datetime.fromisoformat(text_).replace(tzinfo=UTC)


# --- when clocks end


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("stop", "2026-03-10 06:05:09", "2026-03-12 06:05:09"),
        ("answer", "2026-03-10 06:05:09", "2026-03-10 06:35:09"),
        # 31 August in Beijing + 6 months: 24:00 on the last day of February.
        ("freeze", "2026-08-31 02:00:00", "2027-02-28 16:00:00"),
        ("freeze", "2027-08-31 02:00:00", "2028-02-29 16:00:00"),
        ("freeze", "2028-02-29 02:00:00", "2028-08-29 16:00:00"),
        # Already 1 September in Beijing.
        ("freeze", "2026-08-31 16:00:00", "2027-03-01 16:00:00"),
        ("release", "2026-03-10 06:05:09", "2026-03-13 16:00:00"),
        # Spring Festival 2026: free 15 to 23 February; Saturdays 14 and 28 February are worked.
        ("return", "2026-02-13 02:00:00", "2026-02-25 16:00:00"),
        ("objection", "2026-02-26 02:00:00", "2026-03-02 16:00:00"),
    ],
)
def test_ends_by_hand(sqlite_office: Office, name: str, start: str, end: str) -> None:
    assert end_of(sqlite_office, name, utc(start)) == utc(end)


def test_the_office_adds_days_to_the_calendar(sqlite_office: Office) -> None:
    start = utc("2026-02-26 02:00:00")
    sqlite_office.lead.do(ChangeSetting(key="extra_days", value={"2026-02-27": False}))
    # 26 February is not counted, the 27th is the office's own free day; 28 (make-up Saturday), 2, 3 March.
    assert end_of(sqlite_office, "objection", start) == utc("2026-03-03 16:00:00")


# --- rules with dates


def test_without_a_dated_rule_the_defaults_hold_with_the_offices_lengths(sqlite_office: Office) -> None:
    found = sqlite_office.auditor.read(clock_rules)
    assert [row.name for row in found] == list(DEFAULT_RULES)
    assert all(row.now and row.id is None and row.valid_from is None for row in found)
    stop = in_force(sqlite_office, "stop")
    assert (stop.length, stop.unit, str(stop.words), stop.law) == (
        48,
        Unit.HOURS,
        "48 hours",
        "银发〔2016〕86号",
    )


def test_a_hold_keeps_the_rule_under_which_it_began(office: Office) -> None:
    first = given.case(office).leg_ids[0]
    given.answered(office, first)
    began = office.clock.now
    office.clock.forward(hours=1)
    set_rule(office, "stop", 72, Unit.HOURS, law="银发〔2026〕9号")
    office.clock.forward(hours=1)
    second = given.case(office, n=1).leg_ids[0]
    given.answered(office, second)
    assert hold_of(office, first).ends_at == began + timedelta(hours=48)
    assert hold_of(office, second).ends_at == office.clock.now + timedelta(hours=72)
    cards = [card for column in office.lead.read(clock_board).columns for card in column.rows]
    laws = {card.hold_id: (str(card.rule), card.law) for card in cards if card.kind == "stop"}
    assert laws == {
        hold_of(office, first).id: ("48 hours", "银发〔2016〕86号"),
        hold_of(office, second).id: ("72 hours", "银发〔2026〕9号"),
    }
    assert check(office.database, now=office.clock.now).findings == ()


def test_an_answer_told_late_runs_by_the_rule_at_its_start(sqlite_office: Office) -> None:
    office = sqlite_office
    first = given.case(office).leg_ids[0]
    desk = given.claimed(office, first)
    start = office.clock.now
    office.clock.forward(minutes=10)
    set_rule(office, "stop", 24, Unit.HOURS)
    desk.do(
        AnswerRequest(
            leg_id=first, outcome=Outcome.PARTLY, executed=3_500_000, balance_before=100, starts_at=start
        )
    )
    assert hold_of(office, first).ends_at == start + timedelta(hours=48)


def test_a_planned_rule_holds_from_its_moment_on(sqlite_office: Office) -> None:
    office = sqlite_office
    later = office.clock.now + timedelta(days=1)
    set_rule(office, "answer", 20, Unit.MINUTES, valid_from=later)
    just_before = later - timedelta(microseconds=1)
    assert end_of(office, "answer", just_before) == just_before + timedelta(minutes=30)
    assert end_of(office, "answer", later) == later + timedelta(minutes=20)
    assert in_force(office, "answer").length == 30
    office.clock.now = later
    row = in_force(office, "answer")
    assert (row.length, row.valid_from, row.set_by, row.reason) == (20, later, "王带班", "上级新规定")
    # Without another law being named, the one before goes on.
    assert row.law == DEFAULT_RULES["answer"].law


def test_the_history_says_who_when_and_why(office: Office) -> None:
    set_rule(office, "claim", 4, Unit.MINUTES, law="本办规定一")
    office.clock.forward(days=1)
    set_rule(office, "claim", 3, Unit.MINUTES, reason="试行")
    found = [row for row in office.auditor.read(clock_rules) if row.name == "claim"]
    assert [(row.length, row.law, row.reason, row.now) for row in found[:2]] == [
        (3, "本办规定一", "试行", True),
        (4, "本办规定一", "上级新规定", False),
    ]
    assert (found[2].length, found[2].valid_from, found[2].now) == (5, None, False)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "nothing"}, "name"),
        ({"length": 0}, "length"),
        ({"length": 10**9}, "length"),
        ({"reason": " "}, "reason"),
        ({"valid_from": datetime(2026, 3, 1, tzinfo=UTC)}, "valid_from"),
    ],
)
def test_what_no_rule_can_be(sqlite_office: Office, more: dict[str, object], field: str) -> None:
    values = {"name": "stop", "length": 24, "unit": Unit.HOURS, "reason": "试"} | more
    refused(sqlite_office, sqlite_office.lead, SetClockRule(**values), BadInput, field)  # type: ignore[arg-type]  # fields by name


def test_only_the_lead_sets_rules_and_nobody_edits_them(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.officer.do(SetClockRule(name="stop", length=1, unit=Unit.HOURS, reason="试"))
    set_rule(office, "stop", 72, Unit.HOURS)
    with pytest.raises(DBAPIError, match="never changed"), office.database.writing() as session:
        session.execute(text("UPDATE clock_rule SET length = 1"))


def test_a_changed_setting_is_a_rule_from_now_on_and_not_before(sqlite_office: Office) -> None:
    office = sqlite_office
    before = office.clock.now
    office.clock.forward(hours=2)
    office.lead.do(ChangeSetting(key="stop_hours", value=36))
    assert end_of(office, "stop", before) == before + timedelta(hours=48)
    assert end_of(office, "stop", office.clock.now) == office.clock.now + timedelta(hours=36)
    office.clock.forward(hours=2)
    office.lead.do(ChangeSetting(key="stop_hours", value=40))
    found = [row for row in office.lead.read(clock_rules) if row.name == "stop"]
    assert [(row.length, row.now) for row in found] == [(40, True), (36, False), (48, False)]
    assert found[-1].valid_from is None


def test_many_at_once_are_the_same_as_one(sqlite_office: Office) -> None:
    office = sqlite_office
    set_rule(office, "stop", 72, Unit.HOURS, valid_from=office.clock.now + timedelta(days=1))
    moments = [office.clock.now + timedelta(hours=hours) for hours in (0, 23, 24, 25)]
    door: Desk = office.system
    with office.database.reading() as session:
        work = Work(session, SYSTEM, door.seat, office.clock.now)
        found: list[ClockRule] = [rules(work).at("stop", moment) for moment in moments]
        assert found == [rule_at(work, "stop", moment) for moment in moments]
    assert [rule.length for rule in found] == [48, 48, 72, 72]


# --- clocks of requests


def held(office: Office) -> int:
    first = given.case(office).leg_ids[0]
    given.answered(office, first)
    return first


def test_a_release_has_three_days_and_not_thirty_minutes(office: Office) -> None:
    first = leg(office, held(office))
    made = office.officer.do(
        IssueRequest(case_id=first.case_id, kind=LegKind.RELEASE_STOP, asked=500_000, hold_id=first.hold_id)
    )
    release = leg(office, made)
    # From Tuesday, 10:05 in Beijing: 24:00 on Friday.
    assert release.due_at == utc("2026-03-13 16:00:00")
    assert release.claim_due_at == office.clock.now + timedelta(minutes=5)
    assert release.document_due_at is None


def test_a_stop_without_a_document_owes_it_for_24_hours(office: Office) -> None:
    first = given.case(office).leg_ids[0]
    assert leg(office, first).document_due_at == office.clock.now + timedelta(hours=24)
    given.answered(office, first)
    office.clock.forward(hours=3)
    refused(office, office.officer, AddDocument(leg_id=first, kind="止付通知书", number=" "), BadInput)
    office.officer.do(AddDocument(leg_id=first, kind="止付通知书", number="公止字〔2026〕7号"))
    found = leg(office, first)
    assert (found.document_due_at, found.document_kind, found.document_number) == (
        None,
        "止付通知书",
        "公止字〔2026〕7号",
    )


def test_a_document_that_is_there_is_not_owed_nor_one_of_what_was_withdrawn(office: Office) -> None:
    first = leg(office, held(office))
    common = {"case_id": first.case_id, "kind": LegKind.FREEZE, "asked": 100, "hold_id": first.hold_id}
    with_it = office.officer.do(IssueRequest(**common, document_number="公冻字〔2026〕1号"))  # type: ignore[arg-type]  # fields by name
    without = office.officer.do(IssueRequest(**common))  # type: ignore[arg-type]  # fields by name
    assert leg(office, with_it).document_due_at is None
    assert leg(office, without).document_due_at == office.clock.now + timedelta(hours=24)
    office.officer.do(WithdrawRequest(leg_id=without, reason="重复"))
    assert leg(office, without).document_due_at is None


def test_a_correction_brings_the_document(sqlite_office: Office) -> None:
    office = sqlite_office
    first = given.case(office).leg_ids[0]
    owed = leg(office, first).document_due_at
    office.icbc.do(ReturnForCorrection(leg_id=first, reason="缺文书"))
    office.clock.forward(minutes=5)
    office.officer.do(CorrectRequest(leg_id=first, remark="稍后补"))
    assert leg(office, first).document_due_at == owed
    office.icbc.do(ReturnForCorrection(leg_id=first, reason="缺文书"))
    office.officer.do(CorrectRequest(leg_id=first, document_number="公止字〔2026〕8号"))
    assert leg(office, first).document_due_at is None


def test_a_proposed_stop_owes_nothing_before_it_is_out(sqlite_office: Office) -> None:
    office = sqlite_office
    first = given.case(office).leg_ids[0]
    given.answered(office, first, hops=[(given.card("ABC", 77), 500_000)])
    proposed = rows(office, Leg, Leg.state == LegState.PROPOSED)[0]
    assert proposed.document_due_at is None
    office.clock.forward(minutes=2)
    office.officer.do(IssueProposed(leg_ids=(proposed.id,)))
    assert leg(office, proposed.id).document_due_at == office.clock.now + timedelta(hours=24)
