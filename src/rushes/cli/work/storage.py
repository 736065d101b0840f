"""What `rushes storage …` does."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rushes.cli._words import Code
from rushes.cli.work.output import count, err, say, tell, tell_json
from rushes.cli.work.session import confirm, with_runtime
from rushes.engine.runtime import Runtime
from rushes.ops import ownership
from rushes.ops import storage as actions
from rushes.ops.sweep import sweep as sweep_now
from rushes.ops.views import CheckReport, Found
from rushes.platform.storage.places import access_of_storage, open_bucket


def check(json: bool) -> int:
    """Compare by size. Returns the exit code."""

    async def command(run: Runtime) -> int:
        with _bar("checking") as told:
            report = await actions.check(run, told)
        return _say(report, json)

    return with_runtime(command)


def verify(json: bool) -> int:
    """Compare by content, and mend. Returns the exit code."""

    async def command(run: Runtime) -> int:
        with _bar("reading") as told:
            report = await actions.verify(run, told)
        return _say(report, json)

    return with_runtime(command)


def sweep(json: bool) -> int:
    """Make room. Returns the exit code."""

    async def command(run: Runtime) -> int:
        swept = await sweep_now(run)
        if json:
            tell_json(swept)
        else:
            tell(f"{swept.bytes_freed:,} bytes freed")
            say(
                f"{count(swept.videos, 'video')} left the storage, {count(swept.orphans, 'orphan')} and"
                f" {swept.work_bytes:,} bytes of work folders deleted,"
                f" {count(swept.archive_copies, 'deleted video')} taken out of the archive."
            )
        return Code.DONE

    return with_runtime(command)


def adopt(yes: bool) -> int:
    """Make the bucket ours, when its owner agrees. Returns the exit code."""

    async def command(run: Runtime) -> int:
        report = await actions.check(run)
        orphans = [each for each in report.found if each.wrong == "orphan"]
        _list(orphans)
        tell(f"{count(len(orphans), 'old file')} of {run.bucket.name} unknown to this database.")
        question = "They will be deleted, and those that become as old. Make the storage this one's own?"
        if not yes and not await confirm(question):
            return Code.USAGE
        await ownership.adopt(run)
        tell(f"{run.bucket.name} is this installation's own.")
        return Code.DONE

    return with_runtime(command)


def migrate(source: str, json: bool) -> int:
    """Copy from another bucket. Returns the exit code."""

    async def command(run: Runtime) -> int:
        bucket = open_bucket(run.settings, source, access_of_storage(run.settings))
        with _bar("copying") as told:
            report = await actions.migrate(run, bucket, told)
        if json:
            tell_json(report)
        else:
            tell(f"{count(report.copied, 'file')} copied ({report.copied_bytes:,} bytes)")
            say(f"{report.there_already} were there already.")
            _list(report.found)
        return Code.FAILED if report.found else Code.DONE

    return with_runtime(command)


def _say(report: CheckReport, json: bool) -> int:
    if json:
        tell_json(report)
    else:
        tell(f"{count(report.looked_at, 'file')} looked at, {report.lost} lost")
        _list(report.found)
    return Code.FAILED if report.lost else Code.DONE


def _list(found: list[Found]) -> None:
    for each in found:
        tell(f"{each.wrong} in {each.where}: {each.key}" + (f" ({each.mended})" if each.mended else ""))


@contextmanager
def _bar(what: str) -> Generator[Callable[[int, int], None]]:
    console = err()
    with Progress(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("")
        yield lambda done, of: progress.update(bar, completed=done, total=of)
