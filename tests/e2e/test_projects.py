"""Projects and the order of the queue on the page."""

import re
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from rushes.jobs.queue_order import move_job
from rushes.jobs.queue_views import QueueMove
from rushes.platform.db.models import LOCAL_OWNER
from rushes.projects.actions import NewProject, create_project
from rushes.settings import Settings
from tests.api.rows import picture
from tests.e2e.axe import CONTRAST, faults
from tests.e2e.person import Person
from tests.jobs import make_job, view
from tests.serving import Served, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE = {"width": 390, "height": 844}


@pytest_asyncio.fixture(loop_scope="session")
async def still(built_page: None, settings: Settings):
    """Page and API; nobody works, so that what runs stays as it is."""
    async with serve(settings, with_worker=False) as served:
        yield served


class Organizer(Person):
    """A person who has many jobs."""

    @property
    def projects(self) -> Locator:
        """The projects in the settings."""
        return self.page.get_by_role("region", name="Projects")

    async def does(self, project: str, what: str) -> None:
        """Choose something from the menu of a project."""
        await self.projects.get_by_role("button", name=f"More: {project}").click()
        await self.page.get_by_role("menuitem", name=what, exact=True).click()

    @property
    def running(self) -> Locator:
        """The cards of the jobs that run now, in their order."""
        return self.page.get_by_role("region", name=re.compile("Running now")).get_by_role("listitem")

    async def sees_order(self, *names: str) -> None:
        """Wait until the jobs that run now are in this order."""
        for place, name in enumerate(names):
            await expect(self.running.nth(place)).to_contain_text(name)

    async def moves(self, job: str, where: str) -> None:
        """Move a job by its menu, with the keyboard alone."""
        await self.page.get_by_role("button", name=f"Move {job} in the queue").focus()
        await self.page.keyboard.press("Enter")
        item = self.page.get_by_role("menuitem", name=where, exact=True)
        await expect(item).to_be_visible()
        for _ in range(6):
            if await item.evaluate("each => each === document.activeElement"):
                break
            await self.page.keyboard.press("ArrowDown")
        await expect(item).to_be_focused()
        await self.page.keyboard.press("Enter")


async def test_a_project_from_its_creation_to_its_end(page: Page, still: Served):
    person = Organizer(page, still.url)
    await person.opens("/settings#projects")
    await expect(person.projects.get_by_text("No projects yet.")).to_be_visible()
    for name in ("Winter", "Summer"):
        await person.projects.get_by_label("Name").fill(name)
        await person.projects.get_by_role("button", name="Create project").click()
        await expect(person.projects.get_by_role("link", name=name)).to_be_visible()
    await person.projects.get_by_label("Name").fill("winter")
    await person.projects.get_by_role("button", name="Create project").click()
    await expect(page.get_by_text("There is a project named 'winter' already.")).to_be_visible()

    await person.does("Summer", "Rename")
    await page.get_by_role("dialog").get_by_label("Name").fill("Summer 2026")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(person.projects.get_by_role("link", name="Summer 2026")).to_be_visible()
    await person.does("Summer 2026", "Archive")
    row = person.projects.get_by_role("listitem").filter(has_text="Summer 2026")
    await expect(row.get_by_text("Archived")).to_be_visible()
    assert await faults(page) == []

    job_id = await make_job(still.run, ["a"], name="Lookbook", start=False)
    await make_job(still.run, ["a"], name="Another", start=False)
    await page.goto(f"{still.url}/jobs/{job_id}")
    await page.get_by_role("button", name="Project: No project. Change").click()
    await expect(page.get_by_role("menuitemradio")).to_have_text(["No project", "Winter"])
    await page.get_by_role("menuitemradio", name="Winter").click()
    await expect(page.get_by_role("button", name="Project: Winter. Change")).to_be_visible()

    await person.opens("/")
    await page.get_by_label("Project", exact=True).select_option("Winter")
    await expect(page).to_have_url(re.compile("project="))
    listed = page.get_by_role("region", name=re.compile("All jobs")).get_by_role("listitem")
    await expect(listed).to_have_count(1)
    await page.reload()
    await expect(listed).to_have_count(1)
    await expect(listed).to_contain_text("Lookbook")
    await page.get_by_label("Project", exact=True).select_option("No project")
    await expect(listed).to_have_count(1)
    await expect(listed).to_contain_text("Another")
    await page.get_by_label("Project", exact=True).select_option("All projects")
    await expect(listed).to_have_count(2)
    await expect(listed.filter(has_text="Lookbook")).to_contain_text("Winter")

    await person.opens("/settings#projects")
    await person.does("Winter", "Delete")
    await expect(page.get_by_role("dialog")).to_contain_text("Its 1 job will be kept.")
    assert await faults(page) == []
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Project deleted")).to_be_visible()
    await expect(person.projects.get_by_role("link", name="Winter")).to_have_count(0)
    assert (await view(still.run, job_id)).project is None


async def test_a_new_job_goes_into_a_project(page: Page, still: Served, tmp_path: Path):
    project = await create_project(still.run, LOCAL_OWNER, NewProject(name="Winter"))
    person = Organizer(page, still.url)
    image = tmp_path / "1.jpg"
    image.write_bytes(picture())
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("1. a fox")
    await person.opens("/new")
    await person.drops(image, prompts)
    await person.chooses_echo()
    await page.get_by_label("Project", exact=True).select_option("Winter")
    await person.starts(1)
    await expect(page.get_by_role("button", name="Project: Winter. Change")).to_be_visible()
    job_id = UUID(page.url.rpartition("/")[2])
    made = (await view(still.run, job_id)).project
    assert made is not None
    assert made.id == project.id


async def test_jobs_are_moved_with_the_keyboard_alone(page: Page, still: Served):
    jobs = {name: await make_job(still.run, ["a"], name=name) for name in ("Autumn", "Winter", "Spring")}
    person = Organizer(page, still.url)
    await person.opens("/")
    await person.sees_order("Autumn", "Winter", "Spring")
    await expect(person.running.get_by_text("in queue")).to_have_count(0)  # all take turns
    await person.moves("Spring", "Move to top")
    await person.sees_order("Spring", "Autumn", "Winter")
    await expect(person.running.first).to_contain_text("No. 1 in queue")
    await expect(page.get_by_role("button", name="Move Spring in the queue")).to_be_focused()
    await person.moves("Spring", "Move down")
    await person.sees_order("Autumn", "Spring", "Winter")
    await expect(page.get_by_role("button", name="Move Spring in the queue")).to_be_focused()
    await person.moves("Autumn", "Move to bottom")
    await person.sees_order("Spring", "Winter", "Autumn")
    await page.get_by_role("button", name="Move Spring in the queue").click()
    for name, possible in (("Move to top", False), ("Move up", False), ("Move down", True)):
        item = page.get_by_role("menuitem", name=name, exact=True)
        await expect(item).to_be_enabled() if possible else await expect(item).to_be_disabled()
    assert await faults(page) == []
    await page.get_by_role("menuitem", name="Take turns again").click()
    await expect(person.running.filter(has_text="Spring")).not_to_contain_text("in queue")
    # what is moved elsewhere is seen here
    await move_job(still.run, LOCAL_OWNER, jobs["Winter"], QueueMove.BOTTOM)
    await person.sees_order("Spring", "Autumn", "Winter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_projects_and_the_queue_can_be_read_in_every_light(page: Page, still: Served, scheme: str):
    await create_project(still.run, LOCAL_OWNER, NewProject(name="A project with quite a long name, " * 2))
    for name in ("Autumn", "A job with a name that does not fit into any card, however wide it may be"):
        await make_job(still.run, ["a"], name=name)
    await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    person = Organizer(page, still.url)
    for width in (1280, PHONE["width"]):
        await page.set_viewport_size({"width": width, "height": PHONE["height"]})
        for path in ("/", "/settings#projects", "/new"):
            await person.opens(path)
            await expect(page.locator(".shimmer")).to_have_count(0)
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, width)
            assert await faults(page, CONTRAST) == []
