"""The JavaScript that each page loads at first, with the story room and without it: the others pay nothing.

The page is built twice, once with every page of stories emptied. Sizes are of gzipped files, those that a
page imports before it is drawn. Exits 1 when a page that is not of stories loads more because of them, names
of files apart: those change by a few bytes with every build.

    python -m bench.page_scripts
"""

import json
import subprocess
import sys
from pathlib import Path

from scripts.build_web import WEB, install, node_program

MORE = 150
"""Bytes."""


def measure() -> dict[str, tuple[int, int]]:
    """Return bytes by page: as it is, and without the story room."""
    script = Path(__file__).with_suffix(".mjs").read_text()
    command = [str(node_program()), "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {page: (size, found["without"][page]) for page, size in found["asItIs"].items()}


def main() -> int:
    """Run it. Returns 1 when the goal was missed."""
    install()
    held = True
    for page, (size, without) in sorted(measure().items()):
        good = size <= without + MORE
        held = held and good
        print(
            f"{page:14} {size / 1000:8.2f} kB, without the story room {without / 1000:8.2f} kB:"
            f" {size - without:+5d} bytes {'held' if good else 'MISSED'}"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
