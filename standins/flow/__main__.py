"""`python -m standins.flow [--port PORT] [--scenario NAME]`: the stand-in for people to click through."""

import argparse

from standins._server import HOST, serve_forever
from standins.flow.scenario import NAMED
from standins.flow.site import OLD, Site

PORT = 8090


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A stand-in of Google Flow's page.")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--scenario", choices=sorted(NAMED), default="plain")
    asked = parser.parse_args()
    site = Site(NAMED[asked.scenario])
    site.url = f"http://{HOST}:{asked.port}"
    print(f"Open {site.url}{OLD if site.scenario.generation == 'B' else '/'} and sign in with any address.")
    print(f"For Rushes: RUSHES_FLOW_URL={site.url}")
    serve_forever(site.app, asked.port)


if __name__ == "__main__":
    main()
