"""Which bank a card number belongs to, by the longest known prefix (BIN) with the right length.

The table is resources/data/card_bins.csv: facts from a public list (domain.md, formats).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from liaison_desk import paths
from liaison_desk.core.words import Message, msg


class Bin(NamedTuple):
    """One prefix: cards that start with it and have ``length`` digits are this bank's."""

    prefix: str
    length: int
    bank_code: str
    bank_name: str
    card_type: str
    """debit, credit, semi_credit or prepaid."""


CARD_TYPE_WORDS: dict[str, Message] = {
    "debit": msg("Debit card"),
    "credit": msg("Credit card"),
    "semi_credit": msg("Semi-credit card"),
    "prepaid": msg("Prepaid card"),
}


class CardBins:
    """The table of prefixes, from a path or from the lines of one."""

    def __init__(self, source: Path | str | Iterable[str]) -> None:
        if isinstance(source, (str, Path)):
            lines: Iterable[str] = Path(source).read_text(encoding="utf-8-sig").splitlines()
        else:
            lines = source
        self._bins: dict[tuple[str, int], Bin] = {}
        spellings: dict[str, Counter[str]] = {}
        for number, line in enumerate(lines):
            if number == 0 or not line.strip():
                continue  # the head
            prefix, length, code, name, card_type = line.strip().split(",")
            found = Bin(prefix, int(length), code, name, card_type)
            self._bins[prefix, found.length] = found
            spellings.setdefault(code, Counter())[name] += 1
        self._prefix_lengths = sorted({len(prefix) for prefix, _ in self._bins}, reverse=True)
        self.names: Mapping[str, str] = MappingProxyType(
            {code: found.most_common(1)[0][0] for code, found in spellings.items()}
        )
        """Bank code → the name the list uses most for it."""

    def __len__(self) -> int:
        return len(self._bins)

    def bank_of(self, number: str) -> Bin | None:
        """The longest prefix of ``number`` (ASCII digits) whose card length is the number's, or None."""
        size = len(number)
        for length in self._prefix_lengths:
            found = self._bins.get((number[:length], size))
            if found is not None:
                return found
        return None


@lru_cache(maxsize=1)
def bundled() -> CardBins:
    """The table that comes with the program: inside the installed package, beside it in the sources."""
    return CardBins(paths.resources() / "data" / "card_bins.csv")


@lru_cache(maxsize=1)
def names() -> Mapping[str, str]:
    """Bank code → bank name of the bundled table."""
    return bundled().names
