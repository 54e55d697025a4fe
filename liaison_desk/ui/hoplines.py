"""Next hops as they are typed or pasted: each line keeps its words, also those nobody can read, with the reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_account, clean_name, is_scientific
from liaison_desk.core.lifecycle import HOP_WORDS, HopKind
from liaison_desk.core.money import above_zero, parse_yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import HopInput
from liaison_desk.ui.editors import read_moment

BY_PREFIX, UNKNOWN = "*", "?"
"""Choices of an institution beside its code: what the number's prefix suggests, and "to the routing list"."""

_HEADS = (
    ("number", re.compile(r"卡号|账号|帐号|账户$|账卡号|account|card", re.IGNORECASE)),
    ("holder", re.compile(r"户名|姓名|名称|holder|name", re.IGNORECASE)),
    ("amount", re.compile(r"金额|发生额|amount|yuan", re.IGNORECASE)),
    ("time", re.compile(r"时间|日期|time|date", re.IGNORECASE)),
    ("bank", re.compile(r"开户|银行|行名|机构|单位|bank|institution", re.IGNORECASE)),
    ("kind", re.compile(r"方式|类型|kind", re.IGNORECASE)),
    ("remark", re.compile(r"备注|摘要|附言|流水|remark", re.IGNORECASE)),
)
_OTHER_SIDE = re.compile(r"对手|对方|收款|转入|to ", re.IGNORECASE)
_KIND_WORDS = {
    HopKind.CASH: ("取现", "现金", "ATM", "cash"),
    HopKind.PURCHASE: ("消费", "购物", "POS", "purchase"),
    HopKind.TOP_UP: ("充值", "top-up"),
    HopKind.CRYPTO: ("虚拟币", "USDT", "crypto"),
    HopKind.FX: ("外汇", "结汇", "购汇", "foreign exchange"),
    HopKind.TRANSFER: ("转账", "汇款", "transfer"),
}


@dataclass(frozen=True)
class HopLine:
    """One line as typed. ``bank`` is a code, BY_PREFIX or UNKNOWN."""

    number: str = ""
    holder: str = ""
    bank: str = BY_PREFIX
    amount: str = ""
    time: str = ""
    kind: HopKind = HopKind.TRANSFER
    remark: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing has been typed here yet."""
        return not any((self.number, self.holder, self.amount, self.time, self.remark))


def institution_of(bank: str) -> str | None:
    """The choice as the door wants it: None for "by prefix", empty for "not known"."""
    return None if bank == BY_PREFIX else "" if bank == UNKNOWN else bank


def hop(line: HopLine, now: datetime, zone: ZoneInfo) -> HopInput:
    """The line as the door wants it. Raises BadInput whose field is that of the line."""
    target = None
    if line.number.strip():
        if line.kind is not HopKind.TRANSFER:
            raise BadInput(
                msg(
                    "{kind} goes to no account; clear the number or choose a transfer.",
                    kind=HOP_WORDS[line.kind],
                ),
                field="kind",
            )
        target = Target(
            number=clean_account(line.number, field="number").value,
            holder=clean_name(line.holder, field="holder") if line.holder.strip() else "",
            institution=institution_of(line.bank),
        )
    elif line.kind is HopKind.TRANSFER:
        raise BadInput(msg("A transfer needs the account it went to."), field="number")
    if not line.amount.strip():
        raise BadInput(msg("No amount is given."), field="amount")
    fen = above_zero(parse_yuan(line.amount))
    if not line.time.strip():
        raise BadInput(msg("No time is given."), field="time")
    happened = read_moment(line.time, now, zone)
    if happened > now:
        raise BadInput(msg("This time lies in the future."), field="time")
    remark = line.remark.strip()
    if target is None and line.holder.strip():
        # Cash has no account, but a name that was typed is not dropped.
        remark = f"{line.holder.strip()} {remark}".strip()
    return HopInput(fen=fen, happened_at=happened, kind=line.kind, target=target, remark=remark)


def problem(line: HopLine, now: datetime, zone: ZoneInfo) -> tuple[str, Message] | None:
    """The column and the reason why the line cannot be taken as it is; None when it can."""
    if line.blank:
        return None
    try:
        hop(line, now, zone)
    except BadInput as error:
        return error.field or "", error.message
    return None


def read_block(text: str, now: datetime, zone: ZoneInfo, banks: Mapping[str, str]) -> list[HopLine]:
    """Cells pasted from a spreadsheet, with or without headings; ``banks``: names in any form → codes.

    Every line that is not empty becomes a HopLine; a cell that fits nowhere goes into its remark.
    """
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    made: list[HopLine] = []
    heads: list[str] | None = None
    for line in lines:
        cells = [
            cell.strip().strip('"').strip() for cell in (line.split("\t") if "\t" in line else _loose(line))
        ]
        found = _heads(cells)
        if found is not None:
            heads = found
            continue
        by_heads = heads is not None and len(heads) >= len(cells)
        made.append(_under(heads or [], cells, banks) if by_heads else _guessed(cells, now, zone, banks))
    return made


def _loose(line: str) -> list[str]:
    """Cells of a line without tabs: between commas, bars or two spaces, but never inside 1,234.56."""
    return re.split(r"\s*[|;；，、]\s*|,(?!\d{3}(?:\D|$))\s*|\s{2,}", line.strip())


def _heads(cells: list[str]) -> list[str] | None:
    if any(re.search(r"[0-9]", cell) for cell in cells):
        return None
    kinds = [next((kind for kind, words in _HEADS if words.search(cell)), "") for cell in cells]
    if sum(map(bool, kinds)) < 2:
        return None
    for kind in {kind for kind in kinds if kind}:
        places = [at for at, found in enumerate(kinds) if found == kind]
        # A bank's sheet names both sides: the next hop is the other one.
        other = [at for at in places if _OTHER_SIDE.search(cells[at])] or places
        for at in places:
            if at != other[0]:
                kinds[at] = "remark" if kind == "remark" else ""
    return kinds


def _under(heads: list[str], cells: list[str], banks: Mapping[str, str]) -> HopLine:
    values: dict[str, str] = {}
    for head, cell in zip(heads, cells, strict=False):
        if head and cell:
            values[head] = f"{values[head]} {cell}".strip() if head in values else cell
    bank = _bank(values.get("bank", ""), banks)
    remark = values.get("remark", "")
    if values.get("bank") and bank is None:
        remark = f"{values['bank']} {remark}".strip()
    kind = _kind(values.get("kind", "")) or _kind(remark)
    number = _unguarded(values.get("number", ""))
    return HopLine(
        number=number,
        holder=values.get("holder", ""),
        bank=bank or BY_PREFIX,
        amount=values.get("amount", "").lstrip("-"),
        time=values.get("time", ""),
        kind=kind if kind is not None and not number else HopKind.TRANSFER,
        remark=remark,
    )


def _guessed(cells: list[str], now: datetime, zone: ZoneInfo, banks: Mapping[str, str]) -> HopLine:
    line, rest = HopLine(), []
    for cell in cells:
        if not cell:
            continue
        bare = _unguarded(cell)
        kind = _kind(cell)
        if not line.time and _is_time(bare, now, zone):
            line = replace(line, time=bare)
        elif not line.number and (is_scientific(bare) or re.fullmatch(r"[0-9][0-9 _-]{10,}", bare)):
            line = replace(line, number=bare)
        elif not line.amount and _is_amount(cell):
            line = replace(line, amount=cell.lstrip("-"))
        elif line.bank == BY_PREFIX and (code := _bank(cell, banks)) is not None:
            line = replace(line, bank=code)
        elif kind is not None:
            line = replace(line, kind=kind)
        elif not line.holder and not re.search(r"[0-9]", cell):
            line = replace(line, holder=cell)
        else:
            rest.append(cell)
    if line.number:
        line = replace(line, kind=HopKind.TRANSFER)
    return replace(line, remark=" ".join(rest))


def _unguarded(cell: str) -> str:
    """``="6222…"`` as spreadsheets guard long numbers, and full-width figures, as plain ones."""
    folded = unicodedata.normalize("NFKC", cell).strip()
    found = re.fullmatch(r'=?"?([^"]*)"?', folded)
    return found.group(1) if found else folded


def _is_time(cell: str, now: datetime, zone: ZoneInfo) -> bool:
    if re.fullmatch(r"[0-9]+", cell) and not re.fullmatch(r"20[0-9]{12}|20[0-9]{10}", cell):
        return False
    try:
        read_moment(cell, now, zone)
    except BadInput:
        return False
    return True


def _is_amount(cell: str) -> bool:
    try:
        parse_yuan(cell.lstrip("-"))
    except BadInput:
        return False
    return True


def _kind(cell: str) -> HopKind | None:
    return next(
        (kind for kind, words in _KIND_WORDS.items() if any(word.lower() in cell.lower() for word in words)),
        None,
    )


def _bank(cell: str, banks: Mapping[str, str]) -> str | None:
    folded = unicodedata.normalize("NFKC", cell).strip().lower()
    if not folded:
        return None
    return next((code for name, code in banks.items() if name.lower() in folded), None)


def with_cell(line: HopLine, field: str, text: str, banks: Mapping[str, str]) -> HopLine:
    """The line with this text in one of its cells; what names no bank and no way goes into the remark."""
    text = text.strip().strip('"').strip()
    if field in ("bank", "kind"):
        found = _bank(text, banks) if field == "bank" else _kind(text)
        if found is None and text:
            return replace(line, remark=f"{line.remark} {text}".strip())
        if field == "bank":
            return replace(line, bank=str(found) if found is not None else BY_PREFIX)
        return replace(line, kind=HopKind(found) if found is not None else HopKind.TRANSFER)
    if field == "number":
        text = "".join(_unguarded(text).split())
    values: dict[str, Any] = {field: text.lstrip("-") if field == "amount" else text}
    return replace(line, **values)


def total(lines: Iterable[HopLine], now: datetime, zone: ZoneInfo) -> int:
    """The fen of all lines that can be taken."""
    return sum(
        hop(line, now, zone).fen for line in lines if not line.blank and problem(line, now, zone) is None
    )
