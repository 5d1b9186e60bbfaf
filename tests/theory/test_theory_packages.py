"""The shipped packages as an author checks them, and as somebody who knows nothing would answer them."""

from __future__ import annotations

import json

import pytest
from theory_loading import NAMES, load

from judge.domain.problem import LANGUAGES
from judge.domain.verdict import Verdict
from judge.theory import grade, present, reference_sheet, review, starter, worked
from judge.verify import package, theory
from judge.verify.theory import BLIND_SHARE, blind_scores
from judge.words import words


@pytest.mark.parametrize("name", NAMES)
def test_no_finding(name: str) -> None:
    findings = [*package.findings(load(name)), *theory.findings(load(name), seeds=20)]
    assert [words("en").text(finding) for finding in findings] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_blind_strategy_passes_in_a_hundred_seeds(name: str, language: str) -> None:
    problem = load(name)
    for strategy, scores in blind_scores(problem, range(100), language).items():
        assert max(scores["all"]) < problem.pass_mark, strategy
        assert sum(scores["options"]) / 100 <= BLIND_SHARE, strategy


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_accepted_in_every_seed(name: str) -> None:
    for seed in (0, 1, 41, 2**53 - 1, *range(100, 130)):
        report = grade(load(name), reference_sheet(load(name), seed).encode(), seed)
        assert report.verdict is Verdict.ACCEPTED
        assert report.score == 1


@pytest.mark.parametrize("name", NAMES)
def test_languages_differ_in_words_alone(name: str) -> None:
    for seed in range(20):
        english, chinese = (present(load(name), seed, language) for language in LANGUAGES)
        assert _skeleton(english) == _skeleton(chinese)


def _skeleton(value: object) -> object:
    """Return ``value`` without its words: keys, ids, kinds and numbers."""
    if isinstance(value, dict):
        words_of = ("title", "statement", "prompt", "text", "unit", "rubric")
        return {key: None if key in words_of else _skeleton(item) for key, item in value.items()}
    return [_skeleton(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", NAMES)
def test_nothing_served_tells_what_is_right(name: str) -> None:
    """What is served has the contract's fields, no name, feedback or reason of the bank, and no answer."""
    problem = load(name)
    for seed in range(10):
        for language in LANGUAGES:
            shown = present(problem, seed, language)
            assert set(shown) == {
                "name",
                "kind",
                "title",
                "statement",
                "seed",
                "pass_mark",
                "questions",
                "essay",
            }
            for question in shown["questions"]:
                assert set(question) == {"id", "kind", "prompt", "weight", "options", "unit", "tolerance"}
                assert all(set(option) == {"id", "text"} for option in question["options"])
            served = json.dumps(shown, ensure_ascii=False) + starter(problem, seed, language)
            for row in worked(problem, seed, language):
                assert row["explain"] not in served
            for check in problem.bank.checks:
                assert not any(option.feedback.get(language, "\0") in served for option in check.options[1:])
                assert not any(slip.feedback[language] in served for slip in check.slips)


@pytest.mark.parametrize("name", NAMES)
def test_a_review_has_rubric_answers_and_follow_ups_in_each_language(name: str) -> None:
    for language in LANGUAGES:
        shown = review(load(name), language)
        assert 4 <= len(shown["rubric"]) <= 7
        assert len(shown["model_answers"]) >= 2
        assert len(shown["follow_ups"]) >= 2
