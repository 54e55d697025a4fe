"""The plan of the day's shifts: when each begins and ends, from one line of the office's settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import msg

_CHANGE = re.compile(r"(\d{1,2}):(\d{2})\s+(\S.*)")


@dataclass(frozen=True)
class Planned:
    """One planned shift; both times UTC, the end belongs to the next."""

    name: str
    begins: datetime
    ends: datetime


def changes(line: str) -> tuple[tuple[time, str], ...]:
    """``08:00 白班, 20:00 夜班`` as times of day with names, in order. Raises BadInput."""
    found: dict[time, str] = {}
    for part in re.split(r"[,，;；\n]", line):
        if not part.strip():
            continue
        fitting = _CHANGE.fullmatch(part.strip())
        if fitting is None or int(fitting[1]) > 23 or int(fitting[2]) > 59:
            raise BadInput(
                msg(
                    "“{part}” is no change of shift; write time and name, as {example}. Nothing was changed.",
                    part=part.strip(),
                    example="08:00 白班, 20:00 夜班",
                ),
                field="shift_changes",
            )
        found[time(int(fitting[1]), int(fitting[2]))] = fitting[3].strip()[:40]
    if not found:
        raise BadInput(
            msg("There must be at least one change of shift a day. Nothing was changed."),
            field="shift_changes",
        )
    return tuple(sorted(found.items()))


def planned(line: str, moment: datetime, zone: ZoneInfo) -> Planned:
    """The shift that is planned at a moment (any aware time)."""
    each_day = changes(line)
    local = moment.astimezone(zone)
    starts = sorted(
        (datetime.combine(local.date() + timedelta(days=day), at, tzinfo=zone).astimezone(UTC), name)
        for day in (-1, 0, 1, 2)
        for at, name in each_day
    )
    begun = max(index for index, (start, _) in enumerate(starts) if start <= moment)
    return Planned(starts[begun][1], starts[begun][0], starts[begun + 1][0])


def following(line: str, ended: datetime, zone: ZoneInfo) -> Planned:
    """The shift that follows one planned to end then: taken over early or late, it is the next in the plan."""
    return planned(line, ended, zone)
