"""Examples of stories in the description of the API: one story, a minute about rice."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi.openapi.models import Example

from rushes.api.form_schemas import FILE
from rushes.engine.views import Pagination
from rushes.platform.media.film.timeline import SIZES, Shape
from rushes.providers.picture_contract import Attribution
from rushes.providers.voice_contract import WordTimes
from rushes.story.analysis import analyse
from rushes.story.document import Section, StoryDocument
from rushes.story.products import PartState
from rushes.story.settings import VoiceSettings
from rushes.story.speech import NarrationWord, SectionSpeech, SpokenPieceView
from rushes.story.stale import StoryStep
from rushes.story.states import JobWord, StoryStatus
from rushes.story.uploads import UploadUse
from rushes.story.views import (
    BatchRow,
    BatchView,
    FilmView,
    PartView,
    PictureView,
    SectionPictures,
    StoryCard,
    StoryEstimate,
    StoryPage,
    StoryResult,
    StoryView,
    StoryWork,
    TimelineView,
    UploadedFile,
    VersionView,
)

STORY_ID = UUID("5e0f7c1a-0d53-4f0e-9a3c-2f6f4a1b7c01")
FILM_ID = UUID("7d3b3c52-5a86-4cb9-8f0c-60d9f2f3a102")
BATCH_ID = UUID("91a4f0de-3c11-4f4e-8f27-0b6f5b8c2103")
_AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
_LATER = datetime(2026, 11, 30, 9, 31, 10, tzinfo=UTC)
_NARRATION = "More than half of the people on Earth eat rice. Every grain of it is the seed of a grass."
DOCUMENT = StoryDocument(
    title="How long does rice take to grow?",
    voice=VoiceSettings(provider="hibari", voice="heart", model="hibari-1"),
    sections=(Section(id="grass1", heading="A grass that likes wet feet", narration=_NARRATION),),
)
CARD = StoryCard(
    story_id=STORY_ID,
    name="How long does rice take to grow?",
    project_id=None,
    batch_id=None,
    status=StoryStatus.COMPLETED,
    step=StoryStep.FILM,
    reason=None,
    version=2,
    language="en",
    shape="9:16",
    sections=1,
    seconds=6.3,
    film_url=f"/api/films/{FILM_ID}/files/film.mp4",
    poster_url=f"/api/films/{FILM_ID}/files/poster.jpg",
    cost=Decimal("0.02"),
    created_at=_AT,
    updated_at=_LATER,
)
STORY_PAGE = StoryPage(items=[CARD], pagination=Pagination.of(page=1, limit=20, total=1))
STORY = StoryView(
    **CARD.model_dump(),
    document=DOCUMENT,
    parts=[
        PartView(step=StoryStep.SCRIPT, section_id="", state=PartState.THERE),
        PartView(step=StoryStep.VOICE, section_id="grass1", state=PartState.THERE),
        PartView(step=StoryStep.PICTURES, section_id="grass1", state=PartState.THERE),
        PartView(step=StoryStep.FILM, section_id="", state=PartState.THERE),
    ],
    progress=100.0,
    waiting_for=None,
    until=StoryStep.FILM,
    budget=None,
    job_id=None,
    started_at=_AT,
    ended_at=_LATER,
)
STORY_WORK = StoryWork(
    jobId=STORY_ID,
    status=JobWord.PROCESSING,
    progress=41.0,
    estimatedTime=None,
    result=StoryResult(storyId=STORY_ID),
    error=None,
)
STORY_ESTIMATE = StoryEstimate(
    seconds=62.0,
    cost=Decimal("0.42"),
    cost_by_step={
        StoryStep.SCRIPT: Decimal("0.01"),
        StoryStep.VOICE: Decimal("0.01"),
        StoryStep.PICTURES: Decimal("0.40"),
        StoryStep.SCENES: Decimal("0"),
        StoryStep.FILM: Decimal("0"),
    },
    price_known=True,
    estimated_time_seconds=50.0,
    stills=6,
    videos=0,
    rewrite_cost=Decimal("0.01"),
    notes=[],
)
SPEECH = SectionSpeech(
    section_id="grass1",
    seconds=2.4,
    pieces=[SpokenPieceView(url=f"/api/stories/{STORY_ID}/files/speech/5f0c", start=0.0, seconds=1.95)],
    words=[NarrationWord(text="Rice", start=0.0, end=0.4), NarrationWord(text="grows.", start=0.4, end=0.9)],
    times=WordTimes.VOICE,
    recorded=False,
    provider="hibari",
    voice="heart",
)
FILM_VIEW = FilmView(
    film_id=FILM_ID,
    story_id=STORY_ID,
    version=2,
    purpose="film",
    shape="9:16",
    language="en",
    status=JobWord.COMPLETED,
    progress=100.0,
    error=None,
    width=1080,
    height=1920,
    frames=189,
    seconds=6.3,
    lufs=-14.0,
    true_peak=-1.4,
    size_bytes=2_871_000,
    files={
        "film.mp4": f"/api/films/{FILM_ID}/files/film.mp4",
        "captions.srt": f"/api/films/{FILM_ID}/files/captions.srt",
    },
    current=True,
    created_at=_AT,
    completed_at=_LATER,
)
VERSION = VersionView(number=2, change="Changed title.", by="person", created_at=_AT)
PICTURES = SectionPictures(
    section_id="grass1",
    pictures=[
        PictureView(
            hash="1f3e",
            state=PartState.THERE,
            url=f"/api/stories/{STORY_ID}/files/pictures/1f3e",
            provider="openverse",
            media_type="image/jpeg",
            width=SIZES[Shape.PORTRAIT][0],
            height=SIZES[Shape.PORTRAIT][1],
            share=1.0,
            attribution=Attribution(author="A. Farmer", licence="CC BY 4.0", required=True),
        )
    ],
    candidates=[],
)
TIMELINE = TimelineView(
    hash="9c1d",
    frames=189,
    seconds=6.3,
    sections=[{"id": "grass1", "start": 0, "end": 189}],
    timeline={"width": 1080, "height": 1920, "fps": 30},
    urls={"speech/1f3e.wav": f"/api/stories/{STORY_ID}/files/speech/1f3e.wav"},
)
UPLOADED = UploadedFile(
    key=f"stories/{STORY_ID}/uploads/field.jpg",
    url=f"/api/stories/{STORY_ID}/files/uploads/4f2a",
    name="field.jpg",
    media_type="image/jpeg",
    width=2000,
    height=3000,
    seconds=None,
)
UPLOAD_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {**FILE, "description": "The picture, clip, music, watermark or recording."},
                    "use": {
                        "type": "string",
                        "enum": list(UploadUse),
                        "description": "What it is for.",
                    },
                    "text": {"type": "string", "description": "What is spoken in a recording."},
                },
            },
            "example": {"file": "(field.jpg)", "use": "picture"},
        }
    },
}
ANALYSIS = analyse(DOCUMENT)
BATCH = BatchView(
    batch_id=BATCH_ID,
    name="2 topics",
    created_at=_AT,
    status=JobWord.PROCESSING,
    progress=50.0,
    total=2,
    completed=1,
    failed=0,
    review=0,
    stories=[BatchRow(position=0, story=CARD)],
)


def _example(value: dict[str, Any]) -> dict[str, Example]:
    return {"example": {"value": value}}


NEW_STORY: dict[str, Example] = {
    "a topic": {"value": {"text": "How long does rice take to grow?", "settings": {"target_seconds": 60}}},
    "a finished text": {
        "value": {
            "text": "# Rice\n\n## A grass\n\nRice is a grass.",
            "settings": {"shape": "16:9"},
            "run": True,
        }
    },
}
STORY_CHANGE = _example({"change": {"look": {"captions": {"style": "boxed"}}}, "version": 2})
RUN_BODY = _example({"until": "film"})
RENDER_BODY: dict[str, Example] = {
    "the film": {"value": {}},
    "a preview": {"value": {"height": 360, "first": 0, "last": 300}},
}
DUPLICATE = _example({"change": {"shape": "16:9"}, "run": True})
TRANSLATION = _example({"language": "de"})
IMPROVEMENT = _example({"instruction": "Shorter sentences, for children of ten."})
SECTION_CHANGE = _example({"change": {"narration": "Rice is a grass."}, "version": 2})
NEW_SECTION = _example(
    {"section": {"heading": "The harvest", "narration": "Then it is cut."}, "after": "grass1"}
)
SPLIT_AT = _example({"at": 48})
SECTION_ORDER = _example({"order": ["grass1"]})
ANOTHER = _example({"what": "picture"})
BATCH_BODY: dict[str, Example] = {
    "topics": {
        "value": {"topics": ["Rice", {"topic": "Reis", "language": "de"}], "settings": {"shape": "16:9"}}
    },
    "a table": {"value": {"text": "topic,language\nRice,en\nReis,de"}},
}
VEO3_BODY = _example({"prompt": "A rice field in the wind, slow push in", "aspectRatio": "9:16"})
