"""Every case balances: loss = returned + frozen + stopped + elsewhere + spent + beyond + still untraced.

The one definition for screens, papers and ``check`` (money.md §2). What is still untraced is the residual;
below 0 the case is out of balance: more is accounted for than was lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, or_, select, true

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.desk import scope
from liaison_desk.desk.figures import VictimMoney, net, victims_money
from liaison_desk.desk.work import Work, all_commands
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Attribution, Case, Hop, Payment
from liaison_desk.store.statements import TraceRun


@dataclass(frozen=True)
class Balance:
    """The money of one case's victims now, in fen."""

    loss: int
    returned: int
    frozen: int
    stopped: int
    elsewhere: int
    spent: int
    beyond: int
    """Moved beyond trace: what has been entered as such."""
    untraced: int
    """The residual; negative when the case is out of balance."""
    recovered: int = 0
    """挽损: each victim's share capped by the loss; the cases' add up to the office's."""

    @property
    def balanced(self) -> bool:
        return self.untraced >= 0


@dataclass(frozen=True)
class CaseRef:
    """A case that is out of balance, and by how much."""

    case_id: int
    number: str
    missing: int


def case_balance(work: Work, case_id: int) -> Balance:
    """The balance of a case that the caller has already let the reader see."""
    money = victims_money(work, work.now, case_id=case_id).values()
    spent, traced = _spent(work, case_id)
    loss = sum(one.loss for one in money)
    returned = sum(one.returned for one in money)
    elsewhere = sum(one.elsewhere for one in money)
    held = [_held(one) for one in money]
    frozen, stopped = sum(part[0] for part in held), sum(part[1] for part in held)
    if traced:
        # A return may share otherwise than the tracing did; each fen counts at its furthest state.
        spent = min(spent, max(0, loss - returned - frozen - stopped - elsewhere))
    known = returned + frozen + stopped + elsewhere + spent
    return Balance(
        loss=loss,
        returned=returned,
        frozen=frozen,
        stopped=stopped,
        elsewhere=elsewhere,
        spent=spent,
        beyond=0,
        untraced=loss - known,
        recovered=sum(one.recovered for one in money),
    )


def _spent(work: Work, case_id: int) -> tuple[int, bool]:
    """What was cashed out or spent, in fen, and whether a tracing says so.

    After a tracing it is this case's victims' share; before, all that answers say.
    """
    run = work.session.execute(
        select(TraceRun.recorded_at)
        .where(TraceRun.case_id == case_id, TraceRun.replaced_at.is_(None))
        .limit(1)
    ).first()
    said = select(func.coalesce(func.sum(Hop.fen), 0)).where(
        Hop.case_id == case_id,
        Hop.to_account_id.is_(None),
        Hop.kind != HopKind.TRANSFER,
        Hop.voided_at.is_(None),
    )
    if run is None:
        return int(work.session.scalar(said) or 0), False
    traced = work.session.scalar(
        select(net(Attribution)).where(Attribution.case_id == case_id, Attribution.hold_id.is_(None))
    )
    since = work.session.scalar(said.where(Hop.recorded_at > run.recorded_at))
    return int(traced or 0) + int(since or 0), True


def _held(one: VictimMoney) -> tuple[int, int]:
    """Frozen and stopped as far as the loss is still open; more is held beyond the case."""
    left = max(0, one.loss - one.returned - one.elsewhere)
    frozen = min(one.frozen, left)
    return frozen, min(one.stopped, left - frozen)


def balance_of_case(work: Work, case_id: int) -> Balance:
    """The balance line of a case, if it exists for the reader."""
    return case_balance(work, scope.case_of(work, case_id).id)


def out_of_balance(work: Work) -> tuple[CaseRef, ...]:
    """Cases in which more is accounted for than was lost; drills are not counted.

    Counted whole once per program; after that only the cases that entries since then are about.
    """
    engine = work.session.get_bind().engine
    head = work.session.scalar(select(func.max(Entry.id))) or 0
    upto, suspects = _COUNTED.get(engine, (-1, frozenset()))
    changed = _changed_cases(work, upto) if upto <= head else None
    if changed is None:
        suspects = _suspects(work)
    elif changed:
        suspects = (suspects - changed) | _suspects(work, changed)
    _COUNTED[engine] = (head, suspects)
    return _not_balanced(work, suspects)


def every_unbalanced_case(work: Work) -> tuple[CaseRef, ...]:
    """The same from the rows alone, for ``check``: no entry is trusted to tell what has changed."""
    return _not_balanced(work, _suspects(work))


_COUNTED: WeakKeyDictionary[Engine, tuple[int, frozenset[int]]] = WeakKeyDictionary()
"""By database: the entry up to which it was counted, and the cases that sums alone made suspect."""
_TABLES: dict[str, type[Any]] = {
    kind.__tablename__: kind for kind in (Payment, Hop, Attribution, Elsewhere, Payback)
}
MOST_ENTRIES = 500
"""So many new entries at most are read; after more, everything is counted anew."""


def _changed_cases(work: Work, upto: int) -> frozenset[int] | None:
    """Cases whose money entries after ``upto`` are about; None: too many, or rows seeded in bulk."""
    kinds = or_(*(Entry.kinds.contains(f",{table},") for table in _TABLES))
    rows = work.session.execute(
        select(Entry.text, Entry.command)
        .where(Entry.id > upto, or_(kinds, Entry.command.in_(_seeding())))
        .limit(MOST_ENTRIES + 1)
    ).all()
    if upto < 0 or len(rows) > MOST_ENTRIES or any(row.command in _seeding() for row in rows):
        return None
    found: set[int] = set()
    for row in rows:
        for change in json.loads(row.text)["changes"]:
            kind = _TABLES.get(change["table"])
            if kind is not None:
                found.add(work.find(kind, int(change["id"])).case_id)
    return frozenset(found)


def _seeding() -> frozenset[str]:
    return frozenset(name for name, kind in all_commands().items() if kind.seeds)


def _suspects(work: Work, cases: frozenset[int] | None = None) -> frozenset[int]:
    """Cases whose sums say that they need to be looked at, of these or of all.

    What is returned to a victim stands in the attributions, and caps only make less of these sums.
    """
    known: dict[int, int] = {}
    lost: dict[int, int] = {}
    gone = Hop.to_account_id.is_(None) & Hop.voided_at.is_(None)
    for sums, kind, fen, condition, sign in (
        (known, Hop, func.sum(Hop.fen), gone, 1),
        (known, Elsewhere, net(Elsewhere), true(), 1),
        (known, Attribution, net(Attribution), true(), 1),
        (lost, Payment, func.sum(Payment.fen), Payment.voided_at.is_(None), 1),
        (lost, Payback, net(Payback), true(), -1),
    ):
        query = select(kind.case_id, fen).where(condition).group_by(kind.case_id)
        if cases is not None:
            query = query.where(kind.case_id.in_(cases))
        for case_id, total in work.session.execute(query):
            sums[case_id] = sums.get(case_id, 0) + sign * int(total)
    return frozenset(case_id for case_id in {*known, *lost} if known.get(case_id, 0) > lost.get(case_id, 0))


def _not_balanced(work: Work, suspects: frozenset[int]) -> tuple[CaseRef, ...]:
    made = []
    for case_id in sorted(suspects):
        case = work.find(Case, case_id)
        if case.drill:
            continue
        found = case_balance(work, case_id)
        if not found.balanced:
            made.append(CaseRef(case_id, case.number, -found.untraced))
    return tuple(made)
