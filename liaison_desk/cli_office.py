"""Commands that make, check and keep an office: init, demo, check, backup, restore, upgrade, recover."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liaison_desk.cli_line import PASSWORD, RECOVERY, JsonFlag, Line, begin, system_user
from liaison_desk.core.words import Message, msg

if TYPE_CHECKING:
    from liaison_desk.desk.office import SetUpOffice

SHOWN_CASES = 20


def add_to(app: typer.Typer) -> None:
    """Hangs these commands into the program."""
    app.command("init", help=str(msg("Makes a new office: an empty database with its institutions.")))(init)
    app.command(
        "demo", help=str(msg("Writes an invented office to try everything; every password is demo."))
    )(demo)
    app.command("check", help=str(msg("Checks the office from the file's pages to the last figure.")))(check)
    app.command("backup", help=str(msg("Makes a verified copy of the office, while others work.")))(backup)
    app.command("restore", help=str(msg("Puts a verified backup in the office's place.")))(restore)
    app.command("upgrade", help=str(msg("Brings an older database up to date, after a backup.")))(upgrade)
    app.command("recover", help=str(msg("Gives an administrator a new password by the recovery code.")))(
        recover
    )


# --- init


def init(
    context: typer.Context,
    office: Annotated[str, typer.Option("--office", metavar="NAME", help=str(msg("Name of the office.")))],
    admin: Annotated[
        str, typer.Option("--admin", metavar="LOGIN", help=str(msg("Login of the first administrator.")))
    ],
    institutions: Annotated[
        Path | None,
        typer.Option(
            "--institutions",
            metavar="FILE.csv",
            help=str(msg("Institutions instead of the usual eight: code,kind,name_zh,name_en.")),
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.desk.office import EIGHT, Seated, SetUpOffice
    from liaison_desk.exchange.institutions import BadList, read_institutions
    from liaison_desk.store import schema

    line = begin(context, as_json)
    seats: tuple[Seated, ...] = EIGHT
    if institutions is not None:
        try:
            seats = tuple(
                Seated(each.code, each.kind, each.name_zh, each.name_en, each.head_code)
                for each in read_institutions(institutions)
            )
        except BadList as error:
            for bad in error.lines:
                line.tell(msg("Line {line}: {reason}.", line=bad.line, reason=bad.reason))
            raise
    password = line.secret(PASSWORD, msg("Password of the new administrator: "), twice=True)
    command = SetUpOffice(
        name=office, admin=admin, password=password, institutions=seats, system_user=system_user()
    )
    _rehearse(command)
    with line.database() as database:
        schema.create(database)
        code = Desk(database).as_system().do(command)
        line.give(
            {"recovery_code": code},
            msg("The office is set up in {where}.", where=str(database)),
            msg("Recovery code, shown only now; print it and lock it away: {code}", code=code),
        )


def _rehearse(command: SetUpOffice) -> None:
    """The same in a place of its own: a mistake is found before anything is made where it was asked for."""
    from liaison_desk.desk.desk import Desk
    from liaison_desk.store import schema
    from liaison_desk.store.database import Database

    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "rehearsal.db")
        try:
            schema.create(database)
            Desk(database).as_system().do(command)
        finally:
            database.close()


# --- demo


def demo(
    context: typer.Context,
    where: Annotated[str, typer.Argument(metavar="PATH-or-URL", help=str(msg("Where to write it.")))],
    requests: Annotated[
        int, typer.Option("--requests", min=1, metavar="N", help=str(msg("About how many requests.")))
    ] = 240,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help=str(msg("The same number, the same office.")))
    ] = 1,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.demo import make_demo
    from liaison_desk.store.database import Database

    line = begin(context, as_json)
    database = Database(where)
    try:
        made = make_demo(database, requests=requests, seed=seed, progress=_progress(line))
    finally:
        database.close()
    line.give(
        {
            "logins": [
                {"login": each.login, "role": each.role, "institution": each.institution}
                for each in made.logins
            ],
            "cases": list(made.cases[:SHOWN_CASES]),
        },
        msg("The demo office is in {where}. Every password is demo. Logins:", where=str(database)),
        *(f"  {each.login}\t{each.role}\t{each.institution}" for each in made.logins),
    )


def _progress(line: Line) -> Callable[[int, int], None] | None:
    """A line that counts on a terminal; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, of_all: int) -> None:
        text = line.say(msg("Writing requests: {done} of {all}", done=done, all=of_all))
        print(f"\r{text}", end="\n" if done >= of_all else "", file=sys.stderr, flush=True)

    return show


# --- check


def check(
    context: typer.Context,
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="CODE",
            help=str(msg("A chain head printed on a paper: the chain must reach it.")),
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.check import check as check_office

    line = begin(context, as_json)
    with line.database() as database:
        report = check_office(database, head)
    say = line.say
    document: dict[str, object] = {
        "ok": report.ok,
        "entries": report.entries,
        "head": report.head_code,
        "findings": [
            {"kind": finding.kind, "where": finding.where, "message": say(finding.message)}
            for finding in report.findings
        ],
        "warnings": [say(warning) for warning in report.warnings],
    }
    if head is not None:
        document |= {"head_entry": report.head_entry, "after_head": report.after_head}
    lines: list[Message] = [finding.message for finding in report.findings]
    if report.ok:
        lines.append(
            msg(
                "Everything agrees. Entries: {count}, head {code}.",
                count=report.entries,
                code=report.head_code or "—",
            )
        )
    else:
        lines.append(
            msg(
                "Findings: {count}. The way back is the last verified backup from before (restore); keep this file as evidence.",
                count=len(report.findings),
            )
        )
    if report.head_entry is not None:
        lines.append(
            msg(
                "The printed head is that of entry {id}; {count} came after it.",
                id=report.head_entry,
                count=report.after_head,
            )
        )
    line.give(document, *lines)
    for warning in report.warnings:
        line.tell(warning)
    if not report.ok:
        raise typer.Exit(1)


# --- backup, restore, upgrade


def backup(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", help=str(msg("Where to; default: backups beside the file."))),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.desk.keeping import back_up_now
    from liaison_desk.store import schema

    line = begin(context, as_json)
    with line.database() as database:
        schema.require_current(database)
        made = back_up_now(Desk(database).as_system(), to)
    line.give(
        {
            "file": str(made.path),
            "sha256": made.sha256,
            "sound": made.sound,
            "removed": [path.name for path in made.removed],
        },
        msg("Backed up and verified: {file}", file=str(made.path)),
    )
    if made.removed:
        line.tell(msg("Older backups removed: {count}", count=len(made.removed)))
    if not made.sound:
        line.tell(
            msg(
                "The copy is true, but the office itself is not sound: {reason} Run check.",
                reason=made.reason or "",
            )
        )
        raise typer.Exit(1)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=str(msg("The backup to put back.")))],
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.keeping import restore_office

    line = begin(context, as_json)
    with line.database(held=False) as database:
        restored = restore_office(database, file, system_user())
        line.give(
            {
                "kept": restored.kept or None,
                "entries": restored.entries,
                "upgraded_from": restored.upgraded_from,
            },
            msg("Restored from {file}: {count} entries.", file=file.name, count=restored.entries),
            *([msg("What was there before is kept as {kept}.", kept=restored.kept)] if restored.kept else []),
        )


def upgrade(context: typer.Context, as_json: JsonFlag = False) -> None:
    from liaison_desk.desk.keeping import upgrade_office

    line = begin(context, as_json)
    with line.database(held=False) as database:
        done = upgrade_office(database, system_user())
    line.give(
        {
            "before": done.before,
            "after": done.after,
            "backup": str(done.backup) if done.backup is not None else None,
        },
        msg("Upgraded from {before} to {after}.", before=done.before, after=done.after)
        if done.before != done.after
        else msg("Nothing to do: the database is up to date ({after}).", after=done.after),
        *([msg("Backup made first: {file}", file=str(done.backup))] if done.backup is not None else []),
    )


# --- recover


def recover(
    context: typer.Context,
    login: Annotated[
        str, typer.Option("--login", metavar="LOGIN", help=str(msg("The administrator's login.")))
    ],
    as_json: JsonFlag = False,
) -> None:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.desk.office import RecoverAdministrator
    from liaison_desk.store import schema

    line = begin(context, as_json)
    with line.database() as database:
        schema.require_current(database)
        code = line.secret(RECOVERY, msg("Recovery code: "))
        password = line.secret(PASSWORD, msg("New password of {login}: ", login=login), twice=True)
        new_code = (
            Desk(database)
            .as_system()
            .do(RecoverAdministrator(login=login, code=code, password=password, system_user=system_user()))
        )
    line.give(
        {"recovery_code": new_code},
        msg("{login} has a new password.", login=login),
        msg("The old recovery code is used up. The new one, shown only now: {code}", code=new_code),
    )
