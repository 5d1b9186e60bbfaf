"""A fork server that is started before the rest of the program is loaded: it takes as long to get ready as all of that.

:func:`start` is for ``main``, which sees from the command alone that code will be judged; a command's service comes
for it with :func:`take`; :func:`end` ends one that nobody came for.
"""

from __future__ import annotations

import os

from judge.sandbox.sandbox import Sandbox

_SIGKILL = 9
_started: list[Sandbox] = []


def start() -> None:
    """Start one. Where that fails, the command will see for itself, and say so."""
    try:
        _started.append(Sandbox.start())
    except Exception:
        return


def take() -> Sandbox:
    """Return the sandbox that was started ahead, or a new one. Raises :class:`judge.errors.SandboxError`."""
    return _started.pop() if _started else Sandbox.start()


def end() -> None:
    """End a server that nobody took, not waiting for it to get ready first."""
    for sandbox in _started:
        os.kill(sandbox.server_pid, _SIGKILL)  # a child that only close() waits for: the number is its own
        sandbox.close()
    _started.clear()
