"""Serves the guide at `/help`: the pages of docs/guide with the page's look, searchable, without a network.

A page is rendered when it is first asked for. In a wheel the guide lies beside the package's code.
"""

import html
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

PACKAGE = Path(str(files("rushes")))
GUIDES = (PACKAGE.parents[1] / "docs/guide", PACKAGE / "guide")
"""Where the guide is: in a checkout, and in an installed Rushes (`scripts/release` puts it there)."""
LOOK = Path(__file__).with_name("help.css")
FIRST = (
    "install", "batch", "first-paid-batch", "page", "keyboard", "one-prompt", "prompts", "templates",
    "download", "history", "upscale",
    "film", "animatic", "keys", "providers", "flow", "voices", "scripts-and-pictures",
    "command-line", "api", "openai", "errors", "people", "notices", "webhooks", "reach", "update",
    "remove", "running", "storage", "settings", "states", "compare", "glossary",
)  # fmt: skip
"""The order of the list of pages; what is not named comes last."""
FILES = (".jpg", ".png", ".gif", ".txt", ".csv", ".json", ".yaml", ".md")
MOST_FOUND = 40
MOST_QUERY = 200
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_LINK = re.compile(r"(?P<page>[a-z][a-z0-9-]{0,60})\.md(?P<anchor>#.{0,200})?")
_PICTURE = re.compile(r"\.\./(?P<path>(?:screens|images)/[a-z0-9.-]+)")
_POLICY = (
    "default-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)


@dataclass(frozen=True)
class GuideSection:
    """A heading and what is below it, as plain text: what a search finds."""

    page: str
    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class GuidePage:
    """A page of the guide: its title, its body as HTML, and its sections."""

    name: str
    title: str
    body: str
    sections: tuple[GuideSection, ...]


def mount_help(app: FastAPI) -> None:
    """Serve the guide, where there is one. Call it before the page is mounted."""
    if guide() is None:
        return
    app.router.routes.extend(
        [
            Route("/help", _index, methods=["GET", "HEAD"]),
            Route("/help/", _to_index, methods=["GET", "HEAD"]),
            Route("/help/help.css", _look, methods=["GET", "HEAD"]),
            Route("/help/files/{path:path}", _file, methods=["GET", "HEAD"]),
            Route("/help/{name}", _page, methods=["GET", "HEAD"]),
        ]
    )


@cache
def guide() -> Path | None:
    """Return the folder of the guide, or None where it was not installed."""
    return next((each for each in GUIDES if each.is_dir()), None)


def names() -> list[str]:
    """Return the pages of the guide in the order in which they are listed."""
    folder = guide()
    there = sorted(each.stem for each in folder.glob("*.md")) if folder else []
    return sorted(there, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


@lru_cache(maxsize=128)
def read(name: str) -> GuidePage:
    """Return a page, rendered. Raises `KeyError` for one that is not there."""
    folder = guide()
    if folder is None or name not in names():
        raise KeyError(name)
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(text)
    sections: list[GuideSection] = []
    used: set[str] = set()
    title = name
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _plain(tokens[at + 1].content)
            anchor = _unique(slug(heading), used)
            token.attrSet("id", anchor)
            if token.tag == "h1":
                title = heading
            sections.append(GuideSection(name, anchor if token.tag != "h1" else "", heading, ""))
        elif token.type in ("inline", "fence", "code_block") and sections:
            last = sections[-1]
            sections[-1] = GuideSection(
                last.page, last.anchor, last.heading, f"{last.text} {_plain(token.content)}"
            )
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _href(str(child.attrGet("href") or "")))
            elif child.type == "image" and (found := _PICTURE.fullmatch(str(child.attrGet("src") or ""))):
                child.attrSet("src", f"/help/files/{found['path']}")
    body = parser.renderer.render(tokens, parser.options, {})
    body = body.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
    return GuidePage(name, title, body, tuple(sections))


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it: links work there and here."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def find(query: str) -> list[GuideSection]:
    """Return the sections that have every word of a query, those with all of them in the heading first."""
    words = query.lower().split()
    if not words:
        return []
    found: list[tuple[int, GuideSection]] = []
    for name in names():
        for section in read(name).sections:
            heading, text = section.heading.lower(), section.text.lower()
            if all(word in heading or word in text for word in words):
                found.append((-sum(word in heading for word in words), section))
    return [section for _, section in sorted(found, key=lambda each: each[0])][:MOST_FOUND]


def _unique(anchor: str, used: set[str]) -> str:
    number, free = 0, anchor
    while free in used:
        number += 1
        free = f"{anchor}-{number}"
    used.add(free)
    return free


def _plain(markdown: str) -> str:
    """Return Markdown as text: links by their words, without marks."""
    return re.sub(r"[`*_|]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))


def _href(target: str) -> str:
    if found := _LINK.fullmatch(target):
        return f"/help/{found['page']}{found['anchor'] or ''}"
    if target.startswith("files/"):
        return f"/help/{target}"
    return target


async def _index(request: Request) -> Response:
    query = request.query_params.get("q", "")[:MOST_QUERY].strip()
    if query:
        return _html("Search", _found(query, find(query)), query=query)
    first = names()[0]
    return RedirectResponse(f"/help/{first}", status_code=307)


async def _to_index(request: Request) -> Response:
    return RedirectResponse("/help", status_code=308)


async def _page(request: Request) -> Response:
    name = request.path_params["name"]
    if not _NAME.fullmatch(name) or name not in names():
        body = "<h1>Page not found</h1><p>Search above, or choose a page from the list.</p>"
        return _html("Page not found", body, status=404)
    page = read(name)
    return _html(page.title, page.body, current=name)


async def _file(request: Request) -> Response:
    """Answer with a picture, or a file to download, of the guide."""
    folder = guide()
    wanted = request.path_params["path"]
    if folder is not None and re.fullmatch(r"[a-z]+/[a-z0-9.-]+|[a-z0-9.-]+", wanted):
        for place in (folder / "files", folder.parent):
            file = place / wanted
            if file.is_file() and file.suffix in (
                ".jpg",
                ".png",
                ".gif",
                ".txt",
                ".csv",
                ".json",
                ".yaml",
                ".md",
            ):
                return FileResponse(file, headers={"Cache-Control": "no-cache"})
    return _html("Page not found", "<h1>Page not found</h1>", status=404)


async def _look(request: Request) -> Response:
    return FileResponse(LOOK, media_type="text/css", headers={"Cache-Control": "no-cache"})


def _found(query: str, sections: list[GuideSection]) -> str:
    if not sections:
        return f"<h1>Nothing found for “{html.escape(query)}”</h1><p>Try fewer or other words.</p>"
    lines = [
        f'<li><a href="/help/{each.page}#{each.anchor}">{html.escape(each.heading)}</a>'
        f" <small>{html.escape(read(each.page).title)}</small>"
        f"<p>{_excerpt(each.text, query)}</p></li>"
        for each in sections
    ]
    return f"<h1>{len(sections)} results for “{html.escape(query)}”</h1><ul class=found>{''.join(lines)}</ul>"


def _excerpt(text: str, query: str) -> str:
    text = " ".join(text.split())
    word = query.lower().split()[0]
    at = max(0, text.lower().find(word) - 60)
    return html.escape(("…" if at else "") + text[at : at + 180] + ("…" if at + 180 < len(text) else ""))


def _html(title: str, body: str, *, current: str = "", query: str = "", status: int = 200) -> HTMLResponse:
    listed = "".join(
        f'<li><a href="/help/{name}"{" aria-current=page" if name == current else ""}>'
        f"{html.escape(read(name).title)}</a></li>"
        for name in names()
    )
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{html.escape(title)} · Rushes help</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<script src="/begin.js"></script>
<link rel="stylesheet" href="/help/help.css">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<a class="home" href="/"><img src="/favicon.svg" alt="" width="24" height="24">Rushes</a>
<form action="/help" role="search">
<input type="search" name="q" value="{html.escape(query, quote=True)}"
  aria-label="Search the guide" placeholder="Search the guide">
</form>
</header>
<div class="both">
<nav aria-label="Pages of the guide"><ul>{listed}</ul></nav>
<main id="content" tabindex="-1">{body}</main>
</div>
</body>
</html>
"""
    return HTMLResponse(
        text,
        status_code=status,
        headers={
            "Cache-Control": "no-cache",
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "same-origin",
        },
    )
