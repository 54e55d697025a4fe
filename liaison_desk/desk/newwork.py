"""What newly waits for a reader since an entry of the audit chain, so that a window can say so once.

A representative's work is what is queued for their institution; an officer's what comes back to them in
their own requests; a lead's, besides, what is to be approved and what has lapsed. What the reader has
brought about is no news to them. The answer names kinds and numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from liaison_desk.core.lifecycle import LegKind, LegState
from liaison_desk.core.roles import POLICE_ROLES, Role
from liaison_desk.desk import scope
from liaison_desk.desk.desk import entry_content
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Hold, Leg

MOST_ENTRIES = 500
"""Entries looked through at a time; after a longer sleep only the newest of them are."""
COMES_BACK = (
    *(LegState.PROPOSED, LegState.ROUTING, LegState.CORRECTION, LegState.ANSWERED),
    # An answer on which nothing hangs closes its request in the same step.
    LegState.CLOSED,
)
"""States in which a request comes back to its own officer."""


@dataclass(frozen=True)
class NewLeg:
    """A request that newly waits for the reader."""

    id: int
    number: str
    kind: LegKind
    state: LegState


@dataclass(frozen=True)
class NewWork:
    """What newly waits, and up to which entry was looked."""

    last: int
    legs: tuple[NewLeg, ...] = ()
    lapses: int = 0
    """Holds that have lapsed."""

    @property
    def count(self) -> int:
        return len(self.legs) + self.lapses


def new_work(work: Work, since: int | None) -> NewWork:
    """What others have brought to the reader after entry ``since``; None: from now on, nothing yet."""
    newest = work.session.scalar(select(func.max(Entry.id))) or 0
    if since is None or newest <= since:
        return NewWork(newest)
    texts = work.session.scalars(
        select(Entry.text)
        .where(
            Entry.id > since,
            or_(Entry.person_id.is_(None), Entry.person_id != work.actor.person_id),
            or_(Entry.kinds.contains(",leg,"), Entry.kinds.contains(",hold,")),
        )
        .order_by(Entry.id.desc())
        .limit(MOST_ENTRIES)
    )
    legs: set[int] = set()
    holds: set[int] = set()
    for text in texts:
        for change in entry_content(text)["changes"]:
            if change["table"] == "leg" and _moved(change):
                legs.add(change["id"])
            elif change["table"] == "hold" and change.get("set", {}).get("lapsed", [0, 0])[1]:
                holds.add(change["id"])
    return NewWork(newest, _waiting(work, legs), _lapsed(work, holds))


def _moved(change: dict[str, Any]) -> bool:
    """Whether the request came into its state, or to its institution, by this change."""
    if change.get("set", {}).get("state") == [LegState.ANSWERED.value, LegState.CLOSED.value]:
        return False
    return "new" in change or bool({"state", "institution_code"} & set(change["set"]))


def _waiting(work: Work, ids: set[int]) -> tuple[NewLeg, ...]:
    actor = work.actor
    if actor.role is Role.REPRESENTATIVE:
        mine = (Leg.institution_code == actor.institution) & (Leg.state == LegState.QUEUED)
    elif actor.role in POLICE_ROLES:
        mine = (Leg.officer_id == actor.person_id) & Leg.state.in_(COMES_BACK)
        if actor.role is Role.LEAD:
            mine = mine | (Leg.state == LegState.APPROVAL)
    else:
        return ()
    if not ids:
        return ()
    rows = work.session.scalars(
        select(Leg)
        .where(Leg.id.in_(ids), Leg.drill.is_(False), scope.visible_legs(actor), mine)
        .order_by(Leg.id)
    )
    return tuple(NewLeg(leg.id, leg.number, leg.kind, leg.state) for leg in rows)


def _lapsed(work: Work, ids: set[int]) -> int:
    if not ids or work.actor.role is not Role.LEAD:
        return 0
    return (
        work.session.scalar(
            select(func.count())
            .select_from(Hold)
            .where(
                Hold.id.in_(ids),
                Hold.lapsed > 0,
                Hold.acknowledged_at.is_(None),
                Hold.drill.is_(False),
                scope.visible_holds(work.actor),
            )
        )
        or 0
    )
