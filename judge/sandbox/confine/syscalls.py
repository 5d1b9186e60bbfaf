"""Which system calls a confined child may make: a table of data, for :mod:`judge.sandbox.confine.seccomp`.

An allow-list. What is not on it and was known when the table was written is refused with ``EPERM``, so that
``os.fork()`` raises ``PermissionError`` and the program goes on; what is newer is refused with ``ENOSYS``, so that the
C library falls back on the older call. Nothing here kills: only another architecture's calls do (see there).

A child speaks with the judge through ``read`` and ``write`` on what it inherited, hence no call that makes,
names or passes a socket is needed. It never makes another process or thread.
"""

from __future__ import annotations

import errno
from typing import Final, NamedTuple

#: Column of a machine in NUMBERS, with the number by which the kernel names its calling convention (``AUDIT_ARCH_*``).
MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

#: From here on a call is newer than this table (fchmodat2, Linux 6.6): the answer is ``ENOSYS``.
NEWER: Final = 452

#: Stands for the process id of the child, which is written into the filter just before it is installed.
SELF: Final = -1


class Check(NamedTuple):
    """A condition on the low 32 bits of argument ``arg``, after ``mask``.

    ``values``: it must be one of these. ``never``: it must be none of these. ``zero``: all 64 bits must be zero (a
    null pointer). ``below``: it must be less than that.
    """

    arg: int
    values: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    zero: bool = False
    below: int = 0
    mask: int = 0xFFFFFFFF


class Rule(NamedTuple):
    """A call that is allowed when all its checks hold, and refused with ``error`` otherwise."""

    checks: tuple[Check, ...]
    error: int = errno.EPERM


_OWN = (0, SELF)
_SIGKILL, _SIGSTOP = 9, 19
_O_TMPFILE = 0o20000000
_MAP_HUGETLB = 0x40000
# Getting and setting one's own name, and asking what one may do.
_PRCTL = (3, 15, 16, 21, 23, 30, 39)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. No locks (a read-only file of the standard
# library can be locked against the neighbours), no F_SETSIG and F_SETOWN (a signal to somebody, or SIGKILL to oneself).
_FCNTL = (0, 1, 2, 3, 4, 1030, 1032)
# TCGETS and TCGETS2 (isatty), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
_IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# What allocators use; not MERGEABLE (memory shared with neighbours) or HWPOISON.
_MADVISE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
# WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET, each also PRIVATE (128) and by the real-time
# clock (256). The priority-inheriting ones have been a road into the kernel more than once.
_FUTEX = Check(1, values=(0, 1, 3, 4, 5, 9, 10), mask=0xFFFFFFFF & ~(128 | 256))

RULES: Final[dict[str, Rule]] = {
    "kill": Rule((Check(0, values=(SELF,)), Check(1, never=(_SIGKILL, _SIGSTOP)))),
    "tkill": Rule((Check(0, values=(SELF,)), Check(1, never=(_SIGKILL, _SIGSTOP)))),
    "tgkill": Rule((Check(0, values=(SELF,)), Check(1, values=(SELF,)), Check(2, never=(_SIGKILL, _SIGSTOP)))),
    "ioctl": Rule((Check(1, values=_IOCTL),)),
    "fcntl": Rule((Check(1, values=_FCNTL),)),
    "mmap": Rule((Check(3, values=(0,), mask=_MAP_HUGETLB),)),
    "madvise": Rule((Check(2, values=_MADVISE),), errno.EINVAL),
    "open": Rule((Check(1, values=(0,), mask=_O_TMPFILE),)),
    "openat": Rule((Check(2, values=(0,), mask=_O_TMPFILE),)),
    # A negative clock is the CPU time of another process: a neighbour's, by its number.
    "clock_gettime": Rule((Check(0, below=0x80000000),), errno.EINVAL),
    "clock_getres": Rule((Check(0, below=0x80000000),), errno.EINVAL),
    "clock_nanosleep": Rule((Check(0, below=0x80000000),), errno.EINVAL),
    "getpgid": Rule((Check(0, values=_OWN),)),
    "getsid": Rule((Check(0, values=_OWN),)),
    "getpriority": Rule((Check(0, values=(0,)), Check(1, values=_OWN))),
    "sched_getaffinity": Rule((Check(0, values=_OWN),)),
    "prlimit64": Rule((Check(0, values=_OWN), Check(2, zero=True))),
    "prctl": Rule((Check(0, values=_PRCTL),)),
    "futex": Rule((_FUTEX,)),
}

#: Refused although known, with an error that makes the C library try something else.
REFUSED: Final[dict[str, int]] = {"clone3": errno.ENOSYS, "openat2": errno.ENOSYS}

#: Name -> number on x86_64 and on aarch64 (``None``: this machine has no such call), of all that is not plainly
#: refused.
NUMBERS: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "close": (3, 57),
    "close_range": (436, 436),
    "fstat": (5, 80),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "lseek": (8, 62),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133),
    "pause": (34, None),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "select": (23, None),
    "pselect6": (270, 72),
    "poll": (7, None),
    "ppoll": (271, 73),
    "sched_yield": (24, 124),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "uname": (63, 160),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "umask": (95, 166),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "times": (100, 153),
    "sysinfo": (99, 179),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "getrandom": (318, 278),
    "getcpu": (309, 168),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "mmap": (9, 222),
    "madvise": (28, 233),
    "open": (2, None),
    "openat": (257, 56),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getpriority": (140, 141),
    "sched_getaffinity": (204, 123),
    "prlimit64": (302, 261),
    "prctl": (157, 167),
    "futex": (202, 98),
    "clone3": (435, 435),
    "openat2": (437, 437),
}
