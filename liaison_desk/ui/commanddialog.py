"""A dialog that collects one command, hands it to the door and stays, with all that was typed, until it is done.

What the door refuses is said at the field it is about; somebody who was faster is named on top.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput, Conflict, DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.work import Command
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.conflict import Merge, resolve
from liaison_desk.ui.context import Context
from liaison_desk.ui.forms import Field, Form, composing_in
from liaison_desk.ui.theme import GRID, Tone, look, say
from liaison_desk.ui.undo import Offers, announce, offers_for


class CommandDialog(QDialog):
    """Base of the dialogs: heading, ``body``, a line for general errors, and the deed by Ctrl+Return.

    A subclass fills ``body`` and gives ``command``. It is opened with ``open()`` and deletes itself.
    """

    carried_out = Signal(object)
    """The command's result, after the door has done it."""

    def __init__(
        self,
        context: Context,
        title: Message,
        deed: Message,
        parent: QWidget | None = None,
        *,
        width: int = 440,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._title = title
        self._busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = Form()
        self.form.submitted.connect(self.submit)
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID + GRID // 2)
        self.heading = Text(title, "heading", wrap=True)
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        self.deed = Button(deed, kind="primary", keys="Ctrl ⏎", run=self.submit)
        self.stay = Button(msg("Cancel"), run=self.reject)
        for button in (self.deed, self.stay):
            # Return in a field is the form's business, not that of a default button.
            button.setAutoDefault(False)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(GRID)
        self.foot.addStretch()
        self.foot.addWidget(self.stay)
        self.foot.addWidget(self.deed)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.heading)
        column.addLayout(self.body, 1)
        column.addWidget(self._wrong)
        column.addLayout(self.foot)
        self.setMinimumWidth(look().px(width))
        look().language_changed.connect(self._name)
        self._name()

    def command(self) -> Command[Any]:
        """What the fields say, as a command; raises BadInput."""
        raise NotImplementedError

    def said(self, result: Any) -> Message | None:
        """What to announce when it is done."""
        return None

    def fields(self) -> dict[str, QWidget]:
        """Editors outside ``form`` that an error may be about, by the names the door uses."""
        return {}

    def submit(self) -> None:
        """Hand the command to the door, unless an input method is composing or it is already on its way."""
        if self._busy or composing_in(QApplication.focusWidget()):
            return
        self.clear_errors()
        try:
            command = self.command()
        except BadInput as error:
            self.show_error(error)
            return
        self._set_busy(True)
        desk = self.context.desk

        def work() -> tuple[Any, Offers]:
            return desk.do(command), offers_for(desk, [command])

        self.context.background.do(work, self._done, failed=self._failed, owner=self)

    def show_error(self, error: DeskError) -> None:
        """Say it at its field, or on the general line."""
        field = error.field or ""
        if field in self.form.fields:
            self.form.show_error(error)
            return
        editor = self.fields().get(field)
        if editor is not None:
            mark_wrong(editor, True)
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wrong.set(error.message)
        self._wrong.show()

    def clear_errors(self) -> None:
        self.form.clear_errors()
        self._wrong.hide()
        for editor in self.fields().values():
            mark_wrong(editor, False)

    @property
    def error(self) -> str:
        """The general error as it is shown."""
        return self._wrong.text() if not self._wrong.isHidden() else ""

    def showEvent(self, event: QShowEvent) -> None:
        for button in self.findChildren(QPushButton):
            # Else the first button would take every Return, and be painted as the deed.
            button.setAutoDefault(False)
            button.setDefault(False)
        if isinstance(self.focusWidget(), QPushButton | None):
            first = next((field for field in self.form.fields.values() if not field.isHidden()), None)
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
        super().showEvent(event)

    def _done(self, answer: tuple[Any, Offers]) -> None:
        result, offers = answer
        self._set_busy(False)
        sentence = self.said(result)
        self.carried_out.emit(result)
        self.accept()
        if sentence is not None:
            announce(self.context, sentence, offers)

    def merge(self) -> Merge | None:
        """How its fields are laid beside those of whoever was faster; None: the error is only said."""
        return None

    def _failed(self, error: DeskError) -> None:
        self._set_busy(False)
        self.show_error(error)
        merge = self.merge() if isinstance(error, Conflict) else None
        if merge is not None and isinstance(error, Conflict) and error.about is not None:
            resolve(self, error.about, merge)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.deed.setEnabled(not busy)

    def _name(self) -> None:
        self.setWindowTitle(say(self._title))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Plain Return never closes a dialog with half of it typed.
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
            event.accept()
            return
        super().keyPressEvent(event)


class FieldGrid(QWidget):
    """Fields of a form in two columns, for dialogs that must fit a low screen; ``wide`` ones take a whole line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID + GRID // 2)
        self._grid.setVerticalSpacing(GRID)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)

    def place(self, fields: Sequence[Field], wide: Collection[str] = ()) -> None:
        """Show exactly these, in this order; the tab order follows them."""
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None and old not in fields:
                old.hide()
        row = column = 0
        for field in fields:
            whole = field.name in wide
            if whole and column:
                row, column = row + 1, 0
            self._grid.addWidget(field, row, column, 1, 2 if whole else 1, Qt.AlignmentFlag.AlignTop)
            field.show()
            column = 2 if whole else column + 1
            if column >= 2:
                row, column = row + 1, 0
        in_order([field.editor for field in fields])
        self._grid.setRowStretch(row + 1, 1)


def in_order(widgets: Sequence[QWidget]) -> None:
    """Let Tab go along these. A widget made of several stands for the one that takes its focus."""
    typed = [widget.focusProxy() or widget for widget in widgets]
    for first, second in pairwise(typed):
        QWidget.setTabOrder(first, second)


def mark_wrong(editor: QWidget, wrong: bool) -> None:
    """Put the frame of an error round an editor, or take it off."""
    if bool(editor.property("wrong")) != wrong:
        editor.setProperty("wrong", wrong)
        editor.style().unpolish(editor)
        editor.style().polish(editor)


def hint(message: Message | str = "", tone: Tone = Tone.MUTED) -> Text:
    """A quiet line of words in a dialog."""
    made = Text(message, wrap=True, tone=tone)
    made.setFont(look().font(12))
    return made


Opened = Callable[[CommandDialog], None]
"""What to do with a dialog that was made; pages open it, tests look at it."""
