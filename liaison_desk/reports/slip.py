"""Request slips (紧急止付请求单 and its sisters): one page or more for each request to an institution.

The addressee acts on it, so it carries full data and the addressee's name as watermark; the lower part is
filled in by hand. Fields that a kind does not know, or that are empty, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import KeepTogether

from liaison_desk.core.lifecycle import (
    CARRIER,
    CATCHING,
    ON_MONEY,
    OUTCOME_WORDS,
    PLATFORM_CODES,
    QUERIES,
    RELEASES,
    URGENCY_WORDS,
    LegKind,
    Urgency,
    outcomes_of,
)
from liaison_desk.core.money import yuan
from liaison_desk.core.papers import Rendered, SlipOfficer, SlipSummary, VictimPayment
from liaison_desk.core.words import Message, Say, msg
from liaison_desk.reports import fonts, lines, style
from liaison_desk.reports.frame import Paper, Sections, bind, heading, moment, paper
from liaison_desk.reports.tables import Field, form

TITLES: dict[LegKind, Message] = {
    LegKind.STOP: msg("Emergency stop-payment request"),
    LegKind.SECOND_STOP: msg("Emergency stop-payment request (second stop)"),
    LegKind.FREEZE: msg("Freeze request"),
    LegKind.RENEW: msg("Freeze renewal request"),
    LegKind.RELEASE_STOP: msg("Request to release a stop"),
    LegKind.RELEASE_FREEZE: msg("Request to release a freeze"),
    LegKind.TRANSACTIONS: msg("Transaction query"),
    LegKind.HOLDER: msg("Account holder query"),
    LegKind.WATCH: msg("Account watch request"),
    LegKind.SUSPEND_NUMBER: msg("Number suspension request"),
    LegKind.BLOCK_NUMBER: msg("Number blocking request"),
    LegKind.TRACE_NUMBER: msg("Number trace request"),
    LegKind.PROTECT_NUMBER: msg("Protective suspension request"),
    LegKind.RESTORE_NUMBER: msg("Number restoration request"),
    LegKind.RETURN: msg("Request to return frozen money"),
}


def render(slips: Sequence[SlipSummary], say: Say) -> Rendered:
    """The slips in one PDF; each starts on its own page, with its own number and its own page x of y.

    ``missing`` of the result lists the characters that no font draws, over all slips.
    """
    setter = fonts.Typesetter()
    return bind([_slip(one, say, setter) for one in slips], say, setter)


def _slip(slip: SlipSummary, say: Say, setter: fonts.Typesetter) -> Paper:
    subtitle = " · ".join(
        part
        for part in (slip.imprint.office, say("issued {at}", at=moment(slip.issued_at, slip.imprint)))
        if part
    )
    story = heading(setter.drawn(say(TITLES[slip.kind])), setter.drawn(subtitle))
    label = 62.0 if say.chinese else 86.0
    story += form(setter, _about(slip, say), label)
    section = Sections(say)
    if slip.payments:
        story += section(msg("Victim's payment"))
        for payment in slip.payments:
            story += form(setter, _payment(payment, slip, say), label)
    story += section(_target_title(slip.kind))
    story += form(setter, _target(slip, say), label)
    if asked := [*_asked(slip, say)]:
        story += section(msg("What is asked"))
        story += form(setter, asked, label)
    if note := say(slip.note):
        story.append(lines.Lines(setter.drawn(note), style.SMALL, color=style.QUIET, before=3))
    story += section(msg("Applying unit and officers"))
    story += form(setter, _unit(slip, say), label)
    answer = [
        *section(msg("Answer of the institution (filled in by hand)")),
        *form(setter, _outcomes(slip.kind, say), label),
        *form(setter, _answer(slip.kind, say), label, by_hand=True),
    ]
    # Whoever fills it in by hand wants it on one page.
    story.append(KeepTogether(answer))
    return paper(slip.imprint, slip, story, say, setter)


def _about(slip: SlipSummary, say: Say) -> Iterator[Sequence[Field]]:
    urgent = slip.urgency is Urgency.URGENT
    yield (
        Field(say("Number"), slip.imprint.number, bold=True),
        Field(say("Urgency"), say(URGENCY_WORDS[slip.urgency]), bold=urgent),
    )
    yield Field(say("Case number"), slip.case_number), Field(say("Fraud type"), say(slip.fraud_type))
    to = [Field(say("Addressee"), slip.target.institution, bold=True)]
    if slip.due_at is not None:
        to.append(Field(say("Answer due"), moment(slip.due_at, slip.imprint), bold=True))
    yield to


def _payment(payment: VictimPayment, slip: SlipSummary, say: Say) -> Iterator[Sequence[Field]]:
    yield Field(say("Bank name"), payment.bank), Field(say("Account name"), payment.name)
    amount = f"{payment.currency} {yuan(payment.amount_fen)}"
    yield (
        Field(say("Account number"), lines.grouped(payment.account)),
        Field(say("Currency, amount"), amount),
    )
    last = [Field(say("Time of payment"), moment(payment.paid_at, slip.imprint))]
    if payment.serial:
        last.append(Field(say("Serial number"), payment.serial))
    yield last


def _target_title(kind: LegKind) -> Message:
    if kind in CATCHING:
        return msg("Account to freeze") if kind is LegKind.FREEZE else msg("Account to stop")
    return msg("Number concerned") if kind in CARRIER else msg("Account concerned")


def _target(slip: SlipSummary, say: Say) -> Iterator[Sequence[Field]]:
    target = slip.target
    carrier = slip.kind in CARRIER
    where = [Field(say("Carrier") if carrier else say("Bank name"), target.institution)]
    if target.institution_code:
        where.append(Field(say("Bank code"), target.institution_code))
    if slip.level is not None:
        where.append(Field(say("Level of the trace"), str(slip.level), share=0.55))
    yield where
    rest = []
    if target.name:
        rest.append(Field(say("Subscriber") if carrier else say("Account name"), target.name, bold=True))
    if target.company is not None:
        kind = say("Corporate account") if target.company else say("Personal account")
        rest.append(Field(say("Account type"), kind))
    if rest:
        yield rest
    number = target.number if carrier else lines.grouped(target.number)
    last = [Field(say("Phone number") if carrier else say("Account number"), number, bold=True)]
    if target.id_number:
        last.append(Field(say("ID number"), target.id_number))
    yield last


def _asked(slip: SlipSummary, say: Say) -> Iterator[Sequence[Field]]:
    if slip.amount_fen is not None:
        yield (
            Field(say("Amount (yuan)"), yuan(slip.amount_fen), bold=True, share=2),
            Field(say("In capitals"), slip.amount_capitals, share=3),
        )
    span = []
    if slip.asked_from is not None:
        span.append(Field(say("From (time)"), moment(slip.asked_from, slip.imprint)))
    if slip.asked_until is not None:
        span.append(Field(say("To (time)"), moment(slip.asked_until, slip.imprint)))
    if span:
        yield span
    if reason := say(slip.reason):
        yield (Field(say("Reason"), reason),)
    if slip.remark:
        yield (Field(say("Remark"), slip.remark),)
    papers = []
    if slip.related:
        papers.append(Field(say("Follows"), slip.related))
    if slip.document:
        papers.append(Field(say("Legal document"), slip.document))
    elif slip.document_due is not None:
        owed = say("to follow by {at}", at=moment(slip.document_due, slip.imprint))
        papers.append(Field(say("Legal document"), owed))
    if papers:
        yield papers


def _unit(slip: SlipSummary, say: Say) -> Iterator[Sequence[Field]]:
    unit = [Field(say("Applying unit"), slip.unit)]
    if slip.unit_code:
        unit.append(Field(say("Unit code"), slip.unit_code))
    yield unit
    yield from _officer(say("Handling officer"), slip.officer, say)
    if slip.co_officer is not None:
        yield from _officer(say("Co-officer"), slip.co_officer, say)


def _officer(role: str, officer: SlipOfficer, say: Say) -> Iterator[Sequence[Field]]:
    row = [Field(role, officer.name, share=0.9)]
    if officer.id_number:
        row.append(
            Field(say("ID and number"), f"{say(officer.id_kind)} {officer.id_number}".strip(), share=1.15)
        )
    if officer.phone:
        row.append(Field(say("Phone"), officer.phone))
    yield row


def _outcomes(kind: LegKind, say: Say) -> Iterator[Sequence[Field]]:
    options = [
        " ".join(part for part in (say(OUTCOME_WORDS[one]), PLATFORM_CODES.get(one, "")) if part)
        for one in outcomes_of(kind)
    ]
    yield (Field(say("Outcome"), options=options, abreast=4 if say.chinese else 3),)


def _answer(kind: LegKind, say: Say) -> Iterator[Sequence[Field]]:
    if kind in CATCHING:
        yield Field(say("Balance before")), Field(say("Amount executed"))
        yield Field(say("From (time)")), Field(say("To (time)"))
        if kind is LegKind.FREEZE:
            yield (Field(say("Earlier freezes")),)
    elif kind is LegKind.RENEW:
        yield Field(say("From (time)")), Field(say("To (time)"))
    elif kind in RELEASES:
        yield Field(say("Amount released")), Field(say("Released at"))
    elif kind is LegKind.RETURN:
        yield Field(say("Amount returned")), Field(say("Serial number"))
    elif kind in QUERIES:
        yield Field(say("Rows handed over")), Field(say("File name"))
    if kind not in ON_MONEY and kind not in QUERIES:
        yield (Field(say("Result in words")),)
    yield (Field(say("Reason if not")),)
    yield Field(say("Answered by")), Field(say("Phone")), Field(say("Time of answer"))
    yield (Field(say("Signature, seal")),)
