"""Flags on requests: a colour with its sign and word, and who set it; seen as notes are (rules.md, "Rows")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ColumnElement, select, true

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.scope import leg_of
from liaison_desk.desk.work import Actor, Command, Work
from liaison_desk.store.models import Person
from liaison_desk.store.views import LegFlag


class Flag(StrEnum):
    IMPORTANT = "important"
    WAITING = "waiting"
    CHECKED = "checked"
    DOUBT = "doubt"


FLAG_WORDS: dict[Flag, Message] = {
    Flag.IMPORTANT: msg("Important"),
    Flag.WAITING: msg("Waiting for somebody"),
    Flag.CHECKED: msg("Checked"),
    Flag.DOUBT: msg("In doubt"),
}
LONGEST_TEXT = 200


def visible_flags(actor: Actor) -> ColumnElement[bool]:
    """Flags: their author's institution and those who see everything."""
    return true() if actor.sees_all else LegFlag.institution_code == actor.institution


@dataclass(frozen=True, kw_only=True)
class SetFlag(Command[int]):
    """Flag a request for one's own institution; an earlier flag of the institution goes. Gives the flag's id."""

    title: ClassVar[Message] = msg("Flag a request")
    leg_id: int
    colour: str
    text: str = ""

    def carry_out(self, work: Work) -> int:
        leg = leg_of(work, self.leg_id)
        if self.colour not in set(Flag):
            raise BadInput(msg("There is no such flag. Nothing was changed."), field="colour")
        text = clean_text(self.text, LONGEST_TEXT, field="text")
        _clear(work, leg.id)
        flag = work.add(
            LegFlag(
                leg_id=leg.id,
                person_id=work.person().id,
                institution_code=work.actor.institution,
                colour=self.colour,
                text=text,
                recorded_at=work.now,
            )
        )
        return flag.id


@dataclass(frozen=True, kw_only=True)
class ClearFlag(Command[None]):
    """Take the flag of one's own institution off a request."""

    title: ClassVar[Message] = msg("Take the flag off")
    quiet: ClassVar[bool] = True
    leg_id: int

    def carry_out(self, work: Work) -> None:
        _clear(work, leg_of(work, self.leg_id).id)


def _clear(work: Work, leg_id: int) -> None:
    standing = work.session.scalars(
        select(LegFlag).where(
            LegFlag.leg_id == leg_id,
            LegFlag.institution_code == work.actor.institution,
            LegFlag.cleared_at.is_(None),
        )
    ).all()
    for flag in standing:
        flag.cleared_at, flag.cleared_by = work.now, work.person().id


@dataclass(frozen=True)
class FlagMark:
    """The flag that a row shows; ``own``: of the reader's institution."""

    flag: Flag
    text: str
    author: str
    institution: str
    at: datetime
    own: bool


def flags_of(work: Work, leg_ids: Sequence[int]) -> dict[int, FlagMark]:
    """The flag each request shows its reader: that of the own institution before those of others."""
    if not leg_ids:
        return {}
    found: dict[int, FlagMark] = {}
    rows = work.session.execute(
        select(LegFlag, Person.name)
        .join(Person, Person.id == LegFlag.person_id)
        .where(LegFlag.leg_id.in_(leg_ids), LegFlag.cleared_at.is_(None), visible_flags(work.actor))
        .order_by(LegFlag.id)
    )
    for row, author in rows:
        own = row.institution_code == work.actor.institution
        before = found.get(row.leg_id)
        if before is None or own or not before.own:
            found[row.leg_id] = FlagMark(
                Flag(row.colour), row.text, author, row.institution_code, row.recorded_at, own
            )
    return found
