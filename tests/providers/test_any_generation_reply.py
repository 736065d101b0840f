"""Whatever a service of voices, scripts or pictures answers: words of the tree, no key, bounded waits."""

import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.errors import LONGEST_WAIT_SECONDS, RetryLater, RushesError
from rushes.providers.http import Client
from rushes.providers.picture_contract import PictureCall, PictureProvider, PictureQuery
from rushes.providers.registry import class_of
from rushes.providers.script_contract import Brief, ScriptCall, ScriptProvider, ScriptTask
from rushes.providers.voice_contract import Credential, SpeechCall, VoiceProvider
from tests.providers.test_any_reply import HEADERS, HOME, KEY, LEAVES, STATUSES, dumped, packed

VOICES = {
    "elevenlabs": "21m00Tcm4TlvDq8ikWAM",
    "gemini_voice": "Kore",
    "google_voice": "en-US-Chirp3-HD-Kore",
    "openai_voice": "alloy",
}
SCRIPTS = ("gemini_script", "openai_script")
PICTURES = ("commons", "openverse", "pexels", "pixabay", "unsplash", "gemini_picture", "openai_picture")
NAMES = st.sampled_from(
    (
        *("id", "status", "error", "message", "code", "type", "detail", "data", "content", "text", "usage"),
        *("audio_base64", "alignment", "characters", "character_start_times_seconds", "audioContent"),
        *("character_end_times_seconds", "timepoints", "markName", "timeSeconds", "voices", "labels", "name"),
        *("audio", "timestamps", "word", "start_time", "end_time", "steps", "mime_type", "languageCodes"),
        *(
            "choices",
            "delta",
            "finish_reason",
            "prompt_tokens",
            "models",
            "candidates",
            "parts",
            "inlineData",
        ),
        *("b64_json", "url", "photos", "videos", "hits", "results", "tags", "user", "urls", "links", "src"),
        *("width", "height", "duration", "query", "pages", "imageinfo", "extmetadata", "title", "creator"),
        *("sections", "narration", "heading", "total_hits", "thumbnail", "license", "download_location"),
    )
)
WIRE = st.sampled_from(["UklGRg==", "AAAA", "%%%", "https://example.com/a.jpg", "file:///etc/passwd", "stop"])
ANY_JSON = st.recursive(
    LEAVES | WIRE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=16,
)


@st.composite
def replies(draw: Callable[[Any], Any]) -> tuple[int, dict[str, str], bytes]:
    """Any JSON, whole, as an event stream or packed, or any bytes; with any status."""
    body = draw(st.one_of(ANY_JSON.map(dumped), st.binary(max_size=200), st.just(b"[" * 50_000)))
    if draw(st.booleans()):
        body = b"data: " + body + b"\n\ndata: [DONE]\n\n"
    headers = draw(HEADERS)
    headers["content-type"] = draw(
        st.sampled_from(["application/json", "text/event-stream", "audio/wav", "text/html", "image/png"])
    )
    return draw(STATUSES), headers, packed(draw, headers, body)


def asked(provider: Any, credential: Credential, folder: Path) -> list[Callable[[], Awaitable[object]]]:
    """Every call that goes to the service."""

    async def fetched() -> None:
        query = PictureQuery("a fox", 1080, 1920, credential=credential)
        for number, each in enumerate(await provider.search(query)):
            assert each.width >= 1
            assert each.height >= 1
            assert "<" not in each.attribution.author
            await provider.fetch(each, folder / str(number), credential)

    async def spoken() -> None:
        model, voice = provider.models.models[0].id, VOICES[provider.id]
        call = SpeechCall(uuid4().hex, "A fox ran.", voice, model, provider.Options(), credential)
        made = await provider.speak(call, folder / "speech.wav")
        assert math.isfinite(made.seconds)
        assert made.seconds > 0

    async def written() -> None:
        model, brief = provider.models.models[0].id, Brief(text="A fox ran. It was late.")
        call = ScriptCall(
            uuid4().hex, ScriptTask.GENERATE, brief, model, provider.Options(), credential=credential
        )
        made = await provider.write(call)
        assert made.draft.sections

    async def drawn() -> None:
        model = provider.models.models[0].id
        call = PictureCall(uuid4().hex, "a fox", 1080, 1920, model, provider.Options(), credential)
        made = await provider.generate(call, folder)
        assert made.files

    calls: list[Callable[[], Awaitable[object]]] = [lambda: provider.test(credential)]
    if isinstance(provider, VoiceProvider):
        calls += [lambda: provider.voices(credential), spoken]
    elif isinstance(provider, ScriptProvider):
        calls.append(written)
    elif isinstance(provider, PictureProvider):
        calls.append(drawn if provider.generates else fetched)
    return calls


@pytest.mark.parametrize("name", [*VOICES, *SCRIPTS, *PICTURES])
@settings(suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much))
@given(reply=replies())
async def test_any_reply_is_told_in_words_of_the_tree(name: str, reply: tuple[int, dict[str, str], bytes]):
    kind = class_of(name)
    provider: Any = kind(kind.Settings())
    status, headers, body = reply
    requests = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal requests
        requests += 1
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body))

    client = Client(provider.settings)
    client._transport = httpx2.MockTransport(answer)  # pyright: ignore[reportPrivateUsage]  # in place of a network
    vars(provider)["client"] = client
    credential = Credential(uuid4(), "a key", KEY, {"base_url": HOME})
    raised: list[BaseException] = []
    with TemporaryDirectory() as folder:
        for each in asked(provider, credential, Path(folder)):
            try:
                await each()
            except AssertionError:
                raise
            except Exception as error:  # noqa: BLE001  # what it is, is looked at
                raised.append(error)
    await provider.close()
    assert requests, "nothing was asked: the reply was not tried"
    for error in raised:
        assert isinstance(error, RushesError | ConnectionError), repr(error)
        told = f"{error} {getattr(error, 'hint', '')}"
        assert KEY not in told and "\0" not in told and "\x1b" not in told and "\ud800" not in told
        if isinstance(error, RetryLater) and error.after is not None:
            assert 0 <= error.after <= LONGEST_WAIT_SECONDS
