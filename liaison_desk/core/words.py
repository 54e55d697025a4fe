"""Sentences and labels as data, said in the reader's language at the last moment.

Code writes ``msg("English text with {names}", names=...)``; the Chinese stands in
``resources/i18n/zh_CN/<layer>.po``. A message is a value, so that an error raised behind the door
can be said in Chinese on one screen and in English on another.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("zh_CN", "en")

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Message:
    """An English text with its values; equal messages say the same thing."""

    text: str
    values: Mapping[str, object] = field(default_factory=lambda: _NOTHING)

    def __str__(self) -> str:
        return Say()(self)

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((key, str(value)) for key, value in self.values.items()))))


def msg(text: str, /, **values: object) -> Message:
    """A translatable message. ``text`` must be a literal: the extraction reads the source code."""
    return Message(text, MappingProxyType(values)) if values else Message(text)


class Say:
    """Says messages in one language; without a catalogue, in English."""

    def __init__(self, language: str = "en", catalogue: gettext.NullTranslations | None = None) -> None:
        self.language = language
        self._catalogue = catalogue or gettext.NullTranslations()

    def __call__(self, message: Message | str, /, **values: object) -> str:
        if isinstance(message, str):
            message = Message(message, values)
        translated = self._catalogue.gettext(message.text) if message.text else ""
        if not message.values:
            return translated
        said = {
            key: self(value) if isinstance(value, Message) else value for key, value in message.values.items()
        }
        return translated.format(**said)

    @property
    def chinese(self) -> bool:
        return self.language == "zh_CN"


def load(language: str, folder: Path) -> Say:
    """The catalogues of one language (one .mo a layer) below ``folder``, as one Say."""
    say = Say(language)
    if language == "en":
        return say
    merged: gettext.NullTranslations | None = None
    for path in sorted((folder / language).glob("*.mo")):
        with path.open("rb") as stream:
            catalogue = gettext.GNUTranslations(stream)
        if merged is None:
            merged = catalogue
        else:
            merged.add_fallback(catalogue)
    return Say(language, merged)
