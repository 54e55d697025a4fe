"""The little window below the head of a column: order, a range or a part of the text, and values to be ticked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.columnvalues import ColumnValues
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text, rule
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.columns import Column, Filtering
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo, LineEdit, MomentEdit, MoneyEdit
from liaison_desk.ui.forms import composing_in
from liaison_desk.ui.theme import GRID, look, say

SECOND = 1_000_000
"""Moments are microseconds to the query."""
READ = Callable[[str, Callable[[ColumnValues], None]], None]
"""Reads the values of the column that contain these words, and hands them over."""
TICKED = (Filtering.VALUES, Filtering.WORDS, Filtering.MONEY, Filtering.NUMBER)
WIDE = 300
LIST_HEIGHT, LIST_MOST = 208, 300
"""Pixels: the list grows with the text, but the window fits on a low screen."""


class FilterPopup(QFrame):
    """Opens below a head; ``chosen`` says the new filter of the column (None: no longer any)."""

    chosen = Signal(object)
    sorted = Signal(bool)
    """Whether descending."""

    def __init__(
        self,
        column: Column[Any],
        present: ColumnFilter | None,
        context: Context,
        read: READ,
        parent: QWidget,
        *,
        note: Message | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "menu")
        self.setFrameShape(QFrame.Shape.Box)
        self.column, self._context, self._read = column, context, read
        self._present = present or ColumnFilter(column.sort)
        self._ticked = set(self._present.values)
        self._found: ColumnValues | None = None
        self.how = CodeCombo(
            [
                ("contains", msg("Contains")),
                ("begins", msg("Begins with")),
                ("equals", msg("Is exactly")),
            ]
        )
        self.words = LineEdit()
        self.least, self.most = self._edges()
        self.days = FilterBar()
        self.values = QListWidget()
        self.values.setObjectName("ticks")
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        self._more = Text("", "small", wrap=True)
        self._more.hide()
        self._lay_out(note)
        self._fill()
        for widget in self.findChildren(QWidget):
            widget.installEventFilter(self)
        if column.filter in TICKED:
            self.words.textChanged.connect(lambda _: self._ask())
            self._ask()

    # What it says ----------------------------------------------------------------------------------

    def filter(self) -> ColumnFilter:
        """What is typed and ticked; raises BadInput for what is no number or time."""
        least, most = self._edge(self.least), self._edge(self.most)
        if most is not None and isinstance(self.most, MomentEdit):
            # Up to and with the second that was typed.
            most += SECOND - 1
        chosen = next((key for key in self.days.chosen if key.isdigit()), "0")
        words = str(self.words.value()) if self.column.filter is Filtering.WORDS else ""
        return ColumnFilter(
            self.column.sort,
            values=frozenset(self._ticked),
            words="" if self._ticked else words,
            how=self.how.value(),  # type: ignore[arg-type]  # one of the three above
            least=least,
            most=most,
            days=int(chosen) if self.column.filter is Filtering.PAST else 0,
        )

    def apply(self) -> None:
        try:
            wanted = self.filter()
        except BadInput as error:
            self._wrong.set(error.message)
            self._wrong.show()
            return
        self.close()
        self.chosen.emit(wanted if wanted.narrows else None)

    def clear(self) -> None:
        self.close()
        self.chosen.emit(None)

    def open_at(self, place: QPoint, room: int) -> None:
        """Below the head; ``room``: the right edge of the screen, in global pixels."""
        self.adjustSize()
        self.move(min(place.x(), max(room - self.width(), 0)), place.y())
        self.show()
        first: QWidget = self.values
        if self.column.filter is Filtering.WORDS:
            first = self.words
        elif self.column.filter in (Filtering.PAST, Filtering.MOMENT) and isinstance(self.least, MomentEdit):
            first = self.least.line
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    # Parts -----------------------------------------------------------------------------------------

    def _edges(self) -> tuple[QWidget, QWidget]:
        kind = self.column.filter
        if kind is Filtering.MONEY:
            return MoneyEdit(), MoneyEdit()
        if kind in (Filtering.PAST, Filtering.MOMENT):
            zone, now = self._context.zone, self._context.now
            return MomentEdit(zone, now), MomentEdit(zone, now)
        return LineEdit(longest=18), LineEdit(longest=18)

    def _edge(self, editor: QWidget) -> int | None:
        if isinstance(editor, MoneyEdit):
            return editor.value()
        if isinstance(editor, MomentEdit):
            moment = editor.value()
            return None if moment is None else _micros(moment)
        if self.column.filter is not Filtering.NUMBER or not isinstance(editor, LineEdit):
            return None
        text = editor.text().strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise BadInput(msg("{text} is not a whole number.", text=text))
        return int(text)

    def _lay_out(self, note: Message | None) -> None:
        kind = self.column.filter
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID + 4)
        column.setSpacing(GRID)
        self.setMinimumWidth(look().px(WIDE))
        order = QHBoxLayout()
        order.setSpacing(GRID // 2)
        up = Button(msg("Sort upwards"), icon="chevron-up", kind="quiet", run=lambda: self._sort(False))
        down = Button(msg("Sort downwards"), icon="chevron-down", kind="quiet", run=lambda: self._sort(True))
        order.addWidget(up)
        order.addWidget(down)
        order.addStretch()
        column.addWidget(Text(self.column.title, "title"))
        column.addLayout(order)
        column.addWidget(rule())
        if kind is Filtering.PAST:
            self.days.set_filters(
                [
                    Filter("any", msg("Any time")),
                    Filter("1", msg("Today")),
                    Filter("7", msg("7 days")),
                    Filter("30", msg("30 days")),
                ]
            )
            column.addWidget(self.days)
        if kind in (Filtering.PAST, Filtering.MOMENT, Filtering.MONEY, Filtering.NUMBER):
            self._lay_range(column)
        if kind in TICKED:
            typed = QHBoxLayout()
            typed.setSpacing(GRID // 2)
            if kind is Filtering.WORDS:
                typed.addWidget(self.how)
            self.words.setPlaceholderText(say(msg("Part of the text")))
            self.words.setAccessibleName(say(msg("Part of the text")))
            typed.addWidget(self.words, 1)
            if kind in (Filtering.WORDS, Filtering.VALUES):
                column.addLayout(typed)
            self.values.setAccessibleName(say(msg("Only these values")))
            self.values.setFixedHeight(min(look().px(LIST_HEIGHT), LIST_MOST))
            self.values.itemChanged.connect(self._tick)
            column.addWidget(Text(msg("Only these values"), "label"))
            column.addWidget(self.values)
            column.addWidget(self._more)
        if note is not None:
            column.addWidget(Text(note, "small", wrap=True))
        column.addWidget(self._wrong)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        self.clear_button = Button(msg("No filter"), icon="x", run=self.clear)
        self.clear_button.setEnabled(self._present.narrows)
        foot.addWidget(self.clear_button)
        foot.addStretch()
        foot.addWidget(Button(msg("Apply"), kind="primary", keys="⏎", run=self.apply))
        column.addLayout(foot)

    def _lay_range(self, column: QVBoxLayout) -> None:
        for words, editor in ((msg("From"), self.least), (msg("To"), self.most)):
            line = QHBoxLayout()
            line.setSpacing(GRID)
            label = Text(words, "label")
            label.setMinimumWidth(look().px(28))
            editor.setAccessibleName(say(words))
            line.addWidget(label)
            line.addWidget(editor, 1)
            column.addLayout(line)

    def _fill(self) -> None:
        present = self._present
        self.how.set_value(present.how)
        self.words.setText(present.words)
        if present.days:
            self.days.choose(str(present.days))
        for editor, edge in ((self.least, present.least), (self.most, present.most)):
            if edge is None:
                continue
            if isinstance(editor, MomentEdit):
                editor.set_value(datetime.fromtimestamp(edge // SECOND, self._context.zone))
            elif isinstance(editor, MoneyEdit | LineEdit):
                editor.set_value(edge)

    # Values ----------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.words.composing:
            return
        if self.column.filter is Filtering.VALUES and self._found is not None:
            # A closed list: what is typed is looked for among the names, which only this window knows.
            self._show(self._found)
        else:
            closed = self.column.filter is Filtering.VALUES
            self._read("" if closed else str(self.words.value()), self._show)

    def _show(self, found: ColumnValues) -> None:
        self._found = found
        typed = str(self.words.value()).lower() if self.column.filter is Filtering.VALUES else ""
        self.values.blockSignals(True)
        self.values.clear()
        listed = {
            value.value: value.count
            for value in found.values
            if not typed or typed in self.named(value.value).lower()
        }
        # What is ticked stays in sight, also when the words no longer name it.
        for value in [*(kept for kept in sorted(self._ticked) if kept not in listed), *listed]:
            count = listed.get(value)
            words = self.named(value)
            item = QListWidgetItem(words if count is None else f"{words}  ·  {count:,}")
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = value in self._ticked
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.values.addItem(item)
        self.values.setCurrentRow(0)
        self.values.blockSignals(False)
        self._more.setVisible(not found.complete)
        self._more.set(msg("There are more values: type a part of one."))

    def named(self, value: str) -> str:
        """A value in the window's language."""
        if not value:
            return say(msg("(nothing)"))
        if self.column.filter is Filtering.MONEY and value.lstrip("-").isdigit():
            return yuan(int(value))
        return self.column.named(value) if self.column.named is not None else value

    def tick(self, *values: str) -> None:
        """Tick these, as a click on each does."""
        for place in range(self.values.count()):
            item = self.values.item(place)
            if item.data(Qt.ItemDataRole.UserRole) in values:
                item.setCheckState(Qt.CheckState.Checked)

    def _tick(self, item: QListWidgetItem) -> None:
        value = str(item.data(Qt.ItemDataRole.UserRole))
        if item.checkState() is Qt.CheckState.Checked:
            self._ticked.add(value)
        else:
            self._ticked.discard(value)

    def _sort(self, descending: bool) -> None:
        self.close()
        self.sorted.emit(descending)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return anywhere takes what is typed and ticked, unless it chooses a word or presses a button."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and isinstance(watched, QWidget)
            and not isinstance(watched, Button)
            and not composing_in(watched)
        ):
            self.apply()
            return True
        return False


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND
