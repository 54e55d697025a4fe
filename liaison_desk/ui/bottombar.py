"""The bar at the foot of the window: this shift's money, what waits, backup and audit chain, each a way there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from liaison_desk.core.countdown import age, when
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.shifts import ShiftBar
from liaison_desk.ui import icons
from liaison_desk.ui.cards import Text, rule
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import GRID, Tone, look, say

BACKUP_OLD = timedelta(hours=26)
"""A daily backup may be a little late before the bar says so."""


class BarItem(QAbstractButton):
    """A label and a figure at the foot of the window; a way to what is behind it where there is one."""

    def __init__(self, label: Message, *, rank: int = 0) -> None:
        super().__init__()
        self.label, self.rank = label, rank
        self._value: Message | str = ""
        self._icon = ""
        self._tone = Tone.NEUTRAL
        self._told: tuple[object, ...] = ()
        self.wanted = False
        """Whether it has anything to say; the bar hides it also when there is no room."""
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)

    def lead_to(self, open_it: Callable[[], object] | None) -> None:
        """A click opens what is behind the figure; None: nothing is."""
        if open_it is not None:
            self.clicked.connect(lambda: open_it())
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_value(
        self,
        value: Message | str | None,
        tone: Tone = Tone.NEUTRAL,
        icon: str = "",
        tip: Message | None = None,
    ) -> None:
        """None: there is nothing to say."""
        told = (value, tone, icon, tip)
        if told == self._told:
            return
        self._told = told
        self.wanted = value is not None
        self._value, self._tone, self._icon = value or "", tone, icon
        self.setToolTip(plain(say(tip)) if tip is not None else "")
        self._again()

    @property
    def value(self) -> str:
        return say(self._value) if isinstance(self._value, Message) else self._value

    def sizeHint(self) -> QSize:
        now = look()
        width = QFontMetrics(now.font(13)).horizontalAdvance(say(self.label)) + now.px(6)
        width += QFontMetrics(now.font(13, bold=True)).horizontalAdvance(self.value)
        width += now.px(18) if self._icon else 0
        return QSize(width + now.px(GRID), now.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        now, theme = look(), look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if active and (self.underMouse() or self.hasFocus()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent_soft if self.hasFocus() else theme.hover))
            painter.drawRoundedRect(self.rect().adjusted(0, now.px(4), 0, -now.px(4)), now.px(4), now.px(4))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left = now.px(GRID // 2)
        painter.setFont(now.font(13))
        painter.setPen(now.colour(Tone.MUTED))
        painter.drawText(QRect(left, 0, self.width(), self.height()), middle, say(self.label))
        left += painter.fontMetrics().horizontalAdvance(say(self.label)) + now.px(6)
        painter.setFont(now.font(13, bold=True))
        painter.setPen(now.colour(self._tone))
        painter.drawText(QRect(left, 0, self.width(), self.height()), middle, self.value)
        if self._icon:
            left += painter.fontMetrics().horizontalAdvance(self.value) + now.px(4)
            side = now.px(14)
            mark = icons.pixmap(self._icon, theme.colour(self._tone), side, self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - side) // 2, mark)
        painter.end()

    def _again(self) -> None:
        self.setAccessibleName(f"{say(self.label)} {self.value}".strip())
        self.updateGeometry()
        self.update()


class BottomBar(QFrame):
    """This shift's money, what waits longest, what ends soon; backup and audit chain on the right."""

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "bottom")
        self._zone = zone
        self._bar: ShiftBar | None = None
        self._checked: int | None = None
        self.heading = Text(msg("This shift"), "small")
        self.stopped = BarItem(msg("Stopped"), rank=5)
        self.frozen = BarItem(msg("Frozen"), rank=4)
        self.returned = BarItem(msg("Returned"), rank=2)
        self.oldest = BarItem(msg("Oldest unanswered"), rank=6)
        self.ending = BarItem(msg("Ending within an hour"), rank=7)
        self.doubt = BarItem(msg("Clock"), rank=9)
        self.backup = BarItem(msg("Backup"), rank=1)
        self.audit = BarItem(msg("Audit chain"), rank=3)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, 0, GRID * 2, 0)
        row.setSpacing(GRID)
        row.addWidget(self.heading)
        for item in (self.stopped, self.frozen, self.returned):
            row.addWidget(item)
        self._line = rule()
        self._line.setFixedSize(1, GRID * 2)
        row.addWidget(self._line)
        for item in (self.oldest, self.ending):
            row.addWidget(item)
        row.addStretch()
        for item in (self.doubt, self.backup, self.audit):
            row.addWidget(item)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._fit)
        self._again()

    @property
    def items(self) -> list[BarItem]:
        return [
            *(self.stopped, self.frozen, self.returned, self.oldest, self.ending),
            *(self.doubt, self.backup, self.audit),
        ]

    def set_checked(self, entries: int | None) -> None:
        """The chain was checked from end to end up to this entry and found whole; None: not checked here."""
        self._checked = entries

    def set_bar(self, bar: ShiftBar, now: datetime) -> None:
        self._bar = bar
        for item, fen in (
            (self.stopped, bar.stopped),
            (self.frozen, bar.frozen),
            (self.returned, bar.returned),
        ):
            item.show_value(yuan(fen) if fen is not None else None)
        self.ending.show_value(
            str(bar.ending_within_hour) if bar.ending_within_hour else None, Tone.SOON, "hourglass"
        )
        self.doubt.show_value(
            msg("in doubt") if bar.doubted else None,
            Tone.SOON,
            "triangle-alert",
            msg(
                "A computer's clock is behind what was recorded already. Entries carry a mark until clocks agree."
            ),
        )
        checked = self._checked is not None and self._checked >= 1
        self.audit.show_value(
            f"#{bar.entries:,}",
            Tone.NEUTRAL,
            "check" if checked else "",
            msg(
                "Head {head}; checked from end to end up to #{entries}",
                head=bar.head,
                entries=f"{self._checked:,}",
            )
            if checked
            else msg("Head {head}; a click checks the chain from end to end", head=bar.head),
        )
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Ages move on."""
        bar = self._bar
        if bar is None:
            return
        self.oldest.show_value(
            age(bar.oldest_unanswered, now, self._zone) if bar.oldest_unanswered is not None else None
        )
        if bar.last_backup is None:
            self.backup.show_value(msg("none yet"), Tone.SOON, "triangle-alert")
        else:
            old = now - bar.last_backup > BACKUP_OLD
            self.backup.show_value(
                when(bar.last_backup, now, self._zone),
                Tone.SOON if old else Tone.NEUTRAL,
                "triangle-alert" if old else "check",
                msg("The last backup is more than a day old.") if old else None,
            )
        self._fit()

    def _fit(self) -> None:
        """Where there is no room for all, what matters least goes first."""
        shift = [item for item in (self.stopped, self.frozen, self.returned) if item.wanted]
        self.heading.setVisible(bool(shift))
        self._line.setVisible(bool(shift) and (self.oldest.wanted or self.ending.wanted))
        free = self.width() - GRID * 8 - (self.heading.sizeHint().width() if shift else 0)
        for item in sorted(self.items, key=lambda item: -item.rank):
            need = item.sizeHint().width() + GRID
            fits = item.wanted and need <= free
            item.setVisible(fits)
            if fits:
                free -= need

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _again(self) -> None:
        self.setFixedHeight(look().px(38))
        self._fit()
