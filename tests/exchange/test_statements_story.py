"""From two banks' files to whose money stands where: read, known again, made one, traced; no database."""

from __future__ import annotations

from datetime import UTC, datetime

from liaison_desk.core.matching import match, trade_of
from liaison_desk.core.statements import Row
from liaison_desk.core.statements_witnesses import Told, reconcile
from liaison_desk.core.tracing import Kind, Movement, compare
from liaison_desk.exchange.statements import verdicts
from tests.exchange.given_statements import HEAD_34, TWO_COLUMNS, A, B, C, lines, trade

VICTIM = "6210987654000123455"


def day(clock: str) -> str:
    return f"2026-11-21 {clock}"


FIRST_BANK = lines(
    HEAD_34,
    trade(HEAD_34, card=A, at=day("15:06:07"), amount="100.00", balance="105.00", flag="进", to=VICTIM, serial="1"),
    trade(HEAD_34, card=A, at=day("15:08:10"), amount="60.00", balance="45.00", flag="出", to=B, serial="2"),
).encode("gb18030")  # fmt: skip
OTHER_BANK = lines(
    TWO_COLUMNS,
    ["20261121", "150812", B, "李四", "", "60.00", "60.00", A, "王五", "转账"],
    ["20261121", "150930", B, "李四", "50.00", "", "10.00", "", "", "ATM取款"],
    ["20261121", "151500", B, "李四", "1.00", "", "9.00", C, "赵六", "转账"],
    mark=";",
).encode("utf-8-sig")


def rows(data: bytes) -> list[Row]:
    return [each for each in verdicts(data, name="x.csv") if isinstance(each, Row)]


def test_from_two_files_to_the_split_of_money_md() -> None:
    stored: list[Told] = []
    for source, data in enumerate((FIRST_BANK, OTHER_BANK, FIRST_BANK)):
        new = rows(data)
        twins = match([trade_of(row) for row in new], [trade_of(told.row) for told in stored])
        stored += [Told(row, source) for row, twin in zip(new, twins, strict=True) if twin is None]
    assert len(stored) == 5  # the first file came twice
    payment = Movement(datetime(2026, 11, 21, 7, 5, tzinfo=UTC), Kind.PAYMENT, "", A, 10_000, "Li")
    found = reconcile(stored, payments=[payment])
    assert [(str(each.kind), each.fen) for each in sorted(found.movements, key=lambda each: each.at)] == [
        ("opening", 500),
        ("payment", 10_000),
        ("transfer", 6_000),
        ("exit", 5_000),
        ("transfer", 100),
    ]
    assert [(pair.debit.row.serial, pair.credit.row.line) for pair in found.pairs] == [("2", 2)]
    assert found.found == ()
    split = compare(found.movements).traced
    owners = {
        rule.value: {key: left.owners for key, left in traced.accounts.items()}
        for rule, traced in split.items()
    }
    # money.md §6, example 2, with one more yuan going on to C
    assert owners["fifo"] == {A: {"Li": 4_500}, B: {"Li": 900}, C: {"Li": 100}}
    assert owners["lifo"][A] == {"other": 500, "Li": 4_000}
    assert all(not traced.unexplained for traced in split.values())
