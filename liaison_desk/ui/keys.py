"""The one table of what can be done here and by which key: shortcuts, palette and the help on keys read it.

A page's actions stand before the window's where both want the same key. A single letter is a shortcut only
while no text field has the focus, so that nobody claims a request by typing a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.words import Message, msg
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text, section
from liaison_desk.ui.chips import KeyCap
from liaison_desk.ui.palette import Entry
from liaison_desk.ui.theme import GRID, look, say


def types_text(widget: QWidget | None) -> bool:
    """Whether that widget takes letters as text."""
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QAbstractSpinBox)


def is_letter(keys: str) -> bool:
    """Whether the shortcut is one bare letter, digit or sign."""
    return len(keys) == 1


def shown_keys(keys: str) -> str:
    """``Ctrl+Shift+S`` as it is painted on a key cap."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")


class ActionTable(QObject):
    """Gives the keys of the present actions to one widget's window."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._window: list[ActionSpec] = []
        self._page: list[ActionSpec] = []
        self._made: dict[str, QAction] = {}
        self._by_keys: dict[str, ActionSpec] = {}

    def offer(self, window: Sequence[ActionSpec], page: Sequence[ActionSpec]) -> None:
        """From now on these can be done."""
        self._window, self._page = list(window), list(page)
        self._by_keys = {}
        for spec in (*self._page, *self._window):
            if spec.keys:
                self._by_keys.setdefault(spec.keys, spec)
        for keys in self._made.keys() - self._by_keys.keys():
            action = self._made.pop(keys)
            self._host.removeAction(action)
            action.deleteLater()
        for keys, spec in self._by_keys.items():
            # What stays keeps its action: this is asked with every change of the selection.
            if keys not in self._made:
                self._made[keys] = self._action(keys)
            self._made[keys].setObjectName(spec.name)

    def _action(self, keys: str) -> QAction:
        action = QAction(self._host)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        action.triggered.connect(lambda _=False: self.run(self._by_keys[keys]))
        self._host.addAction(action)
        return action

    def run(self, spec: ActionSpec) -> bool:
        """Do it if it is possible now; says whether it was done."""
        if is_letter(spec.keys) and types_text(QApplication.focusWidget()):
            return False
        if not spec.enabled():
            return False
        spec.run()
        return True

    @property
    def specs(self) -> list[ActionSpec]:
        return [*self._page, *self._window]

    def find(self, name: str) -> ActionSpec | None:
        return next((spec for spec in self.specs if spec.name == name), None)

    def groups(self) -> list[tuple[Message, list[ActionSpec]]]:
        """For the help on keys: what the place offers, what the window offers."""
        return [(msg("Here"), list(self._page)), (msg("Everywhere"), list(self._window))]

    def entries(self) -> list[Entry]:
        """For the palette, what cannot be done now with the reason."""
        found = []
        for spec in self.specs:
            enabled = spec.enabled()
            found.append(
                Entry(
                    spec.title,
                    spec.run,
                    hint=shown_keys(spec.keys) if spec.keys else "",
                    icon=spec.icon or "chevron-right",
                    detail=None if enabled else spec.why_not(),
                    enabled=enabled,
                )
            )
        return found


FIXED: tuple[tuple[Message, tuple[tuple[str, Message], ...]], ...] = (
    (
        msg("Lists"),
        (
            ("↑ ↓", msg("One row up or down")),
            ("⏎", msg("Open the row")),
            ("Ctrl A", msg("Select all")),
            ("Ctrl C", msg("Copy the rows")),
            ("Ctrl Shift C", msg("Copy with the heads")),
            ("Alt ↓", msg("Filter of the column")),
        ),
    ),
    (
        msg("Forms"),
        (("Tab", msg("Next field")), ("Ctrl ⏎", msg("Save")), ("Esc", msg("Close without saving"))),
    ),
    (
        msg("New case"),
        (
            ("⏎", msg("Next field, after the last one more payment")),
            ("Alt V", msg("Paste and read")),
            ("Alt P", msg("Put the ticked ones into the form")),
            ("Alt F", msg("Add a phone")),
        ),
    ),
    (
        msg("Wide screen"),
        (("F8", msg("While held: own data in full, where the office masks it")),),
    ),
    (
        msg("Import cases"),
        (("Ctrl O", msg("Choose a file…")), ("Alt T", msg("Save the template…"))),
    ),
)
"""Keys inside lists, forms and dialogs, and one that is held; none is an action of the window."""


class KeysHelp(QDialog):
    """F1: every action there is now, with its key; those without one are found in the palette."""

    def __init__(
        self,
        groups: Sequence[tuple[Message, Sequence[ActionSpec]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Keys")))
        inner = QWidget()
        columns = QHBoxLayout(inner)
        columns.setSpacing(GRID * 5)
        columns.setContentsMargins(0, 0, GRID, 0)
        left, right = self._column(), self._column()
        for number, (title, specs) in enumerate(groups):
            lines = [(shown_keys(spec.keys), spec.title) for spec in specs if spec.keys]
            if lines:
                self._group(left if number == 0 else right, title, lines)
        unkeyed = [spec for _, specs in groups for spec in specs if not spec.keys]
        if unkeyed:
            palette = [(shown_keys("Ctrl+K"), spec.title) for spec in unkeyed]
            self._group(left, msg("Without a key of their own: by the palette"), palette)
        left.addStretch()
        for title, keys in FIXED:
            self._group(right, title, list(keys))
        right.addStretch()
        columns.addLayout(left)
        columns.addLayout(right)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.setAccessibleName(say(msg("Keys")))
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("Keys"), "heading"))
        column.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.addStretch()
        close = Button(msg("Close"), run=self.accept)
        close.setAutoDefault(False)
        foot.addWidget(close)
        column.addLayout(foot)
        self.resize(look().px(720), look().px(560))

    @staticmethod
    def _column() -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(GRID)
        return column

    @staticmethod
    def _group(column: QVBoxLayout, title: Message, lines: Sequence[tuple[str, Message]]) -> None:
        column.addWidget(section(title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID // 2)
        for row, (keys, words) in enumerate(lines):
            grid.addWidget(KeyCap(keys), row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(Text(words), row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addSpacing(GRID)
