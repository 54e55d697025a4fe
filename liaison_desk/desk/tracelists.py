"""What a tracing shows: every account by the four rules side by side, the verdict, what nobody can explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from liaison_desk.core.tracing import OTHER, Comparison, Movement, Range, Rule, compare
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.accounts import adopted_run
from liaison_desk.desk.traces import Evidence, evidence_of
from liaison_desk.desk.work import Work, not_found
from liaison_desk.store.models import Account, Case, Hold, Person, Victim
from liaison_desk.store.statements import TraceRun


@dataclass(frozen=True)
class NamedEvidence:
    """The movements of a case with its victims' names as owners, for the command line and for pictures."""

    movements: tuple[Movement, ...]
    names: Mapping[str, str]
    """The owner's name by the victim's id as text; two of one name are told apart by their case."""


@dataclass(frozen=True)
class TracedAccount:
    """One account that is not empty. ``splits``: fen by owner under each rule, in order of first arrival."""

    account_id: int | None
    case_id: int | None
    number: str
    holder: str | Message
    institution: str
    level: int | None
    balance: int
    splits: Mapping[Rule, Mapping[str, int]]
    ranges: Mapping[str, Range]
    """Least and most by owner over the rules: where to look next."""
    direct: bool
    """All four rules give the same split."""
    held: int
    """What holds keep there now."""


@dataclass(frozen=True)
class AdoptedRun:
    rule: Rule
    by: str
    at: datetime
    reason: str
    stale: bool
    """Movements have become known since."""


@dataclass(frozen=True)
class TraceView:
    """All amounts in fen. ``came_in`` = ``left`` + ``went_out`` under every rule (conservation)."""

    case_number: str
    cases: int
    movements: int
    accounts: tuple[TracedAccount, ...]
    unexplained: tuple[tuple[str, int], ...]
    """Account number and what left it without having been known to be there."""
    came_in: int
    left: int
    went_out: int
    adopted: AdoptedRun | None
    default_rule: Rule


def case_by_number(work: Work, number: str) -> int:
    """The id of the case with this number, if it exists for the reader."""
    found = work.session.scalar(
        select(Case.id).where(Case.number == number.strip(), scope.visible_cases(work.actor))
    )
    if found is None:
        raise not_found(msg("This case"))
    return found


def named_evidence(work: Work, case_number: str) -> NamedEvidence:
    """Everything that may carry money of the case's victims, by name; for readers who see every case."""
    found = evidence_of(work, case_by_number(work, case_number))
    names = owner_names(work, found)
    return NamedEvidence(
        tuple(replace(each, owner=names[each.owner]) if each.owner else each for each in found.movements),
        names,
    )


def owner_names(work: Work, found: Evidence) -> dict[str, str]:
    """Each victim's name as the reader may see it; where a name comes twice, with the case's number."""
    look = scope.eyes(work)
    rows = work.session.execute(
        select(Victim, Case.number)
        .join(Case, Case.id == Victim.case_id)
        .where(Victim.case_id.in_(found.cases))
        .order_by(Case.happened_at, Victim.id)
    ).all()
    shown = {str(victim.id): (look.victim(victim), number) for victim, number in rows}
    twice = {name for name, _ in shown.values() if sum(name == other for other, _ in shown.values()) > 1}
    made: dict[str, str] = {}
    for id_, (name, number) in shown.items():
        label = f"{name} {number}" if name in twice or name == OTHER else name
        made[id_] = label if label not in made.values() else f"{label} #{id_}"
    return made


def trace_of_case(work: Work, case_id: int) -> TraceView:
    """The four rules side by side over everything known of the case's money (C4)."""
    case = scope.case_of(work, case_id)
    found = evidence_of(work, case.id)
    compared = compare(found.movements)
    names = owner_names(work, found) | {OTHER: OTHER}
    first = next(iter(compared.traced.values()))
    unexplained = {
        account: max(run.unexplained.get(account, 0) for run in compared.traced.values())
        for run in compared.traced.values()
        for account in run.unexplained
    }
    went_out = sum(each.amount for each in first.exits)
    left = sum(each.balance for each in first.accounts.values())
    return TraceView(
        case_number=case.number,
        cases=len(found.cases),
        movements=len(found.movements),
        accounts=_accounts(work, case.id, found, compared, names),
        unexplained=tuple(sorted(unexplained.items())),
        came_in=left + went_out,
        left=left,
        went_out=went_out,
        adopted=_adopted(work, case.id, found),
        default_rule=Rule(work.settings.tracing_rule),
    )


def _accounts(
    work: Work, case_id: int, found: Evidence, compared: Comparison, names: Mapping[str, str]
) -> tuple[TracedAccount, ...]:
    look = scope.eyes(work)
    known: dict[str, Account] = {}
    for account in work.session.scalars(
        # This case's own row of a number last, so that it is the one that stays.
        select(Account)
        .where(Account.case_id.in_(found.cases), Account.phone.is_(False))
        .order_by(Account.case_id == case_id, Account.id.desc())
    ):
        known[account.number] = account
    held: dict[str, int] = {}
    for number, fen in work.session.execute(
        select(Account.number, func.sum(Hold.stopped + Hold.frozen))
        .join(Account, Account.id == Hold.account_id)
        .where(Hold.case_id.in_(found.cases))
        .group_by(Account.number)
    ):
        held[number] = int(fen)
    made = []
    for number, direct in compared.directly_traceable.items():
        row = known.get(number)
        made.append(
            TracedAccount(
                account_id=row.id if row is not None else None,
                case_id=row.case_id if row is not None else None,
                number=look.number(row) if row is not None else number,
                holder=look.holder(row) if row is not None else "",
                institution=(row.institution_code or "") if row is not None else "",
                level=row.level if row is not None else None,
                balance=next(iter(compared.traced.values())).accounts[number].balance,
                splits={
                    rule: {names[owner]: fen for owner, fen in run.accounts[number].owners.items()}
                    for rule, run in compared.traced.items()
                },
                ranges={names[owner]: span for owner, span in compared.ranges(number).items()},
                direct=direct,
                held=held.get(number, 0),
            )
        )
    return tuple(sorted(made, key=lambda each: (each.level is None, each.level or 0, each.number)))


def _adopted(work: Work, case_id: int, found: Evidence) -> AdoptedRun | None:
    run = adopted_run(work, case_id)
    if run is None:
        return None
    digest = work.session.scalar(
        select(TraceRun.content).where(TraceRun.entry_id == run.entry_id, TraceRun.content != "")
    )
    who = work.session.scalar(select(Person.name).where(Person.id == run.person_id))
    return AdoptedRun(
        Rule(run.rule), who or "", run.recorded_at, run.reason, found.digest not in (digest or "")
    )
