"""What `rushes doctor` does: looks at everything an installation needs, and says how to mend it."""

import asyncio
import os
import platform
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from tempfile import TemporaryFile

from PIL import features
from rich.text import Text
from sqlalchemy import text

from rushes.cli._words import Code
from rushes.cli.work.background import worker_alive
from rushes.cli.work.doctor_storage import storage_and_archive
from rushes.cli.work.doctor_upkeep import look_at_upkeep
from rushes.cli.work.environment import load_settings
from rushes.cli.work.output import out, say, table, tell_json
from rushes.cli.work.serve import address, answers_as_rushes
from rushes.cli.work.session import acting_user
from rushes.cli.work.verdict import Check, Verdict, broken, note, ok
from rushes.engine.credentials import list_credentials
from rushes.engine.credentials import sealed as sealed_credential
from rushes.engine.flow_views import FLOW
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import Invalid, RushesError
from rushes.flow_signins.login import provider_of
from rushes.platform.children import child_environment
from rushes.platform.db.faults import in_a_line
from rushes.platform.media.ffmpeg import ffmpeg_exe
from rushes.platform.storage.bucket import free_bytes
from rushes.providers.video.flow.browser.installed import program_of, screen_of
from rushes.providers.video.flow.browser.window import INSTALL
from rushes.settings import Settings

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 150000
ENCODERS = ("libx264", "aac")
FORMATS = {"jpg": "JPEG", "zlib": "PNG", "webp": "WebP", "avif": "AVIF"}
ANSWER_SECONDS = 20.0
SEE_OR_REPORT = "If what it says does not help, please report it."
SET_UP_AGAIN = "Install Rushes again (in a checkout: remove .venv, then run make)."


def doctor(json: bool) -> int:
    """Run the command. Returns its exit code."""
    settings = load_settings()
    checks = asyncio.run(examine(settings))
    if json:
        tell_json(checks)
    else:
        made = table("", "", "")
        made.show_header = False
        styles = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.BROKEN: "bold red"}
        for check in checks:
            made.add_row(Text(check.verdict, styles[check.verdict]), check.name, Text(check.found))
            if check.to_do:
                made.add_row("", "", Text(f"→ {check.to_do}", "bold"))
        out().print(made)
    wrong = sum(check.verdict is Verdict.BROKEN for check in checks)
    if wrong and not json:
        say(f"{wrong} of {len(checks)} are broken; the arrows say what to do.", "bold red")
    return Code.FAILED if wrong else Code.DONE


async def examine(settings: Settings) -> list[Check]:
    """Look at everything. Never raises for what it finds, nor for a check that itself fails."""
    checks: list[Check] = []

    async def look(name: str, at: Awaitable[Check | list[Check]]) -> None:
        try:
            found = await at
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told, and the rest is looked at
            found = broken(name, in_a_line(error), f"This check itself failed. {SEE_OR_REPORT}")
        checks.extend(found if isinstance(found, list) else [found])

    await look("Python", asyncio.to_thread(_python))
    await look("FFmpeg", _ffmpeg())
    await look("Images", asyncio.to_thread(_pictures))
    await look("Data folder", asyncio.to_thread(_data_folder, settings))
    await look("Storage", storage_and_archive(settings))
    await look("PostgreSQL", _database_and_worker(settings))
    await look("Port", asyncio.to_thread(_port, settings))
    return checks


def _python() -> Check:
    found = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        return broken("Python", found, "Install Python 3.11 or newer.")
    return ok("Python", found)


async def _ffmpeg() -> Check:
    try:
        exe = ffmpeg_exe()
    except RushesError as error:
        return broken("FFmpeg", error.message, error.hint)
    to_do = f"{SET_UP_AGAIN} Or set IMAGEIO_FFMPEG_EXE to an FFmpeg that has them."
    try:
        version = await _run(exe, "-hide_banner", "-version")
        encoders = await _run(exe, "-hide_banner", "-encoders")
    except (OSError, TimeoutError) as error:
        return broken("FFmpeg", f"{exe} does not run: {error or 'no answer'}.", to_do)
    there = {line.split()[1] for line in encoders.splitlines() if len(line.split()) > 1}
    missing = [name for name in ENCODERS if name not in there]
    if missing:
        return broken("FFmpeg", f"{exe} has no encoder {' and no '.join(missing)}.", to_do)
    number = (version.split() + ["?"] * 3)[2]
    return ok("FFmpeg", f"{number} with {' and '.join(ENCODERS)}")


async def _run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=child_environment()
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), ANSWER_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output.decode(errors="replace")


def _pictures() -> Check:
    probe: Callable[[str], bool | None] = features.check
    missing = [title for name, title in FORMATS.items() if not probe(name)]
    if missing:
        return broken("Images", f"Pillow cannot read {', '.join(missing)}.", SET_UP_AGAIN)
    # HEIC is read by a library of its own, which is there or this command would not have come so far.
    return ok("Images", f"{', '.join(FORMATS.values())}, HEIC")


def _data_folder(settings: Settings) -> Check:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return broken(
            "Data folder",
            f"{folder} cannot be written: {error.strerror}.",
            "Set RUSHES_DATA_DIR to a folder you may write to.",
        )
    free, least = free_bytes(folder), settings.min_free_bytes
    found = f"{folder}, {free / 1e9:.1f} GB free"
    if free < least:
        return broken(
            "Data folder",
            found,
            f"Free some space: jobs pause below {least / 1e9:.1f} GB (RUSHES_MIN_FREE_BYTES).",
        )
    return ok("Data folder", found)


async def _database_and_worker(settings: Settings) -> list[Check]:
    """Opening the runtime starts or reaches the database and brings its tables up to date."""
    # The storage has been looked at; what is wrong with it must not hide the rest.
    alone = settings.model_copy(update={"storage_url": None, "s3_bucket": None, "archive_url": None})
    checks: list[Check] = []
    try:
        async with open_runtime(alone) as run:
            checks.append(await _database(run))
            checks.append(await _worker(run))
            checks += await look_at_upkeep(run)
            checks += _models(run)
            checks += await _keys(run)
            checks.append(await asyncio.to_thread(_providers, run))
            checks += await asyncio.to_thread(_flow, run)
    except Invalid as error:
        checks.append(broken("Settings", _faults(error), error.hint))
    except RushesError as error:
        checks.append(broken("PostgreSQL", error.message, error.hint))
    return checks


def _faults(error: Invalid) -> str:
    return " ".join(f"{fault.where}: {fault.message}" for fault in error.faults) or error.message


async def _database(run: Runtime) -> Check:
    async with run.db.begin() as session:
        number = int((await session.execute(text("SHOW server_version_num"))).scalar_one())
    kind = "embedded" if run.db.embedded else run.db.url.render_as_string(hide_password=True)
    found = f"{number // 10000}.{number % 10000}, {kind}"
    if number < OLDEST_POSTGRES:
        return broken("PostgreSQL", found, "Use PostgreSQL 15 or newer.")
    return ok("PostgreSQL", found)


async def _worker(run: Runtime) -> Check:
    if await worker_alive(run):
        return ok("Worker", "alive")
    if run.db.embedded:
        return ok("Worker", "none now; one starts by itself when there is work")
    return note("Worker", "none is alive on this database", "Start one when there is work: rushes worker")


def _providers(run: Runtime) -> Check:
    """Whether each can be built: it has settings of its own. Raises `Invalid` for one that does not hold."""
    for provider_id in run.providers.every_id:
        run.providers.of_any_kind(provider_id)
    return ok("Settings", "all hold")


def _models(run: Runtime) -> list[Check]:
    """Models whose end is near, or past."""
    today = datetime.now(UTC).date()
    ends = [
        f"{provider_id}: {warning}"
        for provider_id in run.providers.ids
        for model in run.providers.catalogue(provider_id).models
        if (warning := model.warning(today))
    ]
    if not ends:
        return [ok("Models", "none is shut down within 60 days")]
    to_do = "RUSHES_CATALOGUE_FILE can name newer ones."
    return [note("Models", " ".join(ends), to_do)]


async def _keys(run: Runtime) -> list[Check]:
    """Keys that wait for their owner, or that cannot be decrypted here."""
    async with run.db.statement() as session:
        keys = await list_credentials(session, acting_user())
        sealed = [await sealed_credential(session, key.id) for key in keys]
    faults = [f"{key.provider}, {key.name}: {key.state_reason}" for key in keys if key.state_reason]
    for row in sealed:
        try:
            if row is not None and row.secret:  # an account that is signed out has none
                run.vault.open(row.secret)
        except RushesError as error:
            return [broken("Keys", error.message, error.hint)]
    if faults:
        to_do = "Put them right: rushes keys add, test, enable; rushes flow login."
        return [note("Keys", "; ".join(faults), to_do)]
    return [ok("Keys", f"{len(keys)}, all can be decrypted" if keys else "none yet")]


def _flow(run: Runtime) -> list[Check]:
    """The browser for Flow. Without one all else works, and Flow does where another worker has one."""
    if FLOW not in run.providers.ids:
        return []
    config = provider_of(run).config
    program, shown = program_of(config), screen_of(config)
    if program is None:
        found = f"no browser ({config.browser}) for Flow"
        return [note("Browser", found, INSTALL)]
    if shown is None:
        to_do = "Install Xvfb (apt-get install xvfb), or set RUSHES_FLOW_HEADLESS=true."
        return [note("Browser", f"{program}, but no screen", to_do)]
    return [ok("Browser", f"{program} for Flow, on {shown}")]


def _port(settings: Settings) -> Check:
    url = address(settings.host, settings.port)
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        if answers_as_rushes(url):
            return ok("Port", f"Rushes is up at {url}")
        return broken(
            "Port",
            f"{settings.host}, port {settings.port}: {error.strerror}.",
            "Set RUSHES_PORT (or RUSHES_HOST), or stop what uses it.",
        )
    return ok("Port", f"{settings.port} is free on {settings.host}")
