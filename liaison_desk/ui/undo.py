"""Taking back what was just done: the offer beside the announcement, for ten seconds, and Ctrl+Z.

What may be taken back the door says, each time; here it is only asked, shown and counted down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.undo import UNDOABLE, Undo, UndoOffer, undo_offers
from liaison_desk.desk.work import Command
from liaison_desk.ui import messages
from liaison_desk.ui.context import Context

Offers = tuple[UndoOffer, ...]


def offers_for(desk: Desk, done: Sequence[Command[Any]]) -> Offers:
    """What of these, which were just done here, can be taken back; nothing unless all of them can.

    Runs off the GUI thread, right behind the commands.
    """
    if not done or not desk.may_read(undo_offers):
        return ()
    if any(type(command).__name__ not in UNDOABLE for command in done):
        return ()
    try:
        found = desk.read(undo_offers, len(done))
    except DeskError:
        # What was done is done; without an answer nothing is offered.
        return ()
    return found if len(found) == len(done) else ()


def announce(context: Context, sentence: Message, offers: Offers) -> None:
    """Say what was done, with the way back while there is one."""
    left = min(((offer.until - context.now()).total_seconds() for offer in offers), default=0.0)
    if left < 1:
        messages.done(sentence)
    else:
        messages.done(sentence, undo=lambda: take_back(context, offers), seconds=int(left))


def take_back(context: Context, offers: Offers) -> None:
    """Undo these, the newest first; what the door refuses is told with its reason."""
    desk = context.desk

    def work() -> tuple[int, DeskError | None]:
        refused: DeskError | None = None
        done = 0
        for offer in offers:
            try:
                desk.do(Undo(entry_id=offer.entry_id))
                done += 1
            except DeskError as error:
                refused = refused or error
        return done, refused

    def told(answer: tuple[int, DeskError | None]) -> None:
        done, refused = answer
        if refused is not None:
            raise (
                refused
                if not done
                else DeskError(
                    msg("{done} of {count} undone. {why}", done=done, count=len(offers), why=refused.message)
                )
            )
        messages.inform(
            msg("Undone: {what}, {name}", what=offers[0].title, name=offers[0].name)
            if done == 1
            else msg("{count} steps undone", count=done)
        )

    context.background.do(work, told)
