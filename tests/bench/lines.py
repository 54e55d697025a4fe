"""What a bench tells: one line a measurement with its floor beside it, as a table and as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One measurement. Times in ms unless ``unit`` says otherwise; ``most`` is the target for ``ratio`` or ``product``."""

    what: str
    engine: str
    requests: int
    product: float
    floor: float | None = None
    target: str = ""
    met: bool | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        return round(self.product / self.floor, 2) if self.floor else None


def beside(
    what: str, engine: str, requests: int, times: tuple[float, float], most: float, above: float = 0.0
) -> Line:
    """A product's time beside its floor's: met within ``most`` times the floor or ``above`` ms over it."""
    product, floor = times
    met = product <= floor * most or (above > 0 and product <= floor + above)
    target = f"≤ {most}×" + (f" or + {above:g} ms" if above else "")
    return Line(what, engine, requests, round(product, 2), round(floor, 2), target, met)


def in_turn(
    product: Callable[[], object],
    floor: Callable[[], object],
    times: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Milliseconds of both, run in turn so that both meet the same computer; of each the best quarter's mean.

    What other programs do meanwhile only ever adds time. ``clock``: ``time.process_time`` counts processor
    time alone, where all the work is done in this process and waits for no disk.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    product(), floor()
    for _ in range(times):
        for call, kept in zip((product, floor), taken, strict=True):
            began = clock()
            call()
            kept.append((clock() - began) * 1000)
    return best(taken[0]), best(taken[1])


def best(values: list[float]) -> float:
    quarter = sorted(values)[: max(1, len(values) // 4)]
    return sum(quarter) / len(quarter)


def as_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [{**asdict(line), "ratio": line.ratio} for line in lines]


def table(lines: Iterable[Line]) -> str:
    """The lines in columns."""
    head = ("what", "engine", "requests", "product", "floor", "ratio", "target", "")
    rows = [head]
    for line in lines:
        rows.append(
            (
                line.what,
                line.engine,
                f"{line.requests:,}" if line.requests else "–",
                f"{line.product:,.2f} {line.unit}",
                f"{line.floor:,.2f}" if line.floor is not None else "–",
                f"{line.ratio:.2f}" if line.ratio is not None else "–",
                line.target,
                {True: "met", False: "MISSED", None: ""}[line.met],
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in (0, 1, 6, 7) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
