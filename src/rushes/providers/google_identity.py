"""Who calls Google: service accounts and this machine's own identity, with tokens that are renewed in time.

Loaded when first needed: Google's library for it, and what that brings along, are 8 MiB.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (google-auth and requests leave the types of their functions open)

import asyncio
import hashlib
import json
from dataclasses import dataclass, field

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials as ServiceAccount

from rushes.errors import ActionNeeded, ErrorType, RetryLater
from rushes.providers.google import ADC

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@dataclass
class Access:
    """An identity at Google; its token is renewed as needed."""

    credentials: Credentials
    project: str | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """A token that is valid for some minutes. Raises `ActionNeeded`, `RetryLater`."""
        async with self.lock:
            if not self.credentials.valid:
                await asyncio.to_thread(self._renew)
            return str(self.credentials.token)

    def _renew(self) -> None:
        try:
            with requests.Session() as session:
                self.credentials.refresh(Request(session))
        except TransportError:
            raise RetryLater("Google's sign-in cannot be reached.", error_type=ErrorType.NETWORK) from None
        except GoogleAuthError as error:
            if getattr(error, "retryable", False):
                raise RetryLater("Google's sign-in is busy.", error_type=ErrorType.NETWORK) from None
            raise ActionNeeded(
                "Google does not take this service account.", hint="Make a new key for it and store that."
            ) from None


class Identities:
    """The identities in use, by their secret's digest, so that a token serves more than one call."""

    def __init__(self) -> None:
        self._known: dict[str, Access] = {}

    async def get(self, secret: str) -> Access:
        """The identity of a service account's file, or of this machine. Raises `ActionNeeded`."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        if digest not in self._known:
            self._known[digest] = await asyncio.to_thread(_open, secret)
        return self._known[digest]


def _open(secret: str) -> Access:
    try:
        if secret.strip().lower() == ADC:
            credentials, project = google.auth.default(scopes=SCOPES)
            return Access(credentials, project)
        account = ServiceAccount.from_service_account_info(json.loads(secret), scopes=SCOPES)
        return Access(account, account.project_id)
    except (GoogleAuthError, ValueError, KeyError, TypeError):
        raise ActionNeeded(
            "This machine has no Google credentials."
            if secret.strip().lower() == ADC
            else "This is not the JSON file of a service account.",
            hint="Store the whole file, as Google gave it, or the word adc to use this machine's own.",
        ) from None
