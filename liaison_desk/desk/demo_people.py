"""Who and what the invented office of the demo is made of: its staff, names, places, numbers.

Nobody here exists. Card numbers carry a real prefix of their bank and then zeros where a real account
has digits; mobile numbers have 0000 after their prefix; ID numbers an area (990001) of no province.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from liaison_desk.core.roles import POLICE, Role

T = TypeVar("T")

OFFICE_NAME = "松河市公安局联合办公反诈中心"
OFFICE_CODE = "SH01"
POLICE_UNIT = "松河市公安局刑事侦查大队"
POLICE_NAME = "松河市公安局"


@dataclass(frozen=True)
class Staff:
    """One sign-in of the demo."""

    login: str
    name: str
    role: Role
    institution: str = POLICE


STAFF = (
    Staff("wang", "王振东", Role.LEAD),
    Staff("sun", "孙丽华", Role.LEAD),
    Staff("zhao", "赵卫国", Role.OFFICER),
    Staff("liu", "刘晓燕", Role.OFFICER),
    Staff("chen", "陈海涛", Role.OFFICER),
    Staff("admin", "何管理", Role.ADMINISTRATOR),
    Staff("audit", "沈审慎", Role.AUDITOR),
    Staff("icbc1", "李文静", Role.REPRESENTATIVE, "ICBC"),
    Staff("icbc2", "马志强", Role.REPRESENTATIVE, "ICBC"),
    Staff("abc1", "周明月", Role.REPRESENTATIVE, "ABC"),
    Staff("abc2", "徐大勇", Role.REPRESENTATIVE, "ABC"),
    Staff("boc1", "欧阳雪", Role.REPRESENTATIVE, "BOC"),
    Staff("boc2", "林家豪", Role.REPRESENTATIVE, "BOC"),
    Staff("ccb1", "吴秀兰", Role.REPRESENTATIVE, "CCB"),
    Staff("ccb2", "郑凯", Role.REPRESENTATIVE, "CCB"),
    Staff("psbc1", "冯小宁", Role.REPRESENTATIVE, "PSBC"),
    Staff("psbc2", "曹玉", Role.REPRESENTATIVE, "PSBC"),
    Staff("cmcc", "许佳", Role.REPRESENTATIVE, "CMCC"),
    Staff("cucc", "邓立新", Role.REPRESENTATIVE, "CUCC"),
    Staff("ctcc", "彭飞", Role.REPRESENTATIVE, "CTCC"),
)
"""Their ids in the database are their places in this list, from 1."""

BANKS = ("ICBC", "ABC", "BOC", "CCB", "PSBC")
CARRIERS = ("CMCC", "CUCC", "CTCC")
BANK_NAMES = {
    "ICBC": "工商银行",
    "ABC": "农业银行",
    "BOC": "中国银行",
    "CCB": "建设银行",
    "PSBC": "邮储银行",
    "COMM": "中国交通银行",
    "JLBANK": "吉林银行",
}
CARD_PREFIXES = {
    "ICBC": ("621225", "621226", "621281"),
    "ABC": ("622821", "622823", "622825"),
    "BOC": ("621212", "621283", "621330"),
    "CCB": ("621081", "621284", "621700"),
    "PSBC": ("621095", "621098", "621797"),
    "COMM": ("622260", "622262"),
    "JLBANK": ("622865", "623131"),
}
"""Debit cards of 19 digits; the last two banks have no seat in the office."""
ACCOUNT_CODES = (*BANKS, "COMM", "JLBANK")
ACCOUNT_WEIGHTS = (24, 22, 14, 20, 14, 4, 2)

PHONE_PREFIXES = {
    "CMCC": ("135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "187", "188"),
    "CUCC": ("130", "131", "132", "155", "156", "185", "186"),
    "CTCC": ("133", "153", "180", "181", "189", "177", "199"),
}
_ALL_PHONES = tuple(prefix for prefixes in PHONE_PREFIXES.values() for prefix in prefixes)

AREAS = (
    *("河东街道", "河西街道", "南关街道", "站前街道", "青石镇", "双泉镇", "柳林镇", "大岭镇"),
    *("黄土岗镇", "北岭乡", "桦树乡", "龙湾开发区", "外地来报"),
)
CHANNELS = ("手机银行", "手机银行", "手机银行", "网上银行", "第三方支付", "柜台转账")

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_RARE_SURNAMES = ("欧阳", "司马", "诸葛", "上官", "尉迟", "单", "仇", "查", "盖")
_GIVEN = (
    *("伟", "芳", "娜", "敏", "静", "磊", "强", "洋", "艳", "勇", "杰", "涛", "明", "超", "霞", "平", "刚"),
    *("秀英", "桂兰", "建军", "志明", "小红", "春梅", "海燕", "玉珍", "晓东", "文博", "雨晴", "子涵", "一诺"),
    *("嘉怡", "浩然", "俊熙", "德胜", "长顺", "凤英", "淑芬", "国栋", "立民", "永福", "金凤", "宝山", "振华"),
    *("思远", "佳琪", "雅婷", "天佑", "书瑶", "景行", "乐山", "重阳", "朝晖", "新宇", "丽娟", "美玲", "广才"),
)
_UNUSUAL = (
    *("买买提·吐尔逊", "阿依古丽·热合曼", "古丽米热·艾山", "王𠮷", "李㼆华", "欧阳文秀", "诸葛青云"),
    *("司马朝阳", "张䶮", "刘喆", "陈〇一", "那仁托娅"),
)
_COMPANY = (
    ("宏达", "顺发", "瑞丰", "鑫源", "博远", "启航", "盛和", "嘉禾", "云帆", "聚力"),
    ("商贸", "网络科技", "电子商务", "物流", "建材", "信息咨询", "广告传媒"),
)

FRAUD = (
    *("brushing", "investment", "loan", "support", "justice", "credit"),
    *("shopping", "acquaintance", "gaming", "romance", "other"),
)
FRAUD_WEIGHTS = (26, 13, 12, 14, 7, 6, 9, 4, 5, 2, 2)
SUMMARIES = {
    "brushing": "报警人被拉入任务群，做单返利两次到账后按要求垫付大额，对方称操作失误需补单才能提现。",
    "investment": "报警人在聊天软件结识所谓导师，下载投资软件入金，页面显示盈利但无法提现。",
    "loan": "报警人申请网络贷款，对方以银行卡号填错、需刷流水解冻为由要求转账。",
    "support": "自称快递客服来电称包裹丢失可双倍理赔，诱导报警人共享屏幕后资金被转出。",
    "justice": "自称外地公安来电，称报警人名下银行卡涉嫌洗钱，要求将存款转入所谓安全账户核查。",
    "credit": "自称平台客服来电，称报警人贷款记录影响征信，需把资金转到指定账户清零。",
    "shopping": "报警人在网上看到低价商品，添加对方后私下转账，对方收款后失联。",
    "acquaintance": "对方使用单位领导头像添加报警人，以不便出面为由请其代为转账。",
    "gaming": "报警人出售游戏账号，对方引导至虚假交易平台，以解冻保证金为由多次收款。",
    "romance": "报警人网上交友，对方以家中急事、看病等理由多次借款后失联。",
    "other": "报警人称收到陌生来电后按提示操作，账户资金被转出。",
}


class Chances:
    """Weighted choice from a fixed list; faster than random.choices for single draws."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._sums = tuple(accumulate(weights))

    def draw(self, rng: Random, of: Sequence[T]) -> T:
        return of[bisect(self._sums, rng.random() * self._sums[-1])]


_BY_ACCOUNT = Chances(ACCOUNT_WEIGHTS)
_BY_FRAUD = Chances(FRAUD_WEIGHTS)


class Inventor:
    """Names and numbers in the order of one seed. Numbers of accounts never repeat within an office."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._accounts = 0
        self._birthdays = [(date(1948, 1, 1) + timedelta(days=31 * i)).strftime("%Y%m%d") for i in range(700)]

    def pick(self, of: Sequence[T]) -> T:
        return of[int(self.rng.random() * len(of))]

    def bank(self) -> str:
        """A bank's code by how often it is met; now and then one without a seat."""
        return _BY_ACCOUNT.draw(self.rng, ACCOUNT_CODES)

    def fraud(self) -> str:
        return _BY_FRAUD.draw(self.rng, FRAUD)

    def name(self) -> str:
        chance = self.rng.random()
        if chance < 0.01:
            return self.pick(_UNUSUAL)
        surname = self.pick(_RARE_SURNAMES) if chance < 0.03 else self.pick(_SURNAMES)
        return surname + self.pick(_GIVEN)

    def company(self) -> str:
        return f"松河市{self.pick(_COMPANY[0])}{self.pick(_COMPANY[1])}有限公司"

    def card(self, code: str) -> str:
        """A card of that bank that nobody can hold: zeros where a real account has digits."""
        while True:
            self._accounts += 1
            place = self._accounts * 61_234_567 % 10**8
            body = f"{self.pick(CARD_PREFIXES[code])}0000{place:08d}"
            digit = _luhn(body)
            # All zeros from the 16th digit on would look like what a spreadsheet does to long numbers.
            if body[15:] != "000" or digit:
                return f"{body}{digit}"

    def phone(self, carrier: str | None = None) -> str:
        """A mobile number of that carrier by its prefix, or of any."""
        prefix = self.pick(PHONE_PREFIXES[carrier] if carrier else _ALL_PHONES)
        return f"{prefix}0000{int(self.rng.random() * 10_000):04d}"

    def id_number(self) -> str:
        """A resident ID with a right check digit, of an area that does not exist."""
        body = f"990001{self.pick(self._birthdays)}{int(self.rng.random() * 900) + 100}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]

    def sum_of_money(self) -> int:
        """Fen a victim pays: mostly thousands to tens of thousands of yuan, now and then far more."""
        chance = self.rng.random()
        top = 9_000 if chance < 0.35 else 60_000 if chance < 0.85 else 380_000
        yuan = int(top * (0.08 + 0.92 * self.rng.random()))
        return yuan * 100 if chance < 0.3 else yuan // 100 * 10_000 + 10_000


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _luhn(body: str) -> int:
    """The check digit that follows these digits."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = ord(char) - 48
        if place % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return -total % 10
