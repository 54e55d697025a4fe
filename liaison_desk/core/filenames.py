"""Names of files that come from outside: one plain name, which can leave no folder and hide nothing.

Used when a file is kept and again when it is written to a disk, whatever stands in the database by then.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
"""Characters of a name that are kept, its ending included."""
MOST_BYTES = 240
"""Bytes of UTF-8 that every file system takes, with room for a number behind the name."""
_ENDING = 12
_NAMELESS = "file"
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""Devices of Windows, whatever ending stands behind them."""
_FORBIDDEN = frozenset('<>:"|?*')


def clean_file_name(text: str) -> str:
    """A plain name for a file: no folder, no control or direction character, nothing a system forbids.

    Letters of every script stay as they are. Never empty; an ending survives shortening.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    kept = "".join(_plain(char) for char in last)
    # Dots and blanks at the ends hide a file on one system and vanish on another.
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    if not kept:
        return _NAMELESS
    if _RESERVED.fullmatch(kept.partition(".")[0].strip()):
        kept = f"_{kept}"
    return _shortened(kept)


def numbered(name: str, count: int) -> str:
    """The name for the ``count``-th file of this name in a folder: ``a.pdf``, ``a (2).pdf``, …"""
    if count < 2:
        return name
    stem, ending = _parted(name)
    return f"{stem} ({count}){ending}"


def _plain(char: str) -> str:
    if char in _FORBIDDEN:
        return "_"
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    # Direction marks make "gpj.exe" read "exe.jpg"; lone surrogates no disk can hold.
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else char


def _parted(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > _ENDING:
        return name, ""
    return stem, f".{ending}"


def _shortened(name: str) -> str:
    stem, ending = _parted(name)
    room = MOST_BYTES - len(ending.encode())
    stem = stem[: LONGEST - len(ending)]
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{ending}" if stem.rstrip(" .") else f"{_NAMELESS}{ending}"
