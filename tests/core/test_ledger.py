"""A fen is in one bucket at a time, and the buckets add up to what was captured."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.ledger import (
    ALLOWED,
    Bucket,
    Buckets,
    Caught,
    Move,
    StopStanding,
    counts_at,
    effective,
    freeze_after_stop,
    lapsed,
    replay,
    require_stop,
    second_stop_allowed,
    standing,
    stop_end,
    stop_from_answer,
    stop_standing,
)

CAPTURED, STOPPED, FROZEN = Bucket.CAPTURED, Bucket.STOPPED, Bucket.FROZEN
RETURNED, RELEASED, LAPSED = Bucket.RETURNED, Bucket.RELEASED, Bucket.LAPSED
CHINA = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 21, 7, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def move(from_: Bucket, to: Bucket, fen: int, hours: int, order: int) -> Move:
    return Move(from_, to, fen, AT + hours * HOUR, order)


def test_stop_freeze_return_is_counted_once() -> None:
    buckets = replay(
        [
            move(CAPTURED, STOPPED, 3_500_000, 0, 1),
            move(STOPPED, FROZEN, 3_500_000, 20, 2),
            move(FROZEN, RETURNED, 3_500_000, 900, 3),
        ]
    )
    assert buckets == Buckets(captured=3_500_000, returned=3_500_000)
    assert buckets.secured == 0


def test_money_that_flows_in_later_is_captured_further() -> None:
    buckets = replay([move(CAPTURED, STOPPED, 2_000_000, 0, 1), move(CAPTURED, STOPPED, 500_000, 5, 2)])
    assert buckets == Buckets(captured=2_500_000, stopped=2_500_000)
    assert buckets.secured == 2_500_000


def test_a_direct_freeze_needs_no_stop() -> None:
    assert replay([move(CAPTURED, FROZEN, 100, 0, 1)]) == Buckets(captured=100, frozen=100)


@pytest.mark.parametrize("from_", list(Bucket))
@pytest.mark.parametrize("to", list(Bucket))
def test_money_goes_only_the_ways_of_the_table(from_: Bucket, to: Bucket) -> None:
    ways = {
        (CAPTURED, STOPPED),
        (CAPTURED, FROZEN),
        (STOPPED, FROZEN),
        (STOPPED, RELEASED),
        (STOPPED, LAPSED),
        (FROZEN, RETURNED),
        (FROZEN, RELEASED),
        (FROZEN, LAPSED),
    }
    filled = Buckets(captured=50, stopped=10, frozen=10, returned=10, released=10, lapsed=10)
    if (from_, to) in ways:
        assert filled.apply(move(from_, to, 10, 0, 1)).balanced
    else:
        with pytest.raises(Refused):
            filled.apply(move(from_, to, 10, 0, 1))


@pytest.mark.parametrize("fen", [0, -1])
def test_a_movement_of_nothing_or_less_is_refused(fen: int) -> None:
    with pytest.raises(Refused, match="more than 0"):
        Buckets().apply(move(CAPTURED, STOPPED, fen, 0, 1))


def test_more_than_a_bucket_holds_is_refused_with_both_sums() -> None:
    with pytest.raises(Refused) as refused:
        replay([move(CAPTURED, STOPPED, 100_000, 0, 1), move(STOPPED, FROZEN, 100_001, 1, 2)])
    assert str(refused.value) == (
        "1,000.01 should leave Stopped, but only 1,000.00 was there at that time. "
        "Nothing was recorded; check the amount and when it happened."
    )


def test_a_back_dated_movement_before_its_bucket_was_filled_is_refused() -> None:
    caught = move(CAPTURED, STOPPED, 100, 10, 1)
    with pytest.raises(Refused):
        replay([caught, move(STOPPED, FROZEN, 100, 9, 2)])
    assert replay([caught, move(STOPPED, FROZEN, 100, 10, 2)]).frozen == 100


def test_at_one_instant_the_order_of_recording_decides() -> None:
    with pytest.raises(Refused):
        replay([move(STOPPED, FROZEN, 100, 0, 1), move(CAPTURED, STOPPED, 100, 0, 2)])


def test_a_freeze_told_in_time_but_recorded_late_reverses_the_lapse() -> None:
    caught = move(CAPTURED, STOPPED, 100, 0, 1)
    lapse = move(STOPPED, LAPSED, 100, 48, 2)
    freeze = move(STOPPED, FROZEN, 100, 47, 3)
    with pytest.raises(Refused):
        replay([caught, lapse, freeze])
    assert replay([caught, lapse, freeze, lapse.reversed(4)]) == Buckets(captured=100, frozen=100)


def test_a_reversed_capture_leaves_nothing() -> None:
    caught = move(CAPTURED, STOPPED, 100, 0, 1)
    assert replay([caught, caught.reversed(2)]) == Buckets()
    assert Buckets().apply(caught).apply(caught.reversed(2)) == Buckets()


def test_a_capture_cannot_be_reversed_from_under_a_freeze() -> None:
    caught, freeze = move(CAPTURED, STOPPED, 100, 0, 1), move(STOPPED, FROZEN, 100, 1, 2)
    with pytest.raises(Refused):
        replay([caught, freeze, caught.reversed(3)])


def test_a_reversal_mirrors_exactly_one_entry_once() -> None:
    caught = move(CAPTURED, STOPPED, 100, 0, 1)
    elsewhen = Move(STOPPED, CAPTURED, 100, AT + HOUR, 2, reverses=1)
    smaller = Move(STOPPED, CAPTURED, 99, AT, 2, reverses=1)
    unknown = Move(STOPPED, CAPTURED, 100, AT, 2, reverses=7)
    for wrong in (elsewhen, smaller, unknown):
        with pytest.raises(Refused, match="exactly one"):
            replay([caught, wrong])
    with pytest.raises(Refused, match="already"):
        replay([caught, caught.reversed(2), caught.reversed(3)])
    with pytest.raises(Refused, match="exactly one"):
        replay([caught, caught.reversed(2), caught.reversed(2).reversed(3)])


def test_two_movements_with_one_order_are_a_bug() -> None:
    with pytest.raises(ValueError, match="order 1"):
        replay([move(CAPTURED, STOPPED, 100, 0, 1), move(CAPTURED, STOPPED, 100, 0, 1)])


@st.composite
def lives_of_a_hold(draw: st.DrawFn) -> list[Move]:
    """A random life of one hold by allowed movements, some of them reversed again."""
    buckets, moves, hours = Buckets(), [], 0
    for order in range(1, draw(st.integers(0, 14)) + 1):
        hours += draw(st.integers(0, 3))
        full = [bucket for bucket in (STOPPED, FROZEN) if buckets.of(bucket)]
        from_ = draw(st.sampled_from([CAPTURED, *full]))
        to = draw(st.sampled_from(sorted(ALLOWED[from_])))
        most = 10**12 if from_ is CAPTURED else buckets.of(from_)
        step = move(from_, to, draw(st.integers(1, most)), hours, order)
        buckets = buckets.apply(step)
        moves.append(step)
    if moves and moves[-1].from_ is not CAPTURED and draw(st.booleans()):
        moves.append(moves[-1].reversed(len(moves) + 1))
    return moves


@given(lives_of_a_hold())
def test_buckets_are_never_negative_and_always_add_up(moves: list[Move]) -> None:
    buckets = Buckets()
    for step in standing(moves):
        buckets = buckets.apply(step)
        assert buckets.balanced
        assert buckets.secured == buckets.captured - buckets.returned - buckets.released - buckets.lapsed


@given(st.data())
def test_the_order_of_handing_over_never_matters(data: st.DataObject) -> None:
    moves = data.draw(lives_of_a_hold())
    assert replay(data.draw(st.permutations(moves))) == replay(moves)


@given(lives_of_a_hold())
def test_reversing_by_replay_and_by_hand_agree(moves: list[Move]) -> None:
    buckets = Buckets()
    for step in moves:
        buckets = buckets.apply(step)
    assert buckets == replay(moves)


@given(
    st.lists(
        st.builds(
            Move,
            st.sampled_from(list(Bucket)),
            st.sampled_from(list(Bucket)),
            st.integers(-3, 5),
            st.datetimes(timezones=st.just(UTC)),
            st.just(0),
        ),
        max_size=12,
    )
)
def test_any_nonsense_is_refused_or_adds_up(steps: list[Move]) -> None:
    numbered = [Move(s.from_, s.to, s.fen, s.happened_at, order) for order, s in enumerate(steps)]
    try:
        buckets = replay(numbered)
    except Refused:
        return
    assert buckets.balanced


@pytest.mark.parametrize(
    ("executed", "balance", "earlier", "caught"),
    [
        (3_500_000, 10_000_000, 0, 3_500_000),
        (3_500_000, 2_000_000, 0, 2_000_000),
        (3_500_000, 2_000_000, 500_000, 1_500_000),
        (3_500_000, 2_000_000, 2_500_000, 0),
        (3_500_000, 0, 0, 0),
        (3_500_000, -100, 0, 0),
    ],
)
def test_effective_is_what_is_really_caught(executed: int, balance: int, earlier: int, caught: int) -> None:
    assert effective(executed, balance, earlier) == caught


@pytest.mark.parametrize(
    ("balance", "caught"),
    [
        (10_000_000, Caught(3_500_000, 0)),
        (2_000_000, Caught(2_000_000, 1_500_000)),
        (0, Caught(0, 3_500_000)),
    ],
)
def test_worked_example_6(balance: int, caught: Caught) -> None:
    assert stop_from_answer(3_500_000, balance, 0, 3_500_000) == caught


def test_a_whole_account_stop_larger_than_what_was_asked_leaves_nothing_to_trace() -> None:
    assert stop_from_answer(10_000_000, 10_000_000, 0, 3_500_000) == Caught(10_000_000, 0)


@pytest.mark.parametrize(
    ("stopped", "frozen", "more", "transfers"),
    [
        (100, 100, 0, [(STOPPED, FROZEN, 100)]),
        (100, 150, 50, [(STOPPED, FROZEN, 100), (CAPTURED, FROZEN, 50)]),
        (100, 150, 20, [(STOPPED, FROZEN, 100), (CAPTURED, FROZEN, 20)]),
        (100, 60, 500, [(STOPPED, FROZEN, 60), (STOPPED, RELEASED, 40)]),
        (100, 0, 0, [(STOPPED, RELEASED, 100)]),
        (0, 70, 70, [(CAPTURED, FROZEN, 70)]),
        (0, 0, 0, []),
    ],
)
def test_a_freeze_after_a_stop_captures_only_what_is_beyond_it(
    stopped: int, frozen: int, more: int, transfers: list[tuple[Bucket, Bucket, int]]
) -> None:
    assert freeze_after_stop(stopped, frozen, more) == transfers


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_after_a_freeze_nothing_stays_stopped_and_no_more_is_frozen_than_asked(
    stopped: int, frozen: int, more: int
) -> None:
    buckets = Buckets(captured=stopped, stopped=stopped)
    for order, (from_, to, fen) in enumerate(freeze_after_stop(stopped, frozen, more)):
        buckets = buckets.apply(move(from_, to, fen, 0, order))
    assert buckets.balanced
    assert buckets.stopped == 0
    assert buckets.frozen == min(frozen, stopped + more)
    assert buckets.captured <= stopped + more


def test_negative_amounts_of_a_freeze_are_a_bug() -> None:
    with pytest.raises(ValueError, match="negative"):
        freeze_after_stop(100, -1, 0)


END = AT + 48 * HOUR
MICRO = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("used", "current_end", "start", "is_"),
    [
        (1, END, END - MICRO, StopStanding.SAME_HOLD),
        (1, END, END, StopStanding.NEW_HOLD),
        (1, None, AT, StopStanding.NEW_HOLD),
        (0, None, AT, StopStanding.NEW_HOLD),
        (2, END, AT + HOUR, StopStanding.REFUSED),
        (2, None, END, StopStanding.REFUSED),
        (3, None, END, StopStanding.REFUSED),
    ],
)
def test_a_second_stop_must_begin_before_the_first_one_lapses(
    used: int, current_end: datetime | None, start: datetime, is_: StopStanding
) -> None:
    assert stop_standing(used, current_end, start) is is_
    assert second_stop_allowed(used, current_end, start) is (is_ is StopStanding.SAME_HOLD)


def test_the_third_stop_is_refused_in_words() -> None:
    require_stop(1)
    with pytest.raises(Refused, match="stopped 2 times already"):
        require_stop(2)


def test_a_stop_lapses_at_forty_eight_hours_to_the_second() -> None:
    end = stop_end(AT, None)
    assert end == datetime(2026, 11, 23, 7, 6, tzinfo=UTC)
    assert not lapsed(end, end - timedelta(seconds=1))
    assert lapsed(end, end)


def test_the_end_that_the_bank_states_beats_the_rule() -> None:
    stated = datetime(2026, 11, 23, 23, 59, 59, tzinfo=CHINA)
    assert stop_end(AT, stated) == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert stop_end(AT, stated).tzinfo is UTC


def test_an_end_before_the_start_is_a_mistake_of_the_form() -> None:
    with pytest.raises(BadInput) as wrong:
        stop_end(AT, AT)
    assert wrong.value.field == "end"


def test_a_fact_dated_by_day_counts_at_that_days_end_or_when_recorded() -> None:
    day = date(2026, 11, 21)
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert counts_at(day, datetime(2026, 11, 25, 1, 0, tzinfo=UTC), CHINA) == midnight
    assert counts_at(day, datetime(2026, 11, 21, 6, 0, tzinfo=UTC), CHINA) == AT - timedelta(
        hours=1, minutes=6
    )
