"""The programs of PostgreSQL that dump and restore: found for the server's version, run without secrets."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from rushes.errors import ErrorType, SystemFault
from rushes.platform.children import child_environment
from rushes.platform.db.embedded import POSTGRES_VERSIONS
from rushes.platform.private import FILE_MODE

_VERSION = re.compile(r"\(PostgreSQL\) (\d{1,3})")
_TAIL = 400
"""Characters of a program's complaint that a person is shown."""


async def find_programs(server: int, given: Path | None) -> Path:
    """Return the folder with a `pg_dump` that can read a server of this major version.

    Raises `SystemFault` when there is none, before anything is written.
    """
    if given is not None:
        found = await _version(given)
        if found is None or found < server:
            what = "there is no pg_dump" if found is None else f"pg_dump is of PostgreSQL {found}"
            raise _no_program(server, f"In {given} {what}.")
        return given
    brought = sorted(version for version in POSTGRES_VERSIONS if version >= server)
    if brought:
        return Path(POSTGRES_VERSIONS[brought[-1]])
    if (on_path := shutil.which("pg_dump")) is not None:
        folder = Path(on_path).parent
        if (await _version(folder) or 0) >= server:
            return folder
    raise _no_program(server, f"Rushes brings the programs of PostgreSQL {max(POSTGRES_VERSIONS)}.")


def _no_program(server: int, why: str) -> SystemFault:
    return SystemFault(
        f"The server is PostgreSQL {server}, and no pg_dump here can read it. {why}",
        error_type=ErrorType.DATABASE,
        hint=f"Install the client programs of PostgreSQL {server} and set RUSHES_PG_BIN to their folder.",
    )


async def _version(folder: Path) -> int | None:
    try:
        process = await asyncio.create_subprocess_exec(
            folder / "pg_dump", "--version", env=child_environment(), stdout=asyncio.subprocess.PIPE
        )
    except OSError:
        return None
    said, _ = await process.communicate()
    found = _VERSION.search(said.decode(errors="replace"))
    return int(found.group(1)) if found else None


async def run_program(program: Path, url: URL, arguments: Sequence[str | Path]) -> None:
    """Run one on the database of a URL. Being cancelled ends it.

    The password goes by a file that only this user may read: neither the arguments nor the environment have
    it. Raises `SystemFault` with what the program said.
    """
    async with _password_file(url) as passwords:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            "--no-password",
            f"--dbname={url.set(drivername='postgresql', password=None).render_as_string()}",
            env=child_environment() | passwords,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, complaint = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
    if process.returncode:
        said = complaint.decode(errors="replace").strip()
        raise SystemFault(
            f"{program.name} failed: {said[-_TAIL:] or f'exit code {process.returncode}'}",
            error_type=ErrorType.DATABASE,
            hint="Check that the database answers and the disk has room: `rushes doctor`.",
        )


@asynccontextmanager
async def _password_file(url: URL) -> AsyncGenerator[dict[str, str]]:
    if not url.password:
        yield {}
        return
    # Any host, port and database: the program connects to one only.
    line = "*:*:*:*:" + str(url.password).replace("\\", "\\\\").replace(":", "\\:") + "\n"
    descriptor, name = await asyncio.to_thread(tempfile.mkstemp, prefix="rushes-", suffix=".pgpass")
    try:
        await asyncio.to_thread(_write, descriptor, line)
        yield {"PGPASSFILE": name}
    finally:
        await asyncio.to_thread(os.unlink, name)


def _write(descriptor: int, line: str) -> None:
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, FILE_MODE)
        file.write(line)
