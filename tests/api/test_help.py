"""The guide at `/help`: every page, every link in it, its search, and the files that it offers."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from rushes.api.app import create_app
from rushes.api.guide import guide, names, read, slug
from rushes.intake.prompts import parse_prompts
from rushes.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = names()
HREF = re.compile(r'(?:href|src)="([^"]+)"')
TEMPLATES = sorted((ROOT / "docs/guide/files").iterdir())


@pytest.fixture
async def help_pages(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The application, not started: the guide needs no database."""
    transport = httpx.ASGITransport(app=create_app(Settings(data_dir=tmp_path / "data")))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def test_every_page_of_the_guide_is_served():
    assert guide() == ROOT / "docs/guide"
    assert sorted(PAGES) == sorted(path.stem for path in (ROOT / "docs/guide").glob("*.md"))
    assert PAGES[0] == "install"


@pytest.mark.parametrize("name", PAGES)
async def test_every_link_of_a_page_leads_somewhere(help_pages: httpx.AsyncClient, name: str):
    answer = await help_pages.get(f"/help/{name}")
    assert answer.status_code == 200
    assert f"<title>{read(name).title} · Rushes help</title>".replace("&", "&amp;") in answer.text
    assert answer.text.count("<h1") == 1
    for target in HREF.findall(read(name).body):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        reached = await help_pages.get(path or f"/help/{name}")
        assert reached.status_code == 200, f"{name}: {target}"
        assert not anchor or f'id="{anchor}"' in reached.text, f"{name}: {target}"


@pytest.mark.parametrize("name", ["page", "settings"])
async def test_a_page_needs_no_network_and_no_script_but_the_theme(help_pages: httpx.AsyncClient, name: str):
    answer = await help_pages.get(f"/help/{name}")
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', answer.text)
    assert loaded
    assert [each for each in loaded if not each.startswith("/")] == []
    assert re.findall(r'<script[^>]*src="([^"]+)"', answer.text) == ["/begin.js"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_a_search_finds_sections_headings_first_and_says_when_there_is_none(
    help_pages: httpx.AsyncClient,
):
    found = await help_pages.get("/help", params={"q": "manifest ETag"})
    assert "/help/download" in found.text
    first = await help_pages.get("/help", params={"q": "on many machines"})
    assert re.findall(r'class="?found"?><li><a href="([^"]+)"', first.text) == [
        "/help/running#on-many-machines"
    ]
    none = await help_pages.get("/help", params={"q": "<script>alert(1)</script>"})
    assert "Nothing found for “&lt;script&gt;" in none.text
    assert "<script>alert" not in none.text


@pytest.mark.parametrize(
    "path", ["/help/nothing", "/help/Page", "/help/files/../../secret.key", "/help/files/nothing.txt"]
)
async def test_what_is_not_there_is_not_found(help_pages: httpx.AsyncClient, path: str):
    assert (await help_pages.get(path)).status_code == 404


async def test_the_address_alone_leads_to_the_first_page_and_the_look_has_both_themes(
    help_pages: httpx.AsyncClient,
):
    answer = await help_pages.get("/help")
    assert (answer.status_code, answer.headers["location"]) == (307, "/help/install")
    look = (await help_pages.get("/help/help.css")).text
    assert '[data-theme="light"]' in look
    assert '[data-theme="dark"]' in look


@pytest.mark.parametrize("template", TEMPLATES, ids=[each.name for each in TEMPLATES])
async def test_a_template_is_offered_and_is_a_prompts_file(help_pages: httpx.AsyncClient, template: Path):
    answer = await help_pages.get(f"/help/files/{template.name}")
    assert answer.content == template.read_bytes()
    prompts = parse_prompts(answer.content, template.name).prompts
    assert [each.number for each in prompts] == [1, 2, 3]
    assert prompts[0].text.startswith("A fox in the snow")
    assert f"/help/files/{template.name}" in read("templates").body


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Behind nginx or Caddy", "behind-nginx-or-caddy"),
        ("manifest.csv", "manifestcsv"),
        ("4K — copies", "4k--copies"),
    ],
)
def test_an_anchor_is_what_the_repository_pages_make_of_a_heading(heading: str, anchor: str):
    assert slug(heading) == anchor
