"""The hash of what a product is made of: the same inputs give the same hash, whoever asks and whenever."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from rushes.providers.kinds import Kind


def digest(value: JsonValue) -> str:
    """Return the SHA-256 of a value as canonical JSON: sorted keys, no white space, UTF-8."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def input_hash(kind: Kind, provider: str, model: str, params: Mapping[str, Any], variant: int = 0) -> str:
    """Return the hash of one thing that is asked of a provider. `params` are JSON values."""
    return digest(
        {
            "kind": str(kind),
            "provider": provider,
            "model": model,
            "params": dict(params),
            "variant": variant,
        }
    )
