"""What others changed since somebody began to type: before, now, and hidden where the reader may not know."""

from __future__ import annotations

import pytest

from liaison_desk.core.errors import Conflict
from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.cases import CorrectCase
from liaison_desk.desk.requests import CorrectRequest, ReturnForCorrection
from liaison_desk.desk.versions import changed_since
from tests import given
from tests.desk.rows import leg
from tests.given import Office


@pytest.fixture
def returned(sqlite_office: Office) -> Office:
    """ICBC's leg 1 returned for correction; CCB has leg 2 in the same case."""
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    sqlite_office.icbc.do(ReturnForCorrection(leg_id=1, reason="户名不符"))
    return sqlite_office


def test_a_correction_meanwhile_is_told_field_by_field(returned: Office) -> None:
    seen = leg(returned, 1).version
    returned.door("qian").do(
        CorrectRequest(leg_id=1, asked=3_000_000, holder="张叁", remark="改户名", version=seen)
    )
    with pytest.raises(Conflict) as conflict:
        returned.officer.do(CorrectRequest(leg_id=1, asked=2_000_000, version=seen))
    assert conflict.value.about == ("leg", 1, seen)
    found = returned.officer.read(changed_since, "leg", 1, seen)
    assert (found.who, str(found.what), found.version) == (
        "钱民警",
        "Correct a request",
        leg(returned, 1).version,
    )
    assert [(one.name, one.before, one.now) for one in found.fields] == [
        ("asked", 3_500_000, 3_000_000),
        ("remark", "", "改户名"),
        ("state", LegState.CORRECTION, LegState.QUEUED),
        ("holder", "张三", "张叁"),
    ]
    foreign = {
        one.name: (one.now, one.hidden) for one in returned.ccb.read(changed_since, "leg", 1, seen).fields
    }
    assert foreign["holder"] == (None, True)
    assert foreign["remark"] == (None, True)
    assert foreign["asked"] == (3_000_000, False)


def test_several_steps_are_one_comparison(returned: Office) -> None:
    seen = leg(returned, 1).version
    returned.door("qian").do(CorrectRequest(leg_id=1, asked=3_000_000))
    returned.icbc.do(ReturnForCorrection(leg_id=1, reason="金额不符"))
    returned.door("feng").do(CorrectRequest(leg_id=1, asked=2_500_000))
    found = returned.officer.read(changed_since, "leg", 1, seen)
    assert [(one.before, one.now) for one in found.fields if one.name == "asked"] == [(3_500_000, 2_500_000)]
    assert found.who == "冯带班"
    nothing = returned.officer.read(changed_since, "leg", 1, leg(returned, 1).version)
    assert nothing.fields == ()
    assert nothing.who == ""


def test_an_answer_given_meanwhile_is_told_with_its_amounts(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    seen = leg(sqlite_office, 1).version
    sqlite_office.officer.do(
        AnswerRequest(leg_id=1, outcome=Outcome.PARTLY, executed=3_500_000, balance_before=1_000)
    )
    told = {one.name: one.now for one in sqlite_office.icbc.read(changed_since, "leg", 1, seen).fields}
    assert told["state"] is LegState.ANSWERED
    assert told["answer.outcome"] is Outcome.PARTLY
    assert told["answer.executed"] == 3_500_000
    assert told["answer.happened_at"] == sqlite_office.clock.now


def test_a_case_corrected_meanwhile(returned: Office) -> None:
    returned.door("qian").do(CorrectCase(case_id=1, version=1, fraud_type="loan", area="河东", reason="更正"))
    with pytest.raises(Conflict) as conflict:
        returned.officer.do(CorrectCase(case_id=1, version=1, fraud_type="romance", reason="更正"))
    assert conflict.value.about == ("case_file", 1, 1)
    found = returned.officer.read(changed_since, "case", 1, 1)
    assert [(one.name, one.before, one.now) for one in found.fields] == [
        ("fraud_type", "justice", "loan"),
        ("area", "", "河东"),
    ]
