"""Saved views: filters, order and columns of a list as somebody keeps them, alone or for the others, too.

An unnamed view is how its owner left the list; it goes with the person from seat to seat. A shared one shows
who made it; only its author or a lead changes it. What others' eyes may not see does not leave in a filter:
readers of another institution get a shared view without its filters by names and accounts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import or_, select

from liaison_desk.core.errors import BadInput, NotAllowed
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.roles import Role
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.models import Person
from liaison_desk.store.views import SavedView

PLACES = frozenset({"queue", "cases", "holds", "ledger"})
"""The lists that have views."""
LONGEST_NAME = 60
LONGEST_CONTENT = 20_000
PERSONAL = frozenset({"target", "holder", "victim", "reason"})
"""Columns by which a view may name a person or an account."""


@dataclass(frozen=True, kw_only=True)
class SaveView(Command[int]):
    """Keep a view, replacing the one of that name; gives its id. ``author_id``: whose, where it is not one's own."""

    title: ClassVar[Message] = msg("Save a view")
    quiet: ClassVar[bool] = True
    place: str
    content: str
    """A JSON object; what it holds is the business of the list."""
    name: str = ""
    shared: bool = False
    author_id: int | None = None
    version: int | None = None

    def carry_out(self, work: Work) -> int:
        if self.place not in PLACES:
            raise BadInput(msg("This list has no views. Nothing was saved."), field="place")
        name = clean_text(self.name, LONGEST_NAME, field="name")
        _check_content(self.content)
        view = _kept(work, self.place, name, self.author_id)
        if view is None:
            view = work.add(
                SavedView(
                    place=self.place,
                    name=name,
                    person_id=work.person().id,
                    shared=self.shared and bool(name),
                    content=self.content,
                    recorded_at=work.now,
                )
            )
        else:
            work.seen(view, self.version)
            view.content, view.shared = self.content, self.shared and bool(name)
        if name:
            work.tell(msg("View “{name}” saved", name=name))
        return view.id


@dataclass(frozen=True, kw_only=True)
class RemoveView(Command[None]):
    """Take a view off the list; it stays in the record."""

    title: ClassVar[Message] = msg("Remove a view")
    place: str
    name: str
    author_id: int | None = None
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        view = _kept(work, self.place, self.name.strip(), self.author_id)
        if view is None:
            raise not_found(msg("This view"))
        work.seen(view, self.version)
        view.removed_at = work.now
        work.tell(msg("View “{name}” removed", name=view.name))


def _kept(work: Work, place: str, name: str, author_id: int | None) -> SavedView | None:
    """The view of that name, one's own or a shared one of somebody else for a lead."""
    mine = work.person().id
    view = work.session.scalar(
        select(SavedView).where(
            SavedView.place == place,
            SavedView.person_id == (author_id or mine),
            SavedView.name == name,
            SavedView.removed_at.is_(None),
        )
    )
    if author_id in (None, mine):
        return view
    if view is None or not view.shared:
        raise not_found(msg("This view"))
    if work.actor.role is not Role.LEAD:
        raise NotAllowed(msg("Only its author or a lead changes a shared view. Nothing was changed."))
    return view


def _check_content(text: str) -> None:
    try:
        content = json.loads(text) if len(text) <= LONGEST_CONTENT else None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise BadInput(msg("This view cannot be read. Nothing was saved."), field="content")


# --- what people see of it


@dataclass(frozen=True)
class ViewRow:
    """One view of a list. ``content`` is JSON text; ``author`` empty for one's own."""

    id: int
    version: int
    place: str
    name: str
    shared: bool
    author: str
    author_id: int
    own: bool
    changeable: bool
    content: str


def saved_views(work: Work, place: str) -> tuple[ViewRow, ...]:
    """One's own views of a list (the unnamed one first) and those that others share."""
    mine = SavedView.person_id == work.actor.person_id
    rows = work.session.execute(
        select(SavedView, Person)
        .join(Person, Person.id == SavedView.person_id)
        .where(
            SavedView.place == place,
            SavedView.removed_at.is_(None),
            or_(mine, SavedView.shared.is_(True)),
        )
        .order_by(SavedView.name, SavedView.id)
    ).all()
    return tuple(
        ViewRow(
            id=view.id,
            version=view.version,
            place=view.place,
            name=view.name,
            shared=view.shared,
            author="" if view.person_id == work.actor.person_id else person.name,
            author_id=view.person_id,
            own=view.person_id == work.actor.person_id,
            changeable=view.person_id == work.actor.person_id or work.actor.role is Role.LEAD,
            content=_for(work, person, view.content),
        )
        for view, person in rows
    )


def _for(work: Work, author: Person, text: str) -> str:
    """The content as its reader may have it."""
    if work.actor.sees_all or author.institution_code == work.actor.institution:
        return text
    content: dict[str, Any] = json.loads(text)
    filters = content.get("filters")
    kept = [
        part
        for part in (filters if isinstance(filters, list) else [])
        if isinstance(part, dict) and part.get("column") not in PERSONAL
    ]
    return json.dumps({**content, "filters": kept, "words": ""}, ensure_ascii=False)
