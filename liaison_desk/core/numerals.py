"""Chinese and mixed numerals as people write and dictate them: 一万二, 3万5, 两千零五十, 贰拾叁.

Everything is exact (``Fraction``); what is no numeral gives None, never a guess.
"""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "〇": 0,
    "○": 0,
    "两": 2,
    "俩": 2,
    "貳": 2,
    "陸": 6,
    "幺": 1,
}
UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "k": 1000,
    "K": 1000,
    "万": 10**4,
    "萬": 10**4,
    "w": 10**4,
    "W": 10**4,
    "亿": 10**8,
    "億": 10**8,
}
CHINESE = "".join(dict.fromkeys("".join(DIGITS) + "".join(unit for unit in UNITS if not unit.isascii())))
"""Every character that can stand in a Chinese numeral, for use inside a character class."""

_ARABIC = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


def numeral(text: str) -> Fraction | None:
    """The exact value of a numeral in ASCII digits, Chinese digits or both; None if it is none.

    A single digit after 百, 千, 万 or 亿 counts in the next lower place, as people speak:
    一万二 = 12,000, 3万5 = 35,000, 两百五 = 250; after 零 it counts as one: 一万零二 = 10,002.
    """
    tokens = _tokens(text)
    if not tokens:
        return None
    done, section = Fraction(0), Fraction(0)
    pending: Fraction | None = None
    spelled = False  # the pending number is several Chinese digits in a row, like a year
    short = False  # the pending number is one digit and may stand for the next lower place
    last, zero, small, big = 1, False, 10**9, 10**17
    for kind, value, single in tokens:
        if kind != "unit":
            if pending is not None:
                return None
            if value == 0 and single:
                zero = True
                if len(tokens) > 1:
                    continue
            pending, short, spelled = value, single and not zero, kind == "spelled"
            continue
        if pending is not None and spelled:
            return None  # 一二三百
        unit = int(value)
        if unit < 10**4:
            if unit >= small:
                return None
            if pending is None:
                if unit != 10:
                    return None
                pending = Fraction(1)
            section += pending * unit
            small = unit
        else:
            if pending is None and section == 0 and done == 0:
                return None
            section += pending or 0
            if unit > big:
                done, section = (done + section) * unit, Fraction(0)
            elif unit == big:
                return None
            else:
                done, section = done + section * unit, Fraction(0)
            big, small = unit, 10**9
        pending, last, zero = None, unit, False
    if pending is not None:
        if pending.denominator != 1 and last != 1:
            return None  # 3万5.5 says nothing certain
        section += pending * last / 10 if short and last >= 100 else pending
    return done + section


def whole(text: str) -> int | None:
    """The numeral as a whole number, or None."""
    value = numeral(text)
    return int(value) if value is not None and value.denominator == 1 else None


def _tokens(text: str) -> list[tuple[str, Fraction, bool]]:
    """(number, spelled or unit; value; written as one digit); empty when a character fits nowhere."""
    tokens: list[tuple[str, Fraction, bool]] = []
    at = 0
    while at < len(text):
        arabic = _ARABIC.match(text, at)
        if arabic:
            written = arabic.group().replace(",", "")
            tokens.append(("number", Fraction(written), len(written) == 1))
            at = arabic.end()
        elif text[at] in DIGITS:
            end = at
            while end < len(text) and text[end] in DIGITS:
                end += 1
            run = [DIGITS[char] for char in text[at:end]]
            if len(run) > 1 and run[0] == 0 and tokens:
                tokens.append(("number", Fraction(0), True))  # 一千零五: the 零 only holds the place
                run = run[1:]
            tokens.append(
                (
                    "number" if len(run) == 1 else "spelled",
                    Fraction(int("".join(map(str, run)))),
                    len(run) == 1,
                )
            )
            at = end
        elif text[at] in UNITS:
            tokens.append(("unit", Fraction(UNITS[text[at]]), False))
            at += 1
        else:
            return []
    return tokens
