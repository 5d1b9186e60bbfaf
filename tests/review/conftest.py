from __future__ import annotations

from collections.abc import Iterator

import pytest

from judge.bootstrap import make_service
from judge.service import Service


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with make_service() as service:
        yield service
