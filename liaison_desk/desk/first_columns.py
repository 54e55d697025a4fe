"""The columns that seeded tables had when seed entries did not name theirs (schema 0001).

A digest over seeded rows is taken over the columns of its time; a table that gets another column later must
not look changed by it. This list never grows: seeds of later programs name their columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COLUMNS = {
    "institution": ("id code kind name_zh name_en head_code active version"),
    "person": (
        "id login name role institution_code password_hash stamp must_change active phone "
        "police_number uid version"
    ),
    "setting": ("id key value version"),
    "issued": ("id series year position text issued_at voided_at void_reason"),
    "case_file": (
        "id office drill number fraud_type area summary happened_at recorded_at officer_id "
        "authorised_by authorised_at uid version"
    ),
    "victim": ("id case_id name id_number phone recorded_at uid version"),
    "account": (
        "id case_id phone number institution_code bank_name holder holder_id company token level "
        "handed_by recorded_at uid version"
    ),
    "payment": (
        "id case_id victim_id account_id fen currency from_bank from_name from_number channel "
        "happened_at recorded_at voided_at void_reason uid version"
    ),
    "hold": (
        "id office drill case_id account_id institution_code limit_fen captured stopped frozen "
        "returned released lapsed stops starts_at ends_at rule acknowledged_by acknowledged_at "
        "recorded_at uid version"
    ),
    "leg": (
        "id office drill number kind state urgency case_id account_id payment_id hold_id "
        "institution_code level asked reason remark document_kind document_number officer_id "
        "co_officer proposed_by proposed_institution authorised_by approved_by happened_at "
        "recorded_at queued_at claim_due_at due_at next_due_at paused_at claimed_by claimed_at "
        "answered_at ended_at state_reason traceable arrived_at uid version"
    ),
    "answer": (
        "id case_id leg_id outcome accepted executed effective balance_before available_after "
        "starts_at ends_at earlier earlier_authority earlier_until technical_reason remark "
        "person_name person_phone answered_by by_telephone confirmed_by confirmed_at happened_at "
        "recorded_at uid"
    ),
    "hop": (
        "id case_id leg_id answer_id from_account_id to_account_id kind fen happened_at recorded_at "
        "serial remark handed_by voided_at void_reason uid"
    ),
    "ledger_entry": (
        "id hold_id case_id leg_id victim_id source target fen happened_at recorded_at entry_id "
        "hold_end reverses_id reason uid"
    ),
    "passage": ("id leg_id institution_code step entry_id recorded_at"),
    "note": ("id case_id leg_id author_id institution_code addressed text recorded_at uid"),
    "shift": (
        "id name lead_id planned_from planned_until opened_at opening_entry ended_at ranking uid version"
    ),
    "attribution": (
        "id case_id hold_id hop_id victim_id fen rule run happened_at recorded_at entry_id "
        "reverses_id reason uid"
    ),
}

FIRST_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {table: tuple(names.split()) for table, names in _COLUMNS.items()}
)
