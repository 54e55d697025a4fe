"""The place "Office" and the first form of "Handover", each through the door of a real office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import BadInput
from liaison_desk.core.roles import Role
from liaison_desk.desk.keeping import RecordBackup
from liaison_desk.desk.office import ChangeSetting, office_settings
from liaison_desk.desk.people import people
from liaison_desk.ui import messages
from liaison_desk.ui.backuppanel import BackupPanel
from liaison_desk.ui.institutionspanel import InstitutionDialog, InstitutionsPanel
from liaison_desk.ui.officepage import OfficePage
from liaison_desk.ui.people import AddPersonDialog, ChangePersonDialog, FirstPassword, PeoplePanel
from liaison_desk.ui.settingspanel import SettingsPanel, read_days
from liaison_desk.ui.shiftpage import OpenShiftDialog, ShiftPage, proposed_shift
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    given.busy(sqlite_office)
    with front(qtbot, sqlite_office) as made:
        yield made


def office_of(window: Front, login: str = "admin") -> OfficePage:
    if login == "admin":
        window.window.sign_in.entered.emit("admin", given.ADMIN_PASSWORD)
    else:
        window.come_in(login)
    page = window.room.pages["office"]
    assert isinstance(page, OfficePage)
    window.room.show_place("office")
    return page


def people_of(page: OfficePage) -> PeoplePanel:
    panel = page.panels["people"]
    assert isinstance(panel, PeoplePanel)
    return panel


def test_an_administrator_adds_a_person_and_hands_over_the_first_password(window: Front) -> None:
    panel = people_of(office_of(window))
    before = panel.model.rowCount()
    panel.add()
    dialog = window.shown(AddPersonDialog)[0]
    assert isinstance(dialog, AddPersonDialog)
    dialog.form.set_values(name="欧阳雪", login="boc1", institution="BOC", phone="13800000001")
    dialog.submit()
    sheet = window.shown(FirstPassword)[0]
    assert isinstance(sheet, FirstPassword)
    sheet.accept()
    window.room.watcher.look()
    assert panel.model.rowCount() == before + 1
    window.window.switch()
    window.window.sign_in.entered.emit("boc1", dialog.password)
    assert not window.window.sign_in.renewal.isHidden()


def test_what_the_door_refuses_is_said_at_its_field(window: Front) -> None:
    panel = people_of(office_of(window))
    panel.add()
    dialog = window.shown(AddPersonDialog)[0]
    assert isinstance(dialog, AddPersonDialog)
    dialog.form.set_values(name="又一个赵", login="zhao")
    dialog.submit()
    assert "zhao" in dialog.form.fields["login"].error
    dialog.reject()


def test_institutions_on_offer_fit_the_role(window: Front) -> None:
    panel = people_of(office_of(window))
    dialog = AddPersonDialog(window.room.context)
    window.qtbot.addWidget(dialog)
    dialog.form.set_values(role=Role.OFFICER)
    assert dialog.form.fields["institution"].value() == "POLICE"
    dialog.form.set_values(role=Role.REPRESENTATIVE)
    assert dialog.form.fields["institution"].value() == "ICBC"
    assert panel.row is None


def test_a_person_is_renamed_leaves_and_is_out(window: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = people_of(office_of(window))
    li = next(n for n in range(panel.model.rowCount()) if panel.model.row(n).login == "li")
    panel.table.selectRow(li)
    panel.change()
    dialog = window.shown(ChangePersonDialog)[0]
    assert isinstance(dialog, ChangePersonDialog)
    dialog.form.set_values(name="李小红")
    dialog.submit()
    window.room.watcher.look()
    assert panel.row is not None
    assert panel.row.name == "李小红"
    monkeypatch.setattr(messages, "ask", lambda *_, **__: True)
    panel.switch_active()
    window.room.watcher.look()
    row = next(row for row in window.office.admin.read(people) if row.login == "li")
    assert not row.active


def test_an_institution_is_added_named_and_seen_in_the_window(window: Front) -> None:
    page = office_of(window)
    panel = page.panels["institutions"]
    assert isinstance(panel, InstitutionsPanel)
    page.show_panel("institutions")
    panel.add()
    dialog = window.shown(InstitutionDialog)[0]
    assert isinstance(dialog, InstitutionDialog)
    dialog.form.set_values(code="jlbank", name_zh="吉林银行", name_en="Bank of Jilin")
    dialog.submit()
    window.room.watcher.look()
    assert "JLBANK" in window.room.context.institutions
    assert panel.model.rowCount() == 10


def test_a_lead_changes_settings_with_units_and_the_window_follows(window: Front) -> None:
    page = office_of(window, "wang")
    panel = page.panels["settings"]
    assert isinstance(panel, SettingsPanel)
    assert page.panel is panel
    panel.form.set_values(office_name="松河联合办", answer_minutes=20, extra_days={"2026-10-10": True})
    assert panel.differing() == {
        "office_name": "松河联合办",
        "answer_minutes": 20,
        "extra_days": {"2026-10-10": True},
    }
    panel.save()
    settings = window.office.lead.read(office_settings)
    assert (settings.office_name, settings.answer_minutes) == ("松河联合办", 20)
    assert settings.extra_days == {"2026-10-10": True}
    window.room.watcher.look()
    assert "松河联合办" in window.window.windowTitle()


def test_a_setting_that_somebody_changed_meanwhile_is_not_overwritten(window: Front) -> None:
    page = office_of(window, "wang")
    panel = page.panels["settings"]
    assert isinstance(panel, SettingsPanel)
    panel.form.set_values(claim_minutes=9)
    window.office.door("feng").do(ChangeSetting(key="claim_minutes", value=7))
    window.room.watcher.look()
    assert panel.form.fields["claim_minutes"].value() == 9
    panel.save()
    assert window.office.lead.read(office_settings).claim_minutes == 7
    assert "7" in panel.form._general.text()


def test_a_word_where_a_number_belongs_is_said_there(window: Front) -> None:
    panel = office_of(window, "wang").panels["settings"]
    assert isinstance(panel, SettingsPanel)
    panel.form.set_values(stop_hours="two days")
    panel.save()
    assert panel.form.fields["stop_hours"].error == "请输入整数。"


def test_an_auditor_looks_and_changes_nothing(window: Front) -> None:
    page = office_of(window, "shen")
    assert list(page.panels) == ["people", "institutions", "settings", "rules"]
    assert people_of(page).buttons == {}
    settings = page.panels["settings"]
    assert isinstance(settings, SettingsPanel)
    assert not settings.form.isEnabled()


def test_a_backup_is_made_by_the_button_and_stands_in_the_bar(window: Front) -> None:
    page = office_of(window)
    panel = page.panels["backup"]
    assert isinstance(panel, BackupPanel)
    panel.back_up()
    window.room.watcher.look()
    assert panel.last._value.text() != "尚无"
    assert window.room.bottom.backup.value != "尚无"
    assert window.room.context.desk.may(RecordBackup)


def test_days_are_read_as_they_are_written() -> None:
    assert read_days("2026-10-10 班\n\n2026年10月12日 休\n2026/10/13 off") == {
        "2026-10-10": True,
        "2026-10-12": False,
        "2026-10-13": False,
    }
    with pytest.raises(BadInput, match="2026-13-01"):
        read_days("2026-13-01 班")


# --- the first form of the handover


@pytest.mark.parametrize(
    ("now", "name", "begin", "until"),
    [
        ((2026, 3, 9, 23, 10), "Day shift", (2026, 3, 10, 0), (2026, 3, 10, 12)),
        ((2026, 3, 10, 2, 0), "Day shift", (2026, 3, 10, 0), (2026, 3, 10, 12)),
        ((2026, 3, 10, 11, 5), "Night shift", (2026, 3, 10, 12), (2026, 3, 11, 0)),
        ((2026, 3, 10, 18, 0), "Night shift", (2026, 3, 10, 12), (2026, 3, 11, 0)),
    ],
)
def test_the_shift_that_is_proposed(
    now: tuple[int, ...], name: str, begin: tuple[int, ...], until: tuple[int, ...]
) -> None:
    said, starts, ends = proposed_shift(datetime(*now, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))  # type: ignore[misc, arg-type]  # numbers
    assert said.text == name
    assert starts == datetime(*begin, tzinfo=UTC)  # type: ignore[misc, arg-type]  # numbers
    assert ends == datetime(*until, tzinfo=UTC)  # type: ignore[misc, arg-type]  # numbers


def test_a_lead_opens_the_shift_as_proposed(window: Front) -> None:
    window.come_in("wang")
    page = window.room.pages["shift"]
    assert isinstance(page, ShiftPage)
    window.room.show_place("shift")
    assert not page.running
    page.open_shift()
    dialog = window.shown(OpenShiftDialog)[0]
    assert isinstance(dialog, OpenShiftDialog)
    dialog.submit()
    window.room.watcher.look()
    assert page.running
    assert page.open_button.isHidden()
    assert window.room.top.shift.text() == "白班 08:00–20:00 · 带班 王带班"


def test_a_lapse_waits_until_somebody_takes_note(window: Front) -> None:
    window.office.clock.forward(hours=49)
    window.come_in("zhao")
    window.room.show_place("shift")
    page = window.room.pages["shift"]
    assert isinstance(page, ShiftPage)
    window.room.watcher.record_lapses()
    window.room.watcher.look()
    assert page.model.rowCount() == 1
    assert window.room.rail.button("shift").badge == (1, True)
    page.table.selectRow(0)
    page.acknowledge()
    window.room.watcher.look()
    assert page.model.rowCount() == 0
    assert window.room.rail.button("shift").badge == (0, False)


def test_a_representative_has_no_sheet_and_opens_no_shift(window: Front) -> None:
    window.come_in("li")
    page = window.room.pages["shift"]
    assert isinstance(page, ShiftPage)
    assert page.open_button.isHidden()
    assert page.sheet_button.isHidden()
    assert [spec.name for spec in page.actions_offered()] == ["acknowledge"]
