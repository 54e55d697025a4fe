"""The head of a place: its title on the left, combos and buttons on the right, on further lines where it is narrow.

Nothing in it is ever cut: with large text on a small screen what does not fit beside the title goes below it,
and only the quiet words behind the title are shortened.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from liaison_desk.ui.theme import GRID, look


class HeadBar(QWidget):
    """``left`` stays on the first line; ``right`` follows there, or below, in as many lines as it needs."""

    def __init__(
        self, left: Sequence[QWidget], right: Sequence[QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._left, self._right = list(left), list(right)
        for widget in (*self._left, *self._right):
            widget.setParent(self)
        # However narrow the place is, the head does not push it wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self.arrange)
        look().language_changed.connect(self.arrange)

    def sizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Put everything into its place; also when words in the head have become longer or shorter."""
        left = [widget for widget in self._left if not widget.isHidden()]
        right = [widget for widget in self._right if not widget.isHidden()]
        beside = _width(left) + _width(right) + GRID * 2 <= self.width() or not right
        # Words that can be shortened do not drive the buttons to the next line.
        least = sum(widget.minimumSizeHint().width() + GRID for widget in left)
        beside = beside or least + _width(right) + GRID * 4 <= self.width()
        lines = [right] if beside else _lines(right, self.width())
        top = 0
        room = self.width() - (_width(right) + GRID * 2 if beside and right else 0)
        height = _height([*left, *right] if beside else left)
        self._place(left, 0, top, height, room)
        if beside:
            self._place(right, self.width() - _width(right), top, height, _width(right))
        else:
            for line in lines:
                top += height + GRID
                height = _height(line)
                self._place(line, 0, top, height, self.width())
        if self.minimumHeight() != top + height:
            self.setFixedHeight(top + height)

    @staticmethod
    def _place(widgets: Sequence[QWidget], x: int, top: int, height: int, room: int) -> None:
        over = _width(widgets) - room
        for widget in widgets:
            hint = widget.sizeHint()
            width = hint.width()
            if over > 0:
                less = min(over, max(width - widget.minimumSizeHint().width(), 0))
                width, over = width - less, over - less
            widget.setGeometry(QRect(x, top + (height - hint.height()) // 2, width, hint.height()))
            x += width + GRID


class HintLine(QWidget):
    """Pairs of a key and what it does at the foot of a place, as many as fit; the others are in the help."""

    def __init__(self, hints: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs = list(zip(hints[::2], hints[1::2], strict=True))
        for widget in hints:
            widget.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self.arrange)
        look().language_changed.connect(self.arrange)
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Show the pairs that fit, the first ones first, at the right edge."""
        height = _height([widget for pair in self._pairs for widget in pair])
        shown: list[QWidget] = []
        full = False
        for pair in self._pairs:
            full = full or _width([*shown, *pair]) > self.width()
            for widget in pair:
                widget.setVisible(not full)
            if not full:
                shown += pair
        x = self.width() - _width(shown)
        for widget in shown:
            hint = widget.sizeHint()
            widget.setGeometry(QRect(x, (height - hint.height()) // 2, hint.width(), hint.height()))
            x += hint.width() + GRID
        if self.minimumHeight() != height:
            self.setFixedHeight(height)


def _width(widgets: Sequence[QWidget]) -> int:
    return sum(widget.sizeHint().width() for widget in widgets) + GRID * max(len(widgets) - 1, 0)


def _height(widgets: Sequence[QWidget]) -> int:
    return max((widget.sizeHint().height() for widget in widgets), default=0)


def _lines(widgets: Sequence[QWidget], width: int) -> list[list[QWidget]]:
    """As many to a line as fit, at least one."""
    lines: list[list[QWidget]] = []
    for widget in widgets:
        if lines and _width([*lines[-1], widget]) <= width:
            lines[-1].append(widget)
        else:
            lines.append([widget])
    return lines
