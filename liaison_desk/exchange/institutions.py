"""The list of institutions that an office begins with: ``code,kind,name_zh,name_en`` as CSV.

A fifth column ``head_code`` (a bank's 12-digit code) may follow. Every bad line is named; one bad line and
nothing is taken.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from liaison_desk.core.errors import BadInput
from liaison_desk.core.roles import InstitutionKind
from liaison_desk.core.words import Message, msg

COLUMNS = ("code", "kind", "name_zh", "name_en")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,15}")
_MOST = 500


@dataclass(frozen=True)
class InstitutionLine:
    code: str
    kind: InstitutionKind
    name_zh: str
    name_en: str
    head_code: str = ""


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be used, by its number in the file, and why."""

    line: int
    reason: Message


class BadList(BadInput):
    """The list cannot be used; ``lines`` names each bad line."""

    def __init__(self, message: Message, lines: tuple[BadLine, ...] = ()) -> None:
        super().__init__(message, field="institutions")
        self.lines = lines


def read_institutions(path: Path) -> tuple[InstitutionLine, ...]:
    """The institutions of a CSV file (UTF-8 or GB18030). Raises BadList with every bad line."""
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        missing = [name for name in COLUMNS if name not in head]
        if missing:
            raise BadList(
                msg(
                    "{file}: the first line must name the columns {columns}; {missing} is missing. Nothing was set up.",
                    file=path.name,
                    columns=",".join(COLUMNS),
                    missing=", ".join(missing),
                )
            )
        found: list[InstitutionLine] = []
        bad: list[BadLine] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = reader.line_num
            if len(cells) > len(head):
                bad.append(BadLine(line, msg("it has more fields than the first line")))
                continue
            values = dict(zip(head, (cell.strip() for cell in cells), strict=False))
            reason = _wrong(values, found)
            if reason is not None:
                bad.append(BadLine(line, reason))
                continue
            found.append(
                InstitutionLine(
                    values["code"],
                    InstitutionKind(values["kind"].lower()),
                    values["name_zh"],
                    values["name_en"],
                    values.get("head_code", ""),
                )
            )
    except csv.Error as error:
        raise BadList(
            msg("{file} is not a CSV file: {reason}. Nothing was set up.", file=path.name, reason=str(error))
        ) from error
    if not bad and not any(each.kind is not InstitutionKind.POLICE for each in found):
        raise BadList(msg("{file} names no bank or carrier. Nothing was set up.", file=path.name))
    if bad:
        raise BadList(
            msg(
                "{file}: line {line} cannot be used: {reason} ({count} bad lines in all). Nothing was set up.",
                file=path.name,
                line=bad[0].line,
                reason=bad[0].reason,
                count=len(bad),
            ),
            tuple(bad),
        )
    return tuple(found)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadList(
            msg(
                "{file} cannot be read: {reason}. Nothing was set up.",
                file=str(path),
                reason=error.strerror or type(error).__name__,
            )
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadList(msg("{file} is not a text file. Nothing was set up.", file=path.name))


def _wrong(values: dict[str, str], found: list[InstitutionLine]) -> Message | None:
    """Why a line cannot be used, or None."""
    for name in COLUMNS:
        if not values.get(name):
            return msg("{column} is empty", column=name)
    if not _CODE.fullmatch(values["code"]):
        return msg("a code has 2 to 16 capital letters or digits and begins with a letter")
    if values["kind"].lower() not in {kind.value for kind in InstitutionKind}:
        return msg("the kind is one of bank, carrier, payment, police")
    if any(each.code == values["code"] for each in found):
        return msg("the code {code} stands there twice", code=values["code"])
    police = InstitutionKind.POLICE.value
    if values["kind"].lower() == police and any(each.kind is InstitutionKind.POLICE for each in found):
        return msg("there are two lines for the police")
    if values["kind"].lower() != police and values["code"] == "POLICE":
        return msg("the code POLICE belongs to the police")
    if len(found) >= _MOST:
        return msg("more than {count} institutions", count=_MOST)
    return None
