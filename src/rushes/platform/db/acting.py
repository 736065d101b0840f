"""Who is at work in this task of the event loop: kept beside what is made, never asked for rights.

The edge sets it once a request; code below it passes on the space that owns things, and not the user too.
"""

from contextvars import ContextVar
from uuid import UUID

ACTING_USER: ContextVar[UUID | None] = ContextVar("acting_user", default=None)


def acting_user_id() -> UUID | None:
    """Return the user who asks; None for the server's own work and where there are no accounts."""
    return ACTING_USER.get()
