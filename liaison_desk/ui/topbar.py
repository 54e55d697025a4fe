"""The bar on top of the window: product and office, search, the running shift, the person, the seats."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk.shifts import ShiftBar
from liaison_desk.ui import icons
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Chip, cap_width, paint_cap
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.messages import plain
from liaison_desk.ui.signin import PRODUCT
from liaison_desk.ui.theme import BASE, GRID, Tone, look, say

SETTLED_MS = 250
"""After so long without a key the words in the search field are searched for."""


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
        self._called = row.count()
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

    def add_mark(self, mark: QWidget) -> None:
        """Put a mark before the person: something of theirs that waits."""
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(self._called, mark)

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
