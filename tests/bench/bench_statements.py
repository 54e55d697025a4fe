"""Statement files read, side by side with their floors: 100,000 rows XLSX, 1,000,000 rows CSV; time and memory.

``python -m tests.bench.bench_statements [--xlsx N] [--csv N] [--json]``. Each reading runs in a process of its own, so
that its memory is its own; ``store`` is a hook that a later bench sets to measure the storing too.
The exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from liaison_desk.core.statements import Counts, Verdict
from liaison_desk.exchange.statements import verdicts
from tests.bench.floor_statements import HEADS, executemany_alone, openpyxl_alone, trades

XLSX_FASTER = 3.0
CSV_SLOWER = 8.0
CSV_MEMORY = 100_000_000
XLSX_MEMORY = 500_000_000

Store = Callable[[Verdict], None]


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADS)
        writer.writerows(trades(rows))


def write_xlsx(path: Path, rows: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("明细")
    for number, row in enumerate([HEADS, *trades(rows)]):
        for place, value in enumerate(row):
            sheet.write_string(number, place, value)
    book.close()


def read_all(path: Path, store: Store | None = None) -> Counts:
    counts = Counts()
    for verdict in verdicts(path):
        counts.add(verdict)
        if store is not None:
            store(verdict)
    return counts


def _of(path: Path) -> dict[str, int]:
    found = read_all(path)
    return {"rows": found.rows, "stored": found.stored, "in": found.in_, "out": found.out}


_BARE = 30_000_000
"""Bytes of a process that does nothing yet."""


def _peak(*, reset: bool = False) -> int:
    """The most memory this process has had since the last reset; a spawned one begins with its parent's."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _processor() -> float:
    """Processor seconds of this process and of those it started and ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _run(work: Callable[[Path], object], path: Path, answer: Connection) -> None:
    before = _peak(reset=True)
    begin = time.perf_counter(), _processor()
    result = work(path)
    answer.send(
        {
            "result": result,
            "seconds": round(time.perf_counter() - begin[0], 2),
            "processor_seconds": round(_processor() - begin[1], 2),
            "memory": max(
                _peak() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 - _BARE
            ),
        }
    )


def apart(work: Callable[[Path], object], path: Path) -> dict[str, object]:
    """One piece of work in a process of its own: its seconds, and the memory it took above a bare start."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(work, path, there))
    process.start()
    found: dict[str, object] = here.recv()
    process.join()
    return found


def _floor_csv(path: Path) -> int:
    with path.open(encoding="gb18030", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        rows = [tuple(row) for row in reader]
    begin = time.process_time()
    executemany_alone(path.with_suffix(".db"), rows)
    return round((time.process_time() - begin) * 1000)


def measure(xlsx: int, csv_rows: int) -> dict[str, object]:
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        book, text = Path(folder) / "trades.xlsx", Path(folder) / "trades.csv"
        write_xlsx(book, xlsx)
        write_csv(text, csv_rows)
        ours, floor = apart(_of, book), apart(openpyxl_alone, book)
        faster = float(str(floor["processor_seconds"])) / float(str(ours["processor_seconds"]))
        rows.append(
            {
                "what": f"XLSX, {xlsx:,} rows",
                **ours,
                "floor": "openpyxl read-only alone",
                "floor_seconds": floor["processor_seconds"],
                "ratio": round(faster, 2),
                "target": f"≥ {XLSX_FASTER}× faster, ≤ {XLSX_MEMORY // 10**6} MB",
                "met": faster >= XLSX_FASTER and int(str(ours["memory"])) <= XLSX_MEMORY,
            }
        )
        ours, floor = apart(_of, text), apart(_floor_csv, text)
        alone = int(str(floor["result"])) / 1000
        slower = float(str(ours["processor_seconds"])) / alone
        rows.append(
            {
                "what": f"CSV, {csv_rows:,} rows",
                **ours,
                "floor": "sqlite3 executemany alone",
                "floor_seconds": alone,
                "ratio": round(slower, 2),
                "target": f"≤ {CSV_SLOWER}× slower with storing, ≤ {CSV_MEMORY // 10**6} MB",
                "met": slower <= CSV_SLOWER and int(str(ours["memory"])) <= CSV_MEMORY,
                "rows_a_second": round(csv_rows / float(str(ours["processor_seconds"]))),
            }
        )
    return {"rows": rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xlsx", type=int, default=100_000)
    parser.add_argument("--csv", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.xlsx, asked.csv)
    rows = found["rows"]
    assert isinstance(rows, list)
    if asked.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        for row in rows:
            print(
                f"{row['what']:22} {row['processor_seconds']:>7} s  {int(row['memory']) / 1e6:6.0f} MB  "
                f"{row['floor']:26} {row['floor_seconds']:>7} s  {row['ratio']:6} ({row['target']})"
                f"{'' if row['met'] else ' MISSED'}  {row['result']}"
            )
    return 0 if all(row["met"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
