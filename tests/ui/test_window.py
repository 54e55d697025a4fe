"""The window over a real office: who sees which places, language, trouble, leaving, the way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.app import Office as Way
from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.core.words import msg
from liaison_desk.desk.people import ChangePerson, people
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.settings import UserSettings
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.claims import KEEP, RELEASE, ClaimsDialog
from liaison_desk.ui.keys import ActionTable, KeysHelp
from liaison_desk.ui.obstacle import Obstacle
from liaison_desk.ui.queuepage import QueuePage
from liaison_desk.ui.soundness import SoundnessDialog
from tests import given
from tests.given import Clock, Office
from tests.ui.given_window import OWN, Front, front


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    return sqlite_office


@pytest.fixture
def window(qtbot: QtBot, office: Office) -> Iterator[Front]:
    given.busy(office)
    with front(qtbot, office) as made:
        yield made


@pytest.mark.parametrize(
    ("login", "places"),
    [
        ("zhao", ["queue", "cases", "clocks", "flow", "money", "shift"]),
        ("wang", ["queue", "cases", "clocks", "flow", "money", "shift", "office"]),
        ("li", ["queue", "cases", "clocks", "flow", "money", "shift"]),
        ("shen", ["queue", "cases", "clocks", "flow", "money", "shift", "office"]),
    ],
)
def test_each_role_has_its_places(window: Front, login: str, places: list[str]) -> None:
    assert window.come_in(login).rail.keys == places


def test_an_administrator_sees_no_case(window: Front) -> None:
    window.window.sign_in.entered.emit("admin", given.ADMIN_PASSWORD)
    room = window.room
    assert room.rail.keys == ["office"]
    assert room.top.search.isHidden()
    assert list(room._search("ZF")) == []
    assert not room.bottom.stopped.isVisible()
    assert not room.bottom.oldest.isVisible()
    for way in (room.context.ways.open_leg, room.context.ways.open_case):
        way.emit(1)
    assert room.place == "office"


def test_badges_count_what_their_reader_may_see(window: Front) -> None:
    assert window.come_in("zhao").rail.button("cases").badge[0] == 2
    window.window.switch()
    room = window.come_in("zhou")
    assert room.rail.button("queue").badge[0] == 1
    assert room.rail.button("cases").badge[0] == 1


def test_a_change_at_another_seat_moves_the_badge(window: Front) -> None:
    room = window.come_in("zhao")
    before = room.rail.button("queue").badge[0]
    given.case(window.office, [("BOC", 900_000)], n=9)
    room.watcher.look()
    assert room.rail.button("queue").badge[0] == before + 1


def test_the_bars_say_shift_money_and_chain(window: Front) -> None:
    room = window.come_in("zhao")
    assert room.top.shift.text() == "尚未开班"
    assert room.bottom.stopped.value == "20,000.00"
    assert room.bottom.audit.value.startswith("#")
    assert room.bottom.backup.value == "尚无"
    assert room.top.seats.text == "1 席在线"


def test_a_clock_in_doubt_is_said_on_every_place_until_a_lead_confirms_it(
    window: Front, office: Office
) -> None:
    room = window.come_in("wang")
    assert room.clock_banner.isHidden()
    office.clock.forward(minutes=-30)
    room.read_bar()
    assert not room.clock_banner.isHidden()
    assert "存疑" in room.clock_banner.words.text()
    room.confirm_time()
    room.read_bar()
    assert room.clock_banner.isHidden()


def test_the_figures_lead_to_what_is_behind_them(window: Front) -> None:
    room = window.come_in("wang")
    room.bottom.stopped.click()
    assert room.place == "money"
    room.bottom.ending.click()
    assert room.place == "clocks"
    room.bottom.oldest.click()
    assert room.place == "queue"
    queue = room.pages["queue"]
    assert isinstance(queue, QueuePage)
    assert (queue.view().order, queue.view().descending) == ("recorded", False)
    room.bottom.backup.click()
    assert room.place == "office"


def test_the_chain_is_called_whole_only_after_a_check(window: Front) -> None:
    room = window.come_in("wang")
    assert room.bottom.audit._icon == ""
    room.bottom.audit.click()
    dialog = window.shown(SoundnessDialog)[0]
    assert isinstance(dialog, SoundnessDialog)
    dialog.check_now()
    assert "链条完整" in dialog.verdict.text()
    assert room.bottom.audit._icon == "check"
    dialog.accept()


def test_language_changes_at_once_and_keeps_place_and_selection(window: Front) -> None:
    room = window.come_in("wang")
    room.show_place("cases")
    page = room.pages["cases"]
    assert isinstance(page, CasesPage)
    table = page.table
    table.selectRow(1)
    chosen = table.current_row
    room.look_wanted.emit("language", "en")
    assert window.room is room
    assert room.place == "cases"
    assert table.current_row == chosen
    assert room.rail.button("queue").accessibleName().startswith("Queue")
    assert window.window.windowTitle().startswith("Cases · ")
    assert room.top.shift.text() == "No shift is open"
    assert window.settings.language == "en"


def test_theme_and_text_size_change_at_once(window: Front) -> None:
    room = window.come_in("wang")
    room.look_wanted.emit("theme", "dark")
    room.look_wanted.emit("scale", 1.5)
    assert (window.settings.theme, window.settings.scale) == ("dark", 1.5)
    assert room.rail.width() in (276, 84)
    room.keys.run(room.keys.find("smaller") or _none())
    assert window.settings.scale == 1.25


def _none() -> ActionSpec:
    raise AssertionError("no such action")


def test_the_place_is_remembered_for_its_person(window: Front) -> None:
    window.come_in("wang").show_place("office")
    window.window.switch()
    assert window.come_in("zhao").place == "queue"
    window.window.switch()
    assert window.come_in("wang", first=False).place == "office"


def test_a_database_that_is_away_is_said_in_words_and_gone_when_back(window: Front) -> None:
    room = window.come_in("zhao")
    error = OfficeUnusable(msg("The server does not answer."))
    room.watcher.trouble.emit(error)
    assert room.banner.isVisible()
    assert room.banner.words.text() == "The server does not answer."
    window.window.tell(error)
    room.watcher.trouble.emit(None)
    assert not room.banner.isVisible()


def test_a_person_who_was_taken_out_is_out_at_once(window: Front) -> None:
    room = window.come_in("li")
    admin = window.office.admin
    row = next(row for row in admin.read(people) if row.login == "li")
    admin.do(ChangePerson(person_id=row.id, version=row.version, name=row.name, active=False))
    room.watcher.look()
    assert window.window.room is None
    assert window.window.sign_in.said.isVisible()


def test_ones_own_new_password_does_not_sign_out(window: Front) -> None:
    from liaison_desk.ui.ownpassword import OwnPasswordDialog

    room = window.come_in("zhao")
    room.change_password()
    dialog = window.shown(OwnPasswordDialog)[0]
    assert isinstance(dialog, OwnPasswordDialog)
    dialog.form.set_values(old="wrong", password="another-one", again="another-one")
    dialog.submit()
    assert dialog.form.fields["old"].error
    dialog.form.set_values(old=OWN)
    dialog.submit()
    room.watcher.look()
    assert window.window.room is room
    room.refresh()
    assert not room.banner.isVisible()


def test_claims_are_listed_before_signing_out(window: Front) -> None:
    leg = given.case(window.office, [("ICBC", 500_000)], n=3).leg_ids[0]
    room = window.come_in("li")
    room.context.desk.do(ClaimRequest(leg_id=leg))
    room.sign_out_wanted.emit()
    dialog = window.shown(ClaimsDialog)[0]
    assert isinstance(dialog, ClaimsDialog)
    assert [combo.value() for combo in dialog.combos] == [RELEASE]
    assert [combo.itemText(n) for combo in dialog.combos for n in range(combo.count())] == [
        "释放",
        "移交 刘工行",
        "保留",
    ]
    dialog._settle()
    window.qtbot.waitUntil(lambda: window.window.room is None)
    with window.office.database.reading() as session:
        from liaison_desk.store.models import Leg

        found = session.get(Leg, leg)
        assert found is not None
        assert found.state.value == "queued"


def test_claims_may_be_kept(window: Front) -> None:
    leg = given.case(window.office, [("ICBC", 500_000)], n=3).leg_ids[0]
    room = window.come_in("li")
    room.context.desk.do(ClaimRequest(leg_id=leg))
    room.sign_out_wanted.emit()
    dialog = window.shown(ClaimsDialog)[0]
    assert isinstance(dialog, ClaimsDialog)
    dialog._all(KEEP)
    assert dialog.commands() == []
    dialog._settle()
    window.qtbot.waitUntil(lambda: window.window.room is None)


def test_who_has_claimed_nothing_is_out_at_once(window: Front) -> None:
    window.come_in("zhao").sign_out_wanted.emit()
    assert window.window.room is None


def test_the_palette_finds_actions_places_requests_and_cases(window: Front) -> None:
    room = window.come_in("zhao")
    titles = [entry.title.text for entry in room._entries()]
    assert "Go to {place}" in titles
    found = [entry.title.text for entry in room._search("尚不存在的人")]
    assert found == []
    numbers = [entry.title.text for entry in room._search("AJ")]
    assert any(number.startswith("AJ") for number in numbers)


def test_a_found_case_opens_among_the_cases(window: Front) -> None:
    room = window.come_in("zhao")
    entry = next(entry for entry in room._search("AJ") if entry.title.text.startswith("AJ"))
    entry.run()
    assert room.place == "cases"


def test_f1_shows_keys(window: Front) -> None:
    room = window.come_in("zhao")
    room.open_keys()
    assert len(window.shown(KeysHelp)) == 1
    window.shown(KeysHelp)[0].close()


def test_a_letter_is_a_shortcut_only_while_nobody_types(qtbot: QtBot) -> None:
    host, done = QWidget(), []
    line = QLineEdit(host)
    other = QWidget(host)
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    table = ActionTable(host)
    table.offer([], [ActionSpec("claim", msg("Claim"), lambda: done.append("claimed"), "C")])
    line.setFocus()
    qtbot.keyClick(line, "c")
    assert done == []
    assert line.text() == "c"
    other.setFocus()
    qtbot.keyClick(other, "c")
    assert done == ["claimed"]


def test_a_pages_key_stands_before_the_windows(qtbot: QtBot) -> None:
    host, done = QWidget(), []
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    table = ActionTable(host)
    table.offer(
        [ActionSpec("w", msg("Window"), lambda: done.append("window"), "F5")],
        [ActionSpec("p", msg("Page"), lambda: done.append("page"), "F5")],
    )
    qtbot.keyClick(host, Qt.Key.Key_F5)
    assert done == ["page"]


# --- the way in


def test_an_empty_computer_gets_the_assistant_and_then_a_sign_in(qtbot: QtBot, tmp_path: Path) -> None:
    office = Office.__new__(Office)
    office.clock = Clock()
    office.database = _Place(tmp_path / "new" / "office.db")  # type: ignore[assignment]  # only its path is asked
    with front(qtbot, office) as made:
        assistant = made.window._assistant
        assert assistant is not None
        assistant.new_card.chosen.emit()
        assistant.set_up.set_values(name="公主岭联合办", admin="admin", password="short", again="short")
        assistant.set_up.submit()
        assert assistant.set_up.fields["password"].error
        assistant.set_up.set_values(password="long enough", again="long enough")
        assistant.set_up.submit()
        assert len(assistant.sheet.code.text()) == 24
        assert not assistant.sheet.go_on.isEnabled()
        assistant.sheet.written.setChecked(True)
        assistant.sheet.go_on.click()
        assert assistant.sheet.code.text() == ""
        assert made.window.sign_in.office.text() == "公主岭联合办"
        made.window.sign_in.entered.emit("admin", "long enough")
        assert made.room.rail.keys == ["office"]


class _Place:
    def __init__(self, path: Path) -> None:
        self.path = path


def test_a_damaged_office_is_recognised_and_its_backup_offered(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liaison_desk.desk.keeping import back_up_now

    given.busy(office)
    made = back_up_now(office.system)
    path = office.database.path
    office.database.close()
    for beside in ("-wal", "-shm"):
        Path(f"{path}{beside}").unlink(missing_ok=True)
    whole = path.read_bytes()
    path.write_bytes(b"no database at all " + whole[20:])
    monkeypatch.setattr(messages, "ask", lambda *_, **__: True)
    office.clock.forward(minutes=2)
    with front(qtbot, office) as window:
        obstacle = window.window._obstacle
        assert isinstance(obstacle, Obstacle)
        assert obstacle.isVisible()
        assert made.path.name in obstacle.more.text()
        obstacle.restore.click()
        assert window.window.sign_in.isVisible()
        assert window.window.facts is not None
        assert window.window.facts.name == "公主岭联合办"


def test_the_demo_is_made_and_thrown_away(qtbot: QtBot, tmp_path: Path) -> None:
    way = Way(str(tmp_path / "none.db"))

    class Quiet:
        def __call__(self, *_: object) -> None: ...

    way.make_demo(Quiet())  # type: ignore[arg-type]  # progress is only called
    facts = way.look()
    people_offered = getattr(facts, "people", ())
    assert [person.role.value for person in people_offered] == [
        "officer",
        "representative",
        "representative",
        "lead",
        "administrator",
        "auditor",
    ]
    place = Path(way.where)
    assert place.exists()
    assert way.sign_in(people_offered[0].login, "demo").must_change is False
    way.leave()
    assert not place.exists()


def test_greeting_is_known_from_last_time(qtbot: QtBot, office: Office) -> None:
    settings = UserSettings()
    with front(qtbot, office, settings) as made:
        made.come_in("zhao")
    assert list(settings.offices.values()) == ["公主岭联合办"]
    assert list(settings.logins.values()) == ["zhao"]
