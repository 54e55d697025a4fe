"""What one view shows of a case's flow: movements become edges, small parts become sums, nothing is lost.

The amounts of the edges, of what sums contain, of what came from elsewhere and of what the view leaves out add
up to the movements of the case, whatever is filtered, opened or closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from liaison_desk.core.flow import (
    Flow,
    FlowEdge,
    FlowNode,
    FlowPicture,
    NodeKind,
    View,
    exit_key,
    sum_key,
)
from liaison_desk.core.tracing import CHANNEL_WORDS, Channel, Kind, Movement
from liaison_desk.core.tracing_paths import carried


@dataclass(slots=True)
class _Way:
    """An edge being summed."""

    fen: int = 0
    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    witnesses: int = 0

    def add(self, fen: int, at: datetime, witnesses: int) -> None:
        self.fen += fen
        self.count += 1
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)
        self.witnesses = witnesses if not self.witnesses else min(self.witnesses, witnesses)

    def join(self, other: _Way) -> None:
        if other.first is None or other.last is None:
            return
        self.fen += other.fen
        self.count += other.count
        self.first = other.first if self.first is None else min(self.first, other.first)
        self.last = other.last if self.last is None else max(self.last, other.last)
        self.witnesses = min(self.witnesses or other.witnesses, other.witnesses)


Ways = dict[tuple[str, str], _Way]


def ends(movement: Movement) -> tuple[str, str]:
    """The nodes that a movement joins; money from elsewhere has no source."""
    if movement.kind is Kind.EXIT:
        return movement.from_, exit_key(movement.from_, movement.channel or Channel.OTHER)
    if movement.kind is Kind.PAYMENT:
        return movement.owner, movement.to
    if movement.kind is Kind.TRANSFER:
        return movement.from_, movement.to
    return "", movement.to


def _ways(flow: Flow, view: View) -> tuple[Ways, int, int]:
    """Edges between single nodes within the view's time and victim; and fen and count of what is left out."""
    parts: Iterable[tuple[Movement, int, int]]
    if view.victim:
        # The witnesses of a movement are found again by its identity: a tracing keeps the objects it is handed.
        witnesses = {id(each.movement): each.witnesses for each in flow.movements}
        parts = (
            (each.movement, each.owners.get(view.victim, 0), witnesses.get(id(each.movement), 1))
            for each in carried((each.movement for each in flow.movements), view.rule)
        )
    else:
        parts = ((each.movement, each.movement.fen, each.witnesses) for each in flow.movements)
    known = {victim.key for victim in flow.victims} | {account.key for account in flow.accounts}
    ways: Ways = {}
    hidden = count = 0
    for movement, fen, seen_by in parts:
        source, target = ends(movement)
        if source not in known:
            # Of another case, or from elsewhere: it is drawn only as far as it comes in here.
            source = ""
        if not source and target not in known:
            continue
        outside = (view.since is not None and movement.at < view.since) or (
            view.until is not None and movement.at > view.until
        )
        if outside or not fen:
            hidden += movement.fen
            count += 1
            continue
        hidden += movement.fen - fen
        ways.setdefault((source, target), _Way()).add(fen, movement.at, seen_by)
    return ways, hidden, count


# --- what is shown ------------------------------------------------------------------------------


def picture(flow: Flow, view: View) -> FlowPicture:
    """What the view shows of the flow; the same flow and view give the same picture, node for node."""
    ways, hidden, hidden_count = _ways(flow, view)
    levels = _levels(flow, ways)
    shown, home = _shown(ways, levels, view)
    edges: Ways = {}
    inside = elsewhere = 0
    for (source, target), way in ways.items():
        if not source:
            elsewhere += way.fen
            continue
        ends_ = (home.get(source, source), home.get(target, target))
        if ends_[0] == ends_[1] and ends_ != (source, target):
            inside += way.fen
            continue
        small = way.fen < view.least and ends_ == (source, target)
        if small and not _needed(source, target, shown, ways, view):
            hidden += way.fen
            hidden_count += way.count
            continue
        edges.setdefault(ends_, _Way()).join(way)
    nodes = _nodes(flow, ways, levels, shown, home)
    at_level = {node.key: node.level for node in nodes}
    drawn = [
        FlowEdge(
            source,
            target,
            way.fen,
            way.count,
            way.first,
            way.last,
            way.witnesses,
            at_level[target] <= at_level[source],
        )
        for (source, target), way in edges.items()
        if way.first is not None and way.last is not None
    ]
    drawn.sort(key=lambda edge: (edge.first, edge.source, edge.target))
    return FlowPicture(flow, view, nodes, tuple(drawn), hidden, hidden_count, inside, elsewhere)


def _levels(flow: Flow, ways: Ways) -> dict[str, int]:
    """The level of every node that money touches, in a fixed order; exits stand one beyond their account."""
    known = {account.key: max(1, account.level) for account in flow.accounts}
    levels: dict[str, int] = {victim.key: 0 for victim in flow.victims}
    touched = {key for ends_ in ways for key in ends_ if key}
    for key, level in sorted(known.items(), key=lambda item: (item[1], _order(item[0]))):
        if key in touched:
            levels[key] = level
    for key in sorted(touched - set(levels), key=_order):
        parent = key[1:].partition("/")[0] if key.startswith("x") else ""
        levels[key] = levels.get(parent, 0) + 1
    return {key: level for key, level in levels.items() if key in touched}


def _order(key: str) -> tuple[str, int, str]:
    """Keys in the order of their numbers."""
    digits = "".join(filter(str.isdigit, key.partition("/")[0]))
    return key[:1], int(digits or 0), key


def _shown(ways: Ways, levels: Mapping[str, int], view: View) -> tuple[dict[str, None], dict[str, str]]:
    """The nodes that are drawn, and for every other one the sum that it is part of."""
    onward: dict[str, list[str]] = {}
    fed: set[str] = set()
    for source, target in ways:
        if source and source != target:
            onward.setdefault(source, []).append(target)
            if levels[source] < levels[target]:
                fed.add(target)
    for source, targets in onward.items():
        targets.sort(key=lambda target: (-ways[source, target].fen, _order(target)))
    shown: dict[str, None] = {key: None for key in levels if key not in fed}
    home: dict[str, str] = {}
    hidden: list[str] = []
    # The largest sums first, wherever they are: what is drawn last and summed first is what matters least.
    waiting: list[tuple[int, tuple[str, int, str], str, str]] = []

    def offer(source: str) -> None:
        for target in onward.get(source, ()):
            if levels[target] > levels[source]:
                heappush(waiting, (-ways[source, target].fen, _order(target), source, target))

    for key in [*shown]:
        offer(key)
    while waiting:
        size, _, source, target = heappop(waiting)
        if target in shown:
            continue
        room = not view.most or len(shown) < view.most
        if source not in view.collapsed and (source in view.expanded or (room and -size >= view.least)):
            # Another node may have summed it: who shows it has the last word.
            home.pop(target, None)
            shown[target] = None
            offer(target)
        elif target not in home:
            home[target] = sum_key(source)
            hidden.append(target)
    _spare_sums_of_one(home, shown, onward, view)
    for key in hidden:
        if key not in home:
            continue
        for target in onward.get(key, ()):
            if target not in shown and target not in home:
                home[target] = home[key]
                hidden.append(target)
    for key in levels:
        # What only a way back leads to is drawn by itself.
        if key not in shown and key not in home:
            shown[key] = None
    return shown, home


def _spare_sums_of_one(
    home: dict[str, str], shown: dict[str, None], onward: Mapping[str, list[str]], view: View
) -> None:
    """A sum of one end takes as much room as the end itself; an amount that was asked for keeps it out."""
    if view.least:
        return
    members: dict[str, list[str]] = {}
    for key, sum_ in home.items():
        members.setdefault(sum_, []).append(key)
    for sum_, keys in members.items():
        if len(keys) == 1 and not onward.get(keys[0]) and sum_[1:] not in view.collapsed:
            del home[keys[0]]
            shown[keys[0]] = None


def _needed(source: str, target: str, shown: Mapping[str, None], ways: Ways, view: View) -> bool:
    """A small edge is drawn all the same where the person opened its source."""
    return source in view.expanded and source in shown and (source, target) in ways


def _nodes(
    flow: Flow, ways: Ways, levels: Mapping[str, int], shown: Mapping[str, None], home: Mapping[str, str]
) -> tuple[FlowNode, ...]:
    came: dict[str, int] = {}
    on: dict[str, int] = {}
    out: dict[str, int] = {}
    times: dict[str, _Way] = {}
    into: dict[str, _Way] = {}
    for (source, target), way in ways.items():
        from_home, to_home = home.get(source, source), home.get(target, target)
        inside = from_home == to_home and (from_home, to_home) != (source, target)
        if not inside:
            came[to_home] = came.get(to_home, 0) + way.fen
            into.setdefault(to_home, _Way()).join(way)
        if source and not inside:
            gone = out if target.startswith("x") else on
            gone[from_home] = gone.get(from_home, 0) + way.fen
        for key in {from_home, to_home} - {""}:
            times.setdefault(key, _Way()).join(way)
    parts: dict[str, list[str]] = {}
    for key, sum_ in home.items():
        parts.setdefault(sum_, []).append(key)
    victims = {victim.key: victim for victim in flow.victims}
    accounts = {account.key: account for account in flow.accounts}
    made: list[FlowNode] = []
    for key in shown:
        span = times.get(key, _Way())
        account, victim = accounts.get(key), victims.get(key)
        channel = Channel(key.partition("/")[2]) if key.startswith("x") else None
        made.append(
            FlowNode(
                key,
                NodeKind.VICTIM if victim else NodeKind.EXIT if channel else NodeKind.ACCOUNT,
                levels[key],
                victim.name
                if victim
                else CHANNEL_WORDS[channel]
                if channel
                else account.holder
                if account
                else "",
                came.get(key, 0),
                on.get(key, 0),
                out.get(key, 0),
                span.first,
                span.last,
                channel,
                account,
                into[key].count if channel and key in into else 0,
                key[1:].partition("/")[0] if channel else "",
            )
        )
    for key, members in parts.items():
        span = times.get(key, _Way())
        parent = key[1:]
        made.append(
            FlowNode(
                key,
                NodeKind.SUM,
                levels[parent] + 1,
                "",
                came.get(key, 0),
                on.get(key, 0),
                out.get(key, 0),
                span.first,
                span.last,
                count=len(members),
                parent=parent,
            )
        )
    made.sort(key=lambda node: (node.level, _order(node.key.lstrip("s")), node.key))
    return tuple(made)
