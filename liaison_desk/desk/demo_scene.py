"""How a scene of the running shift is told: at its own distance from now, with people called by login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liaison_desk.core.lifecycle import LegKind, Outcome, Urgency
from liaison_desk.desk.demo_answers import CaseTale
from liaison_desk.desk.demo_book import Row
from liaison_desk.desk.demo_stage import Stage, ToldAccount, ToldLeg

HOUR = 60
DAY = 24 * HOUR
"""In minutes."""


@dataclass(frozen=True)
class Scene:
    """One case of the story: what it shows, and how many minutes ago it was reported."""

    shows: str
    ago: float
    tell: Callable[[Told], None]


_Tell = Callable[["Told"], None]


def scene(into: list[Scene], shows: str, *, minutes: float = 0, days: float = 0) -> Callable[[_Tell], _Tell]:
    """Puts a scene into a list, by what it shows and how long ago its case was reported."""

    def register(tell: _Tell) -> _Tell:
        into.append(Scene(shows, minutes + DAY * days, tell))
        return tell

    return register


class Told:
    """One scene being told. Minutes are counted from the report of its case."""

    def __init__(self, stage: Stage, ago: float, shared: dict[str, str]) -> None:
        self.stage = stage
        self.at = stage.now.replace(microsecond=0) - timedelta(minutes=ago)
        self.shared = shared
        """Account numbers that two scenes have in common, by a name."""
        self.tale: CaseTale
        self.victim: Row

    def after(self, minutes: float) -> datetime:
        """So many minutes after the report."""
        return self.at + timedelta(minutes=minutes)

    def ago(self, minutes: float) -> datetime:
        """So many minutes before now."""
        return self.stage.now.replace(microsecond=0) - timedelta(minutes=minutes)

    def who(self, login: str) -> int:
        return self.stage.ids[login]

    def report(
        self,
        victim: str,
        fraud: str,
        area: str,
        *,
        officer: str = "zhao",
        authorised: bool = False,
        summary: str | None = None,
    ) -> CaseTale:
        self.tale = CaseTale(
            self.stage,
            self.at,
            fraud=fraud,
            area=area,
            officer=self.who(officer),
            authorised=authorised,
            summary=summary,
        )
        self.victim = self.tale.victim(victim, self.stage.invent.phone(), self.stage.invent.id_number())
        return self.tale

    def stop(
        self,
        code: str,
        holder: str,
        fen: int,
        *,
        paid: float = 8,
        number: str = "",
        company: bool = False,
        channel: str = "手机银行",
    ) -> ToldLeg:
        """A payment ``paid`` minutes before the report, and the stop that went out at once."""
        account = self.tale.account(code, holder, number=number, company=company)
        payment = self.tale.pay(self.victim, account, fen, self.after(-paid), channel)
        return self.tale.leg(LegKind.STOP, account, self.at, asked=fen, payment=payment)

    def answered(
        self,
        leg: ToldLeg,
        by: str,
        caught: int,
        minutes: float,
        *,
        claimed: float | None = None,
        outcome: Outcome | None = None,
        remark: str = "",
    ) -> datetime:
        """A stop answered so many minutes after the report: all, part or nothing was still there."""
        asked: int = leg.row["asked"]
        at = self.after(minutes)
        self.tale.claim(leg, self.after(minutes - 4 if claimed is None else claimed), self.who(by))
        if outcome is None:
            outcome = Outcome.ZERO if not caught else Outcome.DONE if caught >= asked else Outcome.PARTLY
        self.tale.answer(leg, outcome, at, executed=asked if caught else 0, balance=caught, remark=remark)
        return at

    def said(self, leg: ToldLeg, by: str, outcome: Outcome, minutes: float, remark: str = "") -> datetime:
        """An answer by which nothing was executed."""
        self.tale.claim(leg, self.after(minutes - 3), self.who(by))
        self.tale.answer(leg, outcome, self.after(minutes), remark=remark)
        return self.after(minutes)

    def onward(self, leg: ToldLeg, code: str, holder: str, fen: int, *, moved: float) -> ToldAccount:
        """An account the money went on to, ``moved`` minutes after the report."""
        level: int = leg.row["level"]
        account = self.tale.account(code, holder, level=level + 1, by=leg, at=leg.row["answered_at"])
        self.tale.hop(leg, fen, self.after(moved), to=account)
        return account

    def next_stop(self, leg: ToldLeg, account: ToldAccount, *, issued: float | None = None) -> ToldLeg:
        """The next hop's stop, proposed with the answer; ``issued`` so many minutes after the report."""
        found = self.tale.leg(LegKind.STOP, account, leg.row["answered_at"], asked=account.left, proposed=leg)
        if issued is not None:
            self.tale.issue(found, self.after(issued))
        return found

    def freeze(
        self,
        stop: ToldLeg,
        by: str,
        minutes: float,
        *,
        fen: int | None = None,
        lead: str = "wang",
        number: int = 1,
    ) -> ToldLeg:
        """A freeze of what the stop holds, asked so many minutes after the report, approved and answered."""
        assert stop.hold is not None
        kept = stop.hold.kept
        at = self.after(minutes)
        leg = self.tale.leg(
            LegKind.FREEZE,
            stop.account,
            at,
            asked=fen or kept,
            hold=stop.hold,
            urgency=Urgency.NORMAL,
            document=("协助冻结财产通知书", f"松公(刑)冻财字〔{at.year}〕{number}号"),
        )
        self.tale.approve(leg, self.who(lead), self.after(minutes + 12))
        self.tale.claim(leg, self.after(minutes + 20), self.who(by))
        self.tale.answer(leg, Outcome.DONE, self.after(minutes + 35), executed=fen or kept, balance=kept)
        return leg
