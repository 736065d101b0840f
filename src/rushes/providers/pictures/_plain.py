"""Texts and links that come with pictures, made plain: HTML in an author's name, addresses that are none."""

import html
import re

from rushes.redaction import safe_line

MOST_LINK = 2000
_HIDDEN = tuple(
    (re.compile(begins, re.I), re.compile(ends, re.I))
    for begins, ends in (
        ("<!--", "-->"),
        (r"<script\b", r"</script\s{0,9}>"),
        (r"<style\b", r"</style\s{0,9}>"),
    )
)
"""How what is no text begins and ends."""
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HREF = re.compile(r"""<a\b[^<>]{0,1000}?\bhref\s*=\s*["']([^"'<>]{1,2000})["']""", re.I)


def plain(text: object, most: int = 500) -> str:
    """Return text without HTML, in one line; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    text = text[:20_000]
    bare = _TAG.sub(" ", _without_hidden(text))
    # What was escaped is text, not a tag; but nobody is to take it for one later.
    told = html.unescape(bare).replace("<", "‹").replace(">", "›")
    return " ".join(safe_line(told, most).split()).replace(" ,", ",")


def _without_hidden(text: str) -> str:
    """Return text without comments, scripts and styles. One without an end goes on to the end of the text."""
    for begins, ends in _HIDDEN:
        kept: list[str] = []
        at = 0
        while (begin := begins.search(text, at)) is not None:
            kept.append(text[at : begin.start()])
            end = ends.search(text, begin.end())
            at = len(text) if end is None else end.end()
        text = " ".join([*kept, text[at:]])
    return text


def link(text: object, base: str = "https:") -> str:
    """Return an http(s) address; nothing for anything else (`javascript:`, a blank)."""
    if not isinstance(text, str):
        return ""
    url = text.strip()
    if url.startswith("//"):
        url = base + url
    if len(url) > MOST_LINK or not re.match(r"https?://[^\s\"'<>\\]+$", url):
        return ""
    return url


def first_link(markup: object) -> str:
    """Return where the first link of some HTML leads."""
    found = _HREF.search(markup[:20_000]) if isinstance(markup, str) else None
    return link(html.unescape(found[1])) if found else ""
