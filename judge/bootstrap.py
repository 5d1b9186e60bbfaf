"""The only place that picks backends: which library, which sandbox, which store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from judge.packages.library import Library
from judge.service import Service

if TYPE_CHECKING:
    from judge.sandbox import Sandbox


def make_service(folder: Path | None = None) -> Service:
    """Return a service that looks for problems in ``folder``/problems (default: the current folder) first."""
    return Service(Library(folder), _start_sandbox)


def _start_sandbox() -> Sandbox:
    from judge.sandbox import Sandbox

    return Sandbox.start()
