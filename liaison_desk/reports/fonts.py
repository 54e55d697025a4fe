"""Fonts of the papers: which one draws a character, and how a text that none draws is still printed.

Nothing here reads markup: text is drawn as it was typed. ``Typesetter.drawn`` is the one way by which text
gets on paper; what it cannot draw it writes as a code point and reports.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFStream
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

from liaison_desk import paths

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"
RARE = "LiaisonRareHan"
"""Ideographs of Ext B and others that Noto Sans SC lacks; there is no bold of it."""


class _Font(TTFont):
    """A TrueType font whose text can be copied out of the PDF, also beyond U+FFFF.

    Reportlab writes such characters with five hexadecimal digits, which readers take for something else;
    a CMap wants UTF-16, in blocks of at most 100.
    """

    def addObjects(self, doc: PDFDocument) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for n, subset in enumerate(subsets):
            name = b"".join((SUBSETN(n), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            stream = doc.idToObject["toUnicodeCMap:" + name]
            assert isinstance(stream, PDFStream)
            stream.content = _to_unicode(name, subset)


def _to_unicode(name: str, subset: list[int]) -> str:
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    pairs = [
        f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>" for code, char in enumerate(subset)
    ]
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


@cache
def _font(name: str) -> _Font:
    """The font, registered with reportlab when first asked for (0.1 s each)."""
    font = _Font(name, str(paths.resources() / "fonts" / f"{name}.ttf"), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return font


@cache
def _covered(name: str) -> frozenset[str]:
    """What the font draws visibly: a bidi mark or a zero-width space in a name must show on paper."""
    return frozenset(
        chr(point)
        for point in _font(name).face.charToGlyph
        if unicodedata.category(chr(point)) not in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
    )


class _Advances(dict[str, float]):
    """Width of each drawable character per point of size, looked up once."""

    def __init__(self, bold: bool) -> None:
        super().__init__()
        self._bold = bold

    def __missing__(self, char: str) -> float:
        self[char] = _font(font_of(char, self._bold)).face.charWidths[ord(char)] / 1000
        return self[char]


@cache
def advances(bold: bool = False) -> dict[str, float]:
    """Width of each drawable character, per point of size."""
    return _Advances(bold)


def font_of(char: str, bold: bool = False) -> str:
    """The font that draws a drawable character."""
    name = BOLD if bold else REGULAR
    return name if char in _covered(name) else RARE


def width(text: str, size: float, bold: bool = False) -> float:
    """Width in points of a drawable text."""
    return size * sum(map(advances(bold).__getitem__, text))


@dataclass(frozen=True)
class Run:
    """A stretch of text in one font."""

    text: str
    font: str


def runs(text: str, bold: bool = False) -> list[Run]:
    """A drawable text cut where the font changes."""
    found: list[Run] = []
    name, start = "", 0
    for at, char in enumerate(text):
        wanted = font_of(char, bold)
        if wanted != name:
            if at > start:
                found.append(Run(text[start:at], name))
            name, start = wanted, at
    if text:
        found.append(Run(text[start:], name))
    return found


def plain(text: str) -> bool:
    """Whether Noto Sans SC alone draws the text, so that a table cell may take it as a string."""
    return _plain().issuperset(text)


@cache
def _plain() -> frozenset[str]:
    return _covered(REGULAR) | {"\n"}


@dataclass
class Typesetter:
    """Makes text drawable for one paper and remembers what no font had."""

    missing: dict[str, None] = field(default_factory=dict)
    """In order of appearance, each once: ``U+2F7A1``."""

    def __post_init__(self) -> None:
        # Table cells name these fonts themselves, so both must be known before the first is drawn.
        _font(REGULAR)
        _font(BOLD)

    def drawn(self, text: str) -> str:
        """``text`` with what no font draws as 〔U+…〕; line ends become ``\\n``, tabs a space.

        Letters and their separate accents are joined where one character exists for both; nothing else is
        normalised, since a compatibility ideograph in a name is another character than its twin.
        """
        if plain(text):
            return text
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\t", " ")
        regular = _plain()
        letters: list[str] = []
        for char in text:
            if char in regular:
                letters.append(char)
            elif unicodedata.combining(char) and letters and len(joined := _joined(letters[-1], char)) == 1:
                letters[-1] = joined
            elif char in _covered(RARE):
                letters.append(char)
            else:
                point = f"U+{ord(char):04X}"
                self.missing[point] = None
                letters.append(f"〔{point}〕")
        return "".join(letters)


def _joined(letter: str, accent: str) -> str:
    joined = unicodedata.normalize("NFC", letter + accent)
    return joined if len(joined) == 1 and joined in _covered(REGULAR) else letter + accent
