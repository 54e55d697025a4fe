"""The small dialogs of the desk: a reason, a colleague, an institution, a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.lifecycle import KIND_WORDS, ON_MONEY, LegState
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import details, known
from liaison_desk.desk.details import Colleague, LegDetail
from liaison_desk.desk.known import KnownBefore
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import (
    CorrectRequest,
    ReassignRequest,
    ReopenRequest,
    ReturnForCorrection,
    RouteRequest,
    VoidRequest,
    WithdrawRequest,
)
from liaison_desk.desk.work import Command
from liaison_desk.ui.bankcombo import seat_words
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.conflict import Merge
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, LineEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.theme import say


def subject(row: QueueRow) -> Message:
    """What a dialog is about: number, kind, target."""
    return msg(
        "{number} · {kind} · {target}",
        number=row.number,
        kind=KIND_WORDS[row.kind],
        target=grouped(row.target),
    )


class ReasonDialog(CommandDialog):
    """A step that wants a reason: return, withdraw, reopen, void."""

    def __init__(
        self,
        context: Context,
        row: QueueRow,
        title: Message,
        deed: Message,
        make: Callable[[str], Command[Any]],
        done: Message,
        suggestions: tuple[Message, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, title, deed, parent)
        self._make, self._said = make, done
        self.body.addWidget(hint(subject(row)))
        editor = NoteEdit(lines=3)
        self.form.add(Field("reason", msg("Reason"), editor, required=True))
        self.body.addWidget(self.form)
        if suggestions:
            choice = CodeCombo(
                [(say(words), words) for words in suggestions], placeholder=msg("Frequent reasons")
            )
            choice.set_value(None)
            choice.activated.connect(lambda: self._take(choice.value()))
            self.body.addWidget(choice)
        self.form.fields["reason"].setFocus()

    @classmethod
    def for_return(cls, context: Context, row: QueueRow, parent: QWidget | None = None) -> ReasonDialog:
        """The representative sends a request back to its officer."""
        return cls(
            context,
            row,
            msg("Return for correction"),
            msg("Return {number}", number=row.number),
            lambda reason: ReturnForCorrection(leg_id=row.id, reason=reason, version=row.version),
            msg("{number} returned for correction", number=row.number),
            (
                msg("Account number is wrong"),
                msg("Holder's name is missing or wrong"),
                msg("Not an account of this institution"),
                msg("Legal document is missing"),
            ),
            parent,
        )

    @classmethod
    def for_withdrawal(cls, context: Context, row: QueueRow, parent: QWidget | None = None) -> ReasonDialog:
        """The officer takes a request back before it is answered."""
        return cls(
            context,
            row,
            msg("Withdraw a request"),
            msg("Withdraw {number}", number=row.number),
            lambda reason: WithdrawRequest(leg_id=row.id, reason=reason, version=row.version),
            msg("{number} withdrawn", number=row.number),
            parent=parent,
        )

    @classmethod
    def for_reopening(cls, context: Context, row: QueueRow, parent: QWidget | None = None) -> ReasonDialog:
        """An answered request is asked once more."""
        return cls(
            context,
            row,
            msg("Reopen a request"),
            msg("Reopen {number}", number=row.number),
            lambda reason: ReopenRequest(leg_id=row.id, reason=reason, version=row.version),
            msg("{number} reopened", number=row.number),
            parent=parent,
        )

    @classmethod
    def for_voiding(cls, context: Context, row: QueueRow, parent: QWidget | None = None) -> ReasonDialog:
        """A request that should never have been; its number stays in the register."""
        return cls(
            context,
            row,
            msg("Void a request"),
            msg("Void {number}", number=row.number),
            lambda reason: VoidRequest(leg_id=row.id, reason=reason, version=row.version),
            msg("{number} voided; the number stays in the register", number=row.number),
            parent=parent,
        )

    def command(self) -> Command[Any]:
        return self._make(str(self.form.values()["reason"]))

    def said(self, result: Any) -> Message | None:
        return self._said

    def _take(self, reason: object) -> None:
        self.form.fields["reason"].set_value(reason)
        self.form.fields["reason"].setFocus()


class ReassignDialog(CommandDialog):
    """A request handed to a colleague of the same institution; the people are read while it is open."""

    def __init__(self, context: Context, row: QueueRow, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            msg("Hand a request to a colleague"),
            msg("Hand over {number}", number=row.number),
            parent,
        )
        self._row = row
        self._people: tuple[Colleague, ...] = ()
        self.body.addWidget(hint(subject(row)))
        self._who = CodeCombo(placeholder=msg("Choose a colleague"))
        self.form.add(Field("person", msg("To"), self._who, required=True))
        self.body.addWidget(self.form)
        desk = context.desk
        context.background.read(
            lambda: desk.read(details.people_to_hand_to, row.id),
            self._listed,
            failed=self.show_error,
            owner=self,
        )

    def _listed(self, people: tuple[Colleague, ...]) -> None:
        self._people = people
        self._who.set_choices(
            [(person.id, msg("{name} ({login})", name=person.name, login=person.login)) for person in people]
        )
        self._who.setFocus()

    def command(self) -> Command[Any]:
        person = self.form.values()["person"]
        assert isinstance(person, int)
        return ReassignRequest(leg_id=self._row.id, person_id=person, version=self._row.version)

    def said(self, result: Any) -> Message | None:
        name = next((person.name for person in self._people if person.id == self._who.value()), "")
        return msg("{number} handed to {who}", number=self._row.number, who=name)


class RouteDialog(CommandDialog):
    """The officer says which institution an account belongs to; what the number suggests stands ready."""

    def __init__(self, context: Context, row: QueueRow, parent: QWidget | None = None) -> None:
        super().__init__(
            context, msg("Route a request"), msg("Send {number} there", number=row.number), parent
        )
        self._row = row
        self.body.addWidget(hint(subject(row)))
        self._where = CodeCombo(
            institution_choices(context, police=True), placeholder=msg("Choose an institution")
        )
        self._where.set_value(None)
        self.form.add(Field("institution", msg("Institution"), self._where, required=True))
        self.body.addWidget(self.form)
        self._suggestion = hint(msg("Looking at the number…"))
        self.body.addWidget(self._suggestion)
        desk = context.desk
        context.background.read(
            lambda: desk.read(known.known_before, row.target, phone=row.phone),
            self._suggested,
            failed=lambda _: self._suggestion.set(msg("The number suggests no institution.")),
            owner=self,
        )

    def _suggested(self, known: KnownBefore) -> None:
        seats = {seat.code for seat in self.context.seats()}
        if known.institution in seats:
            self._suggestion.set(
                msg(
                    "By its prefix the number belongs to {name}.",
                    name=self.context.institution(known.institution),
                )
            )
            if known.institution != self._row.institution:
                self._where.set_value(known.institution)
        elif known.bank_name:
            self._suggestion.set(
                msg(
                    "By its prefix the number belongs to {name}, which has no seat here: the police keep it.",
                    name=known.bank_name,
                )
            )
        else:
            self._suggestion.set(msg("The number suggests no institution."))

    def command(self) -> Command[Any]:
        return RouteRequest(
            leg_id=self._row.id, institution=str(self.form.values()["institution"]), version=self._row.version
        )

    def said(self, result: Any) -> Message | None:
        return msg(
            "{number} sent to {name}",
            number=self._row.number,
            name=self.context.institution(str(self._where.value())),
        )


class CorrectDialog(CommandDialog):
    """The officer puts a returned request right and sends it again."""

    def __init__(self, context: Context, detail: LegDetail, parent: QWidget | None = None) -> None:
        row = detail.row
        super().__init__(
            context, msg("Correct a request"), msg("Send {number} again", number=row.number), parent
        )
        self._row = row
        self.body.addWidget(hint(subject(row)))
        if detail.state_reason:
            self.body.addWidget(hint(msg("Returned: {reason}", reason=detail.state_reason)))
        money = row.kind in ON_MONEY
        if money:
            self.form.add(Field("amount", msg("Amount asked (yuan)"), MoneyEdit(), required=True)).set_value(
                row.amount
            )
        if not row.phone:
            self.form.add(Field("holder", msg("Holder"), LineEdit())).set_value(row.holder)
        for name, label, value in (
            ("document_kind", msg("Legal document"), detail.document_kind),
            ("document_number", msg("Document number"), detail.document_number),
        ):
            self.form.add(Field(name, label, LineEdit(longest=64))).set_value(value)
        self.form.add(Field("remark", msg("Remark"), NoteEdit(lines=2))).set_value(detail.remark)
        self.body.addWidget(self.form)

    def command(self) -> Command[Any]:
        values = self.form.values()
        holder = str(values.get("holder", ""))
        amount = values.get("amount")
        return CorrectRequest(
            leg_id=self._row.id,
            asked=amount if isinstance(amount, int) else None,
            holder=holder if holder and holder != self._row.holder else None,
            remark=str(values["remark"]),
            document_kind=str(values["document_kind"]),
            document_number=str(values["document_number"]),
            version=self._row.version,
        )

    def said(self, result: Any) -> Message | None:
        return msg("{number} corrected and sent again", number=self._row.number)

    def merge(self) -> Merge | None:
        fields = {"asked": "amount"} | {
            name: name for name in ("holder", "remark", "document_kind", "document_number")
        }
        return Merge("leg", fields, self._renew, frozenset({LegState.CORRECTION}))

    def _renew(self, version: int) -> None:
        self._row = replace(self._row, version=version)


def institution_choices(context: Context, *, police: bool = False) -> list[tuple[str, Message]]:
    """Every institution with a seat, by code and name; ``police``: also "no seat here"."""
    choices = [(seat.code, seat_words(seat)) for seat in context.seats()]
    if police:
        choices.append((POLICE, msg("No seat in this office (the police keep it)")))
    return choices
