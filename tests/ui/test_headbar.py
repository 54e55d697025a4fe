"""Heads wrap where they are narrow: nothing in them overlaps or is cut, only quiet words are shortened."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.core.words import msg
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.chips import KeyCap
from liaison_desk.ui.headbar import HeadBar, HintLine
from liaison_desk.ui.topbar import Elided


def head(qtbot: QtBot, width: int) -> tuple[HeadBar, list[QWidget], list[QWidget]]:
    left: list[QWidget] = [Text("Queue", "heading"), Elided("37 to do, by money still catchable", "muted")]
    right: list[QWidget] = [Button(msg("Export")), Button(msg("New case"), keys="Ctrl N", kind="primary")]
    bar = HeadBar(left, right)
    qtbot.addWidget(bar)
    bar.resize(width, 40)
    bar.show()
    bar.arrange()
    return bar, left, right


@pytest.mark.parametrize("width", [900, 420, 260, 150])
def test_nothing_overlaps_and_buttons_are_whole(qtbot: QtBot, width: int) -> None:
    bar, left, right = head(qtbot, width)
    places = [widget.geometry() for widget in (*left, *right)]
    for number, place in enumerate(places):
        assert all(not place.intersects(other) for other in places[number + 1 :])
        assert place.bottom() < bar.height()
    for widget in right:
        assert widget.size() == widget.sizeHint()


def test_a_wide_head_is_one_line_and_a_narrow_one_goes_below(qtbot: QtBot) -> None:
    wide, left, right = head(qtbot, 900)
    assert right[-1].geometry().right() == wide.width() - 1
    assert right[0].geometry().top() < left[0].geometry().bottom()
    narrow, left, right = head(qtbot, 260)
    assert right[0].geometry().top() > left[0].geometry().bottom()
    assert narrow.height() > wide.height()


def test_keys_that_do_not_fit_are_left_to_the_help(qtbot: QtBot) -> None:
    hints: list[QWidget] = []
    for keys in ("A", "B", "C"):
        hints += [KeyCap(keys), Text(f"What {keys} does here", "small")]
    line = HintLine(hints)
    qtbot.addWidget(line)
    line.resize(600, 30)
    line.show()
    line.arrange()
    assert [widget.isHidden() for widget in hints] == [False] * 6
    line.resize(200, 30)
    assert [widget.isHidden() for widget in hints] == [False, False, True, True, True, True]
