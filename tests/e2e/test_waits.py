"""What does not start says why on the page, and who acts."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from rushes.engine import credentials
from rushes.errors import ErrorType
from tests.e2e.person import Person
from tests.jobs import make_job
from tests.keyed import give_key, need_keys
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_key_out_of_quota_is_the_reason_on_the_job_its_takes_and_the_dashboard(
    page: Page, server: Served, monkeypatch: pytest.MonkeyPatch
):
    run = server.run
    need_keys(run, monkeypatch)
    key_id = await give_key(run, "studio-key")
    async with run.db.begin() as session:
        await credentials.rest(session, key_id, 4 * 3600, ErrorType.QUOTA)
    job_id = await make_job(run, ["A fox", "A hen"])
    person = Person(page, server.url)
    await person.opens_job(job_id)
    said = page.get_by_role("status").filter(has_text="studio-key is cooling down")
    await expect(said).to_contain_text("The provider's limit for a day or a month is reached.")
    await expect(said).to_contain_text("It starts automatically after the wait")
    await expect(person.take(1)).to_contain_text("Key cooling down")
    await expect(person.take(1)).to_contain_text("Continues in 4 h")
    await person.opens("/")
    need = page.get_by_role("link").filter(has_text="2 videos can't start")
    await expect(need).to_contain_text("studio-key is cooling down")
    await need.click()
    await expect(person.take(2)).to_contain_text("Key cooling down")


async def test_a_rest_that_begins_and_ends_is_seen_without_a_reload(
    page: Page, server: Served, monkeypatch: pytest.MonkeyPatch
):
    run = server.run
    need_keys(run, monkeypatch)
    key_id = await give_key(run, "studio-key", spacing_seconds=600)
    async with run.db.begin() as session:
        at = datetime.now(UTC) + timedelta(minutes=5)
        await session.execute(text("UPDATE credentials SET spaced_until = :at"), {"at": at})
    job_id = await make_job(run, ["A fox"])
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await expect(person.take(1)).to_contain_text("Queued")
    async with run.db.begin() as session:
        await credentials.rest(session, key_id, 3600, ErrorType.RATE_LIMITED)
    await expect(person.take(1)).to_contain_text("Key cooling down")
