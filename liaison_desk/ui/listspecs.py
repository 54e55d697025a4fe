"""The actions that every long list has: filters, columns, views, copying with heads."""

from __future__ import annotations

from collections.abc import Callable

from liaison_desk.core.words import msg
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.listtools import ListTools

TOOLS = frozenset({"filters", "filter_column", "columns", "views", "copy_heads"})
"""Names of the actions that every list has."""


def list_specs(tools: Callable[[], ListTools | None]) -> list[ActionSpec]:
    """The actions of the list that is shown, for the palette and the help on keys."""

    def run(what: Callable[[ListTools], object]) -> Callable[[], None]:
        def go() -> None:
            found = tools()
            if found is not None:
                what(found)

        return go

    def filtered() -> bool:
        found = tools()
        return found is not None and bool(found.filters or found.aside)

    def some() -> bool:
        return tools() is not None

    def chosen() -> bool:
        found = tools()
        return found is not None and bool(found.table.selected_rows)

    return [
        ActionSpec(
            "filters",
            msg("Filters of the heads off, and on again"),
            run(lambda found: found.toggle_filters()),
            "Ctrl+Shift+L",
            "funnel",
            enabled=filtered,
            why_not=lambda: msg("No column is filtered: Alt+Down opens the filter of a column."),
        ),
        ActionSpec(
            "filter_column",
            msg("Filter by the column (Alt+Down)"),
            run(lambda found: found.open_filter(found.table.current_column)),
            "",
            "funnel",
            enabled=some,
        ),
        ActionSpec(
            "columns",
            msg("Choose columns"),
            run(lambda found: found.open_columns()),
            "Ctrl+Shift+K",
            "columns-3",
            enabled=some,
        ),
        ActionSpec(
            "views",
            msg("Views"),
            run(lambda found: found.open_views()),
            "Ctrl+Shift+V",
            "bookmark",
            enabled=some,
        ),
        ActionSpec(
            "copy_heads",
            msg("Copy with heads"),
            run(lambda found: found.table.copy(heads=True)),
            "Ctrl+Shift+C",
            "copy",
            enabled=chosen,
            why_not=lambda: msg("Choose a line first."),
        ),
    ]
