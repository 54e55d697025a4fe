"""Times as people write and say them: 今天下午3点20, 昨晚十一点, 11-21 14:05, 半小时前, 上周三.

A day without a year is the latest one not after now; a clock without a day belongs to the day named
before it in the text, else it is the latest one not after now.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from liaison_desk.core.numerals import whole
from liaison_desk.core.paste_canvas import Canvas

_N = r"(?:[0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_PART = r"凌晨|清晨|早晨|早上|上午|中午|正午|午后|下午|傍晚|晚上|晚间|夜里|夜间|半夜|深夜|晚|早"
_DAY = rf"""(?:
    (?P<year>(?:19|20)[0-9]{{2}})(?P<sep>[-/.]|\s?年\s?)(?P<month>[0-9]{{1,2}})(?:[-/.]|\s?月\s?)(?P<day>[0-9]{{1,2}})(?:\s?[日号])?
  | (?P<us_month>[0-9]{{1,2}})/(?P<us_day>[0-9]{{1,2}})/(?P<us_year>20[0-9]{{2}})
  | (?P<short_year>[0-9]{{2}})[-/.](?P<short_month>[0-9]{{1,2}})[-/.](?P<short_day>[0-9]{{1,2}})
  | (?P<cn_month>{_N})\s?月\s?(?P<cn_day>{_N})\s?[日号]?
  | (?P<bare_month>[0-9]{{1,2}})[-/.](?P<bare_day>[0-9]{{1,2}})
  | (?P<only_day>[0-9]{{1,2}})[日号]
  | (?P<word>大前天|前天|前日|前晚|昨天|昨日|昨晚|昨夜|昨早|今天|今日|今晚|今早|今晨|今夜)
  | (?P<week>上上个?|上个?|这个?|本)?(?P<week_word>周|星期|礼拜)(?P<weekday>[一二三四五六日天])
)"""
_CLOCK = rf"""(?:
    (?P<h>[0-9]{{1,2}}):(?P<m>[0-9]{{2}})(?::(?P<s>[0-9]{{2}})(?:\.[0-9]{{1,6}})?)?(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?
  | (?P<ch>{_N})\s?(?P<mark>点钟?|时)(?!候|间|代|常|不时)
    (?: (?P<half>半) | (?P<quarter>[一三])刻
      | (?P<cm>{_N})\s?分(?!钟)(?:(?P<cs>{_N})\s?秒)?
      | (?P<tail>[0-9]{{2}}|零[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)(?![0-9万千百块元个秒多几])
      | 整
    )?
)"""
_WHEN = re.compile(
    rf"(?<![0-9.A-Za-z])(?<![0-9][-/:])(?:{_DAY}(?:\s{{0,2}}\(?(?:周|星期)[一二三四五六日天]\)?)?"
    rf"(?:\s{{0,3}}[T的,,]?\s?(?P<part>{_PART})?\s?(?P<clock>{_CLOCK}))?(?P<alone_part>(?<!晚)(?:{_PART}))?"
    rf"|(?P<part2>{_PART})?\s?(?P<clock2>{re.sub('P<', 'P<x_', _CLOCK)}))(?![0-9:])(?!-[0-9]{{3}})",
    re.VERBOSE,
)
_COMPACT = re.compile(
    r"(?<![0-9A-Za-z.,_-])(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])"
    r"(?:[ T]?([0-2][0-9])([0-5][0-9])([0-5][0-9])| ([0-2]?[0-9]):([0-5][0-9])(?::([0-5][0-9]))?)?(?![0-9A-Za-z_.,-])"
)
_AGO = re.compile(
    r"(?<![0-9.第])(?P<n>半|[0-9]{1,3}|[一二两三四五六七八九十]{1,3})(?P<ge>个)?(?P<half>半)?(?P<unit>分钟|小时|钟头|天|周|星期)"
    r"(?:之前|以前|前)(?!后)"
)
_WORD_DAYS = {"大前": 3, "前": 2, "昨": 1, "今": 0}
_NIGHT = ("晚", "夜")


def read_times(canvas: Canvas, now: datetime, zone: ZoneInfo) -> None:
    """Takes every time of the canvas; impossible ones (a 13th month) are marked as not understood."""
    reader = _Reader(canvas, now.astimezone(zone), zone)
    spans = sorted(
        [(found.start(), "compact", found) for found in _COMPACT.finditer(canvas.open)]
        + [(found.start(), "ago", found) for found in _AGO.finditer(canvas.open)]
        + [(found.start(), "when", found) for found in _WHEN.finditer(canvas.open)],
        key=lambda span: span[0],
    )
    end = -1
    for start, kind, found in spans:
        if start < end:
            continue
        if getattr(reader, kind)(found):
            end = found.end()


class _Reader:
    def __init__(self, canvas: Canvas, now: datetime, zone: ZoneInfo) -> None:
        self.canvas, self.now, self.zone = canvas, now, zone
        self.day: date | None = None
        self.part = ""
        """The day and the part of the day that a later clock without them belongs to."""
        self.last: datetime | None = None
        """The clock named before: what is told goes forward, 上午十点半 … 两点一刻 is a quarter past two p.m."""

    def _take(self, start: int, end: int, value: datetime | date) -> bool:
        while end > start and self.canvas.open[end - 1].isspace():
            end -= 1
        self.canvas.take("time", start, end, value)
        if isinstance(value, datetime):
            self.last = value
        return True

    def compact(self, found: re.Match[str]) -> bool:
        year, month, day, *clock = found.groups()
        try:
            there = date(int(year), int(month), int(day))
            hour, minute, second = clock[:3] if clock[0] else clock[3:]
            moment = time(int(hour), int(minute), int(second or 0)) if hour else None
        except ValueError:
            return False
        if abs(there.year - self.now.year) > 15:
            return False
        self.day = there
        value = datetime.combine(there, moment, self.zone) if moment is not None else there
        return self._take(found.start(), found.end(), value)

    def ago(self, found: re.Match[str]) -> bool:
        count = 0.5 if found["n"] == "半" else float(whole(found["n"]) or 0)
        count += 0.5 if found["half"] else 0
        unit = found["unit"]
        if not count:
            return False
        if unit in ("天", "周", "星期"):
            there = self.now.date() - timedelta(days=int(count * (1 if unit == "天" else 7)))
            self.day = there
            return self._take(found.start(), found.end(), there)
        moment = self.now - timedelta(minutes=count * (1 if unit == "分钟" else 60))
        self.day = moment.date()
        return self._take(found.start(), found.end(), moment.replace(second=0, microsecond=0))

    def when(self, found: re.Match[str]) -> bool:
        if found["clock2"]:
            return self._clock_alone(found)
        if not self._is_day(found):
            return False
        try:
            moment = _moment(found, "") if found["clock"] else None
        except ValueError:
            self.canvas.mark_odd(found.start(), found.end())
            return True
        word = found["word"] or ""
        part = found["part"] or (word[-1] if word[-1:] in ("晚", "夜", "早", "晨") else "")
        try:
            there = self._day(found, moment, part)
        except ValueError:
            self.canvas.mark_odd(found.start(), found.end())
            return True
        self.day, self.part = there, part
        if moment is None:
            return self._take(found.start(), found.end(), there)
        return self._take(
            found.start(), found.end(), self._at(there, moment, part, _given_zone(found["zone"]))
        )

    def _is_day(self, found: re.Match[str]) -> bool:
        """Whether an ambiguous day (11-21, 3号, 周一) stands where it can only be a day."""
        with_clock = bool(found["clock"])
        if found["only_day"]:
            verb = re.match(r"(?:又|再|就|我|他|她)?[转汇打付被接充存报]", self.canvas.after(found.end(), 2))
            return with_clock or verb is not None
        if found["short_year"]:
            return with_clock
        if found["bare_month"]:
            label = re.search(r"(?:时间|日期|案发|报案)\S{0,2}[:\s]*$", self.canvas.before(found.start()))
            return with_clock or label is not None
        if found["week_word"] == "周" and not found["week"]:
            return with_clock
        if found["cn_month"]:
            return found.group().rstrip()[-1:] in "日号" or with_clock
        return True

    def _day(self, found: re.Match[str], moment: time | None, part: str) -> date:
        today = self.now.date()
        for year, month, day in (
            ("year", "month", "day"),
            ("us_year", "us_month", "us_day"),
            ("short_year", "short_month", "short_day"),
        ):
            if found[year]:
                full = int(found[year]) + (2000 if year == "short_year" else 0)
                numbers = int(found[month]), int(found[day])
                if year == "us_year" and numbers[0] > 12:
                    numbers = numbers[1], numbers[0]  # 21/11/2026
                return date(full, *numbers)
        if found["word"]:
            return today - timedelta(
                days=next(n for key, n in _WORD_DAYS.items() if found["word"].startswith(key))
            )
        if found["weekday"]:
            place = "一二三四五六日".index(found["weekday"].replace("天", "日"))
            monday = today - timedelta(days=today.weekday())
            back = (found["week"] or "").count("上")
            if back or found["week"]:
                return monday + timedelta(days=place - 7 * back)
            there = monday + timedelta(days=place)
            return there if self._past(there, moment, part) else there - timedelta(days=7)
        if found["only_day"]:
            return self._latest(None, int(found["only_day"]), moment, part)
        bare = "cn" if found["cn_month"] else "bare"
        wanted = whole(found[f"{bare}_month"]) or 0, whole(found[f"{bare}_day"]) or 0
        return self._latest(*wanted, moment, part)

    def _latest(self, month: int | None, day: int, moment: time | None, part: str) -> date:
        """The latest such day (of any month for None) not after now; ValueError if there is none."""
        for back in range(9 if month else 13):
            if month:
                there = (self.now.year - back, month)
            else:
                year, place = divmod(self.now.year * 12 + self.now.month - 1 - back, 12)
                there = (year, place + 1)
            try:
                found = date(*there, day)
            except ValueError:
                continue  # 29 February, the 31st: an earlier year or month has it
            if self._past(found, moment, part):
                return found
        raise ValueError("no such day")

    def _past(self, there: date, moment: time | None, part: str) -> bool:
        if moment is None:
            return there <= self.now.date()
        return self._at(there, moment, part, None) <= self.now

    def _clock_alone(self, found: re.Match[str]) -> bool:
        spoken = found["x_ch"]
        part = found["part2"] or ""
        if spoken:
            more = (
                found["x_half"]
                or found["x_quarter"]
                or found["x_cm"]
                or found["x_tail"]
                or "钟" in found["x_mark"]
            )
            before = self.canvas.before(found.start(), 1)
            if before in ("第", "有", "差", "小") and not part:
                return False
            until = before in ("至", "到", "-", "~") and self.day is not None
            part = part or (self.part if until else "")
            if not part and not until and not more and (not spoken[0].isdigit() or found["x_mark"] == "时"):
                return False
        elif part in ("晚", "早") and not found["x_h"]:
            return False
        try:
            moment = _moment(found, "x_")
        except ValueError:
            if not spoken:
                self.canvas.mark_odd(found.start(), found.end())
            return not spoken
        if self.day is not None:
            there = self.day
        else:
            there = self.now.date()
            if self._at(there, moment, part, None) > self.now:
                there -= timedelta(days=1)
        start = found.start() + len(found.group()) - len(found.group().lstrip())
        value = self._at(there, moment, part, _given_zone(found["x_zone"]))
        later = value + timedelta(hours=12)
        if (
            spoken
            and not part
            and moment.hour < 12
            and self.last is not None
            and value < self.last <= later <= self.now
            and later.date() == self.last.date()
        ):
            value = later
        return self._take(start, found.end(), value)

    def _at(self, there: date, moment: time, part: str, given: timezone | None) -> datetime:
        """The instant, with the part of the day heard as people mean it (昨晚12点 is midnight after)."""
        hour, next_day = moment.hour, False
        if part.endswith(_NIGHT) or part in ("夜里", "夜间", "晚上", "晚间"):
            if hour == 12 or hour < 6:
                hour, next_day = hour % 12, True
            elif hour < 12:
                hour += 12
        elif (part in ("下午", "午后", "傍晚") and hour < 12) or (part in ("中午", "正午") and hour < 4):
            hour += 12
        elif part == "凌晨" and hour == 12:
            hour = 0
        value = datetime.combine(there, moment.replace(hour=hour), given or self.zone)
        if next_day and value + timedelta(days=1) <= self.now:
            return value + timedelta(days=1)
        if next_day and there < self.now.date():
            return value + timedelta(days=1)
        return value


def _moment(found: re.Match[str], prefix: str) -> time:
    """The clock of a match; ValueError for 25:61."""

    def number(name: str) -> int:
        return whole(found[prefix + name]) or 0 if found[prefix + name] else 0

    if found[prefix + "h"]:
        return time(number("h"), number("m"), number("s"))
    hour = number("ch")
    if found[prefix + "half"]:
        return time(hour, 30)
    if found[prefix + "quarter"]:
        return time(hour, 15 if found[prefix + "quarter"] == "一" else 45)
    if hour == 24:
        hour = 0  # 24点 as people say it; the part of the day says which midnight
    return time(hour, number("cm") or number("tail"), number("cs"))


def _given_zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
