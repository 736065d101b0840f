"""The Gemini API over HTTP: `create_app(Gemini())` for tests, `python -m standins.gemini` for people."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse

from standins._clips import clip
from standins._server import cut_short, reset
from standins.gemini.remote import PRICES, SECONDS, Gemini, Interaction, content_of, tags_of
from standins.gemini.replies import LOST_ANSWERS, document, look_trouble, refuse_create, refuse_key, settled
from standins.gemini.wire import Create, RefusedError, Upload, classic, parse_create, said

TINY = {True: (64, 36), False: (36, 64)}
TINY_FPS = 1
ELSEWHERE = "localhost"
"""Another name of this machine: a redirect to it must not take the key along."""


def create_app(gemini: Gemini) -> FastAPI:
    """The service around what it remembers."""
    app = FastAPI(title="Gemini stand-in", openapi_url=None)

    @app.exception_handler(RefusedError)
    async def refuse(_: Request, error: RefusedError) -> Response:
        return JSONResponse(error.body, error.status, error.headers)

    @app.post("/{version}/interactions")
    async def create(request: Request) -> Response:
        gemini.requests["create"] += 1
        key = _key(request)
        asked = parse_create(await request.json())
        _check(asked)
        if asked.previous_interaction_id is not None:
            _find(gemini, key, asked.previous_interaction_id)
        tags, content = tags_of(asked.prompt), content_of(asked)
        if "moved" in tags:
            return RedirectResponse(f"http://{ELSEWHERE}:{request.url.port}/elsewhere/create", 307)
        refuse_create(gemini, key, tags, content)
        made = gemini.accept(key, asked)
        await gemini.hold("create", made)
        for tag in LOST_ANSWERS & tags.keys():
            if gemini.still(tag, content, int(tags[tag])):
                return await reset(request) if tag == "reset_create" else LOST_ANSWERS[tag]()
        return JSONResponse(document(made, "in_progress"))

    @app.get("/{version}/interactions/{interaction_id}")
    async def look(request: Request, interaction_id: str) -> Response:
        gemini.requests["look"] += 1
        made = _find(gemini, _key(request), interaction_id)
        tags = made.tags
        await gemini.hold("look", made)
        if "look_reset" in tags and gemini.still("look_reset", made.id, int(tags["look_reset"])):
            return await reset(request)
        trouble = look_trouble(gemini, made)
        if trouble is not None:
            return trouble
        if time.monotonic() - made.began < gemini.latency + float(tags.get("wait", 0)):
            return JSONResponse(document(made, "in_progress"))
        body = settled(made, f"{request.base_url}v1beta/files/{made.id[3:]}:download?alt=media")
        if "inline" in tags and body["status"] == "completed":
            video = body["steps"][-1]["content"][-1]
            video["data"] = base64.b64encode(await _bytes(gemini, made)).decode()
            del video["uri"]
        return JSONResponse(body)

    @app.post("/{version}/interactions/{interaction_id}/cancel")
    async def cancel(request: Request, interaction_id: str) -> Response:
        gemini.requests["cancel"] += 1
        made = _find(gemini, _key(request), interaction_id)
        made.cancelled = True
        return JSONResponse(document(made, "cancelled"))

    @app.delete("/{version}/interactions/{interaction_id}")
    async def delete(request: Request, interaction_id: str) -> Response:
        del gemini.interactions[_find(gemini, _key(request), interaction_id).id]
        return JSONResponse({})

    @app.get("/{version}/files/{name}:download")
    async def download(request: Request, name: str) -> Response:
        gemini.requests["download"] += 1
        made = _file(gemini, _key(request), name)
        if "elsewhere" in made.tags:
            return RedirectResponse(f"http://{ELSEWHERE}:{request.url.port}/elsewhere/{name}", 302)
        return await _video(request, gemini, made)

    @app.get("/{version}/files/{name}")
    async def file(request: Request, name: str) -> Response:
        gemini.requests["file"] += 1
        key = _key(request)
        if name in gemini.uploads:
            return JSONResponse(_uploaded(gemini, request, name))
        made = _file(gemini, key, name)
        state = "ACTIVE"
        if "processing" in made.tags and gemini.still("processing", made.id, int(made.tags["processing"])):
            state = "PROCESSING"
        elif "file_failed" in made.tags:
            state = "FAILED"
        return JSONResponse({"name": f"files/{name}", "mimeType": "video/mp4", "state": state})

    @app.get("/elsewhere/{name}")
    @app.post("/elsewhere/{name}")
    async def elsewhere(request: Request, name: str) -> Response:
        gemini.requests["elsewhere"] += 1
        shown = request.headers.get("x-goog-api-key") or request.query_params.get("key")
        if shown:
            gemini.seen_elsewhere.append(shown)
        return await _video(request, gemini, gemini.interactions[f"v1_{name}"])

    @app.post("/upload/{version}/files")
    async def start_upload(request: Request) -> Response:
        _key(request)
        asked = Upload.model_validate(await request.json())
        name = f"up{len(gemini.uploads) + 1:08d}"
        gemini.uploads[name] = (asked.file.mime_type or "application/octet-stream", b"")
        return JSONResponse({}, headers={"x-goog-upload-url": f"{request.base_url}upload/session/{name}"})

    @app.post("/upload/session/{name}")
    async def finish_upload(request: Request, name: str) -> Response:
        gemini.uploads[name] = (gemini.uploads[name][0], await request.body())
        body = {"file": _uploaded(gemini, request, name)}
        return JSONResponse(body, headers={"x-goog-upload-status": "final"})

    @app.get("/{version}/models")
    async def models(request: Request) -> Response:
        gemini.requests["models"] += 1
        _key(request)
        return JSONResponse({"models": [{"name": f"models/{model}"} for model in PRICES]})

    @app.get("/admin")
    async def admin() -> Response:
        bill = {key[-4:]: str(cost) for key, cost in gemini.bill().items()}
        return JSONResponse({"requests": gemini.requests, "creates": gemini.creates, "bill": bill})

    return app


def _key(request: Request) -> str:
    key = request.headers.get("x-goog-api-key") or request.query_params.get("key") or ""
    refuse_key(key)
    return key


def _check(asked: Create) -> None:
    """What the service says no to, besides what the shape of a request tells."""
    if asked.model not in PRICES:
        raise classic(
            404, "NOT_FOUND", f"models/{asked.model} is not found or is no longer available. Call ListModels."
        )
    if asked.background and not asked.store:
        raise said(400, "invalid_request", "background needs store to be true")
    seconds = int(asked.response_format.duration[:-1])
    if asked.previous_interaction_id is None and seconds not in SECONDS[asked.model]:
        raise said(400, "invalid_request", f"duration {seconds}s is out of range for {asked.model}")
    if "<LAST_FRAME>" in asked.prompt and "<FIRST_FRAME>" not in asked.prompt:
        raise said(400, "invalid_request", "<LAST_FRAME> needs <FIRST_FRAME>")
    for tag, number in (("<FIRST_FRAME>@Image", 1), ("<LAST_FRAME>@Image", 2)):
        if tag in asked.prompt and sum(part.type == "image" for part in asked.content) < number:
            raise said(400, "invalid_request", f"{tag} names an image that is not there")


def _find(gemini: Gemini, key: str, interaction_id: str) -> Interaction:
    made = gemini.interactions.get(interaction_id)
    if made is None or made.key != key or "forgotten" in made.tags:
        raise said(400, "invalid_request", f"Invalid interaction name: {interaction_id}")
    return made


def _file(gemini: Gemini, key: str, name: str) -> Interaction:
    made = gemini.interactions.get(f"v1_{name}")
    if made is None or made.key != key or "file_gone" in made.tags:
        message = f"You do not have permission to access the File {name} or it may not exist."
        raise classic(403, "PERMISSION_DENIED", message)
    return made


def _uploaded(gemini: Gemini, request: Request, name: str) -> dict[str, Any]:
    media_type, data = gemini.uploads[name]
    return {
        "name": f"files/{name}",
        "uri": f"{request.base_url}v1beta/files/{name}",
        "mimeType": media_type,
        "sizeBytes": str(len(data)),
        "state": "ACTIVE",
    }


async def _bytes(gemini: Gemini, made: Interaction) -> bytes:
    size, fps = (TINY[made.size[0] > made.size[1]], TINY_FPS) if gemini.tiny else (made.size, 24)
    return await asyncio.to_thread(clip, made.request.prompt, size, made.seconds, fps=fps)


async def _video(request: Request, gemini: Gemini, made: Interaction) -> Response:
    data = await _bytes(gemini, made)
    if "reset" in made.tags and gemini.still("reset", made.id, int(made.tags["reset"])):
        return await reset(request)
    if "cut" in made.tags and gemini.still("cut", made.id, int(made.tags["cut"])):
        return cut_short(request, data, "video/mp4")

    async def halves() -> AsyncIterator[bytes]:
        yield data[: len(data) // 2]
        await gemini.hold("download", made)
        yield data[len(data) // 2 :]

    return StreamingResponse(halves(), media_type="video/mp4", headers={"content-length": str(len(data))})
