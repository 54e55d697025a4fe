"""Lanes: order of commands, stale answers, errors and bugs, progress, and an end that loses no command."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import Conflict
from liaison_desk.core.words import Message, msg
from liaison_desk.ui.background import Background, Progress, SynchronousBackground
from tests.ui.conftest import Said


def fail(error: Exception) -> object:
    raise error


def test_an_answer_goes_to_its_callback(background: SynchronousBackground) -> None:
    got: list[int] = []
    background.read(lambda: 7, got.append)
    background.do(lambda: 8, got.append)
    assert got == [7, 8]


def test_only_the_newest_answer_of_a_key_is_delivered(background: SynchronousBackground) -> None:
    got: list[str] = []
    background.hold()
    background.read(lambda: "old", got.append, key="queue")
    background.read(lambda: "other", got.append, key="details")
    background.read(lambda: "new", got.append, key="queue")
    background.release(2)
    background.release()
    assert got == ["new", "other"]


def test_stale_work_is_not_even_begun(background: SynchronousBackground) -> None:
    begun: list[str] = []
    background.hold()
    background.read(lambda: begun.append("old"), key="queue")
    background.read(lambda: begun.append("new"), key="queue")
    background.release()
    assert begun == ["new"]


def test_a_desk_error_goes_to_failed_and_else_is_told(background: SynchronousBackground, said: Said) -> None:
    mine: list[Exception] = []
    error = Conflict(msg("Cancel"))
    background.do(lambda: fail(error), failed=mine.append)
    assert (mine, said.errors) == ([error], [])
    background.do(lambda: fail(error))
    assert said.errors == [error]
    assert said.bugs == []


def test_anything_else_is_a_bug(background: SynchronousBackground, said: Said) -> None:
    mine: list[Exception] = []
    bug = ValueError("x")
    background.read(lambda: fail(bug), failed=mine.append)
    assert (mine, said.errors, said.bugs) == ([], [], [bug])


def test_a_bug_in_a_callback_does_not_hold_up_the_others(
    background: SynchronousBackground, said: Said
) -> None:
    got: list[int] = []
    background.read(lambda: 1, lambda _: fail(KeyError("k")))  # type: ignore[arg-type, return-value]  # it raises
    background.read(lambda: 2, got.append)
    assert got == [2]
    assert [type(bug) for bug in said.bugs] == [KeyError]


def test_an_answer_to_something_that_is_gone_is_dropped(background: SynchronousBackground) -> None:
    got: list[int] = []
    owner = QObject()
    background.hold()
    background.read(lambda: 1, got.append, owner=owner)
    from shiboken6 import delete

    delete(owner)
    background.release()
    assert got == []


def test_a_refusal_is_told_even_if_the_form_is_gone(background: SynchronousBackground, said: Said) -> None:
    owner = QObject()
    mine: list[Exception] = []
    background.hold()
    background.do(lambda: fail(Conflict(msg("Cancel"))), owner=owner, failed=mine.append)
    from shiboken6 import delete

    delete(owner)
    background.release()
    assert (mine, len(said.errors)) == ([], 1)


def test_after_a_switch_of_person_nothing_of_the_last_one_arrives(background: SynchronousBackground) -> None:
    got: list[str] = []
    background.hold()
    background.read(lambda: "hers", got.append)
    background.drop_reads()
    background.read(lambda: "his", got.append)
    background.release()
    assert got == ["his"]


def test_long_work_says_how_far_it_is(background: SynchronousBackground) -> None:
    seen: list[tuple[int, int, Message | None]] = []
    got: list[str] = []

    def work(progress: Progress) -> str:
        progress(1, 2)
        progress(2, 2, msg("Close"))
        return "done"

    background.long(work, got.append, progress=lambda *state: seen.append(state))
    assert seen == [(1, 2, None), (2, 2, msg("Close"))]
    assert got == ["done"]


def test_long_work_stops_when_cancelled_and_says_so_once(
    background: SynchronousBackground, said: Said
) -> None:
    steps: list[int] = []
    ended: list[str] = []
    background.hold()

    def work(progress: Progress) -> None:
        for step in range(10):
            progress(step, 10)
            steps.append(step)

    task = background.long(work, lambda _: ended.append("done"), cancelled=lambda: ended.append("cancelled"))
    assert background.busy
    task.cancel()
    background.release()
    assert (steps, ended, said.bugs) == ([], ["cancelled"], [])
    assert not background.busy


def test_busy_is_told_when_it_begins_and_when_it_ends(background: SynchronousBackground) -> None:
    told: list[bool] = []
    background.busy_changed.connect(told.append)
    background.hold()
    background.do(lambda: 1)
    background.do(lambda: 2)
    background.release()
    assert told == [True, False]


def test_with_threads_answers_arrive_on_the_gui_thread(qtbot: QtBot) -> None:
    lanes = Background()
    where: list[threading.Thread] = []
    worked: list[threading.Thread] = []
    lanes.read(
        lambda: worked.append(threading.current_thread()), lambda _: where.append(threading.current_thread())
    )
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread()]
    assert worked[0] is not threading.main_thread()
    lanes.close()


def test_with_threads_commands_keep_their_order(qtbot: QtBot) -> None:
    lanes = Background()
    gate = threading.Event()
    done: list[int] = []
    answered: list[int] = []
    lanes.do(lambda: gate.wait(5))
    for number in range(20):
        lanes.do(lambda number=number: done.append(number) or number, answered.append)  # type: ignore[misc]  # returns number
    gate.set()
    qtbot.waitUntil(lambda: len(answered) == 20)
    assert done == answered == list(range(20))
    lanes.close()


def test_closing_waits_for_commands_and_delivers_their_answers(qtbot: QtBot) -> None:
    said = Said()
    lanes = Background(on_error=said.errors.append, on_bug=said.bugs.append)
    gate = threading.Event()
    done: list[int] = []
    lanes.do(lambda: gate.wait(5))
    lanes.do(lambda: done.append(1))
    lanes.do(lambda: fail(Conflict(msg("Cancel"))))
    gate.set()
    lanes.close()
    assert done == [1]
    assert len(said.errors) == 1


def double(number: int) -> int:
    """Runs in a spawned process, so it must stand at module level."""
    return number * 2


def test_heavy_work_is_done_in_another_process(qtbot: QtBot) -> None:
    lanes = Background()
    got: list[int] = []
    lanes.heavy(double, 21, then=got.append)
    qtbot.waitUntil(lambda: got == [42], timeout=20_000)
    lanes.close()
