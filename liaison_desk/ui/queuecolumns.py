"""The columns of the queue: countdown, number, kind, level, target, institution, holder, amount, state, claimer, age."""

from __future__ import annotations

from dataclasses import replace

from liaison_desk.core.countdown import when
from liaison_desk.core.lifecycle import (
    KIND_WORDS,
    ON_MONEY,
    OUTCOME_WORDS,
    STATE_WORDS,
    LegKind,
    LegState,
    Outcome,
)
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.flags import FLAG_WORDS, Flag, FlagMark
from liaison_desk.desk.queuefields import ANSWERED, CASE_WRONG, HOLD_ENDS, HOLD_LAPSED
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui import columns
from liaison_desk.ui.columns import Align, Cell, Column, Filtering
from liaison_desk.ui.context import Context
from liaison_desk.ui.presence import present_words
from liaison_desk.ui.theme import Tone, look, say

STATE_LOOKS: dict[LegState, tuple[Tone, str]] = {
    LegState.DRAFT: (Tone.MUTED, "pencil"),
    LegState.PROPOSED: (Tone.SOON, "send"),
    LegState.ROUTING: (Tone.SOON, "route"),
    LegState.APPROVAL: (Tone.SOON, "shield-check"),
    LegState.QUEUED: (Tone.NEUTRAL, "circle-dashed"),
    LegState.CLAIMED: (Tone.ACCENT, "circle-dot"),
    LegState.CORRECTION: (Tone.SOON, "corner-up-left"),
    LegState.ANSWERED: (Tone.OK, "circle-check"),
    LegState.CLOSED: (Tone.MUTED, "check"),
    LegState.WITHDRAWN: (Tone.MUTED, "undo-2"),
    LegState.VOIDED: (Tone.MUTED, "ban"),
}
"""Tone and icon of each state's chip."""

KIND_SHORT: dict[LegKind, Message] = {
    **KIND_WORDS,
    LegKind.STOP: msg("Stop"),
    LegKind.TRANSACTIONS: msg("Transactions"),
}
"""A kind in the width of a column."""

OUTCOME_SHORT: dict[Outcome, Message] = {
    Outcome.DONE: msg("Answered · done"),
    Outcome.PARTLY: msg("Answered · in part"),
    Outcome.ZERO: msg("Answered · nothing left"),
    Outcome.NO_ACCOUNT: msg("No such account"),
    Outcome.NAME_MISMATCH: msg("Name differs"),
    Outcome.FIELD_MISSING: msg("Field missing"),
    Outcome.DOCUMENT_MISSING: msg("Document missing"),
    Outcome.ALREADY_STOPPED: msg("Already stopped"),
    Outcome.LIMITED_FREEZE: msg("Limited freeze"),
    Outcome.QUEUED_FREEZE: msg("Freeze queued"),
    Outcome.THIRD_STOP: msg("Third stop"),
    Outcome.BANK_FAILURE: msg("Bank failure"),
    Outcome.PLATFORM_FAILURE: msg("Platform failure"),
    Outcome.DUPLICATE: msg("Duplicate"),
    Outcome.RENEWAL_FAILED: msg("Renewal failed"),
    Outcome.RELEASE_FAILED: msg("Release failed"),
    Outcome.MOVED_ON: msg("Moved on"),
    Outcome.SPENT: msg("Cashed or spent"),
}
"""An outcome in the width of a chip; the tooltip says it in full."""

_OUTCOME_LOOKS: dict[Outcome, tuple[Tone, str]] = {
    Outcome.DONE: (Tone.OK, "circle-check"),
    Outcome.PARTLY: (Tone.SOON, "circle-check"),
    Outcome.ZERO: (Tone.MUTED, "circle-check"),
    Outcome.QUEUED_FREEZE: (Tone.ACCENT, "snowflake"),
    Outcome.MOVED_ON: (Tone.SOON, "route"),
}


def outcome_look(outcome: Outcome) -> tuple[Tone, str]:
    """Tone and icon of an outcome's chip."""
    return _OUTCOME_LOOKS.get(outcome, (Tone.REFUSED, "circle-x"))


def state_of(row: QueueRow) -> tuple[Message, Tone, str]:
    """What a row's state is called, with its tone and icon; of an answered leg the outcome."""
    if row.item == "hold":
        if row.lapsed:
            return msg("Lapsed"), Tone.OVERDUE, "hourglass"
        return msg("Hold ends"), Tone.SOON, "hourglass"
    if row.item == "case":
        return msg("Out of balance"), Tone.OVERDUE, "triangle-alert"
    if row.state is LegState.ANSWERED and row.outcome is not None:
        return (OUTCOME_SHORT[row.outcome], *outcome_look(row.outcome))
    return (STATE_WORDS[row.state], *STATE_LOOKS[row.state])


def kind_of(row: QueueRow) -> Message:
    """What a row asks for, in full; a case out of balance asks for nothing of anybody else."""
    return msg("Case") if row.item == "case" else KIND_WORDS[row.kind]


def has_amount(row: QueueRow) -> bool:
    """Whether the row's amount means anything."""
    return row.item == "case" or row.kind in ON_MONEY


FLAG_LOOKS: dict[Flag, tuple[Tone, str]] = {
    # Not the accent: a flagged line would look like a selected one.
    Flag.IMPORTANT: (Tone.SOON, "flag"),
    Flag.WAITING: (Tone.NEUTRAL, "hourglass"),
    Flag.CHECKED: (Tone.OK, "check"),
    Flag.DOUBT: (Tone.REFUSED, "triangle-alert"),
}
"""Tint and sign of each flag; its word stands in the tooltip and in the column of flags."""


def tint_of(row: QueueRow) -> Tone | None:
    """The tint of a flagged row."""
    return FLAG_LOOKS[row.flag.flag][0] if row.flag is not None else None


def flag_told(context: Context, flag: FlagMark) -> str:
    """Which flag, what is written on it, and by whom."""
    who = msg("{who}, {institution}", who=flag.author, institution=context.institution(flag.institution))
    at = when(flag.at, context.now(), context.zone)
    words = say(FLAG_WORDS[flag.flag])
    told = f"{words}: {flag.text}" if flag.text else words
    return f"{told}\n{say(who)} {at}"


def state_named(value: str) -> str:
    """The name of a state as the query tells it."""
    if value.startswith(ANSWERED):
        outcome = value.removeprefix(ANSWERED)
        return say(OUTCOME_SHORT[Outcome(outcome)] if outcome else STATE_WORDS[LegState.ANSWERED])
    special = {HOLD_ENDS: msg("Hold ends"), HOLD_LAPSED: msg("Lapsed"), CASE_WRONG: msg("Out of balance")}
    return say(special[value] if value in special else STATE_WORDS[LegState(value)])


def queue_columns(context: Context, *, with_institution: bool = True) -> list[Column[QueueRow]]:
    """``with_institution``: shown from the start; who works for one institution need not see it in each line."""

    def left(row: QueueRow) -> Cell:
        now, zone = context.now(), context.zone
        told = [say(row.reason)] if row.reason is not None else []
        if row.due is not None:
            at = when(row.due, now, zone, seconds=True)
            told.append(say(msg("The hold ends at {at}", at=at) if row.expiry else msg("Due at {at}", at=at)))
        return columns.remaining(row.due, now, zone, expiry=row.expiry, tip="\n".join(told))

    def state(row: QueueRow) -> Cell:
        words, tone, icon = state_of(row)
        tip = OUTCOME_WORDS[row.outcome] if row.outcome is not None else words
        if row.item == "case" and row.reason is not None:
            tip = row.reason
        return columns.chip(words, tone, icon, tip=tip)

    def level(row: QueueRow) -> Cell:
        return columns.text(str(row.level)) if row.level else columns.text(None)

    def institution(row: QueueRow) -> Cell:
        return columns.text(
            context.institution(row.institution), tone=Tone.NEUTRAL if row.institution else Tone.MUTED
        )

    def holder(row: QueueRow) -> Cell:
        return columns.text(row.holder or None, tone=Tone.NEUTRAL if row.full else Tone.MUTED)

    def target(row: QueueRow) -> Cell:
        return columns.code(row.target) if row.phone else columns.account(row.target)

    def amount(row: QueueRow) -> Cell:
        return columns.money(row.amount if has_amount(row) else None)

    def number(row: QueueRow) -> Cell:
        cell = columns.code(row.number)
        others = context.presences.at((row.item, row.id)) if context.presences is not None else ()
        if others and row.flag is None:
            told = "\n".join(say(present_words(context, one)) for one in others)
            return replace(
                cell, mark="pencil" if others[0].typing else "eye", mark_tone=Tone.ACCENT, tip=told
            )
        if row.flag is None:
            return cell
        tone, sign = FLAG_LOOKS[row.flag.flag]
        return replace(cell, mark=sign, mark_tone=tone, tip=flag_told(context, row.flag))

    def flag(row: QueueRow) -> Cell:
        if row.flag is None:
            return Cell()
        tone, sign = FLAG_LOOKS[row.flag.flag]
        return columns.chip(FLAG_WORDS[row.flag.flag], tone, sign, tip=flag_told(context, row.flag))

    def institution_named(code: str) -> str:
        return say(context.institution(code))

    def claimer(row: QueueRow) -> Cell:
        return columns.text(row.claimed_by, bold=row.mine) if row.claimed_by else Cell()

    # English needs more room for the same things.
    wide = 1.0 if look().say.chinese else 1.2
    return [
        Column(
            "left",
            msg("Left"),
            left,
            round(122 * wide),
            sort="due",
            ticking=True,
            filter=Filtering.MOMENT,
            moment=lambda row: row.due,
            sheet_title=msg("Due"),
        ),
        Column("number", msg("Number"), number, 120, sort="number", filter=Filtering.WORDS),
        Column(
            "kind",
            msg("Kind"),
            lambda row: columns.text(
                kind_of(row) if row.item == "case" else KIND_SHORT[row.kind], tip=kind_of(row)
            ),
            round(72 * wide),
            sort="kind",
            filter=Filtering.VALUES,
            named=lambda value: say(KIND_WORDS[LegKind(value)]),
        ),
        Column("level", msg("Lvl"), level, 30, Align.CENTRE, sort="level", filter=Filtering.NUMBER),
        Column(
            "target",
            msg("Target"),
            target,
            196,
            sort="target",
            filter=Filtering.WORDS,
            named=columns.grouped,
        ),
        Column(
            "institution",
            msg("Institution"),
            institution,
            round(72 * wide),
            sort="institution",
            hidden=not with_institution,
            filter=Filtering.VALUES,
            named=institution_named,
        ),
        Column("holder", msg("Holder"), holder, 60, sort="holder", filter=Filtering.WORDS),
        Column(
            "amount",
            msg("Amount (yuan)"),
            amount,
            round(98 * wide),
            Align.RIGHT,
            sort="amount",
            filter=Filtering.MONEY,
            fen=lambda row: row.amount if row.kind in ON_MONEY else None,
        ),
        Column(
            "state",
            msg("State"),
            state,
            round(100 * wide),
            sort="state",
            filter=Filtering.VALUES,
            named=state_named,
        ),
        Column("claimer", msg("Claimed by"), claimer, 62, sort="claimer", filter=Filtering.VALUES),
        Column(
            "age",
            msg("Age"),
            lambda row: columns.age(row.recorded_at, context.now(), context.zone),
            56,
            sort="recorded",
            ticking=True,
            filter=Filtering.PAST,
            moment=lambda row: row.recorded_at,
            sheet_title=msg("Recorded"),
        ),
        Column(
            "case",
            msg("Case"),
            lambda row: columns.code(row.case_number),
            118,
            sort="case",
            hidden=True,
            filter=Filtering.WORDS,
        ),
        Column(
            "flag",
            msg("Flag"),
            flag,
            96,
            sort="flag",
            hidden=True,
            filter=Filtering.VALUES,
            named=lambda value: say(FLAG_WORDS[Flag(value)]),
        ),
    ]
