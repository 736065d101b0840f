"""Any single name of Flow's page may change: the shot works by another way in, or stops and says where.

One shot for each name that a shot can meet; by default for a few of those that the driver tries first,
by the seed, and for all that it does not know at once. Whatever happens, nothing is asked for twice.
"""

import random
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from standins._clips import code_of, read_code
from standins.flow import Site, clip_text, serve_flow
from standins.flow.names import Name, names
from tests.flowing import leave_tabs, quick
from tests.providers.kit import ignore, picture
from tests.samples import SEED

from rushes.errors import ErrorType, ProviderChanged, RetryLater
from rushes.providers.video.flow.browser.guide import Guide, load_guides
from rushes.providers.video.flow.provider import FlowOptions, FlowProvider, FlowSettings
from rushes.providers.video_contract import Call, Credential, JobRef, Running, ShotInput

pytestmark = pytest.mark.asyncio(loop_scope="module")
ON_THE_WAY = (
    "home.", "composer.", "settings.", "frames.", "upload.", "picker.", "tile", "account", "header", "overlay"
)  # fmt: skip
"""Elements that a shot meets."""
SOME = 5
PARTS = 8
"""All names take half an hour of one core; in parts they run beside each other."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve_flow(quick(credits=1_000_000)) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def flow(site: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FlowProvider]:
    given = {
        "url": site.url,
        "RUSHES_DATA_DIR": tmp_path_factory.mktemp("flow"),
        "browser": "chromium",
        "headless": True,
        "poll_seconds": 0.05,
        "find_seconds": 2,
        "reply_seconds": 4,
        "settle_seconds": 1,
        "quiet_seconds": 1.5,
        "complaint_seconds": 1,
        "recycle_after": 1000,
    }
    provider = FlowProvider(FlowSettings.model_validate(given))
    yield provider
    await provider.close()


@pytest.fixture(scope="module")
def ada(site: Site) -> Credential:
    return Credential(uuid4(), "ada", site.sign_in_state("ada@example.com"))


def known(guide: Guide) -> str:
    """Everything that our description of the page says, as one text."""
    return guide.model_dump_json()


def first_ways(guide: Guide) -> set[str]:
    """What is tried first for each element that a shot meets, and the calls' ids."""
    said = [
        str(element.alternatives[0])
        for name, element in guide.elements.items()
        if name.startswith(ON_THE_WAY)
    ]
    calls = [each for ids in guide.rpc.values() for each in ids]
    return {word for each in [*said, *calls] for word in re.findall(r"[\w-]+", each)}


def chosen() -> tuple[list[Name], list[Name], list[Name]]:
    """All names; those that are tried first; those of which our description says nothing."""
    (guide, *_) = load_guides()
    every, first, said = names(), first_ways(guide), known(guide)
    return (
        every,
        [each for each in every if each.value in first and each.kind != "attribute"],
        [each for each in every if each.value not in said and each.kind in {"class", "element", "rpc"}],
    )


async def shot(
    flow: FlowProvider, ada: Credential, site: Site, renamed: Sequence[Name], tmp_path: Path
) -> str | None:
    """Make one with these names changed: the step at which it stopped, or None when it worked."""
    site.scenario = quick(renames={each.key: f"zq{abs(hash(each.key)) % 10**6}" for each in renamed})
    prompt = f"A boat {uuid4().hex[:8]}"
    image = picture(tmp_path / "boat.png", (320, 180))
    options = FlowOptions.model_validate({"duration_seconds": 4})
    shot = ShotInput(prompt, None, image, "omni-1.1-flash", (1,))
    call = Call(str(uuid4()), shot, options, ada, JobRef(uuid4(), "renamed"))
    try:
        try:
            remote_id = await flow.submit(call)
        except ConnectionError:  # as the engine does: look, and never send it again by itself
            found = await flow.find(call)
            if not isinstance(found, str):
                assert found is not None or not billed(site, prompt), "it would be paid twice"
                return "uncertain: find"
            remote_id = found
        while isinstance(answer := await flow.status(call, remote_id), Running):
            pass
        assert not answer.failures, answer.failures
        into = tmp_path / "boat.mp4"
        await flow.fetch(call, answer.outputs[0], into, ignore)
    except (ProviderChanged, RetryLater) as error:
        if error.error_type is ErrorType.PROVIDER_CHANGED and re.match(
            r"[a-z_]+(\.[a-z_]+)*: ", error.message
        ):
            return error.message
        raise
    finally:
        await leave_tabs(flow, ada)
        assert billed(site, prompt) <= 1, renamed
    assert read_code(into) == code_of(clip_text(site.bill[-1].image_sha256, prompt, 1))
    assert site.bill[-1].mode == "frames"
    return None


def billed(site: Site, prompt: str) -> int:
    return sum(charge.prompt == prompt for charge in site.bill)


@pytest.mark.slow
async def test_names_that_we_do_not_know_may_all_change_at_once(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    _, _, unknown = chosen()
    assert len(unknown) > 50
    assert await shot(flow, ada, site, unknown, tmp_path) is None


async def go_through(
    some: Sequence[Name], flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
) -> None:
    """A shot for each of them, alone. Most have to work: stopping is for the few that nothing replaces."""
    ends = {each.key: await shot(flow, ada, site, [each], tmp_path) for each in some}
    stopped = {key: end for key, end in ends.items() if end}
    print(f"{len(ends)} names, {len(stopped)} stopped:", *stopped.items(), sep="\n  ")
    assert len(stopped) < max(2, len(ends) / 4), stopped


@pytest.mark.slow
async def test_a_name_that_is_tried_first_may_change(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    _, first, _ = chosen()
    assert len(first) > 20
    await go_through(random.Random(SEED).sample(first, SOME), flow, ada, site, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
async def test_any_single_name_may_change(
    part: int, flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    every, _, _ = chosen()
    await go_through(every[part::PARTS], flow, ada, site, tmp_path)
