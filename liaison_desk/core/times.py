"""A time as a file states it: whole, with its day, and never relative to whoever reads it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.paste_canvas import Canvas
from liaison_desk.core.paste_times import read_times
from liaison_desk.core.words import msg

_RELATIVE = re.compile(r"[今昨前刚]|周|星期|礼拜|小时|分钟")


def stated_time(text: str, zone: ZoneInfo, now: datetime, *, day_alone: bool = False) -> datetime:
    """The instant (UTC) that a cell says, in ``zone`` unless it names another; nothing may stand beside it.

    A day without a year is the latest not after ``now``. ``day_alone``: a day without a clock is its 00:00;
    else it is refused, as is 昨天: it is true only on the day it was written. Raises BadInput.
    """
    written = text.strip()
    label = "日期:"
    canvas = Canvas(label + written)
    if not _RELATIVE.search(fold(written)):
        read_times(canvas, now, zone)
    left = canvas.open[len(label) :].replace("\x00", "").strip()
    if len(canvas.finds) != 1 or left or canvas.odd:
        raise BadInput(
            msg("{text} is not a time; write it like 2026-11-22 14:05.", text=written or "-"), field="time"
        )
    value = canvas.finds[0].value
    if isinstance(value, datetime):
        if not re.search(r"[-/.年月日号]|[0-9]{8}", fold(written)):
            raise BadInput(
                msg("{text} names no day; write it like 2026-11-22 14:05.", text=written), field="time"
            )
        return value.astimezone(UTC)
    if not day_alone:
        raise BadInput(
            msg("{text} names only a day; the bank needs the clock time.", text=written), field="time"
        )
    assert not isinstance(value, str | int)
    return datetime.combine(value, time.min, tzinfo=zone).astimezone(UTC)
