"""Makes what proves who somebody is (sessions, tokens, links), and the hash under which it is kept.

All have 256 bits of chance, so that a plain SHA-256 suffices: there is nothing to guess from.
"""

import hashlib
import hmac
import secrets
import string
import zlib

TOKEN_PREFIX = "rsh_"  # noqa: S105  # by which scanners tell a token of Rushes
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECK = 43, 6
LONGEST = 128
"""Characters of whatever is presented as a secret; more is none."""


def digest(secret: str) -> bytes:
    """Return what is stored in a secret's place."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_secret() -> str:
    """Return a new secret of a session or a link."""
    return secrets.token_urlsafe(32)


def new_salt() -> bytes:
    """Return what a session's next secret is derived with."""
    return secrets.token_bytes(32)


def successor(secret: str, salt: bytes) -> str:
    """Return the secret that follows another one: the same for all who replace it at the same moment.

    It takes both: the salt is in the database alone, the secret in the browser alone.
    """
    return hmac.new(salt, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def new_token() -> str:
    """Return a new API token: `rsh_`, 43 characters of chance, 6 of a checksum over them."""
    body = "".join(secrets.choice(_BASE62) for _ in range(_RANDOM))
    return f"{TOKEN_PREFIX}{body}{_checksum(body)}"


def looks_like_token(given: str) -> bool:
    """Return whether it has the form and the checksum of a token: what has not needs no database."""
    body = given[len(TOKEN_PREFIX) : -_CHECK]
    return (
        len(given) == len(TOKEN_PREFIX) + _RANDOM + _CHECK
        and given.startswith(TOKEN_PREFIX)
        and given.isascii()
        and given[-_CHECK:] == _checksum(body)
    )


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECK):
        number, rest = divmod(number, len(_BASE62))
        digits = _BASE62[rest] + digits
    return digits
