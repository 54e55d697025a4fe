"""Undo: one's own last step, within ten seconds, if nothing has followed; what was there before is there again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select

from liaison_desk.core.errors import DeskError, NotAllowed, NotFound, Refused
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk import requests
from liaison_desk.desk.attachments import AddAttachment, VoidAttachment, attachment_bytes, attachments
from liaison_desk.desk.cases import AuthoriseHops, WriteNote
from liaison_desk.desk.check import check
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.flags import ClearFlag, SetFlag
from liaison_desk.desk.undo import UNDOABLE, Undo, undo_offers
from liaison_desk.desk.work import Command, all_commands
from liaison_desk.store.audit import row_values
from liaison_desk.store.database import Database
from liaison_desk.store.models import Account, Case, Hold, Issued, Leg, Passage
from liaison_desk.store.views import LegFlag
from tests import given
from tests.desk.rows import entries, leg, passages, person, refused, rows
from tests.given import Clock, Office, card

State = dict[str, Any]


def state(office: Office) -> State:
    """Every row that a step may change, without its version, and what the counts add up to."""
    with office.database.reading() as session:
        found: State = {
            f"{kind.__tablename__} {values['id']}": values
            for kind in (Leg, Account, Case, Hold, Issued)
            for values in (row_values(row) for row in session.scalars(select(kind)))
        }
        for values in found.values():
            values.pop("version", None)
        steps: dict[tuple[int, str | None], int] = {}
        for row in session.scalars(select(Passage)):
            key = (row.leg_id, row.institution_code)
            steps[key] = steps.get(key, 0) + row.step
    return found | {"counts": {key: value for key, value in steps.items() if value}}


def undone(office: Office, desk: Desk) -> None:
    desk.do(Undo(entry_id=entries(office)))


def test_a_claim_taken_back_gives_the_clocks_no_second_more(office: Office) -> None:
    given.case(office)
    before = leg(office, 1)
    office.clock.forward(minutes=3)
    desk = office.icbc
    desk.do(requests.ClaimRequest(leg_id=1))
    (offer,) = desk.read(undo_offers)
    assert (str(offer.title), offer.name) == ("Claim a request", "ZF〔2026〕1")
    office.clock.forward(seconds=10)
    undone(office, desk)
    after = leg(office, 1)
    assert (after.state, after.claimed_by, after.claimed_at) == (LegState.QUEUED, None, None)
    assert (after.claim_due_at, after.due_at, after.queued_at) == (
        before.claim_due_at,
        before.due_at,
        before.queued_at,
    )
    said = [str(step.text) for step in desk.read(leg_detail, 1).timeline]
    assert said[-2:] == ["Claimed", "Undone: Claim a request"]
    assert desk.read(undo_offers) == ()
    assert check(office.database).findings == ()


def test_not_after_ten_seconds_nor_before_its_own_time(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(requests.ClaimRequest(leg_id=1))
    step = entries(sqlite_office)
    sqlite_office.clock.forward(seconds=10, microseconds=1)
    refused(sqlite_office, sqlite_office.icbc, Undo(entry_id=step), Refused)
    sqlite_office.clock.forward(seconds=-20)
    refused(sqlite_office, sqlite_office.icbc, Undo(entry_id=step), Refused)
    assert sqlite_office.icbc.read(undo_offers) == ()


def test_only_by_who_acted_and_another_step_answers_as_a_missing_one(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(requests.ClaimRequest(leg_id=1))
    step = entries(sqlite_office)
    answers = {
        str(refused(sqlite_office, sqlite_office.door(login), Undo(entry_id=id_), NotFound))
        for login in ("liu", "zhou", "zhao", "wang")
        for id_ in (step, 10_000)
    }
    assert len(answers) == 1
    refused(sqlite_office, sqlite_office.auditor, Undo(entry_id=step), NotAllowed)
    assert sqlite_office.door("liu").read(undo_offers) == ()


def test_offered_at_the_seat_where_it_was_done(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    here, there = sqlite_office.icbc, sqlite_office.door("li")
    here.do(requests.ClaimRequest(leg_id=1))
    assert len(here.read(undo_offers)) == 1
    assert there.read(undo_offers) == ()


@pytest.mark.parametrize(
    "follow",
    [
        lambda office: office.officer.do(WriteNote(leg_id=1, text="请快办")),
        lambda office: office.door("liu").do(
            requests.ReassignRequest(leg_id=1, person_id=person(office, "liu").id)
        ),
        lambda office: office.officer.do(requests.WithdrawRequest(leg_id=1, reason="重复")),
        lambda office: given.answered(office, 1),
        lambda office: office.officer.do(AddAttachment(leg_id=1, name="a.txt", data=b"a")),
    ],
)
def test_not_when_anything_has_followed(follow: Callable[[Office], Any], sqlite_office: Office) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(requests.ClaimRequest(leg_id=1))
    step = entries(sqlite_office)
    follow(sqlite_office)
    error = refused(sqlite_office, sqlite_office.icbc, Undo(entry_id=step), Refused)
    assert "followed" in str(error)


def test_something_about_another_request_is_not_in_the_way(sqlite_office: Office) -> None:
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    sqlite_office.icbc.do(requests.ClaimRequest(leg_id=1))
    step = entries(sqlite_office)
    sqlite_office.ccb.do(requests.ClaimRequest(leg_id=2))
    sqlite_office.ccb.do(WriteNote(leg_id=2, text="在办"))
    sqlite_office.icbc.do(Undo(entry_id=step))
    assert leg(sqlite_office, 1).state is LegState.QUEUED


def test_a_step_is_undone_once_and_an_undo_never(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(requests.ClaimRequest(leg_id=1))
    step = entries(sqlite_office)
    sqlite_office.icbc.do(Undo(entry_id=step))
    refused(sqlite_office, sqlite_office.icbc, Undo(entry_id=step), Refused)
    refused(sqlite_office, sqlite_office.icbc, Undo(entry_id=step + 1), Refused)


def test_two_steps_are_taken_back_one_after_the_other(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    before = state(sqlite_office)
    desk = sqlite_office.icbc
    desk.do(requests.ClaimRequest(leg_id=1))
    desk.do(requests.ReleaseClaim(leg_id=1))
    offers = desk.read(undo_offers, 5)
    assert [str(offer.title) for offer in offers] == ["Release a claim"], "the older one has been followed"
    desk.do(Undo(entry_id=offers[0].entry_id))
    (older,) = desk.read(undo_offers, 5)[-1:] or (None,)
    assert older is None, "the newest own step is an undo, which is never undone"
    desk.do(Undo(entry_id=offers[0].entry_id - 1))
    assert state(sqlite_office) == before


def test_withdrawing_taken_back_stands_in_the_counts_as_out_and_in(office: Office) -> None:
    given.case(office)
    before = state(office)
    office.officer.do(requests.WithdrawRequest(leg_id=1, reason="重复"))
    undone(office, office.officer)
    assert passages(office, 1) == [("ICBC", 1), ("ICBC", -1), ("ICBC", 1)]
    assert state(office) == before
    assert check(office.database).findings == ()


def test_routing_taken_back_gives_the_account_and_its_search_words_back(office: Office) -> None:
    given.case(office)
    before = state(office)
    office.officer.do(requests.RouteRequest(leg_id=1, institution="ABC"))
    undone(office, office.officer)
    assert state(office) == before
    assert check(office.database).findings == (), "the search words belong to ICBC again"


def test_voiding_taken_back_frees_the_number_in_the_register(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    before = state(sqlite_office)
    sqlite_office.lead.do(requests.VoidRequest(leg_id=1, reason="误发"))
    undone(sqlite_office, sqlite_office.lead)
    assert state(sqlite_office) == before


def test_an_attachment_added_by_mistake_is_voided_and_one_voided_comes_back(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    desk = sqlite_office.icbc
    desk.do(AddAttachment(leg_id=1, name="a.txt", data=b"a"))
    desk.do(AddAttachment(leg_id=1, name="b.txt", data=b"b"))
    second = entries(sqlite_office)
    desk.do(Undo(entry_id=second))
    desk.do(Undo(entry_id=second - 1))
    assert [(row.name, row.voided) for row in desk.read(attachments, 1)] == [("b.txt", True), ("a.txt", True)]
    desk.do(AddAttachment(leg_id=1, name="c.txt", data=b"c"))
    desk.do(VoidAttachment(attachment_id=3, reason="传错"))
    undone(sqlite_office, desk)
    assert desk.read(attachment_bytes, 3).data == b"c"
    assert desk.read(attachments, 1)[0].void_reason == ""


def test_a_flag_is_taken_off_again_and_the_one_before_comes_back(sqlite_office: Office) -> None:
    given.case(sqlite_office)
    desk = sqlite_office.icbc
    desk.do(SetFlag(leg_id=1, colour="waiting"))
    desk.do(SetFlag(leg_id=1, colour="doubt"))
    undone(sqlite_office, desk)
    standing = [flag.colour for flag in rows(sqlite_office, LegFlag) if flag.cleared_at is None]
    assert standing == ["waiting"]
    desk.do(ClearFlag(leg_id=1))
    undone(sqlite_office, desk)
    assert [flag.colour for flag in rows(sqlite_office, LegFlag) if flag.cleared_at is None] == ["waiting"]
    desk.do(ClearFlag(leg_id=1))
    step = entries(sqlite_office)
    desk.do(SetFlag(leg_id=1, colour="checked"))
    refused(sqlite_office, desk, Undo(entry_id=step), Refused)


def test_never_what_was_signed_sent_or_said(sqlite_office: Office) -> None:
    office = sqlite_office
    given.case(office)
    given.answered(office, 1)
    refused(office, office.icbc, Undo(entry_id=entries(office)), Refused)
    freeze = office.door("qian").do(
        requests.IssueRequest(
            case_id=1, kind=LegKind.FREEZE, asked=100, target=given.account(card("ICBC", 901))
        )
    )
    refused(office, office.door("qian"), Undo(entry_id=entries(office)), Refused)
    office.lead.do(requests.ApproveRequest(leg_id=freeze))
    refused(office, office.lead, Undo(entry_id=entries(office)), Refused)
    office.lead.do(WriteNote(leg_id=1, text="已阅"))
    refused(office, office.lead, Undo(entry_id=entries(office)), Refused)
    assert office.lead.read(undo_offers) == ()


def test_every_step_that_is_offered_exists() -> None:
    assert set(all_commands()) >= UNDOABLE


# --- any sequence of steps


def _steps(office: Office) -> dict[str, tuple[str, Callable[[int], Command[Any]]]]:
    liu, li = person(office, "liu").id, person(office, "li").id
    return {
        "claim": ("li", lambda id_: requests.ClaimRequest(leg_id=id_)),
        "claim by liu": ("liu", lambda id_: requests.ClaimRequest(leg_id=id_)),
        "release": ("li", lambda id_: requests.ReleaseClaim(leg_id=id_)),
        "release by lead": ("wang", lambda id_: requests.ReleaseClaim(leg_id=id_)),
        "hand to liu": ("li", lambda id_: requests.ReassignRequest(leg_id=id_, person_id=liu)),
        "take back": ("wang", lambda id_: requests.ReassignRequest(leg_id=id_, person_id=li)),
        "return": ("li", lambda id_: requests.ReturnForCorrection(leg_id=id_, reason="户名不符")),
        "route": ("zhao", lambda id_: requests.RouteRequest(leg_id=id_, institution="ABC")),
        "route home": ("qian", lambda id_: requests.RouteRequest(leg_id=id_, institution="ICBC")),
        "withdraw": ("zhao", lambda id_: requests.WithdrawRequest(leg_id=id_, reason="重复")),
        "close": ("zhao", lambda id_: requests.CloseRequest(leg_id=id_)),
        "reopen": ("zhao", lambda id_: requests.ReopenRequest(leg_id=id_, reason="再查")),
        "void": ("wang", lambda id_: requests.VoidRequest(leg_id=id_, reason="误发")),
        "authorise": ("zhao", lambda id_: AuthoriseHops(case_id=1)),
        "attach": ("li", lambda id_: AddAttachment(leg_id=id_, name="a.txt", data=b"a")),
        "answer": (
            "li",
            lambda id_: _answer(id_),
        ),
    }


def _answer(leg_id: int) -> Command[Any]:
    from liaison_desk.desk.answers import AnswerRequest

    return AnswerRequest(leg_id=leg_id, outcome=Outcome.NO_ACCOUNT)


NAMES = (
    *("claim", "claim by liu", "release", "release by lead", "hand to liu", "take back", "return"),
    *("route", "route home", "withdraw", "close", "reopen", "void", "authorise", "attach", "answer"),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("undo") / "office.db"
    made = given.office(Database(path), Clock())
    made.clock.forward(minutes=5)
    given.case(made, [("ICBC", 3_500_000), ("ICBC", 100_000)])
    made.database.close()
    return path


@settings(max_examples=12, deadline=None)
@generated(
    steps=st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from((1, 2)),
            st.sampled_from((0, 4, 11)),
            st.booleans(),
        ),
        min_size=2,
        max_size=9,
    )
)
def test_an_undo_puts_back_what_was_there_or_is_refused(
    steps: list[tuple[str, int, int, bool]], prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each step that its state allows is tried to be taken back: after a while, or after a note came between."""
    path = tmp_path_factory.mktemp("one") / "office.db"
    shutil.copyfile(prepared, path)
    office = Office(Database(path), Clock())
    office.clock.forward(minutes=6)
    known = _steps(office)
    for name, leg_id, wait, between in steps:
        login, make = known[name]
        before = state(office)
        try:
            office.door(login).do(make(leg_id))
        except DeskError:
            continue
        step = entries(office)
        if between:
            office.officer.do(WriteNote(leg_id=leg_id, text="插一句"))
        office.clock.forward(seconds=wait)
        left = state(office)
        # A note on a request does not touch the case's own row.
        may = name != "answer" and wait <= 10 and not (between and name != "authorise")
        try:
            office.door(login).do(Undo(entry_id=step))
        except Refused:
            assert not may or (name == "authorise" and between), name
            assert state(office) == left
        else:
            assert may, name
            assert state(office) == before
    assert check(office.database).findings == ()
    office.database.close()
