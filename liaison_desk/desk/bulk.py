"""One deed for many requests: what will and will not happen, and why, before anything is done.

The preview asks the very checks that the commands ask; then each request gets its own command, its own right and
its own entry. Whatever changes in between, the door says of each one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from liaison_desk.core.errors import BadInput, DeskError
from liaison_desk.core.roles import READS, RIGHTS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import papers, scope
from liaison_desk.desk.queuerows import QueueRow, rows_of_legs
from liaison_desk.desk.requests import ClaimRequest, ReassignRequest, ReleaseClaim
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Leg

MOST = 5000
"""Requests in one bulk."""


class BulkDeed(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    REASSIGN = "reassign"
    SLIPS = "slips"
    EXPORT = "export"


_RIGHT = {
    BulkDeed.CLAIM: RIGHTS["ClaimRequest"],
    BulkDeed.RELEASE: RIGHTS["ReleaseClaim"],
    BulkDeed.REASSIGN: RIGHTS["ReassignRequest"],
    BulkDeed.SLIPS: READS["slips"],
    BulkDeed.EXPORT: READS["export_legs"],
}


@dataclass(frozen=True)
class BulkLine:
    """What will become of one request; ``reason``: why nothing will."""

    leg_id: int
    number: str
    """Empty for what is not there or not for this reader."""
    version: int
    reason: Message | None = None

    @property
    def possible(self) -> bool:
        return self.reason is None


def bulk_preview(
    work: Work, leg_ids: tuple[int, ...], deed: BulkDeed, person_id: int = 0
) -> tuple[BulkLine, ...]:
    """For each request, in this order, whether the deed is possible now. ``person_id``: to whom it is handed."""
    ids = tuple(dict.fromkeys(leg_ids))
    if len(ids) > MOST:
        raise BadInput(msg("Choose at most {count} requests at once. Nothing was changed.", count=MOST))
    legs = _visible(work, ids)
    # The commands' checks ask for each request again: what was looked at together is not looked at one by one.
    work.shown_legs = frozenset(legs)
    return tuple(_line(work, id_, legs.get(id_), deed, person_id) for id_ in ids)


def command_of(deed: BulkDeed, line: BulkLine, person_id: int = 0) -> Command[Any] | None:
    """The command that does it to one request; None for deeds that change nothing.

    A claim asks only who is first; the others what the preview saw.
    """
    match deed:
        case BulkDeed.CLAIM:
            return ClaimRequest(leg_id=line.leg_id)
        case BulkDeed.RELEASE:
            return ReleaseClaim(leg_id=line.leg_id, version=line.version)
        case BulkDeed.REASSIGN:
            return ReassignRequest(leg_id=line.leg_id, person_id=person_id, version=line.version)
        case _:
            return None


def export_legs(work: Work, leg_ids: tuple[int, ...]) -> tuple[QueueRow, ...]:
    """These requests as the reader may see them, in this order; what is not for them is left out."""
    if len(leg_ids) > MOST:
        raise BadInput(msg("Choose at most {count} requests at once. Nothing was changed.", count=MOST))
    seen = _visible(work, leg_ids)
    return rows_of_legs(work, [id_ for id_ in dict.fromkeys(leg_ids) if id_ in seen])


def _visible(work: Work, ids: Iterable[int]) -> dict[int, Leg]:
    return {
        leg.id: leg
        for leg in work.session.scalars(
            select(Leg).where(Leg.id.in_(list(ids)), scope.visible_legs(work.actor))
        )
    }


def _line(work: Work, id_: int, leg: Leg | None, deed: BulkDeed, person_id: int) -> BulkLine:
    line = BulkLine(id_, leg.number if leg is not None else "", leg.version if leg is not None else 0)
    try:
        if work.actor.role not in _RIGHT[deed]:
            raise DeskError(msg("Your role has no right to do this."))
        if leg is None:
            scope.leg_of(work, id_)
        elif deed is BulkDeed.SLIPS:
            papers.require_printable(work, leg)
        else:
            command = command_of(deed, line, person_id)
            if isinstance(command, ClaimRequest | ReleaseClaim | ReassignRequest):
                command.permitted(work)
    except DeskError as error:
        return BulkLine(line.leg_id, line.number, line.version, error.message)
    return line
