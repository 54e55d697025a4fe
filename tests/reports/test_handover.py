"""The handover sheet as it is read and signed."""

from __future__ import annotations

import io
import re
from dataclasses import replace

from pypdf import PdfReader

from liaison_desk.core.papers import Copy, CountsRow, HandoverSummary, canonical, check_code
from liaison_desk.reports.handover import age, render, span
from tests.reports.given_papers import AT, EN, ZH, handover, open_row, pages, text


def test_every_section_says_what_the_summary_holds() -> None:
    said = text(render(handover(), ZH).pdf)
    for wanted in (
        "联合办公交接班记录",
        "公主岭市公安局反诈中心·2026-11-22白班(08:00—20:00)·截至2026-11-2220:04:10",
        "编号JB〔2026〕326",
        "一、工作量（项）",
        "合计（存量＋新增－办结＝移交）745421018分31秒",
        "二、将到期",
        "12小时内2项11-2220:42",
        "24—48小时内1项11-2402:04",
        "三、未办结请求",
        "工商银行ICBC：未办结3项，超时1项",
        "四、追踪中的案件",
        "三级中国银行621660******4120",
        "22,000.00",
        "1小时02分",
        "五、资金（元）",
        "本班4,744,639.09186,420.0012,600.000.0021,000.004,897,459.0995,000.00",
        "累计挽损8,004,000.00（人民币捌佰万肆仟元整）",
        "此前发生的资金变动",
        "六、到期失效",
        "孙某11-2215:14",
        "未确认",
        "七、运营商协办请求",
        "138****1234",
        "八、接班复述",
        "1.建行9,800元20:42到期",
        "九、签字",
        "交班带班：王某",
        "11-2220:11密码确认",
        "驻点接班：吴某某（工行）",
        "审计链#48,001—#48,213·链首0123-4567-89AB-CDEF",
        "打印2026-11-2220:12:33·正本",
        f"校验码{check_code(canonical(handover()))}",
    ):
        assert wanted in said, wanted
    assert "当班未签" not in said


def test_english_is_complete() -> None:
    said = text(render(handover(), EN).pdf)
    for wanted in (
        "Jointofficehandoverrecord",
        "1.Workload",
        "9.Signatures",
        "Within12hours:2",
        "head0123-4567-89AB-CDEF",
    ):
        assert wanted in said, wanted


def test_clocks_stand_by_expiry_whatever_order_they_come_in() -> None:
    forward = text(render(handover(), ZH).pdf)
    assert forward.index("ZF〔2026〕1102建设银行") < forward.index("ZF〔2026〕1104邮储银行")
    gone = handover(clocks=(replace(handover().clocks[0], ends_at=AT),))
    assert "已到期1项" in text(render(gone, ZH).pdf)


def test_empty_sections_say_none() -> None:
    bare = HandoverSummary(imprint=handover().imprint, shift="", as_of=AT, running=False)
    said = text(render(bare, ZH).pdf)
    assert said.count("无") == 7
    assert text(render(bare, EN).pdf).count("None") == 7


def test_a_running_shift_says_plainly_that_it_is_no_handover() -> None:
    running = handover(running=True, imprint=replace(handover().imprint, number=""))
    made = render(running, ZH)
    for page in pages(made.pdf):
        assert "当班未签" in page
    assert "不是正式交接班记录" in text(made.pdf)
    assert "正本" not in text(made.pdf)
    assert "notasignedhandover" in text(render(running, EN).pdf)


def test_five_hundred_rows_repeat_their_head_and_lose_nothing() -> None:
    many = handover(open_requests=tuple(open_row(n) for n in range(500)))
    read = pages(render(many, ZH).pdf)
    said = "".join(read)
    for n in range(500):
        assert f"ZF〔2026〕{1100 + n}" in said
    total = len(read)
    for n, page in enumerate(read, 1):
        assert f"第{n}页共{total}页" in page
        assert "编号JB〔2026〕326" in page
        assert "链首0123-4567-89AB-CDEF" in page
        assert "内部资料·注意保管" in page
    inner = [page for page in read[1:] if page.count("等待反馈") > 3]
    assert len(inner) > 8
    assert all("编号、单位事项与对象状态金额（元）" in page for page in inner)


def test_one_row_and_cells_taller_than_a_page() -> None:
    tall = handover(
        open_requests=(open_row(0, next_step="长" * 2000, last_step="𠮷" * 900, owner="<b>&amp;</b>"),)
    )
    said = text(render(tall, ZH).pdf)
    assert said.count("长") == 2000
    assert said.count("𠮷") == 900
    assert "<b>&amp;</b>" in said


def test_long_names_stay_inside_their_cells() -> None:
    named = handover(counts=(CountsRow("银" * 200, 1, 2, 3, 0, 0, None),))
    assert text(render(named, ZH).pdf).count("银" * 10) >= 10


def test_the_renderer_adds_nothing_to_the_masked_summary() -> None:
    """Every number on the sheet comes from the summary: no run of digits longer than what was handed in."""
    said = text(render(handover(), ZH).pdf)
    assert not re.search(r"\d{16,}", said)
    assert not re.search(r"1[3-9]\d{9}", said)


def test_properties_hold_the_number_and_no_name() -> None:
    metadata = PdfReader(io.BytesIO(render(handover(), ZH).pdf)).metadata
    assert metadata is not None
    told = {key: str(value) for key, value in metadata.items()}
    assert told["/Title"] == "JB〔2026〕326"
    assert not any(name in " ".join(told.values()) for name in ("王某", "孙某", "反诈中心"))


def test_the_same_summary_gives_the_same_bytes_and_a_reprint_says_so() -> None:
    assert render(handover(), ZH).pdf == render(handover(), ZH).pdf
    again = handover(imprint=replace(handover().imprint, copy=Copy.REPRINT))
    said = text(render(again, ZH).pdf)
    assert "·补打·" in said
    assert "正本" not in said


def test_lengths_of_time_read_as_people_say_them() -> None:
    assert span(560, ZH) == "9 分 20 秒"
    assert span(3_720, ZH) == "1 小时 02 分"
    assert age(59, ZH) == "0 分"
    assert age(86_400 * 3 + 3_600 * 4, ZH) == "3 天 04 小时"
    assert span(560, EN) == "9 min 20 s"
