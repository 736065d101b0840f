"""Plays a story before it is rendered: the facts that its timeline is built from, for a page to build the
same one while a person edits. What is not made yet is estimated and says so; nothing is hidden.
"""

import importlib
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from rushes.platform.media.film.timeline import (
    CaptionLook,
    CaptionWord,
    Scene,
    StillSource,
    Timeline,
    VoicePiece,
)
from rushes.story.analysis import START
from rushes.story.credits import credits_text
from rushes.story.document import Section, SectionPicture, StoryDocument
from rushes.story.drawings import Drawing, DrawingKind
from rushes.story.hashes import digest
from rushes.story.inputs import PictureSlot, every_section, pictures_of, voice_of
from rushes.story.look import LoadedStory, stem
from rushes.story.pieces import SeenPiece, pieces_of
from rushes.story.preview_views import (
    PreviewCard,
    PreviewFace,
    PreviewPiece,
    PreviewSection,
    PreviewSound,
    PreviewView,
    PreviewWord,
)
from rushes.story.products import Products, frame_size
from rushes.story.settings import CARD, FilmCard
from rushes.story.timeline import CREDITS_SECONDS, as_json, build, drawing_of, music_of
from rushes.story.timing import SectionTiming, timing_of
from rushes.story.words import timed_words


def preview_view(loaded: LoadedStory) -> PreviewView:
    """Return a story as a page plays it. Lays out captions: blocking."""
    document, products = loaded.row.document, loaded.products
    timed = so_far(document, products)
    sections = [
        _section(document, section, timing, products)
        for section, timing in zip(every_section(document), timed, strict=True)
    ]
    cards, played = _cards(document, products), playable(loaded)
    laying = importlib.import_module("rushes.story.preview_files")
    captions, family, line = laying.captions_and_face(played)
    face = PreviewFace(family=family, line=line, url=f"/api/fonts/{family}") if family else None
    width, height = frame_size(document.shape)
    built, mark = build(document, products), document.look.watermark
    bounds, at = list[list[int]](), sum(each.seconds for each in cards if each.id == "intro")
    for timing in timed:
        first, at = round(at * document.fps), at + timing.seconds
        bounds.append([first, round(at * document.fps)])
    return PreviewView(
        version=loaded.row.version,
        hash=built.hash if built else "",
        shape=document.shape,
        width=width,
        height=height,
        fps=document.fps,
        frames=played.frames if timed or cards else 0,
        cards=cards,
        sections=sections,
        bounds=bounds,
        captions=captions,
        face=face,
        watermark=f"overlays/{stem(mark.key)}" if mark else None,
        sound=_sound(loaded.row.id, played),
    )


def so_far(document: StoryDocument, products: Products) -> list[SectionTiming]:
    """Return the timing of every section; one whose speech is not there yet is estimated by its text."""
    return [timing_of(document, each, products) or _guess(document, each) for each in every_section(document)]


def _guess(document: StoryDocument, section: Section) -> SectionTiming:
    spoken = START.seconds(section.narration, voice_of(document, section).speed)
    words = timed_words(section.narration, document.pronunciations, (), spoken, document.language)
    return SectionTiming(
        section.id, (), tuple(words), max(spoken + section.pause_after, section.seconds or 0)
    )


def playable(loaded: LoadedStory) -> Timeline:
    """Return the timeline that is heard and read: complete, or with what there is of speech and words."""
    document, products = loaded.row.document, loaded.products
    built = build(document, products)
    if built is not None:
        return built.timeline
    fps, (width, height) = document.fps, frame_size(document.shape)
    cards = _cards(document, products)
    at = sum(each.seconds for each in cards if each.id == "intro")
    words, voice = list[CaptionWord](), list[VoicePiece]()
    for timing in so_far(document, products):
        for piece in timing.speech:
            voice.append(VoicePiece(Path(f"speech/{stem(piece.hash)}.wav"), round((at + piece.start) * fps)))
        for word in timing.words:
            start = round((at + word.start) * fps)
            end = max(start + 1, round((at + word.end) * fps))
            words.append(CaptionWord(word.text, start, end, word.ends_sentence))
        at += timing.seconds
    at += sum(each.seconds for each in cards if each.id != "intro")
    # One scene as long as everything: sound and captions ask for no more of it.
    whole = Scene("all", max(1, round(at * fps)), StillSource(Path("none")))
    return Timeline(
        width,
        height,
        fps,
        (whole,),
        document.language,
        tuple(voice),
        words=tuple(words),
        captions=CaptionLook(**document.look.captions.model_dump()),
        music=music_of(document),
    )


def drawings_of(document: StoryDocument, products: Products) -> dict[str, Drawing]:
    """Return everything that is drawn of words, by its file's name, also while the film is not complete."""
    found = [drawing_of(document, DrawingKind.TITLE, each.on_screen) for each in document.sections]
    cards = [each for each in (document.intro, document.outro) if each is not None]
    lines = credits_text(document, products) if document.credits else ""
    if lines:
        cards.append(FilmCard(title="", text=lines[:2000]))
    found += [drawing_of(document, DrawingKind.CARD, each.title, each.text) for each in cards]
    return {each.name: each for each in found}


def _section(
    document: StoryDocument, section: Section, timing: SectionTiming, products: Products
) -> PreviewSection:
    found = pieces_of(document, section, timing.seconds, products) or ()
    # A scene video has no entry in the section's pictures; those are one for one otherwise.
    slots = pictures_of(document, section, products) if found and found[0].folder == "pictures" else ()
    pieces = [
        _piece(each, slots[number] if number < len(slots) else None) for number, each in enumerate(found)
    ]
    ends = [at for each in timing.speech for at in (each.start, each.start + each.seconds)]
    guessed = not timing.speech and bool(section.recording or (section.narration and not section.muted))
    spoken = ends[-1] if ends else (max((each.end for each in timing.words), default=0.0) if guessed else 0.0)
    shown = document.look.titles and section.on_screen and not (found and found[0].provider == CARD)
    title = drawing_of(document, DrawingKind.TITLE, section.on_screen).name if shown else None
    return PreviewSection(
        section_id=section.id,
        spoken_seconds=spoken,
        estimated=guessed,
        words=[PreviewWord(**vars(each)) for each in timing.words],
        speech=ends,
        pieces=pieces,
        title=title,
    )


def _piece(piece: SeenPiece, slot: PictureSlot | None) -> PreviewPiece:
    return PreviewPiece(
        name=f"{piece.folder}/{stem(piece.hash)}{piece.ending}",
        still=piece.move is not None,
        share=piece.share,
        provider=piece.provider,
        move=piece.move,
        seed=piece.seed,
        pace=piece.pace,
        start_seconds=piece.start_seconds,
        fit=piece.fit,
        own_sound=piece.own_sound,
        chosen=_as_chosen(slot, piece) if slot else None,
    )


def _as_chosen(slot: PictureSlot, piece: SeenPiece) -> dict[str, Any] | None:
    """A picture as an entry of its section, so that what was chosen automatically can be edited too."""
    if slot.chosen is not None:
        return slot.chosen.model_dump(mode="json")
    if slot.ask is None:
        return None
    asked = slot.ask
    if asked.is_fetch:
        origin = {"found": asked.params["candidate"]}
    else:
        made = {"provider": asked.provider, "model": asked.model, "variant": asked.variant}
        origin = {"generated": {**made, "prompt": asked.params["prompt"], "options": asked.params["options"]}}
    return SectionPicture.model_validate({**origin, "move": piece.move}).model_dump(mode="json")


def _cards(document: StoryDocument, products: Products) -> list[PreviewCard]:
    lines = credits_text(document, products) if document.credits else ""
    whose = FilmCard(title="", text=lines[:2000], seconds=CREDITS_SECONDS) if lines else None
    given = (("intro", document.intro), ("outro", document.outro), ("credits", whose))
    return [
        PreviewCard(
            id=name,
            seconds=card.seconds,
            name=drawing_of(document, DrawingKind.CARD, card.title, card.text).name,
        )
        for name, card in given
        if card is not None
    ]


def _sound(story_id: UUID, timeline: Timeline) -> PreviewSound:
    base = f"/api/stories/{story_id}/sound"
    music = f"{base}/music?version={music_hash(timeline)}" if timeline.music else None
    return PreviewSound(voice=f"{base}/voice?version={voice_hash(timeline)}", music=music)


def voice_hash(timeline: Timeline) -> str:
    """Return the hash of what is heard besides the music."""
    given = as_json(timeline)
    scenes: list[JsonValue] = [
        {**each["source"], "frames": each["frames"], "join": each["transition"]}
        for each in given["scenes"]
        if each["source"].get("own_sound", "off") != "off"
    ]
    return digest([given["voice"], timeline.frames, timeline.fps, timeline.loudness.lufs, scenes])


def music_hash(timeline: Timeline) -> str:
    """Return the hash of the music as it is before its gain and its ducking."""
    track = timeline.music
    path = str(track.path) if track and track.path else ""
    return digest([path, track.seed if track else 0, timeline.frames, timeline.fps, timeline.loudness.lufs])
