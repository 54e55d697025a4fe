"""The columns under the fund-flow picture: its accounts by the four rules, the accounts that meet, the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liaison_desk.core.flow import Flow, FlowAccount, FlowNode, FlowPicture, victims_share
from liaison_desk.core.flow_words import Mark, mark_of, still_here
from liaison_desk.core.lifecycle import STATE_WORDS
from liaison_desk.core.money import yuan
from liaison_desk.core.tracing import CHANNEL_WORDS
from liaison_desk.core.tracing_rules import RULE_WORDS, Rule
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.meetings import EvidenceLine, MeetingRow, MetAccount
from liaison_desk.ui import columns
from liaison_desk.ui.columns import Align, Cell, Column
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import Tone, look, say


@dataclass(frozen=True)
class AccountLine:
    """One account of the picture with the victims' money on it by each rule; amounts in fen."""

    node: FlowNode
    account: FlowAccount
    bank: Message
    shares: tuple[int, ...]
    """In the order of Rule: what the chosen victim, or all victims together, own of what is left."""
    direct: bool | None
    """None: nothing is left, so there is no verdict."""


def account_lines(picture: FlowPicture, context: Context) -> list[AccountLine]:
    """The accounts that a picture draws, by level; within a level those with money on them first."""
    flow, victim = picture.flow, picture.view.victim
    nodes = {node.key: node for node in picture.nodes}
    made = []
    for account in flow.accounts:
        node = nodes.get(account.key)
        if node is None:
            continue
        made.append(
            AccountLine(
                node,
                account,
                _bank(account.institution, account.bank_name, context),
                tuple(victims_share(flow.left.get(rule, {}).get(account.key, {}), victim) for rule in Rule),
                flow.direct.get(account.key),
            )
        )
    return sorted(made, key=lambda line: (line.account.level, -_there(line), -line.node.came_in))


def _bank(code: str, name: str, context: Context) -> Message:
    return context.institution(code) if code or not name else Message(name)


def _held(line: AccountLine) -> Cell:
    account = line.account
    if account.frozen:
        return columns.chip(msg("Frozen {amount}", amount=yuan(account.frozen)), Tone.OK, "snowflake")
    if account.stopped:
        return columns.chip(msg("Stopped {amount}", amount=yuan(account.stopped)), Tone.ACCENT, "hand")
    return columns.text(None)


def _verdict(line: AccountLine) -> Cell:
    if line.direct is None:
        return columns.text(None)
    if line.direct:
        return columns.chip(
            msg("Directly traceable"),
            Tone.OK,
            "check",
            tip=msg("All four rules give the same split: the order of payments alone decides it."),
        )
    return columns.chip(
        msg("In proportion"),
        Tone.SOON,
        "circle-dot",
        tip=msg("The rules differ: a return from here is proportional, with 30 days of notice."),
    )


def _request(line: AccountLine) -> Cell:
    account = line.account
    if account.leg_state is None:
        if mark_of(line.node) is Mark.OPEN:
            return columns.chip(
                msg("To ask for {amount}", amount=yuan(still_here(line.node))), Tone.SOON, "circle-dot"
            )
        return columns.text(None)
    return columns.text(
        msg("{number} · {state}", number=account.leg_number, state=STATE_WORDS[account.leg_state])
    )


def _share(at: int) -> Callable[[AccountLine], Cell]:
    return lambda line: columns.money(line.shares[at] if line.direct is not None else None, bold=False)


def account_columns(context: Context) -> list[Column[AccountLine]]:
    """Level, account, bank, holder, in, left, the four rules, verdict, hold, request."""
    chinese = look().say.chinese
    rules = [
        Column(f"rule-{rule}", RULE_WORDS[rule], _share(at), 96 if chinese else 118, Align.RIGHT)
        for at, rule in enumerate(Rule)
    ]
    return [
        Column("level", msg("Level"), lambda line: columns.text(str(line.account.level)), 46, Align.CENTRE),
        Column("account", msg("Account"), lambda line: columns.account(line.account.number), 214),
        Column("bank", msg("Institution"), lambda line: columns.text(line.bank), 92),
        Column("holder", msg("Holder"), lambda line: columns.text(line.account.holder or None), 72),
        Column(
            "in", msg("Came in"), lambda line: columns.money(line.node.came_in, bold=False), 100, Align.RIGHT
        ),
        Column("left", msg("Still there"), lambda line: columns.money(_there(line)), 100, Align.RIGHT),
        *rules,
        Column("verdict", msg("Verdict of the rules"), _verdict, 118 if chinese else 162),
        Column("held", msg("Held"), _held, 132 if chinese else 150),
        Column("request", msg("Request"), _request, 170),
        Column("cases", msg("Cases"), lambda line: _cases(line.account), 60, hidden=True),
    ]


def _there(line: AccountLine) -> int:
    """What stands on the account, held or not."""
    return still_here(line.node) + line.account.held


def _cases(account: FlowAccount) -> Cell:
    return columns.text(str(account.cases), bold=account.cases > 1)


# --- accounts that meet -------------------------------------------------------------------------


def _name(account: MetAccount) -> str:
    return columns.grouped(account.number)


def meeting_columns(context: Context, kind: str) -> list[Column[MeetingRow]]:
    """The account, whom it meets, how much, when, how many movements."""

    def others(row: MeetingRow) -> Cell:
        rest = row.accounts[1:]
        if kind == "shared":
            return columns.text(", ".join(account.case_number for account in row.accounts))
        joint = " → " if kind == "circles" else ", "
        parts = (
            [_name(account) for account in (*rest, row.accounts[0])]
            if kind == "circles"
            else map(_name, rest)
        )
        return columns.text(joint.join(parts) or None)

    titles = {
        "shared": msg("Cases in which it stands"),
        "counterparties": msg("Accounts that pay into it"),
        "circles": msg("The money's way back"),
        "emptied": msg("Meets"),
    }
    made = [
        Column[MeetingRow](
            "account", msg("Account"), lambda row: columns.account(row.accounts[0].number), 190
        ),
        Column(
            "bank",
            msg("Institution"),
            lambda row: columns.text(_bank(row.accounts[0].institution, row.accounts[0].bank_name, context)),
            96,
        ),
        Column("holder", msg("Holder"), lambda row: columns.text(row.accounts[0].holder or None), 76),
        Column("others", titles[kind], others, 300),
        Column("fen", msg("Amount (yuan)"), lambda row: columns.money(row.fen), 116, Align.RIGHT),
        Column("span", msg("Within"), _span, 90, Align.RIGHT),
        Column("lines", msg("Movements"), lambda row: columns.text(str(row.lines)), 72, Align.RIGHT),
    ]
    return [column for column in made if kind != "emptied" or column.key != "others"]


def _span(row: MeetingRow) -> Cell:
    if row.first is None or row.last is None:
        return columns.text(None)
    seconds = int((row.last - row.first).total_seconds())
    hours, rest = divmod(seconds, 3600)
    return columns.text(f"{hours}:{rest // 60:02d}:{rest % 60:02d}")


def evidence_columns(context: Context) -> list[Column[EvidenceLine]]:
    """When, from where, to where, how much."""

    def target(line: EvidenceLine) -> Cell:
        if line.channel is not None:
            return columns.text(CHANNEL_WORDS[line.channel])
        return columns.account(line.target)

    def source(line: EvidenceLine) -> Cell:
        return columns.account(line.source) if line.source else columns.text(say(msg("Victim")))

    return [
        Column(
            "at",
            msg("Happened"),
            lambda line: columns.moment(line.at, context.now(), context.zone, seconds=True),
            122,
        ),
        Column("source", msg("From"), source, 180),
        Column("target", msg("To"), target, 180),
        Column("fen", msg("Amount (yuan)"), lambda line: columns.money(line.fen), 110, Align.RIGHT),
    ]


def title_of(flow: Flow, picture: FlowPicture) -> Message:
    """The quiet words behind the title: case, levels, accounts, conservation."""
    drawn = sum(1 for node in picture.nodes if node.account is not None)
    return msg(
        "Case {case} · {levels} levels · {shown} of {count} accounts · adds up ✓",
        case=flow.case_number,
        levels=max((account.level for account in flow.accounts), default=0),
        shown=drawn,
        count=sum(1 for account in flow.accounts if account.level),
    )
