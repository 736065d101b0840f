"""Google Flow through the real engine and a real Chromium, against the stand-in's page."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.flow import Site, serve_flow
from tests.flowing import assert_whole, flow_job, quick, sign_in, use_flow
from tests.jobs import until_status

from rushes.runtime import Runtime
from rushes.settings import Settings

PROMPTS = [f"A boat number {number} leaves the pier" for number in range(1, 15)]

BATCH_SECONDS = 300.0
"""It takes half a minute of a free core; on a busy machine that is long."""


@pytest.fixture(autouse=True)
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve_flow(quick()) as served:
        use_flow(monkeypatch, served, settings.data_dir)
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("window", ["headless", "headed"])
@pytest.mark.usefixtures("worker")
async def test_14_images_make_28_whole_videos_each_from_its_own_image_and_prompt(
    window: str, run: Runtime, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if window == "headed":
        assert shutil.which("Xvfb"), "`python -m scripts.chromium` installs it"
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.setenv("RUSHES_FLOW_HEADLESS", "false")
    await sign_in(run, site, "ada")
    job_id = await flow_job(run, PROMPTS, tmp_path, outputs=2)
    job = await until_status(run, job_id, "completed", "failed", seconds=BATCH_SECONDS)
    assert (job.status, job.completed_videos) == ("completed", 28), job.error_summary
    await assert_whole(run, site, job_id)
    assert {charge.mode for charge in site.bill} == {"frames"}
    assert {charge.outputs for charge in site.bill} == {2}
