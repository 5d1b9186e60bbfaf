"""Bring a submission to life in the child: as an importable module named ``solution``, kept in memory only."""

from __future__ import annotations

import builtins
import importlib.machinery
import linecache
import sys
from types import CodeType, ModuleType

MODULE = "solution"
FILE = "solution.py"


class Loader:
    """The loader of the module: knows its source, so that ``inspect`` and tracebacks do."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, name: str) -> str:
        return self._source

    def get_filename(self, name: str) -> str:
        return FILE

    def is_package(self, name: str) -> bool:
        return False

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, FILE, "exec", dont_inherit=True), module.__dict__)


def as_read(source: str) -> str:
    """Return the text as Python's own import would see it: without a byte order mark, lines ended by a newline."""
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def prepare(source: str) -> tuple[ModuleType, CodeType]:
    """Return the module, not yet run, and its code. Raises what ``compile`` raises."""
    source = as_read(source)
    lines = [line + "\n" for line in source.split("\n")]
    # Without a modification time the entry is kept for good.
    linecache.cache[FILE] = (len(source), None, lines, FILE)
    code = compile(source, FILE, "exec", dont_inherit=True)
    loader = Loader(source)
    module = ModuleType(MODULE)
    # Its builtins are everybody's, not the harness's own copy, which exec would hand down.
    module.__dict__["__builtins__"] = builtins
    module.__file__ = FILE
    module.__loader__ = loader  # type: ignore[assignment]
    module.__spec__ = importlib.machinery.ModuleSpec(MODULE, loader, origin=FILE)  # type: ignore[arg-type]
    module.__spec__.has_location = True
    sys.modules[MODULE] = module
    return module, code


def forget() -> None:
    """Undo :func:`prepare`."""
    sys.modules.pop(MODULE, None)
    linecache.cache.pop(FILE, None)
