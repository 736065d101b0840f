"""`python -m scripts.demo_flow`: the automation of Google Flow at work, on the stand-in of Flow's page.

Nothing of it leaves this machine or touches your own installation: the page, the account and the database
are made for the demo and go with it. What stays are the videos.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from standins.flow import NAMED, Site, serve_flow

from scripts.chromium import system_program

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
ACCOUNT = "demo@example.com"
SHOTS = 3
HAS_A_SCREEN = sys.platform != "linux" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def main() -> int:
    """Serve the page, sign a made-up account in, run a job in a browser, take the videos home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "demo-flow", help="Folder for the videos.")
    parser.add_argument("--shots", type=int, default=SHOTS, help="How many of the example images.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rushes-demo-") as name, serve_flow(NAMED["demo"]) as site:
        folder = Path(name)
        folder.chmod(0o755)  # as root, the database's own user has to reach into it
        images, prompts = _input(folder, asked.shots)
        print(f"The stand-in of Flow's page: {site.url} (sign in with any address to look around)")
        if not HAS_A_SCREEN:
            print("There is no screen here: the browser works without a window.")
        _rushes(site, folder, "flow", "import", "demo", "-", text=site.sign_in_state(ACCOUNT))
        code = _rushes(
            site, folder, "batch", str(images), str(prompts), "--name", "Flow demo", "--provider", "flow",
            "--model", "veo-3.1-fast", "--aspect", "9:16", "--outputs", "2", "--duration", "8", "--yes",
        ) or _rushes(site, folder, "download", "last", "--to", str(asked.to))  # fmt: skip
        _tell_bill(site)
    return code


def _input(folder: Path, shots: int) -> tuple[Path, Path]:
    images = folder / "images"
    images.mkdir()
    for image in sorted((EXAMPLES / "images").iterdir())[:shots]:
        shutil.copy(image, images)
    prompts = folder / "prompts.txt"
    lines = [line for line in (EXAMPLES / "prompts.txt").read_text().splitlines() if line.strip()]
    prompts.write_text("\n".join(lines[:shots]))
    return images, prompts


def _rushes(site: Site, folder: Path, *words: str, text: str | None = None) -> int:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("RUSHES_", "FLOW_"))}
    env |= {
        "RUSHES_DATA_DIR": str(folder / "installation"),
        "RUSHES_FLOW_URL": site.url,
        "RUSHES_FLOW_BROWSER": os.environ.get("RUSHES_FLOW_BROWSER") or system_program() or "chromium",
        "RUSHES_FLOW_HEADLESS": os.environ.get("RUSHES_FLOW_HEADLESS") or str(not HAS_A_SCREEN).lower(),
    }
    print("\n$ rushes", " ".join(words), flush=True)
    command = [sys.executable, "-m", "rushes.cli.main", *words]
    return subprocess.run(command, env=env, cwd=folder, input=text, text=True, check=False).returncode  # noqa: S603  # our own


def _tell_bill(site: Site) -> None:
    print("\nWhat Flow would have counted:")
    for charge in site.bill:
        print(f"  {charge.credits:>3} credits  {charge.image_name}  {charge.prompt[:60]}")


if __name__ == "__main__":
    sys.exit(main())
