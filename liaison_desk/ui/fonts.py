"""The fonts of the window: the system's Chinese font where there is one, else the bundled Noto Sans SC.

A further font in the folder (``*Fallback*.ttf``, ``*Ext*.ttf``) covers rare characters of names and is
loaded always, because few systems have them.
"""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFontDatabase

from liaison_desk import paths

_log = logging.getLogger(__name__)

BUNDLED = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
_SYSTEM = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
)
_MONO = (
    "Cascadia Mono",
    "Consolas",
    "Menlo",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
)


def load(folder: Path | None = None) -> list[str]:
    """Load what is needed from ``folder`` (resources/fonts) once; returns the font families in order of use."""
    return list(_load(folder or paths.resources() / "fonts"))


@cache
def _load(folder: Path) -> tuple[str, ...]:
    chinese = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    chosen = [name for name in _SYSTEM if name in chinese]
    if not chosen:
        for file in BUNDLED:
            chosen += [name for name in _add(folder / file) if name not in chosen]
    for path in sorted(folder.glob("*.[to]tf")):
        if path.name not in BUNDLED:
            chosen += [name for name in _add(path) if name not in chosen]
    return tuple(chosen) or (QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family(),)


def _add(path: Path) -> list[str]:
    if not path.is_file():
        return []
    number = QFontDatabase.addApplicationFont(str(path))
    if number < 0:
        _log.warning("font cannot be read: %s", path.name)
        return []
    return QFontDatabase.applicationFontFamilies(number)


def families() -> list[str]:
    """Families for text, the first that has a character draws it."""
    return load()


@cache
def _mono() -> tuple[str, ...]:
    present = set(QFontDatabase.families())
    return tuple(name for name in _MONO if name in present)


def mono_families() -> list[str]:
    """Families for account numbers; Chinese characters among them fall back to the text font."""
    return [*_mono(), *families()]
