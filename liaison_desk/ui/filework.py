"""Files on this computer's disks, read and written off the GUI thread in pieces, with progress and a way out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.filenames import clean_file_name, numbered
from liaison_desk.core.words import msg
from liaison_desk.ui.background import Progress

PIECE = 256 * 1024
MEGABYTE = 1024 * 1024
NEWEST = 50
"""Files of a scanner's folder that are offered."""


@dataclass(frozen=True, eq=False)
class Incoming:
    """One file on its way in: from a disk, or a picture from the clipboard that has no name of its own."""

    name: str
    path: Path | None = None
    image: QImage | None = None

    @property
    def size(self) -> int:
        """Bytes on the disk; 0 where that is not known (yet)."""
        try:
            return self.path.stat().st_size if self.path is not None else 0
        except OSError:
            return 0


@dataclass(frozen=True)
class Scan:
    """A file in the scanner's folder."""

    path: Path
    at: float
    """When it was last written, in seconds since 1970."""
    size: int


def incoming_of(mime: QMimeData, now: datetime) -> list[Incoming]:
    """What was dropped or pasted: files (folders are passed over), or a picture, named by the time ``now``."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    files = [Incoming(path.name, path) for path in paths if path.is_file()]
    if files:
        return files
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return [Incoming(f"{now:%Y-%m-%d %H%M%S}.png", image=image)]
    return []


def read_in(file: Incoming, most: int, progress: Progress) -> bytes:
    """Its bytes, at most ``most`` megabytes. Raises BadInput with the reason, Cancelled by the user."""
    if file.image is not None:
        return _png(file.image)
    assert file.path is not None
    limit, pieces, read = most * MEGABYTE, [], 0
    try:
        size = file.path.stat().st_size
        if size <= limit:
            with open(file.path, "rb") as stream:
                while piece := stream.read(PIECE):
                    pieces.append(piece)
                    read += len(piece)
                    progress(read, max(size, read))
                    if read > limit:
                        break
    except OSError as error:
        raise BadInput(
            msg(
                "{file} cannot be read ({why}). It was not added.",
                file=file.path.name,
                why=error.strerror or "",
            )
        ) from error
    if max(size, read) > limit:
        raise BadInput(
            msg(
                "{file} has {size} MB; at most {most} MB are kept. It was not added.",
                file=file.path.name,
                size=-(-max(size, read) // MEGABYTE),
                most=most,
            )
        )
    return b"".join(pieces)


def write_out(path: Path, data: bytes, progress: Progress) -> None:
    """The bytes in that file, whole or not at all. Raises DeskError with the reason, Cancelled by the user."""
    part = path.with_name(f"{path.name}.part")
    try:
        with open(part, "wb") as stream:
            for start in range(0, len(data), PIECE):
                progress(start, len(data))
                stream.write(data[start : start + PIECE])
            stream.flush()
            os.fsync(stream.fileno())
        progress.check()
        os.replace(part, path)
    except OSError as error:
        raise DeskError(
            msg(
                "{file} could not be written ({why}). Choose another place.",
                file=path.name,
                why=error.strerror or "",
            )
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def free_name(folder: Path, name: str) -> Path:
    """Where a file of that name may be written in the folder without taking another's place; never outside it."""
    plain = clean_file_name(name)
    return next(path for path in _names(folder, plain) if not path.exists())


def _names(folder: Path, name: str) -> Iterator[Path]:
    count = 1
    while True:
        yield folder / numbered(name, count)
        count += 1


def newest_files(folder: Path) -> tuple[Scan, ...]:
    """The files last written in that folder, newest first; raises BadInput when it cannot be read."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                # What a scanner is still writing has such a name, or none at all.
                if entry.is_file() and not entry.name.startswith((".", "~")) and entry.name[-5:] != ".part":
                    facts = entry.stat()
                    found.append(Scan(Path(entry.path), facts.st_mtime, facts.st_size))
    except OSError as error:
        raise BadInput(
            msg(
                "{folder} cannot be read ({why}). Choose another folder.",
                folder=str(folder),
                why=error.strerror or "",
            )
        ) from error
    return tuple(sorted(found, key=lambda scan: (-scan.at, scan.path.name))[:NEWEST])


def _png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"png")).write(image):
        raise BadInput(msg("The picture on the clipboard cannot be kept. It was not added."))
    return bytes(data.data())


def size_words(size: int) -> str:
    """``1.2 MB``, ``18 kB``, ``312 B``."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f} MB"
    return f"{-(-size // 1024)} kB" if size >= 1024 else f"{size} B"
