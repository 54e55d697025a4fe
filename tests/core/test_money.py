"""Amounts are read, shown and shared out exactly (money.md; domain.md, formats)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import (
    above_zero,
    capitals,
    largest_remainder,
    parse_spoken_amount,
    parse_yuan,
    wan,
    yuan,
)
from liaison_desk.core.numerals import numeral


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.56", 123456),
        ("12345", 1234500),
        ("0", 0),
        ("0.05", 5),
        (".5", 50),
        ("5.", 500),
        ("￥１２，３４５．６７", 1234567),
        ("¥ 800", 80000),
        ("人民币5000元整", 500000),
        ("1,000,000", 100000000),
        (" 007 ", 700),
    ],
)
def test_an_amount_in_yuan_is_read_as_fen(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No amount"),
        ("元", "No amount"),
        ("-5", "negative"),
        ("￥-5", "negative"),
        ("(5)", "negative"),
        ("1.234", "two decimals"),
        ("12,34", "separators"),
        ("1e5", "not an amount"),
        ("五千", "not an amount"),
        ("3万", "not an amount"),
        ("1.2.3", "not an amount"),
        (".", "not an amount"),
        ("1 2", "not an amount"),
        ("6222021234567890123", "too large"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as told:
        parse_yuan(text)
    assert told.value.field == "amount"


def test_whether_zero_is_allowed_is_asked_apart() -> None:
    assert above_zero(1) == 1
    with pytest.raises(BadInput, match="amount is 0"):
        above_zero(parse_yuan("0.00"))


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("3万5", 3500000),
        ("一万二", 1200000),
        ("两千", 200000),
        ("两千块钱", 200000),
        ("2.5万元", 2500000),
        ("12万8千", 12800000),
        ("5w", 500000 * 10),
        ("3k", 300000),
        ("两百五", 25000),
        ("一万零二百", 1020000),
        ("二十万五", 20500000),
        ("35块5", 3550),
        ("12元5角", 1250),
        ("五角", 50),
        ("一千二百三十四元五角六分", 123456),
        ("壹仟肆佰零玖元伍角", 140950),
        ("人民币贰万元整", 2000000),
        ("12,345.67元", 1234567),
        ("一亿两千万", 12_000_000_000),
    ],
)
def test_an_amount_as_spoken_is_read_as_fen(text: str, fen: int) -> None:
    assert parse_spoken_amount(text) == fen


@pytest.mark.parametrize(
    "text", ["", "几万", "3万多", "万", "百", "千百", "一二三百", "3万5.5", "abc", "-3万", "0.001元"]
)
def test_what_is_not_one_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_spoken_amount(text)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (1234567, "12,345.67"), (-100, "-1.00"), (10**11, "1,000,000,000.00")],
)
def test_yuan_shows_two_decimals(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (800_400_000, "800.4"),
        (800_449_999, "800.4"),
        (800_450_000, "800.5"),
        (0, "0.0"),
        (49_999, "0.0"),
        (50_000, "0.1"),
        (-50_000, "-0.1"),
        (-49_999, "0.0"),
        (1_234_567_890_000, "1,234,567.9"),
    ],
)
def test_headlines_are_rounded_once_half_up(fen: int, text: str) -> None:
    assert wan(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (1_000, "壹拾元整"),
        (10_000_000, "壹拾万元整"),
        (10_000_100, "壹拾万零壹元整"),
        (10**10, "壹亿元整"),
        (101_000_010, "壹佰零壹万元壹角"),
        (5, "伍分"),
        (50, "伍角"),
        (1_005, "壹拾元零伍分"),
        (1_000_000_010_000, "壹佰亿零壹佰元整"),
        (10**14, "壹万亿元整"),
        (503 * 10**12, "伍万零叁佰亿元整"),
        (12_345_678_901_234, "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
    ],
)
def test_capitals_follow_the_bank_rules(fen: int, text: str) -> None:
    assert capitals(fen) == "人民币" + text


def test_a_negative_amount_has_no_capitals() -> None:
    with pytest.raises(BadInput, match="negative"):
        capitals(-1)


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_capitals_read_back_to_the_same_amount(fen: int) -> None:
    assert parse_spoken_amount(capitals(fen)) == fen


@given(st.integers(min_value=0, max_value=10**13))
def test_what_yuan_shows_is_read_back(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


def test_the_worked_example_of_a_proportional_return() -> None:
    assert largest_remainder(10_000_000, [3_000_000, 5_000_000, 7_000_001]) == [
        2_000_000,
        3_333_333,
        4_666_667,
    ]


def test_missing_fen_go_to_the_earlier_of_equal_parts() -> None:
    assert largest_remainder(2, [1, 1, 1]) == [1, 1, 0]
    assert largest_remainder(0, [0, 0]) == [0, 0]
    assert largest_remainder(5, [0, 3, 0]) == [0, 5, 0]


def test_sharing_with_nobody_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="nobody"):
        largest_remainder(1, [0])
    with pytest.raises(ValueError, match="negative"):
        largest_remainder(1, [2, -1])


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**13), min_size=1, max_size=12).filter(any))
def test_shares_add_up_and_stay_within_one_fen(total: int, weights: list[int]) -> None:
    shares = largest_remainder(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * whole - total * weight) < whole
        assert weight or share == 0


@given(st.text(alphabet="0123456789零一二两三十百千万亿壹贰.,wk", max_size=12))
def test_a_numeral_is_a_number_or_none(text: str) -> None:
    value = numeral(text)
    assert value is None or value >= 0
