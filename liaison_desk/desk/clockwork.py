"""The office's clocks: the rules of core.clocks with the lengths that the office has set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from liaison_desk.core import clocks
from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.clocks import ClockRule
from liaison_desk.core.errors import BadInput
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.words import msg
from liaison_desk.desk.work import Work

AHEAD = timedelta(minutes=2)
"""How far a typed event time may lie in the future before it is a mistake."""


def rule(settings: OfficeSettings, name: str) -> ClockRule:
    """The rule by this name with the office's own length."""
    lengths = {
        "claim": settings.claim_minutes,
        "answer": settings.answer_minutes,
        "stop": settings.stop_hours,
        "freeze": settings.freeze_months,
        "release": settings.release_days,
    }
    default = clocks.DEFAULT_RULES[name]
    return replace(default, length=lengths.get(name, default.length))


def calendar(settings: OfficeSettings) -> WorkCalendar:
    return WorkCalendar({date.fromisoformat(day): works for day, works in settings.extra_days.items()})


def due(work: Work, name: str, start: datetime) -> datetime:
    """The end of the named clock that starts then (UTC)."""
    settings = work.settings
    return clocks.due(rule(settings, name), start, settings.zone, calendar(settings))


def not_ahead(work: Work, moment: datetime | None, field: str) -> datetime:
    """The event time as typed, or now; a time in the future is refused."""
    if moment is None:
        return work.now
    if moment > work.now + AHEAD:
        raise BadInput(
            msg("This time lies in the future. Nothing was saved; correct the date or the time."), field=field
        )
    return min(moment, work.now)
