"""Lists as XLSX: every cell is what it says, and nothing in it can be taken for a formula.

Text cells are written as text whatever they begin with. Whole numbers of more than 15 digits are text, since a
spreadsheet keeps no more. Money is written from whole fen as a decimal number with two places; a spreadsheet
reads up to 15 digits of it exactly, and what is longer is written as text. No float is involved here.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, Say
from liaison_desk.exchange.files import whole

R = TypeVar("R")
EXACT = 10**15
"""From here on a spreadsheet would round."""
LONGEST_CELL = 32_767
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_HEAD = PatternFill("solid", fgColor="E8EDF3")


class Kind(Enum):
    """How the values of a column are written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    """Fen in, yuan with two places out."""
    TIME = "time"


_FORMATS = {Kind.TEXT: "@", Kind.NUMBER: "0", Kind.MONEY: "#,##0.00", Kind.TIME: "yyyy-mm-dd hh:mm:ss"}


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a list: its head, what it shows of a row, how, and how wide (in characters)."""

    head: Message
    of: Callable[[R], Any]
    kind: Kind = Kind.TEXT
    width: int = 14


def write_xlsx(
    path: Path,
    title: Message | str,
    columns: Iterable[Column[R]],
    rows: Iterable[R],
    say: Say,
    zone: ZoneInfo,
) -> int:
    """Writes one sheet, whole or not at all; gives the number of rows.

    Times are written as local times of ``zone``. Raises Refused when the file cannot be written.
    """
    shown = list(columns)
    with whole(path) as part:
        book = Workbook(write_only=True)
        try:
            sheet = book.create_sheet(_sheet_name(said(title, say)))
            sheet.freeze_panes = "A2"
            for number, column in enumerate(shown, start=1):
                sheet.column_dimensions[get_column_letter(number)].width = column.width
            count = _fill(sheet, shown, rows, say, zone)
            sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(shown)))}{count + 1}"
            book.save(part)
        except BaseException:
            # openpyxl keeps the rows in a file of its own until the book is saved; this removes it.
            with contextlib.suppress(Exception):
                book.save(io.BytesIO())
            raise
    return count


def _fill(sheet: Any, columns: list[Column[R]], rows: Iterable[R], say: Say, zone: ZoneInfo) -> int:
    heads = []
    for column in columns:
        cell = _text_cell(sheet, said(column.head, say))
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        heads.append(cell)
    sheet.append(heads)
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, column, column.of(row), say, zone) for column in columns])
        count += 1
    return count


def said(value: Any, say: Say) -> str:
    """What a value reads as text: messages in the reader's language, nothing for None."""
    if value is None:
        return ""
    return say(value) if isinstance(value, Message) else str(value)


def _cell(sheet: Any, column: Column[R], value: Any, say: Say, zone: ZoneInfo) -> Any:
    if value is None:
        return _text_cell(sheet, "")
    if column.kind is Kind.MONEY and isinstance(value, int):
        if abs(value) >= EXACT:
            return _text_cell(sheet, yuan(value))
        return _number_cell(sheet, str(Decimal(value).scaleb(-2)), column.kind)
    if column.kind is Kind.NUMBER and isinstance(value, int) and abs(value) < EXACT:
        return _number_cell(sheet, value, column.kind)
    if column.kind is Kind.TIME and isinstance(value, datetime):
        return _number_cell(sheet, value.astimezone(zone).replace(microsecond=0, tzinfo=None), column.kind)
    return _text_cell(sheet, said(value, say))


def _number_cell(sheet: Any, value: Any, kind: Kind) -> Any:
    """A number; given as text, its very digits go into the file (openpyxl would print a number as a float)."""
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "n"
    cell.number_format = _FORMATS[kind]
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    clean = _UNWRITABLE.sub("\ufffd", text)
    if len(clean) > LONGEST_CELL:
        clean = clean[: LONGEST_CELL - 1] + "…"
    cell = WriteOnlyCell(sheet, value=clean)
    # openpyxl takes "=…" for a formula and "#N/A" for an error; here both are what somebody typed.
    cell.data_type = "s"
    cell.number_format = _FORMATS[Kind.TEXT]
    return cell


def _sheet_name(title: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", title).strip()[:31] or "1"
