"""Who has a request open: told by the seat itself, named by the walls, gone with the seat, never audited."""

from __future__ import annotations

import pytest

from liaison_desk.core.errors import NotFound
from liaison_desk.desk.check import check
from liaison_desk.desk.presence import Present, who_is_at
from liaison_desk.store.views import Presence
from tests import given
from tests.desk.rows import entries, rows
from tests.given import Office


@pytest.fixture
def shared(sqlite_office: Office) -> Office:
    """A case with a leg each of ICBC (1) and CCB (2)."""
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    return sqlite_office


def test_police_and_own_institution_by_name_others_by_institution_only(office: Office) -> None:
    given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    before = entries(office)
    office.ccb.look_at("leg", 2, typing=True)
    office.officer.look_at("case", 1)
    assert office.icbc.read(who_is_at) == (
        Present("leg", 2, "", "CCB", True),
        Present("case", 1, "赵民警", "POLICE", False),
    )
    assert office.lead.read(who_is_at)[0] == Present("leg", 2, "周建行", "CCB", True)
    assert office.officer.read(who_is_at) == (Present("leg", 2, "周建行", "CCB", True),), "not oneself"
    assert office.abc.read(who_is_at) == (), "the case is none of theirs"
    assert entries(office) == before
    assert check(office.database).findings == ()


def test_a_seat_is_at_one_thing_and_says_so_at_most_every_two_seconds(shared: Office) -> None:
    desk = shared.icbc
    assert desk.look_at("leg", 1)
    assert not desk.look_at("leg", 2)
    shared.clock.forward(seconds=2)
    assert desk.look_at("leg", 2, typing=True)
    assert [(row.subject_id, row.typing) for row in rows(shared, Presence)] == [(2, True)]


def test_gone_on_looking_away_signing_out_leaving_and_in_time(shared: Office) -> None:
    for leave in ("look_away", "sign_out", "leave"):
        desk = shared.icbc
        desk.look_at("leg", 1)
        assert len(shared.officer.read(who_is_at)) == 1
        getattr(desk, leave)()
        assert shared.officer.read(who_is_at) == ()
        assert rows(shared, Presence) == []
    shared.icbc.look_at("leg", 1)
    shared.clock.forward(seconds=40)
    assert shared.officer.read(who_is_at) == ()


def test_nobody_is_at_what_they_may_not_see(shared: Office) -> None:
    for kind, id_ in (("leg", 1), ("case", 1), ("leg", 99), ("case", 99)):
        with pytest.raises(NotFound):
            shared.abc.look_at(kind, id_)
    assert rows(shared, Presence) == []
