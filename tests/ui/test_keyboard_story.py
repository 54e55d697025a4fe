"""Two stories by keyboard alone in the real window: a case with four payments, and forty answers in a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.desk import casebook
from liaison_desk.store.models import Answer, Leg
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.newcase import NewCaseDialog
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
CARDS = [given.card(bank, n) for n, bank in enumerate(("ICBC", "CCB", "ABC", "ICBC"), 1)]
CHAT = (
    "报警人:王小明 电话13904341122\n今天上午9点40分,骗子让我分四笔转的:\n"
    f"给李四 {CARDS[0]} 转了5万;\n给赵敏 {CARDS[1]} 转了12,000元;\n"
    f"给孙丽 {CARDS[2]} 转了3万5;\n给周杰 {CARDS[3]} 转了800.50元,一共97,800.50元"
)


class Hand:
    """Nothing but a keyboard; every key that goes down is counted, those held beside another as well."""

    def __init__(self, window: Front) -> None:
        self.strokes = 0
        self._window = window.window

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            self.strokes += 1 if modifier is NONE else 2
            QTest.keyClick(self.before(), key, modifier)
            QApplication.processEvents()

    def type(self, words: str) -> None:
        self.strokes += len(words)
        QTest.keyClicks(self.before(), words)
        QApplication.processEvents()

    def before(self) -> QWidget:
        """What has the keyboard: the widget with the focus in the window in front."""
        if QApplication.activeWindow() is None:
            # Where a dialog closes, every window system brings back the window behind it; offscreen has none.
            self._window.activateWindow()
            QApplication.processEvents()
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    with front(qtbot, sqlite_office) as made:
        yield made


def the(kind: type[QWidget], window: Front) -> QWidget:
    (found,) = window.shown(kind)
    return found


def test_a_case_with_four_payments_takes_under_forty_strokes_and_a_pasted_text(window: Front) -> None:
    window.come_in("zhao")
    QGuiApplication.clipboard().setText(CHAT)
    hand = Hand(window)
    hand.press(Qt.Key.Key_N, CONTROL)
    dialog = the(NewCaseDialog, window)
    assert isinstance(dialog, NewCaseDialog)
    hand.press(Qt.Key.Key_V, ALT)
    assert [line.found.text for line in dialog.paste.lines if line.found.kind == "account"] == CARDS
    hand.press(Qt.Key.Key_P, ALT)
    # The type of fraud is all that the text does not say; the focus stands there.
    hand.press(Qt.Key.Key_Down, times=4)
    hand.press(Qt.Key.Key_Return, CONTROL)

    assert not window.shown(NewCaseDialog)
    assert hand.strokes < 40
    (case,) = window.office.officer.read(casebook.cases, casebook.CaseView()).rows
    assert case.loss == 9_780_050
    detail = window.office.officer.read(casebook.case_detail, case.id)
    assert [victim.name for victim in detail.victims] == ["王小明"]
    assert [(row.target, row.holder, row.amount) for row in detail.payments] == [
        (CARDS[0], "李四", 5_000_000),
        (CARDS[1], "赵敏", 1_200_000),
        (CARDS[2], "孙丽", 3_500_000),
        (CARDS[3], "周杰", 80_050),
    ]
    # Said once, proposed for each: 9:40 in Beijing.
    assert {row.happened_at.isoformat() for row in detail.payments} == {"2026-03-10T01:40:00+00:00"}
    assert sorted(leg.institution for leg in detail.legs) == ["ABC", "CCB", "ICBC", "ICBC"]


def test_forty_answers_in_a_row_without_the_mouse(window: Front) -> None:
    office = window.office
    given.case(office, [("ICBC", 1_000_000 + n * 100) for n in range(40)])
    window.come_in("li")
    hand = Hand(window)
    for n in range(40):
        hand.press(Qt.Key.Key_C)
        hand.press(Qt.Key.Key_A)
        form = the(AnswerForm, window)
        assert isinstance(form, AnswerForm)
        hand.press(Qt.Key.Key_Tab)
        hand.type("20000")
        hand.press(Qt.Key.Key_Return, CONTROL)
        assert not window.shown(AnswerForm), (n, form.error)
    with office.database.reading() as session:
        states = session.execute(select(Leg.state, func.count()).group_by(Leg.state)).all()
        assert [tuple(row) for row in states] == [(LegState.ANSWERED, 40)]
        assert session.scalar(select(func.count()).where(Answer.outcome == Outcome.DONE)) == 40
    assert hand.strokes == 40 * 10
