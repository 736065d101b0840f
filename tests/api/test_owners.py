"""What belongs to somebody else is not there: not to see, not to change, not to count."""

from uuid import uuid4

import httpx
from sqlalchemy import text
from tests.api.rows import STRANGER, add_stranger, finished, set_job, store
from tests.api.test_stories import OF_STORIES
from tests.api.test_stories import OTHERS as STORY_OTHERS
from tests.serving import Served

from rushes.api.needs import declared
from rushes.engine.states import JobStatus

OF_JOBS = (
    ("GET", ""),
    ("GET", "/videos"),
    ("GET", "/events"),
    ("POST", "/start"),
    ("POST", "/cancel"),
    ("POST", "/pause"),
    ("POST", "/resume"),
    ("POST", "/retry-failed"),
    ("POST", "/upload"),
    ("PUT", "/budget"),
    ("PATCH", ""),
    ("POST", "/move"),
    ("POST", "/duplicate"),
    ("DELETE", ""),
)
TABLES = (
    *("jobs", "shots", "videos", "assets", "submissions", "events", "procrastinate_jobs"),
    *("credentials", "upscale_tasks", "download_links", "projects", "generations", "presets"),
    *("receivers", "outbox", "deliveries"),
)
OF_VIDEOS = (
    ("GET", ""),
    ("GET", "/content"),
    ("HEAD", "/content"),
    ("GET", "/thumbnail"),
    ("HEAD", "/thumbnail"),
    ("GET", "/image"),
    ("HEAD", "/image"),
    ("GET", "/last-frame"),
    ("HEAD", "/last-frame"),
    ("PUT", "/select"),
    ("PUT", "/rate"),
    ("POST", "/restore"),
    ("POST", "/retry"),
    ("POST", "/regenerate"),
    ("GET", "/candidates"),
    ("POST", "/resolve"),
    ("POST", "/edit"),
    ("POST", "/extend"),
    ("DELETE", ""),
)
OF_KEYS = (("PATCH", ""), ("POST", "/test"), ("DELETE", ""))
OF_WEBHOOKS = (
    *(("GET", ""), ("PATCH", ""), ("GET", "/deliveries"), ("POST", "/replay"), ("POST", "/rotate")),
    *(("POST", "/test"), ("DELETE", "")),
)
OF_CHANNELS = (("PATCH", ""), ("POST", "/test"), ("DELETE", ""))
OF_ACCOUNTS = (("PATCH", ""), ("POST", "/check"), ("DELETE", ""))
OF_PROJECTS = (("GET", ""), ("PATCH", ""), ("DELETE", ""))
OF_UPSCALES = (("GET", "/status"), ("POST", "/cancel"))
OF_OPENAI = (("GET", ""), ("GET", "/content"), ("DELETE", ""), ("POST", "/remix"))
OF_PEOPLE = ("/api/me/", "/api/spaces/", "/api/users/")
"""No things of an owner: `test_people` looks who may what with them."""
BODIES = {
    "/select": {"selected": True},
    "/rate": {"rating": 5},
    "/resolve": {"decision": "made"},
    "/regenerate": {"new_prompt": "x"},
    "/edit": {"prompt": "x"},
    "/extend": {"prompt": "x"},
}


async def test_every_route_of_a_job_or_a_video_is_tried_here(api: httpx.AsyncClient):
    paths = (await api.get("/openapi.json")).json()["paths"]
    known = {(method, f"/api/jobs/{{job_id}}{rest}") for method, rest in OF_JOBS}
    known |= {(method, f"/api/videos/{{video_id}}{rest}") for method, rest in OF_VIDEOS if method != "HEAD"}
    known |= {(method, "/api/video_chat/operations/{operation_id}") for method in ("GET", "DELETE")}
    known |= {(method, f"/v1/videos/{{video_id}}{rest}") for method, rest in OF_OPENAI}
    known |= {("GET", "/v1/models/{model_id}"), ("GET", "/api/downloads/{download_id}")}
    known |= {(method, f"/api/keys/{{key_id}}{rest}") for method, rest in OF_KEYS}
    known |= {(method, f"/api/webhooks/{{webhook_id}}{rest}") for method, rest in OF_WEBHOOKS}
    known |= {(method, f"/api/notices/channels/{{channel_id}}{rest}") for method, rest in OF_CHANNELS}
    known |= {(method, f"/api/projects/{{project_id}}{rest}") for method, rest in OF_PROJECTS}
    known |= {
        (method, f"/api/flow/{name}/{{sign_in_id}}{rest}")
        for method, rest in OF_ACCOUNTS
        for name in ("sign-ins", "accounts")
    }
    known |= {(method, f"/api/videos/upscale/{{task_id}}{rest}") for method, rest in OF_UPSCALES}
    known |= {("GET", "/api/shots/{shot_id}/image"), ("GET", "/api/providers/{provider_id}")}
    known.add(("GET", "/api/fonts/{family}"))  # the same for everybody
    known |= {("GET", "/api/shots/{shot_id}"), ("POST", "/api/submissions/{submission_id}/resolve")}
    known |= {("DELETE", "/api/presets/{preset_id}"), ("GET", "/api/deleted/{video_id}/thumbnail")}
    known |= {(method, "/api/scripts/{script_id}") for method in ("GET", "PUT")}
    of_jobs = ("status/{job_id}", "{job_id}/content")
    known |= {("GET", f"/api/{what}/{path}") for what in ("images", "tts") for path in of_jobs}
    known |= {(method, f"/api/stories/{{story_id}}{rest}") for method, rest in OF_STORIES} | set(STORY_OTHERS)
    known |= {each for each in declared() if "{" in each[1] and each[1].startswith(OF_PEOPLE)}
    shared = ("/api/shares/", "/api/shared/")  # tried in test_shares.py
    known |= {each for each in declared() if each[1].startswith(shared)}
    with_an_id = {
        (method.upper(), path) for path, methods in paths.items() if "{" in path for method in methods
    }
    assert with_an_id == known


async def test_somebody_elses_things_are_not_there(api: httpx.AsyncClient, still: Served):
    await add_stranger(still.run)
    job_id, (video_id,) = await finished(still.run, [b"private"], owner=STRANGER)
    key = f"jobs/{job_id}/images/1.jpg"
    await store(still.run, STRANGER, job_id, key, b"private", "image/jpeg")
    async with still.run.db.engine.begin() as connection:
        shot = await connection.exec_driver_sql(
            "UPDATE shots SET image_key = %s WHERE job_id = %s RETURNING id", (key, job_id)
        )
        shot_id = shot.scalar_one()
        await connection.exec_driver_sql(
            "UPDATE videos SET waiting_for = 'uncertain', status = 'completed' WHERE id = %s", (video_id,)
        )
        task_id, key_id, link_id = uuid4(), uuid4(), uuid4()
        for statement in (
            "INSERT INTO upscale_tasks (id, owner_id, quality, codec, enhance, hardware)"
            " VALUES (%s, %s, 'fast', 'h264', false, false)",
            "INSERT INTO credentials (id, owner_id, service, provider, serves, kind, name, last_four, secret,"
            " fields, origin, state) VALUES (%s, %s, 'google', 'omni', '{omni}', 'key', 'theirs', '1234',"
            " 'sealed', '{}', 'user', 'ready')",
            "INSERT INTO download_links (id, owner_id, wanted, expires_at)"
            f" VALUES (%s, %s, '{{\"video_ids\": [\"{video_id}\"]}}', now() + interval '1 day')",
        ):
            await connection.exec_driver_sql(
                statement, ({"upscale": task_id, "credent": key_id}.get(statement[12:19], link_id), STRANGER)
            )
        account_id = uuid4()
        await connection.exec_driver_sql(
            "INSERT INTO credentials (id, owner_id, service, provider, serves, kind, name, last_four, secret,"
            " fields, origin, state) VALUES (%s, %s, 'flow', 'flow', '{flow}', 'flow_account', 'theirs', '',"
            " 'sealed', '{}', 'user', 'ready')",
            (account_id, STRANGER),
        )
        project_id = uuid4()
        await connection.exec_driver_sql(
            "INSERT INTO projects (id, owner_id, name) VALUES (%s, %s, 'theirs')", (project_id, STRANGER)
        )
        preset_id = uuid4()
        await connection.exec_driver_sql(
            "INSERT INTO presets (id, owner_id, name, settings) VALUES (%s, %s, 'theirs', '{}')",
            (preset_id, STRANGER),
        )
    material = {"script": uuid4(), "picture": uuid4(), "voice": uuid4()}
    async with still.run.db.begin() as session:
        call_id = await session.scalar(
            text(
                "INSERT INTO submissions (id, owner_id, subject_ids, attempt, provider, model, state,"
                " request_hash, cost_estimate, faults) SELECT gen_random_uuid(), owner_id, '{}', 1, 'echo',"
                " 'echo-1', 'uncertain', '', 1, 0 FROM jobs WHERE id = :id RETURNING id"
            ),
            {"id": job_id},
        )
        for kind in material:
            await session.execute(
                text(
                    "INSERT INTO generations (id, owner_id, kind, provider, model, params, input_hash,"
                    " status)"
                    " VALUES (:id, :owner, :kind, 'echo', 'echo-1', '{}', 'x', 'completed')"
                ),
                {"id": material[kind], "owner": STRANGER, "kind": kind},
            )
    webhook_id, channel_id = uuid4(), uuid4()
    async with still.run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO receivers (id, owner_id, kind, name, address, secret, events)"
                " VALUES (:id, :owner, 'webhook', 'theirs', 'https://example.org', '', '{}'),"
                " (:channel, :owner, 'mail', 'theirs', 'a@example.org', '', '{}')"
            ),
            {"id": webhook_id, "channel": channel_id, "owner": STRANGER},
        )
    before = await everything(still)
    script = {"title": "mine now", "sections": [{"narration": "mine now"}]}
    for method in ("GET", "PUT"):
        refused = await api.request(method, f"/api/scripts/{material['script']}", json=script)
        assert refused.status_code == 404, method
    for verb, more in (
        ("improve", {"instruction": "shorter"}),
        ("translate", {"language": "de"}),
        ("analyze", {}),
    ):
        body = {"script_id": str(material["script"]), "provider": "outline", **more}
        body = {name: value for name, value in body.items() if verb != "analyze" or name == "script_id"}
        assert (await api.post(f"/api/scripts/{verb}", json=body)).status_code in {404, 422}, verb
    for path in (f"status/{material['picture']}", f"{material['picture']}/content"):
        assert (await api.get(f"/api/images/{path}")).status_code == 404, path
    for path in (f"status/{material['voice']}", f"{material['voice']}/content"):
        assert (await api.get(f"/api/tts/{path}")).status_code == 404, path
    for method, rest in OF_PROJECTS:
        refused = await api.request(method, f"/api/projects/{project_id}{rest}", json={"name": "mine now"})
        assert refused.status_code == 404, (method, rest)
    assert (await api.get("/api/projects", params={"archived": True})).json() == []
    assert (await api.delete(f"/api/presets/{preset_id}")).status_code == 404
    assert (await api.get("/api/presets")).json() == []
    assert (await api.get(f"/api/deleted/{video_id}/thumbnail")).status_code == 404
    assert (await api.get("/api/deleted")).json()["items"] == []
    assert (await api.get("/api/library")).json()["items"] == []
    again = await api.post("/api/library/regenerate", json={"videos": [{"video_id": str(video_id)}]})
    assert again.json()["video_ids"] == []
    assert (await api.post("/api/video_chat/keep", json={})).json() == {"kept": 0}
    for method, rest in OF_ACCOUNTS:
        for name in ("sign-ins", "accounts"):
            body = {"concurrency": 2} if method == "PATCH" else None
            refused = await api.request(method, f"/api/flow/{name}/{account_id}{rest}", json=body)
            assert refused.status_code == 404, (method, rest)
    assert (await api.get("/api/flow/sign-ins")).json() == []
    for method, rest in OF_UPSCALES:
        refused = await api.request(method, f"/api/videos/upscale/{task_id}{rest}")
        assert refused.status_code == 404, (method, rest)
    for method, rest in OF_KEYS:
        refused = await api.request(method, f"/api/keys/{key_id}{rest}", json={"name": "mine now"})
        assert refused.status_code == 404, (method, rest)
    assert (await api.get("/api/keys")).json() == []
    for method, rest in OF_WEBHOOKS:
        body = {"name": "mine now"} if method == "PATCH" else {} if rest == "/replay" else None
        refused = await api.request(method, f"/api/webhooks/{webhook_id}{rest}", json=body)
        assert refused.status_code == 404, (method, rest)
    assert (await api.get("/api/webhooks")).json() == []
    for method, rest in OF_CHANNELS:
        body = {"name": "mine now"} if method == "PATCH" else None
        refused = await api.request(method, f"/api/notices/channels/{channel_id}{rest}", json=body)
        assert refused.status_code == 404, (method, rest)
    assert (await api.get("/api/notices/channels")).json() == []
    assert (await api.get(f"/api/downloads/{link_id}")).status_code == 404
    for method, rest in OF_JOBS:
        form = {"prompts_text": (None, "1. mine now")} if rest == "/upload" else None
        body = {"/budget": {"budget": "1"}, "/move": {"to": "top"}}.get(rest)
        body = {"job_name": "mine now"} if method == "PATCH" else body
        refused = await api.request(method, f"/api/jobs/{job_id}{rest}", files=form, json=body)
        assert refused.status_code == 404, (method, rest)
    for method, rest in OF_VIDEOS:
        refused = await api.request(method, f"/api/videos/{video_id}{rest}", json=BODIES.get(rest))
        assert refused.status_code == 404, (method, rest)
        assert b"private" not in refused.content
    for path in (f"/api/shots/{shot_id}", f"/api/shots/{shot_id}/image"):
        assert (await api.get(path)).status_code == 404
    refused = await api.post(f"/api/submissions/{call_id}/resolve", json={"decision": "made"})
    assert refused.status_code == 404
    assert (await api.get("/api/needs")).json() == []
    await set_job(still.run, job_id, kind="studio")
    for method in ("GET", "DELETE"):
        refused = await api.request(method, f"/api/video_chat/operations/{video_id}")
        assert refused.status_code == 404, method
    asked = await api.post("/api/video_chat/status", json={"operation_id": str(video_id)})
    assert asked.status_code == 404
    going_on = {"prompt": "mine now", "start_frame_video_id": str(video_id)}
    assert (await api.post("/api/video_chat/generate", json=going_on)).status_code == 404
    assert (await api.get("/api/video_chat/operations")).json()["items"] == []
    await set_job(still.run, job_id, kind="openai")
    for method, rest in OF_OPENAI:
        refused = await api.request(method, f"/v1/videos/video_{video_id}{rest}", json={"prompt": "mine"})
        assert refused.status_code == 404, (method, rest)
        assert b"private" not in refused.content
    assert (await api.get("/v1/videos")).json()["data"] == []
    assert (await api.get("/v1/videos", params={"after": f"video_{video_id}"})).status_code == 404
    await set_job(still.run, job_id, kind="batch")
    some = {"video_ids": [str(video_id)]}
    assert (await api.post("/api/videos/download", json=some)).status_code == 404
    assert (await api.post("/api/videos/download-form", data={"video_ids": str(video_id)})).status_code == 404
    for verb in (
        "videos/select",
        "videos/reject",
        "videos/delete",
        "videos/restore",
        "videos/retry",
        "deleted/purge",
    ):
        body = {
            **some,
            **{"videos/select": {"selected": True}, "videos/reject": {"rejected": True}}.get(verb, {}),
        }
        changed = await api.post(f"/api/{verb}", json=body)
        assert changed.json() == {"video_ids": []}, verb
    assert (await api.get("/api/needs")).json() == []
    assert (await api.get("/api/stats")).json()["videos"] == 0
    listed = (await api.get("/api/jobs")).json()
    assert (listed["items"], listed["pagination"]["total"]) == ([], 0)
    for status in JobStatus:
        assert (await api.get("/api/jobs", params={"status": status})).json()["items"] == []
    assert await everything(still) == before


async def everything(still: Served) -> list[tuple[object, ...]]:
    """All rows, and the bytes."""
    rows: list[tuple[object, ...]] = []
    async with still.run.db.engine.begin() as connection:
        for table in TABLES:
            found = await connection.exec_driver_sql(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            rows += [(table, *row) for row in found]
    rows += [(key, facts.size) for key, facts in sorted(still.run.bucket.files())]
    return rows
