"""The columns of the ledger and of the holds, and the periods of the figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from liaison_desk.core.ledger import BUCKET_WORDS, Bucket
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.ledgerbook import SOURCE_WORDS
from liaison_desk.desk.ledgerfields import COUNTS, REVERSED
from liaison_desk.desk.ledgerlists import HoldLine, LedgerRow
from liaison_desk.desk.outside import OutsideRow
from liaison_desk.ui import columns
from liaison_desk.ui.columns import Align, Cell, Column, Filtering
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import Tone, say

COUNT_WORDS = {COUNTS: msg("counts"), REVERSED: msg("reversed")}
RULE_WORDS = {"stop": msg("Stop"), "freeze": msg("Freeze")}


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """0:00 local of a day, in UTC; what is dated by the day before counts at this very instant, before it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def period(name: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """``today``, ``month`` or ``year`` as (start, now], UTC."""
    today = now.astimezone(zone).date()
    first = {"month": today.replace(day=1), "year": today.replace(month=1, day=1)}.get(name, today)
    return day_start(first, zone), now


def days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Whole local days as (start, end], UTC."""
    return day_start(first, zone), day_start(last + timedelta(days=1), zone)


def _way(row: LedgerRow) -> Message:
    return msg("{source} → {target}", source=BUCKET_WORDS[row.source], target=BUCKET_WORDS[row.target_bucket])


def ledger_columns(context: Context) -> list[Column[LedgerRow]]:
    """When, which request, whose, how much from where to where, recorded when, and why."""

    def amount(row: LedgerRow) -> Cell:
        if row.reversed:
            return columns.money(row.fen, bold=False, tip=msg("Taken back: it no longer counts."))
        return columns.money(row.fen)

    def way_named(value: str) -> str:
        source, _, target = value.partition(">")
        words = BUCKET_WORDS
        return say(msg("{source} → {target}", source=words[Bucket(source)], target=words[Bucket(target)]))

    values, words = Filtering.VALUES, Filtering.WORDS
    return [
        Column(
            "happened",
            msg("Happened"),
            lambda row: columns.moment(row.happened_at, context.now(), context.zone, seconds=True),
            126,
            sort="happened",
            filter=Filtering.PAST,
            moment=lambda row: row.happened_at,
        ),
        Column(
            "number",
            msg("Number"),
            lambda row: columns.code(row.leg_number),
            124,
            sort="number",
            filter=words,
        ),
        Column(
            "case", msg("Case"), lambda row: columns.code(row.case_number), 116, sort="case", filter=words
        ),
        Column(
            "institution",
            msg("Institution"),
            lambda row: columns.text(context.institution(row.institution)),
            100,
            sort="institution",
            filter=values,
            named=lambda code: say(context.institution(code)),
        ),
        Column(
            "target",
            msg("Target"),
            lambda row: columns.account(row.target),
            206,
            sort="target",
            filter=words,
            named=columns.grouped,
        ),
        Column(
            "way",
            msg("Movement"),
            lambda row: columns.text(_way(row)),
            140,
            sort="way",
            filter=values,
            named=way_named,
        ),
        Column(
            "fen",
            msg("Amount (yuan)"),
            amount,
            120,
            Align.RIGHT,
            sort="fen",
            filter=Filtering.MONEY,
            fen=lambda row: None if row.reversed else row.fen,
        ),
        Column(
            "state",
            msg("State"),
            lambda row: _counts(reversed_=row.reversed),
            90,
            sort="state",
            filter=values,
            named=lambda value: say(COUNT_WORDS[value]),
        ),
        Column(
            "recorded",
            msg("Recorded"),
            lambda row: columns.moment(row.recorded_at, context.now(), context.zone),
            104,
            sort="recorded",
            filter=Filtering.PAST,
            moment=lambda row: row.recorded_at,
        ),
        Column(
            "entry",
            msg("Entry"),
            lambda row: columns.code(f"#{row.entry_id:,}"),
            72,
            sort="entry",
            filter=Filtering.NUMBER,
        ),
        Column(
            "reason",
            msg("Reason"),
            lambda row: columns.text(row.reason or None),
            140,
            sort="reason",
            filter=words,
        ),
    ]


def outside_columns(context: Context) -> list[Column[OutsideRow]]:
    """What a victim got back outside any hold, and what came back as bait."""

    def what(row: OutsideRow) -> Message:
        return msg("Paid back as bait") if row.kind == "payback" else SOURCE_WORDS[row.source]

    def amount(row: OutsideRow) -> Cell:
        if row.reversed:
            return columns.money(row.fen, bold=False, tip=msg("Taken back: it no longer counts."))
        return columns.money(row.fen)

    return [
        Column(
            "happened",
            msg("Happened"),
            lambda row: columns.moment(row.happened_at, context.now(), context.zone, seconds=True),
            126,
        ),
        Column("case", msg("Case"), lambda row: columns.code(row.case_number), 116),
        Column("victim", msg("Victim"), lambda row: columns.text(row.victim), 120),
        Column("what", msg("What came back"), lambda row: columns.text(what(row)), 220),
        Column("fen", msg("Amount (yuan)"), amount, 120, Align.RIGHT),
        Column("state", msg("State"), lambda row: _counts(reversed_=row.reversed), 90),
        Column(
            "recorded",
            msg("Recorded"),
            lambda row: columns.moment(row.recorded_at, context.now(), context.zone),
            104,
        ),
        Column("entry", msg("Entry"), lambda row: columns.code(f"#{row.entry_id:,}"), 72),
        Column("reason", msg("Reason"), lambda row: columns.text(row.reason or None), 180),
    ]


def _counts(*, reversed_: bool) -> Cell:
    """Whether an entry still counts."""
    if reversed_:
        return columns.chip(msg("reversed"), Tone.MUTED, "undo-2")
    return columns.chip(msg("counts"), Tone.OK, "check")


def hold_columns(context: Context) -> list[Column[HoldLine]]:
    """When it ends, which request, whose, and its buckets."""

    def amount(name: str, title: Message, width: int, *, bold: bool = False) -> Column[HoldLine]:
        def fen(row: HoldLine) -> int | None:
            return getattr(row, name) or (0 if bold else None)

        return Column(
            name,
            title,
            lambda row: columns.money(fen(row), bold=bold),
            width,
            Align.RIGHT,
            sort=name,
            filter=Filtering.MONEY,
            fen=fen,
        )

    values, words = Filtering.VALUES, Filtering.WORDS
    return [
        Column(
            "ends",
            msg("Left"),
            lambda row: columns.remaining(row.ends_at, context.now(), context.zone, expiry=True),
            112,
            ticking=True,
            sort="ends",
            filter=Filtering.MOMENT,
            moment=lambda row: row.ends_at,
            sheet_title=msg("Ends"),
        ),
        Column(
            "rule",
            msg("Hold"),
            lambda row: columns.text(RULE_WORDS[row.rule]),
            60,
            sort="rule",
            filter=values,
            named=lambda rule: say(RULE_WORDS[rule]),
        ),
        Column(
            "number", msg("Number"), lambda row: columns.code(row.number), 124, sort="number", filter=words
        ),
        Column(
            "case", msg("Case"), lambda row: columns.code(row.case_number), 116, sort="case", filter=words
        ),
        Column(
            "institution",
            msg("Institution"),
            lambda row: columns.text(context.institution(row.institution)),
            100,
            sort="institution",
            filter=values,
            named=lambda code: say(context.institution(code)),
        ),
        Column(
            "target",
            msg("Target"),
            lambda row: columns.account(row.target),
            206,
            sort="target",
            filter=words,
            named=columns.grouped,
        ),
        Column(
            "holder", msg("Holder"), lambda row: columns.text(row.holder), 80, sort="holder", filter=words
        ),
        amount("captured", msg("Captured"), 104, bold=True),
        amount("stopped", msg("Stopped"), 100),
        amount("frozen", msg("Frozen"), 100),
        amount("returned", msg("Given back"), 92),
        amount("released", msg("Released"), 92),
        amount("lapsed", msg("Lapsed"), 92),
    ]
