"""Stories for tests: a document, and products made for it as a generous world would make them."""

from dataclasses import replace

from rushes.providers.picture_contract import Attribution
from rushes.providers.voice_contract import Word, WordTimes
from rushes.story.document import Section, StoryDocument
from rushes.story.inputs import every_section, pictures_of, speech_of
from rushes.story.products import Products, SceneClip, Speech, StoryPicture, VideoAbility
from rushes.story.scenes import group_hash, is_paid_for, shots_of
from rushes.story.settings import SceneSettings, VoiceSettings
from rushes.story.stale import made_of, parts_of
from rushes.story.timeline import build
from rushes.story.timing import timing_of

ABILITIES = {"animatic": VideoAbility((4, 6, 8))}


def story(*narrations: str, **fields: object) -> StoryDocument:
    """A document with a section for each narration."""
    sections = [
        Section(id=f"part{number}", heading=f"Part {number}", narration=each)
        for number, each in enumerate(narrations, start=1)
    ]
    given = {"title": "Rice", "voice": VoiceSettings(provider="hibari", voice="heart"), "sections": sections}
    return StoryDocument.model_validate({**given, **fields})


def with_videos(document: StoryDocument) -> StoryDocument:
    """The same, every scene a video."""
    return document.model_copy(update={"scenes": SceneSettings(source="animatic")})


def spoken(text: str, pace: float = 0.06) -> Speech:
    """Speech of a text at so many seconds a character; each word as long as its letters."""
    words: list[Word] = []
    at = 0.1
    for each in text.split():
        words.append(Word(each.strip(".,!?"), at, at + pace * len(each)))
        at += pace * (len(each) + 1)
    return Speech(f"speech/{abs(hash(text))}.wav", at + 0.1, tuple(words), WordTimes.VOICE)


def made(document: StoryDocument, products: Products | None = None) -> Products:
    """Everything the document needs made, kept beside what was made before."""
    now = products or Products(abilities=ABILITIES)
    speech, pictures, clips = dict(now.speech), dict(now.pictures), dict(now.clips)
    for section in every_section(document):
        for piece in speech_of(document, section):
            speech[piece.ask.hash] = spoken(piece.text)
        for slot in pictures_of(document, section, now):
            if slot.ask is not None:
                credit = Attribution(author="A", licence="CC BY 4.0")
                pictures[slot.hash] = StoryPicture(f"pictures/{slot.hash}", "image/jpeg", 1080, 1920, credit)
    now = replace(now, speech=speech, pictures=pictures)
    for section in every_section(document):
        timing = timing_of(document, section, now)
        assert timing
        shots = shots_of(document, section, timing.seconds, now)
        if shots and is_paid_for(document, section, group_hash(shots), now):
            clips |= {each.hash: SceneClip(f"clips/{each.hash}", each.seconds) for each in shots}
    now = replace(now, clips=clips)
    built = build(document, now)
    if built is not None:
        now = replace(now, films={**now.films, built.hash: "films/x.mp4"})
    return replace(now, last={**now.last, **made_of(parts_of(document, now))})
