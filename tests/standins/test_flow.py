"""The stand-in of Flow's page in real Chromium: that it is as much in a driver's way as the real one."""

import asyncio
from collections.abc import Awaitable
from io import BytesIO
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect
from standins._clips import code_of, read_code
from standins.flow import Scenario, Site, clip_text, serve_flow
from standins.flow.signin import PATHS

from tests.standins.conftest import Enter
from tests.standins.visitor import ADA, PATIENCE_MS, Visitor, Wire, picture

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=PATIENCE_MS)


async def by(page: Page, site: Site, part: str) -> None:
    await page.wait_for_url(lambda url: url.startswith(site.url) and part in url)


async def test_a_shot_goes_from_the_empty_project_to_two_files_with_its_code(enter: Enter):
    with serve_flow(Scenario(chip_seconds=0.3)) as site:
        page = await enter(site, ADA)
        await page.goto(f"{site.url}/")
        await page.locator("button.new-project-button").click()
        await expect(page.locator(".settings-trigger-button")).to_be_hidden()  # by the agent
        await page.locator("button.agent-mode-chip[aria-pressed=true]").click()
        visitor = Visitor(page)
        await expect(visitor.trigger).to_contain_text("x2")  # as last time
        await visitor.trigger.click()
        await expect(visitor.pane.locator("[aria-checked=true]", has_text="Ingredients")).to_be_visible()
        await visitor.pane.get_by_role("radio", name="Frames").click()
        await visitor.pane.get_by_role("radio", name="9:16").click()
        before = await visitor.pane.get_by_role("radio", name="9:16").element_handle()
        await visitor.pane.get_by_label("Select model family").click()
        await page.get_by_role("menuitem", name="Veo 3.1 - Fast").click()
        await expect(page.locator(".cdk-overlay-pane")).to_have_count(2)  # an empty one on top
        await before.wait_for_element_state("hidden")  # its row was made anew
        await expect(visitor.pane.get_by_role("radio", name="8s")).to_have_count(0)  # Veo is always 8 s
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(visitor.pane).to_have_count(0)
        await visitor.upload("shot-1a2b3c4d.png", picture())
        await expect(page.locator(".footer-left", has_text="shot-1a2b3c4d.png")).to_be_visible()
        await (await visitor.search_frame("shot-1a2b3c4d")).click()
        await expect(page.locator("button.chip-container[aria-busy=true]")).to_be_visible()
        await expect(page.locator("button.chip-container[aria-busy=false] img")).to_be_visible()
        await expect(visitor.submit).to_have_attribute("disabled", "true")
        await visitor.write("a dog\nlooks @ the sea")
        assert (await visitor.prompt.inner_text()).split("\n\n") == ["a dog", "looks @ the sea"]
        async with page.expect_response(lambda reply: "eb1hJf" in reply.url) as reply:
            await visitor.submit.click()
        assert (await (await reply.value).text()).startswith(")]}'\n\n")
        await expect(visitor.videos).to_have_count(2)
        [charge] = site.bill
        assert (charge.mode, charge.aspect, charge.outputs, charge.credits) == ("frames", "9:16", 2, 40)
        assert (charge.image_name, charge.prompt) == ("shot-1a2b3c4d.png", "a dog\nlooks @ the sea")
        wanted = {code_of(clip_text(charge.image_sha256, charge.prompt, number)) for number in (1, 2)}
        assert {await hovered(page, index) for index in (0, 1)} == wanted
        assert read_code(BytesIO(await saved(page, "720p"))) in wanted
        assert read_code(BytesIO(await saved(page, "1080p"))) in wanted


async def hovered(page: Page, index: int) -> int:
    tile = page.locator("flow-video-tile").nth(index)
    await page.mouse.move(5, 5)
    await expect(page.locator("video")).to_have_count(0)
    await tile.hover()
    address = await tile.locator("video").get_attribute("src")
    assert address is not None
    async with httpx.AsyncClient() as client:
        return read_code(BytesIO((await client.get(address)).content))


async def saved(page: Page, size: str) -> bytes:
    tile = page.locator("flow-video-tile").first
    await tile.hover()
    await tile.get_by_label("More options").click()
    await page.get_by_role("menuitem", name="Download").hover()
    await expect(page.get_by_role("menuitem", name="4K")).to_have_attribute("disabled", "true")
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name=size).click()
    return await asyncio.to_thread((await (await download.value).path()).read_bytes)


@pytest.mark.parametrize("kind", ["identifier", "chooser", "captcha", "rejected"])
async def test_each_way_to_a_session_is_walked_by_a_person(enter: Enter, kind: Any):
    last = "two_factor" if kind == "identifier" else ""
    with serve_flow(Scenario(sign_in=kind, challenge=last, first_run=True)) as site:
        page = await enter(site, None)
        await page.goto(f"{site.url}/project/anything")
        assert page.url == f"{site.url}/about"
        await page.locator("button.cta-button").click()
        await by(page, site, PATHS[kind])
        if kind == "rejected":
            await expect(page.get_by_text("This browser or app may not be secure.")).to_be_visible()
            return
        if kind == "identifier":
            await page.locator("input[type=email]").fill(ADA)
            await page.keyboard.press("Enter")
        elif kind == "chooser":
            await page.locator(f"[data-identifier='{ADA}']").click()
        elif kind == "captcha":
            await page.locator("input[type=checkbox]").check()
            await page.get_by_role("button", name="Next").click()
        await by(page, site, PATHS["password"])
        await page.locator("input[type=password]").fill("right")
        await page.keyboard.press("Enter")
        if kind == "identifier":
            await by(page, site, PATHS["two_factor"])
            await page.locator("input[type=tel]").fill("123456")
            await page.keyboard.press("Enter")
        await expect(page.locator("div.header-user-button")).to_be_visible()
        await page.locator("[role=dialog]").get_by_role("button", name="Get started").click()
        assert await page.evaluate("Boolean(window.WIZ_global_data.SNlM0e)")
        assert list(site.world.sessions.values()) == [ADA]


@pytest.mark.parametrize("kind", ["choice", "notice"])
async def test_the_cookie_bar_lies_over_submit_until_it_is_answered(enter: Enter, kind: Any):
    with serve_flow(Scenario(cookie_bar=kind, leftover_overlay=True)) as site:
        page = await enter(site, ADA)
        with Wire(site) as wire:
            await page.goto(f"{site.url}/project/{wire.project()}")
        visitor = Visitor(page)
        await expect(visitor.submit).to_be_visible()

        async def on_top() -> str:
            return await page.evaluate(
                "([x, y]) => document.elementFromPoint(x, y).closest('[class]').className",
                await middle(visitor),
            )

        assert "glue-cookie-notification-bar" in await on_top()
        reject = page.locator(".glue-cookie-notification-bar__reject")
        assert await reject.count() == (1 if kind == "choice" else 0)
        await page.locator(".glue-cookie-notification-bar__accept").click()
        bar = page.locator("#glue-cookie-notification-bar-1")
        await expect(bar).to_have_attribute("aria-hidden", "true")
        assert "cdk-overlay-backdrop" in await on_top()  # what some dialog has left
        await page.keyboard.press("Escape")
        assert "generate-icon-button" in await on_top() or "mat-icon" in await on_top()
        await page.reload()
        await expect(bar).to_have_attribute("aria-hidden", "true")


async def middle(visitor: Visitor) -> list[float]:
    box = await visitor.submit.bounding_box()
    assert box is not None
    return [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]


async def test_an_upload_asks_for_consent_once_and_the_picker_knows_it_late(enter: Enter):
    odd = Scenario(upload_consent=True, index_misses=2, add_to_prompt=True, remembered={"type": "frames"})
    with serve_flow(odd) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        await page.get_by_label("Add media menu").click()
        await page.locator("[role=menuitem]", has=visitor.icon("upload")).click()
        consent = page.locator("flow-upload-consent-dialog")
        async with page.expect_file_chooser():
            await consent.locator("mat-dialog-actions div.agree-actions-group button").click()
        assert site.account(ADA).consented
        await visitor.upload("late-0001.png", picture())
        await expect(page.locator(".footer-left", has_text="late-0001.png")).to_be_visible()
        options = await visitor.search_frame("late-0001")  # one miss to open, one to search
        await expect(options).to_have_count(0)
        await page.keyboard.press("Escape")
        options = await visitor.search_frame("late-0001")
        await options.click()
        await expect(page.locator(".chip-container")).to_have_count(0)
        await page.locator("button.detail-add-to-prompt-btn").click()
        await expect(page.locator(".chip-container img")).to_be_visible()


async def test_what_is_for_people_only_waits_for_one_and_an_upload_may_start_the_page_anew(enter: Enter):
    odd = Scenario(
        captcha_at_submit=True, clear_prompt_on_submit=True, changelog=True, upload_failures=1,
        upload_trouble="reload", remembered={"count": 1},
    )  # fmt: skip
    with serve_flow(odd) as site:
        page = await enter(site, ADA)
        await page.goto(f"{site.url}/")
        await page.locator("[role=dialog] button", has=page.locator("mat-icon:text-is('close')")).click()
        visitor = await Visitor(page).new_project(site)
        await visitor.write("a lake")
        await visitor.submit.click()
        challenge = page.frame_locator("iframe[title*='recaptcha challenge']")
        await expect(challenge.get_by_role("button")).to_be_visible()
        assert site.bill == []
        await challenge.get_by_role("button").click()
        await expect(visitor.videos).to_have_count(1)
        await expect(visitor.prompt).to_have_text("")
        async with page.expect_navigation():
            await visitor.upload("x.png", picture())
        await expect(visitor.prompt).to_be_visible()
        await visitor.upload("x.png", picture())
        await expect(page.locator(".footer-left", has_text="x.png")).to_be_visible()


async def test_who_has_only_the_agent_cannot_turn_it_off_and_pays_for_it(enter: Enter):
    with serve_flow(Scenario(agent_only=True)) as site:
        page = await enter(site, ADA)
        await page.goto(f"{site.url}/")
        await page.locator("button.new-project-button").click()
        visitor = Visitor(page)
        await visitor.write("a lake")
        assert not await visitor.trigger.is_visible()
        assert await page.locator(".agent-mode-chip").count() == 0
        await visitor.submit.click()
        await expect(visitor.videos.first).to_be_visible()
        assert [charge.mode for charge in site.bill] == ["agent"]


async def test_an_empty_slot_is_billed_as_text_and_typing_is_not_inserting(enter: Enter):
    with serve_flow(Scenario(remembered={"type": "frames", "count": 1}, out_of_order=True)) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        await visitor.write("first")
        await expect(visitor.submit).to_be_enabled()
        await page.keyboard.press("Enter")  # submits
        await expect(visitor.videos).to_have_count(1)
        assert [(charge.prompt, charge.mode) for charge in site.bill] == [("first", "text")]
        await expect(visitor.prompt).to_have_text("first")  # nothing clears it
        await visitor.prompt.click()
        await page.keyboard.press("End")
        await page.keyboard.type("@home")
        await expect(page.locator(".cdk-overlay-pane input.search-input")).to_have_value("home")
        await expect(visitor.prompt).to_have_text("first")


async def test_credits_below_the_price_put_a_warning_in_the_place_of_submit(enter: Enter):
    with serve_flow(Scenario(credits=15, remembered={"count": 1})) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        await visitor.write("a lake")
        await expect(visitor.submit).to_be_enabled()
        await visitor.choose("x2")
        await expect(visitor.submit).to_have_count(0)
        await expect(page.get_by_label("Insufficient credits warning")).to_be_visible()
        await page.get_by_label("Account details").click()
        await expect(page.get_by_role("dialog")).to_contain_text("15 Google Flow credits")


async def test_far_tiles_are_not_in_the_document_and_titles_are_not_prompts(enter: Enter):
    with serve_flow(Scenario(max_concurrent=99, generation_seconds=0.05, credits=9999)) as site:
        with Wire(site) as wire:
            project = wire.project()
            for number in range(15):
                wire.submit(project, f"prompt {number}", 4)
        page = await enter(site, ADA)
        await page.goto(f"{site.url}/project/{project}")
        await expect(Visitor(page).videos.first).to_be_visible()
        tiles = page.locator("flow-grid-tile-container")
        newest = await tiles.first.get_attribute("aria-label")
        assert newest is not None
        assert newest.endswith(" 60")
        assert 4 <= await tiles.count() < 40
        assert await page.get_by_text("prompt 14").count() == 0
        await page.locator(".page-container").hover(position={"x": 300, "y": 300})
        await page.mouse.wheel(0, 20_000)
        await expect(tiles.last).to_have_attribute("aria-label", "Through the Open Door 1")
        assert await page.locator(f"[aria-label='{newest}']").count() == 0


async def test_a_refusal_is_a_card_and_the_end_of_a_session_is_told(enter: Enter):
    with serve_flow(Scenario(remembered={"count": 1})) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        for tag in ("[people]", "[too_quickly]"):
            await visitor.write(f"{tag} a lake")
            await visitor.submit.click()
        cards = page.locator("flow-error-tile")
        await expect(cards).to_have_count(2)
        await expect(cards.filter(has_text="too quickly").locator(".error-title")).to_have_text("Failed")
        people = cards.filter(has_text="generating prominent people.")
        await expect(people.get_by_label("Reuse prompt")).to_be_visible()
        await people.get_by_label("Reuse prompt").click()
        await expect(visitor.prompt).to_have_text("[people] a lake")
        site.expire(ADA)
        await visitor.write("unpaid")
        await visitor.submit.click()
        await expect(page.locator("mat-snack-bar-container")).to_contain_text("signed out")
        assert [charge.credits for charge in site.bill] == [0]
        await page.reload()
        assert page.url == f"{site.url}/about"


@pytest.mark.parametrize("wire", ["opaque", "shifted"])
async def test_the_page_itself_reads_a_wire_that_nobody_else_can(enter: Enter, wire: Any):
    with serve_flow(Scenario(wire=wire, bare_rpc_url=True, remembered={"count": 1})) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        await visitor.write("a lake")
        await visitor.submit.click()
        await expect(visitor.videos).to_have_count(1)


@pytest.mark.parametrize(
    ("renames", "language"),
    [
        ({"class:generate-icon-button": "x-1", "icon:arrow_forward": "x_2"}, "ko"),
        ({"element:flow-prompt-box": "x-3", "rpc:YhhmEf": "Xy12Zz", "label:Start generation": "Xgo"}, "vi"),
    ],
)
async def test_whatever_is_renamed_the_page_works_on(enter: Enter, renames: dict[str, str], language: Any):
    with serve_flow(Scenario(renames=renames, language=language, remembered={"count": 1})) as site:
        page = await enter(site, ADA)
        visitor = await Visitor(page).new_project(site)
        await visitor.write("a lake")
        source = await page.content()
        for key, new in renames.items():
            kind, _, old = key.partition(":")
            if kind in ("class", "element"):
                assert f'"{old}' not in source
            assert kind == "rpc" or new in source
        label = "생성 시작" if language == "ko" else "Xgo"
        async with page.expect_request(lambda request: "batchexecute" in request.url) as request:
            await page.get_by_label(label, exact=True).click()
        assert (await request.value).method == "POST"
        await expect(page.locator("flow-video-tile img.thumbnail")).to_be_visible()
        assert len(site.bill) == 1


async def test_the_generation_before_makes_the_same_video_by_its_own_page(enter: Enter):
    with serve_flow(Scenario(generation="B", remembered={"type": "frames"})) as site:
        page = await enter(site, None)
        await page.goto(f"{site.url}/")
        await expect(page.get_by_role("button", name="Create with Google Flow")).to_be_visible()
        page = await enter(site, ADA)
        await page.goto(f"{site.url}/")
        await page.locator("button", has_text="add_2").click()
        await page.locator("button[aria-haspopup=menu]", has_text="x2").click()
        await page.locator("[role=tab][id$='-trigger-PORTRAIT']").click()
        await page.keyboard.press("Escape")
        await page.get_by_text("Start", exact=True).click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="Upload media").click()
        file: Any = {"name": "old.png", "mimeType": "image/png", "buffer": picture()}
        await (await chooser.value).set_files(file)
        await page.get_by_role("option", name="old.png").click()
        await page.locator("[data-slate-editor=true]").click()
        await page.keyboard.insert_text("a lake")
        create = page.locator("button[aria-disabled=false]", has_text="arrow_forward")
        await answered(page, create.click())
        videos = page.locator("video[src*='getMediaUrlRedirect?name=']")
        await expect(videos).to_have_count(2)
        [charge] = site.bill
        assert (charge.mode, charge.aspect, charge.image_name) == ("frames", "9:16", "old.png")
        address = await videos.first.get_attribute("src")
        reply = await page.context.request.get(f"{site.url}{address}")
        codes = {code_of(clip_text(charge.image_sha256, "a lake", number)) for number in (1, 2)}
        assert read_code(BytesIO(await reply.body())) in codes


async def answered(page: Page, act: Awaitable[None]) -> None:
    async with page.expect_response(lambda reply: "batchAsyncGenerateVideoStartImage" in reply.url) as reply:
        await act
    told = await (await reply.value).json()
    assert [each["status"] for each in told["operations"]] == ["MEDIA_GENERATION_STATUS_PENDING"] * 2
