"""Reads what there is for a story: generations, scene shots and films, found by their inputs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import text

from rushes.engine.generations_shapes import GenerationView, PictureResult, ScriptResult, SpeechResult
from rushes.engine.generations_views import view_of
from rushes.engine.local_work_states import WorkStatus
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.platform.db.engine import Executor
from rushes.providers.picture_contract import Candidate
from rushes.providers.voice_contract import Word, WordTimes
from rushes.story.abilities import abilities_of
from rushes.story.inputs import every_section, pictures_of, rewrite_ask, script_ask, speech_of
from rushes.story.products import (
    PartState,
    Products,
    ProductTrouble,
    SceneClip,
    Speech,
    StoryPicture,
)
from rushes.story.rows import StoryRow
from rushes.story.scenes import SceneShot, shots_of
from rushes.story.timeline import build
from rushes.story.timing import timing_of

_GENERATIONS = text(
    """
    SELECT DISTINCT ON (input_hash) * FROM generations
    WHERE owner_id = :owner AND input_hash = ANY(:hashes)
    ORDER BY input_hash, status = 'completed' DESC, ended_at IS NULL DESC, created_at DESC, id
    """
)
_SHOTS = text(
    """
    SELECT DISTINCT ON (s.input_hash) s.input_hash, v.status, v.waiting_for, v.error_message, v.progress,
           v.video_key, v.duration_seconds
    FROM story_shots s JOIN videos v ON v.shot_id = s.shot_id AND v.deleted_at IS NULL
    WHERE s.owner_id = :owner AND s.input_hash = ANY(:hashes)
    ORDER BY s.input_hash, v.status = 'completed' DESC, v.selected DESC, v.created_at DESC, v.id
    """
)
_FILMS = text(
    """
    SELECT f.id, f.files, f.completed_at, w.status, w.progress, w.error FROM films f
    LEFT JOIN local_work w ON w.id = f.work_id
    WHERE f.story_id = :story AND f.timeline_hash = :hash AND f.purpose = 'film'
    """
)
_candidates = TypeAdapter(tuple[Candidate, ...])


async def load_products(run: Runtime, session: Executor, story: StoryRow) -> Products:
    """Return everything there is for the document of a story that holds."""
    document = story.document
    products = Products(
        choices={name: _candidates.validate_python(each) for name, each in story.choices.items()},
        uploads={key: read_upload(key, facts) for key, facts in story.uploads.items()},
        last=story.made,
        paid=story.paid,
        abilities=abilities_of(run, document),
    )
    products = await _with_generations(session, story, products)
    products = await _with_shots(session, story, products)
    return await _with_film(session, story, products)


def read_upload(key: str, facts: Mapping[str, Any]) -> StoryPicture | Speech:
    """Return an uploaded file as it is kept with its story."""
    if "seconds" in facts and str(facts["media_type"]).startswith("audio/"):
        words = tuple(Word(each["text"], each["start"], each["end"]) for each in facts.get("words", ()))
        return Speech(key, facts["seconds"], words, WordTimes(facts.get("times", WordTimes.ESTIMATED)))
    return StoryPicture(
        key, facts["media_type"], facts.get("width", 1), facts.get("height", 1), seconds=facts.get("seconds")
    )


def wanted_hashes(story: StoryRow, products: Products) -> list[str]:
    """Return the hashes of all generations that the document needs now."""
    document, found = story.document, list[str]()
    found += [each.hash for each in (script_ask(document), rewrite_ask(document)) if each is not None]
    for section in every_section(document):
        found += [each.ask.hash for each in speech_of(document, section)]
        found += [each.ask.hash for each in pictures_of(document, section, products) if each.ask]
    return found


async def _with_generations(session: Executor, story: StoryRow, products: Products) -> Products:
    wanted = wanted_hashes(story, products)
    rows = await session.execute(_GENERATIONS, {"owner": story.owner_id, "hashes": wanted})
    speech, pictures, scripts, trouble = {}, {}, {}, {}
    for each in map(view_of, rows.mappings()):
        name = each.input_hash
        if each.status in (VideoStatus.FAILED, VideoStatus.CANCELLED) and each.story_id != story.id:
            continue  # what came of another story's attempt: this one asks for itself
        if each.status is not VideoStatus.COMPLETED:
            trouble[name] = trouble_of(each)
        elif isinstance(each.result, SpeechResult):
            speech[name] = _speech(each, each.result)
        elif isinstance(each.result, PictureResult) and each.result.pictures:
            pictures[name] = _picture(each, each.result)
        elif isinstance(each.result, ScriptResult):
            scripts[name] = each.result.draft
    return replace(products, speech=speech, pictures=pictures, scripts=scripts, trouble=trouble)


def trouble_of(view: GenerationView) -> ProductTrouble:
    """Return why a generation is not there."""
    match view.status:
        case VideoStatus.FAILED | VideoStatus.CANCELLED:
            state = PartState.FAILED
        case VideoStatus.WAITING:
            state = PartState.WAITING
        case _:
            state = PartState.MAKING
    return ProductTrouble(state, view.error_message or "", view.progress)


def _speech(view: GenerationView, result: SpeechResult) -> Speech:
    words = tuple(Word(each.text, each.start, each.end) for each in result.words)
    return Speech(view.files["speech.wav"].key, result.seconds, words, result.times)


def _picture(view: GenerationView, result: PictureResult) -> StoryPicture:
    first = result.pictures[0]
    return StoryPicture(
        view.files[first.file].key,
        first.media_type,
        first.width,
        first.height,
        first.attribution,
        first.seconds,
    )


def scene_shots(story: StoryRow, products: Products) -> Iterable[SceneShot]:
    """Yield the shots of the document's scenes, as far as their lengths are known."""
    for section in every_section(story.document):
        timing = timing_of(story.document, section, products)
        if timing is not None:
            yield from shots_of(story.document, section, timing.seconds, products)


async def _with_shots(session: Executor, story: StoryRow, products: Products) -> Products:
    wanted = [each.hash for each in scene_shots(story, products)]
    if not wanted:
        return products
    rows = await session.execute(_SHOTS, {"owner": story.owner_id, "hashes": wanted})
    clips, trouble = {}, dict(products.trouble)
    for row in rows:
        if row.status == VideoStatus.COMPLETED:
            clips[row.input_hash] = SceneClip(row.video_key, row.duration_seconds)
            continue
        ended = row.status in (VideoStatus.FAILED, VideoStatus.CANCELLED)
        waits = PartState.WAITING if row.status == VideoStatus.WAITING else PartState.MAKING
        progress = None if row.progress is None else row.progress / 100
        reason = row.error_message or ""
        trouble[row.input_hash] = ProductTrouble(PartState.FAILED if ended else waits, reason, progress)
    return replace(products, clips=clips, trouble=trouble)


async def _with_film(session: Executor, story: StoryRow, products: Products) -> Products:
    built = build(story.document, products)
    if built is None:
        return products
    row = (await session.execute(_FILMS, {"story": story.id, "hash": built.hash})).one_or_none()
    if row is None:
        return products
    if row.completed_at is not None:
        return replace(products, films={built.hash: str(row.id)})
    failed = row.status not in (WorkStatus.QUEUED, WorkStatus.RUNNING)
    state = PartState.FAILED if failed else PartState.MAKING
    trouble = ProductTrouble(state, row.error or "", row.progress)
    return replace(products, trouble={**products.trouble, built.hash: trouble})
