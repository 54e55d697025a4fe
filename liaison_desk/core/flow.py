"""The fund-flow picture as data: victims, accounts and ways out as nodes, money between them as edges (C3).

``Flow`` is everything of a case that its reader may see, already masked; a picture is what one view
shows (``flow_picture``). What a view leaves out is never lost: it stands in a sum ("+37 more, 12,300.00") or in
``hidden_fen``, so that the amounts add up to those of the case. All amounts are fen, all times aware and UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.tracing import OTHER, Channel, Movement
from liaison_desk.core.tracing_rules import Rule
from liaison_desk.core.words import Message


class NodeKind(StrEnum):
    """What a node stands for."""

    VICTIM = "victim"
    ACCOUNT = "account"
    EXIT = "exit"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class FlowVictim:
    """A victim of the case; ``key`` is the owner of the movements, ``name`` masked for the reader."""

    key: str
    name: str
    loss: int


@dataclass(frozen=True, slots=True)
class FlowAccount:
    """What is known of one account of the case, masked for the reader."""

    key: str
    account_id: int
    """0 for an account that the case has not entered yet."""
    level: int
    number: str
    holder: str | Message
    institution: str
    """Code of the institution with a seat; empty: ``bank_name`` says what is known."""
    bank_name: str = ""
    stopped: int = 0
    frozen: int = 0
    holds_until: datetime | None = None
    traceable: int = 0
    """Fen still traceable by its newest open request."""
    leg_id: int | None = None
    leg_number: str = ""
    leg_state: LegState | None = None
    cases: int = 1
    """In how many cases that the reader may see the account stands."""

    @property
    def held(self) -> int:
        return self.stopped + self.frozen


@dataclass(frozen=True, slots=True)
class Seen:
    """A movement between keys and by how many sources it is witnessed."""

    movement: Movement
    witnesses: int = 1


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything of one case that the picture may show its reader."""

    case_id: int
    case_number: str
    as_of: datetime
    office: str
    zone_name: str
    victims: tuple[FlowVictim, ...]
    accounts: tuple[FlowAccount, ...]
    movements: tuple[Seen, ...]
    """All that a tracing rests on; those that touch no account of the case are traced and not drawn."""
    names: Mapping[str, tuple[str, str]]
    """Institution names by code: Chinese, English."""
    left: Mapping[Rule, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    """By rule and account key, fen by owner of what is left there."""
    direct: Mapping[str, bool] = field(default_factory=dict)
    """By account key that is not empty: whether the four rules agree."""
    unexplained: Mapping[str, int] = field(default_factory=dict)
    default_rule: Rule = Rule.FIFO
    authorised: bool = False
    """Whether an officer's standing authorisation lets representatives issue next hops."""


@dataclass(frozen=True, slots=True)
class View:
    """What the person chose to see."""

    least: int = 0
    """Smaller edges are not drawn; what they alone lead to goes into sums."""
    since: datetime | None = None
    until: datetime | None = None
    victim: str = ""
    """Key of the victim whose money is followed; empty: everybody's."""
    rule: Rule = Rule.FIFO
    most: int = 48
    """Nodes that are drawn by themselves, the largest sums first; the rest is summed. 0: all."""
    expanded: frozenset[str] = frozenset()
    """Keys of nodes all of whose ways on are shown."""
    collapsed: frozenset[str] = frozenset()
    """Keys of nodes all of whose ways on are summed."""


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One box of the picture; amounts within the view (its period, its victim)."""

    key: str
    kind: NodeKind
    level: int
    title: str | Message
    came_in: int = 0
    went_on: int = 0
    """To other accounts."""
    went_out: int = 0
    """Out of the traceable world."""
    first: datetime | None = None
    last: datetime | None = None
    channel: Channel | None = None
    account: FlowAccount | None = None
    count: int = 0
    """Of a sum: nodes in it. Of an exit: movements."""
    parent: str = ""
    """Of a sum or exit: the node that it hangs on."""


@dataclass(frozen=True, slots=True)
class FlowEdge:
    """Money from one node to another, several movements as one."""

    source: str
    target: str
    fen: int
    count: int
    first: datetime
    last: datetime
    witnesses: int = 1
    """The fewest sources by which one of its movements is witnessed."""
    back: bool = False
    """It leads to the same or an earlier level: money that comes back."""


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """What one view shows, nodes by level, edges in the order of their first movement."""

    flow: Flow
    view: View
    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]
    hidden_fen: int = 0
    """Of movements that the view's amount, time or victim leaves out and no sum contains."""
    hidden_count: int = 0
    inside_fen: int = 0
    """Of movements between nodes that one sum contains."""
    elsewhere_fen: int = 0
    """Came into accounts from elsewhere, or stood there before; no edge shows it."""

    @property
    def levels(self) -> int:
        return max((node.level for node in self.nodes), default=0)

    @property
    def drawn_fen(self) -> int:
        """What the edges carry together."""
        return sum(edge.fen for edge in self.edges)

    def node(self, key: str) -> FlowNode | None:
        return next((node for node in self.nodes if node.key == key), None)


def victim_key(victim_id: int) -> str:
    return f"v{victim_id}"


def account_key(account_id: int) -> str:
    return f"a{account_id}"


def exit_key(account: str, channel: Channel) -> str:
    return f"x{account}/{channel.value}"


def sum_key(parent: str) -> str:
    return f"s{parent}"


# --- walking about ---


def path_to_root(shown: FlowPicture, key: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The nodes and edges by which money may have come to a node, back to the victims.

    Only ways from an earlier level are followed, so that a loop does not light up the whole picture.
    """
    before: dict[str, list[FlowEdge]] = {}
    for edge in shown.edges:
        if not edge.back:
            before.setdefault(edge.target, []).append(edge)
    nodes, edges = {key}, set()
    waiting = [key]
    while waiting:
        for edge in before.get(waiting.pop(), ()):
            edges.add((edge.source, edge.target))
            if edge.source not in nodes:
                nodes.add(edge.source)
                waiting.append(edge.source)
    return frozenset(nodes), frozenset(edges)


def victims_share(owners: Mapping[str, int], victim: str = "") -> int:
    """Fen of one victim, or of all victims together, in a split by owner."""
    if victim:
        return owners.get(victim, 0)
    return sum(fen for owner, fen in owners.items() if owner != OTHER)
