"""Scripts: written, analysed, improved, translated, and changed by a person."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Body, Path
from fastapi.openapi.models import Example
from pydantic import Field, StringConstraints, field_validator, model_validator

from rushes.api import examples_material as examples
from rushes.api.deps import Owner, RequestModel, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.material.scripts import ScriptOrder, order_script, read_script, store_script
from rushes.material.views import ScriptJob
from rushes.platform.requests import storable
from rushes.providers.script_contract import (
    MOST_SECTION_CHARS,
    MOST_SECTIONS,
    Brief,
    Draft,
    DraftSection,
    ScriptTask,
)
from rushes.sanitize import clean_text
from rushes.story.analysis import ScriptAnalysis, analyse
from rushes.story.document import Section, StoryDocument

router = APIRouter(prefix="/api/scripts", tags=["scripts"])

ScriptId = Annotated[UUID, Path(description="The script.")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
NO_SCRIPT = problems(not_found="There is no such script.", conflict="The script is not written yet.")
ACCEPTED = answers(examples.SCRIPT_QUEUED, "Asked for; `GET /api/scripts/{jobId}` tells how it stands.", 202)


class _Chosen(RequestModel):
    """Who writes, and how."""

    provider: str | None = Field(None, max_length=100, description="Who writes; chosen when left out.")
    model: str | None = Field(None, max_length=200, description="Its model; its first when left out.")
    options: dict[str, Any] = Field(
        default_factory=dict[str, Any], max_length=50, description="Options of the provider."
    )
    variant: int = Field(0, ge=0, le=1000, description="Another number, another script of the same words.")

    @field_validator("options")
    @classmethod
    def _options_are_storable(cls, value: dict[str, Any]) -> dict[str, Any]:
        return storable(value)


class _About(RequestModel):
    """For whom it is, and how it should sound."""

    audience: Words = Field("", description="For whom.")
    tone: Words = Field("", description="How it should sound.")
    style: Words = Field("", description="How it should look.")
    seconds: float = Field(60.0, ge=5, le=3600, description="How long the film should be.")
    words_per_minute: float = Field(160.0, ge=50, le=400, description="The pace of the voice.")


class GenerateScript(_Chosen, _About):
    """A script to be written, from a topic, notes or a finished text."""

    text: str = Field(min_length=1, max_length=200_000, description="A topic, notes, Markdown, or a text.")
    language: Tag = Field("en", description="The language of the script.")


class SectionBody(RequestModel):
    """One section of a script as a person sends it."""

    heading: str = Field("", max_length=300, description="A few words that name it.")
    narration: str = Field(max_length=MOST_SECTION_CHARS, description="What is said.")
    on_screen: str = Field("", max_length=300, description="A few words on the screen.")
    visual_prompt: str = Field("", max_length=4000, description="What the picture shows.")
    keywords: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list[str], max_length=20, description="Words in English to search pictures by."
    )

    def section(self) -> DraftSection:
        """Return it, its texts cleaned of control characters."""
        return DraftSection(
            heading=clean_text(self.heading, 300),
            narration=clean_text(self.narration, MOST_SECTION_CHARS),
            on_screen=clean_text(self.on_screen, 300),
            visual_prompt=clean_text(self.visual_prompt, 4000),
            keywords=[clean_text(each, 100) for each in self.keywords],
        )


class ScriptBody(RequestModel):
    """A script as a person sends it."""

    title: str = Field(max_length=300)
    language: Tag = "en"
    sections: list[SectionBody] = Field(min_length=1, max_length=MOST_SECTIONS)

    def draft(self) -> Draft:
        """Return it, its texts cleaned of control characters."""
        sections = [each.section() for each in self.sections]
        return Draft(title=clean_text(self.title, 300), language=self.language, sections=sections)


class _OfScript(_Chosen):
    """A script to be changed: the id of one of before, or the script itself."""

    script_id: UUID | None = Field(None, description="A script that was written here.")
    script: ScriptBody | None = Field(None, description="Or the script itself.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.script_id is None) == (self.script is None):
            raise ValueError("Give a script or the id of one: exactly one of them")
        return self


class ImproveScript(_OfScript, _About):
    """A script to be improved by an instruction."""

    instruction: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    locked: list[Annotated[int, Field(ge=0, lt=MOST_SECTIONS)]] = Field(
        default_factory=list[int], max_length=MOST_SECTIONS, description="Sections that stay, counted from 0."
    )


class TranslateScript(_OfScript):
    """A script to be translated, section by section."""

    language: Tag = Field(description="Into which language.")


class AnalyseScript(RequestModel):
    """A script to be looked at, at the pace of a voice."""

    script_id: UUID | None = Field(None, description="A script that was written here.")
    script: ScriptBody | None = Field(None, description="Or the script itself.")
    seconds: float = Field(60.0, ge=5, le=3600, description="How long the film should be.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.script_id is None) == (self.script is None):
            raise ValueError("Give a script or the id of one: exactly one of them")
        return self


GENERATE: dict[str, Example] = {
    "topic": {"value": {"text": "How long does rice take to grow?", "seconds": 45, "audience": "children"}},
    "notes": {"value": {"text": "# Rice\n- 120 days from seed to harvest", "provider": "outline"}},
}
IMPROVE: dict[str, Example] = {
    "shorter": {
        "value": {"script_id": str(examples.SCRIPT_ID), "instruction": "Make it shorter.", "locked": [0]}
    }
}
TRANSLATE: dict[str, Example] = {
    "german": {"value": {"script_id": str(examples.SCRIPT_ID), "language": "de"}}
}
ANALYSE: dict[str, Example] = {"of before": {"value": {"script_id": str(examples.SCRIPT_ID)}}}
STORE: dict[str, Example] = {
    "changed": {
        "value": {
            "title": "How rice grows",
            "language": "en",
            "sections": [{"heading": "Hook", "narration": "Rice takes four months to grow."}],
        }
    }
}


@router.post("/generate", status_code=202, responses=ACCEPTED, summary="Write a script")
async def generate_script(
    wanted: Annotated[GenerateScript, Body(openapi_examples=GENERATE)], run: Run, owner: Owner
) -> ScriptJob:
    """Ask for a script. The same words of the same model are not paid for twice; `variant` asks for another.

    Without a key the outline writer arranges your text, or makes a skeleton of a topic.
    """
    return await order_script(
        run, owner, _order(ScriptTask.GENERATE, wanted, _brief(wanted, wanted.text, wanted.language))
    )


@router.post("/improve", status_code=202, responses=ACCEPTED | NO_SCRIPT, summary="Improve a script")
async def improve_script(
    wanted: Annotated[ImproveScript, Body(openapi_examples=IMPROVE)], run: Run, owner: Owner
) -> ScriptJob:
    """Change a script by an instruction. Locked sections stay as they are, whatever a model does."""
    order = _order(
        ScriptTask.IMPROVE,
        wanted,
        _brief(wanted),
        instruction=wanted.instruction,
        locked=frozenset(wanted.locked),
        **_script(wanted),
    )
    return await order_script(run, owner, order)


@router.post("/translate", status_code=202, responses=ACCEPTED | NO_SCRIPT, summary="Translate a script")
async def translate_script(
    wanted: Annotated[TranslateScript, Body(openapi_examples=TRANSLATE)], run: Run, owner: Owner
) -> ScriptJob:
    """Translate a script: the same sections in the same order, the same pictures."""
    brief = Brief(text="-", language=wanted.language)
    order = _order(ScriptTask.TRANSLATE, wanted, brief, language=wanted.language, **_script(wanted))
    return await order_script(run, owner, order)


@router.post(
    "/analyze",
    responses=answers(examples.ANALYSIS, "What it is like.") | NO_SCRIPT,
    summary="Analyse a script",
)
async def analyze_script(
    wanted: Annotated[AnalyseScript, Body(openapi_examples=ANALYSE)], run: Run, owner: Owner
) -> ScriptAnalysis:
    """Length, reading level, hook, pacing, repetition, and sentences to check. Free, and at once."""
    if wanted.script is not None:
        draft = wanted.script.draft()
    else:
        assert wanted.script_id is not None
        draft = (await read_script(run, owner, wanted.script_id)).required_draft()
    sections = tuple(
        Section(narration=each.narration, heading=each.heading, on_screen=each.on_screen)
        for each in draft.sections
    )
    document = StoryDocument(
        title=draft.title, language=draft.language, target_seconds=wanted.seconds, sections=sections
    )
    return analyse(document)


@router.get(
    "/{script_id}", responses=answers(examples.SCRIPT, "The script.") | NO_SCRIPT, summary="Look at a script"
)
async def get_script(script_id: ScriptId, run: Run, owner: Owner) -> ScriptJob:
    """How it stands, and the script once it is written; a person's version of it, if there is one."""
    return await read_script(run, owner, script_id)


@router.put(
    "/{script_id}",
    responses=answers(examples.SCRIPT, "The script.") | NO_SCRIPT,
    summary="Store your version of a script",
)
async def put_script(
    script_id: ScriptId, wanted: Annotated[ScriptBody, Body(openapi_examples=STORE)], run: Run, owner: Owner
) -> ScriptJob:
    """Store a person's version of a script. What was written stays below it and is not paid for again."""
    return await store_script(run, owner, script_id, wanted.draft())


def _brief(wanted: _About, text: str = "-", language: str = "en") -> Brief:
    return Brief(
        text=text,
        audience=wanted.audience,
        tone=wanted.tone,
        style=wanted.style,
        language=language,
        seconds=wanted.seconds,
        words_per_minute=wanted.words_per_minute,
    )


def _order(task: ScriptTask, wanted: _Chosen, brief: Brief, **more: Any) -> ScriptOrder:
    return ScriptOrder(
        task,
        brief,
        provider=wanted.provider,
        model=wanted.model,
        options=wanted.options,
        variant=wanted.variant,
        **more,
    )


def _script(wanted: _OfScript) -> dict[str, Any]:
    return {"script_id": wanted.script_id, "draft": wanted.script and wanted.script.draft()}
