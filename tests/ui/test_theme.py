"""Colours that can be read, one place for them, and icons and language that follow."""

from __future__ import annotations

import re
import sys

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk import paths
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons, none_count, theme
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_in_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("palette", "least"), [(theme.LIGHT, 4.5), (theme.DARK, 4.5), (theme.HIGH_CONTRAST, 7.0)]
)
def test_every_word_can_be_read_on_every_ground_it_stands_on(palette: theme.Theme, least: float) -> None:
    for ground in (palette.surface, palette.changed, palette.accent_soft, palette.hover):
        for tone in theme.Tone:
            assert contrast(palette.colour(tone), ground) >= least, (tone, ground)
    for tint in palette.tints.values():
        assert contrast(tint.fore, tint.back) >= least, tint
    assert contrast(palette.text, palette.window) >= least
    assert contrast(palette.muted, palette.window) >= least
    assert contrast(palette.on_accent, palette.accent) >= least


@pytest.mark.parametrize("palette", list(theme.THEMES.values()))
def test_red_is_only_the_colour_of_what_is_overdue(palette: theme.Theme) -> None:
    def red(colour: str) -> bool:
        r, g, b = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return r > 1.5 * max(g, b)

    assert red(palette.tints[theme.Tone.OVERDUE].fore) or palette.dark
    others = [palette.colour(tone) for tone in theme.Tone if tone is not theme.Tone.OVERDUE]
    # Amber has much green in it; what is left must not look red.
    assert not [colour for colour in others if red(colour) and int(colour[3:5], 16) < 0x28]


def test_the_style_sheet_names_no_colour_of_its_own() -> None:
    source = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!msgbox)", source.replace("QLabel#qt", ""))


def test_an_unknown_name_in_the_style_sheet_is_an_error() -> None:
    with pytest.raises(KeyError):
        theme._Tokens(theme.LIGHT, 1.0)["no_such_colour"]


def test_sizes_follow_the_scale() -> None:
    assert theme._Tokens(theme.LIGHT, 1.5)["p32"] == "48px"


def test_the_theme_changes_without_restart(qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.look().theme_changed):
        theme.apply(qapp, "dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == "#12161d"
    assert theme.look().theme is theme.DARK


def test_nothing_is_announced_when_nothing_changes(qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.look().theme_changed):
        theme.apply(qapp, theme.LIGHT)


def test_rows_are_lower_when_compact_and_higher_in_large_text(qapp: QApplication) -> None:
    assert theme.look().row_height == 32
    assert theme.apply(qapp, theme.LIGHT, 1.0, compact=True).row_height == 26
    assert theme.apply(qapp, theme.LIGHT, 1.5).row_height == 48


def test_words_follow_the_language_without_restart(qapp: QApplication, qtbot: QtBot) -> None:
    label, button = Text(msg("Now")), Button(msg("Cancel"))
    qtbot.addWidget(label)
    qtbot.addWidget(button)
    assert (label.text(), button.text()) == ("现在", "取消")
    theme.apply(qapp, theme.LIGHT, 1.0, "en")
    assert (label.text(), button.text()) == ("Now", "Cancel")


def test_what_a_person_is_called_is_never_read_as_markup(qtbot: QtBot) -> None:
    label, button = Text("<b>张某</b>"), Button(Message("A & B"))
    qtbot.addWidget(label)
    qtbot.addWidget(button)
    label.adjustSize()
    plain = Text("<b>张某</b>?")
    qtbot.addWidget(plain)
    assert label.width() > QFontMetricsF(label.font()).horizontalAdvance("<b>张某</b>") - 1
    assert button.text() == "A && B"
    assert button.accessibleName() == "A & B"


def test_an_unknown_theme_or_language_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="no theme"):
        theme.apply(qapp, "pink")
    with pytest.raises(ValueError, match="no language"):
        theme.apply(qapp, "light", 1.0, "xx")


def test_figures_have_one_width() -> None:
    metrics = QFontMetricsF(theme.look().font())
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_every_bundled_icon_can_be_drawn_in_any_colour() -> None:
    names = sorted(path.stem for path in (paths.resources() / "icons").glob("*.svg"))
    assert len(names) > 40
    for name in names:
        image = icons.pixmap(name, "#ff0000", 16, 2.0).toImage()
        assert (image.width(), image.height()) == (32, 32)
        colours = {
            image.pixelColor(x, y).name()
            for x in range(32)
            for y in range(32)
            if image.pixelColor(x, y).alpha() > 250
        }
        assert colours == {"#ff0000"}, name


def test_none_outlives_any_number_of_calls() -> None:
    """Some builds of the binding lose a count of None at each call, which would kill the program."""
    area = QRect()
    for _ in range(50_000):
        area.setX(1)
    assert sys.getrefcount(None) > 50_000 or none_count._lost() == 0
    assert none_count.keep() in (True, False)


def test_the_icons_carry_their_licence() -> None:
    assert (paths.resources() / "icons" / "LICENSE").read_text(encoding="utf-8").startswith("ISC License")


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no icon"):
        icons.icon("no-such-icon")
