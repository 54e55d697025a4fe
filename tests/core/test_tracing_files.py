"""Files of movements and losses are read whole or refused by line; the JSON is that of the command line."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core.returns import Loss, proportional
from liaison_desk.core.tracing import Channel, Kind, Movement, Precision, Rule, compare, trace
from liaison_desk.core.tracing_files import BadFile, as_json, read_losses, read_movements, returns_json

HEAD = "at,kind,from,to,amount,owner,channel"
PAUL = [
    HEAD,
    "2026-11-21T09:00:00+08:00,payment,,A,10.00,Paul,",
    "2026-11-21T09:01:00+08:00,exit,A,,4,,cash",
    "2026-11-21T09:02:00+08:00,exit,B,,30.00,,",
]


def refused(*lines: str) -> tuple[int, str]:
    with pytest.raises(BadFile) as caught:
        read_movements([HEAD, *lines])
    assert "Nothing was computed" in str(caught.value)
    return caught.value.lines[0].line, str(caught.value.lines[0].reason)


def test_movements_are_read_with_their_time_line_and_fen() -> None:
    assert read_movements(PAUL) == [
        Movement(datetime(2026, 11, 21, 1, 0, tzinfo=UTC), Kind.PAYMENT, "", "A", 1000, "Paul", line=2),
        Movement(datetime(2026, 11, 21, 1, 1, tzinfo=UTC), Kind.EXIT, "A", "", 400, "", Channel.CASH, line=3),
        Movement(
            datetime(2026, 11, 21, 1, 2, tzinfo=UTC), Kind.EXIT, "B", "", 3000, "", Channel.OTHER, line=4
        ),
    ]


def test_columns_may_stand_in_any_order_behind_a_mark_and_lines_may_be_blank_or_short() -> None:
    lines = [
        "\ufeffKind,at,to,from,amount,channel,owner,note\r\n",
        "\r\n",
        "opening,2026-11-21T09:00,A,,0\r\n",
    ]
    [found] = read_movements(lines)
    assert (found.kind, found.fen, found.line) == (Kind.OPENING, 0, 3)


def test_a_time_without_zone_is_the_offices_and_a_day_alone_is_its_first_minute() -> None:
    lines = [HEAD, "2026-11-21 09:00,inflow,,A,1,other,", "2026-11-21,inflow,,A,1,,"]
    minute, day = read_movements(lines)
    assert (minute.at, minute.precision) == (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), Precision.MINUTE)
    assert (day.at, day.precision) == (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), Precision.DAY)
    elsewhere = read_movements(lines, zone=timezone(timedelta(hours=2)))
    assert elsewhere[0].at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("yesterday,inflow,,A,1,,", "yesterday is not a time"),
        ("0001-01-01T00:00:00+08:00,inflow,,A,1,,", "is not a time"),
        (",inflow,,A,1,,", "is not a time"),
        ("2026-11-21T09:00,gift,,A,1,,", "gift is no kind of movement"),
        ("2026-11-21T09:00,transfer,,B,1,,", "(from) is missing"),
        ("2026-11-21T09:00,transfer,A,,1,,", "(to) is missing"),
        ("2026-11-21T09:00,opening,A,,1,,", "(to) is missing"),
        ("2026-11-21T09:00,exit,,A,1,,cash", "(from) is missing"),
        ("2026-11-21T09:00,exit,A,,1,,boat", "boat is no way out"),
        ("2026-11-21T09:00,exit,A,,,,cash", "No amount is given"),
        ("2026-11-21T09:00,exit,A,,-1,,cash", "negative"),
        ("2026-11-21T09:00,exit,A,,0.001,,cash", "more than two decimals"),
        ("2026-11-21T09:00,exit,A,,0.00,,cash", "The amount is 0"),
        ("2026-11-21T09:00,payment,,A,1,,", "needs its victim"),
        ("2026-11-21T09:00,payment,,A,1,Other,", "needs its victim"),
        ("2026-11-21T09:00,inflow,,A,1,Paul,", "Only a payment names its owner"),
        ("2026-11-21T09:00,exit,6.22203E+18,,1,,cash", "all its digits"),
        ("2026-11-21T09:00,payment,,A,1,Pa\x07ul,", "cannot be typed"),
        ("2026-11-21T09:00,exit,A,,1,,cash,,", "more fields"),
        ('2026-11-21T09:00,exit,"A"x,,1,,cash', "not CSV"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number_and_reason(line: str, reason: str) -> None:
    number, said = refused("2026-11-21T09:00,inflow,,A,1,,", line)
    assert number == 3
    assert reason in said


def test_every_bad_line_is_named_by_the_physical_line_where_it_starts() -> None:
    with pytest.raises(BadFile) as caught:
        read_movements([HEAD + "\n", '2026-11-21T09:00,inflow,"x\n', 'y",A,1,,\n', "\n", "x,inflow,,A,1,,\n"])
    assert [bad.line for bad in caught.value.lines] == [2, 5]
    assert str(caught.value).startswith("Line 2 cannot be used")
    assert "Lines to correct: 2" in str(caught.value)


@pytest.mark.parametrize("head", ["", "at,kind,from,to,amount,owner", HEAD + ",at", "时间,类型"])
def test_a_file_without_its_columns_is_refused(head: str) -> None:
    with pytest.raises(BadFile, match="The first line must name"):
        read_movements([head] if head else [])


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    for read in (read_movements, read_losses):
        # Any other exception than a refusal fails the test.
        with contextlib.suppress(BadFile):
            read([HEAD if read is read_movements else "victim,loss,returned", *lines])


def test_the_document_of_all_rules() -> None:
    found = json.loads(json.dumps(as_json(compare(read_movements(PAUL)))))
    assert list(found) == ["rules", "directly_traceable"]
    assert list(found["rules"]) == ["fifo", "lifo", "pro-rata", "clean-first"]
    assert found["directly_traceable"] == {"A": True}
    assert found["rules"]["fifo"] == {
        "accounts": {"A": {"balance": 600, "owners": {"Paul": 600}}, "B": {"balance": 0, "owners": {}}},
        "exits": [
            {
                "at": "2026-11-21T01:01:00+00:00",
                "account": "A",
                "channel": "cash",
                "amount": 400,
                "owners": {"Paul": 400},
            },
            {
                "at": "2026-11-21T01:02:00+00:00",
                "account": "B",
                "channel": "other",
                "amount": 3000,
                "owners": {"other": 3000},
            },
        ],
        "unexplained": {"B": 3000},
    }


def test_the_document_of_one_rule_has_no_verdict() -> None:
    found = as_json(trace(read_movements(PAUL), Rule.LIFO), zone=timezone(timedelta(hours=8)))
    assert list(found) == ["rules"]
    assert '"at": "2026-11-21T09:01:00+08:00"' in json.dumps(found)


def test_losses_are_read_in_order_of_report() -> None:
    found = read_losses(["victim,loss,returned", 'Paul,"1,000.50",200', "王芳,30,"])
    assert found == [Loss("Paul", 100_050, 20_000, report=2), Loss("王芳", 3_000, 0, report=3)]
    assert read_losses(["victim,loss", "Paul,5"]) == [Loss("Paul", 500, report=2)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [("Paul,2", "stands there twice"), (",2", "victim is missing"), ("Karen,x", "not an amount")],
)
def test_a_loss_that_cannot_be_used_is_refused_with_its_line(line: str, reason: str) -> None:
    with pytest.raises(BadFile, match="Line 3") as caught:
        read_losses(["victim,loss", "Paul,1", line])
    assert reason in str(caught.value.lines[0].reason)


def test_the_document_of_a_return() -> None:
    plan = proportional(1_000, [Loss("P", 300), Loss("Q", 500)])
    assert returns_json(plan) == {
        "returns": [{"victim": "P", "amount": 300}, {"victim": "Q", "amount": 500}],
        "left": 200,
    }
