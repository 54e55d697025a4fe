"""What a person can do, with its key: the one list behind buttons, menus, palette and the help on keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liaison_desk.core.words import Message


@dataclass(frozen=True)
class ActionSpec:
    """One action. ``enabled`` is asked whenever selection or state changes; ``keys`` as Qt writes them.

    A single letter as key works only while no text field has the focus.
    """

    name: str
    title: Message
    run: Callable[[], None]
    keys: str = ""
    icon: str = ""
    enabled: Callable[[], bool] = lambda: True
    primary: bool = False
    why_not: Callable[[], Message | None] = lambda: None
    """Why it is not enabled, for the tooltip."""
