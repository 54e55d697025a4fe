"""New work is said once, together, never for one's own step, quietly when wanted, and without personal data."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk import settings as user_settings
from liaison_desk.settings import UserSettings
from liaison_desk.ui import chime
from liaison_desk.ui.newwork import Announcer, quiet
from liaison_desk.ui.notifications import ClockEdit, NotificationsDialog
from liaison_desk.ui.room import Room
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front
from tests.ui.seats import press_in, type_in


class Heard(Announcer):
    """Writes down what would be heard and seen."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds = 0
        self.alerts = 0
        self.messages: list[str] = []
        self.volumes: list[int] = []
        self.badges: list[int] = []

    def sound(self, volume: int) -> None:
        self.sounds += 1
        self.volumes.append(volume)

    def badge(self, count: int) -> None:
        self.badges.append(count)

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
    kept = UserSettings(
        sound=False, volume=30, tray=False, quiet_from="22:00", quiet_until="06:30", file=file
    )
    assert kept.save()
    assert user_settings.load(file) == kept
    file.write_text(
        '{"sound": 3, "volume": 101, "tray": 1, "quiet_from": "25:00", "quiet_until": "later"}',
        encoding="utf-8",
    )
    assert user_settings.load(file) == UserSettings()


def test_what_is_announced_names_nobody_and_no_account(window: Front) -> None:
    room = window.come_in("li")
    heard = listening(room)
    given.case(window.office, [("ICBC", 500_000)], victim="买买提·吐尔逊", n=4)
    given.case(window.office, [("ICBC", 500_000)], victim="欧阳小明", n=5)
    room.watcher.look()
    given.case(window.office, [("ICBC", 500_000)], victim="欧阳小明", n=6)
    room.watcher.look()
    told = " ".join(heard.messages)
    assert len(heard.messages) == 2
    for personal in (
        "买买提",
        "欧阳",
        "张三",
        "13812341234",
        *(given.card("ICBC", n * 100) for n in (4, 5, 6)),
    ):
        assert personal not in told
        assert personal[-4:] not in told


def test_notifications_are_set_in_one_dialog_by_keys_and_followed_at_once(window: Front) -> None:
    room = window.come_in("li")
    heard = listening(room)
    spec = room.keys.find("notifications")
    assert spec is not None
    assert room.keys.run(spec)
    QApplication.processEvents()
    (dialog,) = window.shown(NotificationsDialog)
    assert isinstance(dialog, NotificationsDialog)
    press_in(Qt.Key.Key_Tab)
    press_in(Qt.Key.Key_Right)
    press_in(Qt.Key.Key_Right)
    dialog.form.fields["quiet_from"].setFocus()
    type_in("25")
    press_in(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.form.fields["quiet_from"].error != ""
    dialog.form.fields["quiet_from"].set_value("")
    press_in(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not window.shown(NotificationsDialog)
    assert (window.settings.volume, window.settings.sound, window.settings.tray) == (80, True, True)
    given.case(window.office, [("ICBC", 500_000)])
    room.watcher.look()
    assert heard.volumes == [80]
    # From 10:00 on in Beijing it is quiet: only the sound is.
    window.settings.quiet_from, window.settings.quiet_until = "09:00", "11:00"
    given.case(window.office, [("ICBC", 500_000)], n=2)
    room.watcher.look()
    assert (heard.volumes, len(heard.messages)) == ([80], 2)
    window.settings.tray = False
    given.case(window.office, [("ICBC", 500_000)], n=3)
    room.watcher.look()
    assert len(heard.messages) == 2


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("22", "22:00"),
        ("6:30", "06:30"),
        ("２２：３０", "22:30"),
        ("2230", "22:30"),
        ("7点", "07:00"),
        ("", ""),
    ],
)
def test_a_time_of_day_is_understood_as_people_type_it(typed: str, value: str, qtbot: QtBot) -> None:
    edit = ClockEdit(longest=8)
    qtbot.addWidget(edit)
    edit.setText(typed)
    assert edit.value() == value


def test_the_sound_is_as_loud_as_its_volume() -> None:
    def loudest(volume: int) -> int:
        with wave.open(io.BytesIO(chime.wav(volume))) as sound:
            frames = sound.readframes(sound.getnframes())
        return int(max(abs(value) for (value,) in struct.iter_unpack("<h", frames)))

    assert loudest(0) == 0
    assert 0.45 < loudest(50) / loudest(100) < 0.55
