"""Two banks' rows of one case become movements, each transfer once; what does not agree is listed with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.statements import NOTHING, Direction, Row, Way
from liaison_desk.core.statements_witnesses import Finding, Reconciled, Told, reconcile
from liaison_desk.core.tracing import Channel, Kind, Movement, Precision

START = datetime(2026, 11, 21, 7, 0, 0, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT
A, B, C = "6222020200183502745", "6228480020123456780", "6217001234000567899"


def told(
    account: str,
    seconds: float,
    direction: Direction,
    fen: int,
    to: str = "",
    *,
    balance: int | None = None,
    source: int = 0,
    line: int = 0,
    way: Way | None = None,
    number: str = "",
    precision: Precision = Precision.SECOND,
) -> Told:
    at = START + timedelta(seconds=seconds)
    if precision is Precision.DAY:
        at = START.replace(hour=16) - timedelta(days=1)  # midnight of the 21st in the office's zone
    row = Row(
        sheet="明细",
        line=line or int(seconds) + 2,
        account=account,
        at=at,
        precision=precision,
        fen=fen,
        direction=direction,
        balance=balance,
        counterparty=to,
        counterparty_name="",
        counterparty_id="",
        counterparty_bank="",
        holder="",
        holder_id="",
        number=number,
        currency="CNY",
        way=way,
        serial="",
        kind="",
        summary="",
        remark="",
        state="",
        more=NOTHING,
    )
    return Told(row, source)


def kinds(found: Reconciled) -> list[tuple[str, str, str, int]]:
    return [(str(each.kind), each.from_, each.to, each.fen) for each in found.movements]


def findings(found: Reconciled) -> list[tuple[str, list[int]]]:
    return [(str(each.what), [one.row.line for one in each.told]) for each in found.found]


def test_both_banks_views_are_one_movement_with_the_time_and_line_of_the_debit() -> None:
    debit = told(A, 10, OUT, 500, B, source=1, line=7)
    credit = told(B, 15, IN, 500, A, source=0, line=3)
    found = reconcile([credit, debit])
    (movement,) = found.movements
    assert (movement.kind, movement.from_, movement.to, movement.fen) == (Kind.TRANSFER, A, B, 500)
    assert (movement.at, movement.source, movement.line) == (START + timedelta(seconds=10), 1, 7)
    assert found.rows == ((debit, credit),)
    assert findings(found) == []


@pytest.mark.parametrize(("apart", "movements"), [(120, 1), (121, 2), (-120, 1), (-121, 2)])
def test_the_two_times_lie_within_the_seconds_of_the_setting(apart: int, movements: int) -> None:
    found = reconcile([told(A, 300, OUT, 500, B), told(B, 300 + apart, IN, 500, A, source=1)])
    assert len(found.movements) == movements


def test_equal_transfers_are_paired_one_to_one_in_time_order() -> None:
    rows = [told(A, second, OUT, 500, B) for second in (0, 60, 120)]
    rows += [told(B, second, IN, 500, A, source=1) for second in (61, 62)]
    found = reconcile(rows)
    assert [(pair.debit.row.line, pair.credit.row.line) for pair in found.pairs] == [(2, 63), (62, 64)]
    assert len(found.movements) == 3


def test_a_credit_before_its_debit_is_one_movement_and_said() -> None:
    found = reconcile([told(A, 30, OUT, 500, B, line=3), told(B, 10, IN, 500, A, source=1, line=9)])
    assert len(found.movements) == 1
    assert findings(found) == [("out_of_order", [9, 3])]
    assert "20 s before it left" in str(found.found[0].reason)


def test_what_the_other_statement_covers_and_does_not_show_is_said() -> None:
    rows = [told(B, 0, IN, 1, C, source=1), told(B, 100, OUT, 1, C, source=1)]
    rows += [told(A, 50, OUT, 500, B, line=4), told(A, 500, OUT, 700, B, line=5)]
    found = reconcile(rows)
    assert findings(found) == [("one_sided", [4])]
    assert (
        found.unseen == 3
    )  # both lines with C, which has no statement, and the one after B's statement ends


def test_two_sides_that_agree_in_one_thing_only_contradict_and_stay_two() -> None:
    rows = [told(A, 0, OUT, 500, B, line=2), told(B, 900, IN, 500, A, source=1, line=8)]
    found = reconcile(rows)
    assert findings(found) == [("contradictory", [2, 8])]
    assert "900 s apart" in str(found.found[0].reason)
    assert len(found.movements) == 2
    rows = [told(A, 0, OUT, 500, B, line=2), told(B, 5, IN, 450, A, source=1, line=8)]
    found = reconcile(rows)
    assert findings(found) == [("contradictory", [2, 8])]
    assert "5.00, the other 4.50" in str(found.found[0].reason)


def test_a_file_with_days_only_agrees_with_a_time_on_that_day() -> None:
    found = reconcile(
        [told(A, 0, OUT, 500, B, precision=Precision.DAY), told(B, 900, IN, 500, A, source=1, line=8)]
    )
    (movement,) = found.movements
    assert (movement.precision, findings(found)) == (Precision.DAY, [])


def test_the_account_behind_a_card_is_the_card() -> None:
    rows = [
        told(A, 0, OUT, 500, "0200123409001234567"),
        told(B, 2, IN, 500, A, source=1, number="0200123409001234567"),
    ]
    assert kinds(reconcile(rows)) == [("transfer", A, B, 500)]


def test_money_leaves_by_its_way_unless_its_account_is_known() -> None:
    rows = [
        told(A, 0, OUT, 100, way=Way.CASH),
        told(A, 1, OUT, 200, "243300133", way=Way.THIRD_PARTY),
        told(A, 2, OUT, 300, B, way=Way.POS),
        told(A, 3, OUT, 400),
        told(A, 4, OUT, 500, C, way=Way.TRANSFER),
        told(A, 5, OUT, 600, way=Way.FX),
        told(B, 99, OUT, 1, C, source=1),
    ]
    found = reconcile(rows)
    assert [(str(each.kind), each.channel) for each in found.movements] == [
        ("exit", Channel.CASH),
        ("exit", Channel.THIRD_PARTY),
        ("transfer", None),
        ("exit", Channel.OTHER),
        ("transfer", None),
        ("exit", Channel.OTHER),
        ("transfer", None),
    ]


def test_money_in_is_a_transfer_from_what_the_case_knows_and_an_inflow_from_elsewhere() -> None:
    rows = [told(A, 0, IN, 100, B), told(A, 1, IN, 200, C), told(A, 2, IN, 300), told(A, 3, OUT, 50, C)]
    assert [kind for kind, *_ in kinds(reconcile(rows))] == ["inflow", "transfer", "inflow", "transfer"]
    assert next(kind for kind, *_ in kinds(reconcile(rows, known=[B]))) == "transfer"


def test_the_opening_is_the_balance_before_the_first_line() -> None:
    rows = [told(A, 5, OUT, 300, B, balance=700, line=2), told(A, 9, IN, 50, balance=750, line=3)]
    found = reconcile(rows)
    assert kinds(found)[0] == ("opening", "", A, 1000)
    assert found.movements[0].at == START + timedelta(seconds=5)
    assert [kind for kind, *_ in kinds(reconcile([told(A, 5, IN, 300, balance=300)]))] == ["inflow"]
    assert [kind for kind, *_ in kinds(reconcile([told(A, 5, OUT, 300)]))] == ["exit"]


def test_of_lines_in_one_second_the_balances_say_which_is_first() -> None:
    newest_first = [
        told(A, 5, OUT, 100, B, balance=600, line=2),
        told(A, 5, OUT, 300, B, balance=700, line=3),
    ]
    assert kinds(reconcile(newest_first))[0] == ("opening", "", A, 1000)


def test_a_missing_line_is_seen_in_the_balance() -> None:
    rows = [
        told(A, 0, IN, 1000, balance=1000, line=2),
        told(A, 5, OUT, 100, B, balance=900, line=3),
        told(A, 5, OUT, 200, B, balance=700, line=4),
        told(A, 9, OUT, 100, B, balance=500, line=5),
        told(A, 12, OUT, 100, B, balance=400, line=6),
    ]
    found = reconcile(rows)
    assert findings(found) == [("gap", [4, 5])]
    assert "6.00" in str(found.found[0].reason)


def test_a_balance_below_nothing_before_the_first_line_is_no_opening() -> None:
    found = reconcile([told(A, 0, IN, 500, balance=300, line=2)])
    assert findings(found) == [("gap", [2])]
    assert [kind for kind, *_ in kinds(found)] == ["inflow"]


def test_a_victims_payment_takes_the_place_of_the_line_that_shows_it() -> None:
    payment = Movement(START + timedelta(seconds=100), Kind.PAYMENT, C, A, 500, "Li")
    other = Movement(START, Kind.PAYMENT, "", B, 900, "Wang")
    rows = [told(A, 0, IN, 500, "6216601234500067891", line=2), told(A, 160, IN, 500, C, line=3)]
    found = reconcile(rows, payments=[payment, other])
    assert [(str(each.kind), each.owner, each.fen, each.line) for each in found.movements] == [
        ("inflow", "", 500, 2),
        ("payment", "Li", 500, 3),
        ("payment", "Wang", 900, 0),
    ]


def test_a_payment_that_both_banks_show_is_one_movement() -> None:
    payment = Movement(START, Kind.PAYMENT, C, A, 500, "Li")
    rows = [told(C, 5, OUT, 500, A, line=2), told(A, 6, IN, 500, C, source=1, line=9)]
    assert [(str(each.kind), each.owner) for each in reconcile(rows, payments=[payment]).movements] == [
        ("payment", "Li")
    ]
    assert [(str(each.kind), each.owner) for each in reconcile(rows[:1], payments=[payment]).movements] == [
        ("payment", "Li")
    ]


ACCOUNTS = ["A", "B", "C"]


@st.composite
def cases(draw: st.DrawFn) -> list[Told]:
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from(ACCOUNTS),
                st.sampled_from([*ACCOUNTS, "X", ""]),
                st.integers(0, 400),
                st.sampled_from([100, 200]),
                st.sampled_from([IN, OUT]),
                st.sampled_from(["both", "own"]),
            ),
            max_size=12,
        )
    )
    rows: list[Told] = []
    for line, (account, other, second, fen, direction, seen) in enumerate(steps, 2):
        rows.append(told(account, second, direction, fen, other, source=ACCOUNTS.index(account), line=line))
        if seen == "both" and other in ACCOUNTS and other != account:
            back = IN if direction is OUT else OUT
            rows.append(told(other, second + 1, back, fen, account, source=ACCOUNTS.index(other), line=line))
    return rows


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_every_row_is_in_exactly_one_movement_in_whatever_order_they_come(
    rows: Sequence[Told], chance: Random
) -> None:
    found = reconcile(rows)
    witnessed = [each for told_by in found.rows for each in told_by]
    assert sorted(map(repr, witnessed)) == sorted(map(repr, rows))
    assert sum(each.fen for each in found.movements) == sum(told_by[0].row.fen for told_by in found.rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = reconcile(shuffled)
    assert again.movements == found.movements
    assert findings(again) == findings(found)
    assert {each.what for each in found.found} <= set(Finding)
