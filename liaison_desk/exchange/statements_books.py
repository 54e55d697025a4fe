"""Workbooks, ``.xls`` and ``.xlsx``, as sheets of cells; what would burst when unpacked is refused before.

The reader of workbooks keeps a whole sheet in memory as a rectangle, so a far corner is as dangerous as a bomb: both
are measured on the packed file first. Where there is a limit of memory it belongs to the process (``limit_memory``).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import IO, TYPE_CHECKING, cast

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.words import Message, msg
from liaison_desk.exchange.statements_source import File, Opened, Progress, Sheet, unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_UNPACKED = 1_000_000_000
"""Bytes of XML of one workbook."""
MOST_CELLS = 16_000_000
"""Cells of one sheet, empty ones between counted."""
MOST_RATIO = 150
"""Bytes unpacked per byte packed, above SMALL; a sheet of real trades reaches 10 to 40."""
SMALL = 30_000_000
MEMORY = 500_000_000
LARGEST_OLD = 100_000_000
_FIRST_RECORD = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILEPASS = 0x2F
_NO_FILEPASS_BEHIND = (0x0A, 0x85)
_BLOCK = 1 << 20
_STEP = 2_000

_ROWS = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,9})"')
_STEPS = (
    # Columns up to this number, and how a cell beyond it begins.
    (4, rb'\br="(?:[E-Z][0-9]|[A-Z]{2})'),
    (8, rb'\br="(?:[I-Z][0-9]|[A-Z]{2})'),
    (13, rb'\br="(?:[N-Z][0-9]|[A-Z]{2})'),
    (26, rb'\br="[A-Z]{2}'),
    (52, rb'\br="(?:[B-Z][A-Z][0-9]|[A-Z]{3})'),
    (104, rb'\br="(?:[D-Z][A-Z][0-9]|[A-Z]{3})'),
    (256, rb'\br="(?:[J-Z][A-Z][0-9]|I[W-Z][0-9]|[A-Z]{3})'),
    (702, rb'\br="[A-Z]{3}'),
    (16_384, rb"\br=\"[A-Z]{4}"),
)
_WIDER = tuple((most, re.compile(beyond)) for most, beyond in _STEPS)


def limit_memory(size: int = MEMORY) -> bool:
    """Limits this process to ``size`` more bytes than it has, where the system can; False where it cannot.

    For a process of its own that reads workbooks: a file that lies about itself then ends that process alone.
    """
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


def open_book(file: File, progress: Progress | None) -> Opened:
    """The sheets of a workbook. Raises BadInput: protected, damaged, too large, no workbook at all."""
    with file.open() as stream:
        old = stream.read(2) == b"\xd0\xcf"
        stream.seek(0)
        mac = False
        if old:
            if file.size > LARGEST_OLD:
                raise _refused(_too_large(file))
            _require_open_old(file, stream)
        else:
            mac = _measure(file, stream)
    book = _book(file)
    return Opened("xls" if old else "xlsx", "", "", _sheets(file, book, mac, progress))


def _refused(message: Message) -> BadInput:
    return BadInput(message, field="file")


def _protected(file: File) -> Message:
    return msg(
        "{file} is protected by a password; open it, save it without one and import that. Nothing was imported.",
        file=file.name,
    )


def _too_large(file: File) -> Message:
    return msg(
        "{file} has a sheet too large to be read as a workbook; save it as CSV. Nothing was imported.",
        file=file.name,
    )


def _no_book(file: File) -> Message:
    return msg("{file} is not a workbook of trades, or it is damaged. Nothing was imported.", file=file.name)


def _require_open_old(file: File, stream: IO[bytes]) -> None:
    """A new workbook with a password hides in the old container under these names; an old one says so at its begin."""
    data = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        raise _refused(_protected(file))
    at = data.find(_FIRST_RECORD)
    end = at + 512
    while 0 <= at < end and at + 4 <= len(data):
        record, size = struct.unpack_from("<HH", data, at)
        if record == _FILEPASS:
            raise _refused(_protected(file))
        if record in _NO_FILEPASS_BEHIND:
            return
        at += 4 + size


def _measure(file: File, stream: IO[bytes]) -> bool:
    """Unpacks the sheets into nothing and measures them; whether dates count from 1904."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [each for each in archive.infolist() if _read_by_us(each.filename)]
            if any(each.flag_bits & 1 for each in names):
                raise _refused(_protected(file))
            if not any(each.filename.lower().endswith("workbook.xml") for each in names):
                raise _refused(_no_book(file))
            declared = sum(each.file_size for each in names)
            packed = sum(each.compress_size for each in names)
            if declared > MOST_UNPACKED or (declared > SMALL and declared > packed * MOST_RATIO):
                raise _refused(_bomb(file))
            mac = False
            for each in names:
                mac |= _measure_part(file, archive, each)
            return mac
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise unreadable(file, error) from error


def _bomb(file: File) -> Message:
    return msg(
        "{file} would unpack to far more than a statement has; it is refused unread. Nothing was imported.",
        file=file.name,
    )


def _read_by_us(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels")) and not name.lower().startswith(
        ("xl/drawings/", "xl/media/", "xl/charts/", "docprops/")
    )


def _measure_part(file: File, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """One XML: its rows times its columns are bounded, and it declares no entities. Returns the mark of 1904."""
    sheet = "worksheets/" in part.filename.lower()
    rows = step = 0
    tail = b""
    mac = False
    first = True
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            seen = tail + block
            if first and b"<!DOCTYPE" in seen[:4096]:
                raise _refused(_no_book(file))
            first = False
            if sheet:
                rows = max(rows, max(map(int, _ROWS.findall(seen)), default=0))
                while step < len(_WIDER) - 1 and _WIDER[step][1].search(seen):
                    step += 1
                if rows * _WIDER[step][0] > MOST_CELLS:
                    raise _refused(_too_large(file))
            elif part.filename.lower().endswith("workbook.xml"):
                mac = mac or re.search(rb'date1904="(?:1|true)"', seen) is not None
            tail = block[-256:]
    return mac


def _book(file: File) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        if file.path is not None:
            return CalamineWorkbook.from_path(file.path)
        import io

        return CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except PasswordError as error:
        raise _refused(_protected(file)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _refused(_no_book(file)) from error
    except BaseException as error:
        raise _unless_ours(file, error) from error


def _unless_ours(file: File, error: BaseException) -> BaseException:
    """A panic of the reader is no reason to fall; the person's wish to stop is."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
        return error
    return _refused(_no_book(file))


def _sheets(file: File, book: CalamineWorkbook, mac: bool, progress: Progress | None) -> Iterator[Sheet]:
    from python_calamine import SheetTypeEnum

    names = [
        (place, each.name)
        for place, each in enumerate(book.sheets_metadata)
        if each.typ == SheetTypeEnum.WorkSheet
    ]
    for done, (place, name) in enumerate(names):
        try:
            sheet = book.get_sheet_by_index(place)
            end = sheet.end
        except BaseException as error:
            raise _unless_ours(file, error) from error
        if end is None:
            yield Sheet(name, iter(()), mac)
            continue
        if (end[0] + 1) * (end[1] + 1) > MOST_CELLS:
            raise _refused(_too_large(file))
        yield Sheet(name, _rows(sheet, progress, done, len(names)), mac)


def _rows(
    sheet: CalamineSheet, progress: Progress | None, done: int, total: int
) -> Iterator[tuple[int, list[Cell]]]:
    height = max(sheet.total_height, 1)
    for line, read in enumerate(sheet.iter_rows(), 1):
        cells = cast("list[Cell]", read)
        for place, cell in enumerate(cells):
            # A truth is equal to a number, and a duration to nothing a statement knows: both as text.
            if cell is True or cell is False:
                cells[place] = "TRUE" if cell else "FALSE"
            elif type(cell) is timedelta:
                cells[place] = str(cell)
        if progress is not None and not line % _STEP:
            progress(done * 1000 + line * 1000 // height, total * 1000)
        yield line, cells
