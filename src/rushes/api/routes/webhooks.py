"""Webhooks: added, changed, tested, deleted; their deliveries, and sending them again."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.openapi.models import Example

from rushes.api.deps import Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.notices import webhooks
from rushes.notices.event_types import CHOOSABLE, TYPES, MessageType
from rushes.notices.webhook_views import (
    DeliveryState,
    DeliveryView,
    MessageTypeView,
    NewWebhook,
    ReceiverState,
    Replayed,
    ReplayRequest,
    WebhookChange,
    WebhookCreated,
    WebhookView,
)

router = APIRouter(prefix="/api", tags=["webhooks"])

WebhookId = Annotated[UUID, Path(description="The webhook.")]
NO_WEBHOOK = problems(not_found="There is no such webhook.")
_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
WEBHOOK = WebhookView(
    id=UUID("6f0f5b0e-3a0e-4a57-9a53-0a2f4a7c9d11"),
    name="Build server",
    url="https://ci.example.org/rushes",
    events=[MessageType.JOB_COMPLETED, MessageType.JOB_NEEDS_YOU],
    state=ReceiverState.ACTIVE,
    reason=None,
    failing_since=None,
    last_success_at=_AT,
    previous_secret_until=None,
    pending=0,
    failed=0,
    created_at=_AT,
)
CREATED = WebhookCreated(**WEBHOOK.model_dump(), secret="whsec_bm90IGEgc2VjcmV0LCBhbiBleGFtcGxlIG9ubHkh")  # noqa: S106  # an example
DELIVERY = DeliveryView(
    id=UUID("1d2c3b4a-5f6e-4d8c-9b0a-1a2b3c4d5e6f"),
    message_id=UUID("9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"),
    type=MessageType.JOB_COMPLETED,
    state=DeliveryState.DELIVERED,
    attempts=1,
    http_status=204,
    milliseconds=86,
    answer="",
    next_at=None,
    created_at=_AT,
    ended_at=_AT,
)
NEW: dict[str, Example] = {
    "jobs": {
        "summary": "When a job has ended, or needs you",
        "value": {"url": WEBHOOK.url, "name": WEBHOOK.name, "events": ["job.completed", "job.needs_you"]},
    }
}
REPLAY: dict[str, Example] = {
    "one": {"summary": "One delivery", "value": {"delivery_id": str(DELIVERY.id)}},
    "failed": {"summary": "All that failed since", "value": {"failed_since": "2026-03-14T00:00:00Z"}},
}


@router.post(
    "/webhooks",
    status_code=201,
    responses=answers(CREATED, "The webhook, with its secret: shown this once.", 201)
    | problems(conflict="The space has too many webhooks."),
    summary="Add a webhook",
)
async def create_webhook(
    new: Annotated[NewWebhook, Body(openapi_examples=NEW)], run: Run, owner: Owner
) -> WebhookCreated:
    """Messages are posted to the address from now on, signed by the Standard Webhooks specification."""
    return await webhooks.add_webhook(run, owner, new)


@router.get("/webhooks", responses=answers([WEBHOOK], "The webhooks of the space."), summary="List webhooks")
async def read_webhooks(run: Run, owner: Owner) -> list[WebhookView]:
    """List webhooks, with whether they answer, and how many messages wait or failed."""
    async with run.db.statement() as session:
        return await webhooks.list_webhooks(session, owner)


@router.get(
    "/message-types",
    responses=answers(
        [MessageTypeView(type=MessageType.JOB_COMPLETED, title="A job has ended", default=True)],
        "The types, in the order in which they are shown.",
    ),
    summary="Types of messages",
)
async def read_message_types() -> list[MessageTypeView]:
    """List what webhooks and notices can tell of; `webhooks` of the OpenAPI description has each schema."""
    return [
        MessageTypeView(type=each, title=TYPES[each].title, default=TYPES[each].default) for each in CHOOSABLE
    ]


@router.get(
    "/webhooks/{webhook_id}",
    responses=answers(WEBHOOK, "The webhook.") | NO_WEBHOOK,
    summary="Read a webhook",
)
async def read_webhook(webhook_id: WebhookId, run: Run, owner: Owner) -> WebhookView:
    """Read one webhook. Its secret is not shown again."""
    async with run.db.statement() as session:
        return await webhooks.get_webhook(session, owner, webhook_id)


@router.patch(
    "/webhooks/{webhook_id}",
    responses=answers(WEBHOOK, "The webhook as it is now.") | NO_WEBHOOK,
    summary="Change a webhook",
)
async def update_webhook(
    webhook_id: WebhookId,
    change: Annotated[WebhookChange, Body(openapi_examples={"off": {"value": {"enabled": False}}})],
    run: Run,
    owner: Owner,
) -> WebhookView:
    """Change address, name or types; disable it, or enable one that is disabled or paused."""
    return await webhooks.change_webhook(run, owner, webhook_id, change)


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=NO_WEBHOOK, summary="Delete a webhook")
async def delete_webhook(webhook_id: WebhookId, run: Run, owner: Owner) -> Response:
    """Delete a webhook and its log of deliveries. What is pending is not sent."""
    await webhooks.delete_webhook(run, owner, webhook_id)
    return Response(status_code=204)


@router.post(
    "/webhooks/{webhook_id}/rotate",
    responses=answers(CREATED, "The webhook, with its new secret: shown this once.") | NO_WEBHOOK,
    summary="Rotate the secret of a webhook",
)
async def rotate_webhook_secret(webhook_id: WebhookId, run: Run, owner: Owner) -> WebhookCreated:
    """Make another secret. For 24 hours messages carry a signature by each of the two."""
    return await webhooks.rotate_secret(run, owner, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/test",
    responses=answers(DELIVERY, "What came of it.") | NO_WEBHOOK,
    summary="Test a webhook",
)
async def send_test_webhook(webhook_id: WebhookId, run: Run, owner: Owner) -> DeliveryView:
    """Send a `ping` now. `state` says whether it was accepted, `answer` what was answered."""
    return await webhooks.send_test(run, owner, webhook_id)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    responses=answers([DELIVERY], "The deliveries, the newest first.") | NO_WEBHOOK,
    summary="Log of deliveries",
)
async def read_deliveries(
    webhook_id: WebhookId,
    run: Run,
    owner: Owner,
    limit: Annotated[int, Query(ge=1, le=webhooks.MOST_DELIVERIES, description="The most to list.")] = 50,
) -> list[DeliveryView]:
    """List what was sent, or will be, with the last answer. Kept for 30 days."""
    async with run.db.begin() as session:
        return await webhooks.list_deliveries(session, owner, webhook_id, limit=limit)


@router.post(
    "/webhooks/{webhook_id}/replay",
    responses=answers(Replayed(count=1), "How many are sent again.")
    | problems(
        not_found="There is no such webhook or delivery.", conflict="The webhook is paused or disabled."
    ),
    summary="Send deliveries again",
)
async def replay_deliveries(
    webhook_id: WebhookId,
    asked: Annotated[ReplayRequest, Body(openapi_examples=REPLAY)],
    run: Run,
    owner: Owner,
) -> Replayed:
    """Send one delivery again, or all that failed since a time. Each keeps its `webhook-id`."""
    return await webhooks.replay(run, owner, webhook_id, asked)
