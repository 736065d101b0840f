"""`rushes backup …`: creates, lists, verifies, restores and deletes backups."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, stderr
from rushes.cli._session import confirm, is_interactive, with_runtime
from rushes.engine.runtime import Runtime, open_runtime
from rushes.ops.backup_views import BackupView, RestoreView, VerifyView
from rushes.ops.backups import prune_backups
from rushes.platform.backups.create import create_backup
from rushes.platform.backups.manifest import BackupReason
from rushes.platform.backups.places import BackupPlace, KeptBackup, open_place
from rushes.platform.backups.restore import nobody_works, restore_database, restore_files
from rushes.platform.backups.verify import verify_backup
from rushes.settings import Settings

Where = Annotated[
    str | None,
    typer.Option("--in", metavar="PLACE", help="Folder or bucket of the backups, instead of the one set."),
]
Backup = Annotated[str, typer.Argument(metavar="BACKUP", help="The name of a backup, its path, or `last`.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def create(
    to: Annotated[
        str | None,
        typer.Argument(metavar="[TO]", help="Folder or bucket, instead of the one set."),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="With every stored file: images, videos, voices.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Back up the database, while everything runs. What seals your keys is not in it.

    [bold]Examples[/bold]
    $ rushes backup create
    $ rushes backup create /mnt/usb/rushes --files
    $ rushes backup create s3://bucket/backups
    """

    async def command(run: Runtime) -> int:
        place = open_place(run.settings, to)
        with _bar() as progress:
            made = await create_backup(
                run.settings,
                run.db,
                place,
                BackupReason.ASKED,
                storage=run.bucket.hot if files else None,
                progress=progress,
            )
        if json:
            print_json(BackupView.of_manifest(made.name, made.size, made.manifest))
            return Code.DONE
        print_result(f"{place.shown}/{made.name}")
        rows = count(sum(made.manifest.counts.values()), "row")
        print_note(f"{made.size:,} bytes: {rows}, {count(made.manifest.files or 0, 'file')}.")
        if made.elsewhere:
            there = count(len(made.elsewhere), "file")
            print_note(f"{there} not in it: in the archive only, or deleted meanwhile.")
        if made.manifest.keys and not run.settings.secret_keys:
            print_note(
                f"Keep {run.settings.data_dir / 'secret.key'} as well, and apart from it: without it"
                f" {count(len(made.manifest.keys), 'key')} must be entered again after a restore."
            )
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def list_(where: Where = None, json: JsonOption = False) -> None:
    """List the backups there are, the newest first.

    [bold]Example[/bold]
    $ rushes backup list
    """
    place = open_place(load_settings(), where)
    kept = asyncio.run(place.kept())
    if json:
        print_json([BackupView.of_kept(each) for each in kept])
        return
    for each in kept:
        print_result(f"{each.name}  {each.size:>14,} bytes")
    if not kept:
        print_note(f"No backup in {place.shown}. `rushes backup create` makes one.")


def verify(backup: Backup = "last", where: Where = None, json: JsonOption = False) -> None:
    """Restore a backup into a database of its own that is thrown away, and count.

    Exit code 1: it is not what it says.

    [bold]Examples[/bold]
    $ rushes backup verify
    $ rushes backup verify /mnt/usb/rushes/rushes-20261130T120000Z-asked.zip
    """
    settings = load_settings()

    async def command() -> int:
        place, name = await _find(settings, backup, where)
        async with place.file(name) as file:
            found = await verify_backup(settings, file)
        if json:
            print_json(
                VerifyView(
                    name=name, good=not found.wrong, rows=found.rows, files=found.files, wrong=found.wrong
                )
            )
        else:
            for each in found.wrong:
                print_result(each)
            verdict = "is damaged" if found.wrong else "is good"
            print_note(f"{name} {verdict}: {count(found.rows, 'row')}, {count(found.files, 'file')}.")
        return Code.FAILED if found.wrong else Code.DONE

    exit_with(asyncio.run(command()))


def restore(
    backup: Backup,
    where: Where = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace the database that is there. It is moved aside, not deleted."),
    ] = False,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Restore a backup. Everything open is paused until you resume it: nothing is paid twice.

    Stop Rushes before. Jobs that were open when the backup was made may have
    been finished and paid for since; look at the provider, then resume them.

    [bold]Examples[/bold]
    $ RUSHES_DATA_DIR=/srv/rushes rushes backup restore last --in /mnt/usb/rushes
    $ rushes backup restore last --replace
    """
    settings = load_settings()

    async def command() -> int:
        place, name = await _find(settings, backup, where)
        asked = f"Replace the database by {name}?" if replace else f"Restore {name}?"
        if not await _agreed(asked, yes):
            return Code.FAILED
        async with nobody_works(settings), place.file(name) as file:
            restored = await restore_database(settings, file, replace=replace)
            async with open_runtime(settings) as run:  # what is open is paused here
                files = await restore_files(settings, file, run.bucket.hot)
        when = f"{restored.manifest.created_at:%Y-%m-%d %H:%M} UTC"
        if json:
            print_json(
                RestoreView(
                    name=name, created_at=restored.manifest.created_at, files=files, before=restored.before
                )
            )
            return Code.DONE
        print_result(f"Restored as of {when}: {count(files, 'file')} put back.")
        if restored.before:
            print_note(f"What was there before: {restored.before}")
        print_note(
            "Everything that was open is paused. `rushes jobs` lists it; look at the provider for what was"
            " made since, then `rushes resume JOB`. To delete unknown files later: `rushes storage adopt`."
        )
        return Code.DONE

    exit_with(asyncio.run(command()))


def prune(
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="How many to keep, instead of RUSHES_BACKUP_KEEP.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Those you asked for, too.")] = False,
    where: Where = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Delete the oldest backups that were made without being asked for.

    [bold]Example[/bold]
    $ rushes backup prune --keep 3
    """
    settings = load_settings()
    number = keep or settings.backup_keep

    async def command() -> int:
        place = open_place(settings, where)
        if not await _agreed(f"Delete all but the newest {number}?", yes):
            return Code.FAILED
        gone = await prune_backups(place, number, asked=every)
        if json:
            print_json([BackupView.of_kept(each) for each in gone])
        else:
            for each in gone:
                print_result(each.name)
            print_note(f"{count(len(gone), 'backup')} deleted, {sum(each.size for each in gone):,} bytes.")
        return Code.DONE

    exit_with(asyncio.run(command()))


async def _agreed(question: str, yes: bool) -> bool:
    """Whether a person wants it: said by `--yes`, or asked."""
    if yes:
        return True
    if not is_interactive():
        print_note(f"{question} Pass --yes to do it.", "bold red")
        return False
    if await confirm(question):
        return True
    print_note("Nothing was changed.")
    return False


@contextmanager
def _bar() -> Generator[Callable[[int, int], None]]:
    console = stderr()
    with Progress(
        TextColumn("files"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console,
        transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", visible=False)
        yield lambda done, of: progress.update(bar, completed=done, total=of, visible=True)


async def _find(settings: Settings, given: str, where: str | None) -> tuple[BackupPlace, str]:
    """Return the place and the name of the backup a person means: `last`, a name, or a path."""
    if given != "last" and where is None and "/" in given:
        folder, _, name = given.rpartition("/")
        return open_place(settings, folder or "/"), name
    place = open_place(settings, where)
    if given != "last":
        return place, given
    kept: list[KeptBackup] = await place.kept()
    return place, kept[0].name if kept else "last"
