"""A second kind of local work, in one small file: joins texts in a child process, slowly if one likes.

Also a program: a worker that makes this kind too (`python -m tests.engine.concat worker …`), to be killed.
"""

import contextlib
from pathlib import Path

import psutil
from pydantic import BaseModel

from rushes.cli.main import main
from rushes.engine.local_work import Made, NewFile, WorkKind, WorkTry, register
from rushes.engine.runtime import Runtime
from rushes.errors import GenerationFailed
from rushes.platform.media.child import run_child
from rushes.settings import Settings

PROGRAM = """
sleep 600 > /dev/null 2>&1 &  # a child of the child: it must not outlive it
for step in 2 4 6 8; do echo 0.$step; sleep "$0"; done
printf "%s" "$@" > joined.txt.part && mv joined.txt.part joined.txt
"""


class ConcatParams(BaseModel):
    """Takes four times `seconds`."""

    texts: list[str]
    seconds: float = 0


class Concat(WorkKind[ConcatParams]):
    """Joins texts."""

    name = "concat"
    stored_as = "concats"
    keep_days = 1
    params_type = ConcatParams

    def concurrency(self, settings: Settings) -> int:
        """One."""
        return 1

    async def make(self, run: Runtime, attempt: WorkTry[ConcatParams]) -> Made:
        """By the shell."""
        into, params = attempt.folder / "joined.txt", attempt.params
        ended = await run_child(
            ["sh", "-c", PROGRAM, f"{params.seconds}", *params.texts],
            on_line=lambda line: attempt.progress(float(line)),
            folder=attempt.folder,
        )
        if ended.code != 0:
            raise GenerationFailed(f"The shell failed: {ended.last_line}")
        if into.read_text() != "".join(params.texts):
            raise GenerationFailed("The texts were not joined.")
        return Made({"letters": len(into.read_text())}, [NewFile(into, "text/plain")])


def programs_in(folder: Path) -> list[psutil.Process]:
    """Every process that works in this folder, whoever has started it."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


if __name__ == "__main__":
    register(Concat())
    main()
