"""What stands beside a list: everything about the selected request, and the steps that are possible now.

It is brought up to date in place, so that the scroll position and a half-written note survive every change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from liaison_desk.core.countdown import Shape, when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import KIND_WORDS, LegState, Urgency
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook, details
from liaison_desk.desk.answers import ConfirmAnswer
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.details import LegDetail
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui import columns
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerparts import Lines, Link, answer_view, hold_view, hop_view, known_view
from liaison_desk.ui.attachdialog import Subject
from liaison_desk.ui.attachments import AttachmentsView
from liaison_desk.ui.balance import MoneyBar
from liaison_desk.ui.cards import FactGrid, Text, section
from liaison_desk.ui.chips import Chip
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.legfacts import about_case, about_request, events, money_parts
from liaison_desk.ui.notes import NoteInput, NotesView, clear
from liaison_desk.ui.pane import Pane, Steps
from liaison_desk.ui.presence import PresenceLine
from liaison_desk.ui.queuecolumns import state_of
from liaison_desk.ui.theme import GRID, Tone
from liaison_desk.ui.timeline import Timeline

_SHAPE_ICONS = {Shape.OVERDUE: "triangle", Shape.SOON: "diamond", Shape.CALM: "clock"}


class DetailPane(Pane):
    """Everything about one request; ``show_row`` says which."""

    loaded = Signal()
    """Another request, or a newer state of this one, is shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.detail: LegDetail | None = None
        self._row: QueueRow | None = None
        self._wanted: int | None = None
        self._noted: int | None = None
        self._about = QHBoxLayout()
        self._about.setSpacing(GRID // 2)
        self.head.addLayout(self._about)
        self.state = Chip()
        self._facts, self._more = FactGrid(), FactGrid()
        self._also, self._answers, self._hops, self._hold = Lines(), Lines(), Lines(), Lines()
        self.steps = Steps()
        self.money = MoneyBar()
        self.timeline = Timeline()
        self.notes = NotesView(context)
        self._notes_head = section(msg("Notes"))
        self._also_head = section(msg("Mind"))
        self._answers_head = section(msg("Answers"))
        self._hops_head = section(msg("Next hops"))
        self.others = PresenceLine(context, self)
        self.files = AttachmentsView(context, self)
        self.note = NoteInput(context, self._note)
        self.note.handed.connect(self.files.take_mime)
        state_line = QHBoxLayout()
        state_line.addWidget(self.state)
        state_line.addStretch()
        self.middle.addLayout(state_line)
        self.middle.addWidget(self.others)
        for widget in (
            self._facts,
            self._also_head,
            self._also,
            self.steps,
            self._hold,
            self._answers_head,
            self._answers,
            self._hops_head,
            self._hops,
            section(msg("The case's money (yuan)")),
            self.money,
            self._more,
            self._notes_head,
            self.notes,
            self.files,
            section(msg("What happened")),
            self.timeline,
        ):
            self.middle.addWidget(widget)
        self.middle.addStretch()
        self.foot.addWidget(self.note)

    # What is shown -------------------------------------------------------------------------------

    def show_row(self, row: QueueRow | None) -> None:
        """Show the request of this line of a list (or of the hold that stands there)."""
        self._wanted = None
        if row is None:
            self._row = self.detail = None
            self.others.about(None)
            self.note.about(None)
            self.show_full(False)
            self.loaded.emit()
            return
        before, self._row = self._row, row
        if before is None or before.key != row.key:
            self.detail = None
            self.scroller.verticalScrollBar().setValue(0)
        self.refresh()

    def show_leg(self, leg_id: int) -> None:
        """Show a request that stands in no list on the screen."""
        if self._wanted != leg_id:
            self.detail = None
            self.scroller.verticalScrollBar().setValue(0)
        self._row, self._wanted = None, leg_id
        self.refresh()

    def renew(self, row: QueueRow) -> None:
        """The list has read the shown line again."""
        if self._row is not None and self._row.key == row.key:
            self._row = row

    def refresh(self) -> None:
        """Read the shown request again."""
        row, wanted, desk = self._row, self._wanted, self.context.desk
        if row is None and wanted is None:
            return

        def read() -> LegDetail:
            leg_id = row.id if row is not None else wanted or 0
            if row is None:
                return desk.read(details.leg_detail, leg_id)
            if row.item == "hold":
                # A hold stands for the request that opened it.
                legs = desk.read(casebook.case_detail, row.case_id).legs
                leg_id = next((leg.id for leg in legs if leg.number == row.number), 0)
            return desk.read(details.leg_detail, leg_id)

        self.context.background.read(read, self._show, failed=self._gone, key="detail", owner=self)

    def tick(self) -> None:
        """A second has gone."""
        now, zone = self.context.now(), self.context.zone
        row = (
            self._row
            if self.detail is None or (self._row is not None and self._row.item == "hold")
            else self.detail.row
        )
        if row is None or row.due is None:
            self.chip.set(None)
            return
        cell = columns.remaining(row.due, now, zone, expiry=row.expiry)
        self.chip.set(
            Message(cell.text),
            cell.tone if cell.tone is not Tone.NEUTRAL else Tone.MUTED,
            _SHAPE_ICONS[cell.shape],
        )

    def offer(self, actions: Sequence[ActionSpec]) -> None:
        """The steps that are possible with what is shown."""
        self.steps.offer(actions)

    def _gone(self, error: DeskError) -> None:
        """It is no longer there for this reader."""
        self.detail = None
        self.note.about(None)
        self.show_full(False)
        self.loaded.emit()

    def _show(self, detail: LegDetail) -> None:
        if self._row is None and self._wanted != detail.row.id:
            return
        self.detail, row = detail, detail.row
        context = self.context
        if row.full and self._noted != row.id:
            context.desk.viewed("leg", id=row.id)
        self._noted = row.id
        self.title.set(msg("{number} · {kind}", number=row.number, kind=KIND_WORDS[row.kind]))
        self._show_about(detail)
        words, tone, icon = state_of(self._row if self._row is not None and self._row.item == "hold" else row)
        if row.claimed_by and row.state is LegState.CLAIMED:
            words = msg("{state} · {who}", state=words, who=row.claimed_by)
        self.state.set(words, tone, icon)
        self._facts.set_facts(about_request(context, detail))
        self._more.set_facts(about_case(context, detail))
        self._also_head.setVisible(bool(detail.also))
        self._also.show_if_new(
            detail.also,
            lambda: [known_view(context, known, context.ways.open_case.emit) for known in detail.also],
        )
        hold = detail.hold
        self._hold.show_if_new(hold, lambda: [hold_view(context, hold)] if hold is not None else [])
        self._answers_head.setVisible(bool(detail.answers))
        self._answers.show_if_new((row.amount, row.can, detail.answers), lambda: self._answer_views(detail))
        self._hops_head.setVisible(bool(detail.hops))
        self._hops.show_if_new(
            detail.hops, lambda: [hop_view(context, hop, self._open_number) for hop in detail.hops]
        )
        self.money.set_parts(detail.money.loss, money_parts(detail.money))
        self.timeline.set_events(events(context, detail.timeline))
        self._notes_head.setVisible(bool(detail.notes))
        self.notes.set_notes(detail.notes)
        self.others.about(("leg", row.id))
        self.files.about(Subject(row.case_id, row.id, row.number, row.institution))
        self.note.about(("leg", row.id))
        self.show_full(True)
        self.tick()
        self.loaded.emit()

    def _show_about(self, detail: LegDetail) -> None:
        clear(self._about)
        row = detail.row
        case_id = row.case_id
        link = Link(
            msg("Case {number}", number=row.case_number), lambda: self.context.ways.open_case.emit(case_id)
        )
        self._about.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        at = when(detail.reported_at, self.context.now(), self.context.zone)
        self._about.addWidget(
            Text(msg("· {fraud} · reported {at}", fraud=detail.fraud_type, at=at), "small", wrap=True), 1
        )
        if row.urgency is Urgency.URGENT and row.state in (LegState.QUEUED, LegState.CLAIMED):
            self._about.addWidget(Text(msg("· urgent"), "small"))

    def _answer_views(self, detail: LegDetail) -> list[QWidget]:
        row, views = detail.row, []
        for number, answer in enumerate(reversed(detail.answers)):
            newest = number == 0
            confirm: Callable[[], None] | None = (
                self._confirm if newest and "ConfirmAnswer" in row.can else None
            )
            views.append(answer_view(self.context, row, answer, confirm))
        return views

    def _confirm(self) -> None:
        if self.detail is not None:
            row = self.detail.row
            carry_out(
                self.context,
                [ConfirmAnswer(leg_id=row.id)],
                lambda _: msg("Answer to {number} confirmed", number=row.number),
            )

    def _note(self, text: str) -> WriteNote | None:
        return WriteNote(text=text, leg_id=self.detail.row.id) if self.detail is not None else None

    def _open_number(self, number: str) -> None:
        """A next hop's request, by its number."""
        desk = self.context.desk
        detail = self.detail
        if detail is None:
            return
        case_id = detail.row.case_id

        def found(case: casebook.CaseDetail) -> None:
            leg = next((leg.id for leg in case.legs if leg.number == number), None)
            if leg is not None:
                self.context.ways.open_leg.emit(leg)

        self.context.background.read(lambda: desk.read(casebook.case_detail, case_id), found, owner=self)
