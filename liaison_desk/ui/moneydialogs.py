"""What is entered in the ledger by hand (E1): later captures, returns, whose money it is, reversals with a reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.holdvictims import HoldVictim, hold_victims
from liaison_desk.desk.ledgerbook import (
    SOURCE_WORDS,
    CaptureLater,
    QueuedFreezeTakesEffect,
    RecordElsewhere,
    RecordPayback,
    RecordReturn,
    ReverseElsewhere,
    ReverseEntry,
    ReversePayback,
)
from liaison_desk.desk.ledgerlists import LedgerRow
from liaison_desk.desk.outside import OutsideRow
from liaison_desk.desk.work import Command
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, DateEdit, MomentEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.holddialogs import HoldRef
from liaison_desk.ui.theme import look


class ReverseDialog(CommandDialog):
    """A wrong entry, of the ledger or outside it, is taken back; both stay, the reason beside them."""

    def __init__(self, context: Context, row: LedgerRow | OutsideRow, parent: QWidget | None = None) -> None:
        inside = isinstance(row, LedgerRow)
        title = msg("Reverse a ledger entry") if inside else msg("Reverse an entry outside the holds")
        super().__init__(context, title, msg("Reverse the entry"), parent)
        self._row = row
        number = row.leg_number if isinstance(row, LedgerRow) else row.case_number
        self.body.addWidget(
            hint(msg("{number}: {amount}. Nothing is deleted.", number=number, amount=yuan(row.fen)))
        )
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=3), required=True))
        self.body.addWidget(self.form)

    def command(self) -> Command[int]:
        reason = str(self.form.values()["reason"])
        if isinstance(self._row, LedgerRow):
            return ReverseEntry(entry_id=self._row.id, reason=reason)
        if self._row.kind == "payback":
            return ReversePayback(payback_id=self._row.id, reason=reason)
        return ReverseElsewhere(elsewhere_id=self._row.id, reason=reason)

    def said(self, result: Any) -> Message | None:
        return msg("Entry reversed: {amount}", amount=yuan(self._row.fen))


class CaughtDialog(CommandDialog):
    """Money that came under a hold after it began: flowed in later, or by a queued freeze that holds now."""

    def __init__(
        self, context: Context, hold: HoldRef, parent: QWidget | None = None, *, queued: bool = False
    ) -> None:
        title = msg("A queued freeze takes effect") if queued else msg("Money came in later")
        super().__init__(context, title, msg("Enter"), parent)
        self._hold, self._queued = hold, queued
        self.body.addWidget(hint(msg("About the hold of {number}", number=hold.number)))
        self.form.add(Field("fen", msg("Caught (yuan)"), MoneyEdit(), required=True))
        self.form.add(Field("happened_at", msg("Caught at"), MomentEdit(context.zone, context.now)))
        self.form.set_values(happened_at=context.now())
        self.body.addWidget(self.form)

    @classmethod
    def for_queued(cls, context: Context, hold: HoldRef, parent: QWidget | None = None) -> CaughtDialog:
        """The freeze that waited behind an earlier authority's holds now."""
        return cls(context, hold, parent, queued=True)

    def command(self) -> Command[int]:
        values: dict[str, Any] = self.form.values()
        kind = QueuedFreezeTakesEffect if self._queued else CaptureLater
        return kind(hold_id=self._hold.hold_id, fen=values["fen"], happened_at=values["happened_at"])

    def said(self, result: Any) -> Message | None:
        return msg("Entered for {number}", number=self._hold.number)


class VictimMoneyDialog(CommandDialog):
    """Money that came back to a victim: by a return from the hold, elsewhere, or as bait of the fraudsters."""

    def __init__(self, context: Context, hold: HoldRef, what: str, parent: QWidget | None = None) -> None:
        self._what = what
        self._victim = CodeCombo(placeholder=msg("Reading the case…"))
        super().__init__(context, _TITLES[what], msg("Enter"), parent)
        self._hold = hold
        self.form.add(Field("victim_id", msg("Victim"), self._victim, required=True))
        self.form.add(Field("fen", msg("Amount (yuan)"), MoneyEdit(), required=True))
        if what == "return":
            self.form.add(Field("paid_on", msg("Paid on"), DateEdit(), required=True)).set_value(
                context.now().astimezone(context.zone).date()
            )
        else:
            self.form.add(Field("happened_at", msg("Happened at"), MomentEdit(context.zone, context.now)))
            self.form.set_values(happened_at=context.now())
        if what == "elsewhere":
            self.form.add(
                Field("source", msg("Where from"), CodeCombo(list(SOURCE_WORDS.items())), required=True)
            )
        self.body.addWidget(self.form)
        desk = context.desk
        if what == "return":
            # A hold keeps the money of every victim on its account, whichever case opened it.
            context.background.read(
                lambda: desk.read(hold_victims, hold.hold_id),
                lambda rows: self._listed([(row.victim_id, _named(row, hold)) for row in rows]),
                failed=self.show_error,
                owner=self,
            )
            return
        context.background.read(
            lambda: desk.read(casebook.case_detail, hold.case_id),
            lambda case: self._listed([(victim.id, Message(victim.name)) for victim in case.victims]),
            failed=self.show_error,
            owner=self,
        )

    @classmethod
    def for_return(cls, context: Context, hold: HoldRef, parent: QWidget | None = None) -> VictimMoneyDialog:
        """The bank's receipt of a payment back to a victim."""
        return cls(context, hold, "return", parent)

    @classmethod
    def for_payback(cls, context: Context, hold: HoldRef, parent: QWidget | None = None) -> VictimMoneyDialog:
        """What the fraudsters paid back as bait; it lowers the loss."""
        return cls(context, hold, "payback", parent)

    @classmethod
    def for_elsewhere(
        cls, context: Context, hold: HoldRef, parent: QWidget | None = None
    ) -> VictimMoneyDialog:
        """Surrendered, or called back by the victim."""
        return cls(context, hold, "elsewhere", parent)

    def _listed(self, victims: list[tuple[int, Message]]) -> None:
        self._victim.set_choices(victims)
        self._victim.set_value(victims[0][0] if len(victims) == 1 else None)

    def command(self) -> Command[int]:
        values: dict[str, Any] = self.form.values()
        if self._what == "return":
            return RecordReturn(hold_id=self._hold.hold_id, **values)
        return RecordElsewhere(**values) if self._what == "elsewhere" else RecordPayback(**values)

    def said(self, result: Any) -> Message | None:
        return msg("Entered for {number}", number=self._hold.number)


_TITLES = {
    "return": msg("Enter a return to the victim"),
    "payback": msg("Enter money paid back as bait"),
    "elsewhere": msg("Enter money recovered elsewhere"),
}


def _named(row: HoldVictim, hold: HoldRef) -> Message:
    """A victim, with the case where it is another than the hold's."""
    if row.case_id == hold.case_id:
        return Message(row.name)
    return msg("{name}, case {number}", name=row.name, number=row.case_number)


class SharesDialog(CommandDialog):
    """Whose money a hold keeps, by an officer's word; all fields empty: the payments decide again.

    It lists the victims of every case in which the hold's account stands.
    """

    def __init__(self, context: Context, hold: HoldRef, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Whose money the hold keeps"), msg("Attribute"), parent)
        self._hold = hold
        self._victims: tuple[int, ...] = ()
        self.body.addWidget(hint(msg("About the hold of {number}", number=hold.number)))
        # With many victims on one account the fields scroll; the deed stays in sight.
        scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setWidget(self.form)
        self.form.setAutoFillBackground(False)
        scroller.viewport().setAutoFillBackground(False)
        self.body.addWidget(scroller, 1)
        self.body.addWidget(hint(msg("All shares empty: the payments decide again.")))
        self.setMinimumHeight(look().px(320))
        desk = context.desk
        context.background.read(
            lambda: desk.read(hold_victims, hold.hold_id), self._listed, failed=self.show_error, owner=self
        )

    def _listed(self, victims: tuple[HoldVictim, ...]) -> None:
        self._victims = tuple(victim.victim_id for victim in victims)
        for victim in victims:
            self.form.add(
                Field(
                    f"victim-{victim.victim_id}",
                    msg("{name} (yuan)", name=_named(victim, self._hold)),
                    MoneyEdit(),
                    hint=msg(
                        "Paid into it {paid}; attributed now {now}",
                        paid=yuan(victim.paid),
                        now=yuan(victim.attributed),
                    ),
                )
            )
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=2), required=True))

    def command(self) -> AttributeHold:
        values: dict[str, Any] = self.form.values()
        if "reason" not in values:
            raise BadInput(msg("The victims are still being read."))
        shares = [(victim, values[f"victim-{victim}"]) for victim in self._victims]
        return AttributeHold(
            hold_id=self._hold.hold_id,
            shares=tuple((victim, fen) for victim, fen in shares if fen),
            reason=values["reason"],
        )

    def said(self, result: Any) -> Message | None:
        return msg("Attributed: hold of {number}", number=self._hold.number)
