"""batchexecute's envelopes: what a call's form holds, and the length-prefixed chunks of a reply."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from standins.flow.failures import RpcError

GUARD = ")]}'"
"""Before every reply, so that no script of another page can run it."""


def parse_calls(body: bytes) -> tuple[list[tuple[str, Any]], str]:
    """The calls of a form (rpc id and arguments), and its anti-forgery token."""
    form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=10)
    calls = json.loads(form["f.req"][0])[0]
    return [(call[0], json.loads(call[1])) for call in calls], form.get("at", [""])[0]


def done(rpc: str, payload: Any) -> list[Any]:
    """The part of a reply that answers one call."""
    return ["wrb.fr", rpc, json.dumps(payload, separators=(",", ":"), ensure_ascii=False), None, None, None,
            "generic"]  # fmt: skip


def failed(rpc: str, error: RpcError) -> list[Any]:
    """The part of a reply that refuses one call. ? Where the machine reason and text sit is our choice."""
    detail: list[Any] = [int(error.code)]
    if error.failure is not None:
        info = [
            "type.googleapis.com/google.rpc.ErrorInfo",
            [error.failure.machine or None, error.failure.text],
        ]
        detail += [None, [info]]
    return ["wrb.fr", rpc, None, None, None, detail, "generic"]


def envelope(parts: list[list[Any]]) -> str:
    """A whole reply: the guard, an empty line, and chunks, each after its length."""
    first = [*parts, ["di", 27], ["af.httprm", 26, "-3846114857", 5]]
    text = f"{GUARD}\n\n" + _chunk(first)
    return text + _chunk([["e", 4, None, None, len(text)]])


def _chunk(parts: list[Any]) -> str:
    line = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    # Counted as JavaScript counts, with the line breaks around it.
    return f"{len(line.encode('utf-16-le')) // 2 + 2}\n{line}\n"


def opaque(reply: str) -> str:
    """A reply that nobody but the page can read."""
    return f"{GUARD}\n\nCAE" + base64.b64encode(reply.encode()).decode()
