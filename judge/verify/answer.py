"""Whether a reference answer has the form that every one has, so that a reader finds in each what stands in another.

``answer_form.toml`` lists the sections. Four of them are looked into: a complexity is told as O(...), an entry about a
library says where its code or manual stands, a question has its answer, a source can be looked up.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from judge.domain.problem import LANGUAGES, Problem
from judge.message import Message
from judge.verify.twins import sections

_FORM = Path(__file__).with_name("answer_form.toml")
_LANDAU = re.compile(r"\bO\(")
_ADDRESS = re.compile(r"https?://\S|arXiv:\d|doi:\S", re.IGNORECASE)
_ANSWERED = re.compile(r"[-*]\s+\*[^*]+[?？]\*\s+\S", re.DOTALL)  # - *Question?* Answer
_ENTRY = re.compile(r"[-*]\s|\d+\.\s|\|")
_RULE = re.compile(r"\|[\s|:-]+\|")  # the line below the head of a table


@cache
def form() -> tuple[dict[str, Any], ...]:
    """Return the sections: ``id``, the heading in each language, the kinds of problem that need it."""
    return tuple(tomllib.loads(_FORM.read_text("utf-8"))["section"])


def findings(problem: Problem) -> Iterator[Message]:
    """Yield what a reader of the answer would miss. An answer that is missing altogether is told elsewhere."""
    for language in LANGUAGES:
        text = problem.explanation[language]
        if text.strip():
            yield from _form(problem.kind, language, text)


def _form(kind: str, language: str, text: str) -> Iterator[Message]:
    ids = {section[language]: section["id"] for section in form()}
    found = {heading: blocks for level, heading, blocks in sections(text) if level == 2}
    missing = [s[language] for s in form() if kind in s["needed"] and s[language] not in found]
    if missing:
        yield Message("verify.answer_sections", {"language": language, "sections": missing})
    unknown = [heading for heading in found if heading not in ids]
    if unknown:
        yield Message("verify.answer_unknown", {"language": language, "sections": unknown})
    order = [heading for heading in ids if heading in found]
    if order != [heading for heading in found if heading in ids]:
        yield Message("verify.answer_order", {"language": language, "sections": order})
    for heading, blocks in found.items():
        if inspect := _INSPECTIONS.get(ids.get(heading, "")):
            for key, entry in inspect(blocks):
                values = {"language": language, "section": heading, "entry": entry[:60]}
                yield Message(f"verify.answer_{key}", values)


def _entries(blocks: Sequence[str]) -> list[str]:
    """Return list items and table rows; of a table without its head."""
    entries = [block for block in blocks if _ENTRY.match(block)]
    rules = [place for place, entry in enumerate(entries) if _RULE.fullmatch(entry.strip())]
    return [entry for place, entry in enumerate(entries) if place not in rules and place + 1 not in rules]


def _complexity(blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not any(_LANDAU.search(block) for block in blocks):
        yield "no_order", ""


def _addresses(blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    entries = _entries(blocks)
    if not entries:
        yield "no_entries", ""
    for entry in entries:
        if not _ADDRESS.search(entry):
            yield "no_address", entry


def _questions(blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    entries = _entries(blocks)
    if not entries:
        yield "no_entries", ""
    for entry in entries:
        if not _ANSWERED.match(entry):
            yield "no_reply", entry


_INSPECTIONS: dict[str, Callable[[Sequence[str]], Iterator[tuple[str, str]]]] = {
    "complexity": _complexity,
    "libraries": _addresses,
    "follow_ups": _questions,
    "sources": _addresses,
}
