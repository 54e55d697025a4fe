"""The paste box: proposes accounts, amounts, times, names, phones, IDs and banks of any pasted text.

Everything is a proposal to be confirmed; what is damaged or not understood is handed back as unread
(cli.md "paste", rules.md "Damage").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from liaison_desk.core.bins import CardBins
from liaison_desk.core.paste_amounts import read_amounts
from liaison_desk.core.paste_canvas import FIND_WORDS as FIND_WORDS
from liaison_desk.core.paste_canvas import Canvas
from liaison_desk.core.paste_canvas import Find as Find
from liaison_desk.core.paste_canvas import FindKind as FindKind
from liaison_desk.core.paste_cells import read_cells
from liaison_desk.core.paste_names import read_banks, read_names
from liaison_desk.core.paste_numbers import read_dictated, read_numbers
from liaison_desk.core.paste_times import read_times

LONGEST_TEXT = 200_000
"""Characters that are read; a longer paste is a file to be imported, its rest is one unread piece."""


@dataclass(frozen=True)
class Paste:
    """What was found, and the pieces not understood, both in the order of the text."""

    finds: tuple[Find, ...]
    unread: tuple[str, ...]


_NOISE_LABELS = (
    "订单号|订单编号|订单|交易单号|商户单号|接警单号|警情编号|案件编号|快递单号|运单号|工单号|单号|编号|流水号|交易流水|凭证号|传票号|终端号|"
    "商户号|柜员号|日志号|验证码|校验码|动态码|动态密码|取件码|邀请码|密码|尾号|工号|警号|群号|QQ群|QQ号?|qq号?|IMEI|设备号|会员号|保单号|合同号|"
    "发票号|房间号|会议号|抖音号|快手号"
)
_NOISE = (
    re.compile(r"[0-9]{41,}"),  # first: the other patterns need not walk through it
    re.compile(r"(?:https?://|www\.)[^\s\x00,，。;；、\"“”<>()（）\u4e00-\u9fff]+", re.IGNORECASE),
    re.compile(r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    re.compile(r"(?<![0-9A-Za-z.])[0-9](?:\.[0-9]+)?\s?[Ee]\s?\+\s?[0-9]{1,3}(?![0-9])|(?<![0-9A-Za-z.])[0-9]\.[0-9]+[Ee][0-9]{1,3}(?![0-9])"),
    re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])"),
    re.compile(rf"(?:{_NOISE_LABELS})(?:号码?|为|是|:|\s)*(?P<value>[A-Za-z0-9_][A-Za-z0-9_-]*)"),
    re.compile(r"(?:微信号?|wx|WX|支付宝)(?:账号|账户|为|是|:|\s)*(?P<value>(?!1[3-9][0-9]{9}(?![0-9A-Za-z]))[A-Za-z0-9_-]{5,})"),
    re.compile(r"(?<![0-9A-Za-z])[A-Za-z]+[_-]?[0-9][A-Za-z0-9_-]{4,}"),
)  # fmt: skip


def find(text: str, now: datetime, zone: ZoneInfo, bins: CardBins) -> Paste:
    """What ``text`` holds. ``now`` (aware) and the office's ``zone`` anchor relative and yearless times.

    Never raises for any text; each ``Find.text`` stands in the input at its place exactly.
    """
    read, rest = text[:LONGEST_TEXT], text[LONGEST_TEXT:]
    canvas = Canvas(read)
    for pattern in _NOISE:
        for noise in canvas.scan(pattern):
            canvas.mark_odd(*noise.span())
    read_cells(canvas, now, zone, bins)
    read_dictated(canvas, bins)
    read_times(canvas, now, zone)
    read_amounts(canvas)
    read_numbers(canvas, bins)
    read_banks(canvas, bins)
    read_names(canvas)
    finds = tuple(sorted(canvas.finds, key=lambda found: found.start))
    return Paste(finds, canvas.unread() + ((rest,) if rest.strip() else ()))
