"""What routes are given: the runtime, the owner, the words they share."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request
from pydantic import AfterValidator, Field, JsonValue

from rushes.accounts.principal import Principal
from rushes.api.access import AskedFor, asked_of
from rushes.api.live import Live, live_of
from rushes.engine.request_ids import LENGTH
from rushes.engine.runtime import Runtime
from rushes.errors import Conflict, SignInNeeded
from rushes.platform.requests import RequestModel as RequestModel
from rushes.platform.requests import storable, without_nul


def _run(request: Request) -> Runtime:
    run: Runtime = request.app.state.run
    return run


def _live(request: Request) -> Live:
    return live_of(request.app)


def _asked(request: Request) -> AskedFor:
    return asked_of(request.scope)


def _person(request: Request) -> Principal:
    """Return who asks. The request was let in for a person or a token, so there is one."""
    asked = asked_of(request.scope)
    if not request.app.state.run.settings.accounts == "on":
        raise Conflict("This installation has no accounts.", hint="RUSHES_ACCOUNTS=on switches them on.")
    if asked.principal is None:
        raise SignInNeeded("Sign in first.")
    return asked.principal


def _owner(request: Request) -> UUID:
    """Return the space that is asked about, of which who asks is a member."""
    principal = asked_of(request.scope).principal
    if principal is None or principal.space_id is None:
        raise SignInNeeded("Sign in first.")
    return principal.space_id


Run = Annotated[Runtime, Depends(_run)]
Listening = Annotated[Live, Depends(_live)]
Owner = Annotated[UUID, Depends(_owner)]
AskedHere = Annotated[AskedFor, Depends(_asked)]
Person = Annotated[Principal, Depends(_person)]
JobId = Annotated[UUID, Path(description="The job.")]
VideoId = Annotated[UUID, Path(description="The video.")]
ShotId = Annotated[UUID, Path(description="The shot.")]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LENGTH,
        pattern=r"^[!-~]+$",
        description="An id of your own for this request: sent again with it, nothing is made a second time.",
    ),
]

Width = Annotated[
    int | None,
    Query(ge=1, le=10_000, description="A JPEG about so many pixels wide instead of the picture as it is."),
]


Text = Annotated[str | None, AfterValidator(lambda value: value and without_nul(value))]
Search = Annotated[Text, Query(max_length=200, description="Looked for in the names.")]

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, from 1.")]
PageLimit = Annotated[int, Query(ge=1, le=100, description="How many on a page.")]

OwnOptions = Annotated[
    dict[str, JsonValue],
    AfterValidator(storable),
    Field(max_length=50, description="Options of the provider in which this differs from the rest."),
]
"""What one shot or take is asked for with, instead of what its job says."""
