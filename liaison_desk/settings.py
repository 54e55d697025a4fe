"""This user's own settings: language, theme, text size, the office last opened, and what pages remember.

One JSON file in the user's configuration folder. It is no work of the office: a file that cannot be read or
written is said in the log, and the program goes on with its defaults.
"""

from __future__ import annotations

import json
import logging
import os
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

_log = logging.getLogger(__name__)

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST = 20_000
"""Characters of one remembered text; a longer one is not kept."""


def default_file() -> Path:
    """``settings.json`` in the user's configuration folder."""
    return Path(platformdirs.user_config_dir("LiaisonDesk", appauthor=False)) / "settings.json"


@dataclass
class UserSettings:
    """What this system user chose; the office's own numbers are in core.office."""

    language: str = "zh_CN"
    theme: str = "light"
    scale: float = 1.0
    compact: bool = False
    sound: bool = True
    """Whether new work is heard."""
    volume: int = 60
    """Of that sound, 0 to 100."""
    tray: bool = True
    """Whether a message in the tray tells of new work."""
    quiet_from: str = ""
    quiet_until: str = ""
    """"HH:MM" of the office's clock; between them new work is not heard. Empty: no quiet hours."""
    database: str = ""
    """Path or address of the office opened last; empty: the default place."""
    offices: dict[str, str] = field(default_factory=dict)
    """Names of offices by their path or address, to greet with before anything is opened."""
    logins: dict[str, str] = field(default_factory=dict)
    """The login used last, by office."""
    remembered: dict[str, str] = field(default_factory=dict)
    """Texts that pages keep (column layouts, widths), each under its person's login."""
    file: Path | None = field(default=None, compare=False, repr=False)
    """Where it is kept; None: nowhere (tests, throw-away demo)."""

    def recall(self, login: str, name: str, default: str = "") -> str:
        """What ``remember`` kept for this person."""
        return self.remembered.get(f"{login}/{name}", default)

    def remember(self, login: str, name: str, text: str) -> None:
        """Keep a text for this person; written at once if it is a new one."""
        key = f"{login}/{name}"
        if len(text) <= LONGEST and self.remembered.get(key) != text:
            self.remembered[key] = text
            self.save()

    def save(self) -> bool:
        """Write the file whole or not at all; says whether that was possible."""
        if self.file is None:
            return False
        values = {key: value for key, value in asdict(self).items() if key != "file"}
        text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)
        import tempfile

        part: str | None = None
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.file.parent, prefix=".settings-", suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, self.file)
        except OSError as error:
            _log.warning("settings cannot be written: %s", error.strerror)
            if part is not None:
                Path(part).unlink(missing_ok=True)
            return False
        return True


def load(file: Path | None = None) -> UserSettings:
    """The settings of that file; whatever is missing or makes no sense in it has its default."""
    where = file or default_file()
    settings = UserSettings(file=where)
    try:
        found = json.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return settings
    except (OSError, ValueError) as error:
        _log.warning("settings cannot be read: %s", type(error).__name__)
        return settings
    if not isinstance(found, dict):
        return settings
    for spec in fields(UserSettings):
        if spec.name in found and spec.name != "file" and _fits(spec.name, found[spec.name]):
            setattr(settings, spec.name, found[spec.name])
    return settings


def _fits(name: str, value: Any) -> bool:
    match name:
        case "language":
            return value in ("zh_CN", "en")
        case "theme":
            return value in ("light", "dark", "contrast")
        case "scale":
            return type(value) in (int, float) and 1.0 <= value <= 2.0
        case "compact" | "sound" | "tray":
            return isinstance(value, bool)
        case "volume":
            return type(value) is int and 0 <= value <= 100
        case "database":
            return isinstance(value, str)
        case "quiet_from" | "quiet_until":
            return isinstance(value, str) and (not value or _CLOCK.fullmatch(value) is not None)
        case _:
            return isinstance(value, dict) and all(
                isinstance(key, str) and isinstance(text, str) for key, text in value.items()
            )
