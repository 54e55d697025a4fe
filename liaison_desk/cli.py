"""The command line: everything that runs without a window, through the same door and the same walls.

Exit codes: 0 done · 1 done and something is wrong (a check failed) · 2 refused or unusable input, one sentence
says why, nothing was changed.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from liaison_desk import cli_import, cli_office, cli_papers, cli_trace, log
from liaison_desk.cli_line import Line, language_of, speech
from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import LANGUAGES, Message, Say, msg

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    help=str(msg("The desk of a joint office of police, banks and carriers. Without a command: the window.")),
)

OF_TYPER = (
    msg("Usage: "),
    msg("Options"),
    msg("Commands"),
    msg("Arguments"),
    msg("Show this message and exit."),
    msg("[required]"),
)
"""Words that the library puts into the help by itself."""


@app.callback(invoke_without_command=True)
def _global(
    context: typer.Context,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="PATH-or-URL",
            help=str(msg("The office: a SQLite file or postgresql://… (or LIAISON_DESK_DATABASE).")),
        ),
    ] = "",
    login: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="LOGIN",
            help=str(msg("Who acts; the password is asked (or LIAISON_DESK_PASSWORD).")),
        ),
    ] = "",
    lang: Annotated[
        str, typer.Option("--lang", metavar="zh_CN|en", help=str(msg("Language of what is said.")))
    ] = "",
    demo: Annotated[
        bool, typer.Option("--demo", help=str(msg("The window on a throw-away demo office.")))
    ] = False,
) -> None:
    if lang and lang not in LANGUAGES:
        raise DeskError(msg("--lang is zh_CN or en. Nothing was done."))
    context.obj = Line(database, login, speech(lang or LANGUAGES[0]))
    if context.invoked_subcommand is None:
        raise typer.Exit(_window(database, lang, demo))


def _window(database: str, language: str, demo: bool) -> int:
    """Opens the window; Qt is loaded only now."""
    # Asked for by its name: app and cli stand side by side and do not import each other.
    window = importlib.import_module("liaison_desk.app")
    arguments = ["--demo"] if demo else []
    if database:
        arguments += ["--database", database]
    if language:
        # Otherwise the window speaks as its user chose.
        arguments += ["--lang", language]
    return int(window.main(arguments) or 0)


cli_office.add_to(app)
cli_papers.add_to(app)
cli_import.add_to(app)
cli_trace.add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line; gives the exit code. Never raises."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    say = speech(language_of(words))
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not turn a name into a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(**({"encoding": "utf-8"} if "--json" in words else {"errors": "replace"}))
    log.set_up()
    as_json = "--json" in words
    try:
        code = _spoken(get_command(app), say).main(
            args=words, prog_name="liaison-desk", standalone_mode=False
        )
    except DeskError as error:
        return _refused(say, error.message, as_json)
    except (KeyboardInterrupt, typer.Abort):
        return _refused(say, msg("Stopped. What was not yet said to be done was not done."), as_json)
    except BrokenPipeError:
        return 2
    except _USAGE as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
            return 2
        return _refused(say, _usage(error), as_json)
    except Exception as error:
        where = log.report(error)
        return _refused(
            say,
            msg(
                "The program made a mistake of its own. What was saved before is kept. "
                "Please hand this report to the administrator: {file}",
                file=str(where) if where is not None else "-",
            ),
            as_json,
        )
    return code if isinstance(code, int) else 0


def _refused(say: Say, message: Message, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": say(message)}, ensure_ascii=False))
    print(say(message), file=sys.stderr)
    return 2


_USAGE: type[Exception] = typer.BadParameter.__mro__[2]
"""The base of all that the library says of wrong arguments; it has no public name of its own."""


def _usage(error: Exception) -> Message:
    """What is wrong with the arguments; the library's own words only where there are no better ones."""
    kind = type(error).__name__
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    name = "/".join(getattr(parameter, "opts", ())) or getattr(parameter, "name", "") or ""
    if kind == "MissingParameter":
        return msg("{what} is missing. Nothing was done; --help tells what the command needs.", what=name)
    if kind == "NoSuchOption":
        return msg("There is no option {what}. Nothing was done; see --help.", what=option)
    if kind == "BadParameter" and name:
        return msg("{what} cannot be used as it is given. Nothing was done; see --help.", what=name)
    formatted = getattr(error, "format_message", lambda: str(error))()
    return msg(
        "This command line is not understood: {reason} Nothing was done; see --help.", reason=formatted
    )


# --- the library's help in the reader's language


def _spoken(command: Any, say: Say) -> Any:
    """The tree of commands with its help said in one language."""
    command.help = say(command.help) if command.help else None
    command.context_class = type(
        "Context", (command.context_class,), {"formatter_class": _formatter(command.context_class, say)}
    )
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = say(parameter.help)
    for each in getattr(command, "commands", {}).values():
        _spoken(each, say)
    return command


def _formatter(context_class: Any, say: Say) -> Any:
    base = context_class.formatter_class

    def usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        base.write_usage(self, prog, args, prefix or say("Usage: "))

    def heading(self: Any, text: str) -> None:
        base.write_heading(self, say(Message(text)))

    def rows(self: Any, pairs: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        spoken = [
            (left, say(Message(right)).replace("[required]", say("[required]"))) for left, right in pairs
        ]
        base.write_dl(self, spoken, *args, **kwargs)

    return type("Formatter", (base,), {"write_usage": usage, "write_heading": heading, "write_dl": rows})


if __name__ == "__main__":
    raise SystemExit(main())
