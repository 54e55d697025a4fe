"""What has just come in at the demo office: fresh, overdue, routed, proposed, corrected, taken back.

Each scene is one case; its ``shows`` names what there is to see. Amounts are fen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome, Urgency
from liaison_desk.desk.demo_people import AREAS, BANKS, CARRIERS, CHANNELS
from liaison_desk.desk.demo_scene import HOUR, Scene, Told, scene

SCENES: list[Scene] = []


@scene(SCENES, "fresh", minutes=3)
def _fresh(told: Told) -> None:
    """Three payments of the last minutes; one bank has already begun."""
    tale = told.report("买买提·吐尔逊", "justice", "河东街道", officer="liu")
    told.stop("ICBC", "李㼆华", 4_850_000, paid=4)
    second = told.stop("CCB", "王𠮷", 3_300_000, paid=6)
    told.stop("ABC", "张小明", 1_999_900, paid=11)
    phone = tale.phone("CMCC")
    tale.leg(LegKind.SUSPEND_NUMBER, phone, told.at)
    tale.claim(second, told.after(1.2), told.who("ccb1"))
    tale.note(told.who("liu"), "报警人仍在线上，@CCB 请先查余额再回复。", told.after(1.5))


@scene(SCENES, "claim overdue", minutes=9)
def _unclaimed(told: Told) -> None:
    told.report("欧阳文秀", "support", "站前街道", officer="chen")
    told.stop("PSBC", "刘永福", 2_680_000, paid=7)
    claimed = told.stop("BOC", "马金凤", 5_200_000, paid=13)
    told.tale.claim(claimed, told.after(3), told.who("boc1"))


@scene(SCENES, "answer overdue", minutes=52)
def _overdue(told: Told) -> None:
    told.report("孙桂兰", "brushing", "青石镇", officer="zhao")
    told.stop("PSBC", "高俊熙", 880_000, paid=25)
    slow = told.stop("ICBC", "唐海燕", 1_260_000, paid=31)
    told.tale.claim(slow, told.after(9), told.who("icbc2"))
    told.stop("ABC", "许天佑", 3_000_000, paid=40)


@scene(SCENES, "big case", minutes=5 * HOUR)
def _big(told: Told) -> None:
    """Four payments, three levels, fourteen accounts; a standing authorisation for next hops."""
    tale = told.report(
        "松河市瑞丰建材有限公司",
        "acquaintance",
        "龙湾开发区",
        officer="zhao",
        authorised=True,
        summary="财务人员被拉入假冒公司领导的工作群，按群内指示分四笔对公转账共一百二十八万元。",
    )
    first = told.stop("ICBC", "松河市启航商贸有限公司", 48_000_000, paid=22, company=True, channel="网上银行")
    second = told.stop("CCB", "杜国栋", 35_000_000, paid=19, channel="网上银行")
    third = told.stop("ABC", "方雅婷", 30_000_000, paid=16, channel="网上银行")
    fourth = told.stop("BOC", "石立民", 15_000_000, paid=12, channel="网上银行")
    told.answered(first, "icbc1", 12_640_000, 9)
    near = [
        told.onward(first, "CCB", "姜浩然", 15_000_000, moved=-17),
        told.onward(first, "PSBC", "范德胜", 12_360_000, moved=-16),
        told.onward(first, "BOC", "陆思远", 8_000_000, moved=-15),
    ]
    told.answered(second, "ccb1", 0, 12)
    near += [
        told.onward(second, "ICBC", "石佳琪", 20_000_000, moved=-13),
        told.onward(second, "ABC", "那仁托娅", 9_000_000, moved=-12),
    ]
    tale.hop(second, 6_000_000, told.after(-9), kind=HopKind.CASH, remark="外省自助取款机分多笔取现")
    told.answered(third, "abc1", 30_000_000, 14)
    told.answered(fourth, "boc2", 0, 17)
    near.append(told.onward(fourth, "CCB", "姚乐山", 15_000_000, moved=-6))
    legs = [
        told.next_stop(source, account)
        for source, account in zip((first, first, first, second, second, fourth), near, strict=True)
    ]
    told.answered(legs[0], "ccb2", 0, 31)
    far = [
        told.onward(legs[0], "ABC", "江景行", 9_000_000, moved=-7),
        told.onward(legs[0], "COMM", "任书瑶", 6_000_000, moved=-6),
    ]
    told.answered(legs[1], "psbc1", 4_360_000, 33)
    tale.hop(legs[1], 8_000_000, told.after(-4), kind=HopKind.CRYPTO, remark="充值至境外虚拟币平台")
    told.answered(legs[2], "boc1", 8_000_000, 29)
    told.answered(legs[3], "icbc2", 0, 40)
    far.append(told.onward(legs[3], "PSBC", "钟广才", 20_000_000, moved=2))
    told.said(legs[4], "abc2", Outcome.NAME_MISMATCH, 38, "户名登记为那仁托雅，请核对")
    last = [told.next_stop(legs[0], far[0]), told.next_stop(legs[0], far[1])]
    last.append(told.next_stop(legs[3], far[2]))
    told.tale.claim(last[0], told.after(44), told.who("abc1"))
    told.answered(last[2], "psbc2", 11_200_000, 58)
    edge = told.onward(last[2], "ICBC", "谭振华", 8_800_000, moved=21)
    told.next_stop(last[2], edge)
    tale.leg(LegKind.TRANSACTIONS, first.account, told.after(90), urgency=Urgency.NORMAL)
    tale.note(
        told.who("zhao"), "涉案金额大，@ICBC @CCB @ABC 下一跳由各行直接发出，我处已授权。", told.after(2)
    )
    tale.note(told.who("psbc2"), "余款于21分钟内转入工行卡，户名谭振华。", told.after(59))


@scene(SCENES, "routing", minutes=12)
def _routing(told: Told) -> None:
    """Banks without a seat: the officers must route these."""
    told.report("司马朝阳", "shopping", "南关街道", officer="liu")
    told.stop("COMM", "潘新宇", 760_000, paid=18)
    told.stop("JLBANK", "贺丽娟", 1_150_000, paid=15)


@scene(SCENES, "proposed next hops", minutes=38)
def _proposed(told: Told) -> None:
    tale = told.report("蒋秀英", "investment", "河西街道", officer="chen")
    stop = told.stop("ABC", "白美玲", 9_600_000, paid=9)
    told.answered(stop, "abc1", 2_100_000, 14)
    accounts = [
        told.onward(stop, "CCB", "崔一诺", 4_500_000, moved=-3),
        told.onward(stop, "PSBC", "侯子涵", 3_000_000, moved=-2),
    ]
    for account in accounts:
        told.next_stop(stop, account)
    other = told.stop("ICBC", "毛嘉怡", 2_000_000, paid=5)
    told.answered(other, "icbc1", 0, 19)
    gone = told.onward(other, "BOC", "邱文博", 2_000_000, moved=-1)
    withdrawn = told.next_stop(other, gone)
    tale.end(withdrawn, LegState.WITHDRAWN, told.after(24), "与另一请求为同一账户，不再发出")


@scene(SCENES, "returned for correction", minutes=70)
def _correction(told: Told) -> None:
    tale = told.report("傅志明", "loan", "柳林镇", officer="liu")
    stop = told.stop("CCB", "戴雨晴", 1_480_000, paid=30)
    tale.claim(stop, told.after(4), told.who("ccb2"))
    tale.send_back(stop, "户名与卡号不一致，请核对姓名用字", told.after(11))
    other = told.stop("PSBC", "黎建军", 600_000, paid=33)
    tale.send_back(other, "缺交易时间", told.after(6))


@scene(SCENES, "taken back and voided", minutes=95)
def _ended(told: Told) -> None:
    tale = told.report("邹春梅", "other", "大岭镇", officer="chen")
    taken = told.stop("BOC", "熊小红", 320_000, paid=12)
    tale.end(taken, LegState.WITHDRAWN, told.after(9), "报警人核实系本人操作")
    wrong = told.stop("ICBC", "孟晓东", 320_000, paid=12)
    tale.end(wrong, LegState.VOIDED, told.after(10), "重复录入")
    tale.leg(LegKind.FREEZE, taken.account, told.after(20), asked=320_000, state=LegState.DRAFT)


@scene(SCENES, "answers of every kind", minutes=3 * HOUR)
def _answers(told: Told) -> None:
    tale = told.report("查玉珍", "credit", "双泉镇", officer="zhao")
    told.said(told.stop("ICBC", "秦宝山", 500_000), "icbc1", Outcome.NO_ACCOUNT, 8, "卡号不存在")
    told.said(told.stop("ABC", "盖长顺", 1_200_000), "abc2", Outcome.NAME_MISMATCH, 10, "户名不符")
    spent = told.stop("BOC", "江凤英", 900_000, paid=44)
    told.said(spent, "boc1", Outcome.SPENT, 12, "已在境外商户消费")
    tale.hop(spent, 900_000, told.after(-21), kind=HopKind.PURCHASE, remark="境外商户消费")
    other = told.stop("PSBC", "段天佑", 700_000)
    told.said(other, "psbc1", Outcome.ALREADY_STOPPED, 14, "该户已由外地公安机关止付")
    told.answered(told.stop("CCB", "史朝晖", 2_500_000), "ccb1", 2_500_000, 16)
    phoned = told.stop("PSBC", "龚金凤", 1_000_000)
    tale.answer(
        phoned,
        Outcome.ZERO,
        told.after(20),
        executed=0,
        balance=0,
        telephone=told.who("zhao"),
        confirmed=False,
    )
    failed = told.stop("ABC", "贾永福", 1_800_000)
    told.said(failed, "abc1", Outcome.BANK_FAILURE, 18, "核心系统维护")
    tale.reopen(failed, "系统已恢复，请重新执行", told.ago(16))


@scene(SCENES, "carriers", minutes=2 * HOUR)
def _carriers(told: Told) -> None:
    tale = told.report("夏淑芬", "justice", "黄土岗镇", officer="liu")
    told.answered(told.stop("BOC", "郝强", 2_200_000, paid=35), "boc2", 300_000, 13)
    done = tale.leg(LegKind.SUSPEND_NUMBER, tale.phone("CUCC"), told.at)
    told.said(done, "cucc", Outcome.DONE, 11)
    tale.leg(LegKind.TRACE_NUMBER, tale.phone("CTCC"), told.ago(14), urgency=Urgency.NORMAL)
    block = tale.leg(LegKind.BLOCK_NUMBER, tale.phone("CTCC", "+12025550143"), told.after(3))
    told.said(block, "ctcc", Outcome.DONE, 20)
    guard = tale.leg(LegKind.PROTECT_NUMBER, tale.phone("CMCC"), told.ago(24))
    tale.claim(guard, told.ago(20), told.who("cmcc"))
    tale.leg(LegKind.RESTORE_NUMBER, tale.phone("CMCC"), told.ago(8), urgency=Urgency.NORMAL)


@scene(SCENES, "queries", minutes=6 * HOUR)
def _queries(told: Told) -> None:
    tale = told.report("汪平", "gaming", "桦树乡", officer="chen")
    stop = told.stop("ICBC", "顾磊", 460_000, paid=90)
    told.answered(stop, "icbc2", 0, 15)
    tale.hop(stop, 460_000, told.after(-62), kind=HopKind.CASH)
    watch = tale.leg(LegKind.WATCH, stop.account, told.after(60), urgency=Urgency.NORMAL)
    told.said(watch, "icbc1", Outcome.DONE, 85)
    tale.leg(LegKind.TRANSACTIONS, stop.account, told.ago(21), urgency=Urgency.NORMAL)
    holder = tale.leg(LegKind.HOLDER, stop.account, told.ago(19), urgency=Urgency.NORMAL)
    tale.claim(holder, told.ago(11), told.who("icbc1"))


def crowd(count: int) -> list[Scene]:
    """Further reports of the last hours, so that ``count`` more requests stand open."""
    found: list[Scene] = []
    while count > 0:
        size = min(count, 1 + len(found) % 3)
        # A busy hour: most of it young, a few reports old enough to be late.
        ago = 2 + len(found) * 37 % 230 / 10 if len(found) % 9 else 30 + len(found) * 7919 % 45
        found.append(Scene("crowd", ago, _crowd(size)))
        count -= size
    return found


def _crowd(size: int) -> Callable[[Told], None]:
    def tell(told: Told) -> None:
        invent, dice = told.stage.invent, told.stage.rng.random
        officer = invent.pick(("zhao", "liu", "chen"))
        tale = told.report(invent.name(), invent.fraud(), invent.pick(AREAS), officer=officer)
        for place in range(size):
            if place == 2:
                tale.leg(LegKind.SUSPEND_NUMBER, tale.phone(invent.pick(CARRIERS)), told.at)
                continue
            paid = 3 + dice() * 40
            stop = told.stop(
                invent.pick(BANKS),
                invent.name(),
                invent.sum_of_money(),
                paid=paid,
                channel=invent.pick(CHANNELS),
            )
            since = told.stage.now - told.at
            if since > timedelta(minutes=2) and dice() < (0.4 if since < timedelta(minutes=5) else 0.92):
                tale.claim(stop, told.at + min(since, timedelta(minutes=5)) * (0.2 + 0.7 * dice()))

    return tell
