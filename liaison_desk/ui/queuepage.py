"""The queue (B1–B3): one table, most urgent on top, filtered and paged in the database, alive for every seat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, cast

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.lifecycle import KIND_WORDS, LegKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import lists
from liaison_desk.desk.cases import OpenCase
from liaison_desk.desk.lists import QueueCounts, QueueView, Sorting
from liaison_desk.desk.paging import Cursor
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.attachments import ADDING
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import Filter, FilterBar, KeyCap, scrolling
from liaison_desk.ui.columnfit import ColumnFit
from liaison_desk.ui.context import Context
from liaison_desk.ui.dialogs import institution_choices
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.flagging import Flagging
from liaison_desk.ui.headbar import HeadBar
from liaison_desk.ui.legactions import LegActions
from liaison_desk.ui.listspecs import TOOLS, list_specs
from liaison_desk.ui.listtools import ListTools
from liaison_desk.ui.notes import clear
from liaison_desk.ui.page import Page
from liaison_desk.ui.pagedlist import PagedList, Reader
from liaison_desk.ui.queuecolumns import queue_columns, tint_of
from liaison_desk.ui.queuedetail import QueueDetail
from liaison_desk.ui.queueview import KINDS, counted_chips, empty_queue, view_of
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say
from liaison_desk.ui.topbar import Elided

ANY = "*"
NOBODY = "?"
"""Choices of the filters beside codes: everything, and "institution not known yet"."""
REREAD_SECONDS = 30
"""The K1 order moves with time alone: so often the list is read although nobody changed anything."""
HINTS = 6


class QueuePage(Page):
    """The first place of everybody who works on requests."""

    key: ClassVar[str] = "queue"
    title: ClassVar[Message] = msg("Queue")
    icon: ClassVar[str] = "list-ordered"
    kinds: ClassVar[frozenset[str]] = KINDS

    @classmethod
    def offered(cls, context: Context) -> bool:
        return context.desk.may_read(lists.queue)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._all_seen = context.desk.actor.sees_all
        self._words = ""
        self._sort: tuple[Sorting, bool] | None = None
        self._counts, self._counts_known = QueueCounts(), False
        self._wanted_leg: int | None = None
        self._asked: list[QueueRow] | None = None
        self._seconds = 0
        self._begun = False
        self._hint_names: tuple[str, ...] = ()
        self.filters = FilterBar()
        self.institution = CodeCombo()
        self.kind = CodeCombo()
        self.table: Table[QueueRow] = Table(
            RowsModel(queue_columns(context, with_institution=self._all_seen), key=lambda row: row.key),
            empty=empty_queue(context.desk.may(OpenCase), lambda: self.deeds.new_case()),
        )
        self.table.rows.tint = tint_of
        self.table.setAccessibleName(say(self.title))
        if context.presences is not None:
            context.presences.changed.connect(self.table.rows.forget_cells)
        self.beside = QueueDetail(context)
        self.pane = self.beside.request
        self.deeds = LegActions(context, self, self.selected, self.beside.write_note, self.table)
        self._specs = [
            ActionSpec(
                "open_case",
                msg("Open the case"),
                self._open_case,
                "",
                "briefcase",
                enabled=lambda: [row.item for row in self.selected()] == ["case"],
                primary=True,
                why_not=lambda: msg("Choose a case that is out of balance."),
            ),
            *self.deeds.specs(),
            *self.pane.files.ways_in(),
            ActionSpec("export", msg("Export the list"), self._export, "Ctrl+E", "download"),
            ActionSpec("refresh", msg("Read anew"), self._read_anew, "F5", "refresh-cw"),
        ]
        self._list: PagedList[QueueRow] = PagedList(self.table, context.background, self._reader, "queue")
        self.tools = ListTools(
            self.table, context, "queue", self.view, complete=lambda: self._list.complete, kept=self._kept
        )
        self._specs += list_specs(lambda: self.tools)
        self._specs += Flagging(context, self.table, self.selected).specs()
        self._lay_out()
        self._connect()
        self._again()
        self.filters.choose(self._chips()[0].key)
        ColumnFit(self.table, context, "queue_columns", ("age", "claimer", "level", "holder"))

    # What the window asks ------------------------------------------------------------------------

    def actions_offered(self) -> list[ActionSpec]:
        return self._specs

    def detail(self) -> QWidget:
        return self.beside

    def take_focus(self) -> None:
        self.table.setFocus()
        self._choose_first()

    def search(self, words: str) -> None:
        """Search everything there ever was; a filter chosen afterwards narrows it."""
        words = words.strip()
        if words == self._words:
            return
        before, self._words = self._words, words
        self._show_filters()
        if words:
            self.filters.choose("found")
        elif before:
            self.filters.choose(self._chips()[0].key)
        self._sort = None
        self.table.head.set_sorted("")
        self._list.reload()

    def show_item(self, item_id: int) -> None:
        """Show this request, also when it is not among the lines on the screen."""
        if self.table.select_key(("leg", item_id)):
            return
        self._wanted_leg = item_id
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())
        self.beside.show_leg(item_id)

    def show_filter(self, key: str) -> None:
        """The chip behind a figure of the bar at the foot; what waits is shown with the oldest on top."""
        self.institution.set_value(ANY)
        self.kind.set_value(ANY)
        if key == "waiting":
            self.filters.choose("all" if self._all_seen else "own")
            self._sorted("recorded", False)
        else:
            self.filters.choose(key)
            self._usual_order()
        self._choose_first()

    def refresh(self) -> None:
        if self._begun:
            self._list.refresh()
        else:
            self._begun = True
            self._list.reload()
        self._read_counts()
        self.beside.refresh()

    def tick(self) -> None:
        self.beside.tick()
        self._seconds += 1
        if self._seconds % REREAD_SECONDS == 0 and self.isVisible():
            self._list.refresh()
            self._read_counts()

    def selected(self) -> list[QueueRow]:
        """The selected lines; the request in the pane, when it was opened from elsewhere."""
        return self._selected_now() if self._asked is None else self._asked

    def _selected_now(self) -> list[QueueRow]:
        rows = self.table.selected_rows
        if not rows and self._wanted_leg is not None and self.pane.detail is not None:
            return [self.pane.detail.row]
        if len(rows) == 1 and self.pane.detail is not None and self.pane.detail.row.key == rows[0].key:
            # What the pane has read is never older than the line.
            return [max(rows[0], self.pane.detail.row, key=lambda row: row.version)]
        return rows

    # The view ------------------------------------------------------------------------------------

    def view(self) -> QueueView:
        """What the filters, the head and the search field ask for."""
        chosen = next(iter(self.filters.chosen), "all")
        own = None if self._all_seen else self.context.desk.actor.institution
        view = view_of(chosen, self._words, own)
        institution, kind = self.institution.value(), self.kind.value()
        if institution != ANY:
            view = replace(view, institution="" if institution == NOBODY else str(institution))
        if isinstance(kind, LegKind):
            view = replace(view, kinds=frozenset({kind}))
        if self._sort is not None:
            view = replace(view, order=self._sort[0], descending=self._sort[1])
        return self.tools.narrowed(view)

    def _kept(self) -> dict[str, Any]:
        """What a saved view keeps besides filters, order and columns."""
        institution, kind = self.institution.value(), self.kind.value()
        return {
            "chip": next(iter(self.filters.chosen), ""),
            "institution": str(institution),
            "kind": kind.value if isinstance(kind, LegKind) else ANY,
        }

    def _show_view(self, content: dict[str, Any]) -> None:
        kind = content.get("kind", ANY)
        self.institution.set_value(content.get("institution", ANY))
        self.kind.set_value(LegKind(kind) if kind in set(LegKind) else ANY)
        if content.get("chip") in {chip.key for chip in self._chips()}:
            self.filters.choose(str(content["chip"]))
        order = self.table.head.sorted_by
        self._sort = None if order is None else (cast(Sorting, order[0]), order[1])
        self._narrowed()

    def _narrowed(self) -> None:
        self._list.reload()
        self._say_order()

    def _reader(self) -> Reader:
        desk, view = self.context.desk, self.view()

        def read(cursor: Cursor | None, limit: int) -> lists.QueuePage:
            return desk.read(lists.queue, view, cursor, limit)

        return read

    def _chips(self) -> list[Filter]:
        """The chips with their counts; before these are known, without: a nought would be a wrong figure."""
        chips = counted_chips(self._counts, all_seen=self._all_seen)
        return chips if self._counts_known else [replace(chip, count=None) for chip in chips]

    # Inside --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._order_words = Elided("", "muted")
        self._default_order = Button(msg("Back to the usual order"), kind="quiet", run=self._usual_order)
        self._default_order.hide()
        for combo in (self.institution, self.kind):
            combo.setMinimumContentsLength(7)
        self.export = Button(msg("Export"), icon="download", run=self._export)
        right: list[QWidget] = [self.institution, self.kind, self.export]
        if self.context.desk.may(OpenCase):
            right.append(
                Button(msg("New case"), icon="plus", keys="Ctrl N", kind="primary", run=self.deeds.new_case)
            )
        self._head = HeadBar(
            [Text(self.title, "heading"), self._order_words, self._default_order, self.tools.off], right
        )
        self._hints = QHBoxLayout()
        self._hints.setSpacing(GRID // 2)
        foot = QHBoxLayout()
        foot.addWidget(self.tools.foot)
        foot.addStretch()
        foot.addLayout(self._hints)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + GRID // 2, GRID + GRID // 2, GRID + GRID // 2, GRID)
        column.setSpacing(GRID + 2)
        column.addWidget(self._head)
        bar = QHBoxLayout()
        bar.setSpacing(GRID // 2)
        for part in (scrolling(self.filters), *self.tools.choosers):
            bar.addWidget(part)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.filters.changed.connect(self._filter_chosen)
        self.tools.changed.connect(self._narrowed)
        self.tools.view_chosen.connect(self._show_view)
        for combo in (self.institution, self.kind):
            combo.activated.connect(self._combo_chosen)
        self.table.sort_requested.connect(self._sorted)
        self.table.refresh_requested.connect(self._read_anew)
        self.table.selection_changed.connect(self._selected)
        self.table.current_changed.connect(self._current)
        self.table.opened.connect(self._opened)
        self._list.loaded.connect(self._loaded)
        self.beside.loaded.connect(self._offer)
        look().language_changed.connect(self._again)

    def _again(self) -> None:
        """Words that are not messages of a widget: the filters."""
        self._show_filters()
        self.institution.set_choices(
            [(ANY, msg("All institutions")), *institution_choices(self.context), (NOBODY, msg("Not known"))]
        )
        self.kind.set_choices([(ANY, msg("All kinds")), *KIND_WORDS.items()])
        self._say_order()
        self._hint_names = ()
        self._offer()

    def _show_filters(self) -> None:
        chips = self._chips()
        if self._words:
            chips.insert(0, Filter("found", msg("Found: {words}", words=self._words)))
        self.filters.set_filters(chips)

    def _filter_chosen(self, chosen: tuple[str, ...]) -> None:
        if not self._all_seen and chosen and chosen[0] in ("own", "queued", "answered"):
            self.institution.set_value(ANY)
        self._usual_order()

    def _combo_chosen(self) -> None:
        if not self._all_seen and self.institution.value() != ANY and self.filters.chosen[:1] == ("own",):
            self.filters.choose("all")
        self._list.reload()

    def _sorted(self, sort: Sorting, descending: bool) -> None:
        self._sort = (sort, descending)
        self._list.reload()
        self._say_order()

    def _usual_order(self) -> None:
        self._sort = None
        self.table.head.set_sorted("")
        self._list.reload()
        self._say_order()

    def _choose_first(self) -> bool:
        """The most urgent line is chosen as long as nobody has chosen another; whether it was now."""
        if self.table.selected_rows or self._wanted_leg is not None or not self.table.rows.rowCount():
            return False
        return self.table.select_key(self.table.rows.key_at(0))

    def _loaded(self) -> None:
        # Also while a dialog stands before it: the hand comes back to the list.
        chosen = self.window().focusWidget() is self.table and self._choose_first()
        self._say_order()
        row = self.table.current_row
        if row is not None:
            self.pane.renew(row)
        if not chosen:  # a line that has just been chosen has offered its steps
            self._offer()
            self.selection_changed.emit()

    def _read_counts(self) -> None:
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(lists.queue_counts),
            self._counted,
            failed=lambda _: None,
            key="queue-counts",
            owner=self,
        )

    def _counted(self, counts: QueueCounts) -> None:
        self._counts, self._counts_known = counts, True
        self._show_filters()
        self._say_order()
        self.badge_changed.emit(counts.open if self._all_seen else counts.own, counts.overdue > 0)

    def _say_order(self) -> None:
        self._tell_order()
        self._head.arrange()

    def _tell_order(self) -> None:
        if not self._counts_known:
            self._order_words.set("")
            return
        count = self._counts.open if self._all_seen else self._counts.own
        self._default_order.setVisible(self._sort is not None)
        if self._words:
            shown = self.table.rows.rowCount()
            more = "" if self._list.complete else "+"
            self._order_words.set(msg("{count} found, the newest first", count=f"{shown}{more}"))
        elif self._sort is not None:
            self._order_words.set(msg("{count} to do, in the order you chose", count=count))
        elif next(iter(self.filters.chosen), "") in ("answered", "history"):
            self._order_words.set(msg("{count} to do; the newest first here", count=count))
        else:
            self._order_words.set(msg("{count} to do, by “money still catchable”", count=count))

    def _selected(self) -> None:
        self._offer()
        self.selection_changed.emit()

    def _current(self, row: QueueRow | None) -> None:
        if row is not None:
            self._wanted_leg = None
        if row is not None or self._wanted_leg is None:
            self.beside.show_row(row)

    def _opened(self, row: QueueRow) -> None:
        """Return or a double click: the first step that is possible."""
        first = next((spec for spec in self._specs if spec.primary and spec.enabled()), None)
        if first is not None:
            first.run()

    def _open_case(self) -> None:
        for row in self.selected():
            self.context.ways.open_case.emit(row.case_id)

    def _offer(self) -> None:
        """The steps for the selection, as buttons in the pane and as hints at the foot."""
        self._asked = self._selected_now()  # the same for each step that asks
        possible = [spec for spec in self._specs if spec.enabled()]
        self._asked = None
        steps = [spec for spec in possible if spec.name not in _NOT_IN_PANE]
        self.beside.offer(steps)
        named = [spec for spec in possible if len(spec.keys) == 1][:HINTS]
        names = tuple(spec.name for spec in named)
        if names == self._hint_names:
            return
        self._hint_names = names
        clear(self._hints)
        for spec in named:
            self._hints.addWidget(KeyCap(spec.keys))
            self._hints.addWidget(Text(spec.title, "small"))
            self._hints.addSpacing(GRID)

    def _read_anew(self) -> None:
        """F5: the order that was waiting is shown at once."""
        self.table.show_order()
        self.refresh()

    def _export(self) -> None:
        # Imported at the first export: reading and writing workbooks costs time that a start need not pay.
        from liaison_desk.ui.listexport import ask_and_export

        release = self.tools.release
        ask_and_export(self.context, self.title, self.table, self._reader(), release(), self)


_NOT_IN_PANE = (
    frozenset({"new_case", "note", "issue_case", "refresh", "export", "export_selected"}) | TOOLS | ADDING
)
