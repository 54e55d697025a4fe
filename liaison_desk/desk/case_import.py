"""Reports that come in a workbook (A5): each case of it opened exactly as by hand, and what is known not twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from sqlalchemy import select

from liaison_desk.core.caselines import CaseFile, CaseLine, RefusedLine
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.lifecycle import Urgency
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.case_verdicts import LineVerdict, Verdict, file_key, import_verdicts, verdicts_of
from liaison_desk.desk.cases import OpenCase, PaymentInput, PhoneInput, pay
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.scope import case_of
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Institution, Victim

PER_ENTRY = 20
"""Cases opened by one command: others wait for the writer's lock no longer than that takes."""


@dataclass(frozen=True)
class Imported:
    """What one command has stored."""

    stored: tuple[tuple[str, int], ...] = ()
    """Sheet and line of each row stored now."""
    rows: tuple[LineVerdict, ...] = ()
    cases: tuple[str, ...] = ()
    legs: int = 0


@dataclass(frozen=True, kw_only=True)
class ImportCases(Command[Imported]):
    """Some cases of a file, all their rows or none of them; rows that are there already are left as they are.

    A row of a known case that is new in the file is a further payment of that case.
    """

    title: ClassVar[Message] = msg("Import cases")
    quiet: ClassVar[bool] = True
    file_name: str
    sha256: str
    lines: tuple[CaseLine, ...]
    refused: tuple[RefusedLine, ...] = ()
    """Rows the reader has refused; they stand in the entry with their reasons."""
    part: int = 1
    parts: int = 1

    def payload(self) -> dict[str, Any]:
        """The file and its counts: what the rows said stands in the changes, the verdicts beside them."""
        return {
            "file_name": self.file_name,
            "sha256": self.sha256,
            "part": self.part,
            "parts": self.parts,
            "rows": len(self.lines) + len(self.refused),
        }

    def carry_out(self, work: Work) -> Imported:
        verdicts = verdicts_of(work, self.lines)
        groups: dict[int, list[tuple[CaseLine, LineVerdict]]] = defaultdict(list)
        for line, verdict in zip(self.lines, verdicts, strict=True):
            groups[line.group].append((line, verdict))
        numbers: list[str] = []
        stored: list[tuple[str, int]] = []
        into: dict[tuple[str, int], str] = {}
        legs: set[int] = set()
        seats = _seats(work)
        for rows in groups.values():
            new = [line for line, verdict in rows if verdict.verdict in (Verdict.NEW, Verdict.LIKE)]
            if not new:
                continue
            known = next((verdict for _, verdict in rows if verdict.verdict is Verdict.DUPLICATE), None)
            if known is not None and known.case_id is not None:
                number, made = _added(work, known.case_id, new, seats)
            else:
                opened = _report(new, seats).carry_out(work)
                number, made = opened.number, opened.leg_ids
                numbers.append(number)
            legs.update(made)
            stored += [line.place for line in new]
            into.update({line.place: number for line in new})
        work.extra["import"] = {
            "stored": len(stored),
            "rows": [
                {
                    "sheet": each.sheet,
                    "line": each.line,
                    "verdict": "stored" if (each.sheet, each.line) in into else each.verdict.value,
                    "case": into.get((each.sheet, each.line), each.case),
                    "reason": str(each.reason) if each.reason is not None else "",
                }
                for each in verdicts
            ]
            + [
                {
                    "sheet": each.sheet,
                    "line": each.line,
                    "verdict": "rejected",
                    "case": "",
                    "reason": str(each.reason),
                }
                for each in self.refused
            ],
        }
        work.touch("file", file_key(self.sha256))
        work.tell(
            msg("Imported from a workbook: {cases} cases, {rows} rows", cases=len(numbers), rows=len(stored))
        )
        return Imported(tuple(stored), verdicts, tuple(numbers), len(legs))


@dataclass
class ImportedFile:
    """The sum of a whole file, as the command line and the window tell it."""

    rows: int
    skipped: int
    stored: int = 0
    duplicates: int = 0
    left_out: int = 0
    legs: int = 0
    rejected: list[RefusedLine] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    before: Message | None = None
    cancelled: bool = False


def import_file(
    desk: Desk,
    file: CaseFile,
    *,
    leave_out: frozenset[int] = frozenset(),
    step: Callable[[int, int], bool] = lambda done, of: True,
) -> ImportedFile:
    """Stores the file's cases, some with each command. ``leave_out``: groups that are not wanted.

    ``step`` is told how many of how many cases are done and may stop the rest by False; what is stored stays.
    """
    before = desk.read(import_verdicts, (), file.sha256).before
    result = ImportedFile(file.rows, file.skipped, rejected=list(file.refused), before=before)
    result.left_out = sum(line.group in leave_out for line in file.lines)
    groups = list(dict.fromkeys(line.group for line in file.lines if line.group not in leave_out))
    parts = [groups[at : at + PER_ENTRY] for at in range(0, len(groups), PER_ENTRY)]
    for number, part in enumerate(parts, start=1):
        if not step((number - 1) * PER_ENTRY, len(groups)):
            result.cancelled = True
            result.left_out += sum(line.group in groups[(number - 1) * PER_ENTRY :] for line in file.lines)
            break
        wanted = frozenset(part)
        command = ImportCases(
            file_name=file.name,
            sha256=file.sha256,
            lines=tuple(line for line in file.lines if line.group in wanted),
            refused=file.refused if number == 1 else (),
            part=number,
            parts=len(parts),
        )
        try:
            _count(result, desk.do(command))
        except (BadInput, Refused):
            _one_by_one(desk, command, result)
    step(len(groups), len(groups))
    order = {name: at for at, name in enumerate(file.sheets)}
    result.rejected.sort(key=lambda each: (order.get(each.sheet, 0), each.line))
    return result


def _count(result: ImportedFile, done: Imported) -> None:
    result.stored += len(done.stored)
    result.legs += done.legs
    result.cases += done.cases
    result.duplicates += sum(each.verdict is Verdict.DUPLICATE for each in done.rows)
    result.rejected += [
        RefusedLine(each.sheet, each.line, each.reason)
        for each in done.rows
        if each.verdict is Verdict.REJECTED and each.reason is not None
    ]


def _one_by_one(desk: Desk, command: ImportCases, result: ImportedFile) -> None:
    """One case of these cannot be stored for a reason that only storing finds; the others are."""
    groups: dict[int, list[CaseLine]] = defaultdict(list)
    for line in command.lines:
        groups[line.group].append(line)
    for number, lines in enumerate(groups.values()):
        refused = command.refused if number == 0 else ()
        try:
            _count(result, desk.do(replace(command, lines=tuple(lines), refused=refused)))
        except (BadInput, Refused) as error:
            result.rejected += [RefusedLine(line.sheet, line.line, error.message) for line in lines]


# --- storing


def _seats(work: Work) -> frozenset[str]:
    return frozenset(work.session.scalars(select(Institution.code).where(Institution.active.is_(True))))


def _target(line: CaseLine, seats: frozenset[str]) -> Target:
    return Target(
        number=line.number,
        holder=line.holder,
        bank_name=line.bank_name,
        institution=line.institution if line.institution in seats else None,
    )


def _payment(line: CaseLine, seats: frozenset[str]) -> PaymentInput:
    assert line.paid_at is not None
    return PaymentInput(
        target=_target(line, seats),
        fen=line.fen,
        happened_at=line.paid_at,
        from_bank=line.from_bank,
        from_name=line.from_name,
        from_number=line.from_number,
        channel=line.channel,
    )


def _said(lines: Iterable[CaseLine]) -> str:
    return "\n".join(dict.fromkeys(line.summary for line in lines if line.summary))[:4000]


def _report(lines: Sequence[CaseLine], seats: frozenset[str]) -> OpenCase:
    """The report as an officer would have taken it by hand."""
    first = lines[0]
    fraud = next((line.fraud_type for line in lines if line.fraud_type != "other"), "other")
    phones = dict.fromkeys(line.suspect_phone for line in lines if line.suspect_phone)
    summary = _said(lines)
    return OpenCase(
        victim_name=first.victim_name,
        victim_phone=next((line.victim_phone for line in lines if line.victim_phone), ""),
        victim_id=next((line.victim_id for line in lines if line.victim_id), ""),
        fraud_type=fraud,
        happened_at=first.reported_at,
        area=next((line.area for line in lines if line.area), ""),
        summary=f"{first.mark}\n{summary}".strip() if first.mark else summary,
        payments=tuple(_payment(line, seats) for line in lines if line.number),
        phones=tuple(PhoneInput(target=Target(number=number, phone=True)) for number in phones),
    )


def _added(
    work: Work, case_id: int, lines: Sequence[CaseLine], seats: frozenset[str]
) -> tuple[str, tuple[int, ...]]:
    """Further payments of a case that an earlier import, or somebody by hand, has opened."""
    case = case_of(work, case_id)
    victim = work.session.scalars(
        select(Victim)
        .where(Victim.case_id == case.id, Victim.name == lines[0].victim_name)
        .order_by(Victim.id)
        .limit(1)
    ).one()
    legs = [
        pay(work, case, victim, _payment(line, seats), Urgency.URGENT).id for line in lines if line.number
    ]
    return case.number, tuple(legs)
