"""What is returned adds up, nobody gets more than was lost, and what was paid stays paid."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.returns import Line, Loss, Plan, direct, proportional
from liaison_desk.core.tracing import OTHER

FEN = st.one_of(st.integers(0, 12), st.integers(0, 10**12))


@st.composite
def losses(draw: st.DrawFn) -> list[Loss]:
    return [
        Loss(f"V{place}", draw(FEN), draw(st.one_of(st.just(0), FEN)), report=place)
        for place in range(draw(st.integers(0, 7)))
    ]


def amounts(plan: Plan) -> dict[str, int]:
    return {line.victim: line.amount for line in plan.lines}


def test_an_equal_split_gives_the_odd_fen_to_the_earlier_report() -> None:
    plan = proportional(
        10, [Loss("late", 50, report=3), Loss("first", 50, report=1), Loss("mid", 50, report=2)]
    )
    assert amounts(plan) == {"first": 4, "mid": 3, "late": 3}
    assert [line.victim for line in plan.lines] == ["first", "mid", "late"]
    assert plan.left == 0


def test_what_covers_everybody_pays_everybody_and_the_rest_stays() -> None:
    plan = proportional(1_000, [Loss("P", 300), Loss("Q", 500, returned=100)])
    assert amounts(plan) == {"P": 300, "Q": 400}
    assert plan.left == 300


def test_the_share_goes_by_what_is_outstanding_not_by_what_was_lost() -> None:
    plan = proportional(100, [Loss("P", 1_000, returned=900), Loss("Q", 300)])
    assert amounts(plan) == {"P": 25, "Q": 75}


def test_who_got_more_than_was_lost_gets_nothing_and_gives_nothing_back() -> None:
    plan = proportional(100, [Loss("P", 50, returned=80), Loss("Q", 60)])
    assert amounts(plan) == {"P": 0, "Q": 60}
    assert plan.left == 40


def test_nothing_lost_leaves_all_frozen() -> None:
    assert proportional(100, []) == Plan((), 100)
    assert proportional(100, [Loss("P", 0)]).left == 100
    assert amounts(proportional(0, [Loss("P", 70)])) == {"P": 0}


def test_a_victim_found_meanwhile_lowers_nobody_below_what_was_paid() -> None:
    first = proportional(10_000, [Loss("P", 30_000, report=1), Loss("Q", 20_000, report=2)])
    assert amounts(first) == {"P": 6_000, "Q": 4_000}
    # P is paid; then R is found, and 4,000 are still frozen: 24,000 + 20,000 + 36,000 outstanding.
    again = proportional(
        4_000,
        [Loss("P", 30_000, 6_000, 1), Loss("Q", 20_000, 0, 2), Loss("R", 36_000, 0, 3)],
    )
    assert amounts(again) == {"P": 1_200, "Q": 1_000, "R": 1_800}


@given(FEN, losses())
def test_a_proportional_plan_adds_up_and_exceeds_nothing(amount: int, people: list[Loss]) -> None:
    plan = proportional(amount, people)
    assert plan.total + plan.left == amount
    assert plan.left == max(0, amount - sum(each.outstanding for each in people))
    assert [line.victim for line in plan.lines] == [each.victim for each in people]
    for line, each in zip(plan.lines, people, strict=True):
        assert 0 <= line.amount <= each.outstanding == line.outstanding
        exact = amount * each.outstanding
        whole = sum(other.outstanding for other in people)
        if amount < whole:
            assert exact // whole <= line.amount <= -(-exact // whole)


@given(FEN, losses(), st.randoms(use_true_random=False))
def test_the_order_of_handing_over_never_matters(
    amount: int, people: list[Loss], chance: random.Random
) -> None:
    shuffled = people.copy()
    chance.shuffle(shuffled)
    assert proportional(amount, shuffled) == proportional(amount, people)
    shares = {each.victim: each.loss // 2 for each in people}
    assert direct(shares, shuffled, amount) == direct(shares, people, amount)


@given(FEN, losses(), st.data())
def test_planning_again_after_payments_never_lowers_what_came_back(
    amount: int, people: list[Loss], data: st.DataObject
) -> None:
    plan = proportional(amount, people)
    paid = {line.victim: line.amount for line in plan.lines if data.draw(st.booleans())}
    still = amount - sum(paid.values())
    later = [
        Loss(each.victim, each.loss, each.returned + paid.get(each.victim, 0), each.report) for each in people
    ]
    later.append(Loss("found meanwhile", data.draw(FEN), report=99))
    again = proportional(still, later)
    for line, each in zip(again.lines, later, strict=True):
        assert line.amount >= 0
        assert each.returned + line.amount <= max(each.loss, each.returned)
    assert sum(paid.values()) + again.total + again.left == amount


def test_a_direct_return_is_the_share_at_most_the_loss() -> None:
    people = [Loss("P", 500, 100, report=1), Loss("Q", 900, report=2), Loss("R", 10, report=3)]
    plan = direct({"P": 450, "Q": 300, OTHER: 1_000}, people, 5_000)
    assert amounts(plan) == {"P": 400, "Q": 300, "R": 0}
    assert plan.left == 4_300


def test_a_direct_return_from_a_smaller_hold_is_split_in_proportion() -> None:
    people = [Loss("P", 100, report=1), Loss("Q", 100, report=2)]
    assert amounts(direct({"P": 100, "Q": 100}, people, 51)) == {"P": 26, "Q": 25}


@given(FEN, losses(), st.lists(FEN, min_size=7, max_size=7))
def test_a_direct_plan_adds_up_and_exceeds_nothing(frozen: int, people: list[Loss], found: list[int]) -> None:
    shares = {each.victim: share for each, share in zip(people, found, strict=False)}
    plan = direct(shares, people, frozen)
    assert plan.total + plan.left == frozen
    assert plan.left >= 0
    for line in plan.lines:
        assert 0 <= line.amount <= min(line.outstanding, shares[line.victim])


def test_an_officer_may_change_a_line_with_a_reason_and_both_figures_stay() -> None:
    plan = proportional(100, [Loss("P", 100, report=1), Loss("Q", 100, report=2)])
    lower = plan.with_change("P", 30, "objection upheld")
    assert lower.lines[0] == Line("P", 100, 50, 30, "objection upheld")
    assert (lower.lines[0].changed, lower.lines[1].changed) == (True, False)
    assert lower.left == 20
    higher = lower.with_change("Q", 70, "objection upheld")
    assert (higher.total, higher.left) == (100, 0)


def test_a_change_never_exceeds_the_frozen_amount_or_the_loss_and_needs_a_reason() -> None:
    plan = proportional(100, [Loss("P", 100, report=1), Loss("Q", 100, report=2)])
    with pytest.raises(Refused, match=r"0\.01 more than is frozen"):
        plan.with_change("P", 51, "why")
    with pytest.raises(Refused, match="outstanding loss"):
        plan.with_change("P", 101, "why")
    with pytest.raises(BadInput, match="reason"):
        plan.with_change("P", 40, "  ")
    with pytest.raises(BadInput, match="negative"):
        plan.with_change("P", -1, "why")


def test_what_cannot_be_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="negative"):
        proportional(-1, [])
    with pytest.raises(ValueError, match="twice"):
        proportional(1, [Loss("P", 1), Loss("P", 2)])
    with pytest.raises(ValueError, match="no loss"):
        direct({"P": 1}, [], 1)
    with pytest.raises(ValueError, match="negative"):
        Loss("P", -1)
