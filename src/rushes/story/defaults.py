"""Fills in what a person has left open: who writes, who speaks, who makes scene videos.

It is written into the document, so that a hash means the same tomorrow, when another key is there.
"""

from uuid import UUID

from rushes.engine.credentials import usable
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid, RushesError
from rushes.planning.routing import plan_for
from rushes.planning.rules import LAST_RESORT
from rushes.planning.voices import voice_for, voice_provider
from rushes.providers.kinds import Kind
from rushes.providers.script_contract import ScriptProvider
from rushes.providers.video_contract import Mode
from rushes.story.document import StoryDocument
from rushes.story.settings import AUTO, CARD, GENERATED, STILL, SceneSettings, VoiceSettings

WRITER = "outline"


async def with_defaults(run: Runtime, owner: UUID, document: StoryDocument) -> StoryDocument:
    """Return the document with everything named that has to be.

    Raises `Invalid`, naming the field, for a provider that is not there or makes something else.
    """
    _check(run, document)
    update: dict[str, object] = {"voice": await _voice(run, owner, document.voice, document.language)}
    if not document.script.provider:
        writer = (await ready_writers(run, owner))[0]
        update["script"] = document.script.model_copy(update={"provider": writer})
    script = document.script if document.script.provider else update["script"]
    if isinstance(script, type(document.script)) and not script.model:
        update["script"] = script.model_copy(update={"model": _first_model(run, script.provider)})
    if document.pictures.generated and not document.pictures.model:
        model = _first_model(run, document.pictures.generated)
        update["pictures"] = document.pictures.model_copy(update={"model": model})
    update["scenes"] = await _scenes(run, owner, document.scenes)
    sections = [
        each
        if each.voice is None
        else each.model_copy(update={"voice": await _voice(run, owner, each.voice, document.language)})
        for each in document.sections
    ]
    return document.model_copy(update={**update, "sections": tuple(sections)})


def _check(run: Runtime, document: StoryDocument) -> None:
    faults: list[Fault] = []
    asked = [("voice.provider", document.voice.provider, Kind.VOICE)]
    asked += [
        (f"sections.{each.id}.voice.provider", each.voice.provider, Kind.VOICE)
        for each in document.sections
        if each.voice
    ]
    asked.append(("script.provider", document.script.provider, Kind.SCRIPT))
    asked.append(("pictures.generated", document.pictures.generated, Kind.PICTURE))
    asked += [
        ("pictures.sources", each, Kind.PICTURE)
        for each in document.pictures.sources
        if each not in (CARD, GENERATED)
    ]
    scenes = [("scenes", document.scenes)]
    scenes += [(f"sections.{each.id}.scene", each.scene) for each in document.sections if each.scene]
    for where, scene in scenes:
        asked.append((f"{where}.provider", scene.provider, Kind.VIDEO))
        if scene.source not in (STILL, AUTO):
            asked.append((f"{where}.source", scene.source, Kind.VIDEO))
    for where, provider, kind in asked:
        there = run.providers.of_kind(kind)
        if provider and provider not in there:
            message = f"There is no {kind} provider {provider!r}. There are: {', '.join(there)}."
            faults.append(Fault(where, message, "unknown_provider"))
    if GENERATED in document.pictures.sources and not document.pictures.generated:
        message = "Name who generates pictures."
        faults.append(Fault("pictures.generated", message, "missing"))
    if faults:
        raise Invalid("Some providers of this story are not there.", faults)


async def _voice(run: Runtime, owner: UUID, asked: VoiceSettings, language: str) -> VoiceSettings:
    provider = voice_provider(run, asked.provider or None, language)
    model = asked.model or _first_model(run, provider.id)
    voice = asked.voice or await voice_for(run, owner, provider, language)
    return asked.model_copy(update={"provider": provider.id, "model": model, "voice": voice})


async def ready_writers(run: Runtime, owner: UUID) -> list[str]:
    """Return the script providers whose key can be used, and at last the one that needs none."""
    async with run.db.statement() as session:
        ready = await usable(session, owner)
    found: list[str] = []
    for each in run.providers.of_kind(Kind.SCRIPT):
        provider = run.providers.of_any_kind(each)
        if isinstance(provider, ScriptProvider) and provider.credential is not None and ready.get(each):
            found.append(each)
    return [*found, WRITER]


def _first_model(run: Runtime, provider_id: str) -> str:
    return run.providers.of_any_kind(provider_id).models.models[0].id


async def _scenes(run: Runtime, owner: UUID, scenes: SceneSettings) -> SceneSettings:
    """`auto` without a provider: the one that the rules choose; none where only the free one is left."""
    if scenes.source != AUTO or scenes.provider:
        return scenes
    try:
        plan = await plan_for(run, owner, JobSettings(allow_text_only=True), frozenset({Mode.TEXT_TO_VIDEO}))
    except RushesError:
        return scenes
    if plan.provider.id == LAST_RESORT:
        return scenes
    return scenes.model_copy(update={"provider": plan.provider.id, "model": plan.model.id})
