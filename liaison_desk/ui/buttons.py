"""Buttons with icon, words and the keys of their shortcut."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from liaison_desk.core.words import Message
from liaison_desk.ui import icons
from liaison_desk.ui.chips import cap_width, paint_cap
from liaison_desk.ui.messages import caption
from liaison_desk.ui.theme import GRID, look, say


class Button(QPushButton):
    """A button with icon, words and the keys of its shortcut; ``kind`` is primary, plain or quiet.

    ``keys`` is only shown: the shortcut itself stands in the window's list of actions.
    """

    def __init__(
        self,
        message: Message,
        *,
        icon: str = "",
        keys: str = "",
        kind: str = "plain",
        run: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._message, self._mark, self._keys, self._kind = message, icon, keys, kind
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        if run is not None:
            self.clicked.connect(lambda: run())
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def press_by(self, keys: str) -> None:
        """The keys that press it at once while its window is in front and it is enabled.

        Qt's own shortcut of a button presses it a tenth of a second later and is forgotten with each new text.
        """
        QShortcut(QKeySequence(keys), self).activated.connect(self._pressed_by_keys)

    def _pressed_by_keys(self) -> None:
        if self.isEnabled() and self.isVisible():
            self.click()

    def set_message(self, message: Message) -> None:
        self._message = message
        self._again()

    def set_icon(self, icon: str) -> None:
        self._mark = icon
        self._again()

    def _again(self) -> None:
        self.setText(caption(say(self._message)))
        self.setAccessibleName(say(self._message))
        self.updateGeometry()
        self.update()

    def _content_width(self) -> int:
        now = look()
        width = self.fontMetrics().horizontalAdvance(say(self._message))
        width += now.px(16) + now.px(6) if self._mark else 0
        return width + (now.px(GRID) + cap_width(self._keys) if self._keys else 0)

    def sizeHint(self) -> QSize:
        return QSize(self._content_width() + look().px(GRID * 4), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        primary = self._kind == "primary" or self.isDefault()
        if not self.isEnabled():
            fore, edge = theme.faint, theme.line_strong
        elif primary:
            fore, edge = theme.on_accent, theme.on_accent
        elif self._kind == "quiet":
            fore, edge = theme.accent, theme.accent
        else:
            fore, edge = theme.text, theme.line_strong
        left = (self.width() - self._content_width()) // 2
        if self._mark:
            side = now.px(16)
            image = icons.pixmap(self._mark, fore, side, self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - side) // 2, image)
            left += side + now.px(6)
        painter.setFont(self.font())
        painter.setPen(QColor(fore))
        words = say(self._message)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), flags, words)
        if self._keys:
            left += self.fontMetrics().horizontalAdvance(words) + now.px(GRID)
            caps = QRect(left, 0, self.width() - left, self.height())
            paint_cap(painter, caps, self._keys, fore if primary else theme.muted, edge)
        painter.end()
