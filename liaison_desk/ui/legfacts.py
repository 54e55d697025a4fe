"""What the pane of a request says in facts: what must match and what is at stake, who paid, who asks, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from liaison_desk.core.countdown import age, lasted, when
from liaison_desk.core.lifecycle import EXECUTED, ON_MONEY, RELEASES
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.balance import Balance
from liaison_desk.desk.details import LegDetail
from liaison_desk.desk.facts import Step
from liaison_desk.ui import columns
from liaison_desk.ui.balance import Part
from liaison_desk.ui.cards import Fact
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import Share, Tone
from liaison_desk.ui.timeline import Event


def about_request(context: Context, detail: LegDetail) -> list[Fact]:
    """What must match, and what is at stake."""
    row, now, zone = detail.row, context.now(), context.zone
    label = msg("Phone number") if row.phone else msg("Account")
    facts = [Fact(label, columns.grouped(row.target), mono=True, wide=not row.phone)]
    if not row.phone:
        facts.append(Fact(msg("Holder"), row.holder or columns.NOTHING, strong=row.full))
    bank: Message | str = context.institution(row.institution)
    if detail.bank_name and not row.institution:
        bank = detail.bank_name
    facts.append(Fact(msg("Institution"), bank, second=msg("company account") if detail.company else ""))
    if row.kind in ON_MONEY:
        facts.append(Fact(msg("Amount asked"), yuan(row.amount), strong=True))
    if row.score:
        facts.append(
            Fact(
                msg("Likely still to be caught"),
                yuan(row.score),
                strong=True,
                second=msg("level {level} · {age}", level=row.level, age=_age(detail.arrived_at, now, zone)),
                tip=row.reason,
            )
        )
    elif row.level:
        facts.append(Fact(msg("Level"), str(row.level)))
    paid_at = detail.paid_at or detail.arrived_at
    if paid_at is not None and not row.phone:
        facts.append(Fact(msg("Came in at"), when(paid_at, now, zone, seconds=True)))
    if detail.paid and detail.paid != row.amount:
        facts.append(Fact(msg("Paid by the victim"), yuan(detail.paid)))
    if row.full and not row.phone and row.kind in ON_MONEY:
        used_up = detail.stops_used >= detail.stops_allowed
        facts.append(
            Fact(
                msg("Stops used"),
                f"{detail.stops_used} / {detail.stops_allowed}",
                tone=Tone.OVERDUE if used_up else Tone.NEUTRAL,
                second=msg("used up: ask for a freeze") if used_up else "",
            )
        )
    released = _released_at(detail)
    if released is not None:
        late = detail.due_at is not None and released > detail.due_at
        facts.append(
            Fact(
                msg("Time to release"),
                lasted(detail.happened_at, released, zone),
                tone=Tone.OVERDUE if late else Tone.OK,
                second=msg("after its clock") if late else msg("within its clock"),
            )
        )
    if detail.state_reason:
        facts.append(Fact(msg("Reason given"), detail.state_reason, wide=True, tone=Tone.SOON))
    return facts


def about_case(context: Context, detail: LegDetail) -> list[Fact]:
    """Who paid, on which paper it rests, who asks."""
    now, zone = context.now(), context.zone
    facts = [Fact(msg("Victim"), detail.victim or columns.NOTHING, second=detail.victim_phone)]
    payer = " ".join(part for part in (detail.payer_bank, detail.payer_name) if part)
    if payer or detail.payer_number:
        facts.append(
            Fact(msg("Paid from"), payer or columns.NOTHING, second=columns.grouped(detail.payer_number))
        )
    officer = (
        msg("{officer}, {other}", officer=detail.officer, other=detail.co_officer)
        if detail.co_officer
        else detail.officer
    )
    facts.append(Fact(msg("Officer"), officer))
    document = " ".join(part for part in (detail.document_kind, detail.document_number) if part)
    facts.append(
        Fact(
            msg("Legal document"),
            document or msg("to follow"),
            tone=Tone.NEUTRAL if document else Tone.MUTED,
        )
    )
    if detail.queued_at is not None:
        facts.append(Fact(msg("In the queue since"), when(detail.queued_at, now, zone, seconds=True)))
    if detail.area:
        facts.append(Fact(msg("Area"), detail.area))
    for label, words in ((msg("Reason"), detail.reason), (msg("Remark"), detail.remark)):
        if words:
            facts.append(Fact(label, words, wide=True))
    return facts


def money_parts(money: Balance) -> list[Part]:
    """All members of the case's balance line, in money.md's order; they add up to the loss.

    The residual of a case out of balance is below 0 and is told as it is.
    """
    return [
        Part(Share.RETURNED, money.returned),
        Part(Share.FROZEN, money.frozen),
        Part(Share.STOPPED, money.stopped),
        Part(Share.ELSEWHERE, money.elsewhere),
        Part(Share.SPENT, money.spent),
        Part(Share.BEYOND, money.beyond),
        Part(Share.UNTRACED, money.untraced),
    ]


def events(context: Context, steps: Sequence[Step]) -> list[Event]:
    """A timeline's lines; a step recorded while that computer's clock was in doubt says so."""
    now, zone = context.now(), context.zone
    made = []
    for step in steps:
        text: Message = step.text
        if step.doubted:
            text = msg("{what} (clock in doubt)", what=step.text)
        at = when(step.at, now, zone, seconds=True)
        made.append(Event(at, text, step.who, Tone.SOON if step.doubted else Tone.MUTED))
    return made


def _released_at(detail: LegDetail) -> datetime | None:
    """When what the request asked to release was let go (K3); None for every other request."""
    if detail.row.kind not in RELEASES:
        return None
    done = [answer for answer in detail.answers if answer.outcome in EXECUTED]
    return (done[-1].starts_at or done[-1].happened_at) if done else None


def _age(arrived: datetime | None, now: datetime, zone: ZoneInfo) -> Message | str:
    return age(arrived, now, zone) if arrived is not None else columns.NOTHING
