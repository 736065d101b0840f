"""Opens a text in the person's own editor, and returns what became of it."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from rushes.errors import Fault, Invalid
from rushes.platform.children import child_environment

EDITORS = ("VISUAL", "EDITOR")
USUAL = "vi"
TERMINAL = frozenset({"TERM", "COLORTERM", "TERMINFO", "LINES", "COLUMNS"})


def edited(text: str, ending: str) -> str | None:
    """Return the text as it was saved; None when nothing was changed.

    Raises `Invalid` when there is no editor, or it ends with a failure.
    """
    command = next((os.environ[each] for each in EDITORS if os.environ.get(each)), USUAL)
    with tempfile.TemporaryDirectory(prefix="rushes-") as folder:
        file = Path(folder) / f"script{ending}"
        file.write_text(text, encoding="utf-8")
        try:
            ended = subprocess.run(  # noqa: S603  # the person's own
                [*shlex.split(command), str(file)], check=False, env=_environment()
            )
        except OSError as error:
            raise _no_editor(command) from error
        if ended.returncode != 0:
            raise _no_editor(command)
        now = file.read_text("utf-8")
    return None if now == text else now


def _environment() -> dict[str, str]:
    """What an editor needs: its terminal and screen as well, and no secret."""
    terminal = {name: value for name, value in os.environ.items() if name in TERMINAL}
    return {**child_environment(browser=True), **terminal}


def _no_editor(command: str) -> Invalid:
    fault = Fault("EDITOR", "Set it to your editor, or use --file FILE.", "missing")
    return Invalid(f"The editor {command!r} cannot be used.", [fault])
