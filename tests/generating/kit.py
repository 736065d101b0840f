"""What tests of generations share: the test providers put in their rooms, keys for them, views of rows."""

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from rushes.engine.generations import NewGeneration, add_generations, read_generation
from rushes.engine.generations_shapes import GenerationView, ScriptParams, SpeechParams
from rushes.engine.runtime import Runtime
from rushes.keys.actions import NewKey, add_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers import catalogue as _catalogue
from rushes.providers import pictures, scripts, voices
from rushes.providers import registry as _registry
from rushes.providers.kinds import Kind
from rushes.providers.script_contract import Brief, ScriptTask
from tests.waiting import until

HERE = Path(__file__).parent
ENDS = ("completed", "failed", "cancelled", "waiting")


def look_again() -> None:
    """A room has got another file, the catalogue another entry."""
    for cached in (_registry._modules, _registry.ids_of, _registry.class_of, _catalogue.load_catalogue):  # pyright: ignore[reportPrivateUsage]  # no one else adds providers to a living process
        cached.cache_clear()


def put_into_rooms(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have the two providers where providers are found. `folder` gets the catalogue."""
    whole = folder / "catalogue.toml"
    whole.write_text(f"{_catalogue.CATALOGUE.read_text()}\n{(HERE / 'entry.toml').read_text()}")
    patch.setattr(_catalogue, "CATALOGUE", whole)
    patch.setattr(voices, "__path__", [*voices.__path__, str(HERE / "voices")])
    patch.setattr(scripts, "__path__", [*scripts.__path__, str(HERE / "scripts")])
    patch.setattr(pictures, "__path__", [*pictures.__path__, str(HERE / "pictures")])
    look_again()


@contextmanager
def in_rooms(folder: Path) -> Generator[None]:
    """The two providers are there, and are gone afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        put_into_rooms(patch, folder)
        yield
    for name in ("voices.speaker", "scripts.writer", "pictures.painter"):
        sys.modules.pop(f"rushes.providers.{name}", None)
    look_again()


async def give_key(run: Runtime, url: str, name: str = "one", **more: Any) -> UUID:
    """A key for the server."""
    new = {
        "service": "server",
        "name": name,
        "secret": f"key-{name}-0001",
        "fields": {"base_url": url},
        "test": False,
        **more,
    }
    return (await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))).id


def speech(words: str, **more: Any) -> NewGeneration:
    """Something to be spoken."""
    params = SpeechParams(text=words, voice="plain")
    return NewGeneration(uuid4(), Kind.VOICE, "speaker", more.pop("model", "speak-1"), params, **more)


def script(words: str, **more: Any) -> NewGeneration:
    """Something to be written."""
    params = ScriptParams(task=ScriptTask.GENERATE, brief=Brief(text=words))
    return NewGeneration(uuid4(), Kind.SCRIPT, "writer", "write-1", params, **more)


async def add(run: Runtime, *new: NewGeneration) -> list[UUID]:
    """Queue them; return the ids by which they are found."""
    async with run.db.begin() as session:
        return await add_generations(session, LOCAL_OWNER, new)


async def see(run: Runtime, generation_id: UUID) -> GenerationView:
    """One as it is now."""
    async with run.db.statement() as session:
        return await read_generation(session, LOCAL_OWNER, generation_id)


async def until_is(run: Runtime, generation_id: UUID, *statuses: str) -> GenerationView:
    """Wait until one has one of these statuses."""
    seen = await see(run, generation_id)

    async def there() -> bool:
        nonlocal seen
        seen = await see(run, generation_id)
        return seen.status in statuses

    await until(there)
    return seen


async def calls(run: Runtime, generation_id: UUID | None = None) -> Sequence[Any]:
    """The rows of the ledger, the oldest first: of one generation, or all."""
    async with run.db.begin() as session:
        rows = await session.execute(
            text(
                "SELECT * FROM submissions WHERE CAST(:id AS uuid) IS NULL OR :id = ANY(subject_ids)"
                " ORDER BY claimed_at, attempt"
            ),
            {"id": generation_id},
        )
        return rows.all()
