"""Starts the window: reads the arguments, shows the sign-in, and gives the window its way into an office.

The one place that knows both the window and the database. What is heavy (SQLAlchemy, the places) is imported
when it is first needed, so that the sign-in stands at once.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from liaison_desk import paths, settings
from liaison_desk.app_office import damaged, demo_people
from liaison_desk.core.errors import OfficeUnusable
from liaison_desk.core.words import msg
from liaison_desk.ui.background import Progress
from liaison_desk.ui.opening import Hindered, Hindrance, OfficeFacts, SetUp, SignedIn
from liaison_desk.ui.signin import PRODUCT

if TYPE_CHECKING:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.desk.doubt import ClockWatch
    from liaison_desk.desk.work import SeatMark
    from liaison_desk.store.database import Database


SWITCH_SECONDS = 0.0005
"""So long a reading thread may go on after the window's thread has asked for its turn."""


class Office:
    """The way into one office at a time (``ui.opening.Opening``); used from the window's lanes."""

    def __init__(self, address: str, clock: Callable[[], datetime] | None = None) -> None:
        self._address = address
        self._clock = clock or (lambda: datetime.now(UTC))
        self._real_clock = clock is None
        self._clock_watch: ClockWatch | None = None
        self._database: Database | None = None
        self._seat: SeatMark | None = None
        self._held = contextlib.ExitStack()
        self._folder: Path | None = None

    @property
    def address(self) -> str:
        return self._address

    @property
    def where(self) -> str:
        if "://" not in self._address:
            return str(Path(self._address).expanduser().absolute())
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            return make_url(self._address).render_as_string(hide_password=True)
        except ArgumentError:
            return self._address

    def use(self, where: str) -> None:
        self._close()
        self._address = where

    def _close(self) -> None:
        self._held.close()
        self._held = contextlib.ExitStack()
        if self._database is not None:
            self._database.close()
            self._database = None

    # Looking -------------------------------------------------------------------------------------------

    def look(self) -> OfficeFacts | Hindered:
        """Open the office as far as its sign-in, or say what stands in the way."""
        from liaison_desk.store import restoring, schema
        from liaison_desk.store.database import Database

        self._close()
        try:
            database = Database(self._address)
            if not database.exists():
                schema.require_current(database)
            if damaged(database):
                return self._hindered_by_damage(database)
            revision = schema.current(database)
            if revision != schema.newest():
                schema.require_current(database)
            facts = self._facts(database)
            self._held.enter_context(restoring.hold_lock(database))
        except OfficeUnusable as error:
            return Hindered(self._kind(), self.where, error)
        self._database = database
        return facts

    def _kind(self) -> Hindrance:
        """Which obstacle it is, asked of the place itself once more."""
        from liaison_desk.store import schema
        from liaison_desk.store.database import Database

        try:
            database = Database(self._address)
            if not database.exists():
                return Hindrance.MISSING
            revision = schema.current(database)
        except OfficeUnusable:
            return Hindrance.OTHER
        if revision is None:
            return Hindrance.MISSING
        older = revision != schema.newest() and schema.known(revision)
        return Hindrance.OLDER if older else Hindrance.OTHER

    def _hindered_by_damage(self, database: Database) -> Hindered:
        from liaison_desk.store import backup

        error = OfficeUnusable(
            msg(
                "{where} is damaged or not an office database. Nothing was changed. "
                "Restore the last verified backup (restore), or choose another file.",
                where=str(database),
            )
        )
        for made, path in backup.backups(backup.default_folder(database)):
            verdict = backup.verify(path)
            if verdict.readable and verdict.sound:
                return Hindered(Hindrance.DAMAGED, self.where, error, path.name, verdict.made_at or made)
        return Hindered(Hindrance.DAMAGED, self.where, error)

    def _facts(self, database: Database) -> OfficeFacts:
        from liaison_desk.desk.work import SYSTEM, Work

        with database.reading() as session:
            office = Work(session, SYSTEM, self._mark(), self._clock()).settings
            people = demo_people(session) if office.demo else ()
        return OfficeFacts(self.where, office.office_name, office.demo, people)

    # Coming in -----------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str) -> SignedIn:
        from liaison_desk.store.models import Person

        desk = self._door().sign_in(login, password)
        with desk.database.reading() as session:
            person = session.get(Person, desk.actor.person_id)
            must_change = person is not None and person.must_change
        return SignedIn(desk, must_change)

    def recover(self, login: str, code: str, password: str) -> str:
        from liaison_desk.desk.office import RecoverAdministrator

        command = RecoverAdministrator(login=login, code=code, password=password, system_user=_user())
        return self._door().as_system().do(command)

    def _door(self) -> Desk:
        """Nobody's door to the open office."""
        from liaison_desk.desk.desk import Desk

        if self._database is None:
            raise OfficeUnusable(
                msg("The office is not open. Nothing was changed. Close the program and start it again.")
            )
        return Desk(self._database, seat=self._mark(), clock=self._clock, watch=self._watch())

    def _mark(self) -> SeatMark:
        from liaison_desk.desk.desk import this_seat

        if self._seat is None:
            self._seat = this_seat()
        return self._seat

    def _watch(self) -> ClockWatch:
        """One for the window, whoever signs in: what it has seen of this computer's clock stays known."""
        from liaison_desk.desk.doubt import ClockWatch

        if self._clock_watch is None:
            self._clock_watch = ClockWatch() if self._real_clock else ClockWatch(None, None)
        return self._clock_watch

    # Making and mending --------------------------------------------------------------------------------

    def set_up(self, plan: SetUp) -> str:
        from liaison_desk.desk.desk import Desk
        from liaison_desk.desk.office import SetUpOffice
        from liaison_desk.store import schema
        from liaison_desk.store.database import Database

        self.use(plan.where)
        database = Database(plan.where)
        try:
            # Tables without an office are left by an attempt whose answers were refused.
            if not database.exists() or schema.current(database) is None:
                schema.create(database)
            return (
                Desk(database, seat=self._mark(), clock=self._clock, watch=self._watch())
                .as_system()
                .do(
                    SetUpOffice(
                        name=plan.name,
                        admin=plan.admin,
                        password=plan.password,
                        institutions=plan.institutions,
                        system_user=_user(),
                    )
                )
            )
        finally:
            database.close()

    def make_demo(self, progress: Progress) -> None:
        import shutil
        import tempfile

        from liaison_desk.desk import demo
        from liaison_desk.store.database import Database

        folder = Path(tempfile.mkdtemp(prefix="liaison-desk-demo-"))
        database = Database(folder / "office.db")
        try:
            demo.make_demo(database, progress=lambda done, total: progress(done, total))
        except BaseException:
            database.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        database.close()
        self._throw_away()
        self._folder = folder
        self.use(str(database.path))

    def upgrade(self, progress: Progress) -> str:
        from liaison_desk.desk import keeping
        from liaison_desk.store.database import Database

        self._close()
        database = Database(self._address)
        try:
            made = keeping.upgrade_office(database, _user(), clock=self._clock)
        finally:
            database.close()
        return made.backup.name if made.backup is not None else "–"

    def restore(self, progress: Progress) -> str:
        from liaison_desk.desk import keeping
        from liaison_desk.store import backup
        from liaison_desk.store.database import Database

        self._close()
        database = Database(self._address)
        for _, path in backup.backups(backup.default_folder(database)):
            verdict = backup.verify(path)
            if verdict.readable and verdict.sound:
                return keeping.restore_office(database, path, _user(), self._clock).kept
        raise OfficeUnusable(
            msg("No sound backup was found. Nothing was changed. Choose one with the command restore FILE.")
        )

    def leave(self) -> None:
        if self._database is not None:
            # A database that is away keeps nobody from closing the window; the seat is forgotten by time.
            with contextlib.suppress(OfficeUnusable):
                self._door().leave()
        self._close()
        self._throw_away()

    def _throw_away(self) -> None:
        if self._folder is not None:
            import shutil

            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


@dataclass(frozen=True)
class Arguments:
    """What the command line says about the window."""

    demo: bool
    database: str
    language: str


def _arguments(argv: Sequence[str] | None, chosen: settings.UserSettings) -> Arguments:
    parser = argparse.ArgumentParser(prog="liaison-desk")
    parser.add_argument("--demo", action="store_true")
    parser.add_argument("--database", default="")
    parser.add_argument("--lang", choices=("zh_CN", "en"), default="")
    found = parser.parse_args(argv)
    named = found.database or os.environ.get("LIAISON_DESK_DATABASE", "")
    return Arguments(
        demo=found.demo,
        database=named or chosen.database or paths.default_database(),
        language=found.lang or chosen.language,
    )


def _log_to_file() -> None:
    """Keep a log of sentences (without the values of cases) for whoever helps."""
    from logging.handlers import RotatingFileHandler

    folder = paths.user_log()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "window.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        # Without a place for a log the window works all the same.
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("liaison_desk")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    root.info("started %s", datetime.now(UTC).isoformat(timespec="seconds"))


def main(argv: Sequence[str] | None = None) -> int:
    """The window: ``--demo``, ``--database PATH-or-URL``, ``--lang``. Gives the exit code."""
    import multiprocessing

    # In a frozen build a spawned process begins here, too.
    multiprocessing.freeze_support()
    # Python's own 5 ms add up to blocks that hands feel when the window asks readers to let it go on.
    sys.setswitchinterval(SWITCH_SECONDS)
    chosen = settings.load()
    wanted = _arguments(argv, chosen)
    from PySide6.QtWidgets import QApplication

    from liaison_desk.ui import crash, theme
    from liaison_desk.ui.window import MainWindow

    application = QApplication(sys.argv[:1])
    application.setApplicationName("LiaisonDesk")
    present = theme.apply(application, chosen.theme, chosen.scale, wanted.language, compact=chosen.compact)
    chosen.language = wanted.language
    crash.install(application)

    def name() -> None:
        application.setApplicationDisplayName(present.say(PRODUCT))

    present.language_changed.connect(name)
    name()
    window = MainWindow(Office(wanted.database), chosen)
    if wanted.demo:
        window.start_demo()
    else:
        window.start()
    _log_to_file()
    return int(application.exec())


if __name__ == "__main__":
    sys.exit(main())
