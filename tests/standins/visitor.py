"""What a person does in the stand-in of Flow's page, and what its wire says without a browser."""

import json
from io import BytesIO
from typing import Any, Self

import httpx
from PIL import Image
from playwright.async_api import Locator, Page
from standins.flow import Site
from standins.flow.site import BATCH

from tests.waiting import PATIENCE_SECONDS

PATIENCE_MS = 1000 * PATIENCE_SECONDS
ADA = "ada@example.com"


def picture(shade: str = "teal") -> bytes:
    """A small PNG."""
    buffer = BytesIO()
    Image.new("RGB", (90, 160), shade).save(buffer, "PNG")
    return buffer.getvalue()


class Visitor:
    """A person in a project of generation C."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.submit = page.locator("button.generate-icon-button")
        self.prompt = page.locator("div.ProseMirror")
        self.trigger = page.locator(".settings-trigger-button")
        self.pane = page.locator(".cdk-overlay-pane", has=page.locator("[role=radio]"))
        self.videos = page.locator("img[alt='Generated video thumbnail']")

    async def new_project(self, site: Site) -> Self:
        """From the home page into an empty project, with the agent off."""
        await self.page.goto(f"{site.url}/")
        await self.page.locator("button.new-project-button").click()
        await self.page.locator("button.agent-mode-chip[aria-pressed=true]").click()
        return self

    async def choose(self, *words: str) -> None:
        """Opens the settings, presses one toggle after another, and closes them."""
        await self.trigger.click()
        for word in words:
            await self.pane.get_by_role("radio", name=word).click()
        await self.page.keyboard.press("Escape")

    async def write(self, text: str) -> None:
        """Instead of what is there."""
        await self.prompt.click()
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.press("Delete")
        await self.page.keyboard.insert_text(text)

    async def upload(self, name: str, data: bytes) -> None:
        """By the header's menu."""
        await self.page.locator("button[aria-haspopup=menu]", has=self.icon("add")).first.click()
        async with self.page.expect_file_chooser() as chooser:
            await self.page.locator("[role=menuitem]", has=self.icon("upload")).click()
        file = {"name": name, "mimeType": "image/png", "buffer": data}
        await (await chooser.value).set_files(file)  # pyright: ignore[reportArgumentType]

    async def search_frame(self, name: str) -> Locator:
        """Opens the picker of the start frame and searches; gives the options."""
        await self.page.locator("button.empty-chip").first.click()
        async with self.page.expect_response(lambda reply: "UpteDb" in reply.url and bool(reply.ok)):
            await self.page.locator(".cdk-overlay-pane input.search-input").fill(name)
        return self.page.locator("[role=option]", has_text=name)

    def icon(self, ligature: str) -> Locator:
        """A sign, whatever the language."""
        return self.page.locator(f"mat-icon:text-is('{ligature}')")


class Wire:
    """An account's session that calls batchexecute as the page does."""

    def __init__(self, site: Site, email: str = ADA) -> None:
        self.site = site
        cookies = {each["name"]: each["value"] for each in json.loads(site.sign_in_state(email))["cookies"]}
        self.at = "AAt" + cookies["OSID"][:12]
        self.client = httpx.Client(base_url=site.url, cookies=cookies, headers={"x-same-domain": "1"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def post(self, rpc: str, args: Any) -> httpx.Response:
        """The reply as it came."""
        form = {"f.req": json.dumps([[[rpc, json.dumps(args), None, "generic"]]]), "at": self.at}
        return self.client.post(BATCH, params={"rpcids": rpc}, data=form)

    def part(self, rpc: str, args: Any) -> list[Any]:
        """The `wrb.fr` part of the reply."""
        return json.loads(self.post(rpc, args).text.split("\n")[3])[0]

    def call(self, rpc: str, args: Any) -> Any:
        """The payload."""
        return json.loads(self.part(rpc, args)[2])

    def token(self) -> str:
        """A captcha's token, for one submit."""
        text = self.client.post("/recaptcha/enterprise/reload").text
        return json.loads(text.split("\n")[1])[1]

    def project(self) -> str:
        """A new one."""
        return self.call("jHPbke", [])[0]

    def submit(self, project: str, prompt: str, outputs: int = 1, token: str | None = None) -> list[Any]:
        """The `wrb.fr` part of a submit from words alone."""
        settings = ["Veo 3.1 - Fast", 1, 8, "720p", outputs]
        token = self.token() if token is None else token
        return self.part("YhhmEf", [project, prompt, settings, [], token])
