"""How long each clock runs, from which law, when it ends and whom it alarms on the way.

Source: rules.md "Clocks". Every number is a setting with this default. An end is an instant that no longer
belongs to the term: a stop is lapsed, and a work item overdue, from its due instant on.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.words import Message, msg


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


class ClockKind(StrEnum):
    """What happens at the end, which decides who is told when (rules.md, Escalation)."""

    WORK = "work"
    """Somebody is late."""
    STOP = "stop"
    """A stop lapses."""
    FREEZE = "freeze"
    """A freeze lapses."""


class Level(IntEnum):
    """Who is told by now; a higher level includes the lower ones."""

    CALM = 0
    OWN = 1
    """The own institution; for expiry clocks the case officer too."""
    LEAD = 2
    EVERYBODY = 3


@dataclass(frozen=True)
class ClockRule:
    """One deadline with the law it comes from; rules are dated, so an old case keeps its old rule (K4)."""

    name: str
    length: int
    unit: Unit
    law: Message | str
    valid_from: date | None = None
    """First local day on which a clock may start by this rule; None is since ever."""

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"clock {self.name} needs a length of at least 1, not {self.length}")


_OFFICE = msg("Rule of the office")
_PROCEDURE = "《公安机关办理刑事案件程序规定》"

DEFAULT_RULES: Mapping[str, ClockRule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            ClockRule("claim", 5, Unit.MINUTES, _OFFICE),
            ClockRule("answer", 30, Unit.MINUTES, msg("Rule of the office: stop within 30 minutes")),
            ClockRule("stop", 48, Unit.HOURS, "银发〔2016〕86号"),
            ClockRule(
                "freeze",
                6,
                Unit.MONTHS,
                msg("{law}, articles {articles}", law=_PROCEDURE, articles="239–247"),
            ),
            ClockRule(
                "release",
                3,
                Unit.DAYS,
                msg("{law}, articles {articles}", law=_PROCEDURE, articles="241, 247"),
            ),
            ClockRule(
                "notice",
                30,
                Unit.DAYS,
                msg("{law}, articles {articles}", law="银监发〔2016〕41号", articles="8–12"),
            ),
            ClockRule(
                "return",
                3,
                Unit.WORKING_DAYS,
                msg("{law}, articles {articles}", law="银监发〔2016〕41号", articles="8–12"),
            ),
            ClockRule("missing_document", 24, Unit.HOURS, _OFFICE),
            ClockRule("objection", 3, Unit.WORKING_DAYS, _OFFICE),
        )
    }
)
"""The clocks of rules.md, by name. Names of laws stay Chinese in every language: they are what is printed."""

CLOCK_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "claim": msg("Claim"),
        "answer": msg("Answer"),
        "stop": msg("Stop ends"),
        "freeze": msg("Freeze ends"),
        "release": msg("Release due"),
        "notice": msg("Public notice"),
        "return": msg("Return by the bank"),
        "missing_document": msg("Document owed"),
        "objection": msg("Objection to be decided"),
    }
)

LEVEL_WORDS: Mapping[Level, Message] = MappingProxyType(
    {
        Level.CALM: msg("In time"),
        Level.OWN: msg("Own institution told"),
        Level.LEAD: msg("Lead told"),
        Level.EVERYBODY: msg("Everybody told"),
    }
)

LEAD_BEFORE: Mapping[ClockKind, timedelta] = MappingProxyType(
    {ClockKind.STOP: timedelta(hours=12), ClockKind.FREEZE: timedelta(days=7)}
)
"""How long before the end of a hold the lead is told."""
EVERYBODY_BEFORE = timedelta(hours=1)
"""Expiry clocks: how long before the end everybody is told."""


def kind_of(name: str) -> ClockKind:
    """Whether the clock of this name is a work clock or the end of a hold."""
    return {"stop": ClockKind.STOP, "freeze": ClockKind.FREEZE}.get(name, ClockKind.WORK)


def length_words(rule: ClockRule) -> Message:
    """The length as it is said beside the clock's name: 48 小时, 3 个工作日."""
    if rule.unit is Unit.MINUTES:
        return msg("{count} minutes", count=rule.length)
    if rule.unit is Unit.HOURS:
        return msg("{count} hours", count=rule.length)
    if rule.unit is Unit.DAYS:
        return msg("{count} days", count=rule.length)
    if rule.unit is Unit.MONTHS:
        return msg("{count} months", count=rule.length)
    return msg("{count} working days", count=rule.length)


def rule_on(rules: Iterable[ClockRule], name: str, day: date) -> ClockRule:
    """The rule in force for clocks that start on ``day`` (local); raises KeyError when there is none."""
    fitting = [
        rule for rule in rules if rule.name == name and (rule.valid_from is None or rule.valid_from <= day)
    ]
    if not fitting:
        raise KeyError(name)
    return max(fitting, key=lambda rule: rule.valid_from or date.min)


def due(rule: ClockRule, start: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> datetime:
    """The end of a clock, in UTC, of one that starts at ``start`` (any aware datetime).

    Minutes and hours run from the instant itself. Days, months and working days exclude the first local day
    and end at 24:00 local on the last one; months clamp to the month's end (31 August + 6 months ends with
    28 or 29 February). A later start never ends earlier.
    """
    _aware(start)
    if rule.unit is Unit.MINUTES:
        return start.astimezone(UTC) + timedelta(minutes=rule.length)
    if rule.unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=rule.length)
    return day_end(_last_day(rule, start.astimezone(zone).date(), calendar), zone)


def due_warning(rule: ClockRule, start: datetime, zone: ZoneInfo, calendar: WorkCalendar) -> Message | None:
    """The warning to show beside a due time that rests on days the holiday calendar does not know."""
    _aware(start)
    if rule.unit is not Unit.WORKING_DAYS:
        return None
    first = start.astimezone(zone).date()
    return calendar.warning(first, _last_day(rule, first, calendar))


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """24:00 local of a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last one of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    _, length = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, length))


def escalation(
    kind: ClockKind,
    start: datetime,
    due: datetime,
    now: datetime,
    *,
    lead_before: timedelta | None = None,
    everybody_before: timedelta = EVERYBODY_BEFORE,
    lead_alone: timedelta = timedelta(0),
) -> Level:
    """Who is told at ``now``. Every border belongs to the higher level, with one exception, said below.

    Work clocks: OWN from half the time on, LEAD from the due instant on, EVERYBODY *after* it: at the due
    instant itself, and for ``lead_alone`` (a setting, default nothing) from there, the lead is told and not
    yet the room.

    Expiry clocks: OWN from half the time on, LEAD from ``lead_before`` before the end on (12 hours; freezes
    7 days), EVERYBODY from one hour before the end on, and on past the end. A short hold reaches LEAD or
    EVERYBODY before its half: the highest level that is reached counts.

    A clock that was paused is asked with start and due both moved by the pause.
    """
    steps = _steps(kind, start, due, lead_before, everybody_before, lead_alone)
    return max((level for level, since in steps if now >= since), default=Level.CALM)


def next_escalation(
    kind: ClockKind,
    start: datetime,
    due: datetime,
    now: datetime,
    *,
    lead_before: timedelta | None = None,
    everybody_before: timedelta = EVERYBODY_BEFORE,
    lead_alone: timedelta = timedelta(0),
) -> datetime | None:
    """The next instant after ``now`` at which a level begins; None when nothing more comes."""
    steps = _steps(kind, start, due, lead_before, everybody_before, lead_alone)
    return min((since for _, since in steps if since > now), default=None)


def paused_due(due: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """The end of a clock that stood still while the leg was returned for correction.

    The due instant moves by the length of the pause, so what was left (or overdue) at the pause is left at
    the return. A return that seems earlier than the pause (a wrong clock) moves nothing: a deadline is never
    changed silently by a clock in doubt.
    """
    return due + max(timedelta(0), resumed_at - paused_at)


def _steps(
    kind: ClockKind,
    start: datetime,
    due: datetime,
    lead_before: timedelta | None,
    everybody_before: timedelta,
    lead_alone: timedelta,
) -> tuple[tuple[Level, datetime], ...]:
    """Each level with its first instant."""
    half = start + (due - start) // 2
    if kind is ClockKind.WORK:
        return (
            (Level.OWN, half),
            (Level.LEAD, due),
            # "After" the end: the first instant that is later than it.
            (Level.EVERYBODY, due + lead_alone + timedelta.resolution),
        )
    return (
        (Level.OWN, half),
        (Level.LEAD, due - (LEAD_BEFORE[kind] if lead_before is None else lead_before)),
        (Level.EVERYBODY, due - everybody_before),
    )


def _last_day(rule: ClockRule, first: date, calendar: WorkCalendar) -> date:
    if rule.unit is Unit.MONTHS:
        return add_months(first, rule.length)
    if rule.unit is Unit.WORKING_DAYS:
        return calendar.count(first, rule.length).last_day
    return first + timedelta(days=rule.length)


def _aware(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError("a clock starts at an aware datetime")
