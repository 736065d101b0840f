"""Logging of the commands that stay: one readable line an event on standard error, times in UTC."""

import logging
import re
import time
from typing import Any

from rushes.redaction import safe_line, safe_text

CHATTY = ("procrastinate", "alembic", "httpx", "httpx2", "filelock", "PIL", "uvicorn.error")
"""Libraries that say at INFO what only their own authors want to know."""
MOST_TRACEBACK = 20_000
"""Characters, the last ones: they name the error."""

_VALUES = re.compile(r"^(?:DETAIL|CONTEXT): .*\n?", re.MULTILINE)
"""Lines of PostgreSQL's errors that hold values of a row, or parameters."""


class SafeFormatter(logging.Formatter):
    """Formats a record without secrets, control characters or line breaks that are not ours."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # its name there
        """Return the record's line: what was logged is one line, whoever's words it quotes."""
        record.message = safe_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  # its name there
        """Return the traceback, cleaned: an exception's text may quote anybody."""
        return safe_text(_VALUES.sub("", super().formatException(ei))[-MOST_TRACEBACK:], MOST_TRACEBACK)


def log_to_stderr(level: str) -> None:
    """Set logging up. `level` is one of the settings'."""
    line = SafeFormatter("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
    line.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(line)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if level != "DEBUG":
        for each in CHATTY:
            logging.getLogger(each).setLevel(logging.WARNING)
