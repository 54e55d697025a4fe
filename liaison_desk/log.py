"""The program's log, and the report of a mistake of its own: neither holds anything personal.

What is logged are the program's own words; Chinese text and longer numbers in them are blotted out, since
they may be somebody's. Of an exception the frames are kept, never the values.
"""

from __future__ import annotations

import logging
import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from importlib import metadata
from logging.handlers import RotatingFileHandler
from pathlib import Path

from liaison_desk import paths

SIZE = 1_000_000
"""Bytes of one log file; five are kept."""
KEPT = 5
_PERSONAL = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|\d(?: ?\d){4,}\w*")


def blotted(text: str) -> str:
    """The text without what may be personal."""
    return _PERSONAL.sub("…", text)


class _Plain(logging.Formatter):
    """One line a record: time, level, logger, the blotted words; of an exception only where it came from."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = blotted(record.message).replace("\n", " ")
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return describe(error) if isinstance(error, BaseException) else ""


def set_up(folder: Path | None = None) -> Path | None:
    """Starts the log in ``folder`` (default: the user's own); gives the file, or None if it cannot be had."""
    where = folder or paths.user_log()
    try:
        where.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            where / "liaison-desk.log", maxBytes=SIZE, backupCount=KEPT - 1, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(_Plain())
    root = logging.getLogger("liaison_desk")
    for old in [each for each in root.handlers if isinstance(each, RotatingFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Without this a log that cannot be written would print tracebacks over the user's screen.
    logging.raiseExceptions = False
    return Path(handler.baseFilename)


def describe(error: BaseException) -> str:
    """Versions, then each exception of the chain with its frames; no values, no folders, no names."""
    try:
        version = metadata.version("liaison-desk")
    except metadata.PackageNotFoundError:
        version = "?"
    lines = [
        f"liaison-desk {version} · Python {platform.python_version()} · {platform.system()} {platform.release()}"
    ]
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for link in reversed(chain):
        lines.append("")
        for frame in traceback.extract_tb(link.__traceback__):
            name = Path(frame.filename).as_posix()
            name = name[name.rfind("liaison_desk/") :] if "liaison_desk/" in name else name.split("/")[-1]
            lines.append(f"  {name}:{frame.lineno} {frame.name}")
        first = (str(link).splitlines() or [""])[0][:200]
        lines.append(f"{type(link).__name__}: {blotted(first)}".rstrip(": "))
    return "\n".join(lines) + "\n"


def report(error: BaseException, folder: Path | None = None) -> Path | None:
    """Writes the report of a mistake of the program; gives the file, or None if it cannot be written."""
    where = folder or paths.user_log()
    path = where / f"error-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    try:
        where.mkdir(parents=True, exist_ok=True)
        path.write_text(describe(error), encoding="utf-8")
    except OSError:
        sys.stderr.write(describe(error))
        return None
    return path
