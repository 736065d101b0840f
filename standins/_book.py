"""What a stand-in remembers (what was asked of it, what it would bill) and the odd replies a prompt asks for.

An odd reply is asked for by a tag in the prompt, `[busy:2]`; each stand-in's docstring lists its own.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fastapi import Request

TAG = re.compile(r"\[(\w+)(?::([\w.]+))?\]")


def tags(prompt: str) -> dict[str, str]:
    """The tags of a prompt, by name; a tag without a value has an empty one."""
    return {match[1]: match[2] or "" for match in TAG.finditer(prompt)}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass
class Book:
    """Everything that was asked of a stand-in, in order."""

    asked: list[Asked] = field(default_factory=list[Asked])
    created: list[str] = field(default_factory=list[str])
    """The prompt of each create that was accepted, also of those whose answer was lost."""
    bill: Decimal = Decimal(0)
    """US dollars, for what was made."""
    _times: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def note(self, request: Request, body: Any = None) -> None:
        """Remember a request."""
        self.asked.append(Asked(request.method, request.url.path, dict(request.headers), body))

    def still(self, prompt: str, tag: str) -> bool:
        """Whether `[tag:n]` has not happened n times yet (once without a number); counts it if so."""
        found = tags(prompt)
        if tag not in found or self._times[prompt, tag] >= int(found[tag] or 1):
            return False
        self._times[prompt, tag] += 1
        return True

    def requests(self, method: str, part: str) -> list[Asked]:
        """What was asked with this method of paths with this part."""
        return [asked for asked in self.asked if asked.method == method and part in asked.path]
