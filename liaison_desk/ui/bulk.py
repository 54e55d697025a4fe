"""One deed for many requests: first what will and will not happen and why, then one command each, with a way out.

The result is told exactly: how many were done, how many not, and for which reason each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.bulk import BulkDeed, BulkLine, bulk_preview, command_of, export_legs
from liaison_desk.desk.details import Colleague, people_to_hand_to
from liaison_desk.desk.lists import QueuePage
from liaison_desk.desk.paging import Cursor
from liaison_desk.desk.papers import MOST_SLIPS
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.work import Command
from liaison_desk.ui import icons, messages
from liaison_desk.ui.background import Cancelled, Progress, Task
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.messages import plain
from liaison_desk.ui.preview import show_slips
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Tone, look, say
from liaison_desk.ui.undo import Offers, announce, offers_for

Then = Callable[[tuple[BulkLine, ...]], None]
"""What becomes of the possible lines of a deed that changes nothing: printing, exporting."""


def titles(deed: BulkDeed, count: int) -> Message:
    """The heading of the preview."""
    match deed:
        case BulkDeed.CLAIM:
            return msg("Claim {count} requests", count=count)
        case BulkDeed.RELEASE:
            return msg("Release {count} claims", count=count)
        case BulkDeed.REASSIGN:
            return msg("Hand over {count} requests", count=count)
        case BulkDeed.SLIPS:
            return msg("Print {count} slips", count=count)
        case BulkDeed.EXPORT:
            return msg("Export {count} requests", count=count)


def told(deed: BulkDeed, count: int) -> Message:
    """What was done."""
    match deed:
        case BulkDeed.CLAIM:
            return msg("{count} requests claimed", count=count)
        case BulkDeed.RELEASE:
            return msg("{count} claims released", count=count)
        case _:
            return msg("{count} requests handed over", count=count)


@dataclass(frozen=True)
class Outcome:
    """What came of it: numbers that were done, and the reason of each that was not; ``left`` were not tried."""

    done: tuple[str, ...]
    refused: tuple[tuple[BulkLine, Message], ...]
    left: int
    offers: Offers = ()


class BulkDialog(QDialog):
    """The preview, the way, the result. ``then``: for deeds that change nothing."""

    def __init__(
        self,
        context: Context,
        deed: BulkDeed,
        rows: Sequence[QueueRow],
        parent: QWidget | None = None,
        then: Then | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._kind, self._then = context, deed, then
        self._rows = [row for row in rows if row.item == "leg"]
        self._others = len(rows) - len(self._rows)
        self.lines: tuple[BulkLine, ...] = ()
        self.outcome: Outcome | None = None
        self._task: Task | None = None
        self._moving = False
        self.heading = Text(titles(deed, len(rows)), "heading")
        self.setWindowTitle(say(titles(deed, len(rows))))
        self.summary = Text(msg("Looking at each of them…"), wrap=True)
        self.who = CodeCombo(placeholder=msg("Choose a colleague"))
        self.who.setAccessibleName(say(msg("To")))
        self.who.setVisible(False)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnCount(2)
        self.list.setHeaderLabels([say(msg("Request")), say(msg("What becomes of it"))])
        self.list.setAccessibleName(say(msg("What becomes of each request")))
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.deed = Button(titles(deed, len(rows)), kind="primary", run=self.submit)
        self.stay = Button(msg("Cancel"), run=self.reject)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.stay)
        foot.addWidget(self.deed)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID + GRID // 2)
        for widget in (self.heading, self.summary, self.who):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(self.progress)
        column.addLayout(foot)
        self.stay.setAutoDefault(False)
        self.deed.setDefault(True)
        self.deed.setEnabled(False)
        self.resize(look().px(640), look().px(460))
        if deed is BulkDeed.REASSIGN:
            self._read_people()
        else:
            self._preview()

    # Before --------------------------------------------------------------------------------------

    def _read_people(self) -> None:
        if not self._rows:
            self._previewed(())
            return
        self.summary.set(msg("Choose to whom they are handed."))
        desk, first = self._context.desk, self._rows[0].id
        self.who.setVisible(True)
        self.who.currentIndexChanged.connect(self._preview)
        self._context.background.read(
            lambda: desk.read(people_to_hand_to, first), self._listed, failed=self._failed, owner=self
        )

    def _listed(self, people: tuple[Colleague, ...]) -> None:
        self.who.set_choices(
            [(person.id, msg("{name} ({login})", name=person.name, login=person.login)) for person in people]
        )
        self.who.setFocus()
        self._preview()

    def _person(self) -> int:
        value = self.who.value()
        return value if isinstance(value, int) else 0

    def _preview(self) -> None:
        if self._kind is BulkDeed.REASSIGN and not self._person():
            return
        desk, deed, person = self._context.desk, self._kind, self._person()
        ids = tuple(row.id for row in self._rows)
        self.deed.setEnabled(False)
        self._context.background.read(
            lambda: desk.read(bulk_preview, ids, deed, person),
            self._previewed,
            failed=self._failed,
            key="bulk",
            owner=self,
        )

    def _previewed(self, lines: tuple[BulkLine, ...]) -> None:
        self.lines = lines
        will = [line for line in lines if line.possible]
        wont = [line for line in lines if not line.possible]
        self.summary.set(self._sum(len(will), len(wont) + self._others))
        self.summary.set_tone(Tone.SOON if len(will) < len(lines) + self._others else Tone.NEUTRAL)
        self._fill(
            [(line.number, line.reason or msg("will be done"), line.possible) for line in (*wont, *will)]
        )
        self.deed.set_message(titles(self._kind, len(will)))
        self.deed.setEnabled(bool(will))
        if will and self._kind is not BulkDeed.REASSIGN:
            self.deed.setFocus()

    def _sum(self, will: int, wont: int) -> Message:
        if not wont:
            return msg("All {count} are possible.", count=will)
        if not self._others:
            return msg("{will} will be done, {wont} will not; why stands beside each.", will=will, wont=wont)
        return msg(
            "{will} will be done, {wont} will not, {others} of these because they are no requests; "
            "why stands beside the others.",
            will=will,
            wont=wont,
            others=self._others,
        )

    # Meanwhile -----------------------------------------------------------------------------------

    def submit(self) -> None:
        """One command for each possible line, off the GUI thread; Escape stops behind the one that is on its way."""
        lines = tuple(line for line in self.lines if line.possible)
        if self._moving or not lines or self.outcome is not None:
            return
        if self._then is not None:
            self.accept()
            self._then(lines)
            return
        desk, deed, person = self._context.desk, self._kind, self._person()

        def work(progress: Progress) -> Outcome:
            done: list[Command[Any]] = []
            numbers: list[str] = []
            refused: list[tuple[BulkLine, Message]] = []
            for count, line in enumerate(lines):
                try:
                    progress(count, len(lines))
                except Cancelled:
                    break
                command = command_of(deed, line, person)
                assert command is not None
                try:
                    desk.do(command)
                except DeskError as error:
                    refused.append((line, error.message))
                else:
                    done.append(command)
                    numbers.append(line.number)
            left = len(lines) - len(numbers) - len(refused)
            return Outcome(tuple(numbers), tuple(refused), left, offers_for(desk, done))

        self._moving = True
        self.deed.setEnabled(False)
        self.who.setEnabled(False)
        self.stay.set_message(msg("Stop"))
        self.progress.setRange(0, len(lines))
        self.progress.show()
        task = self._context.background.long(
            work, self._ended, failed=self._failed, progress=self._step, owner=self
        )
        self._task = task if self._moving else None

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
            return
        super().reject()

    def _step(self, done: int, total: int, message: Message | None) -> None:
        self.progress.setValue(done)
        self.summary.set(msg("{done} of {count}", done=done, count=total))

    # Afterwards ----------------------------------------------------------------------------------

    def _ended(self, outcome: Outcome) -> None:
        self._task, self._moving, self.outcome = None, False, outcome
        self.progress.hide()
        sentence = told(self._kind, len(outcome.done))
        if not outcome.refused and not outcome.left:
            self.accept()
            announce(self._context, sentence, outcome.offers)
            return
        if outcome.done:
            announce(self._context, sentence, outcome.offers)
        self.summary.set(
            msg(
                "{done} done, {refused} refused, {left} not tried.",
                done=len(outcome.done),
                refused=len(outcome.refused),
                left=outcome.left,
            )
        )
        self.summary.set_tone(Tone.SOON)
        self._fill([(line.number, reason, False) for line, reason in outcome.refused])
        self.deed.hide()
        self.stay.set_message(msg("Close"))
        self.stay.setFocus()

    def _failed(self, error: DeskError) -> None:
        self._task, self._moving = None, False
        self.progress.hide()
        self.summary.set(error.message)
        self.summary.set_tone(Tone.OVERDUE)

    def _fill(self, lines: Sequence[tuple[str, Message, bool]]) -> None:
        """Number, what becomes of it, and whether it is (or was) done: by a mark and a word, not by colour alone."""
        self.list.clear()
        yes, no = icons.icon("check", Tone.OK), icons.icon("ban", Tone.SOON)
        metrics = self.list.fontMetrics()
        for number, words, possible in lines:
            item = QTreeWidgetItem([number or say(msg("not visible")), say(words)])
            item.setIcon(0, yes if possible else no)
            width = metrics.horizontalAdvance(item.text(0)) + look().px(GRID * 6)
            item.setSizeHint(0, QSize(width, look().px(28)))
            item.setToolTip(1, plain(say(words)))
            self.list.addTopLevelItem(item)


def print_lines(context: Context, lines: tuple[BulkLine, ...], owner: QWidget) -> None:
    """The slips of these, in one preview and one print job."""
    numbers = tuple(line.number for line in lines)
    show_slips(context, numbers[:MOST_SLIPS], owner)
    if len(numbers) > MOST_SLIPS:
        messages.inform(msg("The first {count} slips; print the others afterwards.", count=MOST_SLIPS))


def export_lines(
    context: Context, lines: tuple[BulkLine, ...], table: Table[QueueRow], owner: QWidget
) -> None:
    """These requests as a workbook, with the columns that the table shows."""
    # Imported at the first export: writing workbooks costs time that a start need not pay.
    from liaison_desk.ui.listexport import ask_and_export

    desk, ids = context.desk, tuple(line.leg_id for line in lines)
    found: list[QueueRow] = []

    def release() -> int:
        found[:] = desk.release(export_legs, "export", ids)
        return len(found)

    def read(cursor: Cursor | None, limit: int) -> QueuePage:
        return QueuePage(tuple(found), None, desk.clock())

    ask_and_export(context, msg("Queue"), table, read, release, owner)
