"""Tables in HTML, and in the XML that spreadsheets once wrote, as rows of texts with their row number.

Banks name both ``.xls``. Nothing is fetched, no script runs, no entity is expanded but the characters HTML names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from liaison_desk.core.statements_cells import Cell

_ROWS = {"tr", "row", "ss:row"}
_CELLS = {"td", "th", "cell", "ss:cell"}
_SILENT = {"script", "style", "title"}
_BREAKS = {"br", "p", "div", "li"}
MOST_CELLS = 2_000
"""Cells in one row; a wider span is cut, since nothing stands in it."""
LONGEST = 100_000


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ready: deque[tuple[int, list[Cell]]] = deque()
        self._number = 0
        self._cells: list[Cell] | None = None
        self._text: list[str] | None = None
        self._size = 0
        self._span = 1
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ROWS:
            self._end_row()
            self._number = max(self._number + 1, _whole(attrs, "ss:index"))
            self._cells = []
        elif tag in _CELLS:
            self._end_cell()
            if self._cells is None:
                self._number += 1
                self._cells = []
            at = min(_whole(attrs, "ss:index"), MOST_CELLS)
            self._cells.extend([""] * (at - 1 - len(self._cells)))
            self._text = []
            self._size = 0
            self._span = max(1, min(_whole(attrs, "colspan"), MOST_CELLS))
        elif tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS and self._text:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS:
            self._end_cell()
        elif tag in _ROWS or tag in ("table", "ss:table", "worksheet"):
            self._end_row()
        elif tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._silent and self._size < LONGEST:
            self._text.append(data)
            self._size += len(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._text is not None and self._cells is not None and len(self._cells) < MOST_CELLS:
            self._cells.append("".join(self._text).replace("\xa0", " ").strip())
            self._cells.extend([""] * (self._span - 1))
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells is not None:
            self.ready.append((self._number, self._cells))
        self._cells = None


def _whole(attrs: list[tuple[str, str | None]], name: str) -> int:
    value = dict(attrs).get(name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0


def html_rows(chunks: Iterable[str]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of all tables, numbered through; a cell that spans columns leaves the others empty."""
    tables = _Tables()
    for chunk in chunks:
        tables.feed(chunk)
        while tables.ready:
            yield tables.ready.popleft()
    tables.close()
    while tables.ready:
        yield tables.ready.popleft()
