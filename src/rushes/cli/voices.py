"""`rushes voices`: who can speak, and how that sounds."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.text import Text

from rushes.cli._background import NO_WORKER, Background
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, shorten, stdout, table
from rushes.cli._session import acting_user, with_runtime
from rushes.cli._stored import save_stored
from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, ErrorType, Invalid
from rushes.material.speech import (
    SpeechOrder,
    VoiceListing,
    every_voice,
    order_speech,
    read_speech,
    speech_file,
)
from rushes.material.views import MaterialStatus, SpeechJob

POLL_SECONDS = 0.2
LANGUAGES_SHOWN = 6
PLAYERS: Mapping[str, tuple[Sequence[str], ...]] = {
    "darwin": (("afplay",),),
    "win32": (
        ("powershell", "-NoProfile", "-Command", "(New-Object Media.SoundPlayer $args[0]).PlaySync()"),
    ),
    "linux": (
        ("pw-play",),
        ("paplay",),
        ("aplay", "-q"),
        ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ),
}
"""Programs that play a WAV file, by system, the usual one first."""


def voices(
    voice: Annotated[
        str | None,
        typer.Argument(
            metavar="VOICE",
            help="Which one to hear, as VOICE or PROVIDER/VOICE. Left out: the free one of the language.",
            show_default=False,
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="Only voices that speak it, such as de or pt-BR.", show_default=False),
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="Only voices of this provider.", show_default=False)
    ] = None,
    play: Annotated[bool, typer.Option("--play", help="Have it speak a sentence, and play it.")] = False,
    text: Annotated[str | None, typer.Option(help="What it says.", show_default=False)] = None,
    speed: Annotated[float, typer.Option(min=0.5, max=2.0, help="1 is as usual.")] = 1.0,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save what it says (WAV).", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the voices, or hear one.

    Voices that need a key are listed once it is there. A sentence of a paid voice
    costs what its characters cost, and is paid for once.

    [bold]Examples[/bold]
    $ rushes voices --language de
    $ rushes voices hibari/heart --play
    $ rushes voices --language ja --to hello.wav
    """
    maker, slash, name = (voice or "").partition("/")
    chosen = name if slash else (voice or None)
    speaker = maker if slash else provider

    async def command(run: Runtime) -> int:
        if not play and to is None and voice is None:
            listing = await every_voice(run, acting_user(), provider=speaker, language=language)
            if json:
                print_json(listing)
            else:
                _show(listing)
            return Code.DONE
        player = _player() if play else None
        order = SpeechOrder(
            text, language=language or "en", provider=speaker, voice=chosen, speed=speed, preview=True
        )
        job = await _spoken(run, order)
        if json:
            print_json(job)
        if job.result is None:
            print_note(job.error.message if job.error else "It was not spoken.", "red")
            return Code.NEEDS_YOU if job.waiting_for else Code.FAILED
        await _heard(run, job, player, to)
        if not json:
            where = f" It is in {to}." if to else ""
            print_result(f"{job.provider}: {job.result.seconds:.1f} s of speech.{where}")
            if not play and to is None:
                print_note("Play it with --play, or save it with --to FILE.")
        return Code.DONE

    if language is not None and not language.replace("-", "").isalnum():
        raise Invalid(f"{language!r} is no language. Use a tag such as de or pt-BR.")
    exit_with(with_runtime(command))


def _show(listing: VoiceListing) -> None:
    rows = table("voice", "name", "sex", "languages", "cost")
    for each in listing.voices:
        tags = ", ".join(each.languages[:LANGUAGES_SHOWN])
        more = len(each.languages) - LANGUAGES_SHOWN
        rows.add_row(
            Text(f"{each.provider}/{each.voice}"),
            Text(shorten(each.title, 40)),
            each.sex,
            f"{tags} and {more} more" if more > 0 else tags,
            "free" if each.free else "paid",
        )
    stdout().print(rows)
    for trouble in listing.troubles:
        print_note(trouble.message, "yellow")
    print_note(f"{count(len(listing.voices), 'voice')}. Hear one: rushes voices PROVIDER/VOICE --play")


async def _spoken(run: Runtime, order: SpeechOrder) -> SpeechJob:
    """Ask for speech and wait for it; a worker is started if none is alive."""
    job = await order_speech(run, acting_user(), order)
    background, warned = Background(run), False
    while job.status in (MaterialStatus.QUEUED, MaterialStatus.PROCESSING) and job.waiting_for is None:
        if not await background.ensure() and not warned:
            warned = True
            print_note(NO_WORKER, "yellow")
        await asyncio.sleep(POLL_SECONDS)
        job = await read_speech(run, acting_user(), job.job_id)
    return job


async def _heard(run: Runtime, job: SpeechJob, player: Sequence[str] | None, to: Path | None) -> None:
    """Save the speech, and play it."""
    file = await speech_file(run, acting_user(), job.job_id)
    if to is not None:
        await save_stored(run, file, to)
    if player is not None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            await save_stored(run, file, path)
            command = [*player, str(path)]
            await asyncio.to_thread(subprocess.run, command, check=True, stdin=subprocess.DEVNULL)


def _player() -> Sequence[str]:
    """Return a program that plays sound. Raises `ActionNeeded` without one."""
    system = sys.platform if sys.platform in PLAYERS else "linux"
    for each in PLAYERS[system]:
        if (found := shutil.which(each[0])) is not None:
            return [found, *each[1:]]
    names = ", ".join(each[0] for each in PLAYERS[system])
    raise ActionNeeded(
        "There is no program here that plays sound.",
        error_type=ErrorType.INTERNAL,
        hint=f"Save it instead: --to FILE. Or install one of: {names}.",
    )
