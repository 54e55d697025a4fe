"""The benches run, small and once; how quick anything is is not asked here."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from tests.bench import __main__ as bench
from tests.bench.bench_shift import heard_once
from tests.bench.lines import Line, table


def test_queue_search_and_command_are_measured_beside_their_floors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "bench.json"
    wanted = ["x", "--sizes", "1k", "--engine", "sqlite", "--only", "queue,seeding", "--times", "1"]
    monkeypatch.setattr("sys.argv", [*wanted, "--json", str(told)])
    bench.main()
    text = told.read_text(encoding="utf-8")
    for what in ("queue, usual order", "search: worst key stroke", "one command", "demo office seeded"):
        assert what in text


def test_a_table_says_what_is_met_and_what_is_not() -> None:
    lines = [
        Line("a", "sqlite", 1_000, 3.0, 2.0, "≤ 2×", True),
        Line("b", "postgres", 0, 9.0, None, "≤ 5 ms", False),
    ]
    assert table(lines).splitlines()[1:] == [
        "a     sqlite       1,000  3.00 ms   2.00   1.50  ≤ 2×    met",
        "b     postgres         –  9.00 ms      –      –  ≤ 5 ms  MISSED",
    ]


def test_an_entry_missed_and_one_told_twice_are_counted() -> None:
    assert heard_once([1, 2, 3, 4, 5], 2, [3, 5, 5]) == {"heard": 3, "missed": 1, "twice": 1}
    assert heard_once([1, 2, 3], 0, [1, 2, 3]) == {"heard": 3, "missed": 0, "twice": 0}
