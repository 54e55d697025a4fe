"""The paste box finds what a careful reader finds, and hands back what it could not read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.bins import bundled
from liaison_desk.core.paste import Find, Paste, find
from tests.core.paste_texts import NOW, SAMPLES, Sample
from tests.core.paste_texts_more import IMPROVED_BY, KEPT_UNSEEN

ZONE = ZoneInfo("Asia/Shanghai")


def _find(text: str) -> Paste:
    return find(text, datetime.fromisoformat(NOW), ZONE, bundled())


def _value(found: Find) -> object:
    return found.value.isoformat() if isinstance(found.value, (date, datetime)) else found.value


@pytest.mark.parametrize("sample", [*SAMPLES, *IMPROVED_BY, *KEPT_UNSEEN], ids=lambda sample: sample.name)
def test_the_finds_are_those_of_a_careful_reader(sample: Sample) -> None:
    paste = _find(sample.text)
    assert [(found.kind, found.text, _value(found)) for found in paste.finds] == list(sample.finds)
    for piece in sample.unread:
        assert any(piece in unread for unread in paste.unread), (piece, paste.unread)
    for found in paste.finds:
        assert not any(found.text in unread for unread in paste.unread if len(found.text) > 6)


def test_institutions_are_suggested_by_prefix() -> None:
    paste = _find("卡号6222020200183502745,电话13904341122,广电19212345678,农行")
    assert [(found.kind, found.institution) for found in paste.finds] == [
        ("account", "ICBC"),
        ("phone", "CMCC"),
        ("phone", "CBN"),
        ("bank", "ABC"),
    ]


def test_likely_mistakes_are_kept_with_a_warning() -> None:
    (card,) = _find("卡号6222020200183502746").finds
    assert [warning.text[:15] for warning in card.warnings] == ["The check digit"]
    (amount,) = _find("被骗3万多元").finds
    assert (amount.value, len(amount.warnings)) == (3_000_000, 1)


def test_now_in_another_zone_is_the_same_moment() -> None:
    (found,) = find("今天14:05", datetime.fromisoformat("2026-11-21T23:00:00+00:00"), ZONE, bundled()).finds
    assert _value(found) == "2026-11-22T14:05:00+08:00"


def _check(text: str) -> None:
    paste = _find(text)
    last = 0
    for found in paste.finds:
        assert text[found.start : found.end] == found.text
        assert found.start >= last
        assert found.text.strip()
        last = found.end
    assert all(piece.strip() for piece in paste.unread)
    assert all(piece in text for piece in paste.unread)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    _check(text)


@given(
    st.text(
        alphabet="0123456789 -\n\t,.:/年月日点时分元万千百一二三十户名卡号转给王李¥+Xx_今昨晚周上",
        max_size=60,
    )
)
def test_texts_of_the_fields_own_signs_are_read_without_an_error(text: str) -> None:
    _check(text)


@given(
    st.lists(st.sampled_from([piece for sample in SAMPLES for piece in sample.text.split(",")]), max_size=6)
)
def test_pieces_of_real_texts_in_any_order_are_read_without_an_error(pieces: list[str]) -> None:
    _check(",".join(pieces))


@given(st.integers(0, 10**9), st.sampled_from(["", "-", " "]))
def test_the_digits_of_a_card_are_found_however_they_are_grouped(middle: int, mark: str) -> None:
    stem = f"62220202{middle:010d}"
    total = sum(
        int(char) if place % 2 else (int(char) * 2 - 9 if int(char) > 4 else int(char) * 2)
        for place, char in enumerate(reversed(stem))
    )
    number = stem + str(-total % 10)
    written = mark.join(number[i : i + 4] for i in range(0, 19, 4))
    assert [(found.kind, found.value, found.text) for found in _find(f"卡号 {written}。").finds] == [
        ("account", number, written)
    ]
