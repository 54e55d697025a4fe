"""``check``: whether the office is what its entries say, from the file's pages up to the last figure.

Quick damage first, and no logic on a damaged file (there every sentence would mislead); then schema, chains,
rows, ledger, numbers, counts, search words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import String, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from liaison_desk.core.errors import BadInput, OfficeUnusable
from liaison_desk.core.lifecycle import OPEN
from liaison_desk.core.papers import head_code
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import index
from liaison_desk.desk.balance import every_unbalanced_case
from liaison_desk.desk.contents import content_findings
from liaison_desk.desk.figures import net
from liaison_desk.desk.replay import Replay
from liaison_desk.desk.work import SYSTEM, SeatMark, Work
from liaison_desk.store import schema
from liaison_desk.store.chain import GENESIS, Access, Entry, SearchWord, Touch
from liaison_desk.store.database import Database
from liaison_desk.store.models import Account, Attribution, Case, Hold, Issued, Leg, Passage, Victim
from liaison_desk.store.soundness import (
    Finding,
    chain,
    file_findings,
    ledger_findings,
    trigger_findings,
)

MOST = 50
"""Findings of one kind that are told one by one; the rest is counted."""
BACKUP_AGE = timedelta(days=2)
"""After this a missing backup becomes a warning."""
_CASES = 50
_OPEN = {state.value for state in OPEN}


@dataclass(frozen=True)
class Report:
    """What a check found. ``ok`` is True without findings; warnings never change it."""

    findings: tuple[Finding, ...]
    warnings: tuple[Message, ...]
    entries: int
    head_code: str
    """The code of the last entry, as it is printed on papers; empty without entries."""
    head_entry: int | None = None
    """The entry that the given head code belongs to."""
    after_head: int = 0
    """How many entries came after that one."""

    @property
    def ok(self) -> bool:
        return not self.findings


@dataclass
class _Told:
    """Findings as they come, at most MOST of each kind one by one."""

    findings: list[Finding] = field(default_factory=list)
    _count: Counter[str] = field(default_factory=Counter)

    def take(self, found: Iterable[Finding]) -> None:
        for finding in found:
            self._count[finding.kind] += 1
            if self._count[finding.kind] <= MOST:
                self.findings.append(finding)

    def all(self) -> tuple[Finding, ...]:
        more = [
            Finding(kind, "", msg("… and {count} more of this kind.", count=count - MOST))
            for kind, count in self._count.items()
            if count > MOST
        ]
        return (*self.findings, *more)


def check(database: Database, head: str | None = None, now: datetime | None = None) -> Report:
    """Checks an office on either engine; ``head``: a printed head code that the chain must reach.

    Raises OfficeUnusable when there is no office that this program can read, BadInput for a head code
    that none can be.
    """
    wanted = _clean_head(head) if head is not None else None
    schema.require_current(database)
    told = _Told()
    try:
        with database.reading() as session:
            told.take(file_findings(session.connection()))
            if told.findings:
                return Report(told.all(), (), 0, "")
            return _logic(session, told, wanted, now or datetime.now(UTC))
    except OfficeUnusable as error:
        # The file could be opened and then not be read to its end.
        told.take([Finding("file", str(database), error.message)])
        return Report(told.all(), (), 0, "")


def _clean_head(code: str) -> str:
    folded = code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    letters = "".join(letter for letter in folded if letter.isalnum())
    if len(letters) != 16 or not set(letters) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ"):
        raise BadInput(
            msg("{code} is not a head code: it has 16 letters and digits. Nothing was checked.", code=code),
            field="head",
        )
    return letters


def _logic(session: Session, told: _Told, wanted: str | None, now: datetime) -> Report:
    connection = session.connection()
    told.take(trigger_findings(connection))
    replay = Replay()
    try:
        entries, last_hash, head_entry = 0, GENESIS, None
        for each in chain(connection, Entry):
            told.take(each.findings)
            entries, last_hash = each.id, each.hash
            if wanted is not None and _code(each.hash) == wanted:
                head_entry = each.id
            if each.content is not None:
                replay.take(each.content)
        told.take(_cut_off(session, entries))
        if wanted is not None and head_entry is None:
            told.take(
                [
                    Finding(
                        "head",
                        "",
                        msg(
                            "The chain never had the head {code}: entries were cut off, or it was written anew.",
                            code=_grouped(wanted),
                        ),
                    )
                ]
            )
        for link in chain(connection, Access):
            told.take(link.findings)
        told.take(replay.findings(connection))
        told.take(content_findings(session))
    finally:
        replay.close()
    told.take(ledger_findings(connection))
    told.take(_attributions(session))
    told.take(_balances(session, now))
    told.take(_numbers(session))
    told.take(_passages(session))
    told.take(_search_words(session))
    return Report(
        told.all(),
        tuple(_warnings(session, now)),
        entries,
        _grouped(_code(last_hash)) if entries else "",
        head_entry,
        entries - head_entry if head_entry is not None else 0,
    )


def _code(entry_hash: str) -> str:
    try:
        return head_code(entry_hash).replace("-", "")
    except ValueError:
        return ""


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _cut_off(session: Session, entries: int) -> Iterator[Finding]:
    """Rows that belong to entries behind the end of the chain."""
    for column in (Touch.entry_id, Passage.entry_id):
        highest = session.scalar(select(func.max(column)))
        if highest is not None and highest > entries:
            yield Finding(
                "entry",
                f"entry {entries + 1}",
                msg(
                    "The chain ends with entry {last}, but there was an entry {more}: its end was cut off.",
                    last=entries,
                    more=highest,
                ),
            )
            return


def _attributions(session: Session) -> Iterator[Finding]:
    """Holds that are said to keep more for victims than they keep or have returned."""
    said = net(Attribution)
    kept = Hold.stopped + Hold.frozen + Hold.returned
    query = (
        select(Hold.id, said.label("said"), kept.label("kept"))
        .join(Attribution, Attribution.hold_id == Hold.id)
        .group_by(Hold.id)
        .having(said > kept)
        .order_by(Hold.id)
    )
    for row in session.execute(query):
        yield Finding(
            "attribution",
            f"hold {row.id}",
            msg(
                "Hold {id}: {said} fen are attributed to victims, but it keeps or has returned {kept} fen.",
                id=row.id,
                said=int(row.said),
                kept=int(row.kept),
            ),
        )


def _balances(session: Session, now: datetime) -> Iterator[Finding]:
    """Cases in which more is accounted for than was lost."""
    work = Work(session, SYSTEM, SeatMark("", "", ""), now)
    for case in every_unbalanced_case(work):
        yield Finding(
            "balance",
            f"case_file {case.case_id}",
            msg(
                "{number} does not balance: {fen} fen more are accounted for than were lost.",
                number=case.number,
                fen=case.missing,
            ),
        )


def _numbers(session: Session) -> Iterator[Finding]:
    """Gaps in the register, and numbers in use that the register does not know."""
    query = select(Issued.series, Issued.year, Issued.position).order_by(
        Issued.series, Issued.year, Issued.position
    )
    series, expected = None, 1
    for row in session.execute(query.execution_options(yield_per=1000)):
        if (row.series, row.year) != series:
            series, expected = (row.series, row.year), 1
        if row.position != expected:
            yield Finding(
                "number",
                f"{row.series} {row.year}",
                msg(
                    "The register {series} of {year} goes from {last} to {next}: a number is missing.",
                    series=row.series,
                    year=row.year,
                    last=expected - 1,
                    next=row.position,
                ),
            )
        expected = row.position + 1
    for number in (Case.number, Leg.number):
        known = select(literal(1)).where(Issued.text == number).exists()
        for text in session.scalars(select(number).where(~known).limit(MOST + 1)):
            yield Finding("number", text, msg("{number} does not stand in the register.", number=text))


def _passages(session: Session) -> Iterator[Finding]:
    """Legs whose steps in and out of the queues do not add up to where they stand."""
    state = type_coerce(Leg.state, String)
    total = func.coalesce(func.sum(Passage.step), 0)
    query = (
        select(Leg.id, Leg.number, state.label("state"), total.label("steps"))
        .outerjoin(Passage, Passage.leg_id == Leg.id)
        .group_by(Leg.id, Leg.number, state)
        .order_by(Leg.id)
    )
    for row in session.execute(query.execution_options(yield_per=1000)):
        due = 1 if row.state in _OPEN else 0
        if row.steps != due:
            yield _passage_finding(row.id, row.number, int(row.steps), due)
    here, there = func.coalesce(Leg.institution_code, ""), func.coalesce(Passage.institution_code, "")
    steps = func.sum(Passage.step)
    elsewhere = (
        select(Leg.id, Leg.number, steps.label("steps"))
        .join(Passage, Passage.leg_id == Leg.id)
        .where(here != there)
        .group_by(Leg.id, Leg.number, there)
        .having(steps != 0)
        .order_by(Leg.id)
    )
    for leg_id, number, left in session.execute(elsewhere.execution_options(yield_per=1000)):
        yield _passage_finding(leg_id, number, int(left), 0)


def _passage_finding(leg_id: int, number: str, steps: int, due: int) -> Finding:
    return Finding(
        "passage",
        f"leg {leg_id}",
        msg(
            "{number}: its steps in and out of the queue add up to {steps} instead of {due}.",
            number=number,
            steps=steps,
            due=due,
        ),
    )


def _search_words(session: Session) -> Iterator[Finding]:
    """Cases whose search words are not those that their rows give."""
    last = 0
    while True:
        cases = session.scalars(select(Case).where(Case.id > last).order_by(Case.id).limit(_CASES)).all()
        if not cases:
            return
        last = cases[-1].id
        ids = [case.id for case in cases]
        try:
            wanted = _derived(session, cases, ids)
        except (ValueError, LookupError):
            # A value that cannot be one has been reported with its row.
            continue
        found: dict[int, set[index.Key]] = {case_id: set() for case_id in ids}
        for row in session.execute(
            select(
                SearchWord.word,
                SearchWord.owner,
                SearchWord.case_id,
                SearchWord.account_id,
                SearchWord.leg_id,
            ).where(SearchWord.case_id.in_(ids))
        ):
            found[row.case_id].add((row.word, row.owner, row.case_id, row.account_id, row.leg_id))
        for case in cases:
            lacking, extra = wanted[case.id] - found[case.id], found[case.id] - wanted[case.id]
            if lacking or extra:
                yield Finding(
                    "search",
                    f"case_file {case.id}",
                    msg(
                        "{number}: {lacking} search words are missing and {extra} should not be there.",
                        number=case.number,
                        lacking=len(lacking),
                        extra=len(extra),
                    ),
                )
        session.expunge_all()


def _derived(session: Session, cases: Iterable[Case], ids: list[int]) -> dict[int, set[index.Key]]:
    wanted: dict[int, set[index.Key]] = {case.id: set(index.of_case(case)) for case in cases}
    for victim in session.scalars(select(Victim).where(Victim.case_id.in_(ids))):
        wanted[victim.case_id].update(index.of_victim(victim))
    for account in session.scalars(select(Account).where(Account.case_id.in_(ids))):
        wanted[account.case_id].update(index.of_account(account))
    for leg in session.scalars(select(Leg).where(Leg.case_id.in_(ids))):
        wanted[leg.case_id].update(index.of_leg(leg))
    return wanted


def _warnings(session: Session, now: datetime) -> Iterator[Message]:
    last = session.scalar(select(func.max(Entry.at)).where(Entry.command == "RecordBackup"))
    if last is None:
        yield msg("No backup has been made yet. Make one with backup.")
    elif now - last > BACKUP_AGE:
        yield msg("The last backup is {days} days old. Make one with backup.", days=(now - last).days)
