"""A button that is only an icon, where there is no room for words; the tip and the screen reader say them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from liaison_desk.core.words import Message
from liaison_desk.ui import icons
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import Tone, look, say


class IconButton(QToolButton):
    """``keys`` is only told in the tip: the shortcut itself stands in the window's list of actions."""

    def __init__(
        self,
        message: Message,
        icon: str,
        run: Callable[[], object],
        *,
        keys: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._message, self._mark, self._keys = message, icon, keys
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.clicked.connect(lambda: run())
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def _again(self) -> None:
        now, words = look(), say(self._message)
        self.setIcon(icons.icon(self._mark, Tone.MUTED))
        self.setIconSize(QSize(now.px(16), now.px(16)))
        self.setFixedSize(now.px(32), now.px(32))
        self.setAccessibleName(words)
        self.setToolTip(plain(f"{words} ({self._keys})" if self._keys else words))
