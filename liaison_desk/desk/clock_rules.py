"""Clock rules as data: each with its law and the moment from which it holds; changed by the lead, kept for ever.

Before the first dated rule of a name there is the default of core.clocks with the office's own length. A clock
keeps the rule in force at its start: its stored end stays, and its law is looked up by its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core import clocks
from liaison_desk.core.clocks import CLOCK_WORDS, DEFAULT_RULES, ClockRule, Unit, length_words
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.clockwork import AHEAD, LENGTHS, calendar, dated, rule, rule_at
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.beside import Rule
from liaison_desk.store.models import Person

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The first moment of a rule that was there before the office dated its rules."""
LONGEST: Mapping[Unit, int] = {
    Unit.MINUTES: 100_000,
    Unit.HOURS: 10_000,
    Unit.DAYS: 3_660,
    Unit.MONTHS: 120,
    Unit.WORKING_DAYS: 1_000,
}


class Rules:
    """All rules of the office, read once, for queries that look up many."""

    def __init__(self, work: Work) -> None:
        self._settings = work.settings
        self._ever = {name: rule(work.settings, name) for name in DEFAULT_RULES}
        self._dated: dict[str, list[tuple[datetime, ClockRule]]] = {}
        rows = work.session.scalars(select(Rule).order_by(Rule.valid_from.desc(), Rule.id.desc()))
        for row in rows:
            self._dated.setdefault(row.name, []).append(
                (row.valid_from, dated(row.name, row.length, row.unit, row.law))
            )

    def at(self, name: str, moment: datetime) -> ClockRule:
        """The rule under which the named clock runs that starts at ``moment``; KeyError: no such clock."""
        for valid_from, found in self._dated.get(name, ()):
            if valid_from <= moment:
                return found
        return self._ever[name]


def rules(work: Work) -> Rules:
    """The office's rules with their dates."""
    return Rules(work)


@dataclass(frozen=True, kw_only=True)
class SetClockRule(Command[int]):
    """A new length or law for one clock, from a moment on; what has begun keeps its rule. Gives the id.

    ``valid_from``: now where None. ``law``: as before where empty.
    """

    title: ClassVar[Message] = msg("Set a clock rule")
    name: str
    length: int
    unit: Unit
    law: str = ""
    valid_from: datetime | None = None
    reason: str

    def carry_out(self, work: Work) -> int:
        if self.name not in DEFAULT_RULES:
            raise BadInput(
                msg("There is no clock {name}. Nothing was changed.", name=self.name), field="name"
            )
        if not 1 <= self.length <= LONGEST[self.unit]:
            raise BadInput(
                msg("Give a length from 1 to {most}. Nothing was changed.", most=LONGEST[self.unit]),
                field="length",
            )
        reason = require_reason(self.reason)
        valid_from = self.valid_from or work.now
        if valid_from < work.now - AHEAD:
            raise BadInput(
                msg(
                    "A rule cannot begin in the past: what has begun keeps its rule. Nothing was changed; "
                    "choose now or later."
                ),
                field="valid_from",
            )
        _possible(work, dated(self.name, self.length, self.unit, ""))
        row = work.add(
            Rule(
                name=self.name,
                length=self.length,
                unit=self.unit,
                law=clean_text(self.law, 255, field="law") or _law(work, self.name),
                valid_from=max(valid_from, work.now),
                set_by=work.person().id,
                recorded_at=work.now,
                reason=reason,
            )
        )
        work.tell(
            msg(
                "Clock rule: {clock}, {length}",
                clock=CLOCK_WORDS[self.name],
                length=length_words(dated(row.name, row.length, row.unit, row.law)),
            )
        )
        return row.id


def length_changed(work: Work, key: str, length: int) -> None:
    """A setting that is a clock's length got another value: from now on, not for what has begun."""
    name = next((name for name, setting in LENGTHS.items() if setting == key), None)
    if name is None:
        return
    since_ever, now = rule(work.settings, name), rule_at(work, name, work.now)
    law = _law(work, name)
    if work.session.scalar(select(Rule.id).where(Rule.name == name, Rule.valid_from == EVER)) is None:
        _enter(work, since_ever, "", EVER)
    _enter(work, ClockRule(name, length, since_ever.unit, now.law), law, work.now)


def _enter(work: Work, found: ClockRule, law: str, valid_from: datetime) -> None:
    work.add(
        Rule(
            name=found.name,
            length=found.length,
            unit=found.unit,
            law=law,
            valid_from=valid_from,
            set_by=work.person().id,
            recorded_at=work.now,
            reason="",
        )
    )


def _law(work: Work, name: str) -> str:
    """The law as it was last named for this clock; empty while it is that of the default."""
    return (
        work.session.scalar(
            select(Rule.law)
            .where(Rule.name == name)
            .order_by(Rule.valid_from.desc(), Rule.id.desc())
            .limit(1)
        )
        or ""
    )


def _possible(work: Work, found: ClockRule) -> None:
    try:
        clocks.due(found, work.now, work.settings.zone, calendar(work.settings))
    except (ValueError, OverflowError) as error:
        raise BadInput(
            msg("No deadline can be counted with this length. Nothing was changed."), field="length"
        ) from error


# --- what people see of it


@dataclass(frozen=True)
class RuleRow:
    """One rule of one clock. ``valid_from`` None: since ever; ``now``: it is the one in force."""

    id: int | None
    name: str
    clock: Message
    length: int
    unit: Unit
    words: Message
    law: Message | str
    valid_from: datetime | None
    set_by: str
    recorded_at: datetime | None
    reason: str
    now: bool


def clock_rules(work: Work) -> tuple[RuleRow, ...]:
    """Every rule there is and was, by clock, the newest first; planned ones before the one in force."""
    stored: dict[str, list[tuple[Rule, str]]] = {}
    for row, who in work.session.execute(
        select(Rule, Person.name)
        .join(Person, Person.id == Rule.set_by)
        .order_by(Rule.valid_from.desc(), Rule.id.desc())
    ):
        stored.setdefault(row.name, []).append((row, who))
    found: list[RuleRow] = []
    for name in DEFAULT_RULES:
        in_force = True
        for row, who in stored.get(name, ()):
            began = row.valid_from <= work.now
            found.append(
                _row(
                    dated(name, row.length, row.unit, row.law),
                    row,
                    who,
                    now=began and in_force,
                )
            )
            in_force = in_force and not began
        if not any(row.valid_from == EVER for row, _ in stored.get(name, ())):
            found.append(_row(rule(work.settings, name), None, "", now=in_force))
    return tuple(found)


def _row(found: ClockRule, row: Rule | None, who: str, *, now: bool) -> RuleRow:
    return RuleRow(
        id=row.id if row is not None else None,
        name=found.name,
        clock=CLOCK_WORDS[found.name],
        length=found.length,
        unit=found.unit,
        words=length_words(found),
        law=found.law,
        valid_from=row.valid_from if row is not None and row.valid_from != EVER else None,
        set_by=who if row is not None and row.valid_from != EVER else "",
        recorded_at=row.recorded_at if row is not None else None,
        reason=row.reason if row is not None else "",
        now=now,
    )
