"""Filters as a saved view keeps them, and back again from whatever stands in one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from liaison_desk.desk.filters import ColumnFilter

HOWS = ("contains", "begins", "equals")


def plain_filter(found: ColumnFilter) -> dict[str, Any]:
    return {**asdict(found), "values": sorted(found.values)}


def plain_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def filter_from(part: object) -> ColumnFilter | None:
    """A filter of a saved view; None for what is none."""
    if not isinstance(part, dict) or not isinstance(part.get("column"), str):
        return None
    least, most, days, how = (part.get(name) for name in ("least", "most", "days", "how"))
    made = ColumnFilter(
        part["column"],
        values=frozenset(value for value in plain_list(part.get("values")) if isinstance(value, str)),
        words=part["words"] if isinstance(part.get("words"), str) else "",
        how=how if how in HOWS else "contains",
        least=least if type(least) is int else None,
        most=most if type(most) is int else None,
        days=days if type(days) is int else 0,
        filled=part.get("filled") is True,
    )
    return made if made.narrows else None
