"""Keeps the interpreter alive under a PySide that gives away references it does not own.

PySide6 6.12.0 drops one reference to ``True`` at each ``Signal.emit``. From Python 3.12 on the constant cannot
die; before, its count reaches 0 after a few thousand emissions (minutes, with a watcher that polls) and the
process is aborted with "deallocating True or False". Holding the constants a trillion times costs nothing.
"""

from __future__ import annotations

import ctypes
import sys

MANY = 2**40
_held = False


def hold_constants() -> None:
    """Raise the reference counts of True, False and None once; a no-op where they are immortal."""
    global _held
    if _held or sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    _held = True
    for constant in (True, False, None):
        # The count is the first field of an object, but not in builds that trace references.
        if not hasattr(sys, "getobjects"):
            ctypes.c_ssize_t.from_address(id(constant)).value += MANY
