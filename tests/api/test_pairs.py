"""An upload with pairs of one's own: the shots are what the table said, not what the names say."""

import json
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.api.rows import picture, zipped
from tests.serving import Served

PAIRS = [
    {"number": 1, "image": "2.jpg", "prompt": "first", "negative_prompt": "fog"},
    {"number": 2, "image": "1.jpg", "prompt": "second"},
    {"number": 5, "image": "1.jpg", "prompt": "third"},
]


async def upload(api: httpx.AsyncClient, files: list[Any]) -> tuple[UUID, httpx.Response]:
    """A new job, and the answer to an upload into it."""
    made = await api.post("/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo"}})
    job_id = made.json()["job_id"]
    return UUID(job_id), await api.post(f"/api/jobs/{job_id}/upload", files=files)


async def shots(still: Served, job_id: UUID) -> list[tuple[Any, ...]]:
    async with still.run.db.begin() as session:
        rows = await session.execute(
            text(
                "SELECT number, image_filename, prompt, negative_prompt, image_key FROM shots"
                " WHERE job_id = :id ORDER BY number"
            ),
            {"id": job_id},
        )
        return [tuple(row) for row in rows]


async def test_the_shots_are_those_of_the_table(api: httpx.AsyncClient, still: Served):
    images = {"1.jpg": picture(10), "2.jpg": picture(200), "3.jpg": picture(90)}
    pairs = ("pairs", (None, json.dumps(PAIRS)))
    single = [*(("images", each) for each in images.items()), pairs]
    bundle = [("images_folder", ("all.zip", zipped({**images, "prompts.txt": b"1. other"}))), pairs]
    for files in (single, bundle):
        job_id, answer = await upload(api, files)
        assert (answer.status_code, answer.json()["matched"]) == (200, 3), answer.text
        assert (answer.json()["prompt_count"], answer.json()["unmatched_images"]) == (3, ["3.jpg"])
        made = await shots(still, job_id)
        assert [each[:4] for each in made] == [
            (1, "2.jpg", "first", "fog"),
            (2, "1.jpg", "second", None),
            (5, "1.jpg", "third", None),
        ]
        assert made[1][4] == made[2][4] != made[0][4]  # an image of two shots is stored once
        assert (await api.post(f"/api/jobs/{job_id}/start")).status_code == 202


async def test_pairs_that_do_not_hold_change_nothing(api: httpx.AsyncClient, still: Served):
    for pairs, code in (
        ([{**PAIRS[0], "image": "9.jpg"}], "unknown_image"),
        ([PAIRS[1], {**PAIRS[0], "number": 2}], "duplicate_number"),
        ([{"number": 1, "image": None, "prompt": "alone"}], "no_shots"),
    ):
        files = [("images", (name, picture())) for name in ("1.jpg", "2.jpg")]
        job_id, answer = await upload(api, [*files, ("pairs", (None, json.dumps(pairs)))])
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        assert await shots(still, job_id) == []
    assert list(still.run.bucket.files()) == []
