"""The place "Office": people, institutions and backups for the administrator, settings for the lead."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from liaison_desk.core.roles import Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clock_rules import clock_rules
from liaison_desk.desk.keeping import RecordBackup
from liaison_desk.desk.people import people
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.backuppanel import BackupPanel
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.context import Context
from liaison_desk.ui.institutionspanel import InstitutionsPanel
from liaison_desk.ui.page import Page
from liaison_desk.ui.people import PeoplePanel
from liaison_desk.ui.rulespanel import RulesPanel
from liaison_desk.ui.settingspanel import SettingsPanel
from liaison_desk.ui.theme import GRID

Panel = PeoplePanel | InstitutionsPanel | BackupPanel | SettingsPanel | RulesPanel


class OfficePage(Page):
    """Its parts are chosen by pills; a part somebody has no right to is not there."""

    key: ClassVar[str] = "office"
    title: ClassVar[Message] = msg("Office")
    icon: ClassVar[str] = "settings"
    kinds: ClassVar[frozenset[str]] = frozenset({"person", "institution", "setting", "backup", "clock_rule"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.panels: dict[str, Panel] = {}
        self._titles: list[Filter] = []
        desk = context.desk
        if desk.may_read(people):
            self._add("people", msg("People"), PeoplePanel(context))
        self._add("institutions", msg("Institutions"), InstitutionsPanel(context))
        if desk.may(RecordBackup):
            self._add("backup", msg("Backup"), BackupPanel(context))
        self._add("settings", msg("Settings"), SettingsPanel(context))
        if desk.may_read(clock_rules):
            self._add("rules", msg("Clock rules"), RulesPanel(context))
        self._key = self._titles[0].key
        self.stack = QStackedWidget()
        for panel in self.panels.values():
            self.stack.addWidget(panel)
        self.pills = FilterBar(self._titles)
        self.pills.changed.connect(lambda keys: self.show_panel(keys[0]))
        head = QHBoxLayout()
        head.setSpacing(GRID * 2)
        head.addWidget(Text(self.title, "heading"))
        head.addWidget(self.pills)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        # A lead comes here for the settings, an administrator for the people.
        self.show_panel("settings" if desk.actor.role is Role.LEAD else self._titles[0].key)

    def _add(self, key: str, title: Message, panel: Panel) -> None:
        self.panels[key] = panel
        self._titles.append(Filter(key, title))
        panel.changed.connect(self.selection_changed)

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(people)

    @property
    def panel(self) -> Panel:
        return self.panels[self._key]

    def show_panel(self, key: str) -> None:
        self._key = key
        self.pills.choose(key)
        self.stack.setCurrentWidget(self.panels[key])
        self.selection_changed.emit()

    def refresh(self) -> None:
        for panel in self.panels.values():
            panel.refresh()

    def hear(self, kinds: frozenset[str]) -> None:
        super().hear(kinds)
        backup = self.panels.get("backup")
        if isinstance(backup, BackupPanel):
            # A backup changes no row: every entry may be one.
            backup.refresh()

    def actions_offered(self) -> list[ActionSpec]:
        return self.panel.offers()

    def take_focus(self) -> None:
        panel = self.panel
        if isinstance(panel, PeoplePanel | InstitutionsPanel | RulesPanel):
            panel.table.setFocus()
        else:
            panel.setFocus()
