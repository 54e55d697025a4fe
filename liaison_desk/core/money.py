"""Yuan as people write it, fen as the program keeps it: reading, showing, capitals, exact shares.

Every amount in code is an integer number of fen; no float is ever made on the way (money.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.numerals import CHINESE, numeral
from liaison_desk.core.words import Message, msg

LARGEST_YUAN_DIGITS = 12
"""More digits before the point than any account ever held: a mistyped field, not an amount."""

_MARKS = re.compile(
    r"^(?:人民币|RMB|CNY)?\s*¥?\s*(.*?)\s*(?:元|圆|块钱|块)?\s*(?:整|正)?$", re.IGNORECASE | re.DOTALL
)
_SPOKEN = re.compile(
    rf"(?P<yuan>[0-9.,{CHINESE}wWkK]+?)(?:(?P<unit>元|圆|块)(?:钱|人民币)?"
    rf"(?:(?P<jiao>[0-9{CHINESE}])(?P<named>角|毛)?)?(?:零?(?P<fen>[0-9{CHINESE}])分)?(?:钱)?)?(?:整|正)?"
)
_CENTS = re.compile(rf"(?:(?P<jiao>[0-9{CHINESE}])[角毛])?(?:零?(?P<fen>[0-9{CHINESE}])分)?(?:钱|整|正)?")


def _bad(message: Message) -> BadInput:
    return BadInput(message, field="amount")


def parse_yuan(text: str) -> int:
    """Fen of an amount typed in yuan, e.g. ``1,234.5``, ``￥１２３４元``.

    Zero is read as 0: whether it is allowed is the caller's rule (``above_zero``). Raises BadInput naming
    the reason: empty, negative, more than two decimals, letters, separators out of place, too large.
    """
    folded = fold(text).strip()
    found = _MARKS.match(folded)
    bare = found.group(1) if found else folded
    if not bare:
        raise _bad(msg("No amount is given; type it in yuan, for example 12,345.67."))
    if bare[0] == "-" or folded[0] in "-(":
        raise _bad(msg("{amount} is negative; type the amount without a sign.", amount=text.strip()))
    bare = bare.removeprefix("+").strip()
    if re.search(r"[^0-9.,\s]", bare):
        raise _bad(
            msg("{amount} is not an amount in yuan; use digits, for example 12,345.67.", amount=text.strip())
        )
    if "," in bare:
        if not re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", bare):
            raise _bad(
                msg(
                    "The separators in {amount} are not at the thousands; type it again.", amount=text.strip()
                )
            )
        bare = bare.replace(",", "")
    number = re.fullmatch(r"([0-9]*)(?:\.([0-9]*))?", bare)
    if number is None or not (number.group(1) or number.group(2)):
        raise _bad(
            msg("{amount} is not an amount in yuan; use digits, for example 12,345.67.", amount=text.strip())
        )
    whole, cents = number.group(1).lstrip("0"), number.group(2) or ""
    if len(cents) > 2:
        raise _bad(
            msg("{amount} has more than two decimals; a fen is the smallest part.", amount=text.strip())
        )
    if len(whole) > LARGEST_YUAN_DIGITS:
        raise _bad(
            msg("{amount} is too large for an amount; check whether it is a number.", amount=text.strip())
        )
    return int(whole or "0") * 100 + int(cents.ljust(2, "0"))


def above_zero(fen: int) -> int:
    """The same amount; raises BadInput for 0, where an amount must be something."""
    if fen <= 0:
        raise _bad(msg("The amount is 0; type how much it is."))
    return fen


def parse_spoken_amount(text: str) -> int:
    """Fen of an amount as spoken or chatted: 3万5, 一万二, 两千块, 2.5万元, 5w, 35块5, 壹仟元伍角.

    Raises BadInput when it is not exactly one amount (几万, 3万多).
    """
    folded = fold(text).strip()
    folded = re.sub(r"^(?:人民币|RMB|¥)\s*", "", folded, flags=re.IGNORECASE)
    compact = re.sub(r"\s+", "", folded)
    fen = _spoken(compact)
    if fen is None:
        raise _bad(
            msg(
                "{amount} does not say one exact amount; type it in yuan, for example 35,000.",
                amount=text.strip(),
            )
        )
    return fen


def _spoken(text: str) -> int | None:
    found = _SPOKEN.fullmatch(text)
    cents = 0
    if found:
        yuan = numeral(found["yuan"])
        small = (found["jiao"], found["fen"])
    else:
        found = _CENTS.fullmatch(text)
        if not found or not text:
            return None
        yuan, small = numeral("0"), (found["jiao"], found["fen"])
    if yuan is None:
        return None
    for part, worth in zip(small, (10, 1), strict=True):
        if part:
            digit = numeral(part)
            if digit is None or digit >= 10:
                return None
            cents += int(digit) * worth
    exact = yuan * 100
    if exact.denominator != 1 or exact >= 10 ** (LARGEST_YUAN_DIGITS + 2):
        return None
    return int(exact) + cents


def yuan(fen: int) -> str:
    """``1234567`` → ``12,345.67``."""
    sign, size = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"


def wan(fen: int) -> str:
    """万元 with one decimal for headlines, rounded once, half up (away from 0): 800,449,999 fen → ``800.4``."""
    sign, size = ("-", -fen) if fen < 0 else ("", fen)
    tenths = (size + 50_000) // 100_000
    return f"{sign if tenths else ''}{tenths // 10:,}.{tenths % 10}"


_CAPITAL = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "万")


def capitals(fen: int) -> str:
    """The amount in capitals (大写) as bank papers write it: ``140950`` → 人民币壹仟肆佰零玖元伍角.

    人民币 stands directly before; 整 follows 元, and nothing follows 角 or 分 (domain.md, formats).
    Raises BadInput for a negative amount, which has no capitals, and beyond 10^16 yuan.
    """
    if fen < 0:
        raise _bad(msg("A negative amount cannot be written in capitals."))
    whole, rest = divmod(fen, 100)
    if whole >= 10**16:
        raise _bad(
            msg("{amount} is too large for an amount; check whether it is a number.", amount=yuan(fen))
        )
    jiao, cent = divmod(rest, 10)
    written = "人民币"
    if whole or not rest:
        written += (_whole_capitals(whole) or "零") + "元"
        if not rest:
            return written + "整"
    if jiao:
        written += _CAPITAL[jiao] + "角"
    elif whole:
        written += "零"
    if cent:
        written += _CAPITAL[cent] + "分"
    return written


def _whole_capitals(whole: int) -> str:
    sections: list[int] = []
    while whole:
        whole, section = divmod(whole, 10_000)
        sections.append(section)
    written = ""
    gap = False
    for index in range(len(sections) - 1, -1, -1):
        section = sections[index]
        if not section:
            gap = bool(written)
            # 10^12: the 亿 of 万亿 is still owed when the section of 亿 itself is empty.
            if index == 2 and len(sections) > 3:
                written += "亿"
            continue
        if written and (gap or section < 1000):
            written += "零"
        gap = False
        written += _section_capitals(section) + _SECTIONS[index]
    return written


def _section_capitals(section: int) -> str:
    written, zero = "", False
    for place in (3, 2, 1, 0):
        digit = section // 10**place % 10
        if digit:
            written += ("零" if zero else "") + _CAPITAL[digit] + _PLACES[place]
            zero = False
        else:
            zero = bool(written)
    return written


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` fen split in proportion to ``weights``; the shares add up to it exactly.

    Each share is floored, then the missing fen go one each to the largest fractional parts, ties to
    the earlier (money.md §4, §5). All weights 0 can only share 0. Raises ValueError for negative input.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("largest_remainder shares out nothing negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nobody to share with")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    missing = total - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[:missing]:
        shares[i] += 1
    return shares
