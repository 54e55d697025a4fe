"""Time as it is read on the screens, in English and in Chinese."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.countdown import SHAPE_WORDS, Shape, age, countdown, shape, when
from liaison_desk.core.words import load

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 15, 12, 15, tzinfo=CHINA).astimezone(UTC)
IN_CHINESE = load("zh_CN", Path(__file__).resolve().parents[2] / "resources" / "i18n")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("left", "english", "chinese"),
    [
        (timedelta(seconds=1), "00:01", "00:01"),
        (timedelta(milliseconds=400), "00:01", "00:01"),
        (timedelta(minutes=12, seconds=31), "12:31", "12:31"),
        (timedelta(minutes=59, seconds=59), "59:59", "59:59"),
        (timedelta(hours=1), "1:00:00", "1:00:00"),
        (timedelta(hours=3, minutes=12, seconds=40), "3:12:40", "3:12:40"),
        (timedelta(hours=47, minutes=59, seconds=12), "47:59:12", "47:59:12"),
        (timedelta(hours=48), "48:00:00", "48:00:00"),
        (timedelta(hours=48, seconds=1), "2 d 00 h", "2 天 00 小时"),
        (timedelta(days=2, hours=6, minutes=59), "2 d 06 h", "2 天 06 小时"),
        (timedelta(days=7), "7 d", "7 天"),
        (timedelta(days=29, hours=23), "29 d", "29 天"),
        (timedelta(0), "overdue 00:00", "超时 00:00"),
        (-timedelta(minutes=3, seconds=10), "overdue 03:10", "超时 03:10"),
        (-timedelta(hours=2, seconds=5), "overdue 2:00:05", "超时 2:00:05"),
        (-timedelta(days=3, hours=4), "overdue 3 d 04 h", "超时 3 天 04 小时"),
    ],
)
def test_a_countdown_reads_as_on_the_screens(left: timedelta, english: str, chinese: str) -> None:
    said = countdown(NOW + left, NOW, CHINA)
    assert str(said) == english
    assert IN_CHINESE(said) == chinese


def test_months_are_calendar_months() -> None:
    now = local("2026-11-21 15:12:15")
    assert IN_CHINESE(countdown(local("2027-05-13 00:00:00"), now, CHINA)) == "5 个月 21 天"
    assert IN_CHINESE(countdown(local("2026-12-21 15:12:15"), now, CHINA)) == "1 个月 0 天"
    assert IN_CHINESE(countdown(local("2026-12-21 15:12:14"), now, CHINA)) == "29 天"


def test_six_months_from_the_last_of_august_read_as_six_months() -> None:
    said = countdown(local("2027-03-01 00:00:00"), local("2026-08-31 00:00:00"), CHINA)
    assert IN_CHINESE(said) == "6 个月 1 天"


def test_a_hold_expires_where_work_is_overdue() -> None:
    said = countdown(NOW - timedelta(seconds=42), NOW, CHINA, expiry=True)
    assert str(said) == "expired 00:42"
    assert IN_CHINESE(said) == "过期 00:42"


@pytest.mark.parametrize(
    ("left", "mark"),
    [
        (timedelta(minutes=60, microseconds=1), Shape.CALM),
        (timedelta(minutes=60), Shape.SOON),
        (timedelta(microseconds=1), Shape.SOON),
        (timedelta(0), Shape.OVERDUE),
        (timedelta(days=-400), Shape.OVERDUE),
    ],
)
def test_the_mark_changes_at_its_border(left: timedelta, mark: Shape) -> None:
    assert shape(NOW + left, NOW) is mark


def test_marks_are_drawn_and_spoken() -> None:
    assert [mark.value for mark in (Shape.OVERDUE, Shape.SOON, Shape.CALM)] == ["▲", "◆", ""]
    assert {IN_CHINESE(words) for words in SHAPE_WORDS.values()} == {"已超时", "即将到期", "未到期"}


@given(st.integers(-(10**14), 10**14))
def test_text_and_mark_agree_at_every_microsecond(left: int) -> None:
    due = NOW + timedelta(microseconds=left)
    overdue = str(countdown(due, NOW, CHINA)).startswith("overdue")
    assert overdue == (shape(due, NOW) is Shape.OVERDUE)


@pytest.mark.parametrize(
    ("now", "since", "chinese"),
    [
        ("2026-11-21 15:12:15", "2026-11-21 15:11:30", "刚刚"),
        ("2026-11-21 15:12:15", "2026-11-21 15:13:00", "刚刚"),
        ("2026-11-21 15:12:15", "2026-11-21 15:11:15", "1 分"),
        ("2026-11-21 15:12:15", "2026-11-21 15:04:05", "8 分"),
        ("2026-11-21 15:12:15", "2026-11-21 14:12:16", "59 分"),
        ("2026-11-21 15:12:15", "2026-11-21 14:12:15", "1 小时"),
        ("2026-11-21 15:12:15", "2026-11-21 01:00:00", "14 小时"),
        ("2026-11-21 01:10:00", "2026-11-20 23:05:00", "2 小时"),
        ("2026-11-21 15:12:15", "2026-11-20 23:59:59", "昨天"),
        ("2026-11-21 15:12:15", "2026-11-20 00:00:00", "昨天"),
        ("2026-11-21 15:12:15", "2026-11-19 23:59:59", "11-19"),
        ("2026-11-21 15:12:15", "2025-12-31 10:00:00", "2025-12-31"),
        ("2026-01-01 20:00:00", "2025-12-31 10:00:00", "昨天"),
    ],
)
def test_ages_read_as_on_the_screens(now: str, since: str, chinese: str) -> None:
    assert IN_CHINESE(age(local(since), local(now), CHINA)) == chinese


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-21 14:05:59", "14:05"),
        ("2026-11-21 00:00:00", "00:00"),
        ("2026-11-20 23:59:00", "11-20 23:59"),
        ("2026-11-22 09:00:00", "11-22 09:00"),
        ("2025-11-21 14:05:00", "2025-11-21 14:05"),
        ("2027-01-01 00:00:00", "2027-01-01 00:00"),
    ],
)
def test_points_in_time_are_as_short_as_they_can_be(at: str, said: str) -> None:
    assert when(local(at), NOW, CHINA) == said


def test_a_day_begins_at_local_midnight_not_at_utc() -> None:
    assert when(datetime(2026, 11, 20, 16, 30, tzinfo=UTC), NOW, CHINA) == "00:30"
    assert when(datetime(2026, 11, 20, 15, 30, tzinfo=UTC), NOW, CHINA) == "11-20 23:30"


def test_seconds_are_shown_where_they_matter() -> None:
    assert when(local("2026-11-21 15:04:05"), NOW, CHINA, seconds=True) == "15:04:05"
