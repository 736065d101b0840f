"""kill -9 of a worker at any moment of a story: it ends complete, nothing is asked or rendered twice."""

import asyncio
import contextlib
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from rushes.engine.runtime import Runtime, open_runtime
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from rushes.story.actions import start_story
from rushes.story.states import StoryStatus
from tests.crash.victim import Victim
from tests.samples import SEED
from tests.story.making import new_story, seen

WHOLE_SECONDS = 12.0
"""About how long a story takes undisturbed: kills are spread over that."""


async def _books(run: Runtime) -> dict[str, Any]:
    async with run.db.statement() as session:
        generations = await session.execute(text("SELECT input_hash, status FROM generations"))
        shots = await session.execute(text("SELECT input_hash FROM story_shots"))
        films = await session.execute(text("SELECT timeline_hash, completed_at FROM films"))
        sent = await session.execute(
            text("SELECT unnest(subject_ids) AS subject FROM submissions WHERE state = 'completed'")
        )
        return {
            "generations": list(generations),
            "shots": list(shots.scalars()),
            "films": list(films),
            "sent": Counter(sent.scalars()),
        }


async def _killed(home: Settings, kills: int, chance: random.Random) -> None:
    async with open_runtime(home) as run:
        story_id = await new_story(run, scenes={"source": "echo"}, shape="1:1", music={"kind": "off"})
        await start_story(run, LOCAL_OWNER, story_id)
    for _ in range(kills):
        victim = Victim(home, "{}", program="tests.story.worker")
        await asyncio.to_thread(victim.until_at_work)
        await asyncio.sleep(chance.uniform(0, WHOLE_SECONDS / max(1, kills / 2)))
        with contextlib.suppress(ProcessLookupError):
            await asyncio.to_thread(victim.kill)
    victim = Victim(home, "{}", program="tests.story.worker")
    assert await asyncio.to_thread(victim.finish) == 0, victim.log
    async with open_runtime(home) as run:
        view = await seen(run, story_id)
        books = await _books(run)
        pieces = list((run.settings.cache_dir / "films" / str(story_id)).glob("*.part"))
    assert view.status is StoryStatus.COMPLETED, view.reason
    hashes = [each.input_hash for each in books["generations"]]
    assert len(hashes) == len(set(hashes)) == 4
    assert {each.status for each in books["generations"]} == {"completed"}
    assert len(books["shots"]) == len(set(books["shots"]))
    assert len(books["films"]) == 1
    assert books["films"][0].completed_at is not None
    assert set(books["sent"].values()) == {1}, "a call was completed twice for one subject"
    assert pieces == []


@pytest.mark.slow
async def test_a_story_survives_kills_at_any_moment(home: Settings) -> None:
    await _killed(home, 3, random.Random(SEED))


@pytest.mark.soak
async def test_a_story_survives_thirty_kills(home: Settings) -> None:
    await _killed(home, 30, random.Random(SEED + 1))
