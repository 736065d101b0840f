"""Stands in for a server that speaks the Veo of the old Gemini API (`/v1beta/models/M:predictLongRunning`).

`python -m standins.devapi_veo 9103` serves it. The odd replies are in `_veo.py`.
"""

import sys

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from standins._server import serve_forever
from standins._veo import Instance, Operations, Strict, error

KEY = "AIza-stand-in"


class Parameters(Strict):
    """What the Gemini API knows: no seed, no switch for the sound, no folder."""

    sampleCount: int = Field(default=1, ge=1, le=1)  # noqa: N815 (their spelling)
    durationSeconds: int = 8  # noqa: N815
    aspectRatio: str = "16:9"  # noqa: N815
    resolution: str = "720p"
    negativePrompt: str | None = None  # noqa: N815
    personGeneration: str = Field(default="allow_all", pattern="^(allow_all|allow_adult|dont_allow)$")  # noqa: N815


class Create(Strict):
    """The body of a create."""

    instances: list[Instance] = Field(min_length=1, max_length=1)
    parameters: Parameters


class DevApiVeoStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.operations = Operations()
        self.book = self.operations.book
        self.app = FastAPI()
        self.app.get("/v1beta/models")(self.models)
        self.app.post("/v1beta/models/{called}")(self.create)
        self.app.get("/v1beta/models/{model}/operations/{number}")(self.operation)
        self.app.get("/v1beta/files/{file}")(self.file)

    async def models(self, request: Request) -> Response:
        """What there is, for who has a key."""
        self.book.note(request)
        return _unknown(request) or JSONResponse({"models": []})

    async def create(self, request: Request, called: str) -> Response:
        """`model:predictLongRunning`."""
        body = await request.json()
        self.book.note(request, body)
        if refused := _unknown(request):
            return refused
        try:
            create = Create.model_validate(body)
        except ValidationError as fault:
            return error(400, "INVALID_ARGUMENT", f"Invalid value: {fault.errors()[0]['loc']}")
        instance, parameters = create.instances[0], create.parameters
        needed = "allow_adult" if instance.image or instance.referenceImages else "allow_all"
        if parameters.personGeneration not in {needed, "dont_allow"}:
            return error(400, "INVALID_ARGUMENT", f"personGeneration must be {needed} here.")
        above = f"models/{called.partition(':')[0]}"
        return await self.operations.create(request, above, instance, parameters.model_dump())

    async def operation(self, request: Request, model: str, number: str) -> Response:
        """An operation, with links to its videos."""
        self.book.note(request)
        if refused := _unknown(request):
            return refused
        operation = self.operations.by_name.get(f"models/{model}/operations/{number}")
        told = self.operations.look(operation)
        if isinstance(told, Response) or operation is None:
            return told if isinstance(told, Response) else Response(status_code=404)
        if "response" in told:
            made = told["response"]
            takes = made.pop("takes")
            self.operations.charge(operation, takes)
            link = f"{request.base_url}v1beta/files/{model}.{number}.{{}}:download?alt=media"
            if takes:
                made["generatedSamples"] = [{"video": {"uri": link.format(index)}} for index in range(takes)]
            told["response"] = {
                "@type": "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse",
                "generateVideoResponse": made,
            }
        return JSONResponse(told)

    async def file(self, request: Request, file: str) -> Response:
        """The bytes of a take."""
        self.book.note(request)
        if refused := _unknown(request):
            return refused
        model, number, index = file.removesuffix(":download").rsplit(".", 2)
        operation = self.operations.by_name[f"models/{model}/operations/{number}"]
        return self.operations.download(request, operation, int(index))


def _unknown(request: Request) -> Response | None:
    if request.headers.get("x-goog-api-key") != KEY:
        return error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
    return None


if __name__ == "__main__":
    serve_forever(DevApiVeoStandIn().app, int(sys.argv[1]))
