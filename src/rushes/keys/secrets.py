"""What may be stored as a key: text that a header can carry, a document, or a word its provider knows."""

from pydantic import SecretStr

from rushes.errors import Fault, Invalid
from rushes.keys.services import KeyOwner

SHORTEST = 8
"""Characters. Of a shorter one the last four would give too much away."""


def checked_secret(given: SecretStr, owner: KeyOwner) -> str:
    """Return the secret without the blanks around it. Raises `Invalid`, which never quotes it."""
    secret = given.get_secret_value().strip()
    if secret.lower() in _words(owner):
        return secret.lower()
    if len(secret) < SHORTEST:
        raise _no_key(f"{SHORTEST} characters or more.")
    if secret.startswith("{"):  # a service account's file: JSON, which is sent nowhere as it is
        if any(ord(each) < 32 and each not in "\r\n\t" for each in secret):
            raise _no_key("There are control characters in it.")
    elif not all("!" <= each <= "~" for each in secret):
        raise _no_key(
            "A key has letters, digits and signs of ASCII alone. There is a blank, a line break or"
            " another character in this one: copy it again."
        )
    return secret


def _words(owner: KeyOwner) -> frozenset[str]:
    return frozenset[str]().union(*(each.words for each in owner.providers))


def _no_key(why: str) -> Invalid:
    return Invalid("This is no key.", [Fault("secret", why, "no_key")])
