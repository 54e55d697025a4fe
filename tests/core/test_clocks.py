"""When each clock ends and whom it alarms, to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.clocks import (
    CLOCK_WORDS,
    DEFAULT_RULES,
    ClockKind,
    ClockRule,
    Level,
    Unit,
    add_months,
    due,
    due_warning,
    escalation,
    kind_of,
    length_words,
    next_escalation,
    paused_due,
    rule_on,
)

CHINA = ZoneInfo("Asia/Shanghai")
PLAIN = WorkCalendar()
SECOND = timedelta(seconds=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ends(name: str, start: str) -> datetime:
    return due(DEFAULT_RULES[name], local(start), CHINA, PLAIN)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("claim", "2026-11-21 14:05:07", "2026-11-21 14:10:07"),
        ("answer", "2026-11-21 23:45:00", "2026-11-22 00:15:00"),
        ("stop", "2026-11-21 15:06:09", "2026-11-23 15:06:09"),
        ("missing_document", "2026-11-21 15:06:09", "2026-11-22 15:06:09"),
        ("release", "2026-11-21 00:00:01", "2026-11-25 00:00:00"),
        ("release", "2026-11-21 23:59:59", "2026-11-25 00:00:00"),
        ("release", "2026-11-22 00:00:00", "2026-11-26 00:00:00"),
        ("notice", "2026-01-31 09:00:00", "2026-03-03 00:00:00"),
        ("freeze", "2026-08-31 10:00:00", "2027-03-01 00:00:00"),  # ends with 28 February
        ("freeze", "2027-08-31 10:00:00", "2028-03-01 00:00:00"),  # ends with 29 February, a leap year
        ("freeze", "2028-02-29 10:00:00", "2028-08-30 00:00:00"),
        ("freeze", "2026-05-15 10:00:00", "2026-11-16 00:00:00"),
        ("freeze", "2026-12-31 23:59:59", "2027-07-01 00:00:00"),  # June has 30 days
        ("return", "2026-02-12 10:00:00", "2026-02-25 00:00:00"),  # over the Spring Festival
        ("return", "2026-02-25 10:00:00", "2026-03-01 00:00:00"),  # Saturday 28 February is worked
        ("return", "2026-10-05 10:00:00", "2026-10-11 00:00:00"),  # 8, 9 and the made-up Saturday 10 October
    ],
)
def test_a_clock_ends_where_the_rules_say(name: str, start: str, end: str) -> None:
    assert ends(name, start) == local(end)
    assert ends(name, start).tzinfo is UTC


def test_a_day_clock_counts_local_days_not_utc_days() -> None:
    start = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # already 21 November in China
    assert due(DEFAULT_RULES["release"], start, CHINA, PLAIN) == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def test_forty_eight_hours_hold_across_a_change_of_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)
    end = due(DEFAULT_RULES["stop"], start, berlin, PLAIN)
    assert end == datetime(2026, 3, 30, 13, 0, tzinfo=berlin).astimezone(UTC)


def test_a_naive_start_is_a_bug() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(DEFAULT_RULES["stop"], datetime(2026, 1, 1), CHINA, PLAIN)  # noqa: DTZ001 - the mistake under test


def test_a_return_beyond_the_holiday_calendar_carries_its_warning() -> None:
    end = PLAIN.known_until
    start = datetime(end.year, 12, 31, 10, tzinfo=CHINA)
    assert due_warning(DEFAULT_RULES["return"], start, CHINA, PLAIN) is not None
    assert due_warning(DEFAULT_RULES["return"], local("2026-02-12 10:00:00"), CHINA, PLAIN) is None
    assert due_warning(DEFAULT_RULES["freeze"], start, CHINA, PLAIN) is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_clamp_to_the_months_end(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


instants = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(st.sampled_from(sorted(DEFAULT_RULES)), instants, instants)
def test_a_later_start_never_ends_earlier(name: str, one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))
    rule = DEFAULT_RULES[name]
    assert due(rule, first, CHINA, PLAIN) <= due(rule, second, CHINA, PLAIN)
    assert due(rule, first, CHINA, PLAIN) > first


START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "level"),
    [
        (0, Level.CALM),
        (899, Level.CALM),
        (900, Level.OWN),
        (1799, Level.OWN),
        (1800, Level.LEAD),
        (1801, Level.EVERYBODY),
    ],
)
def test_a_work_clock_tells_own_at_half_lead_at_the_end_everybody_after(seconds: int, level: Level) -> None:
    end = START + timedelta(minutes=30)
    assert escalation(ClockKind.WORK, START, end, START + seconds * SECOND) is level


def test_the_lead_may_be_left_alone_with_it_for_a_while() -> None:
    end = START + timedelta(minutes=30)
    alone = timedelta(minutes=5)
    assert escalation(ClockKind.WORK, START, end, end + alone, lead_alone=alone) is Level.LEAD
    assert escalation(ClockKind.WORK, START, end, end + alone + SECOND, lead_alone=alone) is Level.EVERYBODY


@pytest.mark.parametrize(
    ("before_end", "level"),
    [
        (timedelta(hours=24, seconds=1), Level.CALM),
        (timedelta(hours=24), Level.OWN),
        (timedelta(hours=12, seconds=1), Level.OWN),
        (timedelta(hours=12), Level.LEAD),
        (timedelta(hours=1, seconds=1), Level.LEAD),
        (timedelta(hours=1), Level.EVERYBODY),
        (timedelta(0), Level.EVERYBODY),
        (timedelta(hours=-1), Level.EVERYBODY),
    ],
)
def test_a_stop_is_seen_coming(before_end: timedelta, level: Level) -> None:
    end = START + timedelta(hours=48)
    assert escalation(ClockKind.STOP, START, end, end - before_end) is level


def test_a_freeze_reaches_the_lead_seven_days_before_its_end() -> None:
    end = START + timedelta(days=182)
    assert escalation(ClockKind.FREEZE, START, end, end - timedelta(days=7)) is Level.LEAD
    assert escalation(ClockKind.FREEZE, START, end, end - timedelta(days=7) - SECOND) is Level.OWN


def test_a_short_hold_takes_the_highest_level_it_has_reached() -> None:
    end = START + timedelta(minutes=50)  # an end stated by the bank
    assert escalation(ClockKind.STOP, START, end, START) is Level.EVERYBODY


def test_the_next_step_is_named_until_nothing_more_comes() -> None:
    end = START + timedelta(hours=48)
    assert next_escalation(ClockKind.STOP, START, end, START) == START + timedelta(hours=24)
    assert next_escalation(ClockKind.STOP, START, end, end - timedelta(hours=12)) == end - timedelta(hours=1)
    assert next_escalation(ClockKind.STOP, START, end, end) is None


@given(
    st.sampled_from(list(ClockKind)),
    st.integers(1, 400 * 24 * 3600),
    st.integers(-(10**7), 4 * 10**7),
    st.integers(0, 10**7),
)
def test_alarms_only_rise_and_the_next_step_is_where_they_do(
    kind: ClockKind, length: int, offset: int, more: int
) -> None:
    end, now = START + length * SECOND, START + offset * SECOND
    level = escalation(kind, START, end, now)
    later = now + more * SECOND
    assert escalation(kind, START, end, later) >= level
    following = next_escalation(kind, START, end, now)
    if following is None:
        assert level is Level.EVERYBODY
    else:
        assert escalation(kind, START, end, following - timedelta.resolution) == level


def test_the_answer_clock_stands_still_while_returned_for_correction() -> None:
    end = START + timedelta(minutes=30)
    paused, resumed = START + timedelta(minutes=10), START + timedelta(minutes=25)
    assert paused_due(end, paused, resumed) == START + timedelta(minutes=45)
    assert paused_due(end, resumed, paused) == end


def test_rules_are_dated_so_an_old_case_keeps_its_old_rule() -> None:
    old = DEFAULT_RULES["stop"]
    new = ClockRule("stop", 72, Unit.HOURS, "银发〔2027〕1号", valid_from=date(2027, 3, 1))
    assert rule_on([new, old], "stop", date(2027, 2, 28)) is old
    assert rule_on([new, old], "stop", date(2027, 3, 1)) is new
    with pytest.raises(KeyError):
        rule_on([new], "stop", date(2027, 2, 28))


def test_every_clock_has_a_law_a_name_and_a_length_in_words() -> None:
    assert set(DEFAULT_RULES) == set(CLOCK_WORDS)
    assert str(DEFAULT_RULES["stop"].law) == "银发〔2016〕86号"
    assert str(length_words(DEFAULT_RULES["stop"])) == "48 hours"
    assert str(length_words(DEFAULT_RULES["return"])) == "3 working days"
    assert kind_of("freeze") is ClockKind.FREEZE
    assert kind_of("release") is ClockKind.WORK


def test_a_clock_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ClockRule("stop", 0, Unit.HOURS, "")
