"""Every way in which a generation or an upload is refused or fails, with the page's own words and machine reasons.

A prompt asks for one by a tag: `[policy]`, or `[failed:1]` for the first generation of that prompt only.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Code(IntEnum):
    """The gRPC codes that batchexecute carries."""

    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    INTERNAL = 13
    UNAUTHENTICATED = 16


@dataclass(frozen=True)
class Failure:
    """One of them. `when`: on the tile after a while, instead of an acceptance, or instead of an upload."""

    text: str
    reason: str = ""
    when: Literal["tile", "submit", "upload"] = "tile"
    code: Code = Code.INTERNAL

    @property
    def machine(self) -> str:
        """The reason as the wire says it."""
        return f"PUBLIC_ERROR_{self.reason}" if self.reason else ""


_HARM = "This prompt might violate our policies about generating"
_EXHAUSTED, _DENIED, _INVALID = Code.RESOURCE_EXHAUSTED, Code.PERMISSION_DENIED, Code.INVALID_ARGUMENT
GENERIC = "This generation might violate our policies. Please try a different prompt or send feedback"

# Which reason goes with which text, and which of them come at the submit, is known for a few only; the rest is
# the plausible choice (marked ? in the facts).
FAILURES: dict[str, Failure] = {
    "policy": Failure(GENERIC, "UNSAFE_GENERATION"),
    "harmful": Failure(
        f"{_HARM} harmful content. Please try a different prompt or send feedback.", "DANGER_FILTER"
    ),
    "people": Failure(f"{_HARM} prominent people.", "PROMINENT_PEOPLE_FILTER_FAILED"),
    "minors": Failure(f"{_HARM} harmful content related to minors.", "MINOR"),
    "minor_image": Failure("Video generation with minors is not supported.", "MINOR_INPUT_IMAGE"),
    "sexual": Failure(GENERIC, "SEXUAL"),
    "violence": Failure(GENERIC, "VIOLENCE_FILTER"),
    "ip_image": Failure(GENERIC, "IP_INPUT_IMAGE"),
    "failed": Failure("Sorry, this video failed to generate.", "SOMETHING_WENT_WRONG"),
    "failed_image": Failure("Sorry, this image failed to generate.", "SOMETHING_WENT_WRONG"),
    "audio": Failure("Audio Generation Failed", "AUDIO_FILTERED"),
    "oops": Failure("Oops, something went wrong!", "SOMETHING_WENT_WRONG"),
    "policy_error": Failure("Policy Error", "UNSAFE_GENERATION"),
    "high_demand": Failure("The model currently is experiencing high demand. Please try again later."),
    "flow_high_demand": Failure("Flow is experiencing high demand. Please try again in a few minutes."),
    "unusual": Failure(
        "We noticed some unusual activity. Please visit the Help Center for more information.",
        "UNUSUAL_ACTIVITY", "submit", _DENIED,
    ),
    "too_quickly": Failure("You're requesting generations too quickly", "", "submit", _EXHAUSTED),
    "queue_full": Failure("Queue Full", "", "submit", _EXHAUSTED),
    "usage_limit": Failure(
        "You've reached your usage limit. Please try again later.", "USER_QUOTA_REACHED", "submit", _EXHAUSTED
    ),
    "video_quota": Failure(
        "You have reached the video generation quota. Please try again tomorrow.",
        "USER_QUOTA_REACHED", "submit", _EXHAUSTED,
    ),
    "more_credits": Failure("You need more AI credits to generate this.", "", "submit", _EXHAUSTED),
    "error_253": Failure(
        "The number of requests sent exceeds the quota limit. Error code 253.", "", "submit", _EXHAUSTED
    ),
    "model_denied": Failure("You do not have access to this model.", "MODEL_ACCESS_DENIED", "submit", _DENIED),
    "minor_upload": Failure("This image can't be uploaded: it might show a minor.", "MINOR_UPLOAD", "upload", _INVALID),
    "sexual_upload": Failure("This image might violate our policies.", "SEXUAL_UPLOAD", "upload", _INVALID),
    "people_upload": Failure(
        "This image might violate our policies about prominent people.", "PROMINENT_PEOPLE_UPLOAD",
        "upload", _INVALID,
    ),
}  # fmt: skip

MEDIA_NOT_FOUND = "Media not found."
"""The complaint of status 4 after which a generation may still finish."""


class RpcError(Exception):
    """A call that is answered with a code."""

    def __init__(self, code: Code, failure: Failure | None = None) -> None:
        super().__init__(code.name)
        self.code = code
        self.failure = failure
