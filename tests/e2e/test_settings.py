"""Keys, budgets and storage on the page: a secret goes in and is never seen again."""

import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini

from rushes.settings import Settings
from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "a-very-secret-key-x3Fq"


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
    day = page.get_by_label("A day", exact=True)
    save = page.get_by_role("button", name="Save", exact=True)
    await day.fill("twenty")
    await expect(page.get_by_text("Write an amount")).to_be_visible()
    await expect(save).to_be_disabled()
    await day.fill("20")
    await save.click()
    await expect(page.get_by_text("$0.00 of $20.00 used")).to_be_visible()
    await page.reload()
    await expect(day).to_have_value("20")


async def test_the_theme_is_kept(page: Page, server: Served):
    keeper = Keeper(page, server.url)
    await keeper.opens("/settings")
    for theme in ("Dark", "Light"):
        await page.get_by_role("group", name="Theme").get_by_text(theme, exact=True).click()
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
