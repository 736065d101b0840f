"""Images and prompts whose names and lines leave doubt: the page asks, and does as it is answered."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.cli.installation import make_batch
from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")

CASES = Path(__file__).parents[1] / "intake/cases"


def named(folder: Path, names: list[str], prompts: str) -> list[Path]:
    """Images with these names, from the newest to the oldest, and a prompts file."""
    batch = make_batch(folder, ["a"] * len(names))
    for age, (number, name) in enumerate(enumerate(names, start=1)):
        image = next(path for path in batch.iterdir() if path.stem == str(number))
        renamed = image.rename(image.with_name(name))
        os.utime(renamed, (1_000_000 - age * 100, 1_000_000 - age * 100))
    file = next(path for path in batch.iterdir() if path.suffix == ".txt")
    file.write_text(prompts)
    return [*(batch / name for name in names), file]


async def test_numbers_that_do_not_meet_are_asked_about_and_the_answer_can_be_changed(
    page: Page, server: Served, tmp_path: Path
):
    files = named(tmp_path / "in", ["IMG_7.jpg", "IMG_12.jpg", "IMG_9.jpg"], "1. A fox\n2. A crow\n3. An owl")
    person = Person(page, server.url)
    await person.opens("/new")
    await person.chooses(*files)
    await person.chooses_echo()
    question = page.get_by_role("region", name="How do the images pair with the prompts?")
    await expect(question).to_contain_text("aren't the numbers of the prompts")
    await expect(page.get_by_role("button", name=re.compile("^Start"))).to_be_disabled()
    orders = {"name": "IMG_7.jpg, IMG_9.jpg, IMG_12.jpg", "date": "IMG_9.jpg, IMG_12.jpg, IMG_7.jpg"}
    for way, names in orders.items():
        await expect(question.get_by_role("button", name=f"By {way}")).to_contain_text(names)
    assert await faults(page) == []
    await question.get_by_role("button", name="In the order dropped").focus()
    await page.keyboard.press("Enter")
    choice = page.get_by_label("Pair images")
    await expect(choice).to_be_focused()
    await expect(choice).to_have_value("order")
    image_of = {1: "IMG_7.jpg", 2: "IMG_12.jpg", 3: "IMG_9.jpg"}
    for number, name in image_of.items():
        await expect(page.get_by_role("button", name=f"Image of shot {number}: {name}")).to_be_visible()
    await choice.select_option(label="By date")
    await expect(page.get_by_role("button", name="Image of shot 1: IMG_9.jpg")).to_be_visible()
    assert await faults(page) == []

    await page.reload()  # what was chosen is part of the draft
    await expect(choice).to_have_value("date")
    await person.starts(3)
    await person.sees_finished(1)
    await expect(
        page.get_by_role("region", name="Shot 1").get_by_role("img", name="IMG_9.jpg")
    ).to_be_visible()


async def test_prompts_that_can_be_split_in_two_ways_are_asked_about(
    page: Page, server: Served, tmp_path: Path
):
    text = "A fox runs.\nSlow push in.\n\nA crow flies.\nPan left.\n\nAn owl sleeps.\nStatic camera."
    files = named(tmp_path / "in", ["1.jpg", "2.jpg"], text)
    person = Person(page, server.url)
    await person.opens("/new")
    await person.chooses(*files)
    await person.chooses_echo()
    question = page.get_by_role("region", name="Where does each prompt begin?")
    await expect(question.get_by_role("button", name="One per line")).to_contain_text("6 prompts")
    assert await faults(page) == []
    await question.get_by_role("button", name="One per paragraph").click()
    await expect(page.get_by_label("Split prompts")).to_have_value("paragraphs")
    await expect(person.prompt(2)).to_have_value(re.compile("A crow flies.\\s+Pan left."))
    await expect(person.prompt(3)).to_have_value(re.compile("An owl sleeps."))


async def test_one_prompt_is_made_with_every_image_when_that_is_chosen(
    page: Page, server: Served, tmp_path: Path
):
    files = named(tmp_path / "in", ["fox.jpg", "crow.jpg", "owl.jpg"], "Slow push in")
    person = Person(page, server.url)
    await person.opens("/new")
    await person.chooses(*files)
    await person.chooses_echo()
    await expect(page.get_by_text("pair One for all")).to_be_visible()
    await page.get_by_label("Pair images").select_option(label="One for all")
    await expect(person.prompt(3)).to_have_value("Slow push in")
    await person.starts(3)
    await person.sees_finished(3)


@pytest.mark.parametrize(
    ("case", "image"),
    [
        ("K1-backslash.zip", "2.jpg"),
        ("K3-gbk-names.zip", "图片2.jpg"),
        ("K5-hidden-root.zip", "2.jpg"),
        ("S1-caption-beside-image.zip", "2.jpg"),
    ],
)
async def test_a_zip_of_any_maker_is_read_as_the_server_reads_it(
    page: Page, server: Served, case: str, image: str
):
    person = Person(page, server.url)
    await person.opens("/new")
    await person.drops(CASES / case)
    await person.chooses_echo()
    await expect(page.get_by_role("button", name=f"Image of shot 2: {image}")).to_be_visible()
    await person.starts(3)
    await person.sees_finished(2)
    await expect(page.get_by_role("region", name="Shot 2").get_by_role("img", name=image)).to_be_visible()


async def test_images_whose_names_do_not_say_so_are_found_in_a_zip(page: Page, server: Served):
    person = Person(page, server.url)
    await person.opens("/new")
    await person.drops(CASES / "L1-endings.zip")
    await expect(page.get_by_text("isn't an image")).to_have_count(0)
    await expect(page.get_by_role("button", name=re.compile("^Image of shot 1: "))).to_be_visible()


async def test_an_upload_to_a_job_that_is_there_asks_too(page: Page, server: Served, tmp_path: Path):
    files = named(tmp_path / "in", ["IMG_7.jpg", "IMG_12.jpg"], "1. A fox\n2. A crow")
    person = Person(page, server.url)
    made = await page.request.post(
        f"{server.url}/api/jobs/create", data={"job_name": "Later", "settings": {"provider": "echo"}}
    )
    await person.opens(f"/jobs/{(await made.json())['job_id']}")
    await person.drops(*files)
    await page.get_by_role("button", name="Upload and check").click()
    question = page.get_by_role("region", name="How do the images pair with the prompts?")
    await question.get_by_role("button", name="By name").click()
    await expect(page.get_by_text("2 shots matched")).to_be_visible()
    await expect(question).to_have_count(0)
