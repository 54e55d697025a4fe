"""The one window of the simulated shift: the real program, driven by a script of what a representative does.

``python -m tests.bench.shift_window --database WHERE --login NAME --until UNIX-TIME --out FILE`` works in it
until then and writes how long the GUI thread was ever blocked, how memory grew, and which entries the watcher
heard of.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench.floor_window import resident_kb
from tests.bench.heartbeat import Heartbeat
from tests.bench.product_window import come_in, leave, start

if TYPE_CHECKING:
    from liaison_desk.ui.queuepage import QueuePage
    from liaison_desk.ui.room import Room
    from liaison_desk.ui.window import MainWindow

SETTLE_MS = 4_000
POLL_MS = 250
"""The watcher's interval, against which a change painted at another seat is measured."""
STEP_MS = (700, 2_500)
KEY_MS = 110
WORDS = ("622", "6212", "wxm", "wang", "王", "zf2026", "1234", "lih", "陈", "zhangw", "0000", "aj2026")
SORTS = ("amount", "due", "number", "recorded", "state", "institution", "target", "level")
PLACES = ("cases", "clocks", "money", "shift", "queue")


class Hands:
    """Does one thing after another in the window, at the pace of a quick person."""

    def __init__(self, window: MainWindow, room: Room, until: float, beat: Heartbeat, seed: int) -> None:
        from PySide6.QtCore import QTimer

        self.window, self.room, self.until, self.beat = window, room, until, beat
        self.dice = Random(seed)
        self.done: Counter[str] = Counter()
        self.memory: list[tuple[float, int]] = []
        self.heard: list[tuple[int, int]] = []
        self._keys: list[Callable[[], None]] = []
        self._timer = QTimer(window)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.next)
        self._minute = QTimer(window)
        self._minute.setInterval(15_000)
        self._minute.timeout.connect(self._remember)
        self._listen()

    @property
    def page(self) -> QueuePage:
        from liaison_desk.ui.queuepage import QueuePage

        page = self.room.pages["queue"]
        assert isinstance(page, QueuePage)
        return page

    def begin(self) -> None:
        self._remember()
        self._minute.start()
        self.beat.start()
        self._timer.start(1)

    def _remember(self) -> None:
        self.memory.append((time.time(), resident_kb()))

    def _listen(self) -> None:
        """Which entries each look of the watcher brought: from the one before to the newest."""
        watcher = self.room.watcher
        seen = watcher._seen

        def noted(desk: Any, changes: Any) -> None:
            before = watcher._last
            seen(desk, changes)
            if before >= 0 and watcher._last != before:
                self.heard.append((before, watcher._last))

        watcher._seen = noted  # type: ignore[method-assign]  # listened to where it listens itself

    def next(self) -> None:
        if self._keys:
            self._keys.pop(0)()
            self._timer.start(KEY_MS)
            return
        if time.time() >= self.until:
            self.beat.stop()
            self._remember()
            leave(self.window)
            return
        step = self.dice.choices(
            (
                self.look,
                self.sort,
                self.search,
                self.chip,
                self.claim,
                self.answer,
                self.note,
                self.scroll,
                self.go,
            ),
            (22, 8, 10, 8, 16, 16, 5, 8, 7),
        )[0]
        self.beat.doing = step.__name__
        self.done[step.__name__] += 1
        step()
        self._timer.start(self.dice.randint(*STEP_MS))

    # --- what hands do

    def look(self) -> None:
        """The next line, whose details open."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        self._at_queue()
        QTest.keyClick(self.page.table, self.dice.choice((Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)))

    def sort(self) -> None:
        self._at_queue()
        self.page.table.sort_requested.emit(self.dice.choice(SORTS), self.dice.random() < 0.5)

    def search(self) -> None:
        """Words letter by letter, a look at what was found, and the field cleared."""
        self._at_queue()
        field = self.room.top.search
        words = self.dice.choice(WORDS)
        self._keys = [
            *(lambda n=n: field.setText(words[:n]) for n in range(1, len(words) + 1)),  # type: ignore[misc]  # mypy does not type the default of a lambda
            *[lambda: None] * 8,
            field.clear,
        ]

    def chip(self) -> None:
        self._at_queue()
        self.page.show_filter(self.dice.choice(("own", "queued", "mine", "soon", "answered", "all")))

    def claim(self) -> None:
        self._choose("ClaimRequest")
        self._run("claim")

    def answer(self) -> None:
        """The form of a request claimed before, filled in and sent."""
        from liaison_desk.core.lifecycle import CATCHING, Outcome
        from liaison_desk.ui.answerform import AnswerForm

        if not self._choose("AnswerRequest", claimed=True):
            return
        row = self.page.selected()[0]
        self._run("answer")
        forms = [form for form in self.window.findChildren(AnswerForm) if form.isVisible()]
        if not forms:
            return
        form = forms[0]

        def fill() -> None:
            if row.kind in CATCHING:
                form.outcome.set_value(Outcome.PARTLY)
                form.form.fields["balance_before"].set_value(max(1, row.amount // 3))

        def send() -> None:
            form.submit()

        def close() -> None:
            if form.isVisible():
                form.reject()
                self.done["answer refused"] += 1

        self._keys = [*[lambda: None] * 4, fill, *[lambda: None] * 6, send, *[lambda: None] * 5]
        self._keys.append(lambda: _if_there(form, close))

    def note(self) -> None:
        self._at_queue()
        if self.page.selected():
            edit = self.page.pane.note.edit
            edit.setPlainText("已联系网点，正在核实")
            edit.sent.emit()

    def scroll(self) -> None:
        self._at_queue()
        bar = self.page.table.verticalScrollBar()
        bar.setValue(bar.maximum() if self.dice.random() < 0.6 else 0)

    def go(self) -> None:
        key = self.dice.choice([place for place in PLACES if place in self.room.places])
        self.room.show_place(key)

    # --- inside

    def _at_queue(self) -> None:
        if self.room.place != "queue":
            self.room.show_place("queue")

    def _choose(self, command: str, *, claimed: bool = False) -> bool:
        self._at_queue()
        able = [row for row in self.page.table.rows.rows if command in row.can and (row.mine or not claimed)]
        return bool(able) and self.page.table.select_key(self.dice.choice(able).key)

    def _run(self, name: str) -> None:
        spec = next((spec for spec in self.page.actions_offered() if spec.name == name), None)
        if spec is not None and spec.enabled():
            spec.run()
        else:
            self.done[f"{name} not possible"] += 1


def _if_there(widget: Any, call: Callable[[], None]) -> None:
    from shiboken6 import isValid

    if isValid(widget):
        call()


def watch(window: MainWindow, room: Room, until: float, painted: list[tuple[int, str, float]]) -> None:
    """Notes when the queue has been painted with each new state of a request."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    page: Any = room.pages["queue"]
    shown: dict[int, str] = {}

    def note() -> None:
        now = time.monotonic()
        for row in page.table.rows.rows:
            if row.item == "leg" and shown.get(row.id) != row.state.value:
                shown[row.id] = row.state.value
                painted.append((row.id, row.state.value, now))

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                QTimer.singleShot(0, note)
            return False

    page._painted = Painted(page)
    page.table.viewport().installEventFilter(page._painted)
    QTimer.singleShot(max(0, int((until - time.time()) * 1000)), window, lambda: leave(window))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--login", default="icbc1")
    parser.add_argument("--until", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--watch", action="store_true", help="touch nothing; note when states are painted")
    asked = parser.parse_args()
    found: dict[str, Any] = {}

    def begin(window: MainWindow) -> None:
        from PySide6.QtCore import QTimer

        def work(room: Room) -> None:
            if asked.watch:
                found["painted"] = []
                QTimer.singleShot(
                    SETTLE_MS, window, lambda: watch(window, room, asked.until, found["painted"])
                )
                return
            hands = Hands(window, room, asked.until, Heartbeat(window), seed=7)
            found["hands"] = hands
            QTimer.singleShot(SETTLE_MS, window, hands.begin)

        come_in(window, asked.login, work)

    code = start(asked.database, begin)
    if asked.watch:
        asked.out.write_text(json.dumps({"painted": found["painted"]}), encoding="utf-8")
        return code
    hands = found.get("hands")
    if hands is not None:
        report = {
            "done": hands.done,
            "memory": hands.memory,
            "heard": hands.heard,
            "gui": hands.beat.report(),
        }
        asked.out.write_text(json.dumps(report), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
