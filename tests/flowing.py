"""Helpers for tests of Google Flow: the stand-in in a real Chromium, accounts, and jobs with images."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import insert
from standins._clips import code_of, read_code
from standins.flow import Charge, Scenario, Site, clip_text

from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.flow_signins.actions import keep_account
from rushes.jobs.start import create_job, start_job
from rushes.platform.db.models import LOCAL_OWNER, Shot
from rushes.platform.media.probe import probe
from rushes.providers.video.flow.provider import FlowProvider
from rushes.providers.video_contract import Credential, JobRef
from tests.jobs import folder, videos, view

QUICK: dict[str, Any] = {
    "rerender_seconds": 0.02,
    "submit_enable_seconds": 0.02,
    "upload_seconds": 0.02,
    "chip_seconds": 0.02,
    "submit_reply_seconds": 0.02,
    "queue_seconds": 0.05,
    "generation_seconds": 0.2,
    "blank_seconds": 0.05,
    "url_seconds": 0.05,
    "poll_seconds": 0.1,
}
"""A good day, soon over."""


def quick(**fields: Any) -> Scenario:
    """A scenario in which nothing takes long."""
    return Scenario(**{**QUICK, **fields})


def use_flow(monkeypatch: pytest.MonkeyPatch, site: Site, data_dir: Path, **settings: object) -> None:
    """Point the provider at the stand-in, with short waits, in the Chromium of this machine."""
    given: dict[str, object] = {
        "url": site.url,
        "browser": "chromium",
        "headless": "true",
        "poll_seconds": 0.1,
        "reply_seconds": 15,
        "settle_seconds": 1,
        "quiet_seconds": 5,
        "complaint_seconds": 1,
        "throttle_seconds": 1,
        **settings,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"RUSHES_FLOW_{name.upper()}", str(value))
    monkeypatch.setenv("RUSHES_DATA_DIR", str(data_dir))


async def sign_in(run: Runtime, site: Site, name: str) -> UUID:
    """An account of that name that is signed in, without a pause between its submits."""
    account = await keep_account(run, LOCAL_OWNER, name, site.sign_in_state(f"{name}@example.com"))
    async with run.db.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE credentials SET spacing_seconds = 0")
    return account.id


async def leave_tabs(flow: FlowProvider, account: Credential, keep: JobRef | None = None) -> None:
    """Close the account's tabs but that of a job: each goes on asking for news as long as it is open."""
    session = await flow.accounts.session(account)
    if not session.is_open:
        return
    pages = session._pages  # pyright: ignore[reportPrivateUsage]
    left = pages.get(keep.id) if keep else None
    if left is None or left.page.is_closed():
        await session.tab()  # a browser without any tab would end
    for page in [*pages.values()]:
        if page is not left and not page.page.is_closed():
            await page.page.close()


def picture_of(number: int) -> bytes:
    """A small PNG that is no other's."""
    buffer = BytesIO()
    Image.new("RGB", (160, 90), (number * 17 % 256, number * 91 % 256, 90)).save(buffer, "PNG")
    return buffer.getvalue()


async def flow_job(
    run: Runtime, prompts: Sequence[str], tmp_path: Path, *, images: bool = True, **settings: Any
) -> UUID:
    """A job of Flow, started: a shot a prompt, each with an image of its own."""
    job_id = await create_job(
        run,
        LOCAL_OWNER,
        "on the pier",
        JobSettings.model_validate(
            {"provider": "flow", "allow_text_only": not images, "duration_seconds": 4, **settings}
        ),
    )
    shots: list[dict[str, object]] = []
    for number, prompt in enumerate(prompts, start=1):
        shot: dict[str, object] = {"owner_id": LOCAL_OWNER, "job_id": job_id, "number": number}
        shot |= {"prompt": prompt, "seed": number}
        if images:
            file = tmp_path / f"{job_id}-{number}.png"
            file.write_bytes(picture_of(number))
            key = f"jobs/{job_id}/images/{number}.png"
            await run.bucket.put(key, file)
            shot |= {"image_key": key, "image_filename": f"{number}.png"}
        shots.append(shot)
    async with run.db.begin() as session:
        await session.execute(insert(Shot), shots)
    await start_job(run, LOCAL_OWNER, job_id)
    return job_id


SHORT_SIDES = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}


def assert_as_billed(file: Path, charge: Charge, *, resolution: str | None = None) -> None:
    """The file has the length, shape and size that was billed, or the larger size it was fetched in."""
    facts, short = probe(file), SHORT_SIDES[resolution or charge.resolution]
    long = short * 16 // 9
    expected = (short, long) if charge.aspect == "9:16" else (long, short)
    assert (facts.width, facts.height) == expected
    assert facts.duration_seconds == pytest.approx(charge.duration, abs=0.05)


async def assert_whole(run: Runtime, site: Site, job_id: UUID, *, images: bool = True) -> None:
    """Every video is there, made from its own image and prompt, and every generation was asked for once."""
    made: dict[tuple[str, str], set[int]] = {}
    options = (await view(run, job_id)).settings["options"]
    for video in await videos(run, job_id):
        assert video.status == "completed", (video.prompt_text, video.status, video.error_message)
        sha = hashlib.sha256(picture_of(video.prompt_number)).hexdigest() if images else ""
        file = folder(run).path(f"jobs/{job_id}/videos/{video.video_id}.mp4")
        code = read_code(file)
        charge = next(each for each in site.bill if each.prompt == video.prompt_text)
        assert charge.duration == options["duration_seconds"], "it was billed as asked"
        assert_as_billed(file, charge)
        made.setdefault((sha, video.prompt_text), set()).add(code)
    for (sha, prompt), codes in made.items():
        expected = {code_of(clip_text(sha, prompt, index)) for index in range(1, len(codes) + 1)}
        assert codes == expected, prompt
    asked = [(charge.image_sha256, charge.prompt) for charge in site.bill]
    assert sorted(asked) == sorted(made), "each was asked for once"
