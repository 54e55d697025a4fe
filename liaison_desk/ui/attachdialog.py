"""Adding attachments: which files, under which names, and which institutions may have them beside the own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.filenames import clean_file_name
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.attachments import AddAttachment
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.background import Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.filework import Incoming, Scan, newest_files, read_in, size_words
from liaison_desk.ui.messages import caption
from liaison_desk.ui.theme import GRID, look, say
from liaison_desk.ui.undo import Offers, announce, offers_for

SCAN_FOLDER = "scan_folder"
COLUMNS = 2


@dataclass(frozen=True)
class Subject:
    """What attachments are put to: a request (``leg_id``), or a case."""

    case_id: int
    leg_id: int | None
    number: str
    institution: str = ""
    """To whom the request is addressed."""


@dataclass(frozen=True)
class Added:
    """What came of it: the names that are in, and why others are not."""

    names: tuple[str, ...]
    refused: tuple[DeskError, ...]
    offers: Offers


class AttachDialog(QDialog):
    """Files with their names and who may have them; while they are on their way, how far, and a way out."""

    def __init__(
        self, context: Context, subject: Subject, files: Sequence[Incoming], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Add attachments")))
        self._context, self._subject, self._files = context, subject, list(files)
        self._task: Task | None = None
        self._moving = False
        self.names: list[LineEdit] = []
        self.addressed: dict[str, QCheckBox] = {}
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self._wrong = Text("", "error", wrap=True)
        self._wrong.hide()
        self.deed = Button(msg("Add"), icon="paperclip", kind="primary", keys="Ctrl ⏎", run=self.submit)
        self.deed.press_by("Ctrl+Return")
        self.stay = Button(msg("Cancel"), run=self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.stay)
        foot.addWidget(self.deed)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(Text(msg("Attachments of {number}", number=subject.number), "heading", wrap=True))
        column.addWidget(_scrolled(self._list(), 200))
        column.addWidget(Text(self._walls(), "small", wrap=True))
        column.addWidget(_scrolled(self._institutions(), 130))
        column.addStretch(1)
        column.addWidget(self.progress)
        column.addWidget(self._wrong)
        column.addLayout(foot)
        for button in (self.deed, self.stay):
            button.setAutoDefault(False)
        self.setMinimumWidth(look().px(480))
        if self.names:
            self.names[0].setFocus()

    def commands(self) -> list[tuple[Incoming, str]]:
        """Each file with the name it shall have; raises BadInput for one without."""
        found = []
        for file, editor in zip(self._files, self.names, strict=True):
            name = str(editor.value())
            if not name:
                editor.setFocus()
                raise BadInput(msg("Give every file a name. Nothing was added."))
            found.append((file, clean_file_name(name)))
        return found

    def submit(self) -> None:
        """Read the files and put them there, one command each."""
        if self._moving or not self._files:
            return
        try:
            chosen = self.commands()
        except BadInput as error:
            self._failed(error)
            return
        desk, subject = self._context.desk, self._subject
        most = self._context.office.file_megabytes
        codes = tuple(code for code, box in self.addressed.items() if box.isChecked())

        def work(progress: Progress) -> Added:
            names, refused = [], []
            done: list[Command[int]] = []
            for file, name in chosen:
                try:
                    command = AddAttachment(
                        name=name,
                        data=read_in(file, most, progress),
                        case_id=subject.case_id,
                        leg_id=subject.leg_id,
                        addressed=codes,
                    )
                    progress.check()
                    desk.do(command)
                except DeskError as error:
                    refused.append(error)
                else:
                    names.append(name)
                    done.append(command)
            return Added(tuple(names), tuple(refused), offers_for(desk, done))

        self._busy(True)
        task = self._context.background.long(
            work,
            self._added,
            failed=self._failed,
            progress=self._step,
            cancelled=self._cancelled,
            owner=self,
        )
        self._task = task if self._moving else None

    def reject(self) -> None:
        """Escape and Cancel: first of what is on its way, then of the dialog."""
        if self._task is not None:
            self._task.cancel()
            return
        super().reject()

    @property
    def error(self) -> str:
        return self._wrong.text() if not self._wrong.isHidden() else ""

    # Inside --------------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setHorizontalSpacing(GRID)
        for line, file in enumerate(self._files):
            editor = LineEdit(longest=120)
            editor.set_value(clean_file_name(file.name))
            editor.setAccessibleName(say(msg("File name")))
            self.names.append(editor)
            grid.addWidget(editor, line, 0)
            size = size_words(file.size) if file.path is not None else say(msg("picture"))
            grid.addWidget(Text(size, "small"), line, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(len(self._files), 1)
        return inside

    def _walls(self) -> Message:
        if self._context.desk.actor.police:
            return msg("The police see them, and the institutions chosen here:")
        return msg("Your institution and the police see them, and the institutions chosen here:")

    def _institutions(self) -> QWidget:
        context, own = self._context, self._context.desk.actor.institution
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, seat in enumerate(seat for seat in context.seats() if seat.code != own):
            box = QCheckBox(caption(say(context.institution(seat.code))))
            # What the police put to a request is nearly always meant for its addressee.
            box.setChecked(context.desk.actor.police and seat.code == self._subject.institution)
            self.addressed[seat.code] = box
            grid.addWidget(box, place // COLUMNS, place % COLUMNS)
        return inside

    def _busy(self, busy: bool) -> None:
        self._moving = busy
        self.progress.setRange(0, 0)
        self.progress.setVisible(busy)
        self.deed.setEnabled(not busy)
        self._wrong.hide()

    def _step(self, done: int, total: int, message: Message | None) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _added(self, added: Added) -> None:
        self._task = None
        self._busy(False)
        if added.names:
            sentence = (
                msg("“{name}” added", name=added.names[0])
                if len(added.names) == 1
                else msg("{count} attachments added", count=len(added.names))
            )
            self.accept()
            announce(self._context, sentence, added.offers)
            if added.refused:
                messages.show_error(added.refused[0], self.parentWidget())
        else:
            self._failed(added.refused[0])

    def _failed(self, error: DeskError) -> None:
        self._task = None
        self._busy(False)
        self._wrong.set(error.message)
        self._wrong.show()

    def _cancelled(self) -> None:
        self._task = None
        self._busy(False)
        self._wrong.set(msg("Stopped. What was added before stays; add the rest again when you like."))
        self._wrong.show()


class ScanDialog(QDialog):
    """The newest files of the scanner's folder, to be chosen from; the folder is remembered for this person."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("From the scanner's folder")))
        self._context = context
        self.folder = context.recall(SCAN_FOLDER)
        self._where = Text("", "small", wrap=True)
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName(say(msg("Newest scans")))
        self.list.itemActivated.connect(self.accept)
        self.deed = Button(msg("Add the chosen"), kind="primary", run=self.accept)
        foot = QHBoxLayout()
        other = Button(msg("Another folder…"), run=self.choose_folder)
        stay = Button(msg("Cancel"), run=self.reject)
        foot.addWidget(other)
        foot.addStretch()
        foot.addWidget(stay)
        foot.addWidget(self.deed)
        for button in (other, stay):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(Text(msg("From the scanner's folder"), "heading"))
        column.addWidget(self._where)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self.resize(look().px(560), look().px(420))
        self.refresh()

    def chosen(self) -> list[Incoming]:
        """The files that were chosen."""
        found = []
        for item in self.list.selectedItems():
            scan = item.data(Qt.ItemDataRole.UserRole)
            found.append(Incoming(scan.path.name, scan.path))
        return found

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, say(msg("The scanner's folder")), self.folder)
        if folder:
            self.use_folder(folder)

    def use_folder(self, folder: str) -> None:
        self.folder = folder
        self._context.remember(SCAN_FOLDER, folder)
        self.refresh()

    def refresh(self) -> None:
        """Look into the folder again."""
        self._where.set(self.folder or msg("Choose the folder into which your scanner writes."))
        self.deed.setEnabled(False)
        self.list.clear()
        if self.folder:
            folder = Path(self.folder)
            self._context.background.read(
                lambda: newest_files(folder), self._listed, failed=self._failed, key="scans", owner=self
            )

    def _listed(self, scans: tuple[Scan, ...]) -> None:
        context = self._context
        for scan in scans:
            at = when(datetime.fromtimestamp(scan.at, UTC), context.now(), context.zone)
            item = QListWidgetItem(f"{scan.path.name}    {at}    {size_words(scan.size)}")
            item.setData(Qt.ItemDataRole.UserRole, scan)
            self.list.addItem(item)
        if scans:
            self.list.setCurrentRow(0)
            self.deed.setEnabled(True)
            self.list.setFocus()
        else:
            self._where.set(msg("{folder}: no file there", folder=self.folder))

    def _failed(self, error: DeskError) -> None:
        self._where.set(error.message)


def _scrolled(inside: QWidget, height: int) -> QScrollArea:
    """At most so high; what is more is reached by scrolling."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    wanted = inside.sizeHint().height() + 2
    area.setFixedHeight(min(wanted, look().px(height)))
    return area
