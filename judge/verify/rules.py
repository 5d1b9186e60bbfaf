"""Rules that are stated and not tested, or tested and not stated.

``problem.toml`` names the rules, the groups of ``cases.toml`` say which they test, and the statement marks where each
one stands, by a comment that nobody who reads it is shown::

    - At 0 nothing changes. <!-- rule: ends -->
    - Printing is allowed. <!-- no rule -->

In a section with such a comment every list item has one, so that a sentence added to the rules asks for its test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from judge.domain.problem import LANGUAGES, CodingProblem
from judge.message import Message
from judge.verify.twins import sections

_RULE = re.compile(r"<!--\s*rule:([\w\s,]*)-->")
_NONE = re.compile(r"<!--\s*no rule\s*-->")
_ITEM = re.compile(r"[-*]\s|\d+\.\s")


def findings(problem: CodingProblem) -> Iterator[Message]:
    """Yield every rule that lacks its place in the statement or its test, and every sentence that lacks its rule."""
    tested = {rule for group in problem.groups for rule in group.rules}
    for rule in problem.rules:
        if rule not in tested:
            yield Message("verify.rule_untested", {"rule": rule})
    for language in LANGUAGES:
        path = problem.folder / "statement" / f"problem.{language}.md"
        if path.is_file():
            yield from _stated(problem, language, path.read_text("utf-8"))


def _stated(problem: CodingProblem, language: str, text: str) -> Iterator[Message]:
    stated: set[str] = set()
    for _, heading, blocks in sections(text):
        named = [[rule.strip() for list_ in _RULE.findall(block) for rule in list_.split(",")] for block in blocks]
        stated |= {rule for rules in named for rule in rules}
        if not any(named):
            continue
        for block, rules in zip(blocks, named, strict=True):
            if _ITEM.match(block) and not rules and not _NONE.search(block):
                sentence = " ".join(block.split())[:60]
                yield Message(
                    "verify.sentence_without_rule", {"language": language, "section": heading, "text": sentence}
                )
    if unstated := [rule for rule in problem.rules if rule not in stated]:
        yield Message("verify.rules_unstated", {"language": language, "rules": unstated})
    if unknown := sorted(stated - problem.rules.keys()):
        yield Message("verify.rules_unknown", {"language": language, "rules": unknown})
