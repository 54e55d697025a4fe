"""The editor for where an office is: a file or a server's address, typed or chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from liaison_desk.core.words import msg
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.theme import GRID, say


class PlaceEdit(QWidget):
    """A file or a server's address, typed or chosen."""

    def __init__(self, *, new: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._new = new
        self.line = LineEdit(longest=500)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.line, 1)
        row.addWidget(Button(msg("Choose…"), run=self._choose))
        self.setFocusProxy(self.line)

    def value(self) -> object:
        return self.line.value()

    def set_value(self, value: object) -> None:
        self.line.set_value(value)

    def _choose(self) -> None:
        kinds = f"{say(msg('Office databases'))} (*.db);;{say(msg('All files'))} (*)"
        ask = QFileDialog.getSaveFileName if self._new else QFileDialog.getOpenFileName
        chosen, _ = ask(self, say(msg("Place of the office")), self.line.text(), kinds)
        if chosen:
            self.line.setText(chosen)
