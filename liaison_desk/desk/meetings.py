"""Accounts that meet, for the reader of a case (C5): shared between cases, common counterparties, circles, emptied.

The lists cover the case and those visible cases that share an account with it. An account counts as the same in
two cases only where the reader may read its number in full: a shared mark would tell what masking hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from liaison_desk.core import meeting
from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.tracing import Channel, Movement
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.flows import movements_between
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Leg

LINKED = 50
"""Other cases whose movements are looked at beside those of the case: the newest that share an account."""
EVIDENCE = 30
"""Lines shown of one finding."""


@dataclass(frozen=True)
class MetAccount:
    """An account of a finding, masked for the reader."""

    case_id: int
    case_number: str
    account_id: int
    number: str
    holder: str | Message
    institution: str
    bank_name: str
    level: int


@dataclass(frozen=True)
class EvidenceLine:
    """One movement that shows a finding; an exit has a channel and no target, a payment no source."""

    at: datetime
    source: str
    target: str
    fen: int
    channel: Channel | None


@dataclass(frozen=True)
class MeetingRow:
    """A finding: its accounts, amount, span, and the movements that show it."""

    id: int
    accounts: tuple[MetAccount, ...]
    fen: int
    first: datetime | None
    last: datetime | None
    evidence: tuple[EvidenceLine, ...]
    lines: int
    """Movements in all; the evidence shows the first of them."""
    leg_id: int | None = None


@dataclass(frozen=True)
class Meetings:
    """What the accounts of a case, and of those cases that share one, have to do with each other."""

    case_id: int
    linked: int
    """Other cases looked at."""
    minutes: int
    shared: tuple[MeetingRow, ...]
    counterparties: tuple[MeetingRow, ...]
    circles: tuple[MeetingRow, ...]
    emptied: tuple[MeetingRow, ...]


def meetings(work: Work, case_id: int) -> Meetings:
    """The accounts that meet; NotFound if the case is not for the reader."""
    case = scope.case_of(work, case_id)
    linked = _linked(work, case)
    seen = _Seen(work, case.id, [case.id, *linked])
    movements = [each.movement for each in movements_between(work, seen.cases, seen.key)]
    minutes = work.settings.emptied_minutes
    return Meetings(
        case_id=case.id,
        linked=len(linked),
        minutes=minutes,
        shared=seen.shared(movements),
        counterparties=seen.rows(meeting.counterparties(movements)),
        circles=seen.rows(meeting.circles(movements)),
        emptied=seen.rows(meeting.emptied(movements, timedelta(minutes=minutes))),
    )


class _Seen:
    """The accounts of some cases as one reader sees them, by the key under which movements name them."""

    def __init__(self, work: Work, case_id: int, cases: list[int]) -> None:
        self.case_id, self.cases = case_id, cases
        self._eyes = scope.eyes(work)
        session = work.session
        self._accounts = {
            account.id: account
            for account in session.scalars(select(Account).where(Account.case_id.in_(cases)))
        }
        self._numbers = {
            row.id: row.number
            for row in session.execute(select(Case.id, Case.number).where(Case.id.in_(cases)))
        }
        self._legs: dict[int, Leg] = {}
        for leg in session.scalars(
            select(Leg).where(Leg.case_id.in_(cases), scope.visible_legs(work.actor)).order_by(Leg.id)
        ):
            self._legs[leg.account_id] = leg
        self._stands: dict[str, list[Account]] = {}
        # Of several rows of one number the case's own comes first and stands for it.
        for account in sorted(
            self._accounts.values(), key=lambda each: (each.case_id != case_id, -each.case_id, each.id)
        ):
            self._stands.setdefault(self.key(account.id), []).append(account)
        self._shown = {name: self._met(there[0]) for name, there in self._stands.items()}

    def key(self, account_id: int) -> str:
        account = self._accounts[account_id]
        if self._eyes.sees(account, self._legs.get(account_id)):
            return account.number
        return f"{account.case_id}/{account.id}"

    def rows(self, found: Iterable[meeting.Meeting]) -> tuple[MeetingRow, ...]:
        """The findings in which an account of the case itself has a part."""
        return tuple(
            self._row(
                at, each.accounts[0], [self._shown[name] for name in each.accounts], each.fen, each.evidence
            )
            for at, each in enumerate(found)
            if any(
                account.case_id == self.case_id for name in each.accounts for account in self._stands[name]
            )
        )

    def shared(self, movements: Iterable[Movement]) -> tuple[MeetingRow, ...]:
        """Accounts of the case that stand in another one, too; the amount is all that came in there."""
        into: dict[str, list[Movement]] = {}
        for movement in sorted(movements, key=lambda each: (each.at, each.source, each.line)):
            if movement.to:
                into.setdefault(movement.to, []).append(movement)
        found = [
            self._row(
                at,
                name,
                [self._met(account) for account in there],
                sum(movement.fen for movement in into.get(name, ())),
                into.get(name, ()),
            )
            for at, (name, there) in enumerate(self._stands.items())
            if there[0].case_id == self.case_id and len({account.case_id for account in there}) > 1
        ]
        return tuple(sorted(found, key=lambda each: (-len(each.accounts), -each.fen, each.id)))

    def _met(self, account: Account) -> MetAccount:
        leg = self._legs.get(account.id)
        return MetAccount(
            account.case_id,
            self._numbers[account.case_id],
            account.id,
            self._eyes.number(account, leg),
            self._eyes.holder(account, leg),
            account.institution_code or "",
            account.bank_name,
            account.level,
        )

    def _row(
        self, at: int, name: str, accounts: Sequence[MetAccount], fen: int, evidence: Sequence[Movement]
    ) -> MeetingRow:
        times = [movement.at for movement in evidence]
        leg = self._legs.get(self._stands[name][0].id)
        return MeetingRow(
            at,
            tuple(accounts),
            fen,
            min(times, default=None),
            max(times, default=None),
            tuple(map(self._line, evidence[:EVIDENCE])),
            len(evidence),
            leg.id if leg is not None and leg.state is not LegState.VOIDED else None,
        )

    def _line(self, movement: Movement) -> EvidenceLine:
        return EvidenceLine(
            movement.at,
            self._shown[movement.from_].number if movement.from_ else "",
            self._shown[movement.to].number if movement.to else "",
            movement.fen,
            movement.channel,
        )


def _linked(work: Work, case: Case) -> list[int]:
    """Other cases that the reader may see and that share an account readable in full, the newest first."""
    mine = [
        account.number
        for account in work.session.scalars(select(Account).where(Account.case_id == case.id))
        if scope.eyes(work).sees(account)
    ]
    if not mine:
        return []
    return list(
        work.session.scalars(
            select(Account.case_id)
            .join(Case, Case.id == Account.case_id)
            .where(
                Account.number.in_(mine),
                Account.case_id != case.id,
                Case.drill.is_(case.drill),
                scope.visible_cases(work.actor, Account.case_id),
            )
            .group_by(Account.case_id)
            .order_by(Account.case_id.desc())
            .limit(LINKED)
        )
    )
