"""Every piece of the window on one sheet, for looking at: ``python -m tests.ui.gallery FOLDER``.

Writes one picture per theme and language. With QT_SCALE_FACTOR=2 the pictures show a 200 % screen.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import columns, messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.balance import MoneyBar, Part
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Card, EmptyState, Fact, FactGrid, Figure, Text, account_fact, section
from liaison_desk.ui.chips import Chip, Filter, FilterBar, KeyCap
from liaison_desk.ui.columns import Align, Column
from liaison_desk.ui.editors import AccountEdit, CodeCombo, MomentEdit, MoneyEdit, NoteEdit
from liaison_desk.ui.forms import Field, Form
from liaison_desk.ui.palette import Entry, Palette
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, Share, Tone, apply
from liaison_desk.ui.timeline import Event, Timeline

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 7, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Leg:
    """An invented row of the queue."""

    number: str
    due: datetime | None
    kind: str
    level: int
    account: str
    holder: str
    fen: int | None
    state: str
    tone: Tone
    icon: str
    owner: str
    since: datetime


def _minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


LEGS = [
    Leg("ZF〔2026〕1187", NOW - _minutes(3.2), "止付", 1, "622202******1234", "张*", 3_500_000, "待受理", Tone.NEUTRAL, "circle-dashed", "", NOW - _minutes(8)),
    Leg("ZF〔2026〕1189", NOW + _minutes(12.5), "止付", 2, "622208******8846", "孙*", 2_860_000, "处理中", Tone.ACCENT, "circle-dot", "李某某", NOW - _minutes(3)),
    Leg("ZF〔2026〕1190", NOW + _minutes(78), "止付", 2, "622202******0071", "吴*", 640_000, "待受理", Tone.NEUTRAL, "circle-dashed", "", NOW - _minutes(1)),
    Leg("CX〔2026〕642", NOW + _minutes(95), "明细查询", 2, "621226******5519", "郑**", None, "待受理", Tone.NEUTRAL, "circle-dashed", "", NOW - _minutes(5)),
    Leg("ZF〔2026〕1181", NOW + _minutes(2832), "止付", 1, "622203******9921", "刘*", 1_200_000, "已反馈·部分", Tone.SOON, "circle-check", "李某某", NOW - _minutes(48)),
    Leg("ZF〔2026〕1179", NOW + _minutes(2800), "止付", 1, "621225******3308", "欧阳**", 5_000_000, "已反馈·成功", Tone.OK, "circle-check", "李某某", NOW - _minutes(70)),
    Leg("JD〔2026〕77", NOW + timedelta(days=2, hours=6), "解除冻结", 1, "622202******6410", "马**", 320_000, "处理中", Tone.ACCENT, "circle-dot", "周某", NOW - timedelta(days=1)),
    Leg("DJ〔2026〕231", NOW + timedelta(days=171), "冻结", 1, "621721******7782", "陈*", 9_500_000, "已反馈·成功", Tone.OK, "circle-check", "周某", NOW - timedelta(days=9)),
    Leg("ZF〔2026〕1175", None, "止付", 3, "622200******1090", "何*", 498_000, "户名不符", Tone.REFUSED, "circle-x", "李某某", NOW - _minutes(121)),
]  # fmt: skip

COLUMNS: list[Column[Leg]] = [
    Column(
        "left", Message("剩余"), lambda r: columns.remaining(r.due, NOW, ZONE), 112, sort="due", ticking=True
    ),
    Column("number", Message("编号"), lambda r: columns.code(r.number), 128, sort="number"),
    Column("kind", Message("类型"), lambda r: columns.text(r.kind), 76),
    Column("level", Message("级"), lambda r: columns.text(str(r.level)), 36, Align.CENTRE),
    Column("account", Message("对象"), lambda r: columns.account(r.account), 172),
    Column("holder", Message("户名"), lambda r: columns.text(r.holder), 68),
    Column("amount", Message("金额（元）"), lambda r: columns.money(r.fen), 104, Align.RIGHT, sort="amount"),
    Column("state", Message("状态"), lambda r: columns.chip(r.state, r.tone, r.icon), 126),
    Column("owner", Message("受理人"), lambda r: columns.text(r.owner or None), 72),
    Column("age", Message("已过"), lambda r: columns.age(r.since, NOW, ZONE), 64),
]


def queue(two_lines: bool = False) -> Table[Leg]:
    model = RowsModel(COLUMNS, key=lambda row: row.number)
    table = Table(model, two_lines=two_lines)
    model.replace(LEGS)
    model.replace([*LEGS[:2], Leg(**{**LEGS[2].__dict__, "fen": 640_100}), *LEGS[3:]])
    table.select_key("ZF〔2026〕1187")
    table.head.set_sorted("due")
    return table


def detail() -> QWidget:
    pane = QFrame()
    pane.setProperty("surface", "detail")
    pane.setFixedWidth(370)
    column = QVBoxLayout(pane)
    column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
    column.setSpacing(GRID + 2)
    head = QHBoxLayout()
    head.addWidget(Text("ZF〔2026〕1187 · 止付", "title"))
    head.addStretch()
    chip = Chip()
    chip.set(Message("超时 03:10"), Tone.OVERDUE, "triangle")
    head.addWidget(chip)
    column.addLayout(head)
    column.addWidget(Text("案件 2026-1122-031 · 冒充客服 · 报警 15:02", "small"))
    facts = FactGrid()
    facts.set_facts(
        [
            account_fact(Message("账号"), "6222020200111234"),
            Fact(Message("户名"), "张某"),
            Fact(Message("要求止付"), "35,000.00", strong=True),
            Fact(Message("预计还能止付"), "21,400.00", second="一级 · 8 分钟"),
            Fact(Message("转入时间"), "14:58:21"),
            Fact(Message("已止付次数"), "0 / 2"),
            Fact(
                Message("提示"), "此账户另见于案件 2026-1118-007（11-18，曾止付 2,300.00，已解除）", wide=True
            ),
        ]
    )
    column.addWidget(facts)
    buttons = QHBoxLayout()
    buttons.addWidget(Button(Message("受理"), keys="C", kind="primary"), 1)
    buttons.addWidget(Button(Message("退回补正"), keys="R"), 1)
    column.addLayout(buttons)
    column.addWidget(section(Message("本案资金（元）")))
    bar = MoneyBar()
    bar.set_parts(
        6_800_000,
        [
            Part(Share.FROZEN, 550_000),
            Part(Share.STOPPED, 520_000),
            Part(Share.SPENT, 950_000),
            Part(Share.UNTRACED, 4_780_000),
        ],
    )
    column.addWidget(bar)
    column.addWidget(section(Message("经过")))
    line = Timeline()
    line.set_events(
        [
            Event("15:02:40", "受理报警", "值班民警 赵某"),
            Event("15:04:05", "发出止付请求 → 工商银行"),
            Event(
                "15:04:05", "按卡号前缀 622202 归入工商银行，若卡号有误请退回补正并写明原因，以便值班民警更正"
            ),
            Event("15:09:05", "提醒：5 分钟未受理（本单位）", tone=Tone.SOON),
            Event("15:09:05", "升级：带班 王某", tone=Tone.OVERDUE),
        ]
    )
    column.addWidget(line)
    column.addWidget(section(Message("附言")))
    column.addWidget(NoteEdit(lines=2, placeholder=Message("写一条附言，@单位 会提醒对方…")))
    column.addStretch()
    return pane


def form() -> Form:
    made = Form()
    made.add(Field("account", Message("账号"), AccountEdit(), required=True))
    made.add(Field("amount", Message("金额（元）"), MoneyEdit(), required=True))
    made.add(Field("time", Message("转入时间"), MomentEdit(ZONE, lambda: NOW), hint=Message("可只写 14:05")))
    made.add(
        Field("kind", Message("类型"), CodeCombo([("stop", Message("止付")), ("freeze", Message("冻结"))]))
    )
    made.set_values(account="6222020200111234567", amount=3_500_000, time=NOW)
    made.show_error(
        BadInput(msg("“{field}” is empty; fill it in.", field=Message("金额（元）")), field="amount")
    )
    return made


def sheet() -> QWidget:
    """Everything on one widget."""
    page = QWidget()
    page.setObjectName("gallery")
    page.setProperty("surface", "window")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page.setMinimumSize(1440, 900)
    outer = QHBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    middle = QVBoxLayout()
    middle.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
    middle.setSpacing(GRID + 4)
    head = QHBoxLayout()
    head.addWidget(Text("队列", "heading"))
    head.addWidget(Text("12 项待办，按“还能追回的钱”排序", "muted"))
    head.addStretch()
    head.addWidget(Button(Message("导入反馈"), icon="upload", keys="Ctrl I"))
    head.addWidget(Button(Message("更多"), kind="quiet"))
    disabled = Button(Message("不可用"), icon="lock")
    disabled.setEnabled(False)
    head.addWidget(disabled)
    middle.addLayout(head)
    middle.addWidget(
        FilterBar(
            [
                Filter("own", Message("本单位"), 9),
                Filter("queued", Message("待受理"), 4),
                Filter("mine", Message("我受理的"), 2),
                Filter("soon", Message("一小时内到期"), 2, tone=Tone.SOON),
                Filter("all", Message("全部"), 1284),
            ]
        )
    )
    table = queue()
    middle.addWidget(table, 3)
    keys = QHBoxLayout()
    keys.addWidget(Text("已选 1 项 · 合计 35,000.00", "small"))
    keys.addStretch()
    keys.setSpacing(GRID // 2)
    for key, words in (("C", "受理"), ("A", "反馈"), ("N", "提议下一级"), ("P", "打印")):
        keys.addWidget(KeyCap(key))
        keys.addWidget(Text(words, "small"))
        keys.addSpacing(GRID)
    middle.addLayout(keys)
    lower = QGridLayout()
    lower.setSpacing(GRID * 2)
    cards = QVBoxLayout()
    for tone, time, what in (
        (Tone.OVERDUE, "超时 03:10", "5 分钟受理"),
        (Tone.SOON, "38:20", "止付 48 小时"),
        (Tone.ACCENT, "5:55:00", "返还 3 个工作日"),
    ):
        card = Card(tone)
        top = QHBoxLayout()
        words = Text(time, "title", tone=tone)
        top.addWidget(words)
        top.addStretch()
        top.addWidget(Text(what, "small"))
        card.body.addLayout(top)
        card.body.addWidget(Text("ZF〔2026〕1187 · 工商银行"))
        card.body.addWidget(Text("35,000.00 · 已升级至带班", "small"))
        cards.addWidget(card)
    cards.addWidget(Figure(Message("本班止付（元）"), "186,420.00"))
    cards.addStretch()
    lower.addLayout(cards, 0, 0)
    lower.addWidget(form(), 0, 1)
    empty: Table[Leg] = Table(
        RowsModel(COLUMNS[:3], key=lambda row: row.number),
        empty=EmptyState(
            "inbox",
            Message("这里是待办请求"),
            Message("新报警登记后，发往本单位的请求会出现在这里。"),
            step=Message("登记报警"),
        ),
    )
    lower.addWidget(empty, 0, 2)
    for at in range(3):
        lower.setColumnStretch(at, 1)
    middle.addLayout(lower, 2)
    outer.addLayout(middle, 1)
    outer.addWidget(detail())
    return page


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    lanes = SynchronousBackground()
    for theme, language in (("light", "zh_CN"), ("light", "en"), ("dark", "zh_CN"), ("contrast", "zh_CN")):
        apply(application, theme, 1.0, language)
        page = sheet()
        messages.attach(page)
        page.resize(1440, 900)
        page.show()
        messages.done(Message("已受理 ZF〔2026〕1187"), lambda: None)
        application.processEvents()
        page.grab().save(str(folder / f"gallery-{theme}-{language}.png"))
        messages.forget()
        page.close()
        page.deleteLater()
        entries = [
            Entry(Message("受理"), lambda: None, "C", "hand"),
            Entry(Message("登记报警"), lambda: None, "Ctrl N", "plus"),
            Entry(
                Message("打印交接班表"),
                lambda: None,
                "Ctrl P",
                "printer",
                Message("仅带班领导"),
                enabled=False,
            ),
            Entry(Message("案件 2026-1122-031"), lambda: None, "", "briefcase", Message("冒充客服 · 张*")),
        ]
        palette = Palette(None, lanes, lambda made=entries: made)
        palette.summon()
        application.processEvents()
        palette.grab().save(str(folder / f"palette-{theme}-{language}.png"))
        palette.close()
        palette.deleteLater()
        box = messages.question_box(
            Message("作废 ZF〔2026〕1187？"),
            Message("作废 ZF〔2026〕1187"),
            detail=Message("编号保留在登记簿中，原因将写入记录。"),
        )
        box.show()
        application.processEvents()
        box.grab().save(str(folder / f"question-{theme}-{language}.png"))
        box.close()
        box.deleteLater()
    lanes.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
