"""The search words of cases, accounts and legs, kept in step by the commands that write those rows.

rules.md, Search: every suffix of a name, pinyin initials and full pinyin, whole numbers and their last
four, case and request numbers with and without 〔〕. Each word carries its owner.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from liaison_desk.core.identifiers import bracketless
from liaison_desk.core.pinyin import search_tokens_of_name
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.scope import owner_of
from liaison_desk.desk.work import Work
from liaison_desk.store.chain import SearchWord
from liaison_desk.store.models import Account, Case, Leg, Victim

LONGEST = 48
Key = tuple[str, str, int, int, int]
"""word, owner, case, account (or 0), leg (or 0)."""


def words_of_number(number: str) -> set[str]:
    """A whole number, its main part and its last four."""
    main = number.split("_")[0]
    return {number[:LONGEST], main[:LONGEST], main[-4:]} - {""}


def words_of_document(text: str) -> set[str]:
    """``ZF〔2026〕1187`` as it stands, without brackets, and by its last part."""
    folded = text.lower()
    plain = bracketless(text).lower()
    tail = "".join(letter if letter.isdigit() else " " for letter in text).split()
    return {folded[:LONGEST], plain[:LONGEST], *(tail[-1:])} - {""}


def of_case(case: Case) -> Iterable[Key]:
    return ((word, "*", case.id, 0, 0) for word in words_of_document(case.number))


def of_victim(victim: Victim) -> Iterable[Key]:
    words = search_tokens_of_name(victim.name)
    if victim.phone:
        words |= words_of_number(victim.phone)
    if victim.id_number:
        words |= words_of_number(victim.id_number.lower())
    return ((word[:LONGEST], POLICE, victim.case_id, 0, 0) for word in words)


def of_account(account: Account) -> Iterable[Key]:
    words = words_of_number(account.number)
    if account.holder:
        words |= {word[:LONGEST] for word in search_tokens_of_name(account.holder)}
    owners = {owner_of(account.institution_code)}
    if account.handed_by:
        owners.add(account.handed_by)
    return ((word, owner, account.case_id, account.id, 0) for word in words for owner in sorted(owners))


def of_leg(leg: Leg) -> Iterable[Key]:
    return ((word, "*", leg.case_id, 0, leg.id) for word in words_of_document(leg.number))


def keep(work: Work, keys: Iterable[Key]) -> None:
    """Adds the words that are not there yet."""
    wanted = set(keys)
    if not wanted:
        return
    cases = {key[2] for key in wanted}
    there = {
        tuple(row)
        for row in work.session.execute(
            select(
                SearchWord.word,
                SearchWord.owner,
                SearchWord.case_id,
                SearchWord.account_id,
                SearchWord.leg_id,
            ).where(SearchWord.case_id.in_(cases))
        )
    }
    work.session.add_all(
        SearchWord(word=word, owner=owner, case_id=case, account_id=account, leg_id=leg)
        for word, owner, case, account, leg in sorted(wanted - there)
    )


def renew_account(work: Work, account: Account) -> None:
    """After a change of institution, number or holder: words that no longer hold go."""
    wanted = set(of_account(account))
    for row in work.session.scalars(select(SearchWord).where(SearchWord.account_id == account.id)):
        key = (row.word, row.owner, row.case_id, row.account_id, row.leg_id)
        if key in wanted:
            wanted.discard(key)
        else:
            # A word is derived from the account row and can be made anew: it may go.
            work.session.delete(row)
    keep(work, wanted)
