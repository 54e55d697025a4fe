"""Cells pasted from a spreadsheet: where a line of headings stands above, the heading says what a cell is."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from liaison_desk.core.bins import CardBins
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import check_resident_id, clean_account, institution_of_account, luhn_ok
from liaison_desk.core.money import parse_spoken_amount
from liaison_desk.core.paste_canvas import Canvas
from liaison_desk.core.paste_names import name_at, surely_name, without_gaps
from liaison_desk.core.paste_times import read_times
from liaison_desk.core.phones import phone_of

_HEADS = (
    ("odd", r"订单|流水|单号|编号|序号|凭证|传票|日志|终端|商户号|柜员|代码|IP|MAC|验证码"),
    ("id_number", r"身份证|证件号"),
    ("phone", r"电话|手机|联系方式"),
    ("time", r"时间|日期"),
    ("name", r"户名|姓名|开户名称|账户名|收款人$|付款人$|受害人$|名称$"),
    ("bank", r"开户行|银行$|行名"),
    ("account", r"卡号|账号|帐号|账户|帐户|账卡号"),
    ("amount", r"金额|余额|发生额|支出|收入|损失"),
)


def read_cells(canvas: Canvas, now: datetime, zone: ZoneInfo, bins: CardBins) -> None:
    """Takes the cells under known headings (tab, comma or bar between them); others stay for the readers."""
    at = 0
    heads: list[str] = []
    mark = ""
    for line in canvas.folded.split("\n"):
        found = _heads(line)
        if found:
            mark, heads = found
            if any(head for head in heads):
                _take_headings(canvas, at, line)
        elif heads and line.count(mark) >= len(heads) - 1 and line.strip():
            begin = at
            cells = line.split(mark) if line.count(mark) == len(heads) - 1 else _quoted(line, mark)
            for i, cell in enumerate(cells):
                if i < len(heads) and heads[i]:
                    _cell(canvas, heads[i], begin, cell, (now, zone), bins)
                begin += len(cell) + len(mark)
        elif line.strip():
            heads = []
            if "\t" in line:
                _bare_cells(canvas, at, line, bins)
        at += len(line) + 1


def _heads(line: str) -> tuple[str, list[str]] | None:
    """The separator and the kind of each heading, when the line is one of headings only."""
    for mark in ("\t", ",", "|"):
        cells = line.split(mark)
        if len(cells) < 2 or re.search(r"[0-9]", line) or any(len(cell) > 14 for cell in cells):
            continue
        kinds = [
            next((kind for kind, words in _HEADS if re.search(words, cell.strip())), "") for cell in cells
        ]
        if sum(map(bool, kinds)) * 2 > len(cells):
            scaled = [
                f"amount:{'10000' if '万' in cell else '0.01' if re.search(r'[(]分[)]', cell) else '1'}"
                if kind == "amount"
                else kind
                for kind, cell in zip(kinds, cells, strict=True)
            ]
            return mark, scaled
    return None


def _take_headings(canvas: Canvas, at: int, line: str) -> None:
    """Headings are no labels for the next line's text: they are blanked without a find."""
    canvas.open = canvas.open[:at] + re.sub(r"[^\n]", "\x00", line) + canvas.open[at + len(line) :]


def _quoted(line: str, mark: str) -> list[str]:
    """Cells of a line in which quotes hold separators (``"3,500.50"``), quotes kept in place."""
    return re.findall(
        rf'(?:"[^"]*"|[^{re.escape(mark)}"])+|(?<={re.escape(mark)})(?={re.escape(mark)})', line
    )


def _cell(
    canvas: Canvas, head: str, begin: int, cell: str, clock: tuple[datetime, ZoneInfo], bins: CardBins
) -> None:
    bare = cell.strip(" \"'=")
    if not bare:
        return
    start = begin + cell.index(bare)
    end = start + len(bare)
    kind, _, unit = head.partition(":")
    try:
        if kind == "account":
            account = clean_account(bare, bins)
            bank = institution_of_account(account.main, bins)
            canvas.take("account", start, end, account.value, bank, account.warnings)
        elif kind == "amount":
            fen = parse_spoken_amount(bare.lstrip("-+"))
            start += len(bare) - len(bare.lstrip("-+"))
            if unit == "0.01" and fen % 100:
                canvas.mark_odd(start, end)  # half a fen
            else:
                canvas.take("amount", start, end, fen // 100 if unit == "0.01" else fen * int(unit))
        elif kind == "id_number":
            value, warnings = check_resident_id(bare)
            canvas.take("id_number", start, end, value, None, warnings)
        elif kind == "phone":
            phone = phone_of(bare)
            if phone is not None:
                canvas.take("phone", start, end, phone.number, phone.carrier)
        elif kind == "name":
            size = name_at(bare)
            if size == len(bare):
                canvas.take("name", start, end, without_gaps(canvas.text[start:end]))
        elif kind == "time":
            _time(canvas, start, end, clock)
        elif kind == "odd":
            canvas.mark_odd(start, end)
    except BadInput:
        canvas.mark_odd(start, end)


def _time(canvas: Canvas, start: int, end: int, clock: tuple[datetime, ZoneInfo]) -> None:
    """A cell of times by itself, so that a bare 11-21 under 日期 is a day."""
    inner = Canvas("日期:" + canvas.text[start:end])
    read_times(inner, *clock)
    for find in inner.finds:
        canvas.take("time", start + find.start - 3, start + find.end - 3, find.value)
    if not inner.finds:
        canvas.mark_odd(start, end)


def _bare_cells(canvas: Canvas, at: int, line: str, bins: CardBins) -> None:
    """A row without headings that holds a card: its only whole number is an amount, its only name the holder."""
    cards = [card for cell in line.split("\t") if bins.bank_of(card := re.sub(r"[ -]", "", cell).strip())]
    if not cards:
        return
    amounts, names = [], []
    for cell in re.finditer(r"[^\t]+", line):
        bare = cell.group().strip()
        start = at + cell.start() + cell.group().index(bare)
        if re.fullmatch(r"[1-9][0-9]{2,8}", bare) and not re.fullmatch(r"20[0-9]{6}", bare):
            amounts.append((start, bare))
        elif surely_name(bare):
            names.append((start, bare))
    if len(amounts) == 1:
        start, bare = amounts[0]
        canvas.take("amount", start, start + len(bare), int(bare) * 100)
    if len(names) == 1 and all(map(luhn_ok, cards)):
        start, bare = names[0]
        canvas.take("name", start, start + len(bare), canvas.text[start : start + len(bare)])
