"""Which servers on a data folder are alive.

Each holds a lock on a file of its own; the kernel frees it when the process ends, however it ends. So what a dead
server had claimed can be told from what a living one is judging, at once and without a clock.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: leases alone decide, and everybody counts as alive
    fcntl = None  # type: ignore[assignment]


class Presence:
    """This server's presence in ``folder``, from now until :meth:`close` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "servers"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.owner = secrets.token_hex(8)
        # Locked under another name first: whoever sees the file under its own sees it locked.
        unlocked = self._folder / f"{self.owner}.new"
        self._descriptor = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(unlocked, self._path(self.owner))

    def alive(self, owner: str) -> bool:
        """Tell whether the server of that name still runs."""
        if fcntl is None:
            return True
        try:
            descriptor = os.open(self._path(owner), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def sweep(self) -> None:
        """Remove what dead servers left here; without its file a server still counts as dead."""
        for path in self._folder.glob("*.lock"):
            if not self.alive(path.stem):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Be gone. May be called again."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                self._path(self.owner).unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def _path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"
