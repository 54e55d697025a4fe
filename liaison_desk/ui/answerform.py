"""The answer of an institution (B5): only the fields that make sense for kind and outcome, ends computed live."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from liaison_desk.core import ledger
from liaison_desk.core.clocks import ClockRule, length_words
from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.lifecycle import (
    CARRIER,
    CATCHING,
    EXECUTED,
    KIND_WORDS,
    ON_MONEY,
    OUTCOME_WORDS,
    RELEASES,
    STOPS,
    LegKind,
    LegState,
    Outcome,
    outcomes_of,
)
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.answers import AddHops, Answered, AnswerRequest
from liaison_desk.desk.clock_rules import RuleRow, clock_rules
from liaison_desk.desk.clockwork import calendar
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.work import Command
from liaison_desk.ui.commanddialog import CommandDialog, FieldGrid, hint
from liaison_desk.ui.conflict import Merge
from liaison_desk.ui.context import Context
from liaison_desk.ui.dialogs import subject
from liaison_desk.ui.editors import CodeCombo, LineEdit, MomentEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.hopstable import HopsTable
from liaison_desk.ui.theme import GRID, Tone, look

_EARLIER = frozenset({Outcome.ALREADY_STOPPED, Outcome.LIMITED_FREEZE, Outcome.QUEUED_FREEZE})
_HOPS_IF = EXECUTED | {Outcome.MOVED_ON, Outcome.SPENT, Outcome.ALREADY_STOPPED, Outcome.LIMITED_FREEZE}
_NO_HOPS = CARRIER | RELEASES | {LegKind.RENEW, LegKind.HOLDER, LegKind.RETURN}


def fields_of(kind: LegKind, outcome: Outcome) -> tuple[str, ...]:
    """The names of the fields that make sense, in the order of the form."""
    names: list[str] = []
    executed = outcome in EXECUTED
    if kind in CATCHING and executed:
        if outcome is not Outcome.ZERO:
            names.append("executed")
        names.append("balance_before")
        if outcome is not Outcome.ZERO:
            names += ["earlier", "earlier_authority", "starts_at", "ends_at"]
    elif kind is LegKind.RENEW and executed:
        names += ["starts_at", "ends_at"]
    elif kind in ON_MONEY and executed:
        names.append("executed")
    if outcome in _EARLIER and "earlier" not in names:
        names += ["earlier", "earlier_authority", "earlier_until"]
    elif outcome is Outcome.QUEUED_FREEZE:
        names.append("earlier_until")
    names.append("happened_at")
    if not executed and outcome not in (Outcome.MOVED_ON, Outcome.SPENT):
        names.append("technical_reason")
    return (*names, "remark", "person_name", "person_phone")


class AnswerForm(CommandDialog):
    """One answer to one request; it keeps what was typed when the door refuses it."""

    def __init__(self, context: Context, row: QueueRow, parent: QWidget | None = None) -> None:
        money = row.kind not in _NO_HOPS
        super().__init__(
            context,
            msg("Answer {number}", number=row.number),
            msg("Send the answer"),
            parent,
            width=1180 if money else 500,
        )
        self._row = row
        if context.presences is not None:
            context.presences.type_at(("leg", row.id), self)
        self._telephone = context.desk.actor.police
        self._zone = context.zone
        self.body.addWidget(hint(subject(row)))
        if self._telephone:
            self.body.addWidget(
                hint(
                    msg(
                        "Told by telephone for an absent representative; it stays marked until they confirm it."
                    ),
                    Tone.SOON,
                )
            )
        self.outcome = CodeCombo([(outcome, OUTCOME_WORDS[outcome]) for outcome in outcomes_of(row.kind)])
        self.form.add(Field("outcome", msg("Outcome"), self.outcome, required=True))
        self._add_fields()
        self.effect = hint()
        self.effect.setProperty("role", "strong")
        self.end = hint()
        columns = QHBoxLayout()
        columns.setSpacing(GRID * 3)
        self.grid = FieldGrid()
        self.form.hide()
        scroll = QScrollArea()
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.grid)
        self.grid.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(scroll, 1)
        left.addWidget(self.effect)
        left.addWidget(self.end)
        columns.addLayout(left, 4)
        scroll.setMinimumWidth(look().px(430))
        self.hops: HopsTable | None = None
        if money:
            self.hops = HopsTable(context)
            self.hops.submitted.connect(self.submit)
            columns.addWidget(self.hops, 7)
        self.body.addLayout(columns, 1)
        self.setMinimumHeight(look().px(640))
        self.outcome.currentIndexChanged.connect(self._fit)
        for name in ("executed", "balance_before", "earlier"):
            self._line(name).textChanged.connect(self._compute)
        for name in ("starts_at", "ends_at"):
            self._moment(name).line.textChanged.connect(self._compute)
        self._rules: tuple[RuleRow, ...] = ()
        self._fit()
        desk = context.desk
        context.background.read(
            lambda: desk.read(clock_rules), self._ruled, failed=lambda _: None, owner=self
        )
        first = self.form.fields["executed"]
        (first if not first.isHidden() else self.form.fields["outcome"]).setFocus()

    def command(self) -> Command[Any]:
        values = self._values()
        hops = self.hops.hops() if self.hops is not None and not self.hops.isHidden() else ()
        return AnswerRequest(leg_id=self._row.id, version=self._row.version, hops=hops, **values)

    def said(self, result: Answered) -> Message | None:
        if result.issued:
            return msg(
                "{number} answered; {count} next requests issued",
                number=self._row.number,
                count=len(result.issued),
            )
        if result.proposed:
            return msg(
                "{number} answered; {count} next requests proposed to the officers",
                number=self._row.number,
                count=len(result.proposed),
            )
        return msg("{number} answered", number=self._row.number)

    def fields(self) -> dict[str, QWidget]:
        return {"hops": self.hops.view} if self.hops is not None else {}

    def show_error(self, error: DeskError) -> None:
        """The stated end has another name inside; an error about a field that is not shown stands on top."""
        field = "ends_at" if error.field == "end" else error.field
        shown = field in self.fields() or field == "outcome" or field in self._shown()
        super().show_error(DeskError(error.message, field=field if shown else None))

    def merge(self) -> Merge | None:
        fields = {f"answer.{name}": name for name in self.form.fields}
        return Merge("leg", fields, self._renew, frozenset({LegState.QUEUED, LegState.CLAIMED}))

    def _renew(self, version: int) -> None:
        self._row = replace(self._row, version=version)

    # Inside --------------------------------------------------------------------------------------

    def _add_fields(self) -> None:
        clock = self.context.now
        add = self.form.add
        money = self._row.amount if self._row.kind in ON_MONEY else 0
        add(
            Field(
                "executed",
                msg("Amount executed (yuan)"),
                MoneyEdit(),
                hint=msg("Asked: {amount}", amount=yuan(money)),
            )
        ).set_value(money or None)
        add(Field("balance_before", msg("Balance before (yuan)"), MoneyEdit()))
        add(Field("earlier", msg("Earlier stops and freezes on it (yuan)"), MoneyEdit()))
        add(Field("earlier_authority", msg("Earlier authority"), LineEdit(longest=100)))
        add(Field("earlier_until", msg("Earlier freeze until"), MomentEdit(self._zone, clock)))
        add(Field("starts_at", msg("Start of the hold"), MomentEdit(self._zone, clock))).set_value(clock())
        add(
            Field(
                "ends_at",
                msg("End as the institution states it"),
                MomentEdit(self._zone, clock),
                hint=msg("Leave it empty where only the rule counts"),
            )
        )
        told = msg("Told by telephone at") if self._telephone else msg("Done at")
        add(Field("happened_at", told, MomentEdit(self._zone, clock))).set_value(clock())
        add(Field("technical_reason", msg("Technical reason"), LineEdit(longest=255)))
        add(Field("remark", msg("Remark"), NoteEdit(lines=2)))
        add(Field("person_name", msg("Answered by, at the institution"), LineEdit(longest=100)))
        for name in ("earlier_until", "starts_at", "ends_at", "happened_at"):
            self._moment(name).now.hide()
        add(Field("person_phone", msg("Their phone"), LineEdit(longest=40)))

    def _line(self, name: str) -> MoneyEdit:
        editor = self.form.fields[name].editor
        assert isinstance(editor, MoneyEdit)
        return editor

    def _moment(self, name: str) -> MomentEdit:
        editor = self.form.fields[name].editor
        assert isinstance(editor, MomentEdit)
        return editor

    @property
    def _outcome(self) -> Outcome:
        value = self.outcome.value()
        assert isinstance(value, Outcome)
        return value

    def _shown(self) -> tuple[str, ...]:
        return fields_of(self._row.kind, self._outcome)

    def _fit(self) -> None:
        """Show what makes sense for this outcome; what was typed in a hidden field is kept and not sent."""
        shown = self._shown()
        fields = self.form.fields
        self.grid.place(
            [fields[name] for name in ("outcome", *shown)], ("outcome", "remark", "technical_reason")
        )
        if self._outcome is Outcome.ZERO and not self._line("balance_before").text():
            self._line("balance_before").set_value(0)
        if self.hops is not None:
            self.hops.setVisible(self._outcome in _HOPS_IF)
        self._compute()

    def _values(self) -> dict[str, Any]:
        """The shown fields' values; marks every wrong field and raises the first BadInput."""
        found: dict[str, Any] = {"outcome": self._outcome}
        first: BadInput | None = None
        for name in self._shown():
            try:
                value = self.form.fields[name].value()
            except BadInput as error:
                self.form.fields[name].set_error(error.message)
                first = first or error
                continue
            found[name] = value
        if first is not None:
            raise first
        if "earlier" in found:
            found["earlier"] = found["earlier"] or 0
        return found

    def _read(self, name: str) -> Any:
        if name not in self._shown():
            return None
        try:
            return self.form.fields[name].value()
        except BadInput:
            return None

    def _compute(self) -> None:
        """What is caught and until when, while it is typed."""
        self.effect.setVisible(False)
        self.end.setVisible(False)
        if self._row.kind is LegKind.RENEW:
            self._compute_end()
        if self._row.kind not in CATCHING or "executed" not in self._shown():
            return
        executed, balance = self._read("executed"), self._read("balance_before")
        if executed is not None and balance is not None:
            caught = ledger.effective(executed, balance, self._read("earlier") or 0)
            short = caught < self._row.amount
            self.effect.set(
                msg(
                    "Caught: {caught} = the smaller of {executed} and what is free of {balance}; of {asked} asked, {left} are still out.",
                    caught=yuan(caught),
                    executed=yuan(executed),
                    balance=yuan(balance),
                    asked=yuan(self._row.amount),
                    left=yuan(self._row.amount - caught),
                )
                if short
                else msg("Caught: {caught}, all that was asked.", caught=yuan(caught))
            )
            self.effect.set_tone(Tone.SOON if short else Tone.OK)
            self.effect.setVisible(True)
        self._compute_end()

    def _ruled(self, rules: tuple[RuleRow, ...]) -> None:
        self._rules = rules
        self._compute()

    def _rule_at(self, start: datetime) -> ClockRule | None:
        """The dated rule under which a hold runs that begins then (K4); None while the rules are being read."""
        name = "stop" if self._row.kind in STOPS else "freeze"
        return next(
            (
                ClockRule(row.name, row.length, row.unit, row.law)
                for row in self._rules
                if row.name == name and (row.valid_from is None or row.valid_from <= start)
            ),
            None,
        )

    def _compute_end(self) -> None:
        start, stated = self._read("starts_at"), self._read("ends_at")
        if not isinstance(start, datetime):
            return
        law = self._rule_at(start)
        if law is None:
            return
        try:
            end = ledger.hold_end(start, stated, law, self._zone, calendar(self.context.office))
        except BadInput as error:
            self.end.set(error.message)
            self.end.setVisible(True)
            return
        at = when(end, self.context.now(), self._zone, seconds=True)
        self.end.set(
            msg("Ends at {at}, as stated by the institution.", at=at)
            if stated is not None
            else msg("Ends at {at}: {length} by {law}.", at=at, length=length_words(law), law=law.law)
        )
        self.end.setVisible(True)


class NextHopsDialog(CommandDialog):
    """Next hops found after the claim or the answer; they follow the same way."""

    def __init__(self, context: Context, row: QueueRow, parent: QWidget | None = None) -> None:
        issues = context.desk.actor.police
        super().__init__(
            context,
            msg("Next hops of {number}", number=row.number),
            msg("Add and issue") if issues else msg("Propose the next requests"),
            parent,
            width=860,
        )
        self._row = row
        self.body.addWidget(hint(msg("{kind} · level {level}", kind=KIND_WORDS[row.kind], level=row.level)))
        self.hops = HopsTable(context)
        self.hops.submitted.connect(self.submit)
        self.body.addWidget(self.hops, 1)
        self.setMinimumHeight(look().px(420))
        self.hops.setFocus()

    def command(self) -> Command[Any]:
        hops = self.hops.hops()
        if not hops:
            raise BadInput(msg("There is no next hop to add. Nothing was saved."), field="hops")
        return AddHops(leg_id=self._row.id, hops=hops)

    def said(self, result: Answered) -> Message | None:
        if result.issued:
            return msg("{count} next requests issued", count=len(result.issued))
        return msg("{count} next requests proposed to the officers", count=len(result.proposed))

    def fields(self) -> dict[str, QWidget]:
        return {"hops": self.hops.view}
