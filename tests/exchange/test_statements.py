"""The statement reader against invented files whose counts were written by hand before it existed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements import Counts, Rejected, Warned
from liaison_desk.core.statements_layout import Layout, shipped
from liaison_desk.exchange.statements import Statement, inspect, read
from liaison_desk.exchange.statements_books import kept_unpacking
from tests.exchange.given_statements import SAMPLES, Sample

ZONE = ZoneInfo("Asia/Shanghai")
READABLE = [sample for sample in SAMPLES if not sample.refused]
REFUSED = [sample for sample in SAMPLES if sample.refused]


@pytest.fixture(scope="module", autouse=True)
def _one_unpacking_process() -> Iterator[None]:
    with kept_unpacking():
        yield


def told(found: Iterable[Rejected | Warned], sheets: int) -> tuple[tuple[object, ...], ...]:
    return tuple(
        (each.sheet, each.line, str(each.why)) if sheets > 1 else (each.line, str(each.why)) for each in found
    )


def layouts(sample: Sample) -> tuple[Layout, ...]:
    return tuple(layout.answered(sample.directions, sample.states) for layout in shipped())


def counted(statement: Statement) -> Counts:
    counts = Counts()
    for verdict in statement.verdicts:
        counts.add(verdict)
    counts.layout, counts.sheets = statement.layout, statement.sheets
    return counts


@pytest.mark.parametrize("sample", READABLE, ids=lambda sample: sample.name)
def test_a_file_gives_the_counts_written_by_hand(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / sample.file
    sample.make(path)
    found = counted(read(path, known=layouts(sample), account=sample.account))
    several = len(found.sheets)
    assert {
        "rows": found.rows,
        "stored": found.stored,
        "failed": found.failed,
        "rejected": told(found.rejected, several),
        "skipped": found.skipped,
        "warnings": told(found.warnings, several),
        "in": found.in_,
        "out": found.out,
        "first": found.first and found.first.astimezone(ZONE).isoformat(),
        "last": found.last and found.last.astimezone(ZONE).isoformat(),
        "layout": found.layout,
    } == {
        "rows": sample.rows,
        "stored": sample.stored,
        "failed": sample.failed,
        "rejected": sample.rejected,
        "skipped": sample.skipped,
        "warnings": sample.warnings,
        "in": sample.in_,
        "out": sample.out,
        "first": sample.first or None,
        "last": sample.last or None,
        "layout": sample.layout,
    }
    assert found.rows == found.stored + found.failed + len(found.rejected)


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.name)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / sample.file
    sample.make(path)
    with pytest.raises(BadInput) as caught:
        read(path, account=sample.account)
    for word in sample.refused:
        assert word in str(caught.value)
    assert "Nothing was imported." in str(caught.value)


@pytest.mark.parametrize("sample", READABLE[:6], ids=lambda sample: sample.name)
def test_bytes_and_a_path_read_the_same(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / sample.file
    sample.make(path)
    asked = {"account": sample.account}
    assert list(read(path, **asked).verdicts) == list(
        read(path.read_bytes(), name=sample.file, **asked).verdicts
    )
    assert inspect(path, **asked).counts.rows == sample.rows
