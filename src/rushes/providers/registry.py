"""Finds the providers: every module beside this one whose name has no underscore is one.

Each is loaded when it is needed: what some bring along is more than a worker for the others should carry.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from typing import Any

from rushes import providers
from rushes.providers.video_contract import VideoProvider

AnyProvider = VideoProvider[Any, Any]
"""A provider of which only the contract is known: its options type is its own business."""


@cache
def provider_ids() -> tuple[str, ...]:
    """The id of every provider, sorted; none is loaded for it."""
    return tuple(
        sorted(each.name for each in pkgutil.iter_modules(providers.__path__) if each.name[0] != "_")
    )


@cache
def provider_class(provider_id: str) -> type[AnyProvider]:
    """The class of one of them, loaded. A file that breaks the rule `id == file name` is a bug."""
    module = importlib.import_module(f"{providers.__name__}.{provider_id}")
    classes: list[type[AnyProvider]] = [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, VideoProvider) and value.__module__ == module.__name__
    ]
    if [cls.id for cls in classes] != [provider_id]:
        raise ImportError(f"{module.__name__} must hold exactly one provider, with id {provider_id!r}")
    return classes[0]


def provider_classes() -> dict[str, type[AnyProvider]]:
    """Provider id to class, of all."""
    return {each: provider_class(each) for each in provider_ids()}
