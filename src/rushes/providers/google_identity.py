"""Who calls Google: service accounts and this machine's own identity, with tokens that are renewed in time.

Loaded when first needed: Google's library for it, and what that brings along, are 8 MiB.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (google-auth and requests leave the types of their functions open)

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import google.auth
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials as ServiceAccount

from rushes.errors import ActionNeeded, ErrorType, RetryLater
from rushes.providers.google import ADC
from rushes.redaction import remember_secret

GOOGLE = ".googleapis.com"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@dataclass
class GoogleAccess:
    """An identity at Google; its token is renewed as needed."""

    credentials: Credentials
    project: str | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """A token that is valid for some minutes. Raises `ActionNeeded`, `RetryLater`."""
        async with self.lock:
            if not self.credentials.valid:
                await asyncio.to_thread(self._renew)
            token = str(self.credentials.token)
            remember_secret(token)
            return token

    def _renew(self) -> None:
        try:
            with requests.Session() as session:
                session.max_redirects = 0  # a redirect could lead anywhere
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
        self._known: dict[str, GoogleAccess] = {}

    async def get(self, secret: str, *, home: str = "", private: bool = False) -> GoogleAccess:
        """The identity of a service account's file, or of this machine. Raises `ActionNeeded`.

        Its tokens come from Google, or from the host of `home` where one was configured; with `private` from
        wherever the file says.
        """
        if secret.strip().lower() != ADC and not private:
            _check_token_uri(secret, home)
        digest = hashlib.sha256(secret.encode()).hexdigest()
        if digest not in self._known:
            self._known[digest] = await asyncio.to_thread(_open, secret)
        return self._known[digest]


def _check_token_uri(secret: str, home: str) -> None:
    """Raise `ActionNeeded` for a file that would have us ask a host of its own for tokens."""
    try:
        told = json.loads(secret)["token_uri"]
        url = urlsplit(told)
        host = (url.hostname or "").lower()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return  # it is none, which is said when it is opened
    if url.scheme == "https" and f".{host}".endswith(GOOGLE):
        return
    if host and host == (urlsplit(home).hostname or "").lower():
        return
    raise ActionNeeded(
        "The token_uri of this service account is not Google's.",
        hint="Store the file as Google gave it. For a server of your own set the provider's PRIVATE_LINKS.",
    )


def _open(secret: str) -> GoogleAccess:
    try:
        if secret.strip().lower() == ADC:
            credentials, project = google.auth.default(scopes=SCOPES)
            return GoogleAccess(credentials, project)
        account = ServiceAccount.from_service_account_info(json.loads(secret), scopes=SCOPES)
        return GoogleAccess(account, account.project_id)
    except (GoogleAuthError, ValueError, KeyError, TypeError):
        raise ActionNeeded(
            "This machine has no Google credentials."
            if secret.strip().lower() == ADC
            else "This is not the JSON file of a service account.",
            hint="Store the whole file, as Google gave it, or the word adc to use this machine's own.",
        ) from None
