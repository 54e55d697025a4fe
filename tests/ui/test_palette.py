"""The command palette: found by words, run by keys, quiet while an input method composes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk.core.words import Message, msg
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.palette import Entry, Palette


class Desk:
    """What was run and searched."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.asked: list[str] = []

    def entry(self, title: Message, *, enabled: bool = True) -> Entry:
        return Entry(title, lambda: self.ran.append(title.text), enabled=enabled)

    def search(self, text: str) -> Sequence[Entry]:
        self.asked.append(text)
        return [self.entry(Message(f"found {text}"))]


def made(qtbot: QtBot, background: SynchronousBackground, desk: Desk, *entries: Entry) -> Palette:
    palette = Palette(None, background, lambda: entries, desk.search)
    qtbot.addWidget(palette)
    palette.summon()
    return palette


def titles(palette: Palette) -> list[str]:
    return [entry.title.text for entry in palette.shown]


def test_actions_are_found_in_the_language_of_the_window_and_in_english(
    qtbot: QtBot, background: SynchronousBackground
) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(msg("Cancel")), desk.entry(msg("Copy report")))
    palette.line.insert("复制")
    assert titles(palette) == ["Copy report", "found 复制"]
    palette.line.clear()
    qtbot.keyClicks(palette.line, "cAn")
    assert titles(palette) == ["Cancel", "found cAn"]


def test_arrows_choose_and_return_runs(qtbot: QtBot, background: SynchronousBackground) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, *(desk.entry(Message(name)) for name in "abc"))
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert desk.ran == ["b"]
    assert not palette.isVisible()


def test_what_is_not_possible_now_is_shown_but_passed_over(
    qtbot: QtBot, background: SynchronousBackground
) -> None:
    desk = Desk()
    entries = [desk.entry(Message("a"), enabled=False), desk.entry(Message("b")), desk.entry(Message("c"))]
    palette = made(qtbot, background, desk, *entries)
    assert titles(palette) == ["b", "c", "a"]
    assert palette.chosen == entries[1]
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.chosen == entries[2]


def test_nothing_possible_runs_nothing(qtbot: QtBot, background: SynchronousBackground) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(Message("a"), enabled=False))
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert desk.ran == []
    assert palette.isVisible()


def test_escape_closes_and_runs_nothing(qtbot: QtBot, background: SynchronousBackground) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(Message("a")))
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert (desk.ran, palette.isVisible()) == ([], False)


def test_return_belongs_to_the_input_method_while_it_composes(
    qtbot: QtBot, background: SynchronousBackground
) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(Message("受理")))
    QApplication.sendEvent(palette.line, QInputMethodEvent("shou'li", []))
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert (desk.ran, palette.isVisible(), desk.asked) == ([], True, [])
    chosen = QInputMethodEvent("", [])
    chosen.setCommitString("受理")
    QApplication.sendEvent(palette.line, chosen)
    assert palette.line.text() == "受理"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert desk.ran == ["受理"]


def test_only_the_answer_to_what_is_typed_now_is_shown(
    qtbot: QtBot, background: SynchronousBackground
) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk)
    background.hold()
    qtbot.keyClicks(palette.line, "zhang")
    background.release()
    assert desk.asked == ["zhang"]
    assert titles(palette) == ["found zhang"]


def test_a_choice_stays_when_the_search_answers(qtbot: QtBot, background: SynchronousBackground) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(Message("xa")), desk.entry(Message("xb")))
    background.hold()
    qtbot.keyClicks(palette.line, "x")
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.chosen is not None
    background.release()
    assert palette.chosen.title.text == "xb"


def test_nothing_of_the_last_person_stays(qtbot: QtBot, background: SynchronousBackground) -> None:
    desk = Desk()
    palette = made(qtbot, background, desk, desk.entry(Message("a")))
    qtbot.keyClicks(palette.line, "622202")
    palette.forget()
    assert (palette.line.text(), palette.shown, palette.isVisible()) == ("", [], False)


def test_what_cannot_be_done_now_stands_after_everything_that_can(
    qtbot: QtBot, background: SynchronousBackground
) -> None:
    desk = Desk()
    entries = (desk.entry(Message("a1"), enabled=False), desk.entry(Message("a2")), desk.entry(Message("a3")))
    palette = made(qtbot, background, desk, *entries)
    assert titles(palette) == ["a2", "a3", "a1"]
    palette.line.insert("a")
    assert titles(palette) == ["a2", "a3", "found a", "a1"]
