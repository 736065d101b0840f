"""`rushes story edit`, `voice` and `pictures`: change what a story is, in an editor or by options."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from rushes.cli._editor import edited
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, print_result, short, stdout, table
from rushes.cli._session import acting_user, find_story, with_runtime
from rushes.cli._story_watch import story_view
from rushes.cli.story import StoryArg
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, NotFound
from rushes.story import edits
from rushes.story.actions import change_story, restore_version
from rushes.story.document import StoryDocument
from rushes.story.look import load_story, pictures_view
from rushes.story.markdown import markdown_of, with_markdown
from rushes.story.rows import get_story

SectionOption = Annotated[
    int | None, typer.Option(min=1, help="The number of a section; left out: all.", show_default=False)
]


def edit(
    story: StoryArg,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The script as Markdown; else your editor.", show_default=False),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Another title.", show_default=False)] = None,
    shape: Annotated[str | None, typer.Option(help="Another aspect ratio.", show_default=False)] = None,
    restore: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Bring version N back.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Change a story, in your editor or by options.

    Sections whose words stay keep what was made for them.

    [bold]Examples[/bold]
    $ rushes story edit last
    $ rushes story edit last --shape 16:9
    $ rushes story edit last --restore 2
    """

    async def command(run: Runtime) -> int:
        async with run.db.begin() as session:
            story_id = await find_story(session, story)
            now = await get_story(session, acting_user(), story_id)
        if restore is not None:
            await restore_version(run, acting_user(), story_id, restore)
            return await _report(run, story_id, json=json)
        change = {name: each for name, each in (("title", title), ("shape", shape)) if each is not None}
        text = None
        if file is not None:
            text = file.read_text("utf-8-sig")
        elif not change:
            text = edited(markdown_of(now.document), ".md")
            if text is None:
                print_note("Nothing was changed.")
                return Code.DONE

        def apply(document: StoryDocument) -> StoryDocument:
            changed = edits.changed(document, change) if change else document
            return changed if text is None else with_markdown(changed, text)

        await change_story(run, acting_user(), story_id, apply, "Edited.", expected=now.version)
        return await _report(run, story_id, json=json)

    exit_with(with_runtime(command))


def voice(
    story: StoryArg,
    voice: Annotated[
        str | None,
        typer.Option(metavar="[PROVIDER/]VOICE", help="Who speaks.", show_default=False),
    ] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.5, max=2, help="1 is as usual.", show_default=False)
    ] = None,
    section: SectionOption = None,
    again: Annotated[bool, typer.Option("--again", help="Have it spoken anew as it is.")] = False,
    say: Annotated[
        str | None,
        typer.Option(metavar="WORD=SPOKEN", help="How a word is spoken: Veo=Vay-oh", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Change who speaks, or have a section spoken anew.

    [bold]Examples[/bold]
    $ rushes story voice last --voice espeak/de --speed 0.9
    $ rushes story voice last --section 2 --again
    $ rushes story voice last --say Veo=Vay-oh
    """
    change: dict[str, Any] = {}
    if voice is not None:
        maker, slash, name = voice.partition("/")
        change |= {"provider": maker, "voice": name, "model": ""} if slash else {"voice": voice}
    if speed is not None:
        change["speed"] = speed
    if say is not None and "=" not in say:
        raise Invalid("This cannot be read.", [Fault("--say", "Write it as WORD=SPOKEN.", "bad_option")])

    def apply(document: StoryDocument) -> StoryDocument:
        if say is not None:
            written, _, spoken = say.partition("=")
            kept = [each.model_dump() for each in document.pronunciations if each.written != written.strip()]
            new = {"written": written.strip(), "spoken": spoken.strip()}
            document = edits.changed(document, {"pronunciations": [*kept, new]})
        ids = _sections(document, section)
        if change and section is None:
            document = edits.changed(document, {"voice": change})
        elif change:
            own = (edits.required(document, ids[0]).voice or document.voice).model_dump(mode="json")
            document = edits.change_section(document, ids[0], {"voice": {**own, **change}})
        if again:
            for each in ids:
                document = edits.another(document, each, "speech")
        return document

    async def command(run: Runtime) -> int:
        story_id = await _find(run, story)
        await change_story(run, acting_user(), story_id, apply, "Voice changed.")
        return await _report(run, story_id, json=json)

    exit_with(with_runtime(command))


def pictures(
    story: StoryArg,
    sources: Annotated[
        str | None,
        typer.Option(metavar="SOURCES", help="Ask these, in order: openverse,card", show_default=False),
    ] = None,
    section: SectionOption = None,
    again: Annotated[bool, typer.Option("--again", help="Ask for another picture.")] = False,
    json: JsonOption = False,
) -> None:
    """List a story's pictures, or ask for others.

    [bold]Examples[/bold]
    $ rushes story pictures last
    $ rushes story pictures last --sources commons,openverse,card
    $ rushes story pictures last --section 3 --again
    """

    def apply(document: StoryDocument) -> StoryDocument:
        if sources is not None:
            named = [each.strip() for each in sources.split(",") if each.strip()]
            document = edits.changed(document, {"pictures": {"sources": named}})
        if again:
            for each in _sections(document, section):
                document = edits.another(document, each, "picture")
        return document

    async def command(run: Runtime) -> int:
        story_id = await _find(run, story)
        if sources is not None or again:
            await change_story(run, acting_user(), story_id, apply, "Pictures changed.")
            return await _report(run, story_id, json=json)
        async with run.db.begin() as session:
            found = pictures_view(await load_story(run, session, acting_user(), story_id))
        if json:
            print_json(found)
            return Code.DONE
        listed = table("", "state", "source", "size", "author", "licence")
        for number, each in enumerate(found, start=1):
            for picture in each.pictures:
                size = f"{picture.width}x{picture.height}" if picture.width else ""
                whose = picture.attribution
                listed.add_row(
                    str(number), str(picture.state), picture.provider, size, whose.author, whose.licence
                )
        stdout().print(listed)
        return Code.DONE

    exit_with(with_runtime(command))


async def _find(run: Runtime, given: str) -> UUID:
    async with run.db.begin() as session:
        return await find_story(session, given)


def _sections(document: StoryDocument, number: int | None) -> list[str]:
    if number is None:
        return [each.id for each in document.sections]
    if number > len(document.sections):
        raise NotFound(f"The story has {len(document.sections)} sections.")
    return [document.sections[number - 1].id]


async def _report(run: Runtime, story_id: UUID, *, json: bool) -> int:
    view = await story_view(run, story_id)
    if json:
        print_json(view)
        return Code.DONE
    open_parts = [each for each in view.parts if each.state not in ("there",)]
    names = ", ".join(dict.fromkeys(str(each.step) for each in open_parts)) or "nothing"
    print_result(f"Story {short(story_id)} is at version {view.version}. To be made: {names}.")
    print_note(f"Make it: rushes story render {short(story_id)}")
    return Code.DONE
