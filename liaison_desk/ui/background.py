"""Everything that takes time happens off the GUI thread, in lanes; answers arrive on the GUI thread.

Reads run side by side, commands one after another in the order in which they were given, long work in a
lane of its own with progress and a way to cancel, and what burns CPU in a spawned process, where it
cannot hold this process's lock. A DeskError goes to ``failed`` (or is told to the user), anything else is
a bug and goes to the crash report. Nothing here knows the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message
from liaison_desk.ui import crash, messages

T = TypeVar("T")
Failed = Callable[[DeskError], None]

READERS = 3
"""Reads side by side: a list, its details and a search."""
TURN = 0.008
"""Seconds of one turn of the loop after which further answers wait for the next."""


class Cancelled(Exception):
    """Raised inside long work when the user has cancelled it; neither an error nor a bug."""


class Progress:
    """What long work is handed: it says how far it is and hears whether to stop."""

    def __init__(self, say: Callable[[int, int, Message | None], None]) -> None:
        self._say = say
        self._stop = Event()

    def __call__(self, done: int, total: int, message: Message | None = None) -> None:
        """Say ``done`` of ``total``; raises Cancelled once the user wants out. Call it at safe points."""
        self.check()
        self._say(done, total, message)

    def check(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()


@dataclass(eq=False)
class Task:
    """One piece of work on its way; the caller may drop its answer, or cancel it if it is long work."""

    then: Callable[[Any], None] | None
    failed: Failed | None
    owner: QObject | None
    key: str | None = None
    serial: int = 0
    generation: int = 0
    dropped: bool = False
    progress: Progress | None = None
    report: Callable[[int, int, Message | None], None] | None = None
    finished: Callable[[], None] | None = None
    outcome: Any = field(default=None, repr=False)
    error: BaseException | None = None

    def cancel(self) -> None:
        """Long work stops at its next safe point; of anything else only the answer is dropped."""
        if self.progress is not None:
            self.progress.cancel()
        else:
            self.dropped = True


class Background(QObject):
    """The lanes. One for the window; ``close`` before the application ends."""

    _turn = TURN
    busy_changed = Signal(bool)
    """True while a command or long work is under way."""
    _arrived = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        on_error: Failed = messages.show_error,
        on_bug: Callable[[BaseException], None] = crash.report,
    ) -> None:
        super().__init__(parent)
        self._on_error, self._on_bug = on_error, on_bug
        self._answers: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._newest: dict[str, int] = {}
        self._serial = 0
        self._generation = 0
        self._working = 0
        self._closed = False
        self._reads, self._commands, self._long = self._lanes()
        self._processes: Executor | None = None
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _lanes(self) -> tuple[Executor, Executor, Executor]:
        return (
            ThreadPoolExecutor(READERS, thread_name_prefix="read"),
            ThreadPoolExecutor(1, thread_name_prefix="command"),
            ThreadPoolExecutor(1, thread_name_prefix="long"),
        )

    def _process_lane(self) -> Executor:
        # Loaded with the first work of this kind: the sign-in needs none of it.
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    # The four ways to give work ------------------------------------------------------------------

    def read(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        *,
        failed: Failed | None = None,
        key: str | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run a query. With ``key`` only the newest answer of that key is delivered, older work is skipped."""
        self._serial += 1
        task = Task(then, failed, _owner(owner, then), key, self._serial, self._generation)
        if key is not None:
            self._newest[key] = self._serial

        def run() -> T:
            if self._stale(task):
                raise Cancelled
            return work()

        return self._give(self._reads, task, run)

    def do(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        *,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run a command; commands keep their order. Its answer is never stale: it did change something."""
        task = Task(then, failed, _owner(owner, then), generation=self._generation)
        self._work(+1)
        task.finished = lambda: self._work(-1)
        return self._give(self._commands, task, work)

    def long(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None] | None = None,
        *,
        failed: Failed | None = None,
        progress: Callable[[int, int, Message | None], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run long work that says how far it is; ``task.cancel()`` ends it, then ``cancelled`` is called."""
        task = Task(then, failed, _owner(owner, then), generation=self._generation, report=progress)
        task.progress = handed = Progress(lambda *state: self._post(lambda: self._reported(task, state)))
        self._work(+1)

        def finished() -> None:
            self._work(-1)
            if isinstance(task.error, Cancelled) and cancelled is not None:
                cancelled()

        task.finished = finished
        return self._give(self._long, task, lambda: work(handed))

    def heavy(
        self,
        function: Callable[..., T],
        *args: object,
        then: Callable[[T], None] | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run a module-level function in a spawned process; function, arguments and answer are pickled."""
        if self._processes is None:
            self._processes = self._process_lane()
        task = Task(then, failed, _owner(owner, then), generation=self._generation)
        self._work(+1)
        task.finished = lambda: self._work(-1)
        return self._give(self._processes, task, function, *args)

    # Ends ----------------------------------------------------------------------------------------

    def drop_reads(self) -> None:
        """Answers still on their way are not delivered any more: another person sits here now."""
        self._generation += 1
        self._newest.clear()

    def close(self) -> None:
        """Wait for the commands (none is lost), drop waiting reads, cancel long work; then deliver what came."""
        if self._closed:
            return
        self._closed = True
        self.drop_reads()
        for lane, cancel in ((self._reads, True), (self._commands, False), (self._long, True)):
            lane.shutdown(wait=True, cancel_futures=cancel)
        if self._processes is not None:
            self._processes.shutdown(wait=True, cancel_futures=True)
        self._deliver()

    # Inside --------------------------------------------------------------------------------------

    def _give(self, lane: Executor, task: Task, work: Callable[..., Any], *args: object) -> Task:
        if self._closed:
            raise RuntimeError("the background is closed")

        def done(future: Future[Any]) -> None:
            if future.cancelled():
                task.error = Cancelled()
            else:
                task.error = future.exception()
                if task.error is None:
                    task.outcome = future.result()
            self._post(lambda: self._answer(task))

        if task.progress is not None:
            self.destroyed.connect(task.progress.cancel)
        lane.submit(work, *args).add_done_callback(done)
        return task

    def _post(self, call: Callable[[], None]) -> None:
        """From any thread: have ``call`` run on the GUI thread."""
        self._answers.put(call)
        if isValid(self):
            self._arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        """What has arrived, as far as it fits into one turn of the loop: keys and paint come in between."""
        until = time.monotonic() + self._turn
        while True:
            if time.monotonic() >= until and not self._closed:
                self._arrived.emit()
                return
            try:
                call = self._answers.get_nowait()
            except Empty:
                return
            try:
                call()
            except DeskError as error:
                self._on_error(error)
            except Exception as error:
                # One callback's bug must not keep the answers behind it from arriving.
                self._on_bug(error)

    def _stale(self, task: Task) -> bool:
        if task.dropped or task.generation != self._generation:
            return True
        if task.key is not None and self._newest.get(task.key) != task.serial:
            return True
        return task.owner is not None and not isValid(task.owner)

    def _answer(self, task: Task) -> None:
        if task.finished is not None:
            task.finished()
        if isinstance(task.error, Cancelled):
            return
        stale = self._stale(task)
        if isinstance(task.error, DeskError):
            # A command's refusal is told even if the form that gave it is gone.
            if task.finished is None and stale:
                return
            (self._on_error if task.failed is None or stale else task.failed)(task.error)
        elif task.error is not None:
            self._on_bug(task.error)
        elif not stale and task.then is not None:
            task.then(task.outcome)

    def _reported(self, task: Task, state: tuple[int, int, Message | None]) -> None:
        if task.report is not None and not self._stale(task):
            task.report(*state)

    def _work(self, step: int) -> None:
        before, self._working = self._working, self._working + step
        if (before == 0) != (self._working == 0):
            self.busy_changed.emit(self._working > 0)

    @property
    def busy(self) -> bool:
        return self._working > 0


class _AtOnce(Executor):
    """An executor that does the work in ``submit``, or when it is told to."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] | None = None

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        if self.held is None:
            run()
        else:
            self.held.append(run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        held, self.held = self.held or [], None
        if not cancel_futures:
            for run in held:
                run()


class SynchronousBackground(Background):
    """The same lanes without threads, for tests: work is done and answered inside the call.

    After ``hold()`` work waits; ``release(n)`` does the waiting piece number n (default: all, in order),
    so that a test decides which answer comes first.
    """

    _turn = float("inf")

    def _lanes(self) -> tuple[Executor, Executor, Executor]:
        self._only = _AtOnce()
        return self._only, self._only, self._only

    def _process_lane(self) -> Executor:
        return self._only

    def _post(self, call: Callable[[], None]) -> None:
        self._answers.put(call)
        self._deliver()

    def hold(self) -> None:
        self._only.held = []

    def release(self, number: int | None = None) -> None:
        held = self._only.held
        if held is None:
            return
        if number is not None:
            held.pop(number)()
            return
        while held:
            held.pop(0)()
        self._only.held = None


def _owner(owner: QObject | None, then: Callable[..., None] | None) -> QObject | None:
    """The object whose end makes the answer pointless: named, or the one whose method is to be called."""
    if owner is not None:
        return owner
    bound = getattr(then, "__self__", None)
    return bound if isinstance(bound, QObject) else None
