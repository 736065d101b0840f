"""Every answer that is not what was asked for, in one shape: RFC 9457 `application/problem+json`."""

import errno
import logging
import math
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from procrastinate.exceptions import ConnectorException
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Scope

from rushes.api.head import allowed_methods
from rushes.api.openai_errors import error_of, openai_answer, speaks_openai
from rushes.errors import (
    Actor,
    ErrorType,
    Invalid,
    NotFound,
    RetryLater,
    RushesError,
    SystemFault,
    TooLarge,
    TooManyRequests,
)
from rushes.platform.db.faults import database_is_away, in_a_line
from rushes.platform.storage.bucket import storage_fault

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
DATABASE_GONE = (OperationalError, InterfaceError, PoolTimeout, ConnectorException)
"""What a database that does not answer is reported as, by the two libraries that ask it."""
_METHOD_NOT_ALLOWED = 405
_CLIENT_LEFT = 499
"""What servers log for a client that closed the connection."""
_FILE_SYSTEM = frozenset(
    {
        *(errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EIO),
        *(errno.ENOTDIR, errno.ENOENT),
    }
)
"""What the operator's folders answer with: read-only, not permitted, full, broken, not there."""
_NOT_SERVED_HERE = 421


class FaultView(BaseModel):
    """One thing wrong with what was sent."""

    where: str = Field(description="A file name, `prompts.txt:12`, or a field.")
    message: str = Field(description="What is wrong and what to do, for a person.")
    code: str = Field(description="Stable, for a program.")


class Problem(BaseModel):
    """Why something did not happen, and who acts next (RFC 9457)."""

    type: str = Field(description="`urn:rushes:problem:` and the code.")
    title: str
    status: int
    detail: str = Field(description="What happened, for a person.")
    code: str = Field(description="Stable, for a program: docs/guide/errors.md has them all.")
    hint: str | None = Field(None, description="What to do.")
    actor: Actor = Field(description="Who has to act before it can continue.")
    error_type: ErrorType | None = Field(None, description="What kind of failure it is, where that is known.")
    instance: str | None = Field(None, description="Names this one failure in the log of the server.")
    errors: list[FaultView] = Field(default=[], description="One entry a fault in what was sent.")


def problem(
    status: int, code: str, title: str, detail: str, *, actor: Actor = Actor.CALLER, **more: Any
) -> Problem:
    """A problem that is no `RushesError`."""
    return Problem.model_validate(
        {
            "type": f"urn:rushes:problem:{code}",
            "title": title,
            "status": status,
            "detail": detail,
            "code": code,
            "actor": actor,
            **more,
        }
    )


def problem_of(error: RushesError) -> Problem:
    """The problem an expected failure is reported as."""
    faults = error.faults if isinstance(error, Invalid) else ()
    return problem(
        error.http_status,
        error.code,
        error.title,
        error.message,
        actor=error.actor,
        hint=error.hint,
        error_type=getattr(error, "error_type", None),
        errors=[FaultView(where=each.where, message=each.message, code=each.code) for each in faults],
    )


def answer(scope: Scope, told: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response that carries a problem, in the words of who asks."""
    if speaks_openai(scope):
        said = " ".join(f"{each.where}: {each.message}" for each in told.errors) or told.detail
        first = told.errors[0] if told.errors else None
        message = f"{said} {told.hint}" if told.hint else said
        code = first.code if first else told.code
        status, error = error_of(told.status, code, message, first.where if first else None)
        return openai_answer(scope, status, error, headers or {})
    body = told.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, told.status, headers=headers, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Have everything that is raised leave as a problem."""
    app.add_exception_handler(RushesError, _expected)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    for gone in DATABASE_GONE:
        app.add_exception_handler(gone, _database_gone)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(OSError, _file_system)
    app.add_exception_handler(Exception, _bug)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RushesError)
    headers: dict[str, str] = {}
    if isinstance(error, (RetryLater, TooManyRequests)) and error.after is not None:
        headers["Retry-After"] = str(math.ceil(error.after))
    if error.http_status >= 500:
        log.warning("%s: %s", error.code, error.message)
    return answer(request.scope, problem_of(error), headers)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [_told(each) for each in error.errors()]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and any(each["loc"] == ("body",) for each in error.errors()):
        came = f"came as {kind}" if kind else "has no content type"
        message = f"Send JSON, with the header Content-Type: application/json. This {came}."
        faults = [{"where": "body", "message": message, "code": "not_json"}]
    first = faults[0]
    detail = f"{first['where']}: {first['message']}"
    return answer(request.scope, problem(422, Invalid.code, Invalid.title, detail, errors=faults))


def _told(each: Mapping[str, Any]) -> dict[str, str]:
    if each["type"] == "json_invalid":  # its place is a count of characters
        why = f"This is not JSON: {each['ctx']['error']}, at character {each['loc'][-1]}."
        return {"where": str(each["loc"][0]), "message": why, "code": "json_invalid"}
    return {"where": _place(each["loc"]), "message": f"{each['msg']}.", "code": str(each["type"])}


def _place(loc: tuple[str | int, ...]) -> str:
    """`body.settings.outputs` is `settings.outputs` to the caller."""
    return ".".join(str(part) for part in loc[1:]) or str(loc[0])


async def _http(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself answers."""
    assert isinstance(error, HTTPException)
    path, headers = request.url.path, dict(error.headers or {})
    if error.status_code == NotFound.http_status:
        said = problem(404, NotFound.code, NotFound.title, f"There is nothing at {path}.", hint="See /docs.")
    elif error.status_code == _METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible at {path}."
        # The framework names the methods of one of the routes of this path.
        allowed = allowed_methods(request.app.state.api_routes, path) or Headers(headers).get("allow")
        headers = {"Allow": allowed} if allowed else {}
        hint = f"Possible: {allowed}." if allowed else None
        said = problem(405, "method_not_allowed", "Method not allowed", detail, hint=hint)
    elif error.status_code == TooLarge.http_status:
        said = problem(413, TooLarge.code, TooLarge.title, error.detail)
    else:
        said = problem(error.status_code, "bad_request", "Not understood", error.detail)
    return answer(request.scope, said, headers)


async def _database_gone(request: Request, error: Exception) -> JSONResponse:
    if not database_is_away(error):  # a statement that it refused: ours
        return await _bug(request, error)
    log.warning("the database does not answer: %s", in_a_line(error))
    fault = SystemFault(
        "The database does not answer.",
        error_type=ErrorType.DATABASE,
        hint="Try again in a moment; if it stays so, look at the log of the server.",
    )
    return answer(request.scope, problem_of(fault), {"Retry-After": "5"})


async def _left(request: Request, _error: Exception) -> Response:
    """Who asked is gone, in the middle of an upload: nobody reads this."""
    log.info("%s %s was cancelled by its client", request.method, request.url.path)
    return Response(status_code=_CLIENT_LEFT)


async def _file_system(request: Request, error: Exception) -> JSONResponse:
    """A folder that is read-only, full or gone is a fault of the system; every other one is a bug."""
    assert isinstance(error, OSError)
    if error.errno not in _FILE_SYSTEM:
        raise error
    fault = storage_fault(error)
    log.warning("%s: %s", fault.code, fault.message)
    return answer(request.scope, problem_of(fault), {"Retry-After": "5"})


async def _bug(request: Request, error: Exception) -> JSONResponse:
    """Not expected: the caller gets a number to quote, the log has what happened."""
    incident = uuid4()
    log.error("%s %s failed, incident %s", request.method, request.url.path, incident, exc_info=error)
    return answer(
        request.scope,
        problem(
            500,
            "internal",
            "A fault of ours",
            f"Something went wrong inside Rushes. The log of the server has it as incident {incident}.",
            actor=Actor.US,
            instance=f"urn:uuid:{incident}",
        ),
    )


def problems(**codes: str) -> dict[int | str, dict[str, Any]]:
    """Documents a route's problems: `problems(not_found="There is no such job.")`."""
    known: dict[str, type[RushesError]] = {cls.code: cls for cls in RushesError.__subclasses__()}
    return {
        known[code].http_status: documented(
            problem(known[code].http_status, code, known[code].title, detail, actor=known[code].actor),
            detail,
        )
        for code, detail in codes.items()
    }


def documented(example: Problem, description: str) -> dict[str, Any]:
    """How OpenAPI is told of a problem."""
    return {
        "description": description,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example.model_dump(mode="json", exclude_none=True),
            }
        },
    }


ALWAYS: dict[int | str, dict[str, Any]] = {
    422: documented(
        problem(
            422,
            Invalid.code,
            Invalid.title,
            "settings.outputs: Input should be less than or equal to 8.",
            errors=[{"where": "settings.outputs", "message": "Use 8 or less.", "code": "less_than_equal"}],
        ),
        "What was sent is not valid; `errors` has one entry a fault.",
    ),
    "default": documented(
        problem(
            503,
            SystemFault.code,
            SystemFault.title,
            "The database does not answer.",
            actor=SystemFault.actor,
            error_type=ErrorType.DATABASE,
        ),
        "Any other problem.",
    ),
}
"""Problems that every route may answer with."""
