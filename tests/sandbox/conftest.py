"""Real sandboxes for all tests of this folder; one of each kind per worker, since a start costs an import of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from judge.domain.report import Isolation
from judge.sandbox import Confinement, Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox as it is used; skips where the host cannot confine."""
    with Sandbox.start() as started:
        if started.isolation is Isolation.NONE:
            pytest.skip("this host has no Landlock or no seccomp")
        yield started


@pytest.fixture(scope="session")
def reduced() -> Iterator[Sandbox]:
    """The sandbox as it is where the host refuses new namespaces."""
    with Sandbox.start(Confinement(namespaces=False, view=False)) as started:
        if started.isolation is Isolation.NONE:
            pytest.skip("this host has no Landlock or no seccomp")
        yield started


@pytest.fixture(params=["as it is", "reduced"])
def each(request: pytest.FixtureRequest) -> Sandbox:
    """Both of the above in turn: verdicts must not depend on it."""
    chosen: Sandbox = request.getfixturevalue("sandbox" if request.param == "as it is" else "reduced")
    return chosen


@pytest.fixture(scope="session")
def without() -> Iterator[Callable[..., Sandbox]]:
    """Return a function giving a sandbox with the named protections switched off."""
    started: dict[frozenset[str], Sandbox] = {}

    def switched_off(*names: str) -> Sandbox:
        key = frozenset(names)
        if key not in started:
            started[key] = Sandbox.start(Confinement(**dict.fromkeys(names, False)), waiting=False)
        return started[key]

    yield switched_off
    for one in started.values():
        one.close()
