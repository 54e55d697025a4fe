"""Likely duplicates of a report (A4), shown before it is saved: open that one, or save anyway."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.words import msg
from liaison_desk.desk.casebook import Likeness
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.notes import clear
from liaison_desk.ui.theme import Tone


class Duplicates(QFrame):
    """Hidden until there is something to show; what was accepted once is not shown again."""

    opened = Signal(int)
    """The case that is looked at instead."""
    ignored = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._likely: tuple[Likeness, ...] = ()
        self._accepted: frozenset[int] = frozenset()
        self._lines = QVBoxLayout(self)
        self.setProperty("surface", "card")
        self.hide()

    def news(self, likely: tuple[Likeness, ...]) -> bool:
        """Whether any of these has not been accepted yet."""
        return bool({like.case_id for like in likely} - self._accepted)

    def accept(self) -> None:
        """These are other reports: they are not asked about again."""
        self._accepted |= {like.case_id for like in self._likely}

    def show_likely(self, likely: tuple[Likeness, ...]) -> None:
        self._likely = likely
        clear(self._lines)
        self._lines.addWidget(Text(msg("This may already have been reported:"), "strong", tone=Tone.SOON))
        for like in likely:
            self._lines.addWidget(self._line(like))
        anyway = Button(msg("Save anyway"), keys="Ctrl ⏎", kind="primary", run=self.ignored.emit)
        anyway.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(anyway)
        self._lines.addLayout(foot)
        self.show()
        anyway.show()
        anyway.setFocus()

    def _line(self, like: Likeness) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        at = when(like.happened_at, self._context.now(), self._context.zone)
        words = msg(
            "{number} · {victim} · {at} · {why}", number=like.number, victim=like.victim, at=at, why=like.why
        )
        row.addWidget(Text(words))
        row.addStretch()
        button = Button(msg("Open that one"), run=partial(self.opened.emit, like.case_id))
        button.setAutoDefault(False)
        row.addWidget(button)
        return line
