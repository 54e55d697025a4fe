"""What happened, line by line: dot, time, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from liaison_desk.core.words import Message
from liaison_desk.ui.theme import GRID, SMALL, Tone, look, say


@dataclass(frozen=True)
class Event:
    """One line of a timeline; ``time`` is already in words, ``by`` is who."""

    time: str
    text: Message | str
    by: str = ""
    tone: Tone = Tone.MUTED


class Timeline(QWidget):
    """What happened, in order: a dot, the time, the words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._events: tuple[Event, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)

    def set_events(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)
        self._again()

    @property
    def text(self) -> str:
        """All lines as text."""
        return "\n".join(f"{event.time} {_words(event)}" for event in self._events)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(height for _, height in self._lines(width))

    def sizeHint(self) -> QSize:
        return QSize(look().px(240), self.heightForWidth(max(self.width(), look().px(240))))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(160), look().px(GRID))

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        times, words = now.font(SMALL), now.font(13)
        line = QFontMetrics(words).height()
        dot, gutter, column = now.px(4), now.px(20), self._column()
        top = 0
        middles: list[float] = []
        lines = self._lines(self.width())
        for _, height in lines:
            middles.append(top + now.px(4) + line / 2)
            top += height
        if len(middles) > 1:
            painter.setPen(QPen(QColor(theme.line_strong), 1))
            painter.drawLine(QPointF(dot + 2.5, middles[0]), QPointF(dot + 2.5, middles[-1]))
        top = 0
        for (one, height), middle in zip(lines, middles, strict=True):
            painter.setPen(QPen(QColor(theme.surface), 2))
            painter.setBrush(QColor(theme.faint) if one.tone is Tone.MUTED else now.colour(one.tone))
            painter.drawEllipse(QPointF(dot + 2.5, middle), dot + 1, dot + 1)
            painter.setFont(times)
            painter.setPen(QColor(theme.muted))
            first = QRect(gutter, top + now.px(4), column - gutter, line)
            painter.drawText(first, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, one.time)
            painter.setFont(words)
            painter.setPen(now.colour(Tone.NEUTRAL if one.tone is Tone.MUTED else one.tone))
            text = QRect(column, top + now.px(4), self.width() - column, height - now.px(8))
            painter.drawText(text, _WRAPPED, _words(one))
            top += height
        painter.end()

    def _column(self) -> int:
        """Where the words begin: behind the longest time."""
        metrics = QFontMetrics(look().font(SMALL))
        widest = max((metrics.horizontalAdvance(event.time) for event in self._events), default=0)
        return look().px(20) + widest + look().px(GRID)

    def _lines(self, width: int) -> list[tuple[Event, int]]:
        metrics = QFontMetrics(look().font(13))
        room = QRect(0, 0, max(width - self._column(), look().px(60)), 10_000)
        return [
            (event, metrics.boundingRect(room, _WRAPPED, _words(event)).height() + look().px(8))
            for event in self._events
        ]

    def _again(self) -> None:
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()


_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWrapAnywhere)


def _words(event: Event) -> str:
    said = say(event.text) if isinstance(event.text, Message) else event.text
    return f"{event.by} {said}" if event.by else said
