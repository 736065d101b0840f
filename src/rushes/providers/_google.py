"""What Google's services share: access tokens, the error envelope, what a support code of a refusal means."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (google-auth and requests leave the types of their functions open)

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

import google.auth
import httpx2
import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials as ServiceAccount
from pydantic import BaseModel, ValidationError

from rushes.errors import ActionNeeded, ErrorType, Rejected, RetryLater
from rushes.providers._http import Trouble, retry_after

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
ADC = "adc"
"""A secret of this word means Application Default Credentials: the identity of this machine."""

_MINORS = (ErrorType.MINORS, "it shows a child")
_FAMOUS = (ErrorType.PROMINENT_PEOPLE, "it shows or names somebody well known")
_COPYRIGHT = (ErrorType.COPYRIGHT, "it shows or names content that belongs to somebody")
_SEXUAL = (ErrorType.POLICY_VIOLATION, "it is sexual")
_VIOLENCE = (ErrorType.POLICY_VIOLATION, "it is violent")
_HATE = (ErrorType.POLICY_VIOLATION, "it is hateful")
_DANGER = (ErrorType.POLICY_VIOLATION, "it is dangerous")
_OTHER = (ErrorType.POLICY_VIOLATION, "it might violate the usage guidelines")
SUPPORT_CODES = {
    "58061214": _MINORS,
    "17301594": _MINORS,
    "29310472": _FAMOUS,
    "15236754": _FAMOUS,
    "35561574": _COPYRIGHT,
    "35561575": _COPYRIGHT,
    "90789179": _SEXUAL,
    "43188360": _SEXUAL,
    "61493863": _VIOLENCE,
    "56562880": _VIOLENCE,
    "57734940": _HATE,
    "22137204": _HATE,
    "62263041": _DANGER,
    "74803281": _OTHER,
    "29578790": _OTHER,
    "42876398": _OTHER,
}
"""Vertex AI's documentation on responsible AI for Veo, section "Safety filter code categories"."""
_CODE = re.compile(r"\b\d{8}\b")
_SAFETY = re.compile(r"support code|violate|usage guidelines|safety|responsible ai|sensitive words", re.I)
_SOUND = re.compile(r"\baudio\b|\bsound\b", re.I)


class GoogleError(BaseModel):
    """`error` of an answer or of an operation: google.rpc.Status, with its code's name where there is one."""

    code: int = 0
    message: str = ""
    status: str = ""
    details: list[dict[str, Any]] = []


class _Envelope(BaseModel):
    error: GoogleError


def read_error(response: httpx2.Response) -> Trouble:
    """What an error answer says: Google's envelope, the same in a list, or no envelope at all."""
    try:
        body = json.loads(response.content)
        error = _Envelope.model_validate(body[0] if isinstance(body, list) and body else body).error
    except (ValueError, ValidationError):
        return Trouble(response.status_code, response.reason_phrase, after=retry_after(response))
    after = retry_after(response)
    reasons = [error.status]
    for detail in error.details:
        match str(detail.get("@type", "")).rpartition(".")[2]:
            case "RetryInfo":
                after = _seconds(str(detail.get("retryDelay", ""))) or after
            case "ErrorInfo":
                reasons.append(str(detail.get("reason", "")))
            case "QuotaFailure":
                reasons.append(json.dumps(detail.get("violations", "")))
            case _:
                pass
    return Trouble(response.status_code, error.message, " ".join(reasons), after)


def _seconds(text: str) -> float | None:
    """A protobuf duration in JSON: `35s`, `0.5s`."""
    return float(text[:-1]) if re.fullmatch(r"\d+(\.\d+)?s", text) else None


def refine(trouble: Trouble) -> RetryLater | ActionNeeded | Rejected | None:
    """Google's own meanings of an error at a create; None when the HTTP status says it all."""
    if trouble.status == 400 and "API_KEY_INVALID" in trouble.reason:
        return ActionNeeded(f"Google does not take the key: {trouble.message}", hint="Make a new one there.")
    if trouble.status in {400, 403} and "BILLING" in trouble.reason + trouble.message.upper():
        return ActionNeeded(
            f"Google wants billing set up: {trouble.message}",
            error_type=ErrorType.CREDITS,
            hint="Do it there.",
        )
    if trouble.status == 429 and re.search(r"per[ _-]?day", f"{trouble.reason} {trouble.message}", re.I):
        return RetryLater(f"Google: {trouble.message}", error_type=ErrorType.QUOTA, after=trouble.after)
    if trouble.status == 400 and is_refusal(trouble.message):
        return refusal(trouble.message)
    if trouble.status == 404:
        return Rejected(
            f"Google has no such model here (any more): {trouble.message}",
            error_type=ErrorType.BAD_INPUT,
            hint="Choose another model, or another region of the key.",
        )
    return None


def is_refusal(message: str) -> bool:
    """Whether a message speaks of the safety filters."""
    return any(code in SUPPORT_CODES for code in _CODE.findall(message)) or bool(_SAFETY.search(message))


def refusal(message: str) -> Rejected:
    """A refusal of the safety filters, with what its support codes mean. Nothing is billed for one."""
    known = [SUPPORT_CODES[code] for code in _CODE.findall(message) if code in SUPPORT_CODES]
    # Several codes: the one that needs the most care is named first.
    known.sort(key=lambda meaning: (meaning is _OTHER, meaning[0] is ErrorType.POLICY_VIOLATION))
    error_type, why = known[0] if known else _OTHER
    if _SOUND.search(message):
        return Rejected(
            f"Google refused the sound of this: {message}",
            error_type=error_type,
            hint="Change what is said or heard, or switch the sound off.",
        )
    return Rejected(
        f"Google refused this: {why}. ({message})",
        error_type=error_type,
        hint="Change the prompt or the image.",
    )


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
