"""What every long list offers: filters in its head, the foot that adds up, columns and views that are remembered.

A page gives its table, its view and how to read it anew; it puts ``narrowed`` round the view it asks for, the
``foot`` at its foot and the ``specs`` among its actions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu

from liaison_desk.core.words import msg
from liaison_desk.desk.columnvalues import (
    ColumnValues,
    ListTotals,
    ListView,
    column_values,
    list_totals,
)
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.desk.views import PERSONAL, SaveView, ViewRow, saved_views
from liaison_desk.ui import icons, messages
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.context import Context
from liaison_desk.ui.headfilter import FilterPopup
from liaison_desk.ui.iconbutton import IconButton
from liaison_desk.ui.listsum import Added, added, told
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import say
from liaison_desk.ui.topbar import Elided
from liaison_desk.ui.viewcontent import filter_from, plain_filter, plain_list

V = TypeVar("V", bound=ListView)
SETTLED_MILLISECONDS = 20_000
"""So long after the last change to its columns a list's layout is kept in the office, once."""


class ListTools(QObject):
    """The tools of one table. ``place`` names the list among the saved views."""

    changed = Signal()
    """Another filter: the page reads its list anew."""
    view_chosen = Signal(object)
    """What a saved view says besides its filters and columns (a dict)."""

    def __init__(
        self,
        table: Table[Any],
        context: Context,
        place: str,
        view: Callable[[], ListView],
        *,
        complete: Callable[[], bool],
        kept: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        super().__init__(table)
        self.table, self.context, self.place = table, context, place
        self._view, self._complete, self._kept = view, complete, kept
        self.filters: dict[str, ColumnFilter] = {}
        self.aside: dict[str, ColumnFilter] = {}
        self.views: tuple[ViewRow, ...] = ()
        self.foot = Elided("", "small")
        self.off = Button(msg("Take the filter off"), icon="x", kind="quiet", run=self.toggle_filters)
        self.off.hide()
        self.choosers = (
            IconButton(msg("Views"), "bookmark", self.open_views, keys="Ctrl+Shift+V"),
            IconButton(msg("Choose columns"), "columns-3", self.open_columns, keys="Ctrl+Shift+K"),
        )
        self._whole: ListTotals | None = None
        self._layout = ""
        self._touched = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_MILLISECONDS)
        self._settle.timeout.connect(self.keep_layout)
        head = table.head
        head.filters_offered = True
        head.more = self._offer_more
        table.filter_requested.connect(self.open_filter)
        table.selection_changed.connect(self._selected)
        table.current_changed.connect(lambda _: self.say_sum())
        table.all_selected.connect(self._all)
        head.arranged.connect(self._arranged)
        head.sectionMoved.connect(lambda *_: self._arranged())
        self._read_views(first=True)
        self.say_sum()

    def set_shown(self, on: bool) -> None:
        """Where several lists stand behind one another: whether this is the one that is seen."""
        for part in (self.foot, *self.choosers):
            part.setVisible(on)
        self.off.setVisible(on and bool(self.filters))

    # Filters ---------------------------------------------------------------------------------------

    def narrowed(self, view: V) -> V:
        """The view with the filters of the heads."""
        return replace(view, filters=tuple(self.filters.values()))

    def open_filter(self, number: int) -> FilterPopup | None:
        """The little window below the head of a column; None where there is nothing to filter by."""
        head = self.table.head
        column = head.column(number)
        if column.filter is None:
            return None
        masked = column.sort in PERSONAL and not self.context.desk.actor.sees_all
        popup = FilterPopup(
            column,
            self.filters.get(column.sort),
            self.context,
            lambda words, then: self._read_values(column.sort, words, then),
            self.table,
            note=msg("Looks only at lines that you see in full.") if masked else None,
        )
        popup.chosen.connect(lambda found: self.set_filter(column.sort, found))
        popup.sorted.connect(lambda down: head.sort_by(column.sort, down))
        left = max(head.sectionViewportPosition(number), 0)
        screen = self.table.screen()
        room = screen.availableGeometry().right() if screen is not None else 100_000
        popup.open_at(head.mapToGlobal(QPoint(left, head.height())), room)
        return popup

    def set_filter(self, column: str, wanted: ColumnFilter | None) -> None:
        """Narrow the list by this column; None: no longer."""
        before = dict(self.filters)
        if wanted is None:
            self.filters.pop(column, None)
        else:
            self.filters[column] = wanted
        if self.filters != before:
            self._filters_changed()

    def toggle_filters(self) -> None:
        """Take all filters off, and at the next time put the same ones back."""
        if self.filters:
            self.aside, self.filters = self.filters, {}
        else:
            self.filters, self.aside = self.aside, {}
        self._filters_changed()

    def clear_filters(self) -> None:
        """Take them off without another reading: the page shows something else anyway."""
        self.filters = {}
        self._mark()

    def _filters_changed(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        """Say in head and foot which columns narrow the list."""
        self.table.head.set_filtered(frozenset(self.filters))
        self._whole = None
        self.off.setVisible(bool(self.filters))
        count = len(self.filters)
        self.off.set_message(
            msg("Take the filter off") if count == 1 else msg("Take {count} filters off", count=count)
        )
        self.say_sum()

    def _read_values(self, column: str, words: str, then: Callable[[ColumnValues], None]) -> None:
        desk, view = self.context.desk, self._view()
        self.context.background.read(
            lambda: desk.read(column_values, view, column, words),
            then,
            failed=lambda _: None,
            key=f"values-{self.place}",
        )

    # The foot --------------------------------------------------------------------------------------

    def _amount_column(self) -> Any:
        """The column of money that the keyboard is on, else the first that is shown."""
        head = self.table.head
        shown = [head.column(number) for number in head.shown() if head.column(number).fen is not None]
        current = head.column(self.table.current_column) if self.table.rows.columns else None
        return current if current in shown else next(iter(shown), None)

    def say_sum(self) -> None:
        """What the selection adds up to, in the foot."""
        column = self._amount_column()
        several = sum(found.fen is not None for found in self.table.rows.columns) > 1
        name = column.title if column is not None and several else None
        if self._whole is not None:
            one = self._whole.sums.get(column.sort) if column is not None else None
            found = (
                Added(self._whole.count, one.count, one.total, one.least, one.most)
                if one is not None
                else Added(self._whole.count, 0, 0, None, None)
            )
            self.foot.set(told(found, name, whole=True))
            return
        rows = self.table.selected_rows
        amounts = [column.fen(row) if column is not None and column.fen is not None else None for row in rows]
        self.foot.set(told(added(amounts), name))

    def _selected(self) -> None:
        self._whole = None
        self.say_sum()

    def _all(self) -> None:
        """Ctrl+A means the whole list: what is not shown is added up in the database."""
        if self._complete():
            return
        desk, view = self.context.desk, self._view()
        chosen = len(self.table.selected_rows)

        def take(found: ListTotals) -> None:
            if len(self.table.selected_rows) >= chosen:
                self._whole = found
                self.say_sum()

        self.context.background.read(
            lambda: desk.read(list_totals, view),
            take,
            failed=lambda _: None,
            key=f"totals-{self.place}",
            owner=self,
        )

    def release(self) -> Callable[[], int]:
        """Before an export: the access log has it, and how many rows there are."""
        desk, view = self.context.desk, self._view()
        return lambda: desk.release(list_totals, "export", view).count

    # Columns ---------------------------------------------------------------------------------------

    def _arranged(self) -> None:
        self._touched = True
        self._settle.start()
        self.table.frozen.place()

    def keep_layout(self) -> None:
        """Keep the columns in the office, so that they go with the person to another seat."""
        self._settle.stop()
        state = self.table.head.layout_state()
        desk = self.context.desk
        if state == self._layout or not desk.may(SaveView):
            return
        self._layout = state
        command = SaveView(place=self.place, content=json.dumps({"layout": json.loads(state)}))
        self.context.background.do(lambda: desk.do(command), failed=lambda _: None, owner=self)

    def open_columns(self) -> None:
        """Which columns are shown: the menu of the head, from the keyboard."""
        head = self.table.head
        menu = QMenu(head)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        head.offer_columns(menu)
        menu.popup(head.mapToGlobal(QPoint(0, head.height())))

    # Views -----------------------------------------------------------------------------------------

    def _read_views(self, *, first: bool = False) -> None:
        desk = self.context.desk

        def take(rows: tuple[ViewRow, ...]) -> None:
            self.views = tuple(row for row in rows if row.name)
            unnamed = next((row for row in rows if row.own and not row.name), None)
            if first and unnamed is not None and not self._touched:
                self._restore(unnamed.content)
                self._touched = False
                self._settle.stop()

        self.context.background.read(
            lambda: desk.read(saved_views, self.place),
            take,
            failed=lambda _: None,
            key=f"views-{self.place}",
            owner=self,
        )

    def state(self) -> dict[str, Any]:
        """Filters, order and columns as a saved view keeps them."""
        order = self.table.head.sorted_by
        return {
            **self._kept(),
            "filters": [plain_filter(found) for found in self.filters.values()],
            "order": list(order) if order is not None else None,
            "layout": json.loads(self.table.head.layout_state()),
        }

    def choose_view(self, row: ViewRow) -> None:
        """Show the list as that view says; a filter that this reader's list does not have is left out, and said."""
        content = self._restore(row.content)
        known = {column.sort for column in self.table.rows.columns if column.filter is not None}
        found = [
            made for part in plain_list(content.get("filters")) if (made := filter_from(part)) is not None
        ]
        self.filters = {made.column: made for made in found if made.column in known}
        if any(made.column not in known for made in found):
            messages.inform(msg("A filter of this view is not for your eyes; it was left out."))
        order = content.get("order")
        head = self.table.head
        sorts = {column.sort for column in self.table.rows.columns if column.sort}
        if isinstance(order, list) and len(order) == 2 and order[0] in sorts:
            head.set_sorted(str(order[0]), bool(order[1]))
        else:
            head.set_sorted("")
        self._mark()
        self.view_chosen.emit(content)

    def _restore(self, text: str) -> dict[str, Any]:
        try:
            content = json.loads(text)
        except ValueError:
            content = {}
        content = content if isinstance(content, dict) else {}
        if isinstance(content.get("layout"), dict):
            self._layout = json.dumps(content["layout"])
            self.table.head.restore_layout(self._layout)
            self.table.head.arranged.emit()
        return content

    def open_views(self) -> None:
        """The menu of the views, below the head."""
        head = self.table.head
        menu = QMenu(head)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.offer_views(menu)
        menu.popup(head.mapToGlobal(QPoint(0, head.height())))

    def offer_views(self, menu: QMenu) -> None:
        """The views of this list, then the way to keep or remove one."""
        for row in self.views:
            words = row.name if not row.author else f"{row.name}  ·  {row.author}"
            action = menu.addAction(
                icons.icon("users" if row.shared else "bookmark"), messages.caption(words)
            )
            action.triggered.connect(lambda _=False, row=row: self.choose_view(row))
        if not self.views:
            menu.addAction(say(msg("No view is saved yet"))).setEnabled(False)
        if self.context.desk.may(SaveView):
            menu.addSeparator()
            menu.addAction(icons.icon("plus"), say(msg("Save this view…"))).triggered.connect(self.save_view)
            mine = [row for row in self.views if row.changeable]
            if mine:
                sub = menu.addMenu(say(msg("Remove a view")))
                for row in mine:
                    sub.addAction(messages.caption(row.name)).triggered.connect(
                        lambda _=False, row=row: self._remove(row)
                    )

    def save_view(self) -> None:
        from liaison_desk.ui.savedviews import SaveViewDialog

        content = json.dumps(self.state(), ensure_ascii=False)
        dialog = SaveViewDialog(self.context, self.place, content, self.views, self.table.window())
        dialog.carried_out.connect(lambda _: self._read_views())
        dialog.open()

    def _remove(self, row: ViewRow) -> None:
        from liaison_desk.ui.savedviews import remove_view

        remove_view(self.context, row, self.table, self._read_views)

    def _offer_more(self, menu: QMenu) -> None:
        if self.filters:
            action = menu.addAction(icons.icon("x"), say(msg("Take all filters off")) + "\tCtrl+Shift+L")
            action.triggered.connect(self.toggle_filters)
        self.offer_views(menu.addMenu(icons.icon("bookmark"), say(msg("Views"))))
