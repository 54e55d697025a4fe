"""Sheets of cells out of .xlsx, .xls, .csv and .txt, whatever their encoding, with the line each row began on.

Nothing of a file is run or fetched: formulas come as their last values, macros and links are not looked at.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.words import Message, msg
from liaison_desk.exchange.statements_books import UnusableBook, Why, open_book
from liaison_desk.exchange.statements_source import File

LARGEST_FILE = 20_000_000
MOST_ROWS = 20_000
"""Of one sheet, blank ones not counted."""
_WHY: Mapping[Why, Message] = {
    Why.DAMAGED: msg("the workbook is damaged"),
    Why.PROTECTED: msg("it is locked with a password"),
    Why.TOO_LARGE: msg("it would unpack to far more than a list of cases has"),
}


@dataclass(frozen=True)
class Sheet:
    """Its name (empty for a text file) and its rows that are not blank, each with its line from 1."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Sheets:
    sha256: str
    sheets: tuple[Sheet, ...]


def read_sheets(path: Path) -> Sheets:
    """Every sheet of the file. Raises BadInput when it is no such file, or one too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _unusable(path, msg("it is larger than {most} MB", most=LARGEST_FILE // 1_000_000))
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error
    if not data.strip():
        raise _unusable(path, msg("it is empty"))
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found = _workbook(path)
    else:
        found = [Sheet("", tuple(_text_rows(path, _decoded(path, data))))]
    return Sheets(hashlib.sha256(data).hexdigest(), tuple(found))


def _unusable(path: Path, reason: Message | str) -> BadInput:
    return BadInput(
        msg("{file} cannot be read: {reason}. Nothing was stored.", file=path.name, reason=reason),
        field="file",
    )


def _workbook(path: Path) -> list[Sheet]:
    """The sheets by the reader of statements: a process of its own with a limit of memory unpacks them."""
    try:
        return [
            Sheet(each.name, tuple(_filled(path, each.rows)))
            for each in open_book(File(path.name, path), None).sheets
        ]
    except UnusableBook as error:
        raise _unusable(path, _WHY[error.why]) from error


def _filled(path: Path, rows: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    count = 0
    for line, row in rows:
        if any(cell not in ("", None) and str(cell).strip() for cell in row):
            count += 1
            if count > MOST_ROWS:
                raise _unusable(path, msg("a sheet has more than {most} rows", most=MOST_ROWS))
            yield line, tuple(row)


def _decoded(path: Path, data: bytes) -> str:
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for encoding in (marks.get(data[:2], "utf-8-sig"), "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            if re.match(r"\s*<(?:!doctype|html|table|\?xml)", text, re.IGNORECASE):
                raise _unusable(path, msg("it is a web page; save it as a workbook first"))
            return text
    raise _unusable(path, msg("it is neither a workbook nor text"))


def _text_rows(path: Path, text: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    mark = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    count, before = 0, 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            cells = tuple(_bare(cell) for cell in row)
            if any(cells):
                count += 1
                if count > MOST_ROWS:
                    raise _unusable(path, msg("it has more than {most} rows", most=MOST_ROWS))
                yield line, cells
    except csv.Error as error:
        raise _unusable(path, msg("line {line} is no row of cells", line=before + 1)) from error


def _separator(text: str) -> str:
    """The mark that stands most often in one of the first lines."""
    best, most = ",", 0
    for line in text.splitlines()[:20]:
        for mark in ("\t", ",", ";", "|"):
            if line.count(mark) > most:
                best, most = mark, line.count(mark)
    return best


def _bare(cell: str) -> str:
    guarded = re.fullmatch(r'\s*="?([^"]*)"?\s*', cell)
    return (guarded.group(1) if guarded else cell).strip().lstrip("'")
