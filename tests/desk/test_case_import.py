"""Cases out of a workbook: opened as by hand, never twice, whole or not at all, each row's verdict in the entry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from liaison_desk.core.caselines import CaseFile, CaseLine, RefusedLine
from liaison_desk.core.lifecycle import LegKind, LegState
from liaison_desk.core.words import Message
from liaison_desk.desk import casebook
from liaison_desk.desk.case_import import ImportedFile, import_file
from liaison_desk.desk.case_verdicts import Verdict, import_verdicts
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Leg, Payment
from tests import given
from tests.given import Office

SHA = "ab" * 32


def line(number: int, group: int, card: str, fen: int = 500_000, **facts: object) -> CaseLine:
    made = CaseLine(
        sheet="三月",
        line=number,
        group=group,
        victim_name="王小明",
        victim_phone="13904341122",
        reported_at=given.START - timedelta(minutes=3),
        number=card,
        holder="李四",
        fen=fen,
        paid_at=given.START - timedelta(minutes=9),
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # names of its fields


def file(*lines: CaseLine, refused: tuple[RefusedLine, ...] = ()) -> CaseFile:
    return CaseFile("三月.xlsx", SHA, lines, refused, 1, ("三月",))


FIRST, SECOND = given.card("ICBC", 1), given.card("ABC", 2)
TWO = (
    line(2, 1, FIRST, mark="A1", fraud_type="support", summary="刷屏"),
    line(3, 1, SECOND, 700_000, mark="A1", holder="赵敏", suspect_phone="13900001111"),
    line(4, 2, given.card("CCB", 3), 90_000, victim_name="欧阳娜娜", victim_phone="13812341234"),
)


def counts(done: ImportedFile) -> tuple[int, int, int]:
    return done.stored, done.duplicates, len(done.rejected)


def test_each_case_is_opened_as_by_hand_and_its_requests_wait_in_the_queues(office: Office) -> None:
    done = import_file(office.officer, file(*TWO))
    assert (counts(done), done.cases, done.legs) == ((3, 0, 0), ["AJ〔2026〕1", "AJ〔2026〕2"], 4)
    second, first = office.officer.read(casebook.cases, casebook.CaseView()).rows
    assert (first.victim, first.loss, second.victim, second.loss) == ("王小明", 1_200_000, "欧阳娜娜", 90_000)
    detail = office.officer.read(casebook.case_detail, first.id)
    assert detail.row.happened_at == given.START - timedelta(minutes=3)
    assert detail.summary == "A1\n刷屏"
    assert [(leg.institution, leg.kind, leg.state, leg.amount) for leg in detail.legs] == [
        ("ICBC", LegKind.STOP, LegState.QUEUED, 500_000),
        ("ABC", LegKind.STOP, LegState.QUEUED, 700_000),
        ("CMCC", LegKind.SUSPEND_NUMBER, LegState.QUEUED, 0),
    ]


def test_the_entry_holds_the_file_the_counts_and_each_rows_verdict(sqlite_office: Office) -> None:
    office = sqlite_office
    refused = (RefusedLine("三月", 5, Message("No amount is given.")),)
    import_file(office.officer, file(*TWO[:2], refused=refused))
    with office.database.reading() as session:
        text = session.scalars(select(Entry.text).where(Entry.command == "ImportCases")).one()
    content = json.loads(text)
    assert content["payload"] == {"file_name": "三月.xlsx", "sha256": SHA, "part": 1, "parts": 1, "rows": 3}
    assert [
        (row["line"], row["verdict"], row["case"], row["reason"]) for row in content["import"]["rows"]
    ] == [
        (2, "stored", "AJ〔2026〕1", ""),
        (3, "stored", "AJ〔2026〕1", ""),
        (5, "rejected", "", "No amount is given."),
    ]


def test_the_same_file_again_says_so_and_adds_nothing_not_even_an_entry(sqlite_office: Office) -> None:
    office = sqlite_office
    first = import_file(office.officer, file(*TWO))
    assert first.before is None
    with office.database.reading() as session:
        entries = session.scalar(select(func.max(Entry.id)))
    again = import_file(office.officer, file(*TWO))
    assert (counts(again), again.cases) == ((0, 3, 0), [])
    assert str(again.before) == "This very file was imported on 2026-03-10 10:05 by 赵民警."
    with office.database.reading() as session:
        assert session.scalar(select(func.max(Entry.id))) == entries
        assert session.scalar(select(func.count()).select_from(Payment)) == 3


def test_a_new_row_of_a_known_case_is_a_further_payment_of_it(sqlite_office: Office) -> None:
    office = sqlite_office
    import_file(office.officer, file(*TWO[:2]))
    more = replace(TWO[0], line=9, fen=1_100, paid_at=given.START - timedelta(minutes=1))
    done = import_file(office.officer, file(*TWO[:2], more))
    assert (counts(done), done.cases) == ((1, 2, 0), [])
    (case,) = office.officer.read(casebook.cases, casebook.CaseView()).rows
    assert case.loss == 1_201_100
    # The stop that waits asks for more; no second one goes out for the same account.
    with office.database.reading() as session:
        assert session.scalars(select(Leg.asked).where(Leg.kind == LegKind.STOP).order_by(Leg.id)).all() == [
            501_100,
            700_000,
        ]


def test_two_equal_payments_of_one_file_stay_two_and_a_third_time_they_are_known(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    twice = (TWO[0], replace(TWO[0], line=7))
    assert counts(import_file(office.officer, file(*twice))) == (2, 0, 0)
    thrice = (*twice, replace(TWO[0], line=8))
    assert counts(import_file(office.officer, file(*thrice))) == (1, 2, 0)


def test_what_the_desk_refuses_rejects_the_whole_case_and_no_other(sqlite_office: Office) -> None:
    office = sqlite_office
    ahead = replace(TWO[1], paid_at=given.START + timedelta(hours=3))
    other = replace(TWO[0], line=8, holder="别人")
    done = import_file(office.officer, file(TWO[0], ahead, TWO[2]))
    assert (counts(done), done.cases) == ((1, 0, 2), ["AJ〔2026〕1"])
    assert [(each.line, str(each.reason)[:26]) for each in done.rejected] == [
        (2, "Not stored, because line 3"),
        (3, "This time lies in the futu"),
    ]
    clash = import_file(office.officer, file(TWO[0], other))
    assert [str(each.reason) for each in clash.rejected] == [
        "Not stored, because line 8 of the same case cannot be.",
        "The same account has another holder in line 2.",
    ]


def test_a_likely_duplicate_is_shown_before_it_is_stored_and_can_be_left_out(sqlite_office: Office) -> None:
    office = sqlite_office
    import_file(office.officer, file(TWO[0]))
    known = replace(TWO[0], line=2, group=1, number=given.card("CCB", 9))
    verdicts = office.officer.read(import_verdicts, (known, TWO[2]), "cd" * 32)
    assert [(row.verdict, row.case) for row in verdicts.rows] == [
        (Verdict.LIKE, "AJ〔2026〕1"),
        (Verdict.NEW, ""),
    ]
    done = import_file(office.officer, file(known, TWO[2]), leave_out=frozenset({1}))
    assert (counts(done), done.left_out, done.cases) == ((1, 0, 0), 1, ["AJ〔2026〕2"])


def test_stopping_keeps_what_is_stored_and_says_how_much_is_left_out(sqlite_office: Office) -> None:
    office = sqlite_office
    many = [
        line(n + 2, n + 1, given.card("ICBC", n), victim_name=f"某{chr(0x4E00 + n)}", victim_phone="")
        for n in range(45)
    ]
    asked: list[tuple[int, int]] = []

    def step(done: int, of: int) -> bool:
        asked.append((done, of))
        return len(asked) < 3

    done = import_file(office.officer, file(*many), step=step)
    assert asked[:3] == [(0, 45), (20, 45), (40, 45)]
    assert (done.cancelled, done.stored, done.left_out) == (True, 40, 5)
    rest = import_file(office.officer, file(*many))
    assert (rest.stored, rest.duplicates) == (5, 40)
