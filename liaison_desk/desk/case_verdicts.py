"""What becomes of each row of a workbook of reports: new, like a known case, there already, or refused and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from liaison_desk.core.caselines import CaseLine
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import check_resident_id, clean_account, clean_name
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import Entry, Touch
from liaison_desk.store.models import Account, Case, Payment, Person, Victim

LIKE_DAYS = 90
"""So long a case of the same victim counts as perhaps the same report (A4)."""
_CHUNK = 400


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    LIKE = "like"
    """New, but its victim stands in a case already: somebody should look before it is stored."""
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True)
class LineVerdict:
    """One row's verdict; ``case`` is the known case it is (or is like), ``reason`` says why."""

    sheet: str
    line: int
    verdict: Verdict
    reason: Message | None = None
    case: str = ""
    case_id: int | None = None
    group: int = 0


@dataclass(frozen=True)
class Verdicts:
    """A row each, in the order of the lines; ``before`` tells when the very same file was imported."""

    rows: tuple[LineVerdict, ...]
    before: Message | None = None


def import_verdicts(work: Work, lines: Sequence[CaseLine], sha256: str) -> Verdicts:
    """What would become of each row now; storing asks the same again."""
    return Verdicts(verdicts_of(work, lines), _imported_before(work, sha256))


def verdicts_of(work: Work, lines: Sequence[CaseLine]) -> tuple[LineVerdict, ...]:
    """A verdict for each line, in their order."""
    known = _known_payments(work, lines)
    like = _like(work, lines)
    wrong: dict[int, tuple[int, Message]] = {}
    holders: dict[tuple[int, str], CaseLine] = {}
    for line in lines:
        if line.holder:
            holders.setdefault((line.group, line.number), line)
        problem = _problem(work, line, holders.get((line.group, line.number)))
        if problem is not None and line.group not in wrong:
            wrong[line.group] = (line.line, problem)
    made = []
    for line in lines:
        verdict, reason, case_id, number = Verdict.NEW, None, None, ""
        there = known.get(_key(line))
        if there:
            # The k-th equal row of the file is the k-th stored one: two equal payments stay two.
            case_id, number = there.pop(0)
            verdict, reason = Verdict.DUPLICATE, msg("It is in {case} already.", case=number)
        elif line.group in wrong:
            at, problem = wrong[line.group]
            verdict = Verdict.REJECTED
            reason = (
                problem
                if at == line.line
                else msg("Not stored, because line {line} of the same case cannot be.", line=at)
            )
        elif line.group in like:
            case_id, number = like[line.group]
            verdict, reason = Verdict.LIKE, msg("Its victim stands in {case} already.", case=number)
        elif line.warnings:
            reason = line.warnings[0]
        made.append(LineVerdict(line.sheet, line.line, verdict, reason, number, case_id, line.group))
    return tuple(made)


def _key(line: CaseLine) -> tuple[object, ...]:
    if line.number:
        return line.victim_name, line.number, line.fen, line.paid_at
    return line.victim_name, line.suspect_phone, 0, None


def _known_payments(work: Work, lines: Sequence[CaseLine]) -> dict[tuple[object, ...], list[tuple[int, str]]]:
    """Payments and phones that stand in cases already, voided ones as well: they were voided on purpose."""
    numbers = sorted({line.number or line.suspect_phone for line in lines})
    found: dict[tuple[object, ...], list[tuple[int, str]]] = defaultdict(list)
    for at in range(0, len(numbers), _CHUNK):
        some = numbers[at : at + _CHUNK]
        paid = (
            select(Victim.name, Account.number, Payment.fen, Payment.happened_at, Case.id, Case.number)
            .join(Account, Account.id == Payment.account_id)
            .join(Case, Case.id == Payment.case_id)
            .join(Victim, Victim.id == Payment.victim_id)
            .where(Account.number.in_(some), Case.drill.is_(False))
            .order_by(Payment.id)
        )
        for name, number, fen, at_, case_id, case in work.session.execute(paid):
            found[name, number, fen, at_].append((case_id, case))
        phoned = (
            select(Victim.name, Account.number, Case.id, Case.number)
            .join(Case, Case.id == Account.case_id)
            .join(Victim, Victim.case_id == Case.id)
            .where(Account.number.in_(some), Account.phone.is_(True), Case.drill.is_(False))
            .order_by(Account.id)
        )
        for name, number, case_id, case in work.session.execute(phoned):
            found[name, number, 0, None].append((case_id, case))
    return found


def _like(work: Work, lines: Sequence[CaseLine]) -> dict[int, tuple[int, str]]:
    """Groups whose victim stands in a case of the last days: by ID number, or by name and phone."""
    since = work.now - timedelta(days=LIKE_DAYS)
    names = sorted({line.victim_name for line in lines if line.victim_name})
    persons: dict[tuple[str, str], tuple[int, str]] = {}
    for at in range(0, len(names), _CHUNK):
        rows = work.session.execute(
            select(Victim.name, Victim.phone, Victim.id_number, Case.id, Case.number)
            .join(Case, Case.id == Victim.case_id)
            .where(Victim.name.in_(names[at : at + _CHUNK]), Case.happened_at >= since, Case.drill.is_(False))
            .order_by(Case.id)
        )
        for name, phone, id_number, case_id, number in rows:
            for mark in (phone, id_number):
                if mark:
                    persons[name, mark] = (case_id, number)
    return {
        line.group: persons[line.victim_name, mark]
        for line in lines
        for mark in (line.victim_phone, line.victim_id)
        if mark and (line.victim_name, mark) in persons
    }


def _problem(work: Work, line: CaseLine, named: CaseLine | None) -> Message | None:
    """Why the desk itself would refuse the row, as it would refuse it of a form; None when it would not.

    ``named``: the first row of the case that names this account's holder.
    """
    try:
        if line.fraud_type not in FRAUD_TYPES:
            raise BadInput(msg("“{text}” is not one of the types of fraud.", text=line.fraud_type))
        clean_name(line.victim_name)
        not_ahead(work, line.reported_at, "reported_at")
        for number in (line.number, line.from_number):
            if number:
                clean_account(number)
        for phone in (line.victim_phone, line.suspect_phone):
            if phone:
                clean_phone(phone)
        if line.victim_id:
            check_resident_id(line.victim_id)
        if line.number:
            if line.fen <= 0 or line.paid_at is None:
                raise BadInput(msg("No amount is given."))
            not_ahead(work, line.paid_at, "paid_at")
        elif not line.suspect_phone:
            raise BadInput(msg("There is neither an account that was paid nor a phone."))
        if line.holder:
            clean_name(line.holder)
            if named is not None and named.holder != line.holder:
                raise BadInput(msg("The same account has another holder in line {line}.", line=named.line))
    except BadInput as error:
        return error.message
    return None


def file_key(sha256: str) -> int:
    """What the index of touched things knows a file by: the first 60 bits of its digest."""
    return int(sha256[:15], 16)


def _imported_before(work: Work, sha256: str) -> Message | None:
    rows = work.session.execute(
        select(Entry.at, Entry.text, Person.name)
        .join(Touch, Touch.entry_id == Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Touch.kind == "file", Touch.subject_id == file_key(sha256))
        .order_by(Entry.id)
        .limit(1)
    ).first()
    if rows is None or sha256 not in rows.text:
        return None
    at: datetime = rows.at
    return msg(
        "This very file was imported on {day} by {who}.",
        day=work.settings.local(at).strftime("%Y-%m-%d %H:%M"),
        who=rows.name or "?",
    )
