"""Steps on a hold (D2, L4): a second stop, a freeze, a renewal, a release, an objection, from wherever it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.lifecycle import KIND_WORDS, LegKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.casebook import CaseDetail
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.objections import (
    DECISION_WORDS,
    DecideObjection,
    Decision,
    ObjectionRow,
    RecordObjection,
    objections,
)
from liaison_desk.desk.requests import IssueRequest
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, LineEdit, MomentEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.requestdialog import RequestDialog


@dataclass(frozen=True)
class HoldRef:
    """The hold that steps are about; ``ended``: its term is over, nothing can be carried on."""

    hold_id: int
    case_id: int
    number: str
    rule: str = "stop"
    """``stop`` or ``freeze``: which steps there are."""
    ended: bool = False
    own: bool = True
    """Whether this person may enter something about it; the door decides in the end."""


HoldDialog = Callable[[Context, HoldRef, QWidget | None], CommandDialog]
"""A dialog about one hold."""
_STEPS: tuple[tuple[LegKind, str, str, str], ...] = (
    (LegKind.FREEZE, "stop", "F", "snowflake"),
    (LegKind.SECOND_STOP, "stop", "S", "history"),
    (LegKind.RELEASE_STOP, "stop", "J", "undo-2"),
    (LegKind.RENEW, "freeze", "X", "refresh-cw"),
    (LegKind.RELEASE_FREEZE, "freeze", "Z", "undo-2"),
)
"""Kind of request, the hold it is about, its key and icon."""


class HoldRequestDialog(RequestDialog):
    """A request about one hold: hold and kind are chosen, everything is prefilled."""

    def __init__(self, context: Context, hold: HoldRef, kind: LegKind, parent: QWidget | None = None) -> None:
        self._hold, self._wanted_kind = hold, kind
        super().__init__(context, hold.case_id, parent)
        # From the board, five keys open this dialog: it says at once which step it is, and on what.
        self._title = msg("{kind}: hold of {number}", kind=KIND_WORDS[kind], number=hold.number)
        self.heading.set(self._title)
        self._name()

    def _listed(self, case: CaseDetail) -> None:
        super()._listed(case)
        self.target.set_value(("hold", self._hold.hold_id))
        self.kind.set_value(self._wanted_kind)
        self.form.fields["document_kind"].setFocus()


class ObjectionDialog(CommandDialog):
    """What the holder of a held account says against the hold; it becomes a work item with a clock."""

    def __init__(self, context: Context, hold: HoldRef, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Record an objection"), msg("Record the objection"), parent)
        self._hold = hold
        self.body.addWidget(hint(msg("About the hold of {number}", number=hold.number)))
        self.form.add(Field("name", msg("Who objects"), LineEdit(longest=100), required=True))
        self.form.add(Field("text", msg("What they object to"), NoteEdit(lines=4), required=True))
        self.form.add(
            Field("happened_at", msg("Received at"), MomentEdit(context.zone, context.now))
        ).set_value(context.now())
        self.body.addWidget(self.form)

    def command(self) -> RecordObjection:
        values: dict[str, Any] = self.form.values()
        return RecordObjection(
            hold_id=self._hold.hold_id,
            name=values["name"],
            text=values["text"],
            happened_at=values["happened_at"],
        )

    def said(self, result: Any) -> Message | None:
        return msg("Objection recorded; a lead decides it")


class DecisionDialog(CommandDialog):
    """A lead decides the open objection to a hold; whoever recorded it may not."""

    def __init__(self, context: Context, hold: HoldRef, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Decide an objection"), msg("Decide"), parent)
        self._rows: tuple[ObjectionRow, ...] = ()
        self.body.addWidget(hint(msg("About the hold of {number}", number=hold.number)))
        self.which = CodeCombo(placeholder=msg("Reading the objections…"))
        self.which.currentIndexChanged.connect(self._told)
        self.text = hint("")
        self.form.add(Field("objection_id", msg("Objection"), self.which, required=True))
        self.form.add_widget(self.text)
        self.form.add(
            Field(
                "decision",
                msg("Decision"),
                CodeCombo([(choice, DECISION_WORDS[choice]) for choice in Decision]),
                required=True,
            )
        ).set_value(None)
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=3), required=True))
        self.body.addWidget(self.form)
        self.body.addWidget(hint(msg("What is to be released after that is asked for like any release.")))
        desk = context.desk
        context.background.read(
            lambda: desk.read(objections, case_id=hold.case_id),
            lambda rows: self._listed(tuple(row for row in rows if row.hold_id == hold.hold_id)),
            failed=self.show_error,
            owner=self,
        )

    def _listed(self, rows: tuple[ObjectionRow, ...]) -> None:
        self._rows = rows
        now, zone = self.context.now(), self.context.zone
        self.which.set_choices(
            [
                (row.id, msg("{name}, {time}", name=row.name, time=when(row.happened_at, now, zone)))
                for row in rows
            ]
        )
        if rows:
            self.which.set_value(rows[0].id)
        else:
            self.text.set(msg("No objection to this hold is open."))
        self._told()

    def _told(self) -> None:
        row = next((row for row in self._rows if row.id == self.which.value()), None)
        if row is not None:
            self.text.set(row.text)

    def command(self) -> DecideObjection:
        values: dict[str, Any] = self.form.values()
        row = next(row for row in self._rows if row.id == values["objection_id"])
        return DecideObjection(
            objection_id=row.id,
            decision=values["decision"],
            reason=values["reason"],
            version=row.version,
        )

    def said(self, result: Any) -> Message | None:
        return msg("Objection decided")


class DocumentDialog(CommandDialog):
    """The document that was to follow a request."""

    def __init__(self, context: Context, leg_id: int, number: str, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Enter the document"), msg("Enter"), parent)
        self._leg_id, self._number = leg_id, number
        self.body.addWidget(hint(msg("It was to follow request {number}.", number=number)))
        self.form.add(Field("document_kind", msg("Legal document"), LineEdit(longest=64)))
        self.form.add(Field("document_number", msg("Document number"), LineEdit(longest=64), required=True))
        self.body.addWidget(self.form)

    def command(self) -> AddDocument:
        values: dict[str, Any] = self.form.values()
        return AddDocument(
            leg_id=self._leg_id, kind=values["document_kind"], number=values["document_number"]
        )

    def said(self, result: Any) -> Message | None:
        return msg("Document of {number} entered", number=self._number)


class HoldActions:
    """The steps for the hold that is chosen on a page."""

    def __init__(self, context: Context, page: QWidget, chosen: Callable[[], HoldRef | None]) -> None:
        self._context, self._page, self._chosen = context, page, chosen

    def specs(self) -> list[ActionSpec]:
        """All steps that this person's role may take, in the order of the action bar."""
        may, made = self._context.desk.may, []
        if may(IssueRequest):
            made += [self._request(kind, rule, keys, icon) for kind, rule, keys, icon in _STEPS]
        if may(RecordObjection):
            made.append(
                self._step("objection", msg("Record an objection"), "O", "megaphone", ObjectionDialog)
            )
        if may(DecideObjection):
            made.append(self._step("decision", msg("Decide an objection"), "Y", "check", DecisionDialog))
        return made

    def ask(self, kind: LegKind) -> None:
        """Open the request of that kind about the chosen hold."""
        hold = self._chosen()
        if hold is not None:
            HoldRequestDialog(self._context, hold, kind, self._page).open()

    def _request(self, kind: LegKind, rule: str, keys: str, icon: str) -> ActionSpec:
        def possible() -> bool:
            hold = self._chosen()
            return hold is not None and hold.rule == rule and not hold.ended

        return ActionSpec(
            f"hold-{kind.value}",
            msg("Ask for: {kind}", kind=KIND_WORDS[kind]),
            lambda: self.ask(kind),
            keys,
            icon,
            enabled=possible,
            why_not=self._why_not,
        )

    def _step(self, name: str, title: Message, keys: str, icon: str, make: HoldDialog) -> ActionSpec:
        def run() -> None:
            hold = self._chosen()
            if hold is not None:
                make(self._context, hold, self._page).open()

        return ActionSpec(
            f"hold-{name}",
            title,
            run,
            keys,
            icon,
            enabled=lambda: self._chosen() is not None,
            why_not=lambda: msg("Choose a hold first."),
        )

    def _why_not(self) -> Message:
        hold = self._chosen()
        if hold is None:
            return msg("Choose a hold first.")
        if hold.ended:
            return msg("This hold has ended; what is caught again is a new one.")
        return msg("This step does not belong to this kind of hold.")
