"""All benches with their floors beside them: ``python -m tests.bench [--sizes 1k,100k,1m] [--engine both] [--json FILE]``.

``--keep FOLDER`` keeps the demo offices for the next run; without it they are made anew and thrown away. The
exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import bench_painted, bench_queue, bench_tracing, bench_window
from tests.bench.lines import Line, as_json, table
from tests.bench.offices import ENGINES, Offices

PARTS = ("queue", "window", "painted", "tracing", "seeding")
SEEDING_MINUTES = 10.0


def size(text: str) -> int:
    """``1k``, ``100k``, ``1m`` or a plain number of requests."""
    units = {"k": 1_000, "m": 1_000_000}
    text = text.strip().lower()
    return int(text[:-1]) * units[text[-1]] if text[-1:] in units else int(text)


def tracing(times: int) -> Iterable[Line]:
    found = bench_tracing.measure(100_000, times)["rows"]
    assert isinstance(found, list)
    for row in found:
        product, floor = row["seconds"] * 1000, row["floor_seconds"] * 1000
        yield Line(
            f"tracing: {row['what']}", "–", 0, product, floor, f"≤ {row['target']:g}×", bool(row["met"])
        )


def seeding(offices: Offices) -> Iterable[Line]:
    for (engine, requests), seconds in sorted(offices.seconds.items()):
        minutes = round(seconds / 60, 2)
        large = requests >= 1_000_000
        target, met = (f"≤ {SEEDING_MINUTES:g} min", minutes <= SEEDING_MINUTES) if large else ("", None)
        yield Line("demo office seeded", engine, requests, minutes, None, target, met, "min")


def measure(asked: argparse.Namespace) -> list[Line]:
    found: list[Line] = []

    def take(lines: Iterable[Line]) -> None:
        for line in lines:
            found.append(line)
            print(table([line]).splitlines()[1], flush=True)

    sizes = [size(text) for text in asked.sizes.split(",")]
    engines = ENGINES if asked.engine == "both" else (asked.engine,)
    with Offices(asked.keep) as offices:
        for engine in engines:
            for requests in sizes:
                address = offices.address(engine, requests)
                if "queue" in asked.only:
                    take(bench_queue.lines(engine, requests, address, asked.times))
                if "window" in asked.only:
                    take(bench_window.lines(engine, requests, address, max(1, asked.times // 8), asked.idle))
                if "painted" in asked.only:
                    copy = offices.copy_of(engine, requests)
                    take(bench_painted.lines(engine, requests, copy, asked.painted))
        take(bench_queue.across_sizes(found))
        if "seeding" in asked.only:
            take(seeding(offices))
    if "tracing" in asked.only:
        take(tracing(max(1, asked.times // 8)))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1k,100k,1m")
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument(
        "--only",
        default=",".join(PARTS),
        type=lambda text: text.split(","),
        help="parts: " + ", ".join(PARTS),
    )
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds an idle window is watched")
    parser.add_argument("--painted", type=float, default=30.0, help="seconds of changes at other seats")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measure(asked)
    print(f"\n{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(table(found))
    if asked.json:
        text = json.dumps({"lines": as_json(found)}, indent=1, ensure_ascii=False)
        asked.json.write_text(text, encoding="utf-8")
    return 1 if any(line.met is False for line in found) else 0


if __name__ == "__main__":
    sys.exit(main())
