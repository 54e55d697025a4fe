"""The columns of the list of cases: number, type, victim, time, loss, held, returned, requests, state, officer."""

from __future__ import annotations

from collections.abc import Callable

from liaison_desk.core.words import msg
from liaison_desk.desk.casebook import CaseRow
from liaison_desk.desk.casefields import HELD, NOTHING, RETURNED, RUNNING
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.ui import columns
from liaison_desk.ui.columns import Align, Cell, Column, Filtering
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import Tone, look, say

STATE_NAMES = {
    RUNNING: msg("Requests running"),
    HELD: msg("Money held"),
    RETURNED: msg("Money returned"),
    NOTHING: msg("Nothing held"),
}
"""The states by which the query knows them; casebook.derived_state words them in a row."""


def case_columns(context: Context) -> list[Column[CaseRow]]:
    """Number, type, victim, time, loss, held, returned, requests, state, officer."""

    def requests(row: CaseRow) -> Cell:
        return columns.text(f"{row.open_legs} / {row.legs}", bold=row.open_legs > 0)

    def state(row: CaseRow) -> Cell:
        if row.open_legs:
            return columns.chip(row.state, Tone.ACCENT, "circle-dot")
        if row.secured:
            return columns.chip(row.state, Tone.OK, "lock")
        return columns.chip(row.state, Tone.MUTED, "check")

    def some(fen: int) -> Cell:
        return columns.money(fen or None, bold=False)

    def fen_of(name: str) -> Callable[[CaseRow], int | None]:
        return lambda row: getattr(row, name) or None

    values, words, yuan = Filtering.VALUES, Filtering.WORDS, Filtering.MONEY
    all_seen = context.desk.actor.sees_all
    return [
        Column(
            "number",
            msg("Number"),
            lambda row: columns.code(row.number, bold=row.open_legs > 0),
            106,
            sort="number",
            filter=words,
        ),
        Column(
            "fraud",
            msg("Type"),
            lambda row: columns.text(row.fraud_type),
            108,
            sort="fraud",
            filter=values,
            named=lambda value: say(FRAUD_TYPES[value]),
        ),
        # A fact of the police: for others the list has no such column to look by.
        Column(
            "victim",
            msg("Victim"),
            lambda row: columns.text(row.victim or None),
            72,
            sort="victim" if all_seen else "",
            filter=words if all_seen else None,
        ),
        Column(
            "reported",
            msg("Reported"),
            lambda row: columns.moment(row.happened_at, context.now(), context.zone),
            92,
            sort="reported",
            filter=Filtering.PAST,
            moment=lambda row: row.happened_at,
        ),
        Column(
            "loss",
            msg("Loss"),
            lambda row: columns.money(row.loss),
            108,
            Align.RIGHT,
            sort="loss",
            filter=yuan,
            fen=lambda row: row.loss,
        ),
        Column(
            "secured",
            msg("Held"),
            lambda row: some(row.secured),
            92,
            Align.RIGHT,
            sort="secured",
            filter=yuan,
            fen=fen_of("secured"),
        ),
        Column(
            "returned",
            msg("Given back"),
            lambda row: some(row.returned),
            84,
            Align.RIGHT,
            sort="returned",
            filter=yuan,
            fen=fen_of("returned"),
        ),
        Column(
            "requests",
            msg("Requests"),
            requests,
            56,
            Align.CENTRE,
            sort="requests",
            filter=Filtering.NUMBER,
        ),
        Column(
            "state",
            msg("State"),
            state,
            100 if look().say.chinese else 130,
            sort="state",
            filter=values,
            named=lambda value: say(STATE_NAMES[value]),
        ),
        Column(
            "officer",
            msg("Officer"),
            lambda row: columns.text(row.officer),
            70,
            sort="officer",
            filter=values,
        ),
        Column(
            "area",
            msg("Area"),
            lambda row: columns.text(row.area or None),
            100,
            hidden=True,
            sort="area",
            filter=words,
        ),
    ]
