"""Full-width characters and odd dashes and spaces, as Chinese input methods and spreadsheets leave them."""

from __future__ import annotations

_DASHES = "‐‑‒–—―−﹣"
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\ufeff\u200b"
_FOLD = str.maketrans(
    {0xFF01 + i: 0x21 + i for i in range(94)}
    | {ord(char): "-" for char in _DASHES}
    | {ord(char): " " for char in _SPACES}
    | {"￥": "¥", "﹒": ".", "︰": ":", "∶": ":"}
)


def fold(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, odd dashes and spaces as plain ones.

    Character by character, so that positions in the result are positions in the input.
    """
    return text.translate(_FOLD)
