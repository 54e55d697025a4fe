"""A clock in doubt: behind the entries, apart from other seats or the server, set while running; and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from liaison_desk.core.errors import NotAllowed
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.doubt import ClockWatch, ConfirmTime, clock_state, server_time
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.work import SeatMark
from liaison_desk.store.chain import Entry
from tests import given
from tests.desk.rows import rows
from tests.given import Clock, Office


@dataclass
class Computer:
    """A computer of its own with a window on it: its wall clock can be set, its running time cannot."""

    office: Office
    name: str
    offset: timedelta = timedelta(0)
    server: datetime | None = None
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        door = self.office.door("wang", self.office.elsewhere())
        self.desk = Desk(
            door.database,
            actor=door.actor,
            seat=SeatMark(self.name * 4, self.name, "desk"),
            clock=lambda: self.office.clock.now + self.offset,
            watch=ClockWatch(
                lambda: self.office.clock.now.timestamp(),
                lambda _: self.server and self.office.clock.now,
            ),
        )

    def why(self) -> str:
        found = self.desk.in_doubt()
        return str(found) if found is not None else ""

    def close(self) -> None:
        self.desk.database.close()


Desks = Callable[..., Computer]


@pytest.fixture
def desks(office: Office) -> Iterator[Desks]:
    """Makes computers with the office open on them; ``minutes=4``: so far ahead is their clock."""
    made: list[Computer] = []

    def make(name: str, **offset: float) -> Computer:
        made.append(Computer(office, name, timedelta(**offset)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def beat(office: Office, *computers: Computer, times: int = 3) -> None:
    """Each says that it is there, every five seconds."""
    for _ in range(times):
        for each in computers:
            office.clock.forward(seconds=1)
            each.desk.beat()
        office.clock.forward(seconds=5)


def marks(office: Office, n: int) -> list[bool]:
    return [entry.doubted for entry in rows(office, Entry)[-n:]]


def test_two_minutes_behind_the_newest_entry_and_not_a_second_less(office: Office) -> None:
    opened = given.case(office)
    at = office.clock.now
    door = office.officer
    office.clock.now = at - timedelta(minutes=2)
    assert door.in_doubt() is None
    office.clock.now = at - timedelta(minutes=2, seconds=1)
    assert str(door.in_doubt()) == "This computer's clock is 2 min 1 s behind what was recorded last."
    door.do(WriteNote(case_id=opened.case_id, text="慢"))
    assert marks(office, 1) == [True]


def test_seats_that_agree_are_not_in_doubt(office: Office, desks: Desks) -> None:
    one, other = desks("甲"), desks("乙", seconds=110)
    beat(office, one, other)
    assert (one.why(), other.why()) == ("", "")


def test_seats_that_disagree_are_both_in_doubt_until_they_agree(office: Office, desks: Desks) -> None:
    one, other = desks("甲"), desks("乙", minutes=4)
    beat(office, one, other)
    assert one.why().startswith("This computer's clock differs from that of 乙 by 3 min 5")
    assert other.why().startswith("This computer's clock differs from that of 甲 by 3 min 5")
    other.offset = timedelta(seconds=1)
    beat(office, one, other)
    assert (one.why(), other.why()) == ("", "")


def test_a_seat_that_has_left_is_no_reason_any_more(office: Office, desks: Desks) -> None:
    one, other = desks("甲"), desks("乙", minutes=-30)
    beat(office, one, other)
    assert one.why()
    office.clock.forward(seconds=41)
    assert one.why() == ""
    beat(office, one, other)
    assert one.why()
    other.desk.leave()
    beat(office, one)
    assert one.why() == ""


def test_a_crashed_seat_of_long_ago_is_no_reason(office: Office, desks: Desks) -> None:
    crashed = desks("丙", hours=5)
    beat(office, crashed)
    one = desks("甲")
    beat(office, one, times=5)
    assert one.why() == ""


def test_a_clock_set_while_running_is_in_doubt_until_it_is_set_back(office: Office, desks: Desks) -> None:
    one = desks("甲")
    beat(office, one)
    one.offset = timedelta(minutes=5)
    assert one.why() == ""
    one.offset = timedelta(minutes=5, seconds=2)
    assert one.why() == ("This computer's clock was set by 5 min 2 s while the program was running.")
    one.offset = timedelta(0)
    assert one.why() == ""


def test_small_steps_do_not_add_up_and_neither_does_sleep(office: Office, desks: Desks) -> None:
    one = desks("甲")
    for _ in range(400):
        one.offset += timedelta(seconds=1.9)
        one.desk.watch.look(one.desk.clock())
    assert one.offset > timedelta(minutes=12)
    assert one.why() == ""
    # Asleep: the wall clock and the running time go on together.
    office.clock.forward(hours=9)
    assert one.why() == ""


def test_ahead_by_a_jump_writes_no_lapse_and_is_no_reference(office: Office, desks: Desks) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    one = desks("甲")
    beat(office, one)
    one.offset = timedelta(days=3)
    assert one.desk.as_system().do(RecordLapses()) == 0
    one.desk.do(WriteNote(case_id=opened.case_id, text="快三天"))
    assert marks(office, 1) == [True]
    # For everybody else nothing has happened.
    office.officer.do(WriteNote(case_id=opened.case_id, text="正常"))
    assert marks(office, 1) == [False]


def test_a_lead_confirms_the_time(office: Office, desks: Desks) -> None:
    opened = given.case(office)
    one = desks("甲")
    beat(office, one)
    one.offset = timedelta(minutes=-40)
    assert one.why()
    with pytest.raises(NotAllowed):
        office.officer.do(ConfirmTime())
    one.desk.do(ConfirmTime())
    assert marks(office, 1) == [False]
    assert one.why() == ""
    state = one.desk.read(clock_state)
    assert (state.reason, state.newest_entry, state.confirmed_here) == (None, one.desk.clock(), True)
    one.desk.do(WriteNote(case_id=opened.case_id, text="照此时间"))
    assert marks(office, 1) == [False]


def test_who_agrees_with_the_confirmed_seat_is_right_too(office: Office, desks: Desks) -> None:
    one, other, wrong = desks("甲"), desks("乙"), desks("丙", minutes=9)
    beat(office, one, other, wrong)
    assert all(each.why() for each in (one, other, wrong))
    one.desk.do(ConfirmTime())
    assert (one.why(), other.why()) == ("", "")
    assert wrong.why()


def test_the_server_has_a_clock_of_its_own(office: Office, desks: Desks) -> None:
    one = desks("甲", minutes=3)
    one.server = office.clock.now
    assert one.why() == "This computer's clock differs from the server's by 3 min 0 s."
    one.offset = timedelta(minutes=2)
    assert one.why() == ""


def test_a_jump_that_the_server_agrees_with_has_set_the_clock_right(office: Office, desks: Desks) -> None:
    one = desks("甲", minutes=-50)
    one.server = office.clock.now
    beat(office, one)
    assert one.why()
    one.offset = timedelta(0)
    assert one.why() == ""


def test_only_a_server_is_asked_for_its_time(office: Office) -> None:
    with office.database.reading() as session:
        found = server_time(session)
    assert (found is None) == office.database.sqlite
    assert found is None or found.tzinfo is not None


def test_a_real_clock_is_watched_and_a_given_one_is_not(sqlite_office: Office) -> None:
    sqlite_office.clock = Clock()
    door = sqlite_office.officer
    door.beat()
    sqlite_office.clock.forward(days=2)
    assert door.in_doubt() is None
    real = Desk(sqlite_office.database, actor=door.actor)
    real.beat()
    assert real.in_doubt() is None
