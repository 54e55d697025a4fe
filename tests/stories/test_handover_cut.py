"""Handovers in a row while others write without pause: every entry on exactly one sheet, nothing between two shifts."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison_desk.core.papers import HandoverSummary, read_back
from liaison_desk.desk.check import check
from liaison_desk.desk.handovers import ITEMS, CheckItem, PrepareHandover, ReadBackHandover, SignHandover
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.store.chain import Entry
from liaison_desk.store.duty import Handover
from liaison_desk.store.models import Leg, Passage
from tests import given
from tests.given import PASSWORD, Office
from tests.stories.seats import work_until

WRITERS = 2


def test_every_entry_stands_on_one_sheet_and_what_is_carried_over_opens_the_next_shift(
    sqlite_office: Office, tmp_path: Path
) -> None:
    in_a_row(sqlite_office, tmp_path, 50)


@pytest.mark.postgres
def test_the_same_on_a_server(postgres_url: Callable[[], str], tmp_path: Path) -> None:
    from liaison_desk.store.database import Database

    made = given.office(Database(postgres_url()))
    in_a_row(made, tmp_path, 5)
    made.database.close()


def in_a_row(office: Office, tmp_path: Path, times: int) -> None:
    office.lead.do(
        OpenShift(
            name="白班",
            planned_from=datetime(2026, 3, 10, 0, 0, tzinfo=UTC),
            planned_until=datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
        )
    )
    with office.database.reading() as session:
        first = (session.scalar(select(func.max(Entry.id))) or 0) - 1
    stop = tmp_path / "stop"
    url = office.database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        writing = [
            pool.submit(work_until, url, office.officer.actor, office.icbc.actor, office.clock.now, str(stop))
            for _ in range(WRITERS)
        ]
        try:
            for turn in range(times):
                leaving, coming = ("wang", "feng") if turn % 2 == 0 else ("feng", "wang")
                _hand_over(office, leaving, coming)
        finally:
            stop.touch()
        assert all(future.result(timeout=120) > 0 for future in writing)
    _require_no_gap(office, first, times)
    assert check(office.database, now=office.clock.now).findings == ()


def _hand_over(office: Office, leaving: str, coming: str) -> None:
    made = office.door(leaving).do(PrepareHandover())
    incoming = office.door(coming)
    for item in ITEMS:
        incoming.do(CheckItem(handover_id=made, item=item, agrees=True))
    incoming.do(ReadBackHandover(handover_id=made, lines=("最急的一笔",)))
    office.door(leaving).do(SignHandover(handover_id=made, password=PASSWORD))
    with office.database.reading() as session:
        seen = session.scalar(select(func.max(Entry.id))) or 0
    assert incoming.do(SignHandover(handover_id=made, password=PASSWORD, acknowledged=seen))


def _require_no_gap(office: Office, first: int, times: int) -> None:
    with office.database.reading() as session:
        rows = session.scalars(select(Handover).order_by(Handover.id)).all()
        assert len(rows) == times
        reached, carried = first, None
        for row in rows:
            sheet = read_back(HandoverSummary, row.summary.encode())
            assert row.from_entry == reached
            assert row.cut_entry >= reached
            assert (sheet.imprint.chain_from, sheet.imprint.chain_to) == (reached + 1, row.cut_entry)
            assert sheet.counts_total is not None
            if carried is not None:
                assert sheet.counts_total.opening == carried
            carried = sheet.counts_total.carried
            reached = row.cut_entry
            open_at_the_cut = set(
                session.scalars(
                    select(Leg.number)
                    .join(Passage, Passage.leg_id == Leg.id)
                    .where(Passage.entry_id <= row.cut_entry)
                    .group_by(Leg.number)
                    .having(func.sum(Passage.step) > 0)
                )
            )
            shown = {line.number for line in (*sheet.open_requests, *sheet.carrier_requests)}
            assert shown == open_at_the_cut
            assert len(shown) == carried
