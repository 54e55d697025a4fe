"""Notes that call one's institution: how many wait in the bar at the top, and the list where note is taken of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.notes import TakeNote, WaitingNote, notes_to_take
from liaison_desk.ui import icons
from liaison_desk.ui.answerparts import Lines, Link
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Card, EmptyState, Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.messages import plain
from liaison_desk.ui.notes import take_note
from liaison_desk.ui.theme import GRID, Tone, look, say

KINDS = frozenset({"note", "note_taken"})
"""Changes after which the notes are read again."""


class Mentions(QToolButton):
    """The bell at the top, with the number of notes to take note of; hidden while there are none."""

    read = Signal()
    """The notes that wait are known anew."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self.notes: tuple[WaitingNote, ...] = ()
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(self.open)
        self.hide()
        look().theme_changed.connect(self._show)
        look().language_changed.connect(self._show)

    def hear(self, kinds: frozenset[str]) -> None:
        """Somebody recorded something of these kinds."""
        if kinds & KINDS:
            self.refresh()

    def refresh(self) -> None:
        """Read what waits."""
        desk = self._context.desk
        if desk.may_read(notes_to_take):
            self._context.background.read(
                lambda: desk.read(notes_to_take),
                self._known,
                failed=lambda _: None,
                key="mentions",
                owner=self,
            )

    def open(self) -> None:
        """The list, with the way to each request."""
        MentionsDialog(self._context, self, self._window).open()

    def _known(self, notes: tuple[WaitingNote, ...]) -> None:
        self.notes = notes
        self._show()
        self.read.emit()

    def _show(self) -> None:
        now, count = look(), len(self.notes)
        self.setIcon(icons.icon("bell", Tone.SOON))
        self.setIconSize(QSize(now.px(16), now.px(16)))
        self.setText(f"@ {count}")
        words = say(msg("{count} notes call your institution (Ctrl+M)", count=count))
        self.setToolTip(plain(words))
        self.setAccessibleName(words)
        self.setVisible(count > 0)


class MentionsDialog(QDialog):
    """What waits, newest first: read it, go there, take note. It stays open until everything is done or Escape."""

    def __init__(self, context: Context, mentions: Mentions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Notes to take note of")))
        self._context, self._mentions = context, mentions
        self.lines = Lines()
        self._empty = EmptyState(
            "circle-check",
            msg("Nothing waits"),
            msg("A note that calls your institution with @ stands here."),
        )
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, 0)
        column.addWidget(self.lines)
        column.addWidget(self._empty)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        foot = QHBoxLayout()
        foot.addWidget(Text(msg("One of you takes note for the whole institution."), "small", wrap=True), 1)
        close = Button(msg("Close"), run=self.reject)
        close.setAutoDefault(False)
        foot.addWidget(close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        outer.setSpacing(GRID + GRID // 2)
        outer.addWidget(Text(msg("Notes to take note of"), "heading"))
        outer.addWidget(scroll, 1)
        outer.addLayout(foot)
        self.resize(look().px(560), look().px(480))
        mentions.read.connect(self._show)
        self._show()

    def _show(self) -> None:
        notes = self._mentions.notes
        self.lines.show_if_new(notes, lambda: [self._card(note) for note in notes])
        self._empty.setVisible(not notes)

    def _card(self, note: WaitingNote) -> QWidget:
        context = self._context
        card = Card(Tone.SOON)
        card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        at = when(note.at, context.now(), context.zone)
        head: Message = msg(
            "{at} · {who} · {institution}",
            at=at,
            who=note.who,
            institution=context.institution(note.institution),
        )
        top = QHBoxLayout()
        top.addWidget(Link(note.number, lambda: self._go(note)))
        top.addWidget(Text(head, "small"))
        top.addStretch()
        card.body.addLayout(top)
        card.body.addWidget(Text(note.text, wrap=True, selectable=True))
        if context.desk.may(TakeNote):
            button = Button(msg("Take note"), icon="check", run=lambda: take_note(context, note.id))
            button.setAutoDefault(False)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _go(self, note: WaitingNote) -> None:
        self.accept()
        if note.leg_id is not None:
            self._context.ways.open_leg.emit(note.leg_id)
        else:
            self._context.ways.open_case.emit(note.case_id)
