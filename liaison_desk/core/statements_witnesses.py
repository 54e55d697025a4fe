"""Rows of several banks as the movements of a case: one transfer with two witnesses is one movement (money.md §4).

Beside the movements stand what only one side shows, what contradicts, what is out of time order and where a statement
has a gap (K6), each with its rows and a reason. The order of handing over never matters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from liaison_desk.core.money import yuan
from liaison_desk.core.statements import EXITS, Direction, Row
from liaison_desk.core.statements_balances import balance_before, first_line, gaps
from liaison_desk.core.tracing import Channel, Kind, Movement, Precision
from liaison_desk.core.words import Message, msg

WITHIN = 120
"""Seconds between the two banks' times of one transfer (setting)."""
PAYMENT_WITHIN = 43_200
"""Seconds between what a victim remembers and the line of the bank."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One stored row and the place of its file among the office's files."""

    row: Row
    source: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One transfer, told by both banks."""

    debit: Told
    credit: Told


class Finding(StrEnum):
    """What the two sides, or a statement by itself, do not agree in."""

    ONE_SIDED = "one_sided"
    CONTRADICTORY = "contradictory"
    OUT_OF_ORDER = "out_of_order"
    GAP = "gap"


FINDING_WORDS: Mapping[Finding, Message] = MappingProxyType(
    {
        Finding.ONE_SIDED: msg("Only one side shows it"),
        Finding.CONTRADICTORY: msg("The two sides contradict"),
        Finding.OUT_OF_ORDER: msg("Out of time order"),
        Finding.GAP: msg("The balance jumps"),
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding with the rows it is about, in the order of time."""

    what: Finding
    reason: Message
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The movements with what is behind them.

    ``movements``: openings, then what the rows show in the order of time, then payments that no row shows; tracing
    orders them itself. ``rows`` stand beside them: the rows that witness each (none for a
    victim's payment that no bank shows; the first line for an opening). ``unseen`` counts the transfers whose other
    account has no statement for that time: nothing to compare with, so nothing to say.
    """

    movements: tuple[Movement, ...]
    rows: tuple[tuple[Told, ...], ...]
    pairs: tuple[Pair, ...]
    found: tuple[Found, ...]
    unseen: int


def reconcile(
    told: Iterable[Told],
    *,
    within: int = WITHIN,
    payments: Iterable[Movement] = (),
    payment_within: int = PAYMENT_WITHIN,
    known: Iterable[str] = (),
) -> Reconciled:
    """The movements of these rows, each trade once; ``told`` holds every trade once already (see core.matching).

    ``payments`` are the victims' payments as movements; each takes the place of the line that shows its money coming
    in: same account, same amount, at most ``payment_within`` seconds away, the nearest first. ``known`` are accounts
    of the case beside those of the rows: money in from any of them is a transfer, from others an inflow.
    """
    return _Case(told, within, payments, payment_within, known).reconciled()


class _Case:
    def __init__(
        self,
        told: Iterable[Told],
        within: int,
        payments: Iterable[Movement],
        payment_within: int,
        known: Iterable[str],
    ) -> None:
        self._told = sorted(told, key=_order)
        self._within = timedelta(seconds=within)
        self._payments = sorted(payments, key=lambda each: (each.at, each.source, each.line, each.owner))
        self._payment_within = timedelta(seconds=payment_within)
        self._cards = {each.row.number: each.row.account for each in self._told if each.row.number}
        """The account behind a card → the card, since the other bank may name either."""
        places = {
            key: rank for rank, key in enumerate(dict.fromkeys(map(_file, sorted(self._told, key=_file))))
        }
        self._sources = places
        self._covered: dict[str, tuple[datetime, datetime]] = {}
        for each in self._told:
            account, at = self._own(each), each.row.at
            end = at + _DAY if each.row.precision is Precision.DAY else at
            first, last = self._covered.get(account, (at, end))
            self._covered[account] = (min(first, at), max(last, end))
        self._known = set(known) | self._covered.keys()
        self._known |= {self._other(each) for each in self._told if each.row.direction is Direction.OUT}
        self._found: list[Found] = []

    def reconciled(self) -> Reconciled:
        debits = [each for each in self._told if each.row.direction is Direction.OUT]
        credits = [each for each in self._told if each.row.direction is Direction.IN]
        pairs = self._pairs(debits, credits)
        credit_of = {id(pair.debit): pair.credit for pair in pairs}
        paired = {id(told) for pair in pairs for told in (pair.debit, pair.credit)}
        for pair in pairs:
            self._time_order(pair)
        unseen = self._alone([each for each in self._told if id(each) not in paired])
        movements: list[tuple[Movement, tuple[Told, ...]]] = []
        arrivals = [each for each in credits if id(each) not in paired] + debits
        owners = self._owners(arrivals)
        for account, opening in self._openings().items():
            movements.append(opening)
            self._known.add(account)
        for each in self._told:
            if each.row.direction is Direction.IN and id(each) in paired:
                continue
            credit = credit_of.get(id(each))
            witnesses = (each,) if credit is None else (each, credit)
            payment = owners.get(id(each))
            movements.append((self._movement(each, credit, payment), witnesses))
        shown = {id(payment) for payment in owners.values()}
        movements += [(each, ()) for each in self._payments if id(each) not in shown]
        self._found.sort(key=lambda each: (_order(each.told[0]), each.what))
        return Reconciled(
            tuple(movement for movement, _ in movements),
            tuple(rows for _, rows in movements),
            tuple(pairs),
            tuple(self._found),
            unseen,
        )

    # --- names ----------------------------------------------------------------------------------

    def _own(self, told: Told) -> str:
        return self._cards.get(told.row.account, told.row.account)

    def _other(self, told: Told) -> str:
        return self._cards.get(told.row.counterparty, told.row.counterparty)

    def _sides(self, told: Told) -> tuple[str, str]:
        """From and to, "" where the row does not say."""
        if told.row.direction is Direction.OUT:
            return self._own(told), self._other(told)
        return self._other(told), self._own(told)

    # --- two witnesses --------------------------------------------------------------------------

    def _pairs(self, debits: Sequence[Told], credits: Sequence[Told]) -> list[Pair]:
        """One to one in time order; first those with exact times, then those of which one file gives only the day."""
        outs, ins = self._by_transfer(debits), self._by_transfer(credits)
        pairs: list[Pair] = []
        for key, mine in outs.items():
            theirs = ins.get(key)
            if not theirs:
                continue
            mine, theirs = self._walk(mine, theirs, self._agree, self._within, pairs)
            if mine and theirs:
                self._walk(mine, theirs, _same_day, _DAY, pairs)
        return sorted(pairs, key=lambda pair: _order(pair.debit))

    def _by_transfer(self, told: Iterable[Told]) -> dict[tuple[str, str, int], list[Told]]:
        groups: dict[tuple[str, str, int], list[Told]] = defaultdict(list)
        for each in told:
            from_, to = self._sides(each)
            if from_ and to:
                groups[from_, to, each.row.fen].append(each)
        return groups

    def _agree(self, debit: Told, credit: Told) -> bool:
        return abs(debit.row.at - credit.row.at) <= self._within

    @staticmethod
    def _walk(
        mine: Sequence[Told],
        theirs: Sequence[Told],
        agree: Callable[[Told, Told], bool],
        span: timedelta,
        pairs: list[Pair],
    ) -> tuple[list[Told], list[Told]]:
        """Both lists in time order, the earliest agreeing ones together; what is left of each.

        Nothing agrees that lies more than ``span`` apart.
        """
        left: list[Told] = []
        taken = [False] * len(theirs)
        begin = 0
        for debit in mine:
            at = debit.row.at
            while begin < len(theirs) and (taken[begin] or theirs[begin].row.at < at - span):
                begin += 1
            place = begin
            while place < len(theirs) and theirs[place].row.at <= at + span:
                if not taken[place] and agree(debit, theirs[place]):
                    taken[place] = True
                    pairs.append(Pair(debit, theirs[place]))
                    break
                place += 1
            else:
                left.append(debit)
        return left, [credit for credit, gone in zip(theirs, taken, strict=True) if not gone]

    def _time_order(self, pair: Pair) -> None:
        debit, credit = pair.debit.row, pair.credit.row
        if Precision.DAY in (debit.precision, credit.precision) or credit.at >= debit.at:
            return
        self._found.append(
            Found(
                Finding.OUT_OF_ORDER,
                msg(
                    "{amount} arrived {seconds} s before it left; a clock is wrong, or an account is missing between.",
                    amount=yuan(debit.fen),
                    seconds=int((debit.at - credit.at).total_seconds()),
                ),
                (pair.credit, pair.debit),
            )
        )

    # --- one witness ----------------------------------------------------------------------------

    def _alone(self, told: Sequence[Told]) -> int:
        """Says of each row without a second witness what is to be said; how many have nothing beside them."""
        credits: dict[tuple[str, str], list[Told]] = defaultdict(list)
        for each in told:
            if each.row.direction is Direction.IN:
                credits[self._sides(each)].append(each)
        spoken: set[int] = set()
        for each in told:
            if each.row.direction is Direction.OUT:
                other, reason = self._contradiction(each, credits.get(self._sides(each), ()), spoken)
                if other is not None and reason is not None:
                    spoken |= {id(each), id(other)}
                    rows = tuple(sorted((each, other), key=_order))
                    self._found.append(Found(Finding.CONTRADICTORY, reason, rows))
        unseen = 0
        for each in told:
            if id(each) in spoken:
                continue
            other_account = self._other(each)
            if not other_account:
                continue
            first, last = self._covered.get(other_account, (None, None))
            if first is None or last is None or not first <= each.row.at <= last:
                unseen += 1
                continue
            if other_account == self._own(each):
                continue
            reason = (
                msg("The statement of the account it went to covers this time and does not show it.")
                if each.row.direction is Direction.OUT
                else msg("The statement of the account it came from covers this time and does not show it.")
            )
            self._found.append(Found(Finding.ONE_SIDED, reason, (each,)))
        return unseen

    def _contradiction(
        self, debit: Told, credits: Sequence[Told], spoken: set[int]
    ) -> tuple[Told | None, Message | None]:
        """The credit of the same accounts that agrees in the amount or in the time, but not in both."""
        begin = bisect_left(credits, debit.row.at - _DAY, key=_at)
        end = bisect_right(credits, debit.row.at + _DAY, key=_at)
        near = [each for each in credits[begin:end] if id(each) not in spoken]
        same = min(
            (each for each in near if each.row.fen == debit.row.fen),
            key=lambda each: abs(each.row.at - debit.row.at),
            default=None,
        )
        if same is not None:
            apart = int(abs(same.row.at - debit.row.at).total_seconds())
            return same, msg(
                "Both sides show {amount}, but {seconds} s apart; counted as two transfers until somebody decides.",
                amount=yuan(debit.row.fen),
                seconds=apart,
            )
        other = next((each for each in near if self._agree(debit, each)), None)
        if other is None:
            return None, None
        return other, msg(
            "At the same time one side shows {amount}, the other {other}; counted as two transfers until somebody "
            "decides.",
            amount=yuan(debit.row.fen),
            other=yuan(other.row.fen),
        )

    # --- victims' payments ------------------------------------------------------------------------

    def _owners(self, arrivals: Sequence[Told]) -> dict[int, Movement]:
        """Row (by identity) → the victim's payment it shows; the nearest in time first, each once."""
        by_arrival: dict[tuple[str, int], list[Told]] = defaultdict(list)
        for each in arrivals:
            by_arrival[self._sides(each)[1], each.row.fen].append(each)
        choices: list[tuple[bool, timedelta, int, tuple[datetime, int, str, int], Told]] = []
        for number, payment in enumerate(self._payments):
            to = self._cards.get(payment.to, payment.to)
            payer = self._cards.get(payment.from_, payment.from_)
            for each in by_arrival.get((to, payment.fen), ()):
                shown = self._sides(each)[0]
                apart = abs(each.row.at - payment.at)
                day_only = Precision.DAY in (payment.precision, each.row.precision) and apart <= _DAY
                if (apart <= self._payment_within or day_only) and not (payer and shown and payer != shown):
                    choices.append((not (payer and shown), apart, number, _order(each), each))
        owners: dict[int, Movement] = {}
        done: set[int] = set()
        for _, _, number, _, each in sorted(choices, key=lambda choice: choice[:4]):
            if number not in done and id(each) not in owners:
                done.add(number)
                owners[id(each)] = self._payments[number]
        return owners

    # --- movements --------------------------------------------------------------------------------

    def _openings(self) -> dict[str, tuple[Movement, tuple[Told, ...]]]:
        """Account → its opening balance with the line that shows it; what the balances contradict is found too."""
        mine: dict[str, list[Told]] = defaultdict(list)
        for each in self._told:
            mine[self._own(each)].append(each)
        openings: dict[str, tuple[Movement, tuple[Told, ...]]] = {}
        for account, told in mine.items():
            for _, file in groupby(sorted(told, key=_file), key=_file):
                rows = sorted(file, key=_order)
                for last, here, should in gaps([each.row for each in rows]):
                    reason = msg(
                        "After the line before, the balance should be {amount}; a line is missing between.",
                        amount=yuan(should),
                    )
                    self._found.append(Found(Finding.GAP, reason, (rows[last], rows[here])))
            place = first_line([each.row for each in told])
            before = balance_before(told[place].row)
            if before is None:
                continue
            if before < 0:
                reason = msg("The balance before the first line would be {amount}.", amount=yuan(before))
                self._found.append(Found(Finding.GAP, reason, (told[place],)))
            elif before:
                first, row = told[place], told[place].row
                source = self._sources[_file(first)]
                opening = Movement(
                    row.at, Kind.OPENING, "", account, before, "", None, source, row.line, row.precision
                )
                openings[account] = (opening, (first,))
        return openings

    def _movement(self, told: Told, credit: Told | None, payment: Movement | None) -> Movement:
        row = told.row
        from_, to = self._sides(told)
        channel: Channel | None = None
        owner = ""
        if payment is not None:
            kind, owner, from_ = Kind.PAYMENT, payment.owner, from_ or payment.from_
        elif row.direction is Direction.OUT:
            way_out = EXITS.get(row.way) if row.way is not None else None
            if credit is None and (not to or (way_out is not None and to not in self._covered)):
                kind, channel = Kind.EXIT, way_out or Channel.OTHER
            else:
                kind = Kind.TRANSFER
        else:
            kind = Kind.TRANSFER if from_ in self._known and from_ else Kind.INFLOW
        return Movement(
            row.at,
            kind,
            from_,
            to,
            row.fen,
            owner,
            channel,
            self._sources[_file(told)],
            row.line,
            row.precision,
        )


def _at(told: Told) -> datetime:
    return told.row.at


def _order(told: Told) -> tuple[datetime, int, str, int]:
    return told.row.at, told.source, told.row.sheet, told.row.line


def _file(told: Told) -> tuple[int, str]:
    return told.source, told.row.sheet


def _same_day(debit: Told, credit: Told) -> bool:
    """Where one side gives only the day, the other lies in it."""
    one, other = debit.row, credit.row
    if one.precision is not Precision.DAY:
        one, other = other, one
    if one.precision is not Precision.DAY:
        return False
    return timedelta(0) <= other.at - one.at < _DAY
