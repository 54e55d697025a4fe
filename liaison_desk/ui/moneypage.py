"""The place "Money" (E1): the office's figures of any period, and for each number the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.balance import CaseRef, out_of_balance
from liaison_desk.desk.figures import Figures, figure_rows, figures
from liaison_desk.desk.ledgerlists import (
    HoldLine,
    HoldsView,
    LedgerRow,
    LedgerView,
    export_holds,
    export_ledger,
    holds_list,
    ledger_rows,
)
from liaison_desk.desk.outside import OutsideRow, OutsideView, money_outside
from liaison_desk.desk.paging import Cursor
from liaison_desk.desk.shifts import shift_bar
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerparts import Link
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.columnfit import ColumnFit
from liaison_desk.ui.context import Context
from liaison_desk.ui.dialogs import institution_choices
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.holddialogs import HoldRef
from liaison_desk.ui.listspecs import list_specs
from liaison_desk.ui.listtools import ListTools
from liaison_desk.ui.moneyactions import MoneyActions
from liaison_desk.ui.moneyfigures import FIGURE_WORDS, FiguresPanel
from liaison_desk.ui.moneyperiod import PeriodBar
from liaison_desk.ui.moneytables import holds_table, ledger_table, outside_table
from liaison_desk.ui.notes import clear
from liaison_desk.ui.page import Page
from liaison_desk.ui.pagedlist import PagedList, PageOfRows, Reader
from liaison_desk.ui.scrolled import scrolled
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look

ANY = "*"
WARNED = 4
"""Cases out of balance that are named; the work item has all."""


@dataclass(frozen=True)
class _Whole:
    """A list that comes at once, as a page."""

    rows: tuple[LedgerRow, ...]
    cursor: Cursor | None = None


class MoneyPage(Page):
    """Police and auditor see the office; a representative the lists of the holds they may see."""

    key: ClassVar[str] = "money"
    title: ClassVar[Message] = msg("Money")
    icon: ClassVar[str] = "hand-coins"
    costly: ClassVar[bool] = True
    kinds: ClassVar[frozenset[str]] = frozenset(
        {"hold", "ledger_entry", "attribution", "payment", "payback", "elsewhere", "hop", "shift"}
    )

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(holds_list) and context.desk.may_read(ledger_rows)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._knows = context.desk.may_read(figures)
        self._figure = ""
        self._begun = False
        self.when = PeriodBar(context)
        self.figures = FiguresPanel(self.open_figure)
        self.lists = FilterBar()
        self.institution = CodeCombo()
        self.holds, self.ledger = holds_table(context), ledger_table(context)
        self.outside = outside_table(context)
        self._hold_pages: PagedList[HoldLine] = PagedList(
            self.holds, context.background, self._hold_reader, "money-holds"
        )
        self._ledger_pages: PagedList[LedgerRow] = PagedList(
            self.ledger, context.background, self._ledger_reader, "money-ledger"
        )
        self._outside_pages: PagedList[OutsideRow] = PagedList(
            self.outside, context.background, self._outside_reader, "money-outside"
        )
        self.hold_tools = ListTools(
            self.holds, context, "holds", self._holds_view, complete=lambda: self._hold_pages.complete
        )
        self.ledger_tools = ListTools(
            self.ledger, context, "ledger", self._ledger_view, complete=lambda: self._ledger_pages.complete
        )
        self.deeds = MoneyActions(context, self, self._hold, self._entry)
        self._specs = self._actions()
        self._lay_out()
        ColumnFit(self.holds, context, "money_holds", ("released", "holder", "case", "returned"))
        ColumnFit(self.ledger, context, "money_ledger", ("entry", "reason", "case", "recorded"))
        ColumnFit(self.outside, context, "money_outside", ("entry", "recorded"))
        self._connect()
        self._again()

    # What the window asks ------------------------------------------------------------------------

    def refresh(self) -> None:
        self._read_figures()
        for pages in self._pages():
            if self._begun:
                pages.refresh()
            else:
                pages.reload()
        self._begun = True

    def tick(self) -> None:
        self.holds.rows.tick()

    def actions_offered(self) -> list[ActionSpec]:
        return self._specs

    def take_focus(self) -> None:
        self.table.setFocus()

    @property
    def table(self) -> Table[HoldLine] | Table[LedgerRow] | Table[OutsideRow]:
        """The list that is shown."""
        chosen = self._list()
        if chosen == "outside":
            return self.outside
        return self.ledger if chosen in ("ledger", "figure") else self.holds

    # Figures -------------------------------------------------------------------------------------

    def _anew(self) -> None:
        """Another period or recording point: the figures and the list behind them."""
        self._read_figures()
        if self._list() in ("ledger", "figure", "outside"):
            self._shown_pages().reload()

    def _read_figures(self) -> None:
        if not self._knows:
            return
        desk = self.context.desk
        try:
            (start, end), as_of = self.when.span(), self.when.as_of.value()
        except BadInput as error:
            self._refuse(error.message)
            return
        self._refuse("")

        def read() -> tuple[Figures, tuple[CaseRef, ...], datetime | None]:
            return (
                desk.read(figures, start, end, as_of),
                desk.read(out_of_balance),
                desk.read(shift_bar).counted_from,
            )

        self.context.background.read(
            read,
            self._show,
            failed=lambda error: self._refuse(error.message),
            key=f"figures-{id(self)}",
            owner=self,
        )

    def _refuse(self, why: Message | str) -> None:
        """What is wrong with the period; empty: nothing."""
        self._wrong.set(why)
        self._wrong.setVisible(bool(why))

    def _show(self, found: tuple[Figures, tuple[CaseRef, ...], datetime | None]) -> None:
        counted, wrong, shift_from = found
        self.figures.show_figures(counted)
        self.badge_changed.emit(len(wrong), bool(wrong))
        self.when.set_shift(shift_from)
        clear(self._warnings)
        for case in wrong[:WARNED]:
            self._warnings.addWidget(self._warning(case))
        if len(wrong) > WARNED:
            self._warnings.addWidget(Text(msg("{count} more are out of balance", count=len(wrong) - WARNED)))

    def _warning(self, case: CaseRef) -> Link:
        words = msg(
            "{number} is out of balance: {amount} more is accounted for than was lost",
            number=case.number,
            amount=yuan(case.missing),
        )
        return Link(words, lambda: self.context.ways.open_case.emit(case.case_id))

    def open_figure(self, name: str) -> None:
        """The entries behind a number, in the table below."""
        self._figure = name
        self._again()
        self.lists.choose("figure")
        self._list_chosen()

    # Lists ---------------------------------------------------------------------------------------

    def _list(self) -> str:
        return next(iter(self.lists.chosen), "running")

    def _list_chosen(self) -> None:
        chosen = self._list()
        self._stack.setCurrentWidget(self.table)
        self.institution.setEnabled(chosen not in ("figure", "outside"))
        if chosen in ("ledger", "figure"):
            # What stands behind a figure is whole: nothing of it is filtered away or put in another order.
            self.ledger.head.filters_offered = chosen == "ledger"
            self.ledger.head.set_sorted("")
            self.ledger_tools.clear_filters()
        self._shown_pages().reload()
        self._tell()

    def _pages(self) -> list[PagedList[HoldLine] | PagedList[LedgerRow] | PagedList[OutsideRow]]:
        made: list[PagedList[HoldLine] | PagedList[LedgerRow] | PagedList[OutsideRow]]
        made = [self._hold_pages, self._ledger_pages]
        return [*made, self._outside_pages] if self._knows else made

    def _shown_pages(self) -> PagedList[HoldLine] | PagedList[LedgerRow] | PagedList[OutsideRow]:
        if self.table is self.outside:
            return self._outside_pages
        return self._ledger_pages if self.table is self.ledger else self._hold_pages

    def _code(self) -> str | None:
        code = self.institution.value()
        return None if code in (None, ANY) else str(code)

    @property
    def tools(self) -> ListTools | None:
        """Of the list that is shown; one that comes at once has none."""
        if self._list() in ("figure", "outside"):
            return None
        return self.ledger_tools if self.table is self.ledger else self.hold_tools

    def _span(self) -> tuple[datetime, datetime] | tuple[None, None]:
        """The period; without figures there is none to choose, and days that are none narrow nothing."""
        try:
            return self.when.span() if self._knows else (None, None)
        except BadInput:
            return None, None

    def _ledger_view(self) -> LedgerView:
        since, until = self._span()
        order = self.ledger.head.sorted_by or ("", False)
        view = LedgerView(self._code(), since=since, until=until, order=order[0], descending=order[1])
        return self.ledger_tools.narrowed(view)

    def _holds_view(self) -> HoldsView:
        ended = self._list() == "ended"
        order = self.holds.head.sorted_by or ("", False)
        view = HoldsView(
            self._code(), state="ended" if ended else "running", order=order[0], descending=order[1]
        )
        return self.hold_tools.narrowed(view)

    def _outside_reader(self) -> Reader:
        desk = self.context.desk
        since, until = self._span()
        view = OutsideView(since=since, until=until)
        return lambda cursor, limit: desk.read(money_outside, view, cursor, limit)

    def _hold_reader(self) -> Reader:
        desk, view = self.context.desk, self._holds_view()
        return lambda cursor, limit: desk.read(holds_list, view, cursor, limit)

    def _ledger_reader(self) -> Reader:
        desk, view = self.context.desk, self._ledger_view()
        if self._list() != "figure":
            return lambda cursor, limit: desk.read(ledger_rows, view, cursor, limit)
        name, as_of = self._figure, self.when.as_of.value()
        start, end = self.when.span()

        def read(cursor: Cursor | None, limit: int) -> PageOfRows:
            return _Whole(tuple(reversed(desk.read(figure_rows, name, start, end, as_of))))

        return read

    # Steps ---------------------------------------------------------------------------------------

    def _actions(self) -> list[ActionSpec]:
        specs = [
            ActionSpec(
                "open_case",
                msg("Open the case"),
                self.open_case,
                "",
                "briefcase",
                enabled=lambda: self.table.current_row is not None,
                why_not=lambda: msg("Choose a line first."),
            ),
            *self.deeds.specs(),
        ]
        desk = self.context.desk
        if desk.may_read(export_holds) and desk.may_read(export_ledger):
            specs.append(ActionSpec("export", msg("Export the list"), self._export, "Ctrl+E", "download"))
        specs += list_specs(lambda: self.tools)
        specs.append(ActionSpec("refresh", msg("Read anew"), self.refresh, "F5", "refresh-cw"))
        return specs

    def open_case(self) -> None:
        row = self.table.current_row
        if row is not None:
            self.context.ways.open_case.emit(row.case_id)

    def _hold(self) -> HoldRef | None:
        row = self.holds.current_row if self.table is self.holds else None
        if row is None:
            return None
        actor = self.context.desk.actor
        own = actor.police or actor.speaks_for(row.institution)
        # One that has caught nothing yet may still: under its limit, or when it comes to the front.
        ended = not row.running and (row.captured > 0 or row.ends_at <= self.context.now())
        return HoldRef(row.id, row.case_id, row.number, row.rule, ended=ended, own=own)

    def _entry(self) -> LedgerRow | OutsideRow | None:
        if self.table is self.outside:
            return self.outside.current_row
        return self.ledger.current_row if self.table is self.ledger else None

    def _export(self) -> None:
        # Imported at the first export, as in the queue.
        from liaison_desk.ui.listexport import ask_and_export

        ask_and_export(self.context, self._list_title(), self.table, self._reader(), self.release(), self)

    def _list_title(self) -> Message:
        if self.table is self.outside:
            return msg("Outside holds")
        return msg("Ledger") if self.table is self.ledger else msg("Holds")

    def _reader(self) -> Reader:
        if self.table is self.outside:
            return self._outside_reader()
        return self._ledger_reader() if self.table is self.ledger else self._hold_reader()

    def release(self) -> Callable[[], int]:
        """Before an export of the list that is shown: the access log has it, and how many rows there are."""
        desk, tools = self.context.desk, self.tools
        if tools is not None:
            return tools.release()
        since, until = self._span()
        if self.table is self.outside:
            view = OutsideView(since=since, until=until)
            return lambda: len(desk.release(money_outside, "export", view).rows)
        name, as_of = self._figure, self.when.as_of.value()
        start, end = self.when.span()
        return lambda: len(desk.release(figure_rows, "export", name, start, end, as_of))

    # Parts ---------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.when.changed.connect(self._anew)
        self.lists.changed.connect(lambda _: self._list_chosen())
        self.institution.activated.connect(lambda _: self._list_chosen())
        for table in (self.holds, self.ledger, self.outside):
            table.selection_changed.connect(self._tell)
            table.opened.connect(lambda _: self.open_case())
            table.refresh_requested.connect(self.refresh)
        for tools, again in (
            (self.hold_tools, self._hold_pages.reload),
            (self.ledger_tools, self._ledger_pages.reload),
        ):
            tools.changed.connect(again)
            tools.view_chosen.connect(lambda _, again=again: again())
            tools.table.sort_requested.connect(lambda *_, again=again: again())
        for pages in (self._hold_pages, self._ledger_pages, self._outside_pages):
            pages.loaded.connect(self._tell)
        look().language_changed.connect(self._again)

    def _tell(self) -> None:
        tools = self.tools
        for each in (self.hold_tools, self.ledger_tools):
            each.set_shown(each is tools)
        self.deeds.offer()
        self.selection_changed.emit()

    def _again(self) -> None:
        behind = (
            [Filter("figure", msg("Behind: {figure}", figure=FIGURE_WORDS[self._figure]))]
            if self._figure
            else []
        )
        self.lists.set_filters(
            [
                Filter("running", msg("Holds that run")),
                Filter("ended", msg("Holds that ended")),
                Filter("ledger", msg("Ledger of the period") if self._knows else msg("Ledger")),
                *([Filter("outside", msg("Outside holds"))] if self._knows else []),
                *behind,
            ]
        )
        self.institution.set_choices([(ANY, msg("All institutions")), *institution_choices(self.context)])

    def _lay_out(self) -> None:
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Text(self.title, "heading"))
        head.addWidget(self.when, 1)
        self._wrong = Text("", "error", parent=self)
        self._wrong.hide()
        self._warnings = QVBoxLayout()
        bar = QHBoxLayout()
        bar.setSpacing(GRID)
        bar.addWidget(self.lists)
        bar.addStretch()
        self.institution.setMinimumContentsLength(6)
        bar.addWidget(self.institution)
        self._export_button = Button(msg("Export"), icon="download", run=self._export)
        bar.addWidget(self._export_button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.holds)
        self._stack.addWidget(self.ledger)
        self._stack.addWidget(self.outside)
        foot = QHBoxLayout()
        for tools in (self.hold_tools, self.ledger_tools):
            foot.addWidget(tools.foot)
            for tool in (tools.off, *tools.choosers):
                bar.insertWidget(bar.count() - 2, tool)
        foot.addStretch()
        foot.addWidget(self.deeds.bar)
        column = QVBoxLayout(scrolled(self))
        self._stack.setMinimumHeight(look().px(160))
        column.setContentsMargins(GRID * 2, GRID + 4, GRID * 2, GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addLayout(self._warnings)
        column.addWidget(self.figures)
        column.addWidget(self.figures.sum)
        column.addWidget(self._wrong)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        for part in (self.when, self.figures, self.figures.sum):
            part.setVisible(self._knows)
