"""What stands in the boxes and on the lines of a fund-flow picture, the same on screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from liaison_desk.core.flow import Flow, FlowAccount, FlowEdge, FlowNode, FlowPicture, NodeKind
from liaison_desk.core.lifecycle import STATE_WORDS, LegState
from liaison_desk.core.masking import group4
from liaison_desk.core.money import yuan
from liaison_desk.core.tracing_rules import RULE_WORDS
from liaison_desk.core.words import Message, Say, msg


class Mark(StrEnum):
    """What a box is marked with: bar, icon and word together, never colour alone."""

    VICTIM = "victim"
    PLAIN = "plain"
    OPEN = "open"
    """Money still traceable and nobody asked, or the request not yet answered."""
    STOPPED = "stopped"
    FROZEN = "frozen"
    OUT = "out"
    SUM = "sum"


ICONS: dict[Mark, str] = {
    Mark.VICTIM: "user",
    Mark.PLAIN: "check",
    Mark.OPEN: "circle-dot",
    Mark.STOPPED: "hand",
    Mark.FROZEN: "snowflake",
    Mark.OUT: "log-out",
    Mark.SUM: "plus",
}

MARK_WORDS: dict[Mark, Message] = {
    Mark.VICTIM: msg("Victim"),
    Mark.PLAIN: msg("Nothing left known"),
    Mark.OPEN: msg("Money to ask for"),
    Mark.STOPPED: msg("Stopped"),
    Mark.FROZEN: msg("Frozen"),
    Mark.OUT: msg("Left the traceable world"),
    Mark.SUM: msg("Summed up"),
}
"""The legend."""


@dataclass(frozen=True, slots=True)
class Card:
    """Three lines and a mark; ``shared`` is said beside the first line."""

    mark: Mark
    head: Message
    name: str | Message
    fact: Message
    shared: Message | None = None
    mono: bool = True
    """Whether ``name`` is a number."""


_NOT_ASKED = (None, LegState.PROPOSED, LegState.WITHDRAWN, LegState.VOIDED)
"""A proposed leg waits for an officer's key: nobody is asked yet."""


def mark_of(node: FlowNode) -> Mark:
    if node.kind is NodeKind.VICTIM:
        return Mark.VICTIM
    if node.kind is NodeKind.SUM:
        return Mark.SUM
    if node.kind is NodeKind.EXIT:
        return Mark.OUT
    account = node.account
    if account is not None and account.frozen:
        return Mark.FROZEN
    if account is not None and account.stopped:
        return Mark.STOPPED
    return Mark.OPEN if still_here(node) else Mark.PLAIN


def still_here(node: FlowNode) -> int:
    """Fen that came in within the view and neither went on, went out nor is held; never below 0."""
    held = node.account.held if node.account is not None else 0
    return max(0, node.came_in - node.went_on - node.went_out - held)


def can_be_asked(node: FlowNode) -> bool:
    """Whether money may still stand on the account and no request is on its way or answered.

    An account that the case has not entered yet (0) cannot be asked about from the picture.
    """
    return (
        node.account is not None
        and node.account.account_id > 0
        and node.account.level > 0
        and node.account.leg_state in _NOT_ASKED
        and still_here(node) > 0
    )


def institution(flow: Flow, account: FlowAccount, say: Say) -> Message:
    """The institution's name in the reader's language, else what was said of the bank."""
    names = flow.names.get(account.institution)
    if names is not None:
        return Message(names[0] if say.chinese else names[1])
    return Message(account.bank_name) if account.bank_name else msg("Bank not known")


def level_word(level: int) -> Message:
    return msg("Level {level}", level=level)


def card(flow: Flow, node: FlowNode, say: Say) -> Card:
    """What stands in a node's box."""
    mark = mark_of(node)
    if node.kind is NodeKind.VICTIM:
        paid = node.went_on
        return Card(mark, msg("Victim"), node.title, msg("Paid {amount}", amount=yuan(paid)), mono=False)
    if node.kind is NodeKind.EXIT:
        return Card(
            mark,
            Message("{channel}", {"channel": node.title}),
            yuan(node.came_in),
            msg("{count} times", count=node.count) if node.count > 1 else msg("once"),
        )
    if node.kind is NodeKind.SUM:
        more = msg("+{count} more", count=node.count)
        return Card(mark, more, yuan(node.came_in), msg("Enter opens them"), mono=True)
    account = node.account
    if account is None:
        return Card(mark, level_word(node.level), node.title, _left(node))
    head = Message(
        "{level} · {bank} · {holder}" if account.holder else "{level} · {bank}",
        {
            "level": level_word(account.level),
            "bank": institution(flow, account, say),
            "holder": account.holder,
        },
    )
    shared = msg("in {count} cases", count=account.cases) if account.cases > 1 else None
    return Card(mark, head, group4(account.number), _fact(node, account, mark), shared)


def _fact(node: FlowNode, account: FlowAccount, mark: Mark) -> Message:
    if mark is Mark.FROZEN:
        return msg("Frozen {amount}", amount=yuan(account.frozen))
    if mark is Mark.STOPPED:
        return msg("Stopped {amount}", amount=yuan(account.stopped))
    if mark is Mark.OPEN:
        if account.leg_state in _NOT_ASKED:
            return msg("To ask for {amount}", amount=yuan(still_here(node)))
        assert account.leg_state is not None
        return msg(
            "{state} · left {amount}", state=STATE_WORDS[account.leg_state], amount=yuan(still_here(node))
        )
    return _left(node)


def _left(node: FlowNode) -> Message:
    return msg("Left {amount}", amount=yuan(still_here(node)))


def edge_label(edge: FlowEdge, zone: ZoneInfo, day: bool) -> Message:
    """Amount and time of one movement, or amount and how many."""
    if edge.count == 1:
        return Message("{amount} · {time}", {"amount": yuan(edge.fen), "time": clock(edge.first, zone, day)})
    return msg("{amount} · {count} times", amount=yuan(edge.fen), count=edge.count)


def clock(at: datetime, zone: ZoneInfo, day: bool) -> str:
    """``14:58:21``, with the day where the picture spans several."""
    return at.astimezone(zone).strftime("%m-%d %H:%M:%S" if day else "%H:%M:%S")


def spans_days(picture: FlowPicture, zone: ZoneInfo) -> bool:
    """Whether the movements of a picture lie on more than one local day."""
    days = {at.astimezone(zone).date() for edge in picture.edges for at in (edge.first, edge.last)}
    return len(days) > 1


def inputs(picture: FlowPicture) -> list[Message]:
    """What a printed picture says of itself: rule, movements, what is not shown."""
    flow, view = picture.flow, picture.view
    zone = ZoneInfo(flow.zone_name)
    said = [
        msg("As of {time}", time=flow.as_of.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")),
        msg("{count} movements", count=len(flow.movements)),
        msg("{count} accounts", count=len(flow.accounts)),
    ]
    if view.victim:
        name = next((victim.name for victim in flow.victims if victim.key == view.victim), "")
        said.append(msg("Money of {name}, rule {rule}", name=name, rule=RULE_WORDS[view.rule]))
    if view.least:
        said.append(msg("From {amount} on", amount=yuan(view.least)))
    if view.since is not None:
        said.append(msg("From {time}", time=clock(view.since, zone, True)))
    if view.until is not None:
        said.append(msg("Until {time}", time=clock(view.until, zone, True)))
    if picture.hidden_fen:
        said.append(msg("Not shown: {amount}", amount=yuan(picture.hidden_fen)))
    if picture.elsewhere_fen:
        said.append(msg("From elsewhere: {amount}", amount=yuan(picture.elsewhere_fen)))
    unexplained = sum(flow.unexplained.values())
    if unexplained:
        said.append(msg("Unexplained: {amount}", amount=yuan(unexplained)))
    return said
