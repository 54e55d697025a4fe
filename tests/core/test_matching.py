"""Which rows are the same trade: the rule's own cases, and that a file sent again never adds anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.matching import Trade, Twin, match
from liaison_desk.core.statements import Direction

AT = datetime(2026, 11, 21, 7, 6, 7, tzinfo=UTC)


def trade(
    serial: str = "",
    balance: int | None = None,
    to: str = "B",
    name: str = "",
    fen: int = 100,
    seconds: int = 0,
) -> Trade:
    return Trade("A", AT + timedelta(seconds=seconds), fen, Direction.OUT, to, name, balance, serial)


def test_rows_equal_in_all_are_the_same_trade() -> None:
    assert match([trade("S1", 5)], [trade("S1", 5)]) == [Twin(0, True)]
    assert match([trade("S1", 5)], [trade("S2", 5)]) == [None]
    assert match([trade("S1", 5)], [trade("S1", 6)]) == [None]
    assert match([trade("S1", 5)], [trade("S1", 5, to="C")]) == [None]
    assert match([trade("S1", 5)], [trade("S1", 5, seconds=1)]) == [None]
    assert match([trade("S1", 5)], [trade("S1", 5, fen=101)]) == [None]


def test_a_file_sent_twice_adds_nothing_and_two_equal_withdrawals_stay_two() -> None:
    file = [trade(), trade()]
    assert match(file, []) == [None, None]
    assert match(file, file) == [Twin(0, True), Twin(1, True)]
    assert match([*file, trade()], file) == [Twin(0, True), Twin(1, True), None]


def test_one_trade_with_a_serial_in_two_sheets_of_a_file_is_one() -> None:
    assert match([trade("S1"), trade("S1"), trade("S2")], []) == [None, Twin(0, False), None]


def test_what_one_side_does_not_say_is_matched_after_what_is_equal_in_all() -> None:
    stored = [trade("S1", 5), trade("", 5)]
    assert match([trade("", 5)], stored) == [Twin(1, True)]
    assert match([trade("", 5), trade("S1", None)], stored) == [Twin(1, True), Twin(0, True)]


def test_missing_parts_match_one_to_one_in_the_order_of_lines() -> None:
    stored = [trade("S1", 5), trade("S2", 4)]
    assert match([trade(), trade(), trade()], stored) == [Twin(0, True), Twin(1, True), None]


def test_an_earlier_line_does_not_take_what_only_a_later_one_can_use() -> None:
    stored = [trade("S1", 5), trade("S2", 4)]
    assert match([trade(), trade("S1")], stored) == [Twin(1, True), Twin(0, True)]


def test_a_counterparty_by_name_alone_may_be_the_one_with_a_number_and_no_other_name() -> None:
    assert match([trade(to="", name="王五")], [trade("S1", 5, to="B")]) == [Twin(0, True)]
    assert match([trade(to="", name="王五")], [trade("S1", 5, to="", name="赵六")]) == [None]
    assert match([trade(to="")], [trade("S1", 5, to="", name="赵六")]) == [Twin(0, True)]


TRADES = st.builds(
    trade,
    st.sampled_from(["", "S1", "S2"]),
    st.sampled_from([None, 5, 6]),
    st.sampled_from(["", "B", "C"]),
    st.just(""),
    st.sampled_from([100, 200]),
    st.sampled_from([0, 0, 0, 1]),
)
FILES = st.lists(TRADES, max_size=8)


def imported(file: list[Trade], stored: list[Trade]) -> list[Trade]:
    return [new for new, twin in zip(file, match(file, stored), strict=True) if twin is None]


@given(FILES, FILES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_file_sent_again_in_any_order_adds_nothing(
    earlier: list[Trade], file: list[Trade], chance: object
) -> None:
    stored = imported(earlier, [])
    stored += imported(file, stored)
    again = list(file)
    chance.shuffle(again)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert imported(again, stored) == []
    assert imported(earlier, stored) == []


@given(FILES, FILES)
@settings(max_examples=60, deadline=None)
def test_no_stored_row_is_two_trades_and_a_match_never_contradicts(
    file: list[Trade], stored: list[Trade]
) -> None:
    answer = match(file, stored)
    for new, twin in zip(file, answer, strict=True):
        if twin is None:
            continue
        other = stored[twin.place] if twin.stored else file[twin.place]
        assert new.base == other.base
        for mine, theirs in ((new.serial, other.serial), (new.counterparty, other.counterparty)):
            assert not mine or not theirs or mine == theirs
        assert new.balance is None or other.balance is None or new.balance == other.balance
    places = [
        twin.place
        for new, twin in zip(file, answer, strict=True)
        if twin is not None and twin.stored and not (new.told_apart and new == stored[twin.place])
    ]
    assert len(places) == len(set(places))


@given(FILES, FILES)
@settings(max_examples=40, deadline=None)
def test_matching_by_base_is_matching_as_a_whole(file: list[Trade], stored: list[Trade]) -> None:
    whole = match(file, stored)
    for base in {each.base for each in file}:
        mine = [place for place, each in enumerate(file) if each.base == base]
        theirs = [place for place, each in enumerate(stored) if each.base == base]
        part = match([file[place] for place in mine], [stored[place] for place in theirs])
        for place, twin in zip(mine, part, strict=True):
            expected = whole[place]
            if twin is None or expected is None:
                assert twin is expected
            else:
                assert (theirs if twin.stored else mine)[twin.place] == expected.place
