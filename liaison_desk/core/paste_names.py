"""Names that a label or a turn of phrase announces (户名:张三, 我叫李四, 打给王五), and banks by name."""

from __future__ import annotations

import re
from functools import lru_cache

from liaison_desk.core.bins import CardBins
from liaison_desk.core.masking import COMPOUND_SURNAMES
from liaison_desk.core.paste_canvas import GONE, Canvas

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦"
    "付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦"
    "俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚"
    "娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_NOT_FIRST = frozenset("于和向时全应成明安万连师路边党商文通")
"""Surnames that in running text begin another word far more often."""
_NOT_SECOND = frozenset("说称报于在被向从接对将把给因与及是的了我你他她转汇打付也又都就还全部某人先")
_NOT_THIRD = _NOT_SECOND | frozenset(
    "通过到来电用有没不再后前为让叫要去查发现卡账帐号手身联地住男女收和以同反至银这那自今昨当表"
)
_NEVER = frozenset(
    [
        "安全",
        "安全账户",
        "未知",
        "不详",
        "本人",
        "高利贷",
        "平台",
        "公安",
        "时候",
        "方便",
        "成功",
        "金额",
        "任何",
        "支付",
        "全部",
        "余额",
        "应该",
        "对方",
        "客服",
        "银行",
        "无",
        "同上",
        "自己",
        "不符",
        "名称",
        "电话",
        "姓名",
        "账号",
        "卡号",
        "开户行",
        "户名",
        "金融",
        "单位",
        "个人",
        "公司",
        "手机",
        "手机号",
        "身份证",
        "备注",
        "时间",
        "日期",
    ]
)
_LABEL = (
    "账户开户名称|账户名称|账户名|帐户名|开户名|对方户名|对手户名|收款户名|户名|户主|开户人|收款人姓名|收款人|收款方|付款人|付款方|汇款人|"
    "转账人|对方姓名|客户姓名|真实姓名|姓名|受害人|被害人|报警人|报案人|事主|当事人|嫌疑人|联系人|持卡人|卡主|机主|对方名字|名字|配偶|交易对方|交易对手|对手方|收款单位|收款的人|收款的"
)
_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff〇"
_COMPANY = rf"[{_HAN}A-Za-z0-9()·]{{2,30}}?(?:有限责任公司|有限公司|公司|商行|商店|经营部|工作室|合作社|服务部|超市|门市部|厂|中心|个体户)"
_EXPLICIT = re.compile(
    rf"(?:{_LABEL})(?:为|是|叫)?\s?[:\t ]\s?[ \t]{{0,3}}(?P<rest>[^{GONE}\n\t,，。;；、|/:\s][^{GONE}\n\t,，。;；、|/:]*)"
)
_RUNNING = re.compile(
    rf"(?:(?:{_LABEL})(?:为|是|叫|名叫)?|我叫|名叫|本人叫|我的名字叫|(?P<called>本人|叫)|(?:转账|汇款|打款|转|汇|打|付)给了?(?:一个叫|名为|名叫)?|向)"
    rf"(?P<rest>[{_HAN}][{_HAN}·•・A-Za-z0-9()]{{1,40}})"
)
_MINORITY = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•・‧][{_HAN}]{{1,8}}){{1,4}}")
_SPACED = re.compile(rf"[{_HAN}](?: {{1,2}}[{_HAN}]){{1,3}}(?![{_HAN}])")
_ALONE_AFTER = re.compile(
    rf"(?:\((?:[0-9*]{{2,6}}|{GONE}+)\))?[ \t]+(?P<name>[{_HAN}]{{2,4}})(?=[\s,，。;；、)]|$)"
)
_ALONE_BEFORE = re.compile(rf"(?P<name>(?:(?![给向往])[{_HAN}]){{2,4}})[ \t]+$")
_PLACES = frozenset(
    ("武汉", "江苏", "安徽", "吉林", "温州", "金华", "苏州", "郑州", "石家庄", "徐州", "康平", "安阳", "柳州", "贺州", "梅州", "宁波", "宁夏", "包头", "古城", "和平", "石狮", "平顶山")
)  # fmt: skip
_LATIN = re.compile(r"[A-Za-z][A-Za-z'.-]*(?: [A-Za-z][A-Za-z'.-]*){0,4}")

_SHORT_BANKS = {
    "工商银行": "ICBC", "工行": "ICBC", "农业银行": "ABC", "农行": "ABC", "中行": "BOC", "建设银行": "CCB", "建行": "CCB",
    "邮储银行": "PSBC", "邮政储蓄银行": "PSBC", "邮政储蓄": "PSBC", "邮政银行": "PSBC", "邮储": "PSBC", "交通银行": "COMM", "交行": "COMM",
    "招行": "CMB", "光大银行": "CEB", "民生银行": "CMBC", "浦发银行": "SPDB", "上海浦东发展银行": "SPDB", "平安银行": "SPABANK",
    "广东发展银行": "GDB", "福建农信": "FJNX", "成都银行": "CDCB", "上海农村商业银行": "SHRCB",
}  # fmt: skip
_ABBREVIATED = re.compile(r"[工农中建交招]行")
_AFTER_SHORT = re.compile(
    r"(?:[\s,，。;；、:()|0-9\x00]|卡|账|帐|的|尾|客|储|借|信|转|贷|柜|网|手|App|APP|app|$)"
)
_TOO_GENERAL = frozenset({"企业银行"})


def read_banks(canvas: Canvas, bins: CardBins) -> None:
    """Takes banks by their names and usual short names; the value is the bank code of the card prefixes."""
    names, pattern = _bank_names(tuple(bins.names.items()))
    for found in canvas.scan(pattern):
        after = canvas.open[found.end() : found.end() + 3]
        if _ABBREVIATED.fullmatch(found.group()) and not _AFTER_SHORT.match(after):
            continue
        if found.group() in ("中国银行",) and re.match(r"业|保", after):
            continue  # 中国银行业协会 is no bank
        code = names[found.group()]
        canvas.take("bank", found.start(), found.end(), code, code)


def bank_named(text: str, bins: CardBins) -> str | None:
    """The code of the one bank that a text names (建设银行公主岭支行); None for none or for several."""
    names, pattern = _bank_names(tuple(bins.names.items()))
    found = {names[match.group()] for match in pattern.finditer(text)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=4)
def _bank_names(listed: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    names: dict[str, str] = {}
    for code, name in listed:
        plain = name.split("/")[-1].removesuffix("股份有限公司").removesuffix("有限公司")
        for spelling in (plain, plain.removeprefix("中国") if plain != "中国银行" else plain):
            if spelling not in _TOO_GENERAL and len(spelling) >= 4:
                names.setdefault(spelling, code)
    known = {code for code, _ in listed}
    names.update({name: code for name, code in _SHORT_BANKS.items() if code in known})
    ordered = sorted(names, key=len, reverse=True) or ["\x01"]
    return names, re.compile("|".join(map(re.escape, ordered)))


def read_names(canvas: Canvas) -> None:
    """Takes names after labels with a colon or a gap, then names in running sentences."""
    for pattern, running in ((_EXPLICIT, False), (_RUNNING, True)):
        for found in canvas.scan(pattern, overlapping=True):
            size = name_at(found["rest"], running=running)
            if not size:
                continue
            start = found.start("rest")
            if (
                running
                and found.group()[0] == "向"
                and not re.match(r"[转汇打付支提借]", canvas.open[start + size :])
            ):
                continue
            if running and found["called"] and not _stands_alone(canvas.open[start + size :]):
                continue
            if running and _ends_in_a_word(
                canvas.open[start : start + size], canvas.open[start + size :], found
            ):
                continue
            canvas.take("name", start, start + size, without_gaps(canvas.text[start : start + size]))
    _beside_accounts(canvas)


def _beside_accounts(canvas: Canvas) -> None:
    """A surname and given name that stand by themselves after a card or a bank, or between 给 or a line's start and a card."""
    for find in list(canvas.finds):
        if find.kind not in ("account", "bank"):
            continue
        after = _ALONE_AFTER.match(canvas.open, find.end)
        before = _ALONE_BEFORE.search(canvas.open[max(0, find.start - 8) : find.start])
        if after is not None and surely_name(after["name"]):
            start, end = after.span("name")
        elif find.kind == "account" and before is not None and surely_name(before["name"]):
            start = max(0, find.start - 8) + before.start("name")
            end = start + len(before["name"])
            if start and canvas.folded[start - 1] not in "\n给向往:":
                continue
        else:
            continue
        canvas.take("name", start, end, canvas.text[start:end])


def surely_name(text: str) -> bool:
    """Whether a piece by itself is a person's name: a surname and one or two more, and no word or place."""
    return (
        re.fullmatch(rf"[{_HAN}]{{2,4}}", text) is not None
        and text not in _PLACES
        and _by_surname(text, running=True) == len(text)
    )


def without_gaps(name: str) -> str:
    """王 秀 英, as forms space it, is 王秀英; what is spaced otherwise stays."""
    folded = re.sub(r"[ \u3000]+", "", name)
    return folded if _SPACED.fullmatch(name.replace("\u3000", " ")) else name


def _stands_alone(rest: str) -> bool:
    """After 叫 or 本人 anything may follow; a name is followed by a mark, 的, 是, or nothing."""
    return re.match(rf"[{_HAN}A-Za-z0-9]", rest) is None or rest[0] in "的是"


def _ends_in_a_word(name: str, rest: str, found: re.Match[str]) -> bool:
    """After 给 a name is followed by its amount, its account or nothing; otherwise it is another word."""
    given = found.group()[: len(found.group()) - len(found["rest"])].endswith("给")
    return (
        given
        and re.match(rf"[{_HAN}]", rest) is not None
        and re.match(r"[的了账帐卡名转汇两一二三四五六七八九十]", rest) is None
    )


def name_at(text: str, *, running: bool = False) -> int:
    """How many characters at the start of ``text`` are a name; 0 if it does not start with one."""
    company = re.match(_COMPANY, text)
    minority = _MINORITY.match(text)
    if minority and (not company or company.end() <= minority.end()):
        return minority.end()
    if company and not re.match(r"(?:某|一家|网上|网络)", text):
        return company.end()
    latin = _LATIN.match(text)
    if latin and not running:
        whole = text.rstrip()
        follows = re.match(rf" *(?:$|[{_HAN}(])", whole[latin.end() :])
        return latin.end() if follows and latin.end() >= 2 else 0
    spaced = None if running else _SPACED.match(text)
    if spaced is not None and _plausible(without_gaps(spaced.group())) and text[0] in SURNAMES:
        return spaced.end()
    piece = re.match(rf"[{_HAN}]+", text)
    if piece is None:
        return 0
    chars = piece.group()
    if not running and 2 <= len(chars) <= 4 and chars not in _NEVER and _plausible(chars):
        return len(chars)
    return _by_surname(chars, running=running)


def _plausible(chars: str) -> bool:
    return chars[0] in SURNAMES or chars[:2] in COMPOUND_SURNAMES or len(chars) <= 3 or ord(chars[0]) > 0xFFFF


def _by_surname(chars: str, *, running: bool) -> int:
    size = 2 if chars[:2] in COMPOUND_SURNAMES and len(chars) > 2 else 1
    if size == 1 and (chars[0] not in SURNAMES or (running and chars[0] in _NOT_FIRST)):
        return 0
    given = chars[size : size + 2]
    if not given or given[0] in _NOT_SECOND:
        return 0
    length = size + (1 if len(given) == 1 or given[1] in _NOT_THIRD else 2)
    return 0 if chars[:length] in _NEVER or chars[:2] in _NEVER else length
