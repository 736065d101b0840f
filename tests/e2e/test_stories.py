"""The story room on the page: topic, script, voice, pictures; two tabs; a batch of topics."""

import re

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTES = """# How rice grows

More than half of the people on Earth eat rice. Every grain of it is the seed of a grass.

## Seed

Farmers soak the seeds for a day. Then they sow them in a wet bed.
"""


class Teller(Person):
    """A person in the story room."""

    async def writes(self, text: str) -> None:
        """Fill in a new story and have its script written."""
        await self.opens("/stories/new")
        await self.page.get_by_label("Topic, notes or script").fill(text)
        await self.page.get_by_role("button", name="Write script").click()
        await expect(self.narration(1)).to_be_visible()

    def narration(self, section: int) -> Locator:
        """What the voice says in a section."""
        return self.page.get_by_label(f"Narration, Section {section}", exact=True)

    @property
    def sections(self) -> Locator:
        """Every section of the script."""
        return self.page.get_by_label(re.compile(r"^Narration, Section \d+$"))

    async def goes_to(self, tab: str) -> None:
        """Open a tab of the story."""
        await self.page.get_by_role("navigation", name="Story").get_by_role("link", name=tab).click()

    async def does(self, section: int, action: str) -> None:
        """Choose something in the menu of a section."""
        await self.page.get_by_role("button", name=f"More for section {section}").click()
        await self.page.get_by_role("menuitem", name=action).click()


async def test_without_a_story_the_way_to_one_is_shown_and_a_text_is_asked_for(page: Page, server: Served):
    teller = Teller(page, server.url)
    await teller.opens("/stories")
    await expect(page.get_by_text("Turn a topic into a film")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("link", name="New story").click()
    await expect(page.get_by_text("What works without a key")).to_be_visible()
    await expect(page.get_by_role("button", name="Make the film")).to_contain_text("free")
    await page.get_by_role("button", name="Make the film").click()
    await expect(page.get_by_text("Enter a topic, notes or a script.")).to_be_visible()
    assert await faults(page) == []


async def test_notes_become_a_script_that_is_edited_spoken_and_given_pictures(page: Page, server: Served):
    teller = Teller(page, server.url)
    await teller.writes(NOTES)
    await expect(page.get_by_text("Length at this voice's pace")).to_be_visible()
    assert await faults(page) == []
    whole = await teller.sections.count()

    await teller.narration(1).fill("Rice feeds half of us. It is a grass.")
    await teller.narration(1).blur()
    await expect(page.get_by_text("Changed narration of a section.")).to_be_visible()
    await teller.narration(1).evaluate("(area) => area.setSelectionRange(22, 22)")
    await teller.narration(1).press("Control+Enter")
    await expect(teller.sections).to_have_count(whole + 1)
    await expect(teller.narration(2)).to_have_value("It is a grass.")
    await page.get_by_role("button", name="Move section 2", exact=True).press("ArrowUp")
    await expect(teller.narration(1)).to_have_value("It is a grass.")
    await teller.does(1, "Merge with the next section")
    await expect(teller.sections).to_have_count(whole)
    await expect(teller.narration(1)).to_have_value("It is a grass. Rice feeds half of us.")

    await teller.goes_to("Voice")
    await page.get_by_role("button", name=re.compile("Make voice")).click()
    await expect(page.get_by_role("slider", name="Waveform of section 1")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Rice", exact=True).first.click()
    await expect(page.get_by_role("button", name="Pause section 1")).to_be_visible()

    await teller.goes_to("Pictures")
    await page.get_by_role("button", name=re.compile("Get pictures")).click()
    await expect(page.get_by_role("img", name="Picture 1 of section 1")).to_have_js_property("complete", True)
    assert await faults(page) == []


async def test_two_tabs_agree_and_the_same_field_is_not_overwritten_unasked(
    window: BrowserContext, server: Served
):
    first, second = Teller(await window.new_page(), server.url), Teller(await window.new_page(), server.url)
    await first.writes(NOTES)
    await second.page.goto(first.page.url)
    await expect(second.narration(1)).to_be_visible()

    await first.narration(2).fill("Changed in the first tab.")
    await first.narration(2).blur()
    await expect(second.narration(2)).to_have_value("Changed in the first tab.")

    await second.narration(1).fill("Being written in the second tab")
    await first.narration(1).fill("Said by the first tab.")
    await first.narration(1).blur()
    await expect(first.page.get_by_role("status").filter(has_text="Saving")).to_have_count(0)
    await second.narration(1).blur()
    conflict = second.page.get_by_text("Changed elsewhere")
    await expect(conflict.first).to_be_visible()
    await second.page.get_by_role("button", name="Use mine").first.click()
    await expect(first.narration(1)).to_have_value("Being written in the second tab")


async def test_a_batch_of_five_topics_is_reviewed_by_keyboard(page: Page, server: Served):
    teller = Teller(page, server.url)
    await teller.opens("/stories/batch")
    topics = "\n".join(f"{each} grows on wet ground and is eaten all over the world." for each in "ABCDE")
    await page.get_by_label("Topics", exact=True).fill(topics)
    await page.get_by_label("Language, Topic 5").select_option("de")
    assert await faults(page) == []
    await page.get_by_role("button", name=re.compile("Start 5 stories")).click()
    queue = page.get_by_role("region", name="Review queue")
    await expect(queue).to_be_visible()
    await expect(page.get_by_text("5 to review")).to_be_visible()
    assert await faults(page) == []
    await queue.press("s")
    await queue.press("Enter")
    await expect(page.get_by_text("4 to review")).to_be_visible()
