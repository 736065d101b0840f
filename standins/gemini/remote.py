"""The remote side: interactions, files and bills, and every odd answer that the real one was seen to give.

What goes wrong is asked for in the prompt, by tags. `:2` says how often for each content; once if not said.

    create, refused   [busy:2] 429 with RetryInfo ([busy_for:0.1]: how long) · [daily] 429 for the day ·
                      [retired] 404 · [blocked] 400 SAFETY · [prohibited] the same from the front end ·
                      [moved] a redirect · [mixed_create] the 400 about "multiple credentials"
    create, accepted  [lost] 500 all the same · [reset_create] connection reset · [nameless] 200 without an id
    a look            [wait:3] 3 seconds longer · [look_500:2] · [look_reset:2] · [gibberish:2] no JSON ·
                      [statusless:2] an interaction without a status ·
                      [mixed:2] the 400 about "multiple credentials" · [forgotten] the id is unknown ·
                      [capped:0.2] 429, retry in 0.2 s · [capped_200:0.2] the same with status 200
    statuses          [queued:2] · [status_pondering:2] and any other unknown one · [ends_incomplete] ·
                      [ends_budget_exceeded] · [ends_requires_action] · [ends_cancelled]
    failed            [failed] · [failed_safety] · [failed_busy] · [failed_step]
    no video          [refuse_people], [refuse_policy], [refuse_minors], [refuse_copyright] in words only ·
                      [region] without a word · [billed] video tokens, but no video
    the file          [inline] · [processing:2] not ACTIVE yet · [file_failed] · [file_gone] ·
                      [cut] cut short · [reset] reset in it · [elsewhere] redirect to another host ·
                      [foreign] a link to another host · [tokens:57920] on the bill
    held, once        [hold_create] accepted, but the answer waits for `go` · [hold_look] ·
                      [hold_download] after half of it
"""

import asyncio
import hashlib
import itertools
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from threading import Event
from typing import Any

from standins.gemini.wire import Create

TAG = re.compile(r"\[(\w+)(?::([\w.]+))?\]")

PRICES = {  # US dollars for a million tokens: input, text, video
    "gemini-omni-1.1-flash": (Decimal("1.50"), Decimal(9), Decimal("17.50")),
    "gemini-omni-1.2-flash": (Decimal("1.50"), Decimal(9), Decimal(12)),
}
SECONDS = {"gemini-omni-1.1-flash": range(3, 11), "gemini-omni-1.2-flash": range(3, 16)}
TOKENS_A_SECOND = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17376}
TOKENS_AN_IMAGE = 1120
THOUGHT_TOKENS = 180
HEIGHTS = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
WITHOUT_VIDEO = {
    "failed", "failed_safety", "failed_busy", "failed_step", "region",
    "refuse_people", "refuse_policy", "refuse_minors", "refuse_copyright",
    "ends_incomplete", "ends_budget_exceeded", "ends_requires_action", "ends_cancelled",
}  # fmt: skip


@dataclass(frozen=True)
class Busy:
    """Answers creates with 429 at random: with `chance`, for `seconds`. Each key has luck of its own."""

    chance: float
    seconds: float
    seed: int = 1


@dataclass
class Interaction:
    """One accepted create."""

    id: str
    key: str
    request: Create
    began: float
    cancelled: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """What is to go wrong."""
        return tags_of(self.request.prompt)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its video."""
        short = HEIGHTS[self.request.response_format.resolution]
        wide = self.request.response_format.aspect_ratio == "16:9"
        return (short * 16 // 9, short) if wide else (short, short * 16 // 9)

    @property
    def seconds(self) -> int:
        """Length of its video."""
        return int(self.request.response_format.duration[:-1])

    @property
    def images(self) -> int:
        """How many pictures came with it."""
        return sum(part.type == "image" for part in self.request.content)

    @property
    def video_tokens(self) -> int:
        """What is billed as video."""
        if self.cancelled or WITHOUT_VIDEO & self.tags.keys():
            return 0
        rate = TOKENS_A_SECOND[self.request.response_format.resolution]
        return int(self.tags.get("tokens", rate * self.seconds))

    def usage(self) -> dict[str, Any]:
        """The bill, in tokens. Thoughts are inside the output."""
        text = 0 if "region" in self.tags else THOUGHT_TOKENS
        given = len(self.request.prompt) // 4 + TOKENS_AN_IMAGE * self.images
        made = self.video_tokens
        return {
            "total_input_tokens": given,
            "total_output_tokens": made + text,
            "total_thought_tokens": text,
            "output_tokens_by_modality": [{"modality": "video", "tokens": made}] if made else [],
            "total_tokens": given + made + text,
        }

    def cost(self) -> Decimal:
        """The bill, in US dollars."""
        usage = self.usage()
        of_input, of_text, of_video = PRICES[self.request.model]
        text = usage["total_output_tokens"] - self.video_tokens
        tokens = of_input * usage["total_input_tokens"] + of_text * text + of_video * self.video_tokens
        return tokens / 1_000_000


@dataclass
class Gemini:
    """All that the service remembers. `latency`: seconds a video takes; `tiny`: of a few pixels only."""

    latency: float = 0.0
    tiny: bool = False
    busy: Busy | None = None
    interactions: dict[str, Interaction] = field(default_factory=dict[str, Interaction])
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    requests: Counter[str] = field(default_factory=Counter[str])
    """Calls by what was asked for, `create` and so on, also those that were refused."""
    creates: Counter[str] = field(default_factory=Counter[str])
    """Accepted creates by content: prompt, images and what was made of before. None may be 2."""
    seen_elsewhere: list[str] = field(default_factory=list[str])
    """Keys that were shown to another host. None may be."""
    resting: dict[str, float] = field(default_factory=dict[str, float])
    go: Event = field(default_factory=Event)
    """What is held goes on when this is set."""
    held: Counter[str] = field(default_factory=Counter[str])
    _luck: dict[str, Random] = field(default_factory=dict[str, Random])
    _happened: Counter[str] = field(default_factory=Counter[str])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def still(self, what: str, content: str, times: int = 1) -> bool:
        """Whether a thing has not happened often enough to this content yet; counts it if so."""
        self._happened[f"{what}|{content}"] += 1
        return self._happened[f"{what}|{content}"] <= times

    def accept(self, key: str, request: Create) -> Interaction:
        """From here on it is billed."""
        found = Interaction(f"v1_{next(self._numbers):08d}", key, request, time.monotonic())
        self.interactions[found.id] = found
        self.creates[content_of(request)] += 1
        return found

    async def hold(self, what: str, made: Interaction) -> None:
        """Wait here if a tag asks for it."""
        if f"hold_{what}" in made.tags and self.still(f"hold_{what}", made.id):
            self.held[what] += 1
            await asyncio.to_thread(self.go.wait)

    def must_wait(self, key: str) -> float | None:
        """Seconds for which creates with this key are refused, if they are."""
        if self.busy is None:
            return None
        now = time.monotonic()
        if self.resting.get(key, 0) > now:
            return self.resting[key] - now
        luck = self._luck.setdefault(key, Random(f"{self.busy.seed}{key}"))
        if luck.random() < self.busy.chance:
            self.resting[key] = now + self.busy.seconds
            return self.busy.seconds
        return None

    def bill(self) -> dict[str, Decimal]:
        """US dollars by key, of everything that was ever accepted."""
        total: dict[str, Decimal] = {}
        for each in self.interactions.values():
            total[each.key] = total.get(each.key, Decimal(0)) + each.cost()
        return total

    def made_of(self, prompt: str) -> int:
        """How many accepted creates have this in their prompt."""
        return sum(prompt in each.request.prompt for each in self.interactions.values())


def tags_of(prompt: str) -> dict[str, str]:
    """The tags of a prompt."""
    return {found[1]: found[2] or "1" for found in TAG.finditer(prompt)}


def content_of(request: Create) -> str:
    """What makes two creates the same."""
    parts = [
        part.text or hashlib.sha256((part.data or part.uri or "").encode()).hexdigest()
        for part in request.content
    ]
    seed = request.generation_config.seed
    return "|".join([*parts, str(seed), request.previous_interaction_id or "", request.model])
