"""Who is at the other end: the client's address and whether it speaks TLS, through proxies that are trusted.

`X-Forwarded-For` is read from the right: what is leftmost, the client itself may have written.
"""

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import Scope

from rushes.accounts.audit import Origin

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(given: Sequence[str]) -> list[Network]:
    """Return networks as they are compared with."""
    return [ipaddress.ip_network(each, strict=False) for each in given]


def client_address(scope: Scope, trusted: Sequence[Network]) -> str | None:
    """Return the address of who asks: the last one that no trusted proxy has."""
    peer = scope.get("client")
    address = str(peer[0]) if peer else None
    if not _within(address, trusted):
        return address
    chain = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    for each in reversed([part.strip() for part in chain if part.strip()]):
        if not _is_address(each):
            return address
        address = each
        if not _within(each, trusted):
            return each
    return address


def is_encrypted(scope: Scope, trusted: Sequence[Network]) -> bool:
    """Return whether the client speaks TLS, with us or with a trusted proxy."""
    if scope.get("scheme") == "https":
        return True
    peer = scope.get("client")
    if not _within(str(peer[0]) if peer else None, trusted):
        return False
    return Headers(scope=scope).get("x-forwarded-proto", "").split(",")[-1].strip().lower() == "https"


def origin_of(scope: Scope, trusted: Sequence[Network]) -> Origin:
    """Return where a request comes from."""
    return Origin(client_address(scope, trusted), Headers(scope=scope).get("user-agent"))


def _is_address(given: str) -> bool:
    try:
        ipaddress.ip_address(given)
    except ValueError:
        return False
    return True


def _within(address: str | None, trusted: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in each for each in trusted if each.version == found.version)
