"""Whatever services answer, one request after another: scripts, pictures and voices stay whole.

Two providers are kept for all steps, as a worker keeps them: what one answer leaves behind (a cache, a
half-written file, a session) meets the next answer.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.errors import LONGEST_WAIT_SECONDS, RetryLater, RushesError
from rushes.providers.base import Credential
from rushes.providers.http import Client, Connected
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import (
    Candidate,
    PictureCall,
    PictureForm,
    PictureQuery,
)
from rushes.providers.registry import AnyPicture, AnyScript, AnyVoice, class_of, ids_of
from rushes.providers.script_contract import (
    Brief,
    Draft,
    DraftSection,
    ScriptCall,
    ScriptTask,
)
from rushes.providers.voice_contract import SpeechCall
from tests.providers.test_any_reply import HOME, KEY, replies

Step = Callable[[Credential, Path], Any]
IDS = [
    each
    for kind in (Kind.SCRIPT, Kind.PICTURE, Kind.VOICE)
    for each in ids_of(kind)
    if issubclass(class_of(each), Connected)
]
"""Those that ask a server."""
DRAFT = Draft(title="Rice", sections=[DraftSection(narration="Rice takes 120 days.")])


def script_steps(provider: AnyScript) -> dict[str, Step]:
    """Every call of a provider of scripts."""

    def write(credential: Credential, _: Path, task: ScriptTask, **more: Any) -> Any:
        brief, options, model = Brief(text="How rice grows"), provider.Options(), provider.models.models[0].id
        return provider.write(
            ScriptCall(uuid4().hex, task, brief, model, options, credential=credential, **more)
        )

    def improve(credential: Credential, folder: Path) -> Any:
        return write(credential, folder, ScriptTask.IMPROVE, draft=DRAFT, instruction="Make it shorter.")

    return {
        "write": lambda credential, folder: write(credential, folder, ScriptTask.GENERATE),
        "improve": improve,
        "test": lambda credential, _: provider.test(credential),
    }


def picture_steps(provider: AnyPicture) -> dict[str, Step]:
    """Every call of a provider of pictures that it has."""
    steps: dict[str, Step] = {"test": lambda credential, _: provider.test(credential)}
    if provider.searched:
        form = min(provider.searched)
        candidate = Candidate(
            id="1",
            provider=provider.id,
            form=PictureForm(form),
            width=64,
            height=64,
            preview_url=f"{HOME}/p.jpg",
            data={"url": f"{HOME}/1.jpg", "download": f"{HOME}/1"},
        )
        steps["search"] = lambda credential, _: provider.search(
            PictureQuery("rice", 64, 64, PictureForm(form), credential=credential)
        )
        steps["fetch"] = lambda credential, folder: provider.fetch(candidate, folder / "x", credential)
    if provider.generates:
        options, model = provider.Options(), provider.models.models[0].id
        steps["generate"] = lambda credential, folder: provider.generate(
            PictureCall(uuid4().hex, "A field", 64, 64, model, options, credential), folder
        )
    return steps


def voice_steps(provider: AnyVoice) -> dict[str, Step]:
    """Every call of a voice."""
    options, model = provider.Options(), provider.models.models[0].id
    return {
        "test": lambda credential, _: provider.test(credential),
        "voices": lambda credential, _: provider.voices(credential),
        "speak": lambda credential, folder: provider.speak(
            SpeechCall(uuid4().hex, "Butterflies return.", "alloy", model, options, credential),
            folder / "x.wav",
        ),
    }


def steps_of(provider: Any) -> dict[str, Step]:
    """What can be asked of a provider, by name."""
    steps: dict[Kind, Callable[[Any], dict[str, Step]]] = {
        Kind.SCRIPT: script_steps,
        Kind.PICTURE: picture_steps,
        Kind.VOICE: voice_steps,
    }
    return steps[provider.kind](provider)


def answering(provider: Any, reply: httpx2.Response, body: bytes) -> None:
    """From now on its service answers so."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(reply.status_code, headers=reply.headers, stream=httpx2.ByteStream(body))

    provider.client._transport = httpx2.MockTransport(answer)


def new_provider(provider_id: str) -> Any:
    """A provider that meets no network."""
    provider: Any = class_of(provider_id)(class_of(provider_id).Settings())
    client = Client(provider.settings, provider.most_answer_bytes)
    vars(provider)["client"] = client
    return provider


def check(error: BaseException) -> None:
    """It is in words of the tree, tells no key, and waits for no year."""
    assert isinstance(error, RushesError | ConnectionError), repr(error)
    told = f"{error} {getattr(error, 'hint', '')}"
    assert KEY not in told and not set(told) & {"\0", "\x1b", "\ud800", "\u202e"}
    if isinstance(error, RetryLater) and error.after is not None:
        assert 0 <= error.after <= LONGEST_WAIT_SECONDS
    cost = getattr(error, "cost", None)
    assert cost is None or (Decimal(cost).is_finite() and cost >= 0)


@pytest.mark.parametrize("first", IDS)
@settings(suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much))
@given(data=st.data())
async def test_any_replies_in_turn_are_told_in_words_of_the_tree(first: str, data: st.DataObject):
    second = data.draw(st.sampled_from(IDS))
    providers = [new_provider(first), new_provider(second)]
    credential = Credential(UUID(int=1), "a key", KEY, {"base_url": HOME})
    turns: Iterator[Any] = cycle(providers)
    for _ in range(data.draw(st.integers(2, 6))):
        provider = next(turns)
        steps = steps_of(provider)
        name = data.draw(st.sampled_from(sorted(steps)))
        reply = data.draw(replies())
        answering(provider, reply, b"".join([piece async for piece in reply.aiter_raw()]))
        with TemporaryDirectory() as folder:
            try:
                made = await steps[name](credential, Path(folder))
            except Exception as error:  # noqa: BLE001  # what it is, is looked at
                check(error)
                left = [each.name for each in Path(folder).iterdir() if not each.name.endswith(".part")]
                assert left == [], f"{provider.id}.{name} failed and left {left}"
            else:
                cost = getattr(made, "cost", None)
                assert cost is None or (cost.is_finite() and cost >= 0)
    for provider in providers:
        await provider.close()
