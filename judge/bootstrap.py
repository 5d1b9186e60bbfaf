"""The only place that picks backends: which library, which sandbox, which store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from judge.packages.library import Library
from judge.service import Service

if TYPE_CHECKING:
    from judge.sandbox import Sandbox


def make_service(folder: Path | None = None, sandbox: Callable[[], Sandbox] | None = None) -> Service:
    """Return a service that looks for problems in ``folder``/problems (default: the current folder) first.

    ``sandbox`` gives the sandbox when it is needed (default: one that is started then).
    """
    return Service(Library(folder), sandbox or _start_sandbox)


def _start_sandbox() -> Sandbox:
    from judge.sandbox import Sandbox

    return Sandbox.start()
