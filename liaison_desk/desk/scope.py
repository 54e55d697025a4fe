"""Who sees what: the one place that every list, search, paper, export and command passes.

Rows (which cases and legs exist for a reader) and data (what of them is shown in full) follow
rules.md, "Who sees what". Queries ask here for a condition, commands for a row; masking is done here
when a query builds its Rows, so that nothing above the desk ever holds what its reader may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from liaison_desk.core import masking
from liaison_desk.core.errors import NotAllowed
from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.roles import POLICE, Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.work import Actor, Work, not_found
from liaison_desk.store.chain import SearchWord
from liaison_desk.store.content import Attachment
from liaison_desk.store.models import Account, Case, Hold, Leg, Note, Payment, Victim

NOT_YET_ISSUED = (LegState.DRAFT, LegState.PROPOSED)
"""A leg in these states stands in nobody's queue: its institution is not yet its addressee."""
NOT_YET_OUT = (*NOT_YET_ISSUED, LegState.ROUTING, LegState.APPROVAL)
"""Nothing of such a leg has gone to an institution: no other sees it, and no slip of it is printed."""

# --- rows


def _own_case(actor: Actor, column: Any) -> ColumnElement[bool]:
    """Whether the reader's institution has a request or an account in the case; asked of one case at a time."""
    kept, sent = aliased(Account), aliased(Leg)
    return or_(
        exists().where(kept.case_id == column, kept.institution_code == actor.institution),
        exists().where(
            sent.case_id == column,
            sent.institution_code == actor.institution,
            sent.state.not_in(NOT_YET_ISSUED),
        ),
    )


def visible_cases(actor: Actor, column: Any = Case.id) -> ColumnElement[bool]:
    """The condition under which a case (by the given id column) exists for the reader."""
    if actor.sees_all:
        return true()
    if actor.role is Role.REPRESENTATIVE:
        return _own_case(actor, column)
    return false()


def visible_legs(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a leg exists for the reader."""
    if actor.sees_all:
        return true()
    if actor.role is not Role.REPRESENTATIVE:
        return false()
    return or_(
        and_(Leg.institution_code == actor.institution, Leg.state.not_in(NOT_YET_ISSUED)),
        Leg.proposed_institution == actor.institution,
        and_(
            Leg.state.not_in(NOT_YET_OUT),
            visible_cases(actor, Leg.case_id),
        ),
    )


def visible_holds(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.sees_all else visible_cases(actor, Hold.case_id)


def visible_notes(actor: Actor) -> ColumnElement[bool]:
    """Notes: their author's institution, those addressed with @, and the police."""
    return _written_for(actor, Note)


def visible_attachments(actor: Actor) -> ColumnElement[bool]:
    """Attachments: as notes."""
    return _written_for(actor, Attachment)


def _written_for(actor: Actor, kind: type[Note | Attachment]) -> ColumnElement[bool]:
    if actor.sees_all:
        return true()
    return and_(
        visible_cases(actor, kind.case_id),
        or_(
            kind.institution_code == actor.institution,
            kind.addressed.contains(f",{actor.institution},", autoescape=True),
        ),
    )


def case_of(work: Work, case_id: int) -> Case:
    """The case, or the same NotFound for a missing and for an invisible one."""
    found = work.session.scalar(select(Case).where(Case.id == case_id, visible_cases(work.actor)))
    if found is None:
        raise not_found(msg("This case"))
    return found


def leg_of(work: Work, leg_id: int) -> Leg:
    if leg_id in work.shown_legs:
        return work.find(Leg, leg_id)
    found = work.session.scalar(select(Leg).where(Leg.id == leg_id, visible_legs(work.actor)))
    if found is None:
        raise not_found(msg("This request"))
    return found


def own_leg_of(work: Work, leg_id: int) -> Leg:
    """A visible leg for whose institution the actor speaks; police may act on every leg."""
    leg = leg_of(work, leg_id)
    if not (work.actor.police or (leg.institution_code and work.actor.speaks_for(leg.institution_code))):
        raise NotAllowed(
            msg("{number} belongs to another institution. Nothing was changed.", number=leg.number)
        )
    if leg.state in NOT_YET_ISSUED and not work.actor.police:
        raise not_found(msg("This request"))
    return leg


def hold_of(work: Work, hold_id: int) -> Hold:
    found = work.session.scalar(select(Hold).where(Hold.id == hold_id, visible_holds(work.actor)))
    if found is None:
        raise not_found(msg("This hold"))
    return found


# --- data


def owner_of(institution_code: str | None) -> str:
    """To whom an account and what is said about it belongs; without a seat, to the police."""
    return institution_code or POLICE


def sees_account_sql(actor: Actor) -> ColumnElement[bool]:
    """Whether the reader may see a leg's target in full, as a condition over Account and Leg."""
    if actor.sees_all:
        return true()
    return or_(
        Account.institution_code == actor.institution,
        Account.handed_by == actor.institution,
        and_(Leg.institution_code == actor.institution, Leg.state.not_in(NOT_YET_ISSUED)),
    )


def sees_plain_account_sql(actor: Actor) -> ColumnElement[bool]:
    """The same for an account without a request to its reader, over Account alone."""
    if actor.sees_all:
        return true()
    return or_(Account.institution_code == actor.institution, Account.handed_by == actor.institution)


@dataclass(frozen=True)
class Eyes:
    """One reader's view of personal data. Every Row is built through these methods."""

    actor: Actor
    mask_own: bool = False
    """Own data masked, too, on the wide screen of a shared room."""

    def sees(self, account: Account, leg: Leg | None = None) -> bool:
        """Whether account number and holder are shown in full; ``leg``: the request being read."""
        if self.mask_own:
            return False
        if self.actor.sees_all:
            return True
        mine = self.actor.institution
        addressee = leg is not None and leg.institution_code == mine and leg.state not in NOT_YET_ISSUED
        return mine in (account.institution_code, account.handed_by) or addressee

    def number(self, account: Account, leg: Leg | None = None) -> str:
        if self.sees(account, leg):
            return account.number
        return masking.mask_phone(account.number) if account.phone else masking.mask_account(account.number)

    def holder(self, account: Account, leg: Leg | None = None) -> str | Message:
        """The holder's name in full, or the token that stands for it in this case."""
        if self.sees(account, leg):
            return account.holder
        return token(account)

    def victim(self, victim: Victim) -> str:
        return victim.name if self._facts() else masking.mask_name(victim.name)

    def victim_phone(self, victim: Victim) -> str:
        return victim.phone if self._facts() or not victim.phone else masking.mask_phone(victim.phone)

    def victim_id(self, victim: Victim) -> str:
        return (
            victim.id_number if self._facts() or not victim.id_number else masking.mask_id(victim.id_number)
        )

    def payer(self, payment: Payment) -> tuple[str, str]:
        """Name and account the victim paid from: facts of the victim."""
        if self._facts():
            return payment.from_name, payment.from_number
        return (
            masking.mask_name(payment.from_name) if payment.from_name else "",
            masking.mask_account(payment.from_number) if payment.from_number else "",
        )

    def free_text(self, text: str, owner: str | None) -> str:
        """A remark belongs to who wrote it; others are not shown it, since it may name anybody."""
        return text if self.actor.sees_all or owner == self.actor.institution else ""

    def _facts(self) -> bool:
        return self.actor.sees_all and not self.mask_own


PAPER = Eyes(Actor(None, "", "", Role.SYSTEM, ""))
"""The reader of a masked paper: sees nothing in full, whoever prints it."""


def eyes(work: Work) -> Eyes:
    return Eyes(work.actor, work.settings.mask_own_data and not work.uncovered)


def token(account: Account) -> Message:
    """账户A, 账户B … for a holder whom the reader may not see."""
    return masking.token(account.token)


# --- search

COMMON = 2_000
"""Entries of the index from which on a word is common: it is looked up for the newest legs first."""


def readable_words(actor: Actor) -> ColumnElement[bool]:
    """Search words the reader may match: a field is searched only where it is seen in full."""
    if actor.sees_all:
        return true()
    return SearchWord.owner.in_((actor.institution, "*"))


def word_condition(work: Work, words: list[str]) -> ColumnElement[bool]:
    """All words match the leg, its account or its case, by prefix, in byte order.

    The rarest word names the legs; the others are then looked up for each of them.
    """
    named = min(words, key=lambda word: how_many(work, word), default=None)
    return and_(
        true(), *(_named_by(work.actor, w) if w == named else borne_by_leg(work.actor, w) for w in words)
    )


def how_many(work: Work, word: str) -> int:
    """How many entries of the index begin with the word, as far as the reader may match them; at most COMMON."""
    some = _matching(work.actor, word).limit(COMMON).subquery()
    return work.session.scalar(select(func.count()).select_from(some)) or 0


def _named_by(actor: Actor, word: str) -> ColumnElement[bool]:
    """The legs that an entry of the index names: good for a word that few of them bear."""
    found = _matching(actor, word)
    return or_(
        Leg.id.in_(found.with_only_columns(SearchWord.leg_id).where(SearchWord.leg_id > 0)),
        Leg.account_id.in_(found.with_only_columns(SearchWord.account_id).where(SearchWord.account_id > 0)),
        Leg.case_id.in_(
            found.with_only_columns(SearchWord.case_id).where(
                SearchWord.leg_id == 0, SearchWord.account_id == 0
            )
        ),
    )


def borne_by_leg(actor: Actor, word: str) -> ColumnElement[bool]:
    """The same asked of each leg: good where there are few legs, or nearly every one bears the word."""
    whole_case = and_(SearchWord.leg_id == 0, SearchWord.account_id.in_((0, Leg.account_id)))
    return (
        _matching(actor, word)
        .where(SearchWord.case_id == Leg.case_id, or_(SearchWord.leg_id == Leg.id, whole_case))
        .correlate(Leg)
        .exists()
    )


def case_word_condition(actor: Actor, words: list[str]) -> ColumnElement[bool]:
    """All words match the case or anything in it that the reader may see."""
    return and_(
        true(),
        *(
            Case.id.in_(
                _matching(actor, word)
                .where(or_(SearchWord.leg_id == 0, SearchWord.leg_id.in_(_legs_seen(actor))))
                .with_only_columns(SearchWord.case_id)
            )
            for word in words
        ),
    )


def _legs_seen(actor: Actor) -> Select[Any]:
    return select(Leg.id).where(visible_legs(actor))


def _matching(actor: Actor, word: str) -> Select[Any]:
    return select(SearchWord.id).where(
        SearchWord.word >= word, SearchWord.word < word + "\U0010ffff", readable_words(actor)
    )
