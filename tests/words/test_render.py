"""Reports and problems as the contract's JSON objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from judge.domain.plain import report_from_plain, report_to_plain
from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.packages.library import Library
from judge.words import Catalogue, words
from judge.words.render import LIMIT, problem_json, report_json, sentence, to_json

LANGUAGES = ("en", "zh")
LONE = "\ud800"


def report(*tests: TestResult, **fields: Any) -> Report:
    plain: dict[str, Any] = {
        "problem": "weight_pruning",
        "verdict": Verdict.WRONG_ANSWER,
        "score": 0.62,
        "seed": 7,
        "graded": Graded.SUBMISSION,
        "seconds": 0.041,
        "isolation": Isolation.FULL,
        "tests": tests,
    }
    return Report(**(plain | fields))


def failed(output: str = "", **values: Any) -> TestResult:
    raised = {"name": "E", "message": "", "frames": [], "where": "", "hint": "", "call": {"args": [], "layers": []}}
    check = Check("run", False, Message("run.call_raised", raised | values))
    return TestResult("ties-1", "ties", Verdict.RUNTIME_ERROR, 0.003, output, (check,))


WHOLE = report(
    failed("printed"),
    TestResult(
        "mlp-1",
        "mlp",
        Verdict.WRONG_ANSWER,
        0.1,
        "",
        (Check("fidelity", False, Message("checks.fidelity.error", {"error": float("nan"), "limit": 1e-9})),),
    ),
    diagnosis=(Diagnosis("slip", Message("theory.said", {"en": "A slip.", "zh": "笔误。"})),),
    counterexample=Counterexample(
        "prune_weights(model, 0.5)",
        2,
        Message("checks.in_call", {"number": 1, "problem": Message("checks.result.none", {"type": "NoneType"})}),
        Message("checks.result.ok", {"calls": 1}),
        "assert False\n",
    ),
    notes=(Message("errors.judge_error", {"id": "ab"}),),
    versions={"judge": "0.1.0"},
)

FIELDS = {
    "problem",
    "verdict",
    "score",
    "seed",
    "graded",
    "seconds",
    "isolation",
    "tests",
    "diagnosis",
    "counterexample",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_has_every_field_of_the_contract(language: str) -> None:
    plain = json.loads(to_json(report_json(WHOLE, language)))
    assert plain.keys() >= FIELDS
    assert plain["tests"][0].keys() >= {"name", "group", "verdict", "seconds", "output", "checks"}
    assert plain["tests"][0]["checks"][0].keys() >= {"name", "passed", "detail"}
    assert plain["diagnosis"] == [{"id": "slip", "message": {"en": "A slip.", "zh": "笔误。"}[language]}]
    assert plain["counterexample"].keys() >= {"call", "numbers", "got", "expected", "snippet"}
    assert report_json(report(), language)["counterexample"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_is_strict_utf8(language: str) -> None:
    hostile = f"\x1b[31m\x00\u202e{LONE}\u2028{'{name}'} \x9b"
    shown = report_json(
        report(
            failed(
                hostile,
                message=hostile,
                name=hostile,
                where=hostile,
                frames=[{"line": 1, "function": hostile, "text": hostile}],
            ),
            score=float("inf"),
            seconds=float("nan"),
        ),
        language,
    )
    text = to_json(shown)
    assert json.loads(text.encode("utf-8")) == shown
    strings = [shown["tests"][0]["output"], shown["tests"][0]["checks"][0]["detail"]]
    assert all(letter.isprintable() or letter in "\n\t" for one in strings for letter in one)


def test_a_report_stays_below_a_mebibyte() -> None:
    long = failed(
        "\\u202e" * 4000, message="\\" * 4000, frames=[{"line": 1, "function": "f", "text": "真" * 4000}] * 12
    )
    many = report(*[long] * 300)
    text = to_json(report_json(many, "zh"))
    assert len(text.encode()) < 1 << 20
    assert LIMIT < 1 << 20


def test_an_exception_is_shown_with_the_candidates_lines_and_what_it_means() -> None:
    values = {
        "name": "IndexError",
        "message": "index 10 is out of bounds",
        "frames": [{"line": 3, "function": "prune_weights", "text": "cut = order[k]"}],
        "where": "numpy",
        "hint": "out_of_bounds",
        "call": {"args": ["0.5", "scope='global'"], "layers": ["Linear(weight=(3, 4), float32)", "ReLU"]},
    }
    assert words("en").text(Message("run.call_raised", values)).split("\n") == [
        "IndexError: index 10 is out of bounds (raised in numpy)",
        "The arguments were (model, 0.5, scope='global').",
        "  line 3, in prune_weights",
        "    cut = order[k]",
        "model: Linear(weight=(3, 4), float32), ReLU",
        words("en").text("run.hint.out_of_bounds"),
    ]


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{n} {n|weight|weights}", {"n": 1}, "1 weight"),
        ("{n} {n|weight|weights}", {"n": 0}, "0 weights"),
        ("{low~high}", {"low": 3, "high": 3}, "3"),
        ("{low~high}", {"low": 3, "high": 4}, "3 or 4"),
        ("{share%}", {"share": 0.9722}, "97.2 %"),
        ("a{n? and #}", {"n": 2}, "a and 2"),
        ("a{n? and #}", {"n": 0}, "a"),
        ("a{n? and #}", {}, "a"),
        ("{x}", {"x": 1e-9}, "1e-09"),
        ("{x}", {"x": float("nan")}, "nan"),
        ("{x}", {"x": ["a", "b"]}, "a, b"),
        ("{x}", {"x": "{y}"}, "{y}"),  # what comes from a person is never a template
        ("[{missing}]", {}, "[]"),
    ],
)
def test_templates(template: str, values: dict[str, Any], text: str) -> None:
    assert Catalogue("en", {"package.own": template}).text(Message("package.own", values)) == text


def test_a_key_without_words_is_shown_as_it_stands() -> None:
    assert words("en").text(Message("package.unheard_of", {"n": 3})) == "package.unheard_of (n=3)"


def test_no_host_path_in_what_the_judge_says() -> None:
    error = "[Errno 13] Permission denied: '/srv/judge/problems/mine/cases.toml'"
    said = sentence(words("en"), Message("package.unreadable", {"file": "cases.toml", "error": error}))
    assert "/srv" not in said
    assert "'cases.toml'" in said


def test_plain_data_and_back() -> None:
    kept = json.loads(json.dumps(report_to_plain(WHOLE), allow_nan=False))
    back = report_from_plain(kept)
    for language in LANGUAGES:
        assert report_json(back, language) == report_json(WHOLE, language)
    assert json.dumps(report_to_plain(back)) == json.dumps(kept)


@pytest.mark.parametrize("name", Library().names())
def test_problems_are_the_same_in_each_language(name: str) -> None:
    english, chinese = (problem_json(Library().load(name), language, 41) for language in LANGUAGES)
    assert json.loads(to_json(english)) == english
    if english["kind"] == "theory":
        assert english["seed"] == 41
        for one, other in zip(english["questions"], chinese["questions"], strict=True):
            assert [o["id"] for o in one["options"]] == [o["id"] for o in other["options"]]
            assert (one["id"], one["kind"], one["weight"]) == (other["id"], other["kind"], other["weight"])
    else:
        assert english.keys() >= {"name", "kind", "title", "statement", "entry_point", "starter", "limits"}
        assert english["starter"] == chinese["starter"]
