"""Kinds, states and outcomes of a leg (one request to one institution), and which change is allowed.

The table of states is rules.md "States of a leg"; outcomes and platform codes are domain.md
"Request and answer".
"""

from __future__ import annotations

from enum import StrEnum

from liaison_desk.core.errors import Refused
from liaison_desk.core.words import Message, msg


class LegKind(StrEnum):
    """What is asked of the institution. Two letters of the number series stand in SERIES."""

    STOP = "stop"
    SECOND_STOP = "second_stop"
    FREEZE = "freeze"
    RENEW = "renew"
    RELEASE_STOP = "release_stop"
    RELEASE_FREEZE = "release_freeze"
    TRANSACTIONS = "transactions"
    HOLDER = "holder"
    WATCH = "watch"
    SUSPEND_NUMBER = "suspend_number"
    BLOCK_NUMBER = "block_number"
    TRACE_NUMBER = "trace_number"
    PROTECT_NUMBER = "protect_number"
    RESTORE_NUMBER = "restore_number"
    RETURN = "return"


class LegState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    ROUTING = "routing"
    APPROVAL = "approval"
    QUEUED = "queued"
    CLAIMED = "claimed"
    CORRECTION = "correction"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Outcome(StrEnum):
    """What the institution answers."""

    DONE = "done"
    PARTLY = "partly"
    ZERO = "zero"
    NO_ACCOUNT = "no_account"
    NAME_MISMATCH = "name_mismatch"
    FIELD_MISSING = "field_missing"
    DOCUMENT_MISSING = "document_missing"
    ALREADY_STOPPED = "already_stopped"
    LIMITED_FREEZE = "limited_freeze"
    QUEUED_FREEZE = "queued_freeze"
    THIRD_STOP = "third_stop"
    BANK_FAILURE = "bank_failure"
    PLATFORM_FAILURE = "platform_failure"
    DUPLICATE = "duplicate"
    RENEWAL_FAILED = "renewal_failed"
    RELEASE_FAILED = "release_failed"
    MOVED_ON = "moved_on"
    SPENT = "spent"


class HopKind(StrEnum):
    """How money left an account (domain.md, trace result)."""

    TRANSFER = "transfer"
    CASH = "cash"
    PURCHASE = "purchase"
    TOP_UP = "top_up"
    CRYPTO = "crypto"
    FX = "fx"


PLATFORM_CODES: dict[Outcome, str] = {
    Outcome.DONE: "0000",
    Outcome.PARTLY: "1200",
    Outcome.ZERO: "0000",
    Outcome.NO_ACCOUNT: "0300",
    Outcome.NAME_MISMATCH: "0301",
    Outcome.FIELD_MISSING: "0500",
    Outcome.DOCUMENT_MISSING: "0600",
    Outcome.ALREADY_STOPPED: "1301",
    Outcome.LIMITED_FREEZE: "1302",
    Outcome.QUEUED_FREEZE: "1303",
    Outcome.THIRD_STOP: "1304",
    Outcome.BANK_FAILURE: "1300",
    Outcome.PLATFORM_FAILURE: "1101",
    Outcome.DUPLICATE: "0900",
    Outcome.RENEWAL_FAILED: "1800",
    Outcome.RELEASE_FAILED: "1900",
}

STOPS = frozenset({LegKind.STOP, LegKind.SECOND_STOP})
CATCHING = STOPS | {LegKind.FREEZE}
"""Kinds that catch money: they stand in band 0 of the queue until executed."""
RELEASES = frozenset({LegKind.RELEASE_STOP, LegKind.RELEASE_FREEZE})
ON_MONEY = CATCHING | RELEASES | {LegKind.RENEW, LegKind.RETURN}
QUERIES = frozenset({LegKind.TRANSACTIONS, LegKind.HOLDER, LegKind.WATCH})
CARRIER = frozenset(
    {
        LegKind.SUSPEND_NUMBER,
        LegKind.BLOCK_NUMBER,
        LegKind.TRACE_NUMBER,
        LegKind.PROTECT_NUMBER,
        LegKind.RESTORE_NUMBER,
    }
)
NEED_APPROVAL = frozenset({LegKind.FREEZE, LegKind.RETURN})
"""A lead who is not the asking officer must approve these (rules.md, who may do what)."""

SERIES: dict[LegKind, str] = {
    LegKind.STOP: "ZF",
    LegKind.SECOND_STOP: "ZF",
    LegKind.FREEZE: "DJ",
    LegKind.RENEW: "DJ",
    LegKind.RELEASE_STOP: "JD",
    LegKind.RELEASE_FREEZE: "JD",
    LegKind.TRANSACTIONS: "CX",
    LegKind.HOLDER: "CX",
    LegKind.WATCH: "CX",
    LegKind.SUSPEND_NUMBER: "TJ",
    LegKind.BLOCK_NUMBER: "TJ",
    LegKind.TRACE_NUMBER: "TJ",
    LegKind.PROTECT_NUMBER: "TJ",
    LegKind.RESTORE_NUMBER: "TJ",
    LegKind.RETURN: "FH",
}

OPEN = frozenset(
    {LegState.ROUTING, LegState.APPROVAL, LegState.QUEUED, LegState.CLAIMED, LegState.CORRECTION}
)
"""What counts as open (rules.md, Counts)."""
ANSWER_CLOCK_RUNS = frozenset({LegState.ROUTING, LegState.QUEUED, LegState.CLAIMED})
POLICE_ONLY = frozenset({LegState.DRAFT, LegState.ROUTING})
"""States in which a leg does not yet stand in any institution's queue."""

_NEXT: dict[LegState, frozenset[LegState]] = {
    LegState.DRAFT: frozenset({LegState.QUEUED, LegState.ROUTING, LegState.APPROVAL, LegState.VOIDED}),
    LegState.PROPOSED: frozenset(
        {LegState.QUEUED, LegState.ROUTING, LegState.APPROVAL, LegState.WITHDRAWN, LegState.VOIDED}
    ),
    LegState.ROUTING: frozenset({LegState.QUEUED, LegState.WITHDRAWN, LegState.VOIDED}),
    LegState.APPROVAL: frozenset({LegState.QUEUED, LegState.ROUTING, LegState.WITHDRAWN, LegState.VOIDED}),
    LegState.QUEUED: frozenset(
        {
            LegState.QUEUED,
            LegState.CLAIMED,
            LegState.ROUTING,
            LegState.CORRECTION,
            LegState.ANSWERED,
            LegState.WITHDRAWN,
            LegState.VOIDED,
        }
    ),
    LegState.CLAIMED: frozenset(
        {
            LegState.CLAIMED,
            LegState.QUEUED,
            LegState.ROUTING,
            LegState.CORRECTION,
            LegState.ANSWERED,
            LegState.WITHDRAWN,
            LegState.VOIDED,
        }
    ),
    LegState.CORRECTION: frozenset({LegState.QUEUED, LegState.ROUTING, LegState.WITHDRAWN, LegState.VOIDED}),
    LegState.ANSWERED: frozenset({LegState.CLOSED, LegState.QUEUED, LegState.VOIDED}),
    LegState.CLOSED: frozenset({LegState.QUEUED, LegState.VOIDED}),
    LegState.WITHDRAWN: frozenset({LegState.VOIDED}),
    LegState.VOIDED: frozenset(),
}

STATE_WORDS: dict[LegState, Message] = {
    LegState.DRAFT: msg("Draft"),
    LegState.PROPOSED: msg("Proposed"),
    LegState.ROUTING: msg("To be routed"),
    LegState.APPROVAL: msg("Awaiting approval"),
    LegState.QUEUED: msg("Queued"),
    LegState.CLAIMED: msg("In progress"),
    LegState.CORRECTION: msg("Returned for correction"),
    LegState.ANSWERED: msg("Answered"),
    LegState.CLOSED: msg("Closed"),
    LegState.WITHDRAWN: msg("Withdrawn"),
    LegState.VOIDED: msg("Voided"),
}

KIND_WORDS: dict[LegKind, Message] = {
    LegKind.STOP: msg("Stop payment"),
    LegKind.SECOND_STOP: msg("Second stop"),
    LegKind.FREEZE: msg("Freeze"),
    LegKind.RENEW: msg("Renew freeze"),
    LegKind.RELEASE_STOP: msg("Release stop"),
    LegKind.RELEASE_FREEZE: msg("Release freeze"),
    LegKind.TRANSACTIONS: msg("Transaction query"),
    LegKind.HOLDER: msg("Holder query"),
    LegKind.WATCH: msg("Watch account"),
    LegKind.SUSPEND_NUMBER: msg("Suspend number"),
    LegKind.BLOCK_NUMBER: msg("Block number"),
    LegKind.TRACE_NUMBER: msg("Trace number"),
    LegKind.PROTECT_NUMBER: msg("Protective suspend"),
    LegKind.RESTORE_NUMBER: msg("Restore number"),
    LegKind.RETURN: msg("Return"),
}

OUTCOME_WORDS: dict[Outcome, Message] = {
    Outcome.DONE: msg("Done in full"),
    Outcome.PARTLY: msg("Done in part, balance below the amount"),
    Outcome.ZERO: msg("Done, balance zero"),
    Outcome.NO_ACCOUNT: msg("Account does not exist"),
    Outcome.NAME_MISMATCH: msg("Name does not match"),
    Outcome.FIELD_MISSING: msg("Field missing"),
    Outcome.DOCUMENT_MISSING: msg("Document missing"),
    Outcome.ALREADY_STOPPED: msg("Already stopped"),
    Outcome.LIMITED_FREEZE: msg("Limited freeze in force"),
    Outcome.QUEUED_FREEZE: msg("Fully frozen by another authority, queued"),
    Outcome.THIRD_STOP: msg("Third stop refused"),
    Outcome.BANK_FAILURE: msg("Failure at the institution"),
    Outcome.PLATFORM_FAILURE: msg("Platform failure"),
    Outcome.DUPLICATE: msg("Already handled (duplicate)"),
    Outcome.RENEWAL_FAILED: msg("Expired, renewal failed"),
    Outcome.RELEASE_FAILED: msg("Expired, release failed"),
    Outcome.MOVED_ON: msg("Money moved on"),
    Outcome.SPENT: msg("Cashed out or spent"),
}

HOP_WORDS: dict[HopKind, Message] = {
    HopKind.TRANSFER: msg("Transfer"),
    HopKind.CASH: msg("Cash"),
    HopKind.PURCHASE: msg("Purchase"),
    HopKind.TOP_UP: msg("Top-up"),
    HopKind.CRYPTO: msg("Crypto"),
    HopKind.FX: msg("Foreign exchange"),
}

URGENCY_WORDS: dict[Urgency, Message] = {Urgency.NORMAL: msg("Normal"), Urgency.URGENT: msg("Urgent")}

EXECUTED = frozenset({Outcome.DONE, Outcome.PARTLY, Outcome.ZERO, Outcome.QUEUED_FREEZE})
"""Outcomes by which the institution did what was asked; an amount executed belongs to them."""


def outcomes_of(kind: LegKind) -> tuple[Outcome, ...]:
    """The outcomes that make sense for a kind, in the order the form offers them."""
    if kind in CATCHING:
        always = [Outcome.DONE, Outcome.PARTLY, Outcome.ZERO, Outcome.MOVED_ON, Outcome.SPENT]
        always += [Outcome.NO_ACCOUNT, Outcome.NAME_MISMATCH, Outcome.FIELD_MISSING]
        always += [Outcome.DOCUMENT_MISSING, Outcome.ALREADY_STOPPED, Outcome.LIMITED_FREEZE]
        always += [Outcome.QUEUED_FREEZE, Outcome.THIRD_STOP, Outcome.DUPLICATE]
        always += [Outcome.BANK_FAILURE, Outcome.PLATFORM_FAILURE]
        if kind is LegKind.FREEZE:
            always.remove(Outcome.THIRD_STOP)
        else:
            always.remove(Outcome.QUEUED_FREEZE)
        return tuple(always)
    shared = (Outcome.FIELD_MISSING, Outcome.DOCUMENT_MISSING, Outcome.BANK_FAILURE, Outcome.PLATFORM_FAILURE)
    if kind is LegKind.RENEW:
        return (Outcome.DONE, Outcome.RENEWAL_FAILED, *shared)
    if kind in RELEASES:
        return (Outcome.DONE, Outcome.PARTLY, Outcome.RELEASE_FAILED, *shared)
    if kind is LegKind.RETURN:
        return (Outcome.DONE, Outcome.PARTLY, *shared)
    return (Outcome.DONE, Outcome.NO_ACCOUNT, Outcome.DUPLICATE, *shared)


def require(before: LegState, after: LegState, number: str) -> None:
    """Raises Refused, naming the leg and its state, when the change is not in the table."""
    if after not in _NEXT[before]:
        raise impossible(number, before)


def impossible(number: str, state: LegState) -> Refused:
    """The sentence for a step that the leg's state does not allow."""
    return Refused(
        msg(
            "{number} is {state}; this step is not possible. Nothing was changed.",
            number=number,
            state=STATE_WORDS[state],
        )
    )


def allowed(before: LegState, after: LegState) -> bool:
    return after in _NEXT[before]
