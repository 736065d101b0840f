"""A service that two providers share, both echoes that need a key: one by its id, one in animatic's place."""

from collections.abc import Mapping
from typing import Any

import pytest

from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded
from rushes.providers.catalogue import CatalogueEntry, Service, load_catalogue
from rushes.providers.video.echo import EchoOptions, EchoSettings
from rushes.providers.video_contract import Call, Credential, CredentialFields
from tests.keyed import EchoWithKeys

SHARED = "pair"
KEY = "plain-key-0001"
SCROLL = "{scroll}-key-0002"
"""A secret whose form only the second provider takes."""


class First(EchoWithKeys):
    """Takes every key but scrolls. `closed` is what it answers to any key, when it is set."""

    Fields = CredentialFields
    environment = ("PAIR_TOKEN",)

    def __init__(self, settings: EchoSettings) -> None:
        super().__init__(settings)
        self.closed: ActionNeeded | None = None

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """Scrolls are for the other one."""
        return "Echo reads no scrolls." if secret.startswith("{") else None

    async def test(self, credential: Credential) -> None:
        """As `submit`."""
        if self.closed is not None:
            raise self.closed
        await super().test(credential)

    async def submit(self, call: Call[EchoOptions]) -> str:
        """Refuse while it is closed."""
        if self.closed is not None:
            raise self.closed
        return await super().submit(call)


class Second(First):
    """Takes every key."""

    id = "animatic"
    title = "Second"
    environment = ()

    def unfit(self, secret: str, fields: Mapping[str, str]) -> str | None:
        """None is."""
        return None


def shared_service(run: Runtime, monkeypatch: pytest.MonkeyPatch) -> tuple[First, Second]:
    """From now on echo and animatic need a key of one service."""
    shipped = load_catalogue()
    entries: dict[str, CatalogueEntry] = {
        name: entry.model_copy(update={"service": SHARED}) if name in {"echo", "animatic"} else entry
        for name, entry in shipped.providers.items()
    }
    services = {**shipped.services, SHARED: Service(title="Pair")}
    catalogue = shipped.model_copy(update={"services": services, "providers": entries})
    built: dict[str, Any] = {"echo": First(EchoSettings()), "animatic": Second(EchoSettings())}
    monkeypatch.setattr(run.providers, "_catalogue", catalogue)
    monkeypatch.setattr(run.providers, "_built", built)
    return built["echo"], built["animatic"]
