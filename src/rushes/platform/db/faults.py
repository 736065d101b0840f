"""Tells a database that is away from a statement that it refused, and names an error in one safe line."""

from procrastinate.exceptions import ConnectorException
from psycopg import InterfaceError as PsycopgInterfaceError
from psycopg import OperationalError as PsycopgOperationalError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from rushes.errors import ErrorType, RushesError, SystemFault
from rushes.redaction import safe_line

MOST_CHARACTERS = 300

_AWAY = (
    OperationalError,
    InterfaceError,
    PsycopgOperationalError,
    PsycopgInterfaceError,
    NoConnectionError,
)


_TOO_MUCH = "54"
"""The class of PostgreSQL's codes for a value that is too large for it: of one row, like a wrong one."""


def database_is_away(error: BaseException) -> bool:
    """Return whether PostgreSQL does not answer (or gives no connection), so that trying again will help.

    A statement that it refuses (`DataError`, `IntegrityError`, `ProgrammingError`) is a bug of Rushes.
    """
    if isinstance(error, ConnectorException):  # the queue's own words for every error of the database
        return error.__cause__ is not None and database_is_away(error.__cause__)
    if str(getattr(getattr(error, "orig", error), "sqlstate", "")).startswith(_TOO_MUCH):
        return False
    if isinstance(error, SystemFault):
        return error.error_type is ErrorType.DATABASE
    return isinstance(error, _AWAY)


def is_expected(error: BaseException) -> bool:
    """Return whether an error needs no traceback: its words say all there is to know."""
    return isinstance(error, RushesError | OSError) or database_is_away(error)


def in_a_line(error: BaseException) -> str:
    """Return an error's kind and first line: for a log, a row, health.

    Without a statement's parameters: a prompt or a secret may be among them.
    """
    if isinstance(error, RushesError):
        return safe_line(error.message, MOST_CHARACTERS)
    told = error
    if isinstance(error, ConnectorException) and error.__cause__ is not None:
        told = error.__cause__
    elif isinstance(error, DBAPIError) and error.orig is not None:
        told = error.orig
    kind = type(told).__name__
    first = next(iter(str(told).strip().splitlines()), "")
    return safe_line(f"{kind}: {first}", MOST_CHARACTERS) if first else kind
