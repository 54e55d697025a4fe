"""Giving frozen money back, from the verdict to the bank's receipt (money.md §5; example 5 of §6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import BadInput, NotAllowed, NotFound, Refused
from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.core.tracing import Rule
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.balance import balance_of_case
from liaison_desk.desk.callbacks import RecordContact, victim_contacts
from liaison_desk.desk.check import check
from liaison_desk.desk.figures import figures
from liaison_desk.desk.ledgerbook import ReverseEntry
from liaison_desk.desk.objections import DecideObjection, Decision, RecordObjection
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.return_lists import return_order, return_plan, return_proposal, returns_board
from liaison_desk.desk.return_orders import EnterReceipt, OrderReturn, VoidOrder
from liaison_desk.desk.return_plans import (
    ApproveReturn,
    ChangeReturnLine,
    PlanReturn,
    PublishNotice,
    RerunReturn,
    WithdrawReturn,
)
from liaison_desk.store.models import Issued, Leg
from tests import given_returns
from tests.given import Office
from tests.given_returns import Frozen, three_victims

SHARES = {"甲一": 2_000_000, "乙二": 3_333_333, "丙三": 4_666_667}
"""money.md §6, example 5."""


@pytest.fixture
def frozen(sqlite_office: Office) -> Frozen:
    return three_victims(sqlite_office)


@pytest.fixture
def on_both(office: Office) -> Frozen:
    return three_victims(office)


def planned(at: Frozen, kind: str = "proportional") -> int:
    return at.office.officer.do(PlanReturn(hold_id=at.hold_id, kind=kind, reason="资金混同"))


def noticed(at: Frozen, plan_id: int) -> None:
    office = at.office
    today = office.officer.read(return_plan, plan_id).row.recorded_at.date()
    office.officer.do(PublishNotice(plan_id=plan_id, where="公主岭市公安局网站", published_on=today))


def approved(at: Frozen) -> int:
    plan = planned(at)
    noticed(at, plan)
    at.office.clock.forward(days=31)
    at.office.lead.do(ApproveReturn(plan_id=plan))
    return plan


def ordered(at: Frozen, plan_id: int, name: str) -> int:
    return at.office.officer.do(
        OrderReturn(
            plan_id=plan_id,
            victim_id=at.victims[name],
            to_bank="中国农业银行",
            to_name=name,
            to_number="6228480402564890018",
            officer_number="220184001",
            co_officer="周警官",
            co_officer_number="220184002",
        )
    )


def paid(at: Frozen, order_id: int, day: date | None = None) -> int:
    office = at.office
    return office.icbc.do(
        EnterReceipt(
            order_id=order_id,
            paid_on=day or office.clock.now.date(),
            serial=f"HZ{order_id}",
            paid_by="李工行",
        )
    )


def amounts(at: Frozen, plan_id: int) -> dict[str, int]:
    return {line.victim: line.amount for line in at.office.officer.read(return_plan, plan_id).lines}


def test_the_four_rules_differ_so_the_verdict_is_proportional(frozen: Frozen) -> None:
    found = frozen.office.officer.read(return_proposal, frozen.hold_id)
    assert (found.verdict, found.available) == ("proportional", 10_000_000)
    assert found.splits[Rule.FIFO] == {"乙二": 2_999_999, "丙三": 7_000_001}
    assert found.splits[Rule.LIFO] == {"甲一": 3_000_000, "乙二": 5_000_000, "丙三": 2_000_000}
    assert {line.victim: line.amount for line in found.proportional} == SHARES
    assert found.proportional_left == 0
    # Direct would follow the office's rule, fifo: the first report's money is what left as cash.
    assert {line.victim: line.amount for line in found.direct} == {
        "甲一": 0,
        "乙二": 2_999_999,
        "丙三": 7_000_001,
    }


def test_from_plan_to_receipts(on_both: Frozen) -> None:
    at = on_both
    office = at.office
    assert [row.fen for row in office.officer.read(returns_board).unplanned] == [10_000_000]
    plan = approved(at)
    assert amounts(at, plan) == SHARES
    assert office.officer.read(returns_board).unplanned == ()
    orders = {name: ordered(at, plan, name) for name in SHARES}
    assert len(office.officer.read(returns_board).orders) == 3
    day = office.clock.now.date()
    for name in SHARES:
        assert office.officer.read(returns_board).plans[0].state == "approved"
        paid(at, orders[name], day)
    detail = office.officer.read(return_plan, plan)
    assert (detail.row.state, detail.row.paid, detail.stays) == ("done", 10_000_000, 0)
    board = office.officer.read(returns_board)
    assert (board.unplanned, board.plans, board.orders) == ((), (), ())
    told = office.officer.read(figures, office.clock.now - timedelta(days=2), office.clock.now)
    assert (told.returned, told.secured, told.recovered) == (10_000_000, 0, 10_000_000)
    line = office.officer.read(balance_of_case, at.case_id)
    assert (line.loss, line.returned, line.frozen) == (3_000_000, 2_000_000, 0)
    assert check(office.database, now=office.clock.now).findings == ()


def test_orders_stand_in_the_banks_queue_with_three_working_days(frozen: Frozen) -> None:
    office = frozen.office
    plan = approved(frozen)
    # 10 March + 31 days is Friday, 10 April 2026: the third working day after it is Wednesday the 15th.
    order = office.icbc.read(return_order, ordered(frozen, plan, "甲一"))
    assert (order.number, order.fen, order.to_name) == ("公公(刑)刑返字〔2026〕1号", 2_000_000, "甲一")
    assert office.officer.read(return_plan, plan).row.next_step.text == "Order the payments"
    with office.database.reading() as session:
        leg = session.scalars(select(Leg).where(Leg.number == order.leg_number)).one()
        assert (leg.state, leg.institution_code, leg.asked) == (LegState.QUEUED, "ICBC", 2_000_000)
        assert leg.due_at == order.due_at
    assert order.due_at.isoformat() == "2026-04-15T16:00:00+00:00"
    assert not order.overdue
    office.clock.forward(days=6)
    assert office.officer.read(returns_board).orders[0].overdue
    with pytest.raises(NotFound):
        office.ccb.read(return_order, order.id)


def test_a_notice_runs_thirty_days_and_nobody_approves_before(frozen: Frozen) -> None:
    office = frozen.office
    plan = planned(frozen)
    with pytest.raises(Refused, match="Plan made"):
        office.lead.do(ApproveReturn(plan_id=plan))
    noticed(frozen, plan)
    row = office.officer.read(return_plan, plan).row
    assert row.notice_until is not None
    # Published on 10 March: the first day does not count, the thirtieth ends at 24:00 on 9 April in Beijing.
    assert row.notice_until.isoformat() == "2026-04-09T16:00:00+00:00"
    office.clock.now = row.notice_until - timedelta(microseconds=1)
    with pytest.raises(Refused, match="notice runs until"):
        office.lead.do(ApproveReturn(plan_id=plan))
    office.clock.now = row.notice_until
    office.lead.do(ApproveReturn(plan_id=plan))


def test_an_objection_must_be_decided_before_the_approval(frozen: Frozen) -> None:
    office = frozen.office
    plan = planned(frozen)
    with pytest.raises(Refused, match="No public notice"):
        office.officer.do(RecordObjection(hold_id=frozen.hold_id, name="赵卡主", text="是货款", plan_id=plan))
    noticed(frozen, plan)
    office.clock.forward(days=3)
    objection = office.officer.do(
        RecordObjection(
            hold_id=frozen.hold_id,
            name="乙二",
            text="金额有误",
            plan_id=plan,
            victim_id=frozen.victims["乙二"],
        )
    )
    office.clock.forward(days=28)
    assert office.officer.read(return_plan, plan).row.objections == 1
    with pytest.raises(Refused, match="Objections"):
        office.lead.do(ApproveReturn(plan_id=plan))
    office.lead.do(
        DecideObjection(objection_id=objection, decision=Decision.REJECTED, reason="金额与流水一致")
    )
    office.lead.do(ApproveReturn(plan_id=plan))


def test_whoever_planned_does_not_approve(frozen: Frozen) -> None:
    office = frozen.office
    plan = office.lead.do(PlanReturn(hold_id=frozen.hold_id, kind="direct", reason="可直接追溯"))
    with pytest.raises(NotAllowed, match="planned"):
        office.lead.do(ApproveReturn(plan_id=plan))
    office.door("feng").do(ApproveReturn(plan_id=plan))


def test_a_victim_found_meanwhile_runs_the_plan_again_and_what_is_paid_stays_paid(frozen: Frozen) -> None:
    """20,000.00 are paid to 甲一; 丁四 lost 30,000.00. 80,000.00 over 10,000.00, 50,000.00, 70,000.01 and
    30,000.00 are 5,000.00, 25,000.00, 35,000.00 and 15,000.00: the last fen go to the largest fractions."""
    office = frozen.office
    plan = approved(frozen)
    paid(frozen, ordered(frozen, plan, "甲一"))
    found = given_returns.report(office, "丁四", 3_000_000)
    again = office.officer.do(RerunReturn(plan_id=plan, kind="proportional", reason="新增受害人"))
    frozen.victims["丁四"] = found
    assert amounts(frozen, again) == {
        "甲一": 500_000,
        "乙二": 2_500_000,
        "丙三": 3_500_000,
        "丁四": 1_500_000,
    }
    old, new = (office.officer.read(return_plan, each).row for each in (plan, again))
    assert (old.state, old.paid, new.state, new.replaces) == ("replaced", 2_000_000, "planned", old.number)
    with pytest.raises(Refused, match="not approved"):
        ordered(frozen, again, "丁四")


def test_what_is_ordered_is_not_planned_twice(frozen: Frozen) -> None:
    """33,333.33 are on their way to 乙二: 66,666.67 are left for 30,000.00, 16,666.67 and 70,000.01."""
    plan = approved(frozen)
    ordered(frozen, plan, "乙二")
    found = frozen.office.officer.read(return_proposal, frozen.hold_id)
    assert found.available == 6_666_667
    assert {line.victim: line.outstanding for line in found.proportional} == {
        "甲一": 3_000_000,
        "乙二": 1_666_667,
        "丙三": 7_000_001,
    }


def test_a_line_changed_by_hand_shows_both_figures(frozen: Frozen) -> None:
    office = frozen.office
    plan = planned(frozen)
    victim = frozen.victims["丙三"]
    with pytest.raises(BadInput):
        office.officer.do(ChangeReturnLine(plan_id=plan, victim_id=victim, amount=4_000_000, reason=""))
    with pytest.raises(Refused, match="more than is frozen"):
        office.officer.do(ChangeReturnLine(plan_id=plan, victim_id=victim, amount=4_666_668, reason="试"))
    office.officer.do(ChangeReturnLine(plan_id=plan, victim_id=victim, amount=4_000_000, reason="部分已退赃"))
    detail = office.officer.read(return_plan, plan)
    line = detail.lines[-1]
    assert (line.computed, line.amount, line.reason) == (4_666_667, 4_000_000, "部分已退赃")
    assert (detail.row.total, detail.stays) == (9_333_333, 666_667)


def test_a_direct_return_in_one_day(frozen: Frozen) -> None:
    office = frozen.office
    plan = planned(frozen, "direct")
    with pytest.raises(Refused, match="no public notice"):
        noticed(frozen, plan)
    office.lead.do(ApproveReturn(plan_id=plan))
    paid(frozen, ordered(frozen, plan, "乙二"))
    paid(frozen, ordered(frozen, plan, "丙三"))
    assert office.officer.read(return_plan, plan).row.state == "done"
    assert office.officer.read(balance_of_case, frozen.case_id).returned == 0


def test_a_voided_order_keeps_its_number_and_frees_its_money(frozen: Frozen) -> None:
    office = frozen.office
    plan = approved(frozen)
    order = ordered(frozen, plan, "甲一")
    with pytest.raises(Refused, match="already orders"):
        ordered(frozen, plan, "甲一")
    with pytest.raises(Refused, match="at the bank"):
        office.officer.do(WithdrawReturn(plan_id=plan, reason="试"))
    office.lead.do(VoidOrder(order_id=order, reason="收款账号有误"))
    found = office.officer.read(return_order, order)
    assert (found.voided_at is not None, found.void_reason) == (True, "收款账号有误")
    with office.database.reading() as session:
        number = session.scalars(select(Issued).where(Issued.text == found.number)).one()
        assert number.void_reason == "收款账号有误"
        assert session.scalars(select(Leg).where(Leg.number == found.leg_number)).one().state is (
            LegState.WITHDRAWN
        )
    assert office.officer.read(return_order, ordered(frozen, plan, "甲一")).number.endswith("2号")
    with pytest.raises(Refused, match="voided"):
        paid(frozen, order)


def test_the_answer_in_the_banks_queue_is_the_receipt_too(frozen: Frozen) -> None:
    office = frozen.office
    plan = approved(frozen)
    order = office.icbc.read(return_order, ordered(frozen, plan, "甲一"))
    assert order.leg_id is not None
    office.icbc.do(ClaimRequest(leg_id=order.leg_id))
    with pytest.raises(BadInput, match="paid whole"):
        office.icbc.do(AnswerRequest(leg_id=order.leg_id, outcome=Outcome.PARTLY, executed=1_000_000))
    office.icbc.do(AnswerRequest(leg_id=order.leg_id, outcome=Outcome.DONE, executed=2_000_000))
    assert office.officer.read(return_plan, plan).row.paid == 2_000_000


def test_a_receipt_entered_wrongly_is_reversed_and_the_order_is_open_again(frozen: Frozen) -> None:
    office = frozen.office
    plan = approved(frozen)
    order = ordered(frozen, plan, "甲一")
    entry = paid(frozen, order)
    office.officer.do(ReverseEntry(entry_id=entry, reason="户名不符被退回"))
    assert office.officer.read(return_order, order).paid_at is None
    assert office.officer.read(return_plan, plan).row.paid == 0
    assert check(office.database, now=office.clock.now).findings == ()


def test_a_receipt_is_dated_by_its_day_and_never_before_the_order(frozen: Frozen) -> None:
    office = frozen.office
    order = ordered(frozen, approved(frozen), "甲一")
    today = office.clock.now.date()
    with pytest.raises(BadInput, match="younger"):
        paid(frozen, order, today - timedelta(days=1))
    with pytest.raises(BadInput, match="future"):
        paid(frozen, order, today + timedelta(days=1))
    with pytest.raises(NotFound):
        office.ccb.do(EnterReceipt(order_id=order, paid_on=today, serial="1", paid_by="周"))


def test_victims_are_told_and_it_is_recorded(frozen: Frozen) -> None:
    office = frozen.office
    victim = frozen.victims["甲一"]
    office.officer.do(
        RecordContact(victim_id=victim, channel="phone", about="secured", reached=False, text="无人接听")
    )
    office.clock.forward(minutes=5)
    office.officer.do(
        RecordContact(victim_id=victim, channel="phone", about="secured", reached=True, fen=2_000_000)
    )
    rows = office.officer.read(victim_contacts, frozen.case_id)
    assert [(row.victim, row.reached, row.fen) for row in rows] == [
        ("甲一", True, 2_000_000),
        ("甲一", False, None),
    ]
    with pytest.raises(BadInput):
        office.officer.do(RecordContact(victim_id=victim, channel="pigeon", about="other", reached=True))
