"""What each rpc of the page does and answers. Ids and meanings are the known ones; the layout of most
requests is not known outside, so it is ours (the page is ours too); replies follow what drivers have seen.
"""

import asyncio
import base64
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from standins.flow.failures import MEDIA_NOT_FOUND, Code, Failure, RpcError
from standins.flow.media import signed, thumbnail, video
from standins.flow.models import catalogue
from standins.flow.names import AGENT_RPC, DELETE_RPC, REUSE_RPC
from standins.flow.studio import Asked, Mode, Studio, wanted_of
from standins.flow.world import Account, Media, Project, World

SUBMITTED, RUNNING, DONE, COMPLAINT = 6, 2, 3, 4
SUBMITS: dict[str, Mode] = {
    "YhhmEf": "text",
    "eb1hJf": "frames",
    "nprQif": "first_last",
    "MZZa6b": "ingredients",
    "ogiZ0b": "image",
    AGENT_RPC: "agent",
}


class Rpcs:
    """Answers calls, one method each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.studio = Studio(world)
        self._answers: dict[str, Callable[[Account, Any], Awaitable[Any]]] = {
            "nzlxg": self.credits,
            "HTrJv": self.models,
            "yBhWQ": self.models,
            "jHPbke": self.create_project,
            "o8DA4": self.rename_project,
            "Zzl0ze": self.list_media,
            "UpteDb": self.search,
            "DA4VGb": self.prefs,
            "Kcr7Ub": self.nothing,
            "WuwhI": self.nothing,
            "maseQ": self.upload,
            "jwpduf": self.status,
            "as29s": self.lookup,
            "p0UkFb": self.upscale,
            "SPrCad": self.upscale,
            DELETE_RPC: self.delete,
            REUSE_RPC: self.reuse,
        }

    async def call(self, account: Account, rpc: str, args: Any) -> Any:
        """The payload of the reply; raises `RpcError`."""
        self.world.calls.append((account.email, rpc))
        if rpc in SUBMITS:
            return await self.submit(account, SUBMITS[rpc], args)
        if rpc not in self._answers:
            raise RpcError(Code.INVALID_ARGUMENT)
        return await self._answers[rpc](account, args)

    def _project(self, account: Account, project_id: str) -> Project:
        return account.projects.get(project_id) or _not_found()

    def _media(self, account: Account, media_id: str) -> Media:
        media = self.world.media.get(media_id)
        if media is None or media.project not in account.projects:
            _not_found()
        return media

    async def credits(self, account: Account, args: Any) -> Any:
        """What is left."""
        return [account.credits, 1, 2, 2, None, account.credits]

    async def models(self, account: Account, args: Any) -> Any:
        """The catalogue, with the price of each choice."""
        new = self.world.scenario
        return catalogue(lower_priority=new.lower_priority_model, veo_durations=new.veo_durations)

    async def create_project(self, account: Account, args: Any) -> Any:
        """An empty one, titled with the day and time as on the real page."""
        project = self.world.new_project(account, time.strftime("%b %d, %I:%M %p"))
        return [project.id, project.title]

    async def rename_project(self, account: Account, args: Any) -> Any:
        """Its title."""
        project = self._project(account, args[0])
        project.title = args[1]
        return [project.id, project.title]

    async def list_media(self, account: Account, args: Any) -> Any:
        """All media of a project, newest first."""
        project = self._project(account, args[0])
        shown = [self.world.media[each] for each in reversed(project.media)]
        records = [await self.record(media) for media in shown if not media.deleted]
        return [[project.id, project.title, project.note or None], records]

    async def search(self, account: Account, args: Any) -> Any:
        """`["projects"]`, or `["assets", query, project]`: the picker's, which knows fresh uploads late."""
        if args[0] == "projects":
            projects = sorted(account.projects.values(), key=lambda each: each.created, reverse=True)
            return [[[each.id, each.title] for each in projects]]
        project, query = self._project(account, args[2]), str(args[1] or "").lower()
        found: list[Media] = []
        for each in reversed(project.media):
            media = self.world.media[each]
            if media.kind != "image" or media.deleted or query not in media.title.lower():
                continue
            if media.misses > 0:
                media.misses -= 1
            elif media.phase(time.monotonic()) == "done":
                known = time.monotonic() - media.began >= self.world.scenario.index_delay or media.made
                found += [media] if known else []
        return [[[each.id, each.title, each.kind, signed(self.world, each)] for each in found]]

    async def prefs(self, account: Account, args: Any) -> Any:
        """Read with `[]`, written with `[name, value]`."""
        if args:
            name, value = args
            if name == "agent_toggle_state":
                account.agent_on = bool(value)
            elif name == "settings":
                account.prefs = {**account.prefs, **value}
            elif name in ("clear_prompt", "seen_first_run", "seen_changelog", "consented"):
                setattr(account, name, bool(value))
        return [account.agent_on, account.prefs, account.clear_prompt]

    async def nothing(self, account: Account, args: Any) -> Any:
        """Analytics."""
        return []

    async def upload(self, account: Account, args: Any) -> Any:
        """`[project, file name, base64]` -> the media id."""
        project, name, data = self._project(account, args[0]), str(args[1]), base64.b64decode(args[2])
        await asyncio.sleep(self.world.scenario.upload_seconds)
        if len(data) > self.world.scenario.upload_max_bytes:
            raise RpcError(Code.INVALID_ARGUMENT, Failure("The file is too large."))
        if (trouble := self.studio.upload_trouble(account)) is not None:
            raise RpcError(trouble.code, trouble)
        media = Media(str(uuid.uuid4()), project.id, "image", name, False, time.monotonic(), data)
        media.misses = self.world.scenario.index_misses
        self.world.add(project, media)
        return [[media.id, project.id, name], await self.record(media)]

    async def submit(self, account: Account, mode: Mode, args: Any) -> Any:
        """`[project, prompt, settings, image ids, token]` -> `[null, credits left, entries, records]`."""
        project, prompt, settings, images, token = args
        for image in images:
            self._media(account, image)
        home = self._project(account, project)
        asked = Asked(home, str(prompt), wanted_of(settings), tuple(images), mode, str(token))
        made = self.studio.accept(account, asked)
        await asyncio.sleep(self.world.scenario.submit_reply_seconds)
        entries = [[media.id, media.project, media.title] for media in made]
        return [None, account.credits, entries, [await self.record(media) for media in made]]

    async def status(self, account: Account, args: Any) -> Any:
        """`[null, null, [["id"], …]]` -> `[null, credits, [records]]`."""
        found = [self._media(account, each[0]) for each in args[2]]
        return [None, account.credits, [await self.record(media, looked=True) for media in found]]

    async def lookup(self, account: Account, args: Any) -> Any:
        """A finished video's addresses; not found until they exist."""
        media = self._media(account, args[0])
        if not self.world.has_address(media):
            raise RpcError(Code.NOT_FOUND)
        return [await self.record(media)]

    async def upscale(self, account: Account, args: Any) -> Any:
        """`[media, resolution]` -> `[media, ready, address]`; asked again until ready."""
        media, resolution = self._media(account, args[0]), str(args[1])
        if resolution == "4k" and self.world.scenario.tier != "ULTRA":
            raise RpcError(Code.PERMISSION_DENIED)
        now = time.monotonic()
        ready = media.upscaled.setdefault(resolution, now + self.world.scenario.upscale_seconds)
        return [media.id, now >= ready, signed(self.world, media)]

    async def delete(self, account: Account, args: Any) -> Any:
        """Out of the grid."""
        self._media(account, args[0]).deleted = True
        return []

    async def reuse(self, account: Account, args: Any) -> Any:
        """`[prompt, [[image, name]…]]` of a generation."""
        media = self._media(account, args[0])
        images = media.images if self.world.scenario.reuse_images else ()
        return [media.prompt, [[each, self.world.media[each].title] for each in images]]

    async def ready(self, media: Media) -> str | None:
        """A new address of its file, once there is one."""
        if not self.world.has_address(media):
            return None
        if media.kind == "image" and media.made:
            media.data = media.data or await asyncio.to_thread(_picture, media)
        elif media.kind == "video" and not media.size:
            media.size = len(await asyncio.to_thread(video, self.world, media))
        return signed(self.world, media)

    async def record(self, media: Media, *, looked: bool = False) -> list[Any]:
        """What the wire says of one media. Only the known places are as on the real page (marked k)."""
        address = await self.ready(media)
        tells = self.world.scenario.record_prompt
        images = [[each, self.world.media[each].title] for each in media.images]
        shown = images if tells and self.world.scenario.record_images else []
        info = [
            media.kind, media.prompt if tells else None, shown, media.title,
            media.made, media.number, media.by_agent, media.wanted is not None and media.wanted.portrait,
            address,  # k
            None, None, None, media.model_key or None,  # k
        ]  # fmt: skip
        now = time.monotonic()
        details: list[Any] = [
            None, None, None, None, None, None, None, None,
            self.status_of(media, looked=looked),  # k
            media.percent(now) if media.phase(now) == "running" else None,
            signed(self.world, media, poster=True) if address else None,  # k
            None, None, media.size or None,  # k
        ]  # fmt: skip
        record: list[Any] = [media.id, media.project, media.id, None, None, details, None, [info]]
        if self.world.scenario.wire == "shifted":
            return [None, "CAE", *record[:3], [None, *details], [None, [[7], *info]]]
        return record

    def status_of(self, media: Media, *, looked: bool) -> list[Any]:
        """The status as the wire says it; `looked`: a look at one that is not done."""
        phase = media.phase(time.monotonic())
        if looked and media.complaints and phase in ("running", "done"):
            media.complaints -= 1
            return [COMPLAINT, [None, MEDIA_NOT_FOUND]]
        if phase == "failed" and media.failure is not None:
            said = self.world.scenario.complaint_text or media.failure.text
            return [COMPLAINT, [None, said, media.failure.machine or None]]
        return [{"queued": SUBMITTED, "running": RUNNING}.get(phase, DONE)]


def _picture(media: Media) -> bytes:
    return thumbnail(media.title, media.wanted is not None and media.wanted.portrait)


def _not_found() -> NoReturn:
    raise RpcError(Code.NOT_FOUND)
