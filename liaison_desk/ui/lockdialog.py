"""The sign-in that stands over the covered window while it is locked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from liaison_desk.ui.signin import PRODUCT, SignIn
from liaison_desk.ui.theme import look, say


class LockDialog(QDialog):
    """Stands over the covered window; only a sign-in ends it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Over every dialog that was open, also one that waits for its answer.
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setWindowFlag(Qt.WindowType.WindowCloseButtonHint, False)
        self.sign_in = SignIn(tools=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sign_in)
        self.setWindowTitle(say(PRODUCT))
        self.resize(look().px(520), look().px(480))

    def reject(self) -> None:
        """Escape does not open a locked window."""

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
