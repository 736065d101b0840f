"""Paid calls of which nobody knows anything are decided on together, on the page."""

import re
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from rushes.engine.runtime import Runtime
from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.jobs import ledger, make_job, until, videos
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def lost(run: Runtime, name: str, shots: int) -> UUID:
    """A job whose calls may all have been accepted."""
    prompts = [f"{name} {n} [lost]" for n in range(shots)]
    job_id = await make_job(run, prompts, name=name, findable=False)

    async def all_uncertain() -> bool:
        return {each.waiting_for for each in await videos(run, job_id)} == {"uncertain"}

    await until(all_uncertain)
    return job_id


async def test_those_of_one_job_are_decided_on_together_with_what_is_known_beside_each(
    page: Page, server: Served
):
    run = server.run
    harbour, field = await lost(run, "Harbour", 3), await lost(run, "Field", 2)
    await Person(page, server.url).opens("/")
    await page.get_by_role("button", name="Decide together").click()
    dialog = page.get_by_role("dialog", name="Were they accepted?")
    known = dialog.get_by_role("region", name="What is known of them").get_by_role("listitem")
    await expect(known).to_have_count(5)
    await dialog.get_by_label("Sent before").fill("2020-01-01T00:00")
    await expect(known).to_have_count(0)
    await expect(dialog.get_by_role("button", name=re.compile("Ask for"))).to_be_disabled()
    await dialog.get_by_label("Sent before").fill("")
    await dialog.get_by_label("Provider").select_option("echo")
    await expect(known).to_have_count(5)
    await dialog.get_by_label("Job").select_option("Harbour")
    await expect(known).to_have_count(3)
    for each in await known.all():
        await expect(each).to_contain_text("Harbour")
        await expect(each).to_contain_text("echo")
        await expect(each).to_contain_text("no answer")
        await expect(each).to_contain_text(re.compile("Sent .*20"))
    assert await faults(page) == []
    await dialog.get_by_role("button", name="None of these 3 calls was made").click()
    await expect(page.get_by_text("Decided on 3 calls")).to_be_visible()
    await expect(dialog).to_have_count(0)
    assert not {each.state for each in await ledger(run, harbour)} & {"uncertain"}
    assert {each.state for each in await ledger(run, field)} == {"uncertain"}
    await page.get_by_role("button", name="Decide together").click()
    await expect(known).to_have_count(2)
    await dialog.get_by_role("button", name="All of these 2 calls were made").click()
    await expect(page.get_by_role("button", name="Decide together")).to_have_count(0)
    assert "uncertain" not in {each.waiting_for for each in await videos(run, field)}
    assert all(each.cost is not None for each in await ledger(run, field)), "they count as paid"
