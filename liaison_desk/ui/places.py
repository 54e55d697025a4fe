"""The places of the window in the order of the rail; only those that exist and that the person may enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liaison_desk.ui.context import Context
from liaison_desk.ui.page import Page
from liaison_desk.ui.rail import Stop


@dataclass(frozen=True)
class Place:
    """A page class and where a line is drawn in the rail."""

    page: type[Page]
    group: int = 0

    def stop(self, number: int) -> Stop:
        keys = f"Ctrl+{number}" if number <= 9 else ""
        return Stop(self.page.key, self.page.title, self.page.icon, keys, self.group)


def _all() -> Iterator[Place]:
    # Imported when somebody has signed in: the sign-in itself needs none of it.
    from liaison_desk.ui.casespage import CasesPage
    from liaison_desk.ui.clockspage import ClocksPage
    from liaison_desk.ui.flowpage import FlowPage
    from liaison_desk.ui.moneypage import MoneyPage
    from liaison_desk.ui.officepage import OfficePage
    from liaison_desk.ui.queuepage import QueuePage
    from liaison_desk.ui.shiftpage import ShiftPage

    yield Place(QueuePage)
    yield Place(CasesPage)
    yield Place(ClocksPage)
    yield Place(FlowPage)
    yield Place(MoneyPage)
    yield Place(ShiftPage, group=1)
    yield Place(OfficePage, group=1)


def places(context: Context) -> list[Place]:
    """What this person's rail shows."""
    return [place for place in _all() if place.page.offered(context)]
