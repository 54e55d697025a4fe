"""The place "Handover": the shift that runs, opening one, lapses that somebody must take note of, the sheet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.details import lapses
from liaison_desk.desk.facts import HoldRow
from liaison_desk.desk.handoversheet import handover
from liaison_desk.desk.holds import AcknowledgeLapse
from liaison_desk.desk.notes import NotTaken, notes_not_taken
from liaison_desk.desk.shifts import OpenShift, ShiftBar, shift_bar
from liaison_desk.desk.work import Command
from liaison_desk.ui import columns
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Fact, FactGrid, Text
from liaison_desk.ui.chips import Chip
from liaison_desk.ui.columns import Align, Column
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import LineEdit, MomentEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.page import Page
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone, say

DAY_FROM, DAY_UNTIL = 8, 20
"""Local hours of the day shift; the night shift is the rest."""
EARLY = timedelta(hours=1)
"""So long before its begin the coming shift is proposed rather than the one that ends."""


def proposed_shift(now: datetime, zone: ZoneInfo) -> tuple[Message, datetime, datetime]:
    """Name and planned times (UTC) of the shift that somebody who opens one at ``now`` most likely means."""
    local = now.astimezone(zone) + EARLY
    day = DAY_FROM <= local.hour < DAY_UNTIL
    date = local.date() if local.hour >= DAY_FROM else local.date() - timedelta(days=1)
    begin = datetime(date.year, date.month, date.day, DAY_FROM if day else DAY_UNTIL, tzinfo=zone)
    until_date = date if day else date + timedelta(days=1)
    until = datetime(
        until_date.year, until_date.month, until_date.day, DAY_UNTIL if day else DAY_FROM, tzinfo=zone
    )
    return msg("Day shift") if day else msg("Night shift"), begin.astimezone(UTC), until.astimezone(UTC)


class OpenShiftDialog(CommandDialog):
    """Name and planned times; everything is proposed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Open a shift"), msg("Open the shift"), parent)
        name, begin, until = proposed_shift(context.now(), context.zone)
        self.form.add(Field("name", msg("Name"), LineEdit(longest=40), required=True))
        for key, label in (("planned_from", msg("Begins")), ("planned_until", msg("Ends"))):
            self.form.add(Field(key, label, MomentEdit(context.zone, context.now), required=True))
        self.form.set_values(name=say(name), planned_from=begin, planned_until=until)
        self.body.addWidget(self.form)
        self.body.addWidget(
            Text(
                msg(
                    "The order of the queue is learnt anew from this office's own answers and stays for the shift."
                ),
                "small",
                wrap=True,
            )
        )

    def command(self) -> OpenShift:
        values = self.form.values()
        begin, until = values["planned_from"], values["planned_until"]
        if not isinstance(begin, datetime) or not isinstance(until, datetime):
            raise BadInput(msg("Type both times."), field="planned_from")
        return OpenShift(name=str(values["name"]), planned_from=begin, planned_until=until)

    def said(self, result: Any) -> Message | None:
        return msg("Shift opened")


class ShiftPage(Page):
    """First form: one running shift, its lapses, its sheet."""

    key: ClassVar[str] = "shift"
    title: ClassVar[Message] = msg("Handover")
    icon: ClassVar[str] = "arrow-left-right"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"shift", "hold", "ledger_entry", "setting", "leg", "note", "note_taken"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._bar: ShiftBar | None = None
        self._lapses: tuple[HoldRow, ...] = ()
        self._notes: tuple[NotTaken, ...] = ()
        desk = context.desk
        self._knows_lapses = desk.may_read(lapses)
        self.state = Chip()
        self.facts = FactGrid(4)
        self.open_button = Button(
            msg("Open a shift…"), icon="clock", kind="primary", keys="O", run=self.open_shift
        )
        self.sheet_button = Button(msg("Handover sheet…"), icon="printer", keys="P", run=self.show_sheet)
        self.acknowledge_button = Button(msg("Take note"), icon="check", keys="K", run=self.acknowledge)
        self.model = RowsModel(self._columns(), key=lambda row: row.id)
        self.table: Table[HoldRow] = Table(
            self.model,
            empty=EmptyState(
                "circle-check",
                msg("No lapse waits for anybody"),
                msg("A hold that runs out stands here until somebody takes note of it."),
            ),
        )
        self.table.selection_changed.connect(self._selected)
        self.table.opened.connect(lambda _: self.acknowledge())
        self._lay_out()
        # Only now: a button without a parent would be shown as a window of its own.
        self.open_button.setVisible(desk.may(OpenShift))
        self.sheet_button.setVisible(desk.may_read(handover))
        self.acknowledge_button.setVisible(desk.may(AcknowledgeLapse))
        self._selected()

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(lapses)

    # What is shown -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        desk = self.context.desk

        def read() -> tuple[ShiftBar, tuple[HoldRow, ...], tuple[NotTaken, ...]]:
            found = desk.read(lapses) if self._knows_lapses else ()
            notes = desk.read(notes_not_taken) if desk.may_read(notes_not_taken) else ()
            return desk.read(shift_bar), found, notes

        self.context.background.read(
            read, self._show, failed=lambda _: None, key=f"shift-{id(self)}", owner=self
        )

    def _show(self, found: tuple[ShiftBar, tuple[HoldRow, ...], tuple[NotTaken, ...]]) -> None:
        self._bar, self._lapses, self._notes = found
        self.model.replace(self._lapses)
        self.badge_changed.emit(len(self._lapses), bool(self._lapses))
        self.open_button.setVisible(self.context.desk.may(OpenShift) and not self.running)
        self._tell()
        self.selection_changed.emit()

    def _tell(self) -> None:
        bar, zone, now = self._bar, self.context.zone, self.context.now()
        if bar is None:
            return
        self._lapse_heading.set(msg("Lapses to take note of: {count}", count=len(self._lapses)))
        if not bar.shift or bar.planned_from is None or bar.planned_until is None:
            self.state.set(msg("No shift is open"), Tone.SOON, "triangle-alert")
            self.facts.set_facts([Fact(msg("What to do"), self._advice(), wide=True)])
            return
        over = bar.planned_until <= now
        self.state.set(
            msg("past its planned end") if over else msg("running"),
            Tone.SOON if over else Tone.OK,
            "clock" if over else "circle-dot",
        )
        facts = [
            Fact(msg("Shift"), bar.shift, strong=True),
            Fact(msg("Lead"), bar.lead),
            Fact(
                msg("Planned"), f"{when(bar.planned_from, now, zone)} – {when(bar.planned_until, now, zone)}"
            ),
            Fact(msg("Entries"), f"#{bar.entries:,}", tip=Message(bar.head)),
        ]
        amounts = (
            (msg("Stopped in this shift"), bar.stopped),
            (msg("Frozen in this shift"), bar.frozen),
            (msg("Returned in this shift"), bar.returned),
            (msg("Lapsed in this shift"), bar.lapsed),
        )
        facts += [Fact(label, yuan(fen), strong=True) for label, fen in amounts if fen is not None]
        if self._notes:
            listed = " · ".join(
                f"{say(self.context.institution(row.institution))} {row.count}" for row in self._notes
            )
            oldest = when(min(row.oldest for row in self._notes), now, zone)
            facts.append(
                Fact(
                    msg("Notes not taken note of"),
                    listed,
                    wide=True,
                    tone=Tone.SOON,
                    second=msg("the oldest of {at}", at=oldest),
                )
            )
        self.facts.set_facts(facts)

    def _advice(self) -> Message:
        if self.context.desk.may(OpenShift):
            return msg("Open one: its figures, its log and its handover sheet begin with it.")
        return msg("A shift lead opens it. Work goes on meanwhile; nothing is lost.")

    def tick(self) -> None:
        self.model.tick()

    # What can be done ----------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._bar is not None and bool(self._bar.shift)

    def actions_offered(self) -> list[ActionSpec]:
        desk, found = self.context.desk, []
        if desk.may(OpenShift):
            found.append(
                ActionSpec(
                    "open-shift",
                    msg("Open a shift…"),
                    self.open_shift,
                    "O",
                    "clock",
                    enabled=lambda: not self.running,
                    primary=True,
                    why_not=lambda: msg("A shift is running; it ends with its handover."),
                )
            )
        if desk.may_read(handover):
            found.append(ActionSpec("sheet", msg("Handover sheet…"), self.show_sheet, "P", "printer"))
        if desk.may(AcknowledgeLapse):
            found.append(
                ActionSpec(
                    "acknowledge",
                    msg("Take note of the lapse"),
                    self.acknowledge,
                    "K",
                    "check",
                    enabled=lambda: bool(self.table.selected_rows),
                    why_not=lambda: msg("Choose a lapse first."),
                )
            )
        return found

    def open_shift(self) -> None:
        if not self.running:
            OpenShiftDialog(self.context, self).open()

    def show_sheet(self) -> None:
        from liaison_desk.ui import preview

        preview.show_handover(self.context, self)

    def acknowledge(self) -> None:
        """Take note of the chosen lapses."""
        rows = self.table.selected_rows
        if not rows or not self.context.desk.may(AcknowledgeLapse):
            return
        commands: list[Command[Any]] = [AcknowledgeLapse(hold_id=row.id) for row in rows]
        carry_out(self.context, commands, self._acknowledged, owner=self)

    @staticmethod
    def _acknowledged(results: list[Any]) -> Message:
        return msg("Taken note of {count}", count=len(results))

    def take_focus(self) -> None:
        self.table.setFocus()

    # Parts ---------------------------------------------------------------------------------------------

    def _selected(self) -> None:
        self.acknowledge_button.setEnabled(bool(self.table.selected_rows))
        self.selection_changed.emit()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        inside.addWidget(self.facts)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Text(self.title, "heading"))
        head.addWidget(self.state)
        head.addStretch()
        head.addWidget(self.sheet_button)
        head.addWidget(self.open_button)
        self._lapse_heading = Text(msg("Lapses to take note of: {count}", count=0), "title")
        lapse_head = QHBoxLayout()
        lapse_head.addWidget(self._lapse_heading)
        lapse_head.addStretch()
        lapse_head.addWidget(self.acknowledge_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addLayout(head)
        column.addWidget(card)
        column.addLayout(lapse_head)
        column.addWidget(self.table, 1)

    def _columns(self) -> list[Column[HoldRow]]:
        context = self.context
        return [
            Column(
                "ends",
                msg("Lapsed"),
                lambda row: columns.remaining(row.ends_at, context.now(), context.zone, expiry=True),
                width=140,
                ticking=True,
            ),
            Column("number", msg("Number"), lambda row: columns.code(row.number), width=130),
            Column("institution", msg("Institution"), self._institution, width=130),
            Column("target", msg("Target"), lambda row: columns.account(row.target), width=200),
            Column("holder", msg("Holder"), lambda row: columns.text(row.holder), width=110),
            Column(
                "amount",
                msg("Amount (yuan)"),
                lambda row: columns.money(row.lapsed or row.stopped + row.frozen),
                width=130,
                align=Align.RIGHT,
            ),
        ]

    def _institution(self, row: HoldRow) -> columns.Cell:
        return columns.text(self.context.institution(row.institution))
