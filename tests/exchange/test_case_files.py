"""Workbooks of reports: rows to lines, each refused one with its line and reason, none dropped and nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from liaison_desk import paths
from liaison_desk.core.caselines import CaseFile
from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import LANGUAGES, load
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.exchange.case_files import FRAUD_WORDS, HEADS, read_case_file
from liaison_desk.exchange.case_template import write_case_template
from tests.given import card

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
DAY = datetime.fromisoformat("2026-03-10")
ICBC, ABC, CCB = card("ICBC", 1), card("ABC", 2), card("CCB", 3)
HEAD = "案件编号,报案时间,受害人,身份证号,手机,涉案类型,区域,收款账号,收款人,开户行,金额,转账时间,备注"


def read(path: Path) -> CaseFile:
    return read_case_file(path, ZONE, NOW)


def text(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "登记.csv") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """That clock of 10 March in Beijing."""
    return datetime(2026, 3, 10, hour, minute, second, tzinfo=ZONE).astimezone(UTC)


def test_rows_of_one_mark_are_one_case_and_blank_cells_go_on_with_the_row_above(tmp_path: Path) -> None:
    path = text(
        tmp_path,
        "某某县反诈中心报案登记",
        HEAD,
        f"A1,2026-03-10 09:30,王小明,,13904341122,冒充客服,河南街道,{ICBC},李四,工商银行,5万,2026-03-10 09:12:30,刷屏",
        f',,,,,,,{ABC},赵敏,,"12,000.50",2026/3/10 9:20,',
        f"A2,2026年3月10日9时40分,欧阳娜娜,,,刷单返利,,{CCB},,,800元,3月10日 09:31,",
        "合计,,,,,,,,,,62800.50,,",
        "",
        HEAD,
    )
    found = read(path)
    assert found.refused == ()
    assert found.skipped == 4  # the title, both heads, the sums; blank lines need not be counted
    assert [
        (line.line, line.group, line.mark, line.victim_name, line.fraud_type, line.number, line.holder, line.fen, line.paid_at)
        for line in found.lines
    ] == [
        (3, 1, "A1", "王小明", "support", ICBC, "李四", 5_000_000, at(9, 12, 30)),
        (4, 1, "A1", "王小明", "support", ABC, "赵敏", 1_200_050, at(9, 20)),
        (5, 2, "A2", "欧阳娜娜", "brushing", CCB, "", 80_000, at(9, 31)),
    ]  # fmt: skip
    assert [line.reported_at for line in found.lines] == [at(9, 30), at(9, 30), at(9, 40)]
    assert [line.institution for line in found.lines] == ["ICBC", None, None]
    assert found.lines[1].victim_phone == "13904341122"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_the_same_rows_come_out_of_every_encoding_and_separator(tmp_path: Path, encoding: str) -> None:
    row = f'王小明\t="{ICBC}"\t5000\t2026-03-10 09:00'
    found = read(
        text(tmp_path, "受害人\t嫌疑账号\t金额(元)\t转账时间", row, encoding=encoding, name="登记.txt")
    )
    assert [(line.number, line.fen) for line in found.lines] == [(ICBC, 500_000)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("王小明,6.22203E+18,5000,2026-03-10 09:00", "cut 6.22203E+18 short"),
        ("王小明,6222020200183500000,5000,2026-03-10 09:00", "turned into zeros"),
        (f"王小明,{ICBC},几万,2026-03-10 09:00", "does not say one exact amount"),
        (f"王小明,{ICBC},0,2026-03-10 09:00", "The amount is 0"),
        (f"王小明,{ICBC},,2026-03-10 09:00", "No amount is given."),
        (f"王小明,{ICBC},5000,", "when it was paid"),
        (f"王小明,{ICBC},5000,2026-03-10", "names only a day"),
        (f"王小明,{ICBC},5000,昨天14:05", "is not a time"),
        (f"王小明,{ICBC},5000,14:05", "names no day"),
        (f"王小明,{ICBC},5000,2026-02-30 09:00", "is not a time"),
        ("王小明,,5000,2026-03-10 09:00", "which account was paid"),
        (f",{ICBC},5000,2026-03-10 09:00", "no row above does"),
        (f"12345678,{ICBC},5000,2026-03-10 09:00", "is a number, not a name"),
        (f"王小明,{ICBC},12.345,2026-03-10 09:00", "more than two decimals"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_line_and_reason(
    tmp_path: Path, cells: str, reason: str
) -> None:
    found = read(text(tmp_path, "受害人,收款账号,金额,转账时间", cells))
    assert found.lines == ()
    (refused,) = found.refused
    assert (refused.sheet, refused.line) == ("", 2)
    assert reason in str(refused.reason)


def test_a_case_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    head = "案件编号,受害人,收款账号,金额,转账时间"
    found = read(
        text(
            tmp_path,
            head,
            f"A1,王小明,{ICBC},5000,2026-03-10 09:00",
            "A1,王小明,6.22203E+18,6000,2026-03-10 09:01",
            f"A2,欧阳娜娜,{ABC},7000,2026-03-10 09:02",
            f"A3,12,{ABC},7000,2026-03-10 09:02",
            f",,{CCB},900,2026-03-10 09:05",
        )
    )
    assert [line.line for line in found.lines] == [4]
    assert [(each.line, str(each.reason)[:33]) for each in found.refused] == [
        (2, "Not stored, because line 3 of the"),
        (3, "A spreadsheet has cut 6.22203E+18"),
        (5, "12 is a number, not a name; type "),
        (6, "Not stored, because line 5 of the"),
    ]


def test_two_victims_under_one_mark_contradict_each_other(tmp_path: Path) -> None:
    found = read(
        text(
            tmp_path,
            "案件编号,受害人,收款账号,金额,转账时间",
            f"A1,王小明,{ICBC},5000,2026-03-10 09:00",
            f"A1,欧阳娜娜,{ABC},6000,2026-03-10 09:01",
        )
    )
    assert found.lines == ()
    assert [each.line for each in found.refused] == [2, 3]


def test_cells_of_a_workbook_keep_their_kinds_and_a_number_that_lost_digits_is_refused(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "三月"
    sheet.append(["受害人", "收款账号", "金额（万元）", "转账日期", "转账时间", "嫌疑电话"])
    sheet.append(["王小明", ICBC, 1.23456, DAY, "09:12:30", 17012345678])
    sheet.append(["欧阳娜娜", 6222020200183502745, 1, DAY.replace(hour=9), None, None])
    sheet.append(["买买提·吐尔逊", ABC, 2, 46091.375, None, None])
    other = book.create_sheet("说明")
    other.append(["先填写三月"])
    path = tmp_path / "登记.xlsx"
    book.save(path)
    found = read(path)
    assert found.sheets == ("三月",)
    assert [(line.line, line.fen, line.paid_at, line.suspect_phone) for line in found.lines] == [
        (2, 1_234_560, at(9, 12, 30), "17012345678"),
        (4, 2_000_000, at(9), ""),
    ]
    ((line, reason),) = [(each.line, str(each.reason)) for each in found.refused]
    assert line == 3
    assert "6.22202e+18" in reason


def test_a_bank_that_is_not_the_cards_own_warns_and_a_wrong_check_digit_too(tmp_path: Path) -> None:
    wrong = ICBC[:-1] + str((int(ICBC[-1]) + 1) % 10)
    found = read(
        text(
            tmp_path,
            "受害人,收款账号,开户行,金额,转账时间",
            f"王小明,{ICBC},中国农业银行公主岭支行,5000,2026-03-10 09:00",
            f"欧阳娜娜,{wrong},,5000,2026-03-10 09:00",
        )
    )
    assert [line.institution for line in found.lines] == ["ABC", None]
    assert [[str(words)[:17] for words in line.warnings] for line in found.lines] == [
        ["The card's prefix"],
        ["The check digit o"],
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        ("你好,世界\n1,2".encode(), "no line of headings that is understood (你好、世界)"),
        (b"<html><table><tr><td>1</td></tr></table>", "web page"),
        (b"PK\x03\x04" + b"\0" * 40, "the workbook is damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "the workbook is damaged"),
        (b"\xff\xfe\xff\xff\x00\x00\x01", "neither a workbook nor text"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_as_a_whole(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "file.xls"
    path.write_bytes(data)
    with pytest.raises(BadInput) as refused:
        read(path)
    assert reason in str(refused.value)


def test_a_workbook_with_a_password_is_refused_by_the_one_reader_of_workbooks() -> None:
    with pytest.raises(BadInput, match="locked with a password"):
        read(Path(__file__).parent / "statements" / "protected.xlsx")


def test_the_types_of_fraud_and_the_headings_are_those_of_the_desk() -> None:
    assert set(FRAUD_WORDS) == set(FRAUD_TYPES)
    words = [name for _, others in HEADS.values() for name in others]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_read_back_in_both_languages_and_its_examples_are_not(
    tmp_path: Path, language: str
) -> None:
    path = tmp_path / "template.xlsx"
    say = load(language, paths.resources() / "i18n")
    write_case_template(path, say, ["工商银行", "ICBC"], [say(words) for words in FRAUD_TYPES.values()])
    empty = read(path)
    assert (empty.rows, len(empty.sheets)) == (0, 1)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    heads = [str(cell.value).removesuffix(" *") for cell in sheet[1]]
    row = {
        HEADS["victim_name"][0]: "王小明",
        HEADS["fraud_type"][0]: say(FRAUD_TYPES["justice"]),
        HEADS["number"][0]: ICBC,
        HEADS["bank_name"][0]: "工商银行",
        HEADS["amount"][0]: 50,
        HEADS["paid_at"][0]: "2026-03-10 09:00",
    }
    for head, value in row.items():
        sheet.cell(2, heads.index(say(head)) + 1, value)
    assert sheet.cell(2, heads.index(say(HEADS["number"][0])) + 1).number_format == "@"
    assert [rule.formula1.endswith("$2") for rule in sheet.data_validations.dataValidation] == [True, False]
    book.save(path)
    (line,) = read(path).lines
    assert (line.number, line.fraud_type, line.fen, line.institution) == (ICBC, "justice", 5_000, "ICBC")
