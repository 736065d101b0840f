"""A voice of one file and one entry, as CONTRIBUTING says: found, listed, keyed by its service, heard."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from rushes.cli.main import app
from rushes.engine.credentials import list_credentials
from rushes.engine.runtime import Runtime
from rushes.keys.environment import take_in_environment
from rushes.planning.settings import describe
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers import catalogue as _catalogue
from rushes.providers import registry as _registry
from rushes.providers import voices
from rushes.settings import Settings
from tests.providers.voices import kit as kit_module
from tests.providers.voices.kit import VoiceKit
from tests.serving import Served

HERE = Path(kit_module.__file__).parent
FILES = HERE / "fake"
"""What a contributor adds: `fake.py` into the room of voices, and its entry of the catalogue."""


def look_again() -> None:
    """A room has got another file, the catalogue another entry."""
    for cached in (_registry._modules, _registry.ids_of, _registry.class_of, _catalogue.load_catalogue):  # pyright: ignore[reportPrivateUsage]  # no one else adds providers to a living process
        cached.cache_clear()


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The two files are where they belong."""
    catalogue = tmp_path / "catalogue.toml"
    entry = (FILES / "entry.toml").read_text()
    catalogue.write_text(f"{_catalogue.CATALOGUE.read_text()}\n{entry}")
    monkeypatch.setattr(_catalogue, "CATALOGUE", catalogue)
    monkeypatch.setattr(voices, "__path__", [*voices.__path__, str(FILES)])
    look_again()
    yield
    monkeypatch.undo()
    sys.modules.pop("rushes.providers.voices.fake", None)
    look_again()


class TestFake(VoiceKit):
    provider_id = "fake"


async def test_it_is_listed_among_its_kind_and_not_among_the_others(
    client: httpx.AsyncClient, server: Served
):
    voices = (await client.get("/api/providers", params={"kind": "voice"})).json()
    [fake] = [each for each in voices if each["id"] == "fake"]
    assert (fake["id"], fake["kind"], fake["needs"], fake["modes"]) == ("fake", "voice", "key", [])
    assert (fake["service"], fake["service_title"], fake["max_prompt_chars"]) == ("hums", "Hums", 500)
    [model] = fake["models"]
    assert (model["price_per_million_characters"], model["price_per_second"]) == ("15", {})
    assert set(fake["options"]["properties"]) == {"speed", "tone"}
    assert (await client.get("/api/providers/fake")).json() == fake
    videos = (await client.get("/api/providers")).json()
    assert "fake" not in {each["id"] for each in videos}
    assert {each["kind"] for each in videos} == {"video"}
    assert (await client.get("/api/providers", params={"kind": "smell"})).status_code == 422
    job = {"job_name": "a", "settings": {"provider": "fake"}}
    assert (await client.post("/api/jobs/create", json=job)).status_code == 422, "it makes no videos"


async def test_its_key_is_one_of_its_service(client: httpx.AsyncClient):
    refused = await client.post("/api/keys", json={"service": "hums", "secret": "bad-key-0001"})
    assert "The key is not valid." in refused.json()["errors"][0]["message"]
    made = await client.post("/api/keys", json={"provider": "fake", "secret": "good-key-0002"})
    assert made.status_code == 201, made.text
    assert (made.json()["service"], made.json()["providers"]) == ("hums", ["fake"])


async def test_a_key_for_it_is_taken_in_from_the_environment(run: Runtime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUSHES_HUMS_API_KEY", "key-of-the-service-0003")
    await take_in_environment(run)
    async with run.db.statement() as session:
        [key] = await list_credentials(session, LOCAL_OWNER)
    assert (key.service, key.providers, key.last_four) == ("hums", ["fake"], "0003")
    assert describe(run, "fake").environment == ["RUSHES_FAKE_API_KEY", "RUSHES_HUMS_API_KEY", "FAKE_TOKEN"]


def test_the_command_line_lists_it_too(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    assert settings.database_url is not None
    monkeypatch.setenv("RUSHES_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("RUSHES_DATABASE_URL", settings.database_url.get_secret_value())
    shown = CliRunner().invoke(app, ["providers", "--kind", "voice"])
    assert shown.exit_code == 0, shown.output
    for words in ("Fake voice: voice", "$15.00 per million characters", "a key of yours for Hums", "tone"):
        assert words in shown.output
