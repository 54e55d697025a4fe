"""Amounts in running text: 5,000.00元, ￥800, 一万二, 3万5, 5w, and bare figures where a word says so."""

from __future__ import annotations

import re

from liaison_desk.core.errors import BadInput
from liaison_desk.core.money import parse_spoken_amount
from liaison_desk.core.numerals import CHINESE, DIGITS
from liaison_desk.core.paste_canvas import Canvas
from liaison_desk.core.words import msg

_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_UNIT = rf"(?:元|圆|块钱|块)(?:[0-9{CHINESE}](?:[角毛](?:[0-9{CHINESE}]分)?)?(?![0-9{CHINESE}]))?(?:零?[0-9{CHINESE}]分)?(?:整|正)?"
_SPOKEN = re.compile(
    rf"(?<![0-9A-Za-z._第])(?:人民币\s?|RMB\s?|¥\s?)?(?:{_NUMBER}|[{CHINESE}](?![0-9]))[0-9{CHINESE}wWkK]*"
    rf"(?P<about>多|余|来)?\s?(?P<unit>{_UNIT})?(?![0-9A-Za-z_])"
)
_MONEY_WORDS = (
    "转账|转帐|转款|转出|转走|转入|转了|转过去|转给|汇款|汇了|汇出|汇给|打款|打了|打给|付款|付了|支付|充值|充了|损失|被骗|骗了|骗走|"
    "诈骗|金额|共计|合计|一共|总共|总计|总额|余额|支出|收入|消费|提现|取现|取款|取了|存入|存了|借了|贷款|手续费|保证金|押金|本金|"
    "定金|垫付|垫资|返利|返还|到账|入账|扣款|扣了|投入|投资|投了|收款|冻结|止付|先转|又转|再转|刷了|交了|返了|返现|要了|要走|人民币"
)
_CONTEXT = re.compile(_MONEY_WORDS + "|元|块")
_LABELLED = re.compile(
    rf"(?:{_MONEY_WORDS}|转|共|付|汇|骗|第[一二三四五六七八九十0-9]+[笔次])(?:约|大概|大约|出|走|去|了|为|是|给他|给对方|人民币|\(元\))*\s?[:]?\s?-?$"
)
_NOT_AMOUNTS = re.compile(
    r"[个人次米条年月天日位名户张粉度克公斤吨小时分秒点号楼层岁期股群平本件套辆倍字笔%:/夜种遍句步颗把门样只家代里块头室栋幢院弄巷村镇街路]|"
    r"\s?(?:美元|美金|港币|港元|欧元|英镑|日元|韩元|泰铢|USD|HKD|USDT|U(?![A-Za-z]))"
)
_SCALE = re.compile(r"[万千百亿wWkK萬億元圆块]")
_AFTER_SEPARATOR = re.compile(r"(?<![0-9])[0-9]{1,3},$")
"""What follows belongs to a number with its separators in the wrong place (12,34)."""
_PLAIN = re.compile(
    rf"(?<![0-9A-Za-z._/])(?<![0-9][:-])(?<![0-9] )¥?\s?{_NUMBER}(?![0-9A-Za-z_%-])(?![.:/][0-9]|,[0-9]{3}(?![0-9]))"
)


def read_amounts(canvas: Canvas) -> None:
    """Takes every amount that its unit, its form or the words before it make certain enough to propose."""
    for found in canvas.scan(_SPOKEN):
        _spoken(canvas, found)
    for found in canvas.scan(_PLAIN):
        _plain(canvas, found)


def _spoken(canvas: Canvas, found: re.Match[str]) -> None:
    start, end = found.span()
    written = found.group().rstrip()
    end = start + len(written)
    about, unit = found["about"], found["unit"]
    if _AFTER_SEPARATOR.search(canvas.before(start)):
        return
    before, after = canvas.before(start, 2), canvas.after(end, 4)
    signed = "¥" in written or "人民币" in written or "RMB" in written
    if not unit:
        scaled = _SCALE.search(written)
        if re.match(r"[多余来几]", after) or _NOT_AMOUNTS.match(after):
            return
        if not signed and (not scaled or not _CONTEXT.search(canvas.line_of(start))):
            return
        if re.search(r"[wWkK]", written) and not re.fullmatch(r"[0-9.]+[wWkK]", written):
            return
    elif re.fullmatch(rf"[{CHINESE}]块", written):
        return  # 一块 says "together" more often than one yuan
    if re.search(r"[几数好上成]$", before) or re.match(r"(?:旦|素|宝|凶|老)", after):
        return
    fen = None
    while fen is None:
        try:
            fen = parse_spoken_amount(written.replace(about, "", 1) if about else written)
        except BadInput:
            if written[0] not in DIGITS or not _SCALE.search(written[1:]):
                return
            written = written[1:]  # 张三三万元: the first numeral belongs to a name
            start += 1
    warnings = (msg("The text says about this much; ask for the exact amount."),) if about else ()
    canvas.take("amount", start, end, fen, warnings=warnings)


def _plain(canvas: Canvas, found: re.Match[str]) -> None:
    start, end = found.span()
    written = found.group()
    start += len(written) - len(written.lstrip())
    written = written.strip()
    if _NOT_AMOUNTS.match(canvas.after(end, 4)) or _AFTER_SEPARATOR.search(canvas.before(start)):
        return
    exact = re.fullmatch(r"¥?\s?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]{3,9}\.[0-9]{2})", written)
    named = _LABELLED.search(canvas.before(start)) and len(re.sub(r"\D", "", written.split(".")[0])) <= 9
    if not (exact or named or written.startswith("¥")):
        return
    try:
        canvas.take("amount", start, end, parse_spoken_amount(written))
    except BadInput:
        return
