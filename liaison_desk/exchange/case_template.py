"""The workbook that offices fill in: heads, drop-downs, text columns for long numbers, and a sheet that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from liaison_desk.core.words import Message, Say, msg
from liaison_desk.exchange.case_files import HEADS
from liaison_desk.exchange.files import whole

ROWS = 1_000
"""So many rows have the drop-downs and formats."""

_COLUMNS = (
    ("mark", 16, True),
    ("reported_at", 19, True),
    ("victim_name", 14, True),
    ("victim_id", 22, True),
    ("victim_phone", 16, True),
    ("fraud_type", 18, False),
    ("area", 14, False),
    ("number", 26, True),
    ("holder", 14, True),
    ("bank_name", 16, False),
    ("amount", 14, False),
    ("paid_at", 19, True),
    ("channel", 12, False),
    ("from_bank", 16, False),
    ("from_number", 26, True),
    ("from_name", 14, True),
    ("suspect_phone", 16, True),
    ("summary", 30, False),
)
"""Field, width in characters, and whether its cells are text whatever is typed."""
_EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "mark": "A1",
        "reported_at": "2026-11-22 14:30",
        "victim_name": "王小明",
        "victim_phone": "13904341122",
        "number": "6222020200183502745",
        "holder": "李四",
        "amount": "50000",
        "paid_at": "2026-11-22 14:05:20",
        "suspect_phone": "17012345678",
    },
    {
        "mark": "A1",
        "number": "6228480751903682415",
        "holder": "赵敏",
        "amount": "12000.50",
        "paid_at": "2026-11-22 14:12",
    },
)
_NEEDED = frozenset({"victim_name", "number", "amount", "paid_at"})
_HEAD, _EXAMPLE = PatternFill("solid", fgColor="E8EDF3"), PatternFill("solid", fgColor="F6F7F9")


def write_case_template(path: Path, say: Say, banks: Sequence[str], frauds: Sequence[str]) -> None:
    """An empty workbook in the reader's language. ``banks`` and ``frauds`` fill the drop-downs.

    The examples stand in the second sheet, so that nobody imports them. Raises Refused when it cannot be written.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = say(msg("Reports"))
    _head(sheet, say, 1)
    sheet.freeze_panes = "A2"
    fields = [field for field, _, _ in _COLUMNS]
    for at, (_, width, text) in enumerate(_COLUMNS, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = width
        if text:
            for row in range(2, ROWS + 2):
                sheet.cell(row, at).number_format = "@"
    lists = book.create_sheet(say(msg("Lists")))
    for at, (name, choices) in enumerate((("bank_name", banks), ("fraud_type", frauds)), start=1):
        for row, choice in enumerate(choices, start=1):
            lists.cell(row, at, choice)
        if choices:
            column = get_column_letter(fields.index(name) + 1)
            letter = get_column_letter(at)
            rule = DataValidation(
                type="list",
                formula1=f"'{lists.title}'!${letter}$1:${letter}${len(choices)}",
                allow_blank=True,
                # Other words may be typed: what they mean is checked when the file is read.
                showErrorMessage=False,
            )
            rule.add(f"{column}2:{column}{ROWS + 1}")
            sheet.add_data_validation(rule)
    lists.sheet_state = "hidden"
    _explain(book.create_sheet(say(msg("How to fill it in")), 1), say)
    with whole(path) as part:
        book.save(part)


def _head(sheet: Any, say: Say, row: int) -> None:
    for at, (field, _, _) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(row, at, say(HEADS[field][0]) + (" *" if field in _NEEDED else ""))
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _explain(sheet: Any, say: Say) -> None:
    lines: tuple[Message, ...] = (
        msg("One row is one payment. Rows with the same case mark are one case; leave its facts empty from the second row on."),
        msg("Columns with * are needed. Times have their day and clock: 2026-11-22 14:05."),
        msg("Accounts and ID numbers are written as text; a number column of a spreadsheet loses the digits past the 15th."),
        msg("A row without a payment may give a fraudster's phone alone."),
        msg("The bank may be left empty: the card's prefix tells it."),
    )  # fmt: skip
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, say(line))
    # A title between, so that this head is no head of the reader's first lines either way.
    sheet.cell(len(lines) + 2, 1, say(msg("Examples (they are not imported):"))).font = Font(bold=True)
    begin = len(lines) + 3
    for at, (field, width, _) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        cell = sheet.cell(begin, at, f"〔{say(HEADS[field][0])}〕")
        cell.font, cell.fill = Font(bold=True), _HEAD
        for row, example in enumerate(_EXAMPLES, start=begin + 1):
            written = sheet.cell(row, at, example.get(field, ""))
            written.number_format, written.fill = "@", _EXAMPLE
