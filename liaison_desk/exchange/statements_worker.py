"""The process that unpacks workbooks: it has a limit of memory, so a file that lies about itself ends this process alone.

Started by ``statements_books`` only. It is handed files and answers with marshalled messages: the names of the sheets,
rows in batches, a refusal, the end. Cells arrive as texts and numbers; dates and times as the texts a sheet shows.
"""

from __future__ import annotations

import io
import marshal
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

BATCH = 500
_PLAIN = frozenset({str, int, float, type(None)})


def limit_memory(size: int) -> bool:
    """Limits this process to ``size`` more bytes than it has, where the system can; False where it cannot."""
    try:
        import resource
    except ImportError:
        return False
    pages = 0
    with suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as stream:
        pages = int(stream.read().split()[0])
    most = pages * resource.getpagesize() + size
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    return True


def serve(connection: Connection, memory: int, most_cells: int) -> None:
    """Answers one file after another (a path, or bytes) until nobody asks any more."""
    import python_calamine

    _quiet()
    python_calamine.CalamineWorkbook  # noqa: B018 - loaded before the limit begins
    limit_memory(memory)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        while True:
            asked = connection.recv()
            try:
                _answer(connection, asked, most_cells)
            except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
                return
            except python_calamine.PasswordError:
                _send(connection, "refused", "protected")
            except MemoryError:
                _send(connection, "refused", "large")
            except BaseException:  # a panic of the reader is no Exception, and no reason to fall
                _send(connection, "refused", "damaged")


def _quiet() -> None:
    """What the reader of workbooks says when it gives up is for its authors, not for the person at the desk."""
    import os
    import sys

    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())


def _send(connection: Connection, *message: Any) -> None:
    connection.send_bytes(marshal.dumps(message))


def _answer(connection: Connection, asked: str | bytes, most_cells: int) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    book: CalamineWorkbook
    if isinstance(asked, bytes):
        book = CalamineWorkbook.from_filelike(io.BytesIO(asked))
    else:
        book = CalamineWorkbook.from_path(asked)
    places = [place for place, each in enumerate(book.sheets_metadata) if each.typ == SheetTypeEnum.WorkSheet]
    _send(connection, "book", len(places))
    for place in places:
        sheet = book.get_sheet_by_index(place)
        end = sheet.end
        if end is not None and (end[0] + 1) * (end[1] + 1) > most_cells:
            _send(connection, "refused", "large")
            return
        _send(connection, "sheet", sheet.name, end[0] + 1 if end is not None else 0)
        if end is not None:
            batch: list[list[Any]] = []
            for row in sheet.iter_rows():
                batch.append(row if _PLAIN.issuperset(map(type, row)) else _plain(row))
                if len(batch) == BATCH:
                    _send(connection, "rows", batch)
                    batch = []
            _send(connection, "rows", batch)
    _send(connection, "end")


def _plain(row: Iterable[Any]) -> list[Any]:
    return [cell if type(cell) in _PLAIN else _cell(cell) for cell in row]


def _cell(cell: object) -> str:
    """Dates and times as a sheet shows them, to the nearest second, since they are fractions of a day inside."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    try:
        if isinstance(cell, datetime):
            return (cell + timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=None).isoformat(" ")
        if isinstance(cell, time):
            return cell.replace(microsecond=0, tzinfo=None).isoformat()
    except OverflowError:
        return str(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)
