"""Commands about money: the figures of a period, the holds and the ledger as lists."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from liaison_desk.cli_line import JsonFlag, begin
from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg

OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help=str(msg("The file to write.")))]

FIGURE_WORDS: dict[str, Message] = {
    "captured": msg("Captured"),
    "captured_by_stop": msg("of it by stop"),
    "captured_by_freeze": msg("of it directly by freeze"),
    "frozen": msg("Turned from stopped to frozen"),
    "returned": msg("Returned to victims"),
    "released": msg("Released to holders"),
    "lapsed": msg("Lapsed"),
    "secured_opening": msg("In control at the beginning"),
    "secured": msg("In control at the end"),
    "recovered": msg("Recovered for victims"),
    "held_beyond_cases": msg("Held beyond the cases"),
}
"""What the lines without ``--json`` call each figure; none of these is averted money."""


def add_to(app: typer.Typer, export: typer.Typer) -> None:
    """Hangs these commands into the program and its lists."""
    app.command("stats", help=str(msg("The figures of a period, as of any moment.")))(stats)
    export.command("holds", help=str(msg("The holds, running and ended.")))(holds)
    export.command("ledger", help=str(msg("The ledger: every movement of held money.")))(ledger)


def stats(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help=str(msg("First day (ISO 8601).")))],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help=str(msg("Last day (ISO 8601).")))],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="TIME", help=str(msg("As it was known at that moment (ISO 8601)."))),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.office import office_settings
    from liaison_desk.desk.period import period_stats

    line = begin(context, as_json)
    with line.signed_in() as desk:
        at = _moment(as_of) if as_of is not None else None
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=desk.read(office_settings).zone)
        found = desk.release(period_stats, "export", _day(first), _day(last), at)
    document = found.as_json()
    figures: dict[str, Any] = {**document["flows"], **document["stocks"]}
    line.give(
        document,
        msg("As of {time}", time=found.as_of.isoformat(timespec="seconds")),
        *(f"{line.say(word)}\t{line.say(yuan(figures[name]))}" for name, word in FIGURE_WORDS.items()),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(msg("{day} is not a day (ISO 8601). Nothing was read.", day=text)) from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(msg("{time} is not a time (ISO 8601). Nothing was read.", time=text)) from error


def holds(context: typer.Context, out: OutFile, as_json: JsonFlag = False) -> None:
    from liaison_desk.desk.ledgerlists import HoldLine, HoldsView, export_holds
    from liaison_desk.desk.office import office_settings
    from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx

    line = begin(context, as_json)
    with line.signed_in() as desk:
        zone = desk.read(office_settings).zone
        rows = desk.release(export_holds, "export", HoldsView(state="all"))
    columns: tuple[Column[HoldLine], ...] = (
        Column(msg("Number"), lambda row: row.number, width=18),
        Column(msg("Case"), lambda row: row.case_number, width=18),
        Column(msg("Institution"), lambda row: row.institution, width=10),
        Column(msg("Target"), lambda row: row.target, width=24),
        Column(msg("Holder"), lambda row: row.holder),
        Column(msg("Captured"), lambda row: row.captured, Kind.MONEY, 16),
        Column(msg("Stopped"), lambda row: row.stopped, Kind.MONEY, 16),
        Column(msg("Frozen"), lambda row: row.frozen, Kind.MONEY, 16),
        Column(msg("Returned"), lambda row: row.returned, Kind.MONEY, 16),
        Column(msg("Released"), lambda row: row.released, Kind.MONEY, 16),
        Column(msg("Lapsed"), lambda row: row.lapsed, Kind.MONEY, 16),
        Column(msg("Began"), lambda row: row.starts_at, Kind.TIME, 20),
        Column(msg("Ends"), lambda row: row.ends_at, Kind.TIME, 20),
    )
    count = write_xlsx(out, msg("Holds"), columns, rows, line.say, zone)
    line.give(
        {"file": str(out), "rows": count},
        msg("Written: {file}, {count} rows", file=str(out), count=count),
    )


def ledger(context: typer.Context, out: OutFile, as_json: JsonFlag = False) -> None:
    from liaison_desk.core.ledger import BUCKET_WORDS
    from liaison_desk.desk.ledgerlists import LedgerRow, LedgerView, export_ledger
    from liaison_desk.desk.office import office_settings
    from liaison_desk.exchange.spreadsheets import Column, Kind, write_xlsx

    line = begin(context, as_json)
    with line.signed_in() as desk:
        zone = desk.read(office_settings).zone
        rows = desk.release(export_ledger, "export", LedgerView())
    columns: tuple[Column[LedgerRow], ...] = (
        Column(msg("Entry"), lambda row: row.id, Kind.NUMBER, 8),
        Column(msg("Case"), lambda row: row.case_number, width=18),
        Column(msg("Request"), lambda row: row.leg_number, width=18),
        Column(msg("Institution"), lambda row: row.institution, width=10),
        Column(msg("Target"), lambda row: row.target, width=24),
        Column(msg("From"), lambda row: BUCKET_WORDS[row.source]),
        Column(msg("To"), lambda row: BUCKET_WORDS[row.target_bucket]),
        Column(msg("Amount (yuan)"), lambda row: row.fen, Kind.MONEY, 16),
        Column(msg("Happened"), lambda row: row.happened_at, Kind.TIME, 20),
        Column(msg("Entered"), lambda row: row.recorded_at, Kind.TIME, 20),
        Column(msg("Reversed"), lambda row: msg("yes") if row.reversed else ""),
        Column(msg("Reason"), lambda row: row.reason, width=30),
    )
    count = write_xlsx(out, msg("Ledger"), columns, rows, line.say, zone)
    line.give(
        {"file": str(out), "rows": count},
        msg("Written: {file}, {count} rows", file=str(out), count=count),
    )
