"""Flagging requests: one key opens the flags, a second takes one; what is written on it is seen in the tip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.flags import FLAG_WORDS, LONGEST_TEXT, ClearFlag, Flag, SetFlag
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.work import Command
from liaison_desk.ui import icons
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import CodeCombo, LineEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.messages import caption
from liaison_desk.ui.queuecolumns import FLAG_LOOKS
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import say

Rows = Callable[[], Sequence[QueueRow]]


class FlagDialog(CommandDialog):
    """A flag with words on it."""

    def __init__(self, context: Context, row: QueueRow, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Set a flag"), msg("Set"), parent)
        self._row = row
        self.colour = CodeCombo([(flag.value, words) for flag, words in FLAG_WORDS.items()])
        self.text = LineEdit(longest=LONGEST_TEXT)
        self.form.add(Field("colour", msg("Flag"), self.colour))
        self.form.add(Field("text", msg("What others should know"), self.text))
        if row.flag is not None and row.flag.own:
            self.colour.set_value(row.flag.flag.value)
            self.text.set_value(row.flag.text)
        self.body.addWidget(self.form)
        self.body.addWidget(hint(msg("Your institution and the police see it.")))
        self.text.setFocus()

    def command(self) -> Command[Any]:
        values = self.form.values()
        return SetFlag(leg_id=self._row.id, colour=str(values["colour"]), text=str(values["text"]))

    def said(self, result: Any) -> Message | None:
        return None


class Flagging:
    """The flags of one table of requests."""

    def __init__(self, context: Context, table: Table[QueueRow], rows: Rows) -> None:
        self._context, self._table, self._rows = context, table, rows
        self._last = Flag.IMPORTANT

    def specs(self) -> list[ActionSpec]:
        if not self._context.desk.may(SetFlag):
            return []
        return [
            ActionSpec(
                "flag",
                msg("Flag…"),
                self.open,
                "Q",
                "flag",
                enabled=lambda: bool(self._legs()),
                why_not=lambda: msg("Choose a line first."),
            )
        ]

    def _legs(self) -> list[QueueRow]:
        return [row for row in self._rows() if row.item == "leg"]

    def open(self) -> None:
        """The flags beside the line; Return takes the one used last, or takes a flag off that stands there."""
        menu = self.menu()
        row = self._table.currentIndex().row()
        top = self._table.rowViewportPosition(row) + self._table.rowHeight(row) if row >= 0 else 0
        menu.popup(self._table.viewport().mapToGlobal(QPoint(self._table.head.sectionSize(0) // 2, top)))

    def menu(self) -> QMenu:
        legs = self._legs()
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for flag, words in FLAG_WORDS.items():
            tone, sign = FLAG_LOOKS[flag]
            action = menu.addAction(icons.icon(sign, tone), caption(say(words)))
            action.triggered.connect(lambda _=False, flag=flag: self.set(legs, flag))
            if flag is self._last:
                menu.setActiveAction(action)
        menu.addSeparator()
        if len(legs) == 1:
            menu.addAction(icons.icon("pencil"), say(msg("With a remark…"))).triggered.connect(
                lambda: FlagDialog(self._context, legs[0], self._table.window()).open()
            )
        if any(row.flag is not None and row.flag.own for row in legs):
            action = menu.addAction(icons.icon("x"), say(msg("Take the flag off")))
            action.triggered.connect(lambda: self.clear(legs))
            menu.setActiveAction(action)
        return menu

    def set(self, legs: Sequence[QueueRow], flag: Flag) -> None:
        self._last = flag
        commands = [SetFlag(leg_id=row.id, colour=flag.value) for row in legs]
        told = msg("Flagged: {flag}", flag=FLAG_WORDS[flag])
        carry_out(self._context, commands, lambda _: told, self._table)

    def clear(self, legs: Sequence[QueueRow]) -> None:
        commands = [ClearFlag(leg_id=row.id) for row in legs if row.flag is not None and row.flag.own]
        carry_out(self._context, commands, lambda _: msg("Flag taken off"), self._table)
