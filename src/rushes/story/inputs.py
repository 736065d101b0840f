"""What a document needs made: each product with its inputs and their hash. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import Candidate
from rushes.providers.script_contract import Brief, Draft, DraftSection
from rushes.story.document import Section, SectionPicture, StoryDocument
from rushes.story.hashes import digest, input_hash
from rushes.story.products import Products, frame_size
from rushes.story.sentences import pieces, sentences
from rushes.story.settings import CARD, GENERATED, VoiceSettings
from rushes.story.words import spoken_text


@dataclass(frozen=True)
class ProductAsk:
    """One thing to ask of a provider that is no video. `fetch` is a found picture to download."""

    kind: Kind
    provider: str
    model: str
    params: Mapping[str, Any]
    variant: int = 0
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        found = input_hash(self.kind, self.provider, self.model, self.params, self.variant)
        object.__setattr__(self, "hash", found)

    @property
    def is_fetch(self) -> bool:
        """Whether it downloads a picture that was found."""
        return "candidate" in self.params


@dataclass(frozen=True)
class PictureSearch:
    """A search for the picture of a section: who is asked what. Its result is a choice."""

    provider: str
    words: tuple[str, ...]
    language: str
    width: int
    height: int
    variant: int = 0

    @property
    def hash(self) -> str:
        """The hash of its inputs."""
        return digest(
            {
                "search": self.provider,
                "words": list(self.words),
                "language": self.language,
                "size": [self.width, self.height],
                "variant": self.variant,
            }
        )


@dataclass(frozen=True)
class SpeechPiece:
    """A piece of a section's narration and who speaks it."""

    text: str
    ask: ProductAsk


@dataclass(frozen=True)
class PictureSlot:
    """One picture of a section: an upload's key, something to ask for, or a search to make first."""

    chosen: SectionPicture | None
    key: str = ""
    ask: ProductAsk | None = None
    search: PictureSearch | None = None

    @property
    def hash(self) -> str:
        """What its product is found by: a storage key, or a hash. Empty while a search is to be made."""
        return self.key or (self.ask.hash if self.ask else "")


def words_per_minute(document: StoryDocument) -> float:
    """Return the pace that scripts are written for."""
    return min(400.0, max(50.0, 160.0 * document.voice.speed))


def brief_of(document: StoryDocument, text: str = "") -> Brief:
    """Return what the script is to be, as a script provider is given it: of `text`, else the document's."""
    return Brief(
        text=text or document.text,
        audience=document.audience,
        tone=document.tone,
        style=document.style,
        language=document.language,
        seconds=document.target_seconds,
        words_per_minute=words_per_minute(document),
    )


def script_ask(document: StoryDocument) -> ProductAsk | None:
    """Return what is asked for a script of the document's text; None without a text."""
    if not document.text.strip():
        return None
    params: dict[str, JsonValue] = {
        "task": "generate",
        "brief": brief_of(document).model_dump(mode="json"),
        "draft": None,
        "instruction": "",
        "locked": [],
        "language": None,
        "options": document.script.options,
    }
    return ProductAsk(Kind.SCRIPT, document.script.provider, document.script.model, params)


def rewrite_ask(document: StoryDocument) -> ProductAsk | None:
    """Return what is asked for a translation or an improvement of the script; None where none is wanted."""
    rewrite = document.rewrite
    if rewrite is None or not document.sections:
        return None
    told = document.text or document.title or document.sections[0].narration or "…"
    draft = Draft(
        title=document.title,
        language=document.language,
        sections=[
            DraftSection(
                heading=each.heading,
                narration=each.narration,
                on_screen=each.on_screen,
                visual_prompt=each.visual_prompt,
                keywords=list(each.keywords),
            )
            for each in document.sections
        ],
    )
    params: dict[str, JsonValue] = {
        "task": "translate" if rewrite.language else "improve",
        "brief": brief_of(document, told).model_dump(mode="json"),
        "draft": draft.model_dump(mode="json"),
        "instruction": rewrite.instruction,
        "locked": [number for number, each in enumerate(document.sections) if each.locked],
        "language": rewrite.language or None,
        "options": document.script.options,
    }
    return ProductAsk(Kind.SCRIPT, document.script.provider, document.script.model, params)


def voice_of(document: StoryDocument, section: Section) -> VoiceSettings:
    """Return who speaks a section: its own voice, else the film's."""
    return section.voice or document.voice


def speech_of(document: StoryDocument, section: Section) -> tuple[SpeechPiece, ...]:
    """Return the pieces of speech of a section; none when it is silent or has a recording."""
    if section.muted or section.recording or not section.narration:
        return ()
    voice = voice_of(document, section)
    found: list[SpeechPiece] = []
    for text in pieces(section.narration):
        params: dict[str, JsonValue] = {
            "text": spoken_text(text, document.pronunciations),
            "voice": voice.voice,
            "language": document.language,
            "options": {**voice.options, "speed": voice.speed},
        }
        ask = ProductAsk(Kind.VOICE, voice.provider, voice.model, params, section.variants.speech)
        found.append(SpeechPiece(text, ask))
    return tuple(found)


def card_words(section: Section) -> str:
    """Return the words for a section's card, or for a search where it has no keywords."""
    first = next(iter(sentences(section.narration)), "")
    return section.on_screen or section.heading or first or section.visual_prompt or "…"


def pictures_of(document: StoryDocument, section: Section, products: Products) -> tuple[PictureSlot, ...]:
    """Return the pictures of a section in their order: the chosen ones, else the one chosen automatically."""
    if section.pictures:
        return tuple(_slot(document, each) for each in section.pictures)
    return (_automatic(document, section, products),)


def _slot(document: StoryDocument, chosen: SectionPicture) -> PictureSlot:
    if chosen.upload is not None:
        return PictureSlot(chosen, key=chosen.upload.key)
    if chosen.found is not None:
        return PictureSlot(chosen, ask=fetch_ask(chosen.found))
    made = chosen.generated
    assert made
    ask = _generate(document, made.provider, made.model, made.prompt, made.options, made.variant)
    return PictureSlot(chosen, ask=ask)


def _automatic(document: StoryDocument, section: Section, products: Products) -> PictureSlot:
    settings, variant = document.pictures, section.variants.picture
    for source in settings.sources:
        if source == CARD:
            return PictureSlot(None, ask=_generate(document, CARD, "", card_words(section), {}, variant))
        if source == GENERATED:
            if not settings.generated:
                continue
            prompt = visual_prompt(document, section)
            ask = _generate(document, settings.generated, settings.model, prompt, settings.options, variant)
            return PictureSlot(None, ask=ask)
        search = search_of(document, section, source)
        found = products.choices.get(search.hash)
        if found is None:
            return PictureSlot(None, search=search)
        if found:
            return PictureSlot(None, ask=fetch_ask(found[0]))
    return PictureSlot(None, ask=_generate(document, CARD, "", card_words(section), {}, variant))


def visual_prompt(document: StoryDocument, section: Section) -> str:
    """Return what a picture or video of the section is to show, in the style of the film."""
    prompt = section.visual_prompt or section.heading or card_words(section)
    return f"{prompt}. {document.pictures.suffix}" if document.pictures.suffix else prompt


def search_of(document: StoryDocument, section: Section, source: str) -> PictureSearch:
    """Return the search for a section's picture at a source: its keywords, else what it is about."""
    width, height = frame_size(document.shape)
    words = section.keywords or (section.visual_prompt or card_words(section),)
    return PictureSearch(source, tuple(words), document.language, width, height, section.variants.picture)


def fetch_ask(candidate: Candidate) -> ProductAsk:
    """Return the download of a picture that was found."""
    params = {"candidate": candidate.model_dump(mode="json")}
    return ProductAsk(Kind.PICTURE, candidate.provider, "", params)


def _generate(
    document: StoryDocument, provider: str, model: str, prompt: str, options: Mapping[str, Any], variant: int
) -> ProductAsk:
    width, height = frame_size(document.shape)
    params = {"prompt": prompt, "width": width, "height": height, "options": dict(options)}
    return ProductAsk(Kind.PICTURE, provider, model, params, variant)


def every_section(document: StoryDocument) -> Sequence[Section]:
    """Return the sections that become a part of the film: those with something to say or to show."""
    return [each for each in document.sections if each.narration or each.recording or each.seconds]
