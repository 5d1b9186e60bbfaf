"""Resource limits: what a child may use at most, whatever else fails. The exact limits are the judge's clocks."""

from __future__ import annotations

import os
import resource

#: A child lives for a whole judging, which ends after 30 s of wall clock; this is for when nobody stops it.
CPU_BACKSTOP_SECONDS = 60
#: Address space that a fresh child may need for what is the judge's: requests, replies, libraries it loads late.
SLACK_BYTES = 96 << 20

# Inherited from the fork server, which needs none of these itself.
_SHARED = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_STACK: 64 << 20,
    resource.RLIMIT_MSGQUEUE: 0,
    resource.RLIMIT_SIGPENDING: 64,
    resource.RLIMIT_NICE: 0,
    resource.RLIMIT_RTPRIO: 0,
}
_OWN = {
    resource.RLIMIT_NOFILE: 64,
    resource.RLIMIT_CPU: CPU_BACKSTOP_SECONDS,
}


def limit_server() -> None:
    """Set the limits that children inherit on the calling process."""
    for number, value in _SHARED.items():
        _lower(0, number, value)


def limit_child(pid: int) -> None:
    """Set the limits of the child ``pid`` that the fork server must not have itself."""
    for number, value in _OWN.items():
        _lower(pid, number, value)


def limit_memory(pid: int, mapped: int, allowed: int) -> None:
    """Let the process ``pid``, which has ``mapped`` bytes of address space, map ``allowed`` more (and some slack)."""
    _lower(pid, resource.RLIMIT_AS, mapped + allowed + SLACK_BYTES)


def mapped_bytes(statm: int) -> int:
    """Return the address space that a process has mapped, by a descriptor of its /proc/self/statm."""
    return int(os.pread(statm, 256, 0).split()[0]) * os.sysconf("SC_PAGESIZE")


def _lower(pid: int, number: int, value: int) -> None:
    hard = resource.prlimit(pid, number)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)  # the host's own limit may be lower, and may not be raised
    resource.prlimit(pid, number, (value, value))
