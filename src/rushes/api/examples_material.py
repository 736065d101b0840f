"""What the documentation shows of scripts, pictures and speech."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from rushes.engine.generations_shapes import SpokenWord
from rushes.material.pictures import ImagePrompts, PicturePrompt, Recommendation
from rushes.material.speech import ListedVoice, VoiceListing
from rushes.material.views import (
    DrawnPicture,
    DrawnPictures,
    MaterialStatus,
    PictureJob,
    ScriptJob,
    SourceTrouble,
    SpeechJob,
    SpokenText,
    WrittenScript,
)
from rushes.providers.picture_contract import Attribution, Candidate
from rushes.providers.script_contract import Draft, DraftSection
from rushes.providers.voice_contract import WordTimes
from rushes.story.analysis import ScriptAnalysis, analyse
from rushes.story.document import Section, StoryDocument

SCRIPT_ID = UUID("3f2b1a0c-9d8e-4c7b-a6f5-e4d3c2b1a090")
IMAGE_ID = UUID("8c7d6e5f-4a3b-4c2d-9e1f-0a9b8c7d6e5f")
_AT = datetime(2026, 11, 30, 9, 26, 53, tzinfo=UTC)

DRAFT = Draft(
    title="How rice grows",
    language="en",
    sections=[
        DraftSection(
            heading="Hook",
            narration="Rice takes about four months from seed to harvest.",
            on_screen="Four months",
            visual_prompt="A green paddy field at dawn, wide shot",
            keywords=["rice field", "dawn"],
        )
    ],
)
SCRIPT_QUEUED = ScriptJob(
    job_id=SCRIPT_ID,
    status=MaterialStatus.QUEUED,
    progress=0.0,
    estimated_time=15.0,
    waiting_for=None,
    error=None,
    provider="gemini_script",
    model="gemini-3.8-flash",
    price=None,
    cost=None,
    created_at=_AT,
)
SCRIPT = SCRIPT_QUEUED.model_copy(
    update={
        "status": MaterialStatus.COMPLETED,
        "progress": 100.0,
        "estimated_time": None,
        "price": Decimal("0.0031"),
        "cost": Decimal("0.0027"),
        "result": WrittenScript(draft=DRAFT, edited=False, repairs=0),
    }
)
ANALYSIS: ScriptAnalysis = analyse(
    StoryDocument(
        title=DRAFT.title,
        sections=tuple(Section(id="0a1b2c3d", narration=each.narration) for each in DRAFT.sections),
    )
)
ATTRIBUTION = Attribution(
    author="Ann Example",
    author_url="https://commons.wikimedia.org/wiki/User:Ann",
    licence="CC BY-SA 4.0",
    licence_url="https://creativecommons.org/licenses/by-sa/4.0",
    page_url="https://commons.wikimedia.org/wiki/File:Rice.jpg",
    text="Rice by Ann Example, CC BY-SA 4.0, via Wikimedia Commons",
    required=True,
)
RECOMMENDATION = Recommendation(
    keywords=["rice field", "harvest"],
    candidates=[
        Candidate(
            id="12345",
            provider="commons",
            title="Rice",
            tags=["Rice fields"],
            width=1920,
            height=1280,
            preview_url="https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Rice.jpg/330px-Rice.jpg",
            hotlink=True,
            attribution=ATTRIBUTION,
            data={
                "url": "https://upload.wikimedia.org/wikipedia/commons/thumb/a/ab/Rice.jpg/1920px-Rice.jpg"
            },
        )
    ],
    troubles=[SourceTrouble(source="openverse", message="Openverse may be searched again in 42 seconds.")],
)
IMAGE_PROMPTS = ImagePrompts(
    prompts=[
        PicturePrompt(
            visual_prompt="Rice takes about four months from seed to harvest. harvest, months, rice, seed",
            keywords=["harvest", "months", "rice", "seed"],
            on_screen="Harvest · months · rice",
        )
    ]
)
IMAGE_QUEUED = PictureJob(
    job_id=IMAGE_ID,
    status=MaterialStatus.QUEUED,
    progress=0.0,
    estimated_time=15.0,
    waiting_for=None,
    error=None,
    provider="gemini_picture",
    model="gemini-3.1-flash-image",
    price=None,
    cost=None,
    created_at=_AT,
)
IMAGE = IMAGE_QUEUED.model_copy(
    update={
        "status": MaterialStatus.COMPLETED,
        "progress": 100.0,
        "estimated_time": None,
        "price": Decimal("0.101"),
        "cost": Decimal("0.101"),
        "result": DrawnPictures(
            pictures=[
                DrawnPicture(
                    url=f"/api/images/{IMAGE_ID}/content?index=0",
                    media_type="image/png",
                    width=1536,
                    height=2752,
                    attribution=Attribution(),
                )
            ]
        ),
    }
)
SPEECH_ID = UUID("1d2c3b4a-5f6e-4a7b-8c9d-0e1f2a3b4c5d")
SPEECH_QUEUED = SpeechJob(
    job_id=SPEECH_ID,
    status=MaterialStatus.QUEUED,
    progress=0.0,
    estimated_time=2.0,
    waiting_for=None,
    error=None,
    provider="hibari",
    model="heart",
    price=None,
    cost=None,
    created_at=_AT,
)
SPEECH = SPEECH_QUEUED.model_copy(
    update={
        "status": MaterialStatus.COMPLETED,
        "progress": 100.0,
        "estimated_time": None,
        "price": Decimal(0),
        "cost": Decimal(0),
        "result": SpokenText(
            url=f"/api/tts/{SPEECH_ID}/content",
            media_type="audio/wav",
            seconds=1.275,
            words=[
                SpokenWord(text="Rice", start=0.1, end=0.425),
                SpokenWord(text="grows.", start=0.425, end=1.05),
            ],
            times=WordTimes.VOICE,
        ),
    }
)
VOICES = VoiceListing(
    voices=[
        ListedVoice(
            provider="hibari",
            voice="heart",
            title="Heart",
            languages=["en-US"],
            sex="female",
            sample_url="",
            free=True,
        )
    ],
    troubles=[SourceTrouble(source="elevenlabs", message="ElevenLabs needs a key.")],
)
