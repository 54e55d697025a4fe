"""A new request in a case (A2, D2), and a further payment: the kinds that fit the target, the rest prefilled."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_account
from liaison_desk.core.lifecycle import (
    CARRIER,
    CATCHING,
    KIND_WORDS,
    ON_MONEY,
    URGENCY_WORDS,
    LegKind,
    Urgency,
)
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.casebook import AccountRow, CaseDetail
from liaison_desk.desk.cases import AddPayment
from liaison_desk.desk.facts import HoldRow
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import NOT_BY_HAND, ON_A_HOLD, IssueRequest
from liaison_desk.desk.work import Command
from liaison_desk.ui.bankcombo import BankCombo
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.commanddialog import CommandDialog, FieldGrid, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import AccountEdit, CodeCombo, LineEdit, MomentEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field
from liaison_desk.ui.paymentblock import PaymentBlock

NEW = ("new", 0)
"""The choice "another account, to be typed"."""
_ON_PHONES = tuple(kind for kind in LegKind if kind in CARRIER)
_ON_ACCOUNTS = tuple(
    kind for kind in LegKind if kind not in CARRIER and kind not in ON_A_HOLD and kind not in NOT_BY_HAND
)
_ON_STOPS = (LegKind.FREEZE, LegKind.SECOND_STOP, LegKind.RELEASE_STOP)
_ON_FREEZES = (LegKind.RENEW, LegKind.RELEASE_FREEZE)


class RequestDialog(CommandDialog):
    """One request about an account, a phone or a hold of the case."""

    def __init__(
        self, context: Context, case_id: int, parent: QWidget | None = None, *, about: QueueRow | None = None
    ) -> None:
        super().__init__(context, msg("New request"), msg("Send the request"), parent, width=560)
        self._case_id, self._about = case_id, about
        self._case: CaseDetail | None = None
        self.grid = FieldGrid()
        self.target = CodeCombo(placeholder=msg("Reading the case…"))
        self.kind = CodeCombo()
        self.number, self.holder, self.bank = AccountEdit(), LineEdit(longest=100), BankCombo(context)
        self.number.textChanged.connect(lambda: self.bank.suggest(self.number.value()))
        add = self.form.add
        add(Field("target", msg("About"), self.target, required=True))
        add(Field("number", msg("Account"), self.number))
        add(Field("holder", msg("Holder"), self.holder))
        add(Field("institution", msg("Request goes to"), self.bank))
        add(Field("kind", msg("Kind"), self.kind, required=True))
        add(Field("amount", msg("Amount asked (yuan)"), MoneyEdit()))
        add(
            Field(
                "urgency",
                msg("Urgency"),
                CodeCombo(
                    [(urgency, URGENCY_WORDS[urgency]) for urgency in (Urgency.URGENT, Urgency.NORMAL)]
                ),
            )
        ).set_value(Urgency.URGENT)
        add(Field("document_kind", msg("Legal document"), LineEdit(longest=64)))
        add(
            Field(
                "document_number", msg("Document number"), LineEdit(longest=64), hint=msg("May follow later")
            )
        )
        add(Field("co_officer", msg("Second officer"), LineEdit(longest=100)))
        add(Field("reason", msg("Reason"), LineEdit(longest=255)))
        add(Field("remark", msg("Remark"), NoteEdit(lines=2)))
        add(Field("happened_at", msg("Asked at"), MomentEdit(context.zone, context.now))).set_value(
            context.now()
        )
        self.body.addWidget(self.grid)
        self.form.hide()
        self.body.addWidget(hint(msg("A freeze goes to a lead for approval first.")))
        self.target.currentIndexChanged.connect(self._fit)
        self.kind.currentIndexChanged.connect(self._fit_amount)
        self._fit()
        desk = context.desk
        context.background.read(
            lambda: desk.read(casebook.case_detail, case_id), self._listed, failed=self.show_error, owner=self
        )

    def command(self) -> Command[Any]:
        values: dict[str, Any] = self.form.values()
        what, number = values["target"]
        target = None
        if (what, number) == NEW:
            target = Target(
                number=clean_account(self.number.value(), field="number").value,
                holder=values["holder"],
                institution=self.bank.institution,
            )
        kind = values["kind"]
        if kind in ON_MONEY and values["amount"] is None:
            raise BadInput(
                msg("“{field}” is empty; fill it in.", field=self.form.fields["amount"].label), field="amount"
            )
        return IssueRequest(
            case_id=self._case_id,
            kind=kind,
            account_id=number if what == "account" else None,
            hold_id=number if what == "hold" else None,
            target=target,
            asked=(values["amount"] or 0) if kind in ON_MONEY else 0,
            urgency=values["urgency"],
            reason=values["reason"],
            remark=values["remark"],
            document_kind=values["document_kind"],
            document_number=values["document_number"],
            co_officer=values["co_officer"],
            happened_at=values["happened_at"],
        )

    def said(self, result: Any) -> Message | None:
        kind = self.kind.value()
        return msg("Request sent: {kind}", kind=KIND_WORDS[kind]) if isinstance(kind, LegKind) else None

    # Inside --------------------------------------------------------------------------------------

    def _listed(self, case: CaseDetail) -> None:
        self._case = case
        choices: list[tuple[tuple[str, int], Message]] = []
        for account in case.accounts:
            choices.append((("account", account.id), self._account_words(account)))
        for hold in case.holds:
            if hold.stopped + hold.frozen > 0:
                choices.append(
                    (
                        ("hold", hold.id),
                        msg(
                            "Hold {number}: {amount} on {target}",
                            number=hold.number,
                            amount=yuan(hold.stopped + hold.frozen),
                            target=grouped(hold.target),
                        ),
                    )
                )
        choices.append((NEW, msg("Another account, typed here")))
        self.target.set_choices(choices)
        first = choices[0][0]
        if self._about is not None:
            first = next(
                (
                    ("account", account.id)
                    for account in case.accounts
                    if account.target == self._about.target
                ),
                first,
            )
        self.target.set_value(first)
        self._fit()
        self.target.setFocus()

    def _account_words(self, account: AccountRow) -> Message:
        if account.phone:
            return msg("Phone {number}", number=account.target)
        holder = account.holder if account.holder else ""
        return msg(
            "Level {level}: {number} {holder}",
            level=account.level,
            number=grouped(account.target),
            holder=holder,
        )

    def _chosen(self) -> tuple[AccountRow | None, HoldRow | None]:
        value = self.target.value()
        if self._case is None or not isinstance(value, tuple):
            return None, None
        what, number = value
        account = next((a for a in self._case.accounts if what == "account" and a.id == number), None)
        hold = next((h for h in self._case.holds if what == "hold" and h.id == number), None)
        return account, hold

    def _fit(self) -> None:
        """Kinds that fit the target; a typed account has fields of its own."""
        account, hold = self._chosen()
        if hold is not None:
            kinds: tuple[LegKind, ...] = _ON_FREEZES if hold.frozen else _ON_STOPS
        else:
            kinds = _ON_PHONES if account is not None and account.phone else _ON_ACCOUNTS
        self.kind.set_choices([(kind, KIND_WORDS[kind]) for kind in kinds])
        self._fit_amount()

    def _fit_amount(self) -> None:
        kind = self.kind.value()
        hidden = set() if self.target.value() == NEW else {"number", "holder", "institution"}
        if kind not in ON_MONEY:
            hidden.add("amount")
        self.grid.place(
            [f for name, f in self.form.fields.items() if name not in hidden], ("target", "remark", "reason")
        )
        account, hold = self._chosen()
        if kind in ON_MONEY and hold is not None:
            self.form.fields["amount"].set_value(hold.stopped + hold.frozen)
        elif kind in CATCHING and account is not None:
            self.form.fields["amount"].set_value(
                max(0, account.came_in - account.went_on - account.secured) or None
            )


class PaymentDialog(CommandDialog):
    """A further payment of the case's victim, with its stop."""

    def __init__(self, context: Context, case_id: int, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Add a payment"), msg("Save and send the request"), parent, width=760)
        self._case_id = case_id
        self.block = PaymentBlock(context)
        self.block.set_number(1, removable=False)
        self.block.finished.connect(self.submit)
        self.body.addWidget(self.block)
        self.body.addStretch()
        self.block.setFocus()

    def command(self) -> Command[Any]:
        return AddPayment(case_id=self._case_id, payment=self.block.payment())

    def said(self, result: Any) -> Message | None:
        return msg("Payment saved; its stop is on its way")

    def fields(self) -> dict[str, QWidget]:
        return dict(self.block.editors)

    def clear_errors(self) -> None:
        super().clear_errors()
        self.block.wrong(None)
