"""Commands on their way from a page to the door, one after the other, and what is said when they are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.casebook import CaseDetail
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import look, say
from liaison_desk.ui.undo import Offers, announce, offers_for


def carry_out(
    context: Context,
    commands: Sequence[Command[Any]],
    done: Callable[[list[Any]], Message | None],
    owner: QObject | None = None,
) -> None:
    """Do each of these; ``done`` says what came of those that succeeded, the door says why others did not.

    One that is refused does not keep the others from being done. What can be undone is offered to be.
    """
    desk = context.desk

    def work() -> tuple[list[Any], list[DeskError], Offers]:
        results: list[Any] = []
        refused: list[DeskError] = []
        through: list[Command[Any]] = []
        for command in commands:
            try:
                results.append(desk.do(command))
                through.append(command)
            except DeskError as error:
                refused.append(error)
        return results, refused, offers_for(desk, through)

    def told(answer: tuple[list[Any], list[DeskError], Offers]) -> None:
        results, refused, offers = answer
        sentence = done(results) if results else None
        if sentence is not None:
            announce(context, sentence, offers)
        if refused:
            raise _together(refused, len(results))

    context.background.do(work, told, owner=owner)


def _together(refused: list[DeskError], done: int) -> DeskError:
    """One sentence for one or several refusals."""
    first = refused[0]
    if len(refused) == 1 and not done:
        return first
    return DeskError(
        msg(
            "{first} ({refused} refused, {done} done)",
            first=first.message,
            refused=len(refused),
            done=done,
        )
    )


def announce_case(context: Context, case: CaseDetail) -> None:
    """The toast after a report is saved: the number, and where the requests went."""
    to: list[str] = []
    for leg in case.legs:
        name = say(context.institution(leg.institution)) if leg.institution else say(msg("routing"))
        if name not in to:
            to.append(name)
    listed = ("、" if look().say.chinese else ", ").join(to)
    messages.done(
        msg(
            "{number} saved; {count} requests sent to {where}",
            number=case.row.number,
            count=len(case.legs),
            where=listed,
        )
    )
