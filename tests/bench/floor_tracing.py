"""What tracing is measured against: passes that touch what must be touched and decide nothing.

Written before the code it measures and never changed together with it. It imports nothing of the program.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple


class Step(NamedTuple):
    """One movement as plain as it can be; ``""`` where a side lies outside."""

    second: int
    from_: str
    to: str
    fen: int
    owner: str


def scene(movements: int = 100_000, accounts: int = 200, victims: int = 50, seed: int = 7) -> list[Step]:
    """Mixed accounts in the order of time: 12 % victims' payments, 8 % other money, 50 % transfers, 30 % exits.

    What leaves is 1 to 100 % of what is there; one in a hundred takes up to a tenth more than is known.
    Several movements share a second.
    """
    chance = random.Random(seed)
    names = [f"6222{number:012d}" for number in range(accounts)]
    people = [f"victim {number}" for number in range(victims)]
    there = dict.fromkeys(names, 0)
    steps: list[Step] = []
    second = 0
    while len(steps) < movements:
        second += chance.randrange(4)
        draw = chance.random()
        if draw < 0.2:
            account = chance.choice(names)
            fen = chance.randrange(1, 5_000_000)
            there[account] += fen
            steps.append(Step(second, "", account, fen, chance.choice(people) if draw < 0.12 else "other"))
            continue
        account = chance.choice(names)
        if not there[account]:
            continue
        fen = max(1, there[account] * chance.randrange(1, 101) // 100)
        if chance.random() < 0.01:
            fen = there[account] * chance.randrange(101, 111) // 100 + 1
        to = chance.choice(names) if draw < 0.7 else ""
        there[account] = max(0, there[account] - fen)
        if to:
            there[to] += fen
        steps.append(Step(second, account, to, fen, ""))
    return steps


def single_pass(steps: Sequence[Step]) -> dict[str, int]:
    """The floor of fifo and lifo: a plain single pass over the sorted list that keeps balances."""
    balances: dict[str, int] = {}
    for step in steps:
        if step.from_:
            balances[step.from_] = balances.get(step.from_, 0) - step.fen
        if step.to:
            balances[step.to] = balances.get(step.to, 0) + step.fen
    return balances


def owners_pass(steps: Sequence[Step]) -> int:
    """The floor of pro-rata and clean-first: every owner touched once, by one floored share; how many.

    Here the rounding stays behind, so it is no tracing, only its smallest possible work.
    """
    accounts: dict[str, dict[str, int]] = {}
    touched = 0
    for step in steps:
        if step.owner:
            there = accounts.setdefault(step.to, {})
            there[step.owner] = there.get(step.owner, 0) + step.fen
            touched += 1
            continue
        here = accounts.setdefault(step.from_, {})
        there = accounts.setdefault(step.to, {}) if step.to else {}
        balance = sum(here.values())
        touched += len(here)
        if step.fen >= balance:
            accounts[step.from_] = {}
            for owner, fen in here.items():
                there[owner] = there.get(owner, 0) + fen
            continue
        for owner, fen in here.items():
            share = step.fen * fen // balance
            here[owner] = fen - share
            there[owner] = there.get(owner, 0) + share
    return touched
