"""What routes are given: the runtime, the owner, the words they share."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, model_validator

from rushes.api.live import Live, live_of
from rushes.db.models import LOCAL_OWNER
from rushes.runtime import Runtime


def _run(request: Request) -> Runtime:
    run: Runtime = request.app.state.run
    return run


def _live(request: Request) -> Live:
    return live_of(request.app)


def _owner() -> UUID:
    """Who asks. There is one owner until accounts come."""
    return LOCAL_OWNER


Run = Annotated[Runtime, Depends(_run)]
Listening = Annotated[Live, Depends(_live)]
Owner = Annotated[UUID, Depends(_owner)]
JobId = Annotated[UUID, Path(description="The job.")]
VideoId = Annotated[UUID, Path(description="The video.")]
ShotId = Annotated[UUID, Path(description="The shot.")]

Width = Annotated[
    int | None,
    Query(ge=1, le=10_000, description="A JPEG about so many pixels wide instead of the picture as it is."),
]


def without_nul(value: str) -> str:
    """PostgreSQL stores every character but this one."""
    if "\0" in value:
        raise ValueError("The character U+0000 is not possible here")
    return value


Search = Annotated[
    str | None,
    Query(max_length=200, description="Looked for in the names."),
    AfterValidator(lambda value: value and without_nul(value)),
]


class RequestModel(BaseModel):
    """Base of request bodies: no text in them holds what the database cannot."""

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        _look(value)
        return value


def _look(value: object) -> None:
    if isinstance(value, str):
        without_nul(value)
    elif isinstance(value, dict):
        for key, each in value.items():  # pyright: ignore[reportUnknownVariableType]  # JSON: anything
            _look(key)  # pyright: ignore[reportUnknownArgumentType]
            _look(each)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            _look(each)  # pyright: ignore[reportUnknownArgumentType]
