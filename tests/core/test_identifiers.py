"""Numbers and names are cleaned, certain damage is refused, likely damage warns (rules.md, Damage)."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.bins import CardBins, bundled, names
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import (
    bracketless,
    carrier_of,
    check_resident_id,
    check_uscc,
    clean_account,
    clean_name,
    clean_phone,
    clean_text,
    document_number_ok,
    fold,
    institution_of_account,
    luhn_ok,
)

TABLE = Path(__file__).resolve().parents[2] / "resources" / "data" / "card_bins.csv"
GOOD_CARD = "6222020200112341231"  # ICBC, 19 digits, right check digit


def test_the_longest_prefix_with_the_right_length_wins() -> None:
    bins = CardBins(
        [
            "prefix,length,bank_code,bank_name,card_type",
            "622,16,AAA,甲银行,debit",
            "622202,19,BBB,乙银行,debit",
            "622202,16,CCC,丙银行,credit",
        ]
    )
    sixteen, nineteen = bins.bank_of("6222021234567890"), bins.bank_of("6222021234567890123")
    assert sixteen is not None
    assert sixteen.bank_code == "CCC"
    assert nineteen is not None
    assert nineteen.bank_name == "乙银行"
    other = bins.bank_of("6221111111111111")
    assert other is not None
    assert other.bank_code == "AAA"
    assert bins.bank_of("62220212345678901") is None
    assert bins.bank_of("") is None
    assert bins.names["AAA"] == "甲银行"


def test_the_bundled_table_is_whole_and_quick() -> None:
    started = time.perf_counter()
    bins = CardBins(TABLE)
    assert time.perf_counter() - started < 0.2  # 7 ms here; room for a busy machine
    assert len(bins) == 1784
    assert len(names()) == 122
    assert names()["ICBC"] == "中国工商银行"


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        (GOOD_CARD, GOOD_CARD, "card"),
        ("6222 0202 0011 2341 231", GOOD_CARD, "card"),
        ("６２２２-０２０２-００１１-２３４１-２３１", GOOD_CARD, "card"),
        ('="6222020200112341231"', GOOD_CARD, "card"),
        ("6222020200112341231_001", GOOD_CARD + "_001", "card"),
        ("2102012309201234567", "2102012309201234567", "account"),
        ("12345678", "12345678", "account"),
        ("1" * 30, "1" * 30, "account"),
    ],
)
def test_an_account_is_cleaned(text: str, value: str, kind: str) -> None:
    account = clean_account(text)
    assert (account.value, account.kind, account.warnings) == (value, kind, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No account"),
        ("张三", "looks like a name"),
        ("6222O20200112341231", "digits only"),
        ("1234567", "too short"),
        ("1" * 31, "longer than 30"),
        ("1" * 28 + "_12", "longer than 30"),
        ("6.22203E+18", "last digits are lost"),
        ("6.22203e18", "last digits are lost"),
        ("６．２２Ｅ＋１８", "last digits are lost"),
        ("6222020200112340000", "turned into zeros"),
        ("622202020011_", "sub-account"),
        ("_622202020011", "sub-account"),
    ],
)
def test_what_is_no_account_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as told:
        clean_account(text)
    assert told.value.field == "account"


def test_a_wrong_check_digit_alone_only_warns() -> None:
    assert [str(w) for w in clean_account("6222020200112341239").warnings] == [
        "The check digit of this card number is wrong; compare it with the source."
    ]


def test_zeros_at_the_end_warn_when_the_check_digit_happens_to_be_right() -> None:
    number = next(f"6222020200{i:05d}0000" for i in range(12345, 12400) if luhn_ok(f"6222020200{i:05d}0000"))
    assert [w.text[:26] for w in clean_account(number).warnings] == ["The last digits are zeros,"]


def test_sixteen_digits_ending_in_zero_only_warn() -> None:
    assert not luhn_ok("6222300212345670")
    assert len(clean_account("6222300212345670").warnings) >= 1


def test_the_bank_is_known_by_the_prefix() -> None:
    assert institution_of_account(GOOD_CARD) == "ICBC"
    assert institution_of_account(GOOD_CARD + "_001", bundled()) == "ICBC"
    assert institution_of_account("2102012309201234567") is None


@given(st.text(max_size=40))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    try:
        account = clean_account(text)
    except BadInput:
        return
    assert account.main.isascii()
    assert account.main.isdigit()


@pytest.mark.parametrize(
    ("text", "value", "warned"),
    [
        ("110101199003077758", "110101199003077758", 0),
        ("11010119900307889x", "11010119900307889X", 0),
        ("110101 19900307 7758", "110101199003077758", 0),
        ("220184199003070018", "220184199003070018", 1),  # stdnum does not know the office's own district
        ("110101900307775", "110101900307775", 1),
    ],
)
def test_a_resident_id_is_accepted(text: str, value: str, warned: int) -> None:
    found, warnings = check_resident_id(text)
    assert found == value
    assert len(warnings) == warned


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No ID"),
        ("1101011990030777", "18 characters"),
        ("张三", "18 characters"),
        ("110101199003077757", "check digit"),
        ("110101199013077758", "birth date"),
        ("110101199002307758", "birth date"),
        ("110101020003077758", "birth date"),
    ],
)
def test_a_wrong_resident_id_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        check_resident_id(text)


def test_nobody_is_born_tomorrow() -> None:
    check_resident_id("110101199003077758", today=date(1990, 3, 7))
    with pytest.raises(BadInput, match="cannot be right"):
        check_resident_id("110101199003077758", today=date(1990, 3, 6))


def test_a_company_code_is_checked() -> None:
    assert check_uscc("91110000600037341l") == "91110000600037341L"
    with pytest.raises(BadInput):
        check_uscc("911100006000373410")


@pytest.mark.parametrize(
    ("text", "number", "kind", "carrier"),
    [
        ("13904321234", "13904321234", "mobile", "CMCC"),
        ("+86 185-4321-1234", "18543211234", "mobile", "CUCC"),
        ("008617712345678", "17712345678", "mobile", "CTCC"),
        ("8619212345678", "19212345678", "mobile", "CBN"),
        ("１６２ １２３４ ５６７８", "16212345678", "mobile", "CTCC"),
        ("1064812345678", "1064812345678", "iot", "CMCC"),
        ("0434-6212345", "04346212345", "fixed", None),
        ("(010) 6234 5678", "01062345678", "fixed", None),
        ("400-812-3123", "4008123123", "service", None),
        ("95588", "95588", "service", None),
        ("10086", "10086", "service", "CMCC"),
        ("+852 9123 4567", "+85291234567", "overseas", None),
        ("0014155550100", "+14155550100", "overseas", None),
    ],
)
def test_a_phone_is_cleaned(text: str, number: str, kind: str, carrier: str | None) -> None:
    phone = clean_phone(text)
    assert (phone.number, phone.kind, phone.carrier) == (number, kind, carrier)


@pytest.mark.parametrize("text", ["", "abc", "1390432123", "139043212345", "6212345", GOOD_CARD])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        clean_phone(text)


def test_only_mobile_numbers_have_a_carrier_by_prefix() -> None:
    assert carrier_of("13904321234") == "CMCC"
    assert carrier_of("04346212345") is None


@pytest.mark.parametrize("name", ["张三", "<b>", "a&b", "买买提·吐尔逊", "𠮷田", "㼆", "O'Brien", "3M公司"])
def test_a_name_stays_as_typed(name: str) -> None:
    assert clean_name(f"  {name}\u3000") == name


@pytest.mark.parametrize(
    "name", ["", "  ", "6222020200112341231", "１２３", "6222 0202", "a\0b", "\ud800", "a\nb", "…", "x" * 101]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        clean_name(name)


def test_free_text_keeps_its_lines_and_refuses_what_cannot_be_kept() -> None:
    assert clean_text(" 一\r\n二\t三 ", 10) == "一\n二\t三"
    for text in ("a\0", "\udc00", "\x1b[0m", "12345678901"):
        with pytest.raises(BadInput):
            clean_text(text, 10)


def test_numbers_are_found_with_and_without_brackets() -> None:
    assert bracketless("ZF〔２０２６〕12号") == bracketless("zf2026 12") == "zf202612"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("公公(刑)刑返字〔2026〕12号", True),
        ("×公(×)刑返字〔2026〕12号", True),
        ("公公(刑)刑返字〔2026〕012号", False),
        ("公公(刑)刑返字[2026]12号", False),
        ("公公(刑)刑返字〔2026〕12", False),
        ("〔2026〕12号", False),
    ],
)
def test_a_document_number_has_its_form(text: str, good: bool) -> None:
    assert document_number_ok(text) is good


@given(st.text())
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_an_id_of_an_unlisted_county_of_a_known_province_only_warns() -> None:
    """Found by the demo office: the library raises KeyError there."""
    value, warnings = check_resident_id("229981199001010014")
    assert value == "229981199001010014"
    assert len(warnings) == 1
