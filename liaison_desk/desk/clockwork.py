"""The office's clocks: the rules of core.clocks with the lengths and dates that the office has set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from liaison_desk.core import clocks
from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.clocks import ClockRule, Unit
from liaison_desk.core.errors import BadInput
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.words import msg
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Rule

LENGTHS = {
    "claim": "claim_minutes",
    "answer": "answer_minutes",
    "stop": "stop_hours",
    "freeze": "freeze_months",
    "release": "release_days",
}
"""Clocks whose length is a setting of the office, by the setting's key."""
AHEAD = timedelta(minutes=2)
"""How far a typed event time may lie in the future before it is a mistake."""


def rule(settings: OfficeSettings, name: str) -> ClockRule:
    """The rule by this name since ever, with the office's own length; dated rules: desk.clock_rules."""
    default = clocks.DEFAULT_RULES[name]
    if name not in LENGTHS:
        return default
    return replace(default, length=getattr(settings, LENGTHS[name]))


def calendar(settings: OfficeSettings) -> WorkCalendar:
    return WorkCalendar({date.fromisoformat(day): works for day, works in settings.extra_days.items()})


def rule_at(work: Work, name: str, moment: datetime) -> ClockRule:
    """The rule under which a clock runs that starts at ``moment``: the newest dated one valid by then."""
    row = work.session.execute(
        select(Rule.length, Rule.unit, Rule.law)
        .where(Rule.name == name, Rule.valid_from <= moment)
        .order_by(Rule.valid_from.desc(), Rule.id.desc())
        .limit(1)
    ).first()
    return rule(work.settings, name) if row is None else dated(name, row.length, row.unit, row.law)


def dated(name: str, length: int, unit: Unit, law: str) -> ClockRule:
    """A stored rule; where no law is named, that of the rule since ever goes on."""
    return ClockRule(name, length, unit, law or clocks.DEFAULT_RULES[name].law)


def due(work: Work, name: str, start: datetime) -> datetime:
    """The end of the named clock that starts then (UTC), by the rule in force at its start."""
    settings = work.settings
    return clocks.due(rule_at(work, name, start), start, settings.zone, calendar(settings))


def not_ahead(work: Work, moment: datetime | None, field: str) -> datetime:
    """The event time as typed, or now; a time in the future is refused."""
    if moment is None:
        return work.now
    if moment > work.now + AHEAD:
        raise BadInput(
            msg("This time lies in the future. Nothing was saved; correct the date or the time."), field=field
        )
    return min(moment, work.now)
