"""Filters and sums in the head and foot of a list: right, the same on both engines, and no way round the walls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison_desk.core.errors import BadInput, NotAllowed, NotFound
from liaison_desk.desk.casebook import CaseView, cases, export_cases
from liaison_desk.desk.columnvalues import ColumnValue, Sum, column_values, list_totals
from liaison_desk.desk.filters import ColumnFilter
from liaison_desk.desk.flags import ClearFlag, SetFlag
from liaison_desk.desk.ledgerlists import HoldsView, LedgerView, export_ledger, holds_list, ledger_rows
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.views import RemoveView, SaveView, saved_views
from liaison_desk.store.base import to_micros
from liaison_desk.store.database import Database
from tests import given as making
from tests.conftest import Server
from tests.desk.test_lists import HISTORY, Play, listed, open_case
from tests.given import Clock, Office


def only(column: str, **more: Any) -> QueueView:
    return QueueView(filters=(ColumnFilter(column, **more),))


@pytest.fixture
def five(office: Office) -> dict[str, int]:
    """Five requests: 1.00 to 5.00 yuan in turn, two of them of CCB, one claimed."""
    made: dict[str, int] = {}
    for n, (bank, holder) in enumerate(
        (("ICBC", "王小明"), ("CCB", "Zoe Wang"), ("ICBC", "zoe_1"), ("CCB", "阿里"), ("ICBC", "100%_Lee"))
    ):
        made[holder] = open_case(office, holder, bank=bank, fen=100 * (n + 1))
        office.clock.forward(minutes=1)
    office.icbc.do(ClaimRequest(leg_id=made["王小明"]))
    return made


def holders(office: Office, view: QueueView, login: str = "zhao") -> list[str]:
    return [str(row.holder) for row in listed(office.door(login), replace(view, order="recorded"))]


def test_a_column_is_narrowed_by_values_ranges_and_words(office: Office, five: dict[str, int]) -> None:
    everybody = list(five)
    start = to_micros(office.clock.now - timedelta(minutes=2))
    assert holders(office, QueueView()) == everybody
    assert holders(office, only("institution", values=frozenset({"CCB"}))) == ["Zoe Wang", "阿里"]
    assert holders(office, only("state", values=frozenset({"claimed"}))) == ["王小明"]
    assert holders(office, only("claimer", values=frozenset({"李工行"}))) == ["王小明"]
    assert holders(office, only("claimer", values=frozenset({""}))) == everybody[1:]
    assert holders(office, only("claimer", filled=True)) == ["王小明"]
    assert holders(office, only("amount", least=200, most=300)) == ["Zoe Wang", "zoe_1"]
    assert holders(office, only("amount", values=frozenset({"500", "100"}))) == ["王小明", "100%_Lee"]
    assert holders(office, only("recorded", least=start)) == ["阿里", "100%_Lee"]
    assert holders(office, only("recorded", days=1)) == everybody
    assert holders(office, only("holder", words="ZOE")) == ["Zoe Wang", "zoe_1"]
    assert holders(office, only("holder", words="zoe", how="begins")) == ["Zoe Wang", "zoe_1"]
    assert holders(office, only("holder", words="WANG")) == ["Zoe Wang"]
    assert holders(office, only("holder", words="小")) == ["王小明"]
    assert holders(office, only("holder", words="阿里", how="equals")) == ["阿里"]
    # What a pattern would mean elsewhere is a letter like any other here.
    assert holders(office, only("holder", words="%_")) == ["100%_Lee"]
    assert holders(office, only("holder", words="_")) == ["zoe_1", "100%_Lee"]
    assert holders(office, only("number", words="zf2026 3", how="equals")) == ["zoe_1"]
    assert holders(office, only("number", words="ＺＦ〔2026〕", how="begins")) == everybody
    number = making.account_number(office, five["阿里"])
    assert holders(office, only("target", words=f"{number[:4]} {number[4:8]} {number[8:]}")) == ["阿里"]
    assert holders(office, only("target", words="621700", how="begins")) == ["Zoe Wang", "阿里"]
    both = (
        ColumnFilter("institution", values=frozenset({"ICBC"})),
        ColumnFilter("amount", least=200),
    )
    assert holders(office, QueueView(filters=both)) == ["zoe_1", "100%_Lee"]


@pytest.mark.parametrize(
    "nonsense",
    [
        ColumnFilter("password_hash", words="x"),
        ColumnFilter("amount", values=frozenset({"x", "1e9", "٣"})),
        ColumnFilter("amount", least=10**30),
        ColumnFilter("state", values=frozenset({"nonsense", "answered:nonsense"})),
        ColumnFilter("holder", least=1),
        ColumnFilter("amount", words="5"),
    ],
)
def test_what_makes_no_sense_matches_nothing(sqlite_office: Office, nonsense: ColumnFilter) -> None:
    open_case(sqlite_office, "王小明")
    assert listed(sqlite_office.officer, QueueView(filters=(nonsense,))) == []


def test_letters_that_no_database_takes_are_left_out(office: Office) -> None:
    open_case(office, "王小明")
    assert holders(office, only("holder", words="小\0\ud800明")) == ["王小明"]


def test_an_answer_is_found_by_its_outcome(office: Office) -> None:
    making.busy(office)
    view = QueueView(history=True, filters=(ColumnFilter("state", values=frozenset({"answered:partly"})),))
    assert [row.outcome for row in listed(office.officer, view)] == ["partly"]
    values = office.officer.read(column_values, HISTORY, "state").values
    assert ColumnValue("answered:partly", 1) in values
    assert {value.value for value in values} == {"queued", "claimed", "proposed", "answered:partly"}


# --- values and sums


def test_values_are_those_of_the_rows_that_the_other_filters_leave(
    office: Office, five: dict[str, int]
) -> None:
    read = office.officer.read
    assert read(column_values, QueueView(), "institution").values == (
        ColumnValue("ICBC", 3),
        ColumnValue("CCB", 2),
    )
    narrowed = QueueView(
        filters=(
            ColumnFilter("institution", values=frozenset({"CCB"})),
            ColumnFilter("amount", least=300),
        )
    )
    assert read(column_values, narrowed, "institution").values == (
        ColumnValue("ICBC", 2),
        ColumnValue("CCB", 1),
    )
    assert read(column_values, narrowed, "holder").values == (ColumnValue("阿里", 1),)
    assert read(column_values, QueueView(), "holder", "zoe").values == (
        ColumnValue("Zoe Wang", 1),
        ColumnValue("zoe_1", 1),
    )
    claimers = read(column_values, QueueView(), "claimer").values
    assert claimers == (ColumnValue("", 4), ColumnValue("李工行", 1))
    assert read(column_values, QueueView(), "nonsense").values == ()


def test_a_list_adds_up_to_the_fen_whether_it_is_shown_or_not(office: Office, five: dict[str, int]) -> None:
    found = office.officer.read(list_totals, QueueView())
    assert (found.count, found.sums["amount"]) == (5, Sum(5, 1500, 100, 500))
    found = office.officer.read(list_totals, only("amount", least=200, most=300))
    assert (found.count, found.sums["amount"]) == (2, Sum(2, 500, 200, 300))
    phone = making.case(office, [], phones=["13900001111"], n=9)
    assert phone
    # A carrier's request is a row without an amount.
    found = office.officer.read(list_totals, QueueView())
    assert (found.count, found.sums["amount"]) == (6, Sum(5, 1500, 100, 500))
    assert office.officer.read(list_totals, only("amount", least=10**6)).sums["amount"] == Sum()


def test_holds_and_entries_are_narrowed_sorted_and_added_up(office: Office) -> None:
    opened = making.case(office, [("ICBC", 900), ("CCB", 500)])
    for leg_id, fen in zip(opened.leg_ids, (800, 500), strict=True):
        making.answered(office, leg_id, executed=fen, balance=fen)
    read = office.officer.read
    assert [row.captured for row in read(holds_list, HoldsView(order="captured")).rows] == [500, 800]
    down = HoldsView(order="captured", descending=True)
    assert [row.captured for row in read(holds_list, down).rows] == [800, 500]
    small = HoldsView(filters=(ColumnFilter("stopped", most=600),))
    assert [row.institution for row in read(holds_list, small).rows] == ["CCB"]
    assert read(list_totals, HoldsView()).sums["stopped"] == Sum(2, 1300, 500, 800)
    assert read(list_totals, HoldsView()).sums["frozen"] == Sum()
    ways = read(column_values, LedgerView(), "way").values
    assert ways == (ColumnValue("captured>stopped", 2),)
    icbc = LedgerView(filters=(ColumnFilter("institution", values=frozenset({"ICBC"})),))
    assert [row.fen for row in read(ledger_rows, icbc).rows] == [800]
    assert [row.fen for row in read(export_ledger, LedgerView(order="fen"))] == [500, 800]
    assert read(list_totals, LedgerView()).sums["fen"] == Sum(2, 1300, 500, 800)


def test_cases_are_narrowed_sorted_and_added_up(office: Office) -> None:
    making.busy(office)
    read = office.officer.read
    assert [row.loss for row in read(cases, CaseView(order="loss")).rows] == [120_050, 6_800_000]
    assert [row.victim for row in read(cases, CaseView(order="loss", descending=True)).rows] == [
        "买买提·吐尔逊",
        "欧阳小明",
    ]
    held = CaseView(filters=(ColumnFilter("secured", filled=True),))
    assert [row.number for row in read(export_cases, held)] == ["AJ〔2026〕1"]
    assert read(column_values, CaseView(), "victim", "小明").values == (ColumnValue("欧阳小明", 1),)
    assert read(column_values, CaseView(), "state").values == (ColumnValue("running", 2),)
    sums = read(list_totals, CaseView()).sums
    assert sums["loss"] == Sum(2, 6_920_050, 120_050, 6_800_000)
    assert sums["secured"] == Sum(1, 2_000_000, 2_000_000, 2_000_000)


# --- walls


def test_a_filter_tells_nothing_of_what_is_masked(office: Office) -> None:
    opened = making.case(office, [("ICBC", 500), ("CCB", 600)])
    theirs = making.account_number(office, opened.leg_ids[0])
    mine = making.account_number(office, opened.leg_ids[1])
    read = office.ccb.read
    assert len(read(queue, QueueView()).rows) == 2
    for filter in (
        ColumnFilter("target", words=theirs),
        ColumnFilter("target", words=theirs[-4:]),
        ColumnFilter("target", values=frozenset({theirs})),
        ColumnFilter("holder", words="账户"),
    ):
        for view in (QueueView(filters=(filter,)), HoldsView(filters=(filter,))):
            query: Any = queue if isinstance(view, QueueView) else holds_list
            assert read(query, view).rows == ()
            assert read(list_totals, view).count == 0
    assert [row.id for row in read(queue, only("target", words=mine)).rows] == [opened.leg_ids[1]]
    # Nothing stands in the holder of nobody: a masked row is no empty one.
    assert read(queue, only("holder", values=frozenset({""}))).rows == ()
    assert read(column_values, QueueView(), "target").values == (ColumnValue(mine, 1),)
    assert read(column_values, QueueView(), "holder").values == (ColumnValue("张三", 1),)
    # The victim is a fact of the police: there is no such column for others.
    by_victim = CaseView(filters=(ColumnFilter("victim", words="买"),))
    assert read(cases, by_victim).rows == ()
    assert read(column_values, CaseView(), "victim").values == ()
    one, other = (read(cases, CaseView(order="victim", descending=down)).rows for down in (False, True))
    assert one == other == read(cases, CaseView()).rows


def test_while_own_data_is_masked_its_values_are_not_listed(sqlite_office: Office) -> None:
    open_case(sqlite_office, "王小明")
    sqlite_office.lead.do(ChangeSetting(key="mask_own_data", value=True))
    assert sqlite_office.officer.read(column_values, QueueView(), "holder").values == ()
    assert sqlite_office.officer.read(column_values, QueueView(), "institution").values


# --- both engines


@pytest.fixture
def twins(
    sqlite_office: Office, postgres_server: Server, request: pytest.FixtureRequest
) -> Iterator[tuple[Office, Office]]:
    """The same doings in an office on each engine."""
    url = postgres_server.empty(request.getfixturevalue("_postgres_template"))
    other = Office(Database(url), Clock(sqlite_office.clock.now))
    for office in (sqlite_office, other):
        for n, holder in enumerate(("王小明", "Ängström", "zoe", "Zoe", "_x1", "阿里", "𠮷田", "a%b", "Ab")):
            open_case(office, holder, bank=("ICBC", "CCB")[n % 2], fen=100 + n % 3)
        play = Play(office, random.Random(23))
        for _ in range(14):
            play.step()
    yield sqlite_office, other
    other.database.close()
    postgres_server.drop(url)


COLUMNS = ("due", "number", "kind", "level", "institution", "target", "holder", "amount", "state", "claimer")
FILTERS = st.builds(
    ColumnFilter,
    column=st.sampled_from((*COLUMNS, "recorded", "case", "flag")),
    values=st.frozensets(
        st.sampled_from(
            ["", "ICBC", "CCB", "queued", "claimed", "answered:partly", "stop", "1", "100", "李工行"]
        )
    ),
    words=st.sampled_from(["", "z", "Z", "王", "_", "%", "6222", "2026", "ä", "Ä", "𠮷", "1"]),
    how=st.sampled_from(["contains", "begins", "equals"]),
    least=st.sampled_from([None, 1, 101, 3_500_000]),
    most=st.sampled_from([None, 100, 99_999_999, 2**61]),
    days=st.sampled_from([0, 0, 1, 30]),
    filled=st.booleans(),
)


@pytest.mark.postgres
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    filters=st.lists(FILTERS, max_size=2),
    order=st.sampled_from(("rank", *COLUMNS, "recorded", "case", "flag")),
    descending=st.booleans(),
    history=st.booleans(),
    words=st.sampled_from(["", "", "wxm", "zoe", "6222", "王"]),
    login=st.sampled_from(["zhao", "zhou", "li"]),
)
def test_search_and_filter_give_the_same_rows_in_the_same_order_and_only_what_may_be_seen(
    twins: tuple[Office, Office],
    filters: list[ColumnFilter],
    order: Any,
    descending: bool,
    history: bool,
    words: str,
    login: str,
) -> None:
    view = QueueView(order=order, descending=descending, history=history, words=words, filters=tuple(filters))
    here, there = (listed(office.door(login), view, 4) for office in twins)
    assert here == there
    here_sum, there_sum = (office.door(login).read(list_totals, view) for office in twins)
    assert here_sum == there_sum
    assert here_sum.count == len(here)
    whole = listed(twins[0].door(login), replace(view, filters=()), 1000)
    assert {row.key for row in here} <= {row.key for row in whole}
    masked = {"target", "holder"} & {filter.column for filter in filters if filter.narrows}
    assert not masked or all(row.full for row in here)


# --- views and flags


def test_a_view_is_kept_for_its_author_and_shared_ones_change_by_author_and_lead_only(
    sqlite_office: Office,
) -> None:
    office, save = sqlite_office, SaveView(place="queue", name="白班", content='{"chip": "all"}', shared=True)
    office.officer.do(SaveView(place="queue", content='{"layout": 1}'))
    office.officer.do(save)
    office.officer.do(SaveView(place="queue", name="自用", content="{}"))
    mine = office.officer.read(saved_views, "queue")
    assert [(view.name, view.own, view.shared) for view in mine] == [
        ("", True, False),
        ("白班", True, True),
        ("自用", True, False),
    ]
    theirs = office.door("qian").read(saved_views, "queue")
    assert [(view.name, view.author, view.changeable) for view in theirs] == [("白班", "赵民警", False)]
    author = theirs[0].author_id
    with pytest.raises(NotAllowed):
        office.door("qian").do(replace(save, author_id=author))
    with pytest.raises(NotFound):
        office.lead.do(RemoveView(place="queue", name="自用", author_id=author))
    office.lead.do(replace(save, author_id=author, content='{"chip": "history"}'))
    assert office.officer.read(saved_views, "queue")[1].content == '{"chip": "history"}'
    office.lead.do(RemoveView(place="queue", name="白班", author_id=author))
    assert [view.name for view in office.officer.read(saved_views, "queue")] == ["", "自用"]
    for wrong in ("[]", "nonsense", '{"a": "' + "x" * 20_000 + '"}'):
        with pytest.raises(BadInput):
            office.officer.do(SaveView(place="queue", name="x", content=wrong))
    with pytest.raises(BadInput):
        office.officer.do(SaveView(place="nowhere", name="x", content="{}"))


def test_a_shared_view_leaves_without_names_and_accounts(sqlite_office: Office) -> None:
    content = '{"words": "王小明", "filters": [{"column": "holder", "words": "王小明"}, {"column": "state"}]}'
    sqlite_office.icbc.do(SaveView(place="queue", name="我的", content=content, shared=True))
    for login, whole in (("liu", True), ("zhao", True), ("zhou", False)):
        found = sqlite_office.door(login).read(saved_views, "queue")[0].content
        assert ("王小明" in found) is whole
        assert '"state"' in found


def test_a_flag_is_seen_by_its_authors_institution_and_the_police(office: Office) -> None:
    opened = making.case(office, [("ICBC", 5), ("CCB", 6)])
    leg_id = opened.leg_ids[0]
    office.icbc.do(SetFlag(leg_id=leg_id, colour="waiting", text="等柜面"))

    def flag(login: str) -> tuple[str, str, str] | None:
        row = next(row for row in listed(office.door(login)) if row.id == leg_id)
        return None if row.flag is None else (row.flag.flag, row.flag.text, row.flag.author)

    theirs = ("waiting", "等柜面", "李工行")
    assert (flag("li"), flag("liu"), flag("zhao"), flag("shen")) == (theirs,) * 4
    assert flag("zhou") is None
    assert listed(office.ccb, only("flag", filled=True)) == []
    office.officer.do(SetFlag(leg_id=leg_id, colour="important"))
    assert (flag("qian"), flag("li")) == (("important", "", "赵民警"), theirs)
    assert [row.id for row in listed(office.officer, only("flag", values=frozenset({"important"})))] == [
        leg_id
    ]
    assert listed(office.officer, only("flag", values=frozenset({"waiting"}))) == []
    office.door("liu").do(ClearFlag(leg_id=leg_id))
    assert (flag("li"), flag("zhao")) == (None, ("important", "", "赵民警"))
    with pytest.raises(BadInput):
        office.icbc.do(SetFlag(leg_id=leg_id, colour="pink"))
    with pytest.raises(NotFound):
        office.abc.do(SetFlag(leg_id=leg_id, colour="doubt"))
    assert office.ccb.do(SetFlag(leg_id=leg_id, colour="doubt"))
