"""The files that run between the start of a shot and its completed video, and the size of the tree.

    python -m bench.path [--files]

One shot on `echo` in one process; a file counts when one of its functions runs meanwhile.
"""

import argparse
import asyncio
import contextlib
import re
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from uuid import UUID

from sqlalchemy import text

import rushes
from bench._home import Home, home
from bench.orchestration import fill
from rushes.engine.runtime import Runtime, open_runtime
from rushes.jobs.start import start_job
from rushes.platform.db.models import LOCAL_OWNER
from rushes.worker import run_worker

COMPLETED = text("SELECT status = 'completed' FROM jobs WHERE id = :job")
SETTLE_SECONDS = 5.0
"""What a worker does once when it starts is not a shot's path."""
SOURCE = Path(rushes.__file__).parent
LONG = 250
GOAL_FILES = 35


async def until_completed(run: Runtime, job_id: UUID) -> None:
    """Wait for the end of the job."""
    while True:
        async with run.db.begin() as session:
            if (await session.execute(COMPLETED, {"job": job_id})).scalar_one():
                return
        await asyncio.sleep(0.05)


async def files_that_run(place: Home) -> list[str]:
    """Their paths below the package, each once."""
    seen: set[str] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)

    async with open_runtime(place.settings) as run:
        job_id = await fill(run, 1, 0.5)
        at_work = asyncio.Event()
        worker = asyncio.create_task(run_worker(run, ready=at_work.set))
        await at_work.wait()
        await asyncio.sleep(SETTLE_SECONDS)
        threading.setprofile(watch)
        sys.setprofile(watch)
        try:
            await start_job(run, LOCAL_OWNER, job_id)
            await until_completed(run, job_id)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
    found = (Path(each) for each in seen)
    return sorted(str(each.relative_to(SOURCE)) for each in found if each.is_relative_to(SOURCE))


def print_size() -> None:
    """The counts of the tree."""
    lines = {path: len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    stems = Counter(path.name for path in lines if path.name != "__init__.py")
    classes = Counter(
        name for path in lines for name in re.findall(r"^class (\w+)", path.read_text(), re.MULTILINE)
    )
    print(f"{len(lines)} modules, {sum(lines.values()):,} lines")
    print(f"{sum(each > LONG for each in lines.values())} modules above {LONG} lines")
    for what, names in (("file names", stems), ("class names", classes)):
        twice = sorted(name for name, count in names.items() if count > 1)
        print(f"{len(twice)} {what} in several places: {', '.join(twice)}")


def main() -> int:
    """Print both. Returns 1 when more files run than the goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", action="store_true", help="name the files")
    given = parser.parse_args()
    print_size()
    with home() as place:
        files = asyncio.run(files_that_run(place))
    print(f"{len(files)} files run between start and completed, goal {GOAL_FILES}")
    if given.files:
        print("\n".join(f"  {each}" for each in files))
    return 0 if len(files) <= GOAL_FILES else 1


if __name__ == "__main__":
    sys.exit(main())
