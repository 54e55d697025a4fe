"""The list of institutions: read in both encodings, every bad line by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from liaison_desk.core.roles import InstitutionKind
from liaison_desk.exchange.institutions import BadList, InstitutionLine, read_institutions

GOOD = "code,kind,name_zh,name_en\nHRB,bank,哈尔滨银行,Harbin Bank\n\nCBN,carrier,中国广电,China Broadnet\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_list_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert read_institutions(written(tmp_path, GOOD, encoding)) == (
        InstitutionLine("HRB", InstitutionKind.BANK, "哈尔滨银行", "Harbin Bank"),
        InstitutionLine("CBN", InstitutionKind.CARRIER, "中国广电", "China Broadnet"),
    )


def test_columns_may_stand_in_any_order_with_the_head_office_code(tmp_path: Path) -> None:
    text = "name_en,name_zh,kind,code,head_code\nHarbin,哈行,BANK,HRB,313261000018\n"
    assert read_institutions(written(tmp_path, text))[0].head_code == "313261000018"


def test_every_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    text = GOOD + "hrb,bank,a,b\nX1,shop,a,b\nHRB,bank,a,b\nY1,bank,,b\nPOLICE,bank,a,b\nZ1,bank,a,b,c,d\n"
    with pytest.raises(BadList) as caught:
        read_institutions(written(tmp_path, text))
    assert [(bad.line, str(bad.reason)) for bad in caught.value.lines] == [
        (5, "a code has 2 to 16 capital letters or digits and begins with a letter"),
        (6, "the kind is one of bank, carrier, payment, police"),
        (7, "the code HRB stands there twice"),
        (8, "name_zh is empty"),
        (9, "the code POLICE belongs to the police"),
        (10, "it has more fields than the first line"),
    ]
    assert "line 5" in str(caught.value)
    assert "6 bad lines" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name the columns"),
        ("code;kind;name_zh;name_en\nHRB;bank;a;b\n", "must name the columns"),
        ("code,kind,name_zh,name_en\n", "names no bank or carrier"),
        ("code,kind,name_zh,name_en\nPOLICE,police,公安,Police\n", "names no bank or carrier"),
        ("\x00\x01\x02", "is not a text file"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadList, match=said):
        read_institutions(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadList, match="cannot be read"):
        read_institutions(tmp_path / "none.csv")
