"""The office's settings: every number and fixed word that an office may choose, with its default.

Stored one JSON value a key; domain.md: "Everything with a number in it is a setting with this default".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from liaison_desk.core.errors import BadInput
from liaison_desk.core.shifts import changes
from liaison_desk.core.tracing_rules import Rule
from liaison_desk.core.words import msg


@dataclass(frozen=True)
class OfficeSettings:
    """Lengths are in the unit their name says; see core.clocks for the laws behind them."""

    office_name: str = "联合办公反诈中心"
    office_code: str = "LD01"
    """Short code of this office; it stands on every case and travels with exchanged rows."""
    police_unit: str = ""
    zone_name: str = "Asia/Shanghai"
    demo: bool = False
    made_at: str = ""
    number_pattern: str = "{series}〔{year}〕{n}"
    claim_minutes: int = 5
    answer_minutes: int = 30
    stop_hours: int = 48
    freeze_months: int = 6
    release_days: int = 3
    stops_per_account: int = 2
    file_megabytes: int = 20
    """The largest file that is kept (attachments and what is imported as one)."""
    tracing_rule: str = "fifo"
    """The rule by which mixed money is attributed before an officer decides (money.md §4)."""
    witness_seconds: int = 120
    """How far two banks' times of one transfer may lie apart."""
    decision_pattern: str = "{unit}公(刑)刑返字〔{year}〕{n}号"
    """The document number of a decision to return money; ``{unit}`` is the short name of the police unit."""
    unit_short: str = "公"
    shift_changes: str = "08:00 白班, 20:00 夜班"
    """When shifts begin, with their names, in the order of the day."""
    read_back_first: bool = True
    """Whoever begins in a shift restates the top money at risk before claiming (K9)."""
    idle_lock_minutes: int = 10
    emptied_minutes: int = 10
    """An account that lets go within so many minutes what came in is listed as emptied (C5)."""
    mask_own_data: bool = False
    """Own data masked, too, on the wide screen of a shared room; a key shows it while held."""
    extra_days: Mapping[str, bool] = field(default_factory=dict)
    """The office's additions to the holiday calendar: ISO date → working day or not."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def number(self, series: str, year: int, n: int) -> str:
        return self.number_pattern.format(series=series, year=year, n=n)

    def decision_number(self, year: int, n: int) -> str:
        """The document number of a decision to return money, as it is printed."""
        return self.decision_pattern.format(unit=self.unit_short, year=year, n=n)


_FIELDS = {spec.name: spec for spec in fields(OfficeSettings)}


def from_values(stored: Mapping[str, str]) -> OfficeSettings:
    """Settings from their stored JSON texts; unknown keys (of a newer program) are left alone."""
    return OfficeSettings(**{key: json.loads(text) for key, text in stored.items() if key in _FIELDS})


def checked(key: str, value: object) -> str:
    """The JSON text of a new value, or BadInput when the key or the value cannot be used."""
    spec = _FIELDS.get(key)
    if spec is None or key in {"demo", "made_at"}:
        raise BadInput(msg("There is no setting {key}. Nothing was changed.", key=key), field=key)
    default = getattr(OfficeSettings(), key)
    if type(value) is not type(default):
        raise BadInput(
            msg("{key}: this kind of value does not fit. Nothing was changed.", key=key), field=key
        )
    if isinstance(value, int) and not isinstance(value, bool) and not 0 < value <= 100_000:
        raise BadInput(
            msg("{key}: give a number from 1 to 100,000. Nothing was changed.", key=key), field=key
        )
    if key == "zone_name":
        try:
            ZoneInfo(str(value))
        except (KeyError, ValueError, OSError) as error:
            raise BadInput(
                msg("There is no time zone {zone}. Nothing was changed.", zone=value), field=key
            ) from error
    if key == "number_pattern" and not all(part in str(value) for part in ("{series}", "{year}", "{n}")):
        raise BadInput(
            msg("A number pattern needs {parts}. Nothing was changed.", parts="{series} {year} {n}"),
            field=key,
        )
    if key == "decision_pattern" and not all(part in str(value) for part in ("{year}", "{n}")):
        raise BadInput(
            msg("A number pattern needs {parts}. Nothing was changed.", parts="{year} {n}"), field=key
        )
    if key == "shift_changes":
        changes(str(value))
    if key == "tracing_rule" and value not in list(Rule):
        raise BadInput(
            msg(
                "{rule} is no rule of tracing; the rules are {rules}. Nothing was changed.",
                rule=value,
                rules=", ".join(Rule),
            ),
            field=key,
        )
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
