"""Phone numbers: mobile, machine (IoT), fixed line, service and overseas, with the likely carrier.

Numbers are portable, so a carrier by prefix is a suggestion (domain.md, formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from liaison_desk.core.errors import BadInput
from liaison_desk.core.folding import fold
from liaison_desk.core.words import Message, msg

PhoneKind = Literal["mobile", "iot", "fixed", "service", "overseas"]

PHONE_KIND_WORDS: dict[str, Message] = {
    "mobile": msg("Mobile number"),
    "iot": msg("IoT number"),
    "fixed": msg("Fixed line"),
    "service": msg("Service number"),
    "overseas": msg("Overseas number"),
}

_CODES = {"China Mobile": "CMCC", "China Unicom": "CUCC", "China Telecom": "CTCC", "China Broadnet": "CBN"}
_VIRTUAL = {"162": "CTCC", "165": "CMCC", "167": "CUCC", "1349": "CTCC"}
"""Ranges of virtual operators and satellites that phonenumbers does not name, by the network they use."""
_IOT = {"10646": "CUCC", "10647": "CMCC", "10648": "CMCC", "10649": "CTCC", "1410": "CTCC", "1440": "CMCC"}
_SERVICE = {"10086": "CMCC", "10010": "CUCC", "10000": "CTCC", "10099": "CBN"}


@dataclass(frozen=True)
class Phone:
    """A phone number as it is stored.

    ``number``: digits without 86; fixed lines with their area code; overseas numbers in E.164 with ``+``.
    """

    number: str
    kind: PhoneKind
    carrier: str | None

    def __str__(self) -> str:
        return self.number


def phone_of(text: str) -> Phone | None:
    """The phone number that ``text`` is as a whole, or None."""
    plain = re.sub(r"[\s().-]", "", fold(text))
    if not re.fullmatch(r"\+?[0-9]{3,18}", plain):
        return None
    home = re.sub(r"^(?:\+|00)86", "", plain)
    if home == plain and not plain.startswith(("+", "00")) and re.fullmatch(r"861[3-9][0-9]{9}", plain):
        home = plain[2:]
    if home.startswith(("+", "00")):
        return _overseas("+" + home.lstrip("+").removeprefix("00"))
    if re.fullmatch(r"1[3-9][0-9]{9}", home):
        return Phone(home, "mobile", carrier_of(home))
    if len(home) == 13 and home.startswith(tuple(_IOT)):
        return Phone(home, "iot", carrier_of(home))
    if re.fullmatch(r"[48]00[0-9]{7}|95[0-9]{3,6}|96[0-9]{3,4}|1[0-2][0-9]{3}|1(?:10|19|20|22)", home):
        return Phone(home, "service", _SERVICE.get(home))
    return _fixed(home if home.startswith("0") or home == plain else "0" + home)


def clean_phone(text: str, *, field: str | None = "phone") -> Phone:
    """A phone number in any usual spelling; raises BadInput for what is none."""
    if not text.strip():
        raise BadInput(msg("No phone number is given; type it."), field=field)
    found = phone_of(text)
    if found is None:
        raise BadInput(
            msg(
                "{text} is not a phone number; a mobile has 11 digits, a fixed line its area code, an overseas "
                "number starts with +.",
                text=text.strip(),
            ),
            field=field,
        )
    return found


def carrier_of(number: str) -> str | None:
    """CMCC, CUCC, CTCC or CBN by the prefix of a mobile, IoT or carrier's service number; else None."""
    if number in _SERVICE:
        return _SERVICE[number]
    if len(number) == 13:
        return next((code for prefix, code in _IOT.items() if number.startswith(prefix)), None)
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        return None
    import phonenumbers  # here: its tables are large and most runs never ask
    from phonenumbers import carrier

    parsed = phonenumbers.PhoneNumber(country_code=86, national_number=int(number))
    named = _CODES.get(carrier.name_for_number(parsed, "en"))
    return named or next((code for prefix, code in _VIRTUAL.items() if number.startswith(prefix)), None)


def _fixed(digits: str) -> Phone | None:
    # 010 and 02x are three digits with eight-digit numbers; the other area codes have four.
    if re.fullmatch(r"0(?:10|2[0-9])[1-9][0-9]{7}|0[3-9][0-9]{2}[1-9][0-9]{6,7}", digits):
        return Phone(digits, "fixed", None)
    return None


def _overseas(plain: str) -> Phone | None:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(plain, None)
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code == 86 or not phonenumbers.is_possible_number(parsed):
        return None
    return Phone(plain, "overseas", None)
