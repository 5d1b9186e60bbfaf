"""Run a submission where it can do no harm: see README.md in this folder for how.

    Sandbox      owns a fork server; :meth:`Sandbox.open` gives a fresh confined :class:`Child`
    Request      the calls of a test, encoded ahead
    Child        load(source) -> Loaded, then send(calls) and collect() -> Run, then close()
    Received     what collect() is made of, where there is no time to look into it at once
    Stopped      why a child answers no more
    doctor       tries every forbidden act in a child
    Confinement  the protections, to switch them off in tests

Importing this package, and starting a sandbox, loads no NumPy and little else: see launch.py.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from judge.sandbox.child import Child
    from judge.sandbox.confine import Confinement
    from judge.sandbox.outcome import Loaded, Received, Run, Stopped
    from judge.sandbox.request import Request
    from judge.sandbox.sandbox import Sandbox
    from judge.sandbox.selftest import Finding, doctor

__all__ = ["Child", "Confinement", "Finding", "Loaded", "Received", "Request", "Run", "Sandbox", "Stopped", "doctor"]

_HOMES = {
    "Child": "child",
    "Confinement": "confine",
    "Finding": "selftest",
    "Loaded": "outcome",
    "Received": "outcome",
    "Request": "request",
    "Run": "outcome",
    "Sandbox": "sandbox",
    "Stopped": "outcome",
    "doctor": "selftest",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    value: object = getattr(import_module(f"judge.sandbox.{_HOMES[name]}"), name)
    return value
