"""Lists as XLSX: what is read back is what was in the office, and nothing runs."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from liaison_desk.core.errors import Refused
from liaison_desk.core.words import Message, Say
from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column[tuple[Any, ...]](Message("Text"), lambda row: row[0]),
    Column[tuple[Any, ...]](Message("Number"), lambda row: row[1], Kind.NUMBER),
    Column[tuple[Any, ...]](Message("Yuan"), lambda row: row[2], Kind.MONEY),
    Column[tuple[Any, ...]](Message("When"), lambda row: row[3], Kind.TIME),
)


def written(path: Path, *rows: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    full = [(*row, *(None,) * (4 - len(row))) for row in rows]
    assert write_xlsx(path, "Queue", COLUMNS, full, Say(), ZONE) == len(rows)
    sheet = load_workbook(path).active
    assert sheet is not None
    return list(sheet.iter_rows(min_row=2))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x")',
        "+86 138",
        "-5",
        "@SUM(A1)",
        "#N/A",
        "<b>粗体</b> & 𠮷 㼆",
        "买买提·吐尔逊",
        "\t=1",
        "6222020200112345678",
        "1E+18",
    ],
)
def test_text_is_text_whatever_it_begins_with(tmp_path: Path, text: str) -> None:
    ((cell, *_),) = written(tmp_path / "a.xlsx", (text,))
    assert (cell.value, cell.data_type) == (text, "s")


def test_no_formula_stands_anywhere_in_the_file(tmp_path: Path) -> None:
    written(tmp_path / "a.xlsx", ("=cmd|' /C calc'!A0", 1, 1, None))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=cmd" in sheet


def test_numbers_of_more_than_15_digits_are_text(tmp_path: Path) -> None:
    long, short = written(tmp_path / "a.xlsx", ("", 1_234_567_890_123_456), ("", 123_456_789_012_345))
    assert (long[1].value, long[1].data_type) == ("1234567890123456", "s")
    assert (short[1].value, short[1].data_type) == (123456789012345, "n")


@pytest.mark.parametrize(
    ("fen", "digits"),
    [
        (1, "0.01"),
        (10, "0.10"),
        (3_500_000, "35000.00"),
        (-120_050, "-1200.50"),
        (99_999_999_999_999, "999999999999.99"),
        (999_999_999_999_999, "9999999999999.99"),
    ],
)
def test_money_stands_in_the_file_with_its_very_digits(tmp_path: Path, fen: int, digits: str) -> None:
    ((_, _, money, _),) = written(tmp_path / "a.xlsx", ("", None, fen))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert f"<v>{digits}</v>" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert Decimal(repr(money.value)) == Decimal(digits)
    assert money.number_format == "#,##0.00"


def test_money_too_long_for_a_spreadsheet_is_text(tmp_path: Path) -> None:
    ((_, _, money, _),) = written(tmp_path / "a.xlsx", ("", None, 10**15))
    assert (money.value, money.data_type) == ("10,000,000,000,000.00", "s")


def test_times_are_the_offices_local_times(tmp_path: Path) -> None:
    ((*_, when),) = written(
        tmp_path / "a.xlsx", ("", None, None, datetime(2026, 3, 10, 2, 5, 6, 999_999, tzinfo=UTC))
    )
    assert when.value == datetime(2026, 3, 10, 10, 5, 6)  # noqa: DTZ001  # a spreadsheet knows no zones


def test_what_xml_cannot_hold_is_marked_and_nothing_is_lost(tmp_path: Path) -> None:
    ((cell, *_),) = written(tmp_path / "a.xlsx", ("a\x00b\x1f\ud800c",))
    assert cell.value == "a\ufffdb\ufffd\ufffdc"


def test_the_heads_stand_first_and_stay_in_view(tmp_path: Path) -> None:
    written(tmp_path / "a.xlsx", ("x", 1, 1))
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["Text", "Number", "Yuan", "When"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.title) == ("A2", "A1:D2", "Queue")


def test_a_list_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def rows() -> Any:
        yield ("x", 1, 1, None)
        raise RuntimeError("the reader went away")

    with pytest.raises(RuntimeError):
        write_xlsx(path, "Queue", COLUMNS, rows(), Say(), ZONE)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written") as caught:
        write_xlsx(tmp_path / "gone" / "a.xlsx", "Queue", COLUMNS, [], Say(), ZONE)
    assert caught.value.field == "out"
