"""Requests made from the description of the API: some as it asks for, some with anything in them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx
from jsonschema import Draft202012Validator

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
ODD_TEXTS = (
    *(
        "",
        " ",
        "0",
        "-1",
        "null",
        "a" * 5000,
        "9" * 400,
        "1e999",
        "../../etc/passwd",
        "%00",
        "';--",
        "[" * 200,
    ),
    *("\0", "\x1b[2J", "\u202eabc", "\ud800", "３", "é" * 300, "http://[", "file:///etc/passwd"),
    *(
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "2026-02-30",
        "nan",
        "<b>&amp;",
        "\r\nX: y",
        "a\u2028b",
    ),
)
ODD_NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**20, 1e308, -0.0, 0.1, 10**400)
ODD_VALUES: tuple[Any, ...] = (None, True, False, [], {}, [[]], {"a": None}, [None], *ODD_NUMBERS, *ODD_TEXTS)
MOST_DEPTH = 6
DEEP = '{"a":' * 300 + "1" + "}" * 300


@dataclass(frozen=True)
class Operation:
    """One route of the description."""

    method: str
    path: str
    told: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations_of(description: Mapping[str, Any]) -> list[Operation]:
    """Every route; live events apart, whose answers do not end."""
    return [
        Operation(method, path, told)
        for path, methods in description["paths"].items()
        for method, told in methods.items()
        if not any("event-stream" in kind for kind in told["responses"].get("200", {}).get("content", {}))
    ]


class Wild:
    """Makes requests. `known` are values of path parameters that exist, by name."""

    def __init__(self, description: Mapping[str, Any], known: Mapping[str, str], seed: int) -> None:
        self.description = description
        self.known = known
        self.random = Random(seed)

    def request(self, operation: Operation) -> dict[str, Any]:
        """A request for `httpx.AsyncClient.request`. About a half is as the description asks for."""
        random, odd = self.random, self.random.choice((0.0, 0.0, 0.1, 0.4))
        path, query, headers = operation.path, list[tuple[str, str]](), dict[str, str]()
        for each in operation.told.get("parameters", []):
            name, where = each["name"], each["in"]
            if where == "path":
                path = path.replace(f"{{{name}}}", quote(self._of_path(name, odd), safe=""))
            elif where == "query" and (each.get("required") or random.random() < 0.5):
                values = self.value(each["schema"], odd)
                for value in _each(values):
                    query.append((name, _as_text(value)))
        if random.random() < odd / 2:
            query.append(("surprise", "1"))
        request: dict[str, Any] = {"method": operation.method.upper(), "url": path, "params": query}
        content = operation.told.get("requestBody", {}).get("content", {})
        if content and random.random() > odd / 4:
            kind = random.choice(sorted(content))
            request |= self._body(kind, content[kind].get("schema", {}), odd)
        return request | ({"headers": headers | request.get("headers", {})})

    def value(self, schema: Mapping[str, Any], odd: float, depth: int = 0) -> Any:
        """A value as a schema asks for; with the chance `odd` at each place, anything."""
        random = self.random
        if random.random() < odd:
            return random.choice(ODD_VALUES)
        if "$ref" in schema:
            return self.value(self._named(schema["$ref"]), odd, depth)
        for alternatives in ("anyOf", "oneOf"):
            if alternatives in schema:
                return self.value(random.choice(schema[alternatives]), odd, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return random.choice(schema["enum"])
        if "default" in schema and random.random() < 0.3:
            return schema["default"]
        match schema.get("type"):
            case "object":
                return self._object(schema, odd, depth)
            case "array":
                least = schema.get("minItems", 0)
                count = 0 if depth > MOST_DEPTH else random.randint(least, max(least, 2))
                return [self.value(schema.get("items", {}), odd, depth + 1) for _ in range(count)]
            case "integer":
                return random.randint(
                    int(schema.get("minimum", 0)), min(int(schema.get("maximum", 100)), 10**6)
                )
            case "number":
                return random.uniform(float(schema.get("minimum", 0)), float(schema.get("maximum", 100)))
            case "boolean":
                return random.random() < 0.5
            case "null":
                return None
            case "string":
                return self._text(schema)
            case _:
                return random.choice(ODD_VALUES)

    def _object(self, schema: Mapping[str, Any], odd: float, depth: int) -> dict[str, Any]:
        needed, found = schema.get("required", ()), dict[str, Any]()
        for name, inner in schema.get("properties", {}).items():
            if name in needed or (depth < MOST_DEPTH and self.random.random() < 0.5):
                found[name] = self._known(name) or self.value(inner, odd, depth + 1)
        if self.random.random() < odd:
            found[self.random.choice(("surprise", "__proto__", "", "\0"))] = self.random.choice(ODD_VALUES)
        return found

    def _text(self, schema: Mapping[str, Any]) -> str:
        random = self.random
        match schema.get("format"):
            case "uuid":
                return random.choice((*self.known.values(), str(UUID(int=random.getrandbits(128)))))
            case "date-time":
                return random.choice(("2026-11-30T12:00:00Z", "2026-11-30T12:00:00+02:00"))
            case _:
                words = random.choice(("A fox", "rice", "echo", "en", "1", "16:9", "https://example.com/a"))
                return (words * 3)[: schema.get("maxLength", 50)]

    def _known(self, name: str) -> str | None:
        return self.known.get(name) if self.random.random() < 0.6 else None

    def _of_path(self, name: str, odd: float) -> str:
        if self.random.random() < odd:
            text = self.random.choice(ODD_TEXTS)
            return text.encode("utf-8", "replace").decode() or "x"
        return (
            self.known.get(name, "1")
            if self.random.random() < 0.7
            else str(UUID(int=self.random.getrandbits(128)))
        )

    def _body(self, kind: str, schema: Mapping[str, Any], odd: float) -> dict[str, Any]:
        if kind == "application/json":
            if self.random.random() < odd / 4:
                broken = (b"", b"{", DEEP.encode(), b"\xff\xfe", b"nul", b'"\\ud800"', b"[" * 10_000)
                body = self.random.choice(broken)
            else:
                body = json.dumps(self.value(schema, odd)).encode()
            return {"content": body, "headers": {"content-type": kind}}
        fields: dict[str, Any] = dict(self.value(schema, 0))
        if kind != "multipart/form-data":
            return {"data": {name: _as_text(each) for name, each in fields.items()}}
        files = list[tuple[str, Any]]()
        properties = self._resolved(schema).get("properties", {})
        for name, value in fields.items():
            binary = json.dumps(self._resolved(properties.get(name, {})))
            for each in _each(value):
                if '"binary"' in binary or "contentMediaType" in binary:
                    content = self.random.choice(
                        (PNG, PNG[:30], b"", b"1. A fox\n2. A hen\n", b"PK\x03\x04" * 9)
                    )
                    named = self.random.choice(("1.png", "prompts.txt", "a.zip", "x" * 300, "é\u202e.png"))
                    files.append((name, (named, content, "application/octet-stream")))
                else:
                    files.append((name, (None, _as_text(each))))
        return {"files": files or [("surprise", (None, "1"))]}

    def _named(self, reference: str) -> Mapping[str, Any]:
        found: Any = self.description
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._resolved(self._named(schema["$ref"])) if "$ref" in schema else schema


def faults_of(description: Mapping[str, Any], operation: Operation, answer: httpx.Response) -> Iterator[str]:
    """What is not as the description says."""
    status, responses = str(answer.status_code), operation.told["responses"]
    kind = answer.headers.get("content-type", "").split(";")[0]
    if answer.status_code >= 500 and status not in responses:
        yield f"an undocumented {status}: {answer.text[:300]}"
    if answer.status_code >= 400:
        body = answer.json() if kind.endswith("json") and answer.content else None
        if operation.method != "head" and not (
            isinstance(body, dict) and ("code" in body or "error" in body)
        ):
            yield f"a {status} without a code: {kind} {answer.text[:200]}"
        return
    if status not in responses and status != "304":
        yield f"an undocumented {status}"
        return
    told = responses.get(status, {}).get("content", {})
    if kind == "application/json" and (schema := told.get(kind, {}).get("schema")):
        whole = {**schema, "components": description["components"]}
        validator: Any = Draft202012Validator(whole)
        for error in list(validator.iter_errors(answer.json()))[:2]:
            yield f"the answer is not as described at {error.json_path}: {error.message[:200]}"


def _each(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _as_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()
