"""Commands that read and hand out: paste, report, export."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from liaison_desk import cli_stats
from liaison_desk.cli_line import JsonFlag, Line, begin
from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import msg

OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help=str(msg("The file to write.")))]

report = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
export = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Hangs these commands into the program."""
    app.command("paste", help=str(msg("Says what the paste box finds in the text on standard input.")))(paste)
    app.add_typer(report, name="report", help=str(msg("Papers as PDF.")))
    app.add_typer(
        export, name="export", help=str(msg("Lists as XLSX, as the signed-in person may see them."))
    )
    cli_stats.add_to(app, export)


# --- paste


def paste(
    context: typer.Context,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help=str(msg("The moment that words like today start from (ISO 8601)."))
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.core import bins
    from liaison_desk.core.office import OfficeSettings
    from liaison_desk.core.paste import FIND_WORDS, find

    line = begin(context, as_json)
    zone = OfficeSettings().zone
    now = datetime.now(UTC)
    if at is not None:
        try:
            now = datetime.fromisoformat(at)
        except ValueError as error:
            raise BadInput(msg("{time} is not a time (ISO 8601). Nothing was read.", time=at)) from error
        if now.tzinfo is None:
            now = now.replace(tzinfo=zone)
    found = find(_standard_input(), now, zone, bins.bundled())
    line.give(
        {
            "finds": [
                {
                    "kind": each.kind,
                    "text": each.text,
                    "value": _json_value(each.value),
                    "institution": each.institution,
                }
                for each in found.finds
            ],
            "unread": list(found.unread),
        },
        *(
            f"{line.say(FIND_WORDS[each.kind])}\t{_json_value(each.value)}\t{each.institution or ''}".rstrip()
            for each in found.finds
        ),
        *(line.say(msg("Not understood: {text}", text=text)) for text in found.unread),
    )


def _standard_input() -> str:
    """The piped text: UTF-8, or GB18030 as Chinese Windows writes it."""
    data = sys.stdin.buffer.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def _json_value(value: object) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


# --- report


@report.command(
    "slip", help=str(msg("Request slips with full data, for the institution they are addressed to."))
)
def slip(
    context: typer.Context,
    leg: Annotated[
        list[str],
        typer.Option(
            "--leg", metavar="NUMBER", help=str(msg("Number of a request; may be given several times."))
        ),
    ],
    out: OutFile,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk import papers
    from liaison_desk.reports import slip as paper

    line = begin(context, as_json)
    with line.signed_in() as desk:
        summaries = desk.release(papers.slips, "print", tuple(leg))
    _write(line, out, paper.render(summaries, line.say))


@report.command("handover", help=str(msg("The handover sheet of the running shift, masked.")))
def handover(context: typer.Context, out: OutFile, as_json: JsonFlag = False) -> None:
    from liaison_desk.desk import handoversheet
    from liaison_desk.reports import handover as paper

    line = begin(context, as_json)
    with line.signed_in() as desk:
        summary = desk.release(handoversheet.handover, "print")
    _write(line, out, paper.render(summary, line.say))


def _write(line: Line, out: Path, rendered: Any) -> None:
    from liaison_desk.exchange.files import write_whole

    write_whole(out, rendered.pdf)
    line.give({"file": str(out), "missing": list(rendered.missing)}, msg("Written: {file}", file=str(out)))
    if rendered.missing:
        line.tell(
            msg(
                "No font has these characters; they stand as code points on the paper: {list}",
                list=" ".join(rendered.missing),
            )
        )


# --- export


@export.command("queue", help=str(msg("The queue: everything open, in the order of work.")))
def queue(context: typer.Context, out: OutFile, as_json: JsonFlag = False) -> None:
    from liaison_desk.core.lifecycle import KIND_WORDS, STATE_WORDS, URGENCY_WORDS
    from liaison_desk.desk import lists, queuerows
    from liaison_desk.desk.office import office_settings
    from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx

    line = begin(context, as_json)
    with line.signed_in() as desk:
        zone = desk.read(office_settings).zone
        rows = desk.release(lists.export_queue, "export", lists.QueueView())
    columns: tuple[Column[queuerows.QueueRow], ...] = (
        Column(msg("Number"), lambda row: row.number, width=18),
        Column(msg("Case"), lambda row: row.case_number, width=18),
        Column(msg("Kind"), lambda row: KIND_WORDS[row.kind]),
        Column(msg("Level"), lambda row: row.level, Kind.NUMBER, 6),
        Column(msg("Institution"), lambda row: row.institution, width=10),
        Column(msg("Target"), lambda row: row.target, width=24),
        Column(msg("Holder"), lambda row: row.holder),
        Column(msg("Amount (yuan)"), lambda row: row.amount, Kind.MONEY, 16),
        Column(msg("State"), lambda row: STATE_WORDS[row.state]),
        Column(msg("Urgency"), lambda row: URGENCY_WORDS[row.urgency], width=8),
        Column(msg("Claimed by"), lambda row: row.claimed_by),
        Column(msg("Entered"), lambda row: row.recorded_at, Kind.TIME, 20),
        Column(msg("Due"), lambda row: row.due, Kind.TIME, 20),
    )
    count = write_xlsx(out, msg("Queue"), columns, rows, line.say, zone)
    line.give(
        {"file": str(out), "rows": count},
        msg("Written: {file}, {count} rows", file=str(out), count=count),
    )
