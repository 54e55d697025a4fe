"""What the command palette finds besides actions: requests and cases, as far as the person may see them."""

from __future__ import annotations

from collections.abc import Callable

from liaison_desk.core.lifecycle import KIND_WORDS, STATE_WORDS
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.casebook import CaseRow, CaseView, cases
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.context import Context
from liaison_desk.ui.palette import Entry

MOST = 8
"""Of each kind: a palette is for what one knows by a few letters."""


def find(context: Context, words: str) -> list[Entry]:
    """Requests first, then cases; runs off the GUI thread."""
    desk = context.desk
    if not desk.may_read(queue):
        return []
    legs = desk.read(queue, QueueView(words=words, history=True), limit=MOST)
    found = [_leg(context, row, words) for row in legs.rows if row.item == "leg"]
    files = desk.read(cases, CaseView(words=words), limit=MOST)
    return found + [_case(context, row, words) for row in files.rows]


def _leg(context: Context, row: QueueRow, words: str) -> Entry:
    detail = msg(
        "{kind} · {target} · {amount} · {state}",
        kind=KIND_WORDS[row.kind],
        target=grouped(row.target),
        amount=yuan(row.amount),
        state=STATE_WORDS[row.state],
    )
    return Entry(
        Message(row.number),
        _chosen(context, words, lambda: context.ways.open_leg.emit(row.id)),
        icon="hand",
        detail=detail,
    )


def _case(context: Context, row: CaseRow, words: str) -> Entry:
    detail = msg(
        "{fraud} · {victim} · loss {amount}",
        fraud=row.fraud_type,
        victim=row.victim,
        amount=yuan(row.loss),
    )
    return Entry(
        Message(row.number),
        _chosen(context, words, lambda: context.ways.open_case.emit(row.id)),
        icon="briefcase",
        detail=detail,
    )


def _chosen(context: Context, words: str, way: Callable[[], None]) -> Callable[[], None]:
    """What a click does; only a search that led somewhere is a settled one and goes to the access log."""

    def go() -> None:
        context.desk.viewed("search", words=words)
        way()

    return go
