"""The demo's search words, made by the database itself from the rows already there.

They are the very words that desk.index gives one row at a time. Millions of them are sorted by the
database and appended, since words inserted in random order would cost minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Select,
    Table,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable

from liaison_desk.core.pinyin import search_tokens_of_name
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.index import LONGEST
from liaison_desk.store.base import byte_text
from liaison_desk.store.chain import SearchWord
from liaison_desk.store.models import Account, Case, Leg, Victim

_SERIES_AND_YEAR = len("ZF〔2026〕")
"""Every number of the demo has two letters and a year of four digits; what follows is its place."""

_NAMES = Table(
    "demo_name_word",
    MetaData(),
    Column("name", byte_text(255)),
    Column("word", byte_text(64)),
    prefixes=["TEMPORARY"],
)


def make_words(session: Session, names: Iterable[str]) -> None:
    """All search words of the office. ``names``: every name that a victim or holder bears."""
    session.execute(CreateTable(_NAMES))
    rows = [
        {"name": name, "word": word[:LONGEST]}
        for name in sorted(names)
        for word in sorted({token[:LONGEST] for token in search_tokens_of_name(name)})
    ]
    if rows:
        session.execute(insert(_NAMES), rows)
    by_case = next(index for index in _indexes() if next(iter(index.columns)).key == "case_id")
    session.execute(DropIndex(by_case))
    found = union_all(*_case_words(), *_leg_words(), *_account_words(), _victim_words()).subquery()
    names_of = ("word", "owner", "case_id", "account_id", "leg_id")
    ordered = select(*(found.c[name] for name in names_of)).order_by(*(found.c[name] for name in names_of))
    session.execute(insert(SearchWord).from_select(list(names_of), ordered))
    session.execute(CreateIndex(by_case))
    session.execute(DropTable(_NAMES))


def _indexes() -> list[Any]:
    table = SearchWord.__table__
    assert isinstance(table, Table)
    return list(table.indexes)


def _document(number: Any) -> tuple[ColumnElement[str], ...]:
    """As desk.index.words_of_document: as it stands, without brackets, its last part."""
    folded = func.lower(number)
    return (
        folded,
        func.replace(func.replace(folded, "〔", ""), "〕", ""),
        func.substr(number, _SERIES_AND_YEAR + 1),
    )


def _whole_and_last(number: Any) -> tuple[ColumnElement[str], ...]:
    """As desk.index.words_of_number, for numbers longer than four digits and without sub-account."""
    return (func.lower(number), func.lower(func.substr(number, func.length(number) - 3)))


def _row(word: Any, owner: Any, case: Any, account: Any = None, leg: Any = None) -> Select[Any]:
    nothing = literal(0)
    return select(
        word.label("word"),
        (literal(owner) if isinstance(owner, str) else owner).label("owner"),
        case.label("case_id"),
        (nothing if account is None else account).label("account_id"),
        (nothing if leg is None else leg).label("leg_id"),
    )


def _case_words() -> list[Select[Any]]:
    return [_row(word, "*", Case.id) for word in _document(Case.number)]


def _leg_words() -> list[Select[Any]]:
    return [_row(word, "*", Leg.case_id, leg=Leg.id) for word in _document(Leg.number)]


def _account_words() -> list[Select[Any]]:
    """For the owner of each account, and for the institution that named it, where that is another."""
    owner = func.coalesce(Account.institution_code, POLICE)
    found: list[Select[Any]] = []
    for who, condition in (
        (owner, None),
        (Account.handed_by, Account.handed_by.is_not(None) & (Account.handed_by != owner)),
    ):
        some = [
            _row(word, who, Account.case_id, Account.id)
            for word in (*_whole_and_last(Account.number), _NAMES.c.word)
        ]
        some[-1] = some[-1].join(_NAMES, _NAMES.c.name == Account.holder)
        found += [query if condition is None else query.where(condition) for query in some]
    return found


def _victim_words() -> Select[Any]:
    """All of one case together: two victims, or a phone and an ID, may give the same word."""
    kinds = [
        _row(word, POLICE, Victim.case_id).where(column != "")
        for column in (Victim.phone, Victim.id_number)
        for word in _whole_and_last(column)
    ]
    kinds.append(_row(_NAMES.c.word, POLICE, Victim.case_id).join(_NAMES, _NAMES.c.name == Victim.name))
    found = union_all(*kinds).subquery()
    return select(*found.c).distinct()
