"""The worked examples of the design, as they stand there; every figure was written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liaison_desk.core.ledger import effective
from liaison_desk.core.returns import Loss, proportional
from liaison_desk.core.tracing import Channel, Comparison, Kind, Movement, Parcel, Rule, compare

NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
FIFO, LIFO, PRO_RATA, CLEAN_FIRST = Rule.FIFO, Rule.LIFO, Rule.PRO_RATA, Rule.CLEAN_FIRST


def pays(minute: int, victim: str, fen: int, account: str = "A") -> Movement:
    return Movement(NINE + timedelta(minutes=minute), Kind.PAYMENT, "", account, fen, victim, line=minute)


def opens(minute: int, fen: int, account: str = "A") -> Movement:
    return Movement(NINE + timedelta(minutes=minute), Kind.OPENING, "", account, fen, line=minute)


def sends(minute: int, from_: str, to: str, fen: int) -> Movement:
    return Movement(NINE + timedelta(minutes=minute), Kind.TRANSFER, from_, to, fen, line=minute)


def leaves(minute: int, account: str, fen: int, channel: Channel = Channel.CASH) -> Movement:
    at = NINE + timedelta(minutes=minute)
    return Movement(at, Kind.EXIT, account, "", fen, channel=channel, line=minute)


def left(comparison: Comparison, rule: Rule, account: str) -> dict[str, int]:
    return comparison.traced[rule].accounts[account].owners


def taken(comparison: Comparison, rule: Rule) -> list[dict[str, int]]:
    return [dict(each.owners) for each in comparison.traced[rule].exits]


def test_1_paul_michael_karen() -> None:
    found = compare(
        [
            pays(0, "Paul", 1000),
            pays(1, "Michael", 1000),
            leaves(2, "A", 1000),
            pays(3, "Karen", 1000),
            leaves(4, "A", 1000),
        ]
    )
    assert left(found, FIFO, "A") == {"Karen": 1000}
    assert left(found, LIFO, "A") == {"Paul": 1000}
    assert left(found, PRO_RATA, "A") == {"Paul": 250, "Michael": 250, "Karen": 500}
    assert left(found, CLEAN_FIRST, "A") == {"Paul": 250, "Michael": 250, "Karen": 500}
    assert found.directly_traceable == {"A": False}


def test_2_an_opening_balance_and_a_second_account() -> None:
    found = compare(
        [opens(0, 500), pays(1, "Li", 10_000), sends(2, "A", "B", 6000), leaves(3, "B", 5000)],
    )
    assert left(found, FIFO, "A") == {"Li": 4500}
    assert left(found, FIFO, "B") == {"Li": 1000}
    assert taken(found, FIFO) == [{"other": 500, "Li": 4500}]

    assert left(found, LIFO, "A") == {"other": 500, "Li": 4000}
    assert left(found, LIFO, "B") == {"Li": 1000}
    assert taken(found, LIFO) == [{"Li": 5000}]

    assert left(found, CLEAN_FIRST, "A") == {"Li": 4500}
    assert left(found, CLEAN_FIRST, "B") == {"Li": 1000}

    assert left(found, PRO_RATA, "A") == {"other": 214, "Li": 4286}
    assert left(found, PRO_RATA, "B") == {"other": 48, "Li": 952}
    assert taken(found, PRO_RATA) == [{"other": 238, "Li": 4762}]

    assert found.directly_traceable == {"A": False, "B": False}


def test_3_an_account_that_was_empty_between() -> None:
    found = compare([pays(0, "Li", 10_000), leaves(5, "A", 10_000), pays(10, "Wang", 5000)])
    for rule in Rule:
        assert left(found, rule, "A") == {"Wang": 5000}
    assert found.directly_traceable == {"A": True}


def test_4_more_leaves_than_is_known() -> None:
    found = compare([leaves(0, "B", 3000)])
    for rule in Rule:
        assert found.traced[rule].unexplained == {"B": 3000}
        assert taken(found, rule) == [{"other": 3000}]
        assert left(found, rule, "B") == {}
    assert found.directly_traceable == {}


def test_5_a_proportional_return() -> None:
    plan = proportional(
        10_000_000, [Loss("one", 3_000_000), Loss("two", 5_000_000), Loss("three", 7_000_001)]
    )
    assert [line.amount for line in plan.lines] == [2_000_000, 3_333_333, 4_666_667]
    assert plan.left == 0


def test_6_what_a_stop_captures() -> None:
    asked = 3_500_000
    assert effective(asked, 10_000_000, 0) == 3_500_000
    assert effective(asked, 2_000_000, 0) == 2_000_000
    assert asked - effective(asked, 2_000_000, 0) == 1_500_000
    assert effective(asked, 0, 0) == 0
    assert asked - effective(asked, 0, 0) == 3_500_000


def test_7_lifo_takes_the_newest_and_sends_the_oldest_ahead() -> None:
    found = compare(
        [pays(0, "P", 1000), pays(1, "Q", 1000), sends(2, "A", "B", 1500), leaves(3, "B", 500)],
    )
    traced = found.traced[LIFO]
    assert traced.accounts["A"].parcels == (Parcel("P", 500),)
    assert taken(found, LIFO) == [{"Q": 500}]
    assert traced.accounts["B"].parcels == (Parcel("P", 500), Parcel("Q", 500))
