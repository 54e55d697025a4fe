"""Where the finds of a text go: what is named once is proposed for each payment, sums and balances for none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from liaison_desk.core.bins import bundled
from liaison_desk.core.paste import find
from liaison_desk.ui.pastebox import Place, places, proposed
from tests import given

NOW = datetime.fromisoformat("2026-11-22T15:30:00+08:00")
CARD = given.card("ABC", 3)


def _put(text: str) -> list[tuple[str, Place | None, tuple[Place, ...]]]:
    finds = find(text, NOW, ZoneInfo("Asia/Shanghai"), bundled()).finds
    wanted = places(text, finds)
    return [
        (found.text, place, also) for found, place, also in zip(finds, wanted, proposed(wanted), strict=True)
    ]


def test_one_account_and_one_time_are_proposed_for_each_of_three_amounts_and_their_sum_for_none() -> None:
    text = f"接警时间2026-11-22 14:52\n今天13:40向户名:马建军,卡号{CARD} 转账 800元、900元、700元,共计2400元,余额12.30元"
    assert _put(text) == [
        ("2026-11-22 14:52", Place("happened_at"), ()),
        ("今天13:40", Place("paid_at", 1), (Place("paid_at", 2), Place("paid_at", 3))),
        ("马建军", Place("holder", 1), (Place("holder", 2), Place("holder", 3))),
        (CARD, Place("number", 1), (Place("number", 2), Place("number", 3))),
        ("800元", Place("amount", 1), ()),
        ("900元", Place("amount", 2), ()),
        ("700元", Place("amount", 3), ()),
        ("2400元", None, ()),
        ("12.30元", None, ()),
    ]


def test_two_times_are_nobodys_but_their_own_payments() -> None:
    other = given.card("CCB", 4)
    text = f"10:05转给{CARD} 800元,10:09转给{other} 900元"
    assert [also for _, _, also in _put(text)] == [()] * 6
