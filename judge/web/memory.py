"""What a verdict needed goes back to the system: a server holds little for long, and much for a moment.

By itself glibc gives each thread a heap of its own, and raises the size from which a block is mapped alone to that of
the largest block so far, and with it how much it keeps for later. After some verdicts a server held 25 MB more than it
does so (mallopt(3): M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD).
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_ARENAS = 1  # threads here take turns anyway
# What a large test leaves behind goes back, and what an ordinary one does is kept: pages that come anew from the kernel
# are cleared first, which makes a verdict slower by a tenth.
_TRIM_BYTES, _MMAP_BYTES = 8 << 20, 32 << 20


def give_back() -> None:
    """Have what is freed returned, in this process and from now on. Another C library is left as it is."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)
        mallopt(_MMAP_THRESHOLD, _MMAP_BYTES)  # to have said it keeps it there
        mallopt(_TRIM_THRESHOLD, _TRIM_BYTES)
