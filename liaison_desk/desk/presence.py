"""Who has a request or case open right now, or is typing an answer to it: no fact, and gone with the seat.

Nothing of it is audited or announced. A seat says it of itself (``Desk.look_at``), others ask now and then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from liaison_desk.core.roles import POLICE
from liaison_desk.desk.doubt import PRESENT
from liaison_desk.desk.scope import case_of, leg_of, visible_cases, visible_legs
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Seat
from liaison_desk.store.models import Case, Leg, Person
from liaison_desk.store.views import Presence

LEG, CASE = "leg", "case"
MOST = 100


@dataclass(frozen=True)
class Present:
    """Somebody else at a request (``kind`` leg) or case; ``who`` is empty where only the institution is told."""

    kind: str
    subject_id: int
    who: str
    institution: str
    typing: bool


def keep_look(work: Work, kind: str, subject_id: int, typing: bool) -> None:
    """This seat has that open. Raises NotFound for what its person may not see."""
    if kind == LEG:
        leg_of(work, subject_id)
    else:
        case_of(work, subject_id)
    row = work.session.scalar(select(Presence).where(Presence.seat_id == work.seat.id))
    if row is None:
        row = Presence(seat_id=work.seat.id)
        work.session.add(row)
    row.person_id, row.kind, row.subject_id = work.person().id, kind, subject_id
    row.typing, row.beat_at = typing, work.now
    work.session.flush()


def drop_look(session: Session, seat_id: str) -> None:
    """This seat has nothing open any more."""
    for row in session.scalars(select(Presence).where(Presence.seat_id == seat_id)):
        session.delete(row)


def who_is_at(work: Work) -> tuple[Present, ...]:
    """Others at what the reader may see, who are still there, by name or institution (walls as for people).

    The police and the own institution are named; of other institutions it is only told that they are there.
    """
    actor = work.actor
    rows = work.session.execute(
        select(Presence, Person.name, Person.institution_code)
        .join(Person, Person.id == Presence.person_id)
        .outerjoin(Seat, Seat.id == Presence.seat_id)
        .outerjoin(Leg, and_(Presence.kind == LEG, Leg.id == Presence.subject_id))
        .outerjoin(Case, and_(Presence.kind == CASE, Case.id == Presence.subject_id))
        .where(
            Presence.beat_at > work.now - PRESENT,
            Presence.person_id != actor.person_id,
            Person.active.is_(True),
            Seat.ended_at.is_(None),
            or_(
                and_(Leg.id.is_not(None), visible_legs(actor)),
                and_(Case.id.is_not(None), visible_cases(actor)),
            ),
        )
        .order_by(Presence.typing.desc(), Person.name)
        .limit(MOST)
    ).all()
    found: dict[Present, None] = {}
    for row, name, institution in rows:
        named = actor.sees_all or institution in (POLICE, actor.institution)
        found[Present(row.kind, row.subject_id, name if named else "", institution, row.typing)] = None
    return tuple(found)
