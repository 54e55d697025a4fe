"""A place in the window: what it shows, which changes it listens to, which actions it offers."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from liaison_desk.core.words import Message
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.context import Context


class Page(QWidget):
    """Base of all places. A page never updates itself after its own command: it hears of it by ``hear``."""

    key: ClassVar[str]
    title: ClassVar[Message]
    icon: ClassVar[str]
    kinds: ClassVar[frozenset[str]] = frozenset()
    """Table names whose changes concern this page."""
    costly: ClassVar[bool] = False
    """Whether it adds up the whole office: it is read when it is shown, not while it is hidden."""

    badge_changed = Signal(int, bool)
    """Number beside the place in the rail, and whether it is a matter of alarm (overdue)."""
    selection_changed = Signal()
    """The window enables actions anew."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    @classmethod
    def offered(cls, context: Context) -> bool:
        """Whether this person has this place at all."""
        return True

    def refresh(self) -> None:
        """Read anew and show only the differences: selection, scroll and open editors stay."""

    def hear(self, kinds: frozenset[str]) -> None:
        """Somebody changed something; by default the page reads anew if it concerns it."""
        if kinds & self.kinds:
            self.refresh()

    def tick(self) -> None:
        """Once a second: countdowns move on."""

    def actions_offered(self) -> list[ActionSpec]:
        """What can be done here, in the order of the action bar."""
        return []

    def detail(self) -> QWidget | None:
        """The pane on the right of the window, if this place has one."""
        return None

    def search(self, words: str) -> None:
        """The search field at the top was settled while this place is shown."""

    def show_item(self, item_id: int) -> None:
        """Show this one of its things with its details (a request in the queue, a case among the cases)."""

    def show_filter(self, key: str) -> None:
        """Show only what is behind that figure of the bars (``waiting``, ``soon``); without any, all."""

    def take_focus(self) -> None:
        """The place was opened: put the focus where the hand goes first."""
        self.setFocus()
