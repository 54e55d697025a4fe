"""Search tokens of names (parts, initials, full pinyin) and the words of what somebody searches for.

Tokens are matched by prefix, so a name is found by any part of it when every suffix is a token
(rules.md "Search").
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any

from liaison_desk.core.folding import fold

MOST_READINGS = 8
"""A name of several heteronyms is stored in at most this many readings."""
MOST_SYLLABLES = 24
"""Pinyin of the part of a (company's) name beyond this is not stored; its characters are."""

# Further readings met in names. The dictionary's own lists are full of readings that nobody uses (王 yù).
_MORE_READINGS = {
    entry[0]: entry[1:].split("/")
    for entry in [
        "乐le/yue",
        "长chang/zhang",
        "重zhong/chong",
        "朝chao/zhao",
        "单shan/dan",
        "曾zeng/ceng",
        "仇qiu/chou",
        "解xie/jie",
        "查zha/cha",
        "朴piao/pu",
        "盖ge/gai",
        "都du/dou",
        "行xing/hang",
        "传chuan/zhuan",
        "调tiao/diao",
        "藏zang/cang",
        "沈shen/chen",
        "翟zhai/di",
        "区ou/qu",
        "尉wei/yu",
        "覃qin/tan",
        "盛sheng/cheng",
        "晟sheng/cheng",
        "茜qian/xi",
        "莘xin/shen",
        "卜bu/bo",
        "宿su/xiu",
        "车che/ju",
        "隗wei/kui",
        "洗xian/xi",
        "缪miao/mou",
        "贾jia/gu",
        "柏bai/bo",
        "薄bo/bao",
        "祭zhai/ji",
        "种chong/zhong",
        "召shao/zhao",
        "强qiang/jiang",
        "俞yu/shu",
        "大da/dai",
        "阿a/e",
        "会hui/kuai",
        "券xuan/quan",
        "奇qi/ji",
        "勒le/lei",
        "弹tan/dan",
        "卡ka/qia",
        "参shen/can",
        "娜na/nuo",
        "颉xie/jie",
        "折she/zhe",
        "员yun/yuan",
        "那na/nuo",
        "么yao/me",
        "石shi/dan",
        "繁po/fan",
        "秘bi/mi",
        "逄pang/feng",
        "宁ning",
        "吕lv/lu",
        "率lv/shuai",
        "绿lv/lu",
        "还huan/hai",
        "兴xing",
        "得de/dei",
        "合he/ge",
        "省sheng/xing",
        "乘cheng/sheng",
    ]
}

_DOTS = re.compile(r"[·•・‧∙]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]")


def _plain(text: str) -> str:
    """Folded, lower case, without the dots inside names, one space between words."""
    return " ".join(_DOTS.sub("", fold(text)).lower().split())


def search_tokens_of_name(name: str) -> set[str]:
    """Every suffix of the name, of its pinyin initials and of its full pinyin (at syllable borders).

    王小明 → 王小明 小明 明 wxm xm m wangxiaoming xiaoming ming. At most 8 readings of heteronyms.
    """
    plain = _plain(name)
    tokens = {plain[i:].strip() for i in range(len(plain))}
    syllables = _syllables(plain)
    if syllables:
        for reading in _readings(syllables):
            for start in range(len(reading)):
                tokens.add("".join(part[0] for part in reading[start:]))
                tokens.add("".join(reading[start:]))
    tokens.discard("")
    return tokens


def _syllables(plain: str) -> list[list[str]]:
    """For each character its readings, the likeliest first; Latin letters and digits stand as they are."""
    if not _HAN.search(plain):
        return []
    from pypinyin import lazy_pinyin  # here: its dictionary takes a tenth of a second

    apart: Any = list  # one answer for each unknown character; the library's types know only text
    text = [char for char in plain if char.isalnum()][:MOST_SYLLABLES]
    whole = lazy_pinyin("".join(text), errors=apart)  # with its phrases: 重庆 is chong
    if len(whole) != len(text):
        whole = [lazy_pinyin(char, errors=apart)[0] for char in text]
    found: list[list[str]] = []
    for i, (char, usual) in enumerate(zip(text, whole, strict=True)):
        more = _MORE_READINGS.get(char, [])
        if not _HAN.match(char):
            known = [char]
        elif i == 0:
            known = [*more, usual]
        else:
            known = [usual, *more]
        known = [reading for reading in dict.fromkeys(known) if reading.isascii() or not _HAN.match(char)]
        if known:
            found.append(known)
    return found


def _readings(syllables: list[list[str]]) -> list[tuple[str, ...]]:
    """Whole readings, the likeliest first: one more alternative at each place in turn, until 8 are found."""
    depth = [1] * len(syllables)
    count = 1
    for level in (2, 3):
        for i, known in enumerate(syllables):
            if len(known) >= level and count // depth[i] * level <= MOST_READINGS:
                count = count // depth[i] * level
                depth[i] = level
    return list(product(*(known[:most] for known, most in zip(syllables, depth, strict=True))))


def normalise_query(text: str) -> list[str]:
    """The words of a search: folded, lower case, 〔〕 and 号 of numbers removed, long digit groups joined.

    ``6222 0212 3456 7890`` is one word, ``1234 5678`` are two. All words must match.
    """
    plain = _plain(text)
    plain = re.sub(r"[〔〕\[\]【】()]", "", plain)
    plain = re.sub(r"(?<=[0-9])号", "", plain)
    words: list[str] = []
    run: list[str] = []
    for word in [*plain.split(), ""]:
        if re.fullmatch(r"[0-9]+(?:-[0-9]+)*", word):
            run.append(word)
            continue
        words += _joined(run)
        run = []
        if word:
            words.append(word)
    return words


def _joined(run: list[str]) -> list[str]:
    """Groups of digits that are one number when typed with spaces: three groups, or 11 digits and more."""
    digits = [word.replace("-", "") for word in run]
    whole_alone = any(len(word) >= 11 for word in digits)
    if len(digits) > 1 and not whole_alone and (len(digits) >= 3 or sum(map(len, digits)) >= 11):
        return ["".join(digits)]
    if len(digits) == 1 and len(digits[0]) >= 11:
        return digits
    return run
