"""Try every forbidden act in a confined child, and some that must go: the judge's own examination.

``judge doctor`` prints what :func:`doctor` returns, and ``judge serve`` refuses strangers' code by it. Each act is a
few lines of
Python, run like any submission; it is refused when Python raises, killed when the child dies of it, allowed otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judge.domain.case import Call
from judge.nn import Linear, Sequential
from judge.sandbox.outcome import Stopped
from judge.sandbox.sandbox import Sandbox

_SECONDS = 10.0
_MEMORY_BYTES = 256 << 20
_OUTPUT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """``act`` is a key for words, ``outcome`` is "allowed", "refused" or "killed", ``how`` the exception's name or "".

    ``ok``: the outcome is the one the contract asks for.
    """

    act: str
    outcome: str
    how: str
    ok: bool


@dataclass(frozen=True, slots=True)
class _Act:
    """``alone``: it may end the child, which then is not used for others."""

    name: str
    code: str
    wanted: str = "refused"
    alone: bool = False


_ACTS = (
    _Act("read_etc", "open('/etc/passwd').read()"),
    _Act("read_process", "open('/proc/self/environ', 'rb').read()"),
    _Act("read_parent", "open(f'/proc/{os.getppid() or 1}/maps').read()"),
    _Act("read_folder", "os.listdir('/')"),
    _Act("read_judge", "open(os.path.dirname(sys.modules['judge'].__file__) + '/errors.py').read()"),
    _Act("read_packages", "os.listdir(os.path.dirname(os.path.dirname(np.__file__)) + '/pip')"),
    _Act("import_judge", "__import__('judge.domain.case')"),
    _Act("write_temporary", "open('/tmp/judge-doctor', 'w').close()"),
    _Act("write_here", "open('judge-doctor', 'w').close()"),
    _Act("write_shared_memory", "open('/dev/shm/judge-doctor', 'w').close()"),
    _Act("make_folder", "os.mkdir('/tmp/judge-doctor')"),
    _Act("remove", "os.unlink(np.__file__)"),
    _Act("change_mode", "os.chmod(np.__file__, 0o600)"),
    _Act("link", "os.symlink('/', '/tmp/judge-doctor')"),
    _Act("lock", "__import__('fcntl').flock(open(os.__file__), 2)"),
    _Act("socket_internet", "socket.socket(socket.AF_INET)"),
    _Act("socket_local", "socket.socket(socket.AF_UNIX)"),
    _Act("socket_pair", "socket.socketpair()"),
    _Act("socket_virtual_machine", "socket.socket(40, socket.SOCK_STREAM)"),
    _Act("socket_kernel", "socket.socket(16, socket.SOCK_RAW)"),
    _Act("fork", "os.fork() or os._exit(0)"),
    _Act("execute", "os.execv('/bin/true', ['true'])", alone=True),
    _Act("subprocess", "__import__('subprocess').run(['/bin/true'])"),
    _Act("thread", "__import__('threading').Thread(target=int).start()"),
    _Act("signal_other", "os.kill(1, 0)"),
    _Act("signal_group", "os.kill(0, 0)"),
    _Act("signal_all", "os.kill(-1, 0)"),
    _Act("kill_self", "os.kill(os.getpid(), 9)", alone=True),
    _Act("stop_self", "os.kill(os.getpid(), 19)", alone=True),
    _Act("trace", "call('ptrace', 0, 0, 0, 0)"),
    _Act("read_memory", "call('process_vm_readv', 1, 0, 0, 0, 0, 0)"),
    _Act("memory_file", "call('memfd_create', b'x', 0)"),
    _Act("io_uring", "call('io_uring_setup', 1, ctypes.create_string_buffer(256))"),
    _Act("namespaces", "call('unshare', 0x10000000)"),
    _Act("mount", "call('mount', b'none', b'/tmp', b'tmpfs', 0, 0)"),
    _Act("keyring", "call('add_key', b'user', b'judge', b'x', 1, -2)"),
    _Act("bpf", "call('bpf', 0, ctypes.create_string_buffer(256), 256)"),
    _Act("performance_counters", "call('perf_event_open', ctypes.create_string_buffer(256), 0, -1, -1, 0)"),
    _Act("userfaultfd", "call('userfaultfd', 1)"),
    _Act("shared_memory", "call('shmget', 0, 4096, 0o1600)"),
    _Act("message_queue", "call('msgget', 0, 0o1600)"),
    _Act("semaphores", "call('semget', 0, 1, 0o1600)"),
    _Act("posix_queue", "call('mq_open', b'judge-doctor', 0o102, 0o600, 0)"),
    _Act("priority", "os.setpriority(os.PRIO_PROCESS, 0, 10)"),
    _Act("affinity", "os.sched_setaffinity(0, os.sched_getaffinity(0))"),
    _Act("watch_files", "call('inotify_init1', 0)"),
    _Act("raise_limit", "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))"),
    _Act("too_much_memory", "bytearray(1 << 40)"),
    _Act("foreign_calls", "foreign_call()", "killed", alone=True),
    _Act("null_device", "open(os.devnull, 'w').write('x')", "allowed"),
    _Act("random_bytes", "os.urandom(8)", "allowed"),
    _Act(
        "standard_library", "[__import__(name) for name in ('ssl', 'sqlite3', 'asyncio', 'multiprocessing')]", "allowed"
    ),
    _Act("own_source", "inspect.getsource(attempt)", "allowed"),
    _Act("time_zone", "__import__('zoneinfo').ZoneInfo('UTC')", "allowed"),
)

#: The names of all acts, in the order of the findings.
ACTS = tuple(act.name for act in _ACTS)

_PROGRAM = """
import ctypes, inspect, os, platform, resource, socket, sys
import numpy as np

X86 = platform.machine() == "x86_64"
NUMBERS = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "memfd_create": (319, 279), "io_uring_setup": (425, 425),
    "unshare": (272, 97), "mount": (165, 40), "add_key": (248, 217), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "inotify_init1": (294, 26),
}

def call(name, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    number = NUMBERS[name][0 if X86 else 1]
    arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if libc.syscall(ctypes.c_long(number), *arguments) == -1:
        raise OSError(ctypes.get_errno(), name)

def foreign_call():
    if not X86:
        os.abort()  # no second calling convention that could be tried without an assembler
    ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))

def attempt(model, code):
    try:
        eval(code)
    except BaseException as error:
        return "refused", type(error).__name__
    return "allowed", ""
"""


def doctor(sandbox: Sandbox | None = None) -> list[Finding]:
    """Return what became of every act, in a child of ``sandbox`` (or of one started for this).

    Raises ``SandboxError`` where no child is to be had.
    """
    if sandbox is None:
        with Sandbox.start() as own:
            return doctor(own)
    outcomes = {}
    together = [act for act in _ACTS if not act.alone]
    for acts in (together, *([act] for act in _ACTS if act.alone)):
        outcomes.update(_try(sandbox, acts))
    return [
        Finding(act.name, outcome, how, outcome == act.wanted)
        for act in _ACTS
        for outcome, how in [outcomes.get(act.name, ("killed", ""))]
    ]


def _try(sandbox: Sandbox, acts: list[_Act]) -> dict[str, tuple[str, str]]:
    """Return the outcomes of ``acts`` in one child, as far as it lived."""
    network = Sequential([Linear(np.ones((1, 1), np.float32))])
    with sandbox.open(_MEMORY_BYTES, _OUTPUT_BYTES) as child:
        child.load(_PROGRAM, "attempt", cpu_seconds=_SECONDS, wall_seconds=_SECONDS)
        alone = len(acts) == 1
        child.send(
            [Call(network, (act.code,)) for act in acts], cpu_seconds=_SECONDS, wall_seconds=2 if alone else _SECONDS
        )
        run = child.collect()
    outcomes = {}
    for act, answer in zip(acts, run.answers, strict=False):
        if isinstance(answer.value, tuple) and len(answer.value) == 2:
            outcomes[act.name] = (str(answer.value[0]), str(answer.value[1]))
    if run.stopped in (Stopped.WALL, Stopped.KILLED, Stopped.EXIT):
        # It stopped or killed itself, or became another program: done, not prevented.
        outcomes.setdefault(acts[len(run.answers)].name, ("allowed", ""))
    return outcomes
