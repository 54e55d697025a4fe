"""Workbooks, ``.xls`` and ``.xlsx``, as sheets of cells; what would burst when unpacked is refused before.

The reader of workbooks keeps a whole sheet in memory as a rectangle, so a far corner is as dangerous as a bomb: both
are measured on the packed file first. The reading itself is done by a process of its own with a limit of memory.
"""

from __future__ import annotations

import marshal
import multiprocessing
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import IO, Any

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.words import Message, msg
from liaison_desk.exchange.statements_source import File, Opened, Progress, Sheet, unreadable
from liaison_desk.exchange.statements_worker import serve

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
SILENCE = 180.0
"""Seconds without a word, after which the process is given up."""

_ROWS = re.compile(rb"""r=["']([0-9]{1,9})["']""")
"""A row's number; that some other attribute ends alike only makes a sheet seem larger."""
_STEPS = (
    # Columns up to this number, and how a cell beyond it begins.
    (4, rb"[E-Z][0-9]|[A-Z]{2}"),
    (8, rb"[I-Z][0-9]|[A-Z]{2}"),
    (13, rb"[N-Z][0-9]|[A-Z]{2}"),
    (26, rb"[A-Z]{2}"),
    (52, rb"[B-Z][A-Z][0-9]|[A-Z]{3}"),
    (104, rb"[D-Z][A-Z][0-9]|[A-Z]{3}"),
    (256, rb"[J-Z][A-Z][0-9]|I[W-Z][0-9]|[A-Z]{3}"),
    (702, rb"[A-Z]{3}"),
    (16_384, rb"[A-Z]{4}"),
)
_WIDER = tuple((most, re.compile(rb"""r=["'](?:""" + beyond + rb")")) for most, beyond in _STEPS)


def open_book(file: File, progress: Progress | None) -> Opened:
    """The sheets of a workbook. Raises BadInput: protected, damaged, too large, no workbook at all."""
    with file.open() as stream:
        old = stream.read(2) == b"\xd0\xcf"
        stream.seek(0)
        mac = False
        if old:
            if file.size > LARGEST_OLD:
                raise _too_large(file)
            _require_open_old(file, stream)
        else:
            mac = _measure(file, stream)
    return Opened("xls" if old else "xlsx", "", "", _sheets(file, mac, progress))


class Why(StrEnum):
    """Why a workbook cannot be read."""

    DAMAGED = "damaged"
    PROTECTED = "protected"
    TOO_LARGE = "too large"


class UnusableBook(BadInput):
    """The workbook as a whole cannot be read; ``why`` for those who say it in other words."""

    def __init__(self, why: Why, message: Message) -> None:
        super().__init__(message, field="file")
        self.why = why


def _protected(file: File) -> UnusableBook:
    return UnusableBook(
        Why.PROTECTED,
        msg(
            "{file} is protected by a password; open it, save it without one and import that. Nothing was imported.",
            file=file.name,
        ),
    )


def _too_large(file: File) -> UnusableBook:
    return UnusableBook(
        Why.TOO_LARGE,
        msg(
            "{file} has a sheet too large to be read as a workbook; save it as CSV. Nothing was imported.",
            file=file.name,
        ),
    )


def _no_book(file: File) -> UnusableBook:
    return UnusableBook(
        Why.DAMAGED,
        msg(
            "{file} is not a workbook of trades, or it is damaged. Nothing was imported.",
            file=file.name,
        ),
    )


def _require_open_old(file: File, stream: IO[bytes]) -> None:
    """A new workbook with a password hides in the old container under these names; an old one says so at its begin."""
    data = stream.read()
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        raise _protected(file)
    at = data.find(_FIRST_RECORD)
    end = at + 512
    while 0 <= at < end and at + 4 <= len(data):
        record, size = struct.unpack_from("<HH", data, at)
        if record == _FILEPASS:
            raise _protected(file)
        if record in _NO_FILEPASS_BEHIND:
            return
        at += 4 + size


def _measure(file: File, stream: IO[bytes]) -> bool:
    """Unpacks the sheets into nothing and measures them; whether dates count from 1904."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [each for each in archive.infolist() if _read_by_us(each.filename)]
            if any(each.flag_bits & 1 for each in names):
                raise _protected(file)
            if not any(each.filename.lower().endswith("workbook.xml") for each in names):
                raise _no_book(file)
            declared = sum(each.file_size for each in names)
            packed = sum(each.compress_size for each in names)
            if declared > MOST_UNPACKED or (declared > SMALL and declared > packed * MOST_RATIO):
                raise _bomb(file)
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
        raise UnusableBook(Why.DAMAGED, unreadable(file, error).message) from error


def _bomb(file: File) -> UnusableBook:
    return UnusableBook(
        Why.TOO_LARGE,
        msg(
            "{file} would unpack to far more than a statement has; it is refused unread. Nothing was imported.",
            file=file.name,
        ),
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
                raise _no_book(file)
            first = False
            if sheet:
                rows = max(rows, max(map(int, _ROWS.findall(seen)), default=0))
                while step < len(_WIDER) - 1 and _WIDER[step][1].search(seen):
                    step += 1
                if rows * _WIDER[step][0] > MOST_CELLS:
                    raise _too_large(file)
            elif part.filename.lower().endswith("workbook.xml"):
                mac = mac or re.search(rb'date1904="(?:1|true)"', seen) is not None
            tail = block[-256:]
    return mac


# --- the process that unpacks -----------------------------------------------------------------


class Unpacking:
    """A process that reads workbooks within its limit of memory; started when the first file is asked for.

    With ``with kept_unpacking():`` one process serves several files; else each file has its own.
    """

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def ask(self, file: File) -> None:
        if self._process is None or not self._process.is_alive():
            self.end()
            context = multiprocessing.get_context("spawn")
            self._connection, there = context.Pipe()
            process = context.Process(target=serve, args=(there, MEMORY, MOST_CELLS), daemon=True)
            process.start()
            self._process = process
            there.close()
        assert self._connection is not None
        self._connection.send(str(file.path.absolute()) if file.path is not None else file.data)

    def answer(self, file: File, waiting: Callable[[], None]) -> tuple[Any, ...]:
        """The next message. Raises BadInput for a refusal, and where the process ended or is silent for too long."""
        assert self._connection is not None
        patience = SILENCE
        try:
            while not self._connection.poll(0.25):
                waiting()
                patience -= 0.25
                if patience <= 0:
                    raise EOFError
            message: tuple[Any, ...] = marshal.loads(self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            self.end()
            raise _too_large(file) from error
        if message[0] == "refused":
            words = {"protected": _protected, "large": _too_large}.get(message[1], _no_book)
            raise words(file)
        return message

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._connection = None


_kept: list[Unpacking] = []


@contextmanager
def kept_unpacking() -> Iterator[None]:
    """One process for all workbooks that are read inside, one after another: for many files at once."""
    _kept.append(Unpacking())
    try:
        yield
    finally:
        _kept.pop().end()


def _sheets(file: File, mac: bool, progress: Progress | None) -> Iterator[Sheet]:
    kept = bool(_kept)
    unpacking = _kept[-1] if kept else Unpacking()
    finished = False
    done = total = 0

    def waiting() -> None:
        if progress is not None:
            progress(done * 1000, max(total, 1) * 1000)

    try:
        unpacking.ask(file)
        _, total = unpacking.answer(file, waiting)
        message = unpacking.answer(file, waiting)
        while message[0] == "sheet":
            _, name, height = message
            rest: list[tuple[Any, ...]] = []
            rows = _rows(lambda: unpacking.answer(file, waiting), rest, progress, (done, total, height))
            yield Sheet(name, rows, mac)
            for _ in rows:
                pass  # what nobody wanted of this sheet
            message = rest[0]
            done += 1
        finished = True
    except BadInput:
        finished = True
        raise
    finally:
        if not kept or not finished:
            unpacking.end()


def _rows(
    answer: Callable[[], tuple[Any, ...]],
    rest: list[tuple[Any, ...]],
    progress: Progress | None,
    share: tuple[int, int, int],
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of one sheet by their number; the message behind them goes to ``rest``."""
    done, total, height = share
    line = 0
    while (message := answer())[0] == "rows":
        for row in message[1]:
            line += 1
            yield line, row
        if progress is not None:
            progress(done * 1000 + min(line * 1000 // max(height, 1), 1000), total * 1000)
    rest.append(message)
