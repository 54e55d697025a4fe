"""The handover in three steps: cut, checks, read-back, two signatures (rules.md, Handover)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import BadInput, Conflict, DeskError, NotAllowed, NotFound, Refused
from liaison_desk.core.lifecycle import LegKind
from liaison_desk.core.papers import canonical, head_code
from liaison_desk.core.shifts import Planned, changes, planned
from liaison_desk.desk.archive import ArchivePaper, archived_paper, archived_papers
from liaison_desk.desk.check import check
from liaison_desk.desk.handovers import (
    ITEMS,
    CheckItem,
    PrepareHandover,
    ReadBackHandover,
    SignHandover,
    VoidHandover,
)
from liaison_desk.desk.handoversheet import handover
from liaison_desk.desk.handoverviews import HandoverView, handover_view, handovers, open_handover
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.readback import GiveReadBack, read_back_owed
from liaison_desk.desk.requests import ClaimRequest, IssueRequest
from liaison_desk.desk.shiftlog import VoidLog, WriteLog, shift_log
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Issued, Shift
from tests import given
from tests.given import PASSWORD, Office

BEIJING = ZoneInfo("Asia/Shanghai")
WORDS = ("工行3.5万止付48小时将到期", "建行待追踪", "农行待冻结")


def opened(office: Office) -> None:
    """The day shift of 10 March, opened by 王带班 at 10:05."""
    office.lead.do(
        OpenShift(
            name="白班",
            planned_from=datetime(2026, 3, 10, 0, 0, tzinfo=UTC),
            planned_until=datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
        )
    )


def view(office: Office, handover_id: int) -> HandoverView:
    return office.auditor.read(handover_view, handover_id)


def checked(
    office: Office, handover_id: int, by: str = "feng", items: tuple[str, ...] = tuple(ITEMS)
) -> None:
    for item in items:
        office.door(by).do(CheckItem(handover_id=handover_id, item=item, agrees=True))


def last_entry(office: Office) -> int:
    with office.database.reading() as session:
        return max(session.scalars(select(Entry.id)))


def signed(office: Office, handover_id: int, *, out: str = "wang", into: str = "feng") -> None:
    checked(office, handover_id, into)
    office.door(into).do(ReadBackHandover(handover_id=handover_id, lines=WORDS))
    assert not office.door(out).do(SignHandover(handover_id=handover_id, password=PASSWORD))
    assert office.door(into).do(
        SignHandover(handover_id=handover_id, password=PASSWORD, acknowledged=last_entry(office))
    )


def test_the_plan_of_the_day_says_which_shift_runs() -> None:
    line = "08:00 白班, 20:00 夜班"
    assert planned(line, datetime(2026, 3, 10, 3, 0, tzinfo=UTC), BEIJING) == Planned(
        "白班", datetime(2026, 3, 10, 0, 0, tzinfo=UTC), datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    )
    # 07:59 in Beijing still belongs to the night shift of the day before; 08:00 does not.
    assert planned(line, datetime(2026, 3, 9, 23, 59, tzinfo=UTC), BEIJING).name == "夜班"
    assert planned(line, datetime(2026, 3, 10, 0, 0, tzinfo=UTC), BEIJING).name == "白班"
    for bad in ("", "8 白班", "25:00 白班", "08:00"):
        with pytest.raises(BadInput):
            changes(bad)


def test_a_handover_from_prepare_to_the_next_shift(office: Office) -> None:
    before = last_entry(office)
    opened(office)
    given.busy(office)
    cut = last_entry(office)
    made = office.lead.do(PrepareHandover())
    office.clock.forward(minutes=2)
    given.case(office, [("ICBC", 5_000)], n=9)
    sheet = view(office, made)
    assert (sheet.row.number, sheet.row.from_entry, sheet.row.cut_entry) == ("JB〔2026〕1", before, cut)
    assert [line.what.text for line in sheet.after] == ["Open a case"]
    assert sheet.summary.imprint.chain_to == cut
    with office.database.reading() as session:
        assert sheet.row.head == head_code(session.get_one(Entry, cut).hash)
    signed(office, made)
    done = view(office, made)
    assert done.row.state == "signed"
    assert done.summary.read_back == WORDS
    assert [(box.name, box.signed_at is not None) for box in done.summary.signatures[:2]] == [
        ("王带班", True),
        ("冯带班", True),
    ]
    with office.database.reading() as session:
        first, second = session.scalars(select(Shift).order_by(Shift.id)).all()
    assert first.ended_at is not None
    assert (second.name, second.opening_entry, second.opened_at) == ("夜班", cut, done.row.prepared_at)
    running = office.auditor.read(handover)
    assert running.counts_total is not None
    assert done.summary.counts_total is not None
    assert running.counts_total.opening == done.summary.counts_total.carried
    # The case of after the cut belongs to the next shift.
    assert running.counts_total.new == 1
    assert running.money[0].opening == done.summary.money[0].closing
    assert check(office.database, now=office.clock.now).findings == ()


def test_two_leads_prepare_at_once_and_one_wins(sqlite_office: Office) -> None:
    office = sqlite_office
    opened(office)
    first = office.lead.do(PrepareHandover())
    with pytest.raises(Conflict, match="王带班 was faster"):
        office.door("feng").do(PrepareHandover())
    again = office.lead.do(PrepareHandover(replaces=first))
    assert [(row.number, row.state) for row in office.auditor.read(handovers)] == [
        ("JB〔2026〕2", "prepared"),
        ("JB〔2026〕1", "voided"),
    ]
    with office.database.reading() as session:
        number = session.scalars(select(Issued).where(Issued.text == "JB〔2026〕1")).one()
        assert number.voided_at is not None
        assert number.void_reason == "Prepared anew"
    with pytest.raises(Refused, match="signed or voided"):
        office.lead.do(VoidHandover(handover_id=first, reason="试"))
    office.lead.do(VoidHandover(handover_id=again, reason="来人未到"))
    assert office.auditor.read(open_handover) is None


def test_the_incoming_side_checks_and_a_difference_goes_into_the_log(sqlite_office: Office) -> None:
    office = sqlite_office
    opened(office)
    made = office.lead.do(PrepareHandover())
    with pytest.raises(NotAllowed, match="incoming side"):
        office.lead.do(CheckItem(handover_id=made, item="money", agrees=True))
    incoming = office.door("feng")
    with pytest.raises(BadInput, match="otherwise"):
        incoming.do(CheckItem(handover_id=made, item="money", agrees=False))
    incoming.do(CheckItem(handover_id=made, item="money", agrees=False, difference="工行少一笔"))
    found = view(office, made)
    assert [(one.text, one.person) for one in found.summary.differences] == [("工行少一笔", "冯带班")]
    assert [line.text for line in office.auditor.read(shift_log) if line.note_id] == ["工行少一笔"]
    incoming.do(CheckItem(handover_id=made, item="money", agrees=True))
    assert view(office, made).summary.differences == ()


def test_nobody_signs_before_everything_is_checked_and_read_back(sqlite_office: Office) -> None:
    office = sqlite_office
    opened(office)
    made = office.lead.do(PrepareHandover())
    incoming = office.door("feng")
    office.lead.do(SignHandover(handover_id=made, password=PASSWORD))
    with pytest.raises(Refused, match="already"):
        office.lead.do(SignHandover(handover_id=made, password=PASSWORD))
    with pytest.raises(Refused, match="not yet checked: 8"):
        incoming.do(SignHandover(handover_id=made, password=PASSWORD))
    checked(office, made)
    with pytest.raises(Refused, match="read back"):
        incoming.do(SignHandover(handover_id=made, password=PASSWORD))
    for bad in ((), ("",), ("1", "2", "3", "4")):
        with pytest.raises(BadInput):
            incoming.do(ReadBackHandover(handover_id=made, lines=bad))
    incoming.do(ReadBackHandover(handover_id=made, lines=WORDS[:1]))
    with pytest.raises(NotAllowed, match="password"):
        incoming.do(SignHandover(handover_id=made, password="wrong"))
    given.case(office, n=3)
    with pytest.raises(Refused, match="after the cut"):
        incoming.do(SignHandover(handover_id=made, password=PASSWORD))
    assert incoming.do(SignHandover(handover_id=made, password=PASSWORD, acknowledged=last_entry(office)))
    with office.database.reading() as session:
        entries = session.scalars(select(Entry.text).where(Entry.command == "SignHandover")).all()
    assert not any(PASSWORD in text for text in entries)


def test_a_partial_handover_makes_no_cut_and_hands_the_claims_over(sqlite_office: Office) -> None:
    office = sqlite_office
    opened(office)
    leg = given.case(office).leg_ids[0]
    given.claimed(office, leg)
    with pytest.raises(NotAllowed):
        office.lead.do(PrepareHandover(institution="ICBC"))
    with pytest.raises(NotAllowed):
        office.icbc.do(PrepareHandover())
    made = office.icbc.do(PrepareHandover(institution="ICBC", unscheduled=True))
    with pytest.raises(NotFound):
        office.abc.read(handover_view, made)
    incoming = office.door("liu")
    assert incoming.read(open_handover) is not None
    items = tuple(item for item in ITEMS if item != "money")
    checked(office, made, "liu", items)
    office.icbc.do(SignHandover(handover_id=made, password=PASSWORD))
    incoming.do(SignHandover(handover_id=made, password=PASSWORD, acknowledged=last_entry(office)))
    page = incoming.read(queue, QueueView())
    assert [row.claimed_by for row in page.rows if row.item == "leg" and row.id == leg] == ["刘工行"]
    with office.database.reading() as session:
        assert session.scalars(select(Shift)).one().ended_at is None


def test_who_begins_in_a_shift_reads_back_before_claiming_but_never_before_a_stop(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    opened(office)
    stop = given.case(office)
    signed(office, office.lead.do(PrepareHandover()))
    query = office.officer.do(
        IssueRequest(
            case_id=stop.case_id,
            kind=LegKind.HOLDER,
            target=given.account(given.card("ICBC", 0)),
        )
    )
    assert office.icbc.read(read_back_owed)
    office.icbc.do(ClaimRequest(leg_id=stop.leg_ids[0]))
    with pytest.raises(Refused, match="restate") as refused:
        office.icbc.do(ClaimRequest(leg_id=query))
    assert refused.value.field == "read_back"
    with pytest.raises(BadInput):
        office.icbc.do(GiveReadBack(text=" "))
    office.icbc.do(GiveReadBack(overridden=True))
    office.icbc.do(ClaimRequest(leg_id=query))
    with pytest.raises(Refused, match="Nothing has to be read back"):
        office.icbc.do(GiveReadBack(text="又一次"))
    with office.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.command == "GiveReadBack")).one()
    assert '"overridden":true' in entry.text


def test_the_log_tells_what_people_wrote_and_what_was_done(sqlite_office: Office) -> None:
    office = sqlite_office
    opened(office)
    office.clock.forward(minutes=5)
    written = office.lead.do(
        WriteLog(
            kind="instruction",
            text="<b>支队要求</b>今日重点盯守",
            happened_at=office.clock.now - timedelta(minutes=2),
        )
    )
    given.case(office)
    log = office.auditor.read(shift_log)
    assert [(str(line.text), line.who) for line in log] == [
        ("Open a case", "赵民警"),
        ("Write into the shift's log", "王带班"),
        ("<b>支队要求</b>今日重点盯守", "王带班"),
        ("Open a shift", "王带班"),
    ]
    assert [row.text for row in office.auditor.read(handover).log] == ["<b>支队要求</b>今日重点盯守"]
    with pytest.raises(NotAllowed):
        office.officer.do(VoidLog(note_id=written, reason="试"))
    office.lead.do(VoidLog(note_id=written, reason="写错班次"))
    assert office.auditor.read(handover).log == ()
    assert [line.struck for line in office.auditor.read(shift_log) if line.note_id] == ["写错班次"]
    with pytest.raises(NotFound):
        office.icbc.do(VoidLog(note_id=written, reason="试"))


def test_the_signed_sheet_is_archived_once_and_comes_back_as_it_was(office: Office) -> None:
    opened(office)
    made = office.lead.do(PrepareHandover())
    pdf = b"%PDF-1.4 sheet"

    def archive(summary: bytes) -> ArchivePaper:
        return ArchivePaper(
            kind="handover",
            number="JB〔2026〕1",
            name="交接班记录",
            pdf=pdf,
            summary=summary,
            pages=1,
            handover_id=made,
        )

    with pytest.raises(Refused, match="signed"):
        office.lead.do(archive(canonical(view(office, made).summary)))
    signed(office, made)
    with pytest.raises(Refused, match="not the sheet"):
        office.lead.do(archive(canonical(office.auditor.read(handover))))
    paper = office.lead.do(archive(canonical(view(office, made).summary)))
    with pytest.raises(Refused, match="once"):
        office.lead.do(archive(canonical(view(office, made).summary)))
    assert [row.number for row in office.auditor.read(archived_papers)] == ["JB〔2026〕1"]
    assert office.auditor.release(archived_paper, "reprint", paper).pdf == pdf
    assert office.icbc.read(archived_papers) == ()
    with pytest.raises(NotFound):
        office.icbc.read(archived_paper, paper)
    assert view(office, made).row.paper_id == paper
    assert check(office.database, now=office.clock.now).findings == ()


def test_without_a_shift_there_is_nothing_to_hand_over(sqlite_office: Office) -> None:
    with pytest.raises(DeskError, match="No shift"):
        sqlite_office.lead.do(PrepareHandover())
