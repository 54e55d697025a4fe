"""The bars of the window: who, when and search on top, this shift's figures at the foot, trouble between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from liaison_desk.core.countdown import age, when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.shifts import ShiftBar
from liaison_desk.ui import icons
from liaison_desk.ui.cards import Text, rule
from liaison_desk.ui.chips import Chip, cap_width, paint_cap
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.messages import plain
from liaison_desk.ui.signin import PRODUCT
from liaison_desk.ui.theme import BASE, GRID, SMALL, Tone, look, say

SETTLED_MS = 250
"""After so long without a key the words in the search field are searched for."""
BACKUP_OLD = timedelta(hours=26)
"""A daily backup may be a little late before the bar says so."""


class Elided(Text):
    """Words that give way when there is no room, with the whole as tooltip."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        # The label's own hint is a hair too narrow for what is painted here.
        return QSize(hint.width() + GRID // 2, hint.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(24), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        painter.end()
        whole = plain(self.text()) if cut != self.text() else ""
        if self.toolTip() != whole:
            self.setToolTip(whole)


class SearchEdit(LineEdit):
    """The search field at the top, with the key of the palette at its end."""

    cap_clicked = Signal()
    KEYS = "Ctrl K"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "search")
        self.setClearButtonEnabled(False)
        look().theme_changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setTextMargins(look().px(24), 0, cap_width(self.KEYS) + look().px(GRID), 0)
        self.update()

    def _cap(self) -> QRect:
        width = cap_width(self.KEYS)
        return QRect(self.width() - width - look().px(GRID), 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        now, theme = look(), look().theme
        painter = QPainter(self)
        side = now.px(16)
        mark = icons.pixmap("search", theme.muted, side, self.devicePixelRatioF())
        painter.drawPixmap(now.px(GRID + 2), (self.height() - side) // 2, mark)
        paint_cap(painter, self._cap(), self.KEYS, theme.muted, theme.line_strong)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._cap().contains(event.position().toPoint()):
            self.cap_clicked.emit()
            return
        super().mousePressEvent(event)


class TopBar(QFrame):
    """Product and office, search, the running shift, the person, the seats."""

    searched = Signal(str)
    """The words in the search field, once they have settled."""
    palette_wanted = Signal()
    menu_wanted = Signal(QPoint)
    """The person's menu shall open at this place of the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "top")
        self._bar: ShiftBar | None = None
        self._zone = ZoneInfo("UTC")
        self.brand = Text(PRODUCT, "brand")
        self.office = Elided("", "small")
        self.search = SearchEdit()
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self.settle)
        self.search.cap_clicked.connect(self.palette_wanted)
        self.shift = Elided("", "muted")
        self.institution = Chip()
        self.person = QToolButton()
        self.person.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.person.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.person.clicked.connect(self._ask_menu)
        self.seats = _Dotted()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLED_MS)
        self._timer.timeout.connect(self.settle)
        self._last = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID // 2, GRID * 2, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self.brand)
        row.addWidget(self.office)
        row.addSpacing(GRID * 2)
        row.addWidget(self.search, 1)
        row.addStretch()
        row.addSpacing(GRID * 2)
        row.addWidget(self.shift)
        row.addSpacing(GRID)
        row.addWidget(self.institution)
        row.addWidget(self.person)
        row.addSpacing(GRID)
        row.addWidget(self.seats)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()

    def set_person(self, name: str, role: Message, institution: Message | None) -> None:
        """Whose window this is: the chip names the institution, or the role where that says more."""
        self.person.setText(name)
        self.person.setAccessibleName(name)
        self.person.setToolTip(plain(say(role)))
        self.institution.set(institution or role, Tone.ACCENT)

    def set_office(self, name: str, zone: ZoneInfo) -> None:
        self.office.set(name)
        self._zone = zone

    def set_bar(self, bar: ShiftBar) -> None:
        self._bar = bar
        self._tell_shift()

    def set_seats(self, count: int) -> None:
        self.seats.set(msg("1 seat connected") if count == 1 else msg("{count} seats connected", count=count))

    def settle(self) -> None:
        """Search for what stands there now."""
        self._timer.stop()
        words = self.search.text().strip()
        if words != self._last:
            self._last = words
            self.searched.emit(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The rail says where one is and the place "Handover" which shift runs: here they may give way.
        self.office.setVisible(self.width() >= look().px(1000))
        self.shift.setVisible(self.width() >= look().px(840))

    def offer_search(self, offered: bool) -> None:
        """Whether this person has anything to search through."""
        self.search.setVisible(offered)

    def clear_search(self) -> None:
        self.search.clear()
        self.settle()

    def _typed(self) -> None:
        self._timer.start()

    def _ask_menu(self) -> None:
        self.menu_wanted.emit(self.person.mapToGlobal(self.person.rect().bottomLeft()))

    def _tell_shift(self) -> None:
        bar = self._bar
        if bar is None:
            return
        if not bar.shift or bar.planned_from is None or bar.planned_until is None:
            self.shift.set(msg("No shift is open"))
            return
        self.shift.set(
            msg(
                "{shift} {start}–{end} · lead {lead}",
                shift=bar.shift,
                start=bar.planned_from.astimezone(self._zone).strftime("%H:%M"),
                end=bar.planned_until.astimezone(self._zone).strftime("%H:%M"),
                lead=bar.lead,
            )
        )

    def _again(self) -> None:
        now = look()
        self.search.setPlaceholderText(say(msg("Search cases, last four digits, names, pinyin initials…")))
        self.search.setAccessibleName(say(msg("Search")))
        self.search.setMaximumWidth(now.px(460))
        self.search.setMinimumWidth(now.px(120))
        self.person.setIcon(icons.icon("chevron-down", Tone.MUTED))
        self.person.setIconSize(QSize(now.px(16), now.px(16)))
        self.person.setFont(now.font(BASE, bold=True))
        self.setFixedHeight(now.px(48))


class _Dotted(QWidget):
    """A dot and words: the seats that are connected."""

    def __init__(self) -> None:
        super().__init__()
        self._message: Message | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().theme_changed.connect(self.updateGeometry)
        look().language_changed.connect(self._again)

    def set(self, message: Message) -> None:
        self._message = message
        self._again()

    def _again(self) -> None:
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        return say(self._message) if self._message is not None else ""

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(look().font())
        return QSize(metrics.horizontalAdvance(self.text) + look().px(16), metrics.height() + look().px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._message is None:
            return
        now = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour(Tone.OK))
        side = now.px(8)
        painter.drawEllipse(0, (self.height() - side) // 2 + 1, side, side)
        painter.setPen(now.colour(Tone.MUTED))
        painter.setFont(now.font())
        room = self.rect().adjusted(now.px(14), 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text)
        painter.end()


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
