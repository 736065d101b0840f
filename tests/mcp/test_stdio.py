"""`rushes mcp`: a program starts it and speaks to it over its standard input and output."""

import sys
from pathlib import Path

import pytest
from mcp_types import TextContent
from tests.jobs import accepted_keys
from tests.serving import Served

from mcp import Client, StdioServerParameters

COMMAND = Path(sys.executable).with_name("rushes")


def started(url: str, folder: Path) -> StdioServerParameters:
    """The command as an assistant's settings name it."""
    environment = {"RUSHES_DATA_DIR": str(folder)}
    return StdioServerParameters(command=str(COMMAND), args=["mcp", "--url", url], env=environment)


@pytest.mark.slow
async def test_a_program_that_starts_it_makes_a_video_at_a_server(server: Served, tmp_path: Path):
    async with Client(started(server.url, tmp_path)) as client:
        given = {
            "shots": [{"prompt": "a fox"}],
            "settings": {"provider": "echo"},
            "request_id": "r",
            "max_cost": 1,
        }
        made = (await client.call_tool("create_videos", given)).structured_content
        assert made is not None
        work = made["work"]
        while not work["done"]:
            result = await client.call_tool("wait_for_job", {"job_id": work["id"], "seconds": 5})
            assert result.structured_content is not None
            work = result.structured_content
        assert work["completed"] == 1
    assert len(accepted_keys()) == 1


@pytest.mark.slow
async def test_a_server_that_does_not_answer_is_said_in_the_tools_answer(tmp_path: Path):
    async with Client(started("http://127.0.0.1:9", tmp_path)) as client:
        result = await client.call_tool("needs", {})
        assert result.is_error
        assert isinstance(result.content[0], TextContent)
        assert "rushes up" in result.content[0].text
