"""New work is said once, together, never for one's own step, quietly when wanted, and without personal data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from liaison_desk import settings as user_settings
from liaison_desk.settings import UserSettings
from liaison_desk.ui.newwork import Announcer, quiet
from liaison_desk.ui.room import Room
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front


class Heard(Announcer):
    """Writes down what would be heard and seen."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds = 0
        self.alerts = 0
        self.messages: list[str] = []

    def sound(self) -> None:
        self.sounds += 1

    def alert(self, window: QWidget) -> None:
        self.alerts += 1

    def message(self, title: str, words: str, owner: QWidget) -> None:
        self.messages.append(words)


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    with front(qtbot, sqlite_office) as made:
        yield made


def listening(room: Room) -> Heard:
    heard = Heard()
    room.new_work.announcer = heard
    return heard


def test_a_request_at_another_seat_is_heard_once_with_number_and_kind(window: Front) -> None:
    given.case(window.office, [("ICBC", 100_000)], n=1)
    room = window.come_in("li")
    heard = listening(room)
    given.case(window.office, [("ICBC", 500_000)], n=3)
    room.watcher.look()
    assert (heard.sounds, heard.alerts) == (1, 1)
    assert len(heard.messages) == 1
    assert heard.messages[0].startswith("新请求：ZF")
    assert given.card("ICBC", 300) not in heard.messages[0]
    room.watcher.look()
    room.refresh()
    assert heard.sounds == 1


def test_many_at_once_are_one_message(window: Front) -> None:
    room = window.come_in("li")
    heard = listening(room)
    for n in range(3):
        given.case(window.office, [("ICBC", 500_000)], n=n)
    room.watcher.look()
    assert heard.messages == ["有 3 条新请求待处理"]
    assert heard.sounds == 1


def test_ones_own_step_and_others_work_are_silent(window: Front) -> None:
    room = window.come_in("zhao")
    heard = listening(room)
    given.case(window.office, [("ICBC", 500_000)], by=room.context.desk)
    room.watcher.look()
    assert heard.messages == []
    assert heard.sounds == heard.alerts == 0


def test_sound_is_switched_off_in_the_persons_menu(window: Front) -> None:
    room = window.come_in("li")
    heard = listening(room)
    menu = room.person_menu()
    room.look_wanted.emit("sound", False)
    menu.close()
    given.case(window.office, [("ICBC", 500_000)])
    room.watcher.look()
    assert (heard.sounds, len(heard.messages)) == (0, 1)
    assert window.settings.sound is False


@pytest.mark.parametrize(
    ("start", "end", "at", "expected"),
    [
        ("22:00", "06:30", "23:10", True),
        ("22:00", "06:30", "06:29", True),
        ("22:00", "06:30", "06:30", False),
        ("12:00", "13:00", "12:30", True),
        ("12:00", "13:00", "13:00", False),
        ("", "06:30", "03:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(start: str, end: str, at: str, expected: bool) -> None:
    settings = UserSettings(quiet_from=start, quiet_until=end)
    assert quiet(settings, datetime.fromisoformat(f"2026-11-22T{at}:00+08:00")) is expected


def test_sound_and_quiet_hours_are_kept_and_nonsense_is_not(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    kept = UserSettings(sound=False, quiet_from="22:00", quiet_until="06:30", file=file)
    assert kept.save()
    assert user_settings.load(file) == kept
    file.write_text('{"sound": 3, "quiet_from": "25:00", "quiet_until": "later"}', encoding="utf-8")
    assert user_settings.load(file) == UserSettings()
