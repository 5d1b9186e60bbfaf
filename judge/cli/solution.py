"""Which file ``judge check`` grades, and reading it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from judge.errors import UnreadableSubmission

IN_PACKAGE = {"coding": "solution.py", "theory": "answers.toml"}
SUFFIX = {"coding": ".py", "theory": ".toml"}


def places(folder: Path, kind: str) -> tuple[Path, Path]:
    """Return where a solution is looked for: in the package's folder, then under its name in the current one."""
    return folder / IN_PACKAGE[kind], Path(f"{folder.name}{SUFFIX[kind]}")


def find(folder: Path, kind: str) -> Path | None:
    """Return the first of :func:`places` where there is anything, or ``None``."""
    return next((path for path in places(folder, kind) if os.path.lexists(path)), None)


def read(path: Path, limit: int) -> bytes:
    """Return the content of a regular file, at most ``limit`` + 1 bytes of it. Links are followed.

    Raises :class:`UnreadableSubmission` for anything else: nothing there, a folder, a pipe, a device, no permission.
    """
    shown = str(path)
    try:
        # Looked at before it is opened: opening a device may do something, and opening a pipe may wait for ever.
        _must_be_regular(os.stat(path).st_mode, shown)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        with open(descriptor, "rb") as file:
            _must_be_regular(os.fstat(descriptor).st_mode, shown)
            return file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableSubmission("errors.no_file", path=shown) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSubmission("errors.unreadable_file", path=shown, reason=reason) from None


def _must_be_regular(mode: int, shown: str) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableSubmission("errors.directory", path=shown)
    if not stat.S_ISREG(mode):
        raise UnreadableSubmission("errors.not_regular", path=shown)
