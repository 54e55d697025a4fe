"""A report is taken (A1): victim, payments, phones, by keyboard alone; the paste box beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.casebook import Likeness
from liaison_desk.desk.cases import FRAUD_TYPES, OpenCase, OpenedCase
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text, section
from liaison_desk.ui.commanddialog import CommandDialog, in_order
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import announce_case
from liaison_desk.ui.duplicates import Duplicates
from liaison_desk.ui.editors import CodeCombo, LineEdit, MomentEdit, NoteEdit
from liaison_desk.ui.forms import Field, composing_in
from liaison_desk.ui.pastebox import PasteBox, Place
from liaison_desk.ui.paymentblock import Block, PaymentBlock, PhoneBlock
from liaison_desk.ui.theme import GRID, look, say
from liaison_desk.ui.undo import Offers

_PLACES = {
    "victim_name": (0, 0),
    "victim_phone": (0, 1),
    "victim_id": (0, 2),
    "fraud_type": (1, 0),
    "happened_at": (1, 1),
    "area": (1, 2),
}


class NewCaseDialog(CommandDialog):
    """Return goes on to the next field, in the last payment to a new one; Ctrl+Return saves."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("New case"), msg("Save and send the requests"), parent, width=1180)
        self._saved = False
        self._head: dict[str, Field] = {}
        self.payments: list[PaymentBlock] = []
        self.phones: list[PhoneBlock] = []
        self._payment_column, self._phone_column = QVBoxLayout(), QVBoxLayout()
        for column in (self._payment_column, self._phone_column):
            column.setSpacing(GRID)
        self.paste = PasteBox(context)
        self.paste.applied.connect(self.take)
        self.paste.shown.connect(self._order_keys)
        self.duplicates = Duplicates(context)
        self.duplicates.opened.connect(self._open_that)
        self.duplicates.ignored.connect(self._save_anyway)
        self._lay_out()
        self.add_payment()
        self.resize(look().px(1240), look().px(690))
        self._head["victim_name"].setFocus()

    # The form ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        context = self.context
        made: dict[str, tuple[Message, QWidget, bool]] = {
            "victim_name": (msg("Victim's name"), LineEdit(longest=100), True),
            "victim_phone": (msg("Victim's phone"), LineEdit(longest=40), False),
            "victim_id": (msg("Victim's ID number"), LineEdit(longest=40), False),
            "fraud_type": (
                msg("Type of fraud"),
                CodeCombo(list(FRAUD_TYPES.items()), placeholder=msg("Choose")),
                True,
            ),
            "happened_at": (msg("Time of the report"), MomentEdit(context.zone, context.now), False),
            "area": (msg("Area"), LineEdit(longest=100), False),
        }
        victim = made["victim_name"][1]
        assert isinstance(victim, LineEdit)
        self._victim = victim
        top = QGridLayout()
        top.setHorizontalSpacing(GRID + GRID // 2)
        top.setVerticalSpacing(GRID)
        for name, (label, editor, required) in made.items():
            field = Field(name, label, editor, required=required)
            self._head[name] = self.form.add(field)
            row, column = _PLACES[name]
            top.addWidget(field, row, column, Qt.AlignmentFlag.AlignTop)
            top.setColumnStretch(column, 5 if column == 1 else 4)
        self._head["fraud_type"].set_value(None)
        self._head["happened_at"].set_value(context.now())
        for field in self._head.values():
            # Asked before the form's own filter, in which every Return would save.
            for editor in (field.editor, *field.editor.findChildren(QLineEdit)):
                editor.installEventFilter(self)
        self.summary = NoteEdit(lines=2, placeholder=msg("In a few words, as the victim tells it"))
        self.summary.setAccessibleName(say(msg("What happened")))
        left = QWidget()
        self._left_column = column_box = QVBoxLayout(left)
        column_box.setContentsMargins(0, 0, GRID, 0)
        column_box.setSpacing(GRID)
        column_box.addLayout(top)
        column_box.addWidget(self._bar(msg("Payments"), msg("One more payment"), "⏎", self.add_payment))
        column_box.addLayout(self._payment_column)
        column_box.addWidget(
            self._bar(msg("Fraudsters' phones"), msg("Add a phone"), "Alt F", self.add_phone, "Alt+F")
        )
        column_box.addLayout(self._phone_column)
        column_box.addWidget(section(msg("What happened")))
        column_box.addWidget(self.summary)
        column_box.addStretch()
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setWidget(left)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setAutoFillBackground(False)
        self.scroller.viewport().setAutoFillBackground(False)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.scroller)
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(GRID * 2, 0, 0, 0)
        beside.addWidget(self.paste)
        split.addWidget(right)
        split.setStretchFactor(0, 7)
        split.setStretchFactor(1, 4)
        split.setChildrenCollapsible(False)
        split.setSizes([look().px(750), look().px(440)])
        self.body.addWidget(split, 1)
        self.body.addWidget(self.duplicates)
        # The form only keeps the fields' names and errors; its own column is not shown.
        self.form.hide()

    def _bar(self, title: Message, step: Message, keys: str, run: Any, shortcut: str = "") -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Text(title, "strong"))
        row.addStretch()
        button = Button(step, icon="plus", keys=keys, kind="quiet", run=run)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        if shortcut:
            button.press_by(shortcut)
        row.addWidget(button)
        return bar

    def add_payment(self) -> PaymentBlock:
        """One more payment; what stays the same from payment to payment is taken over."""
        block = PaymentBlock(self.context)
        if self.payments:
            before = self.payments[-1]
            for name in ("from_number", "from_name", "from_bank"):
                value = before.line(name)
                editor = block.editors[name]
                assert isinstance(editor, LineEdit)
                editor.set_value(value)
        self._add(block, self.payments, self._payment_column)
        return block

    def add_phone(self) -> PhoneBlock:
        block = PhoneBlock(self.context)
        self._add(block, self.phones, self._phone_column)
        return block

    def _add(self, block: Block, blocks: list[Any], column: QVBoxLayout) -> None:
        block.finished.connect(lambda: self._next_of(block, blocks))
        block.removed.connect(lambda: self._remove(block, blocks))
        block.changed.connect(self._forget_duplicates)
        blocks.append(block)
        column.addWidget(block)
        self._count()
        if not self.isHidden():
            # Shown now, not at the next turn of the loop: the hand types on at once.
            block.show()
            block.setFocus(Qt.FocusReason.TabFocusReason)
            # The scroll area learns the new height only when the layout has run.
            self._left_column.activate()
            self.scroller.ensureWidgetVisible(block)

    def _order_keys(self) -> None:
        """Tab goes from the victim through the payments and phones to what happened, then to the paste box."""
        order: list[QWidget] = [self._head[name].editor for name in _PLACES]
        for block in (*self.payments, *self.phones):
            order += block.in_order
        order += [self.summary, *self.paste.in_order, self.stay, self.deed]
        in_order(order)

    def _next_of(self, block: Block, blocks: list[Any]) -> None:
        """Return in a block: on to the next one, or to a new one if this is the last and not empty."""
        at = blocks.index(block)
        if at + 1 < len(blocks):
            blocks[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif not blocks[at].blank:
            (self.add_payment if isinstance(block, PaymentBlock) else self.add_phone)()

    def _remove(self, block: Block, blocks: list[Any]) -> None:
        blocks.remove(block)
        block.hide()
        block.deleteLater()
        if not self.payments:
            self.add_payment()
        self._count()

    def _count(self) -> None:
        self._order_keys()
        for blocks in (self.payments, self.phones):
            for number, block in enumerate(blocks, 1):
                assert isinstance(block, Block)
                block.set_number(number, removable=len(blocks) > 1 or blocks is self.phones)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the head Return goes on; only Ctrl+Return saves."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        elif isinstance(watched, QWidget) and not composing_in(watched):
            self.focusNextChild()
        return True

    # From the paste box --------------------------------------------------------------------------

    def take(self, confirmed: list[tuple[Place, object]]) -> None:
        """Put confirmed finds into their fields; the first empty field that is needed has the focus then."""
        for place, value in confirmed:
            if place.field == "phone":
                last = self.phones[-1] if self.phones and self.phones[-1].blank else self.add_phone()
                last.phone.set_value(value)
            elif place.row:
                while len(self.payments) < place.row:
                    self.add_payment()
                editor: Any = self.payments[place.row - 1].editors[place.field]
                editor.set_value(value)
            else:
                self._head[place.field].set_value(value)
        self._first_missing().setFocus(Qt.FocusReason.TabFocusReason)

    def _first_missing(self) -> QWidget:
        for name in ("victim_name", "fraud_type"):
            editor: Any = self._head[name].editor
            if editor.value() in (None, ""):
                return self._head[name]
        for block in self.payments:
            for name in ("number", "amount", "paid_at"):
                field: QWidget = block.editors[name]
                if isinstance(field, MomentEdit):
                    if not field.line.text().strip():
                        return field
                elif not block.line(name):
                    return field
        return self.deed

    # Saving --------------------------------------------------------------------------------------

    def command(self) -> Command[Any]:
        values: dict[str, Any] = self.form.values()
        payments, phones = [], []
        for block in self.payments:
            if block.blank and (len(self.payments) > 1 or any(not phone.blank for phone in self.phones)):
                continue
            payments.append(self._of(block, block.payment))
        for phone in self.phones:
            if not phone.blank:
                phones.append(self._of(phone, phone.input))
        return OpenCase(
            victim_name=values["victim_name"],
            victim_phone=values["victim_phone"],
            victim_id=values["victim_id"],
            fraud_type=values["fraud_type"],
            happened_at=values["happened_at"],
            area=values["area"],
            summary=str(self.summary.value()),
            payments=tuple(payments),
            phones=tuple(phones),
        )

    def _of(self, block: Block, read: Any) -> Any:
        try:
            return read()
        except BadInput as error:
            block.wrong(error)
            self.scroller.ensureWidgetVisible(block)
            raise BadInput(error.message, field=_IN_A_BLOCK) from error

    def submit(self) -> None:
        """Look for likely duplicates first (A4); what the officer has seen and accepted is not asked again."""
        if self._busy or composing_in(QApplication.focusWidget()):
            return
        if not self.duplicates.isHidden():
            # The deed once more, with the likeness in sight, means "anyway".
            self.duplicates.accept()
            self._forget_duplicates()
        self.clear_errors()
        try:
            command = self.command()
        except BadInput as error:
            if error.field != _IN_A_BLOCK:
                self.show_error(error)
            return
        assert isinstance(command, OpenCase)
        desk = self.context.desk
        self._set_busy(True)
        self.context.background.read(
            lambda: desk.read(
                casebook.likely_duplicates,
                victim_phone=command.victim_phone,
                victim_id=command.victim_id,
                numbers=tuple(payment.target.number for payment in command.payments),
                victim_name=command.victim_name,
            ),
            self._compared,
            failed=self._failed,
            owner=self,
        )

    def _compared(self, likely: tuple[Likeness, ...]) -> None:
        self._set_busy(False)
        if self.duplicates.news(likely):
            self.duplicates.show_likely(likely)
            self.deed.setEnabled(False)
        else:
            super().submit()

    def _save_anyway(self) -> None:
        self.duplicates.accept()
        self._forget_duplicates()
        self.submit()

    def _open_that(self, case_id: int) -> None:
        self.context.ways.open_case.emit(case_id)
        self.accept()

    def _forget_duplicates(self) -> None:
        self.duplicates.hide()
        self.deed.setEnabled(not self._busy)

    def show_error(self, error: DeskError) -> None:
        """What the door says of a payment stands at the payment, where it can be told which one."""
        if error.field in (
            "number",
            "holder",
            "amount",
            "paid_at",
            "institution",
            "from_number",
            "from_name",
            "from_bank",
        ):
            said = say(error.message)
            guilty = [
                block for block in self.payments if block.account.value() and block.account.value() in said
            ]
            if guilty or len(self.payments) == 1:
                (guilty or self.payments)[0].wrong(BadInput(error.message, field=error.field))
                return
        if error.field == "phone" and self.phones:
            self.phones[-1].wrong(BadInput(error.message, field="phone"))
            return
        super().show_error(error)

    def clear_errors(self) -> None:
        super().clear_errors()
        for block in (*self.payments, *self.phones):
            block.wrong(None)

    def _done(self, answer: tuple[OpenedCase, Offers]) -> None:
        """Say the number and to whom the requests went, which the case knows."""
        result, _ = answer
        desk, context = self.context.desk, self.context
        self.carried_out.emit(result)
        self._set_busy(False)
        self._saved = True
        context.background.read(
            lambda: desk.read(casebook.case_detail, result.case_id),
            lambda case: announce_case(context, case),
            owner=context.ways,
        )
        self.accept()

    def reject(self) -> None:
        """Escape asks before it throws away what was typed."""
        typed = any(not block.blank for block in self.payments) or bool(self._victim.text().strip())
        if (
            not typed
            or self._saved
            or messages.ask(
                msg("Throw away this report?"), msg("Throw away"), no=msg("Go on writing"), parent=self
            )
        ):
            super().reject()


_IN_A_BLOCK = "in a block"
