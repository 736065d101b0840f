"""Flow: its sign-ins and its queue. What a browser is signed in with goes in and never comes out.

A Flow sign-in was called an account up to 0.1, and its old paths are still answered.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from fastapi.openapi.models import Example
from fastapi.routing import APIRoute
from pydantic import Field

from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.flow_views import FlowQueue, FlowSignInView, Requeued
from rushes.engine.states import CredentialState
from rushes.flow_signins import actions
from rushes.flow_signins.actions import SignInChange
from rushes.flow_signins.storage import import_state

router = APIRouter(prefix="/api/flow", tags=["flow"])
sign_ins = APIRouter()
"""Answers at `/sign-ins`, and at `/accounts` for earlier clients: see the end."""

SignInId = Annotated[UUID, Path(description="The Flow sign-in.")]
NO_SIGN_IN = problems(not_found="There is no such Flow sign-in.")
SIGN_IN = FlowSignInView(
    id=UUID("8c2e5d14-6b7a-4f3c-9a1e-2d4f6a8b0c1d"),
    name="studio",
    email="ada@example.com",
    origin="user",
    state=CredentialState.READY,
    state_reason=None,
    needs_you=False,
    signed_in_at=datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC),
    renewed_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
    age_seconds=120.5,
    old=False,
    last_checked_at=datetime(2026, 3, 14, 9, 0, 0, tzinfo=UTC),
    last_used_at=datetime(2026, 3, 14, 9, 26, 30, tzinfo=UTC),
    last_limited_at=None,
    checking=False,
    in_use_by=None,
    resting_until=None,
    resting_for=None,
    concurrency=None,
    spacing_seconds=None,
    credits_left=1002,
    submissions=28,
    in_flight=1,
    created_at=datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC),
)
SIGNED_OUT = SIGN_IN.model_copy(
    update={
        "state": CredentialState.NEEDS_AUTH,
        "state_reason": "Google wants you to sign in again. rushes flow login studio",
        "needs_you": True,
    }
)
IMPORT: dict[str, Example] = {
    "state": {
        "summary": "What `rushes flow export` wrote",
        "value": {
            "name": "studio",
            "storage_state": {"cookies": [{"name": "SID", "value": "…"}], "origins": []},
        },
    }
}


CHANGES: dict[str, Example] = {
    "careful": {
        "summary": "One at a time, a minute apart",
        "value": {"concurrency": 1, "spacing_seconds": 60},
    },
    "usual": {"summary": "As for all", "value": {"concurrency": None, "spacing_seconds": None}},
}


class FlowSignInImport(RequestModel):
    """A Google account that was signed in to Flow elsewhere."""

    name: str = Field(max_length=100, description="What to call it. One of this name is signed in again.")
    storage_state: dict[str, Any] | str = Field(
        description="What `rushes flow export` wrote, or any storage state of Playwright's, as JSON or text."
    )
    check: bool = Field(default=True, description="Have a worker look whether it is signed in.")


@sign_ins.get("", responses=answers([SIGN_IN], "Your Flow sign-ins."), summary="List Flow sign-ins")
async def read_flow_sign_ins(run: Run, owner: Owner) -> list[FlowSignInView]:
    """Your Google accounts for Flow: whether they are signed in, how old that is, when it was looked at."""
    return await actions.list_all(run, owner)


@sign_ins.post(
    "",
    status_code=201,
    responses=answers(SIGN_IN, "The sign-in is kept.", 201)
    | problems(action_needed="It was encrypted with a key that is not here."),
    summary="Import a Flow sign-in",
)
async def import_flow_sign_in(
    new: Annotated[FlowSignInImport, Body(openapi_examples=IMPORT)], run: Run, owner: Owner
) -> FlowSignInView:
    """Bring in a sign-in that was made elsewhere. What waited for it continues automatically."""
    state = new.storage_state
    content = state if isinstance(state, str) else json.dumps(state)
    imported = await import_state(run, owner, new.name, content)
    return await actions.check_soon(run, owner, imported.id) if new.check else imported


@sign_ins.patch(
    "/{sign_in_id}",
    responses=answers(SIGN_IN.model_copy(update={"concurrency": 2}), "The sign-in as it is now.")
    | NO_SIGN_IN,
    summary="Change a Flow sign-in",
)
async def change_flow_sign_in(
    sign_in_id: SignInId,
    change: Annotated[SignInChange, Body(openapi_examples=CHANGES)],
    run: Run,
    owner: Owner,
) -> FlowSignInView:
    """Set how many generations are in progress with it, and how many seconds lie between two submits."""
    return await actions.change(run, owner, sign_in_id, change)


@sign_ins.post(
    "/{sign_in_id}/check",
    status_code=202,
    responses=answers(SIGN_IN.model_copy(update={"checking": True}), "It is being looked at.", 202)
    | NO_SIGN_IN,
    summary="Check a Flow sign-in",
)
async def check_flow_sign_in(sign_in_id: SignInId, run: Run, owner: Owner) -> FlowSignInView:
    """Have a worker open it in a browser and look, at no cost. `checking` is true until `state` tells.

    A `credential` event is sent then. It needs a worker for `flow` that is alive.
    """
    return await actions.check_soon(run, owner, sign_in_id)


@sign_ins.delete("/{sign_in_id}", status_code=204, responses=NO_SIGN_IN, summary="Sign out of Flow")
async def log_out_flow_sign_in(sign_in_id: SignInId, run: Run, owner: Owner) -> Response:
    """Forget what it is signed in with, here and in the bucket.

    One whose videos are in progress stays in the list, signed out.
    """
    await actions.log_out(run, owner, sign_in_id)
    return Response(status_code=204)


@router.get(
    "/queue/status",
    responses=answers(FlowQueue(pending=11, processing=1, failed=2), "In numbers."),
    summary="Flow's queue",
)
async def read_flow_queue(run: Run, owner: Owner) -> FlowQueue:
    """How many videos wait for Flow, are in progress there, and failed there."""
    return await actions.queue_status(run, owner)


@router.post(
    "/queue/requeue-failed",
    responses=answers(Requeued(requeued=2), "How many continue."),
    summary="Queue failed ones again",
)
async def requeue_failed(run: Run, owner: Owner) -> Requeued:
    """Make every video again that failed at Flow."""
    return Requeued(requeued=await actions.requeue_failed(run, owner))


def _as_accounts(route: APIRoute) -> str:
    return route.name.replace("sign_in", "account")


router.include_router(sign_ins, prefix="/sign-ins")
router.include_router(sign_ins, prefix="/accounts", deprecated=True, generate_unique_id_function=_as_accounts)
