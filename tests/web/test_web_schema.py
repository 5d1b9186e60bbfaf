"""Schemathesis over the whole API of a running server: no 5xx, and no answer but those of ``/openapi.json``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from test_web_server import SECONDS, running

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("schema") / "data") as server:
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_every_answer_is_a_described_one(api: Any, mode: schemathesis.GenerationMode) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) > 8
    made = 0
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def each(case: schemathesis.Case) -> None:
            nonlocal made
            made += 1
            case.call_and_validate(checks=CHECKS, timeout=SECONDS)

        with suppress(Unsatisfiable):  # nothing can be wrong with a request that takes no parameter
            each()
    assert made > 4 * len(operations)
