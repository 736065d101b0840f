"""Passwords: which are refused, and their Argon2id hashes, two at a time and never on the event loop."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rushes.errors import Fault, Invalid, TooManyRequests

SHORTEST, LONGEST = 10, 256
AT_ONCE = 2
MOST_WAITING = 200
"""Hashes that may wait: at 0.04 s of CPU each, whoever comes then would wait for four seconds."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
_TAIL = re.compile(r"[\d\W_]+$")
_waiting = 0
T = TypeVar("T")


def check_password(password: str, *about: str) -> None:
    """Raise `Invalid` for a password that is too short or among the first that are tried.

    `about` is what is known of its owner: neither an address nor a name is a password.
    """
    why = _unfit(password, about)
    if why:
        raise Invalid("This password cannot be used.", [Fault("password", why, "weak_password")])


def _unfit(password: str, about: tuple[str, ...]) -> str | None:
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Use {SHORTEST} to {LONGEST} characters."
    lower = password.lower()
    if lower in _bad() or _TAIL.sub("", lower) in _bad() or len(set(lower)) < 4:
        return "It is among the passwords that are tried first. Several words make a good one."
    known = {
        part for each in about for part in (each.lower(), each.lower().partition("@")[0]) if len(part) > 3
    }
    if _TAIL.sub("", lower) in known or lower in known:
        return "It is your name or address."
    return None


@cache
def _bad() -> frozenset[str]:
    listed = files("rushes.accounts").joinpath("bad_passwords.txt").read_text(encoding="ascii")
    return frozenset(listed.split())


async def hash_password(password: str) -> str:
    """Return the hash that is stored. Raises `TooManyRequests` when too many wait for theirs."""
    return await _in_turn(_hasher.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """Return whether it is the password. As long for an account that has none, or is not there (None)."""
    try:
        await _in_turn(_hasher.verify, stored or await _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Return whether a hash was made with other costs than are used now."""
    return _hasher.check_needs_rehash(stored)


async def _nobodys() -> str:
    global _of_nobody  # noqa: PLW0603  # made once a process, by the first who needs it
    if _of_nobody is None:
        _of_nobody = await hash_password("nobody has this password")
    return _of_nobody


_of_nobody: str | None = None


async def _in_turn(work: Callable[..., T], *given: str) -> T:
    global _waiting  # noqa: PLW0603  # a count of this process
    if _waiting >= MOST_WAITING:
        raise TooManyRequests("Too many people sign in at this moment.", after=5)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *given)
    finally:
        _waiting -= 1
