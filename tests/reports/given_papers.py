"""Invented summaries for the tests of the papers."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from liaison_desk.core.lifecycle import LegKind, LegState, Urgency
from liaison_desk.core.papers import (
    ClockRow,
    CountsRow,
    EarlierFlow,
    HandoverSummary,
    Imprint,
    LapseRow,
    MoneyRow,
    OpenRow,
    Period,
    SignBox,
    SlipOfficer,
    SlipSummary,
    SlipTarget,
    TraceRow,
    VictimPayment,
)
from liaison_desk.core.words import Say, load, msg

ZH = load("zh_CN", Path(__file__).resolve().parents[2] / "resources" / "i18n")
EN = Say("en")

AT = datetime(2026, 11, 22, 12, 4, 10, tzinfo=UTC)
"""20:04:10 in the office's zone."""
HEAD = "00443214c74254b635cf84653a56d7c675be77df" + "0" * 24


def slip(**changes: Any) -> SlipSummary:
    whole = SlipSummary(
        imprint=Imprint(
            office="公主岭市公安局反诈中心",
            number="ZF〔2026〕1102",
            printed_at=AT,
            addressee="中国建设银行",
        ),
        kind=LegKind.STOP,
        urgency=Urgency.URGENT,
        case_number="AJ〔2026〕317",
        fraud_type="冒充电商物流客服",
        payments=(
            VictimPayment(
                bank="中国工商银行公主岭支行",
                name="王秀兰",
                account="6222030200112345678",
                amount_fen=980_000,
                paid_at=AT - timedelta(minutes=24),
                serial="20261122194012345",
            ),
        ),
        target=SlipTarget(
            institution="中国建设银行",
            institution_code="105100000017",
            name="买买提·吐尔逊",
            number="6217002710000684874",
            company=False,
            id_number="220381199001011234",
        ),
        level=1,
        amount_fen=980_000,
        amount_capitals="人民币玖仟捌佰元整",
        asked_from=AT,
        asked_until=AT + timedelta(hours=48),
        reason="受害人被冒充客服者诱骗，向上述账户转账，涉嫌电信网络诈骗。",
        remark="受害人称对方仍在通话，请优先办理。",
        document_due=AT + timedelta(hours=24),
        unit="公主岭市公安局刑事侦查大队",
        unit_code="220184550000",
        officer=SlipOfficer("周建国", "人民警察证", "220417", "0434-6210110"),
        co_officer=SlipOfficer("赵敏", "人民警察证", "220523", "13800001234"),
        issued_at=AT,
        due_at=AT + timedelta(minutes=30),
        note="户名、账号、汇款金额、交易时间四项核对一致的，立即止付；有不一致的，不得止付并立即反馈。",
    )
    return replace(whole, **changes)


def open_row(n: int, **changes: Any) -> OpenRow:
    whole = OpenRow(
        institution=("工商银行 ICBC", "农业银行 ABC", "建设银行 CCB")[n % 3],
        number=f"ZF〔2026〕{1100 + n}",
        kind=LegKind.STOP,
        target="6217 00** **** 4874 账户A",
        state=LegState.CLAIMED,
        age_seconds=600 + 77 * n,
        overdue=n % 5 == 0,
        last_step="已受理，核对户名",
        next_step="等待反馈",
        owner="李某",
        amount_fen=100_000 + n,
    )
    return replace(whole, **changes)


def handover(**changes: Any) -> HandoverSummary:
    whole = HandoverSummary(
        imprint=Imprint(
            office="公主岭市公安局反诈中心",
            number="JB〔2026〕326",
            printed_at=AT + timedelta(minutes=8, seconds=23),
            chain_from=48_001,
            chain_to=48_213,
            chain_head=HEAD,
        ),
        shift=msg("{day} {name} ({hours})", day="2026-11-22", name="白班", hours="08:00—20:00"),
        as_of=AT,
        running=False,
        counts=(
            CountsRow("工商银行 ICBC", 4, 18, 16, 6, 1, 560),
            CountsRow("农业银行 ABC", 2, 11, 11, 2, 0, 425),
            CountsRow("建设银行 CCB", 1, 9, 8, 2, 0, 708),
            CountsRow("中国移动 CMCC", 0, 7, 7, 0, 0, None),
        ),
        counts_total=CountsRow("", 7, 45, 42, 10, 1, 511),
        clocks=(
            ClockRow(
                AT + timedelta(hours=10, minutes=11),
                "止付 48 小时",
                "ZF〔2026〕1104",
                "邮储银行",
                440_000,
                "可再止付 1 次",
                "赵某",
            ),
            ClockRow(
                AT + timedelta(minutes=38),
                "止付 48 小时",
                "ZF〔2026〕1102",
                "建设银行",
                980_000,
                "转冻结，文书已批",
                "周某",
            ),
            ClockRow(
                AT + timedelta(hours=30),
                "止付 48 小时",
                "ZF〔2026〕1109",
                "中国银行",
                2_200_000,
                "待明细反馈后转冻结，同时对下一级账户延伸止付",
                "王某",
            ),
        ),
        open_requests=tuple(open_row(n) for n in range(7)),
        traces=(
            TraceRow(
                "AJ〔2026〕311",
                "冒充客服",
                "三级 中国银行 6216 60** **** 4120",
                2_200_000,
                "中国银行 明细反馈",
                3_720,
            ),
            TraceRow(
                "AJ〔2026〕287", "刷单返利", "二级 第三方支付 商户 8820", 660_000, "民警 补充文书", 20_400
            ),
        ),
        money=(
            MoneyRow(Period.SHIFT, 474_463_909, 18_642_000, 1_260_000, 0, 2_100_000, 489_745_909, 9_500_000),
            MoneyRow(
                Period.MONTH,
                389_717_086,
                120_431_150,
                14_390_527,
                1_840_000,
                4_171_800,
                489_745_909,
                68_802_000,
            ),
            MoneyRow(
                Period.TOTAL, 0, 924_409_755, 310_654_091, 41_120_830, 82_888_925, 489_745_909, 541_733_218
            ),
        ),
        recovered_fen=800_400_000,
        recovered_capitals="人民币捌佰万肆仟元整",
        earlier_flows=(
            EarlierFlow(
                "ZF〔2026〕1088",
                "止付",
                350_000,
                AT - timedelta(hours=13),
                AT - timedelta(hours=11, minutes=30),
            ),
        ),
        lapses=(
            LapseRow(
                "ZF〔2026〕1071",
                "建设银行",
                "6217 00** **** 9921 账户C",
                1_500_000,
                AT - timedelta(hours=5),
                "孙某",
                AT - timedelta(hours=4, minutes=50),
            ),
            LapseRow(
                "ZF〔2026〕1075", "农业银行", "6228 48** **** 0017 账户B", 600_000, AT - timedelta(hours=2)
            ),
        ),
        carrier_requests=(
            open_row(
                1,
                institution="中国移动 CMCC",
                number="TJ〔2026〕88",
                kind=LegKind.SUSPEND_NUMBER,
                target="138****1234",
                amount_fen=None,
                last_step="已受理",
                next_step="停机后反馈",
            ),
        ),
        read_back=("建行 9,800 元 20:42 到期，文书已批，立即转冻结。",),
        signatures=(
            SignBox(msg("Outgoing lead"), "王某", "", AT),
            SignBox(msg("Incoming lead"), "孙某", "", AT + timedelta(minutes=7)),
            SignBox("驻点交班", "李某某", "工行"),
            SignBox("驻点接班", "吴某某", "工行"),
            SignBox("驻点交班", "陈某", "农行"),
            SignBox("驻点接班", "林某", "农行"),
        ),
    )
    return replace(whole, **changes)


def pages(pdf: bytes) -> list[str]:
    """The text of each page without spaces: a line's end inside a word is the paper's affair."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return "".join(pages(pdf))
