"""Keeps Python's None alive where the Qt binding loses count of it.

PySide6 6.12.0 was built so that it hands out None without counting it, which is right from Python 3.12 on
(there None cannot die) and kills an older Python after some thousand calls: "Fatal Python error:
deallocating None". Whether that is so here is measured, not guessed from version numbers; a binding that
counts is left alone.
"""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QRect

HEADROOM = 1 << 60
"""More than any program can lose."""
_TRIES = 100


def _lost() -> int:
    """How many counts of None a hundred calls lose."""
    area = QRect()
    before = sys.getrefcount(None)
    for _ in range(_TRIES):
        area.setX(1)
    return before - sys.getrefcount(None)


def keep() -> bool:
    """Give None so many counts that none are missed; True if it was needed."""
    if sys.version_info >= (3, 12) or _lost() < _TRIES // 2:
        return False
    # The count is the first field of every object of CPython before 3.12.
    ctypes.c_ssize_t.from_address(id(None)).value = HEADROOM
    return True
