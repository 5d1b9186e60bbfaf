"""Real solutions, measured confined. What is asserted are counts, which no busy machine changes; a ratio of times only
where it is some tens.

The whole of it, every accepted submission on several seeds:

    JUDGE_ALL=1 JUDGE_SEEDS=5 python -m pytest tests/review/test_review_measuring.py
"""

from __future__ import annotations

import os

import pytest

from judge.domain.problem import CodingProblem
from judge.packages import Library, load_expectations
from judge.review.bench import measure
from judge.review.comments import comments_on
from judge.review.figures import Figures
from judge.review.plan import Plan, plan, weights_of
from judge.sandbox.load import as_read
from judge.service import Service

LIBRARY = Library()
SEEDS = range(1, 1 + int(os.environ.get("JUDGE_SEEDS", "1")))
_PLANS: dict[tuple[str, int], Plan] = {}

# What each may be told, apart from "well done": nothing else is true of it.
TRUE = {
    "weight_pruning": {
        "weight_pruning": "",
        "argpartition_on_a_copy": "",
        "bisect_into_a_sorted_list": "loop memory",
        "bisection_on_the_threshold": "float64",
        "float_masks_in_the_weights_dtype": "",
        "generator_pipeline": "loop sort float64 memory",
        "heap_of_magnitudes": "loop memory",
        "in_place_on_deepcopy": "sort time memory",
        "keeps_instead_of_prunes": "",
        "lambda_entry_point": "loop sort memory",
        "lexsort_last_ties_first": "time",
        "named_parameters_of_a_copy": "",
        "nsmallest": "time memory",
        "numpy_string_names": "sort float64 copies time",
        "packed_sort_keys": "sort copies time",
        "partition_threshold_trimmed_ties": "",
        "plain_python_sorted": "loop memory",
        "quickselect_by_hand": "loop memory",
        "radix_histogram": "",
        "recursion_over_residual": "",
        "scalar_loops_with_ndenumerate": "loop memory",
        "scores_in_float64": "sort float64 time",
        "functional_reduce": "sort time memory",
        "unique_values_and_counts": "sort copies time",
    },
    "structured_pruning": {
        "hypot_norms": "loop",
        "partial_entry_point": "loop",
        "plain_loops_fsum": "loop memory",
        "tuple_layers_list_result": "time memory",
    },
}
# Not listed: a full sort in "weight_pruning", nothing in "structured_pruning".
OTHERS = {"weight_pruning": "sort time", "structured_pruning": ""}
# Run in every case: the references, and what is told by a count alone.
ALWAYS = {
    "weight_pruning",
    "structured_pruning",
    "plain_python_sorted",
    "scores_in_float64",
    "packed_sort_keys",
    "einsum_norms",
    "carry_kept_indices",
}


def problem(name: str) -> CodingProblem:
    loaded = LIBRARY.load(name)
    assert isinstance(loaded, CodingProblem)
    return loaded


def figures(service: Service, name: str, source: str, seed: int = 1) -> Figures | None:
    loaded = problem(name)
    if (name, seed) not in _PLANS:
        _PLANS[name, seed] = plan(loaded, seed)
    chosen = _PLANS[name, seed]
    assert chosen.large is not None
    assert chosen.small is not None
    assert loaded.reference is not None
    return measure(loaded, source, loaded.reference.read_text("utf-8"), service.sandbox, chosen.large, chosen.small)


def sources() -> list[tuple[str, str, str]]:
    found = []
    for name in TRUE:
        reference = problem(name).reference
        assert reference is not None
        accepted = [one.path for one in load_expectations(LIBRARY.find(name)) if one.verdict == "accepted"]
        for path in [reference, *accepted]:
            if os.environ.get("JUDGE_ALL") or path.stem in ALWAYS:
                found.append((name, path.stem, as_read(path.read_text("utf-8-sig"))))
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "stem", "source"), sources(), ids=lambda value: value[:40].split("\n")[0])
def test_no_comment_is_wrong(service: Service, name: str, stem: str, source: str, seed: int) -> None:
    measured = figures(service, name, source, seed)
    assert measured is not None
    told = {comment.id for comment in comments_on(measured, source) if comment.grade != "well_done"}
    assert told <= set(TRUE[name].get(stem, OTHERS[name]).split()), measured


def accepted(name: str, stem: str) -> str:
    return (LIBRARY.find(name) / "submissions" / "accepted" / f"{stem}.py").read_text("utf-8")


def test_a_python_loop_is_counted_where_it_runs(service: Service) -> None:
    source = accepted("weight_pruning", "plain_python_sorted")
    measured = figures(service, "weight_pruning", source)
    assert measured is not None
    assert measured.lines is not None
    theirs, ours = measured.lines
    assert theirs.times >= theirs.weights > 1_000 > ours.times
    assert "position += 1" in source.split("\n")[theirs.line - 1] or "for " in source.split("\n")[theirs.line - 1]
    assert "loop" in {comment.id for comment in comments_on(measured, source)}


def test_arrays_are_seen_where_they_are_made(service: Service) -> None:
    source = accepted("weight_pruning", "scores_in_float64")
    measured = figures(service, "weight_pruning", source)
    assert measured is not None
    assert measured.arrays is not None
    theirs, ours = measured.arrays
    assert theirs.wide_entries == theirs.sorted_entries == measured.weights
    assert theirs.sorts_positions
    assert "np.argsort(flat)" in source.split("\n")[theirs.sort_line - 1]
    assert (ours.wide_entries, ours.sorted_entries) == (0, 0)
    assert theirs.copied_bytes > ours.copied_bytes > 0


def test_counts_are_the_same_at_every_run(service: Service) -> None:
    source = accepted("weight_pruning", "packed_sort_keys")
    first, second = (figures(service, "weight_pruning", source) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.lines == second.lines
    assert first.memory_ratio == pytest.approx(second.memory_ratio, rel=0.01)
    assert first.memory_ratio > 2


STRANGE = {
    "names of its own": "exec = sys = compile = getattr = setattr = _review = None\n",
    "another module in its place": """
import sys

class Holder:
    pass

holder = Holder()
holder.prune_weights = prune_weights
sys.modules[__name__] = holder
""",
    "a clock that tells no numbers": "import time\ntime.thread_time_ns = lambda: 'now'\n",
    "an answer in the probe's place": "import time\ntime.thread_time_ns = lambda: 1\n",
    "an exit": "import os\nold = prune_weights\ndef prune_weights(*a, **k):\n    os._exit(0)\n",
}


@pytest.mark.parametrize("tail", ["names of its own", "another module in its place"])
def test_a_strange_module_is_measured_all_the_same(service: Service, tail: str) -> None:
    source = accepted("weight_pruning", "argpartition_on_a_copy") + STRANGE[tail]
    measured = figures(service, "weight_pruning", source)
    assert measured is not None
    assert measured.memory_ratio == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("tail", ["a clock that tells no numbers", "an answer in the probe's place", "an exit"])
def test_what_cannot_be_measured_says_nothing(service: Service, tail: str) -> None:
    source = accepted("weight_pruning", "argpartition_on_a_copy") + STRANGE[tail]
    assert figures(service, "weight_pruning", source) is None


def test_a_plan_holds_the_largest_test_and_the_trained_networks() -> None:
    for name, weights in (("weight_pruning", 320_000), ("structured_pruning", 240_600)):
        chosen = plan(problem(name), 3)
        assert chosen.large is not None
        assert chosen.small is not None
        assert weights_of(chosen.large.model) == weights > weights_of(chosen.small.model) > 1_000
        assert chosen.networks == ("mlp", "cnn", "overfitted")
