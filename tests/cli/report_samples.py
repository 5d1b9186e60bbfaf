"""Reports as data, one of every kind. ``python tests/cli/report_samples.py`` writes the goldens anew."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from judge.cli.report import View, lines_of
from judge.cli.terminal import Terminal
from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.words import Catalogue

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "zh")
WIDTHS = (80, 40)

CATCHES = {
    "en": {"samples": "the worked examples of the statement", "ties": "a threshold that prunes all equal weights"},
    "zh": {"samples": "题面中的示例", "ties": "用阈值时把相等的权重全剪或全留"},
}
MISTAKE = {
    "en": "The weights were ranked with their signs, so a large negative weight counts as the smallest of all.",
    "zh": "排序时带上了符号：绝对值很大的负权重成了“最小”的，最先被剪掉。",
}
OK = Check("masks", True, Message("checks.masks.ok", {"calls": 1}))


def passed(name: str, *checks: Check) -> TestResult:
    return TestResult(name, name.partition("-")[0], Verdict.ACCEPTED, 0.002, "", checks or (OK,))


def failed(name: str, verdict: Verdict, *checks: Check, output: str = "") -> TestResult:
    return TestResult(name, name.partition("-")[0], verdict, 0.003, output, checks)


def report(verdict: Verdict, score: float, *tests: TestResult, **fields: object) -> Report:
    plain: dict[str, object] = {
        "problem": "weight_pruning",
        "verdict": verdict,
        "score": score,
        "seed": 7,
        "graded": Graded.SUBMISSION,
        "seconds": 0.41,
        "isolation": Isolation.FULL,
        "tests": tests,
    }
    return Report(**(plain | fields))  # type: ignore[arg-type]


IMPORTED = passed("import", Check("import", True, Message("run.imported", {})))
PAIR = Message(
    "checks.ranking.pair",
    {"pruned": "0.weight[1, 0]", "pruned_value": "-0.7", "kept": "0.weight[1, 1]", "kept_value": "0.2"},
)
MANY = Message(
    "checks.count.too_many",
    {"name": "global", "n": 10, "sparsity": "0.5", "got": 7, "low": 5, "high": 5, "zeros": 1},
)
FEW = Message(
    "checks.count.too_few",
    {"name": "0.weight", "n": 7, "sparsity": "0.5", "got": 2, "low": 3, "high": 4, "zeros": 2},
)
RAISED = {
    "name": "ValueError",
    "message": "kth(=12) out of bounds (12)",
    "frames": [{"line": 27, "function": "prune_weights", "text": "keep[np.argpartition(magnitudes, k)[:k]] = False"}],
    "where": "numpy",
    "hint": "kth",
    "call": {"args": ["1.0", "scope='layer'"], "layers": ["Linear(weight=(3, 4), float32)", "Sigmoid"]},
    "number": 2,
    "calls": 3,
}

SAMPLES: dict[str, Report] = {
    "wrong answer": report(
        Verdict.WRONG_ANSWER,
        0.625,
        IMPORTED,
        failed(
            "samples-1",
            Verdict.WRONG_ANSWER,
            OK,
            Check("count", False, FEW),
            Check("ranking", False, PAIR),
            output="threshold 0.25\t真\n\\x1b[31mred\n",
        ),
        passed("samples-2"),
        failed(
            "ties-1",
            Verdict.WRONG_ANSWER,
            Check("count", False, Message("checks.in_call", {"number": 2, "problem": MANY})),
        ),
        TestResult("large-1", "large", Verdict.SKIPPED, 0.0, "", ()),
        diagnosis=(Diagnosis("signed_values", Message("theory.said", MISTAKE)),),
        counterexample=Counterexample(
            call="prune_weights(model, 0.5)",
            numbers=2,
            got=Message("diagnosis.got.answer", {"table": "0.weight  0  1\n  mask  0  1"}),
            expected=Message("diagnosis.expected.many", {"n": 2, "table": "0.weight  -2  0\n  mask   1  0"}),
            snippet="import numpy as np\nfrom judge.nn import Linear, Sequential\n"
            "from solution import prune_weights\n\n"
            "model = Sequential([Linear(np.array([[-2, 1]], np.float32))])\n"
            'assert prune_weights(model, 0.5)[1]["0.weight"].tolist() == [[True, False]]\n',
            network="0.weight  -2  1",
            check="ranking",
            detail=PAIR,
            earlier=("prune_weights(model, 0.25)",),
            right_answers=2,
            passing_twin=Message(
                "diagnosis.twin.right",
                {
                    "call": "prune_weights(model, 0.5)",
                    "change": Message("diagnosis.twin.value", {"name": "0.weight[0, 0]", "now": "2.0", "was": "-2.0"}),
                },
            ),
        ),
    ),
    "run-time error": report(
        Verdict.RUNTIME_ERROR,
        0.88,
        IMPORTED,
        passed("samples-1"),
        failed("ties-1", Verdict.RUNTIME_ERROR, Check("run", False, Message("run.call_raised", RAISED))),
        isolation=Isolation.REDUCED,
    ),
    "accepted": report(
        Verdict.ACCEPTED,
        1.0,
        IMPORTED,
        passed("samples-1"),
        passed("ties-1", Check("fidelity", True, Message("checks.margin", {"error": 2.2e-16, "limit": 1e-9}))),
        notes=(
            Message(
                "notes.accuracy",
                {
                    "network": "mlp",
                    "call": '0.75, scope="global"',
                    "test_before": 0.9722,
                    "test_after": 0.6464,
                    "train_before": 1.0,
                    "train_after": 0.6402,
                },
            ),
        ),
        graded=Graded.REFERENCE,
    ),
    "nothing run": report(
        Verdict.INVALID_SUBMISSION,
        0.0,
        failed("import", Verdict.INVALID_SUBMISSION, Check("import", False, Message("submission.missing", {}))),
        TestResult("samples-1", "samples", Verdict.SKIPPED, 0.0, "", ()),
        TestResult("ties-1", "ties", Verdict.SKIPPED, 0.0, "", ()),
    ),
    "theory": report(
        Verdict.WRONG_ANSWER,
        0.5,
        TestResult(
            "definition",
            "definition",
            Verdict.ACCEPTED,
            0.0,
            "",
            (Check("answer", True, Message("theory.right", {"why": Message("theory.said", MISTAKE)})),),
        ),
        failed("rounds", Verdict.WRONG_ANSWER, Check("answer", False, Message("theory.left_out"))),
        notes=(Message("theory.score", {"right": 1, "checks": 2, "pass_mark": 80.0}),),
        problem="what_is_pruning",
    ),
}


def shown(name: str, language: str, columns: int) -> list[str]:
    """Return the lines of a sample."""
    terminal = Terminal(language, out=io.StringIO(), err=io.StringIO(), environment={"COLUMNS": str(columns)})
    theory = name == "theory"
    view = View(
        title={"en": "Weight pruning", "zh": "权重剪枝"}[language],
        spoken=Catalogue(language, known={"entry_point": "prune_weights"}),
        catches={} if theory else CATCHES[language],
        theory=theory,
        file="" if name == "accepted" else "weight_pruning.py",
        again="judge check weight_pruning --seed 7 --test samples-1",
        review="" if theory else "judge review weight_pruning --seed 7",
        essay=(MISTAKE[language],) if theory else (),
    )
    return lines_of(SAMPLES[name], view, terminal)


def page(language: str, columns: int) -> str:
    """Return all samples, as the golden holds them."""
    return "".join(
        f"===== {name}\n" + "".join(f"{line}\n" for line in shown(name, language, columns)) for name in SAMPLES
    )


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    GOLDEN.mkdir(exist_ok=True)
    for each_language in LANGUAGES:
        for each_width in WIDTHS:
            path = GOLDEN / f"{each_language}-{each_width}.txt"
            path.write_text(page(each_language, each_width), "utf-8")
