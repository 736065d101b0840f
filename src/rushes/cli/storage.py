"""`rushes storage …`: looks at the stored videos, repairs them, makes room, moves them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, stderr
from rushes.cli._session import confirm, with_runtime
from rushes.engine.runtime import Runtime
from rushes.ops import ownership
from rushes.ops import storage as actions
from rushes.ops.sweep import sweep as sweep_now
from rushes.ops.views import StorageCheck, StorageFinding
from rushes.platform.storage.places import access_of_storage, open_bucket


def check(json: JsonOption = False) -> None:
    """Compare what is stored with what should be, by size. Changes nothing.

    [bold]Example[/bold]
    $ rushes storage check
    """

    async def command(run: Runtime) -> int:
        with _bar("checking") as progress:
            report = await actions.check(run, progress)
        return _print_report(report, json)

    exit_with(with_runtime(command, always_here=True))


def verify(json: JsonOption = False) -> None:
    """Read every stored file, in the archive too, and repair what has a good copy elsewhere.

    [bold]Example[/bold]
    $ rushes storage verify
    """

    async def command(run: Runtime) -> int:
        with _bar("reading") as progress:
            report = await actions.verify(run, progress)
        return _print_report(report, json)

    exit_with(with_runtime(command, always_here=True))


def sweep(json: JsonOption = False) -> None:
    """Free space now: expired videos, and files that belong to nothing.

    [bold]Example[/bold]
    $ rushes storage sweep
    """

    async def command(run: Runtime) -> int:
        swept = await sweep_now(run)
        if json:
            print_json(swept)
        else:
            print_result(f"{swept.bytes_freed:,} bytes freed")
            print_note(
                f"{count(swept.videos, 'video')} left the storage, {count(swept.orphans, 'orphan')} and"
                f" {swept.work_bytes:,} bytes of work folders deleted,"
                f" {count(swept.archive_copies, 'deleted video')} taken out of the archive."
            )
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def adopt(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make the storage this installation's own: after a restored backup, or a move.

    Until then nothing is deleted there that another copy of the database may
    know. Afterwards files that this database does not know are deleted when
    they are old enough; `rushes storage check` lists them before.

    [bold]Example[/bold]
    $ rushes storage adopt
    """

    async def command(run: Runtime) -> int:
        report = await actions.check(run)
        orphans = [each for each in report.found if each.wrong == "orphan"]
        _print_found(orphans)
        print_result(f"{count(len(orphans), 'old file')} of {run.bucket.name} unknown to this database.")
        question = "They will be deleted, and those that become as old. Make the storage this one's own?"
        if not yes and not await confirm(question):
            return Code.USAGE
        await ownership.adopt(run)
        print_result(f"{run.bucket.name} is this installation's own.")
        return Code.DONE

    exit_with(with_runtime(command, always_here=True))


def migrate(
    source: Annotated[
        str,
        typer.Option("--from", metavar="URL", help="Where the files are now: file:///folder or s3://bucket."),
    ],
    json: JsonOption = False,
) -> None:
    """Copy stored files from another bucket into the one that is set now.

    Set the new bucket, then run this; run it again at any time. Nothing is
    deleted where the files come from.

    [bold]Example[/bold]
    $ rushes storage migrate --from file:///var/lib/rushes/storage
    """

    async def command(run: Runtime) -> int:
        bucket = open_bucket(run.settings, source, access_of_storage(run.settings))
        with _bar("copying") as progress:
            report = await actions.migrate(run, bucket, progress)
        if json:
            print_json(report)
        else:
            print_result(f"{count(report.copied, 'file')} copied ({report.copied_bytes:,} bytes)")
            print_note(f"{report.there_already} were there already.")
            _print_found(report.found)
        return Code.FAILED if report.found else Code.DONE

    exit_with(with_runtime(command, always_here=True))


def _print_report(report: StorageCheck, json: bool) -> int:
    if json:
        print_json(report)
    else:
        print_result(f"{count(report.looked_at, 'file')} looked at, {report.lost} lost")
        _print_found(report.found)
    return Code.FAILED if report.lost else Code.DONE


def _print_found(found: list[StorageFinding]) -> None:
    for each in found:
        print_result(
            f"{each.wrong} in {each.where}: {each.key}" + (f" ({each.mended})" if each.mended else "")
        )


@contextmanager
def _bar(what: str) -> Generator[Callable[[int, int], None]]:
    console = stderr()
    with Progress(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("")
        yield lambda done, of: progress.update(bar, completed=done, total=of)
