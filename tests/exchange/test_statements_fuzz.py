"""A hundred of the mutations that ``python -m tests.bench.fuzz_statements`` makes by the thousand."""

from __future__ import annotations

from tests.bench import fuzz_statements


def test_a_hundred_mutated_files_break_nothing() -> None:
    found = fuzz_statements.run(100, seed=2026)
    assert found["broken"] == []
    assert sum(found["ends"].values()) == 100  # type: ignore[attr-defined]  # a dict by name
