"""The look in one place: named colours, the 8-pixel grid, type sizes, style sheet and language of the window.

``apply`` sets all of it and may be called again at any time; open windows follow by the two signals of
``look()``, without a restart. Colours have their names in ``colours``; nothing else in the package names one.
"""

from __future__ import annotations

from dataclasses import fields
from string import Template

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from liaison_desk import paths
from liaison_desk.core.words import LANGUAGES, Message, Say, load
from liaison_desk.ui import fonts, none_count
from liaison_desk.ui.colours import DARK as DARK
from liaison_desk.ui.colours import HIGH_CONTRAST as HIGH_CONTRAST
from liaison_desk.ui.colours import LIGHT as LIGHT
from liaison_desk.ui.colours import THEMES as THEMES
from liaison_desk.ui.colours import Share as Share
from liaison_desk.ui.colours import Theme as Theme
from liaison_desk.ui.colours import Tone as Tone

# Every window imports this module first.
none_count.keep()

GRID = 8
"""Distances are multiples of this many pixels (halves inside a control)."""
ROW, ROW_COMPACT = 32, 26
SMALL, BASE, LARGE, HEADING, FIGURE = 12, 14, 16, 18, 24
"""Type sizes in pixels at 100 %."""
LARGE_TEXT = 1.5
"""From this scale on, what stands side by side otherwise may have to stand below each other."""


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
        self._metrics: dict[tuple[int, bool, bool], QFontMetrics] = {}
        self._inks: dict[str, QColor] = {}

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

    def metrics(self, size: int = BASE, *, bold: bool = False, mono: bool = False) -> QFontMetrics:
        """How large the words of ``font`` are; kept, because painting asks for it for every cell."""
        key = (size, bold, mono)
        if key not in self._metrics:
            self._metrics[key] = QFontMetrics(self.font(size, bold=bold, mono=mono))
        return self._metrics[key]

    def ink(self, colour: str) -> QColor:
        """``#rrggbb`` as QColor, kept for painting."""
        found = self._inks.get(colour)
        if found is None:
            found = self._inks[colour] = QColor(colour)
        return found

    def colour(self, tone: Tone) -> QColor:
        return self.ink(self.theme.colour(tone))

    def _dress(self, application: QApplication) -> None:
        self._fonts.clear()
        self._metrics.clear()
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
