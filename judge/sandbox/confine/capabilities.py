"""Giving up every capability, for the process and all it will ever start."""

from __future__ import annotations

import struct

from judge.sandbox.confine.kernel import libc, prctl

_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL = 23, 24, 47, 4
_PR_SET_SECUREBITS = 28
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off, NO_CAP_AMBIENT_RAISE, each locked: user id 0 means nothing to this process.
_SECUREBITS = 0b11101111
_VERSION_3 = 0x20080522


def drop_all() -> None:
    """Empty the bounding, ambient, permitted, effective and inheritable sets. Raises ``OSError``.

    An ordinary process has none to give up and may not empty its bounding set; it needs no-new-privileges instead.
    """
    for number in range(64):
        try:
            if prctl(_PR_CAPBSET_READ, number) != 1:
                continue
            prctl(_PR_CAPBSET_DROP, number)
        except OSError:
            break  # beyond the last one, or no right to drop
    for option, argument in ((_PR_SET_SECUREBITS, _SECUREBITS), (_PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)):
        try:
            prctl(option, argument)
        except OSError:
            continue
    header = struct.pack("=Ii", _VERSION_3, 0)
    if libc.capset(header, struct.pack("=6I", *([0] * 6))) != 0:
        raise OSError("capset")
