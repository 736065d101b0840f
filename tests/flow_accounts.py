"""Echo in the place of Flow: needs signed-in accounts, and does with their state what a browser would."""

import json
from dataclasses import dataclass, field, replace
from typing import ClassVar
from uuid import UUID

import pytest

from rushes.engine.flow_views import FLOW, FlowSignInView
from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded
from rushes.flow_signins.actions import keep_account
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoOptions, EchoProvider, EchoSettings
from rushes.providers.video_contract import (
    Call,
    Credential,
    CredentialKind,
    Finished,
    Limits,
    Renewed,
    Running,
    Unknown,
)


def state_of(name: str, turn: int = 0) -> str:
    """A storage state, as good as any."""
    cookie = {"name": "SID", "value": f"cookie-of-{name}-{turn}", "domain": "flow.example.com", "path": "/"}
    return json.dumps({"cookies": [cookie], "origins": []})


@dataclass
class Browser:
    """What the accounts were used for."""

    signed_out: set[str] = field(default_factory=set[str])
    error: ActionNeeded | None = None
    """What a signed-out one is told, when it is not the usual."""
    used: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    open: dict[UUID, str] = field(default_factory=dict[UUID, str])
    blind: bool = False
    """Whoever looks for a submission finds the account signed out."""


class EchoOnAccounts(EchoProvider):
    """Its state changes with every submit, as that of a browser does."""

    id = FLOW
    title = "Flow"
    credential = CredentialKind.FLOW_ACCOUNT
    limits: ClassVar[Limits] = replace(EchoProvider.limits, concurrency=1)

    def __init__(self, settings: EchoSettings) -> None:
        super().__init__(settings)
        self.browser = Browser()

    def _use(self, credential: Credential | None) -> str:
        assert credential is not None
        self.browser.open.setdefault(credential.id, credential.secret)
        if credential.name in self.browser.signed_out:
            raise self.browser.error or ActionNeeded("It is signed out.", hint="Sign in.")
        return credential.name

    async def test(self, credential: Credential) -> None:
        self._use(credential)

    async def submit(self, call: Call[EchoOptions]) -> str:
        name = self._use(call.credential)
        remote_id = await super().submit(call)
        self.browser.used.append(name)
        assert call.credential is not None
        self.browser.open[call.credential.id] = state_of(name, len(self.browser.used))
        return remote_id

    async def status(self, call: Call[EchoOptions], remote_id: str) -> Running | Finished:
        self._use(call.credential)
        return await super().status(call, remote_id)

    async def find(self, call: Call[EchoOptions]) -> str | Unknown | None:
        if self.browser.blind:
            raise ActionNeeded("It is signed out.", hint="Sign in.")
        return await super().find(call)

    async def renewed(self, credential: Credential) -> Renewed | None:
        secret = self.browser.open.get(credential.id)
        return Renewed(secret, 1000 - len(self.browser.used)) if secret else None

    async def leave(self, credential: Credential) -> None:
        if self.browser.open.pop(credential.id, None) is not None:
            self.browser.left.append(credential.name)


def on_accounts(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> EchoOnAccounts:
    """From now on this is Flow."""
    provider = EchoOnAccounts(EchoSettings())
    built = {**run.providers._built, FLOW: provider}  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(run.providers, "_built", built)
    return provider


async def sign_in(run: Runtime, name: str, turn: int = 0) -> FlowSignInView:
    """An account of that name is signed in."""
    return await keep_account(run, LOCAL_OWNER, name, state_of(name, turn), email=f"{name}@example.com")
