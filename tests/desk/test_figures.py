"""Figures under random sequences of all hold commands, event times out of order, several actors."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.desk import balance, figures
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.check import check
from liaison_desk.desk.figures import Figures, Moment
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.ledgerbook import (
    CaptureLater,
    QueuedFreezeTakesEffect,
    RecordElsewhere,
    RecordPayback,
    RecordReturn,
    ReverseEntry,
)
from liaison_desk.desk.period import period_stats
from liaison_desk.desk.work import Command
from liaison_desk.store.database import Database
from liaison_desk.store.models import Attribution, Hold, LedgerEntry, Victim
from tests.given import Clock, Office
from tests.stories.test_office_counted_by_hand import Told

STEP = st.tuples(
    st.sampled_from(
        [
            "later",
            "queued",
            "return",
            "reverse",
            "attribute",
            "payback",
            "elsewhere",
            "lapses",
            "second",
            "freeze",
            "renew",
            "release",
            "report",
            "wait",
        ]
    ),
    st.integers(0, 2),  # which case or hold
    st.integers(1, 400),  # fen
    st.integers(0, 60),  # hours: how long ago it happened, or how long to wait
)


class Random:
    """Three cases on two accounts, and steps that may be refused but never leave a wrong figure."""

    def __init__(self, office: Office) -> None:
        self.told = Told(office)
        self.office = office
        self.told.report(0, 300, card=500)
        self.told.report(1, 200, card=500)
        self.told.report(2, 250, card=501)
        for case, executed, there in ((0, 600, 350), (2, 400, 250)):
            self.told.tell(self.told.legs[case], executed, there)
        self.told.tell(self.told.legs[1], None, 0, outcome=Outcome.ZERO)

    def holds(self) -> list[Hold]:
        with self.office.database.reading() as session:
            return list(session.scalars(select(Hold).order_by(Hold.id)))

    def victims(self) -> list[int]:
        with self.office.database.reading() as session:
            return list(session.scalars(select(Victim.id).order_by(Victim.id)))

    def take(self, step: tuple[str, int, int, int]) -> None:
        kind, which, fen, hours = step
        clock, officer = self.office.clock, self.office.officer
        ago = clock.now - timedelta(hours=hours)
        hold, victim = self.holds()[which % len(self.holds())], self.victims()[which]
        if kind == "wait":
            clock.forward(hours=hours)
        elif kind == "report":
            self.told.report(len(self.told.cases), fen, card=500 + which % 2)
        elif kind in ("second", "freeze", "renew", "release"):
            self._leg(kind, hold, fen, ago)
        else:
            commands: dict[str, Command[Any]] = {
                "later": CaptureLater(hold_id=hold.id, fen=fen, happened_at=ago),
                "queued": QueuedFreezeTakesEffect(hold_id=hold.id, fen=fen, happened_at=ago),
                "return": RecordReturn(hold_id=hold.id, victim_id=victim, fen=fen, paid_on=ago.date()),
                "reverse": ReverseEntry(entry_id=1 + fen % 12, reason="录错"),
                "attribute": AttributeHold(
                    hold_id=hold.id, shares=((victim, fen),) if fen % 3 else (), reason="流水"
                ),
                "payback": RecordPayback(victim_id=victim, fen=fen, happened_at=ago),
                "elsewhere": RecordElsewhere(victim_id=victim, source="recall", fen=fen, happened_at=ago),
                "lapses": RecordLapses(),
            }
            door = self.office.system if kind == "lapses" else officer
            if kind in ("later", "queued") and fen % 2:
                door = self.office.icbc
            door.do(commands[kind])

    def _leg(self, kind: str, hold: Hold, fen: int, at: datetime) -> None:
        frozen = hold.rule == "freeze"
        asked = {
            "second": LegKind.SECOND_STOP,
            "freeze": LegKind.FREEZE,
            "renew": LegKind.RENEW,
            "release": LegKind.RELEASE_FREEZE if frozen else LegKind.RELEASE_STOP,
        }[kind]
        case = next(case for case, id_ in self.told.cases.items() if id_ == hold.case_id)
        leg_id = self._ask(case, hold, asked, fen)
        outcome = Outcome.QUEUED_FREEZE if kind == "freeze" and fen % 5 == 0 else Outcome.PARTLY
        self.told.tell(
            leg_id,
            fen,
            fen * 2,
            outcome=Outcome.DONE if kind in ("renew", "release") else outcome,
            starts_at=at,
        )

    def _ask(self, case: int, hold: Hold, kind: LegKind, fen: int) -> int:
        from liaison_desk.desk.requests import ApproveRequest, IssueRequest

        made = self.office.officer.do(
            IssueRequest(case_id=hold.case_id, kind=kind, asked=fen, hold_id=hold.id)
        )
        if kind is LegKind.FREEZE:
            self.office.lead.do(ApproveRequest(leg_id=made))
        return made

    def figures(self, end: datetime, seen: Moment | None = None) -> Figures:
        return self.office.lead.read(figures.figures, figures.BEGINNING, end, as_of=seen)

    def require_sound(self) -> None:
        now = self.office.clock.now
        for hold in self.holds():
            parts = (hold.stopped, hold.frozen, hold.returned, hold.released, hold.lapsed)
            assert min(parts) >= 0
            assert sum(parts) == hold.captured
        found = self.figures(now)
        assert found.secured == found.captured - found.returned - found.lost
        assert min(found.secured, found.recovered, found.held_beyond_cases) >= 0
        middle = now - timedelta(hours=31)
        later = self.office.lead.read(figures.figures, middle, now)
        assert self.figures(middle).secured == later.opening
        assert later.secured == found.secured
        cases = [
            self.office.officer.read(balance.balance_of_case, case_id)
            for case_id in set(self.told.cases.values())
        ]
        assert sum(case.recovered for case in cases) == found.recovered
        for case in cases:
            assert case.recovered <= max(0, case.loss)
            assert case.untraced >= 0


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEP, min_size=4, max_size=14), st.integers(2, 9))
def test_no_sequence_of_commands_makes_a_wrong_figure(
    sqlite_office: Office, steps: list[tuple[str, int, int, int]], look: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.db"
        assert sqlite_office.database.url.database is not None
        shutil.copyfile(sqlite_office.database.url.database, path)
        clock = Clock()
        clock.forward(minutes=5)
        office = Office(Database(path), clock)
        try:
            made = Random(office)
            clock.forward(hours=1)
            looked: list[tuple[datetime, Moment, Figures]] = []
            for place, step in enumerate(steps):
                before = made.told.entries()
                try:
                    made.take(step)
                except DeskError:
                    # A request may have gone out before its answer was refused; nothing else was recorded.
                    assert made.told.entries() - before <= 4
                made.require_sound()
                if place % look == 0:
                    for end in (clock.now, clock.now - timedelta(hours=20)):
                        seen = Moment(clock.now, made.told.entries())
                        looked.append((end, seen, made.figures(end, seen)))
            for end, seen, said in looked:
                assert made.figures(end, seen) == said, "what was said stays what it was"
            assert check(office.database, now=clock.now).findings == ()
        finally:
            office.database.close()


def test_an_entry_before_the_recording_point_counts_and_one_after_does_not(sqlite_office: Office) -> None:
    told = Told(sqlite_office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 100)
    known = Moment(sqlite_office.clock.now, told.entries())
    told.tell(told.ask(1, LegKind.RELEASE_STOP, 40), 40, None)
    lead = sqlite_office.lead
    then = lead.read(figures.figures, figures.BEGINNING, sqlite_office.clock.now, as_of=known)
    now = lead.read(figures.figures, figures.BEGINNING, sqlite_office.clock.now)
    assert (then.secured, then.recovered, now.secured, now.recovered) == (100, 100, 60, 60)


def test_the_end_that_was_known_then_decides(sqlite_office: Office) -> None:
    """At +49 h, before the second stop was told, the hold had lapsed; told since, it had not."""
    told = Told(sqlite_office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 100)
    second = told.ask(1, LegKind.SECOND_STOP, 100)
    told.at(hours=49)
    known = Moment(sqlite_office.clock.now, told.entries())
    end = sqlite_office.clock.now
    told.tell(second, 100, 100, starts_at=told.start + timedelta(hours=47))
    lead = sqlite_office.lead
    then = lead.read(figures.figures, figures.BEGINNING, end, as_of=known)
    now = lead.read(figures.figures, figures.BEGINNING, end)
    assert (then.lapsed, then.secured, then.recovered) == (100, 0, 0)
    assert (now.lapsed, now.secured, now.recovered) == (0, 100, 100)


def test_each_month_ends_with_what_is_held_and_recovered_then(office: Office) -> None:
    """Counted by hand: 100 frozen in March, 40 of it paid back in April, 25 let go in May; 50 stopped on
    30 March and lapsed on 1 April; 20 of a third victim's 70 surrendered in April.
    """
    told = Told(office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 100)
    told.tell(told.ask(1, LegKind.FREEZE, 100), 100, 100)
    told.at(days=20)
    told.report(2, 50)
    told.tell(told.legs[2], 50, 50)
    told.at(days=23)
    office.system.do(RecordLapses())
    office.officer.do(
        RecordReturn(hold_id=told.hold(1), victim_id=told.victim(1), fen=40, paid_on=date(2026, 4, 2))
    )
    told.at(days=31)
    told.report(3, 70)
    early = office.clock.now
    told.at(days=41)
    office.officer.do(RecordElsewhere(victim_id=told.victim(3), source="surrender", fen=20))
    told.at(days=54)
    told.tell(told.ask(1, LegKind.RELEASE_FREEZE, 25), 25, None)
    told.at(days=60)

    found = office.lead.read(period_stats, date(2026, 3, 1), date(2026, 5, 31))
    assert [(month.month, month.secured, month.recovered) for month in found.months] == [
        ("2026-03", 150, 150),
        ("2026-04", 60, 100 + 20),
        ("2026-05", 35, 35 + 40 + 20),
    ]
    assert found.months[-1].recovered == found.figures.recovered
    then = office.lead.read(period_stats, date(2026, 3, 1), date(2026, 5, 31), as_of=early)
    assert [(month.month, month.recovered) for month in then.months] == [("2026-03", 150), ("2026-04", 100)]


def test_the_rows_behind_each_flow_add_up_to_it(sqlite_office: Office) -> None:
    told = Told(sqlite_office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 100)
    told.tell(told.ask(1, LegKind.FREEZE, 70), 70, 100)
    sqlite_office.clock.forward(minutes=1)
    lead, now = sqlite_office.lead, sqlite_office.clock.now
    found = lead.read(figures.figures, figures.BEGINNING, now)
    for name in ("captured", "captured_by_stop", "frozen", "released", "lost", "lapsed"):
        behind = lead.read(figures.figure_rows, name, figures.BEGINNING, now)
        assert sum(row.fen for row in behind) == getattr(found, name), name
    with pytest.raises(DeskError):
        lead.read(figures.figure_rows, "profit", figures.BEGINNING, now)


def test_check_names_an_attribution_above_what_the_hold_keeps(sqlite_office: Office) -> None:
    told = Told(sqlite_office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 60, outcome=Outcome.PARTLY)
    with sqlite_office.database.writing() as session:
        there = session.scalars(select(Attribution)).one()
        session.add(
            Attribution(
                case_id=there.case_id,
                hold_id=there.hold_id,
                victim_id=there.victim_id,
                fen=1,
                rule="payments",
                happened_at=there.happened_at,
                recorded_at=there.recorded_at,
                entry_id=there.entry_id,
            )
        )
    kinds = {finding.kind for finding in check(sqlite_office.database).findings}
    assert "attribution" in kinds


def test_lists_are_masked_for_another_institution_of_the_case(sqlite_office: Office) -> None:
    told = Told(sqlite_office)
    told.report(1, 100)
    told.tell(told.legs[1], 100, 100)
    own = sqlite_office.icbc.read(figures.ledger_rows, figures.LedgerView()).rows
    everything = sqlite_office.auditor.read(figures.ledger_rows, figures.LedgerView()).rows
    assert [row.target for row in own] == [row.target for row in everything]
    assert sqlite_office.ccb.read(figures.ledger_rows, figures.LedgerView()).rows == ()
    assert len(everything) == len(_entries(sqlite_office))


def _entries(office: Office) -> list[LedgerEntry]:
    with office.database.reading() as session:
        return list(session.scalars(select(LedgerEntry)))
