"""What clients of all kinds send, and what they may ask of every address."""

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.api.rows import finished, picture
from tests.serving import Served

PNG = picture()
DATA_URL = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
LINES = base64.encodebytes(PNG).decode()


def form(**fields: str) -> dict[str, tuple[None, str]]:
    """Fields of a multipart form that are no files."""
    return {name.replace("__", "[").replace("_END", "]"): (None, value) for name, value in fields.items()}


REFERENCES: dict[str, Mapping[str, Any]] = {
    "an object in JSON": {"json": {"input_reference": {"image_url": DATA_URL}}},
    "an object in JSON, its unused field null": {
        "json": {"input_reference": {"image_url": DATA_URL, "file_id": None}}
    },
    "as in a chat": {"json": {"input_reference": {"image_url": {"url": DATA_URL}}}},
    "the address alone": {"json": {"input_reference": DATA_URL}},
    "with line ends": {"json": {"input_reference": {"image_url": f"data:image/png;base64,{LINES}"}}},
    "with a parameter": {
        "json": {
            "input_reference": {"image_url": DATA_URL.replace(";base64", ";charset=utf-8;base64")},
        }
    },
    "JSON with a mark": {
        "content": b"\xef\xbb\xbf" + json.dumps({"prompt": "a", "input_reference": DATA_URL}).encode(),
        "headers": {"content-type": "application/json"},
    },
    "openai-node": {"files": form(input_reference__image_url_END=DATA_URL)},
    "a file": {"files": {"input_reference": ("1.png", PNG, "image/png")}},
    "JSON in a form": {"files": form(input_reference=json.dumps({"image_url": DATA_URL}))},
    "the address in a form": {"files": form(input_reference=DATA_URL)},
    "with empty fields beside it": {
        "files": {
            "input_reference": ("1.png", PNG, "image/png"),
            **form(seconds="", size="", seed="", user=""),
        }
    },
}


@pytest.mark.parametrize("way", REFERENCES)
async def test_the_first_frame_comes_in_every_form_that_clients_send(
    api: httpx.AsyncClient, still: Served, way: str
):
    sent = dict(REFERENCES[way])
    if "json" in sent:
        sent["json"] = {"prompt": "a fox", "model": "echo", **sent["json"]}
    elif "files" in sent:
        sent["files"] = {**form(prompt="a fox", model="echo"), **sent["files"]}
    answer = await api.post("/v1/videos", **sent)
    assert answer.status_code == 200, answer.text
    async with still.run.db.begin() as session:
        assert (
            await session.scalars(text("SELECT count(*) FROM shots WHERE image_key IS NOT NULL"))
        ).one() == 1


async def test_a_reference_that_is_elsewhere_names_its_field(api: httpx.AsyncClient):
    for name, value in (
        ("input_reference[image_url]", "https://example.com/1.png"),
        ("input_reference[file_id]", "file-1"),
        ("input_reference", "nothing that is known"),
        ("input_reference", "[" * 100_000),
    ):
        sent = {"prompt": (None, "a"), "model": (None, "echo"), name: (None, value)}
        refused = await api.post("/v1/videos", files=sent)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input_reference"), name


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"json": {"model": "echo"}}, "prompt"),
        ({"json": {"prompt": "a", "seconds": "x"}}, "seconds"),
        ({"json": {"prompt": "a", "size": "big"}}, "size"),
        ({"json": {"prompt": "a", "model": "nobody"}}, "model"),
        ({"json": {"prompt": "a", "unknown": 1}}, "unknown"),
        ({"json": {"prompt": "a", "input_reference": {"image": "x"}}}, "input_reference.image"),
        ({"files": form(prompt="a", seed="-1")}, "seed"),
        ({"files": form(prompt="a", unknown="1")}, "unknown"),
        ({"files": form(prompt="")}, "prompt"),
    ],
)
async def test_param_names_the_field(api: httpx.AsyncClient, sent: Mapping[str, Any], param: str):
    refused = await api.post("/v1/videos", **sent)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param), refused.text


async def test_a_body_of_the_wrong_kind_is_told_what_kind_it_is(api: httpx.AsyncClient):
    told = await api.post("/v1/videos", data={"prompt": "a fox"})
    assert (told.status_code, "x-www-form-urlencoded" in told.text) == (400, True)
    told = await api.post("/api/jobs/create", data={"job_name": "x"})
    assert (told.status_code, told.json()["errors"][0]["code"]) == (422, "not_json")
    assert "application/x-www-form-urlencoded" in told.json()["detail"]
    told = await api.post("/api/check", data={"settings": "{}"})
    assert (told.status_code, "x-www-form-urlencoded" in told.json()["detail"]) == (422, True)
    marked = b"\xef\xbb\xbf" + json.dumps({"job_name": "x", "settings": {"provider": "echo"}}).encode()
    made = await api.post("/api/jobs/create", content=marked, headers={"content-type": "application/json"})
    assert made.status_code == 201, made.text


async def test_empty_fields_of_a_form_are_absent(api: httpx.AsyncClient):
    fields = {"pair": "", "reading": "", "dates": "", "pairs": "", "prompts_text": "1. a"}
    sent = {"settings": json.dumps({"provider": "echo"}), "images": '["1.jpg"]', **fields}
    told = await api.post("/api/check", files={name: (None, value) for name, value in sent.items()})
    assert (told.status_code, told.json()["shots"]) == (200, 1), told.text


async def test_head_is_answered_wherever_get_is(api: httpx.AsyncClient, still: Served):
    job_id, made = await finished(still.run, [b"1234"])
    values = {
        "job_id": str(job_id),
        "video_id": str(made[0]),
        "project_id": str(job_id),
        "provider_id": "echo",
    }
    described = (await api.get("/openapi.json")).json()["paths"]
    asked = 0
    for path, operations in described.items():
        assert "head" not in operations
        if "get" not in operations:
            continue
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)  # noqa: PLW2901 - the same address, filled in
        # A stream that never ends has to end here too.
        head = await asyncio.wait_for(api.head(path), 60)
        assert head.content == b""
        assert head.status_code != 405, path
        if "event" not in path and "{" not in path:
            assert head.status_code == (await api.get(path)).status_code, path
        asked += 1
    assert asked > 30
    assert (await api.head("/v1/models")).headers["content-type"] == "application/json"
    assert (await api.head("/api/nothing")).status_code == 404


async def test_allow_names_every_method_of_the_address(api: httpx.AsyncClient):
    for path, allowed in {
        "/v1/videos": "GET, HEAD, POST",
        "/v1/videos/video_1": "DELETE, GET, HEAD",
        "/api/health": "GET, HEAD",
        "/api/check": "POST",
    }.items():
        refused = await api.patch(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, allowed), path


DOTNET = (
    b"--XbX\r\nContent-Type: image/jpeg\r\nContent-Disposition: form-data; name=images; "
    b"filename=\"=?utf-8?B?5Zu+54mHMS5qcGc=?=\"; filename*=utf-8''%E5%9B%BE%E7%89%871.jpg\r\n\r\n"
)


async def test_a_form_of_dotnet_is_read(api: httpx.AsyncClient):
    made = await api.post("/api/jobs/create", json={"job_name": "x", "settings": {"provider": "echo"}})
    prompts = b"\r\n--XbX\r\nContent-Disposition: form-data; name=prompts_text\r\n\r\n1. a\r\n--XbX--\r\n"
    done = await api.post(
        f"/api/jobs/{made.json()['job_id']}/upload",
        content=DOTNET + picture() + prompts,
        headers={"content-type": 'multipart/form-data; boundary="XbX"'},
    )
    assert (done.status_code, done.json()["matched"]) == (200, 1), done.text
