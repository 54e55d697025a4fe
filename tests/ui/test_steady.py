"""Signals may be emitted as often as one likes: no constant of the interpreter runs out."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot


class Bell(QObject):
    rung = Signal()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there the constants cannot die")
def test_a_day_of_signals_does_not_use_the_constants_up(qtbot: QtBot) -> None:
    bell = Bell()
    before = sys.getrefcount(True)
    for _ in range(1000):
        bell.rung.emit()
    lost_in_a_day = (before - sys.getrefcount(True)) * 86_400 // 1000 * 100
    assert sys.getrefcount(True) > lost_in_a_day
