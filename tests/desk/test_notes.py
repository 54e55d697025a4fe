"""Notes that call an institution: who is asked, who took note, and what the shift still has open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liaison_desk.core.errors import Conflict, NotFound, Refused
from liaison_desk.desk.casebook import case_detail
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.check import check
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.notes import TakeNote, notes_not_taken, notes_to_take
from liaison_desk.store.views import NoteTaken
from tests import given
from tests.desk.rows import refused, rows
from tests.given import Office


@pytest.fixture
def shared(sqlite_office: Office) -> Office:
    """A case with a leg each of ICBC (1) and CCB (2)."""
    given.case(sqlite_office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    return sqlite_office


def waiting(office: Office, login: str) -> list[str]:
    return [note.text for note in office.door(login).read(notes_to_take)]


def test_a_called_institution_is_asked_until_one_of_its_people_took_note(shared: Office) -> None:
    shared.officer.do(WriteNote(leg_id=1, text="@ICBC 请先办这笔"))
    shared.ccb.do(WriteNote(leg_id=2, text="@all 网点已下班"))
    assert waiting(shared, "li") == waiting(shared, "liu") == ["@all 网点已下班", "@ICBC 请先办这笔"]
    assert waiting(shared, "zhou") == []
    assert waiting(shared, "qian") == ["@all 网点已下班"]
    assert waiting(shared, "sun") == [], "called by @all, but the case is none of theirs"
    shared.icbc.do(TakeNote(note_id=1))
    assert waiting(shared, "liu") == ["@all 网点已下班"]


def test_who_took_note_when_stands_at_the_note_and_in_the_timeline(shared: Office) -> None:
    shared.officer.do(WriteNote(leg_id=1, text="@ICBC @CCB 请核对户名"))
    shared.clock.forward(minutes=2)
    shared.door("liu").do(TakeNote(note_id=1))
    (note,) = shared.officer.read(leg_detail, 1).notes
    assert [(one.institution, one.who, one.at) for one in note.taken] == [
        ("ICBC", "刘工行", shared.clock.now)
    ]
    assert not note.to_take
    (seen,) = shared.ccb.read(case_detail, 1).notes
    assert seen.to_take
    assert not shared.icbc.read(case_detail, 1).notes[0].to_take
    assert not shared.auditor.read(case_detail, 1).notes[0].to_take
    last = shared.officer.read(leg_detail, 1).timeline[-1]
    assert (last.who, str(last.text)) == ("刘工行", "Took note of the note of 10:05")


def test_only_the_called_take_note_and_only_once(shared: Office) -> None:
    shared.officer.do(WriteNote(leg_id=1, text="@ICBC 请先办这笔"))
    refused(shared, shared.ccb, TakeNote(note_id=1), NotFound)
    refused(shared, shared.door("qian"), TakeNote(note_id=1), Refused)
    shared.icbc.do(TakeNote(note_id=1))
    error = refused(shared, shared.door("liu"), TakeNote(note_id=1), Conflict)
    assert "李工行" in str(error)
    assert len(rows(shared, NoteTaken)) == 1
    assert check(shared.database).findings == ()


def test_the_shift_counts_what_each_institution_has_not_taken_note_of(office: Office) -> None:
    given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    office.officer.do(WriteNote(leg_id=1, text="@ICBC 第一条"))
    first = office.clock.now
    office.clock.forward(minutes=1)
    office.officer.do(WriteNote(leg_id=1, text="@ICBC @CCB 第二条"))
    office.icbc.do(WriteNote(leg_id=1, text="@POLICE @ICBC 第三条"))
    office.ccb.do(TakeNote(note_id=2))
    found = office.lead.read(notes_not_taken)
    assert [(row.institution, row.count, row.oldest) for row in found] == [
        ("ICBC", 2, first),
        ("POLICE", 1, office.clock.now),
    ]
    office.clock.forward(days=31)
    assert office.lead.read(notes_not_taken) == ()
    assert waiting(office, "li") == []


def test_a_drill_calls_nobody_to_real_work(shared: Office) -> None:
    from liaison_desk.desk.cases import OpenCase, PaymentInput

    opened = shared.officer.do(
        OpenCase(
            victim_name="演练",
            drill=True,
            payments=(
                PaymentInput(
                    target=given.account(given.card("ICBC", 50)),
                    fen=100,
                    happened_at=shared.clock.now - timedelta(minutes=1),
                ),
            ),
        )
    )
    shared.officer.do(WriteNote(case_id=opened.case_id, text="@ICBC 演练"))
    assert waiting(shared, "li") == []
    assert shared.lead.read(notes_not_taken) == ()
