"""The authorisation matrix: every command and every query, by every role and institution, through the door.

Generated from the rights tables: a new command or query fails here until it has its row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison_desk.core.caselines import CaseLine
from liaison_desk.core.clocks import Unit
from liaison_desk.core.errors import DeskError, NotAllowed, NotFound
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.core.roles import READS, RIGHTS, InstitutionKind, Role
from liaison_desk.core.tracing import Rule
from liaison_desk.desk import (
    archive,
    attributions,
    balance,
    board,
    callbacks,
    case_verdicts,
    casebook,
    columnvalues,
    details,
    figures,
    flags,
    flows,
    handovers,
    handoversheet,
    handoverviews,
    holdvictims,
    known,
    ledgerbook,
    lists,
    meetings,
    newwork,
    office,
    outside,
    papers,
    people,
    period,
    readback,
    requests,
    return_lists,
    return_orders,
    return_plans,
    shiftlog,
    shifts,
    tracelists,
    views,
)
from liaison_desk.desk.answers import AddHops, AnswerRequest, ConfirmAnswer, HopInput
from liaison_desk.desk.attachments import AddAttachment, VoidAttachment, attachment_bytes, attachments
from liaison_desk.desk.bulk import BulkDeed, bulk_preview, export_legs
from liaison_desk.desk.case_import import ImportCases
from liaison_desk.desk.cases import AddPayment, AuthoriseHops, CorrectCase, OpenCase, PaymentInput, WriteNote
from liaison_desk.desk.clock_rules import SetClockRule, clock_rules
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.doubt import ConfirmTime, clock_state
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses, due_lapses
from liaison_desk.desk.notes import TakeNote, notes_not_taken, notes_to_take
from liaison_desk.desk.objections import DecideObjection, Decision, RecordObjection, objections
from liaison_desk.desk.presence import who_is_at
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.desk.traces import AdoptTracing
from liaison_desk.desk.undo import Undo, undo_offers
from liaison_desk.desk.versions import changed_since
from liaison_desk.desk.work import Command, all_commands
from liaison_desk.store.chain import Entry
from liaison_desk.store.content import Paper
from liaison_desk.store.duty import Handover
from liaison_desk.store.models import Hold, LedgerEntry, Leg, Person, Victim
from liaison_desk.store.payouts import ReturnOrder, ReturnPlan
from tests import given
from tests.given import Office

ACTORS: dict[str, tuple[str, Role]] = {
    "officer": ("zhao", Role.OFFICER),
    "lead": ("wang", Role.LEAD),
    "own representative": ("li", Role.REPRESENTATIVE),
    "other representative": ("zhou", Role.REPRESENTATIVE),
    "administrator": ("admin", Role.ADMINISTRATOR),
    "auditor": ("shen", Role.AUDITOR),
    "system": ("", Role.SYSTEM),
}
"""Everybody who could try; the prepared case concerns ICBC alone, so ``zhou`` (CCB) must not know of it."""

FOR_ANYBODY_REPRESENTING = frozenset(
    {"ChangeOwnPassword", "SaveView", "RemoveView", "WriteLog", "GiveReadBack", "ArchivePaper"}
)
"""Commands of representatives that are about no institution's work."""

ONLY_BY_WHO_ACTED = frozenset({"Undo", "PrepareHandover", "CheckItem", "ReadBackHandover", "SignHandover"})
"""Their examples are the own representative's step: what they did, or their institution's handover."""

NOT_THE_AUTHOR = frozenset({("VoidLog", "officer")})
"""Officers strike their own lines; the one of the example is a representative's."""

SYSTEM_ELSEWHERE = frozenset({"SetUpOffice", "SeedDemo"})
"""They fill an empty database, where nobody can be signed in; tried in their own tests."""


@dataclass
class Scene:
    """One office prepared for one command, with what its example needs."""

    office: Office
    case_id: int
    leg_id: int

    def leg(self) -> Leg:
        with self.office.database.reading() as session:
            return session.get_one(Leg, self.leg_id)

    def person(self, login: str) -> Person:
        with self.office.database.reading() as session:
            return session.scalars(select(Person).where(Person.login == login)).one()

    def hold(self) -> Hold:
        with self.office.database.reading() as session:
            return session.scalars(select(Hold)).one()

    def victim(self) -> int:
        with self.office.database.reading() as session:
            return session.scalars(select(Victim.id).where(Victim.case_id == self.case_id)).one()

    def last_movement(self) -> int:
        with self.office.database.reading() as session:
            return session.scalar(select(func.max(LedgerEntry.id))) or 0

    def entries(self) -> int:
        with self.office.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Entry)) or 0


def scene(made: Office) -> Scene:
    opened = given.case(made, [("ICBC", 3_500_000)])
    return Scene(made, opened.case_id, opened.leg_ids[0])


def _claimed(at: Scene) -> None:
    given.claimed(at.office, at.leg_id)


def _correction(at: Scene) -> None:
    at.office.icbc.do(requests.ReturnForCorrection(leg_id=at.leg_id, reason="户名不清"))


def _answered(at: Scene) -> None:
    given.answered(at.office, at.leg_id, outcome=Outcome.NO_ACCOUNT, executed=None, balance=None)


def _proposed(at: Scene) -> None:
    given.answered(at.office, at.leg_id, hops=[(given.card("ICBC", 900), 500_000)])
    with at.office.database.reading() as session:
        found = session.scalar(select(Leg.id).where(Leg.state == LegState.PROPOSED))
    assert found is not None
    at.leg_id = found


def _routing(at: Scene) -> None:
    at.leg_id = at.office.officer.do(
        requests.IssueRequest(
            case_id=at.case_id,
            kind=LegKind.STOP,
            asked=100,
            target=given.Target(number="99887766554433", institution=""),
        )
    )


def _approval(at: Scene) -> None:
    at.leg_id = at.office.door("qian").do(
        requests.IssueRequest(
            case_id=at.case_id,
            kind=LegKind.FREEZE,
            asked=100,
            target=given.account(given.card("ICBC", 901)),
        )
    )


def _by_telephone(at: Scene) -> None:
    at.office.officer.do(AnswerRequest(leg_id=at.leg_id, outcome=Outcome.NO_ACCOUNT))


def _lapsed(at: Scene) -> None:
    given.answered(at.office, at.leg_id)
    at.office.clock.forward(hours=49)
    at.office.system.do(RecordLapses())


def _about_to_lapse(at: Scene) -> None:
    given.answered(at.office, at.leg_id)
    at.office.clock.forward(hours=49)


def _held(at: Scene) -> None:
    given.answered(at.office, at.leg_id)


def _objected(at: Scene) -> None:
    _held(at)
    at.office.officer.do(RecordObjection(hold_id=at.hold().id, name="某某", text="与案件无关"))


def _frozen(at: Scene) -> None:
    """A hold of 20,000.00, frozen, with room for more under its limit."""
    given.answered(at.office, at.leg_id)
    asked = at.office.officer.do(
        requests.IssueRequest(case_id=at.case_id, kind=LegKind.FREEZE, asked=3_500_000, hold_id=at.hold().id)
    )
    at.office.lead.do(requests.ApproveRequest(leg_id=asked))
    given.answered(at.office, asked)


def _return_planned(at: Scene, kind: str = "direct") -> None:
    _frozen(at)
    at.office.door("qian").do(return_plans.PlanReturn(hold_id=at.hold().id, kind=kind, reason="可追溯"))


def _return_planned_in_proportion(at: Scene) -> None:
    _return_planned(at, "proportional")


def _return_approved(at: Scene) -> None:
    _return_planned(at)
    at.office.door("feng").do(return_plans.ApproveReturn(plan_id=1))


def _order(at: Scene) -> return_orders.OrderReturn:
    return return_orders.OrderReturn(
        plan_id=1,
        victim_id=at.victim(),
        to_bank="中国农业银行",
        to_name="买买提·吐尔逊",
        to_number=given.card("ABC", 5),
        officer_number="220184001",
        co_officer="周警官",
        co_officer_number="220184002",
    )


def _return_ordered(at: Scene) -> None:
    _return_approved(at)
    at.office.door("qian").do(_order(at))


def _shift(at: Scene) -> None:
    now = at.office.clock.now
    at.office.lead.do(OpenShift(name="白班", planned_from=now, planned_until=now + timedelta(hours=12)))


def _logged(at: Scene) -> None:
    _shift(at)
    at.office.icbc.do(shiftlog.WriteLog(kind="note", text="设备正常"))


def _handover_of_icbc(at: Scene) -> None:
    """Prepared by the institution's other representative, so that ``li`` takes over."""
    _shift(at)
    at.office.door("liu").do(handovers.PrepareHandover(institution="ICBC"))


def _handover_by_li(at: Scene) -> None:
    _shift(at)
    at.office.icbc.do(handovers.PrepareHandover(institution="ICBC"))


def _handover_ready(at: Scene) -> None:
    _handover_of_icbc(at)
    for item in handovers.ITEMS:
        if item != "money":
            at.office.icbc.do(handovers.CheckItem(handover_id=1, item=item, agrees=True))


def _handed_over(at: Scene) -> None:
    """The office's shift handed over by 王带班 to 冯带班."""
    _shift(at)
    leaving, coming = at.office.lead, at.office.door("feng")
    made = leaving.do(handovers.PrepareHandover())
    for item in handovers.ITEMS:
        coming.do(handovers.CheckItem(handover_id=made, item=item, agrees=True))
    coming.do(handovers.ReadBackHandover(handover_id=made, lines=("最急的一笔",)))
    for desk in (leaving, coming):
        desk.do(handovers.SignHandover(handover_id=made, password=given.PASSWORD, acknowledged=10**6))


def _handover(at: Scene) -> int:
    return _once(at, Handover, _handover_of_icbc)


def _archive(at: Scene) -> None:
    at.office.icbc.do(
        archive.ArchivePaper(
            kind="slip", number="ZF1", name="请求单", pdf=b"%PDF-1.4", summary=b"{}", pages=1
        )
    )


def _archived(at: Scene) -> int:
    return _once(at, Paper, _archive)


def _once(at: Scene, kind: type[Any], prepare: Callable[[Scene], None]) -> int:
    """The one row of that kind, made when it is asked for first."""
    with at.office.database.reading() as session:
        found = session.scalar(select(kind.id))
    if found is None:
        prepare(at)
    return found or 1


def _frozen_hold(at: Scene) -> int:
    return _once(at, Hold, _frozen)


def _plan(at: Scene) -> int:
    return _once(at, ReturnPlan, _return_planned)


def _ordered(at: Scene) -> int:
    return _once(at, ReturnOrder, _return_ordered)


def _caught_later(at: Scene) -> None:
    _frozen(at)
    at.office.icbc.do(ledgerbook.CaptureLater(hold_id=at.hold().id, fen=100))


def _queued_freeze(at: Scene) -> None:
    given.answered(at.office, at.leg_id, outcome=Outcome.ZERO, executed=None, balance=0)
    asked = at.office.officer.do(
        requests.IssueRequest(
            case_id=at.case_id, kind=LegKind.FREEZE, asked=3_500_000, account_id=at.leg().account_id
        )
    )
    at.office.lead.do(requests.ApproveRequest(leg_id=asked))
    given.answered(at.office, asked, outcome=Outcome.QUEUED_FREEZE, executed=3_500_000, balance=0)


def _paid_back(at: Scene) -> None:
    at.office.officer.do(ledgerbook.RecordPayback(victim_id=at.victim(), fen=100))


def _surrendered(at: Scene) -> None:
    at.office.officer.do(ledgerbook.RecordElsewhere(victim_id=at.victim(), source="surrender", fen=100))


def attached(at: Scene) -> int:
    return at.office.icbc.do(AddAttachment(leg_id=at.leg_id, name="流水.pdf", data=b"%PDF-1.7"))


def _attached(at: Scene) -> None:
    attached(at)


def _called(at: Scene) -> None:
    """One note calls everybody; its author's institution need not take note of it."""
    at.office.abc.do(WriteNote(leg_id=_abc_leg(at), text="@all 请核对"))


def _abc_leg(at: Scene) -> int:
    return at.office.officer.do(
        requests.IssueRequest(
            case_id=at.case_id, kind=LegKind.HOLDER, target=given.account(given.card("ABC", 905))
        )
    )


def _nothing(at: Scene) -> None:
    pass


def _setting(at: Scene) -> Command[Any]:
    return office.ChangeSetting(key="claim_minutes", value=7)


def _line(at: Scene) -> CaseLine:
    return CaseLine(
        sheet="",
        line=2,
        group=1,
        victim_name="某某",
        number=given.card("ABC", 8),
        fen=100,
        paid_at=at.office.clock.now - timedelta(minutes=1),
    )


def _payment(at: Scene) -> PaymentInput:
    return PaymentInput(
        target=given.account(given.card("ICBC", 902)),
        fen=100,
        happened_at=at.office.clock.now - timedelta(minutes=1),
    )


def _hop(at: Scene) -> HopInput:
    return HopInput(
        fen=100,
        happened_at=at.office.clock.now - timedelta(minutes=1),
        target=given.account(given.card("ABC", 903)),
    )


def _flagged(at: Scene) -> None:
    for login in ("zhao", "li"):
        at.office.door(login).do(flags.SetFlag(leg_id=at.leg_id, colour="important"))


def _views_kept(at: Scene) -> None:
    for login in ("zhao", "wang", "li", "zhou"):
        at.office.door(login).do(views.SaveView(place="queue", name="白班", content="{}"))


def _keeping(name: str) -> Callable[[Scene], Command[Any]]:
    def make(at: Scene) -> Command[Any]:
        from liaison_desk.desk import keeping

        kind = getattr(keeping, name)
        values: dict[str, dict[str, Any]] = {
            "RecordBackup": {"path": "a.ldbackup", "sha256": "0" * 64, "ok": True},
            "RecordRestore": {"source": "a.ldbackup", "system_user": "u"},
            "RecordUpgrade": {"before": "0001", "after": "0002", "system_user": "u"},
        }
        made: Command[Any] = kind(**values[name])
        return made

    return make


EXAMPLES: dict[str, tuple[Callable[[Scene], None], Callable[[Scene], Command[Any]]]] = {
    "OpenCase": (_nothing, lambda at: OpenCase(victim_name="某某", payments=(_payment(at),))),
    "ImportCases": (
        _nothing,
        lambda at: ImportCases(file_name="一.csv", sha256="ab" * 32, lines=(_line(at),)),
    ),
    "CorrectCase": (
        _nothing,
        lambda at: CorrectCase(case_id=at.case_id, version=1, fraud_type="loan", reason="类型有误"),
    ),
    "AddPayment": (_nothing, lambda at: AddPayment(case_id=at.case_id, payment=_payment(at))),
    "AuthoriseHops": (_nothing, lambda at: AuthoriseHops(case_id=at.case_id)),
    "WriteNote": (_nothing, lambda at: WriteNote(leg_id=at.leg_id, text="已电话联系")),
    "Undo": (_claimed, lambda at: Undo(entry_id=at.entries())),
    "TakeNote": (_called, lambda at: TakeNote(note_id=1)),
    "AddAttachment": (
        _nothing,
        lambda at: AddAttachment(leg_id=at.leg_id, name="流水.pdf", data=b"%PDF-1.7", addressed=("ICBC",)),
    ),
    "VoidAttachment": (_attached, lambda at: VoidAttachment(attachment_id=1, reason="传错文件")),
    "IssueRequest": (
        _nothing,
        lambda at: requests.IssueRequest(
            case_id=at.case_id,
            kind=LegKind.HOLDER,
            target=given.account(given.card("ICBC", 904)),
        ),
    ),
    "IssueProposed": (_proposed, lambda at: requests.IssueProposed(leg_ids=(at.leg_id,))),
    "RouteRequest": (_routing, lambda at: requests.RouteRequest(leg_id=at.leg_id, institution="ABC")),
    "ApproveRequest": (_approval, lambda at: requests.ApproveRequest(leg_id=at.leg_id)),
    "ClaimRequest": (_nothing, lambda at: requests.ClaimRequest(leg_id=at.leg_id)),
    "ReleaseClaim": (_claimed, lambda at: requests.ReleaseClaim(leg_id=at.leg_id)),
    "ReassignRequest": (
        _nothing,
        lambda at: requests.ReassignRequest(leg_id=at.leg_id, person_id=at.person("liu").id),
    ),
    "ReturnForCorrection": (
        _nothing,
        lambda at: requests.ReturnForCorrection(leg_id=at.leg_id, reason="缺户名"),
    ),
    "CorrectRequest": (_correction, lambda at: requests.CorrectRequest(leg_id=at.leg_id, holder="李四")),
    "WithdrawRequest": (_nothing, lambda at: requests.WithdrawRequest(leg_id=at.leg_id, reason="重复")),
    "CloseRequest": (_answered, lambda at: requests.CloseRequest(leg_id=at.leg_id)),
    "ReopenRequest": (_answered, lambda at: requests.ReopenRequest(leg_id=at.leg_id, reason="再查")),
    "VoidRequest": (_nothing, lambda at: requests.VoidRequest(leg_id=at.leg_id, reason="误发")),
    "AnswerRequest": (_nothing, lambda at: AnswerRequest(leg_id=at.leg_id, outcome=Outcome.NO_ACCOUNT)),
    "ConfirmAnswer": (_by_telephone, lambda at: ConfirmAnswer(leg_id=at.leg_id)),
    "AddHops": (_answered, lambda at: AddHops(leg_id=at.leg_id, hops=(_hop(at),))),
    "RecordLapses": (_about_to_lapse, lambda at: RecordLapses()),
    "AcknowledgeLapse": (_lapsed, lambda at: AcknowledgeLapse(hold_id=at.hold().id)),
    "RecordObjection": (
        _held,
        lambda at: RecordObjection(hold_id=at.hold().id, name="某某", text="与案件无关"),
    ),
    "DecideObjection": (
        _objected,
        lambda at: DecideObjection(objection_id=1, decision=Decision.REJECTED, reason="查证属涉案资金"),
    ),
    "SetClockRule": (
        _nothing,
        lambda at: SetClockRule(name="stop", length=72, unit=Unit.HOURS, reason="新规定"),
    ),
    "ConfirmTime": (_nothing, lambda at: ConfirmTime()),
    "AddDocument": (
        _nothing,
        lambda at: AddDocument(leg_id=at.leg_id, kind="止付通知书", number="公止字〔2026〕1号"),
    ),
    "CaptureLater": (
        _frozen,
        lambda at: ledgerbook.CaptureLater(hold_id=at.hold().id, fen=100),
    ),
    "QueuedFreezeTakesEffect": (
        _queued_freeze,
        lambda at: ledgerbook.QueuedFreezeTakesEffect(hold_id=at.hold().id, fen=100),
    ),
    "RecordReturn": (
        _frozen,
        lambda at: ledgerbook.RecordReturn(
            hold_id=at.hold().id, victim_id=at.victim(), fen=100, paid_on=at.office.clock.now.date()
        ),
    ),
    "ReverseEntry": (
        _caught_later,
        lambda at: ledgerbook.ReverseEntry(entry_id=at.last_movement(), reason="录错"),
    ),
    "AttributeHold": (
        _frozen,
        lambda at: attributions.AttributeHold(
            hold_id=at.hold().id, shares=((at.victim(), 100),), reason="银行流水"
        ),
    ),
    "RecordPayback": (_nothing, lambda at: ledgerbook.RecordPayback(victim_id=at.victim(), fen=100)),
    "ReversePayback": (_paid_back, lambda at: ledgerbook.ReversePayback(payback_id=1, reason="录错")),
    "RecordElsewhere": (
        _nothing,
        lambda at: ledgerbook.RecordElsewhere(victim_id=at.victim(), source="recall", fen=100),
    ),
    "ReverseElsewhere": (
        _surrendered,
        lambda at: ledgerbook.ReverseElsewhere(elsewhere_id=1, reason="录错"),
    ),
    "PlanReturn": (
        _frozen,
        lambda at: return_plans.PlanReturn(hold_id=at.hold().id, kind="direct", reason="可追溯"),
    ),
    "RerunReturn": (
        _return_planned,
        lambda at: return_plans.RerunReturn(plan_id=1, kind="direct", reason="新增受害人"),
    ),
    "ChangeReturnLine": (
        _return_planned,
        lambda at: return_plans.ChangeReturnLine(
            plan_id=1, victim_id=at.victim(), amount=100, reason="部分退赃"
        ),
    ),
    "PublishNotice": (
        _return_planned_in_proportion,
        lambda at: return_plans.PublishNotice(
            plan_id=1, where="公安局网站", published_on=at.office.clock.now.date()
        ),
    ),
    "ApproveReturn": (_return_planned, lambda at: return_plans.ApproveReturn(plan_id=1)),
    "WithdrawReturn": (
        _return_planned,
        lambda at: return_plans.WithdrawReturn(plan_id=1, reason="另案处理"),
    ),
    "OrderReturn": (_return_approved, lambda at: _order(at)),
    "EnterReceipt": (
        _return_ordered,
        lambda at: return_orders.EnterReceipt(
            order_id=1, paid_on=at.office.clock.now.date(), serial="HZ1", paid_by="李工行"
        ),
    ),
    "VoidOrder": (_return_ordered, lambda at: return_orders.VoidOrder(order_id=1, reason="账号有误")),
    "RecordContact": (
        _nothing,
        lambda at: callbacks.RecordContact(
            victim_id=at.victim(), channel="phone", about="secured", reached=True
        ),
    ),
    "WriteLog": (_nothing, lambda at: shiftlog.WriteLog(kind="note", text="设备正常")),
    "VoidLog": (_logged, lambda at: shiftlog.VoidLog(note_id=1, reason="写错")),
    "PrepareHandover": (_shift, lambda at: handovers.PrepareHandover(institution="ICBC")),
    "CheckItem": (
        _handover_of_icbc,
        lambda at: handovers.CheckItem(handover_id=1, item="open", agrees=True),
    ),
    "ReadBackHandover": (
        _handover_of_icbc,
        lambda at: handovers.ReadBackHandover(handover_id=1, lines=("最急的一笔",)),
    ),
    "SignHandover": (
        _handover_ready,
        lambda at: handovers.SignHandover(handover_id=1, password=given.PASSWORD, acknowledged=10**6),
    ),
    "VoidHandover": (_handover_by_li, lambda at: handovers.VoidHandover(handover_id=1, reason="来人未到")),
    "GiveReadBack": (_handed_over, lambda at: readback.GiveReadBack(text="工行一笔将到期")),
    "ArchivePaper": (
        _nothing,
        lambda at: archive.ArchivePaper(
            kind="slip", number="ZF1", name="请求单", pdf=b"%PDF-1.4", summary=b"{}", pages=1
        ),
    ),
    "AdoptTracing": (
        _nothing,
        lambda at: AdoptTracing(case_id=at.case_id, rule=Rule.FIFO, reason="流水已核"),
    ),
    "OpenShift": (
        _nothing,
        lambda at: OpenShift(
            name="白班",
            planned_from=at.office.clock.now,
            planned_until=at.office.clock.now + timedelta(hours=12),
        ),
    ),
    "AddPerson": (
        _nothing,
        lambda at: people.AddPerson(
            login="new", name="新人", role=Role.OFFICER, institution="POLICE", password="password-2"
        ),
    ),
    "ChangePerson": (
        _nothing,
        lambda at: people.ChangePerson(
            person_id=at.person("liu").id, version=at.person("liu").version, name="刘某"
        ),
    ),
    "ResetPassword": (
        _nothing,
        lambda at: people.ResetPassword(person_id=at.person("liu").id, password="password-2"),
    ),
    "ChangeOwnPassword": (
        _nothing,
        lambda at: people.ChangeOwnPassword(old=given.PASSWORD, password="password-2"),
    ),
    "AddInstitution": (
        _nothing,
        lambda at: office.AddInstitution(
            code="CEB", kind=InstitutionKind.BANK, name_zh="光大银行", name_en="Everbright"
        ),
    ),
    "ChangeInstitution": (
        _nothing,
        lambda at: office.ChangeInstitution(institution_id=2, version=1, name_zh="工行", name_en="ICBC"),
    ),
    "ChangeSetting": (_nothing, _setting),
    "SetFlag": (_nothing, lambda at: flags.SetFlag(leg_id=at.leg_id, colour="doubt", text="户名再核")),
    "ClearFlag": (_flagged, lambda at: flags.ClearFlag(leg_id=at.leg_id)),
    "SaveView": (_nothing, lambda at: views.SaveView(place="queue", name="白班", content="{}")),
    "RemoveView": (_views_kept, lambda at: views.RemoveView(place="queue", name="白班")),
    "RecordBackup": (_nothing, _keeping("RecordBackup")),
    "RecordRestore": (_nothing, _keeping("RecordRestore")),
    "RecordUpgrade": (_nothing, _keeping("RecordUpgrade")),
    "RecoverAdministrator": (
        _nothing,
        lambda at: office.RecoverAdministrator(login="admin", code="wrong", password="password-2"),
    ),
}
"""For each command: what must be so beforehand, and one that a rightful person can carry out."""

REFUSED_TO_ALL = frozenset({"RecoverAdministrator"})
"""Its example is deliberately a wrong code: nobody, not even the program, gets in by it."""


def _today(at: Scene) -> tuple[datetime, datetime]:
    return at.office.clock.now - timedelta(days=1), at.office.clock.now


def _hold_of(at: Scene) -> int:
    """The scene's hold, caught once."""
    if at.leg().hold_id is None:
        _held(at)
    return at.hold().id


READING: dict[str, tuple[Callable[..., Any], Callable[[Scene], tuple[Any, ...]]]] = {
    "queue": (lists.queue, lambda at: (lists.QueueView(history=True),)),
    "queue_counts": (lists.queue_counts, lambda at: ()),
    "column_values": (
        columnvalues.column_values,
        lambda at: (lists.QueueView(history=True), "institution"),
    ),
    "list_totals": (columnvalues.list_totals, lambda at: (lists.QueueView(history=True),)),
    "saved_views": (views.saved_views, lambda at: ("queue",)),
    "export_cases": (casebook.export_cases, lambda at: (casebook.CaseView(),)),
    "new_work": (newwork.new_work, lambda at: (None,)),
    "export_queue": (lists.export_queue, lambda at: (lists.QueueView(history=True),)),
    "leg_detail": (details.leg_detail, lambda at: (at.leg_id,)),
    "people_to_hand_to": (details.people_to_hand_to, lambda at: (at.leg_id,)),
    "known_before": (known.known_before, lambda at: (given.account_number(at.office, at.leg_id),)),
    "notes_to_take": (notes_to_take, lambda at: ()),
    "notes_not_taken": (notes_not_taken, lambda at: ()),
    "who_is_at": (who_is_at, lambda at: ()),
    "changed_since": (changed_since, lambda at: ("leg", at.leg_id, 1)),
    "undo_offers": (undo_offers, lambda at: ()),
    "bulk_preview": (bulk_preview, lambda at: ((at.leg_id,), BulkDeed.EXPORT)),
    "export_legs": (export_legs, lambda at: ((at.leg_id,),)),
    "attachments": (attachments, lambda at: (at.case_id,)),
    "attachment_bytes": (attachment_bytes, lambda at: (attached(at),)),
    "lapses": (details.lapses, lambda at: ()),
    "clock_board": (board.clock_board, lambda at: ()),
    "came_due": (board.came_due, lambda at: (given.START,)),
    "objections": (objections, lambda at: ()),
    "clock_rules": (clock_rules, lambda at: ()),
    "clock_state": (clock_state, lambda at: ()),
    "cases": (casebook.cases, lambda at: (casebook.CaseView(),)),
    "case_detail": (casebook.case_detail, lambda at: (at.case_id,)),
    "case_flow": (flows.case_flow, lambda at: (at.case_id,)),
    "flow_paper": (flows.flow_paper, lambda at: (at.case_id,)),
    "meetings": (meetings.meetings, lambda at: (at.case_id,)),
    "likely_duplicates": (casebook.likely_duplicates, lambda at: ()),
    "import_verdicts": (case_verdicts.import_verdicts, lambda at: ((_line(at),), "ab" * 32)),
    "shift_bar": (shifts.shift_bar, lambda at: ()),
    "chain_state": (shifts.chain_state, lambda at: ()),
    "figures": (figures.figures, lambda at: _today(at)),
    "figure_rows": (figures.figure_rows, lambda at: ("secured", *_today(at))),
    "period_stats": (period.period_stats, lambda at: (at.office.clock.now.date(),) * 2),
    "out_of_balance": (balance.out_of_balance, lambda at: ()),
    "balance_of_case": (balance.balance_of_case, lambda at: (at.case_id,)),
    "holds_list": (figures.holds_list, lambda at: (figures.HoldsView(),)),
    "ledger_rows": (figures.ledger_rows, lambda at: (figures.LedgerView(),)),
    "export_holds": (figures.export_holds, lambda at: (figures.HoldsView(state="all"),)),
    "export_ledger": (figures.export_ledger, lambda at: (figures.LedgerView(),)),
    "handovers": (handoverviews.handovers, lambda at: ()),
    "handover_view": (handoverviews.handover_view, lambda at: (_handover(at),)),
    "open_handover": (handoverviews.open_handover, lambda at: ()),
    "shift_log": (shiftlog.shift_log, lambda at: ()),
    "read_back_owed": (readback.read_back_owed, lambda at: ()),
    "archived_papers": (archive.archived_papers, lambda at: ()),
    "archived_paper": (archive.archived_paper, lambda at: (_archived(at),)),
    "returns_board": (return_lists.returns_board, lambda at: ()),
    "return_proposal": (return_lists.return_proposal, lambda at: (_frozen_hold(at),)),
    "return_plan": (return_lists.return_plan, lambda at: (_plan(at),)),
    "return_order": (return_lists.return_order, lambda at: (_ordered(at),)),
    "victim_contacts": (callbacks.victim_contacts, lambda at: (at.case_id,)),
    "trace_of_case": (tracelists.trace_of_case, lambda at: (at.case_id,)),
    "named_evidence": (
        tracelists.named_evidence,
        lambda at: (at.office.officer.read(casebook.case_detail, at.case_id).row.number,),
    ),
    "hold_victims": (holdvictims.hold_victims, lambda at: (_hold_of(at),)),
    "money_outside": (outside.money_outside, lambda at: (outside.OutsideView(),)),
    "slips": (papers.slips, lambda at: ((at.leg().number,),)),
    "handover": (handoversheet.handover, lambda at: ()),
    "office_settings": (office.office_settings, lambda at: ()),
    "institutions": (office.institutions, lambda at: ()),
    "people": (people.people, lambda at: ()),
    "due_lapses": (due_lapses, lambda at: ()),
}
HIDDEN_FROM_OTHERS = frozenset({"case_flow", "flow_paper", "meetings"}) | frozenset(
    {"balance_of_case", "hold_victims", "leg_detail", "people_to_hand_to", "case_detail", "slips"}
    | {"attachments", "attachment_bytes", "changed_since", "return_order", "handover_view", "archived_paper"}
)
"""Queries about one thing: somebody else's id answers as a missing one does."""


def door(at: Scene, actor: str) -> Desk:
    login, role = ACTORS[actor]
    return at.office.system if role is Role.SYSTEM else at.office.door(login)


def may_do(name: str, actor: str) -> bool:
    _, role = ACTORS[actor]
    if actor == "other representative" and name not in FOR_ANYBODY_REPRESENTING:
        return False
    if name in ONLY_BY_WHO_ACTED:
        return actor == "own representative"
    if (name, actor) in NOT_THE_AUTHOR:
        return False
    return role in RIGHTS[name] and name not in REFUSED_TO_ALL


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    from liaison_desk.desk import demo, keeping

    assert demo is not None
    assert keeping is not None
    named = {name for name, kind in all_commands().items() if kind.__module__.startswith("liaison_desk")}
    assert named == set(RIGHTS)
    assert named - SYSTEM_ELSEWHERE == set(EXAMPLES)
    assert set(READS) == set(READING)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_refused_to_everybody_without_the_right(name: str, sqlite_office: Office) -> None:
    prepare, example = EXAMPLES[name]
    at = scene(sqlite_office)
    prepare(at)
    command, before = example(at), at.entries()
    for actor in ACTORS:
        if not may_do(name, actor):
            with pytest.raises(DeskError):
                door(at, actor).do(command)
            if ACTORS[actor][1] not in RIGHTS[name]:
                with pytest.raises(NotAllowed):
                    door(at, actor).do(command)
    assert at.entries() == before


@pytest.mark.parametrize(
    ("name", "actor"), [(name, actor) for name in sorted(EXAMPLES) for actor in ACTORS if may_do(name, actor)]
)
def test_done_by_who_has_the_right(name: str, actor: str, sqlite_office: Office) -> None:
    prepare, example = EXAMPLES[name]
    at = scene(sqlite_office)
    prepare(at)
    before = at.entries()
    command = example(at)
    if name == "ChangeOwnPassword" and actor == "administrator":
        command = people.ChangeOwnPassword(old=given.ADMIN_PASSWORD, password="password-2")
    door(at, actor).do(command)
    assert at.entries() == before + 1


@pytest.mark.parametrize("name", sorted(READING))
def test_each_query_by_each_role(name: str, sqlite_office: Office) -> None:
    at = scene(sqlite_office)
    query, arguments = READING[name]
    for actor, (_, role) in ACTORS.items():
        desk = door(at, actor)
        if role not in READS[name]:
            with pytest.raises(NotAllowed):
                desk.read(query, *arguments(at))
        elif actor == "other representative" and name in HIDDEN_FROM_OTHERS:
            with pytest.raises(NotFound):
                desk.read(query, *arguments(at))
        else:
            desk.read(query, *arguments(at))


@pytest.mark.parametrize("name", sorted(HIDDEN_FROM_OTHERS))
def test_what_one_may_not_see_answers_as_what_is_not_there(name: str, sqlite_office: Office) -> None:
    at = scene(sqlite_office)
    query, arguments = READING[name]
    missing = {
        "case_detail": (10**6,),
        "changed_since": ("leg", 10**6, 1),
        "slips": (("ZF〔2026〕999",),),
    }.get(name, (10**6,))
    answers = []
    for given_arguments in (arguments(at), missing):
        with pytest.raises(NotFound) as refusal:
            at.office.ccb.read(query, *given_arguments)
        answers.append(refusal.value.message.text)
    assert answers[0] == answers[1]


def test_lists_of_another_bank_are_empty(sqlite_office: Office) -> None:
    at = scene(sqlite_office)
    ccb = at.office.ccb
    number = given.account_number(at.office, at.leg_id)
    assert ccb.read(lists.queue, lists.QueueView(history=True)).rows == ()
    assert ccb.read(lists.export_queue, lists.QueueView(history=True)) == ()
    assert ccb.read(lists.queue_counts) == lists.QueueCounts()
    assert ccb.read(casebook.cases, casebook.CaseView()).rows == ()
    assert ccb.read(lists.queue, lists.QueueView(words=number, history=True)).rows == ()
    assert ccb.read(known.known_before, number).rows == ()
    assert ccb.read(known.known_before, number).stops_used == 0
    assert ccb.read(details.lapses) == ()
    assert not any(column.rows for column in ccb.read(board.clock_board).columns)
    assert ccb.read(figures.holds_list, figures.HoldsView(state="all")).rows == ()
    assert ccb.read(figures.ledger_rows, figures.LedgerView()).rows == ()
    assert ccb.read(figures.export_ledger, figures.LedgerView()) == ()
