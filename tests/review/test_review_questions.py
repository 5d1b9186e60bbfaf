"""A whole review of an accepted run, and the questions that its report gives rise to."""

from __future__ import annotations

import json
from functools import cache

import pytest

from judge.domain.problem import Problem
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.errors import InvalidSubmission, UsageError
from judge.packages import Library
from judge.review import Review, check_reviewable, grade_answers, questions_of, review, review_json, sheet_of
from judge.service import Service
from judge.theory import run_problem, worked

LIBRARY = Library()
SEED = 5
CODING = ("weight_pruning", "structured_pruning")
_REPORTS: dict[tuple[str, int], Report] = {}


@cache
def problem(name: str) -> Problem:
    return LIBRARY.load(name)


def report(service: Service, name: str, seed: int = SEED) -> Report:
    if (name, seed) not in _REPORTS:
        _REPORTS[name, seed] = service.grade(service.reference(problem(name), seed), problem=problem(name))
    return _REPORTS[name, seed]


@pytest.mark.parametrize("name", CODING)
def test_a_review_of_an_accepted_solution(service: Service, name: str) -> None:
    submission = service.reference(problem(name), SEED)
    found = review(problem(name), submission, report(service, name), service.sandbox)
    assert found.measured is not None
    assert found.measured.memory_ratio == pytest.approx(1, rel=0.02)
    assert not {comment.id for comment in found.comments} & {"loop", "sort", "float64", "copies", "memory"}
    assert len(found.curves) == 3
    # It can be kept, and shown in either language: the same figures, other words.
    assert Review.from_plain(json.loads(json.dumps(found.to_plain()))) == found
    english, chinese = (review_json(found, problem(name), report(service, name), one) for one in ("en", "zh"))
    assert english.keys() == chinese.keys()
    assert english["measured"] == chinese["measured"]
    for first, second in zip(english["curves"], chinese["curves"], strict=True):
        assert first["message"] != second["message"]
        assert [one["test"] for one in first["series"]] == [one["test"] for one in second["series"]]
    assert "review." not in json.dumps([english, chinese])


@pytest.mark.parametrize("name", CODING)
def test_right_answers_to_the_questions_of_a_real_run_are_accepted(service: Service, name: str) -> None:
    asked = questions_of(problem(name), report(service, name), "en")
    assert asked is not None
    assert asked["seed"] == SEED
    kinds = {question["id"]: question["kind"] for question in asked["questions"]}
    assert ("own_macs" if name == "structured_pruning" else "own_bytes") in kinds
    questions = run_problem(problem(name), report(service, name))
    assert questions is not None
    rows = worked(questions, SEED, "en")
    answers = {row["id"]: float(row["answer"]) if kinds[row["id"]] == "numeric" else row["answer"] for row in rows}
    graded = grade_answers(problem(name), report(service, name), {"seed": SEED, "answers": answers})
    assert (graded.verdict, graded.score) == ("accepted", 1.0)
    assert [test.name for test in graded.tests] == list(kinds)
    wrong = grade_answers(problem(name), report(service, name), {"seed": SEED, "answers": {"lost_images": -1}})
    assert wrong.verdict == "wrong_answer"


def test_an_empty_sheet_is_one_that_can_be_graded(service: Service) -> None:
    for language in ("en", "zh"):
        sheet = sheet_of(problem("weight_pruning"), report(service, "weight_pruning"), language, "head")
        graded = grade_answers(problem("weight_pruning"), report(service, "weight_pruning"), sheet.encode())
        assert graded.verdict == "not_attempted"
        assert "# head" in sheet


def test_a_malformed_sheet_costs_nothing(service: Service) -> None:
    with pytest.raises(InvalidSubmission) as invalid:
        grade_answers(problem("weight_pruning"), report(service, "weight_pruning"), b"seed = 5\n[answers]\nlost = 1\n")
    assert len(invalid.value.findings) == 1
    with pytest.raises(UsageError):  # of another run
        grade_answers(problem("weight_pruning"), report(service, "weight_pruning"), b"seed = 6\n[answers]\n")


def test_only_accepted_code_is_reviewed(service: Service) -> None:
    rejected = service.grade(Submission("weight_pruning", b"x = 1", SEED))
    with pytest.raises(UsageError, match="not_accepted"):
        check_reviewable(problem("weight_pruning"), rejected)
    with pytest.raises(UsageError, match="theory"):
        check_reviewable(problem("what_is_pruning"), report(service, "weight_pruning"))
    assert questions_of(problem("weight_pruning"), rejected, "en") is None
    with pytest.raises(UsageError, match="no_questions"):
        sheet_of(problem("weight_pruning"), rejected, "en")
