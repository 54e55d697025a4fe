"""What payments and answers tell of money's way, as movements: the one source of tracings, pictures and meetings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.core.tracing import Channel, Kind, Movement
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Hop, Payment

_CHANNELS: Mapping[HopKind, Channel] = {
    HopKind.TRANSFER: Channel.OTHER,
    HopKind.CASH: Channel.CASH,
    HopKind.PURCHASE: Channel.POS,
    HopKind.TOP_UP: Channel.THIRD_PARTY,
    HopKind.CRYPTO: Channel.CRYPTO,
    HopKind.FX: Channel.OTHER,
}
"""How money that an answer says left without a target left the traceable world."""
PAYMENT, HOP = 0, 1
"""``Movement.source`` of a victim's payment and of what an answer named; ``line`` is the row's id."""


def told(
    work: Work, cases: Sequence[int], account: Callable[[int], str], owner: Callable[[int], str]
) -> list[tuple[int, Movement]]:
    """Payments, then what answers named, each with its case, as it was entered; nothing voided.

    ``account`` and ``owner`` name an account and a victim by their ids. Who may see what of it is up to the caller.
    """
    made: list[tuple[int, Movement]] = []
    for paid in work.session.execute(
        select(
            Payment.id,
            Payment.case_id,
            Payment.victim_id,
            Payment.account_id,
            Payment.fen,
            Payment.happened_at,
        )
        .where(Payment.case_id.in_(cases), Payment.voided_at.is_(None), Payment.fen > 0)
        .order_by(Payment.id)
    ):
        movement = Movement(
            paid.happened_at,
            Kind.PAYMENT,
            "",
            account(paid.account_id),
            paid.fen,
            owner(paid.victim_id),
            source=PAYMENT,
            line=paid.id,
        )
        made.append((paid.case_id, movement))
    for hop in work.session.execute(
        select(
            Hop.id, Hop.case_id, Hop.from_account_id, Hop.to_account_id, Hop.kind, Hop.fen, Hop.happened_at
        )
        .where(Hop.case_id.in_(cases), Hop.voided_at.is_(None))
        .order_by(Hop.id)
    ):
        gone = hop.to_account_id is None
        movement = Movement(
            hop.happened_at,
            Kind.EXIT if gone else Kind.TRANSFER,
            account(hop.from_account_id),
            "" if gone else account(hop.to_account_id),
            hop.fen,
            channel=_CHANNELS[hop.kind] if gone else None,
            source=HOP,
            line=hop.id,
        )
        made.append((hop.case_id, movement))
    return made
