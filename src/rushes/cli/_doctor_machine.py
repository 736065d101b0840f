"""What `rushes doctor` looks at on the machine itself: Python, FFmpeg, images, the data folder, the port."""

import asyncio
import os
import platform
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable
from tempfile import TemporaryFile

from PIL import features

from rushes.cli._listen import address, answers_as_rushes
from rushes.cli._verdict import Check, broken, ok
from rushes.errors import RushesError
from rushes.platform.children import child_environment
from rushes.platform.media.ffmpeg import ffmpeg_exe
from rushes.platform.storage.bucket import free_bytes
from rushes.settings import Settings

OLDEST_PYTHON = (3, 11)
ENCODERS = ("libx264", "aac")
FORMATS = {"jpg": "JPEG", "zlib": "PNG", "webp": "WebP", "avif": "AVIF"}
ANSWER_SECONDS = 20.0
SET_UP_AGAIN = "Install Rushes again (in a checkout: remove .venv, then run make)."


def check_python() -> Check:
    """Whether this Python is new enough."""
    found = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        return broken("Python", found, "Install Python 3.11 or newer.")
    return ok("Python", found)


async def check_ffmpeg() -> Check:
    """Whether FFmpeg runs and has the encoders that are used."""
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


def check_images() -> Check:
    """Whether every format of images can be read."""
    probe: Callable[[str], bool | None] = features.check
    missing = [title for name, title in FORMATS.items() if not probe(name)]
    if missing:
        return broken("Images", f"Pillow cannot read {', '.join(missing)}.", SET_UP_AGAIN)
    # HEIC is read by a library of its own, which is there or this command would not have come so far.
    return ok("Images", f"{', '.join(FORMATS.values())}, HEIC")


def check_data_folder(settings: Settings) -> Check:
    """Whether the data folder can be written and has room. Blocking."""
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


def check_port(settings: Settings) -> Check:
    """Whether the port is free, or Rushes answers there. Blocking, a second at most."""
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
