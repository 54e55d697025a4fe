"""The clock rules of the office with their history (K4): what is in force, since when, by which law, who set it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.clocks import CLOCK_WORDS, Unit
from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clock_rules import RuleRow, SetClockRule, clock_rules
from liaison_desk.ui import columns
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.columns import Cell, Column
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, LineEdit, MomentEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.settingspanel import NumberEdit
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone

UNIT_WORDS: dict[Unit, Message] = {
    Unit.MINUTES: msg("minutes"),
    Unit.HOURS: msg("hours"),
    Unit.DAYS: msg("days"),
    Unit.MONTHS: msg("months"),
    Unit.WORKING_DAYS: msg("working days"),
}


class RuleDialog(CommandDialog):
    """A new rule for one clock; what has begun keeps the old one."""

    def __init__(self, context: Context, row: RuleRow, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("New rule: {clock}", clock=row.clock), msg("Set the rule"), parent)
        self._row = row
        self.body.addWidget(hint(msg("Now: {length}, by {law}", length=row.words, law=row.law)))
        self.form.add(Field("length", msg("Length"), NumberEdit(longest=6), required=True))
        self.form.add(Field("unit", msg("Unit"), CodeCombo([(unit, UNIT_WORDS[unit]) for unit in Unit])))
        self.form.add(
            Field("law", msg("By which law"), LineEdit(longest=255), hint=msg("Empty: as it was before."))
        )
        self.form.add(
            Field(
                "valid_from",
                msg("In force from"),
                MomentEdit(context.zone, context.now),
                hint=msg("Empty: from now on."),
            )
        )
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=2), required=True))
        self.form.set_values(length=row.length, unit=row.unit, valid_from=None)
        self.body.addWidget(self.form)
        self.body.addWidget(hint(msg("What has begun keeps the rule under which it began.")))

    def command(self) -> SetClockRule:
        values: dict[str, Any] = self.form.values()
        unit, valid_from = values["unit"], values["valid_from"]
        if not isinstance(unit, Unit):
            raise BadInput(msg("Choose a unit."), field="unit")
        return SetClockRule(
            name=self._row.name,
            length=int(values["length"]),
            unit=unit,
            law=str(values["law"] or ""),
            valid_from=valid_from if isinstance(valid_from, datetime) else None,
            reason=str(values["reason"]),
        )

    def said(self, result: Any) -> Message | None:
        return msg("Rule set: {clock}", clock=CLOCK_WORDS[self._row.name])


class RulesPanel(QWidget):
    """Every rule there is and was, one line each; the lead sets a new one."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.table: Table[RuleRow] = Table(
            RowsModel(self._columns(), key=lambda row: (row.name, row.id or 0)),
            empty=EmptyState("clock", msg("The rules are being read")),
        )
        self.new_button = Button(msg("New rule…"), icon="plus", kind="primary", keys="N", run=self.new_rule)
        head = QHBoxLayout()
        head.addWidget(
            Text(
                msg("What has begun keeps the rule under which it began; every rule keeps its date."), "muted"
            )
        )
        head.addStretch()
        head.addWidget(self.new_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(lambda _: self.new_rule())
        self.new_button.setVisible(context.desk.may(SetClockRule))
        self._selected()

    def refresh(self) -> None:
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(clock_rules),
            self.table.rows.replace,
            failed=lambda _: None,
            key=f"rules-{id(self)}",
            owner=self,
        )

    def offers(self) -> list[ActionSpec]:
        if not self.context.desk.may(SetClockRule):
            return []
        return [
            ActionSpec(
                "new-rule",
                msg("New rule…"),
                self.new_rule,
                "N",
                "plus",
                enabled=lambda: len(self.table.selected_rows) == 1,
                primary=True,
                why_not=lambda: msg("Choose a clock first."),
            )
        ]

    def new_rule(self) -> None:
        """Another rule for the clock of the chosen line."""
        rows = self.table.selected_rows
        if len(rows) == 1 and self.context.desk.may(SetClockRule):
            RuleDialog(self.context, rows[0], self).open()

    def _selected(self) -> None:
        self.new_button.setEnabled(len(self.table.selected_rows) == 1)
        self.changed.emit()

    def _columns(self) -> list[Column[RuleRow]]:
        context = self.context

        def state(row: RuleRow) -> Cell:
            if row.now:
                return columns.chip(msg("in force"), Tone.OK, "check")
            if row.valid_from is not None and row.valid_from > context.now():
                return columns.chip(msg("planned"), Tone.SOON, "clock")
            return columns.chip(msg("earlier"), Tone.MUTED, "history")

        def since(row: RuleRow) -> Cell:
            if row.valid_from is None:
                return columns.text(msg("since ever"), tone=Tone.MUTED)
            return columns.moment(row.valid_from, context.now(), context.zone)

        return [
            Column("clock", msg("Clocks"), lambda row: columns.text(row.clock, bold=row.now), 150),
            Column("length", msg("Length"), lambda row: columns.text(row.words), 110),
            Column("law", msg("By which law"), lambda row: columns.text(row.law, tip=row.law), 400),
            Column("state", msg("State"), state, 100),
            Column("since", msg("In force from"), since, 130),
            Column("who", msg("Set by"), lambda row: columns.text(row.set_by or None), 100),
            Column("reason", msg("Reason"), lambda row: columns.text(row.reason or None), 180),
        ]
