"""The steps of the place "Money": on a hold, on a ledger entry, on a victim's money; as buttons and by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.ledgerbook import (
    CaptureLater,
    QueuedFreezeTakesEffect,
    RecordElsewhere,
    RecordPayback,
    RecordReturn,
    ReverseEntry,
)
from liaison_desk.desk.ledgerlists import LedgerRow
from liaison_desk.desk.outside import OutsideRow
from liaison_desk.desk.work import Command
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.context import Context
from liaison_desk.ui.holddialogs import HoldActions, HoldDialog, HoldRef
from liaison_desk.ui.messages import caption
from liaison_desk.ui.moneydialogs import CaughtDialog, ReverseDialog, SharesDialog, VictimMoneyDialog
from liaison_desk.ui.notes import clear
from liaison_desk.ui.theme import GRID, say

SHOWN = 3
"""Steps that are buttons; the rest stands in a menu."""
_STEPS: tuple[tuple[str, type[Command[Any]], Message, str, str, HoldDialog, bool], ...] = (
    ("caught", CaptureLater, msg("Money came in later"), "L", "plus", CaughtDialog, True),
    (
        "queued",
        QueuedFreezeTakesEffect,
        msg("A queued freeze takes effect"),
        "",
        "snowflake",
        CaughtDialog.for_queued,
        False,
    ),
    (
        "return",
        RecordReturn,
        msg("Enter a return to the victim"),
        "G",
        "hand-coins",
        VictimMoneyDialog.for_return,
        True,
    ),
    ("shares", AttributeHold, msg("Say whose money it is"), "W", "users", SharesDialog, False),
    (
        "payback",
        RecordPayback,
        msg("Enter money paid back as bait"),
        "",
        "undo-2",
        VictimMoneyDialog.for_payback,
        False,
    ),
    (
        "elsewhere",
        RecordElsewhere,
        msg("Enter money recovered elsewhere"),
        "",
        "landmark",
        VictimMoneyDialog.for_elsewhere,
        False,
    ),
)
"""Name, command, title, key, icon, dialog, and whether the hold must still run."""


def hold_specs(context: Context, page: QWidget, chosen: Callable[[], HoldRef | None]) -> list[ActionSpec]:
    """All steps on the chosen hold that this person's role may take: requests first, then entries by hand."""
    made = HoldActions(context, page, chosen).specs()
    made += [_entry_step(context, page, chosen, step) for step in _STEPS if context.desk.may(step[1])]
    return made


def _entry_step(
    context: Context,
    page: QWidget,
    chosen: Callable[[], HoldRef | None],
    step: tuple[str, type[Command[Any]], Message, str, str, HoldDialog, bool],
) -> ActionSpec:
    name, _, title, keys, icon, make, running = step

    def run() -> None:
        hold = chosen()
        if hold is not None:
            make(context, hold, page).open()

    def possible() -> bool:
        hold = chosen()
        return hold is not None and hold.own and not (running and hold.ended)

    return ActionSpec(
        f"money-{name}",
        title,
        run,
        keys,
        icon,
        enabled=possible,
        why_not=lambda: msg("Choose a hold of your own institution first."),
    )


class MoneyActions:
    """What can be done with the chosen hold or the chosen entry."""

    def __init__(
        self,
        context: Context,
        page: QWidget,
        hold: Callable[[], HoldRef | None],
        entry: Callable[[], LedgerRow | OutsideRow | None],
    ) -> None:
        self._context, self._page, self._hold, self._entry = context, page, hold, entry
        self.bar = QWidget()
        self._row = QHBoxLayout(self.bar)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._names: tuple[str, ...] = ()
        self._made = self._make()

    def specs(self) -> list[ActionSpec]:
        """All steps that this person's role may take."""
        return self._made

    def offer(self) -> None:
        """Show the steps that are possible for what is chosen now."""
        possible = [spec for spec in self._made if spec.enabled()]
        names = tuple(spec.name for spec in possible)
        if names == self._names:
            return
        self._names = names
        clear(self._row)
        for spec in possible[:SHOWN]:
            self._row.addWidget(Button(spec.title, icon=spec.icon, keys=spec.keys, run=spec.run))
        if len(possible) > SHOWN:
            more = Button(msg("More"), icon="chevron-down")
            menu = QMenu(more)
            for spec in possible[SHOWN:]:
                step = menu.addAction(caption(say(spec.title)))
                step.triggered.connect(lambda _=False, run=spec.run: run())
            more.setMenu(menu)
            # The chevron says it already.
            more.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")
            self._row.addWidget(more)

    def _make(self) -> list[ActionSpec]:
        made = hold_specs(self._context, self._page, self._hold)
        if self._context.desk.may(ReverseEntry):
            made.append(
                ActionSpec(
                    "reverse",
                    msg("Reverse the entry"),
                    self._reverse,
                    "R",
                    "undo-2",
                    enabled=self._reversible,
                    why_not=lambda: msg("Choose an entry that still counts."),
                )
            )
        return made

    def _reversible(self) -> bool:
        row = self._entry()
        if row is None or row.reversed:
            return False
        return isinstance(row, OutsideRow) or row.target_bucket is not Bucket.LAPSED

    def _reverse(self) -> None:
        row = self._entry()
        if row is not None and self._reversible():
            ReverseDialog(self._context, row, self._page).open()
