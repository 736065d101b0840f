"""Where this installation listens: its address, its port, and who may be there already."""

import ipaddress
import json
import socket
import urllib.error
import urllib.request

from rushes.errors import Conflict, Invalid
from rushes.settings import Settings


def refuse_public_address(settings: Settings) -> None:
    """Raise `Invalid` for an address that other machines reach, unless the operator wants it so."""
    if settings.accounts == "on" or settings.insecure or _is_this_machine(settings.host):
        return
    raise Invalid(
        f"Whoever reaches {settings.host or 'every address of this machine'} may do everything, also spend"
        " your money: Rushes has no accounts here.",
        hint="Switch them on (RUSHES_ACCOUNTS=on). Or, in a network you trust, give"
        " --insecure (RUSHES_INSECURE=true).",
    )


def _is_this_machine(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def address(host: str, port: int) -> str:
    """The URL to type: a host that means every address is reached as this machine."""
    # Nothing is bound here: S104 only sees the address.
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown and not shown.startswith('[') else shown}:{port}"


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started. Raises `Conflict` when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        url = address(settings.host, settings.port)
        if answers_as_rushes(url):
            raise Conflict(
                f"Rushes is up already at {url}.",
                hint="Use that one, or give another port: --port 8002",
            ) from error
        raise Conflict(
            f"Rushes cannot listen on {settings.host}, port {settings.port}: {error.strerror}.",
            hint="Give another port (--port 8002, RUSHES_PORT) or address (--host, RUSHES_HOST).",
        ) from error
    # asyncio does this for sockets that it made itself. Without it, an answer's second piece waits 40 ms
    # for the client to confirm the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def answers_as_rushes(url: str) -> bool:
    """Whether the API of a Rushes answers there. Blocking, a second at most."""
    try:
        # Always our own http:// address, never a scheme from outside.
        with urllib.request.urlopen(f"{url}/api/health", timeout=1) as answer:  # noqa: S310
            health: object = json.load(answer)
    except urllib.error.HTTPError as error:  # one whose database is down answers 503, and is one of ours
        health = _read_json(error)
    except (OSError, ValueError):
        return False
    return isinstance(health, dict) and {"status", "workers", "database"} <= health.keys()


def _read_json(answer: urllib.error.HTTPError) -> object:
    try:
        return json.load(answer)
    except (OSError, ValueError):
        return None
