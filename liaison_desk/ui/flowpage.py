"""The place "Flow" (C3–C5): a case's money from level to level, its accounts by the four rules, accounts that meet."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from liaison_desk.core import flow_layout
from liaison_desk.core.errors import DeskError
from liaison_desk.core.flow import Flow, FlowNode, FlowPicture, NodeKind, path_to_root
from liaison_desk.core.flow_layout import SOON, Layout
from liaison_desk.core.flow_picture import picture
from liaison_desk.core.flow_words import can_be_asked
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.flows import case_flow
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.chips import KeyCap
from liaison_desk.ui.columnfit import ColumnFit
from liaison_desk.ui.context import Context
from liaison_desk.ui.detailpane import DetailPane
from liaison_desk.ui.flowactions import FlowActions
from liaison_desk.ui.flowcanvas import FlowCanvas
from liaison_desk.ui.flowchooser import CaseChooser
from liaison_desk.ui.flowcolumns import AccountLine, account_columns, account_lines, title_of
from liaison_desk.ui.flowfilters import FlowFilters
from liaison_desk.ui.flowmeetings import MeetingsPart
from liaison_desk.ui.headbar import HeadBar, HintLine
from liaison_desk.ui.page import Page
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say
from liaison_desk.ui.topbar import Elided


class FlowPage(Page):
    """The picture above, in step with the table below."""

    key: ClassVar[str] = "flow"
    title: ClassVar[Message] = msg("Flow")
    icon: ClassVar[str] = "route"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"payment", "hop", "hold", "leg", "account", "victim", "answer", "ledger_entry", "statement_row"}
    )

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(case_flow)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.case_id: int | None = None
        self.flow: Flow | None = None
        self._drawing = 0
        self._in_step = False
        self._path = False
        self.canvas = FlowCanvas()
        self.filters = FlowFilters(context, self)
        self.table: Table[AccountLine] = Table(
            RowsModel(account_columns(context), key=lambda line: line.account.key),
            empty=EmptyState("route", msg("No account in this picture"), msg("Change what is shown above.")),
        )
        self.table.setAccessibleName(say(msg("Accounts of the picture")))
        self.meetings = MeetingsPart(context, self.table)
        self.pane = DetailPane(context)
        self.deeds = FlowActions(self)
        self._specs = self.deeds.specs()
        self._lay_out()
        ColumnFit(
            self.table,
            context,
            "flow_accounts",
            ("holder", "bank", "request", "in", "rule-clean-first", "rule-lifo"),
        )
        self._connect()
        self._show_state()

    # What the window asks ------------------------------------------------------------------------

    def refresh(self) -> None:
        case_id, desk = self.case_id, self.context.desk
        if case_id is None:
            return
        self.context.background.read(
            lambda: desk.read(case_flow, case_id), self._read, failed=self._gone, key="flow", owner=self
        )
        self.meetings.refresh(case_id)
        if not self.pane.isHidden():
            self.pane.refresh()

    def actions_offered(self) -> list[ActionSpec]:
        return self._specs

    def take_focus(self) -> None:
        if self.flow is None:
            self._empty.button.setFocus()
        else:
            self.canvas.setFocus()

    def show_item(self, item_id: int) -> None:
        """Show the money of this case."""
        if item_id != self.case_id:
            self.case_id, self.flow = item_id, None
            self.close_pane()
            self.canvas.show_layout(None, keep=False)
        self.refresh()

    def choose_case(self) -> None:
        CaseChooser(self.context, self.show_item, self).open()

    # The picture ---------------------------------------------------------------------------------

    @property
    def picture(self) -> FlowPicture | None:
        layout = self.canvas.layout_shown
        return layout.picture if layout is not None else None

    @property
    def node(self) -> FlowNode | None:
        """The chosen node."""
        return self.canvas.current

    def _read(self, flow: Flow) -> None:
        fresh = self.flow is None
        self.flow = flow
        self.filters.show_flow(flow)
        self._bar.arrange()
        self._draw(keep=not fresh)

    def _gone(self, error: DeskError) -> None:
        self.case_id = self.flow = None
        self.canvas.show_layout(None, keep=False)
        self._refuse(error.message)
        self._show_state()

    def _draw(self, *, keep: bool = True) -> None:
        """Make the picture anew, off this thread; only the newest one is shown."""
        flow = self.flow
        if flow is None:
            return
        view = self.filters.view()
        self._drawing += 1
        turn = self._drawing

        def make() -> tuple[FlowPicture, Layout | None]:
            made = picture(flow, view)
            return made, flow_layout.lay_out(made) if len(made.nodes) <= SOON else None

        def made(found: tuple[FlowPicture, Layout | None]) -> None:
            drawn, layout = found
            if layout is not None:
                self._show(layout, turn, keep=keep)
                return
            # igraph holds this process's lock for as long as it computes.
            self._said.set(msg("Placing {count} boxes…", count=len(drawn.nodes)))
            self.context.background.heavy(
                flow_layout.rows,
                *flow_layout.skeleton(drawn),
                then=lambda rows: self._show(flow_layout.lay_out(drawn, rows), turn, keep=keep),
                owner=self,
            )

        self.context.background.read(make, made, key=f"flow-draw-{id(self)}", owner=self)

    def _show(self, layout: Layout, turn: int, *, keep: bool) -> None:
        if turn != self._drawing or self.flow is None:
            return
        self.canvas.show_layout(layout, keep=keep)
        self._in_step = True
        self.table.rows.replace(account_lines(layout.picture, self.context), mark=keep)
        self._in_step = False
        self._said.set(title_of(self.flow, layout.picture))
        hidden = layout.picture.hidden_fen
        self._hidden.set(
            msg(
                "Not shown: {amount} in {count} movements",
                amount=yuan(hidden),
                count=layout.picture.hidden_count,
            )
            if hidden
            else ""
        )
        self._hidden.setVisible(bool(hidden))
        self._bar.arrange()
        self._show_state()
        self._light()
        self.selection_changed.emit()

    def toggle_path(self) -> None:
        """Bring out the way of the money to the chosen node, or no more."""
        self._path = not self._path
        self._light()

    def _light(self) -> None:
        node, drawn = self.node, self.picture
        if self._path and node is not None and drawn is not None:
            self.canvas.light(*path_to_root(drawn, node.key))
        else:
            self.canvas.light(frozenset(), frozenset())

    # In step -------------------------------------------------------------------------------------

    def _chosen(self, key: str) -> None:
        """A node was chosen in the picture: the same line below."""
        self._in_step = True
        if not key or not self.table.select_key(key):
            self.table.clearSelection()
        self._in_step = False
        self._about(self.node)

    def _line_chosen(self, line: AccountLine | None) -> None:
        if self._in_step or line is None:
            return
        self.canvas.choose(line.account.key)
        self._about(self.node)

    def _about(self, node: FlowNode | None) -> None:
        self._light()
        leg = node.account.leg_id if node is not None and node.account is not None else None
        if not self.pane.isHidden() and leg is not None:
            self.pane.show_leg(leg)
        self.selection_changed.emit()

    def open_node(self, key: str) -> None:
        """Enter or double click: the request in the pane, a sum opened, a box without request opened or closed."""
        drawn = self.picture
        node = drawn.node(key) if drawn is not None else None
        if node is None:
            return
        if node.kind is NodeKind.SUM:
            self.filters.toggle(node.parent, open_=True)
        elif node.account is not None and node.account.leg_id is not None:
            self.pane.show_leg(node.account.leg_id)
            self.pane.show()
        elif node.account is not None or node.kind is NodeKind.VICTIM:
            self.toggle_node()

    def toggle_node(self) -> None:
        """Open the ways on of the chosen node, or sum them all."""
        node, drawn = self.node, self.picture
        if node is None or drawn is None:
            return
        key = node.parent if node.kind is NodeKind.SUM else node.key
        summed = any(each.kind is NodeKind.SUM and each.parent == key for each in drawn.nodes)
        self.filters.toggle(key, open_=summed)

    def close_pane(self) -> None:
        self.pane.hide()
        self.canvas.setFocus()

    def askable(self) -> list[FlowNode]:
        """Accounts of the picture that money may still stand on and that nobody has been asked about."""
        return [node for node in self.picture.nodes if can_be_asked(node)] if self.picture is not None else []

    # Parts ---------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.canvas.chosen.connect(self._chosen)
        self.canvas.opened.connect(self.open_node)
        self.table.current_changed.connect(self._line_chosen)
        self.table.opened.connect(lambda line: self.open_node(line.account.key))
        self.table.refresh_requested.connect(self.refresh)
        self.filters.changed.connect(self._draw)
        self.filters.wrong.connect(self._refuse)
        self.meetings.open_leg.connect(self.context.ways.open_leg)
        self.meetings.arranged.connect(self._lists_changed)
        look().language_changed.connect(self._again)

    def _lists_changed(self) -> None:
        self._lists.arrange()

    def _refuse(self, why: Message | None) -> None:
        self._wrong.set(why or "")
        self._wrong.setVisible(why is not None)

    def _show_state(self) -> None:
        nothing = self.flow is None or not self.flow.movements
        self._stack.setCurrentWidget(
            self._bare if self.flow is None else self._still if nothing else self._whole
        )
        for widget in (self._bar, self._export, self._fit):
            widget.setVisible(not nothing)
        self._choose.setVisible(self.flow is not None)
        if self.flow is None:
            self._said.set("")
        self.deeds.offer()
        self._head.arrange()

    def _again(self) -> None:
        if self.flow is not None and self.picture is not None:
            self._said.set(title_of(self.flow, self.picture))
            self.table.rows.forget_cells()

    def _lay_out(self) -> None:
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._said = Elided("", "muted")
        self._choose = Button(msg("Another case"), icon="briefcase", keys="C", run=self.choose_case)
        self._fit = Button(msg("Fit"), keys="F", run=self.canvas.fit)
        self._export = Button(msg("Export"), icon="download", keys="Ctrl E", run=self.deeds.export)
        self._head = HeadBar(
            [Text(self.title, "heading"), self._said],
            [*self.deeds.buttons(), self._choose, self._fit, self._export],
        )
        self._wrong, self._hidden = Text("", "error"), Text("", "small")
        for text in (self._wrong, self._hidden):
            text.hide()
        self._bar = HeadBar([self.filters.victims, self._hidden], [*self.filters.widgets()])
        self._empty = EmptyState(
            "route",
            msg("No case chosen"),
            msg("The way of a case's money stands here, from the victim's payment to where it is now."),
            step=msg("Choose a case"),
            start=self.choose_case,
        )
        self._bare = self._empty
        self._still = EmptyState(
            "route",
            msg("No movement yet"),
            msg("A payment, an answer with next hops or an imported statement begins the picture."),
        )
        self._lists = HeadBar([self.meetings.lists], [])
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(GRID)
        lower.addWidget(self._lists)
        lower.addWidget(self.meetings.stack, 1)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setHandleWidth(GRID)
        self.split.addWidget(self.canvas)
        self.split.addWidget(below)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setCollapsible(0, False)
        self.split.setSizes([340, 240])
        self._whole = QWidget()
        across = QHBoxLayout(self._whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(GRID)
        across.addWidget(self.split, 1)
        across.addWidget(self._beside())
        self._stack = QStackedWidget()
        for widget in (self._bare, self._still, self._whole):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + GRID // 2, GRID + GRID // 2, GRID + GRID // 2, GRID)
        column.setSpacing(GRID + 2)
        for widget in (self._head, self._bar, self._wrong):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(HintLine(self._hints()))

    def _beside(self) -> QWidget:
        """The pane of the opened request, as wide as the window's own."""
        self.pane.setFixedWidth(look().px(344))
        self.pane.hide()
        return self.pane

    def _hints(self) -> list[QWidget]:
        hints: list[QWidget] = [KeyCap("← ↑ → ↓"), Text(msg("Along the money"), "small")]
        for spec in self._specs:
            if spec.name in ("ask", "toggle", "path", "everything", "whole", "open_queue"):
                hints += [KeyCap(spec.keys), Text(spec.title, "small")]
        return hints
