"""How time is said: what is left, how old something is, and when it was.

Source: product.md "Screens": countdowns ``47:59:12`` → ``12:31`` → ``超时 03:10``, days as ``2 天 06 小时``,
months as ``5 个月 21 天``; times ``14:05`` today, ``11-21 14:05`` this year. Time is told by text and shape,
never by colour alone. Everything here is a pure function of its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from liaison_desk.core.clocks import add_months
from liaison_desk.core.words import Message, msg

SOON = timedelta(minutes=60)
"""From this much time left on, a clock is marked (a setting with this default)."""
_IN_HOURS = timedelta(hours=48)
"""Up to the length of a stop, hours are counted through; above, days are easier to grasp."""
_WITH_HOURS = timedelta(days=7)
_SECOND = timedelta(seconds=1)


class Shape(Enum):
    """The mark before a countdown; the value is what is drawn."""

    OVERDUE = "▲"
    SOON = "◆"
    CALM = ""


SHAPE_WORDS: Mapping[Shape, Message] = MappingProxyType(
    {Shape.OVERDUE: msg("Overdue"), Shape.SOON: msg("Ends soon"), Shape.CALM: msg("In time")}
)
"""What a screen reader says for the mark."""


def shape(due: datetime, now: datetime, soon: timedelta = SOON) -> Shape:
    """OVERDUE from the due instant on, SOON when at most ``soon`` is left, else CALM."""
    if now >= due:
        return Shape.OVERDUE
    return Shape.SOON if due - now <= soon else Shape.CALM


def countdown(due: datetime, now: datetime, zone: ZoneInfo, *, expiry: bool = False) -> Message:
    """The time left, or since when it is over.

    A started second counts as left, so that 00:00 is never shown before the end; after the end whole seconds
    are counted. ``expiry`` says "expired" (过期) of a hold where a piece of work is "overdue" (超时).
    """
    if now < due:
        return _span(now, now - (now - due) // _SECOND * _SECOND, zone)
    over = _span(due, due + (now - due) // _SECOND * _SECOND, zone)
    return msg("expired {time}", time=over) if expiry else msg("overdue {time}", time=over)


def age(since: datetime, now: datetime, zone: ZoneInfo) -> Message:
    """How old something is: ``8 分``, ``2 小时``, ``昨天``, then its date.

    Hours are counted through midnight up to twelve, the length of a shift, so that a night shift reads
    "2 h" at one o'clock and not "yesterday". Something later than ``now`` (clocks disagree) is "just now".
    """
    passed = now - since
    if passed < timedelta(minutes=1):
        return msg("just now")
    if passed < timedelta(hours=1):
        return msg("{minutes} min", minutes=passed // timedelta(minutes=1))
    then, today = since.astimezone(zone).date(), now.astimezone(zone).date()
    if passed < timedelta(hours=12) or then == today:
        return msg("{hours} h", hours=passed // timedelta(hours=1))
    if today - then == timedelta(days=1):
        return msg("yesterday")
    return Message(then.strftime("%m-%d") if then.year == today.year else then.isoformat())


def when(at: datetime, now: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """A point in time: ``14:05`` today, ``11-21 14:05`` this year, else ``2025-11-21 14:05``."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    if local.date() == today:
        return clock
    if local.year == today.year:
        return f"{local:%m-%d} {clock}"
    return f"{local.date().isoformat()} {clock}"


def lasted(start: datetime, end: datetime, zone: ZoneInfo) -> Message:
    """How long something took, to the second up to two days; nothing where the end is told before the start."""
    return _span(start, max(start, end), zone)


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> Message:
    """The length from ``start`` to ``end`` in the two units that matter at that length."""
    length = end - start
    if length <= _IN_HOURS:
        minutes, seconds = divmod(length // _SECOND, 60)
        hours, minutes = divmod(minutes, 60)
        # Digits read the same in every language: there is nothing to translate.
        return Message(f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}")
    months, days = _months_and_days(start.astimezone(zone), end.astimezone(zone))
    if months:
        return msg("{months} mo {days} d", months=months, days=days)
    if length < _WITH_HOURS:
        return msg("{days} d {hours} h", days=length.days, hours=f"{length.seconds // 3600:02}")
    return msg("{days} d", days=length.days)


def _months_and_days(start: datetime, end: datetime) -> tuple[int, int]:
    """Whole calendar months and the whole days after them, on the local calendar."""
    first, last = start.replace(tzinfo=None), end.replace(tzinfo=None)
    months = (last.year - first.year) * 12 + last.month - first.month
    while datetime.combine(add_months(first.date(), months), first.time()) > last:
        months -= 1
    return months, (last - datetime.combine(add_months(first.date(), months), first.time())).days
