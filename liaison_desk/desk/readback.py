"""Read-back before work (K9): whoever begins in a shift restates the top money at risk, or passes over it on record.

It never holds up a stop. It is asked only in a shift that was handed over, once for each person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.lifecycle import STOPS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.shifts import running_shift
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.duty import Handover, ReadBack
from liaison_desk.store.models import Leg, Shift


@dataclass(frozen=True, kw_only=True)
class GiveReadBack(Command[None]):
    """One's own words on the top money at risk in this shift; ``overridden``: passed over, by one key."""

    title: ClassVar[Message] = msg("Read back before work")
    text: str = ""
    overridden: bool = False

    def carry_out(self, work: Work) -> None:
        shift = owed_in(work)
        if shift is None:
            raise Refused(msg("Nothing has to be read back now. Nothing was saved."))
        text = clean_text(self.text, 1000, field="text")
        if not text and not self.overridden:
            raise BadInput(
                msg("Restate the top money at risk in own words. Nothing was saved."), field="text"
            )
        work.add(
            ReadBack(
                shift_id=shift.id,
                person_id=work.person().id,
                text=text,
                overridden=self.overridden,
                recorded_at=work.now,
            )
        )
        work.touch("shift", shift.id)
        work.tell(msg("Read-back passed over") if self.overridden else msg("Read back"))


def owed_in(work: Work) -> Shift | None:
    """The shift in which this person still owes the read-back; None where nothing is owed."""
    shift = running_shift(work)
    if shift is None or not work.settings.read_back_first or work.actor.person_id is None:
        return None
    handed = work.session.scalar(select(Handover.id).where(Handover.next_shift_id == shift.id).limit(1))
    given = work.session.scalar(
        select(ReadBack.id).where(ReadBack.shift_id == shift.id, ReadBack.person_id == work.actor.person_id)
    )
    return shift if handed is not None and given is None else None


def require_read_back(work: Work, leg: Leg) -> None:
    """Refuses a claim before the read-back; a stop is never held up."""
    if leg.kind in STOPS or owed_in(work) is None:
        return
    raise Refused(
        msg(
            "First restate the top money at risk, or pass over it by one key. {number} was not claimed; "
            "stops can be claimed at once.",
            number=leg.number,
        ),
        field="read_back",
    )


def read_back_owed(work: Work) -> bool:
    """Whether this person is asked to read back before claiming."""
    return owed_in(work) is not None
