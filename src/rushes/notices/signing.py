"""Signatures of webhooks by the Standard Webhooks specification, version 1: symmetric, HMAC-SHA256."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a new secret, as it is shown: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """Return the signature of a message with one secret: `v1,` and base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def signed_headers(secrets_: Sequence[str], message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """Return the three headers. With several secrets a receiver that knows any of them can verify."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(each, message_id, seconds, body) for each in secrets_),
    }
