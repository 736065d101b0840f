"""What the video providers of a document can do: the lengths they make, and what they start from."""

from collections.abc import Iterable
from typing import Any

from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.providers.catalogue import Model
from rushes.providers.modes import Mode
from rushes.providers.registry import AnyProvider
from rushes.story.document import StoryDocument
from rushes.story.inputs import every_section
from rushes.story.products import VideoAbility
from rushes.story.scenes import provider_of, scene_of

LONGEST_RANGE = 600
"""Seconds: of a provider that names no longest length."""


def abilities_of(run: Runtime, document: StoryDocument) -> dict[str, VideoAbility]:
    """Return the ability of each video provider and model that a document names and that is there."""
    found: dict[str, VideoAbility] = {}
    for scene in (scene_of(document, each) for each in every_section(document)):
        provider_id = provider_of(scene)
        if not provider_id or provider_id not in run.providers.ids:
            continue
        name = f"{provider_id}/{scene.model}" if scene.model else provider_id
        if name in found:
            continue
        try:
            provider = run.providers.get(provider_id)
        except RushesError:
            continue  # its settings do not hold: the step that needs it says so
        model = run.providers.catalogue(provider_id).model(scene.model or None)
        if model is not None:
            found[name] = ability_of(provider, model)
    return found


def ability_of(provider: AnyProvider, model: Model) -> VideoAbility:
    """Return what a provider's model can do."""
    modes = provider.modes if model.modes is None else model.modes
    schema = provider.Options.model_json_schema()["properties"]
    lengths = _lengths(schema["duration_seconds"])
    narrowed = model.durations.get("*")
    possible = [each for each in lengths if narrowed is None or each in narrowed]
    aspects = tuple(str(each) for each in schema["aspect_ratio"].get("enum", ()))
    return VideoAbility(tuple(possible), Mode.IMAGE_TO_VIDEO in modes, aspects)


def _lengths(schema: dict[str, Any]) -> Iterable[int]:
    if "enum" in schema:
        return [int(each) for each in schema["enum"]]
    if "const" in schema:
        return [int(schema["const"])]
    return range(int(schema.get("minimum", 1)), int(schema.get("maximum", LONGEST_RANGE)) + 1)
