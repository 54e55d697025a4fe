"""Where lines end, and which font draws a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.reports import fonts, lines


@pytest.fixture(scope="module")
def setter() -> fonts.Typesetter:
    return fonts.Typesetter()


def test_no_line_begins_with_closing_punctuation(setter: fonts.Typesetter) -> None:
    text = "对方自称客服，要求把钱转到“安全账户”，（已报警）。金额12,345.67元，账号6217002710000684874，请立即止付！"
    for room in range(40, 200, 3):
        broken = lines.broken(text, room, 9)
        assert "".join(broken) == text
        assert not any(line[0] in "，。、）”！" for line in broken)
        assert not any(line[-1] in "“（" for line in broken)


def test_numbers_and_words_stay_whole_while_they_fit(setter: fonts.Typesetter) -> None:
    assert lines.broken("金额12,345.67元", 55, 9) == ["金额", "12,345.67元"]
    assert lines.broken("It leaves at once (cash).", 60, 9) == ["It leaves at", "once (cash)."]


def test_a_word_wider_than_the_room_is_broken_rather_than_lost(setter: fonts.Typesetter) -> None:
    broken = lines.broken("a" * 200, 50, 9)
    assert "".join(broken) == "a" * 200
    assert all(fonts.width(line, 9) <= 50 for line in broken)


def test_line_ends_as_typed_are_kept(setter: fonts.Typesetter) -> None:
    assert lines.broken(setter.drawn("一\r\n\n二"), 100, 9) == ["一", "", "二"]


@given(
    st.text(alphabet="买 提·a1，。（）“”<&\n吐𠮷/-…6", max_size=80),
    st.integers(min_value=20, max_value=120),
)
def test_nothing_but_spaces_is_lost_and_nothing_sticks_out(text: str, room: int) -> None:
    drawable = fonts.Typesetter().drawn(text)
    broken = lines.broken(drawable, room, 9)
    assert "".join("".join(broken).split()) == "".join(drawable.split())
    assert all(fonts.width(line.rstrip(), 9) <= room + 0.01 for line in broken)


def test_rare_characters_take_the_fallback_font(setter: fonts.Typesetter) -> None:
    assert fonts.runs("㼆𠮷a", bold=True) == [
        fonts.Run("㼆", fonts.BOLD),
        fonts.Run("𠮷", fonts.RARE),
        fonts.Run("a", fonts.BOLD),
    ]
    assert not setter.missing


def test_every_ideograph_of_the_first_two_planes_of_names_has_a_font() -> None:
    setter = fonts.Typesetter()
    for first, last in ((0x4E00, 0x9FA5), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2B740, 0x2B81D)):
        setter.drawn("".join(map(chr, range(first, last + 1))))
    assert list(setter.missing) == []


def test_what_no_font_draws_becomes_its_code_point_and_is_reported() -> None:
    setter = fonts.Typesetter()
    assert (
        setter.drawn("张\U00030000\u202e三\u200b\U00030000")
        == "张〔U+30000〕〔U+202E〕三〔U+200B〕〔U+30000〕"
    )
    assert list(setter.missing) == ["U+30000", "U+202E", "U+200B"]


def test_a_letter_and_its_separate_accent_become_one() -> None:
    setter = fonts.Typesetter()
    assert setter.drawn("n\u0303") == "ñ" or setter.missing == {"U+0303": None}


def test_long_numbers_are_grouped_by_four_and_hold_together() -> None:
    assert lines.grouped("6217002710000684874") == "6217\u00a00027\u00a01000\u00a00684\u00a0874"
    assert lines.grouped("13800001234") == "13800001234"
    assert lines.grouped("6217002710000_01") == "6217002710000_01"
    assert lines.held("6217 00** **** 4874 账户A") == "6217\u00a000**\u00a0****\u00a04874 账户A"
