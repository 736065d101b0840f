"""What this process knows of one Flow account at work: what was heard, what is in the making, whose it is.

Two signs tell how a generation goes: what the page's server says (`Observer`) and the tiles on the page.
Either may change at any time without the other; what one does not say, the other is asked for.
"""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from rushes.errors import NotFound
from rushes.providers.video.flow.browser.observer import Observer, Seen, normal
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.browser.wire import UUID as MEDIUM
from rushes.providers.video.flow.ids import MOST_IN_FLIGHT, failed
from rushes.providers.video_contract import VideoCandidate

PENDING = frozenset({"queued", "running", "blank"})
"""Kinds of tiles that are in the making."""
MOST_SCREENS, SCREEN_PIXELS = 200, 450
"""How far a grid is looked through. A screen of it shows two rows at least."""
ROOM_SECONDS, ROOM_LOOK_SECONDS = 300.0, 0.5
"""How long a room is kept that nobody speaks of: its job was cancelled, or put off."""


@dataclass
class Watch:
    """One account. `making` are the takes in the making, and when that was last said, by submission."""

    account: UUID
    observer: Observer = field(default_factory=lambda: Observer({}))
    making: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    sources: dict[str, str] = field(default_factory=dict[str, str])
    """A tile's picture to the id of its video: what was hovered over once need not be again."""
    sizes: dict[str, bool | None] = field(default_factory=dict[str, bool | None])
    """Whether the account is offered a resolution, since its browser was started; None: it was not told."""
    origins: dict[str, tuple[str, str | None]] = field(default_factory=dict[str, tuple[str, str | None]])
    """A medium to the prompt and image name that it was made from, as the page showed them once."""

    def listen(self, session: Session) -> None:
        """A new browser. What was heard before still holds; that nobody was signed in does not."""
        roles = ("submit", "status", "credits", "list", "upload")
        rpc = {role: [each for guide in session.guides for each in guide.rpc.get(role, ())] for role in roles}
        self.sizes.clear()
        self.observer = Observer(rpc, media=self.observer.media, images=self.observer.images)
        self.observer.attach(session.context)

    async def take_room(self, key: str, takes: int) -> None:
        """Wait until so many takes more may be in the making."""
        while True:
            taken = self._in_flight
            if not taken or taken + takes <= MOST_IN_FLIGHT:
                break
            await asyncio.sleep(ROOM_LOOK_SECONDS)  # rooms end by themselves too
        self.keep_room(key, takes)

    def keep_room(self, key: str, takes: int) -> None:
        """These are in the making. To be said again and again: who stops looking gives its room back."""
        self.making[key] = (takes, asyncio.get_running_loop().time())

    def leave_room(self, key: str) -> None:
        """Nothing of it is in the making any more."""
        self.making.pop(key, None)

    @property
    def _in_flight(self) -> int:
        oldest = asyncio.get_running_loop().time() - ROOM_SECONDS
        return sum(takes for takes, said_at in self.making.values() if said_at > oldest)

    def told(self, medium: str) -> bool:
        """Whether the server ever spoke of a medium."""
        return medium in self.observer.media

    def listed_since(self, project: str, moment: float) -> bool:
        """Whether it listed the media of a project since a moment of the loop's clock."""
        return self.observer.listed.get(project, -1.0) >= moment


@dataclass(frozen=True)
class Whose:
    """What tells that a medium belongs to a submission: its upload's name, else its prompt.

    `taken` are media of other submissions; `before` the tiles that were there before its click, where that is
    known.
    """

    prompt: str
    upload: str | None
    taken: frozenset[str]
    before: frozenset[str] | None = None

    def is_ours(self, prompt: str | None, image: str | None) -> bool:
        """By what "Reuse prompt" shows of it."""
        if self.upload is not None:
            return image is not None and self.upload in image
        return not image and prompt is not None and normal(prompt) == normal(self.prompt)

    def may_be_ours(self, prompt: str | None, image: str | None) -> bool:
        """Whether that leaves it open: our prompt, or none, and a name that did not show itself (in time)."""
        unnamed = self.upload is not None and image is None
        return unnamed and (not prompt or normal(prompt) == normal(self.prompt))

    def same_prompt(self, prompt: str | None) -> bool:
        """Whether it is our prompt, to the letter."""
        return bool(prompt) and normal(prompt or "") == normal(self.prompt)

    def prompt_in(self, seen: Seen) -> bool:
        """Whether the server's record has our prompt, to the letter."""
        return any(self.same_prompt(each) for each in seen.strings)

    def in_record(self, seen: Seen) -> bool:
        """By what the server says of it, which may be too little."""
        if self.upload is not None:
            return any(self.upload in each for each in seen.strings)
        return self.prompt_in(seen)


def heard_of(watch: Watch, whose: Whose) -> list[str]:
    """Media of a submission, as far as the server's words show it."""
    return [
        each.id
        for each in watch.observer.media.values()
        if each.is_video and each.id not in whose.taken and whose.in_record(each)
    ]


def strangers_of(watch: Watch, project: str, whose: Whose) -> set[str]:
    """Videos of a project of which the server's words do not show whose they are."""
    return {
        each.id
        for each in watch.observer.media.values()
        if each.is_video
        and each.id not in whose.taken
        and not whose.in_record(each)
        and not _elsewhere(each, project)
        and not known_as_anothers(watch, each.id, whose)
    }


def known_as_anothers(watch: Watch, medium: str, whose: Whose) -> bool:
    """Whether an earlier look has shown whose a medium is, and that it is not ours."""
    origin = watch.origins.get(medium)
    return origin is not None and not whose.is_ours(*origin) and not whose.may_be_ours(*origin)


def _elsewhere(seen: Seen, project: str) -> bool:
    if seen.heard_in and project not in seen.heard_in:
        return True
    named = {found for each in seen.strings for found in MEDIUM.findall(each)} - {seen.id}
    return bool(named) and project not in named


@dataclass
class Sighting:
    """What the tiles show of a submission: its slots, and whether more may be coming.

    `strangers` counts videos of which nothing tells whose they are.
    """

    slots: list[str] = field(default_factory=list[str])
    pending: bool = False
    strangers: int = 0
    looked_at: set[str] = field(default_factory=set[str])
    maybe: dict[str, VideoCandidate] = field(default_factory=dict[str, VideoCandidate])
    """Those of the strangers that were made from our prompt, by their media: a person can tell."""


async def seen_on_page(
    watch: Watch, page: ProjectPage, whose: Whose, known: frozenset[str], *, whole: bool = False
) -> Sighting:
    """Look at the newest tiles, or at all of them. `known` are media that are ours for certain.

    The session's lock is the caller's. The newest tiles are in view again afterwards.
    """
    sighting = Sighting()
    seen: set[str] = set()
    await page.to_newest()
    for _ in range(MOST_SCREENS if whole else 1):
        for tile in await page.tiles():
            if tile.kind in PENDING:
                sighting.pending = True
            elif tile.key not in seen:
                seen.add(tile.key)
                try:
                    await _see_tile(watch, page, whose, known, tile, sighting)
                except NotFound:  # rows come and go while they are looked at: it is seen again further down
                    seen.discard(tile.key)
        # The grid is virtual: tiles far down are not in the page.
        if not whole or not await page.scroll(SCREEN_PIXELS):
            break
    if whole:
        await page.to_newest()
    return sighting


async def _see_tile(
    watch: Watch, page: ProjectPage, whose: Whose, known: frozenset[str], tile: Tile, sighting: Sighting
) -> None:
    if tile.kind == "done":
        await _look_at(watch, page, whose, known, tile, sighting)
    elif tile.kind == "failed":
        # Without an image, an older failure of the same prompt looks the same. It cost nothing.
        told_apart = whose.upload or (whose.before is not None and tile.key not in whose.before)
        if told_apart and whose.is_ours(*await page.reuse_prompt(tile)):
            sighting.slots.append(failed(tile.text))


async def _look_at(
    watch: Watch, page: ProjectPage, whose: Whose, known: frozenset[str], tile: Tile, sighting: Sighting
) -> None:
    medium = await medium_of(watch, page, tile)
    if medium is None:
        sighting.strangers += 1
        return
    sighting.looked_at.add(medium)
    if medium in whose.taken:
        return
    if medium not in known:
        origin = watch.origins.get(medium) or await page.reuse_prompt(tile)
        if whose.may_be_ours(*origin):
            await page.choose_frames()
            origin = await page.reuse_prompt(tile)
        if whose.may_be_ours(*origin):
            sighting.strangers += 1
            heard = watch.observer.media.get(medium)
            if whose.same_prompt(origin[0]) or (heard is not None and whose.prompt_in(heard)):
                picture = await page.picture(tile)
                sighting.maybe[medium] = VideoCandidate(f"{page.id}/{medium}", tile.title, picture)
            return
        watch.origins[medium] = origin
        if not whose.is_ours(*origin):
            return
    sighting.slots.append(medium)


async def medium_of(watch: Watch, page: ProjectPage, tile: Tile) -> str | None:
    """The id of a finished tile's video, read from its source; None while that does not show itself."""
    if tile.media:
        return tile.media
    picture = tile.source.split("?", 1)[0]  # what follows is its signature, another one at each load
    if picture in watch.sources:
        return watch.sources[picture]
    source = await page.hover_source(tile)
    if source is None:
        return None
    found = MEDIUM.findall(source)
    medium = found[-1] if found else source.split("?", 1)[0].rsplit("/", 1)[-1]
    if picture:
        watch.sources[picture] = medium
    return medium
