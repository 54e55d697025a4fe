"""The office's figures as cards (money.md §2): flows, stocks, and the line by which they add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.figures import Figures
from liaison_desk.ui.cards import Figure, Text
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import GRID, LARGE_TEXT, look, say

FIGURE_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "captured_by_stop": msg("Newly caught by stops"),
        "captured_by_freeze": msg("Newly caught by freezes"),
        "frozen": msg("Turned into freezes"),
        "returned": msg("Given back"),
        "lapsed": msg("Lost by lapse"),
        "released": msg("Lost by release"),
        "opening": msg("In control at the beginning"),
        "secured": msg("In control at the end"),
        "recovered": msg("Recovered for victims"),
        "held_beyond_cases": msg("In control beyond the cases"),
    }
)
"""What each figure is called."""
FIGURE_TIPS: Mapping[str, Message] = MappingProxyType(
    {
        "captured_by_stop": msg("What stops caught for the first time in this period."),
        "captured_by_freeze": msg("What freezes caught that no stop had held."),
        "frozen": msg("What moved from stopped to frozen; it is not caught again."),
        "returned": msg("What was paid back to victims in this period."),
        "lapsed": msg("What was held and ran out in this period."),
        "released": msg("What was held and given free in this period."),
        "opening": msg("Stopped and frozen when the period began."),
        "secured": msg("Stopped and frozen when the period ended."),
        "recovered": msg(
            "What identified victims have in control or got back, each fen once, at most the loss."
        ),
        "held_beyond_cases": msg("What is in control above what the victims of this office lost."),
    }
)
FLOWS = ("captured_by_stop", "captured_by_freeze", "frozen", "returned", "lapsed", "released")
STOCKS = ("opening", "secured", "recovered", "held_beyond_cases")


class FiguresPanel(QWidget):
    """All figures of one period; a click on one asks for the list behind it."""

    def __init__(self, open_list: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: dict[str, Figure] = {}
        self.sum = Text("", "muted", wrap=True)
        # Big figures are never squeezed; the page scrolls instead.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        # With large text the two cards have no room beside each other.
        row: QBoxLayout = QVBoxLayout(self) if look().scale >= LARGE_TEXT else QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID + 4)
        for title, names, columns, width in (
            (msg("In this period"), FLOWS, 3, 3),
            (msg("At a moment"), STOCKS, 2, 2),
        ):
            row.addWidget(self._card(title, names, columns, open_list), width)

    def show_figures(self, found: Figures) -> None:
        for name, view in self.views.items():
            fen: int = getattr(found, name)
            view.set_value(yuan(fen))
            view.setAccessibleName(f"{say(FIGURE_WORDS[name])} {yuan(fen)}")
        self.sum.set(
            msg(
                "{opening} at the beginning + {captured} caught − {returned} given back − {lost} lost "
                "= {secured} in control",
                opening=yuan(found.opening),
                captured=yuan(found.captured),
                returned=yuan(found.returned),
                lost=yuan(found.lost),
                secured=yuan(found.secured),
            )
        )

    def _card(
        self, title: Message, names: tuple[str, ...], columns: int, open_list: Callable[[str], object]
    ) -> QFrame:
        card = QFrame()
        card.setProperty("surface", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID * 2, GRID + 2, GRID * 2, GRID + 2)
        inside.setSpacing(GRID)
        inside.addWidget(Text(title, "strong"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID)
        for place, name in enumerate(names):
            view = Figure(FIGURE_WORDS[name], "—", open=lambda name=name: open_list(name))  # type: ignore[misc]  # mypy cannot type a default
            view.setToolTip(plain(say(FIGURE_TIPS[name])))
            self.views[name] = view
            grid.addWidget(view, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        inside.addLayout(grid)
        return card
