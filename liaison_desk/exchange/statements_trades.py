"""The cells of one good row as a trade: readings remembered by cell, so that a million rows cost little.

Everything that is wrong with a row leaves as Unreadable; what it means for the line is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Generic, TypeVar

from liaison_desk.core.bins import bundled
from liaison_desk.core.folding import fold
from liaison_desk.core.statements import NOTHING, Direction, Row, Way, Why
from liaison_desk.core.statements_cells import (
    LONGEST_TEXT,
    NOT_THERE,
    UNITS,
    Cell,
    Times,
    Unreadable,
    amount,
    bare,
    currency,
    free_account,
    name_text,
    own_account,
)
from liaison_desk.core.statements_layout import (
    DIRECTIONS,
    GOOD,
    STATES,
    Columns,
    Layout,
    cash_marks,
    words_by_way,
)
from liaison_desk.core.tracing import Precision
from liaison_desk.core.words import Message, msg

T = TypeVar("T")
_REMEMBERED = 50_000
_REVERSALS = re.compile(r"冲正|抹账|抹帐|冲账|冲帐|红字|撤销")
_NO_WARNINGS: tuple[Message, ...] = ()

Moved = Callable[[Sequence[Cell]], tuple[Direction, int]]


class Remembered(dict[Cell, T], Generic[T]):
    """Cell → its reading, worked out once; forgets everything when it grows too large."""

    def __init__(self, read: Callable[[Cell], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> T:
        value = self._read(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value
        return value


class Trades:
    """Builds the rows below one head. ``row`` expects exactly as many cells as the head has, and adds one."""

    def __init__(self, sheet: str, columns: Columns, times: Times, *, unit: str | None, account: str) -> None:
        """``unit``: of amounts whose head names none; ``account``: for rows that name none."""
        self._sheet = sheet
        self._columns = columns
        self._layout = columns.layout
        self._times = times
        self._account = account
        fallback = UNITS[unit or self._layout.unit]
        self._units = {
            field: columns.units.get(field, fallback)
            for field in ("amount", "amount_in", "amount_out", "balance")
        }
        self.odd: list[tuple[Why, Message, str]] = []
        """What is odd about the row just built: kind, sentence, the number it is about."""
        self.good = self._states()
        self.row = self._builder()

    def _place(self, field: str) -> int:
        """Of a field that has no column, the place of the empty cell behind the last."""
        return self._columns.places.get(field, self._columns.width)

    def _states(self) -> Callable[[Sequence[Cell]], bool] | None:
        """Whether the bank calls the trade of a row done; Unreadable for a state nobody knows. None: it says nothing."""
        answers = {**STATES, **_folded(self._layout.states)}

        def read(cell: Cell) -> bool:
            word = fold(bare(cell)).replace(" ", "")
            state = answers.get(word)
            if state is None:
                raise Unreadable(
                    Why.STATE,
                    msg(
                        "The state {word} is unknown; say once for this layout whether such a trade counts.",
                        word=bare(cell),
                    ),
                    bare(cell),
                )
            return state == GOOD

        known = Remembered(read)
        place = self._columns.places.get("state")
        if place is None:
            return None
        return lambda cells: known[cells[place]]

    # --- in or out, and how much --------------------------------------------------------------

    def _moved(self) -> Moved:
        places = self._columns.places
        if "amount" in places and "direction" in places:
            return self._by_word(places["amount"], places["direction"])
        if "amount_in" in places and "amount_out" in places:
            return self._by_column(places["amount_in"], places["amount_out"])
        return self._by_sign(places["amount"])

    def _amounts(self, field: str) -> Callable[[Cell], int | None]:
        unit = self._units[field]
        if unit != 100:
            return lambda cell: amount(cell, unit)

        def yuan(cell: Cell) -> int | None:
            # Most cells are plain yuan with two decimals: their digits are the fen.
            if type(cell) is str and cell[-3:-2] == "." and len(cell) < 16:
                digits = cell[:-3] + cell[-2:]
                if digits.isdigit() and digits.isascii():
                    return int(digits)
            return amount(cell)

        return yuan

    def _by_word(self, amount_at: int, direction_at: int) -> Moved:
        amounts = self._amounts("amount")
        directions = Remembered(_direction_reader(self._layout))
        incoming = Direction.IN

        def moved(cells: Sequence[Cell]) -> tuple[Direction, int]:
            direction = directions[cells[direction_at]]
            fen = amounts(cells[amount_at])
            if not fen:
                raise _no_amount(fen)
            if fen < 0:
                if direction is incoming:
                    raise _reversal()
                fen = -fen
            return direction, fen

        return moved

    def _by_column(self, in_at: int, out_at: int) -> Moved:
        ins, outs = self._amounts("amount_in"), self._amounts("amount_out")

        def moved(cells: Sequence[Cell]) -> tuple[Direction, int]:
            came, went = ins(cells[in_at]), outs(cells[out_at])
            if came and went:
                raise Unreadable(
                    Why.DIRECTION, msg("Both columns, in and out, hold an amount; which counts is not known.")
                )
            if went:
                return Direction.OUT, abs(went)
            if not came:
                raise _no_amount(came if went is None else went)
            if came < 0:
                raise _reversal()
            return Direction.IN, came

        return moved

    def _by_sign(self, amount_at: int) -> Moved:
        amounts = self._amounts("amount")
        negative = Direction.OUT if self._layout.sign == "negative-out" else Direction.IN
        positive = Direction.IN if negative is Direction.OUT else Direction.OUT

        def moved(cells: Sequence[Cell]) -> tuple[Direction, int]:
            fen = amounts(cells[amount_at])
            if not fen:
                raise _no_amount(fen)
            return (negative, -fen) if fen < 0 else (positive, fen)

        return moved

    # --- when -----------------------------------------------------------------------------------

    def _when(self) -> Callable[[Sequence[Cell]], tuple[datetime, Precision]]:
        places = self._columns.places
        at, day = places.get("at"), places.get("day")
        read, join = self._times.read, self._times.join
        if at is None or day is None:
            only = at if at is not None else self._place("day")
            return lambda cells: read(cells[only])
        clock, date = at, day
        return lambda cells: join(cells[date], cells[clock])

    # --- the whole row ------------------------------------------------------------------------

    def _builder(self) -> Callable[[int, list[Cell]], Row]:
        sheet, place, odd = self._sheet, self._place, self.odd
        moved, when, owner = self._moved(), self._when(), self._owner()
        bins = bundled()
        others = Remembered(lambda cell: free_account(cell, bins))
        names = Remembered(name_text)
        currencies = Remembered(currency)
        balances = self._amounts("balance")
        stories = Remembered(_story)
        to_at, name_at = place("counterparty"), place("counterparty_name")
        id_at, bank_at = place("counterparty_id"), place("counterparty_bank")
        holder_at, holder_id_at = place("holder"), place("holder_id")
        balance_at, currency_at, cash_at = place("balance"), place("currency"), place("cash")
        serial_at, kind_at, summary_at = place("serial"), place("kind"), place("summary")
        remark_at, state_at = place("remark"), place("state")
        more_of = self._more()
        way_of = _ways()
        new = tuple.__new__

        def row(line: int, cells: list[Cell]) -> Row:
            cells.append("")
            account, number = owner(cells)
            at, precision = when(cells)
            direction, fen = moved(cells)
            to, warnings = others[cells[to_at]]
            if warnings:
                odd.extend((Why.ACCOUNT, warning, to) for warning in warnings)
            name = names[cells[name_at]]
            kind, told = stories[cells[kind_at]]
            summary, again = stories[cells[summary_at]]
            remark = _text(cells[remark_at])
            if told or again or ("冲" in remark and _REVERSALS.search(remark)):
                odd.append((Why.REVERSAL, _TOLD_REVERSAL, ""))
            values = (
                sheet,
                line,
                account,
                at,
                precision,
                fen,
                direction,
                balances(cells[balance_at]),
                to,
                name,
                names[cells[id_at]],
                names[cells[bank_at]],
                names[cells[holder_at]],
                names[cells[holder_id_at]],
                number,
                currencies[cells[currency_at]],
                way_of(names[cells[cash_at]], kind, summary, name),
                _text(cells[serial_at]),
                kind,
                summary,
                remark,
                names[cells[state_at]],
                more_of(cells),
            )
            return new(Row, values)

        return row

    def _owner(self) -> Callable[[Sequence[Cell]], tuple[str, str]]:
        """The row's own account, and the account behind the card where both are named."""
        bins, odd, default = bundled(), self.odd, self._account
        if self._layout.free_accounts:
            own = Remembered(lambda cell: free_account(cell, bins))
        else:
            own = Remembered(lambda cell: own_account(cell, bins))
        behind = Remembered(lambda cell: free_account(cell, bins)[0])
        card_at, number_at = self._place("card"), self._place("number")

        def owner(cells: Sequence[Cell]) -> tuple[str, str]:
            account, warnings = own[cells[card_at]]
            if account:
                number = behind[cells[number_at]]
                if number == account:
                    number = ""
            else:
                number = ""
                account, warnings = own[cells[number_at]]
                if not account:
                    if not default:
                        raise Unreadable(Why.ACCOUNT, msg("The row names no account of its own."))
                    account, warnings = default, _NO_WARNINGS
            if warnings:
                odd.extend((Why.ACCOUNT, warning, account) for warning in warnings)
            return account, number

        return owner

    def _more(self) -> Callable[[Sequence[Cell]], Mapping[str, str]]:
        """What else stands in the row, by the file's own heads; empty cells left out."""
        others = self._columns.others
        if not others:
            return lambda cells: NOTHING
        if len(others) == 1:
            ((head, place),) = others

            def one(cells: Sequence[Cell]) -> Mapping[str, str]:
                text = _text(cells[place])
                return {head: text} if text else NOTHING

            return one
        heads = tuple(head for head, _ in others)
        pick = itemgetter(*(place for _, place in others))

        def several(cells: Sequence[Cell]) -> Mapping[str, str]:
            picked = pick(cells)
            if not any(picked):
                return NOTHING
            return {
                head: text for head, cell in zip(heads, picked, strict=True) if cell and (text := _text(cell))
            }

        return several


_TOLD_REVERSAL = msg("The bank calls this row a reversal; compare it with the row that it takes back.")


def _folded(answers: Mapping[str, str]) -> dict[str, str]:
    return {fold(word).strip().replace(" ", ""): answer for word, answer in answers.items()}


def _direction_reader(layout: Layout) -> Callable[[Cell], Direction]:
    answers = {word: Direction(way) for word, way in _folded(layout.directions).items()}

    def read(cell: Cell) -> Direction:
        word = fold(bare(cell)).replace(" ", "")
        found = answers.get(word) or DIRECTIONS.get(word) or DIRECTIONS.get(word.upper())
        if found is not None:
            return found
        if word in NOT_THERE and word != "/":
            raise Unreadable(
                Why.DIRECTION, msg("The row does not say whether the money came in or went out.")
            )
        raise Unreadable(
            Why.DIRECTION,
            msg(
                "{word} does not say whether the money came in or went out; say it once for this layout.",
                word=bare(cell),
            ),
            bare(cell),
        )

    return read


def _no_amount(fen: int | None) -> Unreadable:
    if fen is None:
        return Unreadable(Why.AMOUNT, msg("The amount is missing."))
    return Unreadable(Why.AMOUNT, msg("The amount is 0, so nothing moved."))


def _reversal() -> Unreadable:
    return Unreadable(
        Why.REVERSAL,
        msg("A negative amount came in: a reversal (冲正). Decide by hand what it takes back."),
    )


def _text(cell: Cell) -> str:
    """Free text that is seldom the same twice."""
    if cell == "":
        return ""
    if type(cell) is str:
        text = cell.strip()
        if text.isprintable() and text[:1] not in ("=", "'") and len(text) <= LONGEST_TEXT:
            return "" if text in NOT_THERE else text
    return name_text(cell)


def _story(cell: Cell) -> tuple[str, bool]:
    """A summary, and whether it speaks of a reversal."""
    text = name_text(cell)
    return text, _REVERSALS.search(text) is not None


def _ways() -> Callable[[str, str, str, str], Way | None]:
    """How the money moved, by the cash mark, the kind, the summary and a counterparty that is a payment institution."""
    marks = {mark: Way(way) for mark, way in cash_marks().items()}
    words = [(Way(way), tuple(word.upper() for word in found)) for way, found in words_by_way().items()]
    institutions = re.compile("|".join(map(re.escape, dict(words)[Way.THIRD_PARTY])))
    by_words: dict[tuple[str, str, str], Way | None] = {}
    by_name: dict[str, bool] = {}

    def spoken(key: tuple[str, str, str]) -> Way | None:
        cash, kind, summary = key
        mark = marks.get(cash)
        if mark is Way.CASH:
            return mark
        text = f"{kind} {summary}".upper()
        found = next((way for way, named in words if any(word in text for word in named)), mark)
        if len(by_words) >= _REMEMBERED:
            by_words.clear()
        by_words[key] = found
        return found

    def paying(name: str) -> bool:
        found = institutions.search(name) is not None
        if len(by_name) >= _REMEMBERED:
            by_name.clear()
        by_name[name] = found
        return found

    def way(cash: str, kind: str, summary: str, name: str) -> Way | None:
        key = (cash, kind, summary)
        found = by_words[key] if key in by_words else spoken(key)
        if (found is None or found is Way.TRANSFER) and name:
            third = by_name[name] if name in by_name else paying(name)
            if third:
                return Way.THIRD_PARTY
        return found

    return way
