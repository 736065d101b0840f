"""What a story will cost and take, before anything is made: by the catalogue, and the pace of its voice."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.errors import Invalid
from rushes.jobs.rows import median_seconds
from rushes.planning.settings import job_settings, plan
from rushes.platform.db.engine import Executor
from rushes.providers.picture_contract import PictureProvider
from rushes.providers.script_contract import ScriptProvider
from rushes.providers.voice_contract import VoiceProvider
from rushes.story.abilities import abilities_of
from rushes.story.analysis import START, Pace, learned
from rushes.story.document import Section, StoryDocument
from rushes.story.inputs import (
    every_section,
    pictures_of,
    script_ask,
    speech_of,
    voice_of,
    words_per_minute,
)
from rushes.story.products import Products
from rushes.story.scenes import scene_of, shots_of
from rushes.story.sentences import sentences
from rushes.story.settings import AUTO
from rushes.story.stale import StoryStep
from rushes.story.views import StoryEstimate

RENDER_RATE = 0.7
"""Seconds of rendering for a second of film, on two cores."""
SPEECH_RATE = 0.05
CHARACTERS_PER_SECOND = 15.0
SECTION_SECONDS = 10.0
"""Of a script that is not written yet."""
_SPOKEN = text(
    """
    SELECT params ->> 'text' AS said, (result ->> 'seconds')::float AS seconds FROM generations
    WHERE owner_id = :owner AND kind = 'voice' AND provider = :provider AND status = 'completed'
      AND params ->> 'voice' = :voice AND COALESCE((params -> 'options' ->> 'speed')::float, 1) = 1
    ORDER BY created_at DESC LIMIT 100
    """
)


async def pace_of_voice(session: Executor, owner: UUID, document: StoryDocument) -> Pace:
    """Return the pace of the film's voice, from what it has spoken here."""
    voice = document.voice
    rows = await session.execute(_SPOKEN, {"owner": owner, "provider": voice.provider, "voice": voice.voice})
    samples = [(len(each.said), len(sentences(each.said)) or 1, each.seconds) for each in rows]
    return learned(samples, START)


async def estimate_story(
    run: Runtime, session: Executor, owner: UUID, document: StoryDocument, products: Products | None = None
) -> StoryEstimate:
    """Return what making everything that is not there yet will cost and take."""
    known = products or Products(abilities=abilities_of(run, document))
    pace = await pace_of_voice(session, owner, document)
    draft = document if document.sections else _imagined(document)
    lengths = {
        each.id: max(each.seconds or 0.0, pace.seconds(each.narration, voice_of(draft, each).speed))
        + each.pause_after
        for each in every_section(draft)
    }
    cost = dict.fromkeys(StoryStep, Decimal(0))
    notes: list[str] = []
    script = script_ask(document)
    if not document.sections and script is not None and not known.is_there(script.hash):
        cost[StoryStep.SCRIPT] = _script_price(run, document)
        notes.append("The script is not written yet: the figures are those of one as long as asked for.")
    for section in every_section(draft):
        cost[StoryStep.VOICE] += _speech_price(run, draft, section, known)
        cost[StoryStep.PICTURES] += _picture_price(run, draft, section, known)
    videos, scenes, priced, seconds = await _scenes(run, session, draft, lengths, known)
    cost[StoryStep.SCENES] = scenes
    if not priced:
        notes.append("Nobody here knows what some of its videos cost.")
    whole = sum(lengths.values())
    return StoryEstimate(
        seconds=round(whole, 1),
        cost=sum(cost.values(), Decimal(0)),
        cost_by_step=cost,
        price_known=priced,
        estimated_time_seconds=round(whole * (RENDER_RATE + SPEECH_RATE) + seconds + 3.0, 1),
        stills=len(lengths) - videos,
        videos=videos,
        rewrite_cost=_script_price(run, _as_text(draft)),
        notes=notes,
    )


def _imagined(document: StoryDocument) -> StoryDocument:
    """Sections as long as the script is asked to be."""
    count = max(1, round(document.target_seconds / SECTION_SECONDS))
    words = "x" * round(CHARACTERS_PER_SECOND * document.target_seconds / count)
    sections = tuple(Section(id=f"part{number}", narration=words) for number in range(count))
    return document.model_copy(update={"sections": sections})


def _as_text(document: StoryDocument) -> StoryDocument:
    """The script as what a writer is given to rewrite."""
    whole = "\n\n".join(each.narration for each in document.sections)
    return document.model_copy(update={"text": whole})


def _script_price(run: Runtime, document: StoryDocument) -> Decimal:
    provider = run.providers.of_any_kind(document.script.provider)
    if not isinstance(provider, ScriptProvider) or not document.text.strip():
        return Decimal(0)
    models = provider.models.models
    model = next((each for each in models if each.id == document.script.model), models[0])
    written = int(document.target_seconds * words_per_minute(document) / 60 * 12 + 1000) // 3
    read = (len(document.text) + 3000) // 3
    return (model.price_per_million_input * read + model.price_per_million_output * written) / 1_000_000


def _speech_price(run: Runtime, document: StoryDocument, section: Section, products: Products) -> Decimal:
    found = Decimal(0)
    for piece in speech_of(document, section):
        provider = run.providers.of_any_kind(piece.ask.provider)
        if products.is_there(piece.ask.hash) or not isinstance(provider, VoiceProvider):
            continue
        models = provider.models.models
        model = next((each for each in models if each.id == piece.ask.model), models[0])
        found += model.price_per_million_characters * len(piece.text) / 1_000_000
    return found


def _picture_price(run: Runtime, document: StoryDocument, section: Section, products: Products) -> Decimal:
    found = Decimal(0)
    for slot in pictures_of(document, section, products):
        if slot.ask is None or slot.ask.is_fetch or products.is_there(slot.ask.hash):
            continue
        provider = run.providers.of_any_kind(slot.ask.provider)
        if isinstance(provider, PictureProvider):
            models = provider.models.models
            model = next((each for each in models if each.id == slot.ask.model), models[0])
            options = provider.Options.model_validate(slot.ask.params["options"])
            found += model.price(options.priced_as)
    return found


async def _scenes(
    run: Runtime,
    session: Executor,
    document: StoryDocument,
    lengths: dict[str, float],
    products: Products,
) -> tuple[int, Decimal, bool, float]:
    """How many scenes are videos, what they cost, whether that is known, and how long they take."""
    videos, cost, priced, takes = 0, Decimal(0), True, list[float]()
    left = document.budget or Decimal(0)
    for section in every_section(document):
        shots = shots_of(document, section, lengths[section.id], products)
        wanted = [each for each in shots if not products.is_there(each.hash)]
        price = Decimal(0)
        try:
            plans = [
                plan(
                    run,
                    job_settings(
                        {
                            **each.options,
                            "provider": each.provider,
                            "model": each.model or None,
                            "duration_seconds": each.seconds,
                            "allow_text_only": True,
                        }
                    ),
                )
                for each in wanted
            ]
        except Invalid:
            priced = False
            continue
        price = sum((each.take_price for each in plans), Decimal(0))
        if scene_of(document, section).source == AUTO:
            if price > left:
                continue
            left -= price
        videos += bool(shots)
        cost += price
        priced = priced and all(each.price_known for each in plans)
        for each in plans:
            usual = await median_seconds(session, each.provider.id, each.model.id)
            takes.append((usual or each.model.typical_seconds) / each.provider.limits.concurrency)
    return videos, cost, priced, sum(takes)
