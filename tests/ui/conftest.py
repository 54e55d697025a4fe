"""Tests of the window: without a screen, without threads, and nothing may be left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from liaison_desk.ui import theme
from liaison_desk.ui.background import SynchronousBackground

HERE = Path(__file__).parent

EXPECTED = (
    # The offscreen platform has no window manager to do these.
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise",
    "This plugin does not support grabbing",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt's that nobody expected fails the test."""
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*EXPECTED))


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> theme.Look:
    """The window's look in Chinese and light, whatever the test before chose."""
    return theme.apply(qapp, theme.LIGHT, 1.0, "zh_CN")


@pytest.fixture(scope="session", autouse=True)
def _what_was_there_before() -> None:
    """The modules and their classes, hundreds of thousands of objects, are set aside once: neither the collector
    nor the search for running timers goes through them after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(qtbot: QtBot, dressed: theme.Look) -> Iterator[None]:
    """A leftover window, running timer or thread fails the test."""
    threads = set(threading.enumerate())
    yield
    # qtbot has closed its widgets by now; their deletion still waits in the queue.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.clipboard().clear()
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    timers = _running()
    if timers:
        # A model without a parent lives until its cycle of references is collected.
        del timers
        gc.collect()
        timers = _running()
    left = [t for t in threading.enumerate() if t not in threads and t.is_alive()]
    for timer in timers:
        timer.stop()
    for window in windows:
        window.close()
        window.deleteLater()
    assert not windows, f"left open: {windows}"
    assert not timers, f"left running: {[(t, t.parent()) for t in timers]}"
    assert not left, f"left alive: {left}"


def _running() -> list[QTimer]:
    return [o for o in gc.get_objects() if issubclass(type(o), QTimer) and isValid(o) and o.isActive()]


@pytest.fixture(autouse=True)
def kept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, QWidget]]:
    """A test's windows live until they are closed: qtbot remembers them weakly, and a window without an owner
    that is collected while it is being painted takes the whole run with it. One that Qt has deleted with its
    parent is let go, since qtbot would close it once more."""
    windows: dict[int, QWidget] = {}
    add = qtbot.addWidget

    def keep(widget: QWidget, **how: Any) -> None:
        place = id(widget)
        windows[place] = widget
        widget.destroyed.connect(lambda *_: windows.pop(place, None))
        add(widget, **how)

    monkeypatch.setattr(qtbot, "addWidget", keep)
    yield windows
    windows.clear()


class Said:
    """What the background told: errors for the user, and bugs."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.bugs: list[BaseException] = []


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def background(said: Said) -> Iterator[SynchronousBackground]:
    """The lanes without threads."""
    lanes = SynchronousBackground(on_error=said.errors.append, on_bug=said.bugs.append)
    yield lanes
    lanes.close()
