"""What the balances of a statement say: the balance before its first line, and where a line is missing.

The rows of one second may stand in any order in a file, the newest first in many; the balances themselves say which
of them is the first. Amounts are fen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liaison_desk.core.statements import Direction, Row


def signed(row: Row) -> int:
    """The amount as it changes the balance of the row's own account."""
    return row.fen if row.direction is Direction.IN else -row.fen


def balance_before(row: Row) -> int | None:
    """The balance before a line, from the balance after it (money.md §4, ``opening``); None where none stands there."""
    return None if row.balance is None else row.balance - signed(row)


def first_line(rows: Sequence[Row]) -> int:
    """The place of the first trade; of several in one second the one whose balance before is no other's balance after.

    ``rows`` are of one account, in the order of time, source and line, and at least one.
    """
    second = [row for row in rows if row.at == rows[0].at]
    if len(second) == 1 or any(row.balance is None for row in second):
        return 0
    after = {row.balance for row in second}
    begins = [place for place, row in enumerate(second) if balance_before(row) not in after]
    return begins[0] if len(begins) == 1 else 0


def gaps(rows: Sequence[Row]) -> Iterator[tuple[int, int, int]]:
    """Where the balance of one moment and the trades of the next do not give a balance that stands there.

    ``rows`` are those of one account in one file, in the order of time. Yields the places of the lines before and
    behind the gap, and the balance that should have stood behind it, in fen. A line without a balance ends the chain.
    """
    balance: int | None = None
    begin = 0
    while begin < len(rows):
        end = begin
        while end < len(rows) and rows[end].at == rows[begin].at:
            end += 1
        second = rows[begin:end]
        shown = [row.balance for row in second]
        if any(each is None for each in shown):
            balance = None
        elif balance is None:
            balance = _last_balance(second)
        else:
            should = balance + sum(map(signed, second))
            balance = should if should in shown else _last_balance(second)
            if should not in shown:
                yield begin - 1, begin, should
        begin = end


def _last_balance(second: Sequence[Row]) -> int | None:
    """The balance after the last trade of one second: the one that no other trade begins from."""
    begins = {balance_before(row) for row in second}
    ends = [row.balance for row in second if row.balance not in begins]
    return ends[0] if len(ends) == 1 else second[-1].balance
