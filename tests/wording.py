"""The rules of the English of Rushes that a machine can check: for messages, commands and the guide."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

RULES = {
    "automatically": r"\b(?:by itself|by themselves|of itself)\b",
    "continues": r"\b(?:goes|go|went|going) on\b(?! (?:to|with)\b)",
    "reported": r"\b(?:is|are|was|were|be|been|being) told\b",
    "fix": r"\b(?:to mend|mends|mended|mending)\b",
    "in progress": r"\b(?:in the making|in flight|on (?:its|their) way)\b",
    "remove": r"\btak(?:e|es|en|ing) (?:(?:the )?\w+ )?(?:away|home)\b",
    "cooling down": r"\b(?:it|key|account|sign-in|provider)s? rests?\b|\brests? for\b",
    "per": r"(?:\b(?:takes|videos|images|shots|requests|submissions|submits|calls|credits|cents|seconds"
    r"|minutes|price|cost|limit|cap|number)"
    r"|\$?\d[\d.,]*(?: (?:s|min|MB|GB|cents?|requests?|videos?|takes?))?) an? "
    r"(?:take|shot|day|month|hour|minute|second|video|prompt|job|key|account|piece|try)\b",
}
"""By what to write instead: what to look for."""


def broken_rules(text: str) -> list[str]:
    """Return what is wrong with a text: "per: takes a shot", one entry for each place."""
    words = " ".join(text.split())
    return [
        f"{better}: {found.group()}"
        for better, pattern in RULES.items()
        for found in re.finditer(pattern, words, re.IGNORECASE)
    ]


def strings_of(file: Path, *, docstrings: bool) -> Iterator[tuple[int, str]]:
    """Yield every text of a module with its line; pieces of an f-string joined by `§`."""
    tree = ast.parse(file.read_text())
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and not docstrings:
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "§" for part in node.values]
            skipped.update(id(part) for part in node.values)
            yield node.lineno, "".join(str(part) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value
