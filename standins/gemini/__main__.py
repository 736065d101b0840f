"""`python -m standins.gemini [PORT] [SECONDS]`: the stand-in for people to try, and what to tell Rushes."""

import sys

from standins._server import HOST, serve_forever
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini

PORT = 8085

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    print(
        f"RUSHES_OMNI_BASE_URL=http://{HOST}:{port}  (any key; what it would bill: http://{HOST}:{port}/admin)"
    )
    serve_forever(create_app(Gemini(latency=latency)), port)
