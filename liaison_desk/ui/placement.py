"""Where the window stood and how large it was, kept for the next start."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from liaison_desk.settings import UserSettings

SMALLEST = (640, 360)
"""A small screen at 200 % has no more (1366 × 768 there is 683 × 384)."""
USUAL = (1366, 768)


def restore(window: QWidget, settings: UserSettings) -> None:
    """Stand where it stood last time, else in its usual size."""
    window.setMinimumSize(*SMALLEST)
    window.resize(*USUAL)
    try:
        state = base64.b64decode(settings.recall("", "window"), validate=True)
    except (ValueError, binascii.Error):
        return
    if state:
        window.restoreGeometry(QByteArray(state))


def keep(window: QWidget, settings: UserSettings) -> None:
    state = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    settings.remember("", "window", state)
