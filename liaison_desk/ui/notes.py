"""Notes on a request or case: those that are there, and a field that completes @institution."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PySide6.QtCore import QMimeData, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QListView, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.pinyin import search_tokens_of_name
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.facts import NoteRow
from liaison_desk.desk.notes import TakeNote
from liaison_desk.ui import messages
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import NoteEdit
from liaison_desk.ui.theme import GRID, say

LONGEST_CALL = 12
"""Letters behind an @ after which nobody is being called any more."""


@dataclass(frozen=True)
class Callee:
    """Whom a note can call: a code, and the names under which it is found."""

    code: str
    name: str
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, code: str, *names: str) -> Callee:
        return cls(code, names[0] if names else "", names)

    @cached_property
    def found_by(self) -> frozenset[str]:
        """Its code, any part of a name, a name's pinyin initials; made when somebody is called.

        Pinyin's dictionary takes 55 MB and a third of a second, which no start should pay.
        """
        words = {word.lower() for name in self.names for word in search_tokens_of_name(name)}
        return frozenset({self.code.lower(), *words})

    @property
    def words(self) -> str:
        return f"{self.code}  {self.name}" if self.name else self.code

    def answers_to(self, begun: str) -> bool:
        return any(word.startswith(begun.lower()) for word in self.found_by)


def callees(context: Context) -> list[Callee]:
    """Everybody who can be called with @: all of them, each institution, the police."""
    everybody = [Callee.of("all", say(msg("everybody in the case")))]
    seats = [
        Callee.of(seat.code, say(context.institution(seat.code)), seat.name_zh, seat.name_en)
        for seat in context.seats()
    ]
    return [*everybody, *seats, Callee.of(POLICE, say(context.institution(POLICE)), "公安", "police")]


class _Codes(QCompleter):
    """Offers callees in a list of its own; which of them fit is decided here, not by the list's own matching."""

    def __init__(self, parent: QWidget) -> None:
        self._words = QStringListModel()
        super().__init__(self._words, parent)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.list = QListView()
        self.setPopup(self.list)

    def offer(self, words: Sequence[str]) -> None:
        if self._words.stringList() != list(words):
            self._words.setStringList(list(words))


class MentionEdit(NoteEdit):
    """A note; after @ it offers the institutions by code, name or initials, and Ctrl+Return sends it."""

    sent = Signal()
    handed = Signal(object)
    """QMimeData with files or a picture and no text: for the attachments."""

    def __init__(self, callees: Sequence[Callee], parent: QWidget | None = None) -> None:
        super().__init__(
            lines=2, placeholder=msg("Write a note; @institution calls its representatives…"), parent=parent
        )
        self._callees = list(callees)
        self.completer = _Codes(self)
        self.completer.setWidget(self)
        self.completer.activated.connect(self.complete)
        self.textChanged.connect(self._offer)

    def complete(self, words: str) -> None:
        """Put the code of the chosen line in place of what was begun."""
        cursor = self.textCursor()
        begun = self._begun()
        if begun is None:
            return
        for _ in begun:
            cursor.deletePreviousChar()
        cursor.insertText(f"{words.split()[0]} ")
        self.setTextCursor(cursor)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files and pictures are no text: they go to the attachments."""
        if (source.hasUrls() and any(url.isLocalFile() for url in source.urls())) or (
            source.hasImage() and not source.hasText()
        ):
            self.handed.emit(source)
            return
        super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or source.hasImage() or super().canInsertFromMimeData(source)

    def _begun(self) -> str | None:
        """What stands between @ and the cursor; None when no @ is being written."""
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        _, mark, begun = before.rpartition("@")
        if not mark or len(begun) > LONGEST_CALL or any(not (c.isalnum() or c == "_") for c in begun):
            return None
        return begun

    def _offer(self) -> None:
        begun = self._begun()
        fitting = [] if begun is None else [one.words for one in self._callees if one.answers_to(begun)]
        if not fitting or self.composing or not self.hasFocus():
            self.completer.list.hide()
            return
        self.completer.offer(fitting)
        popup = self.completer.list
        popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        place = self.cursorRect()
        place.setWidth(popup.sizeHintForColumn(0) + GRID * 4)
        self.completer.complete(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.completer.list.isVisible() and (enter or event.key() == Qt.Key.Key_Tab):
            # The popup's own: the completer takes the choice.
            event.ignore()
            return
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not self.composing:
                self.sent.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            return
        super().keyPressEvent(event)


class NoteInput(QWidget):
    """The field with its button; each subject keeps its half-written note while others are looked at."""

    def __init__(
        self, context: Context, command: Callable[[str], WriteNote | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._command = context, command
        self._subject: Hashable = None
        self._drafts: dict[Hashable, str] = {}
        self.edit = MentionEdit(callees(context))
        self.handed = self.edit.handed
        self.edit.setAccessibleName(say(msg("Note")))
        self.edit.sent.connect(self.send)
        self.edit.textChanged.connect(self._enable)
        self._send = Button(msg("Send"), icon="send", keys="Ctrl ⏎", run=self.send)
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        foot = QHBoxLayout()
        foot.addWidget(self._wrong, 1)
        foot.addStretch()
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.edit)
        column.addLayout(foot)
        self.setFocusProxy(self.edit)
        self._enable()

    def about(self, subject: Hashable) -> None:
        """Another request or case is shown; what was half written about the one before is kept for it."""
        if subject == self._subject:
            return
        text = self.edit.toPlainText()
        if text.strip():
            self._drafts[self._subject] = text
        else:
            self._drafts.pop(self._subject, None)
        self._subject = subject
        self.edit.setPlainText(self._drafts.get(subject, ""))
        self._wrong.hide()
        self.setEnabled(subject is not None)

    def send(self) -> None:
        text = str(self.edit.value())
        command = self._command(text) if text else None
        if command is None:
            return
        desk, subject = self._context.desk, self._subject
        self._send.setEnabled(False)
        self._context.background.do(
            lambda: desk.do(command), lambda _: self._sent(subject, text), failed=self._failed, owner=self
        )

    def _sent(self, subject: Hashable, text: str) -> None:
        self._drafts.pop(subject, None)
        # What was typed on while the note was on its way is the beginning of the next one.
        if subject == self._subject and self.edit.value() == text:
            self.edit.clear()
        self._wrong.hide()
        self._enable()
        messages.done(msg("Note written"))

    def _failed(self, error: DeskError) -> None:
        self._wrong.set(error.message)
        self._wrong.show()
        self._enable()

    def _enable(self) -> None:
        self._send.setVisible(bool(self.edit.toPlainText().strip()))
        self._send.setEnabled(True)


class NotesView(QWidget):
    """The notes that are there, newest first, in plain text."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._shown: tuple[NoteRow, ...] | None = None

    def set_notes(self, notes: tuple[NoteRow, ...]) -> None:
        if notes == self._shown:
            return
        self._shown = notes
        clear(self._column)
        for note in notes:
            self._column.addWidget(self._line(note))
        self.setVisible(bool(notes))

    def _line(self, note: NoteRow) -> QWidget:
        context = self._context
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        at = when(note.at, context.now(), context.zone)
        addressed = called_words(context, note.addressed)
        head: Message = msg(
            "{at} · {who} · {institution} {addressed}",
            at=at,
            who=note.who,
            institution=context.institution(note.institution),
            addressed=addressed,
        )
        column.addWidget(Text(head, "small", wrap=True))
        column.addWidget(Text(note.text, wrap=True, selectable=True))
        for one in note.taken:
            taken = when(one.at, context.now(), context.zone)
            name = context.institution(one.institution)
            words = msg("Noted by {institution}, {who}, {at}", institution=name, who=one.who, at=taken)
            column.addWidget(Text(words, "small", wrap=True))
        if note.to_take:
            button = Button(msg("Take note"), icon="check", run=lambda: take_note(context, note.id))
            column.addSpacing(GRID // 2)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return made


def called_words(context: Context, codes: Sequence[str]) -> str:
    """``@ICBC @CCB``, or ``@all`` where everybody is called."""
    if codes and {seat.code for seat in context.seats()} <= set(codes):
        return "@all"
    return " ".join(f"@{code}" for code in codes)


def take_note(context: Context, note_id: int) -> None:
    """For the own institution: the note has been read."""
    carry_out(context, [TakeNote(note_id=note_id)], lambda _: msg("Note taken note of"))


def clear(layout: Any) -> None:
    """Take every widget out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
