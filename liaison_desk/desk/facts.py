"""What stands beside a request and a case alike: hops, holds, notes, the timeline, the money at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from liaison_desk.core.lifecycle import HopKind, LegState
from liaison_desk.core.roles import RIGHTS
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.desk import entry_content, message_from
from liaison_desk.desk.notes import Taken, called, taken_of
from liaison_desk.desk.scope import Eyes
from liaison_desk.desk.work import Work, command_title
from liaison_desk.store.chain import Entry, Touch
from liaison_desk.store.models import (
    Account,
    Hold,
    Hop,
    Leg,
    Note,
    Person,
)

TIMELINE = 200
"""Steps shown at most; the newest."""


@dataclass(frozen=True)
class Step:
    """One event of a timeline; ``doubted``: recorded while that computer's clock was in doubt."""

    at: datetime
    who: str
    institution: str
    text: Message
    doubted: bool = False


@dataclass(frozen=True)
class NoteRow:
    id: int
    at: datetime
    who: str
    institution: str
    addressed: tuple[str, ...]
    text: str
    taken: tuple[Taken, ...] = ()
    """Who has taken note of it, of each institution that was called."""
    to_take: bool = False
    """Whether the reader's institution is called and has not taken note yet."""


@dataclass(frozen=True)
class HopRow:
    """Money that went on from the request's account; an exit has no target."""

    id: int
    kind: HopKind
    amount: int
    happened_at: datetime
    target: str
    holder: str | Message
    institution: str
    bank_name: str
    leg: str
    """Number of the request that asks for it at the next level."""
    leg_state: LegState | None
    serial: str


@dataclass(frozen=True)
class HoldRow:
    id: int
    number: str
    institution: str
    target: str
    holder: str | Message
    captured: int
    stopped: int
    frozen: int
    returned: int
    released: int
    lapsed: int
    starts_at: datetime
    ends_at: datetime
    rule: str
    stops: int
    acknowledged_by: str
    acknowledged_at: datetime | None


def name_of(work: Work, person_id: int | None) -> str:
    person = work.session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else ""


def hops_of(work: Work, eyes: Eyes, condition: Any) -> tuple[HopRow, ...]:
    """Hops with their targets, in the order of their times; every hop of a visible case is shown."""
    rows = work.session.execute(
        select(Hop, Account)
        .outerjoin(Account, Account.id == Hop.to_account_id)
        .where(condition, Hop.voided_at.is_(None))
        .order_by(Hop.happened_at, Hop.id)
    ).all()
    targets = [account.id for _, account in rows if account is not None]
    next_legs: dict[int, Leg] = {}
    if targets:
        for leg in work.session.scalars(
            select(Leg).where(Leg.account_id.in_(targets), scope.visible_legs(work.actor)).order_by(Leg.id)
        ):
            next_legs.setdefault(leg.account_id, leg)
    made = []
    for hop, account in rows:
        next_leg = next_legs.get(account.id) if account is not None else None
        made.append(
            HopRow(
                id=hop.id,
                kind=hop.kind,
                amount=hop.fen,
                happened_at=hop.happened_at,
                target=eyes.number(account, next_leg) if account is not None else "",
                holder=eyes.holder(account, next_leg) if account is not None else "",
                institution=(account.institution_code or "") if account is not None else "",
                bank_name=account.bank_name if account is not None else "",
                leg=next_leg.number if next_leg is not None else "",
                leg_state=next_leg.state if next_leg is not None else None,
                serial=hop.serial
                if hop.handed_by in (None, work.actor.institution) or work.actor.sees_all
                else "",
            )
        )
    return tuple(made)


def holds_of(work: Work, eyes: Eyes, holds: Iterable[Hold]) -> list[HoldRow]:
    """Holds with their account and the number of the leg that opened them."""
    made = []
    for hold in holds:
        account = work.find(Account, hold.account_id)
        number = work.session.scalar(
            select(Leg.number).where(Leg.hold_id == hold.id).order_by(Leg.id).limit(1)
        )
        made.append(
            HoldRow(
                id=hold.id,
                number=number or "",
                institution=hold.institution_code or "",
                target=eyes.number(account),
                holder=eyes.holder(account),
                captured=hold.captured,
                stopped=hold.stopped,
                frozen=hold.frozen,
                returned=hold.returned,
                released=hold.released,
                lapsed=hold.lapsed,
                starts_at=hold.starts_at,
                ends_at=hold.ends_at,
                rule=hold.rule,
                stops=hold.stops,
                acknowledged_by=name_of(work, hold.acknowledged_by),
                acknowledged_at=hold.acknowledged_at,
            )
        )
    return made


def notes_of(work: Work, condition: Any) -> tuple[NoteRow, ...]:
    rows = work.session.execute(
        select(Note, Person.name)
        .join(Person, Person.id == Note.author_id)
        .where(condition, scope.visible_notes(work.actor))
        .order_by(Note.id.desc())
        .limit(TIMELINE)
    ).all()
    taken = taken_of(work, [note.id for note, _ in rows])
    asked = work.actor.institution if work.actor.role in RIGHTS["TakeNote"] else ""
    return tuple(
        NoteRow(
            note.id,
            note.recorded_at,
            name,
            note.institution_code,
            tuple(code for code in note.addressed.split(",") if code),
            note.text,
            taken.get(note.id, ()),
            asked in called(note) and asked not in {one.institution for one in taken.get(note.id, ())},
        )
        for note, name in rows
    )


def timeline_of(work: Work, kind: str, id_: int, *, full: bool) -> tuple[Step, ...]:
    """Events about a case, leg or hold, oldest first.

    What was written in words by another institution is not shown where the target is not seen in full:
    it may name anybody.
    """
    rows = work.session.execute(
        select(Entry, Person.name, Person.institution_code)
        .join(Touch, Touch.entry_id == Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Touch.kind == kind, Touch.subject_id == id_)
        .order_by(Entry.id.desc())
        .limit(TIMELINE)
    ).all()
    steps = []
    for entry, name, institution in reversed(rows):
        said = message_from(entry_content(entry.text)["said"])
        open_words = full or institution == work.actor.institution
        text = said if said is not None and open_words else command_title(entry.command)
        steps.append(Step(entry.at, name or "", institution or "", text, entry.doubted))
    return tuple(steps)
