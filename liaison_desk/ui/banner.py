"""The line under the top bar while something stands in the way of work, such as a database that is away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.ui import icons
from liaison_desk.ui.cards import Text
from liaison_desk.ui.theme import GRID, SMALL, Tone, look


class Banner(QFrame):
    """One line under the top bar while something stands in the way; it goes by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._mark = QLabel()
        self.words = Text("", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID, GRID * 2, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        look().theme_changed.connect(self._again)
        self._again()
        self.hide()

    def tell(self, error: DeskError | None) -> None:
        """Say what stands in the way; None: it is over."""
        if error is not None:
            self.words.set(error.message)
        self.setVisible(error is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(look().theme.tints[Tone.SOON].back))
        painter.end()

    def _again(self) -> None:
        now = look()
        self._mark.setPixmap(
            icons.pixmap("triangle-alert", now.theme.soon, now.px(18), self.devicePixelRatioF())
        )
        self.words.set_tone(Tone.SOON)
        self.words.setFont(now.font(SMALL + 1, bold=True))
