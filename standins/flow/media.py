"""Files of the site: signed addresses that end, real MP4s with a code burnt in, GIFs, thumbnails."""

import asyncio
import hashlib
import hmac
import time
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from fastapi import APIRouter, Request, Response
from PIL import Image, ImageDraw

from standins._clips import clip
from standins._server import cut_short, reset
from standins.flow.world import Media, World

KEY = b"a stand-in signs with this"
KEY_NAME = "labs-flow-prod-cdn-key"
ORIGINAL = "720p"
"""What the menu calls the size in which it was generated."""
HEIGHTS = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
"""Of a landscape video, pixels."""
DENIED = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>"


def clip_text(image_sha256: str, prompt: str, number: int) -> str:
    """Whose code (`standins._clips.code_of`) a clip carries: a shot's output `number`, counted from 1."""
    return f"{image_sha256}|{prompt}|{number}"


def signed(world: World, media: Media, *, poster: bool = False) -> str:
    """An address of the file that is good for a while, without a cookie; each call gives a new one."""
    kind = "image" if poster or media.kind == "image" else "video"
    life = world.scenario.url_lifetime
    if kind == "video":
        media.signed += 1
        if media.signed <= world.scenario.expired_urls:
            life = -60.0
    expires = f"{time.time() + life:.3f}" if life < 60 else str(int(time.time() + life))
    signature = _sign(kind, media.id, expires)
    path = f"/{kind}/{media.id}?Expires={expires}&KeyName={KEY_NAME}&Signature={signature}"
    return world.url + path


def _sign(kind: str, media_id: str, expires: str) -> str:
    return hmac.new(KEY, f"{kind}/{media_id}/{expires}".encode(), hashlib.sha256).hexdigest()[:32]


def video(world: World, media: Media, resolution: str = ORIGINAL) -> bytes:
    """The MP4 of a generation: as long, and of the shape and size, as was asked for."""
    assert media.wanted is not None
    made = replace(media.wanted, **world.scenario.delivers)
    height = HEIGHTS[made.resolution if resolution == ORIGINAL else resolution]
    size = (height, height * 16 // 9) if made.portrait else (height * 16 // 9, height)
    image = world.media[media.images[0]].sha256 if media.images else ""
    text = clip_text(image, media.prompt, media.number)
    return clip(text, size, made.seconds, fps=world.scenario.clip_fps)


@lru_cache(maxsize=512)
def thumbnail(title: str, portrait: bool) -> bytes:
    """A small picture that stands for a video: a colour of its own and its title."""
    size = (90, 160) if portrait else (160, 90)
    shade = hashlib.sha256(title.encode()).digest()
    picture = Image.new("RGB", size, (40 + shade[0] // 3, 40 + shade[1] // 3, 60 + shade[2] // 3))
    words = title.encode("ascii", "replace").decode().split()
    ImageDraw.Draw(picture).text((6, size[1] // 2 - 12), "\n".join(words[:3]), fill=(235, 235, 240))
    return _saved(picture, "JPEG")


def _saved(picture: Image.Image, kind: str) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def _gif(media: Media) -> bytes:
    assert media.wanted is not None
    return _saved(
        Image.open(BytesIO(thumbnail(media.title, media.wanted.portrait))).convert("P"),
        "GIF",
    )


class Files:
    """The routes of the content host."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.router = APIRouter()
        self.router.get("/video/{media_id}")(self.get_video)
        self.router.get("/image/{media_id}")(self.get_image)

    def _denied(self, request: Request, kind: str, media_id: str) -> Response | None:
        expires = request.query_params.get("Expires", "")
        signature = request.query_params.get("Signature", "")
        good = hmac.compare_digest(_sign(kind, media_id, expires), signature)
        if good and media_id in self.world.media and float(expires) > time.time():
            return None
        return Response(DENIED, 403, media_type="application/xml")

    async def get_video(self, request: Request, media_id: str) -> Response:
        """A video, by its signed address. `?download=` is how the menu saves it."""
        if (denied := self._denied(request, "video", media_id)) is not None:
            return denied
        scenario, media = self.world.scenario, self.world.media[media_id]
        resolution = request.query_params.get("download", ORIGINAL)
        name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in media.title)
        headers = {"cache-control": "private, max-age=0", "access-control-allow-origin": "*"}
        if "download" in request.query_params:
            suffix = "gif" if resolution == "gif" else "mp4"
            headers["content-disposition"] = f'attachment; filename="{name}.{suffix}"'
        if resolution == "gif":
            return Response(_gif(media), media_type="image/gif", headers=headers)
        data = await asyncio.to_thread(video, self.world, media, resolution)
        if request.headers.get("sec-fetch-dest") == "video":  # the page itself shows it
            return Response(data, media_type="video/mp4", headers=headers)
        media.reads += 1
        if media.reads <= scenario.download_resets:
            return await reset(request)
        if media.reads <= scenario.download_resets + scenario.download_cuts:
            return cut_short(request, data, "video/mp4")
        return Response(data, media_type="video/mp4", headers=headers)

    async def get_image(self, request: Request, media_id: str) -> Response:
        """An image, or the poster of a video."""
        if (denied := self._denied(request, "image", media_id)) is not None:
            return denied
        media = self.world.media[media_id]
        if media.kind == "image":
            return Response(media.data, media_type="image/jpeg")  # the browser looks at the bytes itself
        portrait = media.wanted is not None and media.wanted.portrait
        return Response(thumbnail(media.title, portrait), media_type="image/jpeg")
