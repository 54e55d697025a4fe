"""Files that are written whole or not at all: under another name first, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from liaison_desk.core.errors import Refused
from liaison_desk.core.words import msg


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that takes its place at the end; nothing stays if that fails.

    Raises Refused, naming the folder, when it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
    except OSError as error:
        raise _refused(path, error) from error
    part = Path(name)
    try:
        try:
            os.close(handle)
            # The private mode of a temporary file would lock colleagues out of what is meant to be shared.
            part.chmod(0o666 & ~_mask())
            yield part
            with part.open("rb+") as stream:
                os.fsync(stream.fileno())
            os.replace(part, path)
        except OSError as error:
            raise _refused(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Writes a finished file. Raises Refused, naming the folder, when it cannot be written."""
    with whole(path) as part:
        part.write_bytes(data)


def _mask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _refused(path: Path, error: OSError) -> Refused:
    return Refused(
        msg(
            "{file} cannot be written: {reason}. Nothing was written. Choose another folder.",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        ),
        field="out",
    )
