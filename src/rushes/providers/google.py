"""Google Cloud: what its errors mean, and what a support code of a refusal does."""

import re

import httpx2

from rushes.errors import ErrorType, Rejected, RushesError
from rushes.providers.google_errors import (
    BLOCKED_WORDS,
    HINTS,
    as_json,
    definite_error,
    read_error,
    refusal_kind,
)
from rushes.providers.http import Trouble

ADC = "adc"
"""A secret of this word means Application Default Credentials: the identity of this machine."""


def is_identity(secret: str) -> bool:
    """Whether a secret is a service account's file, or names the identity of this machine: no API key."""
    return secret.strip().lower() == ADC or secret.lstrip().startswith("{")


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
_SOUND = re.compile(r"\baudio\b|\bsound\b", re.I)


def read(response: httpx2.Response) -> Trouble:
    """Return the trouble that an error response describes."""
    return read_error(response.status_code, as_json(response.text), response.headers)


def refine(trouble: Trouble) -> RushesError | None:
    """Google's own meanings of an error answer; None when the HTTP status says it all."""
    if trouble.status >= 500:
        return None
    if is_refusal(trouble.message):
        return refusal(trouble.message)
    if trouble.status == 404:
        return Rejected(
            f"Google has no such model here (any more): {trouble.message}",
            error_type=ErrorType.BAD_INPUT,
            hint="Choose another model, or another region of the key.",
        )
    return definite_error(trouble, "Google")


def is_refusal(message: str) -> bool:
    """Whether a message speaks of the safety filters."""
    known = any(code in SUPPORT_CODES for code in _CODE.findall(message))
    return known or "support code" in message.lower() or bool(BLOCKED_WORDS.search(message))


def refusal(message: str) -> Rejected:
    """A refusal of the safety filters, with what its support codes mean. Nothing is billed for one."""
    known = [SUPPORT_CODES[code] for code in _CODE.findall(message) if code in SUPPORT_CODES]
    # Several codes: the one that needs the most care is named first.
    known.sort(key=lambda meaning: (meaning is _OTHER, meaning[0] is ErrorType.POLICY_VIOLATION))
    error_type, why = known[0] if known else (refusal_kind(message), _OTHER[1])
    if _SOUND.search(message):
        return Rejected(
            f"Google refused the sound of this: {message}",
            error_type=error_type,
            hint="Change what is said or heard, or switch the sound off.",
        )
    return Rejected(f"Google refused this: {why}. ({message})", error_type=error_type, hint=HINTS[error_type])
