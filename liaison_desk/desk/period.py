"""What ``stats`` tells of a period: the figures of money.md §2, requests by institution, months."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median_low
from typing import Any

from sqlalchemy import func, or_, select

from liaison_desk.core.clocks import day_end
from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import msg
from liaison_desk.desk.figures import BEGINNING, Figures, figures, flows, moment, recovered_at
from liaison_desk.desk.stocks import recorded_later
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Institution, Leg, Passage


@dataclass(frozen=True)
class RequestCounts:
    """opening + new − closed = closing, by recording (rules.md, Counts); seconds from queue to answer."""

    opening: int
    new: int
    closed: int
    closing: int
    overdue: int
    answer_median_s: int | None
    answer_p90_s: int | None


@dataclass(frozen=True)
class Month:
    """Flows of a calendar month, as far as the period reaches; held and recovered at its end."""

    month: str
    captured: int
    frozen: int
    returned: int
    released: int
    lapsed: int
    secured: int
    recovered: int


@dataclass(frozen=True)
class PeriodStats:
    as_of: datetime
    figures: Figures
    requests: dict[str, RequestCounts]
    """By institution code; the empty one has what is still to be routed."""
    months: tuple[Month, ...]

    def as_json(self) -> dict[str, Any]:
        """The document of cli.md."""
        found = asdict(self.figures)
        return {
            "as_of": self.as_of.isoformat(),
            "flows": {
                name: found[name]
                for name in (
                    *("captured", "captured_by_stop", "captured_by_freeze", "frozen"),
                    *("returned", "released", "lapsed", "averted"),
                )
            },
            "stocks": {
                "secured_opening": found["opening"],
                "secured": found["secured"],
                "recovered": found["recovered"],
                "held_beyond_cases": found["held_beyond_cases"],
            },
            "requests": {code: asdict(counts) for code, counts in self.requests.items()},
            "warnings": {},
            "months": [asdict(month) for month in self.months],
        }


def period_stats(work: Work, first: date, last: date, as_of: datetime | None = None) -> PeriodStats:
    """Everything of the days from ``first`` to ``last``, both included, in the office's zone."""
    if last < first:
        raise BadInput(msg("The period ends before it begins; check both days."), field="to")
    seen, zone = moment(work, as_of), work.settings.zone
    start = datetime.combine(first, time.min, tzinfo=zone).astimezone(UTC)
    end = min(day_end(last, zone), seen.at)
    start = min(start, end)
    return PeriodStats(
        as_of=seen.at.astimezone(zone),
        figures=figures(work, start, end, seen),
        requests=_requests(work, start, end, seen.recorded_to),
        months=_months(work, start, end, seen.recorded_to),
    )


def _months(work: Work, start: datetime, end: datetime, recorded_to: int | None) -> tuple[Month, ...]:
    zone, made, later = work.settings.zone, [], recorded_later(work, recorded_to)
    secured = flows(work, BEGINNING, start, recorded_to, later).secured
    at = start
    while at < end:
        local = at.astimezone(zone)
        following = (local.replace(day=1) + timedelta(days=32)).date().replace(day=1)
        until = min(end, datetime.combine(following, time.min, tzinfo=zone).astimezone(UTC))
        inside = flows(work, at, until, recorded_to, later)
        secured += inside.secured
        made.append(
            Month(
                month=local.strftime("%Y-%m"),
                captured=inside.captured,
                frozen=inside.frozen,
                returned=inside.returned,
                released=inside.released,
                lapsed=inside.lapsed,
                secured=secured,
                recovered=recovered_at(work, until, recorded_to, later),
            )
        )
        at = until
    return tuple(made)


def _requests(
    work: Work, start: datetime, end: datetime, recorded_to: int | None
) -> dict[str, RequestCounts]:
    known = [] if recorded_to is None else [Passage.entry_id <= recorded_to]
    before = _steps(work, Passage.recorded_at <= start, *known)
    inside = (Passage.recorded_at > start, Passage.recorded_at <= end, *known)
    new = _steps(work, *inside, Passage.step > 0)
    closed = _steps(work, *inside, Passage.step < 0)
    overdue, waits = _overdue(work, end, known), _waits(work, inside)
    codes = list(work.session.scalars(select(Institution.code).order_by(Institution.id)))
    made: dict[str, RequestCounts] = {}
    for code in (*codes, ""):
        opening, came, gone = before.get(code, 0), new.get(code, 0), -closed.get(code, 0)
        if code == "" and not any((opening, came, gone)):
            continue
        seconds = sorted(waits.get(code, []))
        made[code] = RequestCounts(
            opening=opening,
            new=came,
            closed=gone,
            closing=opening + came - gone,
            overdue=overdue.get(code, 0),
            answer_median_s=median_low(seconds) if seconds else None,
            # Nearest rank: the smallest time within which at least nine of ten were answered.
            answer_p90_s=seconds[-(-len(seconds) * 9 // 10) - 1] if seconds else None,
        )
    return made


def _steps(work: Work, *conditions: Any) -> dict[str, int]:
    code = func.coalesce(Passage.institution_code, "")
    rows = work.session.execute(
        select(code, func.sum(Passage.step))
        .join(Leg, Leg.id == Passage.leg_id)
        .where(Leg.drill.is_(False), *conditions)
        .group_by(code)
    )
    return {found: int(total) for found, total in rows}


def _overdue(work: Work, end: datetime, known: list[Any]) -> dict[str, int]:
    """Requests open at the end of the period whose clock, claim or answer, had run out by then."""
    still_open = (
        select(Passage.leg_id)
        .where(Passage.recorded_at <= end, *known)
        .group_by(Passage.leg_id)
        .having(func.sum(Passage.step) > 0)
    )
    unclaimed = or_(Leg.claimed_at.is_(None), Leg.claimed_at > end)
    code = func.coalesce(Leg.institution_code, "")
    rows = work.session.execute(
        select(code, func.count())
        .where(
            Leg.id.in_(still_open),
            Leg.drill.is_(False),
            Leg.paused_at.is_(None),
            or_(Leg.due_at <= end, unclaimed & (Leg.claim_due_at <= end)),
        )
        .group_by(code)
    )
    return {found: int(count) for found, count in rows}


def _waits(work: Work, inside: tuple[Any, ...]) -> dict[str, list[int]]:
    rows = work.session.execute(
        select(Passage.institution_code, Leg.queued_at, Leg.answered_at)
        .join(Leg, Leg.id == Passage.leg_id)
        .where(
            *inside,
            Passage.step < 0,
            Leg.drill.is_(False),
            Leg.answered_at.is_not(None),
            Leg.queued_at.is_not(None),
        )
    )
    found: dict[str, list[int]] = {}
    for code, queued, answered in rows:
        if queued is not None and answered is not None:
            found.setdefault(code or "", []).append(int((answered - queued).total_seconds()))
    return found
