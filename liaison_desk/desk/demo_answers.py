"""A case of the demo from its answers to its end: what was caught, where it went, what became of it.

Every step leaves the rows that its command would have left (desk.answers, desk.holds).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from liaison_desk.core import ledger
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import (
    CATCHING,
    EXECUTED,
    ON_MONEY,
    OPEN,
    STOPS,
    HopKind,
    LegKind,
    LegState,
    Outcome,
)
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.attributions import PAYMENTS, WORD
from liaison_desk.desk.demo_book import Row
from liaison_desk.desk.demo_case import CaseReport
from liaison_desk.desk.demo_people import STAFF
from liaison_desk.desk.demo_stage import ToldAccount, ToldHold, ToldLeg


class CaseTale(CaseReport):
    """A whole case, told in order of time and handed to the book by ``finish``."""

    def answer(
        self,
        leg: ToldLeg,
        outcome: Outcome,
        at: datetime,
        *,
        executed: int | None = None,
        balance: int | None = None,
        earlier: int = 0,
        authority: str = "",
        ends_at: datetime | None = None,
        remark: str = "",
        technical: str = "",
        telephone: int | None = None,
        confirmed: bool = True,
        victim: Row | None = None,
    ) -> Row:
        """The institution's word. ``telephone``: the officer who entered it for an absent representative."""
        row, kind = leg.row, leg.row["kind"]
        effective = 0
        if outcome in EXECUTED and kind in CATCHING:
            effective = ledger.effective(executed or 0, balance or 0, earlier)
        person = telephone or row["claimed_by"]
        speaker = STAFF[row["claimed_by"] - 1] if row["claimed_by"] else None
        answer: Row = {
            "case_id": self.row,
            "leg_id": row,
            "outcome": outcome,
            "accepted": None,
            "executed": executed,
            "effective": effective,
            "balance_before": balance,
            "available_after": max(0, balance - earlier - effective) if balance is not None else None,
            "starts_at": None,
            "ends_at": ends_at,
            "earlier": earlier,
            "earlier_authority": authority,
            "earlier_until": at + timedelta(days=61) if authority else None,
            "technical_reason": technical,
            "remark": remark,
            "person_name": speaker.name if speaker is not None else "",
            "person_phone": "",
            "answered_by": person,
            "by_telephone": telephone is not None and row["institution_code"] != POLICE,
            "confirmed_by": row["claimed_by"] if telephone and confirmed else None,
            "confirmed_at": at + timedelta(minutes=25) if telephone and confirmed else None,
            "happened_at": at,
            "recorded_at": at,
        }
        leg.act.append(("answer", answer))
        leg.answers.append(answer)
        if outcome in EXECUTED and kind in ON_MONEY:
            self._apply(leg, answer, victim)
        self._passage(leg, -1, at)
        row.update(state=LegState.ANSWERED, next_due_at=None, state_reason="", answered_at=at)
        row["ended_at"] = row["ended_at"] or at
        row["version"] += 1
        return answer

    def hop(
        self,
        leg: ToldLeg,
        fen: int,
        at: datetime,
        *,
        to: ToldAccount | None = None,
        kind: HopKind = HopKind.TRANSFER,
        recorded: datetime | None = None,
        remark: str = "",
    ) -> None:
        """Money that went on from the leg's account, or out of reach where there is no ``to``."""
        row: Row = {
            "case_id": self.row,
            "leg_id": leg.row,
            "answer_id": leg.answers[-1] if leg.answers else None,
            "from_account_id": leg.account.row,
            "to_account_id": to.row if to is not None else None,
            "kind": kind,
            "fen": fen,
            "happened_at": at,
            "recorded_at": recorded or leg.row["answered_at"],
            "serial": f"{int(self.stage.rng.random() * 10**12):012d}",
            "remark": remark,
            "handed_by": leg.handed_by,
            "voided_at": None,
            "void_reason": "",
        }
        leg.act.append(("hop", row))
        leg.account.went += fen
        if to is not None:
            to.receive(fen, at)

    # --- holds

    def _apply(self, leg: ToldLeg, answer: Row, victim: Row | None) -> None:
        kind, at, executed = leg.row["kind"], answer["happened_at"], answer["executed"] or 0
        hold = leg.hold
        if hold is None:
            if kind not in CATCHING or not (executed or answer["effective"]):
                return
            hold = leg.hold = self._hold(leg, answer)
        elif kind in STOPS:
            hold.row["ends_at"] = answer["ends_at"] or at + timedelta(hours=self.stage.settings.stop_hours)
            hold.row["stops"] += 1
        elif kind is LegKind.FREEZE:
            free = answer["effective"]
            stopped = hold.row["stopped"]
            for source, target, fen in ledger.freeze_after_stop(stopped, executed, max(0, free - stopped)):
                self.post(hold, source, target, fen, at, leg=leg)
            hold.row.update(rule="freeze", limit_fen=executed)
            hold.row["ends_at"] = answer["ends_at"] or self.stage.freeze_end(at)
        elif kind is LegKind.RENEW:
            hold.row["ends_at"] = answer["ends_at"] or self.stage.freeze_end(at)
        elif kind is LegKind.RELEASE_STOP:
            self.post(hold, Bucket.STOPPED, Bucket.RELEASED, executed, at, leg=leg)
        elif kind is LegKind.RELEASE_FREEZE:
            self.post(hold, Bucket.FROZEN, Bucket.RELEASED, executed, at, leg=leg)
        elif kind is LegKind.RETURN:
            self.post(hold, Bucket.FROZEN, Bucket.RETURNED, executed, at, leg=leg, victim=victim)
        hold.row["version"] += 1
        leg.row["hold_id"] = hold.row

    def _hold(self, leg: ToldLeg, answer: Row) -> ToldHold:
        at, stop = answer["happened_at"], leg.row["kind"] in STOPS
        length = timedelta(hours=self.stage.settings.stop_hours)
        row: Row = {
            "office": self.row["office"],
            "drill": False,
            "case_id": self.row,
            "account_id": leg.account.row,
            "institution_code": leg.row["institution_code"],
            "limit_fen": answer["executed"] or 0,
            **dict.fromkeys(("captured", "stopped", "frozen", "returned", "released", "lapsed"), 0),
            "stops": 1 if stop else 0,
            "starts_at": at,
            "ends_at": answer["ends_at"] or (at + length if stop else self.stage.freeze_end(at)),
            "rule": "stop" if stop else "freeze",
            "acknowledged_by": None,
            "acknowledged_at": None,
            "recorded_at": answer["recorded_at"],
            "version": 1,
        }
        hold = ToldHold(row, leg.act, leg.account)
        leg.act.append(("hold", row))
        leg.account.holds.append(hold)
        if answer["effective"] > 0:
            target = Bucket.STOPPED if stop else Bucket.FROZEN
            self.post(hold, Bucket.CAPTURED, target, answer["effective"], at, leg=leg)
        return hold

    def post(
        self,
        hold: ToldHold,
        source: Bucket,
        target: Bucket,
        fen: int,
        at: datetime,
        *,
        leg: ToldLeg | None = None,
        victim: Row | None = None,
        recorded: datetime | None = None,
    ) -> None:
        """One movement between buckets; the hold's row follows it."""
        row: Row = {
            "hold_id": hold.row,
            "case_id": self.row,
            "leg_id": leg.row if leg is not None else None,
            "victim_id": victim,
            "source": source,
            "target": target,
            "fen": fen,
            "happened_at": at,
            "recorded_at": recorded or at,
            "entry_id": self.stage.entry_at(recorded or at),
            "hold_end": at if target is Bucket.LAPSED else None,
            "reverses_id": None,
            "reason": "",
        }
        (leg.act if leg is not None else hold.act).append(("ledger_entry", row))
        if source is Bucket.CAPTURED:
            hold.row["captured"] += fen
            hold.account.caught += fen
        else:
            hold.row[source.value] -= fen
        hold.row[target.value] += fen
        if target is Bucket.LAPSED:
            hold.account.caught -= fen

    def lapse(self, hold: ToldHold, *, by: int | None = None, after: timedelta = timedelta(hours=1)) -> None:
        """What the program enters when an end has passed; ``by`` has taken note of it ``after`` that."""
        for bucket in (Bucket.STOPPED, Bucket.FROZEN):
            fen = hold.row[bucket.value]
            if fen:
                late = hold.ends_at + timedelta(seconds=3)
                self.post(hold, bucket, Bucket.LAPSED, fen, hold.ends_at, recorded=late)
        if by is not None:
            hold.row.update(acknowledged_by=by, acknowledged_at=hold.ends_at + after)

    # --- whose money it is

    def _attribute(self) -> None:
        """Says of each hold what of it is the victim's: what reached the account and did not go on.

        On the accounts that were paid into the payments say so, further on an officer's word. A hold that ended
        in part or whole secures at most what is left of it (desk.attributions).
        """
        victim = next((row for table, row in self.opening if table == "victim"), None)
        if victim is None:
            return
        ends: dict[int, Row] = {}
        for leg in self.legs:
            for table, row in leg.act:
                if table == "ledger_entry" and row["target"] in (Bucket.RELEASED, Bucket.LAPSED):
                    ends[id(row["hold_id"])] = row
        for leg in self.legs:
            account = leg.account
            left = max(0, account.came - account.went)
            for hold in account.holds:
                if hold.act is not leg.act or hold.row["captured"] <= 0:
                    continue
                kept = hold.row["captured"] - hold.row["released"] - hold.row["lapsed"]
                owned = min(hold.row["captured"], left if kept else account.came)
                after = min(kept, owned)
                left -= after
                if owned <= 0:
                    continue
                first = self._share(hold, victim, owned, hold.row["starts_at"], hold.row["recorded_at"])
                end = ends.get(id(hold.row))
                if end is None or after == owned:
                    continue
                self._share(hold, victim, owned, end["happened_at"], end["recorded_at"], first)
                if after:
                    self._share(hold, victim, after, end["happened_at"], end["recorded_at"])

    def _share(
        self, hold: ToldHold, victim: Row, fen: int, at: datetime, recorded: datetime, back: Row | None = None
    ) -> Row:
        entry_id = self.stage.entry_at(recorded)
        paid_into = hold.account.row["level"] == 1
        row: Row = {
            "case_id": self.row,
            "hold_id": hold.row,
            "hop_id": None,
            "victim_id": victim,
            "fen": fen,
            "rule": PAYMENTS if paid_into else WORD,
            "run": "" if paid_into else str(entry_id),
            "happened_at": at,
            "recorded_at": recorded,
            "entry_id": entry_id,
            "reverses_id": back,
            "reason": "",
        }
        hold.act.append(("attribution", row))
        return row

    # --- the end of the tale

    def finish(self) -> None:
        """Hands the case to the book, with what is traceable now on the legs still open."""
        stage, book = self.stage, self.stage.book
        self._attribute()
        book.add(self.at, self.opening)
        for leg in self.legs:
            row = leg.row
            if leg.closes and row["state"] is LegState.ANSWERED:
                holding = row["kind"] in CATCHING and any(hold.kept for hold in leg.account.holds)
                row["state"] = LegState.ANSWERED if holding else LegState.CLOSED
            if row["kind"] in CATCHING:
                if row["state"] in OPEN or row["state"] in (LegState.PROPOSED, LegState.DRAFT):
                    row["traceable"] = leg.account.left
                    row["arrived_at"] = leg.account.largest[1] if leg.account.largest else None
                elif row["state"] in (LegState.ANSWERED, LegState.CLOSED):
                    for answer in leg.answers:
                        stage.learn(row, answer)
            book.add(row["recorded_at"], leg.act)
        for at, note in self.notes:
            book.add(at, [("note", note)])
        for at, objection in self.objections:
            book.add(at, [("objection", objection)])
        for leg in self.legs:
            # Account and hold know each other: parted here, they go at once, without being collected.
            leg.account.holds.clear()
