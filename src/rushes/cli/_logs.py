"""Logging of the commands that stay: one readable line an event on standard error, times in UTC."""

import logging
import time

CHATTY = ("procrastinate", "alembic", "httpx", "httpx2", "filelock", "PIL")
"""Libraries that say at INFO what only their own authors want to know."""


def log_to_stderr(level: str) -> None:
    """Set logging up. `level` is one of the settings'."""
    line = logging.Formatter("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
    line.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(line)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if level != "DEBUG":
        for each in CHATTY:
            logging.getLogger(each).setLevel(logging.WARNING)
