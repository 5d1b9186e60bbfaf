"""Resource limits: what a child may use at most, whatever else fails. The exact limits are the judge's clocks."""

from __future__ import annotations

import os
import resource

#: A child lives for a whole judging, which ends after 30 s of wall clock; this is for when nobody stops it.
CPU_BACKSTOP_SECONDS = 60
#: Address space that a fresh child may need for what is the judge's: requests, replies, libraries it loads late.
SLACK_BYTES = 96 << 20
STACK_BYTES = 64 << 20
DESCRIPTORS = 64

_FIXED = (
    ("RLIMIT_CORE", 0),
    ("RLIMIT_FSIZE", 0),
    ("RLIMIT_MEMLOCK", 0),
    ("RLIMIT_MSGQUEUE", 0),
    ("RLIMIT_SIGPENDING", 64),
    ("RLIMIT_STACK", STACK_BYTES),
    ("RLIMIT_NOFILE", DESCRIPTORS),
    ("RLIMIT_CPU", CPU_BACKSTOP_SECONDS),
)


def limit_self() -> None:
    """Set the limits that are the same for every child on the calling process."""
    for name, value in _FIXED:
        number = getattr(resource, name, None)
        if number is not None:
            _lower(number, value)


def _lower(number: int, value: int) -> None:
    hard = resource.getrlimit(number)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        if os.uname().sysname == "Linux":
            raise


def limit_memory(pid: int, already: int, allowed: int) -> None:
    """Let the process ``pid`` map ``allowed`` bytes beyond the ``already`` mapped ones (and some slack)."""
    value = already + allowed + SLACK_BYTES
    if hasattr(resource, "prlimit"):
        hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.prlimit(pid, resource.RLIMIT_AS, (value, value))
