"""What statement import is measured against: a workbook read by openpyxl alone, rows put into sqlite3 alone.

Written before the code it measures and never changed together with it. It imports nothing of the program.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

HEADS = [
    "交易卡号",
    "账户开户名称",
    "交易时间",
    "交易金额",
    "交易余额",
    "收付标志",
    "交易对手账卡号",
    "对手户名",
    "对手开户银行",
    "摘要说明",
    "交易币种",
    "交易是否成功",
    "交易流水号",
]
SUMMARIES = ("转账", "跨行汇款", "消费", "ATM取款", "网银转账", "快捷支付", "工资", "手机银行转账")


def _card(number: int) -> str:
    digits = f"622202{number:012d}"
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (1 if place % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return digits + str(-total % 10)


def trades(rows: int, seed: int = 5) -> Iterator[list[str]]:
    """Rows of a busy account list: 500 own cards, 20,000 counterparties, times that mostly go on, balances, serials."""
    chance = random.Random(seed)
    own = [_card(number) for number in range(500)]
    others = [(_card(1_000_000 + number), f"某人{number}") for number in range(20_000)]
    second = 0
    for number in range(rows):
        second += chance.randrange(4)
        day, rest = divmod(second, 86_400)
        at = f"2026-{1 + day // 28:02d}-{1 + day % 28:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
        to, name = others[chance.randrange(20_000)]
        mine = chance.randrange(500)
        yield [
            own[mine],
            f"持卡人{mine}",
            at,
            f"{chance.randrange(1, 9_000_000) / 100:.2f}",
            f"{chance.randrange(0, 99_000_000) / 100:.2f}",
            "进" if chance.random() < 0.5 else "出",
            to,
            name,
            "中国农业银行某某支行",
            SUMMARIES[chance.randrange(len(SUMMARIES))],
            "CNY",
            "成功",
            f"S{number:012d}",
        ]


def openpyxl_alone(path: Path) -> int:
    """Every row of a workbook in openpyxl's read-only mode, nothing done with it."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    read = 0
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            read += 1
    book.close()
    return read


def executemany_alone(path: Path, rows: list[tuple[str, ...]]) -> int:
    """The same rows, already split, put into one plain table by one executemany, committed once."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    columns = ", ".join(f"c{number} TEXT" for number in range(len(HEADS)))
    database.execute(f"CREATE TABLE trade (id INTEGER PRIMARY KEY, {columns})")
    marks = ", ".join("?" for _ in HEADS)
    names = ", ".join(f"c{number}" for number in range(len(HEADS)))
    with database:
        database.executemany(f"INSERT INTO trade ({names}) VALUES ({marks})", rows)
    (stored,) = database.execute("SELECT count(*) FROM trade").fetchone()
    database.close()
    return int(stored)
