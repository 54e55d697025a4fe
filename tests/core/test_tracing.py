"""Tracing keeps every fen, never depends on the order of handing over, and does what its rules say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison_desk.core import tracing
from liaison_desk.core.tracing import (
    OTHER,
    AccountLeft,
    Channel,
    ConservationBroken,
    Kind,
    Movement,
    Parcel,
    Range,
    Rule,
    compare,
    in_order,
    secured_by_holds,
    trace,
)

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
PRORATED = (Rule.PRO_RATA, Rule.CLEAN_FIRST)


def movement(
    second: float, kind: Kind, from_: str, to: str, fen: int, owner: str = "", source: int = 0, line: int = 0
) -> Movement:
    channel = Channel.CASH if kind is Kind.EXIT else None
    return Movement(START + timedelta(seconds=second), kind, from_, to, fen, owner, channel, source, line)


def pays(second: float, owner: str, to: str, fen: int, line: int = 0) -> Movement:
    return movement(second, Kind.PAYMENT, "", to, fen, owner, line=line)


def inflow(second: float, to: str, fen: int, line: int = 0) -> Movement:
    return movement(second, Kind.INFLOW, "", to, fen, line=line)


def sends(second: float, from_: str, to: str, fen: int, line: int = 0) -> Movement:
    return movement(second, Kind.TRANSFER, from_, to, fen, line=line)


def leaves(second: float, from_: str, fen: int, line: int = 0) -> Movement:
    return movement(second, Kind.EXIT, from_, "", fen, line=line)


@st.composite
def graphs(draw: st.DrawFn, victims: Sequence[str] = ("P", "Q", "R"), others: bool = True) -> list[Movement]:
    """Loops, self-transfers, overdrafts and equal seconds over four accounts; amounts small enough to tie."""
    kinds = [Kind.PAYMENT, Kind.PAYMENT, Kind.TRANSFER, Kind.TRANSFER, Kind.EXIT]
    if others:
        kinds += [Kind.OPENING, Kind.INFLOW]
    found: list[Movement] = []
    for line in range(draw(st.integers(0, 40))):
        kind = draw(st.sampled_from(kinds))
        second = draw(st.integers(0, 15))
        fen = draw(st.one_of(st.integers(1, 12), st.integers(1, 10**9)))
        from_ = draw(st.sampled_from("ABCD")) if kind in (Kind.TRANSFER, Kind.EXIT) else ""
        to = draw(st.sampled_from("ABCD")) if kind is not Kind.EXIT else ""
        owner = draw(st.sampled_from(victims)) if kind is Kind.PAYMENT else ""
        found.append(movement(second, kind, from_, to, fen, owner, draw(st.integers(0, 1)), line))
    return found


class Plain:
    """The rules once more, word by word and slowly: an account is a list of parcels, shares are fractions."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.accounts: dict[str, list[Parcel]] = {}
        self.exits: list[dict[str, int]] = []
        self.unexplained: dict[str, int] = {}

    def play(self, movements: Sequence[Movement]) -> None:
        for each in movements:
            if each.kind in (Kind.TRANSFER, Kind.EXIT):
                leaving = self.leave(each.from_, each.fen)
                if each.kind is Kind.TRANSFER:
                    self.accounts.setdefault(each.to, []).extend(leaving)
                else:
                    self.exits.append(by_owner(leaving))
            else:
                self.accounts.setdefault(each.to, []).append(Parcel(each.owner or OTHER, each.fen))

    def leave(self, account: str, fen: int) -> list[Parcel]:
        here = self.accounts.setdefault(account, [])
        missing = fen - sum(parcel.fen for parcel in here)
        if missing > 0:
            self.unexplained[account] = self.unexplained.get(account, 0) + missing
            here.insert(0, Parcel(OTHER, missing))
        if self.rule in PRORATED:
            here = [Parcel(owner, amount) for owner, amount in by_owner(here).items()]
            takes = self.shares(here, fen)
        else:
            takes = [0] * len(here)
            wanted = fen
            places = range(len(here)) if self.rule is Rule.FIFO else reversed(range(len(here)))
            for at in places:
                takes[at] = min(wanted, here[at].fen)
                wanted -= takes[at]
        self.accounts[account] = [
            Parcel(parcel.owner, parcel.fen - take)
            for parcel, take in zip(here, takes, strict=True)
            if parcel.fen > take
        ]
        return [Parcel(parcel.owner, take) for parcel, take in zip(here, takes, strict=True) if take]

    def shares(self, here: Sequence[Parcel], fen: int) -> list[int]:
        takes = [0] * len(here)
        sharing = list(range(len(here)))
        if self.rule is Rule.CLEAN_FIRST:
            for at in [at for at in sharing if here[at].owner == OTHER]:
                takes[at] = min(fen, here[at].fen)
                fen -= takes[at]
                sharing.remove(at)
        balance = sum(here[at].fen for at in sharing)
        if not balance:
            return takes
        exact = {at: Fraction(fen * here[at].fen, balance) for at in sharing}
        for at in sharing:
            takes[at] = exact[at].numerator // exact[at].denominator
        missing = fen - sum(takes[at] for at in sharing)
        for at in sorted(sharing, key=lambda at: (takes[at] - exact[at], at))[:missing]:
            takes[at] += 1
        return takes


def by_owner(parcels: Sequence[Parcel]) -> dict[str, int]:
    found: dict[str, int] = {}
    for owner, fen in parcels:
        found[owner] = found.get(owner, 0) + fen
    return found


def neighbours_as_one(parcels: Sequence[Parcel]) -> list[Parcel]:
    found: list[Parcel] = []
    for parcel in parcels:
        if found and found[-1].owner == parcel.owner:
            found[-1] = Parcel(parcel.owner, found[-1].fen + parcel.fen)
        else:
            found.append(parcel)
    return found


# --- properties -------------------------------------------------------------------------------


@given(graphs(), st.sampled_from(Rule))
def test_the_rules_are_those_of_the_design_word_by_word(movements: list[Movement], rule: Rule) -> None:
    plain = Plain(rule)
    plain.play(in_order(movements))
    found = trace(movements, rule)
    assert found.unexplained == plain.unexplained
    assert [dict(each.owners) for each in found.exits] == plain.exits
    for account, left in found.accounts.items():
        expected = plain.accounts.get(account, [])
        assert left.owners == by_owner(expected)
        assert list(left.owners) == list(by_owner(expected)), "in order of first arrival"
        if rule not in PRORATED:
            assert list(left.parcels) == neighbours_as_one(expected)


@given(graphs(), st.sampled_from(Rule))
def test_every_fen_is_kept_for_its_owner_and_nothing_is_negative(
    movements: list[Movement], rule: Rule
) -> None:
    found = trace(movements, rule)
    came_in: dict[str, int] = {}
    for each in movements:
        if each.kind in (Kind.OPENING, Kind.PAYMENT, Kind.INFLOW):
            came_in[each.owner or OTHER] = came_in.get(each.owner or OTHER, 0) + each.fen
    if found.unexplained:
        came_in[OTHER] = came_in.get(OTHER, 0) + sum(found.unexplained.values())
    went: dict[str, int] = {}
    for split in [*(left.owners for left in found.accounts.values()), *(out.owners for out in found.exits)]:
        for owner, fen in split.items():
            assert fen > 0
            went[owner] = went.get(owner, 0) + fen
    assert went == came_in
    assert all(sum(out.owners.values()) == out.amount for out in found.exits)


@given(graphs(), st.sampled_from(Rule), st.randoms(use_true_random=False))
def test_the_order_of_handing_over_never_matters(
    movements: list[Movement], rule: Rule, chance: random.Random
) -> None:
    shuffled = movements.copy()
    chance.shuffle(shuffled)
    found, again = trace(movements, rule), trace(shuffled, rule)
    assert again == found
    assert list(again.accounts) == list(found.accounts)


@given(st.lists(st.sampled_from("PQR"), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_movements_without_a_source_line_are_ordered_by_their_content(
    owners: list[str], chance: random.Random
) -> None:
    movements = [pays(0, owner, "A", 100 + at) for at, owner in enumerate(owners)]
    movements.append(leaves(0, "A", 150))
    shuffled = movements.copy()
    chance.shuffle(shuffled)
    for rule in Rule:
        assert trace(shuffled, rule) == trace(movements, rule)


@given(graphs(victims=("P",), others=False))
def test_all_rules_agree_where_one_victim_alone_owns_everything(movements: list[Movement]) -> None:
    # Without overdrafts: what is unexplained belongs to a second owner.
    balances: dict[str, int] = {}
    covered: list[Movement] = []
    for each in in_order(movements):
        if each.from_ and balances.get(each.from_, 0) < each.fen:
            continue
        covered.append(each)
        if each.from_:
            balances[each.from_] -= each.fen
        if each.to:
            balances[each.to] = balances.get(each.to, 0) + each.fen
    found = compare(covered)
    assert found.directly_traceable == {account: True for account, fen in balances.items() if fen}


@given(graphs())
def test_balances_exit_amounts_and_the_unexplained_do_not_depend_on_the_rule(
    movements: list[Movement],
) -> None:
    first, *others = compare(movements).traced.values()
    for each in others:
        assert each.unexplained == first.unexplained
        assert [out.amount for out in each.exits] == [out.amount for out in first.exits]
        assert {account: left.balance for account, left in each.accounts.items()} == {
            account: left.balance for account, left in first.accounts.items()
        }


@given(graphs())
def test_an_account_is_directly_traceable_exactly_when_no_range_is_open(movements: list[Movement]) -> None:
    found = compare(movements)
    for account, left in found.traced[Rule.FIFO].accounts.items():
        ranges = found.ranges(account)
        if not left.parcels:
            assert account not in found.directly_traceable
            continue
        assert found.directly_traceable[account] is all(least == most for least, most in ranges.values())


# --- order ------------------------------------------------------------------------------------


def test_in_one_second_the_opening_comes_first_then_money_in_then_money_out() -> None:
    out = leaves(0, "A", 100, line=1)
    payment = pays(0, "P", "A", 100, line=2)
    opening = movement(0.9, Kind.OPENING, "", "A", 50, line=3)
    assert in_order([out, payment, opening]) == [opening, payment, out]
    found = trace([out, payment, opening], Rule.FIFO)
    assert found.unexplained == {}
    assert found.accounts["A"].owners == {"P": 50}


def test_fractions_of_a_second_do_not_count_before_the_kind_and_the_line() -> None:
    early_out, late_in = sends(0.1, "A", "B", 5, line=1), inflow(0.8, "A", 5, line=2)
    assert in_order([early_out, late_in]) == [late_in, early_out]
    first, second = sends(0.9, "A", "B", 5, line=1), sends(0.1, "A", "B", 5, line=2)
    assert in_order([second, first]) == [first, second]


def test_the_source_counts_before_the_line() -> None:
    first = movement(0, Kind.INFLOW, "", "A", 1, source=2, line=900)
    second = movement(0, Kind.INFLOW, "", "A", 1, source=10, line=3)
    assert in_order([second, first]) == [first, second]


def test_times_of_other_zones_are_the_same_instants() -> None:
    china = timezone(timedelta(hours=8))
    later = Movement(datetime(2026, 11, 21, 9, 1, tzinfo=china), Kind.EXIT, "A", "", 5, channel=Channel.POS)
    earlier = Movement(datetime(2026, 11, 21, 1, 0, 30, tzinfo=UTC), Kind.PAYMENT, "", "A", 5, "P")
    assert in_order([later, earlier]) == [earlier, later]
    assert later.at == datetime(2026, 11, 21, 1, 1, tzinfo=UTC)
    assert later.at.tzinfo is UTC


# --- parcels ----------------------------------------------------------------------------------


def test_what_is_unexplained_leaves_in_front_and_stays_in_front() -> None:
    for rule in Rule:
        found = trace([pays(0, "P", "A", 100), sends(1, "A", "B", 130)], rule)
        assert found.unexplained == {"A": 30}
        assert found.accounts["A"].parcels == ()
        assert found.accounts["B"].parcels == (Parcel(OTHER, 30), Parcel("P", 100))


def test_the_missing_fen_goes_to_the_owner_who_arrived_first() -> None:
    # 1 of 2 fen leaves: both shares are a half.
    found = trace([pays(0, "Q", "A", 1), pays(1, "P", "A", 1), leaves(2, "A", 1)], Rule.PRO_RATA)
    assert found.accounts["A"].owners == {"P": 1}
    assert dict(found.exits[0].owners) == {"Q": 1}


def test_who_stood_at_0_arrives_anew() -> None:
    movements = [
        pays(0, "Q", "A", 1),
        pays(1, "P", "A", 2),
        leaves(2, "A", 2),  # shares 2/3 and 4/3: floors 0 and 1, the missing fen to Q, who is then at 0
        pays(3, "Q", "A", 1),  # behind P now
        leaves(4, "A", 1),  # a half each: P arrived first
    ]
    found = trace(movements, Rule.PRO_RATA)
    assert dict(found.exits[0].owners) == {"Q": 1, "P": 1}
    assert dict(found.exits[1].owners) == {"P": 1}
    assert found.accounts["A"].owners == {"Q": 1}


def test_clean_first_spares_the_victims_until_other_money_is_gone() -> None:
    movements = [pays(0, "P", "A", 100), inflow(1, "A", 60), pays(2, "Q", "A", 300), leaves(3, "A", 50)]
    found = trace(movements, Rule.CLEAN_FIRST)
    assert found.accounts["A"].parcels == (Parcel("P", 100), Parcel(OTHER, 10), Parcel("Q", 300))
    found = trace([*movements, leaves(4, "A", 50)], Rule.CLEAN_FIRST)
    assert found.accounts["A"].parcels == (Parcel("P", 90), Parcel("Q", 270))
    assert dict(found.exits[1].owners) == {"P": 10, OTHER: 10, "Q": 30}


def test_a_transfer_to_oneself_and_a_loop_make_nothing() -> None:
    movements = [pays(0, "P", "A", 70), inflow(1, "A", 30)]
    movements += [sends(2 + turn, "AB"[turn % 2], "BA"[turn % 2], 100, line=turn) for turn in range(100)]
    movements += [sends(200, "A", "A", 40, line=turn) for turn in range(100)]
    for rule in Rule:
        found = trace(movements, rule)
        assert found.accounts["A"].owners == {"P": 70, OTHER: 30}
        assert found.unexplained == {}


def test_a_queue_that_never_runs_dry_keeps_its_parcels_in_order() -> None:
    # Long enough for the cleared front of the queue to be cut off several times.
    movements = [pays(0, "P", "A", 5)]
    for turn in range(2_000):
        movements.append(pays(1 + turn, "QR"[turn % 2], "A", 5))
        movements.append(leaves(1 + turn, "A", 5))
    found = trace(movements, Rule.FIFO)
    assert found.accounts["A"].parcels == (Parcel("R", 5),)
    assert [dict(out.owners) for out in found.exits[:3]] == [{"P": 5}, {"Q": 5}, {"R": 5}]


# --- what is built on it ----------------------------------------------------------------------


def test_a_lead_shows_the_least_and_the_most() -> None:
    found = compare([pays(0, "P", "A", 10), pays(1, "Q", "A", 10), leaves(2, "A", 10)])
    assert found.ranges("A") == {"Q": Range(0, 10), "P": Range(0, 10)}
    assert found.sharing("A") == {"P", "Q"}


def test_progress_counts_up_to_the_last_movement_of_the_last_rule() -> None:
    told: list[tuple[int, int]] = []
    compare([inflow(at, "A", 1) for at in range(4_500)], lambda done, total: told.append((done, total)))
    assert told[:3] == [(2_000, 18_000), (4_000, 18_000), (4_500, 18_000)]
    assert told[-1] == (18_000, 18_000)


def test_a_broken_rule_is_caught_in_the_run_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tracing, "AccountLeft", lambda parcels: AccountLeft(tuple(Parcel(o, f + 1) for o, f in parcels))
    )
    with pytest.raises(ConservationBroken):
        trace([pays(0, "P", "A", 10)], Rule.FIFO)


def test_a_swap_between_owners_is_caught_although_the_total_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tracing, "AccountLeft", lambda parcels: AccountLeft(tuple(Parcel("Q", f) for _, f in parcels))
    )
    with pytest.raises(ConservationBroken):
        trace([pays(0, "P", "A", 10)], Rule.FIFO)


def test_a_hold_secures_what_victims_own_and_a_second_hold_what_is_left() -> None:
    owners = {OTHER: 100, "P": 30, "Q": 60}
    assert secured_by_holds([30, 100], owners, ["P", "Q"]) == [{"P": 10, "Q": 20}, {"P": 20, "Q": 40}]
    assert secured_by_holds([500, 1], owners, ["P", "Q"]) == [{"P": 30, "Q": 60}, {}]


def test_the_odd_fen_of_a_hold_goes_to_the_earlier_report() -> None:
    assert secured_by_holds([5], {"P": 10, "Q": 10}, ["Q", "P"]) == [{"Q": 3, "P": 2}]
    with pytest.raises(ValueError, match="reports"):
        secured_by_holds([5], {"P": 10, "Q": 10}, ["Q"])


@given(
    st.lists(st.integers(0, 50), max_size=5),
    st.dictionaries(st.sampled_from(["P", "Q", "R", OTHER]), st.integers(1, 60)),
)
def test_holds_secure_each_fen_once(holds: list[int], owners: dict[str, int]) -> None:
    secured = secured_by_holds(holds, owners, ["R", "P", "Q"])
    assert len(secured) == len(holds)
    victims = {owner: fen for owner, fen in owners.items() if owner != OTHER}
    for victim, fen in victims.items():
        assert sum(each.get(victim, 0) for each in secured) <= fen
    assert all(sum(each.values()) <= held for each, held in zip(secured, holds, strict=True))
    assert sum(sum(each.values()) for each in secured) == min(sum(holds), sum(victims.values()))


@pytest.mark.parametrize(
    ("kind", "from_", "to", "fen", "owner", "channel"),
    [
        (Kind.PAYMENT, "", "A", 1, "", None),
        (Kind.PAYMENT, "", "A", 1, OTHER, None),
        (Kind.PAYMENT, "", "", 1, "P", None),
        (Kind.INFLOW, "", "A", 1, "P", None),
        (Kind.INFLOW, "", "A", -1, "", None),
        (Kind.TRANSFER, "A", "", 1, "", None),
        (Kind.TRANSFER, "", "A", 1, "", None),
        (Kind.EXIT, "", "", 1, "", Channel.CASH),
        (Kind.EXIT, "A", "", 1, "", None),
        (Kind.TRANSFER, "A", "B", 1, "", Channel.CASH),
    ],
)
def test_a_movement_whose_parts_do_not_fit_is_a_mistake_of_the_program(
    kind: Kind, from_: str, to: str, fen: int, owner: str, channel: Channel | None
) -> None:
    with pytest.raises(ValueError, match=r"movement|lacks|payment|exit"):
        Movement(START, kind, from_, to, fen, owner, channel)
    with pytest.raises(ValueError, match="aware"):
        Movement(datetime(2026, 11, 21), Kind.INFLOW, "", "A", 1)  # noqa: DTZ001  (the naive time is the point)
