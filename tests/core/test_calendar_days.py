"""Working days: the bundled calendar, the office's own days, and the fallback beyond the calendar's end."""

from __future__ import annotations

from datetime import date

import pytest

from liaison_desk.core.calendar_days import Counted, WorkCalendar

PLAIN = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 13), True),  # Friday
        (date(2026, 2, 14), True),  # Saturday, made up for the Spring Festival
        (date(2026, 2, 15), False),  # first day of the holiday
        (date(2026, 2, 23), False),  # last day of the holiday, a Monday
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 3, 1), False),  # an ordinary Sunday
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # Saturday, made up for National Day
    ],
)
def test_spring_festival_and_national_day_2026_with_their_make_up_days(day: date, working: bool) -> None:
    assert PLAIN.is_working(day) is working
    assert not PLAIN.is_fallback(day)


def test_the_office_beats_the_bundled_calendar() -> None:
    calendar = WorkCalendar({date(2026, 2, 14): False, date(2026, 2, 15): True})
    assert not calendar.is_working(date(2026, 2, 14))
    assert calendar.is_working(date(2026, 2, 15))


def test_beyond_the_calendar_weekends_are_free_and_the_answer_is_a_fallback() -> None:
    following = date(PLAIN.known_until.year + 1, 1, 1)
    days = [date.fromordinal(following.toordinal() + offset) for offset in range(14)]
    assert [PLAIN.is_working(day) for day in days] == [day.isoweekday() <= 5 for day in days]
    assert all(PLAIN.is_fallback(day) for day in days)
    assert not PLAIN.is_fallback(PLAIN.known_until)


def test_the_calendar_is_known_to_the_end_of_a_year() -> None:
    assert PLAIN.known_until >= date(2026, 12, 31)
    assert (PLAIN.known_until.month, PLAIN.known_until.day) == (12, 31)


def test_a_day_that_the_office_has_entered_is_no_fallback() -> None:
    new_year = date(PLAIN.known_until.year + 1, 1, 1)
    calendar = WorkCalendar({new_year: False})
    assert not calendar.is_working(new_year)
    assert not calendar.is_fallback(new_year)


def test_years_before_the_calendar_are_a_fallback_too() -> None:
    assert PLAIN.is_fallback(date(2003, 12, 31))
    assert PLAIN.is_working(date(2003, 12, 31))


def test_counting_excludes_the_first_day_and_jumps_the_holiday() -> None:
    # Thursday 12 February: Friday 13, Saturday 14 (made up), then the holiday, Tuesday 24.
    assert PLAIN.count(date(2026, 2, 12), 3) == Counted(date(2026, 2, 24), fallback=False)


def test_a_count_that_crosses_the_calendars_end_says_so() -> None:
    end = PLAIN.known_until
    assert PLAIN.count(end, 1).fallback
    assert PLAIN.warning(end, date(end.year + 1, 1, 4)) is not None
    assert PLAIN.warning(date(2026, 2, 12), date(2026, 2, 24)) is None


def test_the_warning_names_the_calendars_end() -> None:
    end = PLAIN.known_until
    said = str(PLAIN.warning(end, date(end.year + 1, 1, 4)))
    assert said.startswith(f"The holiday calendar ends on {end.isoformat()};")


def test_no_working_days_at_all_is_an_error_not_an_endless_search() -> None:
    start = date(2026, 1, 1)
    nothing = {date.fromordinal(start.toordinal() + offset): False for offset in range(9000)}
    with pytest.raises(ValueError, match="no working days"):
        WorkCalendar(nothing).count(start, 1)
    with pytest.raises(ValueError, match="at least one day"):
        PLAIN.count(start, 0)


def test_calendars_compare_and_hash_by_value() -> None:
    assert WorkCalendar({date(2026, 1, 1): False}) == WorkCalendar({date(2026, 1, 1): False})
    assert hash(WorkCalendar({date(2026, 1, 1): False})) == hash(WorkCalendar({date(2026, 1, 1): False}))
