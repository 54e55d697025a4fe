"""Building blocks of forms: one column, label above, error below; the first error is focused and named.

Nothing is submitted while an input method is composing: a Return that chooses a Chinese word is not a
Return that sends the form.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.editors import Editor
from liaison_desk.ui.theme import GRID, look, say


class Field(QWidget):
    """Label above, editor, and below it what is wrong (or a hint)."""

    def __init__(
        self,
        name: str,
        label: Message,
        editor: QWidget,
        *,
        hint: Message | None = None,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name, self.label, self.editor, self.required = name, label, editor, required
        self._hint = hint
        self._error: Message | None = None
        self._label, self._below = QLabel(), QLabel()
        self._label.setProperty("role", "label")
        self._below.setWordWrap(True)
        for words in (self._label, self._below):
            words.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._label)
        column.addWidget(editor)
        column.addWidget(self._below)
        self.setFocusProxy(editor)
        look().language_changed.connect(self._again)
        self._again()

    def value(self) -> object:
        """The editor's value; raises BadInput that names this field, also when a required one is empty."""
        reader = cast(Editor, self.editor)
        try:
            value = reader.value()
        except BadInput as error:
            raise BadInput(error.message, field=self.name) from error
        if self.required and value in (None, ""):
            raise BadInput(msg("“{field}” is empty; fill it in.", field=self.label), field=self.name)
        return value

    def set_value(self, value: object) -> None:
        writer = cast(Editor, self.editor)
        writer.set_value(value)

    @property
    def error(self) -> str:
        return say(self._error) if self._error is not None else ""

    def set_error(self, error: Message | None) -> None:
        """Say what is wrong below the editor; None clears it."""
        self._error = error
        for widget in (self.editor, *self.editor.findChildren(QLineEdit)):
            widget.setProperty("wrong", error is not None)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._again()

    def _again(self) -> None:
        self._label.setText(say(self.label) + (" *" if self.required else ""))
        said = self._error or self._hint
        self._below.setProperty("role", "error" if self._error is not None else "small")
        self._below.style().unpolish(self._below)
        self._below.style().polish(self._below)
        self._below.setText(say(said) if said is not None else "")
        self._below.setVisible(said is not None)
        self.editor.setAccessibleName(say(self.label))
        self.editor.setAccessibleDescription(say(said) if said is not None else "")


def composing_in(widget: QWidget | None) -> bool:
    """Whether an input method is composing in that editor."""
    return bool(getattr(widget, "composing", False))


class Form(QWidget):
    """Fields in one column. Return in a single line, or Ctrl+Return anywhere, says ``submitted``."""

    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self._general = QLabel()
        self._general.setTextFormat(Qt.TextFormat.PlainText)
        self._general.setWordWrap(True)
        self._general.setProperty("role", "error")
        self._general.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID + GRID // 2)
        self._column.addWidget(self._general)
        self._column.addStretch()

    def add(self, field: Field) -> Field:
        """Add a field below the others."""
        self.fields[field.name] = field
        self._column.insertWidget(self._column.count() - 1, field)
        for widget in (field.editor, *field.editor.findChildren(QLineEdit)):
            widget.installEventFilter(self)
        return field

    def add_widget(self, widget: QWidget) -> None:
        """Add something that is no field (a heading, a line of words)."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def values(self) -> dict[str, object]:
        """All values by name. Marks every wrong field, then raises the first BadInput."""
        self.clear_errors()
        found: dict[str, object] = {}
        first: BadInput | None = None
        for name, field in self.fields.items():
            try:
                found[name] = field.value()
            except BadInput as error:
                field.set_error(error.message)
                first = first or error
        if first is not None:
            raise first
        return found

    def collect(self) -> dict[str, object] | None:
        """``values``, or None after the first error has been shown and focused."""
        try:
            return self.values()
        except BadInput as error:
            self.show_error(error)
            return None

    def set_values(self, **values: object) -> None:
        for name, value in values.items():
            self.fields[name].set_value(value)

    def show_error(self, error: DeskError) -> None:
        """Say the error at the field it is about and go there; an error about no field stands on top."""
        field = self.fields.get(error.field or "")
        if field is None:
            self._general.setText(say(error.message))
            self._general.show()
            return
        field.set_error(error.message)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field.editor, QLineEdit):
            field.editor.selectAll()

    def clear_errors(self) -> None:
        self._general.hide()
        for field in self.fields.values():
            if field.error:
                field.set_error(None)

    def submit(self) -> None:
        """Say ``submitted``, unless an input method is composing in one of the fields."""
        editors = [f.editor for f in self.fields.values()]
        inner = [line for editor in editors for line in editor.findChildren(QLineEdit)]
        if not any(composing_in(widget) for widget in (*editors, *inner)):
            self.submitted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if isinstance(watched, QWidget) and composing_in(watched):
            # Return belongs to the input method: neither a form nor a dialog's default button may have it.
            return True
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control or isinstance(watched, QLineEdit):
            self.submit()
            return True
        return False
