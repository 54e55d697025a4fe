"""What can be done from everywhere in the window, with its key: places, search, palette, person, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison_desk.core.words import msg
from liaison_desk.desk.doubt import ConfirmTime
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.ownactions import own_actions
from liaison_desk.ui.personmenu import next_scale

if TYPE_CHECKING:
    from liaison_desk.ui.room import Room


def window_actions(room: Room) -> list[ActionSpec]:
    """All that the window offers beside the present page, in the order of the help on keys."""
    specs = [
        ActionSpec("palette", msg("Command palette"), room.open_palette, "Ctrl+K", "command"),
        ActionSpec("find", msg("Search"), room.focus_search, "Ctrl+F", "search"),
        ActionSpec("refresh", msg("Read anew"), room.refresh, "F5", "refresh-cw"),
        ActionSpec(
            "undo",
            msg("Undo my last step"),
            messages.undo,
            "Ctrl+Z",
            "undo-2",
            enabled=messages.can_undo,
            why_not=lambda: msg("Offered for ten seconds, as long as nothing has followed."),
        ),
    ]
    for number, (key, place) in enumerate(room.places.items(), 1):
        specs.append(
            ActionSpec(
                f"place-{key}",
                msg("Go to {place}", place=place.page.title),
                lambda key=key: room.show_place(key),  # type: ignore[misc]  # mypy cannot type a default
                f"Ctrl+{number}" if number <= 9 else "",
                place.page.icon,
            )
        )
    specs += _borrowed(room)
    specs += [
        ActionSpec(
            "detail",
            msg("Show or hide the details"),
            room.toggle_detail,
            "F9",
            "eye",
            enabled=lambda: room.has_detail,
        ),
        ActionSpec(
            "larger",
            msg("Larger text"),
            lambda: room.look_wanted.emit("scale", next_scale(+1)),
            "Ctrl++",
            "chevron-up",
        ),
        ActionSpec(
            "smaller",
            msg("Smaller text"),
            lambda: room.look_wanted.emit("scale", next_scale(-1)),
            "Ctrl+-",
            "chevron-down",
        ),
        ActionSpec(
            "mentions",
            msg("Notes to take note of"),
            room.mentions.open,
            "Ctrl+M",
            "bell",
            enabled=lambda: bool(room.mentions.notes),
            why_not=lambda: msg("No note calls your institution."),
        ),
        *own_actions(room),
        ActionSpec("password", msg("Change my password"), room.change_password, "", "pencil"),
        *_time_action(room),
        ActionSpec("chain", msg("Check the audit chain"), room.open_soundness, "", "shield-check"),
        ActionSpec("lock", msg("Lock the window"), room.lock_wanted.emit, "Ctrl+L", "lock"),
        ActionSpec("switch", msg("Switch person"), room.switch_wanted.emit, "Ctrl+Shift+S", "users"),
        ActionSpec("sign-out", msg("Sign out"), room.sign_out_wanted.emit, "Ctrl+Shift+Q", "log-out"),
        ActionSpec("keys", msg("Help on keys"), room.open_keys, "F1", "keyboard"),
    ]
    return specs


def _time_action(room: Room) -> list[ActionSpec]:
    """A lead may say that this computer's clock is right, while it is in doubt."""
    if not room.context.desk.may(ConfirmTime):
        return []
    return [
        ActionSpec(
            "confirm-time",
            msg("Confirm this computer's time"),
            room.confirm_time,
            "",
            "clock",
            enabled=lambda: not room.clock_banner.isHidden(),
            why_not=lambda: msg("The time of this computer is not in doubt."),
        )
    ]


def _borrowed(room: Room) -> list[ActionSpec]:
    """What is wanted from everywhere though it belongs to one place: a new case."""
    own = room.page.actions_offered() if room.page is not None else []
    names = {spec.name for spec in own}
    found = []
    for key, page in room.pages.items():
        if key == room.place:
            continue
        for spec in page.actions_offered():
            if spec.keys == "Ctrl+N" and spec.name not in names:
                names.add(spec.name)
                found.append(spec)
    return found
