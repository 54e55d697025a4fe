"""A simulated shift: eight seats write through the door, one real window works among them; nothing may be missed.

``python -m tests.bench.bench_shift [--minutes 60] [--requests 100000] [--engine sqlite] [--json FILE]``. Tells
the longest block of the GUI thread, how the window's memory grew, how long commands waited, and whether every
entry was heard exactly once by every listener.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database
from tests.bench.offices import Offices
from tests.bench.product_window import own_folders
from tests.bench.shift_seats import sit

SEATS = ("zhao", "liu", "chen", "abc1", "boc1", "ccb1", "psbc1", "icbc2")
WINDOW = "icbc1"
TARGETS = {"longest_block_ms": 50.0, "longest_wait_ms": 2_000.0, "missed": 0}
ROOT = Path(__file__).parents[2]


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0


def run(url: str, minutes: float, pace: float, folder: Path) -> dict[str, Any]:
    """One shift in the office at ``url``; ``pace``: mean seconds between two steps of a seat."""
    until = time.time() + minutes * 60
    context = multiprocessing.get_context("spawn")
    reports = [folder / f"{login}.json" for login in SEATS]
    seats = [
        context.Process(target=sit, args=(url, login, number, pace, until, str(out)))
        for number, (login, out) in enumerate(zip(SEATS, reports, strict=True), 1)
    ]
    for seat in seats:
        seat.start()
    told = folder / "window.json"
    home = folder / "home"
    home.mkdir()
    command = [sys.executable, "-m", "tests.bench.shift_window", "--database", url, "--login", WINDOW]
    with open(folder / "window.log", "wb") as log:
        window = subprocess.Popen(
            [*command, "--until", str(until - 3), "--out", str(told)],
            cwd=ROOT,
            env=own_folders(home),
            stdout=log,
            stderr=log,
        )
        window.wait(timeout=minutes * 60 + 300)
    for seat in seats:
        seat.join(timeout=120)
    if not told.exists():
        raise SystemExit((folder / "window.log").read_text(encoding="utf-8"))
    bugs = Counter(
        line
        for log_file in home.rglob("window.log")
        for report in log_file.read_text(encoding="utf-8").split(" bug: ")[1:]
        for line in report.splitlines()
        if line and not line[0].isspace() and "Error" in line.split(":")[0]
    )
    return told_by(
        url,
        minutes,
        [json.loads(path.read_text(encoding="utf-8")) for path in reports],
        json.loads(told.read_text(encoding="utf-8")),
        bugs,
    )


def told_by(
    url: str, minutes: float, seats: list[dict[str, Any]], window: dict[str, Any], bugs: Counter[str]
) -> dict[str, Any]:
    database = Database(url)
    with database.reading() as session:
        entries = session.scalars(select(Entry.id).order_by(Entry.id)).all()
    database.close()
    listeners = {seat["login"]: heard_once(entries, seat["heard_from"], seat["heard"]) for seat in seats}
    spans = window["heard"]
    by_window = [number for before, last in spans for number in range(before + 1, last + 1)]
    listeners[f"window {WINDOW}"] = heard_once(entries, spans[0][0] if spans else len(entries), by_window)
    every = [wait for seat in seats for waits in seat["waits"].values() for wait in waits]
    by_command: dict[str, list[float]] = {}
    refused: Counter[str] = Counter()
    for seat in seats:
        refused.update(seat["refused"])
        for name, waits in seat["waits"].items():
            by_command.setdefault(name, []).extend(waits)
    memory = [kb for _, kb in window["memory"]]
    settled = memory[len(memory) // 10] if memory else 0
    return {
        "minutes": minutes,
        "entries_recorded": len(entries),
        "commands_by_seats": len(every),
        "wait_p50_ms": quantile(every, 0.5),
        "wait_p99_ms": quantile(every, 0.99),
        "longest_wait_ms": quantile(every, 1.0),
        "waits": {
            name: {"count": len(waits), "p50": quantile(waits, 0.5), "p99": quantile(waits, 0.99)}
            for name, waits in sorted(by_command.items())
        },
        "refused": refused,
        "listeners": listeners,
        "missed": sum(one["missed"] + one["twice"] for one in listeners.values()),
        "longest_block_ms": window["gui"]["longest_block_ms"],
        "window": {
            "gui": window["gui"],
            "steps": window["done"],
            "bugs": bugs,
            "memory_first_mb": round(memory[0] / 1024, 1) if memory else 0,
            "memory_after_a_tenth_mb": round(settled / 1024, 1),
            "memory_last_mb": round(memory[-1] / 1024, 1) if memory else 0,
            "memory_grown_mb": round((memory[-1] - settled) / 1024, 1) if memory else 0,
        },
    }


def heard_once(entries: Sequence[int], after: int, heard: Sequence[int]) -> dict[str, int]:
    """How many of the entries recorded while it listened a listener missed, and how many it was told twice."""
    times = Counter(heard)
    newest = max(heard, default=after)
    wanted = [number for number in entries if after < number <= newest]
    return {
        "heard": len(heard),
        "missed": sum(number not in times for number in wanted),
        "twice": sum(count - 1 for count in times.values()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--pace", type=float, default=6.0, help="mean seconds between two steps of a seat")
    parser.add_argument("--keep", type=Path, help="a folder in which the office is made once and kept")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with Offices(asked.keep) as offices, tempfile.TemporaryDirectory(prefix="liaison-desk-shift-") as made:
        url = offices.copy_of(asked.engine, asked.requests)
        found = run(url, asked.minutes, asked.pace, Path(made))
    text = json.dumps(found, indent=1, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(text, encoding="utf-8")
    print(text)
    met = all(found[name] <= most for name, most in TARGETS.items())
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
