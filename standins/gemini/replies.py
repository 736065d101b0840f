"""The answers of the Gemini API, good and odd, in the shapes that were documented or seen."""

from collections.abc import Callable
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

from standins.gemini.remote import Gemini, Interaction
from standins.gemini.wire import (
    classic,
    error_info,
    front_end,
    quota_failure,
    retry_info,
    said,
)

REFUSALS = {
    "refuse_people": "I can't make videos of prominent people. Try describing somebody else.",
    "refuse_policy": "I can't help with that: it may go against the usage guidelines.",
    "refuse_minors": "I can't make this video, because it shows a child.",
    "refuse_copyright": "I can't make this video, because of third-party content.",
}
LOST_ANSWERS: dict[str, Callable[[], Response]] = {
    "lost": lambda: JSONResponse([{"error": {"code": 500, "message": "Internal error encountered."}}], 500),
    "reset_create": Response,
    "nameless": lambda: JSONResponse({"object": "interaction", "status": "in_progress"}),
}
MIXED = "Multiple authentication credentials received. Please pass only one."
FOREIGN = "http://localhost:1/not-for-keys.mp4"


def refuse_key(key: str) -> None:
    """Keys that begin like this are not taken; any other is."""
    message = "API key not valid. Please pass a valid API key."
    if not key:
        raise front_end(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
    if key.startswith("invalid"):
        raise classic(400, "INVALID_ARGUMENT", message, error_info("API_KEY_INVALID"))
    if key.startswith("unauthenticated"):
        raise said(401, "unauthenticated", "Request had invalid authentication credentials.")
    if key.startswith("forbidden"):
        quoted = f"Permission denied: Consumer 'api_key:{key}' has been suspended."
        raise front_end(403, "PERMISSION_DENIED", quoted, error_info("CONSUMER_SUSPENDED"))


def refuse_create(gemini: Gemini, key: str, tags: dict[str, str], content: str) -> None:
    """Raise the refusal that a tag, or chance, asks for. Nothing is accepted then."""
    wait = gemini.must_wait(key)
    if wait is None and "busy" in tags and gemini.still("busy", content, int(tags["busy"])):
        wait = float(tags.get("busy_for", 23))
    if wait is not None:
        message = f"You exceeded your current quota. Please retry in {wait:g}s."
        minute = quota_failure("GenerateRequestsPerMinutePerProjectPerModel")
        raise classic(429, "RESOURCE_EXHAUSTED", message, minute, retry_info(wait))
    if "mixed_create" in tags and gemini.still("mixed_create", content):
        raise said(400, "invalid_request", MIXED)
    if "daily" in tags:
        day = quota_failure("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
        raise classic(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", day, retry_info(41))
    if "retired" in tags:
        message = "This model models/gemini-omni-1.1-flash is no longer available. Please update your code."
        raise classic(404, "NOT_FOUND", message)
    if "blocked" in tags:
        raise classic(400, "SAFETY", "The prompt was blocked for safety: it is about a celebrity.")
    if "prohibited" in tags:
        raise front_end(400, "PROHIBITED_CONTENT", "The prompt couldn't be submitted.")


def look_trouble(gemini: Gemini, made: Interaction) -> Response | None:
    """The answer to a look that goes wrong, or tells of no end yet."""
    tags = made.tags

    def still(what: str) -> bool:
        return what in tags and gemini.still(what, made.id, int(tags[what]))

    if still("look_500"):
        return JSONResponse([{"error": {"code": 503, "message": "Busy.", "status": "UNAVAILABLE"}}], 503)
    if still("gibberish"):
        return Response("<html>captive portal</html>", media_type="text/html")
    if still("statusless"):
        return JSONResponse({"id": made.id})
    if still("mixed"):
        raise said(400, "invalid_request", MIXED)
    for tag, status in (("capped", 429), ("capped_200", 200)):
        if tag in tags and gemini.still(tag, made.id):
            raise said(status, "too_many_requests", f"Please retry in {tags[tag]}s")
    if still("queued"):
        return JSONResponse(document(made, "queued"))
    for tag in tags:
        if tag.startswith("status_") and still(tag):
            return JSONResponse(document(made, tag.removeprefix("status_")))
    return None


def document(made: Interaction, status: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An interaction as the API shows it."""
    return {
        "id": made.id,
        "object": "interaction",
        "status": status,
        "model": made.request.model,
        "created": "2026-11-21T12:00:00Z",
        "updated": "2026-11-21T12:00:00Z",
        "service_tier": "standard",
        "steps": [{"type": "user_input", "content": [{"type": "text", "text": made.request.prompt}]}, *steps],
        **more,
    }


def settled(made: Interaction, uri: str) -> dict[str, Any]:
    """How an interaction has ended."""
    tags = made.tags
    usage = made.usage()
    if made.cancelled:
        return document(made, "cancelled", usage=usage)
    for tag in tags:
        if tag.startswith("ends_"):
            text = _output({"type": "text", "text": "Shall it be day or night?"})
            return document(
                made, tag.removeprefix("ends_"), *([text] if "requires" in tag else []), usage=usage
            )
        if tag.startswith("failed"):
            return _failed(made, tag)
        if tag.startswith("refuse_"):
            return document(made, "completed", _text(REFUSALS[tag]), usage=usage)
    if "region" in tags or "billed" in tags:
        return document(made, "completed", usage=usage)
    link = FOREIGN if "foreign" in tags else uri
    video = {"type": "video", "mime_type": "video/mp4", "uri": link}
    thought = {"type": "thought", "signature": "c2ln" * 50}
    return document(made, "completed", thought, _output(video), usage=usage)


def _text(text: str) -> dict[str, Any]:
    return _output({"type": "text", "text": text})


def _output(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "model_output", "content": list(content)}


def _failed(made: Interaction, tag: str) -> dict[str, Any]:
    error = {
        "failed": {"code": "internal", "message": "Something went wrong."},
        "failed_step": {"code": "internal", "message": "Something went wrong."},
        "failed_safety": {"code": "safety", "message": "The video shows a prominent person."},
        "failed_busy": {"code": "too_many_requests", "message": "Please retry in 2s"},
    }[tag]
    if tag == "failed_step":
        return document(
            made, "failed", {"type": "model_output", "content": [], "error": error}, usage=made.usage()
        )
    return document(made, "failed", errors=[error], usage=made.usage())
