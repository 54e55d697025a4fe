"""What the columns of a statement mean: a layout is data, shipped with the program or mapped once by a person.

Heads are compared without spaces, in half-width, without their unit. A layout knows the words for each field in order
of preference, the words for directions and states, and which heads must be there for it to fit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from liaison_desk import paths
from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.statements import NOTHING, Direction
from liaison_desk.core.statements_cells import UNITS
from liaison_desk.core.words import Message, msg

FIELD_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "card": msg("Own card"),
        "number": msg("Own account"),
        "holder": msg("Holder"),
        "holder_id": msg("Holder's ID number"),
        "at": msg("Time of the trade"),
        "day": msg("Day of the trade"),
        "amount": msg("Amount"),
        "amount_in": msg("Amount in"),
        "amount_out": msg("Amount out"),
        "direction": msg("In or out"),
        "balance": msg("Balance after"),
        "counterparty": msg("Other account"),
        "counterparty_name": msg("Other holder"),
        "counterparty_id": msg("Other holder's ID number"),
        "counterparty_bank": msg("Other bank"),
        "currency": msg("Currency"),
        "cash": msg("Cash mark"),
        "kind": msg("Kind of trade"),
        "summary": msg("Summary"),
        "remark": msg("Remark"),
        "state": msg("State of the trade"),
        "serial": msg("Serial number"),
    }
)
"""The fields that the reader understands; other heads are kept under ``more``."""

GOOD, FAILED = "good", "failed"
DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    dict.fromkeys(("进", "收", "贷", "C", "收入", "入", "转入"), Direction.IN)
    | dict.fromkeys(("出", "付", "借", "D", "支出", "转出"), Direction.OUT)
)
"""domain.md; 借 on a customer's statement is money out."""
STATES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("", "成功", "是", "1", "00"), GOOD)
    | dict.fromkeys(("失败", "否", "0", "01", "交易关闭"), FAILED)
)
"""domain.md; compared as text, since 00/01 and 1/0 mean opposite things."""
SIGNS = ("", "negative-out", "negative-in")

_UNIT = re.compile(
    r"(.+?)[(\[【:/_-]?(?:单位:?)?(" + "|".join(sorted(UNITS, key=len, reverse=True)) + r")[)\]】]?"
)
_UNIT_LINE = re.compile(r"单位[:\s(]*(?:人民币)?(百万元|万元|千元|百元|亿元|元|角|分)")


def head_key(head: str) -> str:
    """How a head is compared: half-width, lower case, no white space, one spelling of 账."""
    return re.sub(r"\s+", "", fold(head)).replace("帐", "账").lower().strip("*:\"'=")


@dataclass(frozen=True)
class Layout:
    """One way to head a statement.

    ``heads``: field → head words, the preferred first. ``requires``: of each group at least one head must be there; ``needs``:
    fields that must be there. ``directions`` and ``states`` are a person's answers beside the known words ("in"/"out", "good"/"failed").
    ``sign``: where there is no word for the direction, what a negative amount means. ``free_accounts``: the own
    account is a wallet's name and need not be digits. ``unit`` is the unit of amounts whose head names none.
    """

    name: str
    heads: Mapping[str, tuple[str, ...]]
    requires: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    directions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    states: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    sign: str = ""
    free_accounts: bool = False
    unit: str = "元"

    def answered(
        self, directions: Mapping[str, str] = NOTHING, states: Mapping[str, str] = NOTHING
    ) -> Layout:
        """The same layout with a person's further answers to unknown words. Raises BadInput for other answers."""
        return checked(
            replace(self, directions={**self.directions, **directions}, states={**self.states, **states})
        )

    def mapped(self, name: str, fields: Mapping[str, str], *, sign: str = "", unit: str = "") -> Layout:
        """A person's layout: head → field ("" keeps a head out), before what this layout knows by itself."""
        mine: dict[str, tuple[str, ...]] = {}
        for head, what in fields.items():
            if what:
                mine[what] = (*mine.get(what, ()), head)
        taken = {head_key(head) for head in fields}
        heads = dict(mine)
        for what, words in self.heads.items():
            left = tuple(word for word in words if head_key(word) not in taken)
            heads[what] = (*mine.get(what, ()), *left)
        return checked(
            Layout(
                name,
                heads,
                tuple((head,) for head, what in fields.items() if what),
                (),
                self.directions,
                self.states,
                sign or self.sign,
                self.free_accounts,
                unit or self.unit,
            )
        )

    def to_json(self) -> str:
        """The text that the office remembers; ``from_json`` gives the same layout."""
        return json.dumps(
            {
                "name": self.name,
                "heads": {key: list(words) for key, words in self.heads.items()},
                "requires": [list(group) for group in self.requires],
                "needs": list(self.needs),
                "directions": dict(self.directions),
                "states": dict(self.states),
                "sign": self.sign,
                "free_accounts": self.free_accounts,
                "unit": self.unit,
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def from_json(text: str) -> Layout:
    """A remembered layout. Raises BadInput where the text is none."""
    try:
        return _layout(json.loads(text), {})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadInput(
            msg("This is no layout of a statement; map the columns once more."), field="layout"
        ) from None


def checked(layout: Layout) -> Layout:
    """The layout, or BadInput naming the field, answer, sign or unit that does not exist."""
    wrong = [key for key in layout.heads if key not in FIELD_WORDS]
    wrong += [word for word, way in layout.directions.items() if way not in tuple(Direction)]
    wrong += [word for word, state in layout.states.items() if state not in (GOOD, FAILED)]
    wrong += [layout.sign] if layout.sign not in SIGNS else []
    wrong += [layout.unit] if layout.unit not in UNITS else []
    if wrong:
        raise BadInput(
            msg("{wrong} does not fit into a layout; choose again.", wrong=", ".join(wrong)), field="layout"
        )
    return layout


def _layout(data: Mapping[str, Any], vocabulary: Mapping[str, Sequence[str]]) -> Layout:
    heads = {key: tuple(map(str, words)) for key, words in {**vocabulary, **data.get("heads", {})}.items()}
    return checked(
        Layout(
            str(data["name"]),
            heads,
            tuple(tuple(map(str, group)) for group in data.get("requires", ())),
            tuple(map(str, data.get("needs", ()))),
            {str(key): str(value) for key, value in data.get("directions", {}).items()},
            {str(key): str(value) for key, value in data.get("states", {}).items()},
            str(data.get("sign", "")),
            bool(data.get("free_accounts", False)),
            str(data.get("unit", "元")),
        )
    )


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    text = (paths.resources() / "data" / "statement_layouts.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


@lru_cache(maxsize=1)
def shipped() -> tuple[Layout, ...]:
    """The layouts that come with the program, the most particular first."""
    data = _data()
    return tuple(_layout(each, data["vocabulary"]) for each in data["layouts"])


def general() -> Layout:
    """The widest shipped layout: what a person's mapping begins from."""
    return next(layout for layout in shipped() if layout.name == "bank")


def named(name: str, known: Iterable[Layout] = ()) -> Layout:
    """A layout by its name, remembered ones first. Raises BadInput naming those there are."""
    every = (*known, *shipped())
    for layout in every:
        if layout.name == name:
            return layout
    raise BadInput(
        msg(
            "There is no layout {name}; there are {names}. Nothing was imported.",
            name=name,
            names=", ".join(dict.fromkeys(each.name for each in every)),
        ),
        field="layout",
    )


@lru_cache(maxsize=1)
def words_by_way() -> Mapping[str, tuple[str, ...]]:
    """Way → the words in summary, kind and remark that speak of it, as data."""
    return {key: tuple(words) for key, words in _data()["ways"].items()}


@lru_cache(maxsize=1)
def cash_marks() -> Mapping[str, str]:
    """What stands under 现金标志 → way."""
    marks: Mapping[str, str] = _data()["cash_marks"]
    return marks


# --- fitting a layout to a row of heads -------------------------------------------------------


@dataclass(frozen=True)
class Columns:
    """How one head row is understood: field → column, and what stays under its own head."""

    layout: Layout
    places: Mapping[str, int]
    units: Mapping[str, int]
    """Field of an amount → fen in one unit, where its head names the unit."""
    others: tuple[tuple[str, int], ...]
    """(head, column) of the heads that are no field."""
    heads: tuple[str, ...]
    """The heads as they stand, one for each column."""
    keys: tuple[str, ...]
    """The compared heads, to know them again when they are repeated."""

    @property
    def width(self) -> int:
        return len(self.heads)

    @property
    def fits(self) -> bool:
        """Whether rows can be read: a time, and an amount whose direction is known."""
        here = self.places
        if any(need not in here for need in self.layout.needs):
            return False
        moved = ("amount" in here and ("direction" in here or bool(self.layout.sign))) or (
            "amount_in" in here and "amount_out" in here
        )
        return ("at" in here or "day" in here) and moved

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which rows cannot be read."""
        here = self.places
        gone: list[str] = [] if "at" in here or "day" in here else ["at"]
        if not ("amount_in" in here and "amount_out" in here):
            gone += [] if "amount" in here else ["amount"]
            gone += [] if "direction" in here or self.layout.sign else ["direction"]
        return tuple(gone)


@dataclass(frozen=True)
class _Compiled:
    fields: Mapping[str, tuple[str, int]]
    """Compared head → field, and its place in the order of preference."""
    requires: tuple[frozenset[str], ...]


@lru_cache(maxsize=64)
def _compiled(text: str) -> _Compiled:
    layout = _layout(json.loads(text), {})
    fields: dict[str, tuple[str, int]] = {}
    for what, words in layout.heads.items():
        for order, word in enumerate(words):
            fields.setdefault(head_key(word), (what, order))
    return _Compiled(fields, tuple(frozenset(map(head_key, group)) for group in layout.requires))


class Fitter:
    """Fits rows of cells to the layouts that may apply, the first that fits wins."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self._layouts = [(layout, _compiled(layout.to_json())) for layout in layouts]

    def known(self, heads: Sequence[str]) -> int:
        """How many of these cells some layout knows as heads."""
        return max(
            (
                sum(_unit_apart(key, compiled)[0] in compiled.fields for key in map(head_key, heads) if key)
                for _, compiled in self._layouts
            ),
            default=0,
        )

    def fit(self, heads: Sequence[str]) -> Columns | None:
        """The columns under this head row by the first layout that fits; None where none does.

        Raises BadInput where two columns have the same head, so that one might be read for the other.
        """
        for layout, compiled in self._layouts:
            columns = _columns(heads, layout, compiled)
            if columns is not None and columns.fits:
                return columns
        return None

    def nearest(self, heads: Sequence[str]) -> Columns | None:
        """The layout that understands most of these heads, though it does not fit: for saying what is missing."""
        found = [
            columns
            for layout, compiled in self._layouts
            if (columns := _columns(heads, layout, _Compiled(compiled.fields, ()), strict=False)) is not None
        ]
        return max(found, key=lambda columns: len(columns.places), default=None)


def _unit_apart(key: str, compiled: _Compiled) -> tuple[str, int | None]:
    """A head without its unit, and the unit in fen; the head itself where it is known as it stands."""
    if key in compiled.fields:
        return key, None
    found = _UNIT.fullmatch(key)
    if found and found.group(1) in compiled.fields:
        return found.group(1), UNITS[found.group(2)]
    short = re.sub(r"[(\[【].*[)\]】]$", "", key)
    inside = key[len(short) :].strip("()[]【】")
    # A bracket may explain a head (借贷标志(借/贷)), but one that names other money changes it.
    if short in compiled.fields and not (compiled.fields[short][0] in AMOUNTS and inside):
        return short, None
    return key, None


AMOUNTS = frozenset({"amount", "amount_in", "amount_out", "balance"})
_ONCE = AMOUNTS | {"card", "number", "at", "day", "direction", "counterparty", "state"}


def _columns(
    heads: Sequence[str], layout: Layout, compiled: _Compiled, *, strict: bool = True
) -> Columns | None:
    keys = [_unit_apart(head_key(head), compiled) for head in heads]
    there = {key for key, _ in keys}
    if not all(group & there for group in compiled.requires):
        return None
    best: dict[str, tuple[int, int]] = {}
    twice: list[str] = []
    for place, (key, _) in enumerate(keys):
        found = compiled.fields.get(key)
        if found is None:
            continue
        what, order = found
        if what not in best or order < best[what][0]:
            best[what] = (order, place)
        elif order == best[what][0] and what in _ONCE:
            twice.append(heads[place].strip())
    places = {what: place for what, (_, place) in best.items()}
    units = {what: unit for what in AMOUNTS & places.keys() if (unit := keys[places[what]][1]) is not None}
    used = set(places.values())
    others = tuple(
        (head.strip(), place) for place, head in enumerate(heads) if place not in used and head_key(head)
    )
    columns = Columns(
        layout, places, units, others, tuple(head.strip() for head in heads), tuple(map(head_key, heads))
    )
    if twice and strict and columns.fits:
        raise BadInput(
            msg(
                "The head {heads} stands there twice, so that one column may be taken for another; give each its own "
                "head. Nothing was imported.",
                heads=", ".join(twice),
            ),
            field="layout",
        )
    return columns


def unit_of_line(text: str) -> str | None:
    """The unit that a line above the table names (单位：万元), or None."""
    found = _UNIT_LINE.search(fold(text))
    return found.group(1) if found else None
