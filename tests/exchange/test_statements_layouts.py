"""Layouts are data: found by their heads, mapped once by a person, remembered as text; and what a preview says."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison_desk.core.errors import BadInput
from liaison_desk.core.statements import Direction, Rejected, Row, Way
from liaison_desk.core.statements_layout import FIELD_WORDS, from_json, general, named, shipped
from liaison_desk.exchange.statements import UnknownLayout, inspect, read, verdicts
from liaison_desk.exchange.statements_books import kept_unpacking
from tests.exchange.given_statements import FOUR, HEAD_34, SAMPLES, A, B, lines, standard

OURS = "户主卡,何时,多少,哪边,给谁,客户经理"


@pytest.fixture(scope="module", autouse=True)
def _one_unpacking_process() -> Iterator[None]:
    with kept_unpacking():
        yield


def rows(content: str, **options: object) -> list[Row]:
    found = verdicts(content.encode(), name="x.csv", **options)  # type: ignore[arg-type]  # handed through
    return [each for each in found if isinstance(each, Row)]


def strange(direction: str = "进账") -> str:
    return f"{OURS}\n{A},2026-11-21 15:06:07,12.5,{direction},{B},某\n"


def test_unknown_heads_are_named_with_what_is_missing() -> None:
    with pytest.raises(UnknownLayout) as caught:
        read(strange().encode(), name="x.csv")
    assert caught.value.heads == tuple(OURS.split(","))
    assert set(caught.value.unknown) == set(OURS.split(","))
    assert caught.value.missing == ("at", "amount", "direction")
    assert caught.value.missing[0] in FIELD_WORDS


def test_a_person_maps_the_heads_once_and_the_mapping_is_a_text() -> None:
    mapped = general().mapped(
        "某行",
        {"户主卡": "card", "何时": "at", "多少": "amount", "哪边": "direction", "给谁": "counterparty"},
    )
    remembered = from_json(mapped.to_json())
    assert remembered == mapped
    (refused,) = (each for each in verdicts(strange().encode(), remembered) if isinstance(each, Rejected))
    assert refused.word == "进账"
    answered = remembered.answered(directions={"进账": "in"})
    (row,) = rows(strange(), known=[answered])
    assert (row.account, row.fen, row.direction, row.counterparty) == (A, 1250, Direction.IN, B)
    assert row.more == {"客户经理": "某"}
    assert read(strange().encode(), known=[answered]).layout == "某行"
    assert read(f"{','.join(FOUR)}\n".encode(), known=[answered]).layout == "bank"


def test_a_sign_is_a_direction_only_where_the_layout_says_so() -> None:
    content = f"卡号,交易时间,交易金额\n{A},2026-11-21,-5\n{A},2026-11-21,7\n"
    with pytest.raises(UnknownLayout, match="In or out"):
        read(content.encode(), name="x.csv")
    signed = general().mapped("带符号", {}, sign="negative-out")
    assert [(row.direction, row.fen) for row in rows(content, layout=signed)] == [
        (Direction.OUT, 500),
        (Direction.IN, 700),
    ]


def test_what_does_not_fit_into_a_layout_is_refused() -> None:
    for wrong in (
        lambda: general().mapped("x", {"甲": "nothing"}),
        lambda: general().answered(directions={"甲": "sideways"}),
        lambda: general().answered(states={"甲": "maybe"}),
        lambda: general().mapped("x", {}, sign="positive"),
        lambda: from_json("[]"),
        lambda: from_json("{"),
        lambda: named("某行"),
    ):
        with pytest.raises(BadInput) as caught:
            wrong()
        assert caught.value.field == "layout"


def test_a_named_layout_excludes_the_others() -> None:
    content = ",".join(FOUR) + "\n"
    assert read(content.encode(), layout="bank").layout == "bank"
    with pytest.raises(UnknownLayout):
        read(content.encode(), layout="payment")
    assert {layout.name for layout in shipped()} == {"standard", "bank", "bank-two-columns", "payment"}


def test_two_columns_with_one_head_are_refused() -> None:
    with pytest.raises(BadInput, match="交易金额"):
        read("卡号,交易时间,交易金额,交易金额,收付标志\n".encode(), name="x.csv")


def test_the_34_columns_come_whole() -> None:
    cells = standard(
        at="2026-11-21 15:06:07", amount="1.00", balance="2.00", flag="出", to=B, toname="王小明", serial="S1"
    )
    for head, value in {
        "IP地址": "10.0.0.1",
        "MAC地址": "00-11",
        "终端号": "T1",
        "交易柜员号": "9",
        "备注": "附",
        "交易账号": "0200123409001234567",
        "摘要说明": "支付宝快捷",
        "对手身份证号": "220184198506120027",
        "交易网点名称": "某支行",
    }.items():
        cells[HEAD_34.index(head)] = value
    (row,) = rows(lines(HEAD_34, cells))
    assert (row.account, row.number, row.holder) == (A, "0200123409001234567", "李四")
    assert (row.counterparty, row.counterparty_name, row.counterparty_id) == (
        B,
        "王小明",
        "220184198506120027",
    )
    assert (row.balance, row.serial, row.remark, row.way) == (200, "S1", "附", Way.THIRD_PARTY)
    assert row.more == {
        "IP地址": "10.0.0.1",
        "MAC地址": "00-11",
        "终端号": "T1",
        "交易柜员号": "9",
        "交易网点名称": "某支行",
    }


@pytest.mark.parametrize(
    ("cash", "summary", "name", "way"),
    [
        ("现金", "", "", Way.CASH),
        ("", "ATM取款", "", Way.CASH),
        ("", "POS消费", "某超市", Way.POS),
        ("转账", "跨行汇款", "王五", Way.TRANSFER),
        ("", "跨行汇款", "支付宝（中国）网络技术有限公司", Way.THIRD_PARTY),
        ("", "购汇", "", Way.FX),
        ("", "USDT", "", Way.CRYPTO),
        ("", "其他", "王五", None),
    ],
)
def test_how_the_money_moved_is_read_from_the_words(
    cash: str, summary: str, name: str, way: Way | None
) -> None:
    head = [*FOUR, "现金标志", "摘要", "对方户名"]
    (row,) = rows(lines(head, [A, "2026-11-21 15:06:07", "1.00", "出", cash, summary, name]))
    assert row.way is way


def test_a_preview_says_what_must_be_answered_and_what_it_found() -> None:
    content = (
        f"账号：{B}\n单位：元\n"
        + lines(
            [*FOUR, "客户经理", "交易状态"],
            [A, "2026-11-21 15:06:07", "1.00", "进账", "某", "成功"],
            [A, "2026-11-21 15:06:08", "1.00", "进账", "某", "成功"],
            [A, "2026-11-21 15:06:09", "1.00", "出", "某", "处理中"],
            [A, "2026-11-21 15:06:10", "1.00", "出", "某", "成功"],
        )
    ).encode("gb18030")
    found = inspect(content, name="x.csv", first=3)
    assert (found.kind, found.encoding, found.separator, found.whole) == ("text", "gb18030", ",", True)
    assert (found.unknown_directions, found.unknown_states) == ({"进账": 2}, {"处理中": 1})
    assert (found.unknown_heads, found.accounts) == (("客户经理",), (B,))
    assert [line.line for line in found.lines] == [1, 2, 3, 4, 5, 6]
    (table,) = found.tables
    assert (table.line, table.layout.name, dict(table.heads)["交易状态"]) == (3, "bank", "state")
    assert (found.counts.rows, found.counts.stored, len(found.counts.file_sha256)) == (4, 1, 64)
    assert inspect(content, name="x.csv", most=4).whole is False


def test_an_encoding_can_be_named_and_a_wrong_one_is_refused() -> None:
    content = lines(FOUR, [A, "2026-11-21", "1.00", "进"]).encode("utf-16-be")
    assert len([each for each in verdicts(content, encoding="utf-16-be") if isinstance(each, Row)]) == 1
    with pytest.raises(BadInput) as caught:
        read(content, encoding="klingon")
    assert caught.value.field == "encoding"


def test_bytes_that_are_no_characters_reject_their_row_only() -> None:
    content = lines([*FOUR, "备注"], [A, "2026-11-21", "1.00", "进", "好"]).encode("gb18030")
    content += f"{A},2026-11-21,2.00,进,".encode("gb18030") + b"\xff\xff\r\n"
    content += lines([A, "2026-11-21", "4.00", "进", "好"]).encode("gb18030")
    found = inspect(content, name="x.csv").counts
    assert (found.rows, found.in_, [(each.line, str(each.why)) for each in found.rejected]) == (
        3,
        500,
        [(3, "text")],
    )


def test_progress_is_told_and_can_stop_the_reading() -> None:
    content = lines(FOUR, *([A, "2026-11-21", "1.00", "进"] for _ in range(10_000))).encode()
    told: list[tuple[int, int]] = []
    list(verdicts(content, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert len(told) >= 2

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        list(verdicts(content, progress=stop))


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    sample = next(sample for sample in SAMPLES if sample.file == "answer34.xlsx")
    path = tmp_path / "lie.xlsx"
    sample.make(path)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(BadInput, match="Nothing was imported"):
        read(path)


def test_spreadsheet_xml_named_xls_is_read_and_entities_are_not() -> None:
    def row(*cells: str) -> str:
        return (
            "<Row>"
            + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
            + "</Row>"
        )

    xml = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet><Table>'
        + row(*FOUR)
        + row(A, "2026-11-21T15:06:07.000", "1.5", "进")
        + '<Row ss:Index="9"><Cell ss:Index="2"><Data>x</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    found = list(verdicts(xml.encode(), name="x.xls"))
    assert [(type(each).__name__, each.line) for each in found] == [
        ("Skipped", 1),
        ("Row", 2),
        ("Rejected", 9),
    ]
