"""Shows a story's voice-over: each section's speech with the time of each word, as far as there is any."""

from pydantic import BaseModel, Field

from rushes.providers.voice_contract import WordTimes
from rushes.story.inputs import every_section, speech_of, voice_of
from rushes.story.look import LoadedStory, file_url, stem
from rushes.story.products import Speech
from rushes.story.timing import timing_of


class NarrationWord(BaseModel):
    """A word of a narration, and when it is heard: seconds from the start of its section."""

    text: str
    start: float
    end: float


class SpokenPieceView(BaseModel):
    """A piece of speech: its sound, and where it is in its section, in seconds."""

    url: str
    start: float
    seconds: float


class SectionSpeech(BaseModel):
    """The speech of a section. `pieces` is empty while any of it is missing, or where nothing is spoken."""

    section_id: str
    seconds: float | None = Field(description="With the pause after it; null while its speech is missing.")
    pieces: list[SpokenPieceView]
    words: list[NarrationWord]
    times: WordTimes | None = Field(description="Where the times come from; null without speech.")
    recorded: bool = Field(description="Whether it is a person's recording.")
    provider: str = Field(description="Who speaks it.")
    voice: str


def speech_view(loaded: LoadedStory) -> list[SectionSpeech]:
    """Return the speech of every section, in their order."""
    document, products = loaded.row.document, loaded.products
    found: list[SectionSpeech] = []
    for section in every_section(document):
        timing = timing_of(document, section, products)
        spoken = timing.speech if timing else ()
        words = timing.words if timing else ()
        sources = [products.speech.get(each.ask.hash) for each in speech_of(document, section)]
        sources.append(_recording(products.uploads.get(section.recording)))
        times = next((each.times for each in sources if each is not None), None)
        voice = voice_of(document, section)
        found.append(
            SectionSpeech(
                section_id=section.id,
                seconds=round(timing.seconds, 3) if timing else None,
                pieces=[
                    SpokenPieceView(
                        url=file_url(loaded.row.id, f"speech/{stem(each.hash)}"),
                        start=round(each.start, 3),
                        seconds=round(each.seconds, 3),
                    )
                    for each in spoken
                ],
                words=[
                    NarrationWord(text=each.text, start=round(each.start, 3), end=round(each.end, 3))
                    for each in words
                ],
                times=times if spoken else None,
                recorded=bool(section.recording),
                provider=voice.provider,
                voice=voice.voice,
            )
        )
    return found


def _recording(upload: object) -> Speech | None:
    return upload if isinstance(upload, Speech) else None
