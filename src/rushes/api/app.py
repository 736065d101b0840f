"""Puts the API together: the runtime for as long as it is up, a worker beside it if asked, the routes."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache, partial
from types import ModuleType
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from rushes import __version__
from rushes.accounts.setup import prepare_first_admin
from rushes.api.access import Access
from rushes.api.bodies import Bodies
from rushes.api.guard import Guard
from rushes.api.guide import mount_help
from rushes.api.head import Head
from rushes.api.live import Live
from rushes.api.mcp_mount import mount_mcp
from rushes.api.metrics.requests import Measured, RequestMetrics
from rushes.api.metrics.serve import metrics_beside
from rushes.api.openai_errors import OPENAI_ALWAYS
from rushes.api.outgoing import describe_messages
from rushes.api.page import mount_page
from rushes.api.problems import ALWAYS, Problem, add_handlers
from rushes.api.routes import (
    arranging,
    auth,
    deleted,
    downloads,
    events,
    flow,
    health,
    images,
    jobs,
    keys,
    library,
    me,
    money,
    notices,
    openai_models,
    openai_videos,
    overview,
    presets,
    probes,
    projects,
    providers,
    reviews,
    scripts,
    shares,
    shots,
    spaces,
    speech,
    stills,
    storage,
    stories,
    story_batches,
    story_files,
    story_parts,
    story_preview,
    story_room,
    submissions,
    uncertain,
    upscales,
    users,
    veo3,
    video_chat,
    video_list,
    videos,
    webhooks,
)
from rushes.api.routes.events import encoded as encoded_event
from rushes.engine.runtime import Runtime, open_runtime
from rushes.keys.environment import take_in_environment
from rushes.keys.reconcile import reconcile_keys
from rushes.ops.installation import identity
from rushes.platform.storage.places import link_origin
from rushes.settings import Settings
from rushes.worker import run_worker

log = logging.getLogger(__name__)

PACKED_FROM_BYTES = 2000
PACKING_LEVEL = 4
"""Of gzip: a list of 1 MB becomes a tenth in 10 ms; the highest level takes five times as long for little."""
OF_OPENAI = (openai_videos, openai_models)
ROUTES = (
    jobs,
    arranging,
    presets,
    projects,
    scripts,
    images,
    speech,
    downloads,
    upscales,
    reviews,
    deleted,
    library,
    video_list,
    videos,
    uncertain,
    stills,
    shots,
    video_chat,
    story_room,
    stories,
    story_parts,
    story_files,
    story_preview,
    story_batches,
    veo3,
    *OF_OPENAI,
    events,
    overview,
    providers,
    keys,
    flow,
    money,
    submissions,
    storage,
    notices,
    webhooks,
    auth,
    me,
    spaces,
    shares,
    users,
    health,
    probes,
)
ABOUT = """Images and prompts in, finished videos out; nothing paid twice.

Make a job, upload a batch, start it, follow its events, download the videos.
HEAD is answered wherever GET is.
Whatever does not happen is reported as `application/problem+json` with a stable `code` and who acts next."""


def create_app(settings: Settings, *, with_worker: bool = False) -> FastAPI:
    """The application. With `with_worker` this process also makes the videos."""

    requests = RequestMetrics() if settings.metrics_port is not None else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_runtime(settings) as run:
            app.state.run, app.state.live = run, Live(run, partial(encoded_event, run.incarnation))
            await reconcile_keys(run)
            await take_in_environment(run)
            if settings.accounts == "on":
                app.state.installation = (await identity(run.db)).id.hex
                await prepare_first_admin(run)
            async with (
                metrics_beside(run, requests),
                _worker_beside(run) if with_worker else contextlib.nullcontext(),
            ):
                yield
            app.state.live.close()
            await endpoint.close()

    app = FastAPIOffline(  # /docs loads nothing from elsewhere
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/assets",
        title="Rushes",
        version=__version__,
        description=ABOUT,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.add_middleware(Head)  # the innermost: what the guard answers is its own
    # Lists are long and alike; files and the live events are passed on as they are.
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM_BYTES, compresslevel=PACKING_LEVEL)
    app.add_middleware(Access, settings=settings)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Bodies)  # the outermost: what the guard refuses may have a body too
    if requests is not None:
        app.add_middleware(Measured, metrics=requests)
    add_handlers(app)
    app.router.routes.extend(_included())
    app.state.api_routes = [route for module in ROUTES for route in module.router.routes]
    endpoint = mount_mcp(app, settings)
    mount_help(app)
    mount_page(app, media=link_origin(settings))
    app.openapi = lambda: _openapi(app)
    return app


@cache
def _included() -> list[BaseRoute]:
    """The API's routes with what any of them may answer, once a process: it takes a fifth of a second.

    FastAPI puts them together at the first request, and remembers that in what is returned here.
    """
    router = APIRouter(generate_unique_id_function=_operation_id)
    for module in ROUTES:
        router.include_router(module.router, responses=_always(module))
    return router.routes


def _always(module: ModuleType) -> dict[int | str, dict[str, Any]]:
    """How any route of a module may fail, in the words of its clients."""
    return OPENAI_ALWAYS if module in OF_OPENAI else ALWAYS


def _operation_id(route: APIRoute) -> str:
    """The function's name: what a generated client calls it."""
    return route.name


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = schema["components"]["schemas"]
        # Answers of another media type than JSON: FastAPI does not look into them.
        for model in (Problem, events.Change):
            described = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(described.pop("$defs", {}))
            schemas[model.__name__] = described
        _restore_nulls(schema)
        describe_messages(schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _restore_nulls(schema: dict[str, Any]) -> None:
    """FastAPI drops every `null`, also those of examples, where they are part of the answer."""
    for module in ROUTES:
        for route in module.router.routes:
            if not isinstance(route, APIRoute) or not route.include_in_schema:
                continue
            for method in route.methods or ():
                responses = schema["paths"][route.path_format][method.lower()]["responses"]
                for status, given in {**_always(module), **(route.responses or {})}.items():
                    for media, content in given.get("content", {}).items():
                        responses[str(status)]["content"][media]["example"] = content["example"]


@asynccontextmanager
async def _worker_beside(run: Runtime) -> AsyncGenerator[None]:
    task = asyncio.create_task(run_worker(run), name="worker")
    task.add_done_callback(_tell_of_its_end)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _tell_of_its_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("the worker has ended; restart to have videos made again", exc_info=error)
