"""The program's one window: who is in front of it, and what stands there for them.

It shows the sign-in at once, before anything heavy is loaded, and a Room for each person who comes in. What
belongs to a person lives in their room, their dialogs and the clipboard; all of it goes when they do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget

from liaison_desk.core.errors import DeskError, OfficeUnusable
from liaison_desk.core.words import msg
from liaison_desk.settings import UserSettings
from liaison_desk.ui import lock, messages, placement, theme
from liaison_desk.ui.background import Background
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.entering import come_in, load_room
from liaison_desk.ui.lockdialog import LockDialog
from liaison_desk.ui.opening import Hindered, Hindrance, OfficeFacts, Opening, SignedIn
from liaison_desk.ui.signin import PRODUCT, SignIn
from liaison_desk.ui.theme import look, say
from liaison_desk.ui.uncover import HoldToShow

if TYPE_CHECKING:
    from liaison_desk.core.office import OfficeSettings
    from liaison_desk.desk.office import InstitutionRow
    from liaison_desk.ui.entering import Entered
    from liaison_desk.ui.firststart import FirstStart
    from liaison_desk.ui.obstacle import Obstacle
    from liaison_desk.ui.room import Room


FIRST_PAINT_MS = 20
"""Loading what the office needs would keep the first picture waiting if it began before."""

BackgroundMaker = Callable[[Callable[[DeskError], None]], Background]


class MainWindow(QMainWindow):
    """Sign-in, assistant, obstacle, curtain or room: one of them is shown."""

    def __init__(
        self,
        opening: Opening,
        settings: UserSettings,
        *,
        make_background: BackgroundMaker | None = None,
        idle_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.opening, self.settings = opening, settings
        self.background = (
            make_background(self.tell)
            if make_background is not None
            else Background(self, on_error=self.tell)
        )
        self.room: Room | None = None
        self.facts: OfficeFacts | None = None
        self.locked: LockDialog | None = None
        self.clipboard = lock.Clipboard(self)
        self.idle = lock.IdleClock(self, idle_clock)
        self._curtain = lock.Curtain()
        self._waiting: list[DeskError] = []
        self._pending: tuple[Entered, str] | None = None
        self.leaving = False
        """The person has gone through what leaving asks: the window may close."""
        self._assistant: FirstStart | None = None
        self._obstacle: Obstacle | None = None
        self._stack = QStackedWidget()
        self.sign_in = SignIn()
        self._blank = EmptyState("lock", msg("Locked"))
        self._stack.addWidget(self.sign_in)
        self._stack.addWidget(self._blank)
        self.setCentralWidget(self._stack)
        messages.attach(self)
        self._connect(self.sign_in)
        self._idle_timer = QTimer(self)
        self._idle_timer.setInterval(1000)
        self._idle_timer.timeout.connect(self.check_idle)
        look().language_changed.connect(self._name)
        placement.restore(self, self.settings)
        self._name()

    # Opening an office ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the sign-in first; the office is opened once it is painted."""
        where = self.opening.where
        self.sign_in.greet(self.settings.offices.get(where, ""), self.settings.logins.get(where, ""))
        self.show()
        QTimer.singleShot(FIRST_PAINT_MS, self, self.begin)

    def start_demo(self) -> None:
        """Make a throw-away office, saying how far that is, and offer its people."""
        self._assist()
        self.show()
        assert self._assistant is not None
        self._assistant.run_long(msg("The demo office is being made…"), self.opening.make_demo)

    def begin(self) -> None:
        """Greet with what is known from last time, and look at the office meanwhile."""
        where = self.opening.where
        self.sign_in.greet(self.settings.offices.get(where, ""), self.settings.logins.get(where, ""))
        self._stack.setCurrentWidget(self.sign_in)
        self.sign_in.wait(msg("Opening the office…"))
        self.background.read(self.opening.look, self._looked, failed=self._not_looked, owner=self)

    def _looked(self, found: OfficeFacts | Hindered) -> None:
        if isinstance(found, OfficeFacts):
            self.facts = found
            self._greet()
            # What a signed-in window needs is loaded while the password is being typed.
            self.background.read(load_room, owner=self)
        elif found.kind is Hindrance.MISSING:
            self._assist()
        else:
            self._hinder(found)

    def _not_looked(self, error: DeskError) -> None:
        self._hinder(Hindered(Hindrance.OTHER, self.opening.where, error))

    def _greet(self) -> None:
        facts = self.facts
        if facts is None:
            return
        self.sign_in.wait(None)
        before = str(self.sign_in.form.fields["login"].value())
        typed = str(self.sign_in.form.fields["password"].value())
        login = before or self.settings.logins.get(self.opening.where, "")
        self.sign_in.greet(facts.name, "" if facts.demo else login, demo=facts.people)
        # What was typed while the office was being opened stays.
        self.sign_in.form.fields["password"].set_value(typed)
        self._stack.setCurrentWidget(self.sign_in)
        self._name()
        if not facts.demo:
            self.settings.offices[self.opening.where] = facts.name
            self.settings.database = self.opening.address
            self.settings.save()

    def _assist(self) -> None:
        if self._assistant is None:
            from liaison_desk.ui.firststart import FirstStart

            self._assistant = FirstStart(self.opening, self.background)
            self._assistant.ready.connect(self.begin)
            self._assistant.language_chosen.connect(lambda code: self.set_look("language", code))
            self._stack.addWidget(self._assistant)
        self._assistant.begin(self.opening.where)
        self._stack.setCurrentWidget(self._assistant)

    def _hinder(self, found: Hindered) -> None:
        if self._obstacle is None:
            from liaison_desk.ui.obstacle import Obstacle

            self._obstacle = Obstacle(self.opening, self.background)
            self._obstacle.resolved.connect(self.begin)
            self._obstacle.elsewhere.connect(self._assist)
            self._stack.addWidget(self._obstacle)
        self._obstacle.show_hindered(found)
        self._stack.setCurrentWidget(self._obstacle)

    # Signing in ----------------------------------------------------------------------------------------

    def _connect(self, sign_in: SignIn) -> None:
        sign_in.entered.connect(lambda login, password: self._enter(sign_in, login, password))
        sign_in.demo_chosen.connect(lambda login: self._enter(sign_in, login, "demo"))
        sign_in.password_chosen.connect(lambda new: self._renew(sign_in, new))
        sign_in.lost.connect(self._recover)
        sign_in.elsewhere.connect(self._assist)
        sign_in.language_chosen.connect(lambda code: self.set_look("language", code))
        sign_in.theme_chosen.connect(lambda name: self.set_look("theme", name))

    def _enter(self, sign_in: SignIn, login: str, password: str) -> None:
        opening = self.opening
        sign_in.wait(msg("Signing in…"))
        self.background.do(
            lambda: come_in(opening, login, password),
            lambda entered: self._entered(sign_in, entered, password),
            failed=sign_in.show_error,
            owner=sign_in,
        )

    def _entered(self, sign_in: SignIn, entered: Entered, password: str) -> None:
        if entered[0].must_change:
            self._pending = (entered, password)
            sign_in.ask_new_password()
            return
        self._settle(entered)

    def _renew(self, sign_in: SignIn, new: str) -> None:
        if self._pending is None:
            return
        from liaison_desk.ui.ownpassword import change_own_password

        entered, old = self._pending
        desk = entered[0].desk
        sign_in.wait(msg("Setting the password…"))
        self.background.do(
            lambda: change_own_password(desk, old, new),
            lambda _: self._settle(entered),
            failed=sign_in.show_error,
            owner=sign_in,
        )

    def _settle(self, entered: Entered) -> None:
        """Somebody has come in: back into their own room, or into a new one."""
        self._pending = None
        signed, office, rows = entered
        room, dialog = self.room, self.locked
        if dialog is not None:
            dialog.sign_in.clear()
            self.locked = None
            dialog.done(QDialog.DialogCode.Accepted)
            if room is not None and room.context.desk.actor.person_id == signed.desk.actor.person_id:
                room.context.desk.actor = signed.desk.actor
                self._unlock(room)
                return
            self._drop_room()
        self._open_room(signed, office, rows)

    def _open_room(self, signed: SignedIn, office: OfficeSettings, rows: tuple[InstitutionRow, ...]) -> None:
        from liaison_desk.ui.context import Context
        from liaison_desk.ui.room import Room

        context = Context(
            desk=signed.desk,
            background=self.background,
            office=office,
            institutions={row.code: row for row in rows},
            settings=self.settings,
        )
        self.room = room = Room(context)
        HoldToShow(room)
        room.lock_wanted.connect(self.lock)
        room.switch_wanted.connect(self.switch)
        room.sign_out_wanted.connect(self.sign_out)
        room.expelled.connect(self._expel)
        room.look_wanted.connect(self.set_look)
        room.place_changed.connect(self._name)
        self._stack.addWidget(room)
        self._stack.setCurrentWidget(room)
        self.sign_in.clear()
        if not office.demo:
            self.settings.logins[self.opening.where] = signed.desk.actor.login
            self.settings.save()
        room.begin(context.recall("place"))
        self.idle.touched()
        self._idle_timer.start()
        self._name()

    def _recover(self) -> None:
        from liaison_desk.ui.recovery import RecoveryDialog

        name = self.facts.name if self.facts is not None else ""
        dialog = RecoveryDialog(self.background, self.opening.recover, name, self)
        dialog.recovered.connect(lambda login: self.sign_in.greet(name, login))
        dialog.open()

    # Locking -------------------------------------------------------------------------------------------

    def check_idle(self) -> None:
        """Lock when nobody has touched the program for as long as the office allows."""
        if self.locked is not None:
            # Something may have opened a window meanwhile.
            self._curtain.draw(say(PRODUCT), self, self.locked)
        elif self.room is not None and self.idle.seconds >= self.room.context.office.idle_lock_minutes * 60:
            self.lock()

    def lock(self) -> None:
        """Cover everything until the same person comes back, or another takes the place."""
        room = self.room
        if room is None or self.locked is not None:
            return
        messages.forget()
        room.palette_window.hide()
        actor = room.context.desk.actor
        self.locked = dialog = LockDialog(self)
        self._curtain.draw(say(PRODUCT), self, dialog)
        self._stack.setCurrentWidget(self._blank)
        self._connect(dialog.sign_in)
        dialog.sign_in.greet_locked(actor.name, actor.login)
        self._name()
        dialog.show()

    def _unlock(self, room: Room) -> None:
        self._curtain.lift()
        self._stack.setCurrentWidget(room)
        self.idle.touched()
        self._name()
        room.refresh()
        waiting, self._waiting = self._waiting, []
        for error in waiting:
            messages.show_error(error)

    # Leaving -------------------------------------------------------------------------------------------

    def switch(self) -> None:
        """Another person takes the place, without going through one's claims."""
        if self.room is not None and self._may_drop():
            self._leave()

    def sign_out(self, then: Callable[[], None] | None = None) -> None:
        """The person goes: first their claims are listed, to be released, handed over or kept."""
        room = self.room
        if room is None or not self._may_drop():
            return
        from liaison_desk.ui.claims import settle_claims

        settle_claims(room.context, self, room, lambda: self._leave(then))

    def _may_drop(self) -> bool:
        room = self.room
        assert room is not None
        return not room.has_typed_text() or messages.ask(
            msg("Something you typed is not saved. Throw it away?"),
            msg("Throw it away"),
            no=msg("Go on typing"),
            parent=self,
        )

    def _leave(self, then: Callable[[], None] | None = None) -> None:
        room = self.room
        if room is None:
            return
        room.context.remember("place", room.place)
        desk = room.context.desk
        self._drop_room()
        self.background.do(desk.sign_out, failed=lambda error: self.sign_in.tell(error.message), owner=self)
        self._greet_next()
        if then is not None:
            then()

    def _expel(self, error: DeskError) -> None:
        """The account was changed or the institution has left: out at once, with the reason."""
        if self.room is None:
            return
        if self.locked is not None:
            dialog, self.locked = self.locked, None
            dialog.done(QDialog.DialogCode.Rejected)
        self._drop_room()
        self._greet_next()
        self.sign_in.tell(error.message)

    def _drop_room(self) -> None:
        """Nothing of the person stays: not in a window, not on the clipboard, not on its way."""
        room, self.room = self.room, None
        self._waiting = []
        self._idle_timer.stop()
        if room is not None:
            room.end()
        lock.drop_windows(self)
        # Whatever stood behind the curtain has just been dropped.
        self._curtain = lock.Curtain()
        lock.wipe(self.clipboard)
        self.background.drop_reads()
        if room is not None:
            room.hide()
            self._stack.removeWidget(room)
            room.deleteLater()
        self._name()

    def _greet_next(self) -> None:
        facts = self.facts
        self._stack.setCurrentWidget(self.sign_in)
        if facts is not None:
            self.sign_in.greet(facts.name, demo=facts.people)

    # The window ----------------------------------------------------------------------------------------

    def tell(self, error: DeskError) -> None:
        """An error that nobody else tells. While the window is locked it waits for its person."""
        if self.locked is not None:
            self._waiting.append(error)
        elif isinstance(error, OfficeUnusable) and self.room is not None and self.room.banner.isVisible():
            # The banner says already that the database is away; one box for each list would be in the way.
            return
        else:
            messages.show_error(error, self)

    def set_look(self, name: str, value: object) -> None:
        """Change language, theme, scale or compact rows, at once and for the next time."""
        setattr(self.settings, name, value)
        self.settings.save()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(
            application,
            self.settings.theme,
            self.settings.scale,
            self.settings.language,
            compact=self.settings.compact,
        )

    def _name(self) -> None:
        """The title tells the place only to the person who is there."""
        product = say(PRODUCT)
        if self.room is None or self.locked is not None:
            self.setWindowTitle(product)
            return
        place = self.room.place_title
        office = self.room.context.office.office_name
        self.setWindowTitle(
            " · ".join(part for part in (say(place) if place else "", office, product) if part)
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.room is not None and self.locked is None and not self.leaving:
            event.ignore()
            self.sign_out(self._close_after)
            return
        self._close_all()
        super().closeEvent(event)

    def _close_after(self) -> None:
        self.leaving = True
        self.close()

    def _close_all(self) -> None:
        if self.locked is not None:
            dialog, self.locked = self.locked, None
            dialog.done(QDialog.DialogCode.Rejected)
        self._drop_room()
        placement.keep(self, self.settings)
        self.background.close()
        self.opening.leave()
