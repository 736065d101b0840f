"""What the documentation shows of previews: real views."""

from rushes.api.story_examples import STORY_ID
from rushes.platform.media.film.timeline import ClipFit, OwnSound, Shape
from rushes.platform.media.moves import CameraMove
from rushes.story.preview_views import (
    CameraPath,
    PreviewBit,
    PreviewCaption,
    PreviewFace,
    PreviewPiece,
    PreviewSection,
    PreviewSound,
    PreviewView,
    PreviewWord,
)

PREVIEW = PreviewView(
    version=3,
    hash="9c1d",
    shape=Shape.PORTRAIT,
    width=1080,
    height=1920,
    fps=30,
    frames=189,
    cards=[],
    sections=[
        PreviewSection(
            section_id="grass1",
            spoken_seconds=5.85,
            estimated=False,
            words=[PreviewWord(text="Rice", start=0.1, end=0.42, ends_sentence=False)],
            speech=[0.0, 5.85],
            pieces=[
                PreviewPiece(
                    name="pictures/1f3e.jpg",
                    still=True,
                    share=1.0,
                    provider="card",
                    move=CameraMove.PUSH_IN,
                    seed=7,
                    pace=1.0,
                    start_seconds=0.0,
                    fit=ClipFit.TRIM,
                    own_sound=OwnSound.OFF,
                    chosen=None,
                )
            ],
            title=None,
        )
    ],
    bounds=[[0, 189]],
    captions=[
        PreviewCaption(start=3, end=40, lines=[[PreviewBit(text="Rice", start=3, end=13, space=True)]])
    ],
    face=PreviewFace(family="Noto Sans", line=1.36, url="/api/fonts/Noto Sans"),
    watermark=None,
    sound=PreviewSound(voice=f"/api/stories/{STORY_ID}/sound/voice?version=1f3e", music=None),
)
CAMERA = CameraPath(boxes=[[0.0, 0.0, 1.0, 1.0], [0.05, 0.05, 0.9, 0.9]])
