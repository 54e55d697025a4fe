"""Where bundled files and the user's own folders are."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _bundled(inside: str, beside: str) -> Path:
    packed = _PACKAGE / inside
    return packed if packed.is_dir() else _PACKAGE.parent / beside


def resources() -> Path:
    """Icons, fonts, translations, data, help."""
    return _bundled("_resources", "resources")


def migrations() -> Path:
    """The Alembic scripts."""
    return _bundled("_db", "db")


def user_data() -> Path:
    """Where the office's database stands unless somebody says otherwise."""
    import platformdirs  # here: only the program's own start needs the user's folders

    return Path(platformdirs.user_data_dir("LiaisonDesk", appauthor=False))


def user_log() -> Path:
    import platformdirs

    return Path(platformdirs.user_log_dir("LiaisonDesk", appauthor=False))


def default_database() -> str:
    """``LIAISON_DESK_DATABASE`` or the file in the user's data folder."""
    return os.environ.get("LIAISON_DESK_DATABASE") or str(user_data() / "office.db")
