"""Pieces of panes: words in plain text, facts, cards with an edge, big figures, and what an empty place says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from liaison_desk.core.words import Message
from liaison_desk.ui import icons
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.messages import caption, plain
from liaison_desk.ui.theme import BASE, GRID, Tone, look, say


class Text(QLabel):
    """Words in plain text that follow the language; ``role`` as in style.qss (heading, title, small, muted …)."""

    def __init__(
        self,
        message: Message | str = "",
        role: str = "",
        *,
        wrap: bool = False,
        selectable: bool = False,
        tone: Tone = Tone.NEUTRAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._message: Message | str = message
        self._tone = Tone.NEUTRAL
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        look().language_changed.connect(self._again)
        look().theme_changed.connect(self._colour)
        self._again()
        self.set_tone(tone)

    def set_tone(self, tone: Tone) -> None:
        """Colour the words; has no effect where the role has a colour of its own (small, muted, error)."""
        if tone is not self._tone:
            self._tone = tone
            self._colour()

    def _colour(self) -> None:
        colours = self.palette()
        colours.setColor(self.foregroundRole(), look().colour(self._tone))
        self.setPalette(colours)

    def set(self, message: Message | str) -> None:
        """Say this from now on; a str is shown as it is (a name, a number)."""
        self._message = message
        self._again()

    def _again(self) -> None:
        self.setText(say(self._message) if isinstance(self._message, Message) else self._message)


def section(message: Message) -> Text:
    """The small heading above a part of a pane."""
    return Text(message, "label")


@dataclass(frozen=True)
class Fact:
    """A label and its value; ``tip`` explains, ``wide`` takes the whole line."""

    label: Message
    value: Message | str
    mono: bool = False
    strong: bool = False
    tone: Tone = Tone.NEUTRAL
    tip: Message | None = None
    wide: bool = False
    second: Message | str = ""
    """Quieter words behind the value."""


def account_fact(label: Message, number: str, *, wide: bool = False) -> Fact:
    """A fact that shows an account number, grouped by four."""
    return Fact(label, grouped(number), mono=True, wide=wide)


class FactGrid(QWidget):
    """Facts in columns, label above value; values can be selected, numbers are copied without their spaces."""

    def __init__(self, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID * 2)
        self._grid.setVerticalSpacing(GRID)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self._facts: tuple[Fact, ...] = ()
        self._views: list[_FactView] = []
        look().theme_changed.connect(self._again)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        before, self._facts = self._facts, tuple(facts)
        if [_shape(fact) for fact in before] != [_shape(fact) for fact in self._facts]:
            self._again()
            return
        for old, new, view in zip(before, self._facts, self._views, strict=True):
            if old != new:
                view.show_fact(new)

    def _again(self) -> None:
        self._views = []
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        row = column = 0
        for fact in self._facts:
            if fact.wide and column:
                row, column = row + 1, 0
            self._views.append(_FactView(fact))
            self._grid.addWidget(self._views[-1], row, column, 1, self._columns if fact.wide else 1)
            column = self._columns if fact.wide else column + 1
            if column >= self._columns:
                row, column = row + 1, 0


def _shape(fact: Fact) -> tuple[bool, bool, bool]:
    """What a view of a fact is built for; everything else of it can be shown in place."""
    return fact.mono, fact.wide, bool(fact.second)


class _Value(Text):
    """A value whose selection is copied without the spaces that only group it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            QGuiApplication.clipboard().setText(self.selectedText().replace(" ", ""))
        else:
            super().keyPressEvent(event)


class _FactView(QWidget):
    def __init__(self, fact: Fact) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._label = Text(fact.label, "label")
        column.addWidget(self._label)
        self._value = (_Value if fact.mono else Text)(fact.value, wrap=not fact.mono, selectable=True)
        # The mono font is lower than the text font: values side by side stand on one line.
        self._value.setMinimumHeight(QFontMetrics(look().font(BASE)).height())
        column.addWidget(self._value)
        self._second = Text(fact.second, "small", wrap=True) if fact.second else None
        if self._second is not None:
            column.addWidget(self._second)
        column.addStretch()
        self.show_fact(fact)

    def show_fact(self, fact: Fact) -> None:
        """Another fact of the same shape in the same place."""
        self._label.set(fact.label)
        self._value.set(fact.value)
        self._value.set_tone(fact.tone)
        self._value.setFont(look().font(BASE, bold=fact.strong, mono=fact.mono))
        self._value.setToolTip(plain(say(fact.tip)) if fact.tip is not None else "")
        if self._second is not None:
            self._second.set(fact.second)


class Card(QFrame):
    """A frame with an edge in a tone; clicking or Return says ``chosen``."""

    chosen = Signal()

    def __init__(self, tone: Tone | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setProperty("surface", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.body = QVBoxLayout(self)
        left = GRID + GRID // 2 + (GRID // 2 if tone is not None else 0)
        self.body.setContentsMargins(left, GRID, GRID + GRID // 2, GRID)
        self.body.setSpacing(2)
        look().theme_changed.connect(self.update)

    def set_tone(self, tone: Tone | None) -> None:
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now, radius = look(), look().px(6)
        if self._tone is not None:
            outline = QPainterPath()
            outline.addRoundedRect(QRectF(self.rect()), radius, radius)
            painter.setClipPath(outline)
            painter.fillRect(QRect(0, 0, now.px(4), self.height()), now.colour(self._tone))
            painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class ChoiceCard(Card):
    """One way to begin: icon, what it is, what it means."""

    def __init__(self, icon: str, title: Message, words: Message) -> None:
        super().__init__()
        self._icon = icon
        self._picture = QLabel()
        row = QHBoxLayout()
        row.setSpacing(GRID * 2)
        row.addWidget(self._picture)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(Text(title, "title"))
        column.addWidget(Text(words, "muted", wrap=True))
        row.addLayout(column, 1)
        self.body.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        self.body.addLayout(row)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title = title
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def _again(self) -> None:
        now = look()
        self._picture.setPixmap(
            icons.pixmap(self._icon, now.theme.accent, now.px(28), self.devicePixelRatioF())
        )
        self.setAccessibleName(say(self._title))


class Figure(QWidget):
    """A label and a big figure; with ``open`` it is a way to the list behind the number."""

    def __init__(
        self,
        label: Message,
        value: str = "",
        *,
        open: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = open
        self._value = Text(value, "figure")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Text(label, "label"))
        column.addWidget(self._value)
        if open is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_value(self, value: str) -> None:
        self._value.set(value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._open is not None:
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._open is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)


class EmptyState(QWidget):
    """What an empty table says: what belongs here, and the first step."""

    def __init__(
        self,
        icon: str,
        title: Message,
        hint: Message | None = None,
        *,
        step: Message | None = None,
        start: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._title_said, self._hint_said, self._step_said = icon, title, hint, step
        self._picture, self.title, self.hint = QLabel(), QLabel(), QLabel()
        self.title.setProperty("role", "title")
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        if start is not None:
            self.button.clicked.connect(lambda: start())
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch(2)
        for label in (self._picture, self.title, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(GRID)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def _again(self) -> None:
        now = look()
        size, ratio = now.px(40), self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap(self._icon, now.theme.line_strong, size, ratio))
        self.title.setText(say(self._title_said))
        self.hint.setText(say(self._hint_said) if self._hint_said else "")
        self.hint.setVisible(self._hint_said is not None)
        self.button.setText(caption(say(self._step_said)) if self._step_said else "")
        self.button.setVisible(self._step_said is not None)


def rule() -> QFrame:
    """A thin line between parts."""
    line = QFrame()
    line.setProperty("surface", "line")
    line.setFixedHeight(1)
    return line
