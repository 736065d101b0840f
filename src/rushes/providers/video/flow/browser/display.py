"""A screen for a browser with a window where there is none: Xvfb of our own, one a browser, gone with it."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Mapping

from rushes.errors import ErrorType, SystemFault
from rushes.platform.children import child_environment

START_SECONDS = 20.0
SCREEN = "1600x1000x24"


@contextlib.asynccontextmanager
async def screen(*, headless: bool) -> AsyncGenerator[Mapping[str, str]]:
    """The environment in which a browser has a screen. Raises `SystemFault` that says what to install."""
    if headless or not sys.platform.startswith("linux") or has_screen():
        yield child_environment(browser=True)
        return
    program = shutil.which("Xvfb")
    if program is None:
        raise SystemFault(
            "Flow is worked in a browser with a window, and this machine has no screen.",
            error_type=ErrorType.BROWSER,
            hint="Install Xvfb (Debian, Ubuntu: apt-get install xvfb), or set RUSHES_FLOW_HEADLESS=true.",
        )
    reading, writing = os.pipe()
    # It ends by itself a little after its last window, so that none is left by a worker that was killed.
    server = await asyncio.create_subprocess_exec(
        program,
        *("-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp", "-terminate", "10"),
        pass_fds=(writing,),
        env=child_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        yield {**child_environment(browser=True), "DISPLAY": f":{await _number(reading)}"}
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


def has_screen() -> bool:
    """Whether there is a screen to open a window on."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


async def _number(reading: int) -> str:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb")
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            number = (await reader.readline()).decode().strip()
    except TimeoutError:
        number = ""
    finally:
        transport.close()
    if not number:
        raise SystemFault(
            "The screen for the browser (Xvfb) does not start.",
            error_type=ErrorType.BROWSER,
            hint="Try `Xvfb :99` by hand: it says what is missing.",
        )
    return number
