"""Columns and cells: a table is a list of columns, and a column turns a frozen row into a cell.

A cell is what one place of a table shows and what is copied from it; how it is painted is decided in
``delegates``. The functions below make the cells of the field: money, account numbers, states, countdowns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from liaison_desk.core import countdown
from liaison_desk.core.countdown import SHAPE_WORDS, Shape
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message
from liaison_desk.ui.theme import Tone, say

R = TypeVar("R")

NOTHING = "—"
"""Stands where there is no value, so that an empty cell never looks like one that failed to load."""


class Align(Enum):
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


class Filtering(Enum):
    """How the head of a column narrows a list."""

    VALUES = "values"
    """By ticking values."""
    WORDS = "words"
    """By a part of the text, or by ticking values."""
    MONEY = "money"
    """By a range of yuan, or by ticking values."""
    NUMBER = "number"
    PAST = "past"
    """A moment that has been: by a range, or the last days."""
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one place of the table shows."""

    text: str = ""
    second: str = ""
    """A second, quieter line; only tables made with ``two_lines`` have room for it."""
    tip: str = ""
    chip: Tone | None = None
    """Painted as a chip of this tone: icon, word and tint together."""
    icon: str = ""
    shape: Shape = Shape.CALM
    """The mark before a countdown."""
    tone: Tone = Tone.NEUTRAL
    bold: bool = False
    mono: bool = False
    mark: str = ""
    """A small icon at the right end (a flag), in ``mark_tone``; the tip says what it means."""
    mark_tone: Tone = Tone.NEUTRAL
    copy: str | None = None
    """What Ctrl+C takes, where it differs from the text (numbers without spaces)."""

    @property
    def copied(self) -> str:
        return self.text if self.copy is None else self.copy

    @property
    def spoken(self) -> str:
        """What a screen reader says: the mark's word before the text."""
        mark = "" if self.shape is Shape.CALM else say(SHAPE_WORDS[self.shape])
        return " ".join(part for part in (mark, self.text, self.second) if part)


@dataclass(frozen=True)
class Column(Generic[R]):
    """Title, how to show and how to sort."""

    key: str
    title: Message
    show: Callable[[R], Cell]
    width: int = 120
    """Pixels at 100 %, before the user changes it."""
    align: Align = Align.LEFT
    sort: str = ""
    """The sort key that the query knows; empty: a click on the head does nothing."""
    hidden: bool = False
    """Hidden until the user asks for it."""
    ticking: bool = False
    """Its text depends on the time: shown anew each second."""
    filter: Filtering | None = None
    """How its head narrows the list; the query knows the column by ``sort``."""
    named: Callable[[str], str] | None = None
    """What a value of the query is called in the window's language."""
    fen: Callable[[R], int | None] | None = None
    """The amount that the foot adds up; None in a row that has none."""
    moment: Callable[[R], datetime | None] | None = None
    """The moment behind a countdown or an age, for a sheet."""
    sheet_title: Message | None = None
    """What stands over it in a sheet, where it is another than on the screen."""


def _said(text: Message | str) -> str:
    return say(text) if isinstance(text, Message) else text


def text(
    words: Message | str | None,
    *,
    second: Message | str = "",
    tip: Message | str = "",
    tone: Tone = Tone.NEUTRAL,
    bold: bool = False,
) -> Cell:
    """Words; None is a dash."""
    if words is None:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    return Cell(_said(words), second=_said(second), tip=_said(tip), tone=tone, bold=bold)


def money(fen: int | None, *, second: Message | str = "", tip: Message | str = "", bold: bool = True) -> Cell:
    """An amount in fen as ``12,345.67``; copied without separators. None is a dash."""
    if fen is None:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    shown = yuan(fen)
    return Cell(shown, second=_said(second), tip=_said(tip), bold=bold, copy=shown.replace(",", ""))


_GROUPED = re.compile(r"[0-9*]{8,}")


def grouped(number: str) -> str:
    """Long numbers in groups of four for reading, also masked ones; anything else stays as it is."""
    return _GROUPED.sub(lambda run: " ".join(re.findall(".{1,4}", run.group())), number)


def account(number: str | None, *, second: Message | str = "", tip: Message | str = "") -> Cell:
    """An account number, grouped by four, copied without spaces."""
    if not number:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    return Cell(grouped(number), second=_said(second), tip=_said(tip), mono=True, copy=number)


def code(number: str, *, second: Message | str = "", tip: Message | str = "", bold: bool = False) -> Cell:
    """A request, case or phone number: fixed width, as it is."""
    return Cell(number, second=_said(second), tip=_said(tip), mono=True, bold=bold)


def chip(words: Message | str, tone: Tone, icon: str, *, tip: Message | str = "") -> Cell:
    """A state: icon, word and tint together, never the tint alone."""
    return Cell(_said(words), chip=tone, icon=icon, tip=_said(tip))


_SHAPE_TONES = {Shape.OVERDUE: Tone.OVERDUE, Shape.SOON: Tone.SOON, Shape.CALM: Tone.NEUTRAL}


def remaining(
    due: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    *,
    expiry: bool = False,
    soon: timedelta = countdown.SOON,
    tip: Message | str = "",
) -> Cell:
    """What is left until ``due`` (aware times), with its mark; ``expiry`` says that a hold ended. None is a dash."""
    if due is None:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    mark = countdown.shape(due, now, soon)
    words = say(countdown.countdown(due, now, zone, expiry=expiry))
    return Cell(words, tip=_said(tip), shape=mark, tone=_SHAPE_TONES[mark], bold=mark is not Shape.CALM)


def age(since: datetime | None, now: datetime, zone: ZoneInfo) -> Cell:
    """How old something is; the tooltip says the exact time."""
    if since is None:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    exact = since.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return Cell(say(countdown.age(since, now, zone)), tip=exact, tone=Tone.MUTED, copy=exact)


def moment(at: datetime | None, now: datetime, zone: ZoneInfo, *, seconds: bool = False) -> Cell:
    """A point in time; copied in full."""
    if at is None:
        return Cell(NOTHING, tone=Tone.MUTED, copy="")
    exact = at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return Cell(countdown.when(at, now, zone, seconds=seconds), tip=exact, copy=exact)
