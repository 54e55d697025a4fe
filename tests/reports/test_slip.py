"""Request slips as they are read on paper."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from liaison_desk.core.lifecycle import LegKind
from liaison_desk.core.papers import SlipSummary, SlipTarget
from liaison_desk.core.words import Say
from liaison_desk.reports.slip import TITLES, render
from tests.reports.given_papers import AT, EN, ZH, pages, slip, text


def test_every_field_of_a_stop_is_on_the_slip() -> None:
    said = text(render([slip()], ZH).pdf)
    for wanted in (
        "紧急止付请求单",
        "内部资料·注意保管",
        "ZF〔2026〕1102",
        "AJ〔2026〕317",
        "冒充电商物流客服",
        "中国工商银行公主岭支行",
        "王秀兰",
        "6222030200112345678",
        "CNY9,800.00",
        "2026-11-2219:40:10",
        "20261122194012345",
        "中国建设银行",
        "105100000017",
        "买买提·吐尔逊",
        "6217002710000684874",
        "个人账户",
        "人民币玖仟捌佰元整",
        "2026-11-2220:04:10",
        "2026-11-2420:04:10",
        "涉嫌电信网络诈骗",
        "对方仍在通话",
        "后补，2026-11-2320:04:10前",
        "公主岭市公安局刑事侦查大队",
        "220184550000",
        "周建国",
        "人民警察证220417",
        "0434-6210110",
        "赵敏",
        "反馈时限2026-11-2220:34:10",
        "四项核对一致",
        "执行前余额",
        "执行金额",
        "未执行原因",
        "反馈人",
        "第1页共1页",
    ):
        assert wanted in said, wanted
    assert said.count("□") == 15


def test_the_english_slip_is_english_but_for_what_people_typed() -> None:
    typed = slip(note="", reason="", remark="", fraud_type="", case_number="AJ-317")
    said = text(render([typed], EN).pdf)
    for wanted in (
        "Emergencystop-paymentrequest",
        "Page1of1",
        "Accounttostop",
        "Personalaccount",
        "Doneinfull0000",
    ):
        assert wanted in said, wanted


@pytest.mark.parametrize("kind", list(LegKind))
@pytest.mark.parametrize("say", [ZH, EN], ids=["zh", "en"])
def test_the_title_follows_the_kind(kind: LegKind, say: Say) -> None:
    said = text(render([slip(kind=kind)], say).pdf)
    assert "".join(say(TITLES[kind]).split()) in said


def test_fields_that_do_not_apply_are_left_out() -> None:
    bare = slip(
        kind=LegKind.SUSPEND_NUMBER,
        payments=(),
        target=SlipTarget("中国移动", "13800001234"),
        level=None,
        amount_fen=None,
        asked_from=None,
        asked_until=None,
        reason="",
        remark="",
        document_due=None,
        co_officer=None,
        note="",
        due_at=None,
    )
    said = text(render([bare], ZH).pdf)
    for left_out in (
        "受害人付款",
        "请求事项",
        "联行号",
        "金额",
        "余额",
        "协办人",
        "反馈时限",
        "户名",
        "账户性质",
    ):
        assert left_out not in said, left_out
    assert "13800001234" in said
    assert "一、涉案号码二、" not in said


def test_markup_rare_characters_and_long_names_are_printed_as_typed() -> None:
    name = '㼆𠮷 买买提·吐尔逊 <b>&amp;</b> & <font color="red">'
    long = "阿" * 200
    made = render(
        [slip(target=replace(slip().target, name=name), unit=long, remark="<para>&lt; 1 < 2</para>")], ZH
    )
    said = text(made.pdf)
    assert "".join(name.split()) in said
    assert "<para>&lt;1<2</para>" in said
    assert said.count("阿") == 200
    assert made.missing == ()


def test_a_character_without_a_font_is_named_and_reported() -> None:
    made = render([slip(remark="王\U00030000\U00030000"), slip(remark="\U00031000")], ZH)
    assert "王〔U+30000〕〔U+30000〕" in text(made.pdf)
    assert made.missing == ("U+30000", "U+31000")


def test_each_slip_has_its_own_pages_and_number() -> None:
    def numbered(number: str, remark: str) -> SlipSummary:
        return slip(imprint=replace(slip().imprint, number=number), remark=remark)

    slips = [
        numbered("ZF〔2026〕1", "短"),
        numbered("ZF〔2026〕2", "长。" * 3000),
        numbered("ZF〔2026〕3", "短"),
    ]
    read = pages(render(slips, ZH).pdf)
    found = [re.search(r"编号ZF〔2026〕(\d).*第(\d+)页共(\d+)页", page) for page in read]
    assert all(found)
    counted = [tuple(map(int, one.groups())) for one in found if one]
    long = len(read) - 2
    assert long > 1
    assert counted == [(1, 1, 1), *((2, n, long) for n in range(1, long + 1)), (3, 1, 1)]
    assert sum(page.count("长。") for page in read) == 3000


def test_the_addressee_is_the_watermark_of_every_page() -> None:
    marked = slip(imprint=replace(slip().imprint, addressee="测试收件行"))
    assert all("测试收件行" in page for page in pages(render([marked], ZH).pdf))


def test_a_drill_says_so_whoever_it_is_addressed_to() -> None:
    said = text(render([slip(imprint=replace(slip().imprint, drill=True, addressee="测试收件行"))], ZH).pdf)
    assert "演练" in said
    assert "测试收件行" not in said


def test_properties_hold_the_number_and_no_person() -> None:
    reader = PdfReader(io.BytesIO(render([slip()], ZH).pdf))
    assert reader.metadata is not None
    told = {key: str(value) for key, value in reader.metadata.items()}
    assert told["/Title"] == "ZF〔2026〕1102"
    everything = " ".join(told.values())
    for person in ("王秀兰", "买买提", "周建国", "赵敏", "建设银行", "反诈中心"):
        assert person not in everything


def test_every_font_is_embedded() -> None:
    pdf = render([slip(remark="𠮷")], ZH).pdf
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    described = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # pypdf's dictionaries
    names = {str(font["/BaseFont"]).split("+")[1] for font in described}
    assert names == {"NotoSansSC-Regular", "NotoSansSC-Bold", "LiaisonRareHan"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in described)


def test_the_same_summary_gives_the_same_bytes() -> None:
    assert render([slip(remark="𠮷")], ZH).pdf == render([slip(remark="𠮷")], ZH).pdf


def test_several_payments_stand_one_below_the_other() -> None:
    first = slip().payments[0]
    second = replace(first, amount_fen=123_456, paid_at=AT - timedelta(minutes=3))
    said = text(render([slip(payments=(first, second))], ZH).pdf)
    assert "CNY9,800.00" in said
    assert "CNY1,234.56" in said


@pytest.mark.parametrize("kind", [LegKind.STOP, LegKind.FREEZE])
@pytest.mark.parametrize("say", [ZH, EN], ids=["zh", "en"])
def test_a_slip_with_all_its_fields_fits_one_page(kind: LegKind, say: Say) -> None:
    assert len(pages(render([slip(kind=kind)], say).pdf)) == 1
