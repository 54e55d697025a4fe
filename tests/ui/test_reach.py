"""Everybody reaches everything: names for screen readers, editors that know an input method, large and high contrast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from liaison_desk.ui.keys import FIXED, KeysHelp
from liaison_desk.ui.theme import look, say
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    given.busy(sqlite_office)
    with front(qtbot, sqlite_office) as made:
        yield made


def press(window: Front, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """The key in the main window, which a window system would have brought to the front."""
    window.window.activateWindow()
    QApplication.processEvents()
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)
    QApplication.processEvents()


def interactive(top: QWidget) -> Iterator[QWidget]:
    """What the keyboard or a click can reach in a window."""
    for widget in (top, *top.findChildren(QWidget)):
        if not widget.isVisible() or isinstance(widget, QTabBar):
            continue
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if widget.objectName().startswith("qt_") or widget.focusProxy() is not None:
            continue  # parts that Qt makes, and frames that pass the focus on
        parent = widget.parentWidget()
        if isinstance(widget, QLineEdit) and isinstance(parent, QComboBox | QAbstractSpinBox):
            continue
        if parent is not None and isinstance(parent, QComboBox):
            continue
        yield widget


def named(widget: QWidget) -> bool:
    """Whether a screen reader has something to say: its own name, its words, or the label beside it."""
    if widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()):
        return True
    if isinstance(widget, QLabel):
        return bool(widget.text())
    return any(label.buddy() is widget for label in widget.window().findChildren(QLabel))


def nameless(top: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in interactive(top)
        if not named(widget) and type(widget) not in (QFrame, QWidget, QAbstractScrollArea)
    ]


def unaware(top: QWidget) -> list[str]:
    """Editors of text whose Return would not wait for the input method."""
    editors: list[QLineEdit | QPlainTextEdit] = [
        *top.findChildren(QLineEdit),
        *top.findChildren(QPlainTextEdit),
    ]
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in editors
        if widget.isVisible()
        and not widget.isReadOnly()
        and not hasattr(widget, "composing")
        and not isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox)
    ]


@pytest.mark.parametrize("login", ["zhao", "li"])
def test_every_place_and_dialog_is_named_for_a_screen_reader_and_safe_for_an_input_method(
    login: str, window: Front
) -> None:
    room = window.come_in(login)
    wrong: set[tuple[str, str]] = set()
    seen = set(NOT_TRIED)

    def look_at(what: str) -> None:
        QApplication.processEvents()
        for top in QApplication.topLevelWidgets():
            # A dialog stands before the window: the window has been looked at already.
            if top.isVisible() and (isinstance(top, QDialog) or ":" not in what):
                wrong.update((what, each) for each in (*nameless(top), *unaware(top)))

    for place in list(room.rail.keys):
        room.show_place(place)
        look_at(place)
        for spec in list(room.keys.specs):
            if spec.name in DIALOGS - seen and spec.enabled():
                seen.add(spec.name)
                spec.run()
                look_at(f"{place}: {spec.name}")
                for dialog in window.shown(QDialog):
                    dialog.close()
                    dialog.deleteLater()
                window.window.activateWindow()
    assert wrong == set()


NOT_TRIED = frozenset({"lock", "switch", "sign-out"})
"""They end the room."""

DIALOGS = frozenset(
    {"new_case", "import_cases", "answer", "hops", "return", "reassign", "withdraw", "reopen", "void", "route",
     "correct", "keys", "password", "notifications", "chain", "new_request"}
)  # fmt: skip


def test_large_text_and_high_contrast_are_one_key_away_and_back(window: Front) -> None:
    window.come_in("li")
    press(window, Qt.Key.Key_H, CONTROL | ALT)
    press(window, Qt.Key.Key_L, CONTROL | ALT)
    assert (look().theme.name, look().scale) == ("contrast", 1.5)
    press(window, Qt.Key.Key_Plus, CONTROL)
    assert (look().scale, window.settings.scale) == (1.75, 1.75)
    press(window, Qt.Key.Key_H, CONTROL | ALT)
    press(window, Qt.Key.Key_L, CONTROL | ALT)
    assert (look().theme.name, look().scale) == ("light", 1.0)


def test_the_help_on_keys_lists_every_action_there_is(window: Front) -> None:
    room = window.come_in("zhao")
    press(window, Qt.Key.Key_F1)
    (dialog,) = window.shown(KeysHelp)
    words = {label.text() for label in dialog.findChildren(QLabel)}
    missing = [spec.name for spec in room.keys.specs if say(spec.title) not in words]
    assert missing == []
    assert {say(title) for _, keys in FIXED for _, title in keys} <= words
    dialog.close()
