"""What Google's APIs say when something is wrong, in both of their envelopes, as errors of ours.

{"error": {"code": "too_many_requests", "message": "…"}}                     Interactions
[{"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "…"}}]    Google's front end
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from rushes.errors import ActionNeeded, ErrorType, Rejected, RetryLater, RushesError
from rushes.providers.http import Trouble
from rushes.redaction import remember_secret, safe_text

PACIFIC_STANDARD = timezone(timedelta(hours=-8))
"""Daily limits end at midnight Pacific time. An hour late in summer, and needs no time zone database."""
DELAY = re.compile(r"(?:retry in |^)(?:(\d+)h)?(?:(\d+)m)?(\d+(?:\.\d+)?)s", re.IGNORECASE)
KEY = re.compile(r"\bAIza[\w-]{20,}")
"""A key that Google quotes ("Consumer 'api_key:AIza…' has been suspended")."""
MOST_WORDS = 500

NO_ENTRY = {"UNAUTHENTICATED", "PERMISSION_DENIED"}
OF_KEY = {
    "UNAUTHENTICATED",
    "SERVICE_DISABLED",
    "CONSUMER_SUSPENDED",
    "CONSUMER_INVALID",
    "BILLING_DISABLED",
    "ACCESS_TOKEN_EXPIRED",
    "ACCOUNT_STATE_INVALID",
    "USER_PROJECT_DENIED",
}
"""Google's reasons (google.rpc ErrorInfo) that are about the key or its project."""
RATE = {"RESOURCE_EXHAUSTED", "TOO_MANY_REQUESTS", "RATE_LIMIT_EXCEEDED"}
BLOCKED = {
    "SAFETY",
    "IMAGE_SAFETY",
    "PROHIBITED_CONTENT",
    "BLOCKLIST",
    "SPII",
    "RECITATION",
    "CONTENT_FILTERED",
}
BLOCKED_WORDS = re.compile(
    r"usage guidelines|(violat|against)\w{0,20} .{0,60}polic|safety (filter|setting|reason|polic)|blocked by|"
    r"prohibited (content|use)|sensitive words",
    re.IGNORECASE,
)
UNPAID = re.compile(
    r"limit: 0\b|prepa\w{1,20} .{0,40}(deplet|exhaust)|credits? .{0,20}(deplet|exhaust)|"
    r"billing (cap|account|to be)|enable billing|paid (tier|plan)|monthly spend",
    re.IGNORECASE,
)
DAILY = re.compile(r"per.?day|daily", re.IGNORECASE)
BAD_KEY = re.compile(
    r"api key (not valid|not found|expired|is invalid|was reported)|pass a valid api key", re.IGNORECASE
)
BAD_PLACE = re.compile(r"location is not supported|not available in your (country|region)", re.IGNORECASE)

KINDS = (
    (ErrorType.MINORS, r"\b(child|children|minors|underage|a minor)\b"),
    (
        ErrorType.PROMINENT_PEOPLE,
        r"\b(celebrit\w*|prominent|public figures?|famous (person|people)|politicians?|likeness|"
        r"real (person|people)|identifiable (person|people|individual\w*))\b",
    ),
    (
        ErrorType.COPYRIGHT,
        r"\b(copyright\w*|intellectual property|trademark\w*|third.?party content|recitation|"
        r"protected characters?)\b",
    ),
)
HINTS = {
    ErrorType.MINORS: "Take children out of the prompt and the images.",
    ErrorType.PROMINENT_PEOPLE: "Describe somebody who is not a known person, and use no picture of one.",
    ErrorType.COPYRIGHT: "Describe it in your own words, without names of films, characters or brands.",
    ErrorType.POLICY_VIOLATION: "Say it in other words; leave out what may be taken for violence or sex.",
}


class _Violation(BaseModel):
    quota_id: str = Field(default="", alias="quotaId")


class _ErrorDetail(BaseModel):
    reason: str = ""
    retry_delay: str = Field(default="", alias="retryDelay")
    violations: list[_Violation] = []


class _ErrorBody(BaseModel):
    code: int | str = ""
    status: str = ""
    message: str = ""
    details: list[_ErrorDetail] = []


class _Envelope(BaseModel):
    error: _ErrorBody


_ENVELOPES = TypeAdapter(_Envelope | list[_Envelope])


def read_error(
    status: int, body: object, headers: Mapping[str, str] | None = None, *, secret: str = ""
) -> Trouble:
    """What an answer says: parsed JSON in either envelope, or text of somebody in between.

    The reason is every word of Google's for it, upper case. A key that is quoted is taken out, `secret` too.
    """
    try:
        found = _ENVELOPES.validate_python(body)
        error = (found[0] if isinstance(found, list) else found).error
    except (ValidationError, IndexError):
        text = re.sub(r"(<[^>]*>|\s)+", " ", body if isinstance(body, str) else "").strip()
        error = _ErrorBody(message=text)
    remember_secret(secret)
    message = (
        safe_text(KEY.sub("…", error.message).strip(), MOST_WORDS) or f"it answered {status} without a word"
    )
    said = [str(error.code), error.status, *(detail.reason for detail in error.details)]
    said += [violation.quota_id for detail in error.details for violation in detail.violations]
    retry_after = (headers or {}).get("retry-after", "")
    delays = [*(detail.retry_delay for detail in error.details), f"{retry_after}s", message]
    return Trouble(
        status,
        message,
        " ".join(word.upper() for word in said if word),
        next((seconds for seconds in map(_seconds, delays) if seconds is not None), None),
    )


def is_limit(trouble: Trouble) -> bool:
    """Whether it says: not so fast."""
    return trouble.status == 429 or bool(_words(trouble) & RATE)


def definite_error(trouble: Trouble, title: str) -> RushesError | None:
    """Who acts next, where the answer is clear; None where only the caller can tell."""
    said = f"{title}: {trouble.message}"
    codes = _words(trouble)
    if codes & BLOCKED or BLOCKED_WORDS.search(trouble.message):
        return rejected(trouble.message, title)
    if trouble.status == 402 or UNPAID.search(trouble.message):
        return ActionNeeded(
            said, error_type=ErrorType.CREDITS, hint="Look at the billing of the key's project."
        )
    if is_limit(trouble):
        return _limit(trouble, said)
    if BAD_PLACE.search(trouble.message):
        return ActionNeeded(
            said, error_type=ErrorType.CONSENT, hint="Google does not offer this where you are."
        )
    if (
        trouble.status in {401, 403}
        or codes & NO_ENTRY
        or any(code.startswith("API_KEY_") for code in codes)
        or BAD_KEY.search(trouble.message)
    ):
        return ActionNeeded(
            said,
            hint="Look at the key and what it may do, or give another one.",
            unclear=not _is_of_key(trouble, codes),
        )
    return None


def _is_of_key(trouble: Trouble, codes: set[str]) -> bool:
    """Whether it names the key or its project; a 403 alone may be about one file or one prompt."""
    named = any(code.startswith("API_KEY_") for code in codes) or bool(codes & OF_KEY)
    return named or trouble.status == 401 or bool(BAD_KEY.search(trouble.message))


def rejected(said: str, title: str) -> Rejected:
    """A refusal in the service's own words, with the kind that they tell of."""
    kind = refusal_kind(said)
    return Rejected(f"{title} refused: {said}", error_type=kind, hint=HINTS[kind])


def refusal_kind(said: str) -> ErrorType:
    """What a refusal is about, by its words."""
    for kind, words in KINDS:
        if re.search(words, said, re.IGNORECASE):
            return kind
    return ErrorType.POLICY_VIOLATION


def until_midnight_pacific(now: datetime) -> float:
    """Seconds until daily limits are lifted."""
    there = now.astimezone(PACIFIC_STANDARD)
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - there).total_seconds()


def _words(trouble: Trouble) -> set[str]:
    return set(trouble.reason.split())


def _limit(trouble: Trouble, said: str) -> RetryLater:
    if DAILY.search(f"{trouble.reason} {trouble.message}"):
        after = until_midnight_pacific(datetime.now(UTC))
        return RetryLater(said, error_type=ErrorType.QUOTA, after=after)
    return RetryLater(said, error_type=ErrorType.RATE_LIMITED, after=trouble.after)


def _seconds(text: str) -> float | None:
    found = DELAY.search(text)
    if found is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def as_json(text: str) -> Any:
    """The parsed body, or the text itself where it is none."""
    try:
        return TypeAdapter(Any).validate_json(text)
    except ValidationError:
        return text
