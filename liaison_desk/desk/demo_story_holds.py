"""What the demo office holds: stops about to end, second stops, lapses, freezes, releases, returns.

Each scene is one case; its ``shows`` names what there is to see. Amounts are fen.
"""

from __future__ import annotations

from datetime import timedelta

from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome, Urgency
from liaison_desk.desk.demo_scene import DAY, HOUR, Scene, Told, scene

SCENES: list[Scene] = []


@scene(SCENES, "stop ends within 40 minutes", minutes=47.7 * HOUR)
def _ending(told: Told) -> None:
    """The freeze waits for a lead while the stop runs out."""
    tale = told.report("诸葛青云", "investment", "龙湾开发区", officer="liu")
    stop = told.stop("ICBC", "武勇", 12_800_000, paid=20)
    told.answered(stop, "icbc1", 9_450_000, 18)
    tale.hop(stop, 3_350_000, told.after(-9), kind=HopKind.CASH)
    assert stop.hold is not None
    at = told.ago(26)
    tale.leg(
        LegKind.FREEZE,
        stop.account,
        at,
        asked=9_450_000,
        hold=stop.hold,
        document=("协助冻结财产通知书", f"松公(刑)冻财字〔{at.year}〕301号"),
    )
    tale.note(told.who("liu"), "止付即将到期，冻结文书已备，@ICBC 请留人。", told.ago(25))


@scene(SCENES, "stops ending within 12 hours", minutes=40 * HOUR)
def _twelve(told: Told) -> None:
    tale = told.report("阿依古丽·热合曼", "support", "河西街道", officer="zhao")
    first = told.stop("CCB", "雷刚", 5_600_000, number="")
    told.answered(first, "ccb1", 5_600_000, 12)
    second = told.stop("PSBC", "尹重阳", 3_900_000)
    told.shared["known"] = second.account.row["number"]
    told.answered(second, "psbc2", 2_450_000, 21)
    assert first.hold is not None
    at = told.ago(22)
    freeze = tale.leg(LegKind.FREEZE, first.account, at, asked=5_600_000, hold=first.hold)
    tale.approve(freeze, told.who("wang"), told.ago(14))
    draft = tale.leg(
        LegKind.FREEZE,
        second.account,
        told.ago(10),
        asked=2_450_000,
        hold=second.hold,
        state=LegState.DRAFT,
    )
    draft.row["remark"] = "待补文号"


@scene(SCENES, "stops ending within 24 hours", minutes=29 * HOUR)
def _day(told: Told) -> None:
    told.report("方芳", "brushing", "北岭乡", officer="chen")
    told.answered(told.stop("ABC", "邵超", 1_880_000), "abc2", 1_880_000, 10)
    told.answered(told.stop("BOC", "万艳", 760_000), "boc2", 410_000, 17)


@scene(SCENES, "stops ending within 48 hours", minutes=11 * HOUR)
def _two_days(told: Told) -> None:
    told.report("贺娜", "loan", "柳林镇", officer="liu")
    told.answered(told.stop("ICBC", "龙洋", 3_200_000), "icbc2", 3_200_000, 15)
    stop = told.stop("ABC", "钱静", 990_000)
    told.answered(stop, "abc1", 150_000, 19)
    told.tale.hop(stop, 840_000, told.after(4), kind=HopKind.TOP_UP)


@scene(SCENES, "lapsed, nobody has taken note", minutes=51 * HOUR)
def _lapsed(told: Told) -> None:
    tale = told.report("仇德胜", "investment", "南关街道", officer="chen")
    stop = told.stop("BOC", "常杰", 4_100_000)
    told.answered(stop, "boc1", 3_700_000, 26)
    assert stop.hold is not None
    tale.lapse(stop.hold)


@scene(SCENES, "lapsed and caught again one hop further on", minutes=70 * HOUR)
def _again(told: Told) -> None:
    tale = told.report("汤敏", "romance", "青石镇", officer="zhao")
    stop = told.stop("CCB", "康平", 6_500_000)
    at = told.answered(stop, "ccb2", 6_500_000, 14)
    assert stop.hold is not None
    tale.lapse(stop.hold, by=told.who("ccb2"), after=timedelta(minutes=9))
    gone = at + timedelta(hours=48, minutes=20)
    found = gone + timedelta(minutes=12)
    account = tale.account("ABC", "武涛", level=2, by=stop, at=found)
    tale.hop(stop, 6_500_000, gone, to=account, recorded=found)
    second = tale.leg(LegKind.STOP, account, found, asked=6_500_000, proposed=stop)
    tale.issue(second, found + timedelta(minutes=2))
    tale.claim(second, found + timedelta(minutes=4), told.who("abc2"))
    tale.answer(second, Outcome.PARTLY, found + timedelta(minutes=11), executed=6_500_000, balance=5_900_000)


@scene(SCENES, "ended while every program was closed", minutes=48 * 60 + 40)
def _unseen(told: Told) -> None:
    """Its stop ended 20 minutes ago and nothing has recorded it: the program finds it at its first start."""
    told.report("易明", "shopping", "站前街道", officer="liu")
    stop = told.stop("PSBC", "赖磊", 1_350_000)
    told.answered(stop, "psbc1", 1_350_000, 20)


@scene(SCENES, "second stops", minutes=66 * HOUR)
def _second(told: Told) -> None:
    """One carried on by a second stop; the other's second stop is still on its way."""
    tale = told.report("文海燕", "justice", "河东街道", officer="zhao")
    stop = told.stop("ICBC", "樊伟", 7_700_000)
    told.answered(stop, "icbc1", 5_120_000, 16)
    assert stop.hold is not None
    again = tale.leg(LegKind.SECOND_STOP, stop.account, told.after(44 * 60), asked=5_120_000, hold=stop.hold)
    tale.claim(again, told.after(44 * 60 + 4), told.who("icbc2"))
    tale.answer(again, Outcome.DONE, told.after(44 * 60 + 15), executed=5_120_000, balance=5_120_000)


@scene(SCENES, "second stop asked for", minutes=46 * HOUR)
def _second_asked(told: Told) -> None:
    tale = told.report("齐敏", "credit", "大岭镇", officer="chen")
    stop = told.stop("ABC", "殷芳", 2_900_000)
    told.answered(stop, "abc1", 2_900_000, 13)
    assert stop.hold is not None
    leg = tale.leg(LegKind.SECOND_STOP, stop.account, told.ago(19), asked=2_900_000, hold=stop.hold)
    tale.claim(leg, told.ago(12), told.who("abc1"))


@scene(SCENES, "freeze ends within a week", days=179)
def _freeze_ending(told: Told) -> None:
    """Its renewal waits in the bank's queue."""
    tale = told.report("庞秀英", "investment", "双泉镇", officer="liu")
    stop = told.stop("CCB", "兰建军", 16_000_000)
    told.answered(stop, "ccb1", 14_300_000, 17)
    freeze = told.freeze(stop, "ccb2", 20 * 60, number=88)
    assert freeze.hold is not None
    renew = tale.leg(
        LegKind.RENEW,
        freeze.account,
        told.ago(75),
        asked=14_300_000,
        hold=freeze.hold,
        urgency=Urgency.NORMAL,
    )
    assert renew.row["institution_code"] == "CCB"


@scene(SCENES, "freezes in force", days=34)
def _freezes(told: Told) -> None:
    told.report("邓桂兰", "brushing", "桦树乡", officer="zhao")
    for code, by, holder, fen, place in (
        ("ICBC", "icbc1", "申文博", 2_260_000, 141),
        ("BOC", "boc2", "梅雨晴", 880_000, 142),
    ):
        stop = told.stop(code, holder, fen)
        told.answered(stop, by, fen, 15)
        told.freeze(stop, by, 26 * 60, lead="sun", number=place)


@scene(SCENES, "whole account held, too much released", days=9)
def _over_hold(told: Told) -> None:
    """The bank stopped the whole balance; the freeze covers the loss only and frees the rest."""
    tale = told.report("阎立新", "support", "黄土岗镇", officer="chen")
    stop = told.stop("PSBC", "松河市嘉禾物流有限公司", 5_000_000, company=True)
    tale.claim(stop, told.after(6), told.who("psbc1"))
    tale.answer(
        stop, Outcome.DONE, told.after(14), executed=21_400_000, balance=21_400_000, remark="全额止付"
    )
    told.freeze(stop, "psbc1", 30 * 60, fen=5_000_000, number=207)
    assert stop.hold is not None
    tale.objection(
        stop.hold, "松河市嘉禾物流有限公司", "冻结款系正常货款，已提交合同和发票。", told.ago(20 * HOUR)
    )
    other = told.stop("ABC", "易秀英", 1_900_000)
    told.answered(other, "abc2", 1_900_000, 19)
    freeze = told.freeze(other, "abc2", 31 * 60, number=208)
    assert freeze.hold is not None
    tale.leg(
        LegKind.RELEASE_FREEZE,
        other.account,
        told.ago(13),
        asked=700_000,
        hold=freeze.hold,
        urgency=Urgency.NORMAL,
        reason="其中7000元经核实与本案无关",
    )


@scene(SCENES, "return on its way", days=41)
def _return(told: Told) -> None:
    """One account given back in full, one return with the bank, one waiting for a lead."""
    tale = told.report("温玉珍", "loan", "外地来报", officer="liu")
    states = []
    for code, by, holder, fen, place in (
        ("ICBC", "icbc2", "庄浩然", 3_400_000, 119),
        ("CCB", "ccb1", "柴俊熙", 1_200_000, 120),
        ("ABC", "abc1", "翟凤英", 640_000, 121),
    ):
        stop = told.stop(code, holder, fen)
        told.answered(stop, by, fen, 18)
        states.append((told.freeze(stop, by, 28 * 60, number=place), fen, by))
    for place, (freeze, fen, by) in enumerate(states):
        minutes = 36 * DAY if place == 0 else 41 * DAY - 180 + place * 30
        leg = tale.leg(
            LegKind.RETURN,
            freeze.account,
            told.after(minutes),
            asked=fen,
            hold=freeze.hold,
            urgency=Urgency.NORMAL,
            document=("冻结资金返还决定书", f"松公(刑)刑返字〔{told.at.year}〕{40 + place}号"),
        )
        if place == 2:
            continue
        tale.approve(leg, told.who("wang"), told.after(minutes + 40))
        tale.claim(leg, told.after(minutes + 55), told.who(by))
        if place == 0:
            tale.answer(leg, Outcome.DONE, told.after(minutes + DAY), executed=fen, victim=told.victim)


@scene(SCENES, "second case with a known account", minutes=4 * HOUR)
def _known(told: Told) -> None:
    """An account that another victim paid into, too; its first stop still runs."""
    told.report("向春梅", "support", "河西街道", officer="liu")
    stop = told.stop("PSBC", "尹重阳", 1_450_000, number=told.shared["known"])
    told.answered(stop, "psbc2", 300_000, 12)
    told.tale.note(told.who("psbc2"), "该卡前日已由本中心止付过一次。", told.after(13))
