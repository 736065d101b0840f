"""The tools for agents, with the protocol's own client of both eras, against the real server."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ImageContent, ResourceLink, TextContent
from tests.accounts.people import principal, signed_in, with_admin
from tests.jobs import accepted_keys, until_status
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from mcp import Client
from rushes.accounts.roles import TokenScope
from rushes.accounts.spaces import SpaceBody, create_space
from rushes.accounts.tokens import NewToken, create_token
from rushes.settings import Settings

ERAS = ["auto", "legacy", "2026-07-28"]
TOOLS = {
    "providers", "estimate", "create_videos", "wait_for_job", "get_job", "list_videos", "get_video",
    "review_video", "regenerate_video", "make_film", "cancel_job", "needs",
}  # fmt: skip
ECHO: dict[str, Any] = {"provider": "echo"}


@asynccontextmanager
async def agent(
    url: str, mode: str = "auto", headers: dict[str, str] | None = None
) -> AsyncGenerator[Client]:
    """A client of a server's tools."""
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE_SECONDS) as http:
        transport = streamable_http_client(f"{url}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:  # type: ignore[arg-type]  # one of its literals
            yield client


async def call(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """Return what a tool answers. Fails on an error."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return cast("dict[str, Any]", result.structured_content)


async def refusal(client: Client, tool: str, **arguments: object) -> str:
    """Return the words with which a tool refuses."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


@pytest.mark.parametrize("mode", ERAS)
async def test_an_agent_makes_waits_for_reviews_and_looks_at_a_batch_within_its_cap(
    server: Served, mode: str
):
    async with agent(server.url, mode) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        shots = [{"prompt": "a fox"}, {"prompt": "a harbour"}]
        price = await call(client, "create_videos", shots=shots, settings=ECHO, request_id="one")
        assert (price["made"], price["price"]["cost"]) == (False, "0.02")
        assert "max_cost" in price["price"]["next"]
        assert accepted_keys() == []
        made = await call(
            client, "create_videos", shots=shots, settings=ECHO, request_id="one", max_cost="0.02", name="Two"
        )
        job_id = made["work"]["id"]
        assert (made["made"], made["work"]["name"], made["work"]["budget"]) == (True, "Two", "0.02")
        work = made["work"]
        while not work["done"]:
            work = await call(client, "wait_for_job", job_id=job_id, seconds=5)
        assert (work["status"], work["completed"], Decimal(work["cost"])) == ("completed", 2, Decimal("0.02"))
        videos = (await call(client, "list_videos", job_id=job_id, search="FOX"))["videos"]
        assert [each["prompt"] for each in videos] == ["a fox"]
        video_id = videos[0]["video_id"]
        reviewed = await call(client, "review_video", video_id=video_id, pick=True, stars=4)
        assert (reviewed["picked"], reviewed["stars"]) == (True, 4)
        assert (await call(client, "list_videos", picked=True))["total"] == 1
        seen = await client.call_tool("get_video", {"video_id": video_id})
        words, picture, link = seen.content
        assert isinstance(words, TextContent)
        assert json.loads(words.text)["prompt"] == "a fox"
        assert isinstance(picture, ImageContent)
        assert picture.mime_type == "image/jpeg"
        assert isinstance(link, ResourceLink)
        async with httpx2.AsyncClient() as http:
            assert (await http.get(str(link.uri))).content[4:8] == b"ftyp"
        assert (await call(client, "needs"))["needs"] == []


async def test_the_same_request_sent_again_makes_and_pays_nothing_a_second_time(server: Served):
    async with agent(server.url) as client:
        asked = {"shots": [{"prompt": "a fox"}], "settings": ECHO, "request_id": "same", "max_cost": 1}
        answers = await asyncio.gather(*(call(client, "create_videos", **asked) for _ in range(5)))
        ids = {each["work"]["id"] for each in answers}
        assert len(ids) == 1
        await until_status(server.run, UUID(ids.pop()), "completed")
        video = (await call(client, "list_videos"))["videos"][0]
        again = {"video_id": video["video_id"], "request_id": "again", "max_cost": 1, "new_prompt": "a wolf"}
        takes = [await call(client, "regenerate_video", **again) for _ in range(3)]
        assert len({each["take"]["video_id"] for each in takes}) == 1
        assert takes[0]["take"]["video_id"] != video["video_id"]
        await until_status(server.run, UUID(video["job_id"]), "completed")
        assert len(accepted_keys()) == 2
        said = await refusal(client, "regenerate_video", **{**again, "request_id": "same"})
        assert "used for a job" in said


async def test_what_a_crash_left_half_done_is_continued_by_the_same_request(server: Served):
    body = {"job_name": "Left", "settings": {**ECHO, "allow_text_only": True, "budget": "1"}}
    async with httpx2.AsyncClient(base_url=server.url) as http:
        made = await http.post("/api/jobs/create", json=body, headers={"Idempotency-Key": "left"})
    async with agent(server.url) as client:
        shots = [{"prompt": "a fox"}, {"prompt": "a harbour"}]
        asked: dict[str, Any] = {"shots": shots, "settings": ECHO, "request_id": "left", "max_cost": 1}
        work = (await call(client, "create_videos", **asked))["work"]
        assert work["id"] == made.json()["job_id"]
        await until_status(server.run, UUID(work["id"]), "completed")
        assert len(accepted_keys()) == 2


async def test_nothing_is_spent_beyond_what_is_allowed(server: Served):
    async with agent(server.url) as client:
        shots = [{"prompt": f"shot {n}"} for n in range(3)]
        asked: dict[str, Any] = {"shots": shots, "settings": ECHO, "request_id": "a"}
        low = await call(client, "create_videos", **asked, max_cost="0.02")
        assert low["made"] is False
        assert "0.03" in low["price"]["next"]
        made = await call(client, "create_videos", **asked, max_cost="0.03")
        await until_status(server.run, UUID(made["work"]["id"]), "completed")
        videos = (await call(client, "list_videos", job_id=made["work"]["id"]))["videos"]
        again = await call(client, "regenerate_video", video_id=videos[0]["video_id"], request_id="b")
        assert (again["made"], again["price"]) == (False, "0.01")
        assert len(accepted_keys()) == 3


async def test_a_refusal_says_what_is_wrong_and_who_acts(server: Served):
    async with agent(server.url) as client:
        wrong = await refusal(
            client, "create_videos", shots=[{"prompt": "x"}], settings={"provider": "nobody"}, request_id="c"
        )
        assert "nobody" in wrong and "Who acts next: caller" in wrong
        assert "no job or film" in await refusal(client, "get_job", job_id=str(UUID(int=5)))
        private = [{"prompt": "x", "image_url": "https://127.0.0.1/secret.png"}]
        said = await refusal(
            client, "create_videos", shots=private, settings=ECHO, request_id="d", max_cost="1"
        )
        assert "public addresses" in said
        assert "pattern" in await refusal(client, "get_job", job_id="../keys")


async def test_a_film_is_made_of_a_text_and_waited_for(server: Served):
    async with agent(server.url) as client:
        text = "# Bees\n\nBees dance to show the way to flowers. They turn, and the others follow."
        told = await call(client, "make_film", text=text, request_id="film", seconds=8, review="script")
        assert told["made"] is True
        work = told["work"]
        assert (work["kind"], work["budget"]) == ("film", "0")
        while not work["done"]:
            work = await call(client, "wait_for_job", job_id=work["id"], seconds=5)
        assert work["status"] == "review"
        assert "reviews" in work["next_step"]
        again = await call(client, "make_film", text=text, request_id="film", seconds=8, review="script")
        assert again["work"]["id"] == work["id"]
        assert again["work"]["status"] == "review", "asking again does not approve a review"
        stopped = await call(client, "cancel_job", job_id=work["id"])
        assert stopped["status"] == "cancelled"


async def test_a_token_may_what_it_may_and_nothing_of_another_space(settings: Settings):
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on) as served:
        admin = await with_admin(served.run)
        async with httpx2.AsyncClient() as http:
            stranger = await http.post(f"{served.url}/mcp", json={})
        assert stranger.status_code == 401
        assert stranger.headers["www-authenticate"].startswith("Bearer")
        spaces = [await _space(served, admin, name) for name in ("One", "Two")]
        tokens = [await _token(served, admin, space, TokenScope.READ, TokenScope.RUN) for space in spaces]
        reader = await _token(served, admin, spaces[0], TokenScope.READ)
        shots = [{"prompt": "a fox"}]
        asked: dict[str, Any] = {"shots": shots, "settings": ECHO, "request_id": "x", "max_cost": 1}
        async with agent(served.url, headers=tokens[0]) as client:
            job_id = (await call(client, "create_videos", **asked))["work"]["id"]
        async with agent(served.url, headers=tokens[1]) as client:
            assert "no job or film" in await refusal(client, "get_job", job_id=job_id)
            other = (await call(client, "create_videos", **asked))["work"]["id"]
            assert other != job_id, "a request id is of one space"
        async with agent(served.url, headers=reader) as client:
            assert (await call(client, "get_job", job_id=job_id))["id"] == job_id
            assert "run" in await refusal(client, "create_videos", **{**asked, "request_id": "y"})
        for token, each in zip(tokens, (job_id, other), strict=True):
            async with agent(served.url, headers=token) as client:
                while not (await call(client, "wait_for_job", job_id=each, seconds=5))["done"]:
                    pass


async def _space(served: Served, admin: UUID, name: str) -> UUID:
    who = await principal(served.run, await signed_in(served.run, "ada"))
    assert who.user_id == admin
    return (await create_space(served.run, who, SpaceBody(name=name))).id


async def _token(served: Served, user: UUID, space: UUID, *scopes: TokenScope) -> dict[str, str]:
    made = await create_token(served.run, user, space, NewToken(name="t", scopes=list(scopes)))
    return {"Authorization": f"Bearer {made.token}"}
