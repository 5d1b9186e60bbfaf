"""Submissions in every state that a page can show, made by hand so that each test sees the same."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from judge.domain.plain import report_to_plain
from judge.domain.problem import TheoryProblem
from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded, Submission
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.review.result import Comment, Curve, Grade, Measured, Review, Series
from judge.review.run import versions_of
from judge.store.base import Claim
from judge.web.state import State

SOURCE = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'
LONG = "NeuralNetworkPruning" * 12
LONG_ZH = "神经网络剪枝的掩码与权重" * 20
_numbers = itertools.count()


def said(en: str, zh: str = "") -> Message:
    return Message("theory.said", {"en": en, "zh": zh or en})


def result_of(
    name: str, verdict: Verdict = Verdict.ACCEPTED, detail: Message | None = None, output: str = ""
) -> TestResult:
    checks = (Check("structure", True, Message("checks.structure.ok", {})),)
    if detail is not None:
        checks = (Check("ranking", False, detail), *checks)
    return TestResult(name, name.rpartition("-")[0] or name, verdict, 0.0031, output, checks)


WEIGHTS = Counterexample(
    "prune_weights(model, 0.5)",
    2,
    Message("diagnosis.got.answer", {"table": "0.weight  -0  1\n  mask  0 1"}),
    Message("diagnosis.expected.one", {"table": "0.weight  -2  0\n  mask  1 0"}),
    "from solution import prune_weights\n\nassert False\n",
    network="0.weight  -2  1",
    check="ranking",
    detail=said("-2 is pruned, while 1 is kept.", "-2 被剪掉，而 1 保留。"),
    right_answers=1,
    passing_twin=said("The nearest input that is answered right.", "最接近的答对的输入。"),
)
CHANNELS = Counterexample(
    "prune_structured(model, 0.5, norm=2)",
    14,
    Message("diagnosis.got.answer", {"table": "0.weight  2 2\n  mask  0 1\n1.weight  6\n  mask  1"}),
    Message("diagnosis.expected.one", {"table": "0.weight  3 0\n  mask  1 0\n1.weight  5\n  mask  1"}),
    "assert False\n",
    network="0.weight  3 0\n          2 2\n1.weight  5 6",
    right_answers=1,
)
RAISED = Message(
    "run.call_raised",
    {
        "name": "IndexError",
        "message": LONG,
        "frames": [{"line": 3, "function": "prune_weights", "text": f"cut = order[{LONG}]"}],
        "where": "numpy",
        "hint": "out_of_bounds",
        "call": {"args": ["0.5", "scope='global'"], "layers": ["Linear(weight=(3, 4), float32)", "ReLU"] * 8},
    },
)
CURVE = said("Up to 0.3 nothing is lost.", "到 0.3 为止没有损失。")
NOTES = tuple(
    Message("notes.accuracy" if train else "notes.test_accuracy", {
        "network": network, "call": '0.75, scope="global"', "test_before": 0.972, "test_after": 0.646, **train,
    })
    for network, train in (("mlp", {}), ("overfitted", {"train_before": 1.0, "train_after": 0.56}))
)  # fmt: skip

MANY = (Verdict.ACCEPTED,) * 150 + (Verdict.TIME_LIMIT_EXCEEDED,) + (Verdict.SKIPPED,) * 49

# state -> problem, source, verdict, tests, what else the report holds
CODE: dict[str, tuple[str, str, Verdict, tuple[TestResult, ...], dict[str, Any]]] = {
    "accepted": ("weight_pruning", SOURCE, Verdict.ACCEPTED, (result_of("samples-1"),), {"notes": NOTES}),
    "wrong": (
        "weight_pruning",
        SOURCE,
        Verdict.WRONG_ANSWER,
        (
            result_of("import"),
            result_of("ties-1", Verdict.WRONG_ANSWER, said("Expected 1.", "应为 1。"), "printed\n"),
            result_of("ties-2"),
        ),
        {"counterexample": WEIGHTS, "diagnosis": (Diagnosis("signed_values", said("Signed.", "没有取绝对值。")),)},
    ),
    "channels": (
        "structured_pruning",
        SOURCE,
        Verdict.WRONG_ANSWER,
        (result_of("norms-1", Verdict.WRONG_ANSWER, said("Expected 2.", "应为 2。")),),
        {"counterexample": CHANNELS},
    ),
    "long": (
        "weight_pruning",
        f"# {LONG_ZH}\n" + "x = 1  # " + LONG + "\n" + "y = 2\n" * 9_000,
        Verdict.RUNTIME_ERROR,
        (result_of("mlp-1", Verdict.RUNTIME_ERROR, RAISED, (LONG + LONG_ZH) * 6), result_of("mlp-2", Verdict.SKIPPED)),
        {"diagnosis": (Diagnosis(LONG.lower(), said(LONG, LONG_ZH)),)},
    ),
    "many": (
        "weight_pruning",
        SOURCE,
        Verdict.TIME_LIMIT_EXCEEDED,
        tuple(result_of(f"g{n // 10}-{n % 10}", verdict) for n, verdict in enumerate(MANY)),
        {},
    ),
    "invalid": (
        "weight_pruning",
        "def (",
        Verdict.INVALID_SUBMISSION,
        (result_of("import", Verdict.INVALID_SUBMISSION, Message("submission.not_utf8", {"line": 3, "byte": "0xff"})),),
        {},
    ),
    "fault": (
        "weight_pruning",
        SOURCE,
        Verdict.JUDGE_ERROR,
        (result_of("judge", Verdict.JUDGE_ERROR, Message("errors.judge_error", {"id": "ab12"})),),
        {"notes": (Message("errors.judge_error", {"id": "ab12"}),)},
    ),
}  # fmt: skip


def submission(state: State, name: str) -> str:
    """Keep the submission of this state and return its id."""
    problem, source, verdict, tests, more = CODE[name]
    identifier, claim = claimed(state, problem, source.encode())
    report = Report(
        problem=problem,
        verdict=verdict,
        score=1.0 if verdict == Verdict.ACCEPTED else 0.4737,
        seed=9_007_199_254_740_991,
        graded=Graded.SUBMISSION,
        seconds=1.51,
        isolation=Isolation.FULL,
        tests=tests,
        versions=_versions(state, problem),
        **more,
    )
    assert state.store.finish(claim, report_to_plain(report))
    if verdict == Verdict.ACCEPTED:
        state.store.keep_review(identifier, _review(state, problem).to_plain())
    return identifier


def theory(state: State) -> str:
    """Keep an answer sheet with one right, one wrong and many missing answers, judged, and return its id."""
    from judge.theory import grade, worked

    problem = state.service.library.by_name("what_is_pruning")
    assert isinstance(problem, TheoryProblem)
    solutions = worked(problem, 41, "en")
    right = next(one for one in solutions if isinstance(one["answer"], str))
    numeric = next(check.id for check in problem.bank.checks if check.kind.value == "numeric")
    answers = f'seed = 41\nessay = "{LONG}"\n[answers]\n{right["id"]} = "{right["answer"]}"\n{numeric} = -1\n'
    identifier, claim = claimed(state, problem.name, answers.encode())
    assert state.store.finish(claim, report_to_plain(grade(problem, answers.encode(), 41, Graded.SUBMISSION)))
    return identifier


def claimed(state: State, problem: str, content: bytes) -> tuple[str, Claim]:
    """Keep a submission and claim it, before a worker does: one that is too quick has taken another."""
    while True:
        identifier = f"state{next(_numbers):017d}"
        state.store.add(identifier, Submission(problem, content, 7))
        claim = state.store.claim("test/0", 1e6, identifier)
        if claim is not None:
            return identifier, claim


def _versions(state: State, problem: str) -> Mapping[str, str]:
    return versions_of(state.service.library.by_name(problem))


def _review(state: State, problem: str) -> Review:
    amounts = tuple(step / 10 for step in range(10))
    series = tuple(
        Series(
            name, tuple(0.97 - loss * amount**2 for amount in amounts), tuple(1 - loss * amount for amount in amounts)
        )
        for name, loss in (("yours", 0.9), ("reference", 0.9), ("random", 0.95))
    )
    return Review(
        problem,
        7,
        "full",
        _versions(state, problem),
        (
            Comment("said", Grade.ESSENTIAL, said("It sorts.", "它做了排序。"), 3, "order = f(x)  # " + LONG),
            Comment("said", Grade.WELL_DONE, said("It is fast.", "很快。")),
        ),
        Measured("prune_weights(model, 0.9)", 320_000, 0.01, 0.009, 1.1, 320_000, 5 << 20, 4 << 20, 1.25),
        (Curve("overfitted", "prune_weights(model, sparsity)", "sparsity", amounts, 100, 500, series, CURVE),),
    )
