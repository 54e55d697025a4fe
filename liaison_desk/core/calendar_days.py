"""Which days are working days: the Chinese holiday calendar, the office's own days, and what stands in for
them once the calendar ends.

The State Council names holidays and make-up working days one year ahead, so the bundled calendar always ends
somewhere. Beyond its end an answer is a *fallback*: weekends are free, other days are worked, the office's
additions count; whoever shows a deadline that rests on one says so (`WorkCalendar.warning`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from liaison_desk.core.words import Message, msg

_NO_ADDITIONS: Mapping[date, bool] = MappingProxyType({})
_SATURDAY = 5


@cache
def _known() -> tuple[date, date]:
    """First and last day of the bundled calendar, which covers whole years."""
    # Imported here: the calendar's tables are wanted only by working-day clocks, not at every start.
    from chinese_calendar.constants import holidays

    return date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)


def _by_law(day: date) -> bool:
    """Only for days that the bundled calendar covers."""
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True)
class Counted:
    """The last of some working days, and whether any day on the way was answered by the fallback."""

    last_day: date
    fallback: bool


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of the office.

    ``additions`` are the office's own days: True is worked, False is free. They beat the bundled calendar
    everywhere, since a lead enters them knowing better (a local order, a year not yet bundled).
    """

    additions: Mapping[date, bool] = field(default_factory=lambda: _NO_ADDITIONS, hash=False)

    @property
    def known_until(self) -> date:
        """The last day that the bundled calendar covers; from the next one on answers are a fallback."""
        return _known()[1]

    def is_working(self, day: date) -> bool:
        if day in self.additions:
            return self.additions[day]
        if self.is_fallback(day):
            return day.weekday() < _SATURDAY
        return _by_law(day)

    def is_fallback(self, day: date) -> bool:
        """Whether neither the bundled calendar nor the office has said anything about this day."""
        first, last = _known()
        return day not in self.additions and not first <= day <= last

    def count(self, first_day: date, working_days: int) -> Counted:
        """The ``working_days``-th working day after ``first_day``, which itself is not counted.

        Raises ValueError when ``working_days`` is below 1, or when the additions leave no working day
        within twenty years.
        """
        if working_days < 1:
            raise ValueError(f"a working-day clock needs at least one day, not {working_days}")
        day, left, fallback = first_day, working_days, False
        horizon = first_day + timedelta(days=working_days * 7 + 7305)
        while left:
            day += timedelta(days=1)
            if day > horizon:
                raise ValueError("the office's additions leave no working days")
            fallback = fallback or self.is_fallback(day)
            left -= self.is_working(day)
        return Counted(day, fallback)

    def warning(self, first_day: date, last_day: date) -> Message | None:
        """The sentence to show when a day after ``first_day``, up to ``last_day``, is a fallback."""
        day = first_day
        while day < last_day:
            day += timedelta(days=1)
            if self.is_fallback(day):
                return msg(
                    "The holiday calendar ends on {day}; beyond it weekends and the office's own days "
                    "were counted. Add the holidays in the settings.",
                    day=self.known_until.isoformat(),
                )
        return None
