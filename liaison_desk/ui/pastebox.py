"""The paste box (A1): what a pasted text holds, each find to be confirmed and sent to its place in the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import cast

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.bins import bundled
from liaison_desk.core.money import yuan
from liaison_desk.core.paste import FIND_WORDS, Find, Paste, find
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.commanddialog import hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.messages import caption
from liaison_desk.ui.theme import GRID, Tone, look, say

PAUSE_MS = 250
"""Typing into the box is read after so long without a key; a paste is read at once."""
MOST_PAYMENTS = 12


@dataclass(frozen=True)
class Place:
    """Where a find goes: a field of the form, of payment ``row`` (from 1) where that is not 0."""

    field: str
    row: int = 0

    @property
    def words(self) -> Message:
        title = PLACE_WORDS[self.field]
        return msg("#{row} {field}", row=self.row, field=title) if self.row else title


PLACE_WORDS: dict[str, Message] = {
    "number": msg("account"),
    "holder": msg("holder"),
    "amount": msg("amount"),
    "paid_at": msg("time"),
    "institution": msg("institution"),
    "from_number": msg("victim's account"),
    "from_name": msg("payer's name"),
    "from_bank": msg("payer's bank"),
    "victim_name": msg("Victim's name"),
    "victim_phone": msg("Victim's phone"),
    "victim_id": msg("Victim's ID number"),
    "happened_at": msg("Time of the report"),
    "phone": msg("Fraudster's phone"),
    "summary": msg("What happened"),
}

_BY_KIND = {
    "account": ("number", "from_number"),
    "amount": ("amount",),
    "time": ("paid_at", "happened_at"),
    "name": ("holder", "from_name", "victim_name"),
    "phone": ("victim_phone", "phone"),
    "id_number": ("victim_id",),
    "bank": ("institution", "from_bank"),
}
_OF_PAYMENT = frozenset(
    {"number", "holder", "amount", "paid_at", "institution", "from_number", "from_name", "from_bank"}
)
_VICTIM_BEFORE = re.compile(r"(报警人|受害人|被害人|事主|当事人|报案人|我叫|我是|本人)[^\n]{0,6}$")
_PAYER_BEFORE = re.compile(r"(付款|转出|汇款|本人|我的|我行|受害人|被害人|付方)[^\n，。,;；]{0,12}$")
_OTHER_PHONE = re.compile(r"(对方|骗子|嫌疑|来电|诈骗|客服)[^\n]{0,12}$")
_NO_PAYMENT_BEFORE = re.compile(r"(?:余额|共计|合计|总计|总共|一共|总额|累计|共)[^\n\d,，;；]{0,6}$")
"""What stands after these is a balance or a sum of payments, not a payment."""
_REPORT_BEFORE = re.compile(r"(?:接警|报警|报案|受理|立案)(?:的?(?:时间|日期))?[:：为是\s]*$")
_SPREAD = ("number", "holder", "institution", "paid_at")
"""What may be named once for several payments."""


def places(text: str, finds: Sequence[Find]) -> list[Place | None]:
    """Where each find most likely belongs, by what stands before it and in which order they come."""
    made: list[Place | None] = []
    accounts = 0
    taken: set[Place] = set()
    for found in finds:
        before = text[max(0, found.start - 24) : found.start]
        place: Place | None = None
        if found.kind == "account":
            if _PAYER_BEFORE.search(before):
                place = Place("from_number", max(accounts, 1))
            else:
                accounts += 1
                place = Place("number", accounts)
        elif found.kind == "amount":
            place = None if _NO_PAYMENT_BEFORE.search(before) else _next("amount", taken, accounts)
        elif found.kind == "time":
            reported = _REPORT_BEFORE.search(before) is not None and Place("happened_at") not in taken
            place = Place("happened_at") if reported else _next("paid_at", taken, accounts)
        elif found.kind == "name":
            place = _name(before, taken, accounts)
        elif found.kind == "phone":
            other = _OTHER_PHONE.search(before) is not None or Place("victim_phone") in taken
            place = Place("phone") if other else Place("victim_phone")
        elif found.kind == "id_number":
            place = Place("victim_id")
        elif found.kind == "bank":
            place = _next("institution", taken, accounts)
        if place is not None and place in taken and place.field != "phone":
            place = None
        if place is not None:
            taken.add(place)
        made.append(place)
    return made


def proposed(wanted: Sequence[Place | None]) -> list[tuple[Place, ...]]:
    """For each find the further payments it is proposed for: what the text names once for several of them.

    Three amounts with one time and one account are three payments at that time into that account. Holder and
    institution go along with the account only.
    """
    rows = {field: [place.row for place in wanted if place and place.field == field] for field in _SPREAD}
    last = min(max((place.row for place in wanted if place), default=0), MOST_PAYMENTS)
    spread = {
        field: len(found) == 1 and (field in ("number", "paid_at") or len(rows["number"]) == 1)
        for field, found in rows.items()
    }
    return [
        tuple(Place(place.field, row) for row in range(1, last + 1) if row != place.row)
        if place is not None and spread.get(place.field)
        else ()
        for place in wanted
    ]


def _next(field: str, taken: set[Place], accounts: int) -> Place:
    """The payment that lacks it: the one begun last, or the next to come."""
    row = 1
    while Place(field, row) in taken:
        row += 1
    return Place(field, row)


def _name(before: str, taken: set[Place], accounts: int) -> Place:
    if _VICTIM_BEFORE.search(before) and Place("victim_name") not in taken:
        return Place("victim_name")
    if re.search(r"(户名|收款|账户名|对方|开户名|持卡人)[^\n]{0,8}$", before):
        return _next("holder", taken, accounts)
    if Place("victim_name") not in taken and accounts == 0:
        return Place("victim_name")
    return _next("holder", taken, accounts)


class FindLine(QWidget):
    """One find: a tick, what it is, its value, and where it goes."""

    def __init__(
        self,
        context: Context,
        found: Find,
        place: Place | None,
        payments: int,
        also: tuple[Place, ...] = (),
    ) -> None:
        super().__init__()
        self.found = found
        self._also = also
        self.tick = QCheckBox(caption(say(FIND_WORDS[found.kind])))
        self.tick.setChecked(place is not None and not found.warnings)
        self.tick.setMinimumWidth(look().px(76))
        value = Text(_shown(context, found), selectable=False)
        value.setMinimumWidth(1)
        if found.kind in ("account", "phone", "id_number"):
            value.setFont(look().font(13, mono=True))
        offered = [
            Place(field, row)
            for field in _BY_KIND[found.kind]
            for row in (range(1, payments + 1) if field in _OF_PAYMENT else (0,))
        ]
        self.where = CodeCombo([(None, msg("nowhere")), *((p, p.words) for p in offered)])
        self.where.set_value(place)
        self.where.setMinimumContentsLength(9)
        self.where.setAccessibleName(say(msg("Goes to")))
        self.where.activated.connect(lambda: self.tick.setChecked(self.where.value() is not None))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.tick, 0, 0)
        grid.addWidget(value, 0, 1)
        grid.addWidget(self.where, 0, 2)
        grid.setColumnStretch(1, 1)
        for number, warning in enumerate(found.warnings):
            said = hint(warning, Tone.SOON)
            grid.addWidget(said, number + 1, 1, 1, 2)
        self.also = QCheckBox(
            caption(
                say(
                    msg(
                        "Proposed for {rows} as well: named once",
                        rows=", ".join(f"#{place.row}" for place in also),
                    )
                )
            ),
            self,
        )
        self.also.setChecked(bool(also))
        self.also.setVisible(bool(also))
        self.tick.toggled.connect(self.also.setEnabled)
        if also:
            grid.addWidget(self.also, len(found.warnings) + 1, 1, 1, 2)

    @property
    def in_order(self) -> list[QWidget]:
        return [self.tick, self.where, *([self.also] if self._also else [])]

    @property
    def confirmed(self) -> Place | None:
        """Where it goes, if it is ticked."""
        return cast("Place | None", self.where.value()) if self.tick.isChecked() else None

    @property
    def confirmed_too(self) -> tuple[Place, ...]:
        """The further payments it goes to, while it stays with its own field."""
        place = self.confirmed
        if place is None or not self.also.isChecked():
            return ()
        return tuple(other for other in self._also if other.field == place.field and other.row != place.row)


def _shown(context: Context, found: Find) -> str:
    value = found.value
    if found.kind == "amount" and isinstance(value, int):
        return yuan(value)
    if isinstance(value, datetime):
        return value.astimezone(context.zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if found.kind == "bank":
        return say(context.institution(str(value))) if str(value) in context.institutions else found.text
    return grouped(str(value)) if found.kind == "account" else str(value)


def value_for(context: Context, found: Find, place: Place) -> object:
    """A find's value as the editor of its place takes it."""
    if isinstance(found.value, datetime):
        return found.value.astimezone(UTC)
    if isinstance(found.value, date):
        # A day alone has no time: its beginning, to be completed by hand.
        return datetime.combine(found.value, time.min, tzinfo=context.zone).astimezone(UTC)
    if place.field == "from_bank":
        return found.text
    return found.value


class PasteBox(QWidget):
    """Text in, finds out; ``applied`` carries what was confirmed."""

    applied = Signal(object)
    """A list of (Place, value)."""
    shown = Signal()
    """The finds of a text stand there."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.lines: list[FindLine] = []
        self.edit = _Paper(self.read)
        self.edit.setPlaceholderText(say(msg("Paste chat, SMS, a 110 ticket or cells here…")))
        self.edit.setAccessibleName(say(msg("Text to read")))
        self.edit.setTabChangesFocus(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.read)
        self.edit.textChanged.connect(self._pause.start)
        self._found = QWidget()
        self._column = QVBoxLayout(self._found)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self._column.addStretch()
        scroll = QScrollArea()
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._found)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._found.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        self._unread = hint("", Tone.SOON)
        self._unread.hide()
        self.apply_button = Button(
            msg("Put the ticked ones into the form"), icon="check", keys="Alt P", run=self.apply
        )
        self.apply_button.press_by("Alt+P")
        self.apply_button.setAutoDefault(False)
        self.apply_button.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(Text(msg("Paste box"), "strong"))
        head.addStretch()
        self.paste_button = Button(
            msg("Paste and read"), icon="clipboard-paste", keys="Alt V", kind="quiet", run=self.paste
        )
        self.paste_button.press_by("Alt+V")
        self.paste_button.setAutoDefault(False)
        self.paste_button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        head.addWidget(self.paste_button)
        column.addLayout(head)
        column.addWidget(self.edit, 2)
        column.addWidget(scroll, 3)
        column.addWidget(self._unread)
        column.addWidget(self.apply_button)
        self.setFocusProxy(self.edit)

    def paste(self) -> None:
        """What is on the clipboard takes the place of the text and is read, wherever the hand was before."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()
        self.edit.paste()

    @property
    def in_order(self) -> list[QWidget]:
        """The text, each find, and the step that takes them over, as the hand goes along them."""
        finds = [widget for line in self.lines for widget in line.in_order]
        return [self.edit, *finds, self.apply_button]

    def read(self) -> None:
        """Read the text now; nothing is put anywhere before it is confirmed."""
        self._pause.stop()
        context, text = self._context, self.edit.toPlainText()
        now, zone = context.now(), context.zone
        context.background.read(
            lambda: find(text, now, zone, bundled()),
            lambda paste: self._show(text, paste),
            key="paste",
            owner=self,
        )

    def _show(self, text: str, paste: Paste) -> None:
        for line in self.lines:
            line.hide()
            line.deleteLater()
        self.lines = []
        wanted = places(text, paste.finds)
        payments = max((place.row for place in wanted if place is not None), default=1)
        for found, place, also in zip(paste.finds, wanted, proposed(wanted), strict=True):
            line = FindLine(self._context, found, place, min(payments + 1, MOST_PAYMENTS), also)
            self._column.insertWidget(self._column.count() - 1, line)
            self.lines.append(line)
        self.apply_button.setEnabled(bool(self.lines))
        self.shown.emit()
        self._unread.setVisible(bool(paste.unread))
        pieces = "　".join(piece if len(piece) <= 40 else f"{piece[:40]}…" for piece in paste.unread[:8])
        self._unread.set(msg("Not read: {pieces}", pieces=pieces))

    @property
    def unread(self) -> str:
        return self._unread.text() if not self._unread.isHidden() else ""

    def apply(self) -> None:
        """Hand the confirmed finds to the form."""
        confirmed = [
            (place, value_for(self._context, line.found, place))
            for line in self.lines
            if (own := line.confirmed) is not None
            for place in (own, *line.confirmed_too)
        ]
        if confirmed:
            self.applied.emit(confirmed)


class _Paper(QPlainTextEdit):
    """The text; what is pasted is read at once."""

    def __init__(self, read: Callable[[], None]) -> None:
        super().__init__()
        self._read = read
        self.composing = False
        self.setMinimumHeight(look().px(120))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Ctrl+Return does not save the case while a word is being chosen here."""
        super().inputMethodEvent(event)
        self.composing = bool(event.preeditString())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.composing = False

    def insertFromMimeData(self, source: QMimeData) -> None:
        super().insertFromMimeData(source)
        self._read()
