"""A link from the page to a guest without an account: made, opened, reviewed, revoked."""

import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from rushes.settings import Settings
from tests.accounts.people import ADMIN, PASSWORD, with_admin
from tests.api.rows import finished
from tests.e2e.axe import CONTRAST, faults
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def studio(built_page: None, settings: Settings) -> AsyncGenerator[Served]:
    """A server with accounts and an admin."""
    async with serve(settings.model_copy(update={"accounts": "on"}), with_worker=False) as served:
        await with_admin(served.run)
        yield served


async def test_a_job_is_shared_by_a_link_that_a_guest_opens_reviews_and_loses(
    studio: Served, page: Page, browser: Browser
):
    job_id, _ = await finished(studio.run, [b"one", b"two"])
    await page.goto(f"{studio.url}/jobs/{job_id}")
    await page.get_by_label("Mail address").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share by a link")
    await dialog.get_by_label("Password (optional)").fill("under the bridge")
    await dialog.get_by_label("Guests can leave stars and notes").check()
    await dialog.get_by_role("button", name="Create link").click()
    url = await dialog.get_by_label("The link. Copy it now: it is not shown again.").input_value()
    path = re.sub(r"^https?://[^/]+", "", url)
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    try:
        guest = await context.new_page()
        loaded: list[str] = []
        guest.on("request", lambda request: loaded.append(request.url))
        answer = await guest.goto(f"{studio.url}{path}")
        assert answer is not None
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        await guest.get_by_label("Password").fill("under the bridge")
        assert await faults(guest) == []
        await guest.get_by_role("button", name="Open").click()
        await expect(guest.get_by_role("heading", name="Shot 2, take 1")).to_be_visible()
        assert not [each for each in loaded if re.search(r"/assets/(vendor|shared|index)", each)], "small"
        assert await faults(guest) == []
        for scheme in ("dark", "light"):
            await guest.emulate_media(color_scheme=scheme)
            assert await faults(guest, CONTRAST) == []
        assert await guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
        form = guest.get_by_role("form", name="Shot 1, take 1")
        await form.get_by_label("Your name").fill("Grace")
        await form.get_by_label("Stars").select_option("4")
        await form.get_by_label("Note").fill("The second half.")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_role("status")).to_have_text("Sent. Thank you.")
        await page.goto(f"{studio.url}/settings")
        await page.get_by_role("button", name="1 review").click()
        await expect(page.get_by_text("Grace: ★★★★ The second half.")).to_be_visible()
        await page.get_by_role("button", name=re.compile("^Revoke: ")).click()
        await expect(page.get_by_text("No links yet.")).to_be_visible()
        await guest.reload()
        await expect(guest.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    finally:
        await context.close()


async def test_without_accounts_nothing_is_shared(server: Served, page: Page):
    job_id, _ = await finished(server.run, [b"one"])
    await page.goto(f"{server.url}/jobs/{job_id}")
    await expect(page.get_by_role("button", name="Download").first).to_be_visible()
    await expect(page.get_by_role("button", name="Share", exact=True)).to_have_count(0)
