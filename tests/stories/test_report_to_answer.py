"""From the report to the next hop: one evening of the office, told through the door and on paper."""

from __future__ import annotations

import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

from pypdf import PdfReader

from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.words import Message, load
from liaison_desk.desk import handoversheet, papers
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.lists import QueueView, queue, queue_counts
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import IssueProposed
from liaison_desk.paths import resources
from liaison_desk.reports import handover, slip
from tests import given
from tests.given import Office
from tests.stories.seats import SECOND_HOPS, sit_and_answer

SAY = load("zh_CN", resources() / "i18n")


def rows(office: Office, login: str, **view: object) -> tuple[QueueRow, ...]:
    return office.door(login).read(queue, QueueView(**view)).rows  # type: ignore[arg-type]  # the test's own names


def text_of(pdf: bytes) -> str:
    """The paper's text without line breaks: a change of font inside a name begins a new line for the reader."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def test_three_payments_to_three_banks_and_the_next_hop(office: Office) -> None:
    url = office.database.url.render_as_string(hide_password=False)
    paid = office.clock.now - timedelta(minutes=8)
    accounts = [(given.card("ICBC", 1), "买买提·吐尔逊", 3_500_000)]
    accounts += [(given.card("CCB", 2), "𠮷田", 3_300_000), (given.card("ABC", 3), "<b>赵&钱</b>", 120_000)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        seat = pool.submit(sit_and_answer, url, office.door("li").actor, office.clock.now)
        office.officer.do(
            OpenCase(
                victim_name="欧阳小明",
                victim_phone="13812341234",
                fraud_type="support",
                payments=tuple(
                    PaymentInput(target=given.account(number, holder), fen=fen, happened_at=paid)
                    for number, holder, fen in accounts
                ),
            )
        )
        for login, (number, holder, fen) in zip(("li", "zhou", "sun"), accounts, strict=True):
            if login != "li":
                (row,) = rows(office, login, institution=office.door(login).actor.institution)
                assert (row.target, row.holder, row.amount) == (number, holder, fen)
        told = seat.result(timeout=120)

    assert told["target"] == accounts[0][0], "the addressee reads the account in full"
    assert told["holder"] == "买买提·吐尔逊"
    assert (told["effective"], told["proposed"], told["issued"]) == (500_000, 2, 0)

    proposed = rows(office, "zhao", states=frozenset({LegState.PROPOSED}))
    assert {(row.target, row.level, row.amount) for row in proposed} == {
        (SECOND_HOPS[0], 2, 2_000_000),
        (SECOND_HOPS[1], 2, 1_000_000),
    }
    assert rows(office, "sun", institution="ABC", states=frozenset({LegState.PROPOSED})) == ()
    assert office.officer.do(IssueProposed(leg_ids=tuple(row.id for row in proposed))) == 2
    assert {row.level for row in rows(office, "sun", institution="ABC")} == {1, 2}

    assert len(rows(office, "wang", history=True)) == 5, "the lead sees all"
    assert office.lead.read(queue_counts).open == 4

    seen_by_ccb = rows(office, "zhou", history=True)
    foreign = [row for row in seen_by_ccb if row.institution != "CCB"]
    assert len(foreign) == 4
    assert all(isinstance(row.holder, Message) and not row.full for row in foreign)
    assert {SAY(row.holder) for row in foreign} == {"账户A", "账户C", "账户D", "账户E"}
    full = [number for number, _, _ in accounts if number != accounts[1][0]]
    assert not any(row.target in full for row in foreign)

    numbers = tuple(row.number for row in seen_by_ccb if row.institution == "CCB")
    slips = office.ccb.release(papers.slips, "print", numbers)
    said = text_of(slip.render(slips, SAY).pdf)
    for words in ("𠮷田", "33,000.00", "人民币叁万叁仟元整", numbers[0]):
        assert words in said, words

    icbc = tuple(row.number for row in rows(office, "li", history=True) if row.institution == "ICBC")
    assert "买买提·吐尔逊" in text_of(slip.render(office.icbc.release(papers.slips, "print", icbc), SAY).pdf)
    abc = tuple(row.number for row in rows(office, "sun", history=True) if row.institution == "ABC")
    assert "<b>赵&钱</b>" in text_of(slip.render(office.abc.release(papers.slips, "print", abc), SAY).pdf)

    sheet = text_of(handover.render(office.lead.release(handoversheet.handover, "print"), SAY).pdf)
    assert "联合办公交接班记录" in sheet
    for hidden in (*(number for number, _, _ in accounts), "买买提", "𠮷田", "欧阳小明", *SECOND_HOPS):
        assert hidden not in sheet, hidden
