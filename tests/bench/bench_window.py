"""The start, the memory and the idle window beside a bare PySide6 window, each in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.lines import Line, beside
from tests.bench.product_window import own_folders

ROOT = Path(__file__).parents[2]
SIGN_IN_MOST, QUEUE_MOST, MEMORY_MB, IDLE_PERCENT = 1.5, 4.0, 150.0, 1.0


def _told(command: Sequence[str], home: Path) -> list[dict[str, Any]]:
    """What a window says of itself; ``painted`` as milliseconds since it was started."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=own_folders(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for line in lines:
        if "painted" in line:
            line["painted"] = (line["painted"] - began) * 1000
    return lines


def lines(engine: str, requests: int, address: str, times: int, idle_seconds: float) -> Iterator[Line]:
    """Start until the sign-in and until the queue, memory, and what an idle window uses."""
    product = ["-m", "tests.bench.product_window", "--database", address]
    sign_in: list[float] = []
    opened: list[float] = []
    bare: list[float] = []
    memory: list[float] = []
    bare_memory: list[float] = []
    with tempfile.TemporaryDirectory(prefix="liaison-desk-bench-home-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        for _ in range(times):
            floor = _told(["tests/bench/floor_window.py"], home)[0]
            found = {line["shown"]: line for line in _told([*product, "--until", "queue"], home)}
            bare.append(floor["painted"])
            bare_memory.append(floor["resident_kb"] / 1024)
            sign_in.append(found["sign-in"]["painted"])
            opened.append(found["queue"]["painted"])
        idle = _told([*product, "--until", "queue", "--linger", str(idle_seconds)], home)[-1]
        memory.append(idle["resident_kb"] / 1024)
    quickest = min(bare)
    yield beside("start: sign-in painted", engine, requests, (min(sign_in), quickest), SIGN_IN_MOST)
    yield beside("start: queue painted", engine, requests, (min(opened), quickest), QUEUE_MOST)
    yield Line(
        "memory of the open window",
        engine,
        requests,
        round(max(memory), 1),
        round(min(bare_memory), 1),
        f"≤ + {MEMORY_MB:g} MB",
        max(memory) <= min(bare_memory) + MEMORY_MB,
        "MB",
    )
    share = idle["idle_share_of_a_core"] * 100
    target = f"≤ {IDLE_PERCENT:g} % of a core"
    yield Line("idle window", engine, requests, round(share, 2), None, target, share <= IDLE_PERCENT, "%")
