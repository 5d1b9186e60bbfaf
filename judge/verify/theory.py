"""What is found in a theory package beside its texts: its routes, its reference, strategies that know nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from statistics import mean
from typing import Any

from judge.domain.problem import LANGUAGES, TheoryProblem
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages.bank import ConceptCheck, QuestionKind
from judge.theory import blind
from judge.theory.draw import Question, draw, questions
from judge.theory.grade import assess, grade
from judge.theory.present import present
from judge.theory.reference import reference_sheet
from judge.theory.routes import Route, all_names, routes
from judge.theory.sheet import read_answer
from judge.verify.texts import bank_texts

FEWEST_CHECKS = 8
LONGEST_FEEDBACK = 160  # plain words
RUBRIC = (4, 7)
SEEDS = 100
BLIND_SHARE = 0.5  # of the checks with options, on average over the seeds

_CJK = re.compile(r"[\u4e00-\u9fff]")

Find = Callable[..., None]


def findings(problem: TheoryProblem, seeds: int = SEEDS) -> list[Message]:
    """Return every finding about the bank: its size and sources, its routes, its reference, strategies that pass."""
    found: list[Message] = []

    def find(key: str, where: str, **values: Any) -> None:
        message = Message(f"theory.lint.{key}", {"where": where, **values})
        if message not in found:
            found.append(message)

    _content(problem, find)
    _routes(problem, range(seeds), find)
    _reference(problem, range(seeds), find)
    for name, scores in blind_scores(problem, range(seeds)).items():
        best, share = max(scores["all"]), mean(scores["options"])
        if best >= problem.pass_mark or share > BLIND_SHARE:
            find("blind", name, best=round(100 * best), share=round(100 * share))
    return found


def _content(problem: TheoryProblem, find: Find) -> None:
    bank = problem.bank
    if len(bank.checks) < FEWEST_CHECKS:
        find("few_checks", "checks.toml", count=len(bank.checks), fewest=FEWEST_CHECKS)
    for kind in QuestionKind:
        if all(check.kind is not kind for check in bank.checks):
            find("no_kind", "checks.toml", kind=kind.value)
    for check in bank.checks:
        if not check.sources:
            find("no_sources", check.id)
    used = {key for check in bank.checks for key in check.sources}
    for key in bank.sources.keys() - used:
        find("unused_source", key)
    if not RUBRIC[0] <= len(bank.essay.rubric) <= RUBRIC[1]:
        find("rubric", "essay.toml", count=len(bank.essay.rubric))
    if len(bank.essay.model_answers) < 2 or len({answer.ticks for answer in bank.essay.model_answers}) < 2:
        find("model_answers", "essay.toml")
    for twin in bank_texts(bank):
        if twin.where.endswith(("feedback", "otherwise")):
            longest = max(words_in(twin.text[language]) for language in LANGUAGES)
            if longest > LONGEST_FEEDBACK:
                find("long_feedback", twin.where, words=longest, most=LONGEST_FEEDBACK)


def words_in(text: str) -> int:
    """Return the length of ``text`` in words; 1.7 Chinese characters count as one."""
    characters = len(_CJK.findall(text))
    return len(re.findall(r"[\w.%-]+", _CJK.sub(" ", text))) + round(characters / 1.7)


def _routes(problem: TheoryProblem, seeds: range, find: Find) -> None:
    for check in problem.bank.checks:
        reached: set[str] = set()
        for seed in seeds:
            question = draw(check, seed)
            for text in (check.prompt, check.explain, *(option.text for option in question.shown)):
                if any("{" + name in filled for filled in question.filled(text).values() for name in _names(text)):
                    find("braces", check.id)
            for route in routes(question):
                if not walk(question, route):
                    find("route_fails", check.id, route=route.name, seed=seed)
                reached.add(route.name)
        for name in sorted(all_names(check) - reached):
            find("route_unreached", check.id, route=name)


def _names(text: Mapping[str, str]) -> set[str]:
    return {name for words in text.values() for name in re.findall(r"\{(\w+\})", words)}


def walk(question: Question, route: Route) -> bool:
    """Return whether the route's answer gets what it must, and the feedback that belongs to it."""
    given, findings = read_answer(question, route.answer)
    if given is None or route.name == "malformed":
        return route.name == "malformed" and tuple(finding.key for finding in findings)[:1] == route.says
    result = assess(question, given)
    said = tuple(check.detail.values["why"].values["en"] for check in result.checks)
    return (result.verdict is Verdict.ACCEPTED) == route.right and sorted(said) == sorted(route.says)


def _reference(problem: TheoryProblem, seeds: range, find: Find) -> None:
    if problem.reference is None:
        find("no_reference", problem.name)
        return
    for key in problem.bank.reference.keys() - {check.id for check in problem.bank.checks}:
        find("reference_unknown", key)
    for check in problem.bank.checks:
        said = problem.bank.reference.get(check.id, [])
        names = [said] if isinstance(said, str) else list(said)
        right = [option.name for option in check.options if option.right]
        if check.options and (names != right if check.kind is QuestionKind.ORDERING else set(names) != set(right)):
            find("reference_names", check.id, names=names, right=right)
    for seed in seeds:
        try:
            report = grade(problem, reference_sheet(problem, seed))
        except BrokenPackage as error:
            for finding in error.findings:
                find("reference_broken", finding.values["where"], reason=finding.values["reason"])
            continue
        for test in report.tests:
            if test.verdict is not Verdict.ACCEPTED:
                find("reference_wrong", test.name)


def blind_scores(problem: TheoryProblem, seeds: range, language: str = "") -> dict[str, dict[str, list[float]]]:
    """Return per strategy the scores over ``seeds``: of "all" checks, and of those with "options" alone.

    Both languages are looked at, and the better score counts, unless ``language`` names one.
    """
    checks = {check.id: check for check in problem.bank.checks}
    scores: dict[str, dict[str, list[float]]] = {name: {"all": [], "options": []} for name in blind.STRATEGIES}
    for seed in seeds:
        asked = {question.check.id: question for question in questions(problem, seed)}
        served = [present(problem, seed, one)["questions"] for one in ([language] if language else ["en", "zh"])]
        for name, strategy in blind.STRATEGIES.items():
            results = [{row["id"]: _blindly(asked[row["id"]], strategy(row)) for row in rows} for rows in served]
            for part in ("all", "options"):
                chosen = [c for c in checks.values() if part == "all" or c.kind is not QuestionKind.NUMERIC]
                scores[name][part].append(max(_share(chosen, right) for right in results))
    return scores


def _blindly(question: Question, answer: Any) -> bool:
    given, _ = read_answer(question, answer)
    return given is not None and assess(question, given).verdict is Verdict.ACCEPTED


def _share(checks: list[ConceptCheck], right: Mapping[str, bool]) -> float:
    return sum(check.weight for check in checks if right[check.id]) / sum(check.weight for check in checks)
