"""The command palette (Ctrl+K): every action and, as one types, what the search finds, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.background import Background
from liaison_desk.ui.chips import cap_width, paint_cap
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.theme import BASE, GRID, SMALL, look, say

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """One line of the palette."""

    title: Message
    run: Callable[[], object]
    hint: str = ""
    """The keys of its shortcut."""
    icon: str = "chevron-right"
    detail: Message | None = None
    """Quieter words behind the title: where a found thing stands, or why an action is not possible now."""
    enabled: bool = True

    def matches(self, words: Sequence[str]) -> bool:
        """Whether every word occurs in the title, in the language of the window or in English."""
        text = f"{say(self.title)} {self.title.text} {say(self.detail) if self.detail else ''}".casefold()
        return all(word in text for word in words)


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def replace(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default, never mutated
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return say(self.entries[index.row()].title)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and not self.entries[index.row()].enabled:
            return Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class _EntryDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Entries)
        entry = model.entries[index.row()]
        now, theme = look(), look().theme
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        rect: QRect = option.rect
        painter.fillRect(rect, QColor(theme.accent_soft if chosen else theme.surface))
        if chosen:
            painter.fillRect(rect.adjusted(0, 0, now.px(3) - rect.width(), 0), QColor(theme.accent))
        area = rect.adjusted(now.px(GRID * 2), 0, -now.px(GRID * 2), 0)
        fore = theme.faint if not entry.enabled else theme.text
        side = now.px(16)
        ratio = painter.device().devicePixelRatio()
        mark = theme.accent if chosen else theme.muted if entry.enabled else theme.line_strong
        image = icons.pixmap(entry.icon, mark, side, ratio)
        painter.drawPixmap(area.left(), area.center().y() - side // 2 + 1, image)
        area.setLeft(area.left() + side + now.px(GRID + 4))
        if entry.hint:
            width = cap_width(entry.hint)
            cap = QRect(area.right() - width, area.top(), width, area.height())
            paint_cap(painter, cap, entry.hint, theme.muted, theme.line_strong)
            area.setRight(cap.left() - now.px(GRID))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(now.font(BASE))
        painter.setPen(QColor(fore))
        title = painter.fontMetrics().elidedText(say(entry.title), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, middle, title)
        if entry.detail is not None:
            area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(title) + now.px(GRID + 4))
            painter.setFont(now.font(SMALL))
            painter.setPen(QColor(theme.muted if entry.enabled else theme.faint))
            words = painter.fontMetrics().elidedText(
                say(entry.detail), Qt.TextElideMode.ElideRight, area.width()
            )
            painter.drawText(area, middle, words)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, look().px(36))


class Palette(QDialog):
    """Opens over the window; ``entries`` are asked for each time, ``search`` runs in the background."""

    def __init__(
        self,
        parent: QWidget | None,
        background: Background,
        entries: Callable[[], Sequence[Entry]],
        search: Callable[[str], Sequence[Entry]] | None = None,
    ) -> None:
        # Not a Popup: those take the keyboard from input methods on some platforms.
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setProperty("palette", True)
        self._background, self._offered, self._search = background, entries, search
        self._actions: list[Entry] = []
        self._found: list[Entry] = []
        self.line = LineEdit()
        self.line.setProperty("kind", "search")
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self._model = _Entries(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.clicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.line)
        column.addWidget(self.list)
        look().language_changed.connect(self._again)
        self._again()

    def summon(self, text: str = "") -> None:
        """Open with this text, over the upper third of the window."""
        self._actions = list(self._offered())
        self._found = []
        self.line.setText(text)
        self._typed()
        width, height = look().px(640), look().px(440)
        self.resize(width, height)
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.mapToGlobal(parent.rect().topLeft())
            self.move(corner.x() + (parent.width() - width) // 2, corner.y() + look().px(GRID * 6))
        self.show()
        self.line.setFocus()

    def forget(self) -> None:
        """Close and forget what was typed and found: another person sits here now."""
        self.hide()
        self.line.clear()
        self._actions, self._found = [], []
        self._model.replace([])

    @property
    def shown(self) -> list[Entry]:
        return list(self._model.entries)

    @property
    def chosen(self) -> Entry | None:
        index = self.list.currentIndex()
        return self._model.entries[index.row()] if index.isValid() else None

    def step(self, by: int) -> None:
        """Move the choice, past what is not possible now, and round at the ends."""
        entries = self._model.entries
        number = self.list.currentIndex().row()
        for _ in entries:
            number = (number + by) % len(entries)
            if entries[number].enabled:
                self.list.setCurrentIndex(self._model.index(number))
                return

    def run(self) -> None:
        """Close, then do what is chosen."""
        entry = self.chosen
        if entry is not None and entry.enabled:
            self.hide()
            entry.run()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if (
            event.type() is QEvent.Type.ActivationChange
            and not self.isActiveWindow()
            and not self.line.composing
        ):
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if self.line.composing:
            # The keys choose among the input method's candidates.
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        match event.key():
            case Qt.Key.Key_Down:
                self.step(+1)
            case Qt.Key.Key_Up:
                self.step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.run()
            case Qt.Key.Key_Escape:
                self.hide()
            case _:
                return False
        return True

    def _clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.run()

    def _typed(self) -> None:
        text = self.line.text().strip()
        if self._search is None or not text:
            self._found = []
            self._list()
            return
        search = self._search
        self._list()
        self._background.read(lambda: search(text), self._answered, key="palette")

    def _answered(self, found: Sequence[Entry]) -> None:
        self._found = list(found) if self.line.text().strip() else []
        self._list()

    def _list(self) -> None:
        """Actions that are possible, what was found, then the rest; a choice stays on its entry meanwhile."""
        before = self.chosen
        words = self.line.text().casefold().split()
        actions = [entry for entry in self._actions if entry.matches(words)]
        possible = [entry for entry in actions if entry.enabled]
        entries = [*possible, *self._found, *(entry for entry in actions if not entry.enabled)]
        self._model.replace(entries)
        if before is not None and before in entries and before.enabled:
            self.list.setCurrentIndex(self._model.index(entries.index(before)))
        else:
            self.step(+1)

    def _again(self) -> None:
        self.line.setPlaceholderText(say(msg("Find an action, case, number, name, pinyin initials…")))
        self.setAccessibleName(say(msg("Command palette")))
        self.line.setAccessibleName(say(msg("Command palette")))
