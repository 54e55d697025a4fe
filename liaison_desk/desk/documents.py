"""Documents that may follow a request (后补): entering one ends the debt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.lifecycle import OPEN, LegState
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.closing import close_settled
from liaison_desk.desk.issuing import require_state
from liaison_desk.desk.scope import leg_of
from liaison_desk.desk.work import Command, Work

MAY_BRING = (LegState.DRAFT, *sorted(OPEN), LegState.ANSWERED, LegState.CLOSED)
"""States of a request for which a document may still come."""


@dataclass(frozen=True, kw_only=True)
class AddDocument(Command[None]):
    """Kind and number of the document of a request that is out or answered; nothing is owed any more."""

    title: ClassVar[Message] = msg("Enter a document")
    leg_id: int
    kind: str
    number: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        leg = leg_of(work, self.leg_id)
        work.seen(leg, self.version)
        require_state(leg, *MAY_BRING)
        number = clean_text(self.number, 64, field="document_number")
        if not number:
            raise BadInput(msg("Give the document's number. Nothing was saved."), field="document_number")
        leg.document_kind = clean_text(self.kind, 64, field="document_kind")
        leg.document_number = number
        leg.document_due_at = None
        work.session.flush()
        close_settled(work, leg.account_id)
        work.tell(msg("Document entered"))
