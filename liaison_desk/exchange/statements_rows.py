"""Every line below a head gets its verdict: a trade, a failed one, a rejected row, or a line that is no row.

Nothing is dropped: what is not a trade is skipped with its kind or rejected with its reason (rules.md, domain.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import tzinfo

from liaison_desk.core.folding import fold
from liaison_desk.core.statements import Failed, Rejected, Row, Skip, Skipped, Warned, Why
from liaison_desk.core.statements_cells import Cell, Times, Unreadable, bare
from liaison_desk.core.statements_layout import Columns, head_key
from liaison_desk.core.words import msg
from liaison_desk.exchange.statements_source import Sheet
from liaison_desk.exchange.statements_trades import Trades

_WINDOW = 50_000
"""Rows among which equal ones are noticed: files are in the order of time, and memory stays flat."""
LONGEST_SHOWN = 300

_FOOT = re.compile(
    r"合计|总计|小计|累计|共计|总笔数|总金额|本页|本月合计|本期|承前页|过次页|期初|期末|上期|"
    r"(?:总?共)[0-9]+[笔条]|第[0-9]+页|(?:打印|导出|查询|制表|截止|统计)(?:时间|日期|人|柜员|区间|条件)|"
    r"(?:已|待)(?:收入|支出)[:笔]|不计收支[:笔]|(?:收入|支出|中性交易)[:][0-9]+笔|"
    r"说明[:]|注[:]|备注[:]|数据来源|温馨提示|以下无|[-=*—_]{3,}"
)
_OWN = re.compile(r"(?:账户?|帐户?|卡)号?[^0-9A-Za-z]{0,6}([0-9][0-9 -]{9,38}[0-9])")


class Noticed:
    """What was noticed in a file so far: numbers warned about, rows that equal an earlier one."""

    def __init__(self) -> None:
        self.warned: set[tuple[str, str]] = set()
        self._now: set[int] = set()
        self._before: set[int] = set()

    def equals(self, row: Row) -> bool:
        """Whether an earlier row is the same, and neither serial nor balance tells the two apart."""
        mark = hash((row.account, row.at, row.fen, row.direction, row.counterparty, row.counterparty_name))
        if mark in self._now or mark in self._before:
            return True
        if len(self._now) >= _WINDOW:
            self._before, self._now = self._now, set()
        self._now.add(mark)
        return False


class RowReader:
    """Reads the lines of one sheet below one head row."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Columns,
        noticed: Noticed,
        *,
        zone: tzinfo,
        unit: str | None = None,
        account: str = "",
    ) -> None:
        """``unit`` of amounts whose head names none, ``account`` for rows that name none."""
        self.columns = columns
        self.warnings: list[Warned] = []
        """What is odd about the line just read; for the caller to take."""
        self._source = sheet
        self._sheet = sheet.name
        self._noticed = noticed
        self._times = Times(zone, mac=sheet.mac)
        self._trades = Trades(sheet.name, columns, self._times, unit=unit, account=account)
        self._width = columns.width
        self._shortest = columns.width

    def read(self, line: int, cells: list[Cell]) -> Row | Failed | Rejected | Skipped:
        """The verdict on one line."""
        trades = self._trades
        size = len(cells)
        try:
            if size != self._width:
                self._fit(line, cells)
            if trades.good is not None and not trades.good(cells):
                return self._failed(line, cells)
            row = trades.row(line, cells)
        except Unreadable as trouble:
            trades.odd.clear()
            return self._judged(line, cells[:size], trouble)
        if not row.serial and row.balance is None and self._noticed.equals(row):
            self.warnings.append(
                Warned(
                    self._sheet,
                    line,
                    Why.EQUAL,
                    msg("An earlier row is the same, without serial number or balance; both are kept."),
                )
            )
        if trades.odd:
            self._warn(line)
        return row

    def _failed(self, line: int, cells: list[Cell]) -> Failed:
        text = shown(cells)
        row: Row | None = None
        with suppress(Unreadable):
            row = self._trades.row(line, cells)
        self._trades.odd.clear()
        return Failed(self._sheet, line, row, text)

    def _warn(self, line: int) -> None:
        for why, reason, number in self._trades.odd:
            if number:
                if (number, reason.text) in self._noticed.warned:
                    continue
                self._noticed.warned.add((number, reason.text))
                reason = msg("{number}: {warning}", number=number, warning=reason)
            self.warnings.append(Warned(self._sheet, line, why, reason))
        self._trades.odd.clear()

    def _fit(self, line: int, cells: list[Cell]) -> None:
        """Fills up a short row, cuts empty cells off a long one; Unreadable where cells may be shifted or lost."""
        size, width = len(cells), self._width
        if size > width:
            if any(bare(cell) for cell in cells[width:]):
                raise Unreadable(
                    Why.CELLS,
                    msg(
                        "The row has {count} cells and the head {heads}; a separator inside a value may have "
                        "shifted them.",
                        count=size,
                        heads=width,
                    ),
                )
            del cells[width:]
            return
        if size < self._shortest:
            if line == self._source.unfinished:
                raise Unreadable(
                    Why.CELLS,
                    msg(
                        "The file ends inside this row, after {count} of {heads} cells; ask for the whole file.",
                        count=size,
                        heads=width,
                    ),
                )
            self._shortest = size
        cells.extend([""] * (width - size))

    def _judged(self, line: int, cells: Sequence[Cell], trouble: Unreadable) -> Rejected | Skipped:
        """Blank, a head again, a total, or a row to reject."""
        if is_blank(cells):
            return Skipped(self._sheet, line, Skip.BLANK, "")
        text = shown(cells)
        if self._is_head(cells):
            return Skipped(self._sheet, line, Skip.HEAD, text)
        first = next(filter(None, map(bare, cells)), "")
        if _FOOT.match(fold(first).replace(" ", "")) and not self._has_time(cells):
            return Skipped(self._sheet, line, Skip.TOTAL, text)
        return Rejected(self._sheet, line, trouble.why, trouble.reason, text, trouble.word)

    def _is_head(self, cells: Sequence[Cell]) -> bool:
        keys = self.columns.keys
        return len(cells) >= len(keys) and all(
            head_key(bare(cell)) == key for cell, key in zip(cells, keys, strict=False)
        )

    def _has_time(self, cells: Sequence[Cell]) -> bool:
        for field in ("at", "day"):
            place = self.columns.places.get(field)
            if place is not None and place < len(cells):
                try:
                    self._times.read(cells[place])
                except Unreadable:
                    continue
                return True
        return False


def shown(cells: Sequence[Cell]) -> str:
    """A line as it stood, for the eye: cells with bars between, cut where it is long."""
    return " | ".join(bare(cell)[:80] for cell in cells).rstrip(" |")[:LONGEST_SHOWN]


def is_blank(cells: Sequence[Cell]) -> bool:
    return not any(cell is not None and cell != "" and bare(cell) for cell in cells)


def account_in_title(text: str) -> str:
    """An account that a line above the table names: a suggestion for the person, never used by itself."""
    found = _OWN.search(fold(text))
    return re.sub(r"[ -]", "", found.group(1)) if found else ""
