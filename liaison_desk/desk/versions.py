"""What others have changed on a request or case since somebody began to type, field by field, as it may be read.

It is read from the entries, so that "before" is what the person saw when they began.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.desk import entry_content
from liaison_desk.desk.facts import name_of
from liaison_desk.desk.work import Work, command_title
from liaison_desk.store.audit import moment_from_text
from liaison_desk.store.chain import Entry, Touch
from liaison_desk.store.models import Account, Person

MOST_ENTRIES = 200
_LEG = ("asked", "remark", "document_kind", "document_number", "state", "institution_code", "claimed_by")
_OPEN_TO_ALL = frozenset({"state", "institution_code", "asked", "document_kind", "document_number"})
"""What of a request everybody who sees it may read (as in its details)."""
_ANSWER = (
    *("outcome", "executed", "balance_before", "earlier", "earlier_authority", "earlier_until"),
    *("starts_at", "ends_at", "happened_at", "technical_reason", "remark", "person_name", "person_phone"),
)
_CASE = ("fraud_type", "area", "summary")
_MOMENTS = frozenset({"earlier_until", "starts_at", "ends_at", "happened_at"})


@dataclass(frozen=True)
class ChangedField:
    """One field: what the typist saw, and what stands there now. ``hidden``: not for this reader."""

    name: str
    """The column's name; of an answer ``answer.executed`` and so on."""
    before: Any
    now: Any
    hidden: bool = False


@dataclass(frozen=True)
class ChangedSince:
    """``version`` is the newest; ``fields`` those that changed, in the order of the forms."""

    version: int
    who: str
    what: Message
    at: datetime | None
    fields: tuple[ChangedField, ...]


@dataclass
class _Found:
    """First values before and last values after, while the entries are gone through backwards."""

    before: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)

    def take(self, pairs: Iterable[tuple[str, Any, Any]]) -> None:
        for name, before, after in pairs:
            self.before[name] = before
            self.now.setdefault(name, after)


def changed_since(work: Work, kind: Literal["leg", "case"], id_: int, version: int) -> ChangedSince:
    """What changed on it after ``version``. Raises NotFound for what is not there or not for this reader."""
    if kind == "leg":
        leg = scope.leg_of(work, id_)
        account = work.find(Account, leg.account_id)
        full, current, account_id = scope.eyes(work).sees(account, leg), leg.version, leg.account_id
    else:
        full, current, account_id = work.actor.sees_all, scope.case_of(work, id_).version, 0
    found, newest = _gone_through(work, kind, id_, version, account_id)
    order = [*_LEG, "holder", *(f"answer.{name}" for name in _ANSWER)] if kind == "leg" else list(_CASE)
    fields = []
    for name in order:
        if name in found.now and found.before[name] != found.now[name]:
            open_ = full or (kind == "leg" and name in _OPEN_TO_ALL)
            before, now = (
                (_value(work, name, found.before[name]), _value(work, name, found.now[name]))
                if open_
                else (None, None)
            )
            fields.append(ChangedField(name, before, now, not open_))
    who, what, at = newest if newest is not None else ("", Message(""), None)
    return ChangedSince(current, who, what, at, tuple(fields))


def _gone_through(
    work: Work, kind: str, id_: int, version: int, account_id: int
) -> tuple[_Found, tuple[str, Message, datetime] | None]:
    table = {"leg": "leg", "case": "case_file"}[kind]
    found = _Found()
    newest: tuple[str, Message, datetime] | None = None
    rows = work.session.execute(
        select(Entry, Person.name)
        .join(Touch, Touch.entry_id == Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Touch.kind == kind, Touch.subject_id == id_)
        .order_by(Entry.id.desc())
        .limit(MOST_ENTRIES)
    )
    for entry, name in rows:
        changes = entry_content(entry.text)["changes"]
        own = next((each for each in changes if each["table"] == table and each["id"] == id_), None)
        step = own.get("set", {}).get("version") if own is not None else None
        if own is not None and (step is None or step[1] <= version):
            break
        if own is None:
            continue
        newest = newest or (name or "", command_title(entry.command), entry.at)
        found.take((column, *pair) for column, pair in own["set"].items())
        for change in changes:
            if change["table"] == "account" and change["id"] == account_id:
                found.take((column, *pair) for column, pair in change.get("set", {}).items())
            elif change["table"] == "answer" and change.get("new", {}).get("leg_id") == id_:
                found.take((f"answer.{column}", None, change["new"].get(column)) for column in _ANSWER)
    return found, newest


def _value(work: Work, name: str, stored: Any) -> Any:
    """The entry's plain value as a form knows it."""
    column = name.rpartition(".")[2]
    if stored is None:
        return None
    if column in _MOMENTS:
        return moment_from_text(stored)
    if column == "claimed_by":
        return name_of(work, stored)
    if column == "state":
        return LegState(stored)
    return Outcome(stored) if column == "outcome" else stored
