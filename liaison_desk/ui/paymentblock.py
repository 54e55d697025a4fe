"""One payment of a victim in a form: where it went, how much, when, from where, and what is known of the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_account, clean_name
from liaison_desk.core.lifecycle import CARRIER, KIND_WORDS, LegKind
from liaison_desk.core.money import above_zero
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import known
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.cases import PaymentInput, PhoneInput
from liaison_desk.desk.known import KnownBefore
from liaison_desk.ui import icons
from liaison_desk.ui.bankcombo import BankCombo
from liaison_desk.ui.cards import Text
from liaison_desk.ui.commanddialog import hint, mark_wrong
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import AccountEdit, CodeCombo, LineEdit, MomentEdit, MoneyEdit
from liaison_desk.ui.forms import composing_in
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import GRID, Tone, look, say

T = TypeVar("T")

SHORTEST = 12
"""From so many digits on an account is looked up while it is typed."""


class Block(QFrame):
    """Base: editors in a grid with labels above, one line for what is wrong, Return goes on."""

    finished = Signal()
    """Return in one of its fields: the next row, please."""
    removed = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.editors: dict[str, QWidget] = {}
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(GRID)
        self.grid.setVerticalSpacing(2)
        self.number = Text("", "strong")
        self._remove = _small_button("x", msg("Remove"), self.removed.emit)
        self._known = hint()
        self._known.hide()
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        side = QVBoxLayout()
        side.addWidget(self.number, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self._remove)
        side.addStretch()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addLayout(side)
        row.addLayout(self.grid, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._known)
        column.addWidget(self._wrong)

    @property
    def in_order(self) -> list[QWidget]:
        """The editors as the hand goes along them."""
        return list(self.editors.values())

    def put(
        self, name: str, label: Message, editor: QWidget, row: int, column: int, stretch: int = 1
    ) -> None:
        """Place an editor; ``row`` counts lines of fields."""
        said = Text(label, "label")
        said.setBuddy(editor)
        self.grid.addWidget(said, row * 2, column)
        self.grid.addWidget(editor, row * 2 + 1, column)
        self.grid.setColumnStretch(column, max(stretch, self.grid.columnStretch(column)))
        editor.setAccessibleName(say(label))
        self.editors[name] = editor
        for line in (editor, *editor.findChildren(QLineEdit)):
            line.installEventFilter(self)
            if isinstance(line, QLineEdit):
                line.textChanged.connect(self.changed)

    def set_number(self, number: int, removable: bool) -> None:
        """Which row this is."""
        self.number.set(str(number))
        self._remove.setVisible(removable)

    def line(self, name: str) -> str:
        editor = self.editors[name]
        assert isinstance(editor, QLineEdit)
        return editor.text().strip()

    def wrong(self, error: BadInput | None) -> None:
        """Say what is wrong in this row and mark its field; None clears it."""
        for name, editor in self.editors.items():
            mark_wrong(editor, error is not None and error.field == name)
        self._wrong.setVisible(error is not None)
        self._wrong.set(error.message if error is not None else "")
        if error is not None and error.field in self.editors:
            self.editors[error.field].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def error(self) -> str:
        return self._wrong.text() if not self._wrong.isHidden() else ""

    @property
    def known(self) -> str:
        """What is said of the number beneath it."""
        return self._known.text() if not self._known.isHidden() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            plain_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
                event.modifiers() & Qt.KeyboardModifier.ControlModifier
            )
            if plain_return and isinstance(watched, QWidget):
                if not composing_in(watched):
                    self.finished.emit()
                return True
        return False


def _small_button(icon: str, name: Message, run: Callable[[], None]) -> QWidget:
    button = QToolButton()
    button.setIcon(icons.icon(icon, Tone.MUTED))
    button.setAccessibleName(say(name))
    button.setToolTip(plain(say(name)))
    button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    button.clicked.connect(lambda: run())
    return button


class PaymentBlock(Block):
    """A payment; what the office knows of the account stands beneath as soon as its number is whole."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, *, now: datetime | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._asked = ""
        self.account, self.holder = AccountEdit(), LineEdit(longest=100)
        self.bank, self.amount = BankCombo(context), MoneyEdit()
        self.time = MomentEdit(context.zone, context.now)
        self.time.now.hide()
        self.time.line.setPlaceholderText("14:05")
        self.from_number, self.from_name, self.from_bank = (
            AccountEdit(),
            LineEdit(longest=100),
            LineEdit(longest=100),
        )
        self.account.setMinimumWidth(look().px(206))
        self.time.setMinimumWidth(look().px(168))
        self.put("number", msg("Account paid into"), self.account, 0, 0, 3)
        self.put("holder", msg("Holder"), self.holder, 0, 1, 1)
        self.put("amount", msg("Amount (yuan)"), self.amount, 0, 2, 1)
        self.put("paid_at", msg("Paid at"), self.time, 0, 3, 2)
        self.put("from_number", msg("From the victim's account"), self.from_number, 1, 0, 3)
        self.put("from_name", msg("In the name of"), self.from_name, 1, 1, 1)
        self.put("from_bank", msg("From bank"), self.from_bank, 1, 2, 1)
        self.put("institution", msg("Request goes to"), self.bank, 1, 3, 2)
        self.bank.setMinimumContentsLength(4)
        self.account.textChanged.connect(self._typed)
        if now is not None:
            self.time.set_value(now)
        self.setFocusProxy(self.account)

    @property
    def blank(self) -> bool:
        """Whether nobody has typed where to or how much."""
        return not (self.line("number") or self.line("amount") or self.line("holder"))

    def payment(self) -> PaymentInput:
        """The payment as the door wants it; raises BadInput with the field of this row."""
        number = clean_account(self.account.value(), field="number").value
        holder = clean_name(self.line("holder"), field="holder") if self.line("holder") else ""
        fen = _named("amount", lambda: self.amount.value())
        if fen is None:
            raise BadInput(msg("No amount is given."), field="amount")
        _named("amount", lambda: above_zero(fen))
        happened = _named("paid_at", self.time.value)
        if happened is None:
            raise BadInput(msg("No time is given; type when it was paid."), field="paid_at")
        source = self.from_number.value()
        return PaymentInput(
            target=Target(number=number, holder=holder, institution=self.bank.institution),
            fen=fen,
            happened_at=happened,
            from_bank=self.line("from_bank"),
            from_name=self.line("from_name"),
            from_number=clean_account(source, field="from_number").value if source else "",
        )

    def _typed(self) -> None:
        number = self.account.value()
        self.bank.suggest(number)
        if len(number) < SHORTEST:
            self._asked = ""
            self._known.hide()
            return
        if number == self._asked:
            return
        self._asked = number
        desk = self._context.desk
        self._context.background.read(
            lambda: desk.read(known.known_before, number),
            self._say_known,
            # While it is being typed it may not be a number yet; that is said when it is saved.
            failed=lambda _: self._known.hide(),
            key=f"known-{id(self)}",
            owner=self,
        )

    def _say_known(self, known: KnownBefore) -> None:
        sentence = known_words(self._context, known)
        self._known.setVisible(sentence is not None)
        if sentence is not None:
            used_up = known.stops_used >= known.stops_allowed
            self._known.set(sentence)
            self._known.set_tone(Tone.OVERDUE if used_up else Tone.SOON)


def known_words(context: Context, known: KnownBefore) -> Message | None:
    """What is known of a number before a request goes out (A3); None when nothing is."""
    if not known.rows and not known.stops_used:
        return None
    cases = list(
        dict.fromkeys(
            (row.case_number, when(row.happened_at, context.now(), context.zone)) for row in known.rows
        )
    )
    listed = "、" if look().say.chinese else ", "
    names = listed.join(f"{number} ({day})" for number, day in cases[:3])
    where: Message = msg("Known from {cases}", cases=names) if cases else msg("Known")
    if known.stops_used >= known.stops_allowed:
        return msg(
            "{where}. Both stops are used up ({used}/{allowed}): only a freeze can hold it.",
            where=where,
            used=known.stops_used,
            allowed=known.stops_allowed,
        )
    return msg(
        "{where}. Stops used: {used}/{allowed}.",
        where=where,
        used=known.stops_used,
        allowed=known.stops_allowed,
    )


class PhoneBlock(Block):
    """A fraudster's number and what its carrier shall do."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.phone = LineEdit(longest=40)
        self.kind = CodeCombo([(kind, KIND_WORDS[kind]) for kind in sorted(CARRIER)])
        self.kind.set_value(LegKind.SUSPEND_NUMBER)
        self.bank = BankCombo(context, phone=True)
        self.put("phone", msg("Fraudster's phone"), self.phone, 0, 0, 2)
        self.put("kind", msg("The carrier shall"), self.kind, 0, 1, 2)
        self.put("institution", msg("Request goes to"), self.bank, 0, 2, 2)
        self.phone.textChanged.connect(lambda: self.bank.suggest(self.phone.text()))
        self.setFocusProxy(self.phone)

    @property
    def blank(self) -> bool:
        return not self.line("phone")

    def input(self) -> PhoneInput:
        """The number as the door wants it; raises BadInput."""
        kind = self.kind.value()
        assert isinstance(kind, LegKind)
        number = clean_phone(self.line("phone"), field="phone").number
        return PhoneInput(
            target=Target(number=number, phone=True, institution=self.bank.institution), kind=kind
        )


def _named(field: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except BadInput as error:
        raise BadInput(error.message, field=field) from error
