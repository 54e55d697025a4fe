"""Commands that take files in: cases out of a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison_desk.cli_line import JsonFlag, Line, begin
from liaison_desk.core.errors import NotAllowed
from liaison_desk.core.words import msg

if TYPE_CHECKING:
    from liaison_desk.core.caselines import CaseFile
    from liaison_desk.desk.case_import import ImportedFile
    from liaison_desk.desk.desk import Desk

DryRun = Annotated[
    bool, typer.Option("--dry-run", help=str(msg("Says what would become of each row; stores nothing.")))
]


def add_to(app: typer.Typer) -> typer.Typer:
    """Hangs these commands into the program; gives their group."""
    group = typer.Typer(help=str(msg("Takes files in.")), no_args_is_help=True)
    app.add_typer(group, name="import")
    group.command(
        "cases", help=str(msg("Cases and their payments out of a workbook; each row stored or refused."))
    )(cases)
    return group


def cases(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=str(msg("A workbook (.xlsx, .xls) or a text (.csv, .txt)."))),
    ],
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.case_import import ImportCases, import_file
    from liaison_desk.desk.office import office_settings
    from liaison_desk.exchange.case_files import read_case_file

    line = begin(context, as_json)
    with line.signed_in() as desk:
        if not desk.may(ImportCases):
            raise NotAllowed(msg("Your role has no right to take cases in. Nothing was read."))
        read = read_case_file(file, desk.read(office_settings).zone, desk.clock())
        done = _foreseen(line, desk, read) if dry_run else import_file(desk, read)
    if done.before is not None:
        line.tell(done.before)
    for each in done.rejected:
        place = f"{each.sheet} {each.line}".strip()
        line.tell(msg("Line {line}: {reason}", line=place, reason=each.reason))
    line.give(
        {
            "rows": done.rows,
            "stored": done.stored,
            "duplicates": done.duplicates,
            "rejected": [
                {"sheet": each.sheet, "line": each.line, "reason": line.say(each.reason)}
                for each in done.rejected
            ],
            "skipped": done.skipped,
            "cases": done.cases,
            "file_sha256": read.sha256,
        },
        msg(
            "{rows} rows: {stored} would be stored, {duplicates} are there already, {rejected} cannot be stored. "
            "Nothing was stored.",
            rows=done.rows,
            stored=done.stored,
            duplicates=done.duplicates,
            rejected=len(done.rejected),
        )
        if dry_run
        else msg(
            "{rows} rows: {stored} stored, {duplicates} there already, {rejected} cannot be stored. "
            "Cases opened: {cases}",
            rows=done.rows,
            stored=done.stored,
            duplicates=done.duplicates,
            rejected=len(done.rejected),
            cases=", ".join(done.cases) or "-",
        ),
    )
    if done.rejected:
        raise typer.Exit(1)


def _foreseen(line: Line, desk: Desk, read: CaseFile) -> ImportedFile:
    """The counts that storing would give now; numbers of cases are drawn only then."""
    from liaison_desk.core.caselines import RefusedLine
    from liaison_desk.desk.case_import import ImportedFile
    from liaison_desk.desk.case_verdicts import Verdict, import_verdicts

    found = desk.read(import_verdicts, read.lines, read.sha256)
    result = ImportedFile(read.rows, read.skipped, rejected=list(read.refused), before=found.before)
    for row in found.rows:
        if row.verdict is Verdict.DUPLICATE:
            result.duplicates += 1
        elif row.verdict is Verdict.REJECTED and row.reason is not None:
            result.rejected.append(RefusedLine(row.sheet, row.line, row.reason))
        else:
            result.stored += 1
            if row.reason is not None:
                line.tell(
                    msg("Line {line}: {reason}", line=f"{row.sheet} {row.line}".strip(), reason=row.reason)
                )
    order = {name: at for at, name in enumerate(read.sheets)}
    result.rejected.sort(key=lambda each: (order.get(each.sheet, 0), each.line))
    return result
