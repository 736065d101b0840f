"""Finds the providers: every module beside this one whose name has no underscore is one."""

import importlib
import inspect
import pkgutil
from functools import cache
from typing import Any

from rushes import providers
from rushes.providers._contract import VideoProvider

AnyProvider = VideoProvider[Any, Any]
"""A provider of which only the contract is known: its options type is its own business."""


@cache
def provider_classes() -> dict[str, type[AnyProvider]]:
    """Provider id to class, sorted by id. A file that breaks the rule `id == file name` is a bug."""
    found: dict[str, type[AnyProvider]] = {}
    for info in sorted(pkgutil.iter_modules(providers.__path__), key=lambda info: info.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{providers.__name__}.{info.name}")
        classes: list[type[AnyProvider]] = [
            value
            for _, value in inspect.getmembers(module, inspect.isclass)
            if issubclass(value, VideoProvider) and value.__module__ == module.__name__
        ]
        if [cls.id for cls in classes] != [info.name]:
            raise ImportError(f"{module.__name__} must hold exactly one provider, with id {info.name!r}")
        found[info.name] = classes[0]
    return found
