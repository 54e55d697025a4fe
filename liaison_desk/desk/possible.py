"""Which commands make sense on a leg or hold for one person now; the window enables its actions by it.

A convenience for the eye: the door checks right, institution and state again when the command is done.
"""

from __future__ import annotations

from liaison_desk.core.lifecycle import CATCHING, LegState, allowed
from liaison_desk.core.roles import RIGHTS
from liaison_desk.desk.documents import MAY_BRING
from liaison_desk.desk.scope import NOT_YET_OUT
from liaison_desk.desk.work import Actor
from liaison_desk.store.models import Hold, Leg

_BY_OWN = frozenset(
    {"ClaimRequest", "ReleaseClaim", "ReassignRequest", "ReturnForCorrection", "AnswerRequest"}
)
_BY_OWN_TOO = frozenset({"AddHops", "ConfirmAnswer"})


def on_leg(actor: Actor, leg: Leg) -> frozenset[str]:
    """Names of commands for this leg."""
    state, names = leg.state, {"WriteNote"}
    own = leg.institution_code is not None and actor.speaks_for(leg.institution_code)
    if state is LegState.QUEUED:
        names |= {"ClaimRequest", "AnswerRequest", "ReturnForCorrection", "ReassignRequest", "RouteRequest"}
    elif state is LegState.CLAIMED:
        names |= {"AddHops", "ReassignRequest", "RouteRequest"}
        if leg.claimed_by == actor.person_id or actor.police:
            names |= {"AnswerRequest", "ReleaseClaim", "ReturnForCorrection"}
        elif own:
            names |= {"ReleaseClaim"}
    elif state is LegState.ROUTING:
        names |= {"RouteRequest"}
    elif state is LegState.CORRECTION:
        names |= {"CorrectRequest", "RouteRequest"}
    elif state is LegState.PROPOSED:
        names |= {"IssueProposed"}
    elif state is LegState.APPROVAL and leg.officer_id != actor.person_id:
        names |= {"ApproveRequest"}
    elif state is LegState.ANSWERED:
        names |= {"ReopenRequest", "CloseRequest", "AddHops", "ConfirmAnswer"}
    elif state is LegState.CLOSED:
        names |= {"ReopenRequest", "AddHops"}
    if allowed(state, LegState.WITHDRAWN):
        names.add("WithdrawRequest")
    if allowed(state, LegState.VOIDED) and not (
        state is LegState.ANSWERED and leg.kind in CATCHING and leg.hold_id
    ):
        names.add("VoidRequest")
    if not leg.document_number and state in MAY_BRING:
        names.add("AddDocument")
    if state not in NOT_YET_OUT and leg.queued_at and leg.institution_code:
        names.add("slips")
    if not own and not actor.police:
        names -= _BY_OWN | _BY_OWN_TOO
        names.discard("slips")
    if actor.police:
        names -= {"ClaimRequest", "ReturnForCorrection", "ConfirmAnswer"}
    return frozenset(name for name in names if name == "slips" or actor.role in RIGHTS.get(name, frozenset()))


def on_hold(actor: Actor, hold: Hold) -> frozenset[str]:
    """Names of commands for this hold."""
    mine = actor.police or (hold.institution_code is not None and actor.speaks_for(hold.institution_code))
    waits = hold.lapsed > 0 and hold.acknowledged_at is None
    allowed_here = actor.role in RIGHTS["AcknowledgeLapse"]
    return frozenset({"AcknowledgeLapse"}) if mine and waits and allowed_here else frozenset()
