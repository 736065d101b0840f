"""What the helper of `test_helper.py` calls, in its process."""

import os
import time

from rushes.platform.media.speech.child import Refusal


def echo(value: int) -> dict[str, int]:
    """Return it."""
    return {"value": value, "process": os.getpid()}


def refuse() -> None:
    """Say no."""
    raise Refusal("mood", "not today")


def fail() -> float:
    """Be wrong."""
    return 1 / 0


def chatter() -> dict[str, bool]:
    """Print where answers are written."""
    print("hello")
    return {"said": True}


def die() -> None:
    """End without an answer."""
    os._exit(9)


def sleep(seconds: float) -> dict[str, float]:
    """Take a while."""
    time.sleep(seconds)
    return {"slept": seconds}
