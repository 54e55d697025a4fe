"""The person's menu at the top: changing the person, password, language, colours, text size, leaving."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.settings import UserSettings
from liaison_desk.ui.keys import ActionTable
from liaison_desk.ui.messages import caption
from liaison_desk.ui.signin import LANGUAGE_NAMES, THEME_WORDS
from liaison_desk.ui.theme import look, say

SCALES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""Sizes of text that are offered."""


def next_scale(by: int) -> float:
    """The size that many steps larger (or, below nought, smaller) than the present one."""
    nearest = min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - look().scale))
    return SCALES[min(max(nearest + by, 0), len(SCALES) - 1)]


class PersonMenu(QMenu):
    """Made anew each time it opens; it goes by itself."""

    wanted = Signal(str, object)
    """The name of a user setting, and its new value."""

    def __init__(self, actions: ActionTable, settings: UserSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = actions
        for name in ("switch", "lock", "password"):
            self._offer(name)
        self.addSeparator()
        languages = [(code, words) for code, words in LANGUAGE_NAMES.items()]
        self._choices(msg("Language"), "language", languages, look().say.language)
        themes = [(name, words) for name, (words, _) in THEME_WORDS.items()]
        self._choices(msg("Colours"), "theme", themes, look().theme.name)
        sizes = [(scale, Message(f"{round(scale * 100)} %")) for scale in SCALES]
        self._choices(msg("Text size"), "scale", sizes, look().scale)
        rows = [(False, msg("Roomy")), (True, msg("Compact"))]
        self._choices(msg("Rows"), "compact", rows, look().compact)
        sounds = [(True, msg("On")), (False, msg("Off"))]
        self._choices(msg("Sound for new work"), "sound", sounds, settings.sound)
        self._offer("notifications")
        self.addSeparator()
        for name in ("keys", "sign-out"):
            self._offer(name)

    def _offer(self, name: str) -> None:
        spec = self._actions.find(name)
        if spec is not None:
            words = caption(say(spec.title))
            # Only shown: the key itself is in the table of actions.
            action = self.addAction(f"{words}\t{spec.keys}" if spec.keys else words)
            action.triggered.connect(lambda _=False: spec.run())

    def _choices(
        self, title: Message, name: str, choices: Sequence[tuple[object, Message]], present: object
    ) -> None:
        sub = self.addMenu(caption(say(title)))
        group = QActionGroup(sub)
        for value, words in choices:
            action = sub.addAction(caption(say(words)))
            action.setCheckable(True)
            action.setChecked(value == present)
            group.addAction(action)
            action.triggered.connect(lambda _=False, value=value: self.wanted.emit(name, value))
