"""Verdicts of whole judgings, for what is handed in wrongly and for what runs wrongly."""

from __future__ import annotations

import pytest

from judge.domain.submission import Submission
from judge.errors import BadSeed, UnknownProblem
from judge.packages import Library
from judge.service import Service

STARTER = Library().load("weight_pruning").starter
RIGHT = Library().load("weight_pruning").reference.read_bytes()

# Right, but for one argument.
LOOPING = b"""
_right = prune_weights
def prune_weights(model, sparsity, scope="layer"):
    while sparsity == 1e-9: pass
    return _right(model, sparsity, scope)
"""
SHY = b"""
_right = prune_weights
def prune_weights(model, sparsity, scope="layer"):
    return _right(model, min(sparsity, 0.6), scope)
"""

ROWS = {
    "empty": (b"", "invalid_submission"),
    "no such function": (b"def prune(model, sparsity): ...\n", "invalid_submission"),
    "not callable": (b"prune_weights = 3\n", "invalid_submission"),
    "does not compile": (b"def prune_weights(model, sparsity:\n", "invalid_submission"),
    "null byte": (b"x = 1\0\n", "invalid_submission"),
    "not UTF-8": ("# é\n".encode("latin-1") + RIGHT, "invalid_submission"),
    "one byte too many": (RIGHT + b"#" * (65_537 - len(RIGHT)), "invalid_submission"),
    "as large as may be": (RIGHT + b"#" * (65_536 - len(RIGHT)), "accepted"),
    "byte order mark and CRLF": (b"\xef\xbb\xbf" + RIGHT.replace(b"\n", b"\r\n"), "accepted"),
    "the starter": (STARTER.encode(), "not_attempted"),
    "the starter with other line ends": (STARTER.replace("\n", "\r\n").encode(), "not_attempted"),
    "raises at import": (b"1 / 0\n", "runtime_error"),
    "leaves at import": (b"import sys; sys.exit(0)\n", "runtime_error"),
    "leaves hard at import": (b"import os; os._exit(0)\n", "runtime_error"),
    "wrong arity": (b"def prune_weights(model): ...\n", "runtime_error"),
    "raises": (b"def prune_weights(model, sparsity, scope='layer'): raise KeyError(scope)\n", "runtime_error"),
    "leaves": (b"import sys\ndef prune_weights(model, sparsity, scope='layer'): sys.exit(0)\n", "runtime_error"),
    "leaves hard": (b"import os\ndef prune_weights(model, sparsity, scope='layer'): os._exit(0)\n", "runtime_error"),
    "forgets to return": (b"def prune_weights(model, sparsity, scope='layer'): ...\n", "wrong_answer"),
    "memory": (b"import numpy\ndef prune_weights(*a, **k): numpy.ones(1 << 33)\n", "memory_limit_exceeded"),
    "memory at import": (b"x = bytearray(1 << 33)\n", "memory_limit_exceeded"),
    "prints": (b"def prune_weights(*a, **k): print('x' * (1 << 21))\n", "output_limit_exceeded"),
    "10 GB of zero strides": (
        b"import numpy\ndef prune_weights(model, *a, **k):\n"
        b"    return model, {'0.weight': numpy.broadcast_to(numpy.zeros(1), (10 ** 5, 10 ** 5))}\n",
        "wrong_answer",
    ),
    "a namesake of ValueError": (
        RIGHT + b"\n_right = prune_weights\nclass ValueError(Exception): ...\n"
        b"def prune_weights(model, sparsity, scope='layer'):\n"
        b"    if not 0 <= sparsity <= 1 or scope not in ('layer', 'global'): raise ValueError(sparsity)\n"
        b"    return _right(model, sparsity, scope)\n",
        "wrong_answer",
    ),
    "coroutine": (b"async def prune_weights(*a, **k): return a\n", "wrong_answer"),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_is_handed_in_gets_its_verdict(service: Service, row: str) -> None:
    content, verdict = ROWS[row]
    report = service.grade(Submission("weight_pruning", content, 1))
    assert report.verdict == verdict, report.tests[0]
    assert len({test.name for test in report.tests}) == len(report.tests) > 10


@pytest.mark.usefixtures("hurried")
def test_a_loop_without_end_is_stopped_and_the_rest_is_judged(service: Service) -> None:
    source = RIGHT + LOOPING
    report = service.grade(Submission("weight_pruning", source, 1), only="ends")
    assert report.verdict == "time_limit_exceeded"
    report = service.grade(Submission("weight_pruning", source, 1), only="samples")
    assert report.verdict == "accepted"


def test_what_there_is_no_time_for_is_not_judged(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by what was answered before, nor in part."""
    monkeypatch.setattr("judge.grading.execute.TOTAL_SECONDS", 1.0)
    monkeypatch.setattr("judge.sandbox.clock.Clock.starved", lambda clock: False)  # whatever else this machine does
    slow = RIGHT + b"\nimport time\n_right, _calls = prune_weights, []\ndef prune_weights(*a, **k):\n"
    slow += b"    _calls.append(a)\n    if len(_calls) > 3: time.sleep(60)\n    return _right(*a, **k)\n"
    report = service.grade(Submission("weight_pruning", slow, 1))
    assert report.verdict == "time_limit_exceeded"
    verdicts = [test.verdict for test in report.tests]
    assert set(verdicts) == {"accepted", "time_limit_exceeded", "skipped"}
    assert set(verdicts[-10:]) == {"skipped"}


@pytest.mark.usefixtures("hurried")
def test_a_machine_that_is_too_busy_fails_nobody(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judge.grading.execute.TOTAL_SECONDS", 1.0)
    monkeypatch.setattr("judge.sandbox.clock.Clock.starved", lambda clock: True)
    slow = b"\nimport time\n_right = prune_weights\ndef prune_weights(*a, **k):\n    time.sleep(0.04)\n"
    report = service.grade(Submission("weight_pruning", RIGHT + slow + b"    return _right(*a, **k)\n", 1))
    assert report.verdict == "judge_error"
    assert [note.key for note in report.notes] == ["errors.judge_error", "errors.starved"]
    report = service.grade(Submission("weight_pruning", RIGHT + slow + b"    return None\n", 1))
    assert report.verdict == "wrong_answer"
    monkeypatch.setattr("judge.grading.execute.TOTAL_SECONDS", 20.0)
    report = service.grade(Submission("weight_pruning", RIGHT + LOOPING, 1), only="ends")
    assert report.verdict == "time_limit_exceeded"  # it had its time


def test_the_same_seed_gives_the_same_report(service: Service) -> None:
    wrong = RIGHT + SHY
    first, second = (service.grade(Submission("weight_pruning", wrong, 11)) for _ in range(2))
    assert [(t.name, t.verdict, t.checks) for t in first.tests] == [(t.name, t.verdict, t.checks) for t in second.tests]
    assert first.score == second.score < 1
    assert first.verdict == "wrong_answer"


def test_a_test_alone_can_be_run(service: Service) -> None:
    report = service.grade(Submission("weight_pruning", RIGHT, 5), only="ties-2")
    assert [test.name for test in report.tests] == ["import", "ties-2"]


def test_the_fork_server_may_die_between_two_submissions(service: Service) -> None:
    import os
    import signal

    first = service.grade(Submission("weight_pruning", RIGHT, 5), only="samples")
    os.kill(service.sandbox.server_pid, signal.SIGKILL)
    second = service.grade(Submission("weight_pruning", RIGHT, 5), only="samples")
    assert first.verdict == second.verdict == "accepted"


@pytest.mark.parametrize("seed", [-1, 1 << 53])
def test_a_seed_out_of_range_is_refused(service: Service, seed: int) -> None:
    with pytest.raises(BadSeed):
        service.grade(Submission("weight_pruning", RIGHT, seed))


def test_an_unknown_problem_names_the_nearest(service: Service) -> None:
    with pytest.raises(UnknownProblem) as caught:
        service.grade(Submission("weight_prunning", RIGHT, 1))
    assert caught.value.message.values["nearest"][0] == "weight_pruning"


def test_an_import_that_fails_in_the_second_process_alone_is_told(service: Service) -> None:
    """Every other process has an odd number, nearly always."""
    source = RIGHT + b"\nimport os\nif os.getpid() % 2: raise KeyError('odd')\n"
    reports = [service.grade(Submission("weight_pruning", source, 7)) for _ in range(4)]
    assert {report.verdict for report in reports} <= {"runtime_error", "accepted"}
    for report in reports:
        failing = [test for test in report.tests if test.verdict == "runtime_error"]
        assert all(check.detail.key == "run.import_raised" for test in failing for check in test.checks)
