"""The queue's order: bands, the learnt shares, the score and its explanation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.lifecycle import LegKind
from liaison_desk.core.ranking import (
    Band,
    Prior,
    Sample,
    Table,
    age_class,
    age_minutes,
    age_words,
    explain,
    explain_hold,
    hold_band,
    leg_band,
    level_class,
    order_key,
    percent,
    probabilities,
    score,
    sortable,
    traceable_before_tracing,
)

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
PRIORS = (600_000, 500_000, 350_000, 250_000, 150_000, 50_000)
samples = st.builds(
    Sample, st.integers(1, 6), st.integers(0, 400), st.integers(0, 10**9), st.integers(0, 2 * 10**9)
)


def test_without_answers_the_prior_speaks_at_every_level() -> None:
    assert probabilities([]).parts == (PRIORS, PRIORS, PRIORS)


@pytest.mark.parametrize(
    ("minutes", "index"),
    [
        (0, 0),
        (3, 0),
        (4, 1),
        (10, 1),
        (11, 2),
        (30, 2),
        (31, 3),
        (60, 3),
        (61, 4),
        (180, 4),
        (181, 5),
        (9999, 5),
    ],
)
def test_age_classes_include_their_upper_limit(minutes: int, index: int) -> None:
    assert age_class(minutes) == index


def test_a_started_minute_counts_so_that_limits_hold_to_the_second() -> None:
    assert age_minutes(NOW - 3 * MINUTE, NOW) == 3
    assert age_minutes(NOW - 3 * MINUTE - SECOND, NOW) == 4
    assert age_minutes(NOW - 180 * MINUTE, NOW) == 180
    assert age_minutes(NOW - 180 * MINUTE - SECOND, NOW) == 181
    assert age_minutes(NOW, NOW) == 0
    assert age_minutes(NOW + MINUTE, NOW) == 0


def test_level_three_stands_for_all_beyond() -> None:
    assert [level_class(level) for level in (1, 2, 3, 4, 9)] == [0, 1, 2, 2, 2]
    with pytest.raises(ValueError, match="begin with 1"):
        level_class(0)


def test_answers_pull_the_share_away_from_the_prior() -> None:
    # Asked 50,000.00 + 50,000.00, caught 50,000.00 + 10,000.00; k = 50,000.00 believes 0.6:
    # (60,000 + 30,000) / (100,000 + 50,000) = 0.6; the second class: (0 + 25,000) / (150,000 + 50,000) = 0.125.
    table = probabilities(
        [
            Sample(1, 2, 5_000_000, 5_000_000),
            Sample(1, 3, 5_000_000, 1_000_000),
            Sample(1, 5, 15_000_000, 0),
        ]
    )
    assert table.parts[0] == (600_000, 125_000, 125_000, 125_000, 125_000, 50_000)
    assert table.parts[1] == PRIORS


def test_catching_more_than_asked_counts_as_what_was_asked() -> None:
    # (50,000 + 30,000) / (50,000 + 50,000)
    assert probabilities([Sample(2, 1, 5_000_000, 90_000_000)]).parts[1][0] == 800_000


def test_old_money_that_was_caught_does_not_rank_above_young_money() -> None:
    table = probabilities([Sample(3, 500, 10**10, 10**10)])
    assert table.parts[2] == (600_000, 500_000, 350_000, 250_000, 150_000, 150_000)


@given(st.lists(samples, max_size=30))
def test_shares_never_rise_with_age_and_are_the_formula_rounded_down(taught: list[Sample]) -> None:
    table = probabilities(taught)
    for row in range(3):
        least = Fraction(1)
        for column in range(6):
            mine = [s for s in taught if min(s.level, 3) - 1 == row and age_class(s.age_minutes) == column]
            caught = sum(min(s.effective, s.asked) for s in mine)
            asked = sum(s.asked for s in mine)
            exact = (caught + 5_000_000 * Fraction(PRIORS[column], 10**6)) / (asked + 5_000_000)
            least = min(least, exact)
            assert table.parts[row][column] == least * 10**6 // 1
        assert list(table.parts[row]) == sorted(table.parts[row], reverse=True)


@given(st.lists(samples, max_size=12))
def test_the_order_of_the_answers_never_matters(taught: list[Sample]) -> None:
    assert probabilities(taught) == probabilities(reversed(taught))


def test_negative_amounts_are_a_bug() -> None:
    with pytest.raises(ValueError, match="never negative"):
        probabilities([Sample(1, 1, -1, 0)])


def test_a_prior_is_six_shares_and_some_weight() -> None:
    with pytest.raises(ValueError, match="six shares"):
        Prior(parts=(600_000,))
    with pytest.raises(ValueError, match="weight"):
        Prior(k_fen=0)


@given(st.lists(samples, max_size=12))
def test_a_stored_table_reads_back_the_same(taught: list[Sample]) -> None:
    table = probabilities(taught)
    assert Table.from_json(json.loads(json.dumps(table.as_json()))) == table


@pytest.mark.parametrize("cell", [0.5, True, "1", None])
def test_a_table_that_is_not_whole_numbers_is_refused(cell: object) -> None:
    stored: dict[str, list[list[object]]] = json.loads(json.dumps(probabilities([]).as_json()))
    stored["parts"][0][0] = cell
    with pytest.raises(ValueError, match="parts: six whole numbers"):
        Table.from_json(stored)
    with pytest.raises(ValueError, match="three levels"):
        Table.from_json({})


def test_the_score_is_what_is_traceable_times_the_share_rounded_down() -> None:
    table = probabilities([])
    assert score(3_500_000, 1, 8, table) == 1_750_000
    assert score(3_333_333, 2, 20, table) == 1_166_666
    assert score(0, 1, 0, table) == 0
    assert score(-5, 1, 0, table) == 0


def test_the_tooltip_says_the_sum() -> None:
    table = probabilities([Sample(1, 8, 5_000_000, 3_000_000)])
    # (30,000 + 25,000) / (50,000 + 50,000) = 55 %
    assert str(explain(3_500_000, 1, 8, table)) == (
        "Still catchable 19,250.00 = 35,000.00 still traceable × 55% (level 1, money there for 3–10 min). "
        "In this class the office caught 30,000.00 of 50,000.00 asked within a year; the share never rises "
        "with age."
    )
    assert "(level 3+, money there for more than 180 min)" in str(explain(1, 7, 181, table))
    assert str(explain_hold(980_000)) == "9,800.00 are held here and end within 60 minutes."


def test_shares_are_shown_with_all_their_digits() -> None:
    assert [percent(parts) for parts in (600_000, 611_428, 50_000, 1_000_000, 0, 1)] == [
        "60",
        "61.1428",
        "5",
        "100",
        "0",
        "0.0001",
    ]
    assert [str(age_words(index)) for index in (0, 1, 5)] == ["0–3 min", "3–10 min", "more than 180 min"]


def test_traceable_before_tracing_is_never_below_nothing() -> None:
    assert traceable_before_tracing(3_500_000, 1_000_000, 500_000) == 2_000_000
    assert traceable_before_tracing(3_500_000, 3_000_000, 500_001) == 0


@pytest.mark.parametrize(
    ("kind", "executed", "traceable", "left", "band"),
    [
        (LegKind.STOP, False, 1, 25 * MINUTE, Band.CATCH),
        (LegKind.SECOND_STOP, False, 1, 25 * MINUTE, Band.CATCH),
        (LegKind.FREEZE, False, 1, -MINUTE, Band.CATCH),
        (LegKind.STOP, False, 0, 25 * MINUTE, Band.REST),
        (LegKind.STOP, True, 1, 25 * MINUTE, Band.REST),
        (LegKind.STOP, False, 0, -MINUTE, Band.OVERDUE),
        (LegKind.TRANSACTIONS, False, 100, 0 * MINUTE, Band.OVERDUE),
        (LegKind.TRANSACTIONS, False, 100, SECOND, Band.REST),
        (LegKind.RENEW, False, 100, None, Band.REST),
    ],
)
def test_the_band_of_a_leg(
    kind: LegKind, executed: bool, traceable: int, left: timedelta | None, band: Band
) -> None:
    due = None if left is None else NOW + left
    assert leg_band(kind, executed, traceable, due, NOW) is band


@pytest.mark.parametrize(
    ("left", "band"),
    [
        (60 * MINUTE + SECOND, Band.REST),
        (60 * MINUTE, Band.CATCH),
        (SECOND, Band.CATCH),
        (0 * SECOND, Band.OVERDUE),
    ],
)
def test_a_hold_in_its_last_hour_stands_on_top(left: timedelta, band: Band) -> None:
    assert hold_band(NOW + left, NOW) is band


def test_the_queue_in_order() -> None:
    early, late = NOW + MINUTE, NOW + 9 * MINUTE
    rows = [
        order_key(Band.CATCH, 900, late, "ZF〔2026〕2"),
        order_key(Band.CATCH, 800, early, "ZF〔2026〕3"),
        order_key(Band.CATCH, 800, late, "ZF〔2026〕9"),
        order_key(Band.CATCH, 800, late, "ZF〔2026〕10"),
        order_key(Band.OVERDUE, 0, early, "CX〔2026〕7"),
        order_key(Band.OVERDUE, 5_000, late, "CX〔2026〕1"),  # the score does not count outside band 0
        order_key(Band.REST, 0, early, "JD〔2026〕8"),
        order_key(Band.REST, 0, None, "JD〔2026〕1"),
    ]
    shuffled = rows[::-1]
    shuffled.sort()
    assert shuffled == rows
    assert sortable("ZF〔2026〕9") < sortable("ZF〔2026〕10")
