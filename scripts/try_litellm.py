"""Drives a server of ours with the real LiteLLM, in an environment of its own (it wants another `openai`).

Needs a package index. Prints what each call answered; ends with 1 when one of them failed.

    python -m scripts.try_litellm
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench._home import free_port, home, stop, until_answers

CLIENT = Path(__file__).with_name("litellm_client.py")


def _run(*command: str | Path) -> int:
    # Without the variable LiteLLM asks for prices on the network first, three times.
    env = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    return subprocess.run(command, env=env, check=True).returncode  # noqa: S603  # our own commands


def main() -> int:
    """Make the environment, serve, drive."""
    with tempfile.TemporaryDirectory(prefix="litellm-") as folder, home() as place:
        python = Path(folder) / "bin/python"
        uv = Path(sys.executable).with_name("uv")
        _run(uv, "venv", "--quiet", "--clear", folder)
        _run(uv, "pip", "install", "--quiet", "--python", python, "litellm")
        url = f"http://127.0.0.1:{(port := free_port())}"
        server = place.start("up", "--port", str(port))
        try:
            until_answers(url)
            return _run(python, CLIENT, f"{url}/v1")
        finally:
            stop(server)


if __name__ == "__main__":
    sys.exit(main())
