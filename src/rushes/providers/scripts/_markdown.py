"""Pasted text, notes or Markdown, read as headings and the sentences below them. Nothing is added to them."""

import re
from dataclasses import dataclass, field

from rushes.providers.scripts._text import ended, sentences, tidy

MOST_TEXT = 200_000
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_IMAGE = re.compile(r"!\[[^\]]{0,300}\]\([^)\s]{0,2000}[^)]{0,300}\)")
_LINK = re.compile(r"\[([^\]]{1,200})\]\([^)]{0,2000}\)|\[([^\]]{1,200})\]\[[^\]]{0,100}\]")
_URL = re.compile(r"<?https?://\S+>?")
_NOTE = re.compile(r"\[\^?\d{1,3}\]")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`|~~)(?=\S)(.{1,120}?)(?<=\S)\1")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•‣–]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$")
_ROW = re.compile(r"^\s*\|.*\|\s*$")


@dataclass
class TextBlock:
    """A heading, perhaps none, and the sentences below it."""

    heading: str = ""
    sentences: list[str] = field(default_factory=list[str])


@dataclass
class PastedText:
    """A text as it was pasted: its title, perhaps none, and its blocks."""

    title: str = ""
    blocks: list[TextBlock] = field(default_factory=list[TextBlock])


def read_page(text: str) -> PastedText:
    """Return the title and the blocks of a text, without what nobody says aloud (code, links, tables)."""
    text = _FRONT_MATTER.sub("", tidy(text, MOST_TEXT))
    text = _IMAGE.sub("", _without_comments(text))
    page, block, paragraph = PastedText(), TextBlock(), list[str]()
    fence = ""

    def finish_paragraph() -> None:
        if paragraph:
            block.sentences.extend(sentences(_inline(" ".join(paragraph))))
            paragraph.clear()

    def begin_block(heading: str, level: int) -> TextBlock:
        finish_paragraph()
        if block.sentences or block.heading:
            page.blocks.append(block)
        if level == 1 and not page.title and not page.blocks:
            page.title = heading
            return TextBlock()
        return TextBlock(heading)

    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence or mark:
            finish_paragraph()
            fence = "" if mark and mark[1] == fence else fence or (mark[1] if mark else "")
        elif (found := _HEADING.match(line)) is not None:
            block = begin_block(_inline(found[2]), len(found[1]))
        elif _UNDERLINE.match(line) and len(paragraph) == 1:
            heading = _inline(paragraph.pop())
            block = begin_block(heading, 1 if "=" in line else 2)
        elif not line.strip() or _RULE.match(line) or _ROW.match(line):
            finish_paragraph()
        elif (found := _ITEM.match(line)) is not None:
            finish_paragraph()
            block.sentences.extend(ended(each) for each in sentences(_inline(found[1])))
        else:
            paragraph.append(line.strip().lstrip("> "))
    finish_paragraph()
    if block.sentences or block.heading:
        page.blocks.append(block)
    # A heading with nothing below it is a note: what it says is a sentence of its own.
    for each in page.blocks:
        if not each.sentences:
            each.sentences.append(ended(each.heading))
    return page


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join(kept) + text[at:]


def _inline(text: str) -> str:
    text = _LINK.sub(lambda found: found[1] or found[2], text)
    for pattern in (_URL, _TAG, _NOTE):
        text = pattern.sub("", text)
    for _ in range(2):  # one inside another
        text = _EMPHASIS.sub(r"\2", text)
    return re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
