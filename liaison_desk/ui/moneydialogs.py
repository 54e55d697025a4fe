"""What is entered in the ledger by hand (E1): later captures, returns, whose money it is, reversals with a reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.casebook import CaseDetail
from liaison_desk.desk.ledgerbook import (
    SOURCE_WORDS,
    CaptureLater,
    QueuedFreezeTakesEffect,
    RecordElsewhere,
    RecordPayback,
    RecordReturn,
    ReverseEntry,
)
from liaison_desk.desk.ledgerlists import LedgerRow
from liaison_desk.desk.work import Command
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, DateEdit, MomentEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.holddialogs import HoldRef


class ReverseDialog(CommandDialog):
    """A wrong ledger entry is taken back; both stay, the reason beside them."""

    def __init__(self, context: Context, row: LedgerRow, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Reverse a ledger entry"), msg("Reverse the entry"), parent)
        self._row = row
        self.body.addWidget(
            hint(msg("{number}: {amount}. Nothing is deleted.", number=row.leg_number, amount=yuan(row.fen)))
        )
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=3), required=True))
        self.body.addWidget(self.form)

    def command(self) -> ReverseEntry:
        return ReverseEntry(entry_id=self._row.id, reason=str(self.form.values()["reason"]))

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


class _OfVictims(CommandDialog):
    """Base of the dialogs that name a victim of the hold's case; the case is read while they are open."""

    def __init__(
        self, context: Context, hold: HoldRef, title: Message, deed: Message, parent: QWidget | None
    ) -> None:
        super().__init__(context, title, deed, parent)
        self._hold = hold
        desk = context.desk
        context.background.read(
            lambda: desk.read(casebook.case_detail, hold.case_id),
            self._listed,
            failed=self.show_error,
            owner=self,
        )

    def _listed(self, case: CaseDetail) -> None:
        raise NotImplementedError


class VictimMoneyDialog(_OfVictims):
    """Money that came back to a victim: by a return from the hold, elsewhere, or as bait of the fraudsters."""

    def __init__(self, context: Context, hold: HoldRef, what: str, parent: QWidget | None = None) -> None:
        self._what = what
        self._victim = CodeCombo(placeholder=msg("Reading the case…"))
        super().__init__(context, hold, _TITLES[what], msg("Enter"), parent)
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

    def _listed(self, case: CaseDetail) -> None:
        self._victim.set_choices([(victim.id, Message(victim.name)) for victim in case.victims])
        self._victim.set_value(case.victims[0].id if len(case.victims) == 1 else None)

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


class SharesDialog(_OfVictims):
    """Whose money a hold keeps, by an officer's word; all fields empty: the payments decide again."""

    def __init__(self, context: Context, hold: HoldRef, parent: QWidget | None = None) -> None:
        self._victims: tuple[int, ...] = ()
        super().__init__(context, hold, msg("Whose money the hold keeps"), msg("Attribute"), parent)
        self.body.addWidget(hint(msg("About the hold of {number}", number=hold.number)))
        self.body.addWidget(self.form)
        self.body.addWidget(hint(msg("All shares empty: the payments decide again.")))

    def _listed(self, case: CaseDetail) -> None:
        self._victims = tuple(victim.id for victim in case.victims)
        for victim in case.victims:
            self.form.add(Field(f"victim-{victim.id}", msg("{name} (yuan)", name=victim.name), MoneyEdit()))
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=2), required=True))

    def command(self) -> AttributeHold:
        values: dict[str, Any] = self.form.values()
        if "reason" not in values:
            raise BadInput(msg("The case is still being read."))
        shares = [(victim, values[f"victim-{victim}"]) for victim in self._victims]
        return AttributeHold(
            hold_id=self._hold.hold_id,
            shares=tuple((victim, fen) for victim, fen in shares if fen),
            reason=values["reason"],
        )

    def said(self, result: Any) -> Message | None:
        return msg("Attributed: hold of {number}", number=self._hold.number)
