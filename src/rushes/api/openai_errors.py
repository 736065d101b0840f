"""Failures as OpenAI clients know them: what is told under `/v1` instead of problem+json."""

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.types import Scope

_SAFE = ("GET", "HEAD")
_INVALID = 422
_BAD_REQUEST = 400
_CONFLICT = 409
_OURS = 500


class OpenAiFault(BaseModel):
    """The error object of OpenAI's API."""

    message: str = Field(description="What happened and what to do, for a person.")
    type: str = Field(description="`invalid_request_error` (the caller's) or `server_error`.")
    param: str | None = Field(description="The field that is wrong, where it is one.")
    code: str | None = Field(description="Stable, for a program: docs/guide/errors.md has them all.")


class OpenAiError(BaseModel):
    """The envelope of an error in OpenAI's API."""

    error: OpenAiFault


def speaks_openai(scope: Scope) -> bool:
    """Whether who asks expects OpenAI's words."""
    return str(scope["path"]).split("/")[1:2] == ["v1"]


def error_of(status: int, code: str, message: str, param: str | None = None) -> tuple[int, OpenAiError]:
    """The status and the envelope. What is wrong in a request is 400 there, not 422."""
    kind = "server_error" if status >= _OURS else "invalid_request_error"
    fault = OpenAiFault(message=message, type=kind, param=param, code=code)
    return _BAD_REQUEST if status == _INVALID else status, OpenAiError(error=fault)


def openai_answer(scope: Scope, status: int, error: OpenAiError, headers: dict[str, str]) -> JSONResponse:
    """The response that carries it.

    OpenAI's SDKs send a request again after 409 and 5xx automatically. What may have been begun, and paid,
    is not to be begun twice, so they are told not to.
    """
    if scope["method"] not in _SAFE and (status == _CONFLICT or status >= _OURS):
        headers = {**headers, "x-should-retry": "false"}
    return JSONResponse(error.model_dump(), status, headers=headers)


def openai_errors(**examples: str) -> dict[int | str, dict[str, Any]]:
    """Documents a route's errors: `openai_errors(not_found="There is no such video.")`."""
    statuses = {"invalid": 422, "not_found": 404, "conflict": 409, "too_large": 413, "internal": 500}
    documented: dict[int | str, dict[str, Any]] = {}
    for code, message in examples.items():
        status, error = error_of(statuses[code], code, message)
        documented[status if status < _OURS else "default"] = {
            "model": OpenAiError,
            "description": message,
            "content": {"application/json": {"example": error.model_dump()}},
        }
    return documented


OPENAI_ALWAYS = openai_errors(
    invalid="seconds: Input should be 4, 6 or 8.", internal="Something went wrong inside Rushes."
)
"""Errors that every route may answer with."""
