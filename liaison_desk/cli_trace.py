"""Commands that compute on files alone: whose money is where by the four rules, and who gets how much back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from liaison_desk.cli_line import JsonFlag, Line, begin
from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import parse_yuan, yuan
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.returns import proportional
from liaison_desk.core.tracing import CHANNEL_WORDS, RULE_WORDS, Comparison, Rule, Traced, compare
from liaison_desk.core.tracing import trace as run_trace
from liaison_desk.core.tracing_files import BadFile, as_json, read_losses, read_movements, returns_json
from liaison_desk.core.words import Message, msg

ALL = "all"
BAD_LINES_TOLD = 20
"""Bad lines that are named one by one; the last sentence counts them all."""


class _Asked(NamedTuple):
    """A tracing and the zone in which its times are written."""

    found: Comparison | Traced
    zone: tzinfo


def add_to(app: typer.Typer) -> None:
    """Hangs these commands into the program."""
    app.command("trace", help=str(msg("Whose money is left where, by the rules of tracing.")))(trace)
    app.command(
        "returns", help=str(msg("Shares an amount between victims in proportion to what each still lacks."))
    )(returns)


# --- trace


def trace(
    context: typer.Context,
    movements: Annotated[
        Path | None,
        typer.Option(
            "--movements",
            metavar="FILE.csv",
            help=str(msg("Movements as CSV: at,kind,from,to,amount,owner,channel; amounts in yuan.")),
        ),
    ] = None,
    case: Annotated[
        str, typer.Option("--case", metavar="NO", help=str(msg("A case, by its number (with --as).")))
    ] = "",
    rule: Annotated[
        str,
        typer.Option("--rule", metavar="RULE", help=str(msg("fifo, lifo, pro-rata, clean-first or all."))),
    ] = ALL,
    told_as_json: JsonFlag = False,
) -> None:
    line = begin(context, told_as_json)
    chosen = _rule(rule)
    if (movements is None) == (not case):
        raise BadInput(
            msg("Name one of the two: --movements FILE.csv or --case NUMBER. Nothing was computed.")
        )
    asked = _of_case(line, case, chosen) if movements is None else _of_file(line, movements, chosen)
    line.give(as_json(asked.found, zone=asked.zone), *_lines(line, asked))


def _of_file(line: Line, path: Path, rule: Rule | None) -> _Asked:
    """The movements of a file, traced. Raises BadFile after naming the bad lines."""
    try:
        found = read_movements(io.StringIO(_text(path), newline=""))
    except BadFile as error:
        _tell_bad_lines(line, error)
        raise
    return _Asked(compare(found) if rule is None else run_trace(found, rule), OfficeSettings().zone)


def _of_case(line: Line, number: str, rule: Rule | None) -> _Asked:
    """The movements of a case, traced; whoever asks must be one who sees every case."""
    from liaison_desk.desk.office import office_settings
    from liaison_desk.desk.tracelists import named_evidence

    with line.signed_in() as desk:
        found = desk.release(named_evidence, "trace", number).movements
        zone = desk.read(office_settings).zone
    return _Asked(compare(found) if rule is None else run_trace(found, rule), zone)


def _rule(word: str) -> Rule | None:
    """One rule, or None for all four side by side."""
    if word == ALL:
        return None
    try:
        return Rule(word)
    except ValueError:
        raise BadInput(
            msg(
                "{rule} is no rule of tracing; the rules are {rules}. Nothing was computed.",
                rule=word,
                rules=", ".join((*Rule, ALL)),
            )
        ) from None


def _lines(line: Line, asked: _Asked) -> list[Message | str]:
    """What a person reads without ``--json``: rule by rule what is left, what left, what is unexplained."""
    found = asked.found
    runs = [found] if isinstance(found, Traced) else list(found.traced.values())
    said: list[Message | str] = []
    for run in runs:
        said.append(msg("Rule: {rule}", rule=RULE_WORDS[run.rule]))
        for account, left in run.accounts.items():
            if left.parcels:
                said.append(
                    msg(
                        "  Left on {account}: {amount} ({owners})",
                        account=account,
                        amount=yuan(left.balance),
                        owners=_split(left.owners),
                    )
                )
        for each in run.exits:
            said.append(
                msg(
                    "  {time} left {account} by {channel}: {amount} ({owners})",
                    time=_time(each.at, asked.zone),
                    account=each.account,
                    channel=CHANNEL_WORDS[each.channel],
                    amount=yuan(each.amount),
                    owners=_split(each.owners),
                )
            )
        for account, fen in run.unexplained.items():
            said.append(msg("  Unexplained on {account}: {amount}", account=account, amount=yuan(fen)))
    if isinstance(found, Comparison):
        for account, direct in found.directly_traceable.items():
            said.append(
                msg("{account}: directly traceable", account=account)
                if direct
                else msg("{account}: in proportion, the rules differ", account=account)
            )
    return said


def _split(owners: Mapping[str, int]) -> str:
    return ", ".join(f"{owner} {yuan(fen)}" for owner, fen in owners.items())


def _time(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


# --- returns


def returns(
    context: typer.Context,
    amount: Annotated[
        str, typer.Option("--amount", metavar="YUAN", help=str(msg("What is returned in all, in yuan.")))
    ],
    losses: Annotated[
        Path,
        typer.Option(
            "--losses",
            metavar="FILE.csv",
            help=str(msg("Losses as CSV in order of report: victim,loss[,returned]; amounts in yuan.")),
        ),
    ],
    told_as_json: JsonFlag = False,
) -> None:
    line = begin(context, told_as_json)
    try:
        frozen = parse_yuan(amount)
    except BadInput as error:
        raise BadInput(
            msg("--amount cannot be used: {reason} Nothing was computed.", reason=error.message),
            field="amount",
        ) from error
    try:
        read = read_losses(io.StringIO(_text(losses), newline=""))
    except BadFile as error:
        _tell_bad_lines(line, error)
        raise
    plan = proportional(frozen, read)
    line.give(
        returns_json(plan),
        *(f"{each.victim}\t{yuan(each.amount)}" for each in plan.lines),
        msg("Stays frozen: {amount}", amount=yuan(plan.left)),
    )


# --- files


def _text(path: Path) -> str:
    """A text file, UTF-8 or GB18030. Raises BadInput when it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(
            msg(
                "{file} cannot be read: {reason}. Nothing was computed.",
                file=str(path),
                reason=error.strerror or type(error).__name__,
            ),
            field="file",
        ) from error
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput(
        msg("{file} is not text in UTF-8 or GB18030. Nothing was computed.", file=path.name), field="file"
    )


def _tell_bad_lines(line: Line, error: BadFile) -> None:
    """The bad lines one by one beside the sentence that counts them."""
    for bad in error.lines[:BAD_LINES_TOLD] if len(error.lines) > 1 else ():
        line.tell(msg("Line {line}: {reason}", line=bad.line, reason=bad.reason))
