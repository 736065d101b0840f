"""Echo made to need a key, and helpers to give it some. It notes each call with the key that made it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import Field

from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, RetryLater
from rushes.keys.actions import NewKey, add_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoOptions, EchoProvider, EchoSettings
from rushes.providers.video_contract import (
    Call,
    Credential,
    CredentialFields,
    CredentialKind,
    Finished,
    Limits,
    Running,
)

Fault = Callable[[str], Exception | None]
"""Asked at each submit, with the key's name: what to answer instead of accepting."""


class EchoFields(CredentialFields, frozen=True):
    """What goes with a key of it."""

    base_url: str = Field(default="https://echo.example.com", description="Where its server is.")


@dataclass
class Books:
    """What the service has seen and would bill."""

    submitted: list[str] = field(default_factory=list[str])
    """Names of keys, in the order of accepted submissions."""
    broken_rests: list[str] = field(default_factory=list[str])
    resting: dict[str, float] = field(default_factory=dict[str, float])
    limited: set[str] = field(default_factory=set[str])
    """Prompts that met a limit: the next limit of the same may rest that shot alone, so none starts here."""
    fields: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    looked: list[str] = field(default_factory=list[str])
    cancelled: list[str] = field(default_factory=list[str])


class EchoWithKeys(EchoProvider):
    """Echo, paid by key. `fault` says what a key is answered; a `RetryLater` starts a rest it must keep."""

    credential = CredentialKind.KEY
    Fields = EchoFields
    environment = ("ECHO_TOKEN",)
    limits: ClassVar[Limits] = replace(EchoProvider.limits, concurrency=4)

    def __init__(self, settings: EchoSettings) -> None:
        super().__init__(settings)
        self.books = Books()
        self.fault: Fault = lambda _: None
        self.bad: set[str] = set()

    async def test(self, credential: Credential) -> None:
        """A key is good unless it is told to be bad."""
        self._check(credential)

    def _check(self, credential: Credential | None) -> str:
        assert credential is not None
        if credential.secret in self.bad:
            raise ActionNeeded("The API key is not valid.", hint="Enter another.")
        return credential.name

    async def submit(self, call: Call[EchoOptions]) -> str:
        """Accept, unless the key is bad or rests."""
        name = self._check(call.credential)
        assert call.credential is not None
        self.books.fields.append(dict(call.credential.fields))
        if time.monotonic() < self.books.resting.get(name, 0.0):
            self.books.broken_rests.append(name)
        fault = self.fault(name)
        if isinstance(fault, RetryLater) and fault.after is not None:
            if call.shot.prompt not in self.books.limited:
                until = time.monotonic() + fault.after
                self.books.resting[name] = max(until, self.books.resting.get(name, 0.0))
            self.books.limited.add(call.shot.prompt)
        if fault is not None:
            raise fault
        remote_id = await super().submit(call)
        self.books.submitted.append(name)
        return remote_id

    async def status(self, call: Call[EchoOptions], remote_id: str) -> Running | Finished:
        """Free, with the same key."""
        self.books.looked.append(self._check(call.credential))
        return await super().status(call, remote_id)

    async def cancel(self, remote_id: str, credential: Credential | None) -> None:
        """With the same key."""
        self.books.cancelled.append(self._check(credential))
        await super().cancel(remote_id, credential)


def need_keys(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoWithKeys:
    """From now on echo needs a key."""
    keyed = EchoWithKeys(EchoSettings())
    monkeypatch.setattr(run.providers, "_built", {"echo": keyed})
    return keyed


async def give_key(run: Runtime, name: str, *, owner: UUID = LOCAL_OWNER, **more: Any) -> UUID:
    """A key of that name; its secret is `secret-NAME-0000`."""
    new = NewKey.model_validate(
        {"provider": "echo", "name": name, "secret": f"secret-{name}-0000", "test": False, **more}
    )
    return (await add_key(run, owner, new)).id
