"""Errors that are sentences for the person at the desk; everything else is a bug."""

from __future__ import annotations

from liaison_desk.core.words import Message


class DeskError(Exception):
    """One clear sentence: what happened, what was kept, what to do. Nothing was changed."""

    def __init__(self, message: Message, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        """The form field that the sentence is about, when there is one."""

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DeskError):
    """The role or institution has no right to this."""


class NotFound(DeskError):
    """No such thing, or not visible to the reader: both answer the same (rules.md, who sees what)."""


class Conflict(DeskError):
    """Somebody else was faster; the message names who and what."""

    def __init__(
        self, message: Message, *, field: str | None = None, about: tuple[str, int, int] | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.about = about
        """(table, id, version that was seen) where a row has moved on, so that its fields can be compared."""


class BadInput(DeskError):
    """What was typed or read cannot be used; names the field."""


class Refused(DeskError):
    """The state of things does not allow it (a third stop, a closed leg)."""


class OfficeUnusable(DeskError):
    """The database cannot be opened or written: locked, damaged, read-only, newer, on a network drive."""
