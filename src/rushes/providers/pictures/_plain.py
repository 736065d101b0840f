"""Texts and links that come with pictures, made plain: HTML in an author's name, addresses that are none."""

import html
import re

from rushes.redaction import safe_line

MOST_LINK = 2000
_HIDDEN = re.compile(r"<(script|style)\b[^>]{0,500}>.{0,5000}?</\1\s*>|<!--.{0,5000}?-->", re.I | re.S)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HREF = re.compile(r"""<a\b[^<>]{0,1000}?\bhref\s*=\s*["']([^"'<>]{1,2000})["']""", re.I)


def plain(text: object, most: int = 500) -> str:
    """Return text without HTML, in one line; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    text = text[:20_000]
    bare = _TAG.sub(" ", _HIDDEN.sub(" ", text))
    # What was escaped is text, not a tag; but nobody is to take it for one later.
    told = html.unescape(bare).replace("<", "‹").replace(">", "›")
    return " ".join(safe_line(told, most).split()).replace(" ,", ",")


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
