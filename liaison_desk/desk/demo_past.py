"""The demo's two past years: closed cases from the report to what became of the money, in any number."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from liaison_desk.core.lifecycle import EXECUTED, HopKind, LegKind, LegState, Outcome, Urgency
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.demo_answers import CaseTale
from liaison_desk.desk.demo_people import AREAS, CARRIERS, CHANNELS, Chances
from liaison_desk.desk.demo_stage import Stage, ToldAccount, ToldHold, ToldLeg

SPAN = timedelta(days=730)
RECENT = timedelta(days=4)
"""The past ends here: what is younger belongs to the running shift's story."""
DEEPEST = 4

_OUTCOMES = (
    *(Outcome.PARTLY, Outcome.ZERO, Outcome.DONE, Outcome.MOVED_ON, Outcome.SPENT),
    *(Outcome.NAME_MISMATCH, Outcome.NO_ACCOUNT, Outcome.ALREADY_STOPPED, Outcome.BANK_FAILURE),
)
_LIKELY = Chances((34, 22, 17, 12, 5, 4, 2, 2, 2))
_EMPTIED = frozenset({Outcome.ZERO, Outcome.MOVED_ON, Outcome.SPENT})
_QUERIES = (LegKind.TRANSACTIONS, LegKind.HOLDER, LegKind.WATCH)
_NUMBER_KINDS = (
    *(LegKind.SUSPEND_NUMBER, LegKind.SUSPEND_NUMBER, LegKind.TRACE_NUMBER),
    *(LegKind.BLOCK_NUMBER, LegKind.PROTECT_NUMBER, LegKind.RESTORE_NUMBER),
)
_EXITS = (HopKind.CASH, HopKind.CASH, HopKind.PURCHASE, HopKind.TOP_UP, HopKind.CRYPTO)
_REASONS = ("户名有误，已另行请求", "报警人表示系正常交易", "与在先请求重复")


def sizes(stage: Stage, legs: int) -> list[int]:
    """How many requests each past case has, ten on average, together exactly ``legs``."""
    found: list[int] = []
    left = legs
    while left > 0:
        size = min(left, 4 + int(stage.rng.random() * 13))
        found.append(size)
        left -= size
    return found


def starts(stage: Stage, count: int) -> list[datetime]:
    """When the past cases were reported, in order, more of them as the months go by."""
    span = (SPAN - RECENT).total_seconds()
    began = stage.now - SPAN
    places = sorted(stage.rng.random() ** 0.85 for _ in range(count))
    return [began + timedelta(seconds=int(span * place)) for place in places]


class PastCases:
    """Tells one past case after the other; some accounts come back in a later case."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._seen: deque[tuple[str, str, str]] = deque(maxlen=500)

    def tell(self, at: datetime, size: int) -> None:
        _PastCase(self.stage, at, size, self._seen).tell()


class _PastCase:
    def __init__(self, stage: Stage, at: datetime, size: int, seen: deque[tuple[str, str, str]]) -> None:
        self.stage, self.at, self.left, self.seen = stage, at, size, seen
        self.invent = stage.invent
        self.dice = stage.rng.random
        self.latest = stage.now - RECENT
        """Nothing of the past happens after this; what would, has not happened yet."""
        self.tale = CaseTale(
            stage,
            at,
            fraud=self.invent.fraud(),
            area=self.invent.pick(AREAS),
            officer=self.invent.pick(stage.officers),
            authorised=self.dice() < 0.3,
            happened_at=at - timedelta(seconds=int(self.dice() * 150)),
        )
        self.waiting: list[ToldLeg] = []

    def tell(self) -> None:
        tale, invent = self.tale, self.invent
        victim = tale.victim(invent.name(), invent.phone(), invent.id_number() if self.dice() < 0.8 else "")
        self.victim = victim
        payments = 1 + (self.dice() < 0.45) + (self.dice() < 0.25) + (self.dice() < 0.15)
        paid_to = []
        for _ in range(min(payments, self.left)):
            account = self._account()
            paid = self.at - timedelta(seconds=150 + int(self.dice() ** 2 * 7_200))
            payment = tale.pay(victim, account, invent.sum_of_money(), paid, invent.pick(CHANNELS))
            paid_to.append((account, payment))
        phones = [tale.phone(invent.pick(CARRIERS)) for _ in range(int(self.left / 7 + self.dice()))]
        for account, payment in paid_to:
            stop = tale.leg(LegKind.STOP, account, self.at, asked=payment["fen"], payment=payment)
            self.left -= 1
            self.waiting.append(stop)
        self._extras(phones[:1], self.at)
        place = 0
        while place < len(self.waiting):
            self._answer(self.waiting[place])
            place += 1
        self._extras(phones[1:], self.at + timedelta(hours=2))
        self._fill([account for account, _ in paid_to])
        tale.finish()

    # --- stops and next hops

    def _account(self, by: ToldLeg | None = None, at: datetime | None = None, level: int = 1) -> ToldAccount:
        if level == 1 and self.seen and self.dice() < 0.02:
            code, number, holder = self.seen.popleft()
            return self.tale.account(code, holder, number=number)
        code = self.invent.bank()
        company = self.dice() < 0.06
        holder = self.invent.company() if company else self.invent.name()
        account = self.tale.account(code, holder, company=company, by=by, at=at, level=level)
        if self.dice() < 0.05:
            self.seen.append((code, account.row["number"], holder))
        return account

    def _answer(self, stop: ToldLeg) -> None:
        """One stop from its queue to its answer, and what follows from that."""
        tale, dice = self.tale, self.dice
        at = stop.row["queued_at"] or stop.row["recorded_at"]
        if stop.state is LegState.ROUTING:
            at += timedelta(seconds=60 + int(dice() * 240))
            tale.route(stop, POLICE, at)
        if dice() < 0.015:
            reason = self.invent.pick(_REASONS)
            way = LegState.WITHDRAWN if dice() < 0.7 else LegState.VOIDED
            tale.end(stop, way, at + timedelta(minutes=3), reason)
            return
        claimed = at + timedelta(seconds=15 + int(dice() ** 2 * 500))
        tale.claim(stop, claimed)
        answered = claimed + timedelta(seconds=90 + int(dice() ** 2 * 1_900))
        outcome = _LIKELY.draw(self.stage.rng, _OUTCOMES)
        asked: int = stop.row["asked"]
        stood = asked if outcome is Outcome.DONE else 0
        if outcome is Outcome.PARTLY:
            stood = max(100, int(asked * (0.04 + 0.8 * dice())) // 100 * 100)
            if stood >= asked:
                outcome, stood = Outcome.DONE, asked
        telephone = self.invent.pick(self.stage.officers) if dice() < 0.02 else None
        tale.answer(
            stop,
            outcome,
            answered,
            executed=asked if stood else 0 if outcome is Outcome.ZERO else None,
            balance=stood if outcome in EXECUTED else None,
            telephone=telephone,
            technical="核心系统超时" if outcome is Outcome.BANK_FAILURE else "",
        )
        stop.closes = dice() < 0.8
        if outcome in _EMPTIED or (outcome is Outcome.PARTLY and asked > stood):
            self._follow(stop, asked - stood, answered)
        if stood and stop.hold is not None:
            self._fate(stop.hold)

    def _follow(self, stop: ToldLeg, gone: int, answered: datetime) -> None:
        """Where the rest went: to further accounts while the case has requests left, else out of reach."""
        level = stop.row["level"]
        moved = (stop.row["arrived_at"] or answered) + timedelta(seconds=100 + int(self.dice() * 420))
        moved = min(moved, answered - timedelta(seconds=20))
        parts = 1 + (self.dice() < 0.4)
        if level >= DEEPEST or self.left < parts + 2 or self.dice() < 0.3:
            kind = self.invent.pick(_EXITS)
            self.tale.hop(stop, gone, moved, kind=kind)
            return
        reached = []
        for part in range(parts):
            fen = gone // parts + (gone % parts if part == 0 else 0)
            account = self._account(by=stop, at=answered, level=level + 1)
            self.tale.hop(stop, fen, moved + timedelta(seconds=part), to=account)
            reached.append(account)
        for account in reached:
            leg = self.tale.leg(LegKind.STOP, account, answered, asked=account.left, proposed=stop)
            self.left -= 1
            if leg.state is LegState.PROPOSED:
                self.tale.issue(leg, answered + timedelta(seconds=20 + int(self.dice() * 200)))
            self.waiting.append(leg)

    # --- what becomes of a hold

    def _fate(self, hold: ToldHold) -> None:
        dice = self.dice
        chance = dice()
        if self.left <= 0 or chance < 0.1:
            self._lapse(hold)
            return
        started: datetime = hold.row["starts_at"]
        if chance < 0.16:
            self._act(LegKind.RELEASE_STOP, hold, started + timedelta(hours=4 + dice() * 30), hold.kept)
            if hold.kept:
                self._lapse(hold)
            return
        frozen = self._act(LegKind.FREEZE, hold, started + timedelta(hours=3 + dice() * 40), hold.kept)
        if frozen is None:
            self._lapse(hold)
            return
        at = frozen.row["answered_at"]
        chance = dice()
        if chance < 0.6:
            self._act(LegKind.RETURN, hold, at + timedelta(days=10 + dice() * 30), hold.kept)
        elif chance < 0.8:
            self._act(LegKind.RELEASE_FREEZE, hold, at + timedelta(days=2 + dice() * 18), hold.kept)
        if not hold.kept:
            return
        if hold.ends_at < self.latest and dice() < 0.4:
            self._act(LegKind.RENEW, hold, hold.ends_at - timedelta(days=6), hold.kept)
        self._lapse(hold)

    def _lapse(self, hold: ToldHold) -> None:
        if hold.kept and hold.ends_at <= self.stage.now:
            self.tale.lapse(hold, by=self.invent.pick(self.stage.officers))

    def _act(self, kind: LegKind, hold: ToldHold, at: datetime, fen: int) -> ToldLeg | None:
        """A request about a hold, approved where it must be and answered; None if it has not happened."""
        tale, dice = self.tale, self.dice
        at = at.replace(microsecond=0)
        slow = kind is LegKind.RETURN
        answered = at + timedelta(minutes=30 + int(dice() * (2_400 if slow else 70)))
        if self.left <= 0 or answered >= min(self.latest, hold.ends_at):
            return None
        self.left -= 1
        leg = tale.leg(
            kind, hold.account, at, asked=fen, hold=hold, urgency=Urgency.NORMAL, document=_paper(kind, at)
        )
        if leg.state is LegState.APPROVAL:
            tale.approve(
                leg, self.invent.pick(self.stage.leads), at + timedelta(minutes=5 + int(dice() * 14))
            )
        if leg.state is LegState.ROUTING:
            tale.route(leg, POLICE, at + timedelta(minutes=19))
        tale.claim(leg, at + timedelta(minutes=20 + int(dice() * 8)))
        catching = kind is LegKind.FREEZE
        tale.answer(
            leg,
            Outcome.DONE,
            answered,
            executed=fen,
            balance=fen if catching else None,
            victim=self.victim if kind is LegKind.RETURN else None,
        )
        leg.closes = True
        return leg

    # --- everything else

    def _extras(self, phones: list[ToldAccount], at: datetime) -> None:
        for phone in phones:
            if self.left > 0:
                self._simple(self.invent.pick(_NUMBER_KINDS), phone, at)

    def _fill(self, accounts: list[ToldAccount]) -> None:
        """Queries until the case has as many requests as it should."""
        at = self.at + timedelta(hours=3)
        while self.left > 0:
            at += timedelta(minutes=20 + int(self.dice() * 900))
            kind = self.invent.pick(_QUERIES)
            self._simple(kind, self.invent.pick(accounts), min(at, self.latest))

    def _simple(self, kind: LegKind, target: ToldAccount, at: datetime) -> None:
        tale, dice = self.tale, self.dice
        self.left -= 1
        leg = tale.leg(kind, target, at, urgency=Urgency.NORMAL)
        if leg.state is LegState.ROUTING:
            at += timedelta(minutes=3)
            tale.route(leg, POLICE, at)
        claimed = at + timedelta(seconds=60 + int(dice() * 400))
        tale.claim(leg, claimed)
        outcome = Outcome.DONE if dice() < 0.94 else Outcome.NO_ACCOUNT
        tale.answer(leg, outcome, claimed + timedelta(seconds=200 + int(dice() * 2_400)))
        leg.closes = dice() < 0.9


def _paper(kind: LegKind, at: datetime) -> tuple[str, str]:
    if kind is LegKind.FREEZE:
        return ("协助冻结财产通知书", f"松公(刑)冻财字〔{at.year}〕{at.timetuple().tm_yday}号")
    if kind is LegKind.RETURN:
        return ("冻结资金返还决定书", f"松公(刑)刑返字〔{at.year}〕{at.timetuple().tm_yday}号")
    return ("", "")
