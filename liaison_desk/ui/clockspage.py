"""The place "Clocks" (D1): one board of everything that runs out; nothing on it lapses unseen (L3, K4)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from liaison_desk.core.clocks import CLOCK_WORDS
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.board import Board, BoardView, ClockCard, clock_board
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.holds import AcknowledgeLapse
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.awaypanel import AwayPanel
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Filter, FilterBar, KeyCap, Pill
from liaison_desk.ui.clockcards import ClockCardView, ClockColumn, card_key
from liaison_desk.ui.context import Context
from liaison_desk.ui.dialogs import institution_choices
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.holddialogs import DocumentDialog, HoldActions, HoldRef
from liaison_desk.ui.messages import caption
from liaison_desk.ui.notes import clear
from liaison_desk.ui.page import Page
from liaison_desk.ui.theme import GRID, look, say

ANY = "*"
REREAD_MILLISECONDS = 30_000
"""Cards go from column to column with time alone: so often the board is read although nobody changed anything."""
HINTS = 6

_COLUMNS: tuple[tuple[str, Message, Message], ...] = (
    (
        "ended",
        msg("Ended, to be noted"),
        msg("Nothing is overdue. What has ended stands here until somebody takes note of it."),
    ),
    ("hour", msg("Within the hour"), msg("Nothing ends within the hour.")),
    ("today", msg("Today"), msg("Nothing else ends today.")),
    (
        "later",
        msg("After today"),
        msg("Freezes, renewals, releases and documents that end on a later day stand here."),
    ),
)


class ClocksPage(Page):
    """Four columns by time left; the same cards for everybody who may see them."""

    key: ClassVar[str] = "clocks"
    title: ClassVar[Message] = msg("Clocks")
    icon: ClassVar[str] = "clock"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"leg", "hold", "ledger_entry", "answer", "objection", "clock_rule", "setting", "institution"}
    )

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(clock_board)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._all_seen = context.desk.actor.sees_all
        self._board: Board | None = None
        self._wanted: tuple[str, str, int] | None = None
        self._hint_names: tuple[str, ...] = ()
        self._next_end: datetime | None = None
        self.filters = FilterBar()
        self.institution = CodeCombo()
        self.clock = CodeCombo()
        self.law = Pill(Filter("law", msg("By which law")))
        self.law.setChecked(context.recall("clocks_law", "") == "1")
        self.away = AwayPanel(context, self)
        self.columns = {key: ClockColumn(context, title, empty, self._made) for key, title, empty in _COLUMNS}
        self.deeds = HoldActions(context, self, self._hold)
        self._specs = self._actions()
        self._lay_out()
        self.away.opened.connect(self._open)
        self.away.dismissed.connect(self.take_focus)
        self.law.toggled.connect(self._law_shown)
        self.filters.changed.connect(lambda _: self.refresh())
        for combo in (self.institution, self.clock):
            combo.activated.connect(lambda _: self.refresh())
        look().language_changed.connect(self._again)
        self._law_shown(self.law.isChecked())
        self._again()
        self._timer = QTimer(self)
        self._timer.setInterval(REREAD_MILLISECONDS)
        self._timer.timeout.connect(self._time_goes)
        self._timer.start()

    # What the window asks ------------------------------------------------------------------------

    def refresh(self) -> None:
        desk, view = self.context.desk, self.view()
        self.context.background.read(
            lambda: desk.read(clock_board, view),
            self._show,
            failed=lambda _: None,
            key=f"clocks-{id(self)}",
            owner=self,
        )
        self.away.ask()

    def tick(self) -> None:
        for column in self.columns.values():
            column.tick()
        if self._next_end is not None and self.context.now() >= self._next_end:
            self._next_end = None
            self.refresh()

    def actions_offered(self) -> list[ActionSpec]:
        return self._specs

    def take_focus(self) -> None:
        """The first card of the most urgent column, as long as nobody has chosen another."""
        view = self.chosen or next((view for col in self.columns.values() for view in col.views), None)
        if view is not None:
            view.setFocus()
        else:
            self.setFocus()

    def view(self) -> BoardView:
        """What the filters ask for."""
        clock = self.clock.value()
        law = "" if clock in (None, ANY) else str(clock)
        if self._all_seen:
            code = self.institution.value()
            return BoardView(None if code in (None, ANY) else str(code), law)
        own = self.filters.chosen[:1] == ("own",)
        return BoardView(self.context.desk.actor.institution if own else None, law)

    @property
    def chosen(self) -> ClockCardView | None:
        """The card that steps are about."""
        views = (view for column in self.columns.values() for view in column.views)
        return next((view for view in views if card_key(view.card) == self._wanted), None)

    # Steps ---------------------------------------------------------------------------------------

    def _actions(self) -> list[ActionSpec]:
        specs = [
            ActionSpec(
                "open",
                msg("Open"),
                self.open_chosen,
                "",
                "chevron-right",
                enabled=lambda: self.chosen is not None,
                why_not=lambda: msg("Choose a card first."),
            )
        ]
        if self.context.desk.may(AcknowledgeLapse):
            specs.append(
                ActionSpec(
                    "acknowledge",
                    msg("Take note of the lapse"),
                    self.acknowledge,
                    "K",
                    "check",
                    enabled=self._may_note,
                    primary=True,
                    why_not=lambda: msg("Only a hold that has lapsed is noted."),
                )
            )
        specs += self.deeds.specs()
        if self.context.desk.may(AddDocument):
            specs.append(
                ActionSpec(
                    "document",
                    msg("Enter the document"),
                    self.enter_document,
                    "D",
                    "file-text",
                    enabled=lambda: self.chosen is not None and self.chosen.card.kind == "document",
                    why_not=lambda: msg("Choose a card of a document that is owed."),
                )
            )
        specs += [
            ActionSpec("law", msg("Show by which law"), self.law.toggle, "B", "landmark"),
            ActionSpec("refresh", msg("Read anew"), self.refresh, "F5", "refresh-cw"),
        ]
        return specs

    def open_chosen(self) -> None:
        """The request in the queue, or the case where the clock is no request's."""
        view = self.chosen
        if view is not None:
            self._open(view.card)

    def acknowledge(self) -> None:
        """Take note of the chosen lapse."""
        view = self.chosen
        if view is None or not self._may_note() or view.card.hold_id is None:
            return
        number = view.card.number
        carry_out(
            self.context,
            [AcknowledgeLapse(hold_id=view.card.hold_id)],
            lambda _: msg("Lapse of {name} noted", name=number),
            owner=self,
        )

    def enter_document(self) -> None:
        """Kind and number of the document that the chosen request still owes."""
        view = self.chosen
        if view is not None and view.card.kind == "document" and view.card.leg_id is not None:
            DocumentDialog(self.context, view.card.leg_id, view.card.number, self).open()

    def _may_note(self) -> bool:
        view = self.chosen
        return view is not None and view.card.acknowledgeable and view.card.hold_id is not None

    def _open(self, card: ClockCard) -> None:
        ways = self.context.ways
        if card.leg_id is not None:
            ways.open_leg.emit(card.leg_id)
        else:
            ways.open_case.emit(card.case_id)

    def _hold(self) -> HoldRef | None:
        view = self.chosen
        if view is None:
            return None
        card = view.card
        if card.hold_id is None:
            return None
        # Only the card of a hold's own end tells which kind of hold it is.
        rule = {"stop": "stop", "second_stop": "stop", "freeze": "freeze"}.get(card.kind, "")
        return HoldRef(card.hold_id, card.case_id, card.number, rule, ended=card.due <= self.context.now())

    # What is shown -------------------------------------------------------------------------------

    def _show(self, board: Board) -> None:
        self._board = board
        focused = self.chosen is not None and self.chosen.hasFocus()
        before = [card_key(view.card) for col in self.columns.values() for view in col.views]
        own, ended = self.context.desk.actor.institution, 0
        for column in board.columns:
            self.columns[column.key].show_cards(column.rows)
            if column.key == "ended":
                ended = sum(self._all_seen or card.institution == own for card in column.rows)
        now = self.context.now()
        coming = [card.due for column in board.columns for card in column.rows if card.due > now]
        self._next_end = min(coming, default=None)
        if self.chosen is None and self._wanted is not None:
            # What was chosen is done: the hand stays where it was.
            self._choose_near(before)
        if focused and self.chosen is not None:
            self.chosen.setFocus()
        self.badge_changed.emit(ended, ended > 0)
        self._offer()

    def _choose_near(self, before: list[tuple[str, str, int]]) -> None:
        keys = [card_key(view.card) for col in self.columns.values() for view in col.views]
        at = before.index(self._wanted) if self._wanted in before else 0
        after = [key for key in before[at:] if key in keys] + [
            key for key in reversed(before[:at]) if key in keys
        ]
        self._wanted = after[0] if after else None

    def _made(self, view: ClockCardView) -> None:
        view.picked.connect(lambda: self._pick(view))
        view.chosen.connect(lambda: self._open(view.card))
        view.walked.connect(lambda key: self._walk(view, key))
        view.menu_wanted.connect(self._menu)

    def _pick(self, view: ClockCardView) -> None:
        self._wanted = card_key(view.card)
        self._offer()

    def _walk(self, view: ClockCardView, key: int) -> None:
        """Up and down within a column, left and right to the next column that has cards."""
        columns = [column for column in self.columns.values() if column.views]
        at = next(n for n, column in enumerate(columns) if view in column.views)
        row, rows = columns[at].views.index(view), columns[at].views
        match Qt.Key(key):
            case Qt.Key.Key_Up:
                row -= 1
            case Qt.Key.Key_Down:
                row += 1
            case Qt.Key.Key_Home:
                row = 0
            case Qt.Key.Key_End:
                row = len(rows) - 1
            case Qt.Key.Key_Left:
                at -= 1
            case _:
                at += 1
        if 0 <= at < len(columns):
            rows = columns[at].views
            target = rows[min(max(row, 0), len(rows) - 1)]
            target.setFocus(Qt.FocusReason.TabFocusReason)
            columns[at].scroller.ensureWidgetVisible(target)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for spec in self._specs:
            if spec.enabled() and spec.name not in ("law", "refresh"):
                entry = menu.addAction(caption(say(spec.title)))
                entry.triggered.connect(lambda _=False, run=spec.run: run())
        menu.popup(at)

    def _offer(self) -> None:
        named = [
            spec for spec in self._specs if len(spec.keys) == 1 and spec.name != "law" and spec.enabled()
        ][:HINTS]
        names = tuple(spec.name for spec in named)
        if names != self._hint_names:
            self._hint_names = names
            clear(self._hints)
            for spec in named:
                self._hints.addWidget(Button(spec.title, icon=spec.icon, keys=spec.keys, run=spec.run))
        self.selection_changed.emit()

    def _law_shown(self, shown: bool) -> None:
        self.context.remember("clocks_law", "1" if shown else "")
        for column in self.columns.values():
            column.show_law(shown)

    def _again(self) -> None:
        self.filters.set_filters(
            [Filter("all", msg("All institutions")), Filter("own", msg("My institution"))]
        )
        self.institution.set_choices(
            [
                (ANY, msg("All institutions")),
                *institution_choices(self.context),
                (POLICE, msg("Kept by the police")),
            ]
        )
        self.clock.set_choices([(ANY, msg("All clocks")), *CLOCK_WORDS.items()])
        self._hint_names = ()
        self._offer()

    def _time_goes(self) -> None:
        """Also while another place is shown: the badge in the rail must not stand still."""
        frame = self.parentWidget()
        if frame is None or frame.isVisible():
            self.refresh()

    # Parts ---------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Text(self.title, "heading"))
        head.addWidget(
            Text(msg("Somebody takes note of everything that ends; nothing lapses unseen"), "muted")
        )
        head.addStretch()
        if self._all_seen:
            self.institution.setMinimumContentsLength(6)
            head.addWidget(self.institution)
        else:
            head.addWidget(self.filters)
        self.clock.setMinimumContentsLength(6)
        head.addWidget(self.clock)
        head.addWidget(self.law)
        board = QHBoxLayout()
        board.setSpacing(GRID + 4)
        for part in self.columns.values():
            board.addWidget(part, 1)
        self._hints = QHBoxLayout()
        self._hints.setSpacing(GRID)
        foot = QHBoxLayout()
        for keys, words in (("↑↓←→", msg("from card to card")), ("⏎", msg("open"))):
            foot.addWidget(KeyCap(keys))
            foot.addWidget(Text(words, "small"))
            foot.addSpacing(GRID)
        foot.addStretch()
        foot.addLayout(self._hints)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + 4, GRID * 2, GRID)
        column.setSpacing(GRID + 4)
        column.addLayout(head)
        column.addWidget(self.away)
        column.addLayout(board, 1)
        column.addLayout(foot)
