"""Logging of the commands that stay: one readable line an event on standard error, times in UTC."""

import logging
import time

from rushes.errors import Fault, Invalid

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
CHATTY = ("procrastinate", "alembic", "httpx", "httpx2", "filelock", "PIL")
"""Libraries that say at INFO what only their own authors want to know."""


def log_to_stderr(level: str) -> None:
    """Set logging up. Raises `Invalid` for a level that is none."""
    name = level.upper()
    if name not in LEVELS:
        raise Invalid(
            "A setting does not hold.",
            [Fault("RUSHES_LOG_LEVEL", f"{level!r} is not one of {', '.join(LEVELS)}.", "bad_level")],
        )
    line = logging.Formatter("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
    line.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(line)
    logging.basicConfig(level=name, handlers=[handler], force=True)
    if name != "DEBUG":
        for each in CHATTY:
            logging.getLogger(each).setLevel(logging.WARNING)
