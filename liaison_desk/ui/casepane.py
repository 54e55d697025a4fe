"""One case whole (K2): who lost what, where it went, what was asked of whom, what is held, what happened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import HOP_WORDS, LegState
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.casebook import AccountRow, CaseDetail, PaymentRow
from liaison_desk.desk.cases import AddPayment, AuthoriseHops, CorrectCase, WriteNote
from liaison_desk.desk.facts import HopRow
from liaison_desk.desk.flows import case_flow
from liaison_desk.desk.ledgerbook import RecordElsewhere, RecordPayback
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import IssueProposed, IssueRequest
from liaison_desk.ui import columns
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerparts import Lines, Link
from liaison_desk.ui.attachdialog import Subject
from liaison_desk.ui.attachments import AttachmentsView
from liaison_desk.ui.balance import MoneyBar
from liaison_desk.ui.cards import Fact, FactGrid, Text, section
from liaison_desk.ui.chips import Chip
from liaison_desk.ui.context import Context
from liaison_desk.ui.correctcase import CorrectCaseDialog
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.holddialogs import HoldDialog, HoldRef
from liaison_desk.ui.holdsteps import hold_with_steps
from liaison_desk.ui.legfacts import events, money_parts
from liaison_desk.ui.messages import caption
from liaison_desk.ui.moneydialogs import VictimMoneyDialog
from liaison_desk.ui.notes import NoteInput, NotesView
from liaison_desk.ui.pane import Pane, Steps
from liaison_desk.ui.presence import PresenceLine
from liaison_desk.ui.queuecolumns import KIND_SHORT, state_of
from liaison_desk.ui.requestdialog import PaymentDialog, RequestDialog
from liaison_desk.ui.theme import GRID, Tone, look, say
from liaison_desk.ui.timeline import Timeline


class CasePane(Pane):
    """Everything about one case; ``show_case`` says which."""

    loaded = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.detail: CaseDetail | None = None
        self._case_id: int | None = None
        self.about = Text("", "small", wrap=True)
        self.head.addWidget(self.about)
        self.money = MoneyBar()
        self._facts = FactGrid()
        self.steps = Steps()
        self.authorised = QCheckBox()
        self.authorised.clicked.connect(self._authorise)
        self._authorised_by = Text("", "small", wrap=True)
        self.legs, self._payments, self._accounts = Lines(), Lines(), Lines()
        self._hops, self._holds = Lines(), Lines()
        self.timeline = Timeline()
        self.notes = NotesView(context)
        self.others = PresenceLine(context, self)
        self.head.addWidget(self.others)
        self.files = AttachmentsView(context, self)
        self.note = NoteInput(context, self._note)
        self.note.handed.connect(self.files.take_mime)
        self._heads: list[tuple[Text, QWidget]] = []
        self.middle.addWidget(self.money)
        self.middle.addWidget(self._facts)
        self.middle.addWidget(self.steps)
        for title, lines in (
            (msg("Requests"), self.legs),
            (msg("Payments"), self._payments),
            (msg("Accounts and phones by level"), self._accounts),
            (msg("Where the money went on to"), self._hops),
            (msg("Holds"), self._holds),
        ):
            self._titled(title, lines)
        if context.desk.may(AuthoriseHops):
            self.middle.addWidget(self.authorised)
        self.middle.addWidget(self._authorised_by)
        self.middle.addWidget(section(msg("What happened")))
        self.middle.addWidget(self.timeline)
        self.middle.addWidget(self.files)
        self._titled(msg("Notes"), self.notes)
        self.middle.addStretch()
        self.foot.addWidget(self.note)
        look().language_changed.connect(self._again)
        self._again()

    def show_case(self, case_id: int | None) -> None:
        """Show this case; None shows nothing."""
        if case_id != self._case_id:
            self.detail = None
            self.scroller.verticalScrollBar().setValue(0)
        self._case_id = case_id
        if case_id is None:
            self.note.about(None)
            self.show_full(False)
            self.loaded.emit()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Read the shown case again."""
        case_id, desk = self._case_id, self.context.desk
        if case_id is not None:
            self.context.background.read(
                lambda: desk.read(casebook.case_detail, case_id),
                self._show,
                failed=self._gone,
                key="case",
                owner=self,
            )

    def tick(self) -> None:
        """Nothing here counts down."""

    def actions_here(self, page: QWidget) -> list[ActionSpec]:
        """What can be done with the shown case as a whole."""
        context, made = self.context, []
        if context.desk.may(IssueRequest):
            made.append(
                ActionSpec(
                    "new_request",
                    msg("New request in this case"),
                    lambda: RequestDialog(context, self._case_id or 0, page).open(),
                    "Ctrl+R",
                    "plus",
                    enabled=self._shown,
                    primary=True,
                )
            )
        if context.desk.may(AddPayment):
            made.append(
                ActionSpec(
                    "add_payment",
                    msg("Add a payment"),
                    lambda: PaymentDialog(context, self._case_id or 0, page).open(),
                    "Y",
                    "hand-coins",
                    enabled=self._shown,
                )
            )
        if context.desk.may(CorrectCase):
            made.append(
                ActionSpec("correct_case", msg("Correct the case"), self._correct, "E", "pencil", self._shown)
            )
        if context.desk.may(IssueProposed):
            made.append(
                ActionSpec(
                    "issue_case",
                    msg("Issue all proposed of this case"),
                    self.issue_proposed,
                    "I",
                    "send",
                    enabled=lambda: bool(self._proposed()),
                )
            )
        if context.desk.may_read(case_flow):
            made.append(
                ActionSpec(
                    "flow",
                    msg("Follow the money"),
                    lambda: context.ways.open_flow.emit(self._case_id or 0),
                    "G",
                    "route",
                    enabled=self._shown,
                )
            )
        for name, command, title, icon, make in (
            (
                "elsewhere",
                RecordElsewhere,
                msg("Enter money recovered elsewhere"),
                "landmark",
                VictimMoneyDialog.for_elsewhere,
            ),
            (
                "payback",
                RecordPayback,
                msg("Enter money paid back as bait"),
                "undo-2",
                VictimMoneyDialog.for_payback,
            ),
        ):
            if context.desk.may(command):
                made.append(
                    ActionSpec(name, title, self._about_case(make, page), "", icon, enabled=self._shown)
                )
        made.append(
            ActionSpec("note", msg("Write a note"), self.note.setFocus, "M", "pencil", enabled=self._shown)
        )
        return [*made, *self.files.ways_in()]

    def _about_case(self, make: HoldDialog, page: QWidget) -> Callable[[], None]:
        """Opens a dialog about the case's victims; it needs no hold."""

        def run() -> None:
            if self.detail is not None:
                make(self.context, HoldRef(0, self.detail.row.id, self.detail.row.number), page).open()

        return run

    def _correct(self) -> None:
        if self.detail is not None:
            CorrectCaseDialog(self.context, self.detail, self.window()).open()

    def issue_proposed(self) -> None:
        """Every proposed request of the case goes out in one step."""
        ids = tuple(leg.id for leg in self._proposed())
        if ids:
            carry_out(
                self.context,
                [IssueProposed(leg_ids=ids)],
                lambda results: msg("{count} requests issued", count=results[0]),
            )

    # Inside --------------------------------------------------------------------------------------

    def _shown(self) -> bool:
        return self.detail is not None

    def _proposed(self) -> list[QueueRow]:
        legs = self.detail.legs if self.detail is not None else ()
        return [leg for leg in legs if leg.state is LegState.PROPOSED and "IssueProposed" in leg.can]

    def _titled(self, title: Message, part: QWidget) -> None:
        head = section(title)
        self._heads.append((head, part))
        self.middle.addWidget(head)
        self.middle.addWidget(part)

    def _gone(self, error: DeskError) -> None:
        self.detail = None
        self.note.about(None)
        self.show_full(False)
        self.loaded.emit()

    def _show(self, detail: CaseDetail) -> None:
        context, row = self.context, detail.row
        if row.id != self._case_id:
            return
        if self.detail is None and context.desk.actor.sees_all:
            context.desk.viewed("case", id=row.id)
        self.detail = detail
        now, zone = context.now(), context.zone
        self.title.set(row.number)
        self.chip.set(
            row.state,
            Tone.ACCENT if row.open_legs else Tone.MUTED,
            "circle-dot" if row.open_legs else "check",
        )
        self.about.set(
            msg(
                "{fraud} · reported {at} · {officer}",
                fraud=row.fraud_type,
                at=when(row.happened_at, now, zone),
                officer=row.officer,
            )
        )
        self.money.set_parts(detail.money.loss, money_parts(detail.money))
        self._facts.set_facts(self._who(detail))
        self.legs.show_if_new(detail.legs, lambda: [self._leg(leg) for leg in detail.legs])
        self._payments.show_if_new(detail.payments, lambda: [self._payment(one) for one in detail.payments])
        self._accounts.show_if_new(detail.accounts, lambda: [self._account(one) for one in detail.accounts])
        self._hops.show_if_new(detail.hops, lambda: [self._hop(hop) for hop in detail.hops])
        self._holds.show_if_new(
            detail.holds, lambda: [hold_with_steps(context, hold, row.id, self) for hold in detail.holds]
        )
        self.timeline.set_events(events(context, detail.timeline))
        self.notes.set_notes(detail.notes)
        self.others.about(("case", row.id))
        self.files.about(Subject(row.id, None, row.number))
        self.note.about(("case", row.id))
        for head, part in self._heads:
            head.setVisible(not part.isHidden())
        self._show_authorisation(detail)
        self.show_full(True)
        self.loaded.emit()

    def _who(self, detail: CaseDetail) -> list[Fact]:
        facts = []
        for victim in detail.victims:
            facts.append(Fact(msg("Victim"), victim.name, second=victim.phone))
            if victim.id_number:
                facts.append(Fact(msg("ID number"), victim.id_number))
        if detail.row.area:
            facts.append(Fact(msg("Area"), detail.row.area))
        if detail.summary:
            facts.append(Fact(msg("What happened"), detail.summary, wide=True))
        return facts

    def _leg(self, leg: QueueRow) -> QWidget:
        words, tone, icon = state_of(leg)
        chip = Chip()
        chip.set(words, tone, icon)
        context = self.context
        link = Link(
            msg("{number} {kind}", number=leg.number, kind=KIND_SHORT[leg.kind]),
            lambda: context.ways.open_leg.emit(leg.id),
        )
        institution = context.institution(leg.institution)
        below = msg(
            "{institution} · {target} · {holder}",
            institution=institution,
            target=columns.grouped(leg.target),
            holder=leg.holder or columns.NOTHING,
        )
        amount = yuan(leg.amount) if leg.amount else ""
        return _two_lines(link, chip, Text(below, "small", wrap=True), Text(amount, "strong"))

    def _payment(self, payment: PaymentRow) -> QWidget:
        now, zone = self.context.now(), self.context.zone
        left = Text(columns.grouped(payment.target), selectable=True)
        left.setFont(look().font(13, mono=True))
        source = " ".join(part for part in (payment.from_bank, payment.from_name) if part)
        below = msg(
            "{at} · {holder} · from {source}",
            at=when(payment.happened_at, now, zone, seconds=True),
            holder=payment.holder or columns.NOTHING,
            source=source or columns.NOTHING,
        )
        return _two_lines(left, Text(yuan(payment.amount), "strong"), Text(below, "small", wrap=True))

    def _account(self, account: AccountRow) -> QWidget:
        left = Text(columns.grouped(account.target), selectable=True)
        left.setFont(look().font(13, mono=True))
        where: Message | str = self.context.institution(account.institution)
        if not account.institution and account.bank_name:
            where = account.bank_name
        level = msg("phone") if account.phone else msg("level {level}", level=account.level)
        below = msg(
            "{level} · {institution} · {holder}",
            level=level,
            institution=where,
            holder=account.holder or columns.NOTHING,
        )
        if account.phone:
            return _two_lines(left, Text(""), Text(below, "small", wrap=True))
        flow = msg("in {came} · on {went}", came=yuan(account.came_in), went=yuan(account.went_on))
        held = Text(
            msg("held {amount}", amount=yuan(account.secured)) if account.secured else "", tone=Tone.OK
        )
        return _two_lines(left, held, Text(below, "small", wrap=True), Text(flow, "small"))

    def _hop(self, hop: HopRow) -> QWidget:
        now, zone = self.context.now(), self.context.zone
        left = Text(columns.grouped(hop.target) if hop.target else HOP_WORDS[hop.kind], selectable=True)
        if hop.target:
            left.setFont(look().font(13, mono=True))
        holder = hop.holder or columns.NOTHING
        below = msg("{at} · {holder}", at=when(hop.happened_at, now, zone, seconds=True), holder=holder)
        return _two_lines(left, Text(yuan(hop.amount), "strong"), Text(below, "small", wrap=True))

    def _show_authorisation(self, detail: CaseDetail) -> None:
        self.authorised.setChecked(detail.authorised_at is not None)
        said: Message | str = ""
        if detail.authorised_at is not None:
            at = when(detail.authorised_at, self.context.now(), self.context.zone)
            said = msg(
                "Next hops go out by the representatives' key: {who}, {at}", who=detail.authorised_by, at=at
            )
        self._authorised_by.set(said)
        self._authorised_by.setVisible(bool(said))

    def _authorise(self, granted: bool) -> None:
        if self._case_id is None:
            return
        # What is shown follows from what was recorded, not from the click.
        self.authorised.setChecked(not granted)
        carry_out(
            self.context,
            [AuthoriseHops(case_id=self._case_id, granted=granted)],
            lambda _: (
                msg("Authorised: next hops go out at once")
                if granted
                else msg("Next hops need an officer again")
            ),
        )

    def _note(self, text: str) -> WriteNote | None:
        return WriteNote(text=text, case_id=self._case_id) if self.detail is not None else None

    def _again(self) -> None:
        self.authorised.setText(caption(say(msg("Next hops of this case go out at once"))))


def _two_lines(left: QWidget, right: QWidget, *below: QWidget) -> QWidget:
    """A line of a list in the pane: what and how much, and below it the quieter facts."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widgets in ((left, right), below):
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(widgets[0], 1)
        for widget in widgets[1:]:
            row.addWidget(widget)
        column.addLayout(row)
    return made
