"""Masks show what rules.md allows and never the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.masking import (
    group4,
    mask_account,
    mask_card,
    mask_id,
    mask_name,
    mask_phone,
    token,
    token_label,
)


def test_a_card_shows_its_first_six_and_last_four() -> None:
    assert mask_card("6222020200112341231") == "622202*********1231"
    assert group4("622202******1234") == "6222 02** **** 1234"
    assert group4("622202*********1231_***") == "6222 02** **** ***1 231 _***"


def test_an_account_that_is_no_card_shows_its_last_four() -> None:
    assert mask_account("6222020200112341231_001") == "622202*********1231_***"
    assert mask_account("2102012309201234567") == "***************4567"
    assert mask_account("12345") == "*****"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812341234", "138****1234"),
        ("1064812345678", "106******5678"),
        ("04346212345", "0434****345"),
        ("01062345678", "010*****678"),
        ("+85291234567", "+85*****4567"),
        ("95588", "*****"),
    ],
)
def test_phones(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


def test_ids() -> None:
    assert mask_id("11010119900307889X") == "110101********889X"
    assert mask_id("110101900307775") == "110101*****7775"
    assert mask_id("E12345678") == "******678"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王五", "王*"),
        ("王小明", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳锋", "欧阳*"),
        ("欧阳", "欧*"),
        ("王", "*"),
        ("买买提·吐尔逊", "买**·**"),
        ("John Smith", "J**"),
        ("𠮷田", "𠮷*"),
        ("公主岭市某某商贸有限公司", "公**"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_tokens_go_from_a_to_z_and_on() -> None:
    assert [token_label(i) for i in (0, 1, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "B",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
    assert str(token(0)) == "Account A"
    assert len({token_label(i) for i in range(2000)}) == 2000


@given(st.from_regex(r"[0-9]{1,30}(_[0-9]{1,4})?", fullmatch=True))
def test_a_masked_number_never_gives_back_what_it_hides(number: str) -> None:
    main, _, sub = number.partition("_")
    for masked in (mask_card(number), mask_account(number)):
        shown = masked.partition("_")[0]
        assert shown.count("*") >= min(3, len(main))
        assert len(shown) == len(main)
        assert not sub or masked.endswith("_***")
    for masked in (mask_phone(main), mask_id(main)):
        assert masked.count("*") >= min(3, len(main))


@given(st.text(min_size=1, max_size=40))
def test_a_masked_name_hides_something_and_not_its_length(name: str) -> None:
    masked = mask_name(name)
    if name.strip():
        assert "*" in masked
        assert len(masked) <= 6
        assert masked.strip("*") != name.strip() or set(name.strip()) == {"*"}
