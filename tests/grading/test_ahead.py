"""Tests that are drawn ahead are the same tests, and what is known of them decides nothing."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from judge.bootstrap import make_service
from judge.domain.problem import CodingProblem, Expectation
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.grading import judge_coding
from judge.grading.ahead import Interrupted, Prepared, prepare
from judge.packages import Library, load_expectations
from judge.service import Service

LIBRARY = Library()
PROBLEMS = ("weight_pruning", "structured_pruning")
SEED = 5
CHOSEN = [
    (name, expectation)
    for name in PROBLEMS
    for expectation in load_expectations(LIBRARY.find(name))
    if zlib.crc32(expectation.path.name.encode()) % 11 == 1
]


def problem(service: Service, name: str) -> CodingProblem:
    loaded = service.library.load(name)
    assert isinstance(loaded, CodingProblem)
    return loaded


@pytest.fixture(scope="module")
def suites(service: Service) -> dict[str, Prepared]:
    return {name: prepare(problem(service, name), SEED, service.sandbox) for name in PROBLEMS}


def told(report: Report) -> object:
    """Return all of a report but the times."""
    return replace(report, seconds=0.0, tests=tuple(replace(test, seconds=0.0) for test in report.tests))


def both(service: Service, suite: Prepared, content: bytes) -> tuple[Report, Report]:
    of = suite.problem
    submission = Submission(of.name, content)
    plain = judge_coding(of, submission, SEED, service.sandbox)
    return plain, judge_coding(of, submission, SEED, service.sandbox, ahead=suite.groups)


@pytest.mark.parametrize(
    ("name", "expectation"), CHOSEN, ids=lambda value: value.path.stem if isinstance(value, Expectation) else value
)
def test_the_report_is_the_same(
    service: Service, suites: dict[str, Prepared], name: str, expectation: Expectation
) -> None:
    plain, ahead = both(service, suites[name], expectation.path.read_bytes())
    assert told(ahead) == told(plain)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_reference_is_known_and_its_report_the_same(
    service: Service, suites: dict[str, Prepared], name: str
) -> None:
    suite = suites[name]
    assert all(test.known is not None for tests in suite.groups.values() for test in tests)
    assert set(suite.groups) == {group.name for group in suite.problem.groups} - {"large"}
    assert suite.problem.reference is not None
    plain, ahead = both(service, suite, suite.problem.reference.read_bytes())
    assert ahead.verdict == "accepted"
    assert told(ahead) == told(plain)


def test_another_answer_is_not_the_known_one(service: Service, suites: dict[str, Prepared]) -> None:
    """The reference with one bit changed, in one call of hundreds."""
    suite = suites["weight_pruning"]
    assert suite.problem.reference is not None
    weight = dict(suite.groups["tiny"][1].case.calls[7].model.named_parameters())
    bits = [array.tobytes() for array in weight.values()]
    source = suite.problem.reference.read_text() + (
        "\n_right = prune_weights\n"
        "def prune_weights(model, *args, **kwargs):\n"
        "    pruned, masks = _right(model, *args, **kwargs)\n"
        f"    if [array.tobytes() for _, array in model.named_parameters()] == {bits!r}:\n"
        "        name = next(iter(masks)); masks[name] = masks[name].copy(); masks[name].flat[0] ^= True\n"
        "    return pruned, masks\n"
    )
    plain, ahead = both(service, suite, source.encode())
    assert ahead.verdict == "wrong_answer"
    assert told(ahead) == told(plain)


def test_it_gives_way_to_whoever_waits(service: Service) -> None:
    with pytest.raises(Interrupted):
        prepare(problem(service, "weight_pruning"), SEED, service.sandbox, lambda: True)


@pytest.fixture
def drawing() -> Iterator[Service]:
    with make_service() as service:
        service.draw_ahead(1)
        assert service.rested(60)
        yield service


def test_a_seed_is_promised_once_and_its_tests_are_taken_once(drawing: Service) -> None:
    first, second = (drawing.fresh_seed("weight_pruning") for _ in range(2))
    assert first != second
    assert drawing._ahead is not None
    of = problem(drawing, "weight_pruning")
    suite = drawing._ahead.take(of, first)
    assert suite is not None
    assert suite.seed == first
    assert drawing._ahead.take(of, first) is None
    assert drawing._ahead.take(of, second) is None


def test_each_verdict_has_a_seed_of_its_own(drawing: Service) -> None:
    of = problem(drawing, "weight_pruning")
    assert of.reference is not None
    reports = []
    for _ in range(2):
        reports.append(drawing.grade(Submission(of.name, of.reference.read_bytes())))
        assert drawing.rested(60)  # what was taken is there again
    assert reports[0].seed != reports[1].seed
    again = drawing.grade(Submission(of.name, of.reference.read_bytes(), reports[0].seed))
    assert told(again) == told(reports[0])


def test_it_goes_on_after_the_fork_server_has_died(drawing: Service) -> None:
    of = problem(drawing, "weight_pruning")
    assert of.reference is not None
    content = of.reference.read_bytes()
    os.kill(drawing.sandbox.server_pid, signal.SIGKILL)
    for _ in range(2):
        assert drawing.grade(Submission(of.name, content)).verdict == "accepted"
        assert drawing.rested(60)
    assert drawing._ahead is not None
    seed = drawing._ahead.seed(of.name)
    assert seed is not None


def test_tests_of_a_former_version_are_not_taken(drawing: Service) -> None:
    seed = drawing.fresh_seed("weight_pruning")
    drawing.library.forget()
    assert drawing._ahead is not None
    assert drawing._ahead.take(problem(drawing, "weight_pruning"), seed) is None
