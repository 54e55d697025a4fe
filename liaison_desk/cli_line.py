"""What every command of the command line shares: which office, who acts, what is printed where."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liaison_desk import paths
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.words import LANGUAGES, Message, Say, load, msg

if TYPE_CHECKING:
    from liaison_desk.desk.desk import Desk
    from liaison_desk.store.database import Database

PASSWORD = "LIAISON_DESK_PASSWORD"
RECOVERY = "LIAISON_DESK_RECOVERY"

JsonFlag = Annotated[
    bool, typer.Option("--json", help=str(msg("One JSON document on standard output, nothing else.")))
]


def speech(language: str) -> Say:
    """Sentences in that language."""
    return load(language, paths.resources() / "i18n")


def language_of(arguments: list[str]) -> str:
    """The language asked for anywhere in the arguments, so that a mistake in them is told in it, too."""
    for position, argument in enumerate(arguments):
        value = ""
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        if value in LANGUAGES:
            return value
    return LANGUAGES[0]


@dataclass
class Line:
    """One call of the command line."""

    where: str = ""
    """Path or address of the office; empty: the default."""
    login: str = ""
    say: Say = field(default_factory=Say)
    as_json: bool = False

    # --- what is printed

    def tell(self, message: Message) -> None:
        """A sentence beside the result: always on standard error."""
        print(self.say(message), file=sys.stderr)

    def give(self, document: dict[str, Any], *lines: Message | str) -> None:
        """The result: the document with ``--json``, else the lines."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, indent=1))
            return
        for line in lines:
            print(line if isinstance(line, str) else self.say(line))

    # --- the office

    @contextlib.contextmanager
    def database(self, *, held: bool = True) -> Iterator[Database]:
        """The office's database; ``held``: nobody restores it meanwhile."""
        from liaison_desk.store.database import Database
        from liaison_desk.store.restoring import hold_lock

        database = Database(self.where or paths.default_database())
        try:
            with hold_lock(database) if held and database.exists() else contextlib.nullcontext():
                yield database
        finally:
            database.close()

    @contextlib.contextmanager
    def signed_in(self) -> Iterator[Desk]:
        """A door for the person named by ``--as``."""
        from liaison_desk.desk.desk import Desk
        from liaison_desk.store import schema

        if not self.login:
            raise Refused(msg("Say who you are: --as LOGIN before the command. Nothing was done."))
        with self.database() as database:
            schema.require_current(database)
            password = self.secret(PASSWORD, msg("Password of {login}: ", login=self.login))
            desk = Desk(database).sign_in(self.login, password)
            try:
                yield desk
            finally:
                desk.sign_out()

    # --- secrets

    def secret(self, variable: str, prompt: Message, *, twice: bool = False) -> str:
        """From the environment, else typed without being shown. Raises BadInput when neither is possible."""
        given = os.environ.get(variable)
        if given is not None:
            return given
        if not sys.stdin.isatty():
            raise BadInput(
                msg(
                    "There is no terminal to ask at, and {variable} is not set. Nothing was done.",
                    variable=variable,
                )
            )
        typed = getpass.getpass(self.say(prompt), stream=sys.stderr)
        if twice and getpass.getpass(self.say(msg("Once more: ")), stream=sys.stderr) != typed:
            raise BadInput(msg("The two are not the same. Nothing was done; try again."))
        return typed


def begin(context: typer.Context, as_json: bool) -> Line:
    """The call that a command belongs to."""
    line: Line = context.find_root().obj
    line.as_json = as_json
    return line


def system_user() -> str:
    """Who is signed in to this computer; it stands in the entries of restore and upgrade."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
