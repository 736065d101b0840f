"""Generation B beneath the page: REST calls with JSON replies, and the tRPC of labs.google. ? Only the parts
that drivers wrote down are as they were; the rest is what the page needs.
"""

import json
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from standins._server import reset
from standins.flow.failures import Code, RpcError
from standins.flow.media import signed
from standins.flow.names import DELETE_RPC, REUSE_RPC
from standins.flow.rpc import COMPLAINT, DONE, RUNNING, SUBMITTED, Rpcs
from standins.flow.signin import SignIn
from standins.flow.studio import Mode
from standins.flow.world import Account, Media, World

SUBMITS: dict[str, Mode] = {
    "batchAsyncGenerateVideoText": "text",
    "batchAsyncGenerateVideoStartImage": "frames",
    "batchAsyncGenerateVideoStartAndEndImage": "first_last",
    "batchAsyncGenerateVideoReferenceImages": "ingredients",
}
UPSCALE = "batchAsyncGenerateVideoUpsampleVideo"
LOOK = "batchCheckAsyncVideoGenerationStatus"
TRPC = {
    "project.createProject": "jHPbke",
    "project.renameProject": "o8DA4",
    "project.searchUserProjects": "UpteDb",
    "user.preferences": "DA4VGb",
    "media.reusePrompt": REUSE_RPC,
    "media.delete": DELETE_RPC,
}
"""? Names of our own, but for the first."""
STATUS = {
    SUBMITTED: "MEDIA_GENERATION_STATUS_PENDING",
    RUNNING: "MEDIA_GENERATION_STATUS_ACTIVE",
    DONE: "MEDIA_GENERATION_STATUS_SUCCESSFUL",
    COMPLAINT: "MEDIA_GENERATION_STATUS_FAILED",
}
HTTP = {
    Code.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.PERMISSION_DENIED: HTTPStatus.FORBIDDEN,
    Code.RESOURCE_EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    Code.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Code.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
}


class OldRest:
    """The routes."""

    def __init__(self, world: World, signin: SignIn, rpcs: Rpcs) -> None:
        self.world, self.signin, self.rpcs = world, signin, rpcs
        self.lost = self.broken = 0
        self.router = APIRouter()
        self.router.get("/fx/api/auth/session")(self.session)
        self.router.get("/fx/api/trpc/media.getMediaUrlRedirect")(self.media_redirect)
        self.router.post("/fx/api/trpc/{call}")(self.trpc)
        self.router.get("/v1/{call}")(self.rest)
        self.router.post("/v1/{call}")(self.rest)
        self.router.post("/{call}")(self.rest)  # `/v1:uploadUserImage`

    async def session(self, request: Request) -> Response:
        """Who is signed in; `{}` when nobody is, with 200."""
        email = self.signin.email_of(request)
        user = {"name": email, "email": email, "image": ""}
        return JSONResponse({"user": user, "expires": "2027-01-01T00:00:00.000Z"} if email else {})

    async def media_redirect(self, request: Request, name: str) -> Response:
        """To a signed address."""
        media = self.world.media.get(name)
        if self.signin.email_of(request) is None or media is None:
            return JSONResponse({"error": {"code": 404}}, 404)
        return RedirectResponse(signed(self.world, media), 307)

    async def trpc(self, request: Request, call: str) -> Response:
        """Projects and preferences."""

        async def act(account: Account, body: dict[str, Any]) -> Any:
            args = body["json"]
            if call == "project.getProject":
                [[project_id, title, _], _] = await self.rpcs.call(account, "Zzl0ze", args)
                shown = [self.world.media[each] for each in account.projects[project_id].media]
                media = [await self._operation(each) for each in reversed(shown) if not each.deleted]
                return _trpc({"projectId": project_id, "projectTitle": title, "media": media})
            return _trpc(await self.rpcs.call(account, TRPC[call], args))

        return await self._answer(request, act)

    async def rest(self, request: Request, call: str) -> Response:
        """`/v1/video:<call>`, `/v1/credits`, `/v1:uploadUserImage`."""
        wire = call.rpartition(":")[2]
        call = next(
            (old.removeprefix("rpc:") for old, new in self.world.scenario.renames.items() if new == wire),
            wire,
        )
        scenario = self.world.scenario
        if call in SUBMITS and self.broken < scenario.failing_submits:
            self.broken += 1
            return JSONResponse({"error": {"code": 500, "message": "Internal error encountered."}}, 500)

        async def act(account: Account, body: dict[str, Any]) -> Any:
            return await self._call(account, call, body)

        answer = await self._answer(request, act)
        if (
            call in SUBMITS
            and answer.status_code == HTTPStatus.OK
            and self.lost < scenario.lost_submit_replies
        ):
            self.lost += 1
            return await reset(request)
        return answer

    async def _answer(
        self, request: Request, act: Callable[[Account, dict[str, Any]], Awaitable[Any]]
    ) -> Response:
        email = self.signin.email_of(request)
        try:
            if email is None:
                raise RpcError(Code.UNAUTHENTICATED)
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(await act(self.world.account(email), body))
        except RpcError as error:
            failure = error.failure
            told = {
                "code": HTTP[error.code].value,
                "message": failure.text if failure else error.code.name,
                "status": error.code.name,
                "details": [{"reason": failure.machine}] if failure and failure.machine else [],
            }
            return JSONResponse({"error": told}, HTTP[error.code])

    async def _call(self, account: Account, call: str, body: dict[str, Any]) -> Any:
        if call == "credits":
            return {"credits": account.credits, "userPaygateTier": "PAYGATE_TIER_ONE"}
        if call == "uploadUserImage":
            args = [body["projectId"], body["fileName"], body["imageInput"]["rawImageBytes"]]
            [[media_id, *_], _] = await self.rpcs.call(account, "maseQ", args)
            uploaded = await self._operation(self.world.media[media_id])
            return {"mediaGenerationId": {"mediaGenerationId": media_id}, "media": [uploaded]}
        if call in SUBMITS:
            made = await self.rpcs.submit(account, SUBMITS[call], body["args"])
            operations = [await self._operation(self.world.media[entry[0]]) for entry in made[2]]
            return {"operations": operations, "remainingCredits": account.credits}
        if call == LOOK:
            asked = [self.world.media[each["operation"]["name"]] for each in body["operations"]]
            return {
                "operations": [await self._operation(media) for media in asked],
                "remainingCredits": account.credits,
            }
        if call == UPSCALE:
            [media_id, ready, address] = await self.rpcs.upscale(account, body["args"])
            return {"mediaGenerationId": media_id, "ready": ready, "address": address}
        raise RpcError(Code.NOT_FOUND)

    async def _operation(self, media: Media) -> dict[str, Any]:
        """`name` is also the media id; what the page shows besides is our own."""
        status, *complaint = self.rpcs.status_of(media, looked=True)
        address = await self.rpcs.ready(media)
        operation: dict[str, Any] = {
            "name": media.id,
            "metadata": {
                "title": media.title,
                "kind": media.kind,
                "percent": media.percent(time.monotonic()),
            },
        }
        if complaint:
            operation["error"] = {"code": 3, "message": complaint[0][1]}
        if media.prompt and self.world.scenario.record_prompt:
            operation["metadata"]["prompt"] = media.prompt
        if address and media.kind == "image":
            operation["metadata"]["image"] = {"fifeUrl": address}
        elif address:
            operation["metadata"]["video"] = {
                "fifeUrl": address, "mediaGenerationId": media.id, "model": media.model_key,
            }  # fmt: skip
        return {"operation": operation, "name": media.id, "sceneId": media.project, "status": STATUS[status]}


def _trpc(data: Any) -> dict[str, Any]:
    return {"result": {"data": {"json": data}}}
