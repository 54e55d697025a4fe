"""The cases (K2): a list that searches and pages in the database, and one case whole beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.words import Message, msg
from liaison_desk.desk import casebook
from liaison_desk.desk.casebook import CaseRow, CaseView
from liaison_desk.desk.cases import FRAUD_TYPES, OpenCase
from liaison_desk.desk.lists import QueueCounts, queue_counts
from liaison_desk.desk.paging import Cursor
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.attachments import ADDING
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.casecolumns import case_columns
from liaison_desk.ui.casepane import CasePane
from liaison_desk.ui.chips import Filter, FilterBar, KeyCap
from liaison_desk.ui.columnfit import ColumnFit
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.headbar import HeadBar, HintLine
from liaison_desk.ui.listspecs import TOOLS, list_specs
from liaison_desk.ui.listtools import ListTools
from liaison_desk.ui.newcase import NewCaseDialog
from liaison_desk.ui.page import Page
from liaison_desk.ui.pagedlist import PagedList, Reader
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say
from liaison_desk.ui.topbar import Elided

ANY = "*"


class CasesPage(Page):
    """The place of the cases."""

    key: ClassVar[str] = "cases"
    title: ClassVar[Message] = msg("Cases")
    icon: ClassVar[str] = "briefcase"
    kinds: ClassVar[frozenset[str]] = frozenset(
        {
            *("case_file", "leg", "hold", "hop", "payment", "victim", "account", "note", "answer"),
            *("note_taken", "attachment"),
            *("payback", "elsewhere", "attribution"),
        }
    )

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(casebook.cases)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._words = ""
        self._open_count = 0
        self._begun = False
        self._wanted: int | None = None
        self.filters = FilterBar()
        self.fraud = CodeCombo()
        self.table: Table[CaseRow] = Table(
            RowsModel(case_columns(context), key=lambda row: row.id), empty=self._empty()
        )
        self.table.setAccessibleName(say(self.title))
        self.pane = CasePane(context)
        self._specs = [
            *self.pane.actions_here(self),
            ActionSpec("refresh", msg("Read anew"), self.refresh, "F5", "refresh-cw"),
        ]
        if context.desk.may(OpenCase):
            self._specs.insert(0, ActionSpec("new_case", msg("New case"), self.new_case, "Ctrl+N", "plus"))
            self._specs.append(
                ActionSpec("import_cases", msg("Import cases…"), self.import_cases, "Ctrl+I", "upload")
            )
        self._list: PagedList[CaseRow] = PagedList(self.table, context.background, self._reader, "cases")
        self.tools = ListTools(
            self.table, context, "cases", self.view, complete=lambda: self._list.complete, kept=self._kept
        )
        self._specs.append(ActionSpec("export", msg("Export the list"), self._export, "Ctrl+E", "download"))
        self._specs += list_specs(lambda: self.tools)
        self._lay_out()
        ColumnFit(self.table, context, "case_columns", ("returned", "officer", "secured"))
        self.filters.changed.connect(lambda _: self._list.reload())
        self.table.sort_requested.connect(lambda *_: self._list.reload())
        self.tools.changed.connect(self._list.reload)
        self.tools.view_chosen.connect(self._show_view)
        self.fraud.activated.connect(lambda _: self._list.reload())
        self.table.current_changed.connect(self._current)
        self.table.selection_changed.connect(self.selection_changed)
        self.table.refresh_requested.connect(self.refresh)
        self._list.loaded.connect(self._loaded)
        self.pane.loaded.connect(self._offer)
        look().language_changed.connect(self._again)
        self._again()

    def actions_offered(self) -> list[ActionSpec]:
        return self._specs

    def detail(self) -> QWidget:
        return self.pane

    def take_focus(self) -> None:
        self.table.setFocus()
        self._choose_first()

    def refresh(self) -> None:
        if self._begun:
            self._list.refresh()
        else:
            self._begun = True
            self._list.reload()
        self.pane.refresh()
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(queue_counts),
            self._counted,
            failed=lambda _: None,
            key="case-counts",
            owner=self,
        )

    def search(self, words: str) -> None:
        words = words.strip()
        if words != self._words:
            self._words = words
            if words:
                self.filters.choose("all")
            self._list.reload()

    def show_item(self, item_id: int) -> None:
        """Show this case, also when it is not among the lines on the screen."""
        if not self.table.select_key(item_id):
            self._wanted = item_id
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
            self.pane.show_case(item_id)

    def new_case(self) -> None:
        NewCaseDialog(self.context, self).open()

    def import_cases(self) -> None:
        # Imported at the first import: reading and writing workbooks costs time that a start need not pay.
        from liaison_desk.ui.importcases import ImportCasesDialog

        ImportCasesDialog(self.context, self).open()

    def view(self) -> CaseView:
        """What the filters and the search field ask for."""
        fraud = self.fraud.value()
        order = self.table.head.sorted_by
        view = CaseView(
            words=self._words,
            open_only=self.filters.chosen[:1] == ("open",),
            fraud_type="" if fraud in (None, ANY) else str(fraud),
            order=order[0] if order is not None else "",
            descending=order is not None and order[1],
        )
        return self.tools.narrowed(view)

    def _kept(self) -> dict[str, Any]:
        """What a saved view keeps besides filters, order and columns."""
        return {"chip": next(iter(self.filters.chosen), ""), "fraud": str(self.fraud.value())}

    def _show_view(self, content: dict[str, Any]) -> None:
        if content.get("chip") in ("open", "all"):
            self.filters.choose(str(content["chip"]))
        self.fraud.set_value(content.get("fraud", ANY))
        self._list.reload()

    def _export(self) -> None:
        # Imported at the first export, as in the queue.
        from liaison_desk.ui.listexport import ask_and_export

        ask_and_export(self.context, self.title, self.table, self._reader(), self.tools.release(), self)

    # Inside --------------------------------------------------------------------------------------

    def _reader(self) -> Reader:
        desk, view = self.context.desk, self.view()

        def read(cursor: Cursor | None, limit: int) -> casebook.CasePage:
            return desk.read(casebook.cases, view, cursor, limit)

        return read

    def _lay_out(self) -> None:
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._said = Elided("", "muted")
        right: list[QWidget] = []
        if self.context.desk.may(OpenCase):
            right.append(Button(msg("Import cases…"), icon="upload", run=self.import_cases))
            right.append(
                Button(msg("New case"), icon="plus", keys="Ctrl N", kind="primary", run=self.new_case)
            )
        self._head = HeadBar([Text(self.title, "heading"), self._said, self.tools.off], right)
        self.fraud.setMinimumContentsLength(8)
        self._bar = HeadBar([self.filters], [*self.tools.choosers, self.fraud])
        hints: list[QWidget] = []
        for spec in self._specs:
            if spec.keys and spec.name not in TOOLS | {"refresh", "export"}:
                hints += [KeyCap(spec.keys.replace("+", " ")), Text(spec.title, "small")]
        foot = QHBoxLayout()
        foot.addWidget(self.tools.foot)
        foot.addWidget(HintLine(hints), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + GRID // 2, GRID + GRID // 2, GRID + GRID // 2, GRID)
        column.setSpacing(GRID + 2)
        column.addWidget(self._head)
        column.addWidget(self._bar)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def _again(self) -> None:
        self.filters.set_filters(
            [
                Filter("open", msg("Requests running"), self._open_count or None),
                Filter("all", msg("All cases")),
            ]
        )
        self.fraud.set_choices([(ANY, msg("All types")), *FRAUD_TYPES.items()])
        self._bar.arrange()

    def _counted(self, counts: QueueCounts) -> None:
        self._open_count = counts.cases
        self.badge_changed.emit(counts.cases, False)
        self.filters.set_filters(
            [Filter("open", msg("Requests running"), counts.cases), Filter("all", msg("All cases"))]
        )
        self._bar.arrange()

    def _choose_first(self) -> None:
        if not self.table.selected_rows and self._wanted is None and self.table.rows.rowCount():
            self.table.select_key(self.table.rows.key_at(0))

    def _loaded(self) -> None:
        # Also while a dialog stands before it: the hand comes back to the list.
        if self.window().focusWidget() is self.table:
            self._choose_first()
        count = f"{self.table.rows.rowCount()}{'' if self._list.complete else '+'}"
        self._said.set(
            msg("{count} found for “{words}”", count=count, words=self._words)
            if self._words
            else msg("{count} cases, the newest report first", count=count)
        )
        self._head.arrange()
        self._offer()

    def _current(self, row: CaseRow | None) -> None:
        if row is not None:
            self._wanted = None
        if row is not None or self._wanted is None:
            self.pane.show_case(row.id if row is not None else None)

    def _offer(self) -> None:
        self.pane.steps.offer(
            [
                spec
                for spec in self._specs
                if spec.name not in TOOLS | ADDING | {"new_case", "import_cases", "note", "refresh", "export"}
                and spec.enabled()
            ]
        )
        self.selection_changed.emit()

    def _empty(self) -> EmptyState:
        if self.context.desk.may(OpenCase):
            return EmptyState(
                "briefcase",
                msg("No case here"),
                msg("A case begins with a report; its requests go out when it is saved."),
                step=msg("New case"),
                start=self.new_case,
            )
        return EmptyState(
            "briefcase",
            msg("No case here"),
            msg("Cases in which your institution has a request or an account stand here."),
        )
