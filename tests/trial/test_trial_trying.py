"""A call of one's own in the sandbox: what shipped and other submissions get for it, and what is said of that."""

from __future__ import annotations

import json
import logging
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from reading import FOLDER, NETWORK, problem, spelled

import judge.diagnosis
from judge.bootstrap import make_service
from judge.diagnosis.ladder import COUNTED
from judge.domain.problem import LANGUAGES
from judge.domain.submission import Submission
from judge.errors import SandboxError, UsageError
from judge.packages.library import Library
from judge.sandbox import Sandbox
from judge.service import Service
from judge.trial import Trial, trial_json, try_call

ROWS = [
    pytest.param(name, *row, id=f"{name}-{key}")
    for name, rows in tomllib.loads((FOLDER / "tried.toml").read_text("utf-8")).items()
    for key, row in rows.items()
]
CALL = f"prune_weights({NETWORK}, 0.5)"
WEIGHTS = problem("weight_pruning")
RIGHT = WEIGHTS.reference.read_bytes() if WEIGHTS.reference else b""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with make_service() as service:
        yield service


def broken(trial: Trial) -> list[str]:
    return [check.name for check in trial.result.checks if not check.passed]


@pytest.mark.parametrize(("name", "file", "text", "verdict", "rules", "right"), ROWS)
def test_shipped_submissions(
    service: Service, name: str, file: str, text: str, verdict: str, rules: list[str], right: int
) -> None:
    content = (problem(name).folder / "submissions" / f"{file}.py").read_bytes()
    trial = try_call(service, problem(name), content, spelled(text))
    assert (trial.result.verdict, broken(trial), trial.right_answers) == (verdict, rules, right)
    english, chinese = (trial_json(trial, language, problem(name)) for language in LANGUAGES)
    for shown in (english, chinese):
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown
        assert shown["call"].startswith(f"{problem(name).entry_point}(model, ")
        assert shown["reference"]
        assert (shown["got"] == "") == ("import" in rules)
        assert not any("trial." in text or "checks." in text for text in (shown["expected"], shown["got"]))
    same = ("problem", "graded", "isolation", "verdict", "seconds", "call", "earlier", "network", "numbers", "output")
    assert all(english[field] == chinese[field] for field in same)
    assert english["expected"] != chinese["expected"]


def test_what_is_shown(service: Service) -> None:
    content = (WEIGHTS.folder / "submissions/wrong_answer/signed_values.py").read_bytes()
    shown = trial_json(try_call(service, WEIGHTS, content, CALL), "en", WEIGHTS)
    del shown["seconds"], shown["isolation"]
    failed = [check for check in shown.pop("checks") if not check["passed"]]
    assert failed == [
        {
            "name": "ranking",
            "passed": False,
            "detail": "By the masks 0.weight[0, 1] = -2.0 is pruned, while 0.weight[0, 0] = 1.0 is kept. "
            "Expected the smaller magnitude to go first.",
        }
    ]
    assert shown == {
        "problem": "weight_pruning",
        "graded": "submission",
        "verdict": "wrong_answer",
        "call": "prune_weights(model, 0.5)",
        "earlier": [],
        "network": "0.weight   1 -2\n           0  3",
        "numbers": 4,
        "output": "",
        "got": "0.weight  1 0\n          0 3\n  mask  1 0\n        0 1",
        "reference": "0.weight   0 -2\n           0  3\n  mask  0 1\n        0 1",
        "right_answers": 1,
        "expected": "One answer is right.",
    }


def test_a_crash_is_explained_with_the_lines_of_the_submission(service: Service) -> None:
    source = (
        b"def weight_of(layer):\n    return layer.weight\n\n"
        b"def prune_weights(model, sparsity):\n    for layer in model:\n        weight_of(layer)\n"
    )
    text = "prune_weights(Sequential([Linear([[1]]), ReLU()]), 0.5)"
    shown = trial_json(try_call(service, WEIGHTS, source, text), "en", WEIGHTS)
    (check,) = shown["checks"]
    assert check["detail"].splitlines()[2:] == [
        "  line 6, in prune_weights",
        "    weight_of(layer)",
        "  line 2, in weight_of",
        "    return layer.weight",
        "model: Linear(weight=(1, 1), float32), ReLU",
        "Not every layer has every attribute: activations, pooling and Flatten have no weight.",
    ]
    assert shown["got"] == "AttributeError: 'ReLU' object has no attribute 'weight'"
    assert shown["verdict"] == "runtime_error"


SOURCES = {
    "empty": (b"", "invalid_submission"),
    "too large": (b"#" * 65_537, "invalid_submission"),
    "not UTF-8": (b"\xff", "invalid_submission"),
    "the starter": (WEIGHTS.starter.encode(), "not_attempted"),
    "leaves at import": (b"import os\nos._exit(0)\n", "runtime_error"),
    "leaves": (b"import os\ndef prune_weights(*a): os._exit(0)\n", "runtime_error"),
    "memory": (b"def prune_weights(*a): return bytearray(1 << 33)\n", "memory_limit_exceeded"),
    "prints": (b"def prune_weights(*a): print('x' * (1 << 21))\n", "output_limit_exceeded"),
    "reads a file": (b"def prune_weights(*a): return open('/etc/passwd').read()\n", "runtime_error"),
    "opens a socket": (b"import socket\ndef prune_weights(*a): return socket.socket()\n", "runtime_error"),
    "10 GB of zero strides": (
        b"import numpy\ndef prune_weights(model, *a):\n"
        b"    return model, {'0.weight': numpy.broadcast_to(numpy.zeros(1), (10 ** 5, 10 ** 5))}\n",
        "wrong_answer",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_what_a_submission_does_is_its_verdict(service: Service, case: str) -> None:
    content, verdict = SOURCES[case]
    trial = try_call(service, WEIGHTS, content, CALL)
    assert trial.result.verdict == verdict
    assert trial.reference is not None  # it is shown beside whatever came


@pytest.mark.parametrize("line", ["while True: pass", "import time; time.sleep(99)"])
def test_one_that_does_not_end_is_stopped(service: Service, line: str) -> None:
    hurried = replace(WEIGHTS, limits=replace(WEIGHTS.limits, cpu_seconds=0.2))
    trial = try_call(service, hurried, f"def prune_weights(*a):\n    {line}\n".encode(), f"{CALL}\n{CALL}")
    assert trial.result.verdict == "time_limit_exceeded"
    assert (trial.got, trial.earlier) == (None, ())


def test_what_it_printed_is_shown_and_acts_on_nothing(service: Service) -> None:
    loud = b"_right = prune_weights\ndef prune_weights(*a):\n    print('\\x1b[2J\\u202e')\n    return _right(*a)\n"
    shown = trial_json(try_call(service, WEIGHTS, RIGHT + loud, CALL), "en", WEIGHTS)
    assert (shown["verdict"], shown["output"]) == ("accepted", "\\x1b[2J\\u202e\n")


def test_several_calls_tell_of_the_first_that_went_wrong(service: Service) -> None:
    wrong = RIGHT.replace(b"np.abs(", b"(")
    text = spelled("W([[1, 2]])\nprune_weights(N, 0.5)\nW([[1, 3]])")
    trial = try_call(service, WEIGHTS, wrong, text)
    assert (trial.earlier, trial.network) == (("prune_weights(model, 0.5)",), "0.weight   1 -2\n           0  3")
    assert trial.numbers == 6
    right = try_call(service, WEIGHTS, RIGHT, text)
    assert (len(right.earlier), right.network) == (2, "0.weight  1 3")


def test_without_a_solution_the_reference_is_tried(service: Service) -> None:
    trial = try_call(service, WEIGHTS, None, CALL)
    assert (trial.graded, trial.result.verdict, trial.got) == ("reference", "accepted", trial.reference)


@pytest.mark.parametrize("text", ["np.zeros((199, 200), np.float32)", "np.ones((199, 200), np.float32)"])
def test_right_answers_beyond_counting(service: Service, text: str) -> None:
    trial = try_call(service, WEIGHTS, None, spelled(f"W({text})").replace("0.5", "0.25"))
    assert trial.right_answers == COUNTED
    assert trial.expected.key == "trial.expected.countless"


def test_a_large_network_is_shown_in_part(service: Service) -> None:
    layers = "Linear(np.arange(1, 101, dtype=np.float32).reshape(10, 10))," * 60
    shown = trial_json(try_call(service, WEIGHTS, None, f"prune_weights(Sequential([{layers}]), 0.5)"), "en", WEIGHTS)
    assert shown["numbers"] == 6_000
    assert shown["network"].endswith("\n…")
    assert len(json.dumps(shown)) < 40_000


# what is done to the package, what the report must say
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "the reference is wrong": (
        {"reference": WEIGHTS.folder / "submissions/wrong_answer/signed_values.py"},
        "reference solution's own answer",
    ),
    "the checker fails": ({"suite": None}, "judge itself failed"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_ours_is_never_the_candidates(
    service: Service, case: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    changes, said = FAULTS[case]
    monkeypatch.setattr(logging.getLogger("judge"), "propagate", True)
    trial = try_call(service, replace(WEIGHTS, **changes), RIGHT, CALL)
    assert trial.result.verdict == "judge_error"
    assert (trial.got, trial.reference) == (None, None)
    shown = trial_json(trial, "en", WEIGHTS)
    assert said in " ".join(check["detail"] for check in shown["checks"])
    identifier = trial.result.checks[0].detail.values["id"]
    assert identifier in caplog.text


def test_a_sandbox_that_does_not_start_is_a_fault_of_ours() -> None:
    def refuse() -> Sandbox:
        raise SandboxError("sandbox.not_started", reason="no")

    with Service(Library(), refuse) as service:
        shown = trial_json(try_call(service, WEIGHTS, RIGHT, CALL), "zh", WEIGHTS)
    assert (shown["verdict"], shown["got"], shown["right_answers"]) == ("judge_error", "", 0)


def test_a_package_without_a_reference_can_be_tried(service: Service) -> None:
    alone = replace(WEIGHTS, reference=None)
    shown = trial_json(try_call(service, alone, RIGHT, CALL), "en", alone)
    assert (shown["verdict"], shown["reference"]) == ("accepted", "")
    with pytest.raises(UsageError):
        try_call(service, alone, None, CALL)


def test_where_there_is_nothing_to_try(service: Service) -> None:
    with pytest.raises(UsageError) as caught:
        try_call(service, service.library.load("what_is_pruning"), b"", CALL)
    assert caught.value.message.key == "trial.not_code"
    with pytest.raises(UsageError) as caught:
        try_call(service, replace(WEIGHTS, folder=FOLDER), RIGHT, CALL)
    assert caught.value.message.key == "trial.not_offered"


# file, the group of tests in which it fails
REPORTED = [
    ("weight_pruning", "wrong_answer/signed_values", "samples"),
    ("weight_pruning", "wrong_answer/prunes_the_input", "samples"),  # its snippet calls with a copy
    ("weight_pruning", "wrong_answer/nan_accepted", "arguments"),  # within try
    ("weight_pruning", "wrong_answer/order_cached_by_shape", "repeated"),  # two calls in a row
    ("weight_pruning", "run_time_error/index_at_one", "ends"),
    ("structured_pruning", "wrong_answer/bias_kept", "samples"),
]


@pytest.mark.parametrize(("name", "file", "group"), REPORTED)
def test_the_snippet_of_a_report_can_be_tried(
    service: Service, name: str, file: str, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the search might else run out of time.
    monkeypatch.setattr(judge.diagnosis, "diagnose", partial(judge.diagnosis.diagnose, seconds=20.0))
    content = (problem(name).folder / "submissions" / f"{file}.py").read_bytes()
    report = service.grade(Submission(name, content, 5), problem=problem(name), only=group)
    found = report.counterexample
    assert found is not None
    trial = try_call(service, problem(name), content, found.snippet)
    assert trial.result.verdict == report.verdict
    assert found.check in broken(trial)
    assert (trial.call, trial.earlier, trial.network) == (found.call, found.earlier, found.network)
    assert (trial.numbers, trial.right_answers, trial.got) == (found.numbers, found.right_answers, found.got)
    assert try_call(service, problem(name), None, found.snippet).result.verdict == "accepted"
