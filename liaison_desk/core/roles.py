"""The five roles and what each may ask of the door (rules.md, "Who may do what").

A command that has no row here cannot be carried out by anybody.
"""

from __future__ import annotations

from enum import StrEnum

from liaison_desk.core.words import Message, msg


class Role(StrEnum):
    OFFICER = "officer"
    REPRESENTATIVE = "representative"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"
    """Not a person: what the program records by itself (a lapse), and the command line at the file."""


class InstitutionKind(StrEnum):
    POLICE = "police"
    BANK = "bank"
    CARRIER = "carrier"
    PAYMENT = "payment"


POLICE = "POLICE"
"""The owner of victim and case facts, and of accounts whose institution has no seat."""

POLICE_ROLES = frozenset({Role.OFFICER, Role.LEAD})
SEE_ALL = frozenset({Role.OFFICER, Role.LEAD, Role.AUDITOR})
"""Roles that see every case in full."""

ROLE_WORDS: dict[Role, Message] = {
    Role.OFFICER: msg("Duty officer"),
    Role.REPRESENTATIVE: msg("Representative"),
    Role.LEAD: msg("Shift lead"),
    Role.ADMINISTRATOR: msg("Administrator"),
    Role.AUDITOR: msg("Auditor"),
    Role.SYSTEM: msg("The program"),
}

_OFFICERS = POLICE_ROLES
_DESKS = POLICE_ROLES | {Role.REPRESENTATIVE}
_LEAD = frozenset({Role.LEAD})
_REP = frozenset({Role.REPRESENTATIVE})
_ADMIN = frozenset({Role.ADMINISTRATOR})
_SYSTEM = frozenset({Role.SYSTEM})
_ANYBODY = frozenset(set(Role) - {Role.SYSTEM})

RIGHTS: dict[str, frozenset[Role]] = {
    # cases
    "OpenCase": _OFFICERS,
    "ImportCases": _OFFICERS,
    "CorrectCase": _OFFICERS,
    "AddPayment": _OFFICERS,
    "AuthoriseHops": _OFFICERS,
    "WriteNote": _DESKS,
    "TakeNote": _DESKS,
    "SetFlag": _DESKS,
    "ClearFlag": _DESKS,
    # how people look at their lists
    "SaveView": _DESKS,
    "RemoveView": _DESKS,
    "AddAttachment": _DESKS,
    "VoidAttachment": _DESKS,
    "Undo": _DESKS,
    # requests
    "IssueRequest": _OFFICERS,
    "IssueProposed": _OFFICERS,
    "RouteRequest": _OFFICERS,
    "ApproveRequest": _LEAD,
    "ClaimRequest": _REP,
    "ReleaseClaim": _REP | _LEAD,
    "ReassignRequest": _REP | _LEAD,
    "ReturnForCorrection": _REP,
    "CorrectRequest": _OFFICERS,
    "WithdrawRequest": _OFFICERS,
    "CloseRequest": _OFFICERS,
    "ReopenRequest": _OFFICERS,
    "VoidRequest": _LEAD,
    # answers and hops
    "AnswerRequest": _REP | POLICE_ROLES,
    "ConfirmAnswer": _REP,
    "AddHops": _DESKS,
    # holds
    "RecordLapses": _SYSTEM,
    "AcknowledgeLapse": _DESKS,
    "RecordObjection": _OFFICERS,
    "DecideObjection": _LEAD,
    # clocks
    "SetClockRule": _LEAD,
    "ConfirmTime": _LEAD,
    "AddDocument": _OFFICERS,
    # money (money.md §1): the ledger kept by hand
    "CaptureLater": _DESKS,
    "QueuedFreezeTakesEffect": _DESKS,
    "RecordReturn": _DESKS,
    "ReverseEntry": _OFFICERS,
    "AttributeHold": _OFFICERS,
    "RecordPayback": _OFFICERS,
    "ReversePayback": _OFFICERS,
    "RecordElsewhere": _OFFICERS,
    "ReverseElsewhere": _OFFICERS,
    # tracing
    "AdoptTracing": _OFFICERS,
    # giving money back
    "PlanReturn": _OFFICERS,
    "RerunReturn": _OFFICERS,
    "ChangeReturnLine": _OFFICERS,
    "PublishNotice": _OFFICERS,
    "ApproveReturn": _LEAD,
    "WithdrawReturn": _OFFICERS,
    "OrderReturn": _OFFICERS,
    "EnterReceipt": _DESKS,
    "VoidOrder": _LEAD,
    "RecordContact": _OFFICERS,
    # shifts
    "OpenShift": _LEAD,
    "WriteLog": _DESKS,
    "VoidLog": _DESKS,
    "PrepareHandover": _LEAD | _REP,
    "CheckItem": _LEAD | _REP,
    "ReadBackHandover": _LEAD | _REP,
    "SignHandover": _LEAD | _REP,
    "VoidHandover": _LEAD | _REP,
    "GiveReadBack": _DESKS,
    "ArchivePaper": _DESKS,
    # office
    "AddPerson": _ADMIN,
    "ChangePerson": _ADMIN,
    "ResetPassword": _ADMIN,
    "ChangeOwnPassword": _ANYBODY,
    "AddInstitution": _ADMIN,
    "ChangeInstitution": _ADMIN,
    "ChangeSetting": _LEAD,
    "RecordBackup": _ADMIN | {Role.SYSTEM},
    "RecordRestore": _SYSTEM,
    "RecordUpgrade": _SYSTEM,
    "RecoverAdministrator": _SYSTEM,
    "SetUpOffice": _SYSTEM,
    "SeedDemo": _SYSTEM,
}

_READERS = SEE_ALL | {Role.REPRESENTATIVE}

READS: dict[str, frozenset[Role]] = {
    # what people do all day
    "queue": _READERS,
    "queue_counts": _READERS,
    "column_values": _READERS,
    "list_totals": _READERS,
    "saved_views": _READERS,
    "new_work": _DESKS,
    "leg_detail": _READERS,
    "cases": _READERS,
    "case_detail": _READERS,
    "case_flow": _READERS,
    "flow_paper": _READERS,
    "meetings": _READERS,
    "known_before": _READERS,
    "likely_duplicates": POLICE_ROLES,
    "import_verdicts": POLICE_ROLES,
    "people_to_hand_to": _DESKS,
    "notes_to_take": _DESKS,
    "notes_not_taken": SEE_ALL,
    "who_is_at": _READERS,
    "changed_since": _DESKS,
    "undo_offers": _DESKS,
    "bulk_preview": _READERS,
    "export_legs": _READERS,
    "attachments": _READERS,
    "attachment_bytes": _READERS,
    "lapses": _READERS,
    "clock_board": _READERS,
    "came_due": _READERS,
    "objections": _READERS,
    "clock_rules": _ANYBODY,
    "clock_state": frozenset(Role),
    "shift_bar": _ANYBODY,
    # money: office-wide figures for the police and the auditor, lists behind the walls
    "figures": SEE_ALL,
    "figure_rows": SEE_ALL,
    "period_stats": SEE_ALL,
    "out_of_balance": SEE_ALL,
    "balance_of_case": _READERS,
    "holds_list": _READERS,
    "ledger_rows": _READERS,
    "export_holds": _READERS,
    "export_ledger": _READERS,
    "hold_victims": _READERS,
    "money_outside": SEE_ALL,
    # giving money back: the police's plans; a bank sees its own orders
    "returns_board": SEE_ALL,
    "return_proposal": SEE_ALL,
    "return_plan": SEE_ALL,
    "return_order": _READERS,
    "victim_contacts": SEE_ALL,
    # tracing: across cases, and so for those who see every case
    "trace_of_case": SEE_ALL,
    "named_evidence": SEE_ALL,
    # what leaves the room
    "slips": _DESKS,
    "handover": SEE_ALL,
    "handovers": _READERS,
    "handover_view": _READERS,
    "open_handover": _READERS,
    "shift_log": _READERS,
    "read_back_owed": _DESKS,
    "archived_papers": _READERS,
    "archived_paper": _READERS,
    "export_queue": _READERS,
    "export_cases": _READERS,
    # the office itself
    "office_settings": _ANYBODY,
    "institutions": _ANYBODY,
    "people": _ADMIN | {Role.LEAD, Role.AUDITOR},
    "due_lapses": _SYSTEM,
    "chain_state": frozenset(Role),
}
"""Who may run which query; what of it they see is the business of desk.scope."""
