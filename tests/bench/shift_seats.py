"""What one seat of the simulated shift does in a process of its own: its work through the door, and listening.

An officer takes reports, issues what is proposed and writes notes; a representative claims what waits for the
institution, answers it a little later and writes notes. Beside that each seat listens to the feed as a window
does and keeps every entry it heard of, so that one missed or told twice is found.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import CATCHING, LegState, Outcome
from liaison_desk.core.roles import Role
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.cases import OpenCase, PaymentInput, WriteNote
from liaison_desk.desk.demo import PASSWORD
from liaison_desk.desk.demo_people import Inventor
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import ClaimRequest, IssueProposed
from liaison_desk.desk.work import Command
from liaison_desk.store.chain import Entry
from liaison_desk.store.database import Database

POLL = 0.25
"""Seconds between two looks at the feed, as the window's watcher has it."""


class Seat:
    """One person at work until the time is over."""

    def __init__(self, url: str, login: str, seed: int, pace: float) -> None:
        self.database = Database(url)
        self.desk = Desk(self.database).sign_in(login, PASSWORD)
        self.dice = Random(seed)
        self.invent = Inventor(Random(seed))
        # Far from the numbers of the demo and of the other seats.
        self.invent._accounts = 5_000_000 + seed * 100_000
        self.pace = pace
        self.waits: dict[str, list[float]] = {}
        self.refused: Counter[str] = Counter()
        self.heard: list[int] = []
        self.numbers: list[int] = []

    def do(self, command: Command[Any]) -> Any:
        """Carries it out and notes how long its person waited; a refusal is an answer, too."""
        began = time.perf_counter()
        try:
            return self.desk.do(command)
        except DeskError as error:
            self.refused[f"{type(command).__name__}: {error.message.text[:60]}"] += 1
            return None
        finally:
            self.waits.setdefault(type(command).__name__, []).append((time.perf_counter() - began) * 1000)

    def work(self, until: float) -> None:
        step = self._representative if self.desk.actor.role is Role.REPRESENTATIVE else self._officer
        while time.time() < until:
            step(until)
            self._pause(until, self.dice.expovariate(1 / self.pace))

    @staticmethod
    def _pause(until: float, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, until - time.time())))

    def _rows(self, view: QueueView) -> tuple[QueueRow, ...]:
        return tuple(row for row in self.desk.read(queue, view).rows if row.item == "leg")

    # --- officers

    def _officer(self, until: float) -> None:
        chance = self.dice.random()
        if chance < 0.5:
            self._report()
        elif chance < 0.8:
            rows = self._rows(QueueView(states=frozenset({LegState.PROPOSED})))[:5]
            if rows:
                self.do(IssueProposed(leg_ids=tuple(row.id for row in rows)))
        else:
            self._note(self._rows(QueueView()))

    def _report(self) -> None:
        invent, dice = self.invent, self.dice
        paid = self.desk.clock() - timedelta(minutes=2 + int(dice.random() * 40))
        payments = tuple(
            PaymentInput(
                target=Target(number=invent.card(code), holder=invent.name()),
                fen=invent.sum_of_money(),
                happened_at=paid + timedelta(seconds=n),
            )
            for n, code in enumerate(
                invent.pick(("ICBC", "ABC", "BOC", "CCB", "PSBC")) for _ in range(1 + int(dice.random() * 4))
            )
        )
        self.do(
            OpenCase(
                victim_name=invent.name(),
                victim_phone=invent.phone(),
                fraud_type=invent.fraud(),
                payments=payments,
            )
        )

    def _note(self, rows: tuple[QueueRow, ...]) -> None:
        if rows:
            row = self.invent.pick(rows)
            self.do(
                WriteNote(case_id=row.case_id, leg_id=row.id, text=f"已电话核实，{self.invent.name()}在场")
            )

    # --- representatives

    def _representative(self, until: float) -> None:
        own = self.desk.actor.institution
        if self.dice.random() < 0.15:
            self._note(self._rows(QueueView(institution=own)))
            return
        waiting = self._rows(QueueView(institution=own, states=frozenset({LegState.QUEUED})))[:8]
        if not waiting:
            return
        row = self.invent.pick(waiting)
        self.do(ClaimRequest(leg_id=row.id))
        self._pause(until, 1 + self.dice.random() * 2 * self.pace)
        self._answer(row)

    def _answer(self, row: QueueRow) -> None:
        if row.kind not in CATCHING:
            self.do(AnswerRequest(leg_id=row.id, outcome=Outcome.DONE, executed=row.amount or None))
            return
        kept = int(row.amount * self.dice.random())
        now = self.desk.clock()
        hops = ()
        if self.dice.random() < 0.4 and row.amount - kept > 0:
            target = Target(number=self.invent.card(self.invent.bank()), holder=self.invent.name())
            hops = (
                HopInput(
                    fen=row.amount - kept,
                    happened_at=max(row.recorded_at, now - timedelta(minutes=30)),
                    target=target,
                ),
            )
        self.do(
            AnswerRequest(
                leg_id=row.id,
                outcome=Outcome.PARTLY,
                executed=row.amount,
                balance_before=max(kept, 1),
                hops=hops,
            )
        )

    # --- listening

    def listen(self, until: float) -> None:
        """Looks at the feed like a window, and keeps each entry's number that a look brought."""
        with self.database.reading() as session:
            last = session.scalar(select(func.max(Entry.id))) or 0
        self.heard_from = last
        while time.time() < until:
            with self.database.reading() as session:
                newest = session.scalar(select(func.max(Entry.id))) or 0
                if newest != last:
                    self.heard += session.scalars(select(Entry.id).where(Entry.id > last)).all()
                    last = newest
            time.sleep(POLL)


def sit(url: str, login: str, seed: int, pace: float, until: float, out: str) -> None:
    """One seat from sign-in to the end of the shift; its report goes to the file ``out``."""
    seat = Seat(url, login, seed, pace)
    listener = threading.Thread(target=seat.listen, args=(until,))
    listener.start()
    seat.work(until)
    listener.join()
    report = {
        "login": login,
        "waits": seat.waits,
        "refused": seat.refused,
        "heard_from": seat.heard_from,
        "heard": seat.heard,
    }
    seat.database.close()
    Path(out).write_text(json.dumps(report), encoding="utf-8")
