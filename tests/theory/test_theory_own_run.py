"""Questions about one's own run: made from a real accepted report, graded exactly, in every route."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from theory_loading import ROOT

from judge.domain.problem import LANGUAGES, Problem
from judge.domain.report import Isolation, Report
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.generators.trained import accuracy, digits, load
from judge.message import Message
from judge.packages import load_problem
from judge.theory import grade, present, worked
from judge.theory.draw import draw
from judge.theory.own_run import FOLDER, run_problem
from judge.theory.routes import all_names, routes
from judge.verify.texts import bank_texts
from judge.verify.theory import walk, words_in
from judge.verify.twins import differences

CALLS = {
    "weight_pruning": [("mlp", '0.5, scope="global"', 0.5), ("cnn", "0.75", 0.75), ("overfitted", "0.01", 0.01)],
    "structured_pruning": [("mlp", "0.25, norm=2", 0.25), ("overfitted", "0.5", 0.5)],
}


def _problem(name: str) -> Problem:
    return load_problem(ROOT / "problems" / name)


def _report(name: str) -> Report:
    """A report with notes as the judge writes them, its accuracies measured on the stored networks."""
    notes = []
    for network, call, amount in CALLS[name]:
        data, before, after = digits(network), load(network), load(network)
        for _, array in after.named_parameters():
            if array.ndim > 1:
                order = abs(array).ravel().argsort()
                array.reshape(-1)[order[: int(amount * array.size)]] = 0
        values: dict[str, object] = {"network": network, "call": call}
        for part, images, labels in (
            ("test", data.test_images, data.test_labels),
            ("train", data.train_images, data.train_labels),
        ):
            values[f"{part}_before"] = accuracy(before, images, labels)
            values[f"{part}_after"] = accuracy(after, images, labels)
        notes.append(Message("notes.accuracy", values))
    graded = Graded.SUBMISSION
    return Report(name, Verdict.ACCEPTED, 1.0, 41, graded, 0.1, Isolation.FULL, (), notes=(Message("x"), *notes))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_each_route_gets_what_it_must(name: str) -> None:
    questions = run_problem(_problem(name), _report(name))
    assert questions is not None
    asked = {check.id for check in questions.bank.checks}
    assert asked >= {"lost_images", "own_gap", "own_noise", "reading_fell"}
    assert ("own_macs" in asked) == (name == "structured_pruning")
    assert ("own_bytes" in asked) == (name == "weight_pruning")
    for check in questions.bank.checks:
        reached = set()
        for seed in range(40):
            question = draw(check, seed)
            for route in routes(question):
                assert walk(question, route), (seed, route)
                reached.add(route.name)
        assert all_names(check) <= reached


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_same_report_gives_the_same_questions_and_right_answers_are_accepted(name: str) -> None:
    report = _report(name)
    for language in LANGUAGES:
        first, second = (run_problem(_problem(name), report) for _ in range(2))
        assert first is not None
        assert second is not None
        assert present(first, report.seed, language) == present(second, report.seed, language)
        rows = worked(first, report.seed, language)
        answers = {row["id"]: float(row["answer"]) if row["id"] in _numeric(first) else row["answer"] for row in rows}
        result = grade(second, {"seed": report.seed, "answers": answers})
        assert result.score >= 0.8


def _numeric(questions: object) -> set[str]:
    return {check.id for check in questions.bank.checks if check.tolerance is not None}  # type: ignore[attr-defined]


def test_there_is_nothing_to_ask_about_a_report_without_numbers_or_success() -> None:
    report = _report("weight_pruning")
    assert run_problem(_problem("weight_pruning"), replace(report, notes=())) is None
    assert run_problem(_problem("weight_pruning"), replace(report, verdict=Verdict.WRONG_ANSWER)) is None


def test_the_macs_are_those_of_the_smaller_network() -> None:
    questions = run_problem(_problem("structured_pruning"), _report("structured_pruning"))
    assert questions is not None
    question = draw(questions.bank.check("own_macs"), 41)
    assert question.answer == 64 * 36 + 36 * 24 + 24 * 10
    assert "prune_structured(model, 0.25, norm=2)" in question.fill(question.check.prompt, "en")


def test_its_texts_are_twins_and_short() -> None:
    questions = run_problem(_problem("weight_pruning"), _report("weight_pruning"))
    assert questions is not None
    assert FOLDER.is_dir()
    for twin in bank_texts(questions.bank):
        assert not twin.missing
        assert not list(differences(twin))
        assert "feedback" not in twin.where or max(words_in(words) for words in twin.text.values()) <= 160
