"""What one types into: text, secrets, money, account numbers, times, choices, notes.

Each editor has ``value()`` and ``set_value()``. A value is what a command wants (fen, an aware time in UTC,
a code), and ``value()`` raises BadInput for what cannot be read as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import parse_yuan, yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.theme import BASE, GRID, Tone, look, say


class Editor(Protocol):
    """What a Field needs of the widget inside it."""

    def value(self) -> object: ...

    def set_value(self, value: object) -> None: ...


class LineEdit(QLineEdit):
    """One line of text; knows when an input method is composing."""

    def __init__(self, parent: QWidget | None = None, *, longest: int = 200) -> None:
        super().__init__(parent)
        self.composing = False
        self.setMaxLength(longest)

    def value(self) -> object:
        return self.text().strip()

    def set_value(self, value: object) -> None:
        self.setText("" if value is None else str(value))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.composing = False
        super().focusOutEvent(event)


class SecretEdit(LineEdit):
    """A password: never shown, never taken by an input method, kept as typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def value(self) -> object:
        return self.text()


class MoneyEdit(LineEdit):
    """An amount in yuan; its value is fen (int) or None while empty. Shown as ``12,345.67`` on leaving."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, longest=30)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("0.00")

    def value(self) -> int | None:
        """Fen, or None; raises BadInput for what is not an amount."""
        return parse_yuan(self.text()) if self.text().strip() else None

    def set_value(self, value: object) -> None:
        self.setText(yuan(value) if isinstance(value, int) else "")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        try:
            self.set_value(self.value())
        except BadInput:
            # It stays as typed, to be corrected; the form says what is wrong with it.
            return


class AccountEdit(LineEdit):
    """An account number in groups of four for reading; typed, pasted and copied without the spaces."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, longest=60)
        self.setFont(look().font(BASE, mono=True))
        self.textEdited.connect(self._regroup)

    def value(self) -> str:
        return _bare(self.text())

    def set_value(self, value: object) -> None:
        self.setText(grouped(_bare(str(value or ""))))

    def _regroup(self) -> None:
        if self.composing:
            return
        before = len(_bare(self.text()[: self.cursorPosition()]))
        shown = grouped(_bare(self.text()))
        if shown == self.text():
            return
        at = 0
        while before > 0 and at < len(shown):
            before -= shown[at] != " "
            at += 1
        self.setText(shown)
        self.setCursorPosition(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_bare()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut_bare()
        elif (
            event.key() == Qt.Key.Key_Backspace
            and not self.hasSelectedText()
            and self.text()[: self.cursorPosition()].endswith(" ")
        ):
            # The space is only for the eye: what goes is the digit before it.
            self.cursorBackward(False)
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def copy_bare(self) -> None:
        if self.hasSelectedText():
            QGuiApplication.clipboard().setText(_bare(self.selectedText()))

    def cut_bare(self) -> None:
        if self.hasSelectedText() and not self.isReadOnly():
            self.copy_bare()
            self.del_()
            self._regroup()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, run, enabled in (
            (msg("Cut"), self.cut_bare, self.hasSelectedText() and not self.isReadOnly()),
            (msg("Copy"), self.copy_bare, self.hasSelectedText()),
            (msg("Paste"), self._paste, not self.isReadOnly()),
            (msg("Select all"), self.selectAll, bool(self.text())),
        ):
            action = menu.addAction(say(words))
            action.setEnabled(enabled)
            action.triggered.connect(run)
        menu.popup(event.globalPos())

    def _paste(self) -> None:
        self.paste()
        self._regroup()


def _bare(text: str) -> str:
    """Full-width figures as plain ones, without spaces and invisible marks."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


_MOMENT = re.compile(
    r"(?:(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?[ T]*)?"
    r"(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?秒?|分)?"
)
_SOLID = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")


def read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """``14:05``, ``11-21 14:05``, ``2026-11-21 14:05:30``, ``2026年11月21日14时05分`` … as an aware time in UTC.

    A missing day is today in ``zone``, a missing year this one. Raises BadInput for anything else.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    wrong = BadInput(
        msg("{text} is not a time; type it like 14:05 or 2026-11-21 14:05:30.", text=text.strip()),
        field="time",
    )
    today = now.astimezone(zone).date()
    if solid := _SOLID.fullmatch(folded):
        parts = [int(part or 0) for part in solid.groups()]
    elif found := _MOMENT.fullmatch(folded):
        year, month, day = (found[name] for name in ("year", "month", "day"))
        on = (
            (int(year or today.year), int(month), int(day)) if month else (today.year, today.month, today.day)
        )
        parts = [*on, int(found["hour"]), int(found["minute"]), int(found["second"] or 0)]
    else:
        raise wrong
    try:
        return datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[misc, arg-type]  # six integers
    except ValueError:
        raise wrong from None


class MomentEdit(QWidget):
    """A date and time, typed as short as one likes, with a button for now; its value is aware UTC or None."""

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone = zone
        self._clock = clock or (lambda: datetime.now(UTC))
        self.line = LineEdit(longest=40)
        self.line.setPlaceholderText("2026-11-21 14:05:30")
        self.line.setAccessibleName(say(msg("Date and time")))
        self.line.editingFinished.connect(self._tidy)
        self.now = Button(msg("Now"), icon="clock", run=self.set_now)
        self.now.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.line, 1)
        row.addWidget(self.now)
        self.setFocusProxy(self.line)

    def setAccessibleName(self, name: str) -> None:
        """Of the line as well: it is what has the focus."""
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def value(self) -> datetime | None:
        """Raises BadInput for what is not a time."""
        text = self.line.text().strip()
        return read_moment(text, self._clock(), self._zone) if text else None

    def set_value(self, value: object) -> None:
        shown = value.astimezone(self._zone) if isinstance(value, datetime) else None
        self.line.setText(shown.strftime("%Y-%m-%d %H:%M:%S") if shown else "")

    def set_now(self) -> None:
        self.set_value(self._clock())

    def _tidy(self) -> None:
        try:
            self.set_value(self.value())
        except BadInput:
            # As in MoneyEdit: it stays as typed.
            return


class DateEdit(LineEdit):
    """A day as ``2026-11-21``; its value is a date or None."""

    def value(self) -> date | None:
        """Raises BadInput for what is not a day."""
        text = unicodedata.normalize("NFKC", self.text()).strip()
        if not text:
            return None
        found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text)
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            found = None
        raise BadInput(msg("{text} is not a day; type it like 2026-11-21.", text=text), field="date")

    def set_value(self, value: object) -> None:
        self.setText(value.isoformat() if isinstance(value, date) else "")


class CodeCombo(QComboBox):
    """A choice; its value is the code behind the words (None while nothing is chosen)."""

    def __init__(
        self,
        choices: Sequence[tuple[Hashable, Message]] = (),
        *,
        placeholder: Message | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices: list[tuple[Hashable, Message]] = []
        self._own_name = ""
        self._placeholder = placeholder
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.set_choices(choices)
        look().language_changed.connect(self._again)

    def set_choices(self, choices: Sequence[tuple[Hashable, Message]]) -> None:
        """Offer these; the chosen code stays chosen if it is still among them."""
        before = self.value()
        self._choices = list(choices)
        self.blockSignals(True)
        self.clear()
        self.addItems([say(words) for _, words in self._choices])
        self.setCurrentIndex(-1)
        self.set_value(before)
        self.blockSignals(False)
        if self._placeholder is not None:
            self.setPlaceholderText(say(self._placeholder))
        if self._choices and self.accessibleName() in ("", self._own_name):
            # Outside a form nobody names it; "All institutions" tells what it narrows.
            self._own_name = say(self._choices[0][1])
            self.setAccessibleName(self._own_name)

    def value(self) -> Hashable | None:
        at = self.currentIndex()
        return self._choices[at][0] if 0 <= at < len(self._choices) else None

    def set_value(self, value: object) -> None:
        codes = [code for code, _ in self._choices]
        if value in codes:
            self.setCurrentIndex(codes.index(value))
        else:
            self.setCurrentIndex(-1 if self._placeholder is not None or not codes else 0)

    def wheelEvent(self, event: QEvent) -> None:
        """A wheel over a form scrolls the form; it never changes a choice by accident."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = look().px(16)
        tone = Tone.MUTED if self.isEnabled() else Tone.NEUTRAL
        colour = look().theme.colour(tone) if self.isEnabled() else look().theme.line_strong
        image = icons.pixmap("chevron-down", colour, side, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - side - look().px(GRID), (self.height() - side) // 2, image)
        painter.end()

    def _again(self) -> None:
        for at, (_, words) in enumerate(self._choices):
            self.setItemText(at, say(words))
        if self._placeholder is not None:
            self.setPlaceholderText(say(self._placeholder))


class NoteEdit(QPlainTextEdit):
    """Several lines of plain text; Tab goes on to the next field, as everywhere in a form."""

    def __init__(
        self, *, lines: int = 3, placeholder: Message | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.composing = False
        self._lines, self._placeholder = lines, placeholder
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def value(self) -> object:
        return self.toPlainText().strip()

    def set_value(self, value: object) -> None:
        self.setPlainText("" if value is None else str(value))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.composing = False
        super().focusOutEvent(event)

    def _again(self) -> None:
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + look().px(GRID * 3))
        if self._placeholder is not None:
            self.setPlaceholderText(say(self._placeholder))
