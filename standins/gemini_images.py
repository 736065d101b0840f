"""Stands in for the Gemini API's `generateContent` of pictures; the real `google-genai` SDK works with it.

`python -m standins.gemini_images 9109` serves it. Tags of a prompt: [429:n] [busy:n] [401] are refused;
[500] [reset] are accepted and the answer is lost; [blocked] (the prompt) [safety] [noimage] are refusals in
an answer; [words] answers in words; [draft] puts a thought and a draft before the picture; [broken] no
base64; [page] bytes that are no picture.
"""

import base64
import sys
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from standins._book import Book, tags
from standins._images import picture
from standins._server import reset, serve_forever
from standins.gemini_text import error

KEY = "AIzaSy-images-stand-in-01"
MODELS = ("gemini-3.1-flash-image", "gemini-3-pro-image")
SIDES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
TOKENS = {"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}


class GeminiImagesStandIn:
    """The state of it; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.app = FastAPI()
        self.app.get("/v1beta/models")(self.models)
        self.app.post("/v1beta/models/{call}")(self.generate)

    async def models(self, request: Request) -> Response:
        """What there is."""
        self.book.note(request)
        models = [{"name": f"models/{each}"} for each in MODELS]
        return self._unknown(request) or JSONResponse({"models": models})

    async def generate(self, request: Request, call: str) -> Response:
        """Draw."""
        fields: dict[str, Any] = await request.json()
        self.book.note(request, fields)
        if (refused := self._unknown(request)) is not None:
            return refused
        model, _, verb = call.partition(":")
        if model not in MODELS or verb != "generateContent":
            return error(404, "NOT_FOUND", f"models/{model} is not found for API version v1beta.")
        prompt: str = fields["contents"][0]["parts"][0]["text"]
        wanted = tags(prompt)
        config: dict[str, Any] = fields.get("generationConfig", {})
        image: dict[str, str] = config.get("imageConfig", {})
        if "IMAGE" not in config.get("responseModalities", ["TEXT", "IMAGE"]):
            return error(400, "INVALID_ARGUMENT", "The model makes images.")
        if self.book.still(prompt, "429"):
            return error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", [{"retryDelay": "7s"}])
        if self.book.still(prompt, "busy"):
            return error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
        self.book.created.append(prompt)
        if "reset" in wanted:
            return await reset(request)
        if "500" in wanted:
            return error(500, "INTERNAL", "An internal error has occurred.")
        size = image.get("imageSize", "1K")
        across, down = map(int, image.get("aspectRatio", "1:1").split(":"))
        side = SIDES[size]
        data = picture(prompt, side, side * down // across, "PNG")
        usage = {
            "promptTokenCount": 20,
            "candidatesTokenCount": TOKENS[size],
            "totalTokenCount": 20 + TOKENS[size],
        }
        return JSONResponse({**_answer(wanted, data), "usageMetadata": usage, "modelVersion": model})

    def _unknown(self, request: Request) -> Response | None:
        if request.headers.get("x-goog-api-key") != KEY:
            return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        return None


def _answer(wanted: dict[str, str], data: bytes) -> dict[str, Any]:
    if "blocked" in wanted:
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    if "safety" in wanted:
        return {
            "candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": "Unable to show the image."}]
        }
    if "noimage" in wanted:
        return {"candidates": [{"content": {"role": "model"}, "finishReason": "NO_IMAGE"}]}
    encoded = base64.b64encode(data).decode()
    if "broken" in wanted:
        encoded = "%%%"
    if "page" in wanted:
        encoded = base64.b64encode(b"<html></html>").decode()
    drawn: dict[str, Any] = {"inlineData": {"mimeType": "image/png", "data": encoded}}
    parts = [drawn]
    if "words" in wanted:
        parts = [{"text": "What should the picture show?"}]
    if "draft" in wanted:
        draft = base64.b64encode(picture("draft", 16, 16, "PNG")).decode()
        thought = {"inlineData": {"mimeType": "image/png", "data": draft}, "thought": True}
        parts = [{"text": "Hm.", "thought": True}, thought, {"text": "Here it is:"}, drawn]
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}]
    }


if __name__ == "__main__":
    serve_forever(GeminiImagesStandIn().app, int(sys.argv[1]))
