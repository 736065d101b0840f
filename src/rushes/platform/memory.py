"""Returns freed memory to the system, where the C library keeps it for itself."""

import ctypes
import sys
from functools import cache


@cache
def _libc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None


def trim_memory() -> None:
    """Return what is free to the system. Does nothing where the C library has no such call (not glibc).

    glibc keeps freed pictures of some megabytes in the heap of the thread that made them, so that a process
    grows to the sum of what its threads once needed. Costs about a millisecond.
    """
    library = _libc()
    if library is not None:
        library.malloc_trim(0)
