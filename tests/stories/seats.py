"""What a seat in a process of its own does; module-level functions, so that they can be spawned."""

from __future__ import annotations

import random
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from liaison_desk.core.errors import Conflict
from liaison_desk.core.lifecycle import Outcome
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.cases import OpenCase, PaymentInput, WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.work import Actor
from liaison_desk.store.database import Database
from tests import given

WAIT = threading.Event()
"""Never set: waiting for it is how a seat lets a little time pass between two looks at the feed."""
SECOND_HOPS = (given.card("ABC", 501), given.card("BOC", 502))


def claim_all(url: str, actor: Actor, leg_ids: list[int], seed: int, at: datetime) -> list[tuple[int, str]]:
    """Tries to claim every leg, in an order of its own: ("won" or what it was told) for each."""
    database = Database(url)
    desk = Desk(database, actor=actor, clock=lambda: at)
    order = list(leg_ids)
    random.Random(seed).shuffle(order)
    told = []
    for leg_id in order:
        try:
            desk.do(ClaimRequest(leg_id=leg_id))
            told.append((leg_id, "won"))
        except Conflict as conflict:
            told.append((leg_id, str(conflict)))
    database.close()
    return told


def write_without_end(url: str, actor: Actor, case_id: int, start: datetime) -> None:
    """Writes notes and says each one's id on standard output only after the door has acknowledged it."""
    desk = Desk(Database(url), actor=actor, clock=lambda: start)
    n = 0
    while True:
        n += 1
        note = desk.do(WriteNote(case_id=case_id, text=f"附言 {n}"))
        sys.stdout.write(f"{note} {n}\n")
        sys.stdout.flush()


def sit_and_answer(url: str, actor: Actor, at: datetime) -> dict[str, object]:
    """A representative in a process of its own: waits for work by the feed, claims it, answers with two hops."""
    desk = Desk(Database(url), actor=actor, clock=lambda: at)
    last = desk.changes_since(-1).last
    page = desk.read(queue, QueueView(institution=actor.institution))
    waited = 0
    while not page.rows and waited < 200:
        waited += 1
        WAIT.wait(0.05)
        changes = desk.changes_since(last)
        if "leg" in changes.kinds:
            page = desk.read(queue, QueueView(institution=actor.institution))
        last = changes.last
    row = page.rows[0]
    desk.do(ClaimRequest(leg_id=row.id))
    moved = at - timedelta(minutes=4)
    answered = desk.do(
        AnswerRequest(
            leg_id=row.id,
            outcome=Outcome.PARTLY,
            executed=3_500_000,
            balance_before=500_000,
            person_name="李工行",
            hops=(
                HopInput(
                    fen=2_000_000, happened_at=moved, target=Target(number=SECOND_HOPS[0], holder="㼆丁")
                ),
                HopInput(
                    fen=1_000_000, happened_at=moved, target=Target(number=SECOND_HOPS[1], holder="孙戊")
                ),
            ),
        )
    )
    return {
        "target": row.target,
        "holder": str(row.holder),
        "waited": waited,
        "effective": answered.effective,
        "proposed": len(answered.proposed),
        "issued": len(answered.issued),
    }


def work_until(url: str, officer: Actor, bank: Actor, start: datetime, stop: str) -> int:
    """Reports, claims and answers one after the other until the file ``stop`` is there; how many reports it made."""
    database = Database(url)
    reports, answers = (Desk(database, actor=actor, clock=lambda: start) for actor in (officer, bank))
    made = 0
    while made == 0 or not Path(stop).exists():
        made += 1
        opened = reports.do(
            OpenCase(
                victim_name="王六",
                fraud_type="justice",
                payments=tuple(
                    PaymentInput(
                        target=given.account(given.card("ICBC", made * 2 + each)), fen=100, happened_at=start
                    )
                    for each in (0, 1)
                ),
            )
        )
        # Every fifth report stays open, so that there is something to carry over and not only ever more of it.
        for leg_id in opened.leg_ids if made % 5 else opened.leg_ids[:1]:
            answers.do(ClaimRequest(leg_id=leg_id))
            answers.do(AnswerRequest(leg_id=leg_id, outcome=Outcome.NO_ACCOUNT))
        WAIT.wait(0.01)
    database.close()
    return made
