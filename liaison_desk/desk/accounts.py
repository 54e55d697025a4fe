"""Accounts and phone numbers of a case: found or entered, given a token, a level and an institution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from liaison_desk.core import bins, ranking
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_account, clean_name, clean_text, institution_of_account
from liaison_desk.core.lifecycle import CATCHING, EXECUTED, OPEN, STOPS, LegState
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import msg
from liaison_desk.desk import index
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Answer, Case, Hold, Hop, Institution, Leg, Payment, Victim
from liaison_desk.store.statements import TraceRun


@dataclass(frozen=True, kw_only=True)
class Target:
    """An account or phone number as a person types it.

    ``institution``: a code chosen by the person, ``""`` for "not known, to the routing list", None for
    what card or phone prefix suggest.
    """

    number: str
    holder: str = ""
    holder_id: str = ""
    institution: str | None = None
    bank_name: str = ""
    company: bool = False
    phone: bool = False


def institution(work: Work, code: str, field: str = "institution") -> Institution:
    """An active institution with a seat, or BadInput."""
    found = work.session.scalar(
        select(Institution).where(Institution.code == code, Institution.active.is_(True))
    )
    if found is None:
        raise BadInput(
            msg(
                "{code} has no seat in this office. Nothing was saved; choose another or leave it to routing.",
                code=code,
            ),
            field=field,
        )
    return found


def suggested(number: str, *, phone: bool) -> tuple[str | None, str]:
    """Institution code and bank name that card prefix or phone prefix suggest; (None, "") if none does."""
    if phone:
        return clean_phone(number).carrier, ""
    code = institution_of_account(number)
    return code, bins.names().get(code, "") if code else ""


def in_case(
    work: Work, case: Case, target: Target, *, level: int, handed_by: str | None = None, field: str = "number"
) -> Account:
    """The account of this case with that number, entered now if the case meets it for the first time."""
    number = (
        clean_phone(target.number, field=field).number
        if target.phone
        else clean_account(target.number, field=field).value
    )
    holder = clean_name(target.holder, field="holder") if target.holder.strip() else ""
    there = work.session.scalar(select(Account).where(Account.case_id == case.id, Account.number == number))
    if there is not None:
        if holder and there.holder and holder != there.holder and handed_by is None:
            raise BadInput(
                msg(
                    "{number} already stands in {case} with another holder. Nothing was saved; check the name.",
                    number=number,
                    case=case.number,
                ),
                field="holder",
            )
        _complete(work, there, holder, level, handed_by)
        return there
    code, bank = _institution_of(work, target, number)
    token = work.session.scalar(select(func.count()).select_from(Account).where(Account.case_id == case.id))
    account = work.add(
        Account(
            case_id=case.id,
            phone=target.phone,
            number=number,
            institution_code=code,
            bank_name=clean_text(target.bank_name, 100, field="bank_name") or bank,
            holder=holder,
            holder_id=clean_text(target.holder_id, 40, field="holder_id"),
            company=target.company,
            token=token or 0,
            level=0 if target.phone else level,
            handed_by=handed_by,
            recorded_at=work.now,
        )
    )
    index.keep(work, index.of_account(account))
    return account


def _institution_of(work: Work, target: Target, number: str) -> tuple[str | None, str]:
    if target.institution:
        found = institution(work, target.institution)
        return (None if found.code == POLICE else found.code), ""
    code, bank = suggested(number, phone=target.phone)
    if target.institution == "" or code is None:
        return None, bank
    seat = work.session.scalar(
        select(Institution.code).where(Institution.code == code, Institution.active.is_(True))
    )
    return seat, "" if seat else bank


def _complete(work: Work, account: Account, holder: str, level: int, handed_by: str | None) -> None:
    """What is newly said of a known account: a missing holder, a nearer level, who named it.

    Naming a number does not open the holder's name to an institution that did not know it.
    """
    knows_holder = account.holder in ("", holder)
    changed = False
    if holder and not account.holder:
        account.holder, changed = holder, True
    if level and not account.phone and level < account.level:
        account.level = level
    if handed_by and account.handed_by is None and account.institution_code != handed_by and knows_holder:
        account.handed_by, changed = handed_by, True
    work.session.flush()
    if changed:
        index.renew_account(work, account)


def stops_used(work: Work, number: str, *, drill: bool = False) -> int:
    """Executed stops on an account number, across all cases (money.md §1); drills count among themselves.

    A reopened request that is executed again is another stop, unless the answer states the same start.
    """
    executed = (
        select(Answer.leg_id, func.coalesce(Answer.starts_at, Answer.happened_at))
        .join(Leg, Leg.id == Answer.leg_id)
        .join(Account, Account.id == Leg.account_id)
        .where(
            Account.number == number,
            Leg.kind.in_(STOPS),
            Leg.state != LegState.VOIDED,
            Leg.drill.is_(drill),
            Answer.outcome.in_(EXECUTED),
        )
        .distinct()
        .subquery()
    )
    return work.session.scalar(select(func.count()).select_from(executed)) or 0


def stops_taken(work: Work, account: Account) -> int:
    """Stops executed on the account and those still on their way to it, across all cases."""
    drill = work.find(Case, account.case_id).drill
    waiting = (
        work.session.scalar(
            select(func.count())
            .select_from(Leg)
            .join(Account, Account.id == Leg.account_id)
            .where(
                Account.number == account.number,
                Leg.kind.in_(STOPS),
                Leg.state.in_(OPEN),
                Leg.drill.is_(drill),
            )
        )
        or 0
    )
    return stops_used(work, account.number, drill=drill) + waiting


def stop_left(work: Work, account: Account) -> bool:
    """Whether the rules allow one more stop on this account."""
    return stops_taken(work, account) < work.settings.stops_per_account


def require_stop_left(work: Work, account: Account) -> None:
    """Refuses the stop that would be one too many, counting those that are still on their way."""
    taken = stops_taken(work, account)
    if taken >= work.settings.stops_per_account:
        raise Refused(
            msg(
                "This account has been stopped or asked to be stopped {count} times, the most the rules allow. "
                "Nothing was saved; ask for a freeze instead.",
                count=taken,
            )
        )


def refresh_traceable(work: Work, account: Account) -> int:
    """Recomputes what is still traceable on an account and stores it on its open catching legs.

    What the case's adopted tracing leaves of its victims' money on that account, minus what is caught there.
    Before any tracing, and for what became known after it: what came in by payments and answers, minus what
    answers say went on or was caught (rules.md, the queue's order).
    """
    session = work.session
    run = adopted_run(work, account.case_id)
    paid = session.execute(
        select(Payment.fen, Payment.happened_at, Payment.recorded_at).where(
            Payment.account_id == account.id, Payment.voided_at.is_(None)
        )
    ).all()
    came = session.execute(
        select(Hop.fen, Hop.happened_at, Hop.recorded_at).where(
            Hop.to_account_id == account.id, Hop.voided_at.is_(None)
        )
    ).all()
    gone = select(func.coalesce(func.sum(Hop.fen), 0)).where(
        Hop.from_account_id == account.id, Hop.voided_at.is_(None)
    )
    caught = session.scalar(
        select(func.coalesce(func.sum(Hold.captured - Hold.lapsed), 0)).where(Hold.account_id == account.id)
    )
    received = [(row.fen, row.happened_at) for row in (*paid, *came)]
    there = sum(fen for fen, _ in received)
    if run is not None:
        gone = gone.where(Hop.recorded_at > run.recorded_at)
        since = sum(row.fen for row in (*paid, *came) if row.recorded_at > run.recorded_at)
        there = traced_left(work, run, account) + since
    left = ranking.traceable_before_tracing(there, int(session.scalar(gone) or 0), int(caught or 0))
    for leg in session.scalars(
        select(Leg).where(
            Leg.account_id == account.id,
            Leg.kind.in_(CATCHING),
            Leg.state.in_((*OPEN, LegState.PROPOSED, LegState.DRAFT)),
        )
    ):
        leg.traceable = left
        leg.arrived_at = _arrival(received)
    session.flush()
    return left


def adopted_run(work: Work, case_id: int) -> TraceRun | None:
    """The tracing by which the case's money is attributed now, if one has been adopted."""
    return work.session.scalar(
        select(TraceRun)
        .where(TraceRun.case_id == case_id, TraceRun.replaced_at.is_(None))
        .order_by(TraceRun.id.desc())
        .limit(1)
    )


def traced_left(work: Work, run: TraceRun, account: Account) -> int:
    """Fen of the case's own victims that the run leaves on the account."""
    main = run
    if not run.content:
        main = work.session.scalars(
            select(TraceRun).where(TraceRun.entry_id == run.entry_id, TraceRun.content != "")
        ).one()
    owners = json.loads(main.content)["left"].get(account.number, {})
    mine = work.session.scalars(select(Victim.id).where(Victim.case_id == account.case_id))
    return sum(owners.get(str(id_), 0) for id_ in mine)


def _arrival(received: list[tuple[int, datetime]]) -> datetime | None:
    """When the largest single sum arrived; of equal ones the earliest."""
    if not received:
        return None
    return min(received, key=lambda item: (-item[0], item[1]))[1]
