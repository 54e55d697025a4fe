"""Numbers and names of people, companies, accounts and phones: cleaned, checked, and refused in words.

What is certain is refused, what is only likely warns (rules.md "Damage", domain.md "Formats").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from liaison_desk.core.bins import CardBins, bundled
from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold as fold
from liaison_desk.core.phones import Phone as Phone
from liaison_desk.core.phones import carrier_of as carrier_of
from liaison_desk.core.phones import clean_phone as clean_phone
from liaison_desk.core.words import Message, msg

SHORTEST_ACCOUNT = 8
LONGEST_ACCOUNT = 30
LONGEST_NAME = 100
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Each digit doubled, 9 taken off above 9."""

# --- accounts ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class AccountNumber:
    """A cleaned account or card number. ``main`` and ``sub`` hold ASCII digits only."""

    main: str
    sub: str
    kind: Literal["card", "account"]
    warnings: tuple[Message, ...] = ()

    @property
    def value(self) -> str:
        """``main`` or ``main_sub``."""
        return f"{self.main}_{self.sub}" if self.sub else self.main

    def __str__(self) -> str:
        return self.value


def luhn_ok(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the ones before it (ASCII digits only)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def kind_of_account(number: str, bins: CardBins | None = None) -> Literal["card", "account"]:
    """A card has a known prefix with its length, or 16 to 19 digits from a card range and a right Luhn."""
    main = number.partition("_")[0]
    if (bins or bundled()).bank_of(main) is not None:
        return "card"
    return "card" if re.fullmatch(r"(?:62|[3459])[0-9]{14,17}", main) and luhn_ok(main) else "account"


def is_scientific(text: str) -> bool:
    """``6.22203E+18``: what a spreadsheet makes of a long number; the digits are lost for good."""
    return re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?\s*[Ee]\s*\+?\s*[0-9]{1,3}", fold(text).strip()) is not None


def zeroed_by_spreadsheet(number: str, bins: CardBins) -> Literal["certain", "likely", "no"]:
    """Whether digits past the 15th were turned to 0 (rules.md, Damage).

    Certain: 17 to 19 digits, known card prefix, zeros from the 16th digit on, Luhn wrong. Likely: the
    same with Luhn right, an unknown prefix, or 16 digits of which the last is 0 and Luhn wrong.
    """
    if not 16 <= len(number) <= 19 or set(number[15:]) != {"0"}:
        return "no"
    if len(number) == 16:
        return "no" if luhn_ok(number) else "likely"
    if bins.bank_of(number) is not None and not luhn_ok(number):
        return "certain"
    return "likely"


def clean_account(text: str, bins: CardBins | None = None, *, field: str | None = "account") -> AccountNumber:
    """An account or card number, perhaps with ``_sub``, without the spaces and dashes people type.

    Raises BadInput, naming ``field``: empty, letters (a name), scientific notation, certain spreadsheet
    damage, fewer than 8 or more than 30 digits. Warns on a wrong Luhn digit of a card and on likely damage.
    """

    def bad(message: Message) -> BadInput:
        return BadInput(message, field=field)

    shown = text.strip()
    plain = fold(text).strip()
    guarded = re.fullmatch(r'="?([^"]*)"?', plain)
    plain = guarded.group(1) if guarded else plain
    if not plain:
        raise bad(msg("No account number is given; type its digits."))
    if is_scientific(plain):
        raise bad(
            msg(
                "A spreadsheet has cut {number} short and its last digits are lost; take the whole number "
                "from the source.",
                number=shown,
            )
        )
    stripped = re.sub(r"[\s-]", "", plain)
    if re.search(r"[^0-9_]", stripped):
        if not re.search(r"[0-9]", stripped):
            raise bad(msg("{text} looks like a name, not like an account; type the number.", text=shown))
        raise bad(msg("{text} is not an account number; use digits only.", text=shown))
    main, mark, sub = stripped.partition("_")
    if "_" in sub or (mark and not sub) or not main:
        raise bad(msg("{text} is not an account number; a sub-account follows one underscore.", text=shown))
    if len(main) < SHORTEST_ACCOUNT:
        raise bad(msg("{text} is too short for an account number; check the digits.", text=shown))
    if len(main) + len(sub) + len(mark) > LONGEST_ACCOUNT:
        raise bad(
            msg(
                "{text} is longer than {most} characters; check the digits.", text=shown, most=LONGEST_ACCOUNT
            )
        )
    table = bins or bundled()
    damage = zeroed_by_spreadsheet(main, table)
    if damage == "certain":
        raise bad(
            msg(
                "The last digits of {number} were turned into zeros by a spreadsheet; take the whole number "
                "from the source.",
                number=shown,
            )
        )
    return AccountNumber(main, sub, kind_of_account(main, table), account_warnings(main, table))


def account_warnings(main: str, bins: CardBins) -> tuple[Message, ...]:
    """What is odd about a number that is kept all the same; empty for most."""
    warnings: list[Message] = []
    if zeroed_by_spreadsheet(main, bins) == "likely":
        warnings.append(
            msg("The last digits are zeros, as a spreadsheet leaves them; compare with the source.")
        )
    if bins.bank_of(main) is not None and not luhn_ok(main):
        warnings.append(msg("The check digit of this card number is wrong; compare it with the source."))
    return tuple(warnings)


def institution_of_account(number: str, bins: CardBins | None = None) -> str | None:
    """The bank's code by the card's prefix; None for other accounts. A suggestion, never a fact."""
    found = (bins or bundled()).bank_of(number.partition("_")[0])
    return found.bank_code if found else None


# --- people and companies ---------------------------------------------------------------------


def check_resident_id(
    text: str, *, today: date | None = None, field: str | None = "id_number"
) -> tuple[str, tuple[Message, ...]]:
    """The resident ID number in upper case with its warnings (GB 11643).

    Birth date and check digit decide; an unknown area only warns, since the list of areas is older than
    some districts. Old 15-digit numbers are accepted. Raises BadInput naming the reason.
    """

    def bad(message: Message) -> BadInput:
        return BadInput(message, field=field)

    value = re.sub(r"[\s-]", "", fold(text)).upper()
    if not value:
        raise bad(msg("No ID number is given; type it."))
    if not re.fullmatch(r"[0-9]{17}[0-9X]|[0-9]{15}", value):
        raise bad(msg("{text} is not an ID number; it has 18 characters, of old 15.", text=text.strip()))
    old = len(value) == 15
    born = ("19" + value[6:12]) if old else value[6:14]
    try:
        birth = date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        raise bad(
            msg("The birth date in {text} does not exist; check the digits.", text=text.strip())
        ) from None
    if birth.year < 1850 or (today is not None and birth > today):
        raise bad(msg("The birth date in {text} cannot be right; check the digits.", text=text.strip()))
    from stdnum.cn import ric  # here: its tables cost time that a start without checks need not pay

    if not old and value[-1] != ric.calc_check_digit(value):
        raise bad(msg("The check digit of {text} is wrong; check the digits.", text=text.strip()))
    warnings: list[Message] = []
    if old:
        warnings.append(msg("This is an old 15-digit ID number, without a check digit."))
    else:
        from stdnum.exceptions import ValidationError

        try:
            ric.get_birth_place(value)
        except (ValidationError, KeyError):
            # KeyError: the library knows the province, but not the county.
            warnings.append(msg("The area of this ID number is not in the list; compare it with the card."))
    return value, tuple(warnings)


def check_uscc(text: str, *, field: str | None = "id_number") -> str:
    """The unified social credit code of a company (GB 32100) in upper case; BadInput if it is wrong."""
    from stdnum.cn import uscc
    from stdnum.exceptions import ValidationError

    try:
        return str(uscc.validate(fold(text).strip()))
    except ValidationError:
        raise BadInput(
            msg("{text} is not a company's credit code; check its 18 characters.", text=text.strip()),
            field=field,
        ) from None


def clean_text(text: str, limit: int = 4000, *, field: str | None = None) -> str:
    """Free text with plain line ends and without outer white space.

    Raises BadInput for characters that no database and no paper can hold (NUL, lone surrogates, control
    characters) and for more than ``limit`` characters.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if _unholdable(plain.replace("\n", "").replace("\t", "")):
        raise BadInput(
            msg("The text contains a character that cannot be kept; type it again by hand."), field=field
        )
    plain = plain.strip()
    if len(plain) > limit:
        raise BadInput(
            msg("The text has {length} characters; at most {most} fit.", length=len(plain), most=limit),
            field=field,
        )
    return plain


def clean_name(text: str, *, field: str | None = "name") -> str:
    """A person's or company's name exactly as typed, without outer white space.

    ``<b>``, ``&``, 买买提·吐尔逊, 𠮷 and 㼆 stay as they are. Raises BadInput for an empty name, for digits
    only (an account as a name), for control characters and lone surrogates, beyond 100 characters.
    """
    name = text.strip()
    if not name:
        raise BadInput(msg("No name is given; type it."), field=field)
    if _unholdable(name):
        raise BadInput(
            msg("The name contains a character that cannot be kept; type it again by hand."), field=field
        )
    if re.fullmatch(r"[0-9\s._-]+", fold(name)):
        raise BadInput(msg("{text} is a number, not a name; type the name.", text=name), field=field)
    if not any(char.isalnum() for char in name):
        raise BadInput(msg("{text} is not a name; type the name.", text=name), field=field)
    if len(name) > LONGEST_NAME:
        raise BadInput(
            msg("The name has {length} characters; at most {most} fit.", length=len(name), most=LONGEST_NAME),
            field=field,
        )
    return name


def _unholdable(text: str) -> bool:
    return any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


# --- numbers of papers ------------------------------------------------------------------------


def bracketless(text: str) -> str:
    """A case, request or document number as it is searched: no brackets, no spaces, no 号, lower case.

    ``ZF〔2026〕12号`` and ``zf202612`` become the same.
    """
    plain = re.sub(r"[\s〔〕\[\]【】()（）〈〉<>{}]", "", fold(text)).lower()
    return re.sub(r"(?<=[0-9])号", "", plain)


def document_number_ok(text: str) -> bool:
    """``×公(×)刑返字〔2026〕12号``: the year in 〔〕, then a number without leading zeros, then 号."""
    return re.fullmatch(r"[^\s〔〕0-9][^〔〕\n]*〔(?:19|20)[0-9]{2}〕[1-9][0-9]*号", text.strip()) is not None
