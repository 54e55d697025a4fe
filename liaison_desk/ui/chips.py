"""Chips: a state as icon, word and tint, key caps, and the filter pills above a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from liaison_desk.core.words import Message
from liaison_desk.ui import icons
from liaison_desk.ui.theme import GRID, SMALL, Tone, look, say


def chip_size(text: str, icon: str) -> QSize:
    """How much room a chip of this text takes, in pixels."""
    now = look()
    metrics = now.metrics(SMALL)
    width = metrics.horizontalAdvance(text) + now.px(GRID) * 2 + (now.px(14) + now.px(4) if icon else 0)
    return QSize(width, now.px(22))


def paint_chip(painter: QPainter, area: QRect, text: str, tone: Tone, icon: str) -> None:
    """Paint a chip at the left of ``area``, centred upright; its word is cut if there is no room."""
    now = look()
    tint = now.theme.tints[tone]
    size = chip_size(text, icon)
    box = QRect(area.left(), area.center().y() - size.height() // 2 + 1, size.width(), size.height())
    box.setWidth(min(box.width(), area.width()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.ink(tint.back))
    radius = now.px(4)
    painter.drawRoundedRect(QRectF(box), radius, radius)
    left = box.left() + now.px(GRID)
    if icon:
        side = now.px(14)
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(left, box.center().y() - side // 2 + 1, icons.pixmap(icon, tint.fore, side, ratio))
        left += side + now.px(4)
    painter.setFont(now.font(SMALL))
    painter.setPen(now.ink(tint.fore))
    room = QRect(left, box.top(), box.right() - now.px(GRID) - left + 2, box.height())
    words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def cap_width(keys: str) -> int:
    """The width of a key cap, in pixels."""
    return look().metrics(11, mono=True).horizontalAdvance(keys) + look().px(12)


def paint_cap(painter: QPainter, area: QRect, keys: str, colour: str, line: str) -> None:
    """Paint a key cap (the keys of a shortcut) at the left of ``area``."""
    now = look()
    height = now.px(20)
    box = QRectF(area.left() + 0.5, area.center().y() - height // 2 + 0.5, cap_width(keys) - 1, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, now.px(4), now.px(4))
    painter.setFont(now.font(11, mono=True))
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, keys)


class Chip(QWidget):
    """A state in a pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self._tone, self._icon = Tone.NEUTRAL, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)

    def set(self, message: Message | None, tone: Tone = Tone.NEUTRAL, icon: str = "") -> None:
        """Show this state; None shows nothing."""
        self._message, self._tone, self._icon = message, tone, icon
        self._again()

    @property
    def text(self) -> str:
        return say(self._message) if self._message is not None else ""

    def sizeHint(self) -> QSize:
        return chip_size(self.text, self._icon) if self._message is not None else QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._message is not None:
            painter = QPainter(self)
            paint_chip(painter, self.rect(), self.text, self._tone, self._icon)
            painter.end()

    def _again(self) -> None:
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()


class KeyCap(QWidget):
    """The keys of a shortcut beside its name."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(cap_width(self._keys), look().px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = look().theme
        painter = QPainter(self)
        paint_cap(painter, self.rect(), self._keys, theme.muted, theme.line_strong)
        painter.end()


@dataclass(frozen=True)
class Filter:
    """One pill: ``key`` is what the query knows."""

    key: str
    title: Message
    count: int | None = None
    tone: Tone = Tone.MUTED
    """The colour of its count while that is not 0: OVERDUE or SOON where it should be seen."""


class Pill(QAbstractButton):
    """A rounded button that is on or off, with a count."""

    def __init__(self, filter: Filter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = filter
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    @property
    def filter(self) -> Filter:
        return self._filter

    @filter.setter
    def filter(self, value: Filter) -> None:
        if value != self._filter:
            self._filter = value
            self._again()

    @property
    def _count(self) -> str:
        return "" if self._filter.count is None else f"{self._filter.count:,}"

    def _again(self) -> None:
        self.setAccessibleName(f"{say(self._filter.title)} {self._count}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        now = look()
        # Bold is wider: the pill keeps its width when it is switched on.
        metrics = now.metrics(13, bold=True)
        words = f"{say(self._filter.title)} {self._count}".strip()
        return QSize(metrics.horizontalAdvance(words) + now.px(GRID * 3), now.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        back = theme.accent if on else theme.hover if self.underMouse() else theme.surface
        focused = self.hasFocus()
        edge = theme.text if focused else theme.accent if on else theme.line_strong
        painter.setPen(QPen(QColor(edge), 2 if focused else 1))
        painter.setBrush(QColor(back))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        font = now.font(13, bold=on)
        painter.setFont(font)
        title = say(self._filter.title)
        metrics = painter.fontMetrics()
        gap = now.px(4) if self._count else 0
        left = (
            self.width() - metrics.horizontalAdvance(title) - gap - metrics.horizontalAdvance(self._count)
        ) // 2
        fore = theme.on_accent if on else theme.text if self.isEnabled() else theme.faint
        painter.setPen(QColor(fore))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, 0, self.width(), self.height()), middle, title)
        if self._count:
            left += metrics.horizontalAdvance(title) + gap
            if not on:
                painter.setPen(now.colour(self._filter.tone if self._filter.count else Tone.MUTED))
            painter.drawText(QRect(left, 0, self.width(), self.height()), middle, self._count)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)


class FilterBar(QWidget):
    """Pills of which one is on (or several, where ``several``); says ``changed`` with their keys."""

    changed = Signal(object)
    """The keys that are on, a tuple of str."""

    def __init__(
        self, filters: Sequence[Filter] = (), *, several: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(not several)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addStretch()
        self._pills: dict[str, Pill] = {}
        self.set_filters(filters)

    def set_filters(self, filters: Sequence[Filter]) -> None:
        """Show these pills; present ones keep their state, only their words and counts change."""
        wanted = {filter.key for filter in filters}
        for key in [key for key in self._pills if key not in wanted]:
            pill = self._pills.pop(key)
            self._group.removeButton(pill)
            pill.hide()
            pill.deleteLater()
        for place, filter in enumerate(filters):
            if filter.key in self._pills:
                self._pills[filter.key].filter = filter
                continue
            pill = Pill(filter, self)
            pill.clicked.connect(self._clicked)
            self._pills[filter.key] = pill
            self._group.addButton(pill)
            self._row.insertWidget(place, pill)
        if self._group.exclusive() and self._pills and not self.chosen:
            next(iter(self._pills.values())).setChecked(True)

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(key for key, pill in self._pills.items() if pill.isChecked())

    def choose(self, *keys: str) -> None:
        """Switch exactly these on, without saying ``changed``."""
        for key, pill in self._pills.items():
            if key in keys:
                pill.setChecked(True)
            elif not self._group.exclusive():
                pill.setChecked(False)

    def pill(self, key: str) -> Pill:
        return self._pills[key]

    def _clicked(self) -> None:
        self.changed.emit(self.chosen)


def scrolling(bar: FilterBar) -> QScrollArea:
    """The pills where there may be more than there is room for: reached by scrolling, they never widen the window."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(bar)
    bar.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    area.setFixedHeight(look().px(32))
    return area
