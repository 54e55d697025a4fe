"""What the readers of the paste box share: the text, what of it is already understood, and the finds.

Each reader takes the spans that it understands; the later ones see them as blanked out, so that no
character is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from liaison_desk.core.folding import fold
from liaison_desk.core.words import Message, msg

FindKind = Literal["account", "phone", "amount", "time", "name", "id_number", "bank"]
Value = str | int | datetime | date

FIND_WORDS: dict[FindKind, Message] = {
    "account": msg("Account"),
    "phone": msg("Phone"),
    "amount": msg("Amount"),
    "time": msg("Time"),
    "name": msg("Name"),
    "id_number": msg("ID number"),
    "bank": msg("Bank"),
}

GONE = "\x00"
"""What stands in the open text where something was taken."""


@dataclass(frozen=True)
class Find:
    """One thing found: ``text`` is ``input[start:end]`` exactly; to be confirmed by a person.

    ``value``: account digits (``main_sub``), phone as stored, amount in fen, an aware datetime in the
    office's zone or a date for a day alone, name, ID number in upper case, bank code.
    """

    kind: FindKind
    text: str
    value: Value
    institution: str | None
    start: int
    end: int
    warnings: tuple[Message, ...] = ()


class Canvas:
    """The input, folded character by character, with the taken spans blanked out in ``open``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text).replace("\r", " ")
        self.open = self.folded
        self.finds: list[Find] = []
        self.odd: list[tuple[int, int]] = []
        """Spans that look like something and are not understood: they are shown as unread, whole."""

    def _blank(self, start: int, end: int) -> None:
        self.open = self.open[:start] + GONE * (end - start) + self.open[end:]

    def take(
        self,
        kind: FindKind,
        start: int,
        end: int,
        value: Value,
        institution: str | None = None,
        warnings: tuple[Message, ...] = (),
    ) -> None:
        self.finds.append(Find(kind, self.text[start:end], value, institution, start, end, warnings))
        self._blank(start, end)

    def mark_odd(self, start: int, end: int) -> None:
        self.odd.append((start, end))
        self._blank(start, end)

    def scan(self, pattern: re.Pattern[str], *, overlapping: bool = False) -> Iterator[re.Match[str]]:
        """Matches in what is still open, one after the other, while the readers take spans."""
        at = 0
        while at <= len(self.open):
            found = pattern.search(self.open, at)
            if found is None:
                return
            yield found
            at = found.start() + 1 if overlapping else max(found.end(), found.start() + 1)

    def line_of(self, at: int) -> str:
        start = self.folded.rfind("\n", 0, at) + 1
        end = self.folded.find("\n", at)
        return self.folded[start : end if end >= 0 else len(self.folded)]

    def before(self, at: int, size: int = 16) -> str:
        """The characters before ``at``, taken ones included, within the line."""
        return self.folded[max(0, at - size) : at].rpartition("\n")[2]

    def after(self, at: int, size: int = 8) -> str:
        return self.open[at : at + size]

    def unread(self) -> tuple[str, ...]:
        """The pieces nobody understood that hold digits or an inexact amount, in the order of the text."""
        pieces = [(start, self.text[start:end].strip()) for start, end in self.odd]
        for found in re.finditer(r"[^\x00\s,，。;；、!！?？:()【】\[\]\"“”'‘’《》<>|/=~…]+", self.open):
            if re.search(r"[0-9]", found.group()) or _VAGUE.search(found.group()):
                pieces.append((found.start(), self.text[found.start() : found.end()].strip("-. ")))
        return tuple(piece for _, piece in sorted(pieces) if piece)


_VAGUE = re.compile(r"(?:[几数][十百千万亿]|[十百千]几[百千万亿]|[十百千万]多[万元块])")
