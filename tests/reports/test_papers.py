"""Summaries as values: the canonical text, what is read back from it, and the two printed codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from liaison_desk.core.papers import (
    Copy,
    HandoverSummary,
    Imprint,
    SlipSummary,
    canonical,
    check_code,
    head_code,
    read_back,
)
from liaison_desk.core.words import msg
from tests.reports.given_papers import AT, handover, slip


def test_check_code_is_forty_bits_in_two_groups() -> None:
    # SHA-256 of nothing begins e3b0c44298: 11100 01110 11000 01100 01000 10000 10100 11000.
    assert check_code(b"") == "WERC-8GMR"


def test_head_code_is_eighty_bits_in_four_groups() -> None:
    assert head_code("00443214c74254b635cf" + "f" * 44) == "0123-4567-89AB-CDEF"
    assert head_code("f" * 64) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"


def test_a_short_or_wrong_hash_has_no_head_code() -> None:
    with pytest.raises(ValueError, match="80 bits"):
        head_code("abc")
    with pytest.raises(ValueError, match="invalid literal"):
        head_code("x" * 64)


def test_a_summary_comes_back_from_its_canonical_text() -> None:
    for summary in (
        handover(),
        handover(running=True),
        slip(),
        slip(co_officer=None, fraud_type=msg("{n} of {what}", n=2, what=msg("Outgoing lead"))),
    ):
        again = read_back(type(summary), canonical(summary))
        assert again == summary
        assert canonical(again) == canonical(summary)


def test_canonical_text_does_not_depend_on_the_zone_a_time_is_told_in() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical(slip(issued_at=there)) == canonical(slip(issued_at=AT))
    assert b'"issued_at":"2026-11-22T12:04:10.000000+00:00"' in canonical(slip())


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        canonical(slip(issued_at=datetime(2026, 11, 22, 12, 0)))  # noqa: DTZ001  # the mistake under test


def test_one_changed_fen_changes_the_check_code() -> None:
    assert check_code(canonical(slip(amount_fen=980_000))) != check_code(canonical(slip(amount_fen=980_001)))


def test_a_reprint_has_another_check_code_than_the_original() -> None:
    first = handover()
    again = replace(first, imprint=replace(first.imprint, copy=Copy.REPRINT))
    assert check_code(canonical(first)) != check_code(canonical(again))


def test_a_text_of_another_kind_is_not_taken_for_a_slip() -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        read_back(SlipSummary, canonical(Imprint("", "", AT)))
    assert read_back(HandoverSummary, canonical(handover())).counts_total == handover().counts_total
