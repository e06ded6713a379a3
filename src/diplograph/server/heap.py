"""How the C library keeps memory for us: once, not once a thread, and without giving it back between two queries.

With a heap for every thread each of them stays as large as the largest page it ever made, and a heap that shrinks
after every query costs as much as a small query does, since the next one takes the same pages back from the system.
"""

import ctypes
from contextlib import suppress

_MOST_HEAPS, _KEPT, _TAKEN_AT_ONCE, _LARGE = -8, -1, -2, -3  # parameters of mallopt(3) of glibc


def settle() -> None:
    """Set it so, where the C library lets us; call it before there are threads."""
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MOST_HEAPS, 2)
        mallopt(_KEPT, 64 << 20)
        mallopt(_TAKEN_AT_ONCE, 1 << 20)
        mallopt(_LARGE, 32 << 20)
