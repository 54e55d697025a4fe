"""The movements behind a case, and the tracing that an officer adopts from them (money.md §4).

Movements are the victims' payments and what answers named, each transfer once though two cases tell of it.
Accounts join cases: a tracing covers every case whose money can have met.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.tracing import (
    OTHER,
    Channel,
    Kind,
    Movement,
    Rule,
    Traced,
    in_order,
    trace,
)
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, attributions, scope
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.movements import HOP, PAYMENT, told
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.audit import canonical
from liaison_desk.store.models import Account, Attribution, Case, Hold, Victim
from liaison_desk.store.statements import TraceRun

MOST_CASES = 300
"""More cases than this never meet on accounts of people; a payment institution's collecting account does that."""


@dataclass(frozen=True)
class Evidence:
    """What a tracing rests on. Accounts are named by number, owners by the victim's id as text."""

    cases: tuple[int, ...]
    movements: tuple[Movement, ...]
    reported: tuple[str, ...]
    """The victims in the order of their reports."""

    @property
    def digest(self) -> str:
        """One word for exactly these movements: whether a tracing is still that of today's evidence."""
        made = hashlib.sha256()
        for each in self.movements:
            made.update(
                f"{each.at.isoformat()}|{each.kind}|{each.from_}|{each.to}|{each.fen}|{each.owner}\n".encode()
            )
        return made.hexdigest()


def connected_cases(work: Work, case_id: int) -> tuple[int, ...]:
    """The cases whose money can have met that of this one: joined by accounts of the same number, in turn."""
    drill = work.find(Case, case_id).drill
    found, fresh = {case_id}, {case_id}
    numbers: set[str] = set()
    while fresh and len(found) <= MOST_CASES:
        new = set(
            work.session.scalars(
                select(Account.number).where(Account.case_id.in_(fresh), Account.phone.is_(False)).distinct()
            )
        )
        new -= numbers
        numbers |= new
        fresh = set()
        for part in _parts(sorted(new)):
            fresh |= set(
                work.session.scalars(
                    select(Account.case_id)
                    .join(Case, Case.id == Account.case_id)
                    .where(Account.number.in_(part), Case.drill.is_(drill))
                    .distinct()
                )
            )
        fresh -= found
        found |= fresh
    return tuple(sorted(found))


def _parts(items: list[Any], size: int = 500) -> Iterable[list[Any]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def evidence_of(work: Work, case_id: int) -> Evidence:
    """All movements that may carry money of this case's victims, each once, in the order of tracing.

    The case must exist for the reader; what of it is shown in full is up to who shows it.
    """
    scope.case_of(work, case_id)
    cases = connected_cases(work, case_id)
    numbers: dict[int, str] = {
        row.id: row.number
        for row in work.session.execute(
            select(Account.id, Account.number).where(Account.case_id.in_(cases), Account.phone.is_(False))
        )
    }
    found = told(work, cases, numbers.__getitem__, str)
    movements = [each for _, each in found if each.source == PAYMENT]
    movements += _once([each for each in found if each[1].source == HOP], work.settings.witness_seconds)
    reported = work.session.execute(
        select(Victim.id)
        .join(Case, Case.id == Victim.case_id)
        .where(Victim.case_id.in_(cases))
        .order_by(Case.happened_at, Victim.id)
    ).scalars()
    return Evidence(cases, tuple(in_order(movements)), tuple(str(id_) for id_ in reported))


def _once(hops: list[tuple[int, Movement]], seconds: int) -> list[Movement]:
    """The same movement told in two cases stands once: its account pair, kind and amount agree, and the time nearly."""
    near = timedelta(seconds=seconds)
    kept: list[tuple[int, Movement]] = []
    taken: dict[tuple[str, str, int, Kind], list[list[Any]]] = {}
    for case_id, movement in sorted(hops, key=lambda each: (each[1].at, each[1].line)):
        key = (movement.from_, movement.to, movement.fen, movement.kind)
        for there in taken.get(key, []):
            if case_id not in there[1] and movement.at - there[0] <= near:
                there[1].add(case_id)
                break
        else:
            taken.setdefault(key, []).append([movement.at, {case_id}])
            kept.append((case_id, movement))
    return [movement for _, movement in kept]


# --- adopting a run


@dataclass(frozen=True, kw_only=True)
class AdoptTracing(Command[int]):
    """An officer adopts the tracing by one rule: it says whose money each hold and each exit is. Gives the run's id.

    It replaces what was adopted before for the same accounts; holds that an officer has attributed by word
    stay as they were said. Raises Refused where no movement is known.
    """

    title: ClassVar[Message] = msg("Adopt a tracing")
    case_id: int
    rule: Rule
    reason: str

    def carry_out(self, work: Work) -> int:
        case = scope.case_of(work, self.case_id)
        reason = clean_text(require_reason(self.reason), 255, field="reason")
        found = evidence_of(work, case.id)
        if not found.movements:
            raise Refused(msg("No movement of money is known in this case. Nothing was saved."))
        run = adopt(work, case, found, self.rule, reason)
        work.tell(msg("Tracing adopted: {rule}", rule=self.rule.value))
        return run.id


def adopt(work: Work, case: Case, found: Evidence, rule: Rule, reason: str) -> TraceRun:
    """Writes what a run by this rule says of every case it covers; gives this case's row of it."""
    if len(found.cases) > MOST_CASES:
        raise Refused(
            msg(
                "More than {most} cases share accounts with this one; name the collecting account as one "
                "that has no seat and trace the cases apart. Nothing was saved.",
                most=MOST_CASES,
            )
        )
    traced = trace(found.movements, rule)
    for old in work.session.scalars(
        select(TraceRun).where(TraceRun.case_id.in_(found.cases), TraceRun.replaced_at.is_(None))
    ):
        old.replaced_at = work.now
    runs = {
        id_: work.add(
            TraceRun(
                case_id=id_,
                rule=rule.value,
                reason=reason,
                content=_content(found, traced) if id_ == case.id else "",
                person_id=work.person().id,
                recorded_at=work.now,
                entry_id=work.entry_id,
            )
        )
        # Each case that it covers has its own row, this one the whole content.
        for id_ in (case.id, *(other for other in found.cases if other != case.id))
    }
    _attribute_holds(work, found, traced)
    _attribute_exits(work, found, traced)
    for account in work.session.scalars(
        select(Account).where(Account.case_id.in_(found.cases), Account.phone.is_(False))
    ):
        accounts.refresh_traceable(work, account)
    for id_ in found.cases:
        work.touch("case", id_)
    return runs[case.id]


def _content(found: Evidence, traced: Traced) -> str:
    return canonical(
        {
            "cases": list(found.cases),
            "movements": len(found.movements),
            "evidence": found.digest,
            "left": {account: left.owners for account, left in traced.accounts.items() if left.parcels},
            "unexplained": dict(traced.unexplained),
        }
    )


def _victims(owners: Mapping[str, int]) -> dict[str, int]:
    return {owner: fen for owner, fen in owners.items() if owner != OTHER}


def _attribute_holds(work: Work, found: Evidence, traced: Traced) -> None:
    """What each hold secures by the run: in the order of capture, each at most what the earlier ones left."""
    holds = work.session.execute(
        select(Hold, Account.number)
        .join(Account, Account.id == Hold.account_id)
        .where(Hold.case_id.in_(found.cases))
        .order_by(Hold.id)
    ).all()
    by_number: dict[str, list[Hold]] = {}
    for hold, number in holds:
        by_number.setdefault(number, []).append(hold)
    for number, there in by_number.items():
        left = traced.accounts.get(number)
        owners = _victims(left.owners) if left is not None else {}
        attributions.adopt(work, there, {int(owner): fen for owner, fen in owners.items()}, traced.rule.value)


def _attribute_exits(work: Work, found: Evidence, traced: Traced) -> None:
    """Whose money each movement out of reach was; what an earlier run said of it is reversed."""
    reversed_ids = select(Attribution.reverses_id).where(Attribution.reverses_id.is_not(None))
    for old in work.session.scalars(
        select(Attribution)
        .where(
            Attribution.hop_id.is_not(None),
            Attribution.case_id.in_(found.cases),
            Attribution.reverses_id.is_(None),
            Attribution.id.not_in(reversed_ids),
        )
        .order_by(Attribution.id)
    ).all():
        _exit_row(work, old.hop_id, old.victim_id, old.fen, traced.rule.value, old.happened_at, old.id)
    lines = _exit_lines(found.movements)
    for gone in traced.exits:
        hop_id = lines[gone.account, gone.at, gone.amount, gone.channel].pop(0)
        if hop_id is None:
            continue
        for owner, fen in _victims(gone.owners).items():
            _exit_row(work, hop_id, int(owner), fen, traced.rule.value, gone.at, None)


def _exit_lines(
    movements: Iterable[Movement],
) -> dict[tuple[str, datetime, int, Channel | None], list[int | None]]:
    """The answers' rows behind exits, in the order of tracing; None for a line of a statement."""
    found: dict[tuple[str, datetime, int, Channel | None], list[int | None]] = {}
    for each in movements:
        if each.kind is Kind.EXIT:
            key = (each.from_, each.at, each.fen, each.channel)
            found.setdefault(key, []).append(each.line if each.source == HOP else None)
    return found


def _exit_row(
    work: Work,
    hop_id: int | None,
    victim_id: int,
    fen: int,
    rule: str,
    at: datetime,
    reverses: int | None,
) -> None:
    work.add(
        Attribution(
            case_id=work.find(Victim, victim_id).case_id,
            hold_id=None,
            hop_id=hop_id,
            victim_id=victim_id,
            fen=fen,
            rule=rule,
            run=str(work.entry_id),
            happened_at=at,
            recorded_at=work.now,
            entry_id=work.entry_id,
            reverses_id=reverses,
            reason="",
        )
    )
