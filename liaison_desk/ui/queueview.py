"""The ready-made lists of the queue: which there are for whom, how many stand in them, what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.words import msg
from liaison_desk.desk.lists import QueueCounts, QueueView
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.chips import Filter
from liaison_desk.ui.theme import Tone

KINDS = frozenset(
    {
        "leg",
        "leg_flag",
        "hold",
        "answer",
        "account",
        "hop",
        "case_file",
        "note",
        "note_taken",
        "attachment",
        "payment",
        "payback",
        "elsewhere",
        "victim",
        "institution",
        "shift",
    }
)
"""What must have changed for the queue to be read anew."""
_STATES: dict[str, frozenset[LegState]] = {
    "queued": frozenset({LegState.QUEUED}),
    "routing": frozenset({LegState.ROUTING}),
    "proposed": frozenset({LegState.PROPOSED}),
    "approval": frozenset({LegState.APPROVAL}),
    "correction": frozenset({LegState.CORRECTION}),
    "answered": frozenset({LegState.ANSWERED, LegState.CLOSED}),
}
_OF_OWN = frozenset({"own", "queued", "answered"})
_NEWEST_FIRST = frozenset({"answered", "history", "found"})


def counted_chips(counts: QueueCounts, *, all_seen: bool) -> list[Filter]:
    """The lists with their counts; ``all_seen``: for the police and the auditor."""
    soon = Filter(
        "soon", msg("Within the hour"), counts.within_hour, Tone.OVERDUE if counts.overdue else Tone.SOON
    )
    if all_seen:
        return [
            Filter("all", msg("All open"), counts.open),
            Filter("routing", msg("To route"), counts.routing, Tone.SOON),
            Filter("proposed", msg("To issue"), counts.proposed, Tone.SOON),
            Filter("approval", msg("To approve"), counts.approval, Tone.SOON),
            Filter("correction", msg("To correct"), counts.correction, Tone.SOON),
            soon,
            Filter("answered", msg("Answered")),
            Filter("history", msg("History")),
        ]
    return [
        Filter("own", msg("My institution"), counts.own),
        Filter("queued", msg("Queued"), counts.queued),
        Filter("mine", msg("Claimed by me"), counts.mine),
        soon,
        Filter("answered", msg("Answered")),
        Filter("all", msg("All I may see"), counts.open),
    ]


def view_of(chosen: str, words: str, own: str | None) -> QueueView:
    """What a list asks for; ``own``: the institution of a representative, None for who sees all."""
    view = QueueView(words=words)
    if chosen in _OF_OWN:
        view = replace(view, institution=own)
    if chosen in _STATES:
        view = replace(view, states=_STATES[chosen])
    if chosen == "mine":
        view = replace(view, mine=True)
    if chosen == "soon":
        view = replace(view, within_hour=True)
    if chosen in _NEWEST_FIRST:
        view = replace(view, history=chosen != "answered", order="recorded", descending=True)
    return view


def empty_queue(opens: bool, new_case: Callable[[], object]) -> EmptyState:
    """What an empty queue says; ``opens``: to somebody who takes reports."""
    if opens:
        return EmptyState(
            "inbox",
            msg("Nothing waits here"),
            msg("Requests stand here from the moment a report is taken until they are answered."),
            step=msg("New case"),
            start=new_case,
        )
    return EmptyState(
        "inbox",
        msg("Nothing waits here"),
        msg("A request to your institution appears here at once when an officer takes a report."),
    )
