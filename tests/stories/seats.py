"""What a seat in a process of its own does; module-level functions, so that they can be spawned."""

from __future__ import annotations

import random
import sys
from datetime import datetime

from liaison_desk.core.errors import Conflict
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.requests import ClaimRequest
from liaison_desk.desk.work import Actor
from liaison_desk.store.database import Database


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
