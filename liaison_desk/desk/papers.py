"""Fills the request slips: full data, for the institution each one is addressed to."""

from __future__ import annotations

from sqlalchemy import select

from liaison_desk.core.errors import BadInput
from liaison_desk.core.lifecycle import (
    ON_MONEY,
    LegKind,
)
from liaison_desk.core.money import capitals
from liaison_desk.core.papers import (
    Imprint,
    SlipOfficer,
    SlipSummary,
    SlipTarget,
    VictimPayment,
)
from liaison_desk.core.words import msg
from liaison_desk.desk import scope
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.work import Work, not_found
from liaison_desk.store.models import (
    Account,
    Case,
    Institution,
    Leg,
    Payment,
    Person,
)

MOST_SLIPS = 500


def slips(work: Work, numbers: tuple[str, ...]) -> tuple[SlipSummary, ...]:
    """Request slips by number, with full data, for the institution each one is addressed to.

    Who may not speak for the addressee (and is not police) gets NotFound, as for a number that does not exist.
    """
    if not numbers or len(numbers) > MOST_SLIPS:
        raise BadInput(msg("Choose from 1 to {count} requests to print.", count=MOST_SLIPS))
    return tuple(_slip(work, printable(work, number)) for number in numbers)


def printable(work: Work, number: str) -> Leg:
    """The request with that number, when its slip may be printed by this reader; otherwise NotFound."""
    leg = work.session.scalar(select(Leg).where(Leg.number == number.strip(), scope.visible_legs(work.actor)))
    if leg is None:
        raise not_found(msg("Request {number}", number=number.strip()))
    require_printable(work, leg)
    return leg


def require_printable(work: Work, leg: Leg) -> None:
    """Raises NotFound unless the slip of this visible request may be printed by this reader."""
    # A freeze nobody has approved, or a request taken back before it went out, is addressed to nobody.
    addressed = (
        leg.institution_code is not None and leg.queued_at is not None and leg.state not in scope.NOT_YET_OUT
    )
    if not addressed or not (work.actor.police or work.actor.speaks_for(leg.institution_code)):
        raise not_found(msg("Request {number}", number=leg.number))


def _slip(work: Work, leg: Leg) -> SlipSummary:
    settings = work.settings
    case, account = work.find(Case, leg.case_id), work.find(Account, leg.account_id)
    seat = work.session.scalar(select(Institution).where(Institution.code == leg.institution_code))
    officer = work.find(Person, leg.officer_id)
    payments = work.session.scalars(
        select(Payment)
        .where(Payment.account_id == account.id, Payment.voided_at.is_(None))
        .order_by(Payment.happened_at, Payment.id)
    ).all()
    name = seat.name_zh if seat is not None else ""
    return SlipSummary(
        imprint=Imprint(
            office=settings.office_name,
            number=leg.number,
            printed_at=work.now,
            zone_name=settings.zone_name,
            addressee=name,
            drill=leg.drill,
        ),
        kind=leg.kind,
        urgency=leg.urgency,
        case_number=case.number,
        fraud_type=FRAUD_TYPES[case.fraud_type],
        target=SlipTarget(
            institution=name,
            institution_code=seat.head_code if seat is not None else "",
            number=account.number,
            name=account.holder,
            company=None if account.phone else account.company,
            id_number=account.holder_id,
        ),
        unit=settings.police_unit or settings.office_name,
        unit_code=settings.office_code,
        officer=SlipOfficer(
            name=officer.name,
            id_kind=msg("Police ID") if officer.police_number else "",
            id_number=officer.police_number,
            phone=officer.phone,
        ),
        co_officer=SlipOfficer(name=leg.co_officer) if leg.co_officer else None,
        payments=tuple(
            VictimPayment(
                bank=row.from_bank,
                name=row.from_name,
                account=row.from_number,
                amount_fen=row.fen,
                paid_at=row.happened_at,
                currency=row.currency,
            )
            for row in payments
        ),
        level=None if account.phone else account.level,
        amount_fen=leg.asked if leg.kind in ON_MONEY else None,
        amount_capitals=capitals(leg.asked) if leg.kind in ON_MONEY else "",
        issued_at=leg.queued_at or leg.recorded_at,
        reason=leg.reason or msg("Telecom fraud case {number}", number=case.number),
        remark=leg.remark,
        document=" ".join(part for part in (leg.document_kind, leg.document_number) if part),
        related=_related(work, leg),
        due_at=leg.due_at,
        note=msg("Stop only if account name, number, amount and time all match.")
        if leg.kind is LegKind.STOP
        else "",
    )


def _related(work: Work, leg: Leg) -> str:
    if leg.hold_id is None or leg.kind is LegKind.STOP:
        return ""
    first = work.session.scalar(
        select(Leg.number).where(Leg.hold_id == leg.hold_id, Leg.id < leg.id).order_by(Leg.id).limit(1)
    )
    return first or ""
