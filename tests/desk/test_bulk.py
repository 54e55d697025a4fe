"""One deed for many requests: the preview says of each what the door will say."""

from __future__ import annotations

from typing import Any

import pytest

from liaison_desk.core.errors import BadInput, DeskError, NotAllowed
from liaison_desk.desk.bulk import MOST, BulkDeed, bulk_preview, command_of, export_legs
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.requests import ClaimRequest, ReassignRequest, WithdrawRequest
from liaison_desk.desk.work import Command
from tests import given
from tests.desk.rows import entries, person
from tests.given import Office

ICBC_LEGS = (1, 2, 3, 4)


@pytest.fixture
def queue(sqlite_office: Office) -> Office:
    """ICBC: 1 waits, 2 is li's, 3 is liu's, 4 is withdrawn; 5 is CCB's, 6 of a case ICBC has no part in."""
    given.case(sqlite_office, [("ICBC", 100), ("ICBC", 200), ("ICBC", 300), ("ICBC", 400), ("CCB", 500)])
    given.case(sqlite_office, [("CCB", 600)], n=3)
    sqlite_office.icbc.do(ClaimRequest(leg_id=2))
    sqlite_office.door("liu").do(ClaimRequest(leg_id=3))
    sqlite_office.officer.do(WithdrawRequest(leg_id=4, reason="重复"))
    return sqlite_office


def told(office: Office, login: str, deed: BulkDeed, person_id: int = 0) -> dict[int, str]:
    lines = office.door(login).read(bulk_preview, (1, 2, 3, 4, 5, 6), deed, person_id)
    return {line.leg_id: str(line.reason or "") for line in lines}


def test_claiming_many_tells_of_each_why_not(queue: Office) -> None:
    found = told(queue, "li", BulkDeed.CLAIM)
    assert found[1] == ""
    assert found[2] == "You have already claimed ZF〔2026〕2. Nothing was changed."
    assert found[3].startswith("刘工行 claimed ZF〔2026〕3 at ")
    assert found[4] == "ZF〔2026〕4 is Withdrawn; this step is not possible. Nothing was changed."
    assert found[5] == "ZF〔2026〕5 belongs to another institution. Nothing was changed."
    assert found[6] == "This request does not exist or is not visible to you. Nothing was changed."
    (missing,) = queue.icbc.read(bulk_preview, (999,), BulkDeed.CLAIM)
    assert str(missing.reason) == found[6]
    assert queue.icbc.read(bulk_preview, (6,), BulkDeed.CLAIM)[0].number == ""


def door_says(desk: Desk, command: Command[Any] | None) -> str:
    """Why the door refuses; empty when it was done."""
    assert command is not None
    try:
        desk.do(command)
    except NotAllowed as error:
        if error.message.text.startswith("{what}: your role"):
            return "Your role has no right to do this."
        return str(error)
    except DeskError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("login", ["li", "liu", "zhou", "zhao", "wang", "shen"])
@pytest.mark.parametrize("deed", [BulkDeed.CLAIM, BulkDeed.RELEASE, BulkDeed.REASSIGN])
def test_the_preview_says_what_the_door_will_say(deed: BulkDeed, login: str, queue: Office) -> None:
    desk, to = queue.door(login), person(queue, "liu").id
    before = entries(queue)
    lines = desk.read(bulk_preview, (1, 2, 3, 4, 5, 6), deed, to)
    assert entries(queue) == before
    for line in lines:
        assert door_says(desk, command_of(deed, line, to)) == (str(line.reason) if line.reason else ""), line


def test_handing_over_needs_a_colleague_of_the_same_institution(queue: Office) -> None:
    found = told(queue, "wang", BulkDeed.REASSIGN, person(queue, "liu").id)
    assert [id_ for id_, reason in found.items() if not reason] == [1, 2, 3]
    assert found[5].startswith("Only a representative of the same institution")


def test_slips_and_export_follow_their_own_walls(queue: Office) -> None:
    slips = told(queue, "li", BulkDeed.SLIPS)
    assert [id_ for id_, reason in slips.items() if not reason] == [1, 2, 3, 4]
    assert [row.number for row in queue.icbc.read(export_legs, (6, 5, 1))] == ["ZF〔2026〕5", "ZF〔2026〕1"]
    foreign = queue.icbc.read(export_legs, (5,))[0]
    assert not foreign.full
    assert "*" in foreign.target
    exported = told(queue, "shen", BulkDeed.EXPORT)
    assert set(exported.values()) == {""}
    assert "no right" in told(queue, "shen", BulkDeed.SLIPS)[1]


def test_what_happened_between_preview_and_deed_is_told_by_the_door(queue: Office) -> None:
    (line,) = queue.icbc.read(bulk_preview, (2,), BulkDeed.RELEASE)
    queue.lead.do(ReassignRequest(leg_id=2, person_id=person(queue, "liu").id))
    command = command_of(BulkDeed.RELEASE, line)
    assert command is not None
    with pytest.raises(DeskError, match="was faster"):
        queue.icbc.do(command)


def test_too_many_at_once_are_refused(queue: Office) -> None:
    with pytest.raises(BadInput):
        queue.icbc.read(bulk_preview, tuple(range(MOST + 1)), BulkDeed.CLAIM)
    assert len(queue.icbc.read(bulk_preview, (1, 1, 1), BulkDeed.CLAIM)) == 1
