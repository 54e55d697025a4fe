"""Cells of statements: amounts to the fen, times in every dress, account numbers whole or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.statements import Why
from liaison_desk.core.statements_cells import (
    Cell,
    Times,
    Unreadable,
    amount,
    bare,
    currency,
    free_account,
    number_text,
    own_account,
    plain_text,
)
from liaison_desk.core.tracing import Precision

ZONE = ZoneInfo("Asia/Shanghai")
CARD = "6222020200183502745"


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("1,234.56", 100, 123_456),
        ("１，２３４．５６", 100, 123_456),
        ("￥1,234.5", 100, 123_450),
        ("¥-1.00", 100, -100),
        ("-¥1.00", 100, -100),
        ("1.00元", 100, 100),
        ("人民币1.00", 100, 100),
        ("+8", 100, 800),
        (".5", 100, 50),
        ("5.", 100, 500),
        ("(50.00)", 100, -5_000),
        ("100.00-", 100, -10_000),
        ("\t100.00\t", 100, 10_000),
        ('="100.00"', 100, 10_000),
        (1234.56, 100, 123_456),
        (0.1 + 0.2, 100, 30),
        (12, 100, 1_200),
        (1e-2, 100, 1),
        ("1.2345", 1_000_000, 1_234_500),
        ("0.000001", 1_000_000, 1),
        ("12.0", 1, 12),
        ("1.50", 1_000_000, 1_500_000),
        ("999999999999999.99", 100, 99_999_999_999_999_999),
        ("0.00", 100, 0),
        ("", 100, None),
        ("--", 100, None),
        ("/", 100, None),
        ("****", 100, None),
        (None, 100, None),
    ],
)
def test_an_amount_is_read_to_the_fen(cell: Cell, unit: int, fen: int | None) -> None:
    assert amount(cell, unit) == fen


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("12.345", 100),
        ("12.5", 1),
        ("0.0000001", 1_000_000),
        ("1,00.00", 100),
        ("1,2345.00", 100),
        ("1.2E+05", 100),
        ("1.5万", 100),
        ("1.00元", 1),
        ("--1", 100),
        ("(-1)", 100),
        ("-1-", 100),
        ("1 2 a", 100),
        ("²", 100),
        ("1.٠0", 100),
        ("9999999999999999", 100),
        (1e300, 100),
        (float("inf"), 1),
    ],
)
def test_what_is_no_exact_amount_is_refused(cell: Cell, unit: int) -> None:
    if isinstance(cell, float) and cell == float("inf"):
        assert amount(cell, unit) is None  # a cell without a number
        return
    with pytest.raises(Unreadable) as caught:
        amount(cell, unit)
    assert caught.value.why is Why.AMOUNT


@given(st.integers(-(10**13), 10**13))
@settings(max_examples=100, deadline=None)
def test_an_amount_survives_text_and_number(fen: int) -> None:
    text = f"{Decimal(fen) / 100:.2f}"
    assert amount(text) == fen
    assert amount(f"{Decimal(fen) / 100:,.2f}") == fen
    assert amount(float(Decimal(fen) / 100)) == fen


TEXT_TIMES = [
    ("2026-11-21 15:06:07", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026/11/21 15:06:07", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026.11.21 15:06:07", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026-1-2 3:04:05", "2026-01-01T19:04:05", Precision.SECOND),
    ("2026-11-21T15:06:07", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026-11-21T15:06:07+08:00", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026-11-21T15:06:07Z", "2026-11-21T15:06:07", Precision.SECOND),
    ("2026-11-21 15:06:07.123", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026-11-21-15.06.07.123456", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026年11月21日 15时06分07秒", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026年11月21日15:06", "2026-11-21T07:06:00", Precision.MINUTE),
    ("2026年11月21日15时06分", "2026-11-21T07:06:00", Precision.MINUTE),
    ("2026-11-21 15:06", "2026-11-21T07:06:00", Precision.MINUTE),
    ("20261121150607", "2026-11-21T07:06:07", Precision.SECOND),
    ("20261121150607123", "2026-11-21T07:06:07", Precision.SECOND),
    ("202611211506", "2026-11-21T07:06:00", Precision.MINUTE),
    ("20261121 150607", "2026-11-21T07:06:07", Precision.SECOND),
    ("20261121 15:06:07", "2026-11-21T07:06:07", Precision.SECOND),
    ("2026-11-21", "2026-11-20T16:00:00", Precision.DAY),
    ("20261121", "2026-11-20T16:00:00", Precision.DAY),
    ("２０２６－１１－２１　１５：０６：０７", "2026-11-21T07:06:07", Precision.SECOND),
    ('="2026-11-21 15:06:07"', "2026-11-21T07:06:07", Precision.SECOND),
    ("46347.629247685", "2026-11-21T07:06:07", Precision.SECOND),
    ("46347", "2026-11-20T16:00:00", Precision.DAY),
    (46347.0, "2026-11-20T16:00:00", Precision.DAY),
    (46347.999999999, "2026-11-21T16:00:00", Precision.SECOND),
    (20261121150607.0, "2026-11-21T07:06:07", Precision.SECOND),
    (datetime(2026, 11, 21, 15, 6, 7), "2026-11-21T07:06:07", Precision.SECOND),  # noqa: DTZ001 - a sheet knows no zone
    (date(2026, 11, 21), "2026-11-20T16:00:00", Precision.DAY),
    ("1988-07-01 12:00:00", "1988-07-01T03:00:00", Precision.SECOND),  # summer time in Shanghai
]


@pytest.mark.parametrize(("cell", "at", "precision"), TEXT_TIMES)
def test_a_time_is_read_in_every_dress(cell: Cell, at: str, precision: Precision) -> None:
    times = Times(ZONE)
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC), precision
    assert times.read(cell) == expected
    assert times.read(cell) == expected  # remembered, and still the same


@pytest.mark.parametrize(
    "cell",
    ["", "/", "x", "2026-13-21 15:06:07", "2026-02-30", "20261121250607", "15:06:07", "21/11/2026", "11/21/26", "1234567890", "0001-01-01", "2999-01-01", 12345678901234567.0, 5.5],
)  # fmt: skip
def test_what_is_no_time_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable) as caught:
        Times(ZONE).read(cell)
    assert caught.value.why is Why.TIME


@pytest.mark.parametrize(
    ("day", "clock", "local"),
    [
        ("20261121", "150607", "2026-11-21 15:06:07"),
        ("2026-11-21", "15:06:07", "2026-11-21 15:06:07"),
        ("2026-11-21", "15:06", "2026-11-21 15:06:00"),
        ("2026-11-21", "90607", "2026-11-21 09:06:07"),
        ("2026-11-21", 607.0, "2026-11-21 00:06:07"),
        ("2026-11-21 00:00:00", "15:06:07", "2026-11-21 15:06:07"),
        ("2026-11-21", "", "2026-11-21 00:00:00"),
        ("2026-11-21", "2026-11-21 15:06:07", "2026-11-21 15:06:07"),
        ("2026-11-21", time(15, 6, 7), "2026-11-21 15:06:07"),
        (46347.0, 0.629247685, "2026-11-21 15:06:07"),
        (20261121.0, 150607.0, "2026-11-21 15:06:07"),
    ],
)
def test_date_and_time_in_two_cells_are_one_moment(day: Cell, clock: Cell, local: str) -> None:
    times = Times(ZONE)
    for _ in range(2):
        at, _ = times.join(day, clock)
        assert at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") == local


def test_serial_numbers_from_1904_are_four_years_on() -> None:
    assert Times(ZONE, mac=True).read(44885.629247685)[0] == Times(ZONE).read(46347.629247685)[0]


@pytest.mark.parametrize(
    ("cell", "account"),
    [(CARD, CARD), (f"\t{CARD}", CARD), (f'="{CARD}"', CARD), ("6222 0202 0018 3502 745", CARD), (330102123456.0, "330102123456"), ("", ""), ("/", ""), (f"{CARD}_1", f"{CARD}_1")],
)  # fmt: skip
def test_an_own_account_is_its_digits(cell: Cell, account: str) -> None:
    assert own_account(cell)[0] == account


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("6.22202E+18", Why.DAMAGE),
        ("6.22202e18", Why.DAMAGE),
        (6222020200183502745.0, Why.DAMAGE),
        (1234567890123456.0, Why.DAMAGE),
        ("6222020200183500000", Why.DAMAGE),
        ("6222****2745", Why.ACCOUNT),
        ("张三", Why.ACCOUNT),
        ("1234567", Why.ACCOUNT),
    ],
)
def test_a_damaged_or_impossible_account_is_refused(cell: Cell, why: Why) -> None:
    with pytest.raises(Unreadable) as caught:
        own_account(cell)
    assert caught.value.why is why


def test_a_counterparty_may_be_anything_but_damaged() -> None:
    assert free_account("Z2007933000010N") == ("Z2007933000010N", ())
    assert free_account("243300133")[0] == "243300133"
    assert free_account("00000000")[0] == ""
    assert free_account("6222 **** 2745")[0] == "6222 **** 2745"
    assert len(free_account("6222020200183050000")[1]) == 1  # zeros, and a right check digit
    for damaged in ("6.22203E+18", "6222031234567890000", 6222031234567890123.0):
        with pytest.raises(Unreadable):
            free_account(damaged)


def test_text_stays_as_it_stands_and_what_cannot_be_kept_is_refused() -> None:
    assert plain_text(" 买买提·吐尔逊 <b>𠮷</b>&amp; ") == "买买提·吐尔逊 <b>𠮷</b>&amp;"
    assert plain_text("一\r\n二") == "一 二"
    for text in ("a\0b", "\udcff", "\x1b[0m", "x" * 1001):
        with pytest.raises(Unreadable) as caught:
            plain_text(text)
        assert caught.value.why is Why.TEXT
    assert (bare(12.0), bare(True), bare(None), number_text(1e-7)) == ("12", "TRUE", "", "0.0000001")


@pytest.mark.parametrize(
    ("cell", "intact"),
    [
        ("6.22203E+18", "62220"),
        ("6222031234567890000", "622203123456789"),
        (6222031234567890123.0, "62220312345678"),
    ],
)
def test_of_a_damaged_number_the_intact_digits_are_told(cell: Cell, intact: str) -> None:
    with pytest.raises(Unreadable) as caught:
        free_account(cell)
    assert caught.value.word == intact


def test_only_yuan_is_yuan() -> None:
    assert {currency(cell) for cell in ("", "CNY", "RMB", "人民币", "156", "01", 156.0, "cny")} == {"CNY"}
    for other in ("USD", "美元", "840", "HKD"):
        with pytest.raises(Unreadable) as caught:
            currency(other)
        assert caught.value.why is Why.CURRENCY
