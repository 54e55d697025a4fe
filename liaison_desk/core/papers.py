"""What a paper says, as values: the desk fills these summaries, the renderers draw them, the chain keeps them.

A summary is complete and already masked for its reader; a renderer adds nothing to it and asks nobody. All
amounts are fen; all times are aware and are printed in the summary's own zone.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from liaison_desk.core.lifecycle import LegKind, LegState, Urgency
from liaison_desk.core.words import Message

Words: TypeAlias = Message | str
"""A message is said in the paper's language; a string was typed by somebody and stays as it is."""


class Copy(StrEnum):
    """Which copy of a paper this is; a reprint has another check code than its original."""

    ORIGINAL = "original"
    REPRINT = "reprint"


class Period(StrEnum):
    """The row of a money table: this shift, this month, since the office began."""

    SHIFT = "shift"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True)
class Imprint:
    """What stands at the head and the foot of every page of one paper."""

    office: str
    number: str
    """Printed on every page; empty when the paper has none (a running shift)."""
    printed_at: datetime
    copy: Copy = Copy.ORIGINAL
    chain_from: int | None = None
    chain_to: int | None = None
    """First and last entry the paper covers; None where it covers no range."""
    chain_head: str = ""
    """Hex hash of entry ``chain_to``; printed as ``head_code``."""
    zone_name: str = "Asia/Shanghai"
    addressee: str = ""
    """Printed as watermark on papers with full data (rules.md, papers)."""
    drill: bool = False
    """An exercise: watermarked as such, whoever the addressee is."""
    keeping: str = ""
    """The office's own words instead of 内部资料 · 注意保管."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


@dataclass(frozen=True)
class VictimPayment:
    """One payment of the victim as the bank must match it: all four must agree before it stops anything."""

    bank: str
    name: str
    account: str
    amount_fen: int
    paid_at: datetime
    currency: str = "CNY"
    serial: str = ""


@dataclass(frozen=True)
class SlipTarget:
    """The account or number that the institution is asked about; fields that do not apply stay empty."""

    institution: str
    number: str
    """Account, card or phone number as stored, without spaces."""
    name: str = ""
    institution_code: str = ""
    """Twelve digits (联行号)."""
    company: bool | None = None
    id_number: str = ""


@dataclass(frozen=True)
class SlipOfficer:
    name: str
    id_kind: Words = ""
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True)
class SlipSummary:
    """A request slip to one institution, with full data, to be acted on (domain.md, papers)."""

    imprint: Imprint
    """``number`` is the request's number, ``addressee`` the institution."""
    kind: LegKind
    urgency: Urgency
    case_number: str
    fraud_type: Words
    target: SlipTarget
    unit: str
    unit_code: str
    officer: SlipOfficer
    issued_at: datetime
    co_officer: SlipOfficer | None = None
    payments: tuple[VictimPayment, ...] = ()
    level: int | None = None
    """1 = the account the victim paid."""
    amount_fen: int | None = None
    amount_capitals: str = ""
    """Of ``amount_fen``, by core.money."""
    asked_from: datetime | None = None
    asked_until: datetime | None = None
    reason: Words = ""
    remark: str = ""
    document: str = ""
    """Kind and number of the legal document; empty while it is owed."""
    document_due: datetime | None = None
    related: str = ""
    """Number of the request that this one follows: the stop of a second stop, the freeze of a renewal."""
    due_at: datetime | None = None
    """When the answer is due."""
    note: Words = ""
    """The office's fixed words under the request, such as which four fields must agree."""


@dataclass(frozen=True)
class CountsRow:
    """opening + new − closed = carried, counted by the order of recording (rules.md, Counts)."""

    institution: Words
    opening: int
    new: int
    closed: int
    carried: int
    overdue: int
    median_seconds: int | None = None
    """Of the answers given; None when there was none."""


@dataclass(frozen=True)
class ClockRow:
    """Something that runs out."""

    ends_at: datetime
    matter: Words
    number: str
    institution: str
    amount_fen: int | None
    next_step: Words
    owner: str


@dataclass(frozen=True)
class OpenRow:
    """A request that the next shift takes over."""

    institution: Words
    number: str
    kind: LegKind
    target: str
    """Masked for the sheet."""
    state: LegState
    age_seconds: int
    overdue: bool
    last_step: Words
    next_step: Words
    owner: str
    amount_fen: int | None = None


@dataclass(frozen=True)
class TraceRow:
    """A case whose money is still followed."""

    case_number: str
    fraud_type: Words
    last_hop: Words
    untraced_fen: int
    waits: Words
    """Who waits for whom and for what."""
    waiting_seconds: int


@dataclass(frozen=True)
class MoneyRow:
    """opening + captured − returned − released − lapsed = closing (money.md §2); all in fen."""

    period: Period
    opening: int
    captured: int
    returned: int
    released: int
    lapsed: int
    closing: int
    frozen: int
    """Moved from stopped to frozen in the period: a part of the others, never added to them."""


@dataclass(frozen=True)
class EarlierFlow:
    """Recorded inside the cut, but happened before it: marked on the sheet (rules.md, Handover)."""

    number: str
    matter: Words
    amount_fen: int
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class LapseRow:
    """A hold that ended by itself; without ``acknowledged_by`` it still waits for somebody."""

    number: str
    institution: str
    target: str
    amount_fen: int
    lapsed_at: datetime
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


@dataclass(frozen=True)
class SignBox:
    """One box of the signatures; signed by password inside the program, or by hand on paper."""

    role: Words
    name: str = ""
    institution: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True)
class LogRow:
    """A line of the shift's log that the next shift must know: an instruction, equipment, a contact, a note."""

    at: datetime
    kind: Words
    text: str
    author: str


@dataclass(frozen=True)
class Difference:
    """Where the incoming side found that an item of the sheet is not so."""

    item: Words
    text: str
    person: str


@dataclass(frozen=True)
class HandoverSummary:
    """联合办公交接班记录: what one shift hands to the next, masked."""

    imprint: Imprint
    shift: Words
    """Date, name and hours of the shift."""
    as_of: datetime
    """The cut; for a running shift, the moment of the last entry read."""
    running: bool
    """A print of the running shift: no cut, no number, not a signed handover."""
    counts: tuple[CountsRow, ...] = ()
    counts_total: CountsRow | None = None
    clocks: tuple[ClockRow, ...] = ()
    open_requests: tuple[OpenRow, ...] = ()
    """Of banks and police; carriers' stand in ``carrier_requests``."""
    traces: tuple[TraceRow, ...] = ()
    money: tuple[MoneyRow, ...] = ()
    recovered_fen: int | None = None
    """Recovered since the office began; None while it is not computed."""
    recovered_capitals: str = ""
    earlier_flows: tuple[EarlierFlow, ...] = ()
    lapses: tuple[LapseRow, ...] = ()
    carrier_requests: tuple[OpenRow, ...] = ()
    institution: Words = ""
    """The one whose partial handover this is; empty for the whole office."""
    log: tuple[LogRow, ...] = ()
    differences: tuple[Difference, ...] = ()
    read_back: tuple[str, ...] = ()
    """The incoming lead's top three; missing lines are left empty to be written by hand."""
    signatures: tuple[SignBox, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A finished paper."""

    pdf: bytes
    missing: tuple[str, ...] = ()
    """Code points (``U+2F7A1``) that no bundled font draws; they stand on the paper as 〔U+2F7A1〕."""


def canonical(summary: object) -> bytes:
    """The one text of a summary: JSON, sorted keys, UTF-8, times in UTC to the microsecond, fen as integers.

    It is what an entry stores and what the check code runs over; ``read_back`` makes the summary from it.
    """
    text = json.dumps(_plain(summary), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


Summary = TypeVar("Summary")


def read_back(kind: type[Summary], data: bytes) -> Summary:
    """The summary of a canonical text; raises ValueError or KeyError when the text is not of this kind."""
    return typing.cast("Summary", _typed(kind, json.loads(data.decode("utf-8", "surrogatepass"))))


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_code(data: bytes) -> str:
    """``C41A-77E0``: 40 bits of the SHA-256 of a canonical summary, so that a changed line shows."""
    return _grouped(hashlib.sha256(data).hexdigest(), 40)


def head_code(hash_hex: str) -> str:
    """The chain's head as printed: 80 bits, four groups of four (rules.md, Handover).

    Raises ValueError when the hash is shorter than that or not hexadecimal.
    """
    return _grouped(hash_hex, 80)


def _grouped(hash_hex: str, bits: int) -> str:
    if len(hash_hex) * 4 < bits:
        raise ValueError(f"{len(hash_hex)} hexadecimal digits cannot give {bits} bits")
    value = int(hash_hex[: bits // 4], 16)
    letters = [_CROCKFORD[value >> shift & 31] for shift in range(bits - 5, -1, -5)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, len(letters), 4))


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return {"text": value.text, "values": {key: _plain(one) for key, one in value.values.items()}}
    if is_dataclass(value) and not isinstance(value, type):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time on a paper needs its zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int):
        return value
    # A message may carry any value that prints itself; what it prints is what the paper says.
    return str(value)


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _typed(kind: Any, value: Any) -> Any:
    """``value``, as JSON gave it, in the type that a field declares."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        kinds = [one for one in inside if one is not type(None)]
        if Message in kinds:
            return _typed(Message, value) if isinstance(value, dict) else value
        return _typed(kinds[0], value)
    if origin is tuple:
        return tuple(_typed(inside[0], one) for one in value)
    if kind is Message:
        return Message(
            value["text"],
            {
                key: _typed(Message, one) if isinstance(one, dict) else one
                for key, one in value["values"].items()
            },
        )
    if kind is datetime:
        return datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], one) for name, one in value.items()})
    return value
