"""Webhooks: signed, written with the change, sent at least once under one id, and only where they may go."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError
from standins.receiver import ReceivedPost, ReceiverStandIn
from tests.api.rows import STRANGER, add_stranger
from tests.jobs import make_job, until, videos, view
from tests.notices.hooks import add_hook, log_of, permit_private, rows, write
from tests.serving import working

from rushes.api.app import create_app
from rushes.engine.runtime import Runtime
from rushes.engine.states import TakeChanges
from rushes.engine.transitions import change_takes, touch_takes
from rushes.errors import Conflict, Invalid, NotFound
from rushes.keys.actions import rotate
from rushes.library.review import rate_videos
from rushes.notices import deliver, webhooks
from rushes.notices.event_types import CHOOSABLE, DEFAULT_TYPES, TYPES, MessageType
from rushes.notices.webhook_views import NewWebhook, ReplayRequest, WebhookChange
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings


def verified(secret: str, post: ReceivedPost) -> Any:
    """What the library of the specification makes of a request; raises when the signature is not right."""
    return Webhook(secret).verify(post.body, post.headers)


async def came(receiver: ReceiverStandIn, count: int) -> None:
    async def enough() -> bool:
        return len(receiver.got) >= count

    await until(enough)


async def test_a_job_that_ends_is_told_once_signed_for_a_library_of_others(
    run: Runtime, receiver: ReceiverStandIn
):
    permit_private(run, public_url="https://studio.example.org")
    hook = await add_hook(run, receiver)
    async with working(run):
        job_id = await make_job(run, ["a", "b"])

        async def told() -> bool:
            return "job.completed" in receiver.types() and receiver.types().count("video.completed") == 2

        await until(told)
        (video, _) = await videos(run, job_id)
        await rate_videos(run, LOCAL_OWNER, [video.video_id], 5)  # an event of a completed take, and no news
        assert await write(run)
        await came(receiver, 4)
    assert sorted(receiver.types()) == ["disk.low", "job.completed", "video.completed", "video.completed"]
    said = {each.said["type"]: verified(hook.secret, each) for each in receiver.got}
    data = said["job.completed"]["data"]
    assert (data["job_id"], data["job_name"], data["status"]) == (str(job_id), "a job", "completed")
    assert data["links"]["page"] == f"https://studio.example.org/jobs/{job_id}"
    assert "prompt" not in json.dumps(said), "a thin body: what it is about, and where to look"
    assert len({each.id for each in receiver.got}) == 4
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.new_secret()).verify(receiver.got[0].body, receiver.got[0].headers)


async def test_a_change_that_is_taken_back_tells_nobody(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    await add_hook(run, receiver)
    job_id = await make_job(run, ["a"])
    (video,) = await videos(run, job_id)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the transaction is the statement
        async with run.db.begin() as session:
            await change_takes(
                session, [video.video_id], TakeChanges.BLOCK, waiting_for="person", error_type="auth"
            )
            assert len((await session.execute(text("SELECT FROM outbox"))).all()) == 2
            raise ZeroDivisionError
    assert await rows(run, "SELECT FROM outbox") == []
    assert await rows(run, "SELECT FROM procrastinate_jobs WHERE task_name = 'rushes:deliver'") == []


async def test_what_needs_a_person_is_told_once_a_job(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    await add_hook(run, receiver, events=(MessageType.JOB_NEEDS_YOU, MessageType.BUDGET_REACHED))
    job_id = await make_job(run, ["a", "b", "c"])
    ids = [each.video_id for each in await videos(run, job_id)]
    async with run.db.begin() as session:
        await change_takes(session, ids[:2], TakeChanges.BLOCK, waiting_for="person", error_type="auth")
        await change_takes(session, ids[2:], TakeChanges.BLOCK, waiting_for="budget", error_type="budget")
        await touch_takes(session, ids, among=TakeChanges.UNBLOCK.sources, error_message="again")
    told = await rows(run, "SELECT type, data FROM outbox ORDER BY type")
    assert [each.type for each in told] == ["budget.reached", "job.needs_you"]
    assert told[1].data["waiting_for"] == "person"
    assert "video_id" not in told[1].data


async def test_a_sign_in_that_expires_is_told_again_only_after_it_was_valid(
    run: Runtime, receiver: ReceiverStandIn
):
    permit_private(run)
    await add_hook(run, receiver)
    key = str(uuid4())

    async def event(status: str) -> int:
        said = {"credential_id": key, "name": "me", "provider": "flow", "kind": "flow_account"}
        await rows(
            run,
            "INSERT INTO events (owner_id, type, data) VALUES (:owner, 'credential', CAST(:data AS jsonb))",
            owner=LOCAL_OWNER,
            data=json.dumps({**said, "status": status}),
        )
        return len(await rows(run, "SELECT FROM outbox WHERE type = 'sign_in.expired'"))

    assert [await event(each) for each in ("needs_auth", "needs_auth", "ready", "ready", "needs_auth")] == [
        *(1, 1, 1, 1, 2)
    ]


async def test_what_fails_is_sent_again_under_the_same_id(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver, "/flaky")
    await write(run)
    async with working(run):
        await came(receiver, 2)

        async def done() -> bool:
            return (await log_of(run, hook.id))[0].state == "delivered"

        await until(done)
    first, second = receiver.got
    assert first.id == second.id
    assert first.body == second.body
    verified(hook.secret, second)
    (entry,) = await log_of(run, hook.id)
    assert (entry.attempts, entry.http_status) == (2, 204)
    assert str(entry.message_id) == first.id


def test_attempts_go_on_for_days_and_then_end():
    failed = deliver.PostResult(503, "", 1)
    waits = [deliver.wait_after(attempt, failed) for attempt in range(1, 12)]
    assert waits[9:] == [None, None]
    named = [4.5, 270, 1620, 6480, 16_200, 32_400, 45_360, 64_800, 77_760]
    for least, wait in zip(named, waits, strict=False):
        assert wait is not None
        assert least <= wait <= least / 0.9 * 1.1 + 1e-6
    assert sum(each for each in waits if each) > 2 * 86_400
    asked = deliver.PostResult(429, "", 1, retry_after=1000.0)
    assert deliver.wait_after(1, asked) == 1000.0
    assert deliver.wait_after(1, deliver.PostResult(410, "", 1)) is None
    assert deliver.wait_after(1, deliver.PostResult(204, "", 1)) is None


async def test_after_the_last_attempt_it_has_failed_and_a_replay_sends_it_again(
    run: Runtime, receiver: ReceiverStandIn
):
    permit_private(run)
    hook = await add_hook(run, receiver, "/status/500")
    other = await add_hook(run, receiver, "/ok", events=(MessageType.JOB_FAILED,))
    for _ in range(2):
        await write(run)
    async with working(run):

        async def all_failed() -> bool:
            return {each.state for each in await log_of(run, hook.id)} == {"failed"}

        await until(all_failed)
        assert len(receiver.got) == 20
        ids = {each.id for each in receiver.got}
        assert len(ids) == 2
        await webhooks.change_webhook(run, LOCAL_OWNER, hook.id, WebhookChange(url=receiver.url + "/ok"))
        later = ReplayRequest(failed_since=datetime.now(UTC) + timedelta(hours=1))
        assert (await webhooks.replay(run, LOCAL_OWNER, hook.id, later)).count == 0
        assert (await webhooks.replay(run, LOCAL_OWNER, hook.id, ReplayRequest())).count == 2
        await came(receiver, 22)
        one = ReplayRequest(delivery_id=(await log_of(run, hook.id))[0].id)
        with pytest.raises(NotFound):
            await webhooks.replay(run, LOCAL_OWNER, other.id, one)

        async def delivered() -> bool:
            return {each.state for each in await log_of(run, hook.id)} == {"delivered"}

        await until(delivered)
        assert (await webhooks.replay(run, LOCAL_OWNER, hook.id, one)).count == 1
        await came(receiver, 23)
    assert {each.id for each in receiver.got if each.path == "/ok"} == ids


async def test_gone_pauses_and_what_came_meanwhile_is_kept_for_a_replay(
    run: Runtime, receiver: ReceiverStandIn
):
    permit_private(run)
    hook = await add_hook(run, receiver, "/status/410")
    await write(run)
    await deliver.deliver(run, receiver_id=str(hook.id))
    async with run.db.statement() as session:
        now = await webhooks.get_webhook(session, LOCAL_OWNER, hook.id)
    assert (now.state, now.reason, now.failed) == ("paused", "It answered 410 Gone.", 1)
    await write(run)
    await deliver.deliver(run, receiver_id=str(hook.id))
    assert len(receiver.got) == 1, "nothing is sent to it any more"
    with pytest.raises(Conflict):
        await webhooks.replay(run, LOCAL_OWNER, hook.id, ReplayRequest())
    enabled = WebhookChange(enabled=True, url=receiver.url + "/ok")
    assert (await webhooks.change_webhook(run, LOCAL_OWNER, hook.id, enabled)).reason is None
    assert (await webhooks.replay(run, LOCAL_OWNER, hook.id, ReplayRequest())).count == 2
    await deliver.deliver(run, receiver_id=str(hook.id))
    assert receiver.types() == ["disk.low", "disk.low"]


async def test_five_days_of_failure_pause_it(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver, "/status/500")

    async def state_after(days: int) -> str:
        await rows(run, "UPDATE receivers SET failing_since = now() - make_interval(days => :n)", n=days)
        await write(run)
        await deliver.deliver(run, receiver_id=str(hook.id))
        async with run.db.statement() as session:
            return (await webhooks.get_webhook(session, LOCAL_OWNER, hook.id)).state

    assert [await state_after(days) for days in (4, 6)] == ["active", "paused"]


@pytest.mark.parametrize("path", ["/slow-body", "/endless"])
async def test_an_answer_without_an_end_is_cut(run: Runtime, receiver: ReceiverStandIn, path: str):
    permit_private(run)
    hook = await add_hook(run, receiver, path)
    seen = await asyncio.wait_for(webhooks.send_test(run, LOCAL_OWNER, hook.id), 120)
    assert (seen.state, seen.http_status) == ("delivered", 200)
    assert len(seen.answer or "") <= 1024
    assert receiver.sent_bytes < 50 * 2**20


async def test_silence_and_redirects_are_failures_and_lead_nowhere(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run, deliver_timeout_seconds=0.5)
    hung = await webhooks.send_test(run, LOCAL_OWNER, (await add_hook(run, receiver, "/hang")).id)
    assert (hung.state, hung.http_status) == ("pending", None)
    assert "No answer within" in (hung.answer or "")
    permit_private(run, deliver_timeout_seconds=15.0)
    led = await webhooks.send_test(run, LOCAL_OWNER, (await add_hook(run, receiver, "/redirect")).id)
    assert (led.state, led.http_status) == ("pending", 302)
    assert "/secret" not in {each.path for each in receiver.got}


async def test_the_log_keeps_an_answer_cleaned_and_without_secrets(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    run.vault.seal("token-of-somebody-123")
    hook = await add_hook(run, receiver, "/echo")
    async with run.db.begin() as session:
        await session.execute(
            text(
                "UPDATE receivers SET address = :url",
            ),
            {"url": f"{receiver.url}/echo"},
        )
    await write(run, message="token-of-somebody-123")
    await deliver.deliver(run, receiver_id=str(hook.id))
    (entry,) = await log_of(run, hook.id)
    assert entry.http_status == 400
    kept = (await rows(run, "SELECT answer FROM deliveries"))[0].answer
    assert "webhook-id" in kept
    assert not {"\x1b", "\x00"} & set(kept)
    assert "token-of-somebody-123" not in kept
    assert len(kept) <= 1024


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a",
        "https://127.0.0.1/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://169.254.169.254/latest",
        "https://localhost/a",
        "https://me:secret@example.org/a",
        "ftp://example.org",
        "nothing",
        "",
    ],
)
async def test_private_addresses_and_other_schemes_are_refused(run: Runtime, url: str):
    with pytest.raises(Invalid, match="cannot be used"):
        await webhooks.add_webhook(run, LOCAL_OWNER, NewWebhook(url=url))


async def test_the_rule_holds_at_each_attempt_as_well(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver)
    run.settings = run.settings.model_copy(update={"deliver_private": False})
    for url in (f"{receiver.url}/ok", receiver.url.replace("http://", "https://")):
        await rows(run, "UPDATE receivers SET address = :url", url=url)
        seen = await webhooks.send_test(run, LOCAL_OWNER, hook.id)
        assert (seen.state, seen.http_status) == ("pending", None)
    assert receiver.got == []
    with pytest.raises(Invalid):
        await webhooks.change_webhook(
            run, LOCAL_OWNER, hook.id, WebhookChange(url="https://192.168.1.1/router")
        )


async def test_after_a_rotation_both_secrets_verify_for_a_day(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver)
    other = await webhooks.rotate_secret(run, LOCAL_OWNER, hook.id)
    assert other.secret != hook.secret
    assert other.previous_secret_until is not None
    await webhooks.send_test(run, LOCAL_OWNER, hook.id)
    for secret in (hook.secret, other.secret):
        assert verified(secret, receiver.got[0])["type"] == "ping"
    await rows(run, "UPDATE receivers SET previous_until = now()")
    await webhooks.send_test(run, LOCAL_OWNER, hook.id)
    assert verified(other.secret, receiver.got[1])
    with pytest.raises(WebhookVerificationError):
        verified(hook.secret, receiver.got[1])
    await deliver.prune_deliveries(run)
    assert (await rows(run, "SELECT previous_secret FROM receivers"))[0].previous_secret is None


async def test_secrets_are_sealed_and_survive_a_new_key_of_the_vault(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver)
    before = (await rows(run, "SELECT secret FROM receivers"))[0].secret
    assert hook.secret not in str(await rows(run, "SELECT to_jsonb(r)::text FROM receivers r"))
    assert await rotate(run) == 1
    assert (await rows(run, "SELECT secret FROM receivers"))[0].secret != before
    await webhooks.send_test(run, LOCAL_OWNER, hook.id)
    assert verified(hook.secret, receiver.got[0])


async def test_a_webhook_of_another_space_is_not_there_and_hears_nothing(
    run: Runtime, receiver: ReceiverStandIn
):
    permit_private(run)
    await add_stranger(run)
    theirs = await add_hook(run, receiver, owner=STRANGER)
    await write(run)
    await write(run, STRANGER)
    (delivery,) = await rows(run, "SELECT id FROM deliveries")
    one = ReplayRequest(delivery_id=delivery.id)
    for attempt in (
        lambda: webhooks.change_webhook(run, LOCAL_OWNER, theirs.id, WebhookChange(name="mine")),
        lambda: webhooks.delete_webhook(run, LOCAL_OWNER, theirs.id),
        lambda: webhooks.rotate_secret(run, LOCAL_OWNER, theirs.id),
        lambda: webhooks.send_test(run, LOCAL_OWNER, theirs.id),
        lambda: webhooks.replay(run, LOCAL_OWNER, theirs.id, one),
        lambda: log_of(run, theirs.id),
    ):
        with pytest.raises(NotFound):
            await attempt()
    async with run.db.statement() as session:
        assert await webhooks.list_webhooks(session, LOCAL_OWNER) == []
    assert receiver.got == []


async def test_two_tasks_at_once_send_one_delivery_once(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver)
    for _ in range(5):
        await write(run)
    await asyncio.gather(*(deliver.deliver(run, receiver_id=str(hook.id)) for _ in range(4)))
    assert len(receiver.got) == len({each.id for each in receiver.got}) == 5


async def test_what_a_receiver_has_due_without_a_task_is_found(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    await add_hook(run, receiver)
    await write(run)
    await rows(run, "DELETE FROM procrastinate_jobs")
    async with working(run):
        await came(receiver, 1)


async def test_messages_are_forgotten_after_thirty_days(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver)
    await write(run)
    await write(run)
    await rows(
        run,
        "UPDATE outbox SET at = now() - interval '31 days' WHERE id = (SELECT min(id::text)::uuid"
        " FROM outbox)",
    )
    await deliver.prune_deliveries(run)
    assert len(await log_of(run, hook.id)) == 1


async def test_every_type_is_described_and_says_what_it_promises(run: Runtime, receiver: ReceiverStandIn):
    described = create_app(Settings.model_validate({})).openapi()
    assert set(described["webhooks"]) == set(map(str, MessageType)) == set(map(str, TYPES))
    for each, entry in described["webhooks"].items():
        body = entry["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body["properties"]["type"] == {"const": each}
        name = body["properties"]["data"]["$ref"].rpartition("/")[2]
        assert {"space_id", "links"} <= set(described["components"]["schemas"][name]["required"])
    assert set(DEFAULT_TYPES) < set(CHOOSABLE) < set(MessageType)


async def test_the_api_adds_tests_lists_and_deletes(client: Any, server: Any, receiver: ReceiverStandIn):
    permit_private(server.run)
    made = await client.post("/api/webhooks", json={"url": f"{receiver.url}/ok"})
    assert made.status_code == 201
    secret, path = made.json()["secret"], f"/api/webhooks/{made.json()['id']}"
    assert secret.startswith("whsec_")
    assert made.json()["events"] == [str(each) for each in DEFAULT_TYPES]
    tested = await client.post(f"{path}/test")
    assert (tested.json()["type"], tested.json()["state"]) == ("ping", "delivered")
    verified(secret, receiver.got[0])
    listed = (await client.get("/api/webhooks")).json()
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert (await client.get(path)).json()["name"] == "127.0.0.1"
    assert len((await client.get(f"{path}/deliveries")).json()) == 1
    ping = {"url": f"{receiver.url}/ok", "events": ["ping"]}
    assert (await client.post("/api/webhooks", json=ping)).status_code == 422
    again = await client.post(f"{path}/replay", json={"delivery_id": tested.json()["id"]})
    assert again.json() == {"count": 1}
    await came(receiver, 2)
    off = await client.patch(path, json={"enabled": False})
    assert off.json()["state"] == "disabled"
    assert await write(server.run) is None
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert UUID(made.json()["id"])


async def test_deleting_a_job_leaves_its_message(run: Runtime, receiver: ReceiverStandIn):
    permit_private(run)
    hook = await add_hook(run, receiver, events=(MessageType.JOB_COMPLETED,))
    async with working(run):
        job_id = await make_job(run, ["a"])

        async def ended() -> bool:
            return (await view(run, job_id)).status == "completed"

        await until(ended)
        await came(receiver, 1)
    assert verified(hook.secret, receiver.got[0])["data"]["job_id"] == str(job_id)
