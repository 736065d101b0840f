"""Base of what people send: what is not known is refused, and no text holds what the database cannot."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

T = TypeVar("T")


def without_nul(value: str) -> str:
    """PostgreSQL stores every character but this one."""
    if "\0" in value:
        raise ValueError("The character U+0000 is not possible here")
    return value


def storable(value: T) -> T:
    """Return it. Raise `ValueError` when a text anywhere in it has a character that cannot be stored."""
    _look(value)
    return value


class RequestModel(BaseModel):
    """Base of request bodies. A field that is not known is refused, since it would change nothing."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        return storable(value)


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
