"""Stands in for Vertex AI's Veo, Google's sign-in for service accounts, and Cloud Storage.

`python -m standins.vertex 9102` serves it. The odd replies are in `_veo.py`.
"""

import base64
import json
import sys
from typing import Any

import google.auth.jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from standins._server import serve_forever
from standins._veo import Instance, Operation, Operations, Strict, error

TOKEN = "ya29.stand-in"
PROJECT = "stand-in-1"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth signs, wherever it sends it."""


class Parameters(Strict):
    """What Vertex AI knows."""

    sampleCount: int = Field(default=1, ge=1, le=4)  # noqa: N815 (their spelling)
    durationSeconds: int = 8  # noqa: N815
    aspectRatio: str = "16:9"  # noqa: N815
    resolution: str = "720p"
    negativePrompt: str | None = None  # noqa: N815
    personGeneration: str = Field(default="allow_adult", pattern="^(allow_all|allow_adult|disallow)$")  # noqa: N815
    generateAudio: bool = True  # noqa: N815
    seed: int | None = Field(default=None, ge=0, lt=2**32)
    storageUri: str | None = Field(default=None, pattern="^gs://[^/]+/")  # noqa: N815
    resizeMode: str | None = Field(default=None, pattern="^(PAD|CROP)$")  # noqa: N815


class Create(Strict):
    """The body of a create."""

    instances: list[Instance] = Field(min_length=1, max_length=1)
    parameters: Parameters
    labels: dict[str, str] = Field(default={})


class VertexStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.operations = Operations()
        self.book = self.operations.book
        self.token_requests = 0
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.app = FastAPI()
        self.app.post("/token")(self.token)
        self.app.get("/{version}/projects/{project}/locations/{location}")(self.location)
        self.app.post("/{version}/projects/{project}/locations/{location}/publishers/google/models/{called}")(
            self.called
        )
        self.app.get("/storage/{bucket}/{name:path}")(self.stored)

    def service_account(self, url: str) -> str:
        """The JSON file of a service account that signs in here."""
        private = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": PROJECT,
                "private_key_id": "1",
                "private_key": private,
                "client_email": f"rushes@{PROJECT}.iam.gserviceaccount.com",
                "token_uri": f"{url}/token",
            }
        )

    async def token(self, request: Request) -> Response:
        """A token for a signed assertion."""
        self.token_requests += 1
        form = await request.form()
        public = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        try:
            google.auth.jwt.decode(str(form["assertion"]), certs=public, audience=AUDIENCE)  # pyright: ignore[reportUnknownMemberType]
        except ValueError:
            return JSONResponse(
                {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400
            )
        return JSONResponse({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    async def location(self, request: Request, project: str, location: str) -> Response:
        """A region, for who is signed in."""
        self.book.note(request)
        return _unknown(request) or JSONResponse({"name": f"projects/{project}/locations/{location}"})

    async def called(self, request: Request, called: str) -> Response:
        """`model:predictLongRunning` and `model:fetchPredictOperation`."""
        body = await request.json()
        self.book.note(request, body)
        if refused := _unknown(request):
            return refused
        _, _, verb = called.partition(":")
        if verb == "fetchPredictOperation":
            return self.fetch_operation(self.operations.by_name.get(str(body.get("operationName"))))
        try:
            create = Create.model_validate(body)
        except ValidationError as fault:
            return error(400, "INVALID_ARGUMENT", f"Invalid value: {fault.errors()[0]['loc']}")
        above = request.url.path.partition("/projects/")[2].rpartition(":")[0]
        return await self.operations.create(
            request, f"projects/{above}", create.instances[0], create.parameters.model_dump()
        )

    def fetch_operation(self, operation: Operation | None) -> Response:
        """An operation with its videos: links when a folder was given, bytes otherwise."""
        told = self.operations.look(operation)
        if isinstance(told, Response) or operation is None:
            return told if isinstance(told, Response) else Response(status_code=404)
        if "response" in told:
            takes = told["response"].pop("takes")
            self.operations.charge(operation, takes)
            told["response"]["@type"] = (
                "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
            )
            told["response"]["videos"] = [self._video(operation, index) for index in range(takes)]
        return JSONResponse(told)

    @staticmethod
    def _video(operation: Operation, index: int) -> dict[str, Any]:
        folder = operation.parameters.get("storageUri")
        if folder:
            number = operation.name.rpartition("/")[2]
            return {"gcsUri": f"{folder}{number}/sample_{index}.mp4", "mimeType": "video/mp4"}
        data = base64.b64encode(operation.clip(index)).decode()
        return {"bytesBase64Encoded": data, "mimeType": "video/mp4"}

    async def stored(self, request: Request, name: str) -> Response:
        """An object of Cloud Storage."""
        self.book.note(request)
        if refused := _unknown(request):
            return refused
        *_, number, file = name.split("/")
        for operation in self.operations.by_name.values():
            if operation.name.endswith(f"/{number}"):
                return self.operations.download(request, operation, int(file[len("sample_") : -len(".mp4")]))
        return error(404, "NOT_FOUND", "No such object.")


def _unknown(request: Request) -> Response | None:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    return None


if __name__ == "__main__":
    serve_forever(VertexStandIn().app, int(sys.argv[1]))
