"""What each provider on plain HTTP must make of odd replies; `kit.py` has what every provider must do."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from standins._clips import code_of, read_code

from rushes.errors import ErrorType, ProviderChanged, RetryLater, RushesError
from rushes.providers.registry import AnyProvider
from rushes.providers.video_contract import Call, Finished
from tests.providers.elsewhere import another_host
from tests.providers.kit import ignore


async def finish(provider: AnyProvider, call: Call[Any]) -> Finished:
    """Submit, and find it finished at the first look."""
    answer = await provider.status(call, await provider.submit(call))
    assert isinstance(answer, Finished)
    return answer


async def refusal(
    provider: AnyProvider, call: Call[Any], error: type[RushesError], error_type: ErrorType
) -> RushesError:
    """The error of a create that was certainly not accepted; it tells nothing of the key."""
    with pytest.raises(error) as caught:
        await provider.submit(call)
    assert getattr(caught.value, "error_type", None) is error_type
    assert call.credential is not None
    assert call.credential.secret not in str(caught.value)
    return caught.value


async def failure(
    provider: AnyProvider, call: Call[Any], error: type[RushesError], error_type: ErrorType
) -> Finished:
    """It was accepted, and nothing came of it, for this reason."""
    finished = await finish(provider, call)
    assert isinstance(finished.failures[0], error)
    assert getattr(finished.failures[0], "error_type", None) is error_type
    return finished


async def changed_step(provider: AnyProvider, call: Call[Any]) -> str:
    """The step at which an answer is not understood, after the create."""
    with pytest.raises(ProviderChanged) as caught:
        await provider.status(call, await provider.submit(call))
    return caught.value.step


async def cut_short_then_whole(provider: AnyProvider, call: Call[Any], file: Path, code: str) -> None:
    """A download that breaks off (a prompt's `[cut:1]`) leaves nothing; the next is the take of `code`."""
    output = (await finish(provider, call)).outputs[0]
    with pytest.raises(RetryLater):
        await provider.fetch(call, output, file, ignore)
    assert not file.exists()
    await provider.fetch(call, output, file, ignore)
    assert read_code(BytesIO(file.read_bytes())) == code_of(code)


async def keep_the_key_from_another_host(
    provider: AnyProvider, call_of: Callable[[str], Call[Any]], file: Path, secret: str
) -> None:
    """A download that leads elsewhere shows no key there. `call_of` makes a call of a prompt's tag."""
    with another_host() as (port, seen):
        call = call_of(f"[elsewhere:{port}]")
        output = (await finish(provider, call)).outputs[0]
        await provider.fetch(call, output, file, ignore)
    assert len(seen) == 1
    assert not {"authorization", "x-goog-api-key"} & seen[0].keys()
    assert secret not in str(seen)
