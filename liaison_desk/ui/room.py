"""The frame round the places while one person is signed in: rail, bars, pages, details, actions, the watcher.

A room belongs to one person. When somebody else signs in it is thrown away whole, so that nothing in it can
be seen by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from liaison_desk.core.errors import DeskError, NotAllowed
from liaison_desk.core.office import OfficeSettings
from liaison_desk.core.roles import POLICE, ROLE_WORDS
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.doubt import ConfirmTime, clock_state
from liaison_desk.desk.lists import queue
from liaison_desk.desk.office import InstitutionRow, institutions, office_settings
from liaison_desk.desk.shifts import ShiftBar, shift_bar
from liaison_desk.ui import palettesearch
from liaison_desk.ui.banner import Banner
from liaison_desk.ui.bottombar import BottomBar
from liaison_desk.ui.context import Context
from liaison_desk.ui.detailsplit import DetailSplit
from liaison_desk.ui.doing import carry_out
from liaison_desk.ui.keys import ActionTable, KeysHelp
from liaison_desk.ui.lock import holds_typed_text
from liaison_desk.ui.mentions import Mentions
from liaison_desk.ui.newwork import NewWorkNotice
from liaison_desk.ui.ownpassword import OwnPasswordDialog
from liaison_desk.ui.page import Page
from liaison_desk.ui.palette import Entry, Palette
from liaison_desk.ui.personmenu import PersonMenu
from liaison_desk.ui.places import Place, places
from liaison_desk.ui.presence import Presences
from liaison_desk.ui.rail import Rail
from liaison_desk.ui.safekeeping import SafeKeeping
from liaison_desk.ui.soundness import SoundnessDialog
from liaison_desk.ui.theme import look
from liaison_desk.ui.topbar import TopBar
from liaison_desk.ui.watcher import Watcher
from liaison_desk.ui.windowactions import window_actions

NARROW_BELOW = 1180
"""Windows that are narrower, at 100 %, show the rail as icons."""


HIDDEN_MS = 5_000
"""Places that are not shown read anew so often at most, however much is recorded."""


class Room(QWidget):
    """Everything inside the window while one person works."""

    lock_wanted = Signal()
    switch_wanted = Signal()
    sign_out_wanted = Signal()
    close_wanted = Signal()
    expelled = Signal(object)
    """The door no longer knows this sign-in; the DeskError says why."""
    look_wanted = Signal(str, object)
    """``language``, ``theme``, ``scale`` or ``compact``, and its new value."""
    place_changed = Signal()

    def __init__(self, context: Context, offered: Sequence[Place] | None = None) -> None:
        super().__init__()
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = context
        self.places = {p.page.key: p for p in (places(context) if offered is None else offered)}
        self.pages: dict[str, Page] = {}
        self._current = ""
        self._checked: int | None = None
        self._unheard: dict[str, frozenset[str]] = {}
        self._hidden_turn = QTimer(self)
        self._hidden_turn.setSingleShot(True)
        self._hidden_turn.setInterval(HIDDEN_MS)
        self._hidden_turn.timeout.connect(self._tell_hidden)
        self.watcher = Watcher(context.background, self)
        context.presences = self.presences = Presences(context, self)
        self.top = TopBar()
        self.banner = Banner()
        self.clock_banner = Banner()
        self.rail = Rail([place.stop(n) for n, place in enumerate(self.places.values(), 1)])
        self.bottom = BottomBar(context.zone)
        self.sides = DetailSplit(context)
        self._actions = ActionTable(self)
        self.palette_window = Palette(self, context.background, self._entries, self._search)
        self._lay_out()
        self._connect()
        self._name_person()
        self.safekeeping = SafeKeeping(context, self)
        self.new_work = NewWorkNotice(context, self)
        self.mentions = Mentions(context, self)
        self.top.add_mark(self.mentions)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)

    # Life ----------------------------------------------------------------------------------------------

    def begin(self, place: str = "") -> None:
        """Show the first place (or the named one), start watching, read the bars."""
        first = place if place in self.places else next(iter(self.places), "")
        if first:
            self.show_place(first)
        self.watcher.watch(self.context.desk)
        self.new_work.begin()
        self.mentions.refresh()
        self.presences.begin()
        self.read_bar()
        self._second.start()
        # The other places are made once the first is painted: their badges are wanted at once.
        QTimer.singleShot(0, self, self._make_rest)

    def end(self) -> None:
        """Stop watching; nothing more is read for this person."""
        self._second.stop()
        self._hidden_turn.stop()
        self.watcher.watch(None)
        self.safekeeping.stop()
        self.context.ways.ended.emit()
        self.presences.end()
        self.new_work.end()
        self.palette_window.forget()
        self.top.clear_search()

    def tick(self) -> None:
        """One second has gone."""
        page = self.page
        if page is not None and page.isVisible():
            page.tick()
        self.bottom.tick(self.context.now())

    @property
    def page(self) -> Page | None:
        return self.pages.get(self._current)

    @property
    def place(self) -> str:
        return self._current

    @property
    def place_title(self) -> Message | None:
        place = self.places.get(self._current)
        return place.page.title if place is not None else None

    @property
    def has_detail(self) -> bool:
        """Whether the present place has a pane on the right."""
        return self.page is not None and self.page.detail() is not None

    @property
    def keys(self) -> ActionTable:
        """What can be done now, and by which key."""
        return self._actions

    def has_typed_text(self) -> bool:
        """Whether somebody has typed something here or in a dialog that would be lost."""
        return holds_typed_text(self.window()) or any(
            holds_typed_text(dialog) for dialog in self.window().findChildren(QWidget) if dialog.isWindow()
        )

    # Parts ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.sides, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.banner)
        column.addWidget(self.clock_banner)
        column.addLayout(middle, 1)
        column.addWidget(self.bottom)

    def _connect(self) -> None:
        ways = self.context.ways
        ways.show_place.connect(self.show_place)
        ways.open_leg.connect(self._open_leg)
        ways.open_case.connect(self._open_case)
        ways.open_flow.connect(self._open_flow)
        ways.print_slips.connect(self._print_slips)
        self.rail.chosen.connect(self.show_place)
        self.top.searched.connect(self._searched)
        self.top.palette_wanted.connect(self.open_palette)
        self.top.menu_wanted.connect(self._open_menu)
        self.watcher.changed.connect(self._changed)
        self.watcher.seats_changed.connect(self.top.set_seats)
        self.watcher.seats_changed.connect(self.presences.set_seats)
        self.watcher.trouble.connect(self.banner.tell)
        look().theme_changed.connect(self._fit)
        for item in (self.bottom.stopped, self.bottom.frozen, self.bottom.returned):
            item.lead_to(self._way_to("money") or self._way_to("shift"))
        self.bottom.oldest.lead_to(self._way_to("queue", "waiting"))
        self.bottom.ending.lead_to(self._way_to("clocks") or self._way_to("queue", "soon"))
        self.bottom.backup.lead_to(self._way_to("office"))
        self.bottom.audit.lead_to(self.open_soundness)

    def _way_to(self, key: str, chip: str = "") -> Callable[[], None] | None:
        """A click that opens a place, with that filter, where this person has it."""
        if key not in self.places:
            return None

        def go() -> None:
            self.show_place(key)
            if chip:
                self.pages[key].show_filter(chip)

        return go

    def _name_person(self) -> None:
        actor, context = self.context.desk.actor, self.context
        institution = context.institution(actor.institution) if actor.institution != POLICE else None
        self.top.set_person(actor.name, ROLE_WORDS[actor.role], institution)
        self.top.set_office(context.office.office_name, context.zone)
        self.top.offer_search(context.desk.may_read(queue))

    # Places --------------------------------------------------------------------------------------------

    def show_place(self, key: str) -> None:
        """Open a place; one that this person does not have is left alone."""
        if key not in self.places:
            return
        page = self._made(key)
        self._current = key
        if (unheard := self._unheard.pop(key, None)) is not None:
            page.hear(unheard)
        self.sides.show_page(page)
        self.rail.show_current(key)
        self._offer_actions()
        page.search(self.top.search.text().strip())
        page.take_focus()
        self.place_changed.emit()

    def _made(self, key: str) -> Page:
        if key in self.pages:
            return self.pages[key]
        page = self.places[key].page(self.context)
        self.pages[key] = page
        page.badge_changed.connect(lambda count, alarm: self.rail.set_badge(key, count, alarm))
        page.selection_changed.connect(self._selected)
        self.sides.add_page(page)
        if page.costly:
            self._unheard[key] = page.kinds
        else:
            page.refresh()
        return page

    def _make_rest(self) -> None:
        """One page at each turn of the loop, so that the window answers meanwhile."""
        missing = next((key for key in self.places if key not in self.pages), None)
        if missing is not None:
            self._made(missing)
            QTimer.singleShot(0, self, self._make_rest)

    def toggle_detail(self) -> None:
        """Show or hide the pane on the right; its width stays."""
        self.sides.toggle()

    def _fit(self) -> None:
        self.rail.set_narrow(self.width() < look().px(NARROW_BELOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Ways ----------------------------------------------------------------------------------------------

    def _open_leg(self, leg_id: int) -> None:
        self.show_place("queue")
        page = self.pages.get("queue")
        if page is not None:
            page.show_item(leg_id)

    def _open_case(self, case_id: int) -> None:
        self.show_place("cases")
        page = self.pages.get("cases")
        if page is not None:
            page.show_item(case_id)

    def _open_flow(self, case_id: int) -> None:
        self.show_place("flow")
        page = self.pages.get("flow")
        if page is not None:
            page.show_item(case_id)

    def _print_slips(self, numbers: tuple[str, ...]) -> None:
        from liaison_desk.ui import preview

        preview.show_slips(self.context, numbers, self)

    def _searched(self, words: str) -> None:
        page = self.page
        if page is not None:
            page.search(words)
            if words:
                self.context.desk.viewed("search", words=words, place=self._current)

    # Changes -------------------------------------------------------------------------------------------

    def _changed(self, kinds: frozenset[str]) -> None:
        if kinds & {"setting", "institution"}:
            self._read_office()
        for key, page in list(self.pages.items()):
            if key == self._current:
                page.hear(kinds)
            else:
                self._unheard[key] = self._unheard.get(key, frozenset()) | kinds
        if self._unheard and not self._hidden_turn.isActive():
            self._hidden_turn.start()
        self.new_work.hear(kinds)
        self.mentions.hear(kinds)
        self.read_bar()

    def _tell_hidden(self) -> None:
        """The places that nobody looks at hear together of what came meanwhile: only their badges show it."""
        for key in [key for key in self._unheard if not self.pages[key].costly]:
            self.pages[key].hear(self._unheard.pop(key))

    def read_bar(self) -> None:
        """The figures of both bars; also how this window learns that its sign-in has ended."""
        desk = self.context.desk
        stamp = desk.actor.stamp
        self.context.background.read(
            lambda: (desk.read(shift_bar), desk.read(clock_state).reason),
            self._show_bar,
            failed=lambda error: self._no_bar(error, stamp),
            key="bar",
            owner=self,
        )

    def _show_bar(self, found: tuple[ShiftBar, Message | None]) -> None:
        bar, doubt = found
        self._tell_doubt(doubt)
        self.bottom.set_bar(bar, self.context.now())
        self.top.set_bar(bar)

    def _tell_doubt(self, reason: Message | None) -> None:
        """While this computer's clock is in doubt a line says so, on every place (D4)."""
        if reason is None:
            self.clock_banner.tell(None)
        else:
            self.clock_banner.tell(
                DeskError(
                    msg(
                        "{reason} Entries are marked and no lapse is entered until it is right; "
                        "a lead can confirm the time.",
                        reason=reason,
                    )
                )
            )

    def confirm_time(self) -> None:
        carry_out(self.context, [ConfirmTime()], lambda _: msg("Time of this computer confirmed"), self)

    def _no_bar(self, error: DeskError, stamp: int) -> None:
        if not isinstance(error, NotAllowed):
            # The banner says it; the watcher takes it away again.
            self.banner.tell(error)
        elif self.context.desk.actor.stamp != stamp:
            self.read_bar()
        else:
            self.expelled.emit(error)

    def _read_office(self) -> None:
        desk = self.context.desk

        def read() -> tuple[OfficeSettings, tuple[InstitutionRow, ...]]:
            return desk.read(office_settings), desk.read(institutions, all_of_them=True)

        self.context.background.read(
            read, self._office_changed, failed=lambda _: None, key="office", owner=self
        )

    def _office_changed(self, found: tuple[OfficeSettings, tuple[InstitutionRow, ...]]) -> None:
        self.context.office = found[0]
        self.context.institutions = {row.code: row for row in found[1]}
        self._name_person()
        for page in self.pages.values():
            page.refresh()
        self.place_changed.emit()

    # Actions -------------------------------------------------------------------------------------------

    def _selected(self) -> None:
        if self.sender() is self.page:
            self._offer_actions()

    def _offer_actions(self) -> None:
        page = self.page
        self._actions.offer(window_actions(self), page.actions_offered() if page is not None else [])

    def refresh(self) -> None:
        if self.page is not None:
            self.page.refresh()
        self.read_bar()

    def focus_search(self) -> None:
        """Into the search field; who has nothing to search through finds actions."""
        if self.top.search.isHidden():
            self.open_palette()
            return
        self.top.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top.search.selectAll()

    def open_palette(self) -> None:
        self.palette_window.summon(self.top.search.text() if self.top.search.hasFocus() else "")

    def open_keys(self) -> None:
        KeysHelp(self._actions.groups(), self).open()

    def change_password(self) -> None:
        OwnPasswordDialog(self.context, self).open()

    def open_soundness(self) -> None:
        dialog = SoundnessDialog(self.context, self)
        dialog.checked.connect(self._sound)
        dialog.open()

    def _sound(self, entries: int) -> None:
        self.bottom.set_checked(entries)
        self.read_bar()

    def _entries(self) -> Sequence[Entry]:
        return self._actions.entries()

    def _search(self, text: str) -> Sequence[Entry]:
        return palettesearch.find(self.context, text)

    # The person's menu ---------------------------------------------------------------------------------

    def _open_menu(self, at: QPoint) -> None:
        self.person_menu().popup(at)

    def person_menu(self) -> PersonMenu:
        """Switching, locking, password, language, colours, text size, sound, leaving."""
        menu = PersonMenu(self._actions, self.context.settings, self)
        menu.wanted.connect(self.look_wanted)
        return menu
