"""Workbooks of reports read row by row: headings by what offices call them, every cell checked, nothing guessed.

A row is one payment (or one fraudster's phone) of one case. Rows are of one case when they carry the same mark
(案件编号), or the same victim and time of report; a row that names neither goes on with the one above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from liaison_desk.core.bins import bundled, names
from liaison_desk.core.caselines import CaseFile, CaseLine, RefusedLine
from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.identifiers import check_resident_id, clean_account, clean_name, clean_text
from liaison_desk.core.money import above_zero, parse_spoken_amount, parse_yuan
from liaison_desk.core.paste_names import bank_named
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.statements_cells import Cell
from liaison_desk.core.times import stated_time
from liaison_desk.core.words import Message, msg
from liaison_desk.exchange.case_sheets import Sheet, read_sheets

HEADS: dict[str, tuple[Message, tuple[str, ...]]] = {
    "mark": (msg("Case mark"), ("案件编号", "案号", "编号", "接警单号", "警情编号", "警单编号", "案件号", "接警编号")),
    "reported_at": (msg("Reported at"), ("报案时间", "报警时间", "接警时间", "报案日期", "报警日期", "接警日期")),
    "victim_name": (msg("Victim"), ("受害人", "受害人姓名", "被害人", "被害人姓名", "报警人", "报案人", "事主", "事主姓名", "报警人姓名", "姓名")),
    "victim_id": (msg("Victim's ID"), ("身份证号", "身份证", "身份证号码", "受害人身份证号", "受害人身份证", "证件号码", "证件号")),
    "victim_phone": (msg("Victim's phone number"), ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "受害人电话", "受害人手机", "报警电话")),
    "fraud_type": (msg("Fraud type"), ("涉案类型", "诈骗类型", "案件类型", "类型", "案别", "案件类别", "诈骗手法", "作案手法")),
    "area": (msg("Area of the case"), ("区域", "辖区", "地区", "案发地", "发案地", "派出所", "所属辖区", "案发地点")),
    "from_bank": (msg("Paying bank"), ("付款银行", "转出银行", "付款开户行", "受害人银行", "汇款银行", "付款行")),
    "from_name": (msg("Payer"), ("付款人", "付款户名", "转出户名", "付款人户名", "汇款人")),
    "from_number": (msg("Paying account"), ("付款账号", "付款卡号", "转出账号", "转出卡号", "受害人账号", "受害人卡号", "付款账户", "汇款账号")),
    "number": (msg("Account paid to"), ("收款账号", "嫌疑账号", "收款卡号", "嫌疑人账号", "对方账号", "涉案账号", "转入账号", "收款账户", "嫌疑账户", "涉案账户", "对方卡号", "嫌疑卡号", "止付账号")),
    "holder": (msg("Holder of it"), ("收款人", "收款户名", "嫌疑人户名", "对方户名", "收款人姓名", "户名", "转入户名", "嫌疑人", "账户名")),
    "bank_name": (msg("Bank of it"), ("开户行", "收款银行", "对方开户行", "收款开户行", "嫌疑账号开户行", "转入银行", "开户银行", "对方银行", "收款行")),
    "amount": (msg("Amount"), ("金额", "转账金额", "涉案金额", "被骗金额", "付款金额", "损失金额", "汇款金额", "转出金额")),
    "paid_at": (msg("Paid at"), ("转账时间", "付款时间", "汇款时间", "交易时间", "转出时间", "转账日期时间", "被骗时间")),
    "paid_day": (msg("Paid on"), ("转账日期", "付款日期", "交易日期", "汇款日期")),
    "channel": (msg("Way of payment"), ("转账方式", "付款方式", "交易渠道", "渠道", "支付方式")),
    "suspect_phone": (msg("Fraudster's phone"), ("嫌疑电话", "涉诈电话", "嫌疑人电话", "诈骗电话", "涉案电话", "嫌疑手机", "对方电话", "嫌疑号码")),
    "summary": (msg("Remark"), ("备注", "简要案情", "案情", "案情简介", "说明", "简要警情")),
}  # fmt: skip
"""Field → what the template calls it, and what offices call it. A unit may follow in brackets: 金额(万元)."""

FRAUD_WORDS: dict[str, str] = {
    "brushing": "刷单|返利|做任务|brushing",
    "investment": "投资|理财|炒股|期货|虚拟币|博彩|investment",
    "loan": "贷款|网贷|loan",
    "support": "客服|电商|物流|快递|退款|注销|delivery",
    "justice": "公检法|公安|法院|检察|冒充警|police",
    "credit": "征信|credit",
    "shopping": "购物|虚假服务|买卖|二手|shopping",
    "acquaintance": "领导|熟人|冒充好友|冒充亲|acquaintance",
    "gaming": "游戏|game|gaming",
    "romance": "婚恋|交友|杀猪盘|恋爱|romance",
    "other": "其他|其它|other",
}
"""Codes of the fraud types, by words in what a file calls them; two types in one cell are none."""


def _plain_head(text: str) -> str:
    return re.sub(r"[\s*:]", "", fold(text)).lower()


_ALIKE = {
    _plain_head(name): field for field, (head, others) in HEADS.items() for name in (head.text, *others)
}
_UNITS = {"万元": 10_000, "万": 10_000, "元": 1, "分": 0, "人民币元": 1, "yuan": 1}
"""Yuan in one of the unit; 0: fen."""
_TOTAL = re.compile(r"(?:合计|总计|小计|共计|累计|total)", re.IGNORECASE)
_NUMBERING = frozenset({"序号", "no", "no.", "#", "行号"})
_OF_CASE = ("mark", "reported_at", "victim_name", "victim_id", "victim_phone")


def read_case_file(path: Path, zone: ZoneInfo, now: datetime) -> CaseFile:
    """Every row of every sheet that has a head. ``zone`` is that of times without one; ``now`` (aware) decides
    the year of a day that names none.

    Raises BadInput for a file that cannot be read at all, and for one without a known head, naming its headings.
    """
    found = read_sheets(path)
    reading = _Reading(zone, now)
    unknown: list[str] = []
    sheets = []
    for sheet in found.sheets:
        head = _head_of(sheet)
        if head is None:
            unknown += [text for text in map(_text, sheet.rows[0][1] if sheet.rows else ()) if text]
            continue
        sheets.append(sheet.name)
        reading.read(sheet, head)
    if not sheets:
        raise BadInput(
            msg(
                "{file} has no line of headings that is understood ({heads}). Nothing was stored; "
                "take the headings of the template.",
                file=path.name,
                heads="、".join(unknown[:8]) or "-",
            ),
            field="file",
        )
    lines, refused = _whole_cases(reading.lines, reading.refused)
    return CaseFile(path.name, found.sha256, lines, refused, reading.skipped, tuple(sheets))


@dataclass(frozen=True)
class _Head:
    at: int
    """Which of the sheet's rows it is."""
    fields: tuple[str, ...]
    """Field of each column, empty where it is not understood."""
    units: tuple[int, ...]


def _head_of(sheet: Sheet) -> _Head | None:
    for at, (_, cells) in enumerate(sheet.rows[:15]):
        head = _as_head(at, cells)
        if head is not None:
            return head
    return None


def _as_head(at: int, cells: tuple[Cell, ...]) -> _Head | None:
    fields, units = [], []
    for cell in cells:
        text = _plain_head(_text(cell))
        unit = re.search(r"[(\[/]([^)\]]+)[)\]]?$", text)
        bare = text[: unit.start()] if unit and unit.group(1) in _UNITS else text
        field = _ALIKE.get(bare, "")
        fields.append(field if field not in fields else "")
        units.append(_UNITS.get(unit.group(1), 1) if unit else 1)
    known = {field for field in fields if field}
    whole = len(known) >= 3 and ({"number", "amount"} <= known or "suspect_phone" in known)
    return _Head(at, tuple(fields), tuple(units)) if whole else None


class _Reading:
    """The rows read so far, and what the next one may go on with."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone, self.now = zone, now
        self.lines: list[CaseLine] = []
        self.refused: dict[tuple[str, int], tuple[int, Message]] = {}
        """Place → the group it would belong to (0: none known), and the reason."""
        self.skipped = 0
        self._groups: dict[tuple[object, ...], int] = {}
        self._firsts: dict[int, CaseLine] = {}
        self._last = 0

    def read(self, sheet: Sheet, head: _Head) -> None:
        self.skipped += head.at + 1
        self._last = 0
        for line, cells in sheet.rows[head.at + 1 :]:
            if _as_head(0, cells) is not None or _is_total(head, cells):
                self.skipped += 1
                continue
            values = {
                field: cell for field, cell in zip(head.fields, cells, strict=False) if field and _text(cell)
            }
            unit = head.units[head.fields.index("amount")] if "amount" in head.fields else 1
            if not values:
                self.skipped += 1  # numbered in advance, or only in columns that are not understood
                continue
            self._row(sheet.name, line, values, unit)

    def _row(self, sheet: str, line: int, values: Mapping[str, Cell], unit: int) -> None:
        group = 0
        facts, wrong = self._facts_of_case(values)
        try:
            group = self._group(facts)
            if wrong is not None:
                raise wrong
            first = self._firsts.get(group)
            made = replace(
                CaseLine(sheet=sheet, line=line, group=group, **facts),  # type: ignore[arg-type]  # names of its fields
                **self._payment(values, unit),  # type: ignore[arg-type]  # names of its fields
            )
            if first is None:
                if not made.victim_name:
                    raise BadInput(msg("No victim is named."))
                self._firsts[group] = made
            else:
                made = _completed(made, first)
            if not made.number and not made.suspect_phone:
                raise BadInput(msg("There is neither an account that was paid nor a phone."))
        except BadInput as error:
            self.refused[sheet, line] = (group, error.message)
            if group and group not in self._firsts:
                # Its other rows still belong together, and none of them is stored.
                self._firsts[group] = CaseLine(sheet=sheet, line=line, group=group)
            self._last = group or self._last
            return
        self._last = group
        self.lines.append(made)

    def _facts_of_case(self, values: Mapping[str, Cell]) -> tuple[dict[str, object], BadInput | None]:
        """What the row says of its case, and the first thing wrong with it: it belongs there all the same."""
        readers: dict[str, Callable[[Cell], object]] = {
            "mark": lambda cell: clean_text(_text(cell), 100),
            "reported_at": lambda cell: self._moment(cell, day_alone=True),
            "victim_name": lambda cell: clean_name(_text(cell)),
            "victim_id": lambda cell: check_resident_id(_digits(cell))[0],
            "victim_phone": lambda cell: clean_phone(_digits(cell)).number,
            "fraud_type": lambda cell: fraud_type_of(_text(cell)),
            "area": lambda cell: clean_text(_text(cell), 100),
            "summary": lambda cell: clean_text(_text(cell), 2000),
        }
        facts: dict[str, object] = {}
        wrong: BadInput | None = None
        for name, read in readers.items():
            if name in values:
                try:
                    facts[name] = read(values[name])
                except BadInput as error:
                    facts[name], wrong = _text(values[name]), wrong or error
        return facts, wrong

    def _group(self, facts: Mapping[str, object]) -> int:
        """The case of the row: by its mark, else by victim and time of report, else that of the row above."""
        if not any(facts.get(name) for name in _OF_CASE):
            if not self._last:
                raise BadInput(msg("It names no case and no victim, and no row above does."))
            return self._last
        above = self._firsts.get(self._last)
        if above is not None and not facts.get("mark") and not facts.get("reported_at"):
            same = [facts.get(name, "") in ("", getattr(above, name)) for name in _OF_CASE[2:]]
            if all(same):
                return self._last  # the name is repeated, the time of report is not
        key: tuple[object, ...] = ("mark", facts.get("mark"))
        if not facts.get("mark"):
            who = facts.get("victim_id") or (facts.get("victim_name"), facts.get("victim_phone"))
            key = ("victim", who, facts.get("reported_at"))
        return self._groups.setdefault(key, len(self._groups) + 1)

    def _payment(self, values: Mapping[str, Cell], unit: int) -> dict[str, object]:
        facts: dict[str, object] = {}
        warnings: list[Message] = []

        def account(cell: Cell) -> str:
            number = clean_account(_digits(cell), field="number")
            warnings.extend(number.warnings)
            return number.value

        readers: dict[str, Callable[[Cell], object]] = {
            "number": account,
            "from_number": lambda cell: clean_account(_digits(cell)).value,
            "from_bank": lambda cell: clean_text(_text(cell), 100),
            "from_name": lambda cell: clean_text(_text(cell), 100),
            "bank_name": lambda cell: clean_text(_text(cell), 100),
            "channel": lambda cell: clean_text(_text(cell), 40),
            "holder": lambda cell: clean_name(_text(cell)),
            "suspect_phone": lambda cell: clean_phone(_digits(cell)).number,
        }
        facts.update({name: read(values[name]) for name, read in readers.items() if name in values})
        if "amount" in values:
            facts["fen"] = above_zero(_amount(values["amount"], unit))
        if "paid_at" in values or "paid_day" in values:
            facts["paid_at"] = self._paid_at(values)
        if facts.get("number"):
            if not facts.get("fen"):
                raise BadInput(msg("No amount is given."))
            if facts.get("paid_at") is None:
                raise BadInput(msg("It is not said when it was paid."))
        elif facts.get("fen"):
            raise BadInput(msg("It is not said which account was paid."))
        number, bank = str(facts.get("number", "")), str(facts.get("bank_name", ""))
        code = bank_named(bank, bundled()) if bank else None
        prefix = bundled().bank_of(number)
        if code is not None:
            facts["institution"] = code
            if prefix is not None and prefix.bank_code != code:
                warnings.append(
                    msg(
                        "The card's prefix belongs to {bank}, not to the bank named.",
                        bank=names().get(prefix.bank_code, prefix.bank_code),
                    )
                )
        return {**facts, "warnings": tuple(warnings)}

    def _paid_at(self, values: Mapping[str, Cell]) -> datetime:
        clock, day = values.get("paid_at"), values.get("paid_day")
        if day is not None and clock is not None and not isinstance(clock, datetime):
            there = self._moment(day, day_alone=True).astimezone(self.zone).date().isoformat()
            hour = _clock(clock)
            if hour:
                return self._moment(f"{there} {hour}", day_alone=False)
        return self._moment(clock if clock is not None else day, day_alone=False)

    def _moment(self, cell: Cell, *, day_alone: bool) -> datetime:
        return stated_time(_as_time(cell), self.zone, self.now, day_alone=day_alone)


def _completed(made: CaseLine, first: CaseLine) -> CaseLine:
    """A further row of a case: what it leaves out is as in the first; what contradicts it refuses the row."""
    for name in ("victim_name", "victim_id", "reported_at"):
        mine, theirs = getattr(made, name), getattr(first, name)
        if mine and theirs and mine != theirs:
            raise BadInput(
                msg(
                    "The same case has another victim or time of report in line {line}; check the case mark.",
                    line=first.line,
                )
            )
    return replace(
        made,
        **{
            name: getattr(made, name) or getattr(first, name)
            for name in (*_OF_CASE, "area", "from_bank", "from_name", "from_number")
        },
        fraud_type=first.fraud_type if made.fraud_type == "other" else made.fraud_type,
    )


def _whole_cases(
    lines: list[CaseLine], refused: dict[tuple[str, int], tuple[int, Message]]
) -> tuple[tuple[CaseLine, ...], tuple[RefusedLine, ...]]:
    """A case is stored whole or not at all: a loss without one of its payments is a wrong loss."""
    bad: dict[int, int] = {}
    for (_, line), (group, _) in sorted(refused.items()):
        if group:
            bad.setdefault(group, line)
    found = [RefusedLine(sheet, line, reason) for (sheet, line), (_, reason) in refused.items()]
    kept = []
    for each in lines:
        if each.group in bad:
            reason = msg("Not stored, because line {line} of the same case cannot be.", line=bad[each.group])
            found.append(RefusedLine(each.sheet, each.line, reason))
        else:
            kept.append(each)
    order = {each.place: at for at, each in enumerate(lines)}
    sheets = list(dict.fromkeys([*(each.sheet for each in lines), *(each.sheet for each in found)]))
    found.sort(key=lambda each: (sheets.index(each.sheet), each.line))
    return tuple(sorted(kept, key=lambda each: order[each.place])), tuple(found)


def fraud_type_of(text: str) -> str:
    """The code of a type as offices write it. Raises BadInput where it is none, or could be two."""
    plain = fold(text).strip().lower()
    if plain in FRAUD_WORDS:
        return plain
    found = [code for code, words in FRAUD_WORDS.items() if re.search(words, plain)]
    if len(found) > 1 and "justice" in found and "公检法" in plain:
        return "justice"
    if len(found) != 1:
        raise BadInput(msg("“{text}” is not one of the types of fraud.", text=text.strip()))
    return found[0]


def _is_total(head: _Head, cells: tuple[Cell, ...]) -> bool:
    """A line of sums: it says so in one of its first cells and names no account."""
    words = [_text(cell) for cell in cells[:3]]
    account = head.fields.index("number") if "number" in head.fields else -1
    named = 0 <= account < len(cells) and re.search(r"[0-9]{6}", _text(cells[account])) is not None
    return any(_TOTAL.match(fold(word).strip()) for word in words) and not named


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _digits(cell: Cell) -> str:
    """A number that is a name of something; as a number of a spreadsheet it has lost what is past 15 digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != int(cell) or abs(cell) >= 1e15:
            raise BadInput(
                msg(
                    "A spreadsheet has kept {number} as a number and lost digits; take the whole number "
                    "from the source and write it as text.",
                    number=f"{cell:.6g}",
                )
            )
        return str(int(cell))
    return _text(cell)


def _amount(cell: Cell, unit: int) -> int:
    """Fen. A spreadsheet's number is read by the shortest text that stands for it, never calculated with."""
    text = repr(cell) if isinstance(cell, float) and not cell.is_integer() else _text(cell)
    if unit == 0:
        if not re.fullmatch(r"[0-9]{1,15}", text):
            raise BadInput(msg("{amount} is not a whole number of fen.", amount=text))
        return int(text)
    try:
        fen = parse_yuan(text)
    except BadInput:
        if unit != 1 or not re.search(r"[万千百亿]", text):
            if unit == 1:
                raise
            return _scaled(text, unit)
        return parse_spoken_amount(text)
    return fen * unit


def _scaled(text: str, unit: int) -> int:
    """1.23456 万元 has more decimals than yuan have, and is still a whole number of fen."""
    found = re.fullmatch(r"([0-9]{1,8})\.([0-9]{1,6})", fold(text).replace(",", "").strip())
    if found is None:
        raise BadInput(msg("{amount} is not an amount in the unit of the heading.", amount=text))
    return int(found[1]) * unit * 100 + int(found[2].ljust(6, "0")) * unit // 10_000


def _clock(cell: Cell) -> str:
    text = fold(_text(cell)).strip()
    return text if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?", text) else ""


def _as_time(cell: Cell) -> str:
    """What a cell of times says, as text; a spreadsheet's own numbers for days included."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 <= cell < 80_000:
        seconds = round(cell * 86_400)
        moment = datetime.fromisoformat("1899-12-30") + timedelta(seconds=seconds)
        return moment.isoformat(sep=" ") if seconds % 86_400 else moment.date().isoformat()
    return _text(cell)
