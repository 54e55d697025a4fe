"""Names are found by any part, by initials and by pinyin; queries are cut into words that match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.pinyin import normalise_query, search_tokens_of_name


def test_every_part_and_its_pinyin_is_a_token() -> None:
    assert search_tokens_of_name("王小明") == {
        "王小明",
        "小明",
        "明",
        "wxm",
        "xm",
        "m",
        "wangxiaoming",
        "xiaoming",
        "ming",
    }


def test_heteronyms_are_found_by_each_reading_the_surname_first() -> None:
    tokens = search_tokens_of_name("单晓乐")
    assert {"sxl", "shanxiaole", "shanxiaoyue", "dxl"} <= tokens


def test_readings_are_bounded() -> None:
    name = "长乐行重朝都单曾调传"
    whole = {token for token in search_tokens_of_name(name) if len(token) > 20 and token.isascii()}
    assert len(search_tokens_of_name(name)) < 10 + 8 * 10 * 2 + 1
    assert whole


def test_dots_width_and_case_do_not_matter() -> None:
    assert "买买提吐尔逊" in search_tokens_of_name("买买提·吐尔逊")
    assert "吐尔逊" in search_tokens_of_name("买买提・吐尔逊")
    assert "smith" in search_tokens_of_name("ＪＯＨＮ Smith")
    assert "𠮷田" in search_tokens_of_name("𠮷田")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("6222 0212 3456 7890", ["6222021234567890"]),
        ("6222-0212-3456-7890", ["6222021234567890"]),
        ("138 1234 5678", ["13812345678"]),
        ("1234 5678", ["1234", "5678"]),
        ("13812345678 6222021234567890123", ["13812345678", "6222021234567890123"]),
        ("ZF〔2026〕12号", ["zf202612"]),
        ("王小明　１２３４", ["王小明", "1234"]),
        ("买买提·吐尔逊", ["买买提吐尔逊"]),
        ("  ", []),
    ],
)
def test_a_query_becomes_words(query: str, words: list[str]) -> None:
    assert normalise_query(query) == words


@given(st.text(max_size=20))
def test_a_name_is_found_by_each_of_its_own_words(name: str) -> None:
    tokens = search_tokens_of_name(name)
    assert all(token and token == token.lower().strip() for token in tokens) or not name.isascii()
    for word in name.split():
        if word.isalpha():
            for cut in normalise_query(word):
                assert any(token.startswith(cut) for token in tokens)
