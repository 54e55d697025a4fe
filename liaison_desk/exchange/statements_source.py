"""Statement files opened: what kind a file is by its content, and its sheets as rows of cells with their lines.

The name's ending is not believed: text and HTML named ``.xls`` are read as what they are. A file of which nothing can
be read raises BadInput with one sentence.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.words import msg

LARGEST_FILE = 2_000_000_000
"""Bytes; beyond, the file is refused unread."""

Progress = Callable[[int, int], None]
"""Told (bytes or rows done, in all); an exception from it ends the reading."""


@dataclass
class Sheet:
    """One table: its rows in order, each with its line (text: the physical one, workbook: the row's number)."""

    name: str
    rows: Iterator[tuple[int, list[Cell]]]
    mac: bool = False
    """Serial dates count from 1904."""
    unfinished: int = 0
    """The last line, where it has no line end: known when that line is read."""
    expect: Callable[[int], None] = lambda width: None
    """Told how many cells the head has, where the reading of rows depends on it."""


@dataclass
class Opened:
    """A file that is understood as a whole; its sheets are read once, in order."""

    kind: str
    """``text``, ``html``, ``xls`` or ``xlsx``."""
    encoding: str
    separator: str
    sheets: Iterator[Sheet]


@dataclass(frozen=True)
class File:
    """A statement on disk or in memory, by the name under which it was handed in."""

    name: str
    path: Path | None = None
    data: bytes = b""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path is not None else len(self.data)

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    def open(self) -> BinaryIO:
        return self.path.open("rb") if self.path is not None else io.BytesIO(self.data)


def file_of(source: Path | str | bytes, name: str = "") -> File:
    """A path, or the bytes of a file under ``name``."""
    if isinstance(source, bytes):
        return File(name or "statement", None, source)
    return File(Path(source).name, Path(source))


def digest(file: File) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal. Raises BadInput where it cannot be read."""
    sha = hashlib.sha256()
    try:
        with file.open() as stream:
            while block := stream.read(1 << 20):
                sha.update(block)
    except OSError as error:
        raise unreadable(file, error) from error
    return sha.hexdigest()


def unreadable(file: File, error: Exception) -> BadInput:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return BadInput(
        msg("{file} cannot be read: {reason}. Nothing was imported.", file=file.name, reason=reason),
        field="file",
    )


_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MIME-Version", "MHTML"),
)


def open_file(
    file: File,
    known: Callable[[Sequence[str]], int],
    *,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Opened:
    """The sheets of a file. ``known`` counts the heads it understands in a row of texts; it decides between encodings.

    Raises BadInput: not there, empty, too large, another kind of file, protected, a bomb, an unknown encoding.
    """
    try:
        size = file.size
        with file.open() as stream:
            begin = stream.read(4096)
    except OSError as error:
        raise unreadable(file, error) from error
    if not begin:
        raise BadInput(msg("{file} is empty. Nothing was imported.", file=file.name), field="file")
    if size > LARGEST_FILE:
        raise BadInput(
            msg("{file} is too large to be a statement. Nothing was imported.", file=file.name), field="file"
        )
    if begin.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        from liaison_desk.exchange import statements_books  # here: text files need no workbook reader

        return statements_books.open_book(file, progress)
    for magic, name in _OTHERS:
        if begin.startswith(magic):
            raise BadInput(
                msg(
                    "{file} is a {kind} file, not a table; ask for the table itself. Nothing was imported.",
                    file=file.name,
                    kind=name,
                ),
                field="file",
            )
    from liaison_desk.exchange import statements_text

    return statements_text.open_text(file, known, encoding=encoding, progress=progress)
