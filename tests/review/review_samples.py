"""Reviews as data. ``PYTHONPATH=. python tests/review/review_samples.py`` writes the goldens anew."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from judge.cli.review import View, lines_of
from judge.cli.terminal import Terminal
from judge.domain.report import Isolation, Report
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.packages import Library
from judge.review import Review, review_json
from judge.review.result import Comment, Curve, Grade, Measured, Series

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "zh")
WIDTHS = (80, 40)

REPORT = Report("weight_pruning", Verdict.ACCEPTED, 1.0, 7, Graded.SUBMISSION, 0.4, Isolation.FULL, ())
MEASURED = Measured(
    call='prune_weights(model, 0.9, scope="global")',
    weights=320_000,
    seconds=0.0122,
    reference_seconds=0.0064,
    time_ratio=1.9,
    peak_weights=320_000,
    peak_bytes=7_300_000,
    reference_peak_bytes=5_500_000,
    memory_ratio=1.3,
)
TIMES = {"weights": "320,000", "seconds": "433 ms", "reference_seconds": "6.4 ms", "ratio": "68"}
PEAKS = {"on": "6,464", "peak": "518 kB", "reference_peak": "120 kB"}
LARGE_PEAKS = {"on": "320,000", "peak": "13.1 MB", "reference_peak": "5.5 MB"}
EQUAL = {
    **TIMES,
    "seconds": "6.6 ms",
    "reference_seconds": "6.4 ms",
    "on": "320,000",
    "peak": "5.5 MB",
    "reference_peak": "5.5 MB",
}
LOOP = Comment(
    "loop",
    Grade.ESSENTIAL,
    Message("review.comment.loop", {**TIMES, "line": 43, "times": "6,472", "on": "6,464"}),
    43,
    "for index in product(*[range(d) for d in weight.shape]):",
)
SORT = Comment(
    "sort",
    Grade.WORTH_KNOWING,
    Message(
        "review.comment.sort",
        {
            "line": 23,
            "entries": "320,000",
            "sorting": "15.5 ms",
            "seconds": "21.7 ms",
            "function": "np.argpartition",
            "partition": "2.7 ms",
        },
    ),
    23,
    "keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False",
)
FLOAT64 = Comment(
    "float64",
    Grade.WORTH_KNOWING,
    Message("review.comment.float64", {**LARGE_PEAKS, "entries": "320,000", "wide": "2.6 MB", "narrow": "1.3 MB"}),
)
COPIES = Comment(
    "copies",
    Grade.WORTH_KNOWING,
    Message(
        "review.comment.copies", {**LARGE_PEAKS, "copied": "5.0 MB", "reference_copied": "1.1 MB", "weights": "1.3 MB"}
    ),
)
TIME = Comment("time", Grade.ESSENTIAL, Message("review.comment.time", TIMES))
MEMORY = Comment(
    "memory", Grade.WORTH_KNOWING, Message("review.comment.memory", {**PEAKS, "ratio": "4.3", "each": "80"})
)
ECONOMICAL = Comment("economical", Grade.WELL_DONE, Message("review.comment.economical", EQUAL))
FAST = Comment("fast", Grade.WELL_DONE, Message("review.comment.fast", EQUAL))
SMALL = Comment("small", Grade.WELL_DONE, Message("review.comment.small", EQUAL))


def curve(network: str, message: Message, train: tuple[float, ...] | None = None) -> Curve:
    tests = {"yours": (0.972, 0.912, 0.106), "reference": (0.972, 0.91, 0.106), "random": (0.972, 0.2772, 0.1032)}
    series = tuple(Series(name, shares, train) for name, shares in tests.items())
    return Curve(network, "prune_weights(model, sparsity)", "sparsity", (0.0, 0.5, 0.95), 100, 500, series, message)


BEATEN = Message("review.curve.beaten", {"argument": "sparsity", "at": "0.3", "random": 0.502, "yours": 0.144})
SLACK = {"argument": "sparsity", "points": "2", "before": 0.972, "at": "0.3", "after": 0.966, "random": 0.551}
OVERFITTED = {
    "argument": "sparsity",
    "wrong": 20,
    "train": 1.0,
    "test": 0.754,
    "best": 0.758,
    "at": "0.1",
    "images": 500,
    "error": "1.9",
    "closed": Message("review.curve.gap", {"argument": "sparsity", "at": "0.9", "train": 0.21, "test": 0.208}),
}
QUESTIONS = {
    "seed": 7,
    "pass_mark": 0.8,
    "questions": [
        {
            "id": "lost_images",
            "kind": "numeric",
            "prompt": "How many?",
            "weight": 1,
            "options": [],
            "unit": None,
            "tolerance": 0,
        }
    ],
    "essay": {"prompt": "Explain.", "rubric": ["numbers"]},
}


def review(*comments: Comment, curves: tuple[Curve, ...] = (), measured: Measured | None = MEASURED) -> Review:
    versions = {"judge": "0", "problem": "0"}
    return Review("weight_pruning", 7, "full", versions, comments, measured, curves)


SAMPLES: dict[str, Review] = {
    "loop": review(LOOP, MEMORY, curves=(curve("mlp", Message("review.curve.slack", {**SLACK, "beaten": ""})),)),
    "sort": review(
        SORT,
        SMALL,
        curves=(
            curve("cnn", Message("review.curve.no_slack", {**SLACK, "beaten": BEATEN})),
            curve("overfitted", Message("review.curve.overfitted", OVERFITTED), (1.0, 0.93, 0.04)),
        ),
    ),
    "others": review(TIME, FLOAT64, COPIES),
    "good": review(ECONOMICAL),
    "fast": review(FAST),
    "unremarkable": review(),
    "unmeasured": review(measured=None),
}


def shown(name: str, language: str, columns: int) -> list[str]:
    """Return the lines of a sample."""
    terminal = Terminal(language, out=io.StringIO(), err=io.StringIO(), environment={"COLUMNS": str(columns)})
    problem = Library().load("weight_pruning")
    plain = review_json(SAMPLES[name], problem, REPORT, language)
    plain["questions"] = QUESTIONS if name == "sort" else plain["questions"]
    sheet = "judge review weight_pruning mine.py --seed 7 --sheet answers.toml"
    return lines_of(plain, View(problem.title[language], "submission", "mine.py", sheet), terminal)


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
