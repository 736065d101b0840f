"""Where the link to a result may lead: what a service answers must not make us look around our own network.

A link on the host that was configured is followed as it is. Any other has to be https and to lead to public
addresses; the connection goes to an address that was looked at, so a name cannot change in between. Each
redirect is a link of its own.
"""

import asyncio
import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.request import getproxies, proxy_bypass

import httpx2
from pydantic import Field

from rushes.errors import ErrorType, ProviderChanged, RetryLater
from rushes.providers.video_contract import ProviderSettings

NAT64 = IPv6Network("64:ff9b::/96")
HINT = "If it is right, the provider's setting PRIVATE_LINKS allows it; `rushes retry` then continues."


class LinkSettings(ProviderSettings):
    """Base of the settings of a provider that follows links."""

    private_links: bool = Field(
        default=False,
        description="Whether results may be fetched over plain HTTP and from private addresses (as 10.0.0.5),"
        " besides the host that the key or the settings name.",
    )


@dataclass(frozen=True)
class LinkRequest:
    """How a link is to be asked for: with the address in place of the name."""

    url: httpx2.URL
    headers: dict[str, str] = field(default_factory=dict[str, str])
    extensions: dict[str, str] = field(default_factory=dict[str, str])


async def way_to(url: httpx2.URL, home: httpx2.URL, *, private: bool) -> LinkRequest:
    """How to follow a link of the service at `home`. Raises `ProviderChanged`; `RetryLater` without DNS."""
    if private or url.host == home.host:
        return LinkRequest(url)
    if url.scheme != "https":
        raise ProviderChanged(
            f"the link to the video is not https, on {url.host or 'no host'}", step="download", hint=HINT
        )
    try:
        way = await pinned(url)
    except OSError:
        raise RetryLater(f"{url.host} cannot be found.", error_type=ErrorType.NETWORK) from None
    if way is None:
        raise ProviderChanged(
            f"the link to the video leads to a private address, by {url.host}", step="download", hint=HINT
        )
    return way


async def pinned(url: httpx2.URL) -> LinkRequest | None:
    """Return how to reach a URL at a public address that was looked at; None when any of its addresses is
    private. Raises `OSError` when its name is not found.

    Behind a proxy of the operator's the URL stays as it is: the proxy looks names up, and decides.
    """
    if url.scheme in getproxies() and not proxy_bypass(url.host):
        return LinkRequest(url)
    addresses = await _look_up(url)
    if not all(map(is_public, addresses)):
        return None
    return LinkRequest(
        url.copy_with(host=str(addresses[0])),
        # Not kept: a connection is known by its address, and another name at it has another certificate.
        {"host": url.netloc.decode("ascii"), "connection": "close"},
        {"sni_hostname": url.raw_host.decode("ascii")},
    )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the open Internet, also when it is wrapped in another."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            within = IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
    return address.is_global and not address.is_multicast


async def _look_up(url: httpx2.URL) -> list[IPv4Address | IPv6Address]:
    found = await asyncio.get_running_loop().getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
