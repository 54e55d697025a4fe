"""Call-backs to victims: told when their money is secured, noticed and returned, each attempt recorded (L4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.return_plans import victim_of
from liaison_desk.desk.scope import case_of, eyes
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Person, Victim
from liaison_desk.store.payouts import VictimContact

CHANNEL_WORDS: Mapping[str, Message] = {
    "phone": msg("Phone"),
    "sms": msg("Text message"),
    "visit": msg("Visit"),
    "paper": msg("On paper"),
}
ABOUT_WORDS: Mapping[str, Message] = {
    "secured": msg("Money secured"),
    "notice": msg("Public notice"),
    "returned": msg("Money returned"),
    "other": msg("Something else"),
}


@dataclass(frozen=True, kw_only=True)
class RecordContact(Command[int]):
    """What a victim was told, how, and whether they were reached. ``fen``: the amount named. Gives the id."""

    title: ClassVar[Message] = msg("Record a call-back")
    victim_id: int
    channel: str
    about: str
    reached: bool
    text: str = ""
    fen: int | None = None
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        victim = victim_of(work, self.victim_id)
        for value, words, field in (
            (self.channel, CHANNEL_WORDS, "channel"),
            (self.about, ABOUT_WORDS, "about"),
        ):
            if value not in words:
                raise BadInput(msg("Choose from the list. Nothing was saved."), field=field)
        if self.fen is not None and self.fen <= 0:
            raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="fen")
        row = work.add(
            VictimContact(
                case_id=victim.case_id,
                victim_id=victim.id,
                person_id=work.person().id,
                channel=self.channel,
                about=self.about,
                reached=self.reached,
                text=clean_text(self.text, 2000, field="text"),
                fen=self.fen,
                happened_at=not_ahead(work, self.happened_at, "happened_at"),
                recorded_at=work.now,
            )
        )
        work.tell(
            msg("Victim told: {about}", about=ABOUT_WORDS[self.about])
            if self.reached
            else msg("Victim not reached: {about}", about=ABOUT_WORDS[self.about])
        )
        return row.id


@dataclass(frozen=True)
class ContactRow:
    """One attempt; ``fen``: the amount that was named, if any."""

    id: int
    victim: str
    channel: Message
    about: Message
    reached: bool
    text: str
    fen: int | None
    by: str
    happened_at: datetime
    recorded_at: datetime


def victim_contacts(work: Work, case_id: int) -> tuple[ContactRow, ...]:
    """Every call-back of a case, the newest first."""
    case = case_of(work, case_id)
    look = eyes(work)
    return tuple(
        ContactRow(
            id=row.id,
            victim=look.victim(victim),
            channel=CHANNEL_WORDS[row.channel],
            about=ABOUT_WORDS[row.about],
            reached=row.reached,
            text=row.text,
            fen=row.fen,
            by=who,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
        )
        for row, victim, who in work.session.execute(
            select(VictimContact, Victim, Person.name)
            .join(Victim, Victim.id == VictimContact.victim_id)
            .join(Person, Person.id == VictimContact.person_id)
            .where(VictimContact.case_id == case.id)
            .order_by(VictimContact.happened_at.desc(), VictimContact.id.desc())
        )
    )
