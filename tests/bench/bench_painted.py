"""How long after a commit at one seat the change is painted at another, with eight seats at work.

Seven seats write at a quick pace; the eighth claims and releases the request on top of the measured window's
list and says when each commit was through. The window notes when it has painted that state.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.demo import PASSWORD
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.requests import ClaimRequest, ReleaseClaim
from liaison_desk.store.database import Database
from tests.bench.lines import Line
from tests.bench.product_window import own_folders
from tests.bench.shift_seats import sit
from tests.bench.shift_window import POLL_MS

ROOT = Path(__file__).parents[2]
WRITERS = ("liu", "chen", "abc1", "boc1", "ccb1", "psbc1", "icbc2")
SEAT, WATCHER = "icbc1", "zhao"
PACE = 4.0
ALLOWANCE_MS = 100.0
BETWEEN = 0.9
SETTLE = 12.0


def claim_in_turn(url: str, until: float, out: str) -> None:
    """Claims and releases what stands on top of the institution's queue; notes when each commit was through."""
    desk = Desk(Database(url)).sign_in(SEAT, PASSWORD)
    told: list[tuple[int, str, float]] = []
    view = QueueView(states=frozenset({LegState.QUEUED}), institution=desk.actor.institution)
    on_top = {row.id for row in desk.read(queue, QueueView()).rows[:100] if row.item == "leg"}
    rows = [row for row in desk.read(queue, view).rows if row.id in on_top] or list(
        desk.read(queue, view).rows
    )
    leg, claimed = rows[0].id, False
    while time.time() < until:
        desk.do(ReleaseClaim(leg_id=leg) if claimed else ClaimRequest(leg_id=leg))
        claimed = not claimed
        told.append((leg, "claimed" if claimed else "queued", time.monotonic()))
        time.sleep(BETWEEN)
    desk.database.close()
    Path(out).write_text(json.dumps(told), encoding="utf-8")


def lines(engine: str, requests: int, address: str, seconds: float) -> Iterator[Line]:
    """``address``: a copy that may be written to."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="liaison-desk-painted-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        home = folder / "home"
        home.mkdir()
        until = time.time() + SETTLE + seconds
        seen, told = folder / "window.json", folder / "seat.json"
        command = [sys.executable, "-m", "tests.bench.shift_window", "--watch", "--database", address]
        window = subprocess.Popen(
            [*command, "--login", WATCHER, "--until", str(until + 2), "--out", str(seen)],
            cwd=ROOT,
            env=own_folders(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(SETTLE / 2)
        seats = [
            context.Process(
                target=sit, args=(address, login, 50 + n, PACE, until, str(folder / f"{login}.json"))
            )
            for n, login in enumerate(WRITERS)
        ]
        seats.append(context.Process(target=claim_in_turn, args=(address, until, str(told))))
        for seat in seats:
            seat.start()
        for seat in seats:
            seat.join(timeout=seconds + 180)
        window.wait(timeout=120)
        painted = [tuple(one) for one in json.loads(seen.read_text(encoding="utf-8"))["painted"]]
        commits = json.loads(told.read_text(encoding="utf-8"))
    delays = sorted(
        (min(later) - at) * 1000
        for leg, state, at in commits
        if (
            later := [
                when for number, shown, when in painted if number == leg and shown == state and when >= at
            ]
        )
        and min(later) - at < BETWEEN + POLL_MS / 1000
    )
    if not delays:
        yield Line("change at one seat painted at another: none seen", engine, requests, 0.0, met=False)
        return
    middle, late = delays[len(delays) // 2], delays[int(len(delays) * 0.9)]
    most = POLL_MS + ALLOWANCE_MS
    target = f"≤ poll + {ALLOWANCE_MS:g} ms"
    what = f"change painted at another seat ({len(delays)} of {len(commits)} seen)"
    yield Line(f"{what}, median", engine, requests, round(middle, 1), POLL_MS, target, middle <= most)
    yield Line(f"{what}, nine of ten", engine, requests, round(late, 1), POLL_MS, target, late <= most)
