"""What others than the owner see of a number or a name (rules.md "Who sees what", domain.md formats).

A mask never gives back the whole: whatever is too short to hide in part is hidden altogether.
"""

from __future__ import annotations

import re

from liaison_desk.core.bins import CardBins
from liaison_desk.core.identifiers import kind_of_account
from liaison_desk.core.words import Message, msg

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "鲜于",
        "闾丘",
        "司空",
        "亓官",
        "司寇",
        "端木",
        "巫马",
        "公西",
        "漆雕",
        "乐正",
        "壤驷",
        "公良",
        "拓跋",
        "夹谷",
        "宰父",
        "谷梁",
        "百里",
        "东郭",
        "南门",
        "呼延",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "第五",
        "令狐",
        "歐陽",
        "單于",
        "单于",
        "完颜",
        "纳兰",
        "叶赫",
        "爱新",
        "那拉",
        "阿史",
        "哥舒",
        "贺兰",
        "达奚",
        "乌雅",
        "富察",
    ]
)

_HIDDEN_MOST = 2
"""Stars of a name: the length of the hidden part is not told beyond this."""


def _middle(text: str, first: int, last: int) -> str:
    """The first and last characters with stars between, or stars only when fewer than 3 would be hidden."""
    if len(text) < first + last + 3:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]


def mask_card(number: str) -> str:
    """``6222020200112341234`` → ``622202*********1234``; see ``group4`` for reading."""
    main, mark, _ = number.partition("_")
    return _middle(main, 6, 4) + ("_***" if mark else "")


def mask_other_account(number: str) -> str:
    """The last four digits of an account that is no card."""
    main, mark, _ = number.partition("_")
    return _middle(main, 0, 4) + ("_***" if mark else "")


def mask_account(number: str, bins: CardBins | None = None) -> str:
    """A card as first 6 + last 4, any other account as its last 4; a sub-account is hidden."""
    return mask_card(number) if kind_of_account(number, bins) == "card" else mask_other_account(number)


def group4(text: str) -> str:
    """``622202******1234`` → ``6222 02** **** 1234``: fours from the left, a sub-account kept apart."""
    main, mark, sub = text.partition("_")
    return " ".join(main[i : i + 4] for i in range(0, len(main), 4)) + (f" {mark}{sub}" if mark else "")


def mask_phone(number: str) -> str:
    """``13812341234`` → ``138****1234``; a fixed line keeps its area code, an overseas one its first digits."""
    plain = number.strip()
    if re.fullmatch(r"0[0-9]{9,11}", plain):
        area = 3 if plain[1] in "12" else 4
        return _middle(plain, area, 3)
    if len(plain) >= 11:
        return _middle(plain, 3, 4)
    return _middle(plain, 0, 3)


def mask_id(number: str) -> str:
    """First 6 + last 4 of an ID number or a company's code; shorter papers (passports) the last 4 or less."""
    plain = number.strip()
    return _middle(plain, 6, 4) if len(plain) >= 13 else _middle(plain, 0, 3)


def mask_name(name: str) -> str:
    """王* of 王五, 王** of 王小明, 欧阳** of 欧阳娜娜, 买**·** of 买买提·吐尔逊, J** of John Smith.

    The surname stays; at most two stars a part, so that a long name does not tell its length.
    """
    plain = name.strip()
    if len(plain) < 2:
        return "*" * len(plain)
    dotted = re.split(r"[·•・‧∙]", plain)
    if len(dotted) > 1 and dotted[0]:
        return f"{dotted[0][0]}**·**"
    if not _chinese(plain[0]):
        return f"{plain[0]}**"
    kept = 2 if len(plain) >= 3 and plain[:2] in COMPOUND_SURNAMES else 1
    return plain[:kept] + "*" * min(len(plain) - kept, _HIDDEN_MOST)


def _chinese(char: str) -> bool:
    return (
        "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000" or char == "〇"
    )


def token_label(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA, 27 → AB …: the letters of a holder's token, in order of arrival in the case."""
    if index < 0:
        raise ValueError("tokens count from 0")
    label = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        label = chr(ord("A") + place) + label
    return label


def token(index: int) -> Message:
    """账户A, 账户B …: what stands in place of a holder whom the reader may not see."""
    return msg("Account {letter}", letter=token_label(index))
