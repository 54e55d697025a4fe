"""Long numbers in running text: cards, accounts, phones and IDs, also with spaces or broken over lines.

A run of digit groups is cut into the numbers that explain it best: a card with a known prefix and a
right check digit explains more than an account that only its label names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liaison_desk.core.bins import CardBins
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import (
    account_warnings,
    check_resident_id,
    institution_of_account,
    luhn_ok,
    zeroed_by_spreadsheet,
)
from liaison_desk.core.numerals import CHINESE, DIGITS
from liaison_desk.core.paste_canvas import Canvas, FindKind
from liaison_desk.core.phones import phone_of
from liaison_desk.core.words import Message

_RUN = re.compile(
    r"(?<![0-9A-Za-z._])\+?[0-9]+(?:(?:[ -]{1,3}|[ ]?\n[ ]?)[0-9]+){0,40}(?:[Xx]|_[0-9]{1,6})?(?![0-9A-Za-z_])"
)
_AREA_PHONE = re.compile(r"\(0[0-9]{2,3}\)[ -]?[0-9]{7,8}(?![0-9])")
_GROUP = re.compile(r"[0-9]+")
_ACCOUNT_LABEL = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|户头|银行卡|卡|(?:转|汇|打|存)(?:到|入|进|至)|收款|付款)(?:了|为|是|号|码|上)*[:\s]*$"
)
_PHONE_LABEL = re.compile(
    r"(?:电话|手机|手机号|联系方式|来电|号码|致电|拨打|主叫|被叫|座机)(?:号码?|显示|为|是)*[:\s]*$"
)
_ID_LABEL = re.compile(r"(?:身份证|证件)(?:号码?|为|是)*[:\s]*$")
_LONGEST_JOIN = 8
_SPOKEN_DIGITS = {char: str(digit) for char, digit in DIGITS.items() if char in "零〇○一二三四五六七八九幺"}
_SPOKEN_ONE = f"[{''.join(_SPOKEN_DIGITS)}]"
_DICTATED = re.compile(rf"{_SPOKEN_ONE}(?:[ -]?{_SPOKEN_ONE}){{10,20}}(?![{CHINESE}])")


@dataclass(frozen=True)
class _Reading:
    """How a stretch of groups can be read, and how much each digit of it counts for the reading."""

    worth: int
    kind: FindKind | None
    value: str = ""
    institution: str | None = None
    warnings: tuple[Message, ...] = ()


_NOTHING = _Reading(1, None)


def read_numbers(canvas: Canvas, bins: CardBins) -> None:
    """Takes cards, accounts, phones and ID numbers; certain damage is marked as not understood."""
    for found in canvas.scan(_AREA_PHONE):
        phone = phone_of(found.group())
        if phone:
            canvas.take("phone", found.start(), found.end(), phone.number, phone.carrier)
    for found in canvas.scan(_RUN):
        _cut(canvas, found.start(), found.end(), bins)


def read_dictated(canvas: Canvas, bins: CardBins) -> None:
    """Takes numbers spoken digit by digit (六二二八四八零三…): cards, phones, IDs; another one is not understood."""
    for found in canvas.scan(_DICTATED):
        value = "".join(_SPOKEN_DIGITS[char] for char in found.group() if char in _SPOKEN_DIGITS)
        reading = _dictated(value, canvas.before(found.start()), bins)
        if reading is None or reading.kind is None:
            canvas.mark_odd(found.start(), found.end())
        else:
            canvas.take(
                reading.kind, found.start(), found.end(), reading.value, reading.institution, reading.warnings
            )


def _dictated(value: str, before: str, bins: CardBins) -> _Reading | None:
    identity = _identity(value, before)
    if identity is not None:
        return identity
    phone = _phone(value, value, [len(value)], before)
    return phone if phone is not None else _single(value, "", before, bins)


def _cut(canvas: Canvas, start: int, end: int, bins: CardBins) -> None:
    """The best cut of one run into numbers, by the sum of worth × digits."""
    groups = [
        (start + group.start(), start + group.end()) for group in _GROUP.finditer(canvas.open[start:end])
    ]
    if groups and canvas.open[groups[-1][0] - 1 : groups[-1][0]] == "_":
        sub_end = groups.pop()[1]
        groups[-1] = (groups[-1][0], sub_end)
    elif end > groups[-1][1]:
        groups[-1] = (groups[-1][0], end)  # the X of an ID
    if canvas.open[start] == "+":
        groups[0] = (start, groups[0][1])
    best: list[tuple[int, int, _Reading]] = [(0, 0, _NOTHING)]
    for upto in range(1, len(groups) + 1):
        options: list[tuple[int, int, _Reading]] = []
        for since in range(max(0, upto - _LONGEST_JOIN), upto):
            reading = _read(canvas, groups[since:upto], bins)
            if reading is None:
                continue
            size = sum(stop - begin for begin, stop in groups[since:upto])
            options.append((best[since][0] + reading.worth * size, since, reading))
        best.append(max(options, key=lambda option: option[0]))
    upto = len(groups)
    while upto:
        _, since, reading = best[upto]
        first, last = groups[since][0], groups[upto - 1][1]
        if reading.kind is not None:
            canvas.take(reading.kind, first, last, reading.value, reading.institution, reading.warnings)
        elif reading.worth > 1:
            canvas.mark_odd(first, last)
        upto = since


def _read(canvas: Canvas, groups: list[tuple[int, int]], bins: CardBins) -> _Reading | None:
    """The best reading of these groups as one number; None if they cannot be one."""
    start, end = groups[0][0], groups[-1][1]
    written = canvas.open[start:end]
    sizes = [stop - begin for begin, stop in groups]
    value, _, sub = re.sub(r"[\s-]", "", written).partition("_")
    if len(groups) > 1 and not 10 <= len(value) <= 30:
        return None
    lines = "\n" in written
    before = canvas.before(start)
    identity = _identity(value, before) if not sub else None
    if identity is not None:
        return identity
    if not value.lstrip("+").isdigit():
        return _NOTHING if len(groups) == 1 else None
    if bins.bank_of(value) is not None and luhn_ok(value):
        return _account(100, value, sub, bins)
    if lines:
        return None
    phone = _phone(written, value, sizes, before)
    if phone is not None and not sub:
        return phone
    if len(groups) == 1:
        return _single(value, sub, before, bins)
    if bins.bank_of(value) is not None and all(size == 4 for size in sizes[:-1]):
        return _account(55, value, sub, bins)
    alike = len(set(sizes[:-1])) == 1 and 3 <= sizes[0] <= 6 and sizes[-1] <= 13
    if _ACCOUNT_LABEL.search(before) and alike and 12 <= len(value) <= 30:
        return _account(40, value, sub, bins)
    return None


def _identity(value: str, before: str) -> _Reading | None:
    labelled = _ID_LABEL.search(before) is not None
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]|[0-9]{15}", value):
        return None
    if len(value) == 15 and not labelled:
        return None
    try:
        checked, warnings = check_resident_id(value)
    except BadInput:
        return _Reading(99, None) if labelled or value[-1] in "Xx" else None
    return _Reading(100, "id_number", checked, None, warnings)


def _phone(written: str, value: str, sizes: list[int], before: str) -> _Reading | None:
    labelled = _PHONE_LABEL.search(before) is not None
    phone = phone_of(written)
    if phone is None or (_ACCOUNT_LABEL.search(before) and phone.kind in ("fixed", "iot") and not labelled):
        return None
    together = "".join(map(str, sizes))
    if phone.kind == "mobile":
        usual = (
            len(sizes) == 1
            or together in ("344", "38", "74", "335")
            or value.startswith(("86", "+86", "0086"))
        )
        worth = 95 if len(sizes) == 1 else 90 if usual else 0
    elif phone.kind == "overseas":
        worth = 95 if value.startswith("+") or labelled else 0
    elif phone.kind == "iot":
        worth = 80 if len(sizes) == 1 else 0
    elif phone.kind == "fixed":
        dashed = len(sizes) == 2 and sizes[0] in (3, 4) and sizes[1] >= 7
        worth = 85 if dashed or labelled else 70 if len(sizes) == 1 else 0
    elif len(value) == 10:
        worth = 85 if together in ("10", "334", "343", "433") else 0
    else:
        known = re.fullmatch(r"95[0-9]{3}|96110|12381|10086|10010|10099", value)
        worth = 60 if len(sizes) == 1 and (known or labelled) else 0
    return _Reading(worth, "phone", phone.number, phone.carrier) if worth else None


def _single(value: str, sub: str, before: str, bins: CardBins) -> _Reading:
    """One group by itself that is neither a right card nor a phone nor an ID."""
    if value.startswith("+"):
        return _NOTHING
    labelled = _ACCOUNT_LABEL.search(before) is not None
    if zeroed_by_spreadsheet(value, bins) == "certain":
        return _Reading(60, None)
    if bins.bank_of(value) is not None:
        return _account(60, value, sub, bins)
    if re.fullmatch(r"62[0-9]{14,17}", value) and luhn_ok(value):
        return _account(58, value, sub, bins)
    if labelled and 8 <= len(value) <= 30:
        return _account(55 if len(value) >= 12 else 30, value, sub, bins)
    return _NOTHING


def _account(worth: int, value: str, sub: str, bins: CardBins) -> _Reading:
    return _Reading(
        worth,
        "account",
        f"{value}_{sub}" if sub else value,
        institution_of_account(value, bins),
        account_warnings(value, bins),
    )
