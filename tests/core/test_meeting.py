"""Accounts that meet: who is found, with which movements, and who is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liaison_desk.core.meeting import MOST, circles, counterparties, emptied
from liaison_desk.core.tracing import Channel, Kind, Movement

NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def pays(minute: float, to: str, fen: int) -> Movement:
    return Movement(at(minute), Kind.PAYMENT, "", to, fen, "Li")


def sends(minute: float, from_: str, to: str, fen: int) -> Movement:
    return Movement(at(minute), Kind.TRANSFER, from_, to, fen)


def leaves(minute: float, from_: str, fen: int) -> Movement:
    return Movement(at(minute), Kind.EXIT, from_, "", fen, channel=Channel.CASH)


def test_where_two_accounts_pay_in_they_meet() -> None:
    lines = [sends(0, "A", "C", 5), sends(1, "B", "C", 7), sends(2, "A", "C", 1), sends(3, "A", "D", 99)]
    [found] = counterparties(lines)
    assert (found.accounts, found.fen) == (("C", "A", "B"), 13)
    assert found.evidence == tuple(lines[:3])
    assert (found.first, found.last) == (at(0), at(2))


def test_a_victims_payment_and_an_account_that_pays_itself_are_no_meeting() -> None:
    assert (
        counterparties([pays(0, "A", 5), pays(1, "A", 5), sends(2, "A", "A", 5), sends(3, "B", "A", 1)]) == ()
    )
    assert circles([sends(2, "A", "A", 5)]) == ()


def test_money_that_returns_in_a_circle_with_the_amount_that_can_have_come_back() -> None:
    lines = [sends(0, "A", "B", 100), sends(1, "B", "C", 60), sends(2, "C", "A", 80)]
    [found] = circles([*lines, sends(3, "C", "D", 9)])
    assert (found.accounts, found.fen, found.evidence) == (("A", "B", "C"), 60, tuple(lines))
    assert found.lasted == timedelta(minutes=2)


def test_what_went_before_it_came_is_no_circle() -> None:
    assert circles([sends(5, "A", "B", 100), sends(1, "B", "C", 60), sends(0, "C", "A", 1)]) == ()
    assert circles([sends(0, "A", "B", 1), sends(1, "B", "C", 1)]) == ()


def test_a_circle_begins_where_its_times_allow() -> None:
    """B to A at 1, A to B at 5: the money came back to B, not to A."""
    [found] = circles([sends(5, "A", "B", 100), sends(1, "B", "A", 60)])
    assert (found.accounts, found.fen) == (("B", "A"), 60)
    backwards = [sends(3, "A", "B", 1), sends(2, "B", "C", 1), sends(2.5, "C", "A", 1)]
    [found] = circles(backwards)
    assert found.accounts == ("B", "C", "A")
    assert (
        circles([sends(3, "A", "B", 1), sends(2, "B", "C", 1), sends(1, "C", "D", 1), sends(0, "D", "A", 1)])
        == ()
    )


def test_an_account_that_is_emptied_within_minutes() -> None:
    lines = [pays(0, "A", 100), sends(4, "A", "B", 70), leaves(9, "A", 30), leaves(30, "B", 70)]
    [found] = emptied(lines, timedelta(minutes=10))
    assert (found.accounts, found.fen, found.evidence) == (("A",), 100, tuple(lines[:3]))
    assert found.lasted == timedelta(minutes=9)
    assert [each.accounts for each in emptied(lines, timedelta(minutes=30))] == [("A",), ("B",)]


def test_what_stood_there_before_must_have_left_too() -> None:
    opening = Movement(at(-5), Kind.OPENING, "", "A", 50)
    lines = [opening, pays(0, "A", 100), leaves(1, "A", 100)]
    assert emptied(lines, timedelta(minutes=10)) == ()
    [found] = emptied([*lines, leaves(2, "A", 50)], timedelta(minutes=10))
    assert found.fen == 150


def test_a_dense_graph_is_looked_at_within_bounds() -> None:
    names = [f"N{n}" for n in range(16)]
    lines = [
        sends(round_ * 20 + n, one, other, 10)
        for round_ in range(6)
        for n, one in enumerate(names)
        for other in names
        if other != one
    ]
    assert len(circles(lines)) == MOST
