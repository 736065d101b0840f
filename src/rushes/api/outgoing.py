"""The messages that Rushes sends, in the API's description: `webhooks` of OpenAPI 3.1, one entry a type."""

from typing import Any

from rushes.notices.event_types import TYPES, MessageType, SentMessage

_HEADERS = {
    "webhook-id": "The id of the message, the same in every attempt: drop what you have seen.",
    "webhook-timestamp": "When the attempt was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; several, by spaces,"
    " while a secret is rotated.",
}


def describe_messages(schema: dict[str, Any]) -> None:
    """Add every type of message to the description, with the schema of its body."""
    schemas = schema["components"]["schemas"]
    for model in dict.fromkeys(each.data for each in TYPES.values()):
        described = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(described.pop("$defs", {}))
        schemas[model.__name__] = described
    schema["webhooks"] = {str(each): {"post": _operation(each)} for each in MessageType}


def _operation(message_type: MessageType) -> dict[str, Any]:
    described = TYPES[message_type]
    time = SentMessage.model_fields["timestamp"]
    body = {
        "type": "object",
        "title": str(message_type),
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": str(message_type)},
            "timestamp": {"type": "string", "format": "date-time", "description": time.description},
            "data": {"$ref": f"#/components/schemas/{described.data.__name__}"},
        },
    }
    return {
        "summary": described.title,
        "operationId": f"on_{str(message_type).replace('.', '_')}",
        "tags": ["webhooks"],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": words,
                "schema": {"type": "string"},
            }
            for name, words in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "Received. Anything else, and silence, is tried again."},
            "410": {"description": "Never send anything again: the webhook is paused."},
        },
    }
