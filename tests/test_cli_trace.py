"""``trace --movements`` and ``returns``: the worked examples of money.md §6 by the command line, and its refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from liaison_desk import cli

HEAD = "at,kind,from,to,amount,owner,channel"
RULES = ("fifo", "lifo", "pro-rata", "clean-first")

Call = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """One command on a file of these lines: exit code, the document, what was said beside it."""
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))

    def run(lines: list[str], *words: str, code: str = "utf-8") -> tuple[int, Any, str]:
        path = tmp_path / "given.csv"
        path.write_bytes("\n".join(lines).encode(code))
        option = "--losses" if "returns" in words else "--movements"
        capsys.readouterr()
        exit_code = cli.main(["--lang", "en", *words, option, str(path), "--json"])
        said = capsys.readouterr()
        return exit_code, json.loads(said.out), said.err

    return run


def moves(*lines: str) -> list[str]:
    return [HEAD, *(f"2026-11-21T{line}" for line in lines)]


def split(document: Any, account: str) -> dict[str, dict[str, int]]:
    """By rule, who owns what is left on an account."""
    return {rule: document["rules"][rule]["accounts"][account]["owners"] for rule in RULES}


EXAMPLE_1 = moves(
    "09:00:00+08:00,payment,,A,10.00,Paul,",
    "09:01:00+08:00,payment,,A,10.00,Michael,",
    "09:02:00+08:00,exit,A,,10.00,,cash",
    "09:03:00+08:00,payment,,A,10.00,Karen,",
    "09:04:00+08:00,exit,A,,10.00,,cash",
)


def test_example_1(call: Call) -> None:
    code, found, err = call(EXAMPLE_1, "trace", "--rule", "all")
    assert (code, err) == (0, "")
    both = {"Paul": 250, "Michael": 250, "Karen": 500}
    assert split(found, "A") == {
        "fifo": {"Karen": 1000},
        "lifo": {"Paul": 1000},
        "pro-rata": both,
        "clean-first": both,
    }
    assert found["directly_traceable"] == {"A": False}
    assert set(found) == {"rules", "directly_traceable"}


def test_one_rule_alone_is_the_document_of_the_contract(call: Call) -> None:
    code, found, _ = call(EXAMPLE_1, "trace", "--rule", "fifo")
    assert code == 0
    assert found == {
        "rules": {
            "fifo": {
                "accounts": {"A": {"balance": 1000, "owners": {"Karen": 1000}}},
                "exits": [
                    {
                        "at": "2026-11-21T09:02:00+08:00",
                        "account": "A",
                        "channel": "cash",
                        "amount": 1000,
                        "owners": {"Paul": 1000},
                    },
                    {
                        "at": "2026-11-21T09:04:00+08:00",
                        "account": "A",
                        "channel": "cash",
                        "amount": 1000,
                        "owners": {"Michael": 1000},
                    },
                ],
                "unexplained": {},
            }
        }
    }


def test_example_2(call: Call) -> None:
    lines = moves(
        "09:00,opening,,A,5.00,,",
        "09:01,payment,,A,100.00,Li,",
        "09:02,transfer,A,B,60.00,,",
        "09:03,exit,B,,50.00,,cash",
    )
    code, found, _ = call(lines, "trace")
    assert code == 0, "without --rule all four are shown"
    assert split(found, "A") == {
        "fifo": {"Li": 4500},
        "lifo": {"other": 500, "Li": 4000},
        "pro-rata": {"other": 214, "Li": 4286},
        "clean-first": {"Li": 4500},
    }
    assert split(found, "B") == {
        "fifo": {"Li": 1000},
        "lifo": {"Li": 1000},
        "pro-rata": {"other": 48, "Li": 952},
        "clean-first": {"Li": 1000},
    }
    taken = {rule: found["rules"][rule]["exits"][0]["owners"] for rule in RULES[:3]}
    assert taken == {
        "fifo": {"other": 500, "Li": 4500},
        "lifo": {"Li": 5000},
        "pro-rata": {"other": 238, "Li": 4762},
    }
    assert found["directly_traceable"] == {"A": False, "B": False}


def test_example_3_in_a_file_of_a_chinese_computer(call: Call) -> None:
    lines = moves(
        "09:00,payment,,甲,100.00,李某,", "09:05,exit,甲,,100.00,,pos", "09:10,payment,,甲,50.00,王某,"
    )
    code, found, _ = call(lines, "trace", "--rule", "all", code="gb18030")
    assert code == 0
    assert split(found, "甲") == {rule: {"王某": 5000} for rule in RULES}
    assert found["directly_traceable"] == {"甲": True}


def test_example_4(call: Call) -> None:
    code, found, _ = call(moves("09:00,exit,B,,30.00,,"), "trace", "--rule", "all")
    assert code == 0
    for rule in RULES:
        run = found["rules"][rule]
        assert run["unexplained"] == {"B": 3000}
        assert run["exits"][0]["owners"] == {"other": 3000}
        assert run["accounts"]["B"] == {"balance": 0, "owners": {}}
    assert found["directly_traceable"] == {}, "an account that is empty has no verdict"


def test_example_5(call: Call) -> None:
    lines = ["victim,loss", "one,30000.00", "two,50000.00", "three,70000.01"]
    code, found, err = call(lines, "returns", "--amount", "100000.00")
    assert (code, err) == (0, "")
    assert found == {
        "returns": [
            {"victim": "one", "amount": 2_000_000},
            {"victim": "two", "amount": 3_333_333},
            {"victim": "three", "amount": 4_666_667},
        ],
        "left": 0,
    }


def test_example_7(call: Call) -> None:
    lines = moves(
        "09:00,payment,,A,10.00,P,",
        "09:01,payment,,A,10.00,Q,",
        "09:02,transfer,A,B,15.00,,",
        "09:03,exit,B,,5.00,,cash",
    )
    _, found, _ = call(lines, "trace", "--rule", "lifo")
    run = found["rules"]["lifo"]
    assert run["accounts"] == {
        "A": {"balance": 500, "owners": {"P": 500}},
        "B": {"balance": 1000, "owners": {"P": 500, "Q": 500}},
    }
    assert run["exits"][0]["owners"] == {"Q": 500}


def test_what_was_returned_before_counts_and_what_covers_everybody_leaves_the_rest(call: Call) -> None:
    lines = ["victim,loss,returned", "one,100.00,40.00", "two,50.00,50.00"]
    code, found, _ = call(lines, "returns", "--amount", "80")
    assert code == 0
    assert found == {
        "returns": [{"victim": "one", "amount": 6000}, {"victim": "two", "amount": 0}],
        "left": 2000,
    }


@pytest.mark.parametrize(
    ("lines", "words", "said"),
    [
        (moves("09:00,gift,,A,1,,"), ("trace",), "Line 2 cannot be used: gift is no kind of movement"),
        (moves("09:00,inflow,,A,1,,", "", "9,inflow,,A,1,,"), ("trace",), "Line 4 cannot be used"),
        (["at,kind,from,to,amount,owner"], ("trace",), "look at channel"),
        (["victim,loss", "one,1", "two,x"], ("returns", "--amount", "1"), "Line 3 cannot be used"),
        (["victim,loss", "one,1", "one,2"], ("returns", "--amount", "1"), "one stands there twice"),
        (["victim", "one"], ("returns", "--amount", "1"), "look at loss"),
        (["victim,loss", "one,1"], ("returns", "--amount", "-1"), "--amount cannot be used: -1 is negative"),
        (EXAMPLE_1, ("trace", "--rule", "last"), "last is no rule of tracing"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_nothing_is_computed(
    call: Call, lines: list[str], words: tuple[str, ...], said: str
) -> None:
    lines = [line if line != "2026-11-21T" else "" for line in lines]
    code, found, err = call(lines, *words)
    assert code == 2
    assert list(found) == ["error"]
    assert said in found["error"]
    assert "Nothing was computed" in found["error"]
    assert found["error"] in err


def test_every_bad_line_is_named_beside_the_sentence(call: Call) -> None:
    code, _, err = call(moves("09:00,gift,,A,1,,", "09:00,exit,,A,1,,", "09:01,inflow,,A,1,,"), "trace")
    assert code == 2
    assert "Line 2: gift" in err
    assert "Line 3: The account that the money leaves" in err
    assert "Lines to correct: 2" in err


def test_without_json_a_person_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.csv"
    path.write_text("\n".join(moves("09:00,payment,,A,10.00,Paul,", "09:01,exit,A,,4.00,,cash")))
    assert cli.main(["--lang", "en", "trace", "--movements", str(path), "--rule", "all"]) == 0
    said = capsys.readouterr().out
    assert "Rule: First in, first out\n  Left on A: 6.00 (Paul 6.00)\n" in said
    assert "2026-11-21T09:01:00+08:00 left A by Cash: 4.00 (Paul 4.00)" in said
    assert "A: directly traceable" in said
    losses = tmp_path / "l.csv"
    losses.write_text("victim,loss\none,3.00\n")
    assert cli.main(["--lang", "zh_CN", "returns", "--amount", "5", "--losses", str(losses)]) == 0
    assert capsys.readouterr().out == "one\t3.00\n仍冻结：2.00\n"


def test_a_missing_file_and_a_missing_option_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--lang", "en", "trace", "--movements", str(tmp_path / "no.csv")]) == 2
    assert "no.csv cannot be read" in capsys.readouterr().err
    assert cli.main(["--lang", "en", "trace"]) == 2
    assert "Name one of the two: --movements FILE.csv or --case NUMBER" in capsys.readouterr().err
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert cli.main(["--lang", "en", "trace", "--movements", str(tmp_path / "binary.csv")]) == 2
    assert "is not text" in capsys.readouterr().err
