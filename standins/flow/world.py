"""What the stand-in remembers: accounts, projects, media, and the bill. It outlives every browser."""

import hashlib
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from standins.flow.failures import Failure
from standins.flow.models import BANANA, OMNI, Wanted

Phase = Literal["queued", "running", "failed", "done"]

DEFAULT_PREFS: dict[str, Any] = {
    "mode": "video",
    "type": "ingredients",
    "aspect": "16:9",
    "model": OMNI,
    "imageModel": BANANA,
    "resolution": "720p",
    "duration": 10,
    "count": 2,
}


@dataclass(frozen=True)
class Charge:
    """One accepted submit: what is billed. `mode` "agent" is what nobody wanted."""

    account: str
    project: str
    project_title: str
    prompt: str
    image_name: str
    image_sha256: str
    model: str
    model_key: str
    aspect: Literal["9:16", "16:9"]
    duration: int
    resolution: str
    outputs: int
    credits: int
    media_ids: tuple[str, ...]
    mode: Literal["text", "frames", "first_last", "ingredients", "image", "agent"]
    at: float


@dataclass
class Media:
    """A picture or a video of a project: uploaded, being made, made, or failed."""

    id: str
    project: str
    kind: Literal["image", "video"]
    title: str
    made: bool
    """Generated here; else uploaded."""
    began: float
    data: bytes = b""
    """Of an image."""
    prompt: str = ""
    wanted: Wanted | None = None
    model_key: str = ""
    images: tuple[str, ...] = ()
    number: int = 1
    """Which of the outputs of its submit, from 1."""
    queue: float = 0.0
    seconds: float = 0.0
    failure: Failure | None = None
    complaints: int = 0
    misses: int = 0
    """Looks of the picker that do not know it yet."""
    size: int = 0
    """Bytes of the finished video."""
    signed: int = 0
    reads: int = 0
    upscaled: dict[str, float] = field(default_factory=dict[str, float])
    """Resolution -> when its file is there."""
    deleted: bool = False
    by_agent: bool = False

    @property
    def sha256(self) -> str:
        """Of an image's bytes."""
        return hashlib.sha256(self.data).hexdigest() if self.data else ""

    def phase(self, now: float) -> Phase:
        """Where its generation is."""
        if not self.seconds:
            return "done"
        elapsed = now - self.began
        if elapsed < self.queue:
            return "queued"
        if elapsed < self.queue + self.seconds:
            return "running"
        return "failed" if self.failure else "done"

    def percent(self, now: float) -> int:
        """What the tile shows while it runs."""
        return min(99, max(1, int(100 * (now - self.began - self.queue) / (self.seconds or 1))))


@dataclass
class Project:
    """A project of an account."""

    id: str
    title: str
    created: float
    media: list[str] = field(default_factory=list[str])
    """Oldest first."""
    note: str = ""


@dataclass
class Account:
    """What the site knows of a Google account; the same in every browser that it is signed in in."""

    email: str
    credits: int
    agent_on: bool
    prefs: dict[str, Any]
    clear_prompt: bool = False
    seen_first_run: bool = False
    seen_changelog: bool = False
    consented: bool = False
    uploads_failed: int = 0
    projects: dict[str, Project] = field(default_factory=dict[str, Project])


class World:
    """All of it, and the few things that all parts of the site do with it."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.sessions: dict[str, str] = {}
        """Cookie -> e-mail."""
        self.media: dict[str, Media] = {}
        self.bill: list[Charge] = []
        self.tokens: set[str] = set()
        """Of the page's captcha: given, not yet used."""
        self.calls: list[tuple[str, str]] = []
        """Every rpc of the page: e-mail, id."""

    def sign_in(self, email: str) -> str:
        """A new session's cookie."""
        cookie = secrets.token_urlsafe(24)
        self.sessions[cookie] = email
        return cookie

    def new_project(self, account: Account, title: str) -> Project:
        """An empty one."""
        project = Project(str(uuid.uuid4()), title, time.time())
        account.projects[project.id] = project
        return project

    def add(self, project: Project, media: Media) -> Media:
        """Into a project, as its newest."""
        self.media[media.id] = media
        project.media.append(media.id)
        return media

    def pending(self, account: Account, now: float) -> int:
        """How many generations of the account are not at their end."""
        return sum(
            self.media[each].phase(now) in ("queued", "running")
            for project in account.projects.values()
            for each in project.media
        )
