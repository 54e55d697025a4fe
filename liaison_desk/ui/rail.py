"""The rail on the left: the places there are, each with its badge; narrow windows show the icons alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.cards import rule
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import BASE, GRID, SMALL, Tone, look, say

WIDE, NARROW = 184, 56
"""Widths at 100 %."""


@dataclass(frozen=True)
class Stop:
    """One entry of the rail; ``group`` changes where a line is drawn between two."""

    key: str
    title: Message
    icon: str
    keys: str = ""
    group: int = 0


class RailButton(QAbstractButton):
    """A place: icon, name, badge. The badge is red only where something is overdue."""

    def __init__(self, stop: Stop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stop = stop
        self._count, self._alarm = 0, False
        self._narrow = False
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    @property
    def badge(self) -> tuple[int, bool]:
        return self._count, self._alarm

    def set_badge(self, count: int, alarm: bool) -> None:
        self._count, self._alarm = count, alarm
        self._again()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self._again()

    def sizeHint(self) -> QSize:
        return QSize(look().px(NARROW - GRID * 2), look().px(40))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        back = theme.accent_soft if on else theme.hover if self.underMouse() else theme.surface
        painter.setPen(QPen(QColor(theme.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(box, now.px(6), now.px(6))
        side = now.px(18)
        mark = icons.pixmap(
            self.stop.icon, theme.accent if on else theme.muted, side, self.devicePixelRatioF()
        )
        left = (self.width() - side) // 2 if self._narrow else now.px(GRID + 4)
        painter.drawPixmap(left, (self.height() - side) // 2, mark)
        right = self.width() - now.px(GRID)
        if self._count:
            right = self._paint_badge(painter, right)
        if not self._narrow:
            painter.setFont(now.font(BASE, bold=on))
            painter.setPen(QColor(theme.accent if on else theme.text))
            left += side + now.px(GRID + 2)
            room = QRect(left, 0, right - now.px(4) - left, self.height())
            words = painter.fontMetrics().elidedText(
                say(self.stop.title), Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()

    def _paint_badge(self, painter: QPainter, right: int) -> int:
        """Paint the number; returns where what stands left of it must end."""
        now = look()
        tint = now.theme.tints[Tone.OVERDUE if self._alarm else Tone.NEUTRAL]
        words = f"{self._count:,}" if self._count < 10_000 else "9,999+"
        font = now.font(11 if self._narrow else SMALL, bold=True)
        metrics = QFontMetrics(font)
        height = now.px(16 if self._narrow else 22)
        width = max(metrics.horizontalAdvance(words) + now.px(GRID + (0 if self._narrow else 4)), height)
        top = now.px(2) if self._narrow else (self.height() - height) // 2
        box = QRectF(right - width + (now.px(4) if self._narrow else 0), top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint.back))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(QColor(tint.fore))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        return int(box.left())

    def _again(self) -> None:
        title = say(self.stop.title)
        if not self._count:
            spoken = title
        elif self._alarm:
            spoken = say(msg("{place}: {count}, some overdue", place=self.stop.title, count=self._count))
        else:
            spoken = say(msg("{place}: {count}", place=self.stop.title, count=self._count))
        self.setAccessibleName(spoken)
        self.setToolTip(plain(f"{spoken}  {self.stop.keys}".strip()))
        self.updateGeometry()
        self.update()


class Rail(QFrame):
    """The places one above the other."""

    chosen = Signal(str)

    def __init__(self, stops: Sequence[Stop], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "rail")
        self._narrow = False
        self._buttons: dict[str, RailButton] = {}
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 4)
        before = stops[0].group if stops else 0
        for stop in stops:
            if stop.group != before:
                column.addSpacing(GRID)
                column.addWidget(rule())
                column.addSpacing(GRID)
            before = stop.group
            button = RailButton(stop)
            button.clicked.connect(lambda _=False, key=stop.key: self.chosen.emit(key))
            group.addButton(button)
            self._buttons[stop.key] = button
            column.addWidget(button)
        column.addStretch()
        look().theme_changed.connect(self._again)
        self._again()

    def button(self, key: str) -> RailButton:
        return self._buttons[key]

    @property
    def keys(self) -> list[str]:
        return list(self._buttons)

    def show_current(self, key: str) -> None:
        self._buttons[key].setChecked(True)

    def set_badge(self, key: str, count: int, alarm: bool) -> None:
        self._buttons[key].set_badge(count, alarm)

    def set_narrow(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._again()

    def _again(self) -> None:
        self.setFixedWidth(look().px(NARROW if self._narrow else WIDE))
        for button in self._buttons.values():
            button.set_narrow(self._narrow)
