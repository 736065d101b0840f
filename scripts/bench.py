"""Runs every bench there is, one after the other, and prints what each measured and whether it held."""

import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the benches named on the command line, or all. Returns 1 when a goal was missed."""
    console = Console(highlight=False)
    found = {path.stem: path for path in sorted((ROOT / "bench").glob("*.py")) if path.stem[0] != "_"}
    wanted = sys.argv[1:] or list(found)
    if unknown := [name for name in wanted if name not in found]:
        console.print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(found)}.", style="red")
        return 2
    table = Table("bench", "seconds", "result", box=None)
    missed = False
    for name in wanted:
        console.rule(name)
        began = time.perf_counter()
        command = [sys.executable, "-m", f"bench.{name}"]
        # The commands are this script's own.
        code = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603
        missed = missed or code != 0
        result = "[green]held[/]" if code == 0 else f"[red]missed (exit {code})[/]"
        table.add_row(name, f"{time.perf_counter() - began:.0f}", result)
    console.rule("all")
    console.print(table)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
