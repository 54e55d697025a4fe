"""How long the GUI thread kept its window waiting: a timer that should come every few milliseconds.

A block is the time by which a beat came late, less what this thread, or another of the process on which it
waited, stood in line for a processor (Linux says so in schedstat), since other programs on the computer are
not the window's doing. A watching thread notes where the GUI thread was when it was late.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 5
LATE = 0.05
"""Seconds: the longest that a window may be blocked (quality.md)."""
_NAMED = 6
"""Innermost calls noted of a late thread."""


@dataclass(frozen=True)
class Block:
    """One late beat. Milliseconds: by the clock, without standing in line, on the processor."""

    wall_ms: float
    own_ms: float
    processor_ms: float
    doing: str
    where: str


def _stood(native_id: int) -> tuple[float, float]:
    """Seconds that the thread, and the others of the process together, have stood ready without a processor."""
    mine = others = 0.0
    try:
        for task in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{task}/schedstat", encoding="ascii") as file:
                seconds = int(file.read().split()[1]) / 1e9
            if int(task) == native_id:
                mine = seconds
            else:
                others += seconds
    except (OSError, IndexError, ValueError):
        # Not Linux, or a thread that has just ended: nothing is taken off.
        return 0.0, 0.0
    return mine, others


class Heartbeat(QObject):
    """Runs from ``start`` on; ``doing`` is set by whoever drives the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.doing = ""
        self.beats = 0
        self.blocks: list[Block] = []
        self._thread = threading.get_ident()
        self._native = threading.get_native_id()
        self._where = ""
        self._over = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last, self._stood, self._used = time.perf_counter(), _stood(self._native), time.thread_time()
        self._timer.start()
        threading.Thread(target=self._watch, name="watching", daemon=True).start()

    def stop(self) -> None:
        self._timer.stop()
        self._over = True

    def _beat(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        late = now - self._last - EVERY_MS / 1000
        self.beats += 1
        if late > LATE / 2:
            stood, worked = _stood(self._native), used - self._used
            in_line = max(0.0, stood[0] - self._stood[0])
            waited_for = min(max(0.0, late - in_line - worked), max(0.0, stood[1] - self._stood[1]))
            own = max(worked, late - in_line - waited_for)
            self.blocks.append(
                Block(
                    round(late * 1000, 1),
                    round(own * 1000, 1),
                    round(worked * 1000, 1),
                    self.doing,
                    self._where,
                )
            )
            self._stood = stood
        elif self.beats % 10 == 0:
            self._stood = _stood(self._native)
        self._where = ""
        self._last, self._used = time.perf_counter(), time.thread_time()

    def _watch(self) -> None:
        while not self._over:
            time.sleep(EVERY_MS / 1000)
            if self._where or time.perf_counter() - self._last < LATE * 0.7:
                continue
            frame = sys._current_frames().get(self._thread)
            if frame is not None:
                calls = traceback.extract_stack(frame)[-_NAMED:]
                self._where = " < ".join(
                    f"{call.name} {call.filename.rpartition('/')[2]}:{call.lineno}"
                    for call in reversed(calls)
                )

    def report(self, most: int = 12) -> dict[str, object]:
        """Longest block, how many were too long, and the longest ones with where they were."""
        worst = sorted(self.blocks, key=lambda block: -block.own_ms)
        return {
            "beats": self.beats,
            "longest_block_ms": worst[0].own_ms if worst else LATE * 500,
            "longest_by_the_clock_ms": max((block.wall_ms for block in worst), default=LATE * 500),
            "longest_on_the_processor_ms": max((block.processor_ms for block in worst), default=LATE * 500),
            "blocks_over_50_ms": sum(block.own_ms > LATE * 1000 for block in worst),
            "worst": [asdict(block) for block in worst[:most]],
        }
