"""Tracing 100,000 movements over 200 accounts and 50 victims, side by side with its floor.

``python -m tests.bench.bench_tracing [--movements N] [--json]``. The targets stand in TARGETS; the exit code is 1 when one
is missed. A figure is the median of several runs, each beside its floor in the same process: the whole of ``trace``
with sorting, progress and the proof of conservation, without the making of the Movement objects.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from liaison_desk.core.tracing import Channel, Kind, Movement, Rule, compare, trace
from tests.bench.floor_tracing import Step, owners_pass, scene, single_pass

TARGETS = {Rule.FIFO: 20.0, Rule.LIFO: 20.0, Rule.PRO_RATA: 3.0, Rule.CLEAN_FIRST: 3.0}
START = datetime(2026, 11, 21, tzinfo=UTC)


def movement(step: Step, line: int) -> Movement:
    at = START + timedelta(seconds=step.second)
    if step.owner == "other":
        return Movement(at, Kind.INFLOW, "", step.to, step.fen, line=line)
    if step.owner:
        return Movement(at, Kind.PAYMENT, "", step.to, step.fen, step.owner, line=line)
    if step.to:
        return Movement(at, Kind.TRANSFER, step.from_, step.to, step.fen, line=line)
    return Movement(at, Kind.EXIT, step.from_, "", step.fen, channel=Channel.CASH, line=line)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one run: what other programs do meanwhile counts as little as it can."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def measure(movements: int, times: int) -> dict[str, object]:
    steps = scene(movements)
    ordered = [movement(step, line) for line, step in enumerate(steps)]
    shuffled = ordered.copy()
    random.Random(1).shuffle(shuffled)
    rows: list[dict[str, object]] = []
    for rule, target in TARGETS.items():
        plain = rule in (Rule.FIFO, Rule.LIFO)
        pairs: list[tuple[float, float]] = []
        told: list[int] = []

        def run(rule: Rule = rule, told: list[int] = told) -> None:
            trace(ordered, rule, lambda done, total: told.append(done))

        for _ in range(times):
            # A floor of milliseconds is taken before and after, so that both sides see the same computer.
            floor = (lambda: single_pass(steps)) if plain else (lambda: owners_pass(steps))
            before = seconds(floor)
            taken = seconds(run)
            pairs.append((taken, (before + seconds(floor)) / 2))
        ratio = statistics.median(taken / floor for taken, floor in pairs)
        rows.append(
            {
                "what": str(rule),
                "seconds": round(statistics.median(taken for taken, _ in pairs), 4),
                "floor": "single pass" if plain else "owners touched",
                "floor_seconds": round(statistics.median(floor for _, floor in pairs), 4),
                "ratio": round(ratio, 2),
                "target": target,
                "met": ratio <= target,
                "progress_calls_a_run": len(told) // times,
            }
        )
    return {
        "movements": movements,
        "owners_touched_by_floor": owners_pass(steps),
        "rows": rows,
        "all_four_shuffled_seconds": round(seconds(lambda: compare(shuffled)), 4),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.movements, asked.times)
    rows = found["rows"]
    assert isinstance(rows, list)
    if asked.json:
        print(json.dumps(found, indent=1))
    else:
        print(f"{'rule':12} {'seconds':>8} {'floor':>15} {'seconds':>8} {'ratio':>6} {'target':>6}")
        for row in rows:
            print(
                f"{row['what']:12} {row['seconds']:8.3f} {row['floor']:>15} {row['floor_seconds']:8.3f} "
                f"{row['ratio']:6.2f} {row['target']:6.1f} {'' if row['met'] else 'MISSED'}"
            )
        print(f"all four, handed over shuffled: {found['all_four_shuffled_seconds']} s")
    return 0 if all(row["met"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
