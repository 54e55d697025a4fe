"""The choice of an institution beside a number: what its prefix suggests, the others, or "not known"."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from liaison_desk.core import bins
from liaison_desk.core.identifiers import institution_of_account
from liaison_desk.core.phones import phone_of
from liaison_desk.core.roles import InstitutionKind
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.office import InstitutionRow
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.hoplines import BY_PREFIX, UNKNOWN, institution_of
from liaison_desk.ui.theme import look


class BankCombo(CodeCombo):
    """Follows the number beside it until somebody chooses; ``phone``: carriers instead of banks."""

    def __init__(self, context: Context, *, phone: bool = False, parent: QWidget | None = None) -> None:
        self._context, self._phone = context, phone
        self._suggestion = msg("By prefix")
        super().__init__(parent=parent)
        self.suggest("")

    def suggest(self, number: str) -> None:
        """The number changed: say what it suggests."""
        self._suggestion = suggestion(self._context, number, phone=self._phone)
        self.set_choices(choices(self._context, self._suggestion, phone=self._phone))

    @property
    def institution(self) -> str | None:
        """As a Target wants it: None for the suggestion, empty for the routing list, else a code."""
        value = self.value()
        return institution_of(str(value)) if value is not None else None


def suggestion(context: Context, number: str, *, phone: bool = False) -> Message:
    """What the prefix of a number says, in words."""
    bare = "".join(number.split())
    if len(bare) < (7 if phone else 6):
        return msg("By prefix")
    seat = seat_of(context, bare, phone=phone)
    if seat is not None:
        return msg("{name} (by prefix)", name=context.institution(seat))
    code = None if phone else institution_of_account(bare) or _by_head(bare)
    name = bins.names().get(code) if code else None
    if name:
        return msg("{name}: no seat, to routing", name=name)
    return msg("Not recognised, to routing")


def seat_of(context: Context, number: str, *, phone: bool = False) -> str | None:
    """The code of the institution with a seat here that the prefix names."""
    bare = "".join(number.split())
    if phone:
        found = phone_of(bare)
        code = found.carrier if found is not None else None
    else:
        code = institution_of_account(bare) or _by_head(bare)
    seat = context.institutions.get(code or "")
    return seat.code if seat is not None and seat.active else None


def _by_head(number: str) -> str | None:
    """While a card is still being typed its length decides nothing yet: the longest known head counts."""
    for filler in (19, 16, 18, 17):
        if len(number) < filler and (code := institution_of_account(number.ljust(filler, "0"))) is not None:
            return code
    return None


def choices(context: Context, suggested: Message, *, phone: bool = False) -> list[tuple[str, Message]]:
    """The suggestion, every fitting institution, and "not known"."""
    kinds = {InstitutionKind.CARRIER} if phone else {InstitutionKind.BANK, InstitutionKind.PAYMENT}
    seats = [seat for seat in context.seats() if seat.kind in kinds]
    return [
        (BY_PREFIX, suggested),
        *((seat.code, seat_words(seat)) for seat in seats),
        (UNKNOWN, msg("Not known, to routing")),
    ]


def seat_words(seat: InstitutionRow) -> Message:
    """Code and name, the code first: typing its letter chooses it."""
    name = seat.name_zh if look().say.chinese else seat.name_en
    return Message(seat.code) if name == seat.code else msg("{code} {name}", code=seat.code, name=name)


def bank_names(context: Context) -> dict[str, str]:
    """Names and codes of the institutions, longest first, for reading them in pasted cells."""
    names = {
        name: seat.code
        for seat in context.seats()
        for name in (seat.name_zh, f"中国{seat.name_zh}", seat.name_en, seat.code)
        if name
    }
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))
