from __future__ import annotations

from collections.abc import Iterator

import pytest

from judge.bootstrap import make_service
from judge.domain.report import Explained
from judge.service import Service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with make_service() as service:
        yield service


@pytest.fixture
def unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out why something failed: half of the time, and no part of a verdict."""
    monkeypatch.setattr("judge.service._diagnose", lambda *what: Explained())


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a test so little time that a loop without end is stopped soon, also on a busy machine."""
    monkeypatch.setattr("judge.grading.lane.Lane._cpu", lambda lane, test: 0.3)
