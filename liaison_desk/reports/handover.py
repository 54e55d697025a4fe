"""The handover sheet (联合办公交接班记录): what one shift hands to the next, masked, on paper both leads sign.

Drawn from a summary alone. A section without rows says so: an empty place and a forgotten one must not look
the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from reportlab.platypus import Flowable, KeepTogether, Spacer

from liaison_desk.core.lifecycle import KIND_WORDS, STATE_WORDS
from liaison_desk.core.money import yuan
from liaison_desk.core.papers import (
    ClockRow,
    CountsRow,
    EarlierFlow,
    HandoverSummary,
    LapseRow,
    MoneyRow,
    OpenRow,
    Period,
    Rendered,
    SignBox,
    TraceRow,
)
from liaison_desk.core.words import Message, Say, msg
from liaison_desk.reports import fonts, lines, style
from liaison_desk.reports.frame import Sections, bind, heading, minute, moment, paper
from liaison_desk.reports.tables import Box, Column, Mark, Row, boxes, table

PERIOD_WORDS: dict[Period, Message] = {
    Period.SHIFT: msg("This shift"),
    Period.MONTH: msg("This month"),
    Period.TOTAL: msg("Cumulative"),
}

_BANDS: tuple[tuple[timedelta, Message], ...] = (
    (timedelta(0), msg("Already ended: {count}")),
    (timedelta(hours=12), msg("Within 12 hours: {count}")),
    (timedelta(hours=24), msg("Within 12 to 24 hours: {count}")),
    (timedelta(hours=48), msg("Within 24 to 48 hours: {count}")),
)
_LATER = msg("Later: {count}")

READ_BACK_LINES = 3


def render(summary: HandoverSummary, say: Say) -> Rendered:
    """The sheet as PDF; ``missing`` of the result lists the characters that no font draws."""
    setter = fonts.Typesetter()
    unsigned = say("Running shift · unsigned")
    story = _head(summary, say, setter)
    section = Sections(say)
    story += [*section(msg("Workload (requests)")), *_counts(summary, say, setter)]
    story += [*section(msg("Running out (by expiry)")), *_clocks(summary, say, setter)]
    story += [*section(msg("Open requests")), *_open(summary.open_requests, say, setter)]
    story += [*section(msg("Cases in trace")), *_traces(summary.traces, say, setter)]
    story += [*section(msg("Money (yuan)")), *_money(summary, say, setter)]
    story += [*section(msg("Lapsed holds")), *_lapses(summary, say, setter)]
    story += [*section(msg("Carrier requests")), *_open(summary.carrier_requests, say, setter)]
    story.append(
        KeepTogether(
            [
                *section(msg("Read-back by the incoming lead (the three largest risks)")),
                *_read_back(summary, setter),
                *section(msg("Signatures")),
                *_signatures(summary, say, setter),
            ]
        )
    )
    sheet = paper(
        summary.imprint,
        summary,
        story,
        say,
        setter,
        number="" if summary.imprint.number else unsigned,
        watermark=say("Unsigned") if summary.running else "",
        copy=msg("working print") if summary.running else None,
    )
    return bind([sheet], say, setter)


def _head(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    imprint = summary.imprint
    parts = (imprint.office, say(summary.shift), say("as of {at}", at=moment(summary.as_of, imprint)))
    story = heading(
        say("Joint office handover record"), setter.drawn(" · ".join(part for part in parts if part))
    )
    if summary.running:
        warning = say("Print of the running shift. It makes no cut and is not a signed handover.")
        story += boxes(setter, [[Box(warning, bold=True)]], color=style.RED)
    return story


def _nothing(say: Say) -> list[Flowable]:
    return [lines.Lines(say("None"), style.BODY, color=style.QUIET)]


def span(seconds: int, say: Say) -> str:
    """How long an answer took, below an hour to the second: ``9 分 20 秒``, ``1 小时 02 分``."""
    if seconds < 3600:
        return say("{minutes} min {seconds:02d} s", minutes=seconds // 60, seconds=seconds % 60)
    return age(seconds, say)


def age(seconds: int, say: Say) -> str:
    """How long something has been waiting: ``17 分``, ``1 小时 02 分``, ``3 天 04 小时``."""
    if seconds < 3600:
        return say("{minutes} min", minutes=seconds // 60)
    if seconds < 86400:
        return say("{hours} h {minutes:02d} min", hours=seconds // 3600, minutes=seconds // 60 % 60)
    return say("{days} d {hours:02d} h", days=seconds // 86400, hours=seconds // 3600 % 24)


def _counts(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not summary.counts:
        return _nothing(say)
    columns = [
        Column(say("Institution"), 2.6),
        Column(say("Taken over"), 1, "right"),
        Column(say("New in shift"), 1, "right"),
        Column(say("Closed in shift"), 1, "right"),
        Column(say("Carried over"), 1.05, "right"),
        Column(say("Overdue"), 1, "right"),
        Column(say("Median answer"), 1.25, "right"),
    ]

    def row(one: CountsRow, name: str, mark: Mark) -> Row:
        median = "—" if one.median_seconds is None else span(one.median_seconds, say)
        figures = (one.opening, one.new, one.closed, one.carried, one.overdue)
        return Row((name, *(f"{figure:,}" for figure in figures), median), mark, (5,) if one.overdue else ())

    rows = [row(one, say(one.institution), Mark.BODY) for one in summary.counts]
    if summary.counts_total is not None:
        rows.append(row(summary.counts_total, say("Total (opening + new − closed = carried)"), Mark.TOTAL))
    return [table(setter, columns, rows)]


def _clocks(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not summary.clocks:
        return _nothing(say)
    columns = [
        Column(say("Ends at"), 1.15),
        Column(say("Matter"), 1.3),
        Column(say("Number"), 1.5),
        Column(say("Institution"), 1.1),
        Column(say("Amount (yuan)"), 1.2, "right"),
        Column(say("Next step"), 1.9),
        Column(say("Owner"), 0.8),
    ]
    return [table(setter, columns, _clock_rows(summary, say))]


def _clock_rows(summary: HandoverSummary, say: Say) -> Iterator[Row]:
    left = sorted(summary.clocks, key=lambda one: (one.ends_at, one.number))
    lower = None
    for limit, title in (*_BANDS, (None, _LATER)):
        band = [
            one
            for one in left
            if (lower is None or one.ends_at - summary.as_of > lower)
            and (limit is None or one.ends_at - summary.as_of <= limit)
        ]
        lower = limit
        if not band:
            continue
        yield Row((say(Message(title.text, {"count": len(band)})),), Mark.GROUP)
        for one in band:
            yield _clock(one, summary, say)


def _clock(one: ClockRow, summary: HandoverSummary, say: Say) -> Row:
    return Row(
        (
            minute(one.ends_at, summary.imprint),
            say(one.matter),
            one.number,
            one.institution or "—",
            "—" if one.amount_fen is None else yuan(one.amount_fen),
            say(one.next_step) or "—",
            one.owner or "—",
        ),
        red=(0,) if one.ends_at <= summary.as_of else (),
    )


def _open(requests: Sequence[OpenRow], say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not requests:
        return _nothing(say)
    columns = [
        Column(say("Number and institution"), 1.65),
        Column(say("Kind and target"), 2.2),
        Column(say("State"), 0.9),
        Column(say("Amount (yuan)"), 1.22, "right"),
        Column(say("Open for"), 1.1, "right"),
        Column(say("Last step"), 1.25),
        Column(say("Next step"), 1.2),
        Column(say("Owner"), 0.75),
    ]
    groups: dict[str, list[OpenRow]] = {}
    for one in requests:
        groups.setdefault(say(one.institution), []).append(one)

    def rows() -> Iterator[Row]:
        for institution, members in groups.items():
            late = sum(one.overdue for one in members)
            title = (
                say(
                    "{institution}: {count} open, {late} overdue",
                    institution=institution,
                    count=len(members),
                    late=late,
                )
                if late
                else say("{institution}: {count} open", institution=institution, count=len(members))
            )
            yield Row((title,), Mark.GROUP)
            for one in members:
                # The institution on every row: a page in the middle does not show the group's head.
                yield Row(
                    (
                        f"{one.number}\n{institution}",
                        f"{say(KIND_WORDS[one.kind])}\n{lines.held(one.target)}".rstrip(),
                        say(STATE_WORDS[one.state]),
                        "—" if one.amount_fen is None else yuan(one.amount_fen),
                        age(one.age_seconds, say),
                        say(one.last_step) or "—",
                        say(one.next_step) or "—",
                        one.owner or "—",
                    ),
                    red=(4,) if one.overdue else (),
                )

    return [table(setter, columns, rows(), size=style.DENSE)]


def _traces(traces: Sequence[TraceRow], say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not traces:
        return _nothing(say)
    columns = [
        Column(say("Case"), 1.8),
        Column(say("Last known hop"), 2.4),
        Column(say("Still untraced (yuan)"), 1.2, "right"),
        Column(say("Waits for"), 1.7),
        Column(say("Waiting time"), 1.05, "right"),
    ]
    rows = (
        Row(
            (
                f"{one.case_number} {say(one.fraud_type)}".rstrip(),
                lines.held(say(one.last_hop)),
                yuan(one.untraced_fen),
                say(one.waits),
                age(one.waiting_seconds, say),
            )
        )
        for one in traces
    )
    return [table(setter, columns, rows)]


def _money(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not summary.money:
        return _nothing(say)
    columns = [
        Column("", 1.05),
        Column(say("Opening secured"), 1.2, "right"),
        Column(say("+ captured"), 1.2, "right"),
        Column(say("− returned"), 1.2, "right"),
        Column(say("− released"), 1.1, "right"),
        Column(say("− lapsed"), 1.1, "right"),
        Column(say("= closing secured"), 1.25, "right"),
        Column(say("of which to freeze"), 1.2, "right"),
    ]

    def row(one: MoneyRow) -> Row:
        figures = (one.opening, one.captured, one.returned, one.released, one.lapsed, one.closing, one.frozen)
        return Row((say(PERIOD_WORDS[one.period]), *map(yuan, figures)))

    story: list[Flowable] = [table(setter, columns, map(row, summary.money), size=style.DENSE)]
    if summary.recovered_fen is not None:
        recovered = (
            say(
                "Recovered since the beginning: {amount} ({capitals}). Every fen counts once; averted losses are not in it.",
                amount=yuan(summary.recovered_fen),
                capitals=summary.recovered_capitals,
            )
            if summary.recovered_capitals
            else say(
                "Recovered since the beginning: {amount}. Every fen counts once; averted losses are not in it.",
                amount=yuan(summary.recovered_fen),
            )
        )
        story.append(lines.Lines(setter.drawn(recovered), style.BODY, before=3))
    if summary.earlier_flows:
        note = say("Recorded in this shift, happened before it (contained in the figures above):")
        story.append(lines.Lines(note, style.BODY, before=4, after=2, keep_with_next=True))
        story.append(_earlier(summary.earlier_flows, summary, say, setter))
    return story


def _earlier(
    flows: Sequence[EarlierFlow], summary: HandoverSummary, say: Say, setter: fonts.Typesetter
) -> Flowable:
    columns = [
        Column(say("Number"), 1.5),
        Column(say("Matter"), 2.5),
        Column(say("Amount (yuan)"), 1.2, "right"),
        Column(say("Happened at"), 1.3),
        Column(say("Recorded at"), 1.3),
    ]
    rows = (
        Row(
            (
                one.number,
                say(one.matter),
                yuan(one.amount_fen),
                minute(one.happened_at, summary.imprint),
                minute(one.recorded_at, summary.imprint),
            )
        )
        for one in flows
    )
    return table(setter, columns, rows)


def _lapses(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    if not summary.lapses:
        return _nothing(say)
    columns = [
        Column(say("Lapsed at"), 1.1),
        Column(say("Number"), 1.5),
        Column(say("Institution"), 1.3),
        Column(say("Account or number"), 2.3),
        Column(say("Amount (yuan)"), 1.2, "right"),
        Column(say("Acknowledged"), 1.7),
    ]

    def row(one: LapseRow) -> Row:
        at = "" if one.acknowledged_at is None else minute(one.acknowledged_at, summary.imprint)
        seen = f"{one.acknowledged_by} {at}".rstrip() if one.acknowledged_by else say("Not acknowledged")
        lapsed = minute(one.lapsed_at, summary.imprint)
        cells = (
            lapsed,
            one.number,
            one.institution or "—",
            lines.held(one.target),
            yuan(one.amount_fen),
            seen,
        )
        return Row(cells, red=() if one.acknowledged_by else (5,))

    return [table(setter, columns, map(row, summary.lapses))]


def _read_back(summary: HandoverSummary, setter: fonts.Typesetter) -> list[Flowable]:
    told = [*summary.read_back, *[""] * (READ_BACK_LINES - len(summary.read_back))]
    return boxes(setter, [[Box(f"{n}. {text}", least=22)] for n, text in enumerate(told, 1)])


def _signatures(summary: HandoverSummary, say: Say, setter: fonts.Typesetter) -> list[Flowable]:
    signers = summary.signatures or (SignBox(msg("Outgoing lead")), SignBox(msg("Incoming lead")))
    abreast = 4

    def box(one: SignBox) -> Box:
        who = (
            f"{one.name}（{one.institution}）"
            if one.name and one.institution
            else one.name or one.institution
        )
        # The colon follows the language, the name is as typed.
        label = say("{role}: {name}", role=say(one.role), name=who)
        if one.signed_at is not None:
            return Box(
                label, say("signed {at} by password", at=minute(one.signed_at, summary.imprint)), least=44
            )
        return Box(label, say("Signature and time:"), least=44)

    row_of = [
        [box(one) for one in signers[start : start + abreast]] for start in range(0, len(signers), abreast)
    ]
    wide = min(abreast, len(signers))
    for row in row_of:
        row += [Box("", least=44)] * (wide - len(row))
    return [*boxes(setter, row_of), Spacer(0, 2)]
