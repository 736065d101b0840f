"""Speech over the API: voices listed and heard, texts spoken; nothing paid twice."""

import io
import wave
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standins._server import serve_app
from standins.openai_speech import KEY, OpenAiSpeechStandIn
from tests.waiting import until

FIELDS = {"price_per_million_characters": "15"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[tuple[OpenAiSpeechStandIn, str]]:
    standin = OpenAiSpeechStandIn()
    with serve_app(standin.app) as url:
        yield standin, f"{url}/v1"


@pytest.fixture
async def keyed(client: httpx.AsyncClient, cloud: tuple[OpenAiSpeechStandIn, str]) -> OpenAiSpeechStandIn:
    """There is a key for a service that speaks."""
    body = {"provider": "openai_voice", "secret": KEY, "fields": FIELDS | {"base_url": cloud[1]}}
    made = await client.post("/api/keys", json=body)
    assert made.status_code == 201, made.text
    return cloud[0]


async def spoken(client: httpx.AsyncClient, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """The job once it has ended."""
    asked = await client.post(f"/api/tts/{verb}", json=body)
    assert asked.status_code == 202, asked.text
    job: dict[str, Any] = asked.json()
    assert set(job) >= {"jobId", "status", "progress", "estimatedTime", "result"}

    async def over() -> bool:
        job.update((await client.get(f"/api/tts/status/{job['jobId']}")).json())
        return job["status"] in {"COMPLETED", "FAILED"} or job["waitingFor"] is not None

    await until(over)
    return job


def seconds_of(data: bytes) -> float:
    with wave.open(io.BytesIO(data)) as sound:
        return sound.getnframes() / sound.getframerate()


async def test_voices_are_listed_with_language_and_sex(client: httpx.AsyncClient):
    listed = (await client.get("/api/tts/voices", params={"language": "de"})).json()
    assert {each["provider"] for each in listed["voices"]} == {"espeak"}
    assert {each["sex"] for each in listed["voices"]} == {"female", "male"}
    assert all(each["free"] and "de" in each["languages"] for each in listed["voices"])
    assert "elevenlabs" in {each["source"] for each in listed["troubles"]}
    english = (await client.get("/api/tts/voices", params={"language": "en"})).json()["voices"]
    assert {"hibari", "espeak"} <= {each["provider"] for each in english}
    one = (await client.get("/api/tts/voices", params={"provider": "hibari"})).json()
    assert [each["voice"] for each in one["voices"]] == ["heart"] and one["troubles"] == []
    refused = await client.get("/api/tts/voices", params={"provider": "commons"})
    assert refused.status_code == 422, "it has no voices"


async def test_voices_of_a_key_are_listed_once_it_is_there(
    client: httpx.AsyncClient, keyed: OpenAiSpeechStandIn
):
    listed = (await client.get("/api/tts/voices", params={"provider": "openai_voice"})).json()
    assert listed["voices"] and not any(each["free"] for each in listed["voices"])


async def test_a_text_is_spoken_without_a_key_and_its_words_have_times(client: httpx.AsyncClient):
    said = "Rice is a grass. It grows in water."
    body = {"text": said, "speed": 1.2}
    job = await spoken(client, "generate", body)
    assert (job["status"], job["provider"], float(job["cost"])) == ("COMPLETED", "hibari", 0), job
    result = job["result"]
    assert [each["text"] for each in result["words"]] == said.split()
    assert result["times"] == "voice"
    file = await client.get(result["url"])
    assert file.headers["content-type"] == "audio/wav"
    assert seconds_of(file.content) == pytest.approx(result["seconds"], abs=0.001)
    part = await client.get(result["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    again = (await client.post("/api/tts/generate", json=body)).json()
    assert (again["jobId"], again["status"]) == (job["jobId"], "COMPLETED")
    slower = await spoken(client, "generate", {**body, "speed": 0.8})
    assert slower["result"]["seconds"] > 1.3 * result["seconds"]


async def test_another_language_is_spoken_by_a_voice_that_knows_it(client: httpx.AsyncClient):
    job = await spoken(client, "generate", {"text": "Reis wächst im Wasser.", "language": "de"})
    assert (job["status"], job["provider"]) == ("COMPLETED", "espeak"), job


@pytest.mark.parametrize(("language", "provider"), [("en", "hibari"), ("th", "espeak"), ("pt-BR", "espeak")])
async def test_a_voice_is_heard_with_a_sentence_of_its_language(
    client: httpx.AsyncClient, language: str, provider: str
):
    job = await spoken(client, "preview", {"language": language})
    assert (job["status"], job["provider"]) == ("COMPLETED", provider), job
    assert 1 < job["result"]["seconds"] < 10


async def test_a_paid_voice_is_paid_once_however_often_it_is_heard(
    client: httpx.AsyncClient, keyed: OpenAiSpeechStandIn
):
    before = len(keyed.book.created)
    body = {"provider": "openai_voice", "voice": "marin", "text": "Rice grows for four months."}
    job = await spoken(client, "preview", body)
    assert job["status"] == "COMPLETED" and float(job["cost"]) > 0, job
    assert (await spoken(client, "preview", body))["jobId"] == job["jobId"]
    assert (await spoken(client, "generate", body))["jobId"] == job["jobId"]
    assert len(keyed.book.created) == before + 1
    costs = (await client.get("/api/costs", params={"by": "provider"})).json()
    assert "openai_voice" in str(costs)


async def test_words_that_a_voice_does_not_time_are_found_in_the_sound(
    client: httpx.AsyncClient, keyed: OpenAiSpeechStandIn
):
    said = "Rice is a grass. It grows in water."
    job = await spoken(client, "generate", {"provider": "openai_voice", "voice": "marin", "text": said})
    result = job["result"]
    assert [each["text"] for each in result["words"]] == said.split()
    assert result["times"] in {"aligned", "estimated"}
    times = [each[name] for each in result["words"] for name in ("start", "end")]
    assert times == sorted(times) and times[0] >= 0 and times[-1] <= result["seconds"]


async def test_without_a_key_a_paid_voice_waits_for_one(client: httpx.AsyncClient):
    body = {"provider": "google_voice", "voice": "en-US-Neural2-C", "text": "Rice."}
    job = await spoken(client, "generate", body)
    assert (job["status"], job["waitingFor"]) == ("PROCESSING", "person"), job


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("generate", {"text": " "}, "text"),
        ("generate", {"text": "x" * 5001}, "text"),
        ("generate", {"text": "x", "provider": "card"}, "provider"),
        ("generate", {"text": "x", "model": "nobody"}, "model"),
        ("generate", {"text": "x", "speed": 3}, "speed"),
        ("generate", {"text": "x", "language": "de", "provider": "hibari"}, "voice"),
        ("generate", {"text": "x", "options": {"pitch": 3}}, "options.pitch"),
        ("preview", {"text": "x" * 301}, "text"),
        ("preview", {"language": "not a tag"}, "language"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, path: str, body: dict[str, Any], where: str):
    answer = await client.post(f"/api/tts/{path}", json=body)
    assert answer.status_code == 422, answer.text
    assert where in answer.json()["errors"][0]["where"]


async def test_what_is_no_speech_is_not_there(client: httpx.AsyncClient):
    for path in (f"status/{uuid4()}", f"{uuid4()}/content"):
        assert (await client.get(f"/api/tts/{path}")).status_code == 404
    script = (await client.post("/api/scripts/generate", json={"text": "# Rice\n\nRice grows."})).json()
    assert (await client.get(f"/api/tts/status/{script['jobId']}")).status_code == 404
