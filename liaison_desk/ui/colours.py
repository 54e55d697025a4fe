"""The named colours of the three palettes: light, dark and high contrast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Tone(StrEnum):
    """What a chip or a word means; red (OVERDUE) is only for what is overdue."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    OK = "ok"
    SOON = "soon"
    OVERDUE = "overdue"
    REFUSED = "refused"
    MUTED = "muted"


class Share(StrEnum):
    """Where a yuan of a loss can be (money.md, "Every case balances"), as colours of one bar."""

    RETURNED = "returned"
    FROZEN = "frozen"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"
    SPENT = "spent"
    BEYOND = "beyond"
    UNTRACED = "untraced"


@dataclass(frozen=True)
class Tint:
    """A background and the text that is readable on it."""

    back: str
    fore: str


@dataclass(frozen=True)
class Theme:
    """One palette of named colours, each ``#rrggbb``."""

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    line: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    hover: str
    changed: str
    overdue: str
    soon: str
    ok: str
    tints: Mapping[Tone, Tint] = field(repr=False)
    shares: Mapping[Share, str] = field(repr=False)

    def colour(self, tone: Tone) -> str:
        """The text colour of a tone on the plain surface."""
        match tone:
            case Tone.NEUTRAL:
                return self.text
            case Tone.ACCENT:
                return self.accent
            case Tone.OK:
                return self.ok
            case Tone.SOON:
                return self.soon
            case Tone.OVERDUE:
                return self.overdue
            case Tone.REFUSED:
                return self.tints[Tone.REFUSED].fore
            case Tone.MUTED:
                return self.muted


LIGHT = Theme(
    name="light",
    dark=False,
    window="#f2f4f8",
    surface="#ffffff",
    raised="#f8fafc",
    line="#e1e6ee",
    line_strong="#c5cedb",
    text="#1a2433",
    muted="#56657a",
    faint="#6b7889",
    accent="#11509f",
    accent_hover="#0d4288",
    on_accent="#ffffff",
    accent_soft="#e6effb",
    hover="#f4f7fb",
    changed="#fff9de",
    overdue="#b3261e",
    soon="#8a4b08",
    ok="#1c7149",
    tints=MappingProxyType(
        {
            Tone.NEUTRAL: Tint("#edf0f5", "#3d4b5f"),
            Tone.ACCENT: Tint("#e1edfc", "#11509f"),
            Tone.OK: Tint("#e0f3e8", "#17633f"),
            Tone.SOON: Tint("#fdefd2", "#7d4407"),
            Tone.OVERDUE: Tint("#fde7e5", "#a5211a"),
            Tone.REFUSED: Tint("#eee9f4", "#5b4380"),
            Tone.MUTED: Tint("#f3f5f8", "#56657a"),
        }
    ),
    shares=MappingProxyType(
        {
            Share.RETURNED: "#1c7149",
            Share.FROZEN: "#2f9a68",
            Share.STOPPED: "#5a8fd8",
            Share.ELSEWHERE: "#7cc4b4",
            Share.SPENT: "#b3bccb",
            Share.BEYOND: "#8791a3",
            Share.UNTRACED: "#efd49b",
        }
    ),
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#12161d",
    surface="#1a2029",
    raised="#1f2731",
    line="#2b3441",
    line_strong="#435064",
    text="#e4e9f0",
    muted="#a0adbe",
    faint="#8a97a8",
    accent="#6aa8f5",
    accent_hover="#8abbf8",
    on_accent="#0a1626",
    accent_soft="#1d3350",
    hover="#202833",
    changed="#34301a",
    overdue="#ff8a80",
    soon="#f0b860",
    ok="#6cd0a0",
    tints=MappingProxyType(
        {
            Tone.NEUTRAL: Tint("#2a333f", "#c3cdd9"),
            Tone.ACCENT: Tint("#1c3557", "#9cc7fb"),
            Tone.OK: Tint("#173a2b", "#86dcb2"),
            Tone.SOON: Tint("#40311a", "#f3c57c"),
            Tone.OVERDUE: Tint("#4a2321", "#ffa39b"),
            Tone.REFUSED: Tint("#332b44", "#cdb9ec"),
            Tone.MUTED: Tint("#232b36", "#a0adbe"),
        }
    ),
    shares=MappingProxyType(
        {
            Share.RETURNED: "#3fae7c",
            Share.FROZEN: "#2c8a5f",
            Share.STOPPED: "#4d86d3",
            Share.ELSEWHERE: "#4f9c8c",
            Share.SPENT: "#6b778a",
            Share.BEYOND: "#4d586a",
            Share.UNTRACED: "#a3843f",
        }
    ),
)

HIGH_CONTRAST = Theme(
    name="contrast",
    dark=False,
    window="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    line="#6b6b6b",
    line_strong="#000000",
    text="#000000",
    muted="#1f1f1f",
    faint="#595959",
    accent="#00317a",
    accent_hover="#001f4d",
    on_accent="#ffffff",
    accent_soft="#cfe2ff",
    hover="#e8f0ff",
    changed="#fff3a6",
    overdue="#8b0000",
    soon="#5c3000",
    ok="#004d26",
    tints=MappingProxyType(
        {
            Tone.NEUTRAL: Tint("#e6e6e6", "#000000"),
            Tone.ACCENT: Tint("#cfe2ff", "#00255c"),
            Tone.OK: Tint("#cdf0dc", "#00361b"),
            Tone.SOON: Tint("#ffe2ad", "#3d2000"),
            Tone.OVERDUE: Tint("#ffd9d6", "#6b0000"),
            Tone.REFUSED: Tint("#e6dcf5", "#2c1052"),
            Tone.MUTED: Tint("#f0f0f0", "#1f1f1f"),
        }
    ),
    shares=MappingProxyType(
        {
            Share.RETURNED: "#004d26",
            Share.FROZEN: "#1f8a55",
            Share.STOPPED: "#00317a",
            Share.ELSEWHERE: "#5fb3a1",
            Share.SPENT: "#8a8a8a",
            Share.BEYOND: "#3d3d3d",
            Share.UNTRACED: "#e0a100",
        }
    ),
)

THEMES: Mapping[str, Theme] = MappingProxyType({t.name: t for t in (LIGHT, DARK, HIGH_CONTRAST)})
