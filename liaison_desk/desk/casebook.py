"""Cases as their readers may see them: the list, one case whole, and likely duplicates before saving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy import case as sql_case

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_account, fold
from liaison_desk.core.lifecycle import OPEN
from liaison_desk.core.phones import phone_of
from liaison_desk.core.pinyin import normalise_query
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.balance import Balance, case_balance
from liaison_desk.desk.casefields import case_fields
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.facts import HoldRow, HopRow, NoteRow, Step, holds_of, hops_of, notes_of, timeline_of
from liaison_desk.desk.filters import (
    ColumnFilter,
    by_keys,
    conditions,
    named_parts,
    number_keys,
    sort_columns,
)
from liaison_desk.desk.paging import LONGEST_EXPORT, PAGE, Cursor, Key, cut
from liaison_desk.desk.queuerows import QueueRow, rows_of_legs
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, Hop, Leg, Note, Payment, Person, Victim


@dataclass(frozen=True)
class CaseView:
    words: str = ""
    open_only: bool = False
    fraud_type: str = ""
    drill: bool = False
    order: str = ""
    """A column; empty: the newest report first."""
    descending: bool = False
    filters: tuple[ColumnFilter, ...] = ()
    """What the heads of the columns narrow it to."""


@dataclass(frozen=True)
class CaseRow:
    """One case; its state is derived from legs and holds. Amounts in fen."""

    id: int
    number: str
    fraud_type: Message
    victim: str
    area: str
    happened_at: datetime
    officer: str
    loss: int
    secured: int
    returned: int
    legs: int
    open_legs: int
    state: Message


@dataclass(frozen=True)
class CasePage:
    rows: tuple[CaseRow, ...]
    cursor: Cursor | None


@dataclass(frozen=True)
class VictimRow:
    id: int
    name: str
    phone: str
    id_number: str


@dataclass(frozen=True)
class PaymentRow:
    id: int
    victim: str
    account_id: int
    target: str
    holder: str | Message
    institution: str
    amount: int
    happened_at: datetime
    recorded_at: datetime
    from_bank: str
    from_name: str
    from_number: str


@dataclass(frozen=True)
class AccountRow:
    """One account of the case's chain."""

    id: int
    level: int
    phone: bool
    institution: str
    bank_name: str
    target: str
    holder: str | Message
    came_in: int
    went_on: int
    secured: int


@dataclass(frozen=True)
class CaseDetail:
    row: CaseRow
    version: int
    summary: str
    recorded_at: datetime
    authorised_by: str
    authorised_at: datetime | None
    victims: tuple[VictimRow, ...]
    payments: tuple[PaymentRow, ...]
    accounts: tuple[AccountRow, ...]
    hops: tuple[HopRow, ...]
    legs: tuple[QueueRow, ...]
    holds: tuple[HoldRow, ...]
    money: Balance
    notes: tuple[NoteRow, ...]
    timeline: tuple[Step, ...]


@dataclass(frozen=True)
class Likeness:
    """A case that may be the same report."""

    case_id: int
    number: str
    happened_at: datetime
    victim: str
    why: Message


def cases(work: Work, view: CaseView, cursor: Cursor | None = None, limit: int = PAGE) -> CasePage:
    """One page of cases; unless another order is asked for, the newest report first."""
    by = case_fields(work).get(view.order)
    sorting = sort_columns(by()) if by is not None else []
    query = case_source(
        work, view, Case.id, Case.happened_at.label("happened"), *named_parts(Case.number), *sorting
    )

    def keys(columns: Any) -> list[Key]:
        if by is None:
            return [Key(columns.happened, True), Key(columns.id, True)]
        return [*by_keys(columns, view.descending), *number_keys(columns), Key(columns.id)]

    found, more = cut(work.session, query, keys, cursor, limit, work.now)
    return CasePage(_rows(work, [row.id for row in found]), more)


def export_cases(work: Work, view: CaseView) -> tuple[CaseRow, ...]:
    """The whole list as the reader sees it, for a spreadsheet."""
    rows: list[CaseRow] = []
    cursor: Cursor | None = None
    while True:
        page = cases(work, view, cursor, limit=1000)
        rows.extend(page.rows)
        cursor = page.cursor
        if cursor is None or len(rows) >= LONGEST_EXPORT:
            return tuple(rows)


def case_source(work: Work, view: CaseView, *columns: Any) -> Select[Any]:
    """These columns of the cases that the view shows to its reader."""
    query = select(*columns).where(scope.visible_cases(work.actor), Case.drill.is_(view.drill))
    if view.open_only:
        query = query.where(
            Case.id.in_(select(Leg.case_id).where(Leg.state.in_(OPEN), scope.visible_legs(work.actor)))
        )
    if view.fraud_type:
        query = query.where(Case.fraud_type == view.fraud_type)
    words = normalise_query(view.words)
    if words:
        query = query.where(scope.case_word_condition(work.actor, words))
    return query.where(*conditions(work, case_fields(work), view.filters))


def _rows(work: Work, ids: list[int]) -> tuple[CaseRow, ...]:
    if not ids:
        return ()
    session, eyes = work.session, scope.eyes(work)
    heads = {
        case.id: (case, name)
        for case, name in session.execute(
            select(Case, Person.name).join(Person, Person.id == Case.officer_id).where(Case.id.in_(ids))
        )
    }
    victims: dict[int, Victim] = {}
    for victim in session.scalars(select(Victim).where(Victim.case_id.in_(ids)).order_by(Victim.id)):
        victims.setdefault(victim.case_id, victim)
    loss = _sums(work, Payment.case_id, func.sum(Payment.fen), ids, Payment.voided_at.is_(None))
    running = Hold.ends_at > work.now
    secured = _sums(work, Hold.case_id, func.sum(Hold.stopped + Hold.frozen), ids, running)
    returned = _sums(work, Hold.case_id, func.sum(Hold.returned), ids)
    visible = scope.visible_legs(work.actor)
    legs = _sums(work, Leg.case_id, func.count(), ids, visible)
    opened = _sums(work, Leg.case_id, func.sum(sql_case((Leg.state.in_(OPEN), 1), else_=0)), ids, visible)
    made = []
    for case_id in ids:
        case, officer = heads[case_id]
        made.append(
            CaseRow(
                id=case.id,
                number=case.number,
                fraud_type=FRAUD_TYPES[case.fraud_type],
                victim=eyes.victim(victims[case_id]) if case_id in victims else "",
                area=case.area,
                happened_at=case.happened_at,
                officer=officer,
                loss=loss.get(case_id, 0),
                secured=secured.get(case_id, 0),
                returned=returned.get(case_id, 0),
                legs=legs.get(case_id, 0),
                open_legs=opened.get(case_id, 0),
                state=derived_state(
                    opened.get(case_id, 0), secured.get(case_id, 0), returned.get(case_id, 0)
                ),
            )
        )
    return tuple(made)


def _sums(work: Work, key: Any, value: Any, ids: list[int], *conditions: Any) -> dict[int, int]:
    rows = work.session.execute(select(key, value).where(key.in_(ids), *conditions).group_by(key)).all()
    return {row[0]: int(row[1] or 0) for row in rows}


def derived_state(open_legs: int, secured: int, returned: int) -> Message:
    """What a case is at, from its legs and holds; never typed by anybody (K2)."""
    if open_legs:
        return msg("Requests running")
    if secured:
        return msg("Money held")
    if returned:
        return msg("Money returned")
    return msg("Nothing held")


def case_detail(work: Work, case_id: int) -> CaseDetail:
    """One case whole, as the reader may see it."""
    case = scope.case_of(work, case_id)
    session, eyes = work.session, scope.eyes(work)
    authoriser = session.get(Person, case.authorised_by) if case.authorised_by else None
    leg_ids = list(
        session.scalars(
            select(Leg.id).where(Leg.case_id == case.id, scope.visible_legs(work.actor)).order_by(Leg.id)
        )
    )
    return CaseDetail(
        row=_rows(work, [case.id])[0],
        version=case.version,
        summary=eyes.free_text(case.summary, None),
        recorded_at=case.recorded_at,
        authorised_by=authoriser.name if authoriser is not None else "",
        authorised_at=case.authorised_at,
        victims=tuple(
            VictimRow(row.id, eyes.victim(row), eyes.victim_phone(row), eyes.victim_id(row))
            for row in session.scalars(select(Victim).where(Victim.case_id == case.id).order_by(Victim.id))
        ),
        payments=_payments(work, case),
        accounts=_accounts(work, case),
        hops=hops_of(work, eyes, Hop.case_id == case.id),
        legs=rows_of_legs(work, leg_ids),
        holds=tuple(
            holds_of(
                work, eyes, session.scalars(select(Hold).where(Hold.case_id == case.id).order_by(Hold.id))
            )
        ),
        money=case_balance(work, case.id),
        notes=notes_of(work, Note.case_id == case.id),
        timeline=timeline_of(work, "case", case.id, full=work.actor.sees_all),
    )


def _payments(work: Work, case: Case) -> tuple[PaymentRow, ...]:
    eyes = scope.eyes(work)
    rows = work.session.execute(
        select(Payment, Victim, Account)
        .join(Victim, Victim.id == Payment.victim_id)
        .join(Account, Account.id == Payment.account_id)
        .where(Payment.case_id == case.id, Payment.voided_at.is_(None))
        .order_by(Payment.happened_at, Payment.id)
    ).all()
    made = []
    for payment, victim, account in rows:
        name, number = eyes.payer(payment)
        made.append(
            PaymentRow(
                id=payment.id,
                victim=eyes.victim(victim),
                account_id=account.id,
                target=eyes.number(account),
                holder=eyes.holder(account),
                institution=account.institution_code or "",
                amount=payment.fen,
                happened_at=payment.happened_at,
                recorded_at=payment.recorded_at,
                from_bank=payment.from_bank,
                from_name=name,
                from_number=number,
            )
        )
    return tuple(made)


def _accounts(work: Work, case: Case) -> tuple[AccountRow, ...]:
    eyes, ids = scope.eyes(work), [case.id]
    accounts = work.session.scalars(
        select(Account).where(Account.case_id == case.id).order_by(Account.level, Account.id)
    ).all()
    ids = [account.id for account in accounts]
    paid = _sums(work, Payment.account_id, func.sum(Payment.fen), ids, Payment.voided_at.is_(None))
    came = _sums(work, Hop.to_account_id, func.sum(Hop.fen), ids, Hop.voided_at.is_(None))
    went = _sums(work, Hop.from_account_id, func.sum(Hop.fen), ids, Hop.voided_at.is_(None))
    kept = _sums(work, Hold.account_id, func.sum(Hold.stopped + Hold.frozen), ids, Hold.ends_at > work.now)
    return tuple(
        AccountRow(
            id=account.id,
            level=account.level,
            phone=account.phone,
            institution=account.institution_code or "",
            bank_name=account.bank_name,
            target=eyes.number(account),
            holder=eyes.holder(account),
            came_in=paid.get(account.id, 0) + came.get(account.id, 0),
            went_on=went.get(account.id, 0),
            secured=kept.get(account.id, 0),
        )
        for account in accounts
    )


def _phone_as_stored(typed: str) -> list[str]:
    phone = phone_of(typed)
    return [phone.number] if phone is not None else []


def _account_as_stored(typed: str) -> list[str]:
    """The number as it is kept, or nothing: a half-typed number is like no other."""
    try:
        return [clean_account(typed).value]
    except BadInput:
        return []


def likely_duplicates(
    work: Work,
    *,
    victim_phone: str = "",
    victim_id: str = "",
    numbers: tuple[str, ...] = (),
    victim_name: str = "",
) -> tuple[Likeness, ...]:
    """Cases of the last 90 days with the same victim or account, before a case is saved (A4)."""
    since = work.now - timedelta(days=90)
    same_person = [
        condition
        for value, condition in (
            (victim_phone, Victim.phone.in_(_phone_as_stored(victim_phone))),
            (victim_id, Victim.id_number == fold(victim_id).strip().upper()),
            (victim_name, Victim.name == victim_name.strip()),
        )
        if value.strip()
    ]
    found: dict[int, Likeness] = {}
    if same_person:
        for case, victim in work.session.execute(
            select(Case, Victim)
            .join(Victim, Victim.case_id == Case.id)
            .where(
                or_(*same_person),
                Case.happened_at >= since,
                Case.drill.is_(False),
                scope.visible_cases(work.actor),
            )
            .order_by(Case.id.desc())
            .limit(5)
        ):
            found[case.id] = Likeness(case.id, case.number, case.happened_at, victim.name, msg("Same victim"))
    clean = [found for number in numbers for found in _account_as_stored(number)]
    if clean:
        for case, victim in work.session.execute(
            select(Case, Victim)
            .join(Account, Account.case_id == Case.id)
            .join(Victim, Victim.case_id == Case.id)
            .where(
                Account.number.in_(clean),
                Case.happened_at >= since,
                Case.drill.is_(False),
                scope.visible_cases(work.actor),
            )
            .order_by(Case.id.desc())
            .limit(5)
        ):
            found.setdefault(
                case.id, Likeness(case.id, case.number, case.happened_at, victim.name, msg("Same account"))
            )
    return tuple(found.values())
