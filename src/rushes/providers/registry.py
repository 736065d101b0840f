"""Finds the providers of every kind: each file in the room of a kind whose name has no underscore is one.

So is each package, with its class in `provider.py`. Each is loaded when it is needed: what some bring along
is more than a worker for the others should carry. An id names one provider among all kinds.
"""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any

from rushes.providers.base import Provider
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import PictureProvider
from rushes.providers.script_contract import ScriptProvider
from rushes.providers.video_contract import VideoProvider
from rushes.providers.voice_contract import VoiceProvider

AnyProvider = VideoProvider[Any, Any]
"""A video provider of which only the contract is known: its options type is its own business."""
AnyVoice = VoiceProvider[Any, Any]
"""A voice provider of which only the contract is known."""
AnyPicture = PictureProvider[Any, Any]
"""A picture provider of which only the contract is known."""
AnyScript = ScriptProvider[Any, Any]
"""A script provider of which only the contract is known."""
AnyKind = AnyProvider | AnyVoice | AnyPicture | AnyScript
"""A provider of which not even the kind is known."""


@dataclass(frozen=True)
class Room:
    """Where the providers of a kind are, and what their classes are made from."""

    package: str
    base: type[Provider[Any]]


ROOMS = {
    Kind.VIDEO: Room("rushes.providers.video", VideoProvider),
    Kind.VOICE: Room("rushes.providers.voices", VoiceProvider),
    Kind.PICTURE: Room("rushes.providers.pictures", PictureProvider),
    Kind.SCRIPT: Room("rushes.providers.scripts", ScriptProvider),
}


@cache
def _modules() -> dict[str, tuple[Kind, str]]:
    """Provider id to its kind and module, sorted by id; none is loaded for it."""
    found: dict[str, tuple[Kind, str]] = {}
    for kind, room in ROOMS.items():
        folders = importlib.import_module(room.package).__path__
        for each in pkgutil.iter_modules(folders):
            if each.name.startswith("_"):
                continue
            if each.name in found:
                raise ImportError(f"two providers have the id {each.name!r}")
            module = f"{room.package}.{each.name}" + (".provider" if each.ispkg else "")
            found[each.name] = kind, module
    return dict(sorted(found.items()))


@cache
def ids_of(kind: Kind) -> tuple[str, ...]:
    """Return the id of every provider of a kind, sorted; none is loaded for it."""
    return tuple(each for each, (its_kind, _) in _modules().items() if its_kind is kind)


def every_id() -> tuple[str, ...]:
    """Return the id of every provider of all kinds, sorted; none is loaded for it."""
    return tuple(_modules())


def kind_of(provider_id: str) -> Kind:
    """Return what a provider makes. Raises `KeyError` for an id that is not there."""
    return _modules()[provider_id][0]


@cache
def class_of(provider_id: str) -> type[AnyKind]:
    """Load the class of a provider. A file that breaks the rule `id == file name` is a bug."""
    kind, name = _modules()[provider_id]
    module = importlib.import_module(name)
    base = ROOMS[kind].base
    classes: list[type[AnyKind]] = [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, VideoProvider | VoiceProvider | PictureProvider | ScriptProvider)
        and issubclass(value, base)
        and value.__module__ == module.__name__
    ]
    if [cls.id for cls in classes] != [provider_id]:
        raise ImportError(f"{name} must hold exactly one {kind} provider, with id {provider_id!r}")
    return classes[0]


def every_class() -> dict[str, type[AnyKind]]:
    """Provider id to class, of all kinds."""
    return {each: class_of(each) for each in every_id()}


def provider_ids() -> tuple[str, ...]:
    """Return the id of every video provider, sorted; none is loaded for it."""
    return ids_of(Kind.VIDEO)


def provider_class(provider_id: str) -> type[AnyProvider]:
    """Load the class of a video provider."""
    cls = class_of(provider_id)
    if not issubclass(cls, VideoProvider):
        raise ImportError(f"{provider_id} makes no videos")
    return cls


def provider_classes() -> dict[str, type[AnyProvider]]:
    """Provider id to class, of all video providers."""
    return {each: provider_class(each) for each in provider_ids()}
