"""The fund-flow of a case as its reader may see it (C3, C4).

Movements are those that payments and answers tell of. Who reads what of an account is the business of
``scope``: foreign holders are the case's tokens, foreign numbers are masked, on screen and in what is exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from liaison_desk.core.flow import Flow, FlowAccount, FlowVictim, Seen, account_key, victim_key
from liaison_desk.core.lifecycle import CATCHING
from liaison_desk.core.masking import mask_account
from liaison_desk.core.tracing import Rule, compare
from liaison_desk.desk import scope
from liaison_desk.desk.accounts import suggested
from liaison_desk.desk.movements import told
from liaison_desk.desk.scope import Eyes
from liaison_desk.desk.traces import evidence_of
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, Institution, Leg, Payment, Victim


def case_flow(work: Work, case_id: int) -> Flow:
    """Everything that the picture of a case may show its reader; NotFound if the case is not for them."""
    return _flow(work, scope.case_of(work, case_id), scope.eyes(work))


def flow_paper(work: Work, case_id: int) -> Flow:
    """The same for what leaves the room as a file or on paper: masked, whoever hands it out."""
    return _flow(work, scope.case_of(work, case_id), scope.PAPER)


def movements_of(work: Work, case_id: int) -> list[Seen]:
    """The movements of a case between the keys of its victims and accounts, from payments and answers."""
    return movements_between(work, [case_id], account_key)


def _flow(work: Work, case: Case, eyes: Eyes) -> Flow:
    session = work.session
    accounts = session.scalars(
        select(Account).where(Account.case_id == case.id).order_by(Account.level, Account.id)
    ).all()
    victims = session.scalars(select(Victim).where(Victim.case_id == case.id).order_by(Victim.id)).all()
    paid: dict[int, int] = {
        victim_id: int(fen)
        for victim_id, fen in session.execute(
            select(Payment.victim_id, func.sum(Payment.fen))
            .where(Payment.case_id == case.id, Payment.voided_at.is_(None))
            .group_by(Payment.victim_id)
        )
    }
    movements, beyond = _evidence(work, case, accounts, eyes)
    found = compare([each.movement for each in movements])
    return Flow(
        case_id=case.id,
        case_number=case.number,
        as_of=work.now,
        office=work.settings.office_name,
        zone_name=work.settings.zone_name,
        victims=tuple(
            FlowVictim(victim_key(victim.id), eyes.victim(victim), paid.get(victim.id, 0))
            for victim in victims
        ),
        accounts=(*_accounts(work, case, accounts, eyes), *beyond),
        movements=tuple(movements),
        names={
            code: (name_zh, name_en)
            for code, name_zh, name_en in session.execute(
                select(Institution.code, Institution.name_zh, Institution.name_en)
            )
        },
        left={
            rule: {key: left.owners for key, left in traced.accounts.items() if left.parcels}
            for rule, traced in found.traced.items()
        },
        direct=found.directly_traceable,
        unexplained=dict(found.traced[Rule.FIFO].unexplained),
        default_rule=Rule(work.settings.tracing_rule),
        authorised=case.authorised_by is not None,
    )


def _evidence(
    work: Work, case: Case, accounts: Sequence[Account], eyes: Eyes
) -> tuple[list[Seen], list[FlowAccount]]:
    """The movements to be traced, and the accounts just beyond those of the case that its money went to.

    Who sees every case gets the evidence of all cases that meet on an account, so that the splits are those of
    the tracing; anybody else the movements of this case alone.
    """
    if not work.actor.sees_all:
        return movements_of(work, case.id), []
    keys = {account.number: account_key(account.id) for account in accounts}
    levels = {account.number: account.level for account in accounts}
    beyond: dict[str, FlowAccount] = {}

    def key(number: str) -> str:
        return keys.setdefault(number, f"o{len(keys)}") if number else ""

    made: list[Seen] = []
    for movement in evidence_of(work, case.id).movements:
        renamed = replace(
            movement,
            from_=key(movement.from_),
            to=key(movement.to),
            owner=victim_key(int(movement.owner)) if movement.owner else "",
        )
        made.append(Seen(renamed))
        if movement.from_ in levels and movement.to and movement.to not in levels:
            code, bank = suggested(movement.to, phone=False)
            beyond.setdefault(
                movement.to,
                FlowAccount(
                    key=renamed.to,
                    account_id=0,
                    level=levels[movement.from_] + 1,
                    number=movement.to if eyes.actor.sees_all else mask_account(movement.to),
                    holder="",
                    institution=code or "",
                    bank_name=bank,
                ),
            )
    return made, list(beyond.values())


def movements_between(work: Work, cases: Sequence[int], key: Callable[[int], str]) -> list[Seen]:
    """Payments and hops of these cases; ``key`` names an account by its id."""
    return [Seen(movement) for _, movement in told(work, cases, key, victim_key)]


def _accounts(work: Work, case: Case, accounts: Sequence[Account], eyes: Eyes) -> tuple[FlowAccount, ...]:
    session = work.session
    legs: dict[int, Leg] = {}
    for leg in session.scalars(
        select(Leg)
        .where(Leg.case_id == case.id, Leg.kind.in_(CATCHING), scope.visible_legs(work.actor))
        .order_by(Leg.id)
    ):
        legs[leg.account_id] = leg
    held: dict[int, list[Any]] = {}
    for row in session.execute(
        select(Hold.account_id, Hold.stopped, Hold.frozen, Hold.ends_at).where(
            Hold.case_id == case.id, Hold.ends_at > work.now
        )
    ):
        held.setdefault(row.account_id, []).append(row)
    meets = _cases_of(work, case, accounts)
    made = []
    for account in accounts:
        asked, holds = legs.get(account.id), held.get(account.id, [])
        running = [row.ends_at for row in holds if row.stopped + row.frozen]
        made.append(
            FlowAccount(
                key=account_key(account.id),
                account_id=account.id,
                level=account.level,
                number=eyes.number(account, asked),
                holder=eyes.holder(account, asked),
                institution=account.institution_code or "",
                bank_name=account.bank_name,
                stopped=sum(row.stopped for row in holds),
                frozen=sum(row.frozen for row in holds),
                holds_until=min(running, default=None),
                traceable=asked.traceable if asked is not None else 0,
                leg_id=asked.id if asked is not None else None,
                leg_number=asked.number if asked is not None else "",
                leg_state=asked.state if asked is not None else None,
                # That a number stands in another case says something of the number itself.
                cases=len(meets.get(account.number, ())) or 1 if scope.eyes(work).sees(account, asked) else 1,
            )
        )
    return tuple(made)


def _cases_of(work: Work, case: Case, accounts: Iterable[Account]) -> dict[str, set[int]]:
    """By number, the cases that the reader may see in which it stands; drills among themselves."""
    mine = select(Account.number).where(Account.case_id == case.id)
    found: dict[str, set[int]] = {}
    for number, case_id in work.session.execute(
        select(Account.number, Account.case_id)
        .join(Case, Case.id == Account.case_id)
        .where(
            Account.number.in_(mine),
            Case.drill.is_(case.drill),
            scope.visible_cases(work.actor, Account.case_id),
        )
    ):
        found.setdefault(number, set()).add(case_id)
    return found
