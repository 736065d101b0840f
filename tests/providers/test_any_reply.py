"""Whatever a service answers, a provider says it in words of the tree, without its key and in little time."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.engine.answers import checked_id, checked_status
from rushes.errors import LONGEST_WAIT_SECONDS, RetryLater, RushesError
from rushes.providers.http import Client
from rushes.providers.video.compatible import Compatible, CompatibleOptions, CompatibleSettings
from rushes.providers.video.fal import Fal, FalOptions, FalSettings
from rushes.providers.video.omni import Omni, OmniOptions, OmniSettings
from rushes.providers.video.veo import Veo, VeoOptions, VeoSettings
from rushes.providers.video_contract import Call, Credential, Finished, Output, ShotInput
from tests.providers.kit import ignore

KEY = "AIzaSy-key+of/a=service-0001"
HOME = "https://service.example.com/v1"
WORDS = st.sampled_from(
    ["", KEY, f"bad key {KEY}", "\0", "\ud800", "\x1b[2J", "\u202e", "completed", "running", "9" * 400]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.text(max_size=20), st.just(10**400)
)
NAMES = st.sampled_from(
    (
        *("id", "status", "error", "message", "code", "type", "detail", "name", "done", "response", "videos"),
        *("steps", "usage", "progress", "request_id", "response_url", "msg", "error_type", "uri", "data"),
    )
)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
STATUSES = st.sampled_from([200, 200, 200, 204, 302, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 503])
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "retry-after-ms", "openai-poll-after-ms", "location"]),
    st.sampled_from(["inf", "nan", "-1", "0", "1e999", "9" * 300, "Fri, 31 Dec 9999 23:59:59 GMT", "x"]),
    max_size=3,
)


@st.composite
def replies(draw: Callable[[Any], Any]) -> httpx2.Response:
    """Any JSON, any bytes, packed or not, with any status."""
    body = draw(st.one_of(ANY_JSON.map(dumped), st.binary(max_size=200), st.just(b"[" * 50_000)))
    headers = draw(HEADERS)
    body = packed(draw, headers, body)
    return httpx2.Response(draw(STATUSES), headers=headers, stream=httpx2.ByteStream(body))


def packed(draw: Callable[[Any], Any], headers: dict[str, str], body: bytes) -> bytes:
    """Now and then say that a body is packed, and pack it or not."""
    if draw(st.booleans()):
        headers["content-encoding"] = draw(st.sampled_from(["gzip", "deflate", "br", "gzip, gzip", "x"]))
        return gzip.compress(body) if draw(st.booleans()) else body
    return body


def dumped(value: object) -> bytes:
    """As JSON, whatever is in it."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


PROVIDERS: dict[str, Callable[[], tuple[Any, Any, str]]] = {
    "compatible": lambda: (Compatible(CompatibleSettings()), CompatibleOptions(), "named"),
    "fal": lambda: (Fal(FalSettings(queue_url=HOME)), FalOptions(), "fal-ai/veo3.1"),
    "veo": lambda: (Veo(VeoSettings()), VeoOptions(), "veo-3.1-fast-generate-preview"),
    "omni": lambda: (
        Omni(OmniSettings.model_validate({"base_url": HOME})),
        OmniOptions(),
        "gemini-omni-flash",
    ),
}


async def tried(provider: Any, call: Call[Any], remote_id: str, folder: Path) -> list[BaseException]:
    """Every call of the provider; what each raised."""
    raised: list[BaseException] = []

    async def submit() -> None:
        checked_id(await provider.submit(call))

    async def status() -> None:
        answer = checked_status(await provider.status(call, remote_id))
        if isinstance(answer, Finished):
            raised.extend(answer.failures.values())

    async def fetch() -> None:
        await provider.fetch(call, Output(0, remote_id), folder / "take.mp4", ignore)

    async def test() -> None:
        await provider.test(call.credential)

    async def cancel() -> None:
        await provider.cancel(remote_id, call.credential)

    for each in (submit, status, fetch, test, cancel):
        try:
            await each()
        except Exception as error:  # noqa: BLE001  # what it is, is looked at
            raised.append(error)
    return raised


@pytest.mark.parametrize("name", PROVIDERS)
@settings(suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much))
@given(reply=replies())
async def test_any_reply_is_told_in_words_of_the_tree(name: str, reply: httpx2.Response):
    provider, options, model = PROVIDERS[name]()
    given_model = provider.models.model(model) or provider.models.models[0]
    shot = ShotInput("a fox", None, None, given_model.id, (1,))
    credential = Credential(uuid4(), "a key", KEY, {"base_url": HOME})
    client = Client(provider.settings, provider.most_answer_bytes)
    pieces = [piece async for piece in reply.aiter_raw()]

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            reply.status_code, headers=reply.headers, stream=httpx2.ByteStream(b"".join(pieces))
        )

    client._transport = httpx2.MockTransport(answer)  # pyright: ignore[reportPrivateUsage]  # in place of a network
    vars(provider)["client"] = client
    with TemporaryDirectory() as folder:
        raised = await tried(provider, Call(uuid4().hex, shot, options, credential), "op/1", Path(folder))
    await provider.close()
    for error in raised:
        assert isinstance(error, RushesError | ConnectionError), repr(error)
        told = f"{error} {getattr(error, 'hint', '')}"
        assert KEY not in told and "\0" not in told and "\x1b" not in told and "\ud800" not in told
        if isinstance(error, RetryLater) and error.after is not None:
            assert 0 <= error.after <= LONGEST_WAIT_SECONDS
