"""Whose money each movement carried: by hand, and in agreement with the tracing that asks only for the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.tracing import Channel, Kind, Movement, Rule, trace
from liaison_desk.core.tracing_paths import carried

NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def test_the_second_worked_example_with_the_owners_of_its_transfer() -> None:
    movements = [
        Movement(at(0), Kind.OPENING, "", "A", 500),
        Movement(at(1), Kind.PAYMENT, "", "A", 10_000, "Li"),
        Movement(at(2), Kind.TRANSFER, "A", "B", 6000),
        Movement(at(3), Kind.EXIT, "B", "", 5000, channel=Channel.CASH),
    ]
    by_rule = {
        rule: [dict(each.owners) for each in carried(movements, rule)][2:]
        for rule in (Rule.FIFO, Rule.LIFO, Rule.PRO_RATA)
    }
    assert by_rule == {
        Rule.FIFO: [{"other": 500, "Li": 5500}, {"other": 500, "Li": 4500}],
        Rule.LIFO: [{"Li": 6000}, {"Li": 5000}],
        Rule.PRO_RATA: [{"other": 286, "Li": 5714}, {"other": 238, "Li": 4762}],
    }


def test_what_was_not_known_to_be_there_is_carried_as_other() -> None:
    movements = [
        Movement(at(0), Kind.PAYMENT, "", "A", 1000, "Li"),
        Movement(at(1), Kind.TRANSFER, "A", "B", 1500),
    ]
    for rule in Rule:
        assert carried(movements, rule)[1].owners == {"other": 500, "Li": 1000}


accounts = st.sampled_from("ABC")
lines = st.lists(
    st.tuples(
        st.sampled_from(["payment", "inflow", "transfer", "exit"]),
        accounts,
        accounts,
        st.integers(1, 50),
        st.sampled_from(["P", "Q"]),
        st.integers(0, 4),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(lines, st.sampled_from(Rule))
def test_the_owners_of_all_movements_leave_what_the_tracing_leaves(
    drawn: list[tuple[str, str, str, int, str, int]], rule: Rule
) -> None:
    movements = [
        Movement(
            at(minute),
            Kind(kind),
            from_ if kind in ("transfer", "exit") else "",
            "" if kind == "exit" else to,
            fen,
            owner if kind == "payment" else "",
            Channel.CASH if kind == "exit" else None,
            line=line,
        )
        for line, (kind, from_, to, fen, owner, minute) in enumerate(drawn)
    ]
    traced = trace(movements, rule)
    left: dict[str, dict[str, int]] = {account: {} for account in traced.accounts}
    for each in carried(movements, rule):
        for owner, fen in each.owners.items():
            if each.movement.kind in (Kind.TRANSFER, Kind.EXIT):
                there = left[each.movement.from_]
                there[owner] = there.get(owner, 0) - fen
            if each.movement.kind is not Kind.EXIT:
                there = left[each.movement.to]
                there[owner] = there.get(owner, 0) + fen
    for account, fen in traced.unexplained.items():
        left[account]["other"] = left[account].get("other", 0) + fen
    assert {
        account: {owner: fen for owner, fen in split.items() if fen} for account, split in left.items()
    } == {account: each.owners for account, each in traced.accounts.items()}
