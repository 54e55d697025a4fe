"""The fund-flow picture: what a view shows, that nothing is lost by hiding, and where the boxes stand."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from liaison_desk.core.flow import (
    Flow,
    FlowAccount,
    FlowPicture,
    FlowVictim,
    NodeKind,
    Seen,
    View,
    path_to_root,
)
from liaison_desk.core.flow_layout import SLOT, lay_out
from liaison_desk.core.flow_picture import picture
from liaison_desk.core.tracing import Channel, Kind, Movement, Rule

NINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def pays(minute: int, victim: str, to: str, yuan: int) -> Movement:
    return Movement(at(minute), Kind.PAYMENT, "", to, yuan * 100, victim, line=minute)


def sends(minute: int, from_: str, to: str, yuan: int) -> Movement:
    return Movement(at(minute), Kind.TRANSFER, from_, to, yuan * 100, line=minute)


def leaves(minute: int, from_: str, yuan: int, channel: Channel = Channel.CASH) -> Movement:
    return Movement(at(minute), Kind.EXIT, from_, "", yuan * 100, channel=channel, line=minute)


def flow(movements: list[Movement], levels: dict[str, int], victims: tuple[str, ...] = ("v1",)) -> Flow:
    return Flow(
        1,
        "AJ〔2026〕1",
        at(0),
        "",
        "Asia/Shanghai",
        tuple(FlowVictim(key, f"王{key}", 0) for key in victims),
        tuple(
            FlowAccount(key, n, level, f"6222 {key}", f"账户{key}", "ICBC")
            for n, (key, level) in enumerate(levels.items(), 1)
        ),
        tuple(map(Seen, movements)),
        {},
    )


def drawn(shown: FlowPicture) -> dict[tuple[str, str], int]:
    """Yuan by edge."""
    return {(edge.source, edge.target): edge.fen // 100 for edge in shown.edges}


FAN = flow(
    [
        pays(0, "v1", "a1", 1000),
        *(sends(n, "a1", f"a{n + 1}", 100 - n) for n in range(1, 10)),
        leaves(11, "a1", 50),
        sends(12, "a9", "a2", 5),
        sends(13, "a10", "a20", 20),
    ],
    {"a1": 1, **{f"a{n}": 2 for n in range(2, 11)}, "a20": 3},
)
"""a1 sends 99 … 91 to a2 … a10 and 50 out; a9 passes 5 to a2, a10 20 to a20."""


def test_small_parts_become_one_sum_and_what_is_behind_them_goes_with_it() -> None:
    shown = picture(FAN, View(most=8))
    sums = [node for node in shown.nodes if node.kind is NodeKind.SUM]
    assert [(node.key, node.level, node.came_in // 100) for node in sums] == [
        ("sa1", 2, 93 + 92 + 91 + 50)
    ], "the four smallest of ten ways on: a8, a9, a10 and the cash"
    assert sums[0].count == 5, "with the account that only a hidden one leads to"
    assert drawn(shown)["sa1", "a2"] == 5, "money from a hidden account to a shown one leaves the sum"
    assert shown.inside_fen == 2000, "a10 to a20 stays within it"
    assert shown.hidden_fen == 0


def test_a_sum_opens_and_a_box_closes() -> None:
    opened = picture(FAN, View(most=8, expanded=frozenset({"a1"})))
    assert not [node for node in opened.nodes if node.kind is NodeKind.SUM]
    assert {node.key for node in opened.nodes} == {
        "v1",
        *(f"a{n}" for n in range(1, 11)),
        "a20",
        "xa1/cash",
    }, "a20 would be a sum of one"
    closed = picture(FAN, View(collapsed=frozenset({"a1"})))
    assert [node.key for node in closed.nodes] == ["v1", "a1", "sa1"]
    assert drawn(closed) == {("v1", "a1"): 1000, ("a1", "sa1"): 855 + 50}
    assert closed.inside_fen == 2500


def test_from_an_amount_on_the_rest_is_summed() -> None:
    shown = picture(FAN, View(least=9700))
    assert drawn(shown) == {
        ("v1", "a1"): 1000,
        ("a1", "a2"): 99,
        ("a1", "a3"): 98,
        ("a1", "a4"): 97,
        ("a1", "sa1"): 96 + 95 + 94 + 93 + 92 + 91 + 50,
        ("sa1", "a2"): 5,
    }


def test_a_period_shows_only_its_movements_and_says_how_much_is_outside() -> None:
    shown = picture(FAN, View(most=0, since=at(2), until=at(3)))
    assert drawn(shown) == {("a1", "a3"): 98, ("a1", "a4"): 97}
    assert shown.hidden_fen == (1000 + 855 + 50 + 25 - 98 - 97) * 100
    assert shown.hidden_count == 14 - 3


TWO = flow(
    [
        pays(0, "v1", "a1", 100),
        pays(1, "v2", "a1", 100),
        sends(2, "a1", "a2", 150),
        leaves(3, "a2", 120),
    ],
    {"a1": 1, "a2": 2},
    ("v1", "v2"),
)


def test_one_victims_money_by_rule() -> None:
    fifo = picture(TWO, View(victim="v2", rule=Rule.FIFO))
    assert drawn(fifo) == {("v2", "a1"): 100, ("a1", "a2"): 50, ("a2", "xa2/cash"): 20}
    lifo = picture(TWO, View(victim="v2", rule=Rule.LIFO))
    assert drawn(lifo) == {("v2", "a1"): 100, ("a1", "a2"): 100, ("a2", "xa2/cash"): 100}
    both = picture(TWO, View(victim="v2", rule=Rule.PRO_RATA))
    assert drawn(both) == {("v2", "a1"): 100, ("a1", "a2"): 75, ("a2", "xa2/cash"): 60}
    assert both.hidden_fen == 47_000 - 23_500, "what the others own of the movements is said, not lost"
    node = fifo.node("a2")
    assert node is not None
    assert (node.came_in, node.went_out) == (5000, 2000)


def test_the_way_back_to_the_victims() -> None:
    shown = picture(FAN, View(most=0))
    nodes, edges = path_to_root(shown, "a20")
    assert nodes == {"v1", "a1", "a10", "a20"}
    assert edges == {("v1", "a1"), ("a1", "a10"), ("a10", "a20")}


def test_money_that_comes_back_and_money_to_oneself_are_drawn_once() -> None:
    loop = flow(
        [pays(0, "v1", "a1", 10), sends(1, "a1", "a2", 10), sends(2, "a2", "a1", 9), sends(3, "a1", "a1", 4)],
        {"a1": 1, "a2": 2},
    )
    shown = picture(loop, View())
    back = {(edge.source, edge.target): edge.back for edge in shown.edges}
    assert back == {("v1", "a1"): False, ("a1", "a2"): False, ("a2", "a1"): True, ("a1", "a1"): True}
    assert len(lay_out(shown).curves) == 4


def test_an_empty_case_is_an_empty_picture() -> None:
    shown = picture(flow([], {"a1": 1}), View())
    assert (shown.nodes, shown.edges) == ((), ())
    assert lay_out(shown).boxes == {}


def test_the_installed_library_survives_the_graph_that_kills_its_version_1_0() -> None:
    levels = [0] * 7 + [1] * 4 + [2] * 6 + [3] * 4
    lines = [(0, 17, 1), (0, 14, 1), (7, 11, 1), (4, 19, 1), (1, 12, 1)]
    code = f"from liaison_desk.core.flow_layout import rows; print(len(rows({levels}, {lines})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "21")


keys = st.integers(1, 9).map(lambda n: f"a{n}")
steps = st.lists(
    st.tuples(
        st.sampled_from(["pay", "send", "send", "send", "leave", "inflow"]), keys, keys, st.integers(1, 90)
    ),
    max_size=30,
)
views = st.builds(
    View,
    least=st.sampled_from([0, 3000]),
    since=st.sampled_from([None, at(4)]),
    until=st.sampled_from([None, at(20)]),
    victim=st.sampled_from(["", "v1"]),
    rule=st.sampled_from(Rule),
    most=st.sampled_from([0, 3, 6]),
    expanded=st.frozensets(keys, max_size=2),
    collapsed=st.frozensets(keys, max_size=2),
)


@settings(max_examples=80, deadline=None)
@given(steps, views)
def test_whatever_is_hidden_the_amounts_add_up_and_the_boxes_stand_apart(
    drawn_: list[tuple[str, str, str, int]], view: View
) -> None:
    movements: list[Movement] = []
    for minute, (kind, one, other, yuan) in enumerate(drawn_):
        if kind == "pay":
            movements.append(pays(minute, f"v{1 + minute % 2}", one, yuan))
        elif kind == "send":
            movements.append(sends(minute, one, other, yuan))
        elif kind == "leave":
            movements.append(leaves(minute, one, yuan))
        else:
            movements.append(Movement(at(minute), Kind.INFLOW, "", one, yuan * 100, line=minute))
    whole = flow(movements, {f"a{n}": 1 + n // 3 for n in range(1, 10)}, ("v1", "v2"))
    shown = picture(whole, view)
    assert shown.drawn_fen + shown.inside_fen + shown.elsewhere_fen + shown.hidden_fen == sum(
        movement.fen for movement in movements
    )
    keys_ = {node.key for node in shown.nodes}
    assert len(keys_) == len(shown.nodes)
    assert all({edge.source, edge.target} <= keys_ for edge in shown.edges)
    layout = lay_out(shown)
    by_level: dict[int, list[float]] = {}
    for node in shown.nodes:
        by_level.setdefault(node.level, []).append(layout.boxes[node.key].middle)
    for middles in by_level.values():
        middles.sort()
        assert all(low - high >= SLOT - 0.01 for high, low in pairwise(middles))
    assert lay_out(picture(whole, view)) == layout, "the same picture stands in the same place"
