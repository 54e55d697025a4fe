"""A hold of a case with the steps on it (D2): what is possible now, the most likely one as a button."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liaison_desk.core.words import msg
from liaison_desk.desk.facts import HoldRow
from liaison_desk.desk.holds import AcknowledgeLapse
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.answerparts import hold_view
from liaison_desk.ui.context import Context
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.holddialogs import HoldRef
from liaison_desk.ui.moneyactions import hold_specs
from liaison_desk.ui.pane import Steps
from liaison_desk.ui.theme import GRID

OF_THE_CASE = frozenset({"money-payback", "money-elsewhere"})
"""Steps about a victim's money outside any hold; the case itself offers them."""


def hold_with_steps(context: Context, hold: HoldRow, case_id: int, page: QWidget) -> QWidget:
    """The hold's card and below it its steps; ``page`` is what their dialogs belong to."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    column.addWidget(hold_view(context, hold))
    possible = steps_on(context, hold, case_id, page)
    if possible:
        steps = Steps(buttons=1)
        steps.offer(possible)
        column.addWidget(steps)
    return made


def steps_on(context: Context, hold: HoldRow, case_id: int, page: QWidget) -> list[ActionSpec]:
    """The steps that this person may take on the hold now, without keys: several holds stand in one pane."""
    actor = context.desk.actor
    own = actor.police or actor.speaks_for(hold.institution)
    kept = hold.stopped + hold.frozen
    ref = HoldRef(
        hold.id,
        case_id,
        hold.number,
        hold.rule,
        # One that has caught nothing yet may still: under its limit, or when it comes to the front.
        ended=context.now() >= hold.ends_at or (kept == 0 and hold.captured > 0),
        own=own,
    )
    made = [
        replace(spec, keys="")
        for spec in hold_specs(context, page, lambda: ref)
        if own and spec.enabled() and spec.name not in OF_THE_CASE
    ]
    if own and hold.lapsed and hold.acknowledged_at is None and context.desk.may(AcknowledgeLapse):
        made.insert(
            0, ActionSpec("acknowledge", msg("Take note of the lapse"), lambda: _note(context, hold, page))
        )
    return made


def _note(context: Context, hold: HoldRow, page: QWidget) -> None:
    carry_out(
        context,
        [AcknowledgeLapse(hold_id=hold.id)],
        lambda _: msg("Lapse of {name} noted", name=hold.number),
        owner=page,
    )
