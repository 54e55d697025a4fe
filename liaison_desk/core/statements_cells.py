"""Cells of statements as values: amounts, times, accounts, words (domain.md, "What institutions hand over").

A cell is what a workbook or a text file holds: text, a number, a date, a time. Whatever cannot be read exactly
raises Unreadable with the kind and the sentence; nothing is guessed and no float decides about money.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from liaison_desk.core.bins import CardBins, bundled
from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.identifiers import (
    account_warnings,
    clean_account,
    is_scientific,
    zeroed_by_spreadsheet,
)
from liaison_desk.core.statements import Why
from liaison_desk.core.tracing import Precision
from liaison_desk.core.words import Message, msg

Cell = str | int | float | bool | datetime | date | time | timedelta | None

EXACT_DIGITS = 15
"""A numeric cell holds no more digits than these."""
LONGEST_TEXT = 1_000
UNITS = {
    "分": 1,
    "角": 10,
    "元": 100,
    "人民币": 100,
    "人民币元": 100,
    "rmb": 100,
    "cny": 100,
    "¥": 100,
    "百元": 10_000,
    "千元": 100_000,
    "万元": 1_000_000,
    "万": 1_000_000,
    "百万元": 100_000_000,
    "亿元": 10_000_000_000,
}
"""Fen in one unit as a head names it."""

NOT_THERE = frozenset(
    {"", "-", "--", "---", "/", "\\", "\\N", "无", "空", "N/A", "NULL", "null", "None", "nan"}
)
"""How files write that nothing is known."""
YUAN = frozenset({"", "CNY", "RMB", "人民币", "人民币元", "元", "本币", "156", "01", "001", "1"})

_MONEY = re.compile(r"([+-]?)(?:人民币|RMB|CNY)?¥?([+-]?)([0-9][0-9,]*|(?=\.[0-9]))(?:\.([0-9]*))?(元?)(-?)")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_MOST_DIGITS = 15
_WRITTEN = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:(?:[ T]+|-|(?<=日))([0-9]{1,2})[:.时]([0-9]{1,2})(?:[:.分]([0-9]{1,2})秒?(?:[.:][0-9]{1,9})?|分)?)?"
)
_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[ T]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:\.?[0-9]{1,6})?)?)?"
)
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]+)?")
_CLOCK = re.compile(r"([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分]([0-9]{1,2})秒?(?:\.[0-9]{1,9})?|分)?")
_CLOCK_DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})([0-9]{2})")
_FRACTION = re.compile(r"0?\.[0-9]+|0")
_DAY = 86_400
_FIRST_YEAR, _LAST_YEAR = 1980, 2100
_EPOCH, _MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)


class Unreadable(Exception):
    """This cell cannot be used: the kind of trouble, the sentence, the unknown word if there is one."""

    def __init__(self, why: Why, reason: Message, word: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.reason = reason
        self.word = word


# --- text -------------------------------------------------------------------------------------


def bare(cell: Cell) -> str:
    """The cell as text: no padding, no ``="…"`` guard; a number with the digits a spreadsheet shows."""
    if isinstance(cell, str):
        found = cell.strip(" \t\r\n\u3000\xa0\ufeff\u200b")
        if found.startswith(('="', "='")) and found.endswith(found[1]) and len(found) > 2:
            return found[2:-1].strip()
        return found[1:] if found.startswith("'") else found
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, timedelta):
        return str(cell)
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()


def number_text(value: float) -> str:
    """A numeric cell without exponent, to the 15 digits a spreadsheet itself keeps: 0.30000000000000004 is 0.3."""
    if value != value or value in (float("inf"), float("-inf")):
        return "nan"
    return format(Decimal(format(value, ".15g")), "f")


def plain_text(cell: Cell) -> str:
    """Free text as it stands, without padding. Unreadable: characters that cannot be kept, or far too long."""
    found = bare(cell)
    if not found.isprintable():
        if any(unicodedata.category(char) in ("Cc", "Cs") for char in found if char not in "\n\r\t"):
            raise Unreadable(
                Why.TEXT,
                msg(
                    "A cell holds characters that cannot be kept; look at the file's encoding or correct it."
                ),
            )
        found = re.sub(r"[\r\n\t]+", " ", found)
    if len(found) > LONGEST_TEXT:
        raise Unreadable(
            Why.TEXT,
            msg("A cell has {length} characters; at most {most} fit.", length=len(found), most=LONGEST_TEXT),
        )
    return found


def name_text(cell: Cell) -> str:
    """Free text, empty where the file writes that nothing is known."""
    found = plain_text(cell)
    return "" if found in NOT_THERE else found


# --- amounts ----------------------------------------------------------------------------------


def amount(cell: Cell, unit: int = 100) -> int | None:
    """Signed fen of an amount in ``unit`` fen; None where there is none.

    Unreadable: no amount, separators out of place, a fraction of a fen, too large.
    """
    found = fold(bare(cell)).replace(" ", "")
    if found in NOT_THERE or not found.strip("*"):
        return None
    bracketed = len(found) > 2 and found[0] == "(" and found[-1] == ")"
    parts = _MONEY.fullmatch(found[1:-1] if bracketed else found)
    if parts is None:
        raise Unreadable(Why.AMOUNT, msg("{text} is not an amount.", text=bare(cell)))
    front, sign, whole, fraction, yuan, behind = parts.groups()
    fraction = fraction or ""
    if "," in whole:
        if not _THOUSANDS.fullmatch(whole):
            raise Unreadable(
                Why.AMOUNT, msg("The separators in {text} are not at the thousands.", text=bare(cell))
            )
        whole = whole.replace(",", "")
    if yuan and unit != 100:
        raise Unreadable(
            Why.AMOUNT, msg("{text} says yuan, and the head names another unit.", text=bare(cell))
        )
    if len(whole.lstrip("0")) > _MOST_DIGITS or len(fraction) > _MOST_DIGITS:
        raise Unreadable(
            Why.AMOUNT, msg("{text} has too many digits for an amount; is it a number?", text=bare(cell))
        )
    parts_of_a_fen: int = 10 ** len(fraction)
    fen, rest = divmod(int(whole + fraction or "0") * unit, parts_of_a_fen)
    if rest:
        raise Unreadable(Why.AMOUNT, msg("{text} has a fraction of a fen.", text=bare(cell)))
    minuses = (front == "-") + (sign == "-") + (behind == "-") + bracketed
    if minuses > 1:
        raise Unreadable(Why.AMOUNT, msg("{text} is not an amount.", text=bare(cell)))
    return -fen if minuses else fen


# --- accounts ---------------------------------------------------------------------------------


def intact_digits(cell: Cell) -> str:
    """The first digits of a damaged number that a spreadsheet cannot have changed, for finding the account meant (K5).

    The last digit that scientific notation or a number shows may be rounded; of zeros past the 15th, 15 stay.
    """
    if isinstance(cell, (int, float)):
        return number_text(float(cell))[: EXACT_DIGITS - 1]
    found = fold(bare(cell)).replace(" ", "")
    if is_scientific(found):
        return re.sub(r"[^0-9]", "", re.split(r"[Ee]", found)[0])[:-1]
    return re.sub(r"[^0-9]", "", found)[:EXACT_DIGITS]


def _digits_of(cell: Cell) -> str:
    """The text of an account cell; Unreadable where a spreadsheet has certainly destroyed it."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 10**EXACT_DIGITS:
        raise Unreadable(
            Why.DAMAGE,
            msg(
                "The account {text} was stored as a number of more than {digits} digits, so its last digits are lost; "
                "take it as text from the source.",
                text=number_text(float(cell)),
                digits=EXACT_DIGITS,
            ),
            intact_digits(cell),
        )
    found = bare(cell)
    if is_scientific(found):
        raise Unreadable(
            Why.DAMAGE,
            msg(
                "A spreadsheet has cut {number} short and its last digits are lost; take the whole number "
                "from the source.",
                number=found,
            ),
            intact_digits(found),
        )
    return found


def _certain_damage(main: str, bins: CardBins) -> None:
    if zeroed_by_spreadsheet(main, bins) == "certain":
        raise Unreadable(
            Why.DAMAGE,
            msg(
                "The last digits of {number} were turned into zeros by a spreadsheet; take the whole number "
                "from the source.",
                number=main,
            ),
            intact_digits(main),
        )


def own_account(cell: Cell, bins: CardBins | None = None) -> tuple[str, tuple[Message, ...]]:
    """The bank account a row is about, with its warnings; empty where the cell is. Unreadable: damage, no account."""
    found = _digits_of(cell)
    if found in NOT_THERE:
        return "", ()
    table = bins or bundled()
    _certain_damage(re.sub(r"[\s-]", "", fold(found)).partition("_")[0], table)
    try:
        account = clean_account(found, table)
    except BadInput as error:
        raise Unreadable(Why.ACCOUNT, error.message) from None
    return account.value, account.warnings


def free_account(cell: Cell, bins: CardBins | None = None) -> tuple[str, tuple[Message, ...]]:
    """A counterparty or a wallet: digits where they can be an account, else the file's text as it stands.

    Clearing accounts, merchants and wallets have numbers of any shape, so only damage is Unreadable.
    """
    if type(cell) is str and 8 <= len(cell) <= 30 and cell.isdigit() and cell.isascii():
        compact = found = cell
    else:
        found = _digits_of(cell)
        compact = re.sub(r"[\s-]", "", fold(found))
    if found in NOT_THERE or (compact and not compact.strip("0")):
        return "", ()
    if re.fullmatch(r"[0-9]{8,30}(?:_[0-9]{1,10})?", compact):
        main = compact.partition("_")[0]
        table = bins or bundled()
        _certain_damage(main, table)
        return compact, account_warnings(main, table)
    return plain_text(found), ()


# --- times ------------------------------------------------------------------------------------


class Times:
    """Reads times of one file: ``zone`` where the file names none, serial numbers from 1904 where ``mac``."""

    def __init__(self, zone: tzinfo, *, mac: bool = False) -> None:
        self._zone = zone
        self._epoch = _MAC_EPOCH if mac else _EPOCH
        self._days: dict[str, datetime] = {}
        self._clocks: dict[str, timedelta] = {}
        self._begins: dict[date, datetime] = {}

    def read(self, cell: Cell) -> tuple[datetime, Precision]:
        """The UTC moment and how exact the file was. Unreadable: no such day, no time, in another order."""
        if type(cell) is str:
            cell = cell.strip()
            day, minute = (8, 12) if len(cell) == 14 else (10, 16)
            try:
                return (
                    self._days[cell[:day]] + self._clocks[cell[day:minute]] + self._clocks[cell[minute:]],
                    Precision.SECOND,
                )
            except KeyError:
                pass
        return self._slow(cell)

    def join(self, day: Cell, clock: Cell) -> tuple[datetime, Precision]:
        """Date and time from two cells; either may hold both, and an empty time leaves the day."""
        if type(day) is str and type(clock) is str:
            try:
                return self._days[day] + self._clocks[clock], Precision.SECOND
            except KeyError:
                pass
        written = bare(clock)
        if written in NOT_THERE:
            return self._slow(day)
        spent = _clock(clock)
        if spent is None:
            return self._slow(clock)
        after, precision = spent
        if bare(day) in NOT_THERE:
            raise Unreadable(Why.TIME, msg("{text} is a time without a day.", text=written))
        begin, _ = self._slow(day)
        local = begin.astimezone(self._zone)
        at = self._moment(date(local.year, local.month, local.day), after)
        if type(day) is str and type(clock) is str and precision is Precision.SECOND:
            self._keep(day, date(local.year, local.month, local.day), {clock: after})
        return at, precision

    def _slow(self, cell: Cell) -> tuple[datetime, Precision]:
        if isinstance(cell, datetime):
            day, after = cell.date(), timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
            return self._moment(day, after), Precision.SECOND
        if isinstance(cell, date):
            return self._moment(cell, timedelta(0)), Precision.DAY
        written = bare(cell)
        folded = fold(written)
        if folded in NOT_THERE:
            raise Unreadable(Why.TIME, msg("The time is missing."))
        if _SERIAL.fullmatch(folded):
            return self._serial(Decimal(folded))
        found = _WRITTEN.fullmatch(folded) or _COMPACT.fullmatch(folded)
        if found is None:
            return self._zoned(folded, written)
        year, month, number, hour, minute, second = (int(part) if part else 0 for part in found.groups())
        try:
            day = date(year, month, number)
            clock = time(hour, minute, second)
        except ValueError:
            raise Unreadable(Why.TIME, msg("There is no such time as {text}.", text=written)) from None
        after = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
        if not found.group(4):
            return self._moment(day, after), Precision.DAY
        if not found.group(6):
            return self._moment(day, after), Precision.MINUTE
        if isinstance(cell, str) and (len(cell) == 14 or (len(cell) == 19 and cell[10] in " T")):
            cut, split = (8, 12) if len(cell) == 14 else (10, 16)
            seconds = timedelta(seconds=clock.second)
            self._keep(cell[:cut], day, {cell[cut:split]: after - seconds, cell[split:]: seconds})
        return self._moment(day, after), Precision.SECOND

    def _serial(self, days: Decimal) -> tuple[datetime, Precision]:
        seconds = int((days * _DAY).to_integral_value())
        whole, rest = divmod(seconds, _DAY)
        precision = Precision.DAY if days == days.to_integral_value() else Precision.SECOND
        return self._moment(self._epoch + timedelta(days=whole), timedelta(seconds=rest)), precision

    def _zoned(self, folded: str, written: str) -> tuple[datetime, Precision]:
        try:
            at = datetime.fromisoformat(folded)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise Unreadable(Why.TIME, msg("{text} is not a time that can be read.", text=written))
        local = at.astimezone(self._zone)
        self._possible(local.date())
        return at.astimezone(UTC).replace(microsecond=0), Precision.SECOND

    def _moment(self, day: date, after: timedelta) -> datetime:
        self._possible(day)
        begin = self._begins.get(day)
        if begin is None:
            local = datetime(day.year, day.month, day.day, tzinfo=self._zone)
            if (local + timedelta(days=1)).utcoffset() != local.utcoffset():
                return (local + after).astimezone(UTC)  # the clocks change on this day
            if len(self._begins) > 20_000:
                self._begins.clear()
            begin = self._begins[day] = local.astimezone(UTC)
        return begin + after

    @staticmethod
    def _possible(day: date) -> None:
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise Unreadable(Why.TIME, msg("The year {year} cannot be right.", year=day.year))

    def _keep(self, day: str, when: date, clocks: Mapping[str, timedelta]) -> None:
        """Remembers the parts, where the day has no change of offset, so that the next row costs an addition."""
        begin = self._begins.get(when)
        if begin is not None:
            if len(self._days) > 20_000:
                self._days.clear()
            if len(self._clocks) > 100_000:
                self._clocks.clear()
            self._days[day] = begin
            self._clocks.update(clocks)


def _clock(cell: Cell) -> tuple[timedelta, Precision] | None:
    """A time of day; None where the cell holds more than that, or something else."""
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second), Precision.SECOND
    if isinstance(cell, (datetime, date)):
        return None
    folded = fold(bare(cell))
    if _FRACTION.fullmatch(folded):
        seconds = int((Decimal(folded) * _DAY).to_integral_value())
        return timedelta(seconds=min(seconds, _DAY - 1)), Precision.SECOND
    if isinstance(cell, (int, float)) and folded.isdigit() and len(folded) < 5:
        folded = folded.zfill(6)  # a number has lost its leading zeros: 607 is 00:06:07
    found = _CLOCK.fullmatch(folded) or _CLOCK_DIGITS.fullmatch(folded)
    if found is None:
        return None
    hour, minute, second = (int(part) if part else 0 for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(Why.TIME, msg("There is no such time as {text}.", text=bare(cell)))
    precision = Precision.SECOND if found.group(3) else Precision.MINUTE
    return timedelta(hours=hour, minutes=minute, seconds=second), precision


# --- words ------------------------------------------------------------------------------------


def currency(cell: Cell) -> str:
    """``CNY``; every amount in this program is fen, so other money is Unreadable until a person converts it."""
    found = fold(bare(cell)).upper()
    if found in YUAN:
        return "CNY"
    raise Unreadable(
        Why.CURRENCY,
        msg("The amount is in {currency}, not in yuan; convert it by hand.", currency=bare(cell)),
    )
