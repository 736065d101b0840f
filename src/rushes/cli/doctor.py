"""`rushes doctor`: looks at everything an installation needs, and says how to repair it."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime

from rich.text import Text
from sqlalchemy import text

from rushes.cli._background import worker_alive
from rushes.cli._doctor_machine import (
    check_data_folder,
    check_ffmpeg,
    check_images,
    check_port,
    check_python,
)
from rushes.cli._doctor_storage import storage_and_archive
from rushes.cli._doctor_upkeep import check_upkeep
from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_note, stdout, table
from rushes.cli._session import acting_user
from rushes.cli._verdict import Check, Verdict, broken, note, ok
from rushes.engine.credentials import list_credentials
from rushes.engine.credentials import sealed as sealed_credential
from rushes.engine.flow_views import FLOW
from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import Invalid, RushesError
from rushes.flow_signins.login import provider_of
from rushes.platform.db.faults import in_a_line
from rushes.providers.video.flow.browser.installed import program_of, screen_of
from rushes.providers.video.flow.browser.window import INSTALL
from rushes.settings import Settings

OLDEST_POSTGRES = 150000
SEE_OR_REPORT = "If what it says does not help, please report it."


def doctor(json: JsonOption = False) -> None:
    """Check everything this installation needs, and say what to do about what is missing.

    Ends with 1 when something is broken.

    [bold]Examples[/bold]
    $ rushes doctor
    $ rushes doctor --json
    """
    settings = load_settings()
    checks = asyncio.run(examine(settings))
    if json:
        print_json(checks)
    else:
        grid = table("", "", "")
        grid.show_header = False
        styles = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.BROKEN: "bold red"}
        for check in checks:
            grid.add_row(Text(check.verdict, styles[check.verdict]), check.name, Text(check.found))
            if check.to_do:
                grid.add_row("", "", Text(f"→ {check.to_do}", "bold"))
        stdout().print(grid)
    wrong = sum(check.verdict is Verdict.BROKEN for check in checks)
    if wrong and not json:
        print_note(f"{wrong} of {len(checks)} are broken; the arrows say what to do.", "bold red")
    exit_with(Code.FAILED if wrong else Code.DONE)


async def examine(settings: Settings) -> list[Check]:
    """Look at everything. Never raises for what it finds, nor for a check that itself fails."""
    checks: list[Check] = []

    async def look(name: str, at: Awaitable[Check | list[Check]]) -> None:
        try:
            found = await at
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told, and the rest is looked at
            found = broken(name, in_a_line(error), f"This check itself failed. {SEE_OR_REPORT}")
        checks.extend(found if isinstance(found, list) else [found])

    await look("Python", asyncio.to_thread(check_python))
    await look("FFmpeg", check_ffmpeg())
    await look("Images", asyncio.to_thread(check_images))
    await look("Data folder", asyncio.to_thread(check_data_folder, settings))
    await look("Storage", storage_and_archive(settings))
    await look("PostgreSQL", _database_and_worker(settings))
    await look("Port", asyncio.to_thread(check_port, settings))
    return checks


async def _database_and_worker(settings: Settings) -> list[Check]:
    """Opening the runtime starts or reaches the database and brings its tables up to date."""
    # The storage has been looked at; what is wrong with it must not hide the rest.
    alone = settings.model_copy(update={"storage_url": None, "s3_bucket": None, "archive_url": None})
    checks: list[Check] = []
    try:
        async with open_runtime(alone) as run:
            checks.append(await _database(run))
            checks.append(await _worker(run))
            checks += await check_upkeep(run)
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
        return ok("Worker", "none now; one starts automatically when there is work")
    return note("Worker", "none is alive on this database", "Start one when there is work: rushes worker")


def _providers(run: Runtime) -> Check:
    """Whether each can be built: it has settings of its own. Raises `Invalid` for one that does not hold."""
    for provider_id in run.providers.every_id:
        run.providers.of_any_kind(provider_id)
    return ok("Settings", "all valid")


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
        to_do = "Fix them: rushes keys add, test, enable; rushes flow login."
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
