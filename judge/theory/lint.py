"""What ``judge verify`` finds in a theory package: everything at once, each finding with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import mean
from typing import Any

from judge.domain.problem import Text, TheoryProblem
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages.bank import ConceptCheck, QuestionKind
from judge.theory import blind, twins
from judge.theory.draw import Question, draw, questions
from judge.theory.grade import assess, grade
from judge.theory.present import present
from judge.theory.reference import reference_sheet
from judge.theory.routes import Route, all_names, routes
from judge.theory.sheet import read_answer

FEWEST_CHECKS = 8
LONGEST_FEEDBACK = 160  # plain words
RUBRIC = (4, 7)
SEEDS = 100
BLIND_SHARE = 0.5  # of the checks with options, on average over the seeds

Find = Callable[..., None]


def lint(problem: TheoryProblem, seeds: int = SEEDS) -> list[Message]:
    """Return every finding about the package: its texts, its routes, its reference, blind strategies that pass."""
    findings: list[Message] = []

    def find(key: str, where: str, **values: Any) -> None:
        message = Message(f"theory.lint.{key}", {"where": where, **values})
        if message not in findings:
            findings.append(message)

    _content(problem, find)
    _documents(problem, find)
    _routes(problem, range(seeds), find)
    _reference(problem, range(seeds), find)
    for name, scores in blind_scores(problem, range(seeds)).items():
        best, share = max(scores["all"]), mean(scores["options"])
        if best >= problem.pass_mark or share > BLIND_SHARE:
            find("blind", name, best=round(100 * best), share=round(100 * share))
    return findings


def texts(problem: TheoryProblem) -> Iterator[tuple[str, Text]]:
    """Yield (place, text in all languages) for every text of the bank."""
    for check in problem.bank.checks:
        for name in ("prompt", "explain", "otherwise"):
            yield f"{check.id} {name}", getattr(check, name)
        for option in check.options:
            yield f"{check.id} {option.name}", option.text
            yield f"{check.id} {option.name} feedback", option.feedback
        for slip in check.slips:
            yield f"{check.id} {slip.name} feedback", slip.feedback
    essay = problem.bank.essay
    yield "essay prompt", essay.prompt
    for number, point in enumerate(essay.rubric, start=1):
        for name in ("point", "good", "partial", "missing"):
            yield f"rubric {number} {name}", getattr(point, name)
    for number, answer in enumerate(essay.model_answers, start=1):
        yield f"model answer {number} level", answer.level
        yield f"model answer {number}", answer.text
    for number, follow_up in enumerate(essay.follow_ups, start=1):
        yield f"follow-up {number} question", follow_up.question
        yield f"follow-up {number} answer", follow_up.answer


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
    for where, text in texts(problem):
        if not text:
            continue
        if different := twins.differing_numbers(text["en"], text["zh"]):
            find("numbers", where, different=different)
        if twins.wrong_language(text["en"], text["zh"]) and not where.endswith("level"):
            find("language", where)
        if where.endswith("feedback") or "otherwise" in where:
            longest = max(twins.words_in(words) for words in text.values())
            if longest > LONGEST_FEEDBACK:
                find("long_feedback", where, words=longest, most=LONGEST_FEEDBACK)


def _documents(problem: TheoryProblem, find: Find) -> None:
    for name, text in (("statement", problem.statement), ("explanation", problem.explanation)):
        if not text.get("en") or not text.get("zh"):
            find("no_twin", name)
            continue
        for heading, different in twins.differing_sections(text["en"], text["zh"]):
            find("section", name, heading=heading, different=different)
    if len(problem.hints.get("en", ())) != len(problem.hints.get("zh", ())):
        find("no_twin", "hints")


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
    return {number[1:] for words in text.values() for number in twins.numbers(words) if number.startswith("{")}


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
