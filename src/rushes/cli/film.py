"""`rushes film`: a topic, notes or a finished text becomes a narrated film."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, money, print_json, print_note, print_result, short
from rushes.cli._session import acting_user, find_project, with_runtime
from rushes.cli._story_watch import (
    code_of_story,
    explain_story,
    newest_film,
    save_film,
    story_view,
    watch_story,
)
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid
from rushes.platform.media.film.timeline import CaptionStyle, Shape, TransitionKind
from rushes.story import edits
from rushes.story.actions import NewStory, change_story, create_story, start_story
from rushes.story.batch import create_batch, read_topics, view_batch
from rushes.story.document import StoryDocument
from rushes.story.making import estimate_new
from rushes.story.settings import AUTO, STILL, MusicKind, Review
from rushes.story.states import StoryStatus
from rushes.story.uploads import StoryUpload, UploadUse, add_upload
from rushes.story.views import BatchView

MOST_BYTES = 800_000
_MUSIC = {"off": MusicKind.OFF, "bed": MusicKind.BED}


def film(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC|FILE|-",
            help="A topic, a file with notes or a finished text, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the film, such as en or pt-BR.")] = "en",
    voice: Annotated[
        str | None,
        typer.Option(
            metavar="[PROVIDER/]VOICE", help="Who speaks. Left out: a free one.", show_default=False
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(min=5, max=3600, help="How long, for a new script.")] = 60,
    shape: Annotated[Shape, typer.Option(help="The aspect ratio.")] = Shape.PORTRAIT,
    provider: Annotated[
        str,
        typer.Option(metavar="PROVIDER", help="Who makes scene videos; still, or auto (by the budget)."),
    ] = STILL,
    pictures: Annotated[
        str,
        typer.Option(metavar="SOURCES", help="Where pictures come from, in order: card,openverse,…"),
    ] = "card",
    script: Annotated[
        str | None,
        typer.Option(metavar="PROVIDER", help="Who writes the script. Left out: chosen.", show_default=False),
    ] = None,
    music: Annotated[
        str, typer.Option(metavar="off|bed|FILE", help="None, a synthesised bed, or your own.")
    ] = "bed",
    captions: Annotated[CaptionStyle, typer.Option(help="How captions look.")] = CaptionStyle.HIGHLIGHT,
    transition: Annotated[TransitionKind, typer.Option(help="Between scenes.")] = TransitionKind.CROSS_FADE,
    budget: Annotated[
        float | None, typer.Option(min=0, help="US dollars it may cost.", show_default=False)
    ] = None,
    review: Annotated[Review, typer.Option(help="After which step to stop for you to look.")] = Review.NONE,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Save the film here.", show_default=False)
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Many topics: one per line, or a CSV table.", show_default=False),
    ] = None,
    project: Annotated[
        str | None, typer.Option(metavar="PROJECT", help="Put it into a project.", show_default=False)
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it costs, and make nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a narrated film of a topic, notes or a finished text.

    Without any key, a finished text becomes a film with a free voice and typeset
    pictures; a bare topic becomes an outline for you to fill in.

    [bold]Examples[/bold]
    $ rushes film examples/story/rice.md --to film/
    $ rushes film "How do bees dance?" --pictures openverse,card
    $ rushes film --batch topics.csv --shape 16:9 --to films/
    """
    settings = _settings(
        language=language,
        voice=voice,
        seconds=seconds,
        shape=shape,
        provider=provider,
        pictures=pictures,
        script=script,
        music=music,
        captions=captions,
        transition=transition,
        budget=budget,
        review=review,
    )

    async def command(run: Runtime) -> int:
        project_id = None
        if project is not None:
            async with run.db.begin() as session:
                project_id = await find_project(session, project)
        if batch is not None:
            if music not in _MUSIC:
                fault = Fault("--music", "With --batch it is off or bed.", "invalid")
                raise Invalid("A batch takes no music of a file.", [fault])
            return await _batch(run, batch, settings, project_id, to, json=json, no_wait=no_wait)
        text, name = _text(what)
        document = edits.changed(StoryDocument(), {**settings, "text": text})
        new = NewStory(document, name, project_id)
        if dry_run:
            return await _estimate(run, new, json=json)
        story_id = await create_story(run, acting_user(), new)
        if music not in _MUSIC:
            await _with_music(run, story_id, Path(music))
        await start_story(run, acting_user(), story_id)
        print_note(f"Story {short(story_id)}.")
        if no_wait:
            view = await story_view(run, story_id)
        else:
            view = await watch_story(run, story_id)
        if json:
            print_json(view)
        if view.status is StoryStatus.COMPLETED and to is not None:
            await save_film(run, await newest_film(run, story_id), view.name, to, json=json)
        elif view.status is StoryStatus.COMPLETED and not json:
            print_result(f"Story {short(story_id)} ({view.name}): {view.seconds:.0f} s.")
            print_note(f"Save it: rushes story render {short(story_id)} --to DIR")
        explain_story(view)
        return Code.DONE if no_wait else code_of_story(view)

    exit_with(with_runtime(command))


TEXT_FILES = frozenset({".md", ".txt", ".markdown", ".text"})
"""Endings of a single word that is meant as a file, not as a topic."""


def _text(what: str | None) -> tuple[str, str]:
    """The text of a topic, a file, or standard input, and the name of the file."""
    if what is None:
        fault = Fault("TOPIC|FILE|-", "Give one, or --batch FILE.", "missing")
        raise Invalid("There is nothing to tell.", [fault])
    if what == "-":
        return _bounded(sys.stdin.read(MOST_BYTES + 1), "-"), ""
    try:
        path = Path(what)
        is_file = path.is_file()
    except OSError:  # a topic that is too long for a name
        return what, ""
    if not is_file:
        if path.suffix.lower() in TEXT_FILES and len(what.split()) == 1:
            raise Invalid(f"There is no file {what}.", [Fault("FILE", "Check its name.", "missing")])
        return what, ""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(f"{path.name} has more than {MOST_BYTES:,} bytes.")
    try:
        return _bounded(path.read_text("utf-8-sig"), path.name), ""
    except UnicodeDecodeError:
        message = "This is not UTF-8 text. Save it as UTF-8."
        raise Invalid(f"{path.name} cannot be read.", [Fault(path.name, message, "encoding")]) from None


def _bounded(text: str, name: str) -> str:
    if not text.strip():
        raise Invalid(f"{name} is empty.", [Fault(name, "Write a topic or a text.", "missing")])
    if len(text) > MOST_BYTES:
        raise Invalid(f"{name} has more than {MOST_BYTES:,} characters.")
    return text


def _settings(
    *,
    language: str,
    voice: str | None,
    seconds: float,
    shape: Shape,
    provider: str,
    pictures: str,
    script: str | None,
    music: str,
    captions: CaptionStyle,
    transition: TransitionKind,
    budget: float | None,
    review: Review,
) -> dict[str, Any]:
    """The fields of the document that the options set."""
    if music not in _MUSIC and not Path(music).is_file():
        fault = Fault("--music", f"Use off, bed, or a file. There is no file {music}.", "invalid")
        raise Invalid("There is no such music.", [fault])
    given: dict[str, Any] = {
        "language": language,
        "target_seconds": seconds,
        "shape": str(shape),
        "scenes": {"source": provider},
        "pictures": {"sources": [each.strip() for each in pictures.split(",") if each.strip()]},
        "music": {"kind": str(_MUSIC.get(music, MusicKind.OFF))},
        "look": {"captions": {"style": str(captions)}},
        "transition": {"kind": str(transition)},
        "review": str(review),
    }
    if budget is not None:
        given["budget"] = str(Decimal(str(budget)))
    if voice:
        maker, slash, name = voice.partition("/")
        given["voice"] = {"provider": maker, "voice": name} if slash else {"voice": voice}
    if script:
        given["script"] = {"provider": script}
    if provider == AUTO and budget is None:
        print_note("auto pays for videos only within --budget; without one all scenes are stills.", "yellow")
    return given


async def _with_music(run: Runtime, story_id: UUID, file: Path) -> None:
    upload = StoryUpload(UploadUse.MUSIC, file.name, file)
    key, _ = await add_upload(run, acting_user(), story_id, upload)
    change = {"music": {"kind": str(MusicKind.FILE), "key": key}}
    await change_story(
        run, acting_user(), story_id, lambda document: edits.changed(document, change), "Music added."
    )


async def _estimate(run: Runtime, new: NewStory, *, json: bool) -> int:
    found = await estimate_new(run, acting_user(), new)
    if json:
        print_json(found)
    else:
        print_result(
            f"{found.seconds:.0f} s of film, {money(found.cost)},"
            f" about {found.estimated_time_seconds:.0f} s to make."
        )
        for note in found.notes:
            print_note(note)
        print_note("Nothing was created. Make it: the same command without --dry-run.")
    return Code.DONE


async def _batch(
    run: Runtime,
    file: Path,
    settings: dict[str, Any],
    project_id: UUID | None,
    to: Path | None,
    *,
    json: bool,
    no_wait: bool,
) -> int:
    topics = read_topics(_text(str(file))[0])
    document = edits.changed(StoryDocument(), settings)
    batch_id = await create_batch(run, acting_user(), topics, document, name=file.stem, project_id=project_id)
    print_note(f"{count(len(topics), 'topic')}.")
    view = await _batch_view(run, batch_id)
    if not no_wait:
        for each in view.stories:
            await watch_story(run, each.story.story_id)
        view = await _batch_view(run, batch_id)
    if to is not None:
        for row in view.stories:
            if row.story.film_url:
                film = await newest_film(run, row.story.story_id)
                await save_film(run, film, f"{row.position + 1:03d} {row.story.name}", to, json=json)
    if json:
        print_json(view)
    else:
        print_result(f"{view.completed} of {view.total} films, {view.failed} failed.")
    for row in view.stories:
        if row.story.reason:
            print_note(f"{short(row.story.story_id)} {row.story.name}: {row.story.reason}", "yellow")
    if no_wait:
        return Code.DONE
    if view.review:
        return Code.NEEDS_YOU
    return Code.DONE if view.completed == view.total else Code.FAILED


async def _batch_view(run: Runtime, batch_id: UUID) -> BatchView:
    async with run.db.statement() as session:
        return await view_batch(session, acting_user(), batch_id)
