"""The fund-flow of a case through the door: what stands in it, for whom, and the accounts that meet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liaison_desk.core.errors import NotFound
from liaison_desk.core.flow import Flow, FlowAccount, View
from liaison_desk.core.flow_picture import picture
from liaison_desk.core.lifecycle import HopKind, Outcome
from liaison_desk.core.masking import token
from liaison_desk.core.tracing import Rule
from liaison_desk.desk.answers import AddHops, HopInput
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.flows import case_flow, flow_paper
from liaison_desk.desk.meetings import meetings
from tests import given
from tests.given import Office


def traced(office: Office) -> given.OpenedCase:
    """35,000.00 to ICBC, of which 20,000.00 are stopped, 10,000.00 go to ABC and 5,000.00 leave in cash."""
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0], hops=[(given.card("ABC", 77), 1_000_000)])
    office.icbc.do(
        AddHops(
            leg_id=opened.leg_ids[0],
            hops=(
                HopInput(fen=500_000, happened_at=office.clock.now - timedelta(minutes=3), kind=HopKind.CASH),
            ),
        )
    )
    return opened


def by_level(flow: Flow) -> dict[int, FlowAccount]:
    return {account.level: account for account in flow.accounts}


def test_the_flow_of_a_case_as_the_police_see_it(office: Office) -> None:
    opened = traced(office)
    flow = office.officer.read(case_flow, opened.case_id)
    first, second = by_level(flow)[1], by_level(flow)[2]
    assert (first.number, first.holder, first.institution) == (given.card("ICBC", 0), "张三", "ICBC")
    assert (first.stopped, first.frozen, first.leg_id) == (2_000_000, 0, opened.leg_ids[0])
    assert second.number == given.card("ABC", 77)
    assert [(victim.name, victim.loss) for victim in flow.victims] == [("买买提·吐尔逊", 3_500_000)]
    shown = picture(flow, View())
    assert [(edge.source[0], edge.target[0], edge.fen) for edge in shown.edges] == [
        ("v", "a", 3_500_000),
        ("a", "a", 1_000_000),
        ("a", "x", 500_000),
    ]
    victim = flow.victims[0].key
    assert {rule: flow.left[rule][first.key] for rule in Rule} == {rule: {victim: 2_000_000} for rule in Rule}
    assert flow.direct == {first.key: True, second.key: True}


def test_foreign_accounts_are_tokens_to_a_representative_and_papers_mask_everything(
    sqlite_office: Office,
) -> None:
    opened = traced(sqlite_office)
    seen = by_level(sqlite_office.abc.read(case_flow, opened.case_id))
    assert seen[2].number == given.card("ABC", 77)
    card = given.card("ICBC", 0)
    assert seen[1].number == f"{card[:6]}{'*' * 9}{card[-4:]}"
    assert seen[1].holder == token(0)
    paper = sqlite_office.officer.read(flow_paper, opened.case_id)
    assert {account.number for account in paper.accounts}.isdisjoint({card, given.card("ABC", 77)})
    assert [account.holder for account in paper.accounts] == [token(0), token(1)]
    assert paper.victims[0].name != "买买提·吐尔逊"


def test_a_case_that_is_not_for_the_reader_answers_as_a_missing_one(sqlite_office: Office) -> None:
    opened = traced(sqlite_office)
    for query in (case_flow, flow_paper, meetings):
        with pytest.raises(NotFound) as hidden:
            sqlite_office.ccb.read(query, opened.case_id)
        with pytest.raises(NotFound) as missing:
            sqlite_office.ccb.read(query, 999)
        assert str(hidden.value) == str(missing.value)


def test_an_account_of_two_cases_says_so_only_to_who_may_read_it(office: Office) -> None:
    opened = traced(office)
    other = office.officer.do(
        OpenCase(
            victim_name="李四",
            fraud_type="loan",
            payments=(
                PaymentInput(
                    target=given.account(given.card("ABC", 77), "李四"),
                    fen=80_000,
                    happened_at=office.clock.now - timedelta(minutes=1),
                ),
            ),
        )
    )
    assert by_level(office.officer.read(case_flow, opened.case_id))[2].cases == 2
    assert by_level(office.abc.read(case_flow, opened.case_id))[2].cases == 2
    assert by_level(office.icbc.read(case_flow, opened.case_id))[2].cases == 1, "another bank's account"

    found = office.officer.read(meetings, opened.case_id)
    [shared] = found.shared
    assert [account.case_id for account in shared.accounts] == [opened.case_id, other.case_id]
    assert (shared.fen, shared.lines) == (1_080_000, 2)
    assert found.linked == 1
    assert office.icbc.read(meetings, opened.case_id).shared == ()


def test_the_splits_are_those_of_the_tracing_over_all_cases_that_meet(sqlite_office: Office) -> None:
    office = sqlite_office
    opened = traced(office)
    office.officer.do(
        OpenCase(
            victim_name="李四",
            fraud_type="loan",
            payments=(
                PaymentInput(
                    target=given.account(given.card("ABC", 77), "李四"),
                    fen=80_000,
                    happened_at=office.clock.now - timedelta(minutes=1),
                ),
            ),
        )
    )
    flow = office.officer.read(case_flow, opened.case_id)
    second = by_level(flow)[2]
    [victim] = flow.victims
    assert sorted(flow.left[Rule.FIFO][second.key].values()) == [80_000, 1_000_000]
    assert flow.left[Rule.FIFO][second.key][victim.key] == 1_000_000
    shown = picture(flow, View())
    node = shown.node(second.key)
    assert node is not None
    assert node.came_in == 1_080_000
    assert shown.elsewhere_fen == 80_000, "the other case's money is said, its victim is not drawn"
    own = office.icbc.read(case_flow, opened.case_id)
    assert picture(own, View()).elsewhere_fen == 0, "another case is not for this representative"


def test_an_account_that_is_emptied_and_money_that_comes_back(sqlite_office: Office) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 100_000)])
    leg = opened.leg_ids[0]
    number = given.account_number(office, leg)
    given.answered(
        office,
        leg,
        outcome=Outcome.MOVED_ON,
        executed=None,
        balance=0,
        hops=[(given.card("ICBC", 78), 100_000)],
    )
    found = office.officer.read(meetings, opened.case_id)
    [emptied] = found.emptied
    assert [account.number for account in emptied.accounts] == [number]
    assert (emptied.fen, emptied.lines, emptied.leg_id) == (100_000, 2, leg)
    assert [line.fen for line in emptied.evidence] == [100_000, 100_000]
    office.icbc.do(
        AddHops(
            leg_id=leg,
            hops=(HopInput(fen=100, happened_at=office.clock.now, target=given.account(number, "张三")),),
        )
    )
    assert found.circles == ()
