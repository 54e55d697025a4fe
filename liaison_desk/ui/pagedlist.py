"""A table whose rows come page by page from the database and follow what anybody changes.

A change re-reads exactly as many rows as are shown; while one answer is on its way further changes wait
and cause one more reading, so that a busy room can neither starve the list nor flood the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from liaison_desk.core.errors import DeskError
from liaison_desk.desk.paging import PAGE, Cursor
from liaison_desk.ui import messages
from liaison_desk.ui.background import Background
from liaison_desk.ui.table import Table

R = TypeVar("R")


class PageOfRows(Protocol):
    """What a paged query gives."""

    @property
    def rows(self) -> tuple[Any, ...]: ...

    @property
    def cursor(self) -> Cursor | None: ...


Reader = Callable[[Cursor | None, int], PageOfRows]
"""Reads ``limit`` rows after a cursor; runs off the GUI thread."""


class PagedList(QObject, Generic[R]):
    """Keeps one Table filled. ``reader`` is asked anew for each reading, so that it may close over a view."""

    loaded = Signal()
    """An answer has been shown."""

    def __init__(
        self, table: Table[R], background: Background, reader: Callable[[], Reader], key: str
    ) -> None:
        super().__init__(table)
        self._table, self._background, self._reader, self._key = table, background, reader, key
        self._cursor: Cursor | None = None
        self._generation = 0
        self._reading = False
        self._again = False
        self._troubled = False

    @property
    def complete(self) -> bool:
        """Whether every row is shown."""
        return self._cursor is None

    def reload(self) -> None:
        """Another view: its first page, in its own order, from the top."""
        self._table.set_loading(True)
        self._read(PAGE, fresh=True)

    def refresh(self) -> None:
        """Somebody changed something: the rows shown are read again and the differences applied."""
        if self._reading:
            self._again = True
            return
        shown = len(self._table.rows.rows)
        self._read(max(PAGE, shown), fresh=False)

    def _read(self, limit: int, *, fresh: bool) -> None:
        self._generation += 1
        self._reading, self._again = True, False
        reader, generation = self._reader(), self._generation

        def take(page: PageOfRows) -> None:
            if generation == self._generation:
                self._show(page, fresh)

        def failed(error: DeskError) -> None:
            if generation == self._generation:
                self._failed(error)

        self._background.read(lambda: reader(None, limit), take, failed=failed, key=self._key, owner=self)

    def _show(self, page: PageOfRows, fresh: bool) -> None:
        self._reading, self._troubled = False, False
        self._cursor = page.cursor
        model = self._table.rows
        self._table.set_loading(False)
        model.replace(page.rows, resort=True if fresh else None, mark=not fresh)
        model.set_more(self._more if page.cursor is not None else None)
        if fresh and self._table.current_row is None:
            self._table.scrollToTop()
        self.loaded.emit()
        if self._again:
            self.refresh()

    def _more(self) -> None:
        reader, cursor, generation = self._reader(), self._cursor, self._generation

        def take(page: PageOfRows) -> None:
            # A newer answer has begun the list anew: it asks for its own next page when it is needed.
            if generation == self._generation:
                self._cursor = page.cursor
                self._table.rows.append(page.rows)
                self._table.rows.set_more(self._more if page.cursor is not None else None)
                self.loaded.emit()

        self._background.read(lambda: reader(cursor, PAGE), take, key=f"{self._key}-more", owner=self)

    def _failed(self, error: DeskError) -> None:
        self._reading = False
        self._table.set_loading(False)
        if not self._troubled:
            self._troubled = True
            messages.show_error(error, self._table.window())
