"""The attachments in a pane: what is there, adding by button, drop, paste and scan, opening, saving, voiding."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QProgressBar, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.media import opens_safely
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.attachments import (
    WAY,
    AddAttachment,
    AttachedFile,
    AttachmentRow,
    VoidAttachment,
    attachment_bytes,
    attachments,
)
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerparts import Lines, Link
from liaison_desk.ui.attachdialog import AttachDialog, ScanDialog, Subject
from liaison_desk.ui.background import Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text, section
from liaison_desk.ui.commanddialog import CommandDialog, hint
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import NoteEdit
from liaison_desk.ui.filework import Incoming, free_name, incoming_of, size_words, write_out
from liaison_desk.ui.forms import Field
from liaison_desk.ui.messages import caption
from liaison_desk.ui.notes import called_words
from liaison_desk.ui.theme import GRID, Tone, look, say

ADDING = frozenset({"attach", "attach_paste", "attach_scan"})
"""Names of the steps that stand at the attachments themselves, not among the request's steps."""


class AttachmentsView(QWidget):
    """The files of one request or case; ``about`` says of which. The whole ``pane`` takes what is dropped."""

    def __init__(self, context: Context, pane: QWidget) -> None:
        super().__init__(pane)
        self._context, self._pane = context, pane
        self._subject: Subject | None = None
        self._task: Task | None = None
        self._moving = False
        self._opened: tempfile.TemporaryDirectory[str] | None = None
        self.rows: tuple[AttachmentRow, ...] = ()
        self._may_add = context.desk.may(AddAttachment)
        self.lines = Lines()
        self._over = Text(msg("Let go to add it here"), tone=Tone.ACCENT)
        self._over.hide()
        self.add = Button(msg("Add"), icon="paperclip", kind="quiet")
        menu = QMenu(self.add)
        for words, run in self._ways_in():
            menu.addAction(caption(say(words))).triggered.connect(lambda _=False, run=run: run())
        self.add.setMenu(menu)
        self.add.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.stop = Button(msg("Break off"), kind="quiet", run=self._stop)
        self._on_its_way = QWidget()
        moving = QHBoxLayout(self._on_its_way)
        moving.setContentsMargins(0, 0, 0, 0)
        moving.addWidget(self.progress, 1)
        moving.addWidget(self.stop)
        self._on_its_way.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        top = QHBoxLayout()
        top.addWidget(section(msg("Attachments")))
        top.addStretch()
        top.addWidget(self.add)
        column.addLayout(top)
        # Only now: a button without a parent would be shown as a window of its own.
        self.add.setVisible(self._may_add)
        for widget in (self._over, self.lines, self._on_its_way):
            column.addWidget(widget)
        if self._may_add:
            pane.setAcceptDrops(True)
            pane.installEventFilter(self)
        context.ways.ended.connect(self.forget)

    # What is shown -------------------------------------------------------------------------------

    def about(self, subject: Subject | None) -> None:
        """Show the files of this; None shows nothing."""
        if subject != self._subject:
            self._subject = subject
            self._show(())
        self.setEnabled(subject is not None)
        self.refresh()

    def refresh(self) -> None:
        subject, desk = self._subject, self._context.desk
        if subject is None or not desk.may_read(attachments):
            return
        case_id = subject.case_id if subject.leg_id is None else None
        self._context.background.read(
            lambda: desk.read(attachments, case_id, subject.leg_id),
            lambda rows: self._show(rows) if subject == self._subject else None,
            failed=lambda _: self._show(()),
            key=f"attachments-{id(self)}",
            owner=self,
        )

    def _show(self, rows: tuple[AttachmentRow, ...]) -> None:
        self.rows = rows
        self.lines.show_if_new(rows, lambda: [self._line(row) for row in rows])
        self.setVisible(self._may_add or bool(rows))

    def _line(self, row: AttachmentRow) -> QWidget:
        context = self._context
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        given = not row.voided or context.desk.actor.sees_all
        name = (
            Link(row.name, lambda: self.open(row), wrap=True) if given else Text(row.name, "muted", wrap=True)
        )
        top.addWidget(name, 1)
        if given:
            top.addWidget(_small(msg("Save {name}", name=row.name), "download", lambda: self.ask_where(row)))
        if row.may_void:
            top.addWidget(_small(msg("Void {name}", name=row.name), "ban", lambda: self.void(row)))
        column.addLayout(top)
        words: Message = msg(
            "{at} · {who} · {institution} · {size}",
            at=when(row.at, context.now(), context.zone),
            who=row.who,
            institution=context.institution(row.institution),
            size=size_words(row.size),
        )
        if row.addressed:
            called = called_words(context, row.addressed)
            words = msg("{words} · {addressed}", words=words, addressed=called)
        if row.leg and self._subject is not None and self._subject.leg_id is None:
            words = msg("{number} · {words}", number=row.leg, words=words)
        column.addWidget(Text(words, "small", wrap=True))
        if row.voided:
            said = msg("Voided: {reason}", reason=row.void_reason) if row.void_reason else msg("Undone")
            column.addWidget(Text(said, tone=Tone.SOON, wrap=True))
        return made

    # Adding --------------------------------------------------------------------------------------

    def ways_in(self) -> list[ActionSpec]:
        """Adding by key: choose, paste, scan."""
        if not self._may_add:
            return []
        choose, paste, scan = (run for _, run in self._ways_in())
        return [
            ActionSpec("attach", msg("Add an attachment"), choose, "F", "paperclip", enabled=self._shown),
            ActionSpec(
                "attach_paste",
                msg("Paste as an attachment"),
                paste,
                "Shift+F",
                "clipboard-paste",
                enabled=self._shown,
            ),
            ActionSpec(
                "attach_scan",
                msg("Attach from the scanner's folder"),
                scan,
                "",
                "file-text",
                enabled=self._shown,
            ),
        ]

    def _ways_in(self) -> tuple[tuple[Message, Callable[[], None]], ...]:
        return (
            (msg("Choose files…"), self.choose),
            (msg("Paste from the clipboard"), self.paste),
            (msg("From the scanner's folder…"), self.scan),
        )

    def _shown(self) -> bool:
        return self._subject is not None

    def choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, say(msg("Choose files")))
        self.take([Incoming(Path(name).name, Path(name)) for name in names])

    def paste(self) -> None:
        """What is on the clipboard, if it is files or a picture."""
        self.take_mime(QGuiApplication.clipboard().mimeData())

    def scan(self) -> None:
        dialog = ScanDialog(self._context, self)
        dialog.accepted.connect(lambda: self.take(dialog.chosen()))
        dialog.open()

    def take_mime(self, mime: QMimeData) -> None:
        """What was dropped or pasted."""
        files = incoming_of(mime, self._context.now().astimezone(self._context.zone))
        if files:
            self.take(files)
        else:
            messages.inform(msg("There is no file and no picture to add."))

    def take(self, files: list[Incoming]) -> None:
        """Ask under which names and for whom, then add them."""
        if files and self._subject is not None and self._may_add:
            AttachDialog(self._context, self._subject, files, self.window()).open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files and pictures over the pane."""
        if isinstance(event, QDragEnterEvent | QDropEvent) and self._subject is not None:
            mime = event.mimeData()
            if any(url.isLocalFile() for url in mime.urls()) or mime.hasImage():
                event.acceptProposedAction()
                self._over.setVisible(event.type() is not QEvent.Type.Drop)
                if event.type() is QEvent.Type.Drop:
                    self.take_mime(mime)
                return True
        if event.type() is QEvent.Type.DragLeave:
            self._over.hide()
        return False

    # Taking out ----------------------------------------------------------------------------------

    def ask_where(self, row: AttachmentRow) -> None:
        name, _ = QFileDialog.getSaveFileName(self, say(msg("Save the attachment")), row.name)
        if name:
            self.save_to(row, Path(name))

    def save_to(self, row: AttachmentRow, path: Path) -> None:
        """Write the file where the user said."""
        self._move(row, path, lambda: messages.done(msg("Saved: {file}", file=path.name)))

    def open(self, row: AttachmentRow) -> None:
        """Show it with the system's own program; what could do harm is only ever saved."""
        if not opens_safely(row.media, row.name):
            self.ask_where(row)
            return
        if self._opened is None:
            self._opened = tempfile.TemporaryDirectory(prefix="liaison-desk-", ignore_cleanup_errors=True)
        path = free_name(Path(self._opened.name), row.name)
        self._move(row, path, lambda: _show_file(path))

    def forget(self) -> None:
        """The person goes: nothing they have opened stays on the disk."""
        if self._opened is not None:
            self._opened.cleanup()
            self._opened = None

    def void(self, row: AttachmentRow) -> None:
        VoidDialog(self._context, row, self.window()).open()

    def _move(self, row: AttachmentRow, path: Path, then: Callable[[], None]) -> None:
        if self._moving:
            messages.inform(msg("Another file is on its way; wait or stop it."))
            return
        desk = self._context.desk

        def work(progress: Progress) -> None:
            file: AttachedFile = desk.release(attachment_bytes, WAY, row.id)
            write_out(path, file.data, progress)

        def done(_: None) -> None:
            self._ended()
            then()

        def failed(error: DeskError) -> None:
            self._ended()
            messages.show_error(error, self.window())

        self.progress.setRange(0, 0)
        self._on_its_way.show()
        self._moving = True
        task = self._context.background.long(
            work, done, failed=failed, progress=self._step, cancelled=self._ended, owner=self
        )
        self._task = task if self._moving else None

    def _step(self, done: int, total: int, message: Message | None) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _ended(self) -> None:
        self._task, self._moving = None, False
        self._on_its_way.hide()


class VoidDialog(CommandDialog):
    """A file that should not be there; its bytes stay in the office."""

    def __init__(self, context: Context, row: AttachmentRow, parent: QWidget | None = None) -> None:
        super().__init__(context, msg("Void an attachment"), msg("Void “{name}”", name=row.name), parent)
        self._row = row
        self.body.addWidget(
            hint(msg("No institution is given it any more. It is kept, and the police can still read it."))
        )
        self.form.add(Field("reason", msg("Reason"), NoteEdit(lines=2), required=True))
        self.body.addWidget(self.form)

    def command(self) -> VoidAttachment:
        reason = str(self.form.values()["reason"])
        return VoidAttachment(attachment_id=self._row.id, reason=reason, version=self._row.version)

    def said(self, result: object) -> Message | None:
        return msg("“{name}” voided", name=self._row.name)


def _small(words: Message, icon: str, run: Callable[[], None]) -> Button:
    """A button that is only its picture; its words are for the tooltip and the screen reader."""
    button = Button(Message(""), icon=icon, kind="quiet", run=run)
    button.setAccessibleName(say(words))
    button.setToolTip(messages.plain(say(words)))
    side = look().px(28)
    button.setFixedSize(side, side)
    return button


def _show_file(path: Path) -> None:
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        messages.inform(msg("This computer has no program for it. Save it and open it elsewhere."))
