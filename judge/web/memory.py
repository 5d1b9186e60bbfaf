"""What a verdict needed goes back to the system: a server holds little for long, and much for a moment.

By itself glibc gives each thread a heap of its own, and raises the size from which a block is mapped alone to that of
the largest block so far. Arrays of a few hundred kilobytes then leave holes everywhere: after some verdicts a server
held 45 MB more than it used (mallopt(3), M_ARENA_MAX and M_MMAP_THRESHOLD).
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_ARENAS = 2
_BYTES = 1 << 17  # where glibc begins; to have said it keeps it there


def give_back() -> None:
    """Have what is freed returned, in this process and from now on. Another C library is left as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)
        mallopt(_MMAP_THRESHOLD, _BYTES)
        mallopt(_TRIM_THRESHOLD, _BYTES)
