"""The filter's program, run by an interpreter of BPF written from its manual: on both machines, call by call."""

from __future__ import annotations

import errno
import struct
import sys

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("Linux only", allow_module_level=True)

from judge.sandbox.confine.seccomp import compile_filter
from judge.sandbox.confine.syscalls import MACHINES, NEWER, NUMBERS, REFUSED, RULES, SELF

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
OTHERS = {"x86_64": 0x40000003, "aarch64": 0x40000028}  # i386, arm
PID = 4711
REFUSED_PLAINLY = {
    "x86_64": {"fork": 57, "vfork": 58, "clone": 56, "execve": 59, "execveat": 322, "socket": 41, "socketpair": 53, "connect": 42,
               "sendmsg": 46, "recvmsg": 47, "ptrace": 101, "mount": 165, "unshare": 272, "setns": 308, "memfd_create": 319,
               "io_uring_setup": 425, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "shmget": 29,
               "msgget": 68, "semget": 64, "mq_open": 240, "pidfd_open": 434, "pidfd_getfd": 438, "process_vm_readv": 310,
               "process_vm_writev": 311, "setpriority": 141, "sched_setaffinity": 203, "inotify_init1": 294, "timer_create": 222,
               "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "mlock": 149, "flock": 73, "seccomp": 317, "landlock_restrict_self": 446,
               "setrlimit": 160, "chroot": 161, "mknod": 133, "unlink": 87, "rename": 82, "truncate": 76, "chmod": 90, "kexec_load": 246,
               "modify_ldt": 154, "iopl": 172, "personality": 135, "sync": 162, "epoll_create1": 291, "signalfd4": 289, "eventfd2": 290},
    "aarch64": {"clone": 220, "execve": 221, "execveat": 281, "socket": 198, "socketpair": 199, "connect": 203, "sendmsg": 211,
                "recvmsg": 212, "ptrace": 117, "mount": 40, "unshare": 97, "setns": 268, "memfd_create": 279, "io_uring_setup": 425,
                "keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "shmget": 194, "msgget": 186, "semget": 190,
                "mq_open": 180, "pidfd_open": 434, "process_vm_readv": 270, "setpriority": 140, "sched_setaffinity": 122,
                "timer_create": 107, "rt_sigqueueinfo": 138, "flock": 32, "seccomp": 277, "setrlimit": 164, "chroot": 51,
                "mknodat": 33, "unlinkat": 35, "renameat": 38, "fchmodat": 53, "personality": 92, "sync": 81},
}  # fmt: skip


def run(program: list[tuple[int, int, int, int]], arch: int, number: int, *args: int) -> int:
    """Return the filter's answer."""
    data = struct.pack(
        "<IIQ6Q", number & 0xFFFFFFFF, arch, 0, *[arg & (2**64 - 1) for arg in (*args, 0, 0, 0, 0, 0, 0)[:6]]
    )
    place, accumulator, steps = 0, 0, 0
    while True:
        code, true, false, k = program[place]
        steps += 1
        assert steps < 200
        place += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, k)[0]
        elif code == 0x54:
            accumulator &= k
        elif code == 0x15:
            place += true if accumulator == k else false
        elif code == 0x35:
            place += true if accumulator >= k else false
        elif code == 0x05:
            place += k
        elif code == 0x06:
            return k
        else:
            raise AssertionError(code)


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def program(machine: str) -> list[tuple[int, int, int, int]]:
    """The program as a child with the process id 4711 installs it."""
    compiled = compile_filter(machine)
    code = list(compiled.code)
    for place in compiled.own:
        code[place] = (*code[place][:3], PID)
    return code


def ask(machine: str, program: list[tuple[int, int, int, int]], name: str, *args: int) -> int:
    column, arch = MACHINES[machine]
    number = NUMBERS[name][column]
    assert number is not None
    return run(program, arch, number, *args)


def test_jumps_fit(machine: str, program: list[tuple[int, int, int, int]]) -> None:
    assert all(0 <= true <= 255 and 0 <= false <= 255 for _, true, false, _ in program)
    assert len(program) < 4096


def test_every_number(machine: str, program: list[tuple[int, int, int, int]]) -> None:
    """What is in the table is allowed (or checked), the rest is refused: EPERM when known, ENOSYS when newer."""
    column, arch = MACHINES[machine]
    names = {numbers[column]: name for name, numbers in NUMBERS.items() if numbers[column] is not None}
    for number in range(600):
        answer = run(program, arch, number)
        name = names.get(number)
        if name is None:
            assert answer == ERRNO | (errno.EPERM if number < NEWER else errno.ENOSYS)
        elif name in REFUSED:
            assert answer == ERRNO | REFUSED[name]
        elif name not in RULES:
            assert answer == ALLOW


def test_what_must_be_refused(machine: str, program: list[tuple[int, int, int, int]]) -> None:
    arch = MACHINES[machine][1]
    for name, number in REFUSED_PLAINLY[machine].items():
        assert run(program, arch, number) == ERRNO | errno.EPERM, name


def test_other_calling_conventions_kill(machine: str, program: list[tuple[int, int, int, int]]) -> None:
    arch = MACHINES[machine][1]
    for number in (0, 1, 39, 500):
        assert run(program, OTHERS[machine], number) == KILL
        assert run(program, 0, number) == KILL
        if machine == "x86_64":
            assert run(program, arch, number | 0x40000000) == KILL


GRANTED = [
    ("kill", PID, 0), ("kill", PID, 15), ("tkill", PID, 6), ("tgkill", PID, PID, 2),
    ("ioctl", 1, 0x5401), ("fcntl", 1, 3), ("fcntl", 5, 1030, 3), ("mmap", 0, 4096, 7, 0x22), ("madvise", 0, 4096, 14),
    ("openat", -100, 0, 0o2000000), ("openat", -100, 0, 0o1101), ("clock_gettime", 0), ("clock_gettime", 2),
    ("clock_nanosleep", 1),
    ("getpgid", 0), ("getsid", PID), ("getpriority", 0, 0), ("sched_getaffinity", 0), ("sched_getaffinity", PID),
    ("prlimit64", 0, 7, 0, 0x7FFF00000000), ("prctl", 15), ("prctl", 39), ("futex", 0, 128), ("futex", 0, 137 | 256),
    ("futex", 0, 1),
]  # fmt: skip
DENIED = [
    ("kill", PID, 9), ("kill", PID, 19), ("kill", 1, 0), ("kill", 0, 15), ("kill", -1, 15), ("kill", -PID, 15),
    ("tkill", 1, 6), ("tgkill", PID, 1, 2), ("tgkill", 1, PID, 2), ("tgkill", PID, PID, 9),
    ("ioctl", 1, 0x5412), ("ioctl", 1, 0x541C), ("fcntl", 1, 10, 9), ("fcntl", 1, 8, 1), ("fcntl", 1, 6), ("fcntl", 1,
    1031), ("fcntl", 1, 37),
    ("mmap", 0, 4096, 3, 0x40022), ("madvise", 0, 4096, 12), ("madvise", 0, 4096, 100), ("openat", -100, 0, 0o20200002),
    ("clock_gettime", -6), ("clock_gettime", (~1 << 3) | 2), ("clock_nanosleep", -6),
    ("getpgid", 1), ("getsid", 1), ("getpriority", 1, 0), ("getpriority", 0, 1), ("getpriority", 2, 0),
    ("sched_getaffinity", 1),
    ("prlimit64", 1, 7, 0, 1), ("prlimit64", 0, 7, 0x7FFF00000000, 0), ("prlimit64", 0, 7, 1 << 32, 0), ("prctl", 22),
    ("prctl", 1), ("prctl", 4),
    ("prctl", 0x59616D61), ("futex", 0, 6), ("futex", 0, 8 | 128), ("futex", 0, 11), ("futex", 0, 13),
]  # fmt: skip


@pytest.mark.parametrize("call", GRANTED, ids=str)
def test_granted(machine: str, program: list[tuple[int, int, int, int]], call: tuple[str, int]) -> None:
    assert ask(machine, program, *call) == ALLOW


@pytest.mark.parametrize("call", DENIED, ids=str)
def test_denied(machine: str, program: list[tuple[int, int, int, int]], call: tuple[str, int]) -> None:
    assert ask(machine, program, *call) == ERRNO | RULES[call[0]].error


def test_every_rule_is_asked(machine: str) -> None:
    assert {name for name, *_ in GRANTED} >= set(RULES) - {"open", "tkill", "clock_getres"}
    assert {name for name, *_ in DENIED} >= set(RULES) - {"open", "clock_getres"}
    assert all(SELF not in check.never for rule in RULES.values() for check in rule.checks)
