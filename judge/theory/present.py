"""What a person sees of a theory problem: the questions, an empty answer sheet; after grading the rest."""

from __future__ import annotations

import textwrap
from typing import Any

from judge.domain.problem import Text, TheoryProblem
from judge.packages.bank import QuestionKind
from judge.theory.draw import Question, plain_number, questions

_WIDTH = {"en": 100, "zh": 50}  # characters; a Chinese one is two columns wide


def present(problem: TheoryProblem, seed: int, language: str) -> dict[str, Any]:
    """Return the contract's JSON object of the questions of ``seed``; nothing in it tells what is right."""
    return {
        "name": problem.name,
        "kind": "theory",
        "title": problem.title[language],
        "statement": problem.statement[language],
        "seed": seed,
        "pass_mark": problem.pass_mark,
        "questions": [_question(question, language) for question in questions(problem, seed)],
        "essay": {
            "prompt": problem.bank.essay.prompt[language],
            "rubric": [point.point[language] for point in problem.bank.essay.rubric],
        },
    }


def _question(question: Question, language: str) -> dict[str, Any]:
    check = question.check
    return {
        "id": check.id,
        "kind": check.kind.value,
        "prompt": question.fill(check.prompt, language),
        "weight": check.weight,
        "options": [
            {"id": letter, "text": question.fill(option.text, language)} for letter, option in question.options.items()
        ],
        "unit": check.unit[language] if check.unit else None,
        "tolerance": check.tolerance,
    }


def starter(problem: TheoryProblem, seed: int, language: str, head: str = "") -> str:
    """Return an empty answer sheet for ``seed``: every question as a comment, every answer commented out.

    ``head`` are lines for the person from a face (``theory.starter`` of the catalogue).
    """
    shown = present(problem, seed, language)
    width = _WIDTH[language]
    lines = [*_comment(shown["title"], width), *_comment(head, width), "", f"seed = {seed}", ""]
    lines += [*_comment(shown["essay"]["prompt"], width), 'essay = """', '"""', "", "[answers]"]
    for number, question in enumerate(shown["questions"], start=1):
        lines += ["", *_comment(f"{number}. {question['prompt']}", width)]
        for option in question["options"]:
            lines += _comment(f"   {option['id']}: {option['text']}", width, hang=6)
        lines.append(f"# {question['id']} = {_example(question)}")
    return "\n".join(lines) + "\n"


def _example(question: dict[str, Any]) -> str:
    """Return an empty value of the right form, and for a number its unit and tolerance."""
    kind = question["kind"]
    if kind == QuestionKind.NUMERIC:
        unit = f"{question['unit']}, " if question["unit"] else ""
        return f"        # {unit}±{plain_number(question['tolerance'])}"
    if kind in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE):
        return '""'
    places = ", ".join('""' for _ in question["options"]) if kind == QuestionKind.ORDERING else ""
    return f"[{places}]"


def _comment(text: str, width: int, hang: int = 0) -> list[str]:
    lines = []
    for line in text.splitlines():
        wrapped = textwrap.wrap(line, width, subsequent_indent=" " * hang, break_on_hyphens=False) or [""]
        lines += [f"# {part}".rstrip() for part in wrapped]
    return lines


def worked(problem: TheoryProblem, seed: int, language: str) -> list[dict[str, Any]]:
    """Return the right answers of ``seed`` with their reasons and sources. For after grading, and for the reference."""
    rows = []
    for question in questions(problem, seed):
        check = question.check
        answer: Any = question.right_ids
        if question.answer is not None:
            answer = plain_number(question.answer)
        elif check.kind.one_option:
            answer = question.right_ids[0]
        rows.append(
            {
                "id": check.id,
                "answer": answer,
                "explain": question.fill(check.explain, language),
                "contested": check.contested,
                "sources": [_cited(problem, key) for key in check.sources],
            }
        )
    return rows


def _cited(problem: TheoryProblem, key: str) -> dict[str, str]:
    source = problem.bank.sources[key]
    return {"citation": source.citation, "url": source.url}


def review(problem: TheoryProblem, language: str) -> dict[str, Any]:
    """Return what stands beside one's essay: the rubric in full, model answers, follow-up questions."""
    essay = problem.bank.essay

    def of(text: Text) -> str:
        return text[language]

    return {
        "prompt": of(essay.prompt),
        "rubric": [
            {
                "point": of(point.point),
                "good": of(point.good),
                "partial": of(point.partial),
                "missing": of(point.missing),
            }
            for point in essay.rubric
        ],
        "model_answers": [
            {"level": of(answer.level), "text": of(answer.text), "ticks": list(answer.ticks)}
            for answer in essay.model_answers
        ],
        "follow_ups": [{"question": of(one.question), "answer": of(one.answer)} for one in essay.follow_ups],
    }
