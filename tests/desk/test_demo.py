"""The demo office: whole and honest by every check, the same for the same seed, and open for work."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison_desk.core import ledger, ranking
from liaison_desk.core.bins import bundled
from liaison_desk.core.errors import Refused
from liaison_desk.core.identifiers import (
    account_warnings,
    check_resident_id,
    clean_account,
    institution_of_account,
    luhn_ok,
)
from liaison_desk.core.ledger import Bucket, Move
from liaison_desk.core.lifecycle import CATCHING, OPEN, LegKind, LegState, Outcome
from liaison_desk.core.phones import clean_phone
from liaison_desk.desk import shifts
from liaison_desk.desk.accounts import refresh_traceable
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.check import check
from liaison_desk.desk.demo import DemoMade, make_demo
from liaison_desk.desk.desk import Desk, entry_content, this_seat
from liaison_desk.desk.holds import RecordLapses, due_lapses
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.replay import seed_digests
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.work import SYSTEM, Work
from liaison_desk.store.base import Base
from liaison_desk.store.chain import Entry, SearchWord
from liaison_desk.store.database import Database
from liaison_desk.store.models import (
    Account,
    Answer,
    Case,
    Hold,
    Hop,
    Issued,
    LedgerEntry,
    Leg,
    Note,
    Payment,
    Person,
    Shift,
    Victim,
)
from tests import given

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Beijing, two hours into the day shift."""
LOGINS = [
    *("wang", "sun", "zhao", "liu", "chen", "admin", "audit", "icbc1", "icbc2", "abc1", "abc2"),
    *("boc1", "boc2", "ccb1", "ccb2", "psbc1", "psbc2", "cmcc", "cucc", "ctcc"),
]


@dataclass(frozen=True)
class Demo:
    database: Database
    made: DemoMade

    def door(self, login: str, now: datetime = NOW) -> Desk:
        return Desk(self.database, clock=lambda: now).sign_in(login, "demo")

    def all(self, query: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(query).all())

    def case(self, shows: str) -> Case:
        found: Case = self.all(select(Case).where(Case.number == self.made.story[shows]))[0]
        return found

    def legs(self, shows: str) -> list[Leg]:
        return self.all(select(Leg).where(Leg.case_id == self.case(shows).id).order_by(Leg.id))

    def holds(self, shows: str) -> list[Hold]:
        return self.all(select(Hold).where(Hold.case_id == self.case(shows).id).order_by(Hold.id))


@pytest.fixture
def demo(empty_database: Database) -> Demo:
    """The default office on each engine in turn, to be worked in."""
    return Demo(empty_database, make_demo(empty_database, now=NOW))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The default office in a file, only to be looked at."""
    database = Database(tmp_path_factory.mktemp("demo") / "office.db")
    yield Demo(database, make_demo(database, now=NOW))
    database.close()


def rows(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but the entry, which names the seat that wrote it."""
    with database.reading() as session:
        return {
            name: [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
            for name, table in Base.metadata.tables.items()
            if name != "entry"
        }


# --- whole and honest


def test_check_finds_nothing_on_either_engine(demo: Demo) -> None:
    """Chain, digests, ledger, register, passages and search words, by the program's own check."""
    report = check(demo.database, now=NOW)
    assert [str(finding.message) for finding in report.findings] == []
    assert report.entries == 1


def test_the_entry_carries_what_the_rows_give(demo: Demo) -> None:
    with demo.database.reading() as session:
        entry = session.scalars(select(Entry)).one()
        assert entry.command == "SeedDemo"
        content = entry_content(entry.text)
        assert content["seed"] == seed_digests(session)
        assert content["changes"] == []
        assert content["payload"] == {"requests": 240, "seed": 1}


def test_the_same_seed_and_moment_give_the_same_rows(tmp_path: Path, seen: Demo) -> None:
    again, other = Database(tmp_path / "again.db"), Database(tmp_path / "other.db")
    assert make_demo(again, now=NOW) == seen.made
    make_demo(other, now=NOW, seed=2)
    assert rows(again) == rows(seen.database)
    assert rows(other)["leg"] != rows(again)["leg"]


def test_a_place_with_an_office_is_left_alone(sqlite_office: given.Office) -> None:
    with pytest.raises(Refused):
        make_demo(sqlite_office.database)


@pytest.mark.parametrize(
    ("requests", "there"),
    [(50, 119), (240, 240), (5_000, 5_000)],
    ids=["smaller than its story", "default", "large"],
)
def test_there_are_as_many_requests_as_asked_for(tmp_path: Path, requests: int, there: int) -> None:
    database = Database(tmp_path / "office.db")
    told: list[tuple[int, int]] = []
    began = time.monotonic()
    make_demo(database, requests=requests, now=NOW, progress=lambda done, of: told.append((done, of)))
    print(f"{requests} requests: {time.monotonic() - began:.1f} s")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Leg)) == there
        assert (session.scalar(select(func.count()).select_from(Case)) or 0) >= requests / 12
    assert told[-1] == (there, requests)
    assert check(database, now=NOW).ok


def test_buckets_are_what_the_ledger_gives(seen: Demo) -> None:
    entries: dict[int, list[Move]] = {}
    for row in seen.all(select(LedgerEntry)):
        entries.setdefault(row.hold_id, []).append(
            Move(row.source, row.target, row.fen, row.happened_at, row.id, row.reverses_id)
        )
    for hold in seen.all(select(Hold)):
        found = ledger.replay(entries.get(hold.id, ()))
        for bucket in Bucket:
            assert getattr(hold, bucket.value) == found.of(bucket), hold.id


def test_numbers_run_without_gaps_in_order_of_time(seen: Demo) -> None:
    issued = seen.all(select(Issued).order_by(Issued.series, Issued.year, Issued.position))
    runs: dict[tuple[str, int], list[Issued]] = {}
    for row in issued:
        runs.setdefault((row.series, row.year), []).append(row)
    assert {series for series, _ in runs} == {"AJ", "ZF", "DJ", "JD", "CX", "TJ", "FH"}
    for run in runs.values():
        assert [row.position for row in run] == list(range(1, len(run) + 1))
        assert [row.issued_at for row in run] == sorted(row.issued_at for row in run)
    voided = seen.all(select(Leg.number).where(Leg.state == LegState.VOIDED))
    assert sorted(row.text for row in issued if row.voided_at) == sorted(voided) != []


def test_tokens_of_a_case_count_from_zero(seen: Demo) -> None:
    tokens: dict[int, list[int]] = {}
    for case_id, token in [
        (row.case_id, row.token) for row in seen.all(select(Account).order_by(Account.case_id, Account.id))
    ]:
        tokens.setdefault(case_id, []).append(token)
    assert all(sorted(found) == list(range(len(found))) for found in tokens.values())


def test_open_legs_stand_as_the_commands_would_have_left_them(seen: Demo) -> None:
    """What is traceable, and which clocks run."""
    with seen.database.writing() as session:
        work = Work(session, SYSTEM, this_seat(), NOW)
        legs = session.scalars(select(Leg).where(Leg.state.in_((*OPEN, LegState.PROPOSED, LegState.DRAFT))))
        for leg in legs.all():
            if leg.kind in CATCHING:
                before = (leg.traceable, leg.arrived_at)
                refresh_traceable(work, work.find(Account, leg.account_id))
                assert (leg.traceable, leg.arrived_at) == before, leg.number
            if leg.state is LegState.QUEUED:
                assert leg.queued_at is not None
                assert leg.due_at is not None
                assert leg.claim_due_at == leg.queued_at + timedelta(minutes=5)
                if leg.kind is LegKind.RELEASE_FREEZE:
                    assert leg.due_at == datetime(2026, 3, 13, 16, 0, tzinfo=UTC)
                else:
                    assert leg.due_at == leg.queued_at + timedelta(minutes=30)
                assert leg.next_due_at == leg.claim_due_at
                assert leg.claimed_by is None
            if leg.state is LegState.CLAIMED:
                assert leg.next_due_at == leg.due_at
                assert leg.claimed_by is not None
            if leg.state in (LegState.CORRECTION, LegState.APPROVAL, LegState.DRAFT, LegState.PROPOSED):
                assert leg.next_due_at is None
        session.rollback()


def test_nothing_lies_in_the_future_and_answers_follow_claims(seen: Demo) -> None:
    for leg in seen.all(select(Leg)):
        steps = (leg.recorded_at, leg.queued_at, leg.claimed_at, leg.answered_at)
        known = [at for at in steps if at is not None]
        assert known == sorted(known), leg.number
        assert known[-1] <= NOW, leg.number
    for model in (Answer, Hop, LedgerEntry, Payment, Note, Case, Victim, Account):
        for row in seen.all(select(model)):
            assert row.recorded_at <= NOW
            assert getattr(row, "happened_at", row.recorded_at) <= row.recorded_at


def test_no_account_is_stopped_a_third_time(seen: Demo) -> None:
    stops: dict[str, int] = {}
    executed = (Outcome.DONE, Outcome.PARTLY, Outcome.ZERO)
    with seen.database.reading() as session:
        for number in session.scalars(
            select(Account.number)
            .join(Leg, Leg.account_id == Account.id)
            .join(Answer, Answer.leg_id == Leg.id)
            .where(Leg.kind.in_((LegKind.STOP, LegKind.SECOND_STOP)), Answer.outcome.in_(executed))
        ):
            stops[number] = stops.get(number, 0) + 1
    assert max(stops.values()) == 2


def test_numbers_look_real_and_are_nobodys(seen: Demo) -> None:
    seated = {"ICBC", "ABC", "BOC", "CCB", "PSBC"}
    for account in seen.all(select(Account)):
        if account.phone:
            assert clean_phone(account.number).number == account.number
            if not account.number.startswith("+"):
                assert clean_phone(account.number).carrier == account.institution_code
                assert account.number[3:7] == "0000"
            continue
        cleaned = clean_account(account.number)
        assert cleaned.kind == "card"
        assert account_warnings(cleaned.main, bundled()) == ()
        assert luhn_ok(account.number)
        assert account.number[6:10] == "0000"
        bank = institution_of_account(account.number)
        assert account.institution_code == (bank if bank in seated else None)
    for victim in seen.all(select(Victim)):
        assert clean_phone(victim.phone).number == victim.phone
        if victim.id_number:
            number, warnings = check_resident_id(victim.id_number)
            assert number == victim.id_number
            assert len(warnings) == 1, "an area that was never given out"


def test_the_queue_has_learnt_from_the_answers(tmp_path: Path) -> None:
    """At eight in the morning the shift opens: its table is the one OpenShift would have stored."""
    eight = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    database = Database(tmp_path / "office.db")
    make_demo(database, now=eight)
    with database.reading() as session:
        work = Work(session, SYSTEM, this_seat(), eight)
        shift = session.scalars(select(Shift)).one()
        assert (shift.name, shift.opened_at) == ("白班", eight)
        learnt = ranking.probabilities(shifts.samples(work))
    assert ranking.Table.from_json(json.loads(shift.ranking)) == learnt
    assert learnt != ranking.probabilities(())


# --- what there is to see


def test_every_state_kind_and_usual_outcome_is_there(seen: Demo) -> None:
    assert set(seen.all(select(Leg.state))) == set(LegState)
    assert set(seen.all(select(Leg.kind))) >= set(LegKind) - {LegKind.RELEASE_STOP}
    assert set(seen.all(select(Answer.outcome))) >= {
        *(Outcome.DONE, Outcome.PARTLY, Outcome.ZERO, Outcome.NO_ACCOUNT, Outcome.NAME_MISMATCH),
        *(Outcome.ALREADY_STOPPED, Outcome.BANK_FAILURE, Outcome.MOVED_ON, Outcome.SPENT),
    }
    still_open = seen.all(select(Leg.id).where(Leg.state.in_(OPEN)))
    assert 30 <= len(still_open) <= 60
    past = seen.all(select(Leg.id).where(Leg.recorded_at < NOW - timedelta(days=200)))
    assert len(past) > 60
    names = set(seen.all(select(Victim.name))) | set(seen.all(select(Account.holder)))
    assert names >= {"买买提·吐尔逊", "王𠮷", "李㼆华", "欧阳文秀"}


def test_the_big_case(seen: Demo) -> None:
    case = seen.case("big case")
    accounts = seen.all(select(Account).where(Account.case_id == case.id))
    assert len(accounts) == 14
    assert {account.level for account in accounts} == {1, 2, 3, 4}
    assert case.authorised_by is not None
    assert sum(seen.all(select(Payment.fen).where(Payment.case_id == case.id))) == 128_000_000


def test_holds_run_out_at_every_distance(seen: Demo) -> None:
    left = [
        hold.ends_at - NOW
        for hold in seen.all(select(Hold).where(Hold.rule == "stop", Hold.stopped > 0, Hold.ends_at > NOW))
    ]
    assert sum(each <= timedelta(minutes=40) for each in left) == 1
    for hours in (12, 24, 48):
        assert sum(timedelta(hours=hours - 12) < each <= timedelta(hours=hours) for each in left) >= 2


def test_lapses_of_every_sort(seen: Demo) -> None:
    (unnoticed,) = seen.holds("lapsed, nobody has taken note")
    assert (unnoticed.stopped, unnoticed.lapsed) == (0, 3_700_000)
    assert unnoticed.acknowledged_at is None
    first, again = seen.holds("lapsed and caught again one hop further on")
    assert (first.lapsed, again.stopped) == (6_500_000, 5_900_000)
    assert first.acknowledged_at is not None
    (unseen,) = seen.holds("ended while every program was closed")
    assert (unseen.ends_at, unseen.stopped, unseen.lapsed) == (NOW - timedelta(minutes=20), 1_350_000, 0)
    with seen.database.reading() as session:
        assert due_lapses(Work(session, SYSTEM, this_seat(), NOW)) == (unseen.id,)


def test_second_stop_over_hold_and_return(seen: Demo) -> None:
    (carried,) = seen.holds("second stops")
    assert carried.stops == 2
    assert carried.ends_at > NOW + timedelta(hours=24)
    over, _ = seen.holds("whole account held, too much released")
    assert (over.captured, over.frozen, over.released) == (21_400_000, 5_000_000, 16_400_000)
    returned, on_its_way, waiting = seen.holds("return on its way")
    assert (returned.returned, on_its_way.frozen, waiting.frozen) == (3_400_000, 1_200_000, 640_000)
    paid_back = seen.all(select(LedgerEntry).where(LedgerEntry.target == Bucket.RETURNED))
    assert all(entry.victim_id is not None for entry in paid_back)
    years = {entry.happened_at.year for entry in paid_back}
    assert len(years) >= 2


def test_an_account_known_from_another_case(seen: Demo) -> None:
    case = seen.case("second case with a known account")
    (number,) = seen.all(select(Account.number).where(Account.case_id == case.id))
    assert len(seen.all(select(Account.id).where(Account.number == number))) == 2


def test_notes_name_the_institutions_they_are_for(seen: Demo) -> None:
    addressed = seen.all(select(Note.addressed).where(Note.addressed != ""))
    assert ",ABC,CCB,ICBC," in addressed


# --- open for work


def test_everybody_signs_in_with_demo(demo: Demo) -> None:
    assert [login.login for login in demo.made.logins] == LOGINS
    for login in demo.made.logins:
        actor = demo.door(login.login).actor
        assert (actor.role.value, actor.institution) == (login.role, login.institution)
    assert len(demo.made.cases) == 20
    assert set(demo.made.cases) <= set(demo.all(select(Case.number)))
    assert len(set(demo.all(select(Person.password_hash)))) == 1


def test_work_goes_on_in_it(demo: Demo) -> None:
    """A seeded stop is claimed and answered, a case opened: ids and numbers go on, check stays content."""
    later = NOW + timedelta(minutes=1)
    waiting = next(leg for leg in demo.legs("fresh") if leg.institution_code == "ICBC")
    bank = demo.door("icbc1", later)
    bank.do(ClaimRequest(leg_id=waiting.id))
    done = bank.do(
        AnswerRequest(leg_id=waiting.id, outcome=Outcome.PARTLY, executed=4_850_000, balance_before=1_000_000)
    )
    assert done.effective == 1_000_000
    opened = demo.door("zhao", later).do(
        OpenCase(
            victim_name="诸葛小花",
            payments=(
                PaymentInput(target=given.account(given.card("CCB", 5)), fen=900_000, happened_at=NOW),
            ),
        )
    )
    last = max(int(number.rsplit("〕", 1)[1]) for number in demo.made.story.values())
    assert int(opened.number.rsplit("〕", 1)[1]) > last
    system = Desk(demo.database, clock=lambda: later).as_system()
    assert system.do(RecordLapses()) == 1
    assert [str(finding.message) for finding in check(demo.database, now=later).findings] == []


def test_the_queue_begins_with_money_that_can_still_be_caught(demo: Demo) -> None:
    page = demo.door("zhao").read(queue, QueueView())
    assert [row.band for row in page.rows] == sorted(row.band for row in page.rows)
    assert page.rows[0].band is ranking.Band.CATCH
    assert any(row.item == "hold" for row in page.rows)


def test_search_words_belong_to_their_owners(seen: Demo) -> None:
    def owners(word: str) -> set[str]:
        return set(seen.all(select(SearchWord.owner).where(SearchWord.word == word)))

    assert owners("买买提吐尔逊") == {"POLICE"}
    assert owners("谭振华") == {"ICBC", "PSBC"}, "its bank, and the one that named it"
