"""A made-up case of any size for pictures and measurements: the same number and seed, the same case."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liaison_desk.core.flow import Flow, FlowAccount, FlowVictim, Seen, account_key, victim_key
from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.masking import token
from liaison_desk.core.tracing import Channel, Kind, Movement, Rule, compare

START = datetime(2026, 11, 22, 6, 58, 21, tzinfo=UTC)
BANKS = {
    "ICBC": ("工商银行", "ICBC", "6222 02** **** "),
    "CCB": ("建设银行", "CCB", "6217 00** **** "),
    "ABC": ("农业银行", "ABC", "6228 48** **** "),
    "PSBC": ("邮储银行", "PSBC", "6217 99** **** "),
    "BOC": ("中国银行", "BOC", "6216 60** **** "),
}
CHANNELS = (Channel.CASH, Channel.POS, Channel.THIRD_PARTY, Channel.CRYPTO)


def scene(accounts: int, seed: int = 1) -> Flow:
    """A case of that many accounts on up to six levels: each sends most of what it has on, some keep or lose it."""
    chance = random.Random(seed)
    victims = max(1, min(6, accounts // 12))
    movements: list[Seen] = []
    made: list[FlowAccount] = []
    codes = list(BANKS)
    line = 0

    def move(at: datetime, kind: Kind, from_: str, to: str, fen: int, **more: object) -> None:
        nonlocal line
        line += 1
        owner, channel = str(more.get("owner", "")), more.get("channel")
        assert channel is None or isinstance(channel, Channel)
        movements.append(
            Seen(Movement(at, kind, from_, to, fen, owner, channel, line=line), chance.choice((1, 2)))
        )

    def account(level: int) -> FlowAccount:
        n = len(made)
        code = codes[chance.randrange(len(codes))]
        caught = chance.random()
        made.append(
            FlowAccount(
                account_key(n),
                n + 1,
                level,
                f"{BANKS[code][2]}{chance.randrange(10_000):04d}".replace(" ", ""),
                token(n),
                code,
                leg_id=n if caught < 0.7 else None,
                leg_number=f"ZF〔2026〕{n}" if caught < 0.7 else "",
                leg_state=LegState.ANSWERED if caught < 0.5 else LegState.QUEUED if caught < 0.7 else None,
                cases=2 if chance.random() < 0.04 else 1,
            )
        )
        return made[-1]

    front: list[tuple[FlowAccount, int, datetime]] = []
    firsts = max(1, min(victims * 2, accounts))
    for n in range(firsts):
        fen = chance.randrange(20_000, 120_000) * 100
        at = START + timedelta(seconds=chance.randrange(3600))
        first = account(1)
        move(at, Kind.PAYMENT, "", first.key, fen, owner=victim_key(n % victims))
        front.append((first, fen, at))
    held: dict[str, tuple[int, bool]] = {}
    while front:
        here, fen, at = front.pop(0)
        left = fen
        if here.level >= 6 or len(made) >= accounts or (len(front) > 3 and chance.random() < 0.08):
            kept = fen * chance.randrange(0, 100) // 100
            if kept > 10_000 and chance.random() < 0.7:
                held[here.key] = (kept, chance.random() < 0.4)
                left -= kept
            if left > 0 and chance.random() < 0.8:
                move(
                    at + timedelta(seconds=90), Kind.EXIT, here.key, "", left, channel=chance.choice(CHANNELS)
                )
            continue
        ways = min(chance.choice((1, 2, 2, 3, 3, 4, 12)), max(1, accounts - len(made)))
        for way in range(ways):
            part = left if way == ways - 1 else left * chance.randrange(15, 70) // 100
            if part < 100:
                break
            left -= part
            at += timedelta(seconds=chance.randrange(4, 90))
            if len(made) > 8 and chance.random() < 0.05:
                target = made[chance.randrange(len(made) // 2, len(made))]
            elif len(made) < accounts:
                target = account(here.level + 1)
                front.append((target, part, at))
            else:
                break
            move(at, Kind.TRANSFER, here.key, target.key, part)
    filled = []
    for each in made:
        kept, frozen = held.get(each.key, (0, False))
        filled.append(_caught(each, kept, frozen))
    found = compare([each.movement for each in movements])
    paid: dict[str, int] = {}
    for each in movements:
        if each.movement.owner:
            paid[each.movement.owner] = paid.get(each.movement.owner, 0) + each.movement.fen
    names = {code: (name_zh, name_en) for code, (name_zh, name_en, _) in BANKS.items()}
    return Flow(
        case_id=1,
        case_number="AJ〔2026〕31",
        as_of=START + timedelta(hours=2),
        office="公主岭市反诈中心",
        zone_name="Asia/Shanghai",
        victims=tuple(
            FlowVictim(victim_key(n), "王李张赵陈刘"[n] + "*", paid[victim_key(n)]) for n in range(victims)
        ),
        accounts=tuple(filled),
        movements=tuple(movements),
        names=names,
        left={
            rule: {key: left.owners for key, left in traced.accounts.items() if left.parcels}
            for rule, traced in found.traced.items()
        },
        direct=found.directly_traceable,
        unexplained=dict(found.traced[Rule.FIFO].unexplained),
        authorised=True,
    )


def _caught(account: FlowAccount, kept: int, frozen: bool) -> FlowAccount:
    return replace(account, frozen=kept if frozen else 0, stopped=0 if frozen else kept)
