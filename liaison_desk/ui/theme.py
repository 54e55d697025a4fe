"""The look in one place: named colours, the 8-pixel grid, type sizes, style sheet and language of the window.

``apply`` sets all of it and may be called again at any time; open windows follow by the two signals of
``look()``, without a restart. Nothing else in the package names a colour or a font.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from string import Template
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from liaison_desk import paths
from liaison_desk.core.words import LANGUAGES, Message, Say, load
from liaison_desk.ui import fonts

GRID = 8
"""Distances are multiples of this many pixels (halves inside a control)."""
ROW, ROW_COMPACT = 32, 26
SMALL, BASE, LARGE, HEADING, FIGURE = 12, 14, 16, 18, 24
"""Type sizes in pixels at 100 %."""


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
    faint="#333333",
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


class Look(QObject):
    """What the window looks like and which language it speaks just now; one a QApplication."""

    theme_changed = Signal()
    """Colours, sizes or density changed."""
    language_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.scale = 1.0
        self.compact = False
        self.say = Say()
        self._qt_words: QTranslator | None = None
        self._fonts: dict[tuple[int, bool, bool], QFont] = {}

    def px(self, pixels: float) -> int:
        """Pixels at 100 % as pixels of the chosen text size."""
        return round(pixels * self.scale)

    @property
    def row_height(self) -> int:
        return self.px(ROW_COMPACT if self.compact else ROW)

    def font(self, size: int = BASE, *, bold: bool = False, mono: bool = False) -> QFont:
        """A font of the window: tabular figures, size in pixels at 100 %."""
        key = (size, bold, mono)
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(fonts.mono_families() if mono else fonts.families())
            font.setPixelSize(self.px(size))
            font.setBold(bold)
            font.setFeature(QFont.Tag("tnum"), 1)
            if mono:
                font.setStyleHint(QFont.StyleHint.Monospace)
            self._fonts[key] = font
        return self._fonts[key]

    def colour(self, tone: Tone) -> QColor:
        return QColor(self.theme.colour(tone))

    def _dress(self, application: QApplication) -> None:
        self._fonts.clear()
        application.setStyle("Fusion")
        application.setPalette(palette(self.theme))
        application.setFont(self.font())
        application.setStyleSheet(style_sheet(self.theme, self.scale))
        self.theme_changed.emit()

    def _speak(self, application: QApplication, language: str) -> None:
        if self._qt_words is not None:
            application.removeTranslator(self._qt_words)
            self._qt_words = None
        if language != "en":
            # Qt's own words (Copy, Paste, Cancel, file dialogs) come with Qt.
            words = QTranslator(self)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if words.load(f"qtbase_{language}", folder):
                application.installTranslator(words)
                self._qt_words = words
        self.say = load(language, paths.resources() / "i18n")
        self.language_changed.emit()


_present: Look | None = None


def look() -> Look:
    """The look of the running application. It is a child of QApplication and dies with it."""
    global _present
    if _present is None or not isValid(_present):
        _present = Look(QCoreApplication.instance())
    return _present


def say(message: Message | str, /, **values: object) -> str:
    """``look().say``: the message in the window's language."""
    return look().say(message, **values)


def apply(
    application: QApplication,
    theme: Theme | str = LIGHT,
    scale: float = 1.0,
    language: str = "zh_CN",
    *,
    compact: bool = False,
) -> Look:
    """Dress the application; only what differs from the present look is announced.

    ``scale`` enlarges text and rows together (large-text mode), 1.0 to 2.0. Raises ValueError for a
    language without catalogue or a theme without name.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language}")
    if isinstance(theme, str):
        if theme not in THEMES:
            raise ValueError(f"no theme {theme}")
        theme = THEMES[theme]
    present = look()
    fonts.load()
    wanted = (theme, min(max(scale, 1.0), 2.0), compact)
    if wanted != (present.theme, present.scale, present.compact) or not application.styleSheet():
        present.theme, present.scale, present.compact = wanted
        present._dress(application)
    if language != present.say.language:
        present._speak(application, language)
    return present


def palette(theme: Theme) -> QPalette:
    """The colours as Qt's palette, for everything that Fusion paints by itself."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.raised,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.faint,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.overdue,
        role.Light: theme.surface,
        role.Midlight: theme.line,
        role.Mid: theme.line_strong,
        role.Dark: theme.line_strong,
        role.Shadow: theme.line_strong,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
    }
    result = QPalette()
    for name, colour in colours.items():
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(group.Disabled, name, QColor(theme.faint))
    return result


class _Tokens(dict[str, str]):
    """The names that the style sheet may use: each colour, and p<number> for scaled pixels."""

    def __init__(self, theme: Theme, scale: float) -> None:
        super().__init__(
            {f.name: value for f in fields(theme) if isinstance(value := getattr(theme, f.name), str)}
        )
        for tone, tint in theme.tints.items():
            self[f"{tone}_back"], self[f"{tone}_fore"] = tint.back, tint.fore
        self._scale = scale

    def __missing__(self, key: str) -> str:
        if key.startswith("p") and key[1:].isdigit():
            return f"{round(int(key[1:]) * self._scale)}px"
        raise KeyError(key)


def style_sheet(theme: Theme, scale: float = 1.0) -> str:
    """resources/style.qss with ``$colour`` and ``$p<pixels>`` filled in; an unknown name raises KeyError."""
    source = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    return Template(source).substitute(_Tokens(theme, scale))
