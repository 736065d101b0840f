"""Keys, budgets and storage on the page: a secret goes in and is never seen again."""

import json
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini

from rushes.engine.credentials import set_aside
from rushes.engine.states import CredentialState, JobChanges
from rushes.engine.transitions import change_jobs
from rushes.flow_signins.actions import list_all
from rushes.platform.db.models import LOCAL_OWNER
from rushes.settings import Settings
from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.jobs import make_job
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "a-very-secret-key-x3Fq"
STATE = {
    "cookies": [
        {
            "name": "SID",
            "value": "a-very-secret-cookie",
            "domain": ".google.com",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": True,
            "sameSite": "Lax",
        }
    ],
    "origins": [],
}
NOTICES = """
    window.shown = [];
    document.hasFocus = () => false;
    window.Notification = class {
        static permission = "granted";
        static requestPermission = async () => "granted";
        constructor(title) { shown.push(title); }
        close() {}
    };
"""
"""A browser without a window shows no notifications: this writes down those it is asked for."""


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    built_page: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Served]:
    """The real server; Gemini's API is the stand-in."""
    with serve_app(create_app(Gemini(tiny=True))) as gemini:
        monkeypatch.setenv("RUSHES_OMNI_BASE_URL", gemini)
        async with serve(settings, with_worker=False) as served:
            yield served


class Keeper(Person):
    """A person at the settings."""

    @property
    def omni(self) -> Locator:
        """The provider that keys are added for."""
        return self.page.get_by_role("article", name=re.compile("Omni"))

    async def adds_a_key(self, secret: str, name: str) -> None:
        """Paste a key and have it tested."""
        await self.omni.get_by_role("button", name="Add a key").click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_label("Key", exact=True).fill(secret)
        await dialog.get_by_label("Name", exact=True).fill(name)
        await dialog.get_by_role("button", name="Test and save").click()

    async def does(self, name: str, what: str) -> None:
        """Something out of a key's menu."""
        await self.page.get_by_role("button", name=f"More: {name}").click()
        await self.page.get_by_role("menuitem", name=what).click()


async def test_a_key_is_added_tested_switched_off_replaced_and_deleted(page: Page, server: Served):
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    await keeper.adds_a_key(SECRET, "Work")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(keeper.omni).to_contain_text("Work")
    await expect(keeper.omni).to_contain_text("ends with x3Fq")
    await expect(keeper.omni).to_contain_text("Ready")
    await keeper.omni.get_by_role("button", name="Test").click()
    await expect(page.get_by_text("Work works")).to_be_visible()

    await keeper.does("Work", "Switch off")
    await expect(keeper.omni).to_contain_text("Switched off")
    await keeper.does("Work", "Switch on")
    await expect(keeper.omni).to_contain_text("Ready")

    await keeper.does("Work", "Replace the key")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Key", exact=True)).to_have_value("")
    await dialog.get_by_label("Key", exact=True).fill("another-secret-key-9Zk2")
    await dialog.get_by_role("button", name="Replace").click()
    await expect(keeper.omni).to_contain_text("ends with 9Zk2")
    assert await faults(page) == []

    await page.reload()
    await expect(keeper.omni).to_contain_text("9Zk2")
    assert "secret-key" not in await page.content()
    await keeper.does("Work", "Delete")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(keeper.omni).to_contain_text("Needs a key")


async def test_a_key_that_does_not_work_is_not_kept_and_says_why(page: Page, server: Served):
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    await keeper.adds_a_key("invalid-key-of-nobody", "Broken")
    field = page.get_by_role("dialog").get_by_label("Key", exact=True)
    await expect(field).to_have_attribute("aria-invalid", "true")
    assert await faults(page) == []
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(keeper.omni).to_contain_text("Needs a key")


async def test_caps_are_set_and_what_is_no_amount_is_refused_at_its_field(page: Page, server: Served):
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    day = page.get_by_label("Daily limit", exact=True)
    save = page.get_by_role("button", name="Save", exact=True)
    await day.fill("twenty")
    await expect(page.get_by_text("Enter an amount")).to_be_visible()
    await expect(save).to_be_disabled()
    await day.fill("20")
    await save.click()
    await expect(page.get_by_text("$0.00 of $20.00 used")).to_be_visible()
    await page.reload()
    await expect(day).to_have_value("20")


async def test_a_flow_account_is_imported_checked_switched_off_and_signed_out(
    page: Page, server: Served, tmp_path: Path
):
    state = tmp_path / "studio.json"
    state.write_text(json.dumps(STATE))
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    flow = page.get_by_role("article", name="Flow")
    await flow.get_by_role("button", name="Import a sign-in").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("studio")
    await dialog.get_by_label("Choose a file").set_input_files(state)
    await dialog.get_by_role("button", name="Import", exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(flow).to_contain_text("studio")
    await expect(flow).to_contain_text("Checking")
    assert "very-secret-cookie" not in await page.content()

    # What a worker finds out, the page hears of.
    [account] = await list_all(server.run, LOCAL_OWNER)
    async with server.run.db.begin() as session:
        assert await set_aside(
            session, account.id, "flow", CredentialState.NEEDS_AUTH, "Google wants you back."
        )
    await expect(flow).to_contain_text("Signed out")
    await expect(flow.get_by_role("button", name="Sign in again")).to_be_visible()
    assert await faults(page) == []

    await keeper.does("studio", "Sign out")
    await page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    await expect(flow).to_contain_text("Needs a Flow sign-in")


async def test_room_is_made_of_what_nothing_needs(page: Page, server: Served):
    left = server.run.settings.work_dir / "upload-of-a-crash"
    left.mkdir()
    (left / "1.jpg").write_bytes(bytes(2000))
    os.utime(left, (0, 0))
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    storage = page.get_by_role("region", name="Storage")
    await storage.get_by_role("button", name="Free up space").click()
    await expect(page.get_by_text("2.0 kB freed")).to_be_visible()
    assert not left.exists()
    await storage.get_by_role("button", name="Free up space").click()
    await expect(page.get_by_text("Nothing to clean up")).to_be_visible()


async def test_notifications_come_when_one_looks_elsewhere(page: Page, server: Served):
    await page.add_init_script(NOTICES)
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    await page.get_by_label("Notify me when a job ends").check()
    await page.get_by_role("button", name="Send a test").click()
    assert await page.evaluate("shown") == ["Rushes"]
    await page.reload()
    await expect(page.get_by_label("Notify me when a job ends")).to_be_checked()
    await keeper.sees_connection("Live")

    job_id = await make_job(server.run, ["A fox"])
    async with server.run.db.begin() as session:
        ended = await change_jobs(session, [job_id], JobChanges.COMPLETE)
    assert ended == [job_id]
    await page.wait_for_function("() => shown.length > 0")
    assert "is finished" in (await page.evaluate("shown"))[0]


async def test_a_browser_that_was_told_no_says_so(page: Page, server: Served):
    await page.add_init_script(NOTICES.replace("granted", "denied"))
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    await expect(page.get_by_label("Notify me when a job ends")).to_be_disabled()
    await expect(page.get_by_text("Blocked by your browser")).to_be_visible()


async def test_the_theme_is_kept(page: Page, server: Served):
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    for theme in ("Dark", "Light"):
        for above in ("Nothing spent yet.", "Nothing to clean up."):
            await expect(page.get_by_text(above)).to_be_visible()  # nothing moves from here on
        await page.get_by_role("group", name="Theme").get_by_text(theme, exact=True).click()
        await expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
