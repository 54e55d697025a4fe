"""Invented statement files as institutions hand them over, each with its counts as a careful reader finds them.

The counts were written by hand, line by line, before an importer existed. Amounts are fen, times local (+08:00).
``rejected`` and ``warnings`` are (line, kind of reason) in the order of the file, with the sheet's name before the
line where a workbook has several. A file that cannot be read at all names a word of the sentence instead.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
import xlwt.CompoundDoc
from openpyxl.utils.datetime import CALENDAR_MAC_1904

A = "6222020200183502745"  # ICBC, as all cards here with a right check digit
B = "6228480020123456780"  # ABC
C = "6217001234000567899"  # CCB
D = "6216601234500067891"  # BOC
E = "6210987654000123455"  # PSBC
COMPANY = "0200123409001234567"  # an account that is no card


def columns(heads: str) -> list[str]:
    return heads.split(",")


HEAD_34 = columns(
    "交易卡号,交易账号,账户开户名称(交易户名),开户人证件号码,交易时间,交易金额,交易余额,收付标志,交易对手账卡号,现金标志,对手户名,对手身份证号,对手开户银行,"
    "摘要说明,交易币种,交易网点名称,交易网点代码,交易发生地,交易是否成功,传票号,终端号,IP地址,MAC地址,对手交易余额,交易流水号,日志号,凭证种类,凭证号,"
    "交易柜员号,商户名称,商户号,备注,交易类型,查询反馈结果原因"
)
HEAD_32 = [head for head in HEAD_34 if head not in ("备注", "查询反馈结果原因")]
HEAD_29 = [
    head for head in HEAD_34 if head not in ("凭证种类", "凭证号", "交易柜员号", "商户号", "查询反馈结果原因")
]


@dataclass(frozen=True)
class Sample:
    """One file and what is in it. ``refused``: words of the sentence that says why nothing of it can be read."""

    name: str
    file: str
    make: Callable[[Path], None]
    rows: int = 0
    stored: int = 0
    failed: int = 0
    rejected: tuple[tuple[object, ...], ...] = ()
    skipped: int = 0
    warnings: tuple[tuple[object, ...], ...] = ()
    in_: int = 0
    out: int = 0
    first: str = ""
    last: str = ""
    layout: str = ""
    account: str | None = None
    directions: dict[str, str] = field(default_factory=dict)
    """A person's answers, by word."""
    states: dict[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def at(clock: str, day: str = "2026-11-21") -> str:
    return f"{day}T{clock}+08:00"


# --- how the files are made -------------------------------------------------------------------


def text(content: str, encoding: str = "utf-8", begin: bytes = b"") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(begin + content.encode(encoding))

    return make


def lines(*rows: Sequence[str], mark: str = ",", end: str = "\r\n") -> str:
    return "".join(mark.join(row) + end for row in rows)


def by_openpyxl(*rows: Sequence[Any], mac: bool = False) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        book = openpyxl.Workbook()
        if mac:
            book.epoch = CALENDAR_MAC_1904
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        book.save(path)

    return make


def by_xlsxwriter(**sheets: Sequence[Sequence[Any]]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        book = xlsxwriter.Workbook(str(path))
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif value is not None:
                        sheet.write(number, place, value)
        book.close()

    return make


def old_book(*rows: Sequence[Any]) -> xlwt.Workbook:
    book = xlwt.Workbook()
    sheet = book.add_sheet("明细")
    styles = {
        datetime: xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss"),
        date: xlwt.easyxf(num_format_str="yyyy-mm-dd"),
    }
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            style = styles.get(type(value))
            if style is None:
                sheet.write(number, place, value)
            else:
                sheet.write(number, place, value, style)
    return book


def by_xlwt(*rows: Sequence[Any]) -> Callable[[Path], None]:
    return lambda path: old_book(*rows).save(str(path))


def old_book_with_password(path: Path) -> None:
    """A FILEPASS record right after the first record, as a workbook with a password has it."""
    stream = old_book(["卡号", "交易时间", "交易金额", "收付标志"]).get_biff_data()
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    filepass = struct.pack("<HH", 0x002F, 6) + struct.pack("<HHH", 0, 0x1234, 0x5678)
    xlwt.CompoundDoc.XlsDoc().save(str(path), stream[:first] + filepass + stream[first:])


def workbook_of(sheet: Callable[[Any], None]) -> Callable[[Path], None]:
    """A workbook whose only sheet's XML is written by hand."""

    def make(path: Path) -> None:
        plain = io.BytesIO()
        openpyxl.Workbook().save(plain)
        with (
            zipfile.ZipFile(plain) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        ):
            for name in old.namelist():
                if name != "xl/worksheets/sheet1.xml":
                    new.writestr(name, old.read(name))
            with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
                sheet(out)

    return make


def _cell(place: str, value: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'.encode()


def _sheet_begin(out: Any) -> None:
    out.write(
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    for number, row in enumerate(
        [["卡号", "交易时间", "交易金额", "收付标志"], [A, "2026-11-21 15:06:07", "100.00", "进"]], 1
    ):
        cells = b"".join(_cell(f"{letter}{number}", value) for letter, value in zip("ABCD", row, strict=True))
        out.write(f'<row r="{number}">'.encode() + cells + b"</row>")


def blank_rows(out: Any) -> None:
    """A head, one trade, and formatted nothing down to the last row a sheet can have."""
    _sheet_begin(out)
    for begin in range(3, 1_048_577, 10_000):
        out.write(
            b"".join(
                b'<row r="%d"><c r="A%d" s="0"/></row>' % (number, number)
                for number in range(begin, min(begin + 10_000, 1_048_577))
            )
        )
    out.write(b"</sheetData></worksheet>")


def bomb(out: Any) -> None:
    """Four hundred megabytes of spaces that pack into two."""
    _sheet_begin(out)
    space = b" " * 1_048_576
    for _ in range(400):
        out.write(space)
    out.write(b"</sheetData></worksheet>")


def far_corner(out: Any) -> None:
    """Two kilobytes whose last cell is the last cell of the largest sheet: 17 thousand million cells."""
    _sheet_begin(out)
    out.write(
        b'<row r="1048576">' + _cell("XFD1048576", "x") + b"</row></sheetData></worksheet>",
    )


def protected(path: Path) -> None:
    path.write_bytes((Path(__file__).parent / "statements" / "protected.xlsx").read_bytes())


# --- the rows of the standard sheet -----------------------------------------------------------


def trade(head: Sequence[str], **values: Any) -> list[Any]:
    """One row below ``head``: own card, time, amount, balance, flag, counterparty and what else is named."""
    named = {
        "card": "交易卡号",
        "name": "账户开户名称(交易户名)",
        "at": "交易时间",
        "amount": "交易金额",
        "balance": "交易余额",
        "flag": "收付标志",
        "to": "交易对手账卡号",
        "cash": "现金标志",
        "toname": "对手户名",
        "why": "摘要说明",
        "currency": "交易币种",
        "ok": "交易是否成功",
        "serial": "交易流水号",
    }
    cells = {named[key]: value for key, value in values.items()}
    return [cells.get(title, "") for title in head]


def standard(**values: Any) -> list[Any]:
    return trade(
        HEAD_34, **{"card": A, "name": "李四", "ok": "成功", "currency": "CNY", "cash": "转账"} | values
    )


FOUR = ["卡号", "交易时间", "交易金额", "收付标志"]
SIX = [*FOUR, "对方账号", "对方户名"]
TWO_COLUMNS = columns("交易日期,交易时间,账号,户名,借方发生额,贷方发生额,余额,对方账号,对方户名,附言")
PLAIN_BANK = columns("卡号,户名,交易时间,交易金额,账户余额,借贷标志,对方账号,对方户名,摘要")
PAYMENT = columns(
    "交易号,商家订单号,交易创建时间,付款时间,最近修改时间,交易来源地,类型,交易对方,商品名称,金额（元）,收/支,交易状态,服务费（元）,成功退款（元）,备注,资金状态"
)
WALLET = columns("交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注")


def _two(clock: str, debit: str, credit: str, balance: str = "") -> list[str]:
    return ["20261121", clock, COMPANY, "某某商贸有限公司", debit, credit, balance, B, "王五", "货款"]


def _paid(n: int, amount: str, direction: str, state: str) -> list[str]:
    day = f"2026/11/21 15:0{n}:00"
    return [
        f"{cell}\t"
        for cell in (
            f"20261121220014{n}",
            f"T{n}",
            day,
            day,
            day,
            "其他",
            "即时到账交易",
            "某某数码店",
            "充值",
            amount,
            direction,
            state,
            "0.00",
            "0.00",
            "",
            "已支出",
        )
    ]


PAYMENT_FILE = (
    "支付宝交易记录明细查询\r\n"
    "账号:[ren@example.invalid]\r\n"
    "起始日期:[2026-11-21 00:00:00]    终止日期:[2026-11-22 00:00:00]\r\n"
    "---------------------------------交易记录明细列表------------------------------------\r\n"
    + lines(
        [f"{head}\t" for head in PAYMENT],
        _paid(1, "20.00", "支出", "成功"),
        _paid(2, "5000.00", "收入", "成功"),
        _paid(3, "10.00", "不计收支", "成功"),
        _paid(4, "30.00", "", "交易关闭"),
        _paid(5, "1.00", "/", "成功"),
    )
    + "------------------------------------------------------------------------------------\r\n"
    "共5笔记录\r\n"
    "已收入:1笔,5000.00元\r\n"
    "导出时间:[2026-11-22 09:00:00]    用户:某人\r\n"
)

WALLET_ROWS = (
    ["微信支付账单明细"],
    ["微信昵称：[某人]"],
    WALLET,
    [
        "2026-11-21 15:06:07",
        "转账",
        "张三",
        "转账备注:微信转账",
        "支出",
        "¥2000.00",
        "零钱",
        "对方已收钱",
        "1000050001202611210001",
        "10001",
        "/",
    ],
    [
        "2026-11-21 15:10:00",
        "二维码收款",
        "李四",
        "收款",
        "收入",
        "¥35.50",
        "/",
        "已收钱",
        "1000050001202611210002",
        "10002",
        "/",
    ],
    [
        "2026-11-21 15:12:00",
        "商户消费",
        "某超市",
        "商品",
        "支出",
        "¥12.00",
        "零钱",
        "支付成功",
        "1000050001202611210003",
        "10003",
        "/",
    ],
)

HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
    '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{mso-number-format:"\\@"}</style></head><body>'
    '<table border="1"><tr><td colspan="6">账户明细&nbsp;查询</td></tr>'
    "<tr><th>账号</th><th>交易<br>时间</th><th>交易金额</th><th>收付标志</th><th>对方账号</th><th>对方户名</th></tr>"
    f"<tr><td>{A}</td><td>2026-11-21 15:06:07</td><td>&yen;200.00</td><td>入</td><td>{B}</td><td>买买提&middot;吐尔逊</td></tr>"
    f"<tr><td>{A}</td><td>2026-11-21 15:07:07<td>150.00<td>转出<td>{C}<td>A&amp;B &lt;公司&gt;</tr>"
    "<tr><td>总计</td><td></td><td>350.00</td><td></td><td></td><td></td></tr></table></body></html>"
)

GUARDED = columns("交易账号,交易时间,交易金额,收付标志,交易对手账卡号,对手户名,交易余额,交易流水号")


def _guard(value: str) -> str:
    return f'="{value}"'


SAMPLES = (
    Sample(
        "34 columns by openpyxl",
        "answer34.xlsx",
        by_openpyxl(
            HEAD_34,
            standard(
                at="2026-11-21 15:06:07",
                amount="50000.00",
                balance="50000.00",
                flag="进",
                to=B,
                toname="王小明",
                serial="S1",
            ),
            standard(
                at="2026-11-21 15:08:10",
                amount="30000.00",
                balance="20000.00",
                flag="出",
                to=C,
                toname="赵六",
                serial="S2",
            ),
            standard(
                at="2026-11-21 15:08:55",
                amount="20000.00",
                balance="20000.00",
                flag="出",
                to=C,
                toname="赵六",
                serial="S3",
                ok="失败",
            ),
            standard(
                at="2026-11-21 15:09:30",
                amount="20000.00",
                balance="0.00",
                flag="出",
                cash="现金",
                ok="是",
                serial="S4",
            ),
            standard(at="2026-11-21 15:20:00", amount="10.00", balance="10.00", flag="", to=B, serial="S5"),
        ),
        rows=5,
        stored=3,
        failed=1,
        rejected=((6, "direction"),),
        skipped=1,
        in_=5_000_000,
        out=5_000_000,
        first=at("15:06:07"),
        last=at("15:09:30"),
        layout="standard",
    ),
    Sample(
        "32 columns by XlsxWriter, two sheets and a note, titles, totals, repeated heads",
        "answer32.xlsx",
        by_xlsxwriter(
            交易明细1=[
                ["账户交易明细表"],
                HEAD_32,
                trade(
                    HEAD_32,
                    card=A,
                    at="2026/11/21 15:06:07",
                    amount="8,000.00",
                    flag="贷",
                    to=B,
                    ok="00",
                    serial="1",
                ),
                trade(
                    HEAD_32,
                    card=A,
                    at="2026/11/21 15:07:00",
                    amount="8,000.00",
                    flag="借",
                    to=C,
                    ok="01",
                    serial="2",
                ),
                [],
                HEAD_32,
                trade(
                    HEAD_32,
                    card=A,
                    at="2026/11/21 15:07:30",
                    amount="8,000.00",
                    flag="借",
                    to=C,
                    ok="00",
                    serial="3",
                ),
                ["合计", "", "", "", "", "24,000.00"],
            ],
            交易明细2=[
                HEAD_32,
                trade(
                    HEAD_32, card=C, at="2026/11/21 15:07:31", amount=1, flag="贷", to=A, ok="00", serial="9"
                ),
                trade(
                    HEAD_32,
                    card=C,
                    at="2026/11/21 15:09:31",
                    amount=2,
                    flag="贷",
                    to=A,
                    ok="交易异常",
                    serial="10",
                ),
            ],
            说明=[["本表由系统生成"], ["数据仅供参考"]],
        ),
        rows=5,
        stored=3,
        failed=1,
        rejected=(("交易明细2", 3, "state"),),
        skipped=6,
        warnings=(("说明", 1, "unread"),),
        in_=800_100,
        out=800_000,
        first=at("15:06:07"),
        last=at("15:07:31"),
        layout="standard",
    ),
    Sample(
        "29 columns, GB18030, every cell padded with a tab, states 1 and 0",
        "answer29.csv",
        text(
            lines(
                *(
                    ["\t" + (f'"{cell}"' if "," in cell else cell) + "\t" for cell in row]
                    for row in (
                        HEAD_29,
                        trade(
                            HEAD_29,
                            card=A,
                            at="2026-11-21 15:06:07",
                            amount="1,000.50",
                            flag="收",
                            to=B,
                            toname="㼆某",
                            ok="1",
                        ),
                        trade(
                            HEAD_29,
                            card=A,
                            at="2026-11-21 15:07:07",
                            amount="500.25",
                            flag="付",
                            to=C,
                            ok="0",
                        ),
                        trade(
                            HEAD_29, card=A, at="2026-11-21 15:08:07", amount="500.25", flag="付", to=C, ok=""
                        ),
                        trade(
                            HEAD_29, card=A, at="2026-11-21 15:09:07", amount="7.00", flag="付", to=C, ok="2"
                        ),
                        trade(
                            HEAD_29,
                            card=A,
                            at="2026-11-21 15:10:07",
                            amount="12.345",
                            flag="付",
                            to=C,
                            ok="1",
                        ),
                    )
                )
            ),
            "gb18030",
        ),
        rows=5,
        stored=2,
        failed=1,
        rejected=((5, "state"), (6, "amount")),
        skipped=1,
        in_=100_050,
        out=50_025,
        first=at("15:06:07"),
        last=at("15:08:07"),
        layout="standard",
    ),
    Sample(
        "two columns for debit and credit, date and time apart, semicolons, UTF-8 with BOM, full-width digits",
        "company.csv",
        text(
            lines(
                TWO_COLUMNS,
                _two("150607", "", "50,000.00", "50,000.00"),
                _two("150810", "３００００．００", "", "20,000.00"),
                _two("150900", "1.00", "1.00"),
                _two("150901", "0.00", "0.00"),
                _two("151000", "0.00", "100.00"),
                _two("90600", "50.00", ""),
                mark=";",
            ),
            "utf-8-sig",
        ),
        rows=6,
        stored=4,
        rejected=((4, "direction"), (5, "amount")),
        skipped=1,
        in_=5_010_000,
        out=3_005_000,
        first=at("09:06:00"),
        last=at("15:10:00"),
        layout="bank-two-columns",
    ),
    Sample(
        "UTF-16 little-endian, tabs, C and D, yyyyMMddHHmmss and a day alone, title and total",
        "flow.txt",
        text(
            "客户交易流水查询结果\r\n\r\n"
            + lines(
                PLAIN_BANK,
                [A, "李四", "20261121150607", "3500.00", "3500.00", "C", B, "王五", "转账"],
                [A, "李四", "20261121150607", "3500.00", "0.00", "D", C, "赵六", "转账"],
                [A, "李四", "20261121", "0.01", "", "D", "", "", "手续费"],
                ["合计", "", "", "7000.01", "", "", "", "", ""],
                mark="\t",
            ),
            "utf-16-le",
            b"\xff\xfe",
        ),
        rows=3,
        stored=3,
        skipped=4,
        in_=350_000,
        out=350_001,
        first=at("00:00:00"),
        last=at("15:06:07"),
        layout="bank",
    ),
    Sample(
        "UTF-16 big-endian, commas",
        "flow_be.csv",
        text(
            lines(SIX, [A, "2026年11月21日 15时06分07秒", "8.00", "转入", B, "王五"], end="\n"),
            "utf-16-be",
            b"\xfe\xff",
        ),
        rows=1,
        stored=1,
        skipped=1,
        in_=800,
        first=at("15:06:07"),
        last=at("15:06:07"),
        layout="bank",
    ),
    Sample(
        "UTF-16 little-endian without a mark",
        "flow_le.csv",
        text(lines(SIX, [A, "2026.11.21 15:06", "9.00", "转出", B, "王五"]), "utf-16-le"),
        rows=1,
        stored=1,
        skipped=1,
        out=900,
        first=at("15:06:00"),
        last=at("15:06:00"),
        layout="bank",
    ),
    Sample(
        "tab-separated text named .xls, guards, one number in scientific notation",
        "guarded.xls",
        text(
            lines(
                GUARDED,
                [
                    _guard(A),
                    "2026-11-21 15:06:07",
                    "100.00",
                    "进",
                    _guard(B),
                    "张三",
                    "100.00",
                    _guard("0001"),
                ],
                [_guard(A), "2026-11-21 15:07:07", "60.00", "出", _guard(C), "李四", "40.00", _guard("0002")],
                [
                    "6.22202E+18",
                    "2026-11-21 15:08:07",
                    "1.00",
                    "出",
                    _guard(C),
                    "李四",
                    "39.00",
                    _guard("0003"),
                ],
                mark="\t",
            ),
            "gb18030",
        ),
        rows=3,
        stored=2,
        rejected=((4, "damage"),),
        skipped=1,
        in_=10_000,
        out=6_000,
        first=at("15:06:07"),
        last=at("15:07:07"),
        layout="standard",
    ),
    Sample(
        "an HTML table named .xls",
        "table.xls",
        text(HTML, "gb2312"),
        rows=2,
        stored=2,
        skipped=3,
        in_=20_000,
        out=15_000,
        first=at("15:06:07"),
        last=at("15:07:07"),
        layout="bank",
    ),
    Sample(
        "a real .xls: dates as dates, as serial numbers and alone, a card that was a number",
        "old.xls",
        by_xlwt(
            ["卡号", "交易时间", "发生额", "借贷标志"],
            [A, datetime(2026, 11, 21, 15, 6, 7), 99.9, "贷"],  # noqa: DTZ001 - a workbook knows no zones
            [A, 46347.629247685, 50, "借"],
            [6222020200183502745, "2026-11-21 15:07:00", 1, "借"],
            [A, date(2026, 11, 22), 1, "贷"],
            [A, "2026-11-21 15:08:00", "abc", "贷"],
        ),
        rows=5,
        stored=3,
        rejected=((4, "damage"), (6, "amount")),
        skipped=1,
        in_=10_090,
        out=5_000,
        first=at("15:06:07"),
        last=at("00:00:00", "2026-11-22"),
        layout="bank",
    ),
    Sample(
        "dates counted from 1904, an account of 12 digits as a number",
        "mac.xlsx",
        by_openpyxl(
            ["账号", "交易时间", "交易金额", "收付标志"],
            [330102123456, 44885.629247685, 10.1, "收"],
            [330102123456, datetime(2026, 11, 21, 15, 9, 0), 0.1 + 0.2, "付"],  # noqa: DTZ001 - a workbook knows no zones
            mac=True,
        ),
        rows=2,
        stored=2,
        skipped=1,
        in_=1_010,
        out=30,
        first=at("15:06:07"),
        last=at("15:09:00"),
        layout="bank",
    ),
    Sample(
        "a payment institution: 收/支, 不计收支, 交易关闭, tab-padded, lines around",
        "payment.csv",
        text(PAYMENT_FILE, "gb18030"),
        account="ren@example.invalid",
        rows=5,
        stored=2,
        failed=1,
        rejected=((8, "direction"), (10, "direction")),
        skipped=9,
        in_=500_000,
        out=2_000,
        first=at("15:01:00"),
        last=at("15:02:00"),
        layout="payment",
    ),
    Sample(
        "a payment institution, and nobody says whose account it is",
        "payment_nobody.csv",
        text(PAYMENT_FILE, "gb18030"),
        refused=("account",),
    ),
    Sample(
        "a wallet whose states nobody explained",
        "wallet.xlsx",
        by_openpyxl(*WALLET_ROWS),
        account="13904341122",
        rows=3,
        rejected=((4, "state"), (5, "state"), (6, "state")),
        skipped=3,
        layout="payment",
    ),
    Sample(
        "the same wallet after a person explained two states",
        "wallet_known.xlsx",
        by_openpyxl(*WALLET_ROWS),
        account="13904341122",
        states={"对方已收钱": "good", "支付成功": "failed"},
        rows=3,
        stored=1,
        failed=1,
        rejected=((5, "state"),),
        skipped=3,
        out=200_000,
        first=at("15:06:07"),
        last=at("15:06:07"),
        layout="payment",
    ),
    Sample(
        "amounts in 万元",
        "wan.csv",
        text(
            lines(
                ["卡号", "交易时间", "交易金额(万元)", "收付标志", "余额（万元）"],
                [A, "2026-11-21 15:06:07", "1.2345", "进", "1.2345"],
                [A, "2026-11-21 15:07:07", "0.000001", "出", "1.234499"],
                [A, "2026-11-21 15:08:07", "0.0000001", "出", ""],
            )
        ),
        rows=3,
        stored=2,
        rejected=((4, "amount"),),
        skipped=1,
        in_=1_234_500,
        out=1,
        first=at("15:06:07"),
        last=at("15:07:07"),
        layout="bank",
    ),
    Sample(
        "amounts in 分",
        "fen.csv",
        text(
            lines(
                ["卡号", "交易时间", "交易金额(分)", "收付标志"],
                [A, "2026-11-21 15:06:07", "123456", "进"],
                [A, "2026-11-21 15:07:07", "12.5", "出"],
                [A, "2026-11-21 15:08:07", "12.0", "出"],
            )
        ),
        rows=3,
        stored=2,
        rejected=((3, "amount"),),
        skipped=1,
        in_=123_456,
        out=12,
        first=at("15:06:07"),
        last=at("15:08:07"),
        layout="bank",
    ),
    Sample(
        "the unit in a line above the table",
        "unit_above.csv",
        text("某公司账户明细\n单位：万元\n" + lines(FOUR, [A, "2026-11-21 15:06:07", "1.5", "进"], end="\n")),
        rows=1,
        stored=1,
        skipped=3,
        in_=1_500_000,
        first=at("15:06:07"),
        last=at("15:06:07"),
        layout="bank",
    ),
    Sample(
        "negative amounts, a reversal, nothing at all",
        "signs.csv",
        text(
            lines(
                [*FOUR, "摘要"],
                [A, "2026-11-21 15:01:00", "-100.00", "出", "转账"],
                [A, "2026-11-21 15:02:00", "-100.00", "进", "冲正"],
                [A, "2026-11-21 15:03:00", "100.00", "进", "冲正"],
                [A, "2026-11-21 15:04:00", "(50.00)", "出", "转账"],
                [A, "2026-11-21 15:05:00", "-30.00", "", "转账"],
                [A, "2026-11-21 15:06:00", "0.00", "出", "结息"],
            )
        ),
        rows=6,
        stored=3,
        rejected=((3, "reversal"), (6, "direction"), (7, "amount")),
        skipped=1,
        warnings=((4, "reversal"),),
        in_=10_000,
        out=15_000,
        first=at("15:01:00"),
        last=at("15:04:00"),
        layout="bank",
    ),
    Sample(
        "damaged counterparties: refused where it is certain, a warning where it is likely",
        "damage.csv",
        text(
            lines(
                SIX,
                [A, "2026-11-21 15:01:00", "1.00", "出", "6.22203E+18", "甲"],
                [A, "2026-11-21 15:02:00", "1.00", "出", "6222031234567890000", "乙"],
                [A, "2026-11-21 15:03:00", "1.00", "出", "6222020200183050000", "丙"],
                [A, "2026-11-21 15:04:00", "1.00", "出", "4518100000000000", "丁"],
                [A, "2026-11-21 15:05:00", "1.00", "出", "6222020200183502746", "戊"],
                [A, "2026-11-21 15:06:00", "1.00", "出", "6222020200183502746", "戊"],
                [A, "2026-11-21 15:07:00", "1.00", "出", "/", "己"],
                [A, "2026-11-21 15:08:00", "1.00", "出", "Z2007933000010N", "财付通"],
            )
        ),
        rows=8,
        stored=6,
        rejected=((2, "damage"), (3, "damage")),
        skipped=1,
        # the fifth line: zeros and a wrong check digit; a number warns once in a file
        warnings=((4, "account"), (5, "account"), (5, "account"), (6, "account")),
        out=600,
        first=at("15:03:00"),
        last=at("15:08:00"),
        layout="bank",
    ),
    Sample(
        "many rows in one second, two equal withdrawals without serial and balance",
        "second.csv",
        text(
            lines(
                [*SIX, "现金标志"],
                [A, "2026-11-21 15:06:07", "2000.00", "出", "", "", "现金"],
                [A, "2026-11-21 15:06:07", "2000.00", "出", "", "", "现金"],
                [A, "2026-11-21 15:06:07", "2000.00", "出", B, "王五", "转账"],
                [A, "2026-11-21 15:06:07", "2000.00", "进", B, "王五", "转账"],
                [A, "2026-11-21 15:06:07", "2000.01", "出", B, "王五", "转账"],
            )
        ),
        rows=5,
        stored=5,
        skipped=1,
        warnings=((3, "equal"),),
        in_=200_000,
        out=800_001,
        first=at("15:06:07"),
        last=at("15:06:07"),
        layout="bank",
    ),
    Sample(
        "no known heads",
        "unknown.csv",
        text(lines(["项目", "数量", "单价"], ["螺丝", "3", "1.00"])),
        refused=("项目", "数量", "单价"),
    ),
    Sample(
        "a table of trades without a direction",
        "no_direction.csv",
        text(lines(["卡号", "交易时间", "交易金额", "客户经理"], [A, "2026-11-21 15:06:07", "1.00", "某"])),
        refused=("客户经理",),
    ),
    Sample(
        "an unknown word for a direction",
        "word.csv",
        text(
            lines(
                FOUR,
                [A, "2026-11-21 15:06:07", "1.00", "进账"],
                [A, "2026-11-21 15:07:07", "2.00", "出"],
                [A, "2026-11-21 15:08:07", "3.00", "进账"],
            )
        ),
        rows=3,
        stored=1,
        rejected=((2, "direction"), (4, "direction")),
        skipped=1,
        out=200,
        first=at("15:07:07"),
        last=at("15:07:07"),
        layout="bank",
    ),
    Sample(
        "the same file after a person explained the word",
        "word_known.csv",
        text(
            lines(
                FOUR,
                [A, "2026-11-21 15:06:07", "1.00", "进账"],
                [A, "2026-11-21 15:07:07", "2.00", "出"],
                [A, "2026-11-21 15:08:07", "3.00", "进账"],
            )
        ),
        directions={"进账": "in"},
        rows=3,
        stored=3,
        skipped=1,
        in_=400,
        out=200,
        first=at("15:06:07"),
        last=at("15:08:07"),
        layout="bank",
    ),
    Sample("a zip bomb", "bomb.xlsx", workbook_of(bomb), refused=("unpack",)),
    Sample("one cell in the far corner", "corner.xlsx", workbook_of(far_corner), refused=("large",)),
    Sample("a workbook with a password", "protected.xlsx", protected, refused=("password",)),
    Sample("an old workbook with a password", "protected.xls", old_book_with_password, refused=("password",)),
    Sample(
        "a million blank rows below one trade",
        "blank.xlsx",
        workbook_of(blank_rows),
        rows=1,
        stored=1,
        skipped=1,
        in_=10_000,
        first=at("15:06:07"),
        last=at("15:06:07"),
        layout="bank",
    ),
    Sample(
        "cells of several lines: the line is the physical one",
        "multiline.csv",
        text(
            lines(
                [*FOUR, "备注"],
                [A, "2026-11-21 15:06:07", "1.00", "进", '"第一行\r\n第二行, 仍是备注"'],
                [A, "2026-11-21 15:07:07", "x", "进", ""],
                ["", "", "", "", ""],
                [A, "2026-11-21 15:08:07", "2.00", "出", '"说""明"""'],
                [A, "2026-13-21 15:08:07", "2.00", "出", ""],
            )
        ),
        rows=4,
        stored=2,
        rejected=((4, "amount"), (7, "time")),
        skipped=2,
        in_=100,
        out=200,
        first=at("15:06:07"),
        last=at("15:08:07"),
        layout="bank",
    ),
    Sample(
        "a quote that is never closed swallows nothing",
        "quote.csv",
        text(
            lines(
                [*FOUR, "备注"],
                [A, "2026-11-21 15:06:07", "1.00", "进", '"半个引号'],
                [A, "2026-11-21 15:07:07", "2.00", "进", "无"],
                [A, "2026-11-21 15:08:07", "4.00", "进", "无"],
            )
        ),
        rows=3,
        stored=3,
        skipped=1,
        in_=700,
        first=at("15:06:07"),
        last=at("15:08:07"),
        layout="bank",
    ),
    Sample(
        "a separator in an amount without quotes, a line cut off at the end",
        "shifted.csv",
        text(
            lines(
                SIX,
                [A, "2026-11-21 15:06:07", "1,000.00", "进", B, "王五"],
                [A, "2026-11-21 15:07:07", "10.00", "进", B, "王五", "", ""],
                [A, "2026-11-21 15:08:07", "10.00", "进", B, "王五"],
            )
            + f"{A},2026-11-21 15:09:07,25.00,进"
        ),
        rows=4,
        stored=2,
        rejected=((2, "cells"), (5, "cells")),
        skipped=1,
        in_=2_000,
        first=at("15:07:07"),
        last=at("15:08:07"),
        layout="bank",
    ),
    Sample(
        "a second head with the columns in another order",
        "reordered.csv",
        text(
            lines(
                FOUR,
                [A, "2026-11-21 15:06:07", "1.00", "进"],
                ["收付标志", "交易金额", "交易时间", "卡号"],
                ["出", "2.00", "2026-11-21 15:07:07", A],
                ["第1页 共1页", "", "", ""],
            )
        ),
        rows=2,
        stored=2,
        skipped=3,
        in_=100,
        out=200,
        first=at("15:06:07"),
        last=at("15:07:07"),
        layout="bank",
    ),
    Sample(
        "other money than yuan",
        "currency.csv",
        text(
            lines(
                [*FOUR, "交易币种"],
                [A, "2026-11-21 15:06:07", "1.00", "进", "156"],
                [A, "2026-11-21 15:07:07", "2.00", "进", "USD"],
                [A, "2026-11-21 15:08:07", "4.00", "进", "人民币"],
                [A, "2026-11-21 15:09:07", "8.00", "进", ""],
            )
        ),
        rows=4,
        stored=3,
        rejected=((3, "currency"),),
        skipped=1,
        in_=1_300,
        first=at("15:06:07"),
        last=at("15:09:07"),
        layout="bank",
    ),
    Sample(
        "only a head",
        "empty.csv",
        text(lines(HEAD_34), "gb18030"),
        skipped=1,
        layout="standard",
    ),
    Sample("an empty file", "nothing.csv", text(""), refused=("empty",)),
    Sample(
        "a PDF named .xlsx", "paper.xlsx", text("%PDF-1.4\n%âãÏÓ\n1 0 obj\n", "latin-1"), refused=("PDF",)
    ),
    Sample(
        "half a workbook", "half.xlsx", text("PK\x03\x04\x14\x00", "latin-1"), refused=("cannot be read",)
    ),
)
