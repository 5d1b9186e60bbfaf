"""Run a submission where it can do no harm: see README.md in this folder for how.

    Sandbox    owns a fork server; :meth:`Sandbox.open` gives a fresh confined :class:`Child`
    Child      load(source) -> Loaded, then send(calls) and collect() -> Run, then close()
    Stopped    why a child answers no more

Importing this package, and starting a sandbox, loads no NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from judge.sandbox.confine import Confinement

if TYPE_CHECKING:
    from judge.sandbox.child import Child
    from judge.sandbox.outcome import Loaded, Run, Stopped
    from judge.sandbox.sandbox import Sandbox
    from judge.sandbox.selftest import doctor

__all__ = ["Child", "Confinement", "Loaded", "Run", "Sandbox", "Stopped", "doctor"]

_HOMES = {
    "Child": "child",
    "Loaded": "outcome",
    "Run": "outcome",
    "Sandbox": "sandbox",
    "Stopped": "outcome",
    "doctor": "selftest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"judge.sandbox.{_HOMES[name]}"), name)
