"""What somebody sets for the own eyes and ears, with its key: notifications, high contrast, large text, own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison_desk.core.words import msg
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.notifications import NotificationsDialog
from liaison_desk.ui.theme import look

if TYPE_CHECKING:
    from liaison_desk.ui.room import Room

LARGE = 1.5
"""The text size that "large text" means; Ctrl+Plus goes on to 200 %."""


def own_actions(room: Room) -> list[ActionSpec]:
    """Reached from the palette and by their keys; colours and sizes also from the person's menu."""
    return [
        ActionSpec(
            "notifications",
            msg("Notifications and quiet hours"),
            lambda: NotificationsDialog(room.context.settings, room).open(),
            "",
            "bell",
        ),
        ActionSpec(
            "contrast", msg("High contrast on or off"), lambda: _contrast(room), "Ctrl+Alt+H", "contrast"
        ),
        ActionSpec(
            "large-text", msg("Large text on or off"), lambda: _large(room), "Ctrl+Alt+L", "chevron-up"
        ),
    ]


def _contrast(room: Room) -> None:
    """To high contrast, and back to light."""
    room.look_wanted.emit("theme", "light" if look().theme.name == "contrast" else "contrast")


def _large(room: Room) -> None:
    room.look_wanted.emit("scale", 1.0 if look().scale >= LARGE else LARGE)
