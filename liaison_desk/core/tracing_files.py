"""Movements and losses as text files, and what is made of them as JSON, for the command line.

Amounts are yuan in the files and integer fen in the JSON; times are ISO 8601. One bad line and nothing is taken:
a tracing without one of its movements is a wrong tracing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import is_scientific
from liaison_desk.core.money import above_zero, parse_yuan
from liaison_desk.core.returns import Loss, Plan
from liaison_desk.core.tracing import OTHER, Channel, Comparison, Kind, Movement, Precision, Traced
from liaison_desk.core.words import Message, msg

MOVEMENT_COLUMNS = ("at", "kind", "from", "to", "amount", "owner", "channel")
LOSS_COLUMNS = ("victim", "loss")

_CHINA = ZoneInfo("Asia/Shanghai")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, by the number of the physical line where it starts, and why."""

    line: int
    reason: Message


class BadFile(BadInput):
    """The file cannot be used; ``lines`` names each bad line, and none where the file as a whole is bad."""

    def __init__(self, message: Message, lines: tuple[BadLine, ...] = ()) -> None:
        super().__init__(message, field="file")
        self.lines = lines


def read_movements(lines: Iterable[str], *, zone: tzinfo = _CHINA) -> list[Movement]:
    """The movements of a CSV text with the columns ``at,kind,from,to,amount,owner,channel``, in any order.

    Amounts are yuan; a time without zone is in ``zone``; a day alone is that day's 00:00 with precision "day". An
    opening, payment or inflow comes into ``to``, an exit leaves ``from``; only a payment names its owner; an exit
    without channel is ``other``, and the channel of what is no exit is not read. Raises BadFile with every bad line.
    """
    return _read(lines, MOVEMENT_COLUMNS, lambda cells, line: _movement(cells, line, zone))


def read_losses(lines: Iterable[str]) -> list[Loss]:
    """The losses of a CSV text with the columns ``victim,loss[,returned]``, in order of report, in yuan.

    Raises BadFile with every bad line.
    """
    seen: set[str] = set()

    def loss(cells: Mapping[str, str], line: int) -> Loss:
        victim = _name(cells["victim"])
        if not victim:
            raise BadInput(msg("The victim is missing."))
        if victim in seen:
            raise BadInput(msg("{name} stands there twice; tell the two apart, or add them up.", name=victim))
        seen.add(victim)
        returned = cells.get("returned", "")
        return Loss(victim, parse_yuan(cells["loss"]), parse_yuan(returned) if returned else 0, report=line)

    return _read(lines, LOSS_COLUMNS, loss)


def as_json(found: Comparison | Traced, *, zone: tzinfo = UTC) -> dict[str, object]:
    """The document of ``trace``: all rules with the verdict, or one rule alone; times in ``zone``."""
    if isinstance(found, Traced):
        return {"rules": {found.rule.value: _rule_json(found, zone)}}
    return {
        "rules": {rule.value: _rule_json(traced, zone) for rule, traced in found.traced.items()},
        "directly_traceable": found.directly_traceable,
    }


def returns_json(plan: Plan) -> dict[str, object]:
    """The document of ``returns``: a line for everybody in order of report, and what stays frozen."""
    return {
        "returns": [{"victim": line.victim, "amount": line.amount} for line in plan.lines],
        "left": plan.left,
    }


def _rule_json(traced: Traced, zone: tzinfo) -> dict[str, object]:
    return {
        "accounts": {
            account: {"balance": left.balance, "owners": left.owners}
            for account, left in traced.accounts.items()
        },
        "exits": [
            {
                "at": each.at.astimezone(zone).isoformat(),
                "account": each.account,
                "channel": each.channel.value,
                "amount": each.amount,
                "owners": dict(each.owners),
            }
            for each in traced.exits
        ],
        "unexplained": dict(traced.unexplained),
    }


# --- lines ------------------------------------------------------------------------------------


def _read(
    lines: Iterable[str], columns: Sequence[str], made_of: Callable[[Mapping[str, str], int], _Row]
) -> list[_Row]:
    rows = _rows(lines)
    _, first = next(rows, (0, []))
    head = [cell.strip().lstrip("\ufeff").strip().lower() for cell in first]
    missing = [name for name in columns if name not in head]
    twice = [name for name in columns if head.count(name) > 1]
    if missing or twice:
        raise BadFile(
            msg(
                "The first line must name each of the columns {columns} once; look at {wrong}. "
                "Nothing was computed.",
                columns=",".join(columns),
                wrong=", ".join(missing or twice),
            )
        )
    found: list[_Row] = []
    bad: list[BadLine] = []
    for line, cells in rows:
        try:
            if len(cells) > len(head):
                raise BadInput(msg("It has more fields than the first line."))
            values = dict.fromkeys(head, "") | dict(zip(head, (cell.strip() for cell in cells), strict=False))
            found.append(made_of(values, line))
        except BadInput as error:
            bad.append(BadLine(line, error.message))
    if bad:
        raise BadFile(
            msg(
                "Line {line} cannot be used: {reason} Lines to correct: {count}. Nothing was computed.",
                line=bad[0].line,
                reason=bad[0].reason,
                count=len(bad),
            ),
            tuple(bad),
        )
    return found


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of the physical line where it starts."""
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = msg("This is not CSV ({error}).", error=str(error))
            raise BadFile(
                msg(
                    "Line {line} cannot be used: {reason} Nothing was computed.",
                    line=line,
                    reason=reason,
                ),
                (BadLine(line, reason),),
            ) from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def _movement(cells: Mapping[str, str], line: int, zone: tzinfo) -> Movement:
    kind = _kind(cells["kind"])
    at, precision = _time(cells["at"], zone)
    from_, to = _account(cells["from"]), _account(cells["to"])
    if kind in (Kind.TRANSFER, Kind.EXIT) and not from_:
        raise BadInput(msg("The account that the money leaves (from) is missing."))
    if kind is not Kind.EXIT and not to:
        raise BadInput(msg("The account that the money comes into (to) is missing."))
    fen = parse_yuan(cells["amount"])
    return Movement(
        at,
        kind,
        from_,
        to,
        # An account may well open with nothing; any other movement moves something.
        fen if kind is Kind.OPENING else above_zero(fen),
        _owner(kind, cells["owner"]),
        _channel(cells["channel"]) if kind is Kind.EXIT else None,
        line=line,
        precision=precision,
    )


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise BadInput(
            msg("{kind} is no kind of movement; the kinds are {kinds}.", kind=text, kinds=", ".join(Kind))
        ) from None


def _channel(text: str) -> Channel:
    try:
        return Channel(text.lower() or Channel.OTHER)
    except ValueError:
        raise BadInput(
            msg("{channel} is no way out; the ways are {ways}.", channel=text, ways=", ".join(Channel))
        ) from None


def _owner(kind: Kind, text: str) -> str:
    owner = _name(text)
    nobody = owner.lower() in ("", OTHER)
    if kind is Kind.PAYMENT and nobody:
        raise BadInput(msg("A payment needs its victim as owner."))
    if kind is not Kind.PAYMENT and not nobody:
        raise BadInput(
            msg("Only a payment names its owner; whose money {kind} moves is computed.", kind=kind.value)
        )
    return "" if nobody else owner


def _account(text: str) -> str:
    if is_scientific(text):
        raise BadInput(
            msg("{text} is what a spreadsheet left of an account number; type all its digits.", text=text)
        )
    return _name(text)


def _name(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", text):
        raise BadInput(msg("A field holds a character that cannot be typed."))
    return text


def _time(text: str, zone: tzinfo) -> tuple[datetime, Precision]:
    precision = Precision.SECOND if re.search(r":\d\d:\d\d|T\d{6}", text) else Precision.MINUTE
    try:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            at = datetime.fromisoformat(text)
        else:
            at, precision = datetime(day.year, day.month, day.day, tzinfo=zone), Precision.DAY
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        return at.astimezone(UTC), precision
    except (ValueError, OverflowError):
        raise BadInput(
            msg("{text} is not a time; write it as 2026-11-21T15:06:00+08:00.", text=text)
        ) from None
