"""What an OpenAI-compatible server says of a video, in the shapes that such servers and gateways use.

Status words come in any case and as synonyms; one that nobody knows means that the video is still being
made, until its time is up. A field that is not needed and cannot be read is as if it were not there.
"""

import math
import re
from enum import Enum, auto
from typing import Any, cast

from pydantic import BaseModel, Field, model_validator

Fields = dict[str, Any]
MOST_WORD = 100
"""Characters of a status word that are looked at."""

_DONE = frozenset(
    {
        *("complete", "completed", "done", "finish", "finished", "generated", "ok", "ready"),
        *("succeed", "succeeded", "success", "successful"),
    }
)
_ENDED = frozenset(
    {
        *("aborted", "blocked", "cancel", "canceled", "cancelled", "content_filtered", "deleted"),
        *("error", "errored", "expired", "fail", "failed", "failure", "moderated"),
        *("moderation_blocked", "refused", "rejected", "terminated", "timed_out", "timeout"),
    }
)
_IDS = ("id", "video_id", "task_id", "generation_id", "request_id", "job_id", "taskId", "videoId", "uuid")
_STATES = ("status", "state", "task_status", "taskStatus")
_REASONS = ("error", "fail_reason", "failure_reason", "error_message", "reason", "errors", "failReason")
_WRAPPERS = ("data", "video", "result", "task", "output")


class VideoStage(Enum):
    """How far a video is."""

    RUNNING = auto()
    DONE = auto()
    ENDED = auto()


def stage_of(status: str) -> VideoStage:
    """Return what a status word means; one that nobody knows: it is still being made."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status[:MOST_WORD])
    word = re.sub(r"[^a-z]+", "_", spaced.lower()).strip("_")
    word = re.sub(r"^(?:task|video|job|generation|state|status)_(?:status_|state_)?", "", word)
    if word in _DONE:
        return VideoStage.DONE
    return VideoStage.ENDED if word in _ENDED else VideoStage.RUNNING


class ErrorSaid(BaseModel):
    """An error, as far as it can be read."""

    code: str | None = None
    message: str | None = None
    type: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, told: Any) -> Any:
        if isinstance(told, list):
            told = next(iter(cast(list[Any], told)), None)
        error = _object(told)
        if error is None:
            return {"message": str(told)} if isinstance(told, str | int | float) else {}
        message = _text(error, ("message", "msg", "detail", "error", "reason", "description"))
        code, kind = _text(error, ("code", "error_code", "errorCode")), _text(error, ("type", "error_type"))
        return {"code": code, "message": message, "type": kind}


class VideoSaid(BaseModel):
    """A video. `status` is empty in the answer to a create that names none."""

    id: str = Field(min_length=1)
    status: str = ""
    progress: float | None = None
    """From 0 to 1."""
    error: ErrorSaid | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, told: Any) -> Any:
        body = _unwrapped(_object(told))
        if body is None:
            return told
        reason = next((body[each] for each in _REASONS if body.get(each)), None)
        said: Fields = {
            **({"id": video_id} if (video_id := _text(body, _IDS)) else {}),
            "status": _text(body, _STATES) or "",
            "progress": _fraction(body.get("progress")),
            "error": reason if isinstance(reason, str | dict | list) else None,
        }
        return said


def _object(told: Any) -> Fields | None:
    return cast(Fields, told) if isinstance(told, dict) else None


def _unwrapped(told: Fields | None) -> Fields | None:
    """Return the object that the video is in: gateways put it into one more."""
    for _ in range(2):
        if told is None or _text(told, _STATES) or _text(told, ("id",)):
            return told
        inner = next((told[each] for each in _WRAPPERS if isinstance(told.get(each), dict | list)), None)
        if isinstance(inner, list):
            every = cast(list[Any], inner)
            inner = every[0] if len(every) == 1 else None
        if (found := _object(inner)) is None:
            return told
        told = found
    return told


def _text(told: Fields, names: tuple[str, ...]) -> str | None:
    """Return the first of these fields that is a text or a whole number."""
    for name in names:
        found = told.get(name)
        if isinstance(found, str) and found:
            return found
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**18:
            return str(found)
    return None


def _fraction(told: Any) -> float | None:
    """Return a progress from 0 to 1: of percent, as a number or a text, with or without its sign."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return None
    try:
        percent = float(str(told)[:20].strip().removesuffix("%"))
    except ValueError:
        return None
    return min(1.0, max(0.0, percent / 100)) if math.isfinite(percent) else None
