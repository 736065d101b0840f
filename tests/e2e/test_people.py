"""Two people on one installation: set up, invited, in one space; nothing of it without accounts."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from rushes.accounts.setup import make_setup_code
from rushes.settings import Settings
from tests.accounts.people import ADMIN, PASSWORD
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def studio(built_page: None, settings: Settings) -> AsyncGenerator[Served]:
    """A server with accounts that nobody has set up."""
    on = settings.model_copy(update={"accounts": "on"})
    async with serve(on, with_worker=False) as served:
        yield served


async def fill(page: Page, **fields: str) -> None:
    """Fill fields by their labels."""
    for label, value in fields.items():
        await page.get_by_label(label.replace("_", " "), exact=True).fill(value)


async def test_an_admin_sets_up_and_another_person_joins_by_a_link(
    studio: Served, page: Page, browser: Browser
):
    code = (await make_setup_code(studio.run)).secret
    await page.goto(f"{studio.url}/setup#{code}")
    await fill(page, Mail_address=ADMIN, Name="Ada", Password=PASSWORD)
    assert code not in page.url, "the address has no secret any more"
    await page.get_by_role("button", name="Become the admin").click()
    await expect(page.get_by_role("button", name=f"Account: {ADMIN}")).to_be_visible()
    await page.goto(f"{studio.url}/settings")
    await page.get_by_label("Name of the space").fill("Film")
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.get_by_role("button", name=f"Account: {ADMIN}").click()
    await page.get_by_role("menuitemradio", name="Film").click()
    await page.wait_for_url(f"{studio.url}/")
    await page.goto(f"{studio.url}/settings")
    await page.get_by_role("button", name="Invite somebody new").click()
    link = page.get_by_role("textbox", name="This link works once")
    account = (await link.input_value()).rpartition("#")[2]
    context = await browser.new_context()
    try:
        await other_person(studio, context, account)
        await page.get_by_role("button", name="Invite", exact=True).click()
        shown = page.get_by_role("textbox", name="This link works once").first
        await expect(shown).not_to_have_value("")
        joined = await context.new_page()
        await joined.goto(f"{studio.url}/invite#{(await shown.input_value()).rpartition('#')[2]}")
        await joined.get_by_role("button", name="Join the space").click()
        await joined.wait_for_url(f"{studio.url}/")
        await page.reload()
        await expect(page.get_by_text("bob@example.org").first).to_be_visible()
        await joined.get_by_role("button", name="Account: bob@example.org").click()
        await expect(joined.get_by_role("menuitemradio", name="Film")).to_be_visible()
        await joined.get_by_role("menuitem", name="Sign out").click()
        await expect(joined.get_by_role("heading", name="Sign in")).to_be_visible()
    finally:
        await context.close()


async def other_person(studio: Served, context: BrowserContext, invite: str) -> None:
    """Make an account by a link, and sign in again with it."""
    page = await context.new_page()
    await page.goto(f"{studio.url}/")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto(f"{studio.url}/invite#{invite}")
    await expect(page.get_by_text("You are invited to create an account here.")).to_be_visible()
    await fill(page, Mail_address="bob@example.org", Name="Bob", Password=PASSWORD)
    await page.get_by_role("button", name="Create the account").click()
    await expect(page.get_by_role("button", name="Account: bob@example.org")).to_be_visible()
    await page.get_by_role("button", name="Account: bob@example.org").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await fill(page, Mail_address="bob@example.org", Password="not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("The address or the password is wrong.")
    await fill(page, Password=PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Account: bob@example.org")).to_be_visible()
    await page.close()


async def test_without_accounts_nothing_of_people_is_on_the_page(server: Served, page: Page):
    await page.goto(f"{server.url}/settings")
    await expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    await expect(page.get_by_role("heading", name="People")).to_have_count(0)
    await expect(page.get_by_role("button", name="Account")).to_have_count(0)
